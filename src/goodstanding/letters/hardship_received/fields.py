"""What the letter's wording must hold: the passages it has, and its own sentences with the fields they may name."""

from goodstanding.core.particulars import Paper
from goodstanding.letters.passages.fields import FRAME, PASSAGES, passages

FIELDS: dict[str, str] = {
    **dict.fromkeys(("title", "opening"), ""),
    "meanwhile.heading": "",
    "meanwhile.look": "answer_by",
    "meanwhile.hold": "hold_until",
    **dict.fromkeys([f"meanwhile.{key}" for key in "charges_rest charges_run may_pay credit".split()], ""),
    **dict.fromkeys([f"papers.{key}" for key in ("heading", "intro", *Paper, "no_more")], ""),
    **dict.fromkeys(("figure.answer_by", "figure.answer_by_note", "figure.hold_until", "figure.hold_until_note"), ""),
    "figure.answer_by_note": "received_on",
    "help.heading": "",
    "do.debt_advice_uk": PASSAGES["do.debt_advice_uk"],
    **passages(*FRAME, "reach"),
}
