"""A book from Parquet to Parquet: whole, in pieces, stopped and taken up again, by one thread or several."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from goodstanding.batch.checksum import checksum
from goodstanding.batch.columns import BatchRefused, assess_batch
from goodstanding.batch.flat import nest_flat
from goodstanding.batch.instalments import assess_in_detail
from goodstanding.batch.local import FlatFiles, NestedFile, assess_book
from goodstanding.batch.nesting import nest
from goodstanding.batch.policies import policy_table
from goodstanding.batch.results import SCHEMA
from goodstanding.book.read import to_loan
from goodstanding.book.schema import CLASSIFIED, COMPONENTS, KINDS
from goodstanding.core.loan import Instalment, Loan, Opening, Pause, ScheduleVersion
from goodstanding.core.rates import AnnualRate
from tests.batch.test_columns import AS_OF, POLICY, some_loans
from tests.core.portfolios import START

POLICIES = policy_table({"cash": POLICY})
LOANS = some_loans(120)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.parquet"
    pq.write_table(pa.Table.from_batches([nest(LOANS)]), path, row_group_size=25)
    return path


def rows(folder: Path) -> list[dict[str, object]]:
    """Result rows, in the order of loan ids."""
    tables = [pq.read_table(path) for path in folder.glob("part-*.parquet")]
    return sorted(pa.concat_tables(tables).to_pylist(), key=lambda row: row["loan_id"])


def test_a_book_run_in_pieces_gives_what_one_batch_gives(book: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    summary = assess_book(
        NestedFile(book), tmp_path / "out", POLICIES, as_of=AS_OF, threads=2, progress=lambda *said: told.append(said)
    )
    results, set_aside = assess_batch(nest(LOANS), POLICIES, as_of=AS_OF)
    assert rows(tmp_path / "out") == results.to_pylist()
    assert pq.read_table(tmp_path / "out" / "quarantine.parquet").to_pylist() == set_aside.to_pylist()
    assert pq.read_schema(tmp_path / "out" / "part-000000.parquet").types == SCHEMA.types
    assert (summary.loans, summary.set_aside, summary.parts) == (120, set_aside.num_rows, 5) and set_aside.num_rows
    assert told[-1] == (120, 120) and len(told) == 5
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["checksum"] == summary.checksum and len(manifest["files"]) == 5


def test_the_checksum_does_not_depend_on_threads_row_groups_or_order(book: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.parquet"
    pq.write_table(pa.Table.from_batches([nest(LOANS[::-1])]), other, row_group_size=7)
    sums = {
        assess_book(
            NestedFile(path), tmp_path / f"{path.stem}{threads}", POLICIES, as_of=AS_OF, threads=threads
        ).checksum
        for path in (book, other)
        for threads in (1, 3)
    }
    assert len(sums) == 1
    results, _ = assess_batch(nest(LOANS), POLICIES, as_of=AS_OF)
    assert sums == {f"{checksum(results):016x}"}


def test_the_checksum_notices_one_other_cent(tmp_path: Path) -> None:
    results, _ = assess_batch(nest(LOANS), POLICIES, as_of=AS_OF)
    place = results.schema.get_field_index("payoff")
    payoffs = results.column(place).to_pylist()
    payoffs[5] += 1
    changed = results.set_column(place, results.schema.field(place), pa.array(payoffs))
    assert checksum(changed) != checksum(results)


def test_instalments_and_drawdowns_are_written_beside_the_loans_when_asked_for(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("goodstanding.batch.run._LOANS_AT_ONCE", 10)
    out = tmp_path / "out"
    summary = assess_book(NestedFile(book), out, POLICIES, as_of=AS_OF, instalments=True, threads=2)
    expected = assess_in_detail(nest(LOANS), POLICIES, as_of=AS_OF)
    manifest = json.loads((out / "manifest.json").read_text())
    for name, wanted in (("instalment", expected.instalments), ("drawdown", expected.drawdowns)):
        written = pa.concat_tables([pq.read_table(out / file) for file in manifest[f"{name}_files"]])
        assert written.to_pylist() == wanted.to_pylist() and wanted.num_rows == manifest[f"{name}s"]
    assert rows(out) == expected.loans.to_pylist()
    both = checksum(expected.instalments) + checksum(expected.drawdowns)
    assert summary.detail_checksum == manifest["detail_checksum"] == f"{both % (1 << 64):016x}"
    assert summary.checksum == f"{checksum(expected.loans):016x}"


def test_a_part_without_its_instalments_is_done_again_and_no_file_stays_that_nobody_asked_for(
    book: Path, tmp_path: Path
) -> None:
    whole = assess_book(NestedFile(book), tmp_path / "out", POLICIES, as_of=AS_OF, instalments=True)
    (tmp_path / "out" / "instalments-000002.parquet").unlink()
    again = assess_book(NestedFile(book), tmp_path / "out", POLICIES, as_of=AS_OF, instalments=True)
    assert (again.parts_kept, again.detail_checksum) == (4, whole.detail_checksum)
    plain = assess_book(NestedFile(book), tmp_path / "out", POLICIES, as_of=AS_OF)
    assert (plain.parts_kept, plain.checksum, plain.detail_checksum) == (0, whole.checksum, "")
    assert not [*(tmp_path / "out").glob("instalments-*"), *(tmp_path / "out").glob("drawdowns-*")]
    assert "instalments" not in json.loads((tmp_path / "out" / "manifest.json").read_text())


def test_a_run_that_was_stopped_goes_on_where_it_was(book: Path, tmp_path: Path) -> None:
    whole = assess_book(NestedFile(book), tmp_path / "whole", POLICIES, as_of=AS_OF)
    out = tmp_path / "out"

    class Failing(NestedFile):
        def read(self, piece: int) -> pa.RecordBatch:
            if piece == 3:
                raise OSError("the disk was pulled out")
            return super().read(piece)

    with pytest.raises(OSError, match="pulled out"):
        assess_book(Failing(book), out, POLICIES, as_of=AS_OF, threads=1)
    assert not (out / "manifest.json").exists()
    summary = assess_book(NestedFile(book), out, POLICIES, as_of=AS_OF, threads=1)
    assert summary.parts_kept in (3, 4) and summary.checksum == whole.checksum
    assert rows(out) == rows(tmp_path / "whole")


def test_a_torn_last_line_costs_that_part_alone(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    whole = assess_book(NestedFile(book), out, POLICIES, as_of=AS_OF)
    log = out / "parts.jsonl"
    log.write_text(log.read_text()[:-20])
    again = assess_book(NestedFile(book), out, POLICIES, as_of=AS_OF)
    assert (again.parts_kept, again.checksum) == (4, whole.checksum)


def test_parts_of_another_day_are_not_mixed_in(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assess_book(NestedFile(book), out, POLICIES, as_of=AS_OF)
    later = assess_book(NestedFile(book), out, POLICIES, as_of=AS_OF + timedelta(days=1))
    assert later.parts_kept == 0
    assert {row["as_of"] for row in rows(out)} == {AS_OF + timedelta(days=1)}


def flat_tables(texts: bool) -> dict[str, pa.Table]:
    """The loans as flat tables sorted by loan id; texts: kinds, components and reversals by name."""
    nested = nest(LOANS).to_pylist()
    lists = {
        "instalments": "schedule",
        "transactions": "transactions",
        "pauses": "pauses",
        "versions": "versions",
        "openings": "opening",
        "classifications": "classified_as",
    }
    tables = {"loans": [{k: v for k, v in row.items() if k not in lists.values()} for row in nested]}
    for row in nested:
        row["opening"] = [] if row["opening"] is None else [row["opening"]]
        changed = [part | {"counts_from": one["from_on"]} for one in row["versions"] for part in one.pop("schedule")]
        row["schedule"] = [*changed[::-1], *(part | {"counts_from": None} for part in row["schedule"])]
    for name, column in lists.items():
        tables[name] = [{"loan_id": row["loan_id"], **one} for row in nested for one in row[column]]
    for one in tables["transactions"]:
        ids = [other["id"] for other in tables["transactions"] if other["loan_id"] == one["loan_id"]]
        one["reverses"] = None if one["reverses"] is None else ids[one["reverses"]]
        if texts:
            one["kind"] = str(KINDS[one["kind"]])
            one["component"] = None if one["component"] is None else str(COMPONENTS[one["component"]])
    return {name: pa.Table.from_pylist(listed) for name, listed in tables.items()}


@pytest.mark.parametrize("texts", [True, False])
def test_flat_tables_sorted_by_loan_give_what_the_nested_book_gives(tmp_path: Path, texts: bool) -> None:
    tables = flat_tables(texts)
    expected, _ = assess_batch(nest(LOANS), POLICIES, as_of=AS_OF)
    found, _ = assess_batch(nest_flat(*tables.values()), POLICIES, as_of=AS_OF)
    assert found.to_pylist() == expected.to_pylist()
    folder = flat_folder(tmp_path / "flat", tables)
    summary = assess_book(FlatFiles(folder), tmp_path / "out", POLICIES, as_of=AS_OF)
    assert summary.checksum == f"{checksum(expected):016x}" and summary.parts == 8


def test_flat_tables_out_of_order_are_refused() -> None:
    tables = flat_tables(True)
    tables["instalments"] = tables["instalments"].take(list(range(tables["instalments"].num_rows))[::-1])
    with pytest.raises(BatchRefused, match="sort both by loan_id"):
        nest_flat(*tables.values())
    tables = flat_tables(True)
    with pytest.raises(BatchRefused, match='loan "L000", which loans has not'):
        nest_flat(tables["loans"].slice(1), *list(tables.values())[1:])


def flat_folder(folder: Path, tables: dict[str, pa.Table], row_group_size: int = 17) -> Path:
    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=row_group_size)
    return folder


@pytest.mark.parametrize(
    ("swapped", "words"),
    [
        ((3, 4), 'loan "L003" follows "L004": sort'),
        ((16, 17), 'instalments has rows of loan "L016", which loans has not'),
    ],
)
def test_flat_loans_out_of_order_are_refused_within_and_between_row_groups(
    swapped: tuple[int, int], words: str, tmp_path: Path
) -> None:
    tables, order = flat_tables(True), list(range(len(LOANS)))
    one, other = swapped
    order[one], order[other] = order[other], order[one]
    tables["loans"] = tables["loans"].take(order)
    folder = flat_folder(tmp_path / "flat", tables)
    with pytest.raises(BatchRefused, match=words):
        assess_book(FlatFiles(folder), tmp_path / "out", POLICIES, as_of=AS_OF, threads=1)


def test_a_flat_loan_given_twice_is_refused(tmp_path: Path) -> None:
    tables = flat_tables(True)
    tables["loans"] = tables["loans"].take([0, 1, 1, 2])
    with pytest.raises(BatchRefused, match='loan "L001" follows "L001"'):
        FlatFiles(flat_folder(tmp_path, tables)).read(0)


@pytest.mark.parametrize("missing", [17, 0, len(LOANS) - 1])
def test_rows_of_a_flat_loan_that_is_not_there_are_refused_wherever_they_lie(missing: int, tmp_path: Path) -> None:
    """Also where it would have been the first or the last of a row group."""
    tables = flat_tables(True)
    tables["loans"] = tables["loans"].take([place for place in range(len(LOANS)) if place != missing])
    folder = flat_folder(tmp_path / "flat", tables)
    with pytest.raises(BatchRefused, match=f'rows of loan "L{missing:03}", which loans has not'):
        assess_book(FlatFiles(folder), tmp_path / "out", POLICIES, as_of=AS_OF, threads=1)


@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [
        ("loans", "principal", pa.decimal128(38, 2)),
        ("loans", "principal", pa.string()),
        ("loans", "principal", pa.float64()),
        ("loans", "disbursed_on", pa.int32()),
        ("instalments", "interest", pa.decimal128(38, 2)),
        ("transactions", "amount", pa.string()),
        ("pauses", "from_on", pa.string()),
    ],
)
def test_amounts_and_days_of_another_kind_are_refused_not_taken_for_minor_units(
    table: str, column: str, kind: pa.DataType, tmp_path: Path
) -> None:
    tables = flat_tables(True)
    place = tables[table].schema.get_field_index(column)
    tables[table] = tables[table].set_column(place, column, tables[table][column].cast(kind))
    folder = flat_folder(tmp_path / "flat", tables)
    with pytest.raises(BatchRefused, match=re.escape(str(kind))):
        assess_book(FlatFiles(folder), tmp_path / "out", POLICIES, as_of=AS_OF, threads=1)


def test_ids_that_lie_in_memory_by_a_dictionary_are_the_same_ids(tmp_path: Path) -> None:
    """As pandas writes categories."""
    tables = flat_tables(True)
    expected, _ = assess_batch(nest_flat(*tables.values()), POLICIES, as_of=AS_OF)
    coded = {name: table.set_column(0, "loan_id", _coded(table["loan_id"])) for name, table in tables.items()}
    assert all(pa.types.is_dictionary(table["loan_id"].type) for table in coded.values())
    summary = assess_book(FlatFiles(flat_folder(tmp_path / "flat", coded)), tmp_path / "out", POLICIES, as_of=AS_OF)
    assert summary.checksum == f"{checksum(expected):016x}"


def _coded(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks().dictionary_encode()


EMPTY = ["instalments", "transactions", "pauses", "versions", "openings", "classifications"]


@pytest.mark.parametrize("empty", [*EMPTY, "loans"])
def test_a_flat_table_without_rows_is_read_as_it_is(empty: str, tmp_path: Path) -> None:
    lean = {name: pa.Table.from_pylist(rows) for name, rows in LEAN.items()}
    loans, instalments = lean["loans"], lean["instalments"].filter(pc.is_null(lean["instalments"]["counts_from"]))
    of_table = lean | flat_tables(True)
    of_table["classifications"] = pa.schema([pa.field("loan_id", pa.string()), *CLASSIFIED]).empty_table()
    given = {"loans": loans, "instalments": instalments} | {empty: of_table[empty].slice(0, 0)}
    if empty == "loans":
        given["instalments"] = instalments.slice(0, 0)
    summary = assess_book(FlatFiles(flat_folder(tmp_path / "flat", given)), tmp_path / "out", POLICIES, as_of=AS_OF)
    assert (summary.loans, summary.set_aside) == {"loans": (0, 0), "instalments": (2, 2)}.get(empty, (2, 0))


def test_row_groups_without_rows_are_passed_over(tmp_path: Path) -> None:
    tables = flat_tables(True)
    expected, _ = assess_batch(nest_flat(*tables.values()), POLICIES, as_of=AS_OF)
    folder = flat_folder(tmp_path / "flat", tables)
    for name, table in tables.items():
        with pq.ParquetWriter(folder / f"{name}.parquet", table.schema) as writer:
            for part in (table.slice(0, 0), table.slice(0, 5), table.slice(0, 0), table.slice(5), table.slice(0, 0)):
                writer.write_table(part)
    summary = assess_book(FlatFiles(folder), tmp_path / "out", POLICIES, as_of=AS_OF)
    assert summary.checksum == f"{checksum(expected):016x}"


def test_undone_transactions_need_ids() -> None:
    tables = flat_tables(True)
    moves = tables["transactions"].drop_columns(["id"])
    with pytest.raises(BatchRefused, match='transactions has no column "id", which its column "reverses" names'):
        nest_flat(**tables | {"transactions": moves})
    undoing_nothing = moves.filter(pc.is_null(moves["reverses"]))
    assert nest_flat(**tables | {"transactions": undoing_nothing}).num_rows == len(LOANS)


@pytest.mark.parametrize(
    ("zone", "hour", "is_day"), [(None, 0, True), (None, 16, False), ("UTC", 16, False), ("Asia/Shanghai", 0, True)]
)
def test_a_timestamp_is_a_day_only_at_midnight_of_its_own_zone(zone: str | None, hour: int, is_day: bool) -> None:
    """Midnight in Shanghai is 16:00 of the day before in UTC: who takes its date is a day early."""
    tables = {name: pa.Table.from_pylist(rows) for name, rows in LEAN.items()}
    due, kind = tables["instalments"]["due_on"].to_pylist(), pa.timestamp("us", zone)
    tzinfo = ZoneInfo(zone) if zone else None
    instants = pa.array([datetime.combine(day, time(hour), tzinfo) for day in due], kind)
    at = tables["instalments"].schema.get_field_index("due_on")
    given = tables | {"instalments": tables["instalments"].set_column(at, "due_on", instants)}
    if is_day:
        assert nest_flat(**given).to_pylist() == nest_flat(**tables).to_pylist()
    else:
        with pytest.raises(
            BatchRefused, match=r"instalments.due_on: a column of days holds .* 16:00:00, which isn't midnight"
        ):
            nest_flat(**given)


def test_what_flat_tables_leave_out_is_what_files_leave_empty() -> None:
    """Amounts of openings that aren't given are none; a pause stops charges; a version takes nothing over."""
    tables = {name: pa.Table.from_pylist(rows) for name, rows in LEAN.items()}
    whole = Opening(date(2024, 2, 20), principal=100_00, overdue_since=date(2024, 2, 12))
    changed = ScheduleVersion(date(2024, 3, 1), (Instalment(date(2024, 4, 12), 100_00, drawdown="A"),))
    paused = Pause(date(2024, 3, 10), date(2024, 3, 20))
    plan = (Instalment(date(2024, 2, 12), 100_00), Instalment(date(2024, 3, 12), 100_00))
    plain = Loan("L0", "USD", 200_00, START, AnnualRate(Fraction(18, 100)), plan, product="cash")
    loans = [replace(plain, versions=(changed,)), replace(plain, id="L1", opening=whole, pauses=(paused,))]
    assert [to_loan(row) for row in nest_flat(**tables).to_pylist()] == loans


