"""What the letter's wording must hold: the passages it has, and its own sentences with the fields they may name."""

from goodstanding.letters.passages.fields import FRAME, passages

FIELDS: dict[str, str] = {
    **dict.fromkeys(("title", "opening", "overdue.on_request"), ""),
    **passages(*FRAME, "figure", "overdue", "column", "do", "reach"),
}
