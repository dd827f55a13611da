"""Times in which collection stops: what ends them, and what stays permitted inside."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from goodstanding.core.conduct.checks import Answer, Question, Stricter, check
from goodstanding.core.conduct.checks.times import answers_at_once
from goodstanding.core.conduct.facts import Act, Hold
from goodstanding.core.conduct.windows import start_of


@check(
    "hold",
    values={"permits": Stricter.FEWER_ITEMS, "days": Stricter.MORE},
    how=(
        "holds",
        "products",
        "to",
        "ended_by",
        "permitted_by",
        "flagged_by",
        "flag_other_debts",
        "payment_may_be_asked",
        "review",
        "one_reply",
        "counted_from",
        "asks",
    ),
    only_with="holds",
)
def hold(question: Question) -> Answer | None:
    """While a hold of this kind is on, only what the rule permits.

    values: permits: purposes that stay permitted (of contacts). days: how long it lasts where the hold names no end: so many whole
    days after the day it began on. counted_from: an answer (of the hold, or on file) whose day they are counted from instead; while
    nobody gave it, the hold goes on.
    how: holds: the kinds. products: only of debts of these; asked only once there is a hold. to: relations who may be contacted
    instead. ended_by: answers (of the hold, or on file) that end it. permitted_by: answers that permit it although the hold
    goes on, such as a court's permission. flagged_by: the same, but someone should look. flag_other_debts: so should they when
    the hold is on other debts only. payment_may_be_asked: in all that is permitted, or in these purposes. review: purposes that are permitted, but someone should
    look. one_reply: one answer to the person's own message is permitted. asks: an answer of permitted_by that nobody gave is missing.
    """
    kinds = question.rule.how["holds"]
    running = [one for one in question.facts.holds if one.kind in kinds and is_on(one, question)]
    on = [one for one in running if one.concerns(question.proposal.debts)]
    if not on:
        if running and question.rule.how.get("flag_other_debts"):
            return Answer(False, f"There is a hold on another debt ({_since(running[0])}).", flag=True)
        return None
    products = question.rule.how.get("products")
    if products and question.products.isdisjoint(products):
        return None
    others = bool(question.rule.how.get("flag_other_debts")) and any(
        not set(question.proposal.debts) <= set(one.debts) for one in running if one.debts
    )
    answers = [_in_hold(one, question) for one in on]
    broken = [one for one in answers if one.broken]
    if not broken:
        told = next((one for one in answers if one.flag), answers[0])
        return replace(told, flag=told.flag or others)
    known = [one.until for one in broken if one.until is not None]
    lacking = tuple(dict.fromkeys(name for one in broken for name in one.missing))
    return replace(broken[0], until=max(known) if len(known) == len(broken) else None, missing=lacking)


def _in_hold(one: Hold, question: Question) -> Answer:
    """What one hold that is on says: each is asked, since what permits it in one may not in another."""
    since = _since(one)
    if (permitted := _holding(question, one, "permitted_by")) is not None:
        return Answer(False, f"There is a hold ({since}), but {permitted} holds.")
    if (flagged := _holding(question, one, "flagged_by")) is not None:
        return Answer(False, f"There is a hold ({since}), but {flagged} holds.", flag=True)
    if question.proposal.act is Act.CONTACT and _is_permitted(question):
        purpose, review = question.proposal.purpose, question.rule.how.get("review", ())
        seen = purpose is not None and purpose.value in review
        return Answer(False, f"There is a hold ({since}), and this stays permitted in it.", flag=seen)
    if question.rule.how.get("asks") and (unknown := _unknown(question, one)):
        lacking = f"It can't be judged without: {', '.join(unknown)}."
        return Answer(True, lacking, until=end_of(one, question), missing=tuple(unknown))
    return Answer(True, f"There is a hold: {since}.", until=end_of(one, question))


def _since(one: Hold) -> str:
    return f"{one.kind.replace('_', ' ')} since {one.began_at:%Y-%m-%d %H:%M}"


def is_on(one: Hold, question: Question) -> bool:
    """Whether a hold has begun and hasn't ended: by itself, by so many days, or by an answer that ends it."""
    if one.began_at > question.at:
        return False
    end = end_of(one, question)
    return (end is None or question.at < end) and _holding(question, one, "ended_by") is None


def _holding(question: Question, one: Hold, which: str) -> str | None:
    for name in question.rule.how.get(which, ()):
        if one.given.get(name, question.find(name)) is True:
            return str(name)
    return None


def _unknown(question: Question, one: Hold) -> list[str]:
    """What might permit it and nobody answered."""
    names: list[str] = question.rule.how.get("permitted_by", [])
    return [name for name in names if one.given.get(name, question.find(name)) is None]


def end_of(one: Hold, question: Question) -> datetime | None:
    """The hold's own end, else that many whole days after the day it began on, or after the day they are counted from."""
    if one.until is not None or "days" not in question.values:
        return one.until
    zones = question.facts.person.zones
    start = _counted_from(one, question)
    if not zones or start is None:
        return None
    return start_of(start + timedelta(days=int(question.values["days"]) + 1), zones)


def _counted_from(one: Hold, question: Question) -> date | None:
    if (name := question.rule.how.get("counted_from")) is None:
        return question.day_of(one.began_at)
    found = one.given.get(name, question.find(name))
    if isinstance(found, datetime):
        return question.day_of(found)
    return found if isinstance(found, date) else None


def _is_permitted(question: Question) -> bool:
    proposal, how = question.proposal, question.rule.how
    if proposal.asks_for_payment and not _may_ask_to_pay(question):
        return False
    if question.facts.person.relation.value in how.get("to", ()):
        return True
    if proposal.purpose is not None and proposal.purpose.value in question.values.get("permits", ()):
        return True
    return bool(how.get("one_reply")) and answers_at_once(question)


def _may_ask_to_pay(question: Question) -> bool:
    allowed, purpose = question.rule.how.get("payment_may_be_asked", False), question.proposal.purpose
    if isinstance(allowed, bool):
        return allowed
    return purpose is not None and purpose.value in allowed
