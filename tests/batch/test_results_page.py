"""docs/reference/results.md has every column of the files that it speaks of, in their order, with their types."""

import re
from pathlib import Path

import pyarrow as pa
import pytest

from goodstanding.batch.columns import QUARANTINE
from goodstanding.batch.results import DRAWDOWNS, INSTALMENTS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "results.md"


def columns(heading: str) -> list[tuple[str, str]]:
    """Name and type of each column in the table under a heading."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:3]] for line in section.splitlines() if line.startswith("| `")]
    return [(name, kind) for names, kind in rows for name in re.findall(r"`(\w+)`", names)]


@pytest.mark.parametrize(
    ("heading", "schema"), [("Instalments", INSTALMENTS), ("Drawdowns", DRAWDOWNS), ("Loans set aside", QUARANTINE)]
)
def test_the_page_has_the_columns_of_the_files(heading: str, schema: pa.Schema) -> None:
    assert columns(heading) == [
        (field.name, f"{field.type}{', may be null' if field.nullable else ''}") for field in schema
    ]
