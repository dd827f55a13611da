"""What the letter's wording must hold: the passages it has, and its own sentences with the fields they may name."""

from goodstanding.core.particulars import Action
from goodstanding.letters.passages.fields import FRAME, PASSAGES, passages

FIELDS: dict[str, str] = {
    **dict.fromkeys(("title", "opening"), ""),
    **dict.fromkeys([f"notice.{key}" for key in "heading served important sheet".split()], ""),
    "notice.copy": "borrower",
    **dict.fromkeys(
        [f"agreement.{key}" for key in "heading number product agreed_on creditor debtor other_debtor".split()], ""
    ),
    "breach.heading": "",
    "breach.what": "clause",
    "remedy.heading": "",
    "remedy.pay": "amount remedy_by",
    "remedy.then": "",
    **dict.fromkeys(("figure.amount", "figure.before", "figure.before_note"), ""),
    "figure.amount_note": "as_of",
    "action.heading": "",
    "action.else": "",
    **dict.fromkeys([f"action.{action}" for action in Action], ""),
    "settle.intro": "remedy_by",
    **dict.fromkeys(("settle.owed", "settle.rebate", "settle.payable", "action.judgment"), ""),
    **dict.fromkeys(("help.heading", "help.court", "help.advice"), ""),
    "do.how": PASSAGES["do.how"],
    "do.already_paid": PASSAGES["do.already_paid"],
    **passages(*FRAME, "courtesy", "overdue", "column", "statement", "line", "reach"),
}
