"""What the letter's wording must hold: the passages it has, and its own sentences with the fields they may name."""

from goodstanding.letters.passages.fields import FRAME, passages

FIELDS: dict[str, str] = {
    **dict.fromkeys(("title", "opening"), ""),
    **dict.fromkeys(
        [
            f"notice.{key}"
            for key in "heading given_86b given_86c talk sheet charges no_charges more_86b more_86c".split()
        ],
        "",
    ),
    "notice.last": "last_notice_on",
    **passages(*FRAME, "courtesy", "figure", "who", "overdue", "column", "statement", "line", "do", "reach"),
}