LEAN: dict[str, list[dict[str, object]]] = {
    "loans": [
        {"loan_id": f"L{n}", "product": "cash", "currency": "USD", "principal": 200_00, "annual_rate_ppm": 180_000}
        | {"day_count": "act/365", "disbursed_on": START}
        for n in (0, 1)
    ],
    "instalments": [
        {"loan_id": loan, "due_on": date(2024, month, 12), "principal": 100_00, "interest": 0}
        | {"counts_from": counts_from, "drawdown": drawdown}
        for loan, month, counts_from, drawdown in (
            ("L0", 4, date(2024, 3, 1), "A"),
            ("L0", 2, None, None),
            ("L0", 3, None, None),
            ("L1", 2, None, None),
            ("L1", 3, None, None),
        )
    ],
    "pauses": [{"loan_id": "L1", "from_on": date(2024, 3, 10), "until_on": date(2024, 3, 20)}],
    "versions": [{"loan_id": "L0", "from_on": date(2024, 3, 1)}],
    "openings": [
        {"loan_id": "L1", "on": date(2024, 2, 20), "principal": 100_00, "overdue_since": date(2024, 2, 12)},
    ],
}


@pytest.mark.parametrize(
    ("name", "rows", "words"),
    [
        ("openings", LEAN["openings"] * 2, 'openings has two rows of loan "L1"'),
        ("versions", LEAN["versions"] * 2, 'versions has two schedules of loan "L0" from 2024-03-01'),
        (
            "versions",
            [LEAN["versions"][0] | {"from_on": date(2024, 3, 2)}],
            'versions has no schedule of loan "L0" from 2024-03-01, from which instalments count',
        ),
        ("versions", [LEAN["versions"][0] | {"from_on": "2024-03-01"}], "versions.from_on is string; expected date32"),
        ("versions", [*LEAN["versions"], {"loan_id": "L1", "from_on": None}], "versions: a row has no from_on"),
        ("versions", [], "instalments count from days of their own, but there are no versions"),
    ],
)
def test_flat_tables_that_contradict_each_other_are_refused(
    name: str, rows: list[dict[str, object]], words: str
) -> None:
    tables = {table: pa.Table.from_pylist(given) for table, given in (LEAN | {name: rows}).items() if given}
    with pytest.raises(BatchRefused, match=words):
        nest_flat(**tables)


