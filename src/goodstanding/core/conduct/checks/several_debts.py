"""One payment and several debts: which of them it meets when it isn't enough for all (PRC Civil Code art. 560)."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from goodstanding.core.conduct.checks import Answer, Missing, Question, Stricter, check
from goodstanding.core.conduct.facts import Debt

Rank = Callable[[Question, Debt], Any]


def _amount(debt: Debt, name: str) -> Fraction:
    """A figure of one debt; the debts are told apart by it, so nobody's silence counts as none."""
    found = debt.given.get(name)
    if isinstance(found, bool) or not isinstance(found, int | Fraction):
        raise Missing(name)
    return Fraction(found)


def _due_on(question: Question, debt: Debt) -> str:
    found = debt.given.get("due_on")
    if found is None:
        raise Missing("due_on")
    return str(found)


def _directed(question: Question, debt: Debt) -> bool:
    named = question.find("directed_to")
    return not (isinstance(named, tuple) and debt.id in named)


RANKS: Mapping[str, Rank] = {
    "as_directed": _directed,
    "due": lambda question, debt: _due_on(question, debt) > question.today.isoformat(),
    "least_secured": lambda question, debt: _amount(debt, "secured_amount"),
    "most_burdensome": lambda question, debt: -_amount(debt, "claimed_interest_rate"),
    "first_due": _due_on,
}


@check("payment_over_debts", values={"order": Stricter.AS_WRITTEN})
def payment_over_debts(question: Question) -> Answer | None:
    """A payment meets debts in the order of the values; what ranks alike shares in proportion, to the minor unit.

    order: as_directed (answer directed_to names debts), due, least_secured, most_burdensome, first_due; the first that tells two
    debts apart decides. Answers: payment, owed_by_debt and applied_by_debt (minor units by debt); of each debt its due_on,
    secured_amount and claimed_interest_rate, those that are needed to tell them apart. One debt alone: nothing to say.
    """
    owed, applied, left = (
        _by_debt(question, "owed_by_debt"),
        _by_debt(question, "applied_by_debt"),
        question.need("payment"),
    )
    if isinstance(left, bool) or not isinstance(left, int):
        raise Missing("payment")
    if len(owed) < 2:
        return None
    told = []
    wrong = False
    for group in _ranked(question, [question.facts.debts.get(name) or Debt(name) for name in owed]):
        total = sum(owed[debt.id] for debt in group)
        meets = min(left, total)
        left -= meets
        for debt in group:
            share = Fraction(meets * owed[debt.id], total) if total else Fraction(0)
            wrong |= abs(applied.get(debt.id, 0) - share) >= 1
            told.append(f"{debt.id} {int(share)}")
        wrong |= sum(applied.get(debt.id, 0) for debt in group) != meets
    return Answer(wrong, f"In the law's order it meets: {', '.join(told)}.")


def _by_debt(question: Question, name: str) -> Mapping[str, int]:
    found = question.need(name)
    if not isinstance(found, Mapping):
        raise Missing(name)
    return found


def _ranked(question: Question, debts: list[Debt]) -> list[list[Debt]]:
    """The debts in groups that rank alike, first to last; a later criterion is only looked at where earlier ones don't decide."""
    groups = [debts]
    for name in question.values["order"]:
        rank = RANKS[name]
        groups = [part for group in groups for part in _parted(group, partial(rank, question))]
    return groups


def _parted(group: list[Debt], rank: Callable[[Debt], Any]) -> list[list[Debt]]:
    if len(group) == 1:
        return [group]
    by_rank: dict[Any, list[Debt]] = {}
    for debt in group:
        by_rank.setdefault(rank(debt), []).append(debt)
    return [by_rank[one] for one in sorted(by_rank)]
