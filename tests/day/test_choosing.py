"""Which letter is written, to whom: one kind a day, the most severe; each person once a stretch; never before the day named."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.lender import LetterRule
from goodstanding.core.party import Role
from goodstanding.day.choosing import SEVERITY, Case, Plan, Reader, Why, plan_letters
from goodstanding.day.ledger import Entry, State

SINCE, MONDAY = date(2026, 10, 5), date(2026, 11, 23)
BORROWER, GUARANTOR = Reader(), Reader(Role.GUARANTOR, "B-9")
EVERYBODY = tuple(Role)
FIRST, FORMAL, CREDIT, FINAL, NOTICE = (
    LetterRule("first_notice", 1, 14),
    LetterRule("formal_overdue", 15, to=EVERYBODY),
    LetterRule("credit_reporting_notice", 31),
    LetterRule("final_notice", 61, to=EVERYBODY),
    LetterRule("arrears_notice", 31, repeat_every_days=180),
)


def had(letter: str, on: date, reader: Reader = BORROWER, *, gives: int = 7, since: date = SINCE) -> Entry:
    return Entry(
        "L", letter, since, on, State.WRITTEN, f"R-{letter}-{on}-{reader.person}",
        reader=reader.role, person=reader.person, pay_by=on + timedelta(days=gives),
    )  # fmt: skip


def plan(
    *rules: LetterRule,
    before: tuple[Entry, ...] = (),
    as_of: date = MONDAY,
    counted_up_to: date | None = None,
    readers: tuple[Reader, ...] = (BORROWER, GUARANTOR),
) -> Plan:
    case = Case("L", SINCE, rules, readers)
    return plan_letters([case], before, as_of=as_of, counted_up_to=counted_up_to or as_of)


def written(found: Plan) -> list[tuple[str, Role]]:
    return [(one.rule.letter, one.reader.role) for one in found.write]


def held(found: Plan) -> list[tuple[str, Role, Why, date | None]]:
    return [(one.letter, one.reader.role, one.why, one.not_before) for one in found.held]


def test_the_most_severe_letter_is_written_and_no_other_that_day() -> None:
    assert written(plan(FIRST, CREDIT, FORMAL)) == [("credit_reporting_notice", Role.BORROWER)]
    assert written(plan(FORMAL, FIRST)) == [("formal_overdue", Role.BORROWER), ("formal_overdue", Role.GUARANTOR)]


def test_a_letter_is_written_once_for_a_stretch_and_a_new_stretch_begins_anew() -> None:
    before = had("formal_overdue", MONDAY - timedelta(days=30))
    found = plan(FORMAL, before=(before,), readers=(BORROWER,))
    assert (written(found), held(found)) == ([], [("formal_overdue", Role.BORROWER, Why.ALREADY, None)])
    assert written(plan(FORMAL, before=(replace(before, episode=date(2026, 5, 5)),), readers=(BORROWER,)))


def test_each_person_has_a_history_of_their_own() -> None:
    found = plan(FORMAL, before=(had("formal_overdue", MONDAY - timedelta(days=30)),))
    assert written(found) == [("formal_overdue", Role.GUARANTOR)]
    assert held(found) == [("formal_overdue", Role.BORROWER, Why.ALREADY, None)]


def test_letters_of_one_stretch_do_not_grow_milder() -> None:
    found = plan(FORMAL, before=(had("credit_reporting_notice", MONDAY - timedelta(days=30)),), readers=(BORROWER,))
    assert held(found) == [("formal_overdue", Role.BORROWER, Why.MILDER, None)]


@pytest.mark.parametrize(("after", "counted", "may"), [(7, 7, False), (8, 6, False), (8, 7, True), (8, 8, True)])
def test_nobody_is_written_to_again_before_the_day_named_has_passed_and_is_counted(
    after: int, counted: int, may: bool
) -> None:
    sent = date(2026, 11, 2)
    as_of, counted_up_to = sent + timedelta(days=after), sent + timedelta(days=counted)
    found = plan(
        FORMAL, before=(had("first_notice", sent),), as_of=as_of, counted_up_to=counted_up_to, readers=(BORROWER,)
    )
    if may:
        assert written(found) == [("formal_overdue", Role.BORROWER)]
    else:
        assert held(found) == [("formal_overdue", Role.BORROWER, Why.WAITING, date(2026, 11, 10))]


def test_a_final_notice_comes_after_another_letter_and_names_it() -> None:
    alone = plan(FINAL, readers=(BORROWER,))
    assert held(alone) == [("final_notice", Role.BORROWER, Why.NOTHING_BEFORE, None)]
    reminder, formal = had("pre_due_reminder", date(2026, 10, 2), gives=3), had("formal_overdue", date(2026, 10, 20))
    assert held(plan(FINAL, before=(reminder,), readers=(BORROWER,)))[0][2] is Why.NOTHING_BEFORE
    (contact,) = plan(FINAL, before=(formal, reminder), readers=(BORROWER,)).write
    assert [(one.issued_on, one.reference) for one in contact.letters_before] == [(formal.as_of, formal.reference)]


def test_where_no_final_notice_may_be_written_the_next_milder_letter_is() -> None:
    assert written(plan(FINAL, FORMAL, readers=(BORROWER,))) == [("formal_overdue", Role.BORROWER)]


def test_a_repeated_letter_waits_for_its_days() -> None:
    rule = replace(FORMAL, repeat_every_days=30)
    for days, may in ((29, False), (30, True)):
        found = plan(rule, before=(had("formal_overdue", MONDAY - timedelta(days=days)),), readers=(BORROWER,))
        assert (len(found.write), len(found.held)) == (may, not may)


def test_a_notice_that_the_law_asks_for_is_not_held_back_by_other_letters() -> None:
    before = had("final_notice", MONDAY - timedelta(days=1))
    assert written(plan(NOTICE, before=(before,), readers=(BORROWER,))) == [("arrears_notice", Role.BORROWER)]
    again = plan(NOTICE, before=(had("arrears_notice", MONDAY - timedelta(days=1)),), readers=(BORROWER,))
    assert held(again)[0][2:] == (Why.NOT_AGAIN_YET, MONDAY + timedelta(days=179))


def test_a_day_that_is_run_again_takes_back_nothing_for_the_sake_of_later_days() -> None:
    today, later = had("first_notice", MONDAY), had("formal_overdue", MONDAY + timedelta(days=9))
    found = plan(FIRST, before=(today, later), readers=(BORROWER,))
    assert (written(found), found.withdraw) == ([("first_notice", Role.BORROWER)], [])
    assert plan(FIRST, before=(later,), readers=(BORROWER,)).write == []


def test_a_letter_of_today_gives_way_to_another_kind_when_the_book_was_corrected() -> None:
    found = plan(FORMAL, before=(had("first_notice", MONDAY),), readers=(BORROWER,))
    assert (written(found), [one.letter for one in found.withdraw]) == (
        [("formal_overdue", Role.BORROWER)],
        ["first_notice"],
    )


@given(st.lists(st.integers(1, 9), min_size=1, max_size=40), st.lists(st.sampled_from(["gone", "here"]), max_size=8))
def test_whatever_days_are_run_each_person_gets_each_letter_once_in_rising_order(
    steps: list[int], guarantors: list[str]
) -> None:
    """A loan that is never paid, run on some days; a guarantor may join it on the way."""
    entries: list[Entry] = []
    days_past_due = 0
    readers: tuple[Reader, ...] = (BORROWER,)
    for place, step in enumerate(steps):
        days_past_due += step
        as_of = SINCE + timedelta(days=days_past_due)
        if guarantors[place : place + 1] == ["here"]:
            readers = (BORROWER, GUARANTOR)
        rules = tuple(rule for rule in (FIRST, FORMAL, CREDIT, FINAL) if rule.holds_on(days_past_due))
        found = plan_letters([Case("L", SINCE, rules, readers)], entries, as_of=as_of, counted_up_to=as_of)
        assert len({one.rule.letter for one in found.write}) <= 1
        assert found.withdraw == []
        entries += [had(one.rule.letter, as_of, one.reader) for one in found.write]
    for reader in readers:
        own = [one for one in entries if (one.reader, one.person) == (reader.role, reader.person)]
        order = [SEVERITY.index(one.letter) for one in own]
        assert order == sorted(set(order))
        assert all(later.as_of > one.pay_by for one, later in pairwise(own) if one.pay_by)
