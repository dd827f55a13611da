"""What the letter's wording must hold: the passages it has, and its own sentences with the fields they may name."""

from goodstanding.core.particulars import PaidUpAs
from goodstanding.letters.credit_data import STAYS
from goodstanding.letters.passages.fields import FRAME, PASSAGES, passages

FIELDS: dict[str, str] = {
    **dict.fromkeys([f"{what}_{outcome}" for what in ("title", "opening") for outcome in PaidUpAs], ""),
    **dict.fromkeys(("figure.overdue", "figure.owed", "figure.next"), ""),
    "figure.as_of": "as_of",
    "figure.next_note": "next_due_on",
    "certificate.heading": "",
    **dict.fromkeys([f"certificate.text_{outcome}" for outcome in (PaidUpAs.PAID_IN_FULL, PaidUpAs.SETTLED)], "lender settled_on"),
    "certificate.nothing": "as_of",
    **dict.fromkeys(("certificate.settled_on", "certificate.paid", "certificate.waived"), ""),
    "follows.heading": "",
    **dict.fromkeys([f"follows.{key}" for key in "no_requests no_charges keep guarantee_goes_on guarantee_ends".split()], ""),
    "follows.credit": "",
    "follows.credit_settled": "",
    "follows.next": "next_due next_due_on",
    "follows.too_much": "amount",
    STAYS: PASSAGES[STAYS],
    **{key: fields for key, fields in PASSAGES.items() if key.startswith("who.")},
    **passages(*FRAME, "reach"),
}  # fmt: skip
