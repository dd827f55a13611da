"""A lender's own names for files and columns, from a TOML file.

[files]
"借据.csv" = "loans"
[loans]
"合同号" = "loan_id"
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from goodstanding.book.errors import BookError
from goodstanding.book.schema import FLAT_FILES


@dataclass(frozen=True, slots=True)
class Names:
    """Our names by the lender's. columns: per flat file."""

    files: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read_names(path: Path | None) -> Names:
    """Read a mapping file; BookError when it names a file or column that a book doesn't have."""
    if path is None:
        return Names()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as wrong:
        raise BookError(f"The mapping file {path} can't be read: {wrong.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise BookError(f"{path.name} isn't TOML in UTF-8: {wrong}.") from None
    for table, names in found.items():
        known = list(FLAT_FILES) if table == "files" else _columns_of(path, table)
        if not isinstance(names, dict):
            raise BookError(f"{path.name}: {table} is {names!r}; write a table such as [loans].")
        for theirs, ours in names.items():
            if ours not in known:
                raise BookError(
                    f'{path.name}, [{table}]: "{theirs}" is mapped to "{ours}"; expected one of {", ".join(known)}.'
                )
    files = found.pop("files", {})
    return Names(files, found)


def _columns_of(path: Path, table: str) -> list[str]:
    if table not in FLAT_FILES:
        raise BookError(f"{path.name}: [{table}] isn't a table of ours; expected [files], [{'], ['.join(FLAT_FILES)}].")
    return list(FLAT_FILES[table].column_names)
