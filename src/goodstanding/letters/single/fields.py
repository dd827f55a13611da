"""What the letter's wording must hold: the passages it has, and its own sentences with the fields they may name."""

from goodstanding.letters.passages.fields import FRAME, passages

TITLES = (
    "where_it_stands calculation nothing_overdue next_payment balance last_payment pay how_to_pay offers hardship call_us"
    " correction contact_details"
).split()

FIELDS: dict[str, str] = {
    **dict.fromkeys(("title", "opening", "said.heading"), ""),
    **{f"titled.{key}": "" for key in TITLES},
    "say.nothing_overdue": "as_of",
    "say.next_payment": "amount due_on",
    "say.next_payment_bill": "amount due_on",
    "say.balance": "as_of principal payoff",
    "say.last_payment": "amount day",
    "say.call_us": "phone hours",
    **dict.fromkeys(("say.correction", "say.contact_details"), ""),
    **passages(*FRAME, "overdue", "column", "statement", "line", "do", "reach"),
}
