"""A cell read by the engine is the same as a cell read by core, whatever stands in it."""

from datetime import date
from fractions import Fraction

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from goodstanding.book.cells import CellProblem, read_cell, value_sql
from goodstanding.book.flat_file import Cell, Column
from goodstanding.book.schema import FLAT_FILES
from goodstanding.core.money import LARGEST_AMOUNT, parse_amount
from goodstanding.core.rates import PPM, AnnualRate

AMOUNT = FLAT_FILES["transactions"].column("amount")
ANNUAL, DAILY = (FLAT_FILES["loans"].column(name) for name in ("annual_rate", "rate_per_day"))
DAY = FLAT_FILES["instalments"].column("due_on")
ID_NUMBER = FLAT_FILES["borrowers"].column("id_number")
SENT_AT = FLAT_FILES["contacts"].column("sent_at")
FROM_TIME, CHANNELS = (FLAT_FILES["preferences"].column(name) for name in ("from_time", "channels"))
ENGINE = duckdb.connect(config={"python_enable_replacements": False})

number_like = st.text("0123456789" * 3 + ".-+eE_, \u0663", max_size=20)
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12).map("{:f}".format)
padded = st.tuples(st.integers(0, 40), decimals, st.integers(0, 40)).map(
    lambda parts: "0" * parts[0] + parts[1].lstrip("-") + ("0" * parts[2] if "." in parts[1] else "")
)
edges = st.sampled_from(
    [
        "",
        "-",
        ".",
        "-.",
        "5.",
        ".5",
        "-0",
        "-0.00",
        "--5",
        "+5",
        "1e5",
        "1_0",
        "1,0",
        "0.001",
        "0.0000",
        "nan",
        "Infinity",
    ]
    + [f"{LARGEST_AMOUNT // 100}.{cents}" for cents in ("00", "01", "000")]
)
amounts = st.one_of(number_like, decimals, padded, edges, st.text(max_size=8))


def by_engine(column: Column, texts: list[str], currency: str = "USD", country: str = "CN") -> list[object]:
    """What the engine makes of these texts in a column."""
    table = pa.table({"nth cell": list(range(len(texts))), column.name: pa.array(texts, pa.string())})
    if column.name != "country":
        table = table.append_column("country", pa.array([country] * len(texts), pa.string()))
    ENGINE.register("cells", table)
    rows = ENGINE.execute(f'SELECT {value_sql(column, currency)} FROM cells ORDER BY "nth cell"').fetchall()
    return [value for (value,) in rows]


def by_reference(column: Column, texts: list[str], currency: str = "USD", country: str = "CN") -> list[object]:
    read = [read_cell(column, text, currency, country) for text in texts]
    return [None if isinstance(value, CellProblem) else value for value in read]


def as_core_reads(text: str, currency: str) -> int | None:
    try:
        minor = parse_amount(text, currency)
    except ValueError:
        return None
    return minor if minor >= 0 else None


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
@given(st.lists(amounts, min_size=1, max_size=50))
def test_an_amount_is_what_core_reads(currency: str, texts: list[str]) -> None:
    texts = [text.strip() for text in texts]
    assert by_engine(AMOUNT, texts, currency) == by_reference(AMOUNT, texts, currency)
    assert by_reference(AMOUNT, texts, currency) == [as_core_reads(text, currency) for text in texts]


def test_a_fraction_of_a_cent_is_refused_however_far_out_it_stands() -> None:
    text = "1." + "0" * 40 + "1"
    assert (by_engine(AMOUNT, [text]), by_reference(AMOUNT, [text])) == ([None], [None])


@given(st.lists(amounts, min_size=1, max_size=50))
@example(["0.1825", "0.199", "10", "10.000001", "0.0000001", "19.9"])
def test_an_annual_rate_is_exact_in_ppm_or_refused(texts: list[str]) -> None:
    texts = [text.strip() for text in texts]
    found = by_engine(ANNUAL, texts)
    assert found == by_reference(ANNUAL, texts)
    for text, ppm in zip(texts, found, strict=True):
        assert ppm is None or AnnualRate(Fraction(text)).ppm == ppm


@given(st.lists(amounts, min_size=1, max_size=50))
@example(["0.0005", "0.0000002", "0.0000001", "0.00000002", "0.0273972602", "0.0273972604"])
def test_a_rate_per_day_is_taken_times_365_or_refused(texts: list[str]) -> None:
    texts = [text.strip() for text in texts]
    found = by_engine(DAILY, texts)
    assert found == by_reference(DAILY, texts)
    for text, ppm in zip(texts, found, strict=True):
        assert ppm is None or AnnualRate.from_daily(Fraction(text)).ppm == ppm