def test_a_read_only_install_compiles_into_the_users_cache(tmp_path: Path) -> None:
    """The kernel's own folder can't be written; the cache goes where NUMBA_CACHE_DIR or the user's folder says."""
    package = tmp_path / "lib" / "goodstanding"
    shutil.copytree(Path(__file__).parents[2] / "src" / "goodstanding", package)
    for folder, _, files in os.walk(package):
        for name in files:
            (Path(folder) / name).chmod(0o444)
        Path(folder).chmod(0o555)
    cache = tmp_path / "cache"
    said = "from goodstanding.batch import checksum; print(checksum.__file__, checksum.hash_texts.compiled().stats.cache_path)"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "lib"), "XDG_CACHE_HOME": str(cache)}
    environment.pop("NUMBA_CACHE_DIR", None)
    try:
        done = subprocess.run(
            [sys.executable, "-B", "-c", said], env=environment, capture_output=True, text=True, check=True
        )
    finally:
        for folder, _, _ in os.walk(package):
            Path(folder).chmod(0o755)
    where, kept = done.stdout.split()
    assert where == str(package / "batch" / "checksum.py")
    assert Path(kept).is_relative_to(cache / "goodstanding") and list(Path(kept).glob("*.nbc"))


IN_ORDER = [f"L{place:02}" for place in range(12)]


