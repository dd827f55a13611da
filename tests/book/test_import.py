"""From flat files to a book and back: nothing lost, nothing changed, the same bytes each time, whole or not at all."""

import csv
import datetime as dt
import json
import random
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodstanding.book import placing
from goodstanding.book.conduct import Conduct
from goodstanding.book.convert import BOOK_FILES, check_files, import_files
from goodstanding.book.read import LoanExtras, open_book
from goodstanding.book.schema import DRAWDOWN, NESTED, OPTIONAL, nested_with
from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.conduct.facts import Channel, Consent, Contact, Direction, Hold, Outcome, Preference, Wish
from goodstanding.core.loan import (
    ClassifiedAs,
    Component,
    Instalment,
    Kind,
    Loan,
    Opening,
    Pause,
    ScheduleVersion,
    Transaction,
)
from goodstanding.core.loan_json import loan_data, loan_from_json
from goodstanding.core.money import LARGEST_AMOUNT, split_evenly
from goodstanding.core.party import Borrower, Guarantee, Role
from goodstanding.core.plans.schedule import build_schedule
from goodstanding.core.plans.terms import FirstPeriod, InterestInGrace, Rest, Terms
from goodstanding.core.rates import PPM, AnnualRate, DayCount
from tests.book.files import BORROWER, EMAIL, LOAN, PAYMENT, flat_rows, sound, told, write_files, write_settings

CUT_OFF = date(2026, 11, 23)


def loans_in(book: Path) -> list[tuple[Loan, LoanExtras]]:
    return list(open_book(book).iter_loans())


