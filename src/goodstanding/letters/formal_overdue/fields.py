"""What the letter's wording must hold: the passages it has, and its own sentences with the fields they may name."""

from goodstanding.letters.passages.fields import FRAME, passages

FIELDS: dict[str, str] = {
    **dict.fromkeys(("title", "opening"), ""),
    **passages(*FRAME, "figure", "who", "overdue", "column", "statement", "line", "follow", "do", "reach", "guarantee"),
}
