"""What a flat file is: its columns, and how the text of each cell is read."""

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa


class Cell(StrEnum):
    """How the text of a cell is read.

    amount: decimal text of the book's currency, never negative. rate: a fraction of one a year, exact in parts per
    million; daily_rate: the same a day. day: YYYY-MM-DD. count: a whole number. flag: true or false. choice: one of a
    list; choices: some of it, with ; between. currency: the book's. country: two letters. region: a country with what lies in it.
    resident_id: text, and in China a number whose check digit agrees. instant: a day and a time, with or without its offset. time:
    HH:MM. zone: a name of the zone database.
    """

    TEXT = "text"
    AMOUNT = "amount"
    RATE = "rate"
    DAILY_RATE = "daily_rate"
    DAY = "day"
    COUNT = "count"
    FLAG = "flag"
    CHOICE = "choice"
    CURRENCY = "currency"
    COUNTRY = "country"
    RESIDENT_ID = "resident_id"
    INSTANT = "instant"
    TIME = "time"
    CHOICES = "choices"
    REGION = "region"
    ZONE = "zone"


ARROW_TYPES = {
    Cell.TEXT: pa.string(),
    Cell.CHOICE: pa.string(),
    Cell.CHOICES: pa.string(),
    Cell.INSTANT: pa.string(),
    Cell.TIME: pa.string(),
    Cell.ZONE: pa.string(),
    Cell.FLAG: pa.bool_(),
    Cell.AMOUNT: pa.int64(),
    Cell.DAY: pa.date32(),
    Cell.COUNT: pa.int32(),
}
"""How files that are kept as they were given (conduct_files.py, commitment_files.py) are kept."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a flat file. required: the file has it, and every row a value. is_coded: kept as its place in choices.

    is_prose: a line break may stand in it.
    """

    name: str
    cell: Cell
    about: str
    example: str
    required: bool = False
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 1_000_000
    is_coded: bool = False
    is_prose: bool = False


@dataclass(frozen=True, slots=True)
class FlatFile:
    """A flat file. is_optional: a book is whole without it."""

    name: str
    about: str
    columns: tuple[Column, ...]
    is_optional: bool = False

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def text_column(name: str, about: str, example: str, required: bool = False) -> Column:
    return Column(name, Cell.TEXT, about, example, required)


LOAN_ID = text_column("loan_id", "the lender's number of the loan", "L-1001", required=True)
BORROWER_ID = text_column("borrower_id", "the lender's number of the borrower", "B-77", required=True)
