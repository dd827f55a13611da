"""One instalment while a loan is being worked through: what was asked for, what met it, what is still open."""

from dataclasses import dataclass, field
from datetime import date

from goodstanding.core.arrears.accrual import Accrual
from goodstanding.core.arrears.policy import BillOverdue
from goodstanding.core.arrears.position import Line, Owed
from goodstanding.core.loan import Component, Instalment

SCHEDULED = (Component.FEE, Component.INTEREST, Component.PRINCIPAL)


def _nothing() -> dict[Component, int]:
    return {
        Component.FEE: 0,
        Component.PENALTY: 0,
        Component.COMPOUND: 0,
        Component.INTEREST: 0,
        Component.PRINCIPAL: 0,
    }


@dataclass(slots=True)
class InstalmentAccount:
    """scheduled: as the contract asks; charged: what arose by being late or was posted; met: paid; waived: given up.

    not_asked, not_given: while the loan is settled, what is no longer asked for, and what of a waiver that doesn't need.
    since_due: of the scheduled interest, what ran by day after the due date and is asked for here, since nothing follows.
    """

    number: int
    terms: Instalment
    accruals: tuple[Accrual, ...]
    lapses_on: date
    fee_on: date | None
    scheduled: dict[Component, int] = field(default_factory=_nothing)
    charged: dict[Component, int] = field(default_factory=_nothing)
    met: dict[Component, int] = field(default_factory=_nothing)
    waived: dict[Component, int] = field(default_factory=_nothing)
    not_asked: dict[Component, int] = field(default_factory=_nothing)
    not_given: dict[Component, int] = field(default_factory=_nothing)
    since_due: int = 0
    has_lapsed: bool = False
    is_replaced: bool = False
    pending: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scheduled[Component.PRINCIPAL] = self.terms.principal
        self.scheduled[Component.INTEREST] = self.terms.interest
        self.scheduled[Component.FEE] = self.terms.fee

    def copied(self) -> "InstalmentAccount":
        """Another of the same, that changes by itself."""
        new = object.__new__(InstalmentAccount)
        for name in self.__slots__:
            value = getattr(self, name)
            setattr(new, name, value.copy() if isinstance(value, (dict, list)) else value)
        new.accruals = tuple(one.copied() for one in self.accruals)
        return new

    def open(self, component: Component) -> int:
        return self.scheduled[component] + self.charged[component] - self.met[component] - self.waived[component]

    def open_charge(self, component: Component) -> int:
        """What is open of charges that arose; payments and waivers meet them before the scheduled part."""
        still = self.charged[component] - self.met[component] - self.waived[component]
        return still if still > 0 else 0

    def open_scheduled(self, component: Component) -> int:
        """What is open of the schedule's part: all of it, less what was met beyond the charges."""
        over = self.charged[component] - self.met[component] - self.waived[component]
        return self.scheduled[component] + over if over < 0 else self.scheduled[component]

    def is_gone(self) -> bool:
        """Whether another schedule took this instalment's place before anything was paid to it."""
        return self.is_replaced and not any(self.met.values()) and not any(self.charged.values())

    def forget_settling(self) -> None:
        """Another schedule holds what this one asked for: a bounce of the payment that settled it asks nothing again."""
        self.not_asked, self.not_given = _nothing(), _nothing()

    def prepaid_fee(self) -> int:
        """What was paid towards a contract fee, beyond what charges took."""
        over = self.met[Component.FEE] + self.waived[Component.FEE] - self.charged[Component.FEE]
        return min(self.met[Component.FEE], max(0, over))

    def is_untouched(self) -> bool:
        """Whether nothing was paid, waived or charged, so that all the schedule asks for is open."""
        return not (any(self.met.values()) or any(self.waived.values()) or any(self.charged.values()))

    def is_met(self) -> bool:
        """Whether nothing of the scheduled sums is open."""
        scheduled, charged, met, waived = self.scheduled, self.charged, self.met, self.waived
        for one in SCHEDULED:  # as `open_scheduled`, of which nothing is asked more often
            over = charged[one] - met[one] - waived[one]
            if scheduled[one] + over if over < 0 else scheduled[one]:
                return False
        return True

    def asked(self) -> int:
        """What the schedule asks for; of a bill, what it asked for on its due date."""
        later = self.since_due if self.terms.minimum is not None else 0
        return sum(self.scheduled[component] for component in SCHEDULED) - later

    def move_away(self, component: Component) -> int:
        """Another schedule asks for what is open of a scheduled sum; return how much that is."""
        moved = self.open_scheduled(component)
        self.scheduled[component] -= moved
        if component is Component.INTEREST:
            self.since_due -= min(self.since_due, moved)
        return moved

    def unpaid_part(self, how: BillOverdue, order: tuple[Component, ...]) -> dict[Component, int]:
        """What of the scheduled sums is late once the due date has passed: all that is open; of a bill, perhaps less.

        A minimum is a part of what the bill asked for on its due date: interest that runs by day after that is no part of it.
        """
        still_open = {component: self.open_scheduled(component) for component in SCHEDULED}
        if self.terms.minimum is None:
            return still_open
        total = sum(still_open.values())
        paid = sum(self.scheduled[component] for component in SCHEDULED) - total
        short = min(self.terms.minimum, self.asked()) - paid
        if short <= 0:
            return dict.fromkeys(SCHEDULED, 0)
        if how is BillOverdue.WHOLE:
            return still_open
        still_open[Component.INTEREST] = max(0, still_open[Component.INTEREST] - self.since_due)
        late = dict.fromkeys(SCHEDULED, 0)
        for component in order:
            if component in late:
                late[component] = min(short, still_open[component])
                short -= late[component]
        return late


def owed(amounts: dict[Component, int]) -> Owed:
    return Owed(
        amounts[Component.FEE],
        amounts[Component.PENALTY],
        amounts[Component.COMPOUND],
        amounts[Component.INTEREST],
        amounts[Component.PRINCIPAL],
    )