@given(st.lists(st.decimals(0, "0.02", places=7).map("{:f}".format), min_size=1, max_size=50))
def test_every_daily_rate_that_is_exact_in_ppm_is_taken(texts: list[str]) -> None:
    exact = [Fraction(text) * 365 * PPM for text in texts]
    assert by_engine(DAILY, texts) == [int(ppm) if ppm.denominator == 1 else None for ppm in exact]


days = st.one_of(
    st.dates().map(str),
    st.dates(date(1940, 1, 1), date(2160, 1, 1)).map(str),
    st.text("0123456789-/ +", max_size=12),
    st.sampled_from(
        ["2026-1-5", "2026/01/05", "2026-02-29", "2024-02-29", "2026-01-05 ", "infinity", "epoch", "today"]
    ),
    st.sampled_from(
        ["2026- 1-05", "2026-+1-05", "+026-01-05", "2026-01-05 00:00", "1949-12-31", "2151-01-01", "20260105"]
    ),
)


@given(st.lists(days, min_size=1, max_size=50))
def test_a_day_is_read_in_one_way_only(texts: list[str]) -> None:
    assert by_engine(DAY, texts) == by_reference(DAY, texts)


instants = st.one_of(
    st.tuples(st.dates(date(1940, 1, 1), date(2160, 1, 1)), st.times()).map(lambda at: f"{at[0]}T{at[1]:%H:%M}"),
    st.tuples(
        days, st.sampled_from(["", "T", " ", "t"]), st.sampled_from(["10:05", "24:00", "9:05", "10:60", "10:05:59"])
    ).map("".join),
    st.tuples(
        st.just("2026-03-10T10:05"),
        st.sampled_from(["", "Z", "z", "+08:00", "-05:30", "+15:00", "+0800", "+08:60", " +08:00"]),
    ).map("".join),
    st.text("0123456789-T:Z+ ", max_size=26),
)


@given(st.lists(instants, min_size=1, max_size=50))
def test_an_instant_is_read_in_one_way_only(texts: list[str]) -> None:
    texts = [text.strip() for text in texts]
    assert by_engine(SENT_AT, texts) == by_reference(SENT_AT, texts)


@given(
    st.lists(st.one_of(st.text("0123456789:", max_size=6), st.times().map("{:%H:%M}".format)), min_size=1, max_size=50)
)
@example(["24:00", "24:01", "00:00", "9:00"])
def test_a_time_of_day_is_read_in_one_way_only(texts: list[str]) -> None:
    assert by_engine(FROM_TIME, texts) == by_reference(FROM_TIME, texts)


@given(st.lists(st.text("cal;textmi ", max_size=12), min_size=1, max_size=50))
@example(["call;text", "call; text", ";", "call;", "call;call"])
def test_choices_are_read_in_one_way_only(texts: list[str]) -> None:
    assert by_engine(CHANNELS, texts) == by_reference(CHANNELS, texts)


@given(
    st.lists(
        st.one_of(st.from_regex(r"[0-9]{17}[0-9Xx]", fullmatch=True), st.text("0123456789Xx.E+ab", max_size=20)),
        max_size=50,
    )
)
@example(
    ["11010519491231002X", "11010519491231002x", "110105194912310021", "1.10105E+17", "110105491231002", "E12345678"]
)
def test_a_resident_id_is_judged_alike(texts: list[str]) -> None:
    assert by_engine(ID_NUMBER, texts) == by_reference(ID_NUMBER, texts)


def test_a_resident_id_has_one_check_digit() -> None:
    numbers = [f"1101051949123100{two}" for two in ("2X", *(f"2{digit}" for digit in range(10)))]
    assert by_engine(ID_NUMBER, numbers) == ["11010519491231002X", *[None] * 10]
    assert by_engine(ID_NUMBER, numbers, country="US") == numbers


@pytest.mark.parametrize(
    "column", [column for flat in FLAT_FILES.values() for column in flat.columns], ids=lambda c: c.name
)
def test_every_column_reads_its_own_example_and_refuses_nonsense_alike(column: Column) -> None:
    texts = [column.example, "?", "TRUE", "Yes", "0", "1", "-1", "9999999999", "cn", "CNY", "USD", "RMB"]
    found = by_engine(column, texts, "CNY")
    assert found == by_reference(column, texts, "CNY")
    assert found[0] is not None
    assert found[1] is None or column.cell in (Cell.TEXT, Cell.RESIDENT_ID)


def test_cells_are_trimmed_of_what_python_calls_whitespace_and_of_nothing_else() -> None:
    letters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    trimmed = pc.utf8_trim_whitespace(pa.array([f"{one}x{one}" for one in letters])).to_pylist()
    assert [one for one, text in zip(letters, trimmed, strict=True) if text != f"{one}x{one}".strip()] == []
