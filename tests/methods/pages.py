"""Read the worked tables of a page. The format is explained to readers in docs/methods/index.md."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Loan
from goodstanding.core.loan_json import loan_from_json

METHODS = Path(__file__).resolve().parents[2] / "docs" / "methods"
_OF_OTHER_FORM = {
    "affordability.md",
    "amounts_in_words.md",
    "days_that_law_sets.md",
    "plans.md",
    "promises.md",
}  # they have tests of their own
PAGES = sorted(page for page in METHODS.glob("*.md") if page.name not in _OF_OTHER_FORM)
_BLOCK = re.compile(r"^```toml\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_VARIANT_KEYS = {"case", "loan", "policy", "schedule", "warnings", "expected"}
_KEYS = _VARIANT_KEYS | {"otherwise"}


@dataclass(frozen=True)
class Case:
    """A loan under a policy, what is expected of it by day, and the table in which that is worked out.

    warnings: the keys of all that the policy is warned of; None where the block doesn't say.
    """

    name: str
    loan: Mapping[str, Any]
    policy: Mapping[str, Any]
    schedule: list[list[str]] | None
    warnings: list[str] | None
    expected: Mapping[str, Mapping[str, Any]]
    working: str

    def read(self) -> tuple[Loan, ArrearsPolicy]:
        """Read loan and policy as `goodstanding assess` would."""
        return loan_from_json(json.dumps({"loan": self.loan, "policy": self.policy}, default=_plain))


def _plain(value: object) -> str:
    if isinstance(value, (date, Decimal)):
        return str(value)
    raise TypeError(f"{value!r} has no place in a loan")


def cases_of(page: Path) -> list[Case]:
    return [case for block, working in blocks_of(page) for case in _cases(page.stem, block, working)]


def blocks_of(page: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Each block of the page and the text from it to the next block."""
    text = page.read_text(encoding="utf-8")
    found = list(_BLOCK.finditer(text))
    for place, block in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(text)
        yield tomllib.loads(block[1], parse_float=Decimal), text[block.end() : end]


def _cases(page: str, block: dict[str, Any], working: str) -> Iterator[Case]:
    unknown = set(block) - _KEYS
    if unknown:
        raise ValueError(f"{page}: a block has the keys {sorted(unknown)}, which the format doesn't know")
    name, loan, policy = f"{page}: {block['case']}", block["loan"], block.get("policy", {})
    yield Case(name, loan, policy, block.get("schedule"), block.get("warnings"), block.get("expected", {}), working)
    for other in block.get("otherwise", []):
        if set(other) - _VARIANT_KEYS:
            raise ValueError(f"{name}: an [[otherwise]] has keys the format doesn't know")
        yield Case(
            f"{name}, otherwise {other['case']}",
            loan | other.get("loan", {}),
            policy | other.get("policy", {}),
            other.get("schedule"),
            other.get("warnings"),
            other.get("expected", {}),
            working,
        )


def table_cells(text: str) -> list[str]:
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [cell.strip() for row in rows for cell in row.strip().strip("|").split("|")]


def shown_arithmetic(text: str) -> list[str]:
    return [cell for cell in table_cells(text) if " = " in cell or " → " in cell]
