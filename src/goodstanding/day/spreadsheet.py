"""CSV files that a spreadsheet opens as they are meant: UTF-8 with a byte order mark, and no cell taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from goodstanding.book.quarantine import safe_cells


def spreadsheet(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write rows as CSV. None is an empty cell; text that a spreadsheet would run is led by an apostrophe.

    >>> spreadsheet(["name", "phone"], [["=HYPERLINK(1)", "+86 138"], [None, "-5.00"]]).decode("utf-8-sig")
    "name,phone\\r\\n'=HYPERLINK(1),'+86 138\\r\\n,-5.00\\r\\n"
    """
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(header)
    writer.writerows(safe_cells(row) for row in rows)
    return written.getvalue().encode("utf-8-sig")
