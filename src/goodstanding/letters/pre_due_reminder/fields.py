"""What the letter's wording must hold: the passages it has, and its own sentences with the fields they may name."""

from goodstanding.letters.passages.fields import FRAME, passages

FIELDS: dict[str, str] = {
    **dict.fromkeys(("title", "opening", "coming.heading", "coming.due_on", "coming.amount", "coming.minimum"), ""),
    **dict.fromkeys(("coming.bill", "figure.coming", "figure.coming_on", "figure.coming_note"), ""),
    "figure.coming_on_note": "count",
    "coming.automatic": "",
    "coming.already_paid": "counted_up_to",
    **passages(*FRAME, "reach"),
    **{
        key: fields
        for key, fields in passages("do").items()
        if key in ("do.heading", "do.how", "do.hardship", "do.debt_advice_uk")
    },
}
