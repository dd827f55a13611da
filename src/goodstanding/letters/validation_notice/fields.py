"""What the letter's wording must hold: the passages it has, and its own sentences with the fields they may name."""

from goodstanding.letters.passages.fields import FRAME, passages

FIELDS: dict[str, str] = {
    "title": "",
    "opening_collector": "lender creditor_now",
    "opening_creditor": "lender",
    "figure.now": "",
    "figure.now_note": "as_of",
    "figure.ends_on": "",
    "figure.ends_on_note": "",
    "debt.heading": "",
    "debt.account": "creditor_then loan_number",
    "debt.table": "",
    **dict.fromkeys(("debt.what", "debt.interest", "debt.fees", "debt.paid", "debt.now"), ""),
    "debt.amount": "currency",
    "debt.then": "itemised_on",
    "debt.between": "itemised_on",
    "debt.creditor_now": "creditor_now",
    "dispute.heading": "",
    "dispute.call_or_write": "ends_on",
    "dispute.write": "ends_on",
    "dispute.electronically": "website",
    "else.heading": "",
    "else.original": "ends_on",
    **dict.fromkeys(("else.rights", "else.options"), ""),
    **dict.fromkeys(("form.heading", "form.mail_to", "form.from", "form.reference", "form.check"), ""),
    **dict.fromkeys([f"form.{key}" for key in "dispute not_mine amount other original".split()], ""),
    "form.enclosed": "lender reference",
    **passages(*FRAME, "courtesy"),
}
