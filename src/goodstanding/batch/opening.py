"""Which book lies at a path: a nested book, in one file or several, or flat tables sorted by loan_id."""

from pathlib import Path

from goodstanding.batch.columns import NEEDED, BatchRefused
from goodstanding.batch.flat import NEEDED_OF
from goodstanding.batch.local import FlatFiles, NestedFile, metadata_of
from goodstanding.batch.run import Source

_IMPORT = "make a book of them with `goodstanding book import {path} --out BOOK`, and name BOOK"


def book_at(path: Path) -> NestedFile | FlatFiles:
    """Open a book's files; BatchRefused says why they aren't one. Nothing but their footers is read."""
    if not path.exists():
        raise BatchRefused(f"{path} isn't there: name an imported book, or a folder of Parquet files")
    if path.is_file():
        return _nested(path)
    if (path / "book.parquet").is_file():
        return _nested(path / "book.parquet")
    if (path / "loans.parquet").is_file():
        return _flat(path)
    if any(path.glob("*.parquet")):
        return _nested(path)
    if any(path.glob("*.csv")):
        raise BatchRefused(f"{path} holds CSV files: {_IMPORT.format(path=path)}")
    raise BatchRefused(f"{path} holds no book: name an imported book, or a folder of Parquet files")


def currency_by_statistics(source: Source) -> str | None:
    """The one currency that all loans of the files are in, as far as statistics tell; None when they don't."""
    found = {currency for path in source.loan_files for currency in _currencies(path)}
    return found.pop() if len(found) == 1 else None


def _nested(path: Path) -> NestedFile:
    source = NestedFile(path)
    for one in source.loan_files:
        if missing := _missing(one, NEEDED[:9]):
            raise BatchRefused(f"{one} isn't a nested book: it has no {missing}")
    return source


def _flat(folder: Path) -> FlatFiles:
    """Flat tables as the engine reads them. A lender's own, with amounts in decimal text, are for the import."""
    for name, needed in NEEDED_OF.items():
        path = folder / f"{name}.parquet"
        if path.is_file() and (missing := _missing(path, needed)):
            raise BatchRefused(
                f"{path} isn't a flat table of whole minor units, it has no {missing}: {_IMPORT.format(path=folder)}"
            )
    return FlatFiles(folder)


def _missing(path: Path, needed: list[str]) -> str:
    there = metadata_of(path).schema.to_arrow_schema().names
    return ", ".join(name for name in needed if name not in there)


def _currencies(path: Path) -> set[str | None]:
    """What the currency of each row group is, if it is the same for all its loans."""
    groups = metadata_of(path)
    places = [place for place in range(groups.num_columns) if groups.schema.column(place).path == "currency"]
    found: set[str | None] = set()
    for group in range(groups.num_row_groups):
        statistics = groups.row_group(group).column(places[0]).statistics if places else None
        if statistics is None or not statistics.has_min_max or statistics.min != statistics.max:
            return {None}
        found.add(str(statistics.min))
    return found
