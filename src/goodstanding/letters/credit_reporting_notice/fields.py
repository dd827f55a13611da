"""What the letter's wording must hold: the passages it has, and its own sentences with the fields they may name."""

from goodstanding.letters.passages.fields import FRAME, passages

FIELDS: dict[str, str] = {
    "title": "",
    "opening": "report_on",
    "figure.report_on": "",
    "figure.report_on_note": "",
    "report.heading": "",
    "report.what": "report_on",
    "report.avoid": "report_on",
    **dict.fromkeys([f"report.{key}" for key in "kept statement copies objection complaint".split()], ""),
    **passages(*FRAME, "figure", "who", "overdue", "column", "do", "reach"),
}
