"""What the letter's wording must hold: the passages it has, and its own sentences with the fields they may name."""

from goodstanding.core.particulars import Outcome, Reason
from goodstanding.letters.passages.fields import FRAME, passages

NAMES = {
    Reason.PAYMENT_FOUND: "amount on",
    Reason.PAYMENT_NOT_FOUND: "amount on",
    Reason.PAYMENT_CAME_BACK: "amount on",
    Reason.CHARGE_TAKEN_OFF: "amount",
    Reason.CHARGE_AS_AGREED: "amount",
}
"""What the sentence of a reason names; the others name nothing."""

FIELDS: dict[str, str] = {
    "title": "",
    "opening": "received_on",
    **dict.fromkeys([f"answer.{key}" for key in ("heading", *Outcome, "about")], ""),
    "answer.claimed": "claimed_on",
    "answer.now": "as_of",
    "reasons.heading": "",
    **{f"reasons.{reason}": NAMES.get(reason, "") for reason in Reason},
    "overdue.nothing": "as_of",
    "further.heading": "",
    **dict.fromkeys([f"further.{key}" for key in "again cn uk us in".split()], ""),
    **passages(*FRAME, "about", "overdue", "column", "statement", "line", "reach"),
}
