"""What the wording of one way out must hold (`way.py`), and the fields that each sentence may name."""

from goodstanding.core.plans.offers import Credit, HowFar, OfferKind

OF_MONTHS = frozenset((OfferKind.DEFERRAL, OfferKind.LONGER_TERM, OfferKind.PERSONAL_PLAN))
"""The kinds that are told apart by months."""
_COUNTED = (*sorted(OF_MONTHS), OfferKind.ARREARS_INSTALMENTS, OfferKind.SETTLEMENT)

WAY: dict[str, str] = {
    **{f"way.kind_{kind}": "count" for kind in (*_COUNTED, "arrears_only")},
    **{f"way.kind_{kind}": "" for kind in OfferKind if kind not in _COUNTED},
    **dict.fromkeys(
        [f"way.{key}" for key in "date for_arrears for_plan contract contract_bill to_pay in_all".split()], ""
    ),
    "way.dates_monthly": "first last count",
    "way.dates_days": "first last count days",
    **dict.fromkeys(["way.total", "way.total_once"], "total ends_on"),
    **dict.fromkeys(["way.today_more", "way.today_less"], "amount"),
    "way.today_same": "",
    **dict.fromkeys(["way.nothing_more", "way.nothing_less"], "amount ends_on"),
    "way.nothing_same": "ends_on",
    **dict.fromkeys(["way.waived", "way.waived_at_the_end", "way.left"], "amount"),
    "way.settled": "",
    **{f"way.{what}_{how}": "" for what in ("penalty", "calls") for how in HowFar},
    **{f"way.credit_{credit}": "" for credit in (*Credit, "stays")},
    "way.breaks": "",
    "way.breaks_days": "count",
    "way.breaks_amount": "amount",
    **{
        f"way.breaks_{key}": ""
        for key in ("contract_too", "contract_too_bill", "without_contract", "without_contract_bill")
    },
    **dict.fromkeys(["way.broken", "way.broken_charges", "way.broken_waived"], ""),
}
