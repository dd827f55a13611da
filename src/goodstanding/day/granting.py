"""What a lender grants: lender/ways_out.toml read exactly or refused, and the law's limits beside it.

Every key is explained in docs/guides/ways_out.md; the complete example is lender/ways_out.toml.
"""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from goodstanding.core import reading
from goodstanding.core.conduct.facts import Act
from goodstanding.core.loan import Component
from goodstanding.core.plans.affordability import Guide
from goodstanding.core.plans.guard_rails import MONTHS_NEEDED, GuardRails, LegalLimit, Measure, SignOff
from goodstanding.core.plans.means_data import guide_from_data
from goodstanding.core.plans.offers import IN_LETTERS, BreaksWhen, OfferKind
from goodstanding.core.plans.pricing import Terms
from goodstanding.core.plans.said import LONGEST_TOLERANCE
from goodstanding.day.gate import Settings, rules_of

NOTHING_GRANTED = GuardRails(measures=())
"""A lender whose folder has no ways_out.toml: nobody decided what may be offered in its name, so nothing is."""
PLAN_TERM = "cn/card/plan_term"
_LONGEST = 480
_CHARGES = (Component.PENALTY, Component.COMPOUND, Component.FEE)


def guard_rails_from_data(data: object, currency: str, products: tuple[str, ...]) -> GuardRails:
    """Read ways_out.toml; `reading.BadValue` says what is wrong and where. products: those that the folder has."""
    amount = reading.amount_in(currency)
    keys = reading.read_keys(
        data,
        {
            "discount_rate": reading.rate,
            "least_present_value": _share,
            "most_months": _from_one(_LONGEST),
            "most_re_ages_a_year": reading.whole_number,
            "tolerance": amount,
            "tolerance_days": _tolerance_days,
            "a_missed_instalment_breaks": reading.yes_no,
            "in_letter": _from_one(3),
            "measures": reading.list_of(lambda value: _measure(value, products)),
            "sign_off": reading.list_of(lambda value: _sign_off(value, amount)),
            "affordability": lambda value: guide_from_data(value, currency),
        },
        required=("discount_rate", "measures"),
    )
    breaks = BreaksWhen(
        keys.get("tolerance", 0), keys.get("tolerance_days", 0), keys.get("a_missed_instalment_breaks", True)
    )
    return GuardRails(
        keys["measures"],
        Terms(breaks, keys["discount_rate"]),
        keys.get("least_present_value", Fraction(0)),
        keys.get("most_months"),
        keys.get("most_re_ages_a_year"),
        keys.get("sign_off", ()),
        keys.get("in_letter", 2),
        keys.get("affordability", Guide()),
    )


def _tolerance_days(value: object) -> int:
    days = reading.whole_number(value)
    if not 0 <= days <= LONGEST_TOLERANCE:
        raise reading.BadValue(f"tolerance_days is {days}; expected 0 to {LONGEST_TOLERANCE}, as in a plan's terms")
    return days


def _measure(value: object, products: tuple[str, ...]) -> Measure:
    keys = reading.read_keys(
        value,
        {
            "kind": reading.choice(OfferKind),
            "months": reading.list_of(reading.whole_number),
            "share": _share,
            "rate": reading.rate,
            "bears_interest": reading.yes_no,
            "charges_rest": reading.yes_no,
            "components": reading.list_of(reading.choice(Component)),
            "from_dpd": reading.whole_number,
            "to_dpd": reading.whole_number,
            "products": reading.list_of(reading.filled_text),
            "least_overdue": _from_one(_LONGEST),
            "in_letter": reading.yes_no,
        },
        required=("kind",),
    )
    kind = keys["kind"]
    for name, kinds in _NEEDED.items():
        if kind in kinds and not keys.get(name):
            raise reading.BadValue(f'a measure of the kind "{kind}" needs "{name}"')
        if kind not in kinds | _ALLOWED.get(name, frozenset()) and name in keys:
            raise reading.BadValue(f'"{name}" says nothing of a measure of the kind "{kind}": leave it out')
    if kind is OfferKind.SETTLEMENT and keys["share"] == 1:
        raise reading.BadValue("a settlement for the whole gives nothing up: its share is below 1")
    if "to_dpd" in keys and keys["to_dpd"] < keys.get("from_dpd", 0):
        raise reading.BadValue(f"to_dpd {keys['to_dpd']} comes before from_dpd {keys['from_dpd']}: nothing would fit")
    least = 0 if kind is OfferKind.LOWER_RATE else 1
    if keys.get("in_letter") and kind not in IN_LETTERS:
        raise reading.BadValue(f'letters have no words for "{kind}": leave in_letter out, and let staff offer it')
    if any(not least <= months <= _LONGEST for months in keys.get("months", ())):
        raise reading.BadValue(f"months are {list(keys['months'])}: expected whole numbers from {least} to {_LONGEST}")
    if strange := [one for one in keys.get("components", ()) if one not in _CHARGES]:
        raise reading.BadValue(f"components has {strange[0]}: only penalty, compound and fee are waived by themselves")
    if strange_products := [one for one in keys.get("products", ()) if one not in products]:
        raise reading.BadValue(
            f'products has "{strange_products[0]}", which products/ doesn\'t have ({", ".join(products)})'
        )
    return Measure(**{_FIELDS.get(name, name): one for name, one in keys.items()})


_FIELDS = {"charges_rest": "rests"}
_NEEDED: dict[str, frozenset[OfferKind]] = {
    "months": MONTHS_NEEDED,
    "share": frozenset((OfferKind.WAIVER, OfferKind.SETTLEMENT)),
    "rate": frozenset((OfferKind.LOWER_RATE,)),
    "components": frozenset((OfferKind.WAIVER,)),
}
_ALLOWED: dict[str, frozenset[OfferKind]] = {"months": frozenset((OfferKind.LOWER_RATE,))}


def _sign_off(value: object, amount: Callable[[Any], int]) -> SignOff:
    readers: dict[str, reading.Reader] = {
        "level": reading.filled_text,
        "waived_over": amount,
        "waived_share_over": _share,
        "months_over": reading.whole_number,
        "present_value_below": _share,
    }
    keys = reading.read_keys(value, readers, required=("level",))
    if len(keys) == 1:
        raise reading.BadValue(f'level "{keys["level"]}" has no limit above which it signs: give one')
    return SignOff(**keys)


def _share(value: object) -> Fraction:
    share = reading.rate(value)
    if not 0 < share <= 1:
        raise reading.BadValue(f"{value} isn't a share above 0 and up to 1")
    return share


def _from_one(most: int) -> reading.Reader:
    def read(value: object) -> int:
        number = reading.whole_number(value)
        if not 1 <= number <= most:
            raise reading.BadValue(f"{number} isn't from 1 to {most}")
        return number

    return read


def legal_limits(settings: Settings | None, product: str, on: date) -> tuple[LegalLimit, ...]:
    """The law's limits on offers to a loan of this product, by the bodies of law that the lender names."""
    if settings is None:
        return ()
    found = []
    for rule in rules_of(settings).of(Act.AGREE_PLAN):
        values = rule.values_on(on)
        if rule.check != "at_most" or "plan_months" not in rule.how.get("figures", ()) or values is None:
            continue
        if rule.applies_if.products and settings.product(product) not in rule.applies_if.products:
            continue
        found.append(LegalLimit(OfferKind.PERSONAL_PLAN, int(values["most"]), rule.id))
    return tuple(found)
