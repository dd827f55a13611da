"""CSV files that a spreadsheet opens as they are meant: UTF-8 with a byte order mark, and no cell taken for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_TAKEN_FOR_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NEGATIVE_NUMBER = re.compile(r"-\d+(\.\d+)?", re.ASCII)


def spreadsheet(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write rows as CSV. None is an empty cell; text that a spreadsheet would run is led by an apostrophe.

    >>> spreadsheet(["name", "phone"], [["=HYPERLINK(1)", "+86 138"], [None, "-5.00"]]).decode("utf-8-sig")
    "name,phone\\r\\n'=HYPERLINK(1),'+86 138\\r\\n,5\\r\\n"
    """
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    if not isinstance(value, str) or _NEGATIVE_NUMBER.fullmatch(value):
        return value
    if value.lstrip(" \u3000").startswith(_TAKEN_FOR_A_FORMULA):
        return f"'{value}"
    return value
