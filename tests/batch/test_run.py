"""A run whose pieces are done by other processes: sent to them, noted by them, done twice, and come too late."""

import json
import pickle
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from goodstanding.batch.local import FlatFiles, NestedFile, assess_book
from goodstanding.batch.nesting import nest
from goodstanding.batch.run import Run
from tests.batch.test_columns import AS_OF
from tests.batch.test_local import LOANS, POLICIES, flat_folder, flat_tables, rows


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.parquet"
    pq.write_table(pa.Table.from_batches([nest(LOANS)]), path, row_group_size=25)
    return path


def a_run(book: Path, out: Path, days_later: int = 0) -> Run:
    as_of = AS_OF + timedelta(days=days_later)
    return Run(NestedFile(book), out, POLICIES, as_of, known_on=None, instalments=False)


def sent(run: Run) -> Run:
    """The run as another process has it."""
    copied: Run = pickle.loads(pickle.dumps(run))
    return copied


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "parts.jsonl"}


def test_pieces_done_elsewhere_come_to_what_one_process_makes_of_them(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = assess_book(NestedFile(book), tmp_path / "whole", POLICIES, as_of=AS_OF)
    monkeypatch.chdir(tmp_path)
    run = a_run(Path(book.name), Path("out"))
    run.begin()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    for place in (4, 0, 3, 1, 2):
        worker = sent(run)
        worker.note(worker.assess(place))
    monkeypatch.chdir(tmp_path)
    for part in run.noted():
        run.log(part)
    assert run.end(run.noted(), []) == whole
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_a_folder_of_flat_tables_can_be_sent_too(tmp_path: Path) -> None:
    source = FlatFiles(flat_folder(tmp_path, flat_tables(True)))
    before = source.read(2)
    assert pickle.loads(pickle.dumps(source)).read(2) == before


def test_what_was_noted_before_a_stop_is_kept_by_whoever_goes_on(book: Path, tmp_path: Path) -> None:
    whole = assess_book(NestedFile(book), tmp_path / "whole", POLICIES, as_of=AS_OF)
    run = a_run(book, tmp_path / "out")
    run.begin()
    for place in (1, 3):
        run.note(run.assess(place))
    run.assess(4)  # written, but stopped before it was noted
    summary = assess_book(NestedFile(book), tmp_path / "out", POLICIES, as_of=AS_OF)
    assert (summary.parts_kept, summary.checksum) == (2, whole.checksum)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_a_piece_done_twice_at_once_does_no_harm(book: Path, tmp_path: Path) -> None:
    """As when a scheduler starts a slow task again beside itself: neither writes into the other's file."""
    out = tmp_path / "out"
    run, other = a_run(book, out), a_run(book, out)
    run.begin()
    inside: list[Path] = []

    class Meanwhile(NestedFile):
        def read(self, piece: int) -> pa.RecordBatch:
            batch = super().read(piece)
            other.note(other.assess(piece))
            inside.extend(out.glob("part-000002*"))
            return batch

    slow = Run(Meanwhile(book), out, POLICIES, AS_OF, known_on=None, instalments=False)
    part = slow.assess(2)
    assert {path.name for path in inside} == {"part-000002.parquet", "part-000002.json"}
    assert run.noted() == [part]
    assert pq.read_table(out / "part-000002.parquet").num_rows == part.loans - part.set_aside
    assert not list(out.glob("*.new"))


def test_a_note_of_another_run_or_one_that_is_torn_counts_for_nothing(book: Path, tmp_path: Path) -> None:
    run, later = a_run(book, tmp_path / "out"), a_run(book, tmp_path / "out", days_later=1)
    run.begin()
    later.note(later.assess(1))
    (tmp_path / "out" / "part-000002.json").write_text('{"run": "')
    assert run.noted() == []
    assert len(later.noted()) == 1


def test_a_process_can_tell_that_another_run_has_begun(book: Path, tmp_path: Path) -> None:
    run, later = a_run(book, tmp_path / "out"), a_run(book, tmp_path / "out", days_later=1)
    run.begin()
    assert run.is_on()
    later.begin()
    assert (run.is_on(), later.is_on()) == (False, True)


def test_what_stopped_processes_left_behind_is_cleared_in_the_end(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assess_book(NestedFile(book), out, POLICIES, as_of=AS_OF)
    for name in ("part-000001.parquet.0123456789ab.new", "manifest.json.0123456789ab.new", "part-000001.json"):
        (out / name).write_text("half")
    assess_book(NestedFile(book), out, POLICIES, as_of=AS_OF)
    listed = json.loads((out / "manifest.json").read_text())["files"]
    assert {path.name for path in out.iterdir()} - {"parts.jsonl", "manifest.json", "quarantine.parquet"} == {
        *listed,
        *(path.name for path in out.glob("set_aside-*.parquet")),
    }
    assert len(rows(out)) + pq.read_table(out / "quarantine.parquet").num_rows == len(LOANS)
