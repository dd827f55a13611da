"""What the letter's wording must hold: the passages it has, and its own sentences with the fields they may name."""

from goodstanding.letters.passages.fields import FRAME, PASSAGES, passages

FIELDS: dict[str, str] = {
    "title": "",
    "opening": "made_on",
    **dict.fromkeys(("figure.promised", "figure.pay_on"), ""),
    "figure.promised_note": "made_on",
    "figure.pay_on_note": "kept_until",
    "figure.pay_on_day": "",
    "terms.heading": "",
    "terms.rest": "rest_until",
    "terms.all": "pay_on",
    "terms.part": "pay_on owed_then left",
    "terms.charges_run": "",
    **dict.fromkeys(("terms.next", "terms.next_bill"), "next_due next_due_on"),
    "terms.anyway": "",
    "how.heading": "",
    "do.how": PASSAGES["do.how"],
    "change.heading": "",
    "change.text": "",
    "do.debt_advice_uk": PASSAGES["do.debt_advice_uk"],
    **passages(*FRAME, "reach"),
}
