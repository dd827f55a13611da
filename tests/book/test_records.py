"""Records keep the number that a spreadsheet shows, and one bad record costs nothing but itself."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.book.errors import BookError
from goodstanding.book.records import Block, blocks_of, facts_of, read_header


def blocks(path: Path, block_bytes: int = 1 << 20) -> list[Block]:
    return list(blocks_of(path, facts_of(path), block_bytes=block_bytes))


def regular(found: list[Block]) -> dict[int, str]:
    return {
        int(row): block.text[start:end].decode().removesuffix("\n")
        for block in found
        for row, start, end in zip(block.rows, block.starts, block.ends, strict=True)
    }


def irregular(found: list[Block]) -> dict[int, tuple[str, str]]:
    return {one.row: (one.problem, one.text) for block in found for one in block.irregular}


def records_in(
    folder: Path, text: str | bytes, block_bytes: int = 1 << 20
) -> tuple[dict[int, str], dict[int, tuple[str, str]]]:
    path = folder / "some.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    found = blocks(path, block_bytes)
    return regular(found), irregular(found)


fields = st.text(st.sampled_from('ab1,"\n中 '), max_size=6)


@given(st.lists(st.tuples(fields, fields, fields), max_size=20), st.integers(1, 40), st.sampled_from(["\n", "\r\n"]))
def test_whatever_a_csv_writer_wrote_is_read_back_with_its_row(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], block_bytes: int, line_end: str
) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator=line_end).writerows([("a", "b", "c"), *rows])
    folder = tmp_path_factory.mktemp("records")
    found, refused = records_in(folder, written.getvalue(), block_bytes)
    read = {row: tuple(next(csv.reader(io.StringIO(text, newline="")))) for row, text in found.items()}
    assert (read, refused) == (dict(enumerate(rows, 2)), {})


def test_a_line_break_inside_quotes_is_one_row(tmp_path: Path) -> None:
    assert records_in(tmp_path, 'a,b\n1,"x\ny"\n2,z\n') == ({2: '1,"x\ny"', 3: "2,z"}, {})


def test_empty_lines_are_passed_over_but_counted(tmp_path: Path) -> None:
    assert records_in(tmp_path, "a,b\n\n1,2\n\n\n3,4") == ({3: "1,2", 6: "3,4"}, {})


@pytest.mark.parametrize("block_bytes", [1, 7, 1 << 20])
def test_an_unclosed_quotation_mark_costs_its_own_line_only(tmp_path: Path, block_bytes: int) -> None:
    found = records_in(tmp_path, 'a,b\n1,2\n3,"four\n5,"six"\n7,8\n', block_bytes)
    assert found == ({2: "1,2", 4: '5,"six"', 5: "7,8"}, {3: ("quote", '3,"four')})


def test_an_unclosed_quotation_mark_early_in_a_long_file_costs_one_line(tmp_path: Path) -> None:
    lines = ['1,"open', *(f"{number},x" for number in range(50_000))]
    found, refused = records_in(tmp_path, "a,b\n" + "\n".join(lines) + "\n", 1 << 16)
    assert (len(found), refused) == (50_000, {2: ("quote", '1,"open')})


def test_rows_that_marks_astray_would_swallow_are_kept_apart(tmp_path: Path) -> None:
    found, refused = records_in(tmp_path, 'a,b,c\n1,2,"x\n3,4,5\n6",7,8\n9,9,9\n')
    assert found == {3: "3,4,5", 4: '6",7,8', 5: "9,9,9"}
    assert refused == {2: ("quote", '1,2,"x')}


def test_a_quotation_mark_inside_plain_text_stays_what_it_is(tmp_path: Path) -> None:
    assert records_in(tmp_path, 'a,b\n5" pipe,2\n') == ({2: '5" pipe,2'}, {})


def test_a_row_with_too_many_or_too_few_fields_is_set_apart(tmp_path: Path) -> None:
    found = records_in(tmp_path, "a,b\n1,2,3\n4\n5,6\n")
    assert found == ({4: "5,6"}, {2: ("fields", "1,2,3"), 3: ("fields", "4")})


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("block_bytes", [1, 2, 3, 1 << 20])
def test_line_ends_of_every_system_are_read(tmp_path: Path, line_end: str, block_bytes: int) -> None:
    assert records_in(tmp_path, line_end.join(["a,b", "1,2", "3,4", ""]), block_bytes) == ({2: "1,2", 3: "3,4"}, {})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("block_bytes", [1, 5, 1 << 20])
def test_chinese_is_read_in_each_encoding(tmp_path: Path, encoding: str, block_bytes: int) -> None:
    found, refused = records_in(tmp_path, "姓名,b\n李雷,㐀𠀀\n韓梅梅,€\n".encode(encoding), block_bytes)
    assert (found, refused) == ({2: "李雷,㐀𠀀", 3: "韓梅梅,€"}, {})
    path = tmp_path / "some.csv"
    assert read_header(path, facts_of(path).encoding)[0] == ["姓名", "b"]


def test_a_stray_byte_in_a_utf_8_file_costs_its_row_and_is_not_read_as_gb18030(tmp_path: Path) -> None:
    text = "a,b\n李雷,1\n".encode() + b"\xff,2\n" + "韓梅梅,3\n".encode()
    found, refused = records_in(tmp_path, text)
    assert (found, refused) == ({2: "李雷,1", 4: "韓梅梅,3"}, {3: ("encoding", "\ufffd,2")})


def test_an_encoding_that_is_neither_stops_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "some.csv").write_bytes("a,b\nx,1\nJosé,2\n".encode("latin-1"))
    with pytest.raises(BookError, match=r"some.csv, line 3: the text is neither UTF-8 nor GB18030"):
        facts_of(tmp_path / "some.csv")


def test_utf_16_is_named(tmp_path: Path) -> None:
    (tmp_path / "some.csv").write_bytes("a,b\n".encode("utf-16"))
    with pytest.raises(BookError, match=r"some\.csv is in UTF-16"):
        facts_of(tmp_path / "some.csv")


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_another_separator_is_named(tmp_path: Path, mark: str, name: str) -> None:
    (tmp_path / "some.csv").write_text(f"a{mark}b\n1{mark}2\n")
    with pytest.raises(BookError, match=f"some.csv is separated by {name}; we read commas"):
        read_header(tmp_path / "some.csv", "utf-8")
