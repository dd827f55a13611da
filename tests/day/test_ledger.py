"""The ledger of letters: lines are only added, a torn one is cut off, and what stands follows from the lines."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.lender import LetterRule
from goodstanding.day.choosing import Case, Plan, Why, plan_letters
from goodstanding.day.ledger import Entry, Ledger, State, entry_from_line, standing
from goodstanding.day.letters import withdrawal
from goodstanding.day.stop import Stopped

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
FIRST = Entry(
    loan_id="QH-7/甲",
    letter="formal_overdue",
    episode=date(2026, 9, 5),
    as_of=MONDAY,
    state=State.WRITTEN,
    reference="261123-AAAAA-AAAAA",
    language="zh-Hans",
    says="0" * 64,
    files={"letters/a.pdf": "1" * 64},
    book="b" * 64,
)
RULE = LetterRule("formal_overdue", 15)
SECOND = replace(FIRST, loan_id="QH-8", reference="261123-BBBBB-BBBBB")


def test_a_line_says_all_that_an_entry_says() -> None:
    assert entry_from_line(FIRST.line()) == FIRST


@given(st.integers(min_value=0), st.sampled_from([b"", b"\0\0\0\0", b"\xff"]))
def test_a_torn_last_line_is_cut_off_and_the_lines_before_it_stand(cut: int, noise: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "letters.ledger.jsonl"
        whole, torn = FIRST.line().encode(), SECOND.line().encode()
        path.write_bytes(whole + torn[: cut % len(torn)] + noise)
        ledger = Ledger(path)
        assert ledger.entries == [FIRST]
        assert path.read_bytes() == whole
        ledger.add([SECOND])
        assert Ledger(path).entries == [FIRST, SECOND]


def test_a_last_line_of_noise_is_cut_off_too(tmp_path: Path) -> None:
    path = tmp_path / "letters.ledger.jsonl"
    path.write_bytes(FIRST.line().encode() + b"\0\0\0\n")
    assert Ledger(path).entries == [FIRST]
    assert path.read_bytes() == FIRST.line().encode()


def test_a_broken_line_in_the_middle_stops_the_day(tmp_path: Path) -> None:
    path = tmp_path / "letters.ledger.jsonl"
    path.write_text(f"{FIRST.line()}{{}}\n{SECOND.line()}", encoding="utf-8")
    with pytest.raises(Stopped, match="line 2 isn't a line of the ledger: bring back the ledger from a copy"):
        Ledger(path)


def planned(due: dict[str, date], entries: list[Entry], as_of: date, limit: int | None = None) -> Plan:
    """The plan for loans of which the formal letter is due; due: by loan, when its stretch of arrears began."""
    cases = [Case(loan_id, episode, (RULE,)) for loan_id, episode in due.items()]
    return plan_letters(cases, entries, as_of=as_of, counted_up_to=as_of, limit=limit)


def loans(plan: Plan) -> list[str]:
    return [one.loan_id for one in plan.write]


def test_a_letter_is_written_once_for_each_stretch_of_arrears() -> None:
    def plan(episode: date, as_of: date) -> tuple[list[str], list[str]]:
        made = planned({FIRST.loan_id: episode}, [FIRST], as_of)
        return loans(made), [one.loan_id for one in made.held if one.why is Why.ALREADY]

    assert plan(FIRST.episode, TUESDAY) == ([], [FIRST.loan_id])
    assert plan(date(2026, 11, 1), TUESDAY) == ([FIRST.loan_id], [])
    assert plan(FIRST.episode, MONDAY) == ([FIRST.loan_id], [])  # confirmed, not written again


def test_a_letter_of_today_that_is_no_longer_due_is_withdrawn_once() -> None:
    def withdrawn(entries: list[Entry]) -> list[Entry]:
        return planned({}, entries, MONDAY).withdraw

    assert withdrawn([FIRST]) == [FIRST]
    assert withdrawn([FIRST, withdrawal(FIRST, "c" * 64)]) == []


def test_a_letter_of_another_day_is_never_withdrawn() -> None:
    assert planned({}, [FIRST], TUESDAY).withdraw == []


def test_a_limit_leaves_the_rest_for_another_run_and_withdraws_none_of_it() -> None:
    due = {"A": MONDAY, "B": MONDAY, FIRST.loan_id: FIRST.episode}
    plan = planned(due, [FIRST], MONDAY, limit=1)
    left = [one.loan_id for one in plan.over_limit]
    assert (loans(plan), left, plan.withdraw) == (["A"], ["B", FIRST.loan_id], [])


days = st.dates(min_value=date(2026, 11, 1), max_value=date(2026, 11, 9))


@given(st.lists(st.tuples(days, st.dictionaries(st.sampled_from("ABC"), days, max_size=3)), max_size=12))
def test_however_days_follow_each_other_one_letter_at_most_stands_for_a_stretch(
    runs: list[tuple[date, dict[str, date]]],
) -> None:
    entries: list[Entry] = []
    for number, (as_of, due) in enumerate(runs):
        plan = planned(due, entries, as_of)
        entries += [withdrawal(entry, "") for entry in plan.withdraw]
        for loan_id in loans(plan):
            key = replace(FIRST, loan_id=loan_id).to
            today = [one for one in standing(entries).get(key, []) if one.as_of == as_of]
            entries.append(
                replace(
                    FIRST,
                    loan_id=loan_id,
                    episode=due[loan_id],
                    as_of=as_of,
                    reference=f"{number}{loan_id}",
                    supersedes=today[0].reference if today else None,
                )
            )
    for found in standing(entries).values():
        assert len({entry.episode for entry in found}) == len(found)
        assert len({entry.as_of for entry in found}) == len(found)


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c"])
def test_a_loan_number_with_another_kind_of_line_break_stays_one_line(mark: str, tmp_path: Path) -> None:
    path = tmp_path / "letters.ledger.jsonl"
    odd = replace(FIRST, loan_id=f"L{mark}1")
    Ledger(path).add([odd, SECOND])
    assert Ledger(path).entries == [odd, SECOND]
