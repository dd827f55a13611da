"""The figures a letter stands on, and whether they add up."""

from goodstanding.core.arrears.assess import Assessment, InstalmentPosition, Line, Owed
from goodstanding.core.letter import LetterFacts
from goodstanding.core.loan import Component


def overdue_instalments(assessment: Assessment) -> list[InstalmentPosition]:
    """The instalments a letter speaks of: those of which anything is to be paid to be up to date again."""
    return [one for one in assessment.instalments if one.overdue.total]


def why_figures_disagree(facts: LetterFacts) -> str | None:
    """Say which figures of a letter don't add up, or None: the lines, instalments and totals; the offers' payments."""
    assessment = facts.assessment
    totals = Owed(
        fee=assessment.fees,
        penalty=assessment.penalty,
        compound=assessment.compound_interest,
        interest=assessment.overdue_interest,
        principal=assessment.overdue_principal,
    )
    if totals.total != assessment.amount_to_cure:
        return f"the components come to {totals.total}, the amount to cure is {assessment.amount_to_cure}"
    late = overdue_instalments(assessment)
    for component in Component:
        shown = sum(getattr(one.overdue, component) for one in late)
        if shown != getattr(totals, component):
            return f"{component}: the instalments come to {shown}, the total is {getattr(totals, component)}"
        for one in late:
            lines = sum(line.amount for line in lines_of(assessment, one) if line.component is component)
            if lines != getattr(one.overdue, component):
                return f"{component} of instalment {one.number}: the lines come to {lines}, {getattr(one.overdue, component)} is overdue"
    for number, offer in enumerate(facts.offers, 1):
        paid = sum(one.amount for one in offer.payments)
        if any(one.amount != one.arrears + one.contract + one.plan for one in offer.payments) or paid != offer.total:
            return (
                f"offer {number}: its payments come to {paid}, it says {offer.total}; or the parts of one don't add up"
            )
    return None


def lines_of(assessment: Assessment, one: InstalmentPosition) -> list[Line]:
    """An instalment's lines. Of one that isn't due yet only charges can be overdue: what runs towards it is left out."""
    lines = [line for line in assessment.lines if line.instalment == one.number]
    if one.due_on > assessment.as_of:
        return [line for line in lines if line.component not in (Component.PRINCIPAL, Component.INTEREST)]
    return lines
