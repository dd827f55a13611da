"""Promises and plans of a book: what its files say comes back as what core judges."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from goodstanding.book.commitments import Said, has_commitments, read_commitments
from goodstanding.book.convert import check_files, import_files
from goodstanding.book.read import open_book
from goodstanding.core.loan import Component, Instalment, Kind, Pause, Transaction
from goodstanding.core.plans.agreement import EventKind, Plan, PlanEvent, PlanPayment, PlanTerms
from goodstanding.core.plans.judging import Commitments
from goodstanding.core.plans.matching import MeantFor
from goodstanding.core.plans.offers import Change, OfferKind
from goodstanding.core.plans.promise import Promise
from tests.book.files import AGREED, Rows, sound, told, write_files

ZONE = "America/New_York"
NEW_YORK = ZoneInfo(ZONE)


def said_of(files: dict[str, Rows], folder: Path) -> dict[str, Said]:
    import_files(write_files(folder / "flat", files), folder / "book")
    return read_commitments(folder / "book", open_book(folder / "book").zone)


def test_what_was_agreed_comes_back_whole(tmp_path: Path) -> None:
    until, given = date(2026, 6, 2), date(2026, 6, 1)
    change = Change(
        date(2026, 4, 21),
        pauses=(Pause(date(2026, 4, 21), until),),
        waivers=(Transaction("waiver/1", Kind.WAIVER, 250, given, given, component=Component.FEE),),
    )
    terms = PlanTerms(
        payments=(PlanPayment(date(2026, 5, 1), 60_00), PlanPayment(date(2026, 6, 1), 60_00)),
        worked_out_on=date(2026, 4, 20),
        accept_by=date(2026, 4, 30),
        zone=ZONE,
        tolerance_days=3,
        change=change,
    )
    events = (
        PlanEvent(EventKind.OFFERED, datetime.fromisoformat("2026-04-21T09:00-04:00")),
        PlanEvent(EventKind.ACCEPTED, datetime(2026, 4, 22, 23, 30, tzinfo=NEW_YORK)),
    )
    promise = Promise("P1", 50_00, date(2026, 3, 10), datetime(2026, 3, 1, 10, tzinfo=NEW_YORK), ZONE)
    expected = Said(Commitments((promise,), (Plan("A1", terms, events),)))
    assert said_of(told(), tmp_path) == {"L1": expected}
    assert read_commitments(tmp_path / "book", ZONE, "L1") == {"L1": expected}
    assert read_commitments(tmp_path / "book", ZONE, "L2") == {}


def test_of_a_loan_with_a_row_that_can_not_be_read_nothing_is_taken_for_agreed(tmp_path: Path) -> None:
    spoilt = [row | {"amount": "some"} for row in AGREED["plan_payments"][:1]]
    files = told() | {"plan_payments": [*spoilt, *AGREED["plan_payments"][1:]]}
    assert said_of(files, tmp_path) == {"L1": Said(gaps=("plan_payments",))}
    assert check_files(tmp_path / "flat").summary.loans_in_book == 2


def test_a_new_schedule_is_read_by_the_day_from_which_it_counts(tmp_path: Path) -> None:
    part = {"loan_id": "L1", "plan_id": "A1", "kind": "instalment", "counts_from": "2026-04-23", "takes_over": "true"}
    rows = [part | {"day": f"2026-0{month}-23", "principal": "50.00", "interest": "1.00"} for month in (6, 5)]
    said = said_of(told() | {"plan_changes": rows}, tmp_path)
    (plan,) = said["L1"].commitments.plans
    assert plan.terms.change is not None
    (version,) = plan.terms.change.versions
    assert (version.from_on, version.takes_over) == (date(2026, 4, 23), True)
    assert [(one.due_on, one.principal) for one in version.schedule] == [
        (date(2026, 5, 23), 50_00),
        (date(2026, 6, 23), 50_00),
    ]


def test_a_bill_of_a_new_schedule_keeps_its_minimum_and_a_drawdown_its_name(tmp_path: Path) -> None:
    part = {"loan_id": "L1", "plan_id": "A1", "kind": "instalment", "counts_from": "2026-04-23", "takes_over": "true"}
    bill = part | {"day": "2026-05-23", "principal": "1900.00", "interest": "45.00", "minimum_payment": "40.00"}
    drawn = [part | {"day": "2026-06-23", "principal": "50.00", "drawdown": name} for name in ("A", "B")]
    said = said_of(told() | {"plan_changes": [bill, *drawn]}, tmp_path)
    (plan,) = said["L1"].commitments.plans
    assert plan.terms.change is not None
    (version,) = plan.terms.change.versions
    assert version.schedule == (
        Instalment(date(2026, 5, 23), 1900_00, 45_00, minimum=40_00),
        Instalment(date(2026, 6, 23), 50_00, drawdown="A"),
        Instalment(date(2026, 6, 23), 50_00, drawdown="B"),
    )


def test_a_minimum_above_its_bill_and_a_day_given_twice_are_told(tmp_path: Path) -> None:
    part = {"loan_id": "L1", "plan_id": "A1", "kind": "instalment", "counts_from": "2026-04-23", "principal": "50.00"}
    for name, rows, found in (
        ("above", [{"day": "2026-05-23", "minimum_payment": "50.01"}], "less than its minimum_payment"),
        ("twice", [{"day": "2026-05-23"}, {"day": "2026-05-23"}], "two rows for 2026-05-23"),
    ):
        files = told() | {"plan_changes": [part | row for row in rows]}
        report = check_files(write_files(tmp_path / name, files))
        assert [found in one.found for one in report.findings if one.file.startswith("plans")] == [True], report


def test_a_book_without_such_files_has_none(tmp_path: Path) -> None:
    assert said_of(sound(), tmp_path) == {}
    assert not has_commitments(tmp_path / "book")
    assert not (tmp_path / "book/plans.parquet").exists()


def test_what_was_known_when_and_what_a_payment_was_meant_for_come_back(tmp_path: Path) -> None:
    files = told()
    plan = files["plans"][0] | {
        "accepted_recorded_at": "2026-04-25T09:00-04:00",
        "counted_up_to": "2026-04-19",
        "kind": "arrears_instalments",
    }
    paid = files["transactions"][0]
    meant = {"loan_id": "L1", "transaction_id": paid["transaction_id"], "recorded_on": "2026-03-02"}
    said = said_of(
        files | {"plans": [plan], "meant_for": [meant | {"meant_for": "A1/2"}, meant | {"meant_for": ""}]}, tmp_path
    )["L1"]
    (read,) = said.commitments.plans
    recorded = [one.recorded_at for one in read.events]
    assert recorded == [None, datetime.fromisoformat("2026-04-25T09:00-04:00")]
    assert (read.terms.counted_up_to, read.kind) == (date(2026, 4, 19), OfferKind.ARREARS_INSTALMENTS)
    on = date(2026, 3, 2)
    assert set(said.commitments.meant_for) == {MeantFor(paid["transaction_id"], to, on) for to in ("A1/2", "")}