@pytest.mark.parametrize(
    ("ids", "repeated"),
    [
        (IN_ORDER, None),
        (IN_ORDER[::-1], None),
        ([*IN_ORDER[6:], *IN_ORDER[:6]], None),
        ([*IN_ORDER[:1], *IN_ORDER[:11]], "L00"),
        ([*IN_ORDER[:4], "L03", *IN_ORDER[4:11]], "L03"),
        ([*IN_ORDER[:11], "L02"], "L02"),
        ([*IN_ORDER[::-1][:11], "L09"], "L09"),
    ],
)
@pytest.mark.parametrize("with_statistics", [True, False])
def test_a_nested_book_that_holds_a_loan_twice_is_refused(
    ids: list[str | None], repeated: str | None, with_statistics: bool, tmp_path: Path
) -> None:
    """Within a row group and across them, whatever the order of the loans; a loan counted twice would be owed twice."""
    batch = nest(some_loans(12))
    place = batch.schema.get_field_index("loan_id")
    field = pa.field("loan_id", pa.string())
    table = pa.Table.from_batches([batch]).set_column(place, field, pa.array(ids, pa.string()))
    book = tmp_path / "book.parquet"
    pq.write_table(table, book, row_group_size=4, write_statistics=with_statistics)
    if repeated is None:
        assert assess_book(NestedFile(book), tmp_path / "out", POLICIES, as_of=AS_OF).loans == 12
        return
    with pytest.raises(BatchRefused, match=f'loan "{repeated}" is there twice'):
        assess_book(NestedFile(book), tmp_path / "out", POLICIES, as_of=AS_OF)
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_a_loan_that_two_files_of_a_book_hold_is_refused(tmp_path: Path) -> None:
    table, book = pa.Table.from_batches([nest(some_loans(6))]), tmp_path / "book"
    book.mkdir()
    pq.write_table(table.slice(0, 4), book / "a.parquet")
    pq.write_table(table.slice(3, 3), book / "b.parquet")
    with pytest.raises(BatchRefused, match=f'{book}: loan "{table["loan_id"][3].as_py()}" is there twice'):
        assess_book(NestedFile(book), tmp_path / "out", POLICIES, as_of=AS_OF)
