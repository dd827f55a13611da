"""docs/reference/offers.md has every column of the files that it speaks of, in their order, with their types."""

import re
from pathlib import Path

import pyarrow as pa
import pytest

from goodstanding.batch.offer_tables import LOANS, OFFERS, PAYMENTS, REFUSED, SCHEDULES, SCHEMAS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "offers.md"
HEADINGS = {
    LOANS: "Loans",
    OFFERS: "Offers",
    PAYMENTS: "Payments",
    SCHEDULES: "Schedules",
    REFUSED: "Not offered",
}


def columns(heading: str) -> list[tuple[str, str]]:
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:3]] for line in section.splitlines() if line.startswith("| `")]
    return [(name, kind) for names, kind in rows for name in re.findall(r"`(\w+)`", names)]


def said(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        return "string"
    if pa.types.is_list(kind):
        return "list of " + ", ".join(f"{one.name}: {one.type}" for one in kind.value_type)
    return str(kind)


@pytest.mark.parametrize(("name", "heading"), HEADINGS.items())
def test_the_page_has_the_columns_of_the_files(name: str, heading: str) -> None:
    expected = [(one.name, said(one.type) + (", may be null" if one.nullable else "")) for one in SCHEMAS[name]]
    assert columns(heading) == expected
