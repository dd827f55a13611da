"""What the wording of the passages must hold: every sentence, and the fields it may name; `count` asks for plural forms.

A letter takes the passages it has by the first word of their keys (`passages("who", "overdue")`), and adds its own.
"""

from goodstanding.core.loan import Component
from goodstanding.core.particulars import About
from goodstanding.core.party import Role
from goodstanding.core.plans.offers import IN_LETTERS
from goodstanding.core.rates import DayCount
from goodstanding.letters.passages.way_fields import WAY

DAY_COUNTS = {
    DayCount.ACT_365: "365",
    DayCount.ACT_360: "360",
    DayCount.ACT_ACT: "act_act",
    DayCount.THIRTY_360_US: "30_360",
    DayCount.THIRTY_360_EU: "30_360",
}


def _by_component(kind: str, components: str) -> dict[str, str]:
    return {f"line.{kind}.{component}": "" for component in components.split()}


PASSAGES: dict[str, str] = {
    "salutation": "name",
    "running_head": "lender reference",
    "page": "page pages",
    "recipient": "name",
    **dict.fromkeys([f"detail.{key}" for key in "issued_on reference loan_number role counted_up_to".split()], ""),
    "figure.amount": "",
    "figure.amount_note": "as_of",
    "figure.pay_by": "",
    "figure.pay_by_note": "amount",
    **dict.fromkeys(
        [
            f"who.{key}"
            for key in "heading name id_number borrower loan_number product amount_borrowed amount_drawn disbursed_on"
            " opened_on not_yours".split()
        ],
        "",
    ),
    **dict.fromkeys(["overdue.heading", "overdue.total", "overdue.no_payment", "overdue.no_next_day"], ""),
    **dict.fromkeys(["overdue.component_table", "overdue.component_table_bill"], ""),
    **dict.fromkeys(["overdue.since", "overdue.since_first_default", "overdue.since_with_pause"], "since count"),
    "overdue.since_day": "since",
    **dict.fromkeys(["overdue.instalments", "overdue.bills"], "count"),
    "overdue.counted": "counted_up_to",
    "overdue.last_payment": "amount day",
    "overdue.in_words": "words",
    "overdue.next_day": "next_day_adds",
    "overdue.next_day_fee": "next_day_fee",
    "overdue.next_day_with_fee": "next_day_adds next_day_fee",
    **dict.fromkeys(["overdue.unapplied", "overdue.outstanding"], "amount"),
    "overdue.opening": "day",
    "overdue.later": "pay_by amount_by_pay_by",
    "overdue.returned": "amount day",
    **dict.fromkeys([f"column.{key}" for key in ("number", "due_on", *Component, "total", "sum")], ""),
    **dict.fromkeys([f"statement.{key}" for key in "heading caption from on to what days base rate".split()], ""),
    "statement.amount": "currency",
    **dict.fromkeys(["statement.group", "statement.group_bill"], "number due_on"),
    **dict.fromkeys(["statement.subtotal", "statement.subtotal_bill"], "number"),
    **dict.fromkeys([f"statement.{what}_{key}" for what in ("method", "interest") for key in DAY_COUNTS.values()], ""),
    "statement.daily_rate": "rate daily",
    **dict.fromkeys(["statement.rounds_each_day", "statement.rounds_running_total"], ""),
    **_by_component("opening", "principal interest fee penalty compound"),
    **_by_component("interest", "interest"),
    **_by_component("moved", "principal interest fee"),
    **_by_component("due", "principal interest fee"),
    **_by_component("penalty", "penalty penalty_on_both"),
    **_by_component("compound", "compound"),
    **_by_component("late_fee", "fee"),
    **_by_component("fee", "fee"),
    **_by_component("payment", "principal interest fee penalty compound"),
    **_by_component("recovery", "principal interest fee penalty compound"),
    **_by_component("waiver", "principal interest fee penalty compound"),
    **_by_component("reversal", "principal interest fee penalty compound"),
    **_by_component("ceiling", "interest fee penalty compound"),
    **_by_component("carried", "principal interest fee"),
    **_by_component("settled", "principal interest fee"),
    **dict.fromkeys(["follow.heading", "follow.intro", "follow.none", "follow.late_fee"], ""),
    **dict.fromkeys(["follow.penalty", "follow.penalty_cn"], "next_day_adds"),
    **dict.fromkeys([f"follow.credit_{key}" for key in ("cn", "us", "uk", "hk", "in")], ""),
    **dict.fromkeys(["follow.suit_cn", "follow.suit_hk"], ""),
    "do.heading": "",
    "do.pay": "amount as_of amount_by_pay_by pay_by",
    "do.pay_same": "amount pay_by",
    **dict.fromkeys(
        [f"do.next_{key}" for key in "included as_usual included_bill as_usual_bill".split()], "next_due next_due_on"
    ),
    "do.how": "loan_number",
    "do.already_paid": "counted_up_to",
    "do.offers": "",
    **dict.fromkeys([f"do.offer_{key}" for key in (*IN_LETTERS, "arrears_only")], "number count"),
    "do.offer_table": "number",
    **dict.fromkeys([f"do.offer_{key}" for key in ("date", "arrears", "plan", "contract", "amount", "total")], ""),
    "do.offer_dates_monthly": "first last count",
    **dict.fromkeys(["do.offer_extra", "do.offer_less"], "extra accept_by"),
    "do.offer_no_extra": "accept_by",
    **dict.fromkeys(["do.hardship", "do.debt_advice_uk"], ""),
    "reach.heading": "",
    **dict.fromkeys(
        [f"reach.{key}" for key in "reference phone hours email address complaints disputes dispute genuine".split()],
        "",
    ),
    "note.wording": "version",
    **dict.fromkeys(["code.caption", "code.description"], ""),
    **dict.fromkeys([f"role.{key}" for key in (Role.CO_BORROWER, Role.GUARANTOR)], ""),
    **dict.fromkeys(
        [
            f"guarantee.{key}"
            for key in "joint_cn general_cn unstated_cn elsewhere rights period_cn defences_cn recourse_cn copies_uk"
            " recourse recourse_in".split()
        ],
        "",
    ),
    **dict.fromkeys([f"about.{key}" for key in About], ""),
    "sms.link": "lender reference phone link",
    "sms.by_post": "lender reference phone",
    "courtesy.english_counts": "",
    **WAY,
}


def passages(*groups: str) -> dict[str, str]:
    """The fields of the passages that a letter has; each group is the first word of the keys, such as `who`."""
    return {key: fields for key, fields in PASSAGES.items() if key.split(".")[0] in groups}


FRAME = ("salutation", "running_head", "page", "recipient", "detail", "role", "note", "code", "sms")
"""What stands around the parts of every letter."""
