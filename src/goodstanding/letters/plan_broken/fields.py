"""What the letter's wording must hold: the passages it has, and its own sentences with the fields they may name."""

from goodstanding.letters.passages.fields import FRAME, PASSAGES, passages

FIELDS: dict[str, str] = {
    "title": "",
    "opening": "agreed_on broken_on",
    "figure.overdue": "",
    "figure.overdue_note": "as_of",
    "missed.heading": "",
    "missed.intro": "",
    "missed.table": "",
    **dict.fromkeys([f"missed.{key}" for key in ("due_on", "agreed", "arrived", "missing", "total")], ""),
    "now.heading": "",
    "now.counts": "",
    "now.amount": "amount as_of",
    "now.charges_run": "next_day_adds",
    "now.credit": "",
    "again.heading": "",
    "again.new_plan": "",
    "again.arrived": "",
    "do.how": PASSAGES["do.how"],
    "do.hardship": PASSAGES["do.hardship"],
    "do.debt_advice_uk": PASSAGES["do.debt_advice_uk"],
    "how.heading": "",
    **passages(*FRAME, "reach"),
}
