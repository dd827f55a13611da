"""Rules whose sums are their own: validation periods, limitation, arrears notices, the order of a payment, classes of loans."""

from collections.abc import Mapping
from datetime import date

from goodstanding.core.conduct.checks import Answer, Missing, Question, Stricter, check
from goodstanding.core.conduct.checks.answers import due_by
from goodstanding.core.conduct.law_dates import arrears_notice_due_by, days_of_demands, limitation_expiry
from goodstanding.core.conduct.law_days import validation_period_end


@check("validation_period", values={"assumed_days": Stricter.MORE, "period_days": Stricter.MORE})
def validation_period(question: Question) -> Answer | None:
    """The end day that a validation notice prints isn't sooner than the law's (12 CFR 1006.34(b)(5))."""
    sent, printed = question.need_day("notice_sent_on"), question.need_day("validation_period_ends_on")
    values = question.values
    earliest = validation_period_end(
        sent, assumed_days=int(values["assumed_days"]), period_days=int(values["period_days"])
    )
    return Answer(
        printed < earliest, f"Sent {sent}, the period can't end before {earliest}; the notice says {printed}."
    )


@check("limitation", values={"years": Stricter.LESS}, how=("restarted_by", "is_final"))
def limitation(question: Question) -> Answer | None:
    """The claim isn't barred by time on the day judged, unless it was acknowledged after the expiry.

    how: restarted_by: what begins the period again: demand (of the contacts on file that reached the debtor), payment and
    acknowledgement (both by the answer restarted_on); is_final: no acknowledgement after the expiry brings the claim back.
    """
    due = question.need_day("due_on")
    restarted = _days(question, "restarted_on") + _demanded_on(question)
    expiry = limitation_expiry(due, restarted, int(question.values["years"]))
    acknowledged = [day for day in _days(question, "acknowledged_on") if day <= question.today]
    detail = f"The claim fell due on {due}; the period runs until {expiry}."
    if question.today <= expiry:
        return Answer(False, detail)
    if acknowledged and not question.rule.how.get("is_final"):
        return Answer(False, f"{detail} It was acknowledged after that, on {max(acknowledged)}.")
    return Answer(True, detail)


def _demanded_on(question: Question) -> tuple[date, ...]:
    if "demand" not in question.rule.how.get("restarted_by", ()):
        return ()
    before = [one for one in question.facts.contacts if one.at <= question.at]
    return days_of_demands(before, question.facts.person.zones, debts=question.proposal.debts)


def _days(question: Question, name: str) -> tuple[date, ...]:
    found = question.find(name)
    if found is None:
        return ()
    if isinstance(found, date):
        return (found,)
    if not isinstance(found, tuple):
        raise Missing(name)
    return tuple(date.fromisoformat(one) for one in found)


@check("payment_order", values={"order": Stricter.AS_WRITTEN}, how=("unless_agreed",))
def payment_order(question: Question) -> Answer | None:
    """A payment meets the components in the law's order, unless another was agreed (answer `agreed_order`).

    Answers: payment, owed and applied: amounts in minor units by component.
    """
    owed, applied = question.need_amounts("owed"), question.need_amounts("applied")
    left = question.need("payment")
    if isinstance(left, bool) or not isinstance(left, int):
        raise Missing("payment")
    agreed = question.find("agreed_order")
    order = agreed if isinstance(agreed, tuple) and question.rule.how.get("unless_agreed") else question.values["order"]
    expected = {}
    for component in order:
        expected[component] = min(left, owed.get(component, 0))
        left -= expected[component]
    wrong = [name for name, amount in expected.items() if applied.get(name, 0) != amount]
    told = ", ".join(f"{name} {amount}" for name, amount in expected.items())
    return Answer(bool(wrong), f"In that order it meets: {told}.")


@check("class_by_days", values={"from_days": Stricter.AS_WRITTEN, "excused_days": Stricter.LESS}, how=("excused_by",))
def class_by_days(question: Question) -> Answer | None:
    """A loan is put into a class no better than its days past due ask for.

    values: from_days: the first day of each class, mildest first. excused_by: answers that leave a loan in the mildest, for as
    many days past due as excused_days says.
    """
    days, given = question.need("days_past_due"), str(question.need("class"))
    edges: Mapping[str, int] = question.values["from_days"]
    if isinstance(days, bool) or not isinstance(days, int):
        raise Missing("days_past_due")
    names = list(edges)
    fits = [name for name in names if days >= edges[name]]
    due = fits[-1] if fits else names[0]
    excused = any(question.find(name) is True for name in question.rule.how.get("excused_by", ()))
    if excused and days <= int(question.values["excused_days"]):
        due = names[0]
    if given not in names:
        raise Missing("class")
    return Answer(names.index(given) < names.index(due), f"{days} days past due is {due}; it is to be {given}.")


@check(
    "arrears_notice",
    values={
        "days": Stricter.LESS,
        "months_between": Stricter.LESS,
        "payments": Stricter.LESS,
        "weekly_payments": Stricter.LESS,
    },
    how=("ended_by",),
)
def arrears_notice(question: Question) -> Answer | None:
    """A notice of sums in arrears is given in time (CCA 1974 s.86B): first within 14 days beginning with the day on which
    its conditions were met, then at most six months apart.

    One that is late is still given, and looked at (see in_time). how: ended_by: answers that end the duty. Answers: shortfall_in_payments and payments_are_weekly, conditions_met_on;
    last_notice_on; done on the day judged.
    """
    if any(question.find(name) is True for name in question.rule.how.get("ended_by", ())):
        return Answer(False, "The duty to give notices of sums in arrears has ended.")
    if (last := question.find("last_notice_on")) is not None:
        day = question.need_day("last_notice_on")
        limit = arrears_notice_due_by(question.values, conditions_met_on=day, last_notice_on=day)
        return due_by(limit, question.today, f"The last notice was given on {last}; the next is due by {limit}.")
    shortfall = question.find("shortfall_in_payments")
    if shortfall is not None and isinstance(shortfall, int):
        least = int(question.values["weekly_payments" if question.find("payments_are_weekly") is True else "payments"])
        if shortfall < least:
            return Answer(False, f"The shortfall is {shortfall} payments; the duty begins with {least}.")
    met = question.need_day("conditions_met_on")
    limit = arrears_notice_due_by(question.values, conditions_met_on=met)
    return due_by(limit, question.today, f"The conditions were met on {met}; the notice is due by {limit}.")
