"""What the letter's wording must hold: the passages it has, and its own sentences with the fields they may name."""

from goodstanding.letters.passages.fields import FRAME, PASSAGES, passages

_PAYING = "pay pay_same next_included next_as_usual next_included_bill next_as_usual_bill how already_paid".split()

FIELDS: dict[str, str] = {
    "title": "",
    "opening": "count",
    "opening_one": "",
    "each.heading": "",
    "figure.overdue": "",
    "figure.overdue_note": "as_of",
    "figure.choose_by": "",
    "figure.choose_by_note": "",
    "ways.heading": "",
    "ways.option": "number what",
    "ways.caption": "number",
    "ways.accept_by": "accept_by",
    "accept.heading": "",
    "accept.how": "reference phone",
    "accept.free": "",
    "today.heading": "",
    "none.heading": "",
    "none.tell": "",
    **{f"do.{key}": PASSAGES[f"do.{key}"] for key in (*_PAYING, "hardship", "debt_advice_uk")},
    **passages(*FRAME, "way", "reach"),
}
