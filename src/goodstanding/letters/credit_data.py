"""How a way out appears in credit data, in the words of its place: one text for letters and for who makes an offer.

Each place has its own bureaus, periods and markers, so each has its own sentences (`passages/<language>_<jurisdiction>.toml`, keys
`way.credit_*`); elsewhere the plain ones of `passages/<language>.toml` say what follows from the ledger, and no more. What they rest on, how
sure that is and what a lawyer has to look at stands in `credit_data.toml`.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from goodstanding.core import reading
from goodstanding.core.plans.offers import Credit

STAYS = "way.credit_stays"
"""How long what was recorded of arrears stays."""
ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Basis:
    """What the sentences of a place rest on. level: P read, S seen with others, M remembered; confidence: H, M, L."""

    cite: str
    read: str
    level: str
    confidence: str
    checked_on: date
    reviewed_by: str
    to_check: tuple[str, ...]


def credit_keys(credit: Credit) -> tuple[str, str]:
    """The sentences on a loan that stands so: how it appears, and how long what was recorded before stays."""
    return f"way.credit_{credit}", STAYS


def basis_of(jurisdiction: str) -> Basis:
    """What is said of credit data rests on this, in a place that we have words for; else that it rests on the ledger alone."""
    known = bases()
    return known.get(jurisdiction, known[ELSEWHERE])


@cache
def bases() -> dict[str, Basis]:
    """By jurisdiction, and of all others."""
    data = tomllib.loads((Path(__file__).parent / "credit_data.toml").read_text(encoding="utf-8"))
    return {place: _basis(said) for place, said in data.items()}


def _basis(said: object) -> Basis:
    readers: dict[str, reading.Reader] = {
        **dict.fromkeys(("cite", "read", "level", "confidence", "reviewed_by"), reading.filled_text),
        "checked_on": reading.day,
        "to_check": reading.list_of(reading.filled_text),
    }
    keys: dict[str, Any] = reading.read_keys(said, readers, required=tuple(readers))
    return Basis(**keys | {"to_check": tuple(keys["to_check"])})