def tree(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# Round trip

amounts = st.integers(0, LARGEST_AMOUNT // 100)
past_days = st.dates(date(2020, 1, 1), CUT_OFF)


@st.composite
def loans(draw: st.DrawFn) -> Loan:
    """A loan as a lender's files could hold it: an instalment loan or a revolving account, with its history."""
    disbursed_on = draw(st.dates(date(2019, 1, 1), date(2019, 12, 31)))
    is_revolving = draw(st.booleans())
    due = draw(
        st.lists(st.dates(date(2020, 1, 1), date(2149, 12, 31)), min_size=1, max_size=5, unique=True).map(sorted)
    )
    schedule = tuple(
        Instalment(day, draw(amounts), draw(amounts), draw(amounts), draw(st.integers(0, 1)) if is_revolving else None)
        for day in due
    )
    schedule = tuple(
        replace(one, minimum=min(one.minimum, one.amount)) if one.minimum is not None else one for one in schedule
    )
    day_count = draw(st.sampled_from(DayCount))
    opening = draw(st.none() | openings(disbursed_on))
    versions = draw(changed_schedules(schedule, opening, is_revolving=is_revolving))
    if is_revolving and draw(st.booleans()):
        schedule = tuple(replace(one, drawdown=draw(st.sampled_from(["", "A", "乙"]))) for one in schedule)
    count = len(schedule) if opening is None else 1
    return Loan(
        id=draw(
            st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=6)
        ),
        currency="USD",
        principal=sum(one.principal for one in schedule) + (opening.principal if opening else 0),
        disbursed_on=disbursed_on,
        annual_rate=AnnualRate(Fraction(draw(st.integers(0, 10 * PPM)), PPM), day_count),
        schedule=schedule,
        transactions=tuple(draw(histories(count))),
        pauses=tuple(draw(pauses())),
        product=draw(st.sampled_from(["cash", "card"])),
        opening=opening,
        versions=versions,
        classified_as=tuple(draw(classifications())),
    )


@st.composite
def openings(draw: st.DrawFn, disbursed_on: date) -> Opening:
    on = draw(st.dates(disbursed_on, date(2019, 12, 31)))
    principal, interest, penalty, compound, fee = parts = [draw(amounts) for _ in range(5)]
    since, period_from = (draw(st.none() | st.dates(disbursed_on, on)) for _ in range(2))
    overdue_since = since if any(parts) else None
    return Opening(on, principal, interest, penalty, compound, fee, overdue_since, period_from, draw(amounts))


@st.composite
def changed_schedules(
    draw: st.DrawFn, schedule: tuple[Instalment, ...], opening: Opening | None, *, is_revolving: bool
) -> tuple[ScheduleVersion, ...]:
    """Schedules that hold all of the principal, which is what they replace where nothing was due or paid before."""
    principal = sum(one.principal for one in schedule) + (opening.principal if opening else 0)
    found = []
    for from_on in draw(st.lists(st.dates(date(2020, 1, 1), date(2140, 1, 1)), max_size=2, unique=True).map(sorted)):
        days = draw(st.lists(st.dates(from_on, date(2149, 12, 31)), min_size=1, max_size=3, unique=True).map(sorted))
        parts = tuple(
            Instalment(day, part, draw(amounts), minimum=min(1, part) if is_revolving else None)
            for day, part in zip(days, split_evenly(principal, len(days)), strict=True)
        )
        found.append(ScheduleVersion(from_on, parts, draw(st.booleans())))
    return tuple(found)


@st.composite
def classifications(draw: st.DrawFn) -> list[ClassifiedAs]:
    starts = draw(st.lists(past_days, max_size=2, unique=True).map(sorted))
    return [
        ClassifiedAs(
            draw(st.sampled_from(["doubtful", "关注"])),
            day,
            draw(st.none() | st.just(day + dt.timedelta(40))),
            draw(st.sampled_from(["", "the shop has closed, says the branch"])),
        )
        for day in starts
    ]


@st.composite
def histories(draw: st.DrawFn, instalments: int) -> list[Transaction]:
    plain = [kind for kind in Kind if kind not in (Kind.REVERSAL, Kind.CHARGEBACK)]
    history = [
        Transaction(
            id=f"T{number}",
            kind=draw(st.sampled_from(plain)),
            amount=draw(amounts),
            effective_on=draw(past_days),
            booked_on=draw(past_days),
            component=draw(st.none() | st.sampled_from(Component)),
            instalment=draw(st.none() | st.integers(1, instalments)),
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    undone = [one for one in history if draw(st.booleans())]
    history += [
        Transaction(f"R{one.id}", Kind.REVERSAL, one.amount, draw(st.dates(one.effective_on, CUT_OFF)), CUT_OFF, one.id)
        for one in undone
    ]
    return history


@st.composite
def pauses(draw: st.DrawFn) -> list[Pause]:
    starts = draw(st.lists(past_days, max_size=2, unique=True).map(sorted))
    return [
        Pause(day, day + dt.timedelta(draw(st.integers(1, 90))), draw(st.booleans()), draw(st.booleans()))
        for day in starts
    ]


def in_order(loan: Loan) -> Loan:
    order = {
        kind: code
        for code, kind in enumerate(
            ("fee", "waiver", "payment", "recovery", "refund", "reversal", "chargeback", "charge_off")
        )
    }
    history = sorted(loan.transactions, key=lambda one: (one.effective_on, order[one.kind], one.booked_on, one.id))
    pauses = sorted(loan.pauses, key=lambda one: (one.from_on, one.until_on))
    schedule, *later = (
        tuple(sorted(parts, key=lambda part: (part.due_on, part.drawdown)))
        for parts in (loan.schedule, *(version.schedule for version in loan.versions))
    )
    versions = tuple(replace(one, schedule=parts) for one, parts in zip(loan.versions, later, strict=True))
    return replace(loan, schedule=schedule, versions=versions, transactions=tuple(history), pauses=tuple(pauses))


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(loans(), min_size=1, max_size=6, unique_by=lambda loan: loan.id), st.randoms(use_true_random=False))
def test_loans_come_out_of_the_book_as_they_went_into_the_files(
    tmp_path_factory: pytest.TempPathFactory, portfolio: list[Loan], rng: random.Random
) -> None:
    folder = tmp_path_factory.mktemp("round")
    source = write_files(folder / "flat", flat_rows(portfolio, rng))
    summary = import_files(source, folder / "book", slice_loans=2)
    assert (summary.findings, summary.loans_in_book) == ({}, len(portfolio))
    found = [loan for loan, _ in loans_in(folder / "book")]
    assert found == sorted(map(in_order, portfolio), key=lambda loan: loan.id)
    assert found == [loan_from_json(json.dumps(loan_data(loan)))[0] for loan in found]
    book = open_book(folder / "book")
    assert [book.find_loan(loan.id) for loan in found] == loans_in(folder / "book")
    some = rng.sample(found, rng.randint(0, len(found)))
    asked = [*(loan.id for loan in some), "no such loan"]
    assert [loan for loan, _ in book.loans(asked)] == sorted(some, key=lambda loan: loan.id)


def test_files_in_any_order_give_the_same_book(tmp_path: Path) -> None:
    files = told() | {"pauses": [{"loan_id": "L1", "from_on": "2026-03-01", "until_on": "2026-04-01"}]}
    shuffled = {name: list(reversed(rows)) for name, rows in files.items()}
    one, other = (
        import_files(write_files(tmp_path / name, rows), tmp_path / f"{name}-book")
        for name, rows in (("a", files), ("b", shuffled))
    )
    assert one.content_hash == other.content_hash
    assert tree(tmp_path / "a-book")["book.parquet"] == tree(tmp_path / "b-book")["book.parquet"]


def test_the_same_files_give_the_same_bytes_wherever_the_book_lies(tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", told() | {"transactions": [PAYMENT | {"amount": "x"}]})
    for name in ("one", "other"):
        import_files(source, tmp_path / "deep" / name)
    assert tree(tmp_path / "deep/one") == tree(tmp_path / "deep/other")
    assert set(tree(tmp_path / "deep/one")) == BOOK_FILES


def test_importing_the_same_files_again_changes_nothing_and_says_so(tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", sound() | {"transactions": [PAYMENT | {"amount": "x"}]})
    first = import_files(source, tmp_path / "book")
    made_at = (tmp_path / "book/book.parquet").stat().st_mtime_ns
    again = import_files(source, tmp_path / "book")
    assert again == replace(first, unchanged=True)
    assert (tmp_path / "book/book.parquet").stat().st_mtime_ns == made_at


@pytest.mark.parametrize("name", sorted(BOOK_FILES - {"quarantine.csv", "set_aside.csv"}))
def test_a_book_that_somebody_changed_is_made_again(tmp_path: Path, name: str) -> None:
    source = write_files(tmp_path / "flat", sound())
    import_files(source, tmp_path / "book")
    before = tree(tmp_path / "book")
    (tmp_path / "book" / name).write_bytes(b"spoiled")
    assert not import_files(source, tmp_path / "book").unchanged
    assert tree(tmp_path / "book") == before


def test_changed_files_take_the_place_of_the_book(tmp_path: Path) -> None:
    import_files(write_files(tmp_path / "flat", sound()), tmp_path / "book")
    import_files(write_files(tmp_path / "flat", sound() | {"loans": [LOAN]}), tmp_path / "book")
    assert [loan.id for loan, _ in loans_in(tmp_path / "book")] == ["L1"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book", "flat"]


# What a book says


GUARANTOR = {"loan_id": "L1", "borrower_id": "B3", "role": "guarantor", "guarantee": "general"}
PERSON = {"borrower_id": "B3", "name": "Cy Day", "language": "en", "id_number": "", "country": "US"}


def test_people_beside_the_borrower_are_in_the_book_as_long_as_their_loan_is(tmp_path: Path) -> None:
    files = sound()
    nobody = {"borrower_id": "B4", "name": "No Body", "language": "en", "id_number": "", "country": "US"}
    files |= {
        "borrowers": [*files["borrowers"], PERSON, nobody],
        "parties": [GUARANTOR, {"loan_id": "L1", "borrower_id": "B2", "role": "co_borrower", "guarantee": ""}],
    }
    import_files(write_files(tmp_path / "flat", files), tmp_path / "book")
    book = open_book(tmp_path / "book")
    assert book.parties(["L1", "L2"]) == {
        "L1": [("B2", Role.CO_BORROWER, Guarantee.UNSTATED), ("B3", Role.GUARANTOR, Guarantee.GENERAL)]
    }
    assert set(book.borrowers(["B1", "B2", "B3", "B4"])) == {"B1", "B2", "B3"}
    spoiled = files | {"loans": [LOAN | {"principal": "x"}, *files["loans"][1:]]}
    import_files(write_files(tmp_path / "flat", spoiled), tmp_path / "book")
    book = open_book(tmp_path / "book")
    assert book.parties(["L1", "L2"]) == {}
    assert set(book.borrowers(["B1", "B2", "B3"])) == {"B2"}


def test_somebody_beside_the_borrower_who_cannot_be_read_leaves_the_loan_in_the_book(tmp_path: Path) -> None:
    files = sound()
    files |= {"borrowers": [*files["borrowers"], PERSON | {"language": "Klingon"}], "parties": [GUARANTOR]}
    summary = import_files(write_files(tmp_path / "flat", files), tmp_path / "book")
    assert (summary.finding_count, summary.loans_in_book) == (1, 2)
    book = open_book(tmp_path / "book")
    assert book.parties(["L1"]) == {"L1": [("B3", Role.GUARANTOR, Guarantee.GENERAL)]}
    assert book.borrowers(["B3"]) == {}


def test_what_the_gate_is_told_of_a_person_comes_back_as_it_was_given(tmp_path: Path) -> None:
    files = sound() | {
        "contacts": [
            {
                "borrower_id": "B1",
                "sent_at": "2026-03-02 10:00",
                "channel": "call",
                "outcome": "rang_out",
                "loan_id": "L1; L9",
            },
            {"borrower_id": "B1", "sent_at": "2026-03-01T10:00Z", "channel": "text", "direction": "in"},
        ],
        "consents": [
            {
                "borrower_id": "B1",
                "what": "hours",
                "given_at": "2026-03-01T10:00Z",
                "begins_at": "2026-03-02T00:00Z",
                "from_time": "19:00",
                "to_time": "23:00",
            }
        ],
        "holds": [
            {"borrower_id": "B1", "kind": "dispute", "began_at": "2026-03-01T10:00Z", "answers": "is_portion=yes"}
        ],
        "answers": [{"borrower_id": "B1", "loan_id": "L1", "name": "regulated_agreement", "value": "yes"}],
        "preferences": [
            {"borrower_id": "B1", "wish": "not_by_channel", "received_at": "2026-03-01T10:00Z", "channels": "call;text"}
        ],
    }
    import_files(write_files(tmp_path / "flat", files), tmp_path / "book")
    book = open_book(tmp_path / "book")
    early = datetime(2026, 3, 1, 10, tzinfo=UTC)
    told = book.conduct(["B1", "B2"])

    assert told["B2"] == Conduct()
    assert told["B1"] == Conduct(
        contacts=(
            Contact(early, Channel.TEXT, Direction.IN, person="B1"),
            Contact(
                datetime(2026, 3, 2, 10, tzinfo=ZoneInfo(book.zone)),
                Channel.CALL,
                outcome=Outcome.RANG_OUT,
                person="B1",
                debts=("L1", "L9"),
            ),
        ),
        consents=(Consent("hours", early, from_time=19 * 60, to_time=23 * 60, begins_at=early + timedelta(hours=14)),),
        holds=(Hold("dispute", early),),
        preferences=(Preference(Wish.NOT_BY_CHANNEL, early, channels=frozenset({Channel.CALL, Channel.TEXT})),),
        hold_answers=("is_portion=yes",),
        answers=(("L1", "regulated_agreement", "yes"),),
    )


def shared(**more: list[dict[str, str]]) -> dict[str, Any]:
    """L1 of B1 with B3 as guarantor, and L2 of B2, for which B3 doesn't answer."""
    files = sound() | {"parties": [GUARANTOR], **more}
    return files | {"borrowers": [*files["borrowers"], BORROWER | {"borrower_id": "B3", "name": "Cy Moss"}]}


@pytest.mark.parametrize("loans", ["", "L1", "L1;L2"])
def test_a_dispute_is_on_its_debt_for_everybody_who_answers_for_it(loans: str, tmp_path: Path) -> None:
    dispute = {"borrower_id": "B1", "kind": "dispute", "began_at": "2026-03-01T10:00Z", "loan_id": loans}
    dispute |= {"answers": "is_portion=yes"}
    import_files(write_files(tmp_path / "flat", shared(holds=[dispute])), tmp_path / "book")
    told = open_book(tmp_path / "book").conduct(["B2", "B3"])

    assert told["B3"].holds == (Hold("dispute", datetime(2026, 3, 1, 10, tzinfo=UTC), debts=("L1",)),)
    assert told["B3"].hold_answers == ("is_portion=yes",)
    assert told["B2"] == Conduct()


def test_a_guarantors_dispute_holds_for_the_borrower(tmp_path: Path) -> None:
    dispute = {"borrower_id": "B3", "kind": "dispute", "began_at": "2026-03-01T10:00Z", "loan_id": ""}
    import_files(write_files(tmp_path / "flat", shared(holds=[dispute])), tmp_path / "book")
    told = open_book(tmp_path / "book").conduct(["B1", "B3"])

    assert [one.debts for one in told["B1"].holds] == [("L1",)]
    assert [one.debts for one in told["B3"].holds] == [()]


def test_a_hold_on_a_person_is_theirs_alone(tmp_path: Path) -> None:
    death = {"borrower_id": "B1", "kind": "deceased", "began_at": "2026-03-01T10:00Z", "loan_id": "L1"}
    import_files(write_files(tmp_path / "flat", shared(holds=[death])), tmp_path / "book")

    assert open_book(tmp_path / "book").conduct(["B3"])["B3"] == Conduct()


def test_what_cannot_be_read_of_a_hold_counts_for_who_shares_the_debt(tmp_path: Path) -> None:
    unread = {"borrower_id": "B1", "kind": "dispute", "began_at": "soon", "loan_id": "L1"}
    import_files(write_files(tmp_path / "flat", shared(holds=[unread])), tmp_path / "book")
    told = open_book(tmp_path / "book").conduct(["B2", "B3"])

    assert (told["B3"], told["B2"]) == (Conduct(gaps=("holds",)), Conduct())


@pytest.mark.parametrize("meant", ["b0001", "B0001\u200b", "B-0001", "BOOO1", "B0OOl", "B1", "Ｂ０００１"])
def test_a_hold_of_nobody_in_the_book_holds_back_whoever_may_be_meant(meant: str, tmp_path: Path) -> None:
    files = sound() | {"holds": [{"borrower_id": meant, "kind": "cease", "began_at": "2026-03-01T10:00Z"}]}
    for name in ("loans", "borrowers", "contact_points"):
        files[name] = [
            row | {"borrower_id": row["borrower_id"].replace("B1", "B0001").replace("B2", "B0011")}
            for row in files[name]
        ]
    import_files(write_files(tmp_path / "flat", files), tmp_path / "book")
    told = open_book(tmp_path / "book").conduct(["B0001", "B0011"])

    assert (told["B0001"], told["B0011"]) == (Conduct(gaps=("holds",)), Conduct())


def test_a_person_of_whom_something_cannot_be_read_is_told_apart_and_the_loan_stays(tmp_path: Path) -> None:
    files = sound() | {"holds": [{"borrower_id": "B1", "kind": "dispute", "began_at": "soon"}]}
    summary = import_files(write_files(tmp_path / "flat", files), tmp_path / "book")

    assert (summary.finding_count, summary.loans_in_book) == (1, 2)
    assert open_book(tmp_path / "book").conduct(["B1"])["B1"] == Conduct(gaps=("holds",))


def test_what_stands_beside_a_loan_is_kept(tmp_path: Path) -> None:
    files = sound()
    files["loans"] = [LOAN | {"lender_days_past_due": "3", "lender_balance": "200.00"}, *files["loans"][1:]]
    import_files(write_files(tmp_path / "flat", files), tmp_path / "book")
    beside = [extras for _, extras in loans_in(tmp_path / "book")]
    assert beside == [LoanExtras("B1", 3, 200_00), LoanExtras("B2", None, None)]


def test_a_loan_is_found_by_its_id(tmp_path: Path) -> None:
    import_files(write_files(tmp_path / "flat", sound()), tmp_path / "book")
    book = open_book(tmp_path / "book")
    assert [found and found[0].id for found in map(book.find_loan, ("L2", "L3"))] == ["L2", None]


def test_a_book_knows_whose_it_is_and_up_to_which_day(tmp_path: Path) -> None:
    lender = 'The "Good" Bank \\ 青禾'
    summary = import_files(write_files(tmp_path / "flat", sound(), lender=lender), tmp_path / "book")
    book = open_book(tmp_path / "book")
    assert (book.lender, book.cut_off, book.currency, book.zone) == (lender, CUT_OFF, "USD", "America/New_York")
    assert (book.loan_count, book.content_hash) == (2, summary.content_hash)


def test_people_are_in_files_of_their_own_and_only_those_with_a_loan_in_the_book(tmp_path: Path) -> None:
    files = sound()
    files["borrowers"] = [
        BORROWER | {"country": "cn", "id_number": "11010519491231002x"},
        BORROWER | {"borrower_id": "B2", "name": ""},
        BORROWER | {"borrower_id": "B3"},
    ]
    files["contact_points"] = [
        {"borrower_id": "B1", "kind": "postal", "value": "1 High Street / Springfield\nUSA"},
        {"borrower_id": "B1", "kind": "phone", "value": "+1 555 0100"},
        EMAIL,
        EMAIL | {"borrower_id": "B2"},
        EMAIL | {"borrower_id": "B3"},
    ]
    import_files(write_files(tmp_path / "flat", files), tmp_path / "book")
    assert open_book(tmp_path / "book").borrowers(["B1", "B2", "B3"]) == {
        "B1": Borrower(
            "B1",
            "Ann Lee",
            "en",
            "11010519491231002X",
            ("1 High Street", "Springfield", "USA"),
            "CN",
            ("+1 555 0100",),
            ("ann@example.com",),
        )
    }
    assert b"Ann Lee" in tree(tmp_path / "book")["borrowers.parquet"]
    assert b"Ann Lee" not in tree(tmp_path / "book")["book.parquet"]


def test_a_contact_point_that_cannot_be_used_is_left_out_and_named_and_the_loan_stays(tmp_path: Path) -> None:
    files = sound()
    files["contact_points"] = [
        EMAIL | {"value": "ann at example"},
        EMAIL | {"kind": "fax"},
        EMAIL | {"value": "a@b.org"},
    ]
    source = write_files(tmp_path / "flat", files)
    with (source / "contact_points.csv").open("a") as file:
        file.write("B1,phone\n")
    summary = import_files(source, tmp_path / "book")
    assert (summary.loans_in_book, summary.findings) == (2, {"contact_value": 1, "fields": 1, "unknown_kind": 1})
    assert open_book(tmp_path / "book").borrowers(["B1"])["B1"].emails == ("a@b.org",)
    kept_out = rows_of(tmp_path / "book/quarantine.csv")
    assert [(row["row"], row["loan_id"], row["found"]) for row in kept_out] == [
        ("2", "L1", "ann at example"),
        ("3", "L1", "fax"),
        ("5", "L1", "2 fields"),
    ]
    assert rows_of(tmp_path / "book/set_aside.csv") == []


def test_the_nested_book_has_its_schema_and_its_encodings(tmp_path: Path) -> None:
    import_files(write_files(tmp_path / "flat", sound()), tmp_path / "book")
    file = pq.ParquetFile(tmp_path / "book/book.parquet")
    assert file.schema_arrow.equals(NESTED)
    columns = [file.metadata.row_group(0).column(place) for place in range(file.metadata.num_columns)]
    split = {column.path_in_schema for column in columns if "BYTE_STREAM_SPLIT" in column.encodings}
    assert {"principal", "schedule.list.element.due_on", "transactions.list.element.kind"} <= split
    assert {column.compression for column in columns} == {"ZSTD"}


def test_a_book_has_the_optional_columns_that_its_loans_need_and_no_others(tmp_path: Path) -> None:
    everything = told()
    for names in ([], ["openings"], ["versions", "instalments"], ["classifications"], list(everything)):
        files = sound() | {name: everything[name] for name in names}
        import_files(write_files(tmp_path / "flat", files), tmp_path / "book")
        needed = {
            "openings": "opening",
            "versions": "versions",
            "classifications": "classified_as",
            "instalments": DRAWDOWN,
        }
        expected = nested_with([needed[name] for name in names if name in needed])
        assert pq.read_schema(tmp_path / "book/book.parquet").equals(expected), names
        for name in names:
            (tmp_path / "flat" / f"{name}.csv").unlink()
    assert expected == nested_with((DRAWDOWN, *OPTIONAL))


def test_a_loan_is_the_one_that_would_be_written_as_json(tmp_path: Path) -> None:
    """Every convention that JSON can say, said in the files; places of transactions, pauses and schedules in any order."""
    import_files(write_files(tmp_path / "flat", told()), tmp_path / "book")
    beside = {
        "product": "cash",
        "currency": "USD",
        "annual_rate": "0.12",
        "disbursed_on": "2026-01-15",
        "principal": "300",
    }
    later = [
        {"due_on": "2026-04-01", "principal": "100.00", "interest": "2.50", "drawdown": "A"},
        {"due_on": "2026-05-01", "principal": "100.00", "interest": "1.50", "fee": "0.50"},
    ]
    first = [
        {"due_on": f"2026-0{month}-15", "principal": "100.00", "interest": f"{5 - month}.00"} for month in (2, 3, 4)
    ]
    paid = {"id": "T1", "kind": "payment", "amount": "103.00", "effective_on": "2026-02-14", "booked_on": "2026-02-15"}
    written: list[dict[str, Any]] = [
        {
            "id": "L1",
            "schedule": first,
            "transactions": [paid],
            "versions": [{"from_on": "2026-03-01", "takes_over": True, "schedule": later}],
            "classified_as": [
                {
                    "category": "doubtful",
                    "from_on": "2026-03-01",
                    "until_on": "2026-04-01",
                    "reason": "closed, it says",
                },
                {"category": "loss", "from_on": "2026-04-10"},
            ],
        },
        {
            "id": "L2",
            "schedule": first,
            "opening": {
                "on": "2026-02-20",
                "principal": "100.00",
                "interest": "3.00",
                "penalty": "0.04",
                "overdue_since": "2026-02-15",
                "period_from": "2026-02-15",
                "accrued_interest": "0.25",
            },
        },
    ]
    expected = [loan_from_json(json.dumps(beside | one))[0] for one in written]
    assert [loan for loan, _ in loans_in(tmp_path / "book")] == expected


def test_terms_may_be_followed_by_a_schedule_of_the_files(tmp_path: Path) -> None:
    files = told()
    files["loans"] = [LOAN | {"instalments": "3", "first_due_on": "2026-02-15"}, *files["loans"][1:]]
    files["instalments"] = [row for row in files["instalments"] if row["loan_id"] == "L2" or row["counts_from"]]
    import_files(write_files(tmp_path / "flat", files), tmp_path / "book")
    loan = loans_in(tmp_path / "book")[0][0]
    assert (loan.id, len(loan.schedule), [len(one.schedule) for one in loan.versions]) == ("L1", 3, [2])


def test_an_opening_needs_no_instalments(tmp_path: Path) -> None:
    files = told()
    files["instalments"] = [row for row in files["instalments"] if row["loan_id"] == "L1"]
    assert import_files(write_files(tmp_path / "flat", files), tmp_path / "book").findings == {}
    loan = loans_in(tmp_path / "book")[1][0]
    assert assess(loan, ArrearsPolicy(), as_of=CUT_OFF).amount_to_cure == 103_04


def test_terms_become_the_schedule_that_core_builds(tmp_path: Path) -> None:
    terms = {
        "instalments": "3",
        "first_due_on": "2026-01-31",
        "due_day": "31",
        "instalment_rounding": "up",
        "instalment_multiple": "1.00",
        "every": "2",
        "first_period": "spread",
        "principal_grace": "1",
        "interest_grace": "1",
        "interest_in_grace": "spread",
        "rest": "first",
        "down_payment": "20.00",
        "balloon": "40.00",
    }
    loan = LOAN | {"disbursed_on": "2025-12-31", "instalment_amount": "0.00"} | terms
    files = sound() | {"loans": [loan], "instalments": [], "borrowers": [BORROWER], "transactions": []}
    summary = import_files(write_files(tmp_path / "flat", files), tmp_path / "book")
    expected = build_schedule(
        Terms(
            300_00,
            AnnualRate(Fraction("0.12")),
            date(2025, 12, 31),
            3,
            date(2026, 1, 31),
            due_day=31,
            rounding="up",
            multiple=100,
            every=2,
            first_period=FirstPeriod.SPREAD,
            principal_grace=1,
            interest_grace=1,
            interest_in_grace=InterestInGrace.SPREAD,
            rest=Rest.FIRST,
            down_payment=20_00,
            balloon=40_00,
        )
    )
    assert summary.findings == {}
    assert [loan.schedule for loan, _ in loans_in(tmp_path / "book")] == [expected]


def test_a_files_instalments_win_over_its_terms(tmp_path: Path) -> None:
    files = sound() | {"loans": [LOAN | {"instalments": "99", "first_due_on": "2026-02-01"}, *sound()["loans"][1:]]}
    import_files(write_files(tmp_path / "flat", files), tmp_path / "book")
    assert [len(loan.schedule) for loan, _ in loans_in(tmp_path / "book")] == [3, 3]


def test_a_transaction_given_twice_counts_once_and_is_reported(tmp_path: Path) -> None:
    again = PAYMENT | {"amount": "103.0", "booked_on": "2026-02-15"}
    summary = import_files(
        write_files(tmp_path / "flat", sound() | {"transactions": [PAYMENT, again, PAYMENT]}), tmp_path / "book"
    )
    assert (summary.findings, summary.duplicates) == ({}, {"transactions": 2})
    assert summary.duplicate_examples[0] == "transactions.csv, row 3: T1 again, as in row 2"
    assert [len(loan.transactions) for loan, _ in loans_in(tmp_path / "book")] == [1, 0]


def test_the_same_transaction_id_in_two_loans_is_two_transactions(tmp_path: Path) -> None:
    files = sound() | {"transactions": [PAYMENT, PAYMENT | {"loan_id": "L2"}]}
    summary = import_files(write_files(tmp_path / "flat", files), tmp_path / "book")
    assert (summary.findings, summary.duplicates) == ({}, {})


def test_unknown_columns_are_kept_out_and_reported_once(tmp_path: Path) -> None:
    files = sound() | {"transactions": [PAYMENT | {"branch": "12", "note": "x"}]}
    summary = import_files(write_files(tmp_path / "flat", files), tmp_path / "book")
    assert summary.unknown_columns == {"transactions": ("branch", "note")}


# Quarantine on disk


def test_quarantine_and_set_aside_say_which_rows_and_which_loans(tmp_path: Path) -> None:
    files = sound() | {"transactions": [PAYMENT | {"amount": "=1+1", "kind": "pay", "transaction_id": "@T"}]}
    summary = import_files(write_files(tmp_path / "flat", files), tmp_path / "book")
    assert (summary.loans_in_book, summary.loans_set_aside, summary.findings) == (
        1,
        1,
        {"amount": 1, "unknown_kind": 1},
    )
    first, second = rows_of(tmp_path / "book/quarantine.csv")
    assert first == {
        "file": "transactions.csv",
        "row": "2",
        "loan_id": "L1",
        "column": "amount",
        "rule": "amount",
        "found": "'=1+1",
        "expected": "decimal text such as 1409.50, without separators or signs of currency",
        "what_to_do": "Write amount as plain decimal text.",
        "raw_row": "L1,@T,pay,=1+1,2026-02-14,2026-02-15,,,",
    }
    assert second["column"] == "kind"
    assert rows_of(tmp_path / "book/set_aside.csv") == [
        {"loan_id": "L1", "reasons": "2", "first_place": "transactions.csv, row 2"}
    ]


def test_everything_wrong_is_written_where_check_is_told_to(tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", sound() | {"transactions": [PAYMENT | {"amount": "x"}]})
    import_files(source, tmp_path / "book")
    check_files(source, quarantine=tmp_path / "found.csv")
    assert (tmp_path / "found.csv").read_bytes() == (tmp_path / "book/quarantine.csv").read_bytes()


def test_raw_rows_are_the_files_own_text(tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", sound())
    path = source / "transactions.csv"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0] + b'L1,"T1", payment ,"1,0",2026-02-14,,,,\n')
    (finding,) = check_files(source).findings
    assert (finding.found, finding.raw_row) == ("1,0", 'L1,"T1", payment ,"1,0",2026-02-14,,,,')


# Files as lenders have them


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_encoding_gives_the_same_book(tmp_path: Path, encoding: str) -> None:
    files = sound() | {"borrowers": [BORROWER | {"name": "李雷"}, BORROWER | {"borrower_id": "B2", "name": "韓梅梅㐀"}]}
    summary = import_files(write_files(tmp_path / "flat", files, encoding=encoding), tmp_path / "book")
    plain = import_files(write_files(tmp_path / "plain", files), tmp_path / "plain-book")
    assert summary.content_hash == plain.content_hash
    assert summary.encodings["borrowers"] == encoding.removesuffix("-sig")
    assert open_book(tmp_path / "book").borrowers(["B2"])["B2"].name == "韓梅梅㐀"


def test_a_lenders_own_names_are_mapped(tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", sound())
    text = (source / "loans.csv").read_text()
    (source / "loans.csv").unlink()
    (source / "借据.csv").write_bytes(
        text.replace("loan_id", "合同号").replace("principal", "放款金额").encode("gb18030")
    )
    (tmp_path / "names.toml").write_text(
        '[files]\n"借据.csv" = "loans"\n[loans]\n"合同号" = "loan_id"\n"放款金额" = "principal"\n', encoding="utf-8"
    )
    mapped = import_files(source, tmp_path / "book", mapping=tmp_path / "names.toml")
    plain = import_files(write_files(tmp_path / "plain", sound()), tmp_path / "plain-book")
    assert (mapped.findings, mapped.content_hash) == ({}, plain.content_hash)


def parquet_files(folder: Path, **changed: Any) -> Path:
    """The sound files as Parquet, with the types that a data engineer would use."""
    folder.mkdir(exist_ok=True)
    for name, rows in sound().items():
        columns = {column: [row[column] or None for row in rows] for column in rows[0]}
        table = pa.table({column: _typed(column, values) for column, values in columns.items()})
        for column, array in changed.get(name, {}).items():
            table = table.set_column(table.schema.get_field_index(column), column, array)
        pq.write_table(table, folder / f"{name}.parquet")
    write_settings(folder)
    return folder


def _typed(column: str, values: list[Any]) -> pa.Array:
    if column in ("principal", "interest", "amount"):
        return pa.array([Decimal(value) for value in values], pa.decimal128(18, 2))
    if column in ("due_on", "disbursed_on"):
        return pa.array([date.fromisoformat(value) for value in values], pa.date32())
    if column.endswith("_on"):
        return pa.array([dt.datetime.fromisoformat(value) for value in values], pa.timestamp("us"))
    if column in ("kind", "product"):
        return pa.array(values).dictionary_encode()
    return pa.array(values, pa.string())


def test_parquet_files_give_the_same_book(tmp_path: Path) -> None:
    typed = import_files(parquet_files(tmp_path / "flat"), tmp_path / "book")
    plain = import_files(write_files(tmp_path / "plain", sound()), tmp_path / "plain-book")
    assert (typed.findings, typed.content_hash) == ({}, plain.content_hash)


def test_whole_amounts_in_parquet_are_whole_units_of_currency(tmp_path: Path) -> None:
    whole = {"transactions": {"amount": pa.array([103], pa.int64())}}
    import_files(parquet_files(tmp_path / "flat", **whole), tmp_path / "book")
    assert [one.amount for loan, _ in loans_in(tmp_path / "book") for one in loan.transactions] == [103_00]


def test_a_bad_row_of_a_parquet_file_has_its_number_and_text(tmp_path: Path) -> None:
    source = parquet_files(
        tmp_path / "flat", transactions={"amount": pa.array([Decimal("1.234")], pa.decimal128(18, 3))}
    )
    (finding,) = check_files(source).findings
    assert (finding.file, finding.row, finding.column, finding.rule, finding.found) == (
        "transactions.parquet",
        2,
        "amount",
        "too_many_decimals",
        "1.234",
    )
    assert finding.raw_row.startswith("L1,T1,payment,1.234,")


# Whole or not at all

SLOWLY = """
import sys, time
from pathlib import Path
from goodstanding.book import convert
def tell(stage, done, total):
    if stage.startswith(sys.argv[3]):
        print("there", flush=True)
        time.sleep(60)
if sys.argv[3] == "placing":
    before = convert.write_csv
    def slowly(*given):
        tell("placing", 0, 0)
        before(*given)
    convert.write_csv = slowly
convert.import_files(Path(sys.argv[1]), Path(sys.argv[2]), progress=tell)
"""


@pytest.mark.parametrize("stage", ["reading transactions", "judging", "placing"])
@pytest.mark.parametrize("is_there", [False, True], ids=["nothing there", "a book there"])
def test_an_import_killed_half_way_leaves_the_old_book_or_nothing(tmp_path: Path, stage: str, is_there: bool) -> None:
    target = tmp_path / "books" / "book"
    if is_there:
        import_files(write_files(tmp_path / "flat", sound() | {"loans": [LOAN]}), target)
    before = tree(target) if is_there else None
    source = write_files(tmp_path / "flat", told())
    importing = subprocess.Popen(
        [sys.executable, "-c", SLOWLY, str(source), str(target), stage], stdout=subprocess.PIPE, start_new_session=True
    )
    assert importing.stdout is not None
    assert importing.stdout.readline() == b"there\n"
    importing.send_signal(signal.SIGKILL)
    importing.wait()
    importing.stdout.close()
    assert (tree(target) if target.exists() else None) == before
    summary = import_files(source, target)
    import_files(source, tmp_path / "straight")
    assert tree(target) == tree(tmp_path / "straight")
    assert not summary.unchanged
    assert [path.name for path in target.parent.iterdir()] == ["book"]


def test_a_kill_between_the_last_two_steps_is_mended_by_whoever_comes_next(tmp_path: Path) -> None:
    source = write_files(tmp_path / "flat", sound())
    import_files(source, tmp_path / "book")
    (tmp_path / "book").rename(tmp_path / ".book.replaced")
    assert open_book(tmp_path / "book").loan_count == 2
    assert import_files(source, tmp_path / "book").unchanged


def test_where_folders_cannot_change_places_in_one_step_the_book_is_replaced_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "_exchange", lambda one, other: False)
    import_files(write_files(tmp_path / "flat", sound()), tmp_path / "book")
    import_files(write_files(tmp_path / "flat", sound() | {"loans": [LOAN]}), tmp_path / "book")
    assert [loan.id for loan, _ in loans_in(tmp_path / "book")] == ["L1"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book", "flat"]


def test_the_leftovers_of_an_import_that_is_still_running_are_left_alone(tmp_path: Path) -> None:
    with placing.placing(tmp_path / "book", ours=BOOK_FILES) as running:
        import_files(write_files(tmp_path / "flat", sound()), tmp_path / "book")
        assert running.is_dir()
        assert len(loans_in(tmp_path / "book")) == 2
