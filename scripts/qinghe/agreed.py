"""What was promised and agreed about some of the loans: kept, broken, running. The payments are those of their histories.

Sums are those that the engine offers on the day they were worked out, under the example lender's guard rails.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from goodstanding.core.arrears.assess import assess
from goodstanding.core.plans.offers import Offer, OfferKind, Position
from goodstanding.core.plans.pricing import by_reference
from goodstanding.core.plans.ways_out import answered_by, ways_out
from goodstanding.day.lender import LenderFolder
from qinghe.files import Book, Row, text
from qinghe.story import Story

STANDS_FOR = timedelta(days=14)


def add_what_was_agreed(book: Book, stories: Mapping[str, Story], lender: LenderFolder) -> None:
    """Promises kept, broken and open; plans that run, broke and were completed."""
    promise(book, stories["QH0008"], "2418.78", made="2026-11-05T10:20", due="2026-11-09")
    promise(book, stories["QH0036"], "2289.84", made="2026-11-16T14:05", due="2026-11-20")
    promise(book, stories["QH0036"], "2295.69", made="2026-11-22T18:40", due="2026-11-28")
    promise(book, stories["QH0027"], "5227.69", made="2026-10-22T19:15", due="2026-10-25", by="B0189")
    plan(book, stories["QH0080"], lender, OfferKind.ARREARS_INSTALMENTS, date(2026, 11, 16), "2026-11-18T20:10")
    plan(book, stories["QH0161"], lender, OfferKind.EXTENSION, date(2026, 11, 10), "2026-11-12T09:30")
    plan(book, stories["QH0156"], lender, OfferKind.ARREARS_INSTALMENTS, date(2026, 10, 12), "2026-10-15T11:00")
    agreed_ahead(book, stories["QH0030"])


def promise(book: Book, story: Story, amount: str, *, made: str, due: str, by: str = "") -> None:
    """by: the number of whoever promised beside the borrower."""
    number = sum(row["loan_id"] == story.loan.id for row in book.promises) + 1
    row = {"loan_id": story.loan.id, "promise_id": f"P-{number}", "amount": amount, "due_on": due, "made_at": made}
    book.promises.append(row | {"borrower_id": by})


def plan(book: Book, story: Story, lender: LenderFolder, kind: OfferKind, day: date, accepted: str) -> None:
    """The first offer of a kind, worked out at the end of a day, offered on the next morning, accepted."""
    offer = offered(story, lender, kind, day)
    row = {
        "loan_id": story.loan.id,
        "plan_id": "A-1",
        "worked_out_on": str(day),
        "kind": kind.value,
        "accept_by": str(offer.accept_by),
        "tolerance_days": str(offer.breaks_when.tolerance_days),
        "tolerance_amount": text(offer.breaks_when.missed_amount),
        "offered_at": f"{day + timedelta(days=1)}T09:00",
        "accepted_at": accepted,
    }
    book.plans.append(row)
    own = {"loan_id": story.loan.id, "plan_id": "A-1"}
    book.plan_payments += [
        own | {"due_on": str(one.on), "amount": text(one.amount), "contract": text(one.contract)}
        for one in offer.payments
    ]
    book.plan_changes += [own | change for change in changes(offer)]


def offered(story: Story, lender: LenderFolder, kind: OfferKind, day: date) -> Offer:
    loan, policy = story.loan, story.policy
    position = Position(loan, policy, assess(loan, policy, as_of=day), day + STANDS_FOR)
    found = answered_by(ways_out(position, lender.ways_out), by_reference(policy)).offers
    return next(one for one in found if one.kind is kind)


def changes(offer: Offer) -> list[Row]:
    rows = [
        {"kind": "pause", "day": str(pause.from_on), "until_on": str(pause.until_on)} for pause in offer.change.pauses
    ]
    for version in offer.change.versions:
        own = {"kind": "instalment", "counts_from": str(version.from_on), "takes_over": str(version.takes_over).lower()}
        rows += [
            own | {"day": str(part.due_on), "principal": text(part.principal), "interest": text(part.interest)}
            for part in version.schedule
        ]
    return rows


def agreed_ahead(book: Book, story: Story) -> None:
    """The borrower called before the instalment of November, and a day was agreed for it; it was paid two days early."""
    own = {"loan_id": story.loan.id, "plan_id": "A-1"}
    part = next(one for one in story.loan.schedule if one.due_on == date(2026, 11, 19))
    days = {"worked_out_on": "2026-11-03", "accept_by": "2026-11-17"}
    book.plans.append(own | days | {"offered_at": "2026-11-04T09:00", "accepted_at": "2026-11-04T17:25"})
    amount = text(part.amount)
    book.plan_payments.append(own | {"due_on": str(part.due_on), "amount": amount, "contract": amount})
