"""The report: one page that fetches nothing, whose picture and tables say the same, and that names every reason once."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from html.parser import HTMLParser

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.buckets import Buckets
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Instalment, Loan
from goodstanding.core.rates import AnnualRate
from goodstanding.day.choosing import Reader, Why
from goodstanding.day.contacts import Decided, Outcome
from goodstanding.day.ledger import Entry, State
from goodstanding.day.reconciliation import Difference
from goodstanding.day.report import Day, by_kind, not_written, reasons, report_html
from goodstanding.day.set_aside import SetAside, Step
from goodstanding.day.totals import Totals

AS_OF = date(2026, 11, 23)
POLICIES = {
    "card": ArrearsPolicy(),
    "loan": ArrearsPolicy(),
    "line": ArrearsPolicy(buckets=Buckets((1, 31), base="ok")),
}
ROW = SetAside(
    Step.READ, "L-7", "loans.csv", "row 6, principal", "<b>12x</b>", "decimal text", "Write it as decimal text."
)
LETTER = Entry(
    loan_id="L-7 & sons",
    letter="formal_overdue",
    episode=date(2026, 10, 1),
    as_of=AS_OF,
    state=State.WRITTEN,
    reference="261123-AAAAA-AAAAA",
    language="en",
    files={"letters/L-7%20x_en.pdf": ""},
)


def assessed(days_late: int, amount: int) -> Totals:
    totals = Totals()
    due_on = AS_OF - timedelta(days=days_late)
    for product, times in (("card", 2), ("loan", 1), ("line", 1)):
        loan = Loan("L", "USD", amount, date(2026, 1, 1), AnnualRate(Fraction(0)), (Instalment(due_on, amount),))
        for _ in range(times):
            totals.count(assess(loan, POLICIES[product], as_of=AS_OF), product)
    return totals


HELD = [
    Decided(loan_id, "first_notice", Reader(), Outcome.HELD, Why.ALREADY, f"written on 2026-11-0{place}")
    for place, loan_id in enumerate(("L-8", "L-9"), start=1)
]
DAY = Day(
    lender_name="Prairie <Lending>",
    as_of=AS_OF,
    cut_off=AS_OF,
    currency="USD",
    revision=1,
    remarks=("Look here.",),
    totals=assessed(40, 123_456_78),
    policies=POLICIES,
    set_aside=[ROW, replace(ROW, loan_id="L-8", where="row 9, principal"), replace(ROW, step=Step.LETTER)],
    differences=[
        Difference("L-9", "days_past_due", "days", 3, 5),
        Difference("L-9", "outstanding_principal", "USD", 0, -5),
    ],
    compared=True,
    letters=[LETTER],
    withdrawn=0,
    contacts=[
        Decided("L-7 x", "formal_overdue", Reader(), Outcome.WRITTEN, entry=LETTER),
        *HELD,
    ],
    over_limit=0,
)


class Page(HTMLParser):
    """Collects what is shown, and checks that every element is closed by its own end."""

    VOID = frozenset(("meta", "br"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.shown: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"] and data.strip():
            self.shown.append(data.strip())


def test_the_page_is_whole_and_fetches_nothing() -> None:
    page = report_html(DAY)
    found = Page(page)
    links = [value or "" for name, value in found.attributes if name in ("href", "src")]
    assert links
    assert not any(":" in link or link.startswith("/") for link in links)
    assert "<script" not in page
    assert not any(name.startswith("on") for name, _ in found.attributes)


def test_the_picture_and_the_table_say_the_same() -> None:
    shown = Page(report_html(DAY)).shown
    assert shown.count("370,370.34") == 4  # card and loan share a picture: its bar; overdue, to cure, outstanding
    assert shown.count("493,827.12") == 4  # all of it: the key figure; the same three at the foot of the products
    assert "123,456.78" in shown


def test_products_that_share_their_buckets_share_a_picture() -> None:
    shown = Page(report_html(DAY)).shown
    assert {"card, loan", "line"} <= set(shown)
    assert "31-60" in shown
    assert any("0 loans that are ok" in text for text in shown)


def test_what_comes_from_files_is_shown_as_text() -> None:
    page = report_html(DAY)
    assert "<b>12x</b>" not in page
    assert "&lt;b&gt;12x&lt;/b&gt;" in page
    assert "Prairie &lt;Lending&gt;" in page
    assert 'href="letters/L-7%2520x_en.pdf"' in page


def test_each_reason_is_named_once_with_how_often_it_was_met() -> None:
    assert reasons(DAY.set_aside) == [(ROW, 2), (DAY.set_aside[2], 1)]


def test_a_day_without_anything_has_a_page_too() -> None:
    nothing = replace(
        DAY, totals=Totals(), set_aside=[], differences=[], compared=False, letters=[], contacts=[], remarks=()
    )
    shown = Page(report_html(nothing)).shown
    assert {"No loan was assessed.", "Nothing was set aside.", "No letter is dated this day."} <= set(shown)


def test_letters_that_no_longer_stand_are_told() -> None:
    page = " ".join(report_html(replace(DAY, withdrawn=1, over_limit=3, revision=2)).split())
    assert "1 written from an earlier book for this day no longer stands: don't send them" in page
    assert "3 letters are due and left for another run" in page
    assert "Revision 2" in page


def test_the_page_says_who_was_written_to_with_what_and_who_was_not_and_why() -> None:
    assert by_kind(DAY.contacts) == [("formal_overdue", "borrower", "pdf", 1)]
    assert not_written(DAY.contacts) == [("first_notice", Why.ALREADY, HELD[0], 2)]
    page = report_html(DAY)
    assert all(text in page for text in (Why.ALREADY, "L-8: written on 2026-11-01", 'href="letters.csv"'))
