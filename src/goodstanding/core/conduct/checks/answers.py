"""Rules on what is known by name: that something is so, is recent, keeps to a figure, is done in time, is kept long enough."""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from goodstanding.core.conduct.checks import Answer, Missing, Question, Stricter, check
from goodstanding.core.conduct.facts import Direction
from goodstanding.core.conduct.law_dates import ceiling, exact, kept_until
from goodstanding.core.conduct.law_days import HOLIDAYS, add_business_days, last_day_beginning_with, period_after
from goodstanding.core.conduct.windows import start_of
from goodstanding.core.rates import rate_text


def says(question: Question, name: str) -> bool:
    """Whether an answer is yes; "not x" turns it round. What nobody said is missing."""
    turned = name.startswith("not ")
    found = question.need(name.removeprefix("not "))
    return (found is True) is not turned


@check("required", values={}, how=("all_of", "any_of", "when"))
def required(question: Question) -> Answer | None:
    """Answers that must be yes: all of them, or one at least. when: only if these hold; else the rule has nothing to say."""
    how = question.rule.how
    if not all(says(question, name) for name in how.get("when", ())):
        return None
    lacking = [name for name in how.get("all_of", ()) if not says(question, name)]
    if lacking:
        return Answer(True, f"It must hold, and doesn't: {', '.join(lacking)}.")
    options = how.get("any_of", ())
    if options and not _any_says(question, options):
        return Answer(True, f"None of these holds: {', '.join(options)}.")
    return Answer(False, "What must hold does.")


def _any_says(question: Question, names: Iterable[str]) -> bool:
    """One yes is enough, whatever isn't known; without one, what isn't known is missing."""
    unknown: list[str] = []
    for name in names:
        try:
            if says(question, name):
                return True
        except Missing as one:
            unknown += one.names
    if unknown:
        raise Missing(*unknown)
    return False


@check("ruled_out", values={}, how=("any_of", "unless"))
def ruled_out(question: Question) -> Answer | None:
    """Not when one of these is known to hold, unless what excuses it does."""
    holds = [name for name in question.rule.how["any_of"] if question.find(name) is True]
    if not holds:
        return Answer(False, "Nothing that rules it out is known.")
    if any(question.find(name) is True for name in question.rule.how.get("unless", ())):
        return Answer(False, f"{', '.join(holds)}, but what excuses it holds.")
    return Answer(True, f"It is ruled out: {', '.join(holds)}.")


_PERIODS = {"days": Stricter.LESS, "months": Stricter.LESS, "years": Stricter.LESS}
_LONGER = {"days": Stricter.MORE, "months": Stricter.MORE, "years": Stricter.MORE}


@check("recent", values=_PERIODS, how=("any_of", "own_message"))
def recent(question: Question) -> Answer | None:
    """One of these days lies no further back than the period, and none ahead counts.

    how: any_of: answers that are days. own_message: a message of the person's own by such a channel, from the address used, is one.
    """
    days = [(name, question.find(name)) for name in question.rule.how["any_of"]]
    known = [(name, question.need_day(name)) for name, found in days if found is not None]
    known += [("the person's own message", day) for day in _own_messages(question)]
    if not known:
        raise Missing(*question.rule.how["any_of"])
    today = question.first_day_of(question.at)
    comes = min((day for _, day in known if day > today), default=None)
    zones = question.facts.person.zones
    until = start_of(comes, zones) if comes is not None and zones else None
    past = [one for one in known if one[1] <= today]
    if not past:
        return Answer(
            True, f"{known[0][0]} is {known[0][1]}, which is still to come: it proves nothing today.", until=until
        )
    name, last = max(past, key=lambda one: one[1])
    limit = period_after(last, question.values)
    detail = f"{name} was on {last}; that holds until {limit}."
    return Answer(question.today > limit, detail, until=until)


def _own_messages(question: Question) -> list[date]:
    channels, address = question.rule.how.get("own_message", ()), question.proposal.address
    return [
        question.first_day_of(one.at)
        for one in question.facts.contacts
        if one.direction is Direction.IN
        and one.person in ("", question.facts.person.id)
        and one.channel.value in channels
        and one.at <= question.at
        and (not address or one.address == address)
    ]


@check(
    "in_time",
    values={"days": Stricter.LESS, "months": Stricter.LESS, "years": Stricter.LESS},
    how=("from", "done", "counting", "holidays"),
)
def in_time(question: Question) -> Answer | None:
    """Done no later than so long from a day. done: the day it was or will be done; the day judged when left out.

    What is late is still done, for a duty that was broken isn't mended by leaving it: it isn't refused, and a person deals with the breach.
    counting: after (the day itself isn't counted), beginning_with (it is the first), business_days (holidays names which).
    """
    start = question.need_day(question.rule.how["from"])
    last = _last_day(question, start)
    done = _done(question)
    return due_by(last, done, f"Counted from {start}, the last day is {last}; it is {done}.")


def due_by(last: date, done: date, detail: str) -> Answer:
    """Whether a duty is done by its last day; the breach is named where it is late."""
    if done <= last:
        return Answer(False, detail)
    late = (done - last).days
    days = "1 day" if late == 1 else f"{late} days"
    return Answer(
        False,
        f"{detail} It is {days} late: the duty is broken. It is still done, and a person deals with the breach.",
        flag=True,
    )


def _last_day(question: Question, start: date) -> date:
    values, how = question.values, question.rule.how
    match how.get("counting", "after"):
        case "beginning_with":
            return last_day_beginning_with(start, int(values["days"]))
        case "business_days":
            return add_business_days(start, int(values["days"]), HOLIDAYS[how["holidays"]])
    return period_after(start, values)


def _done(question: Question) -> date:
    name = question.rule.how.get("done")
    return question.need_day(name) if name else question.today


@check("not_before", values=_LONGER, how=("from", "done", "counting", "holidays"))
def not_before(question: Question) -> Answer | None:
    """Not before so long after a day, which isn't counted ("not less than 14 days after"). done: as in in_time.

    counting: business_days as in in_time; clear_days: so many whole days lie between, so it is the day after them.
    """
    how = question.rule.how
    start = question.need_day(how["from"])
    counting = how.get("counting")
    if counting == "business_days":
        first = add_business_days(start, int(question.values["days"]), HOLIDAYS[how["holidays"]])
    else:
        first = period_after(start, question.values) + timedelta(days=counting == "clear_days")
    done = question.need_day(how["done"]) if "done" in how else question.first_day_of(question.at)
    zones = question.facts.person.zones
    until = start_of(first, zones) if zones and "done" not in how else None
    return Answer(done < first, f"Counted from {start}, the first day is {first}; it is {done}.", until=until)


_ANYWHERE = (ZoneInfo("Etc/GMT+12"),)
"""Where a day begins last: a record of a person of whom nobody knows the place is kept until it has begun there too."""


@check("keep_until", values=_LONGER, how=("from", "records"))
def keep_until(question: Question) -> Answer | None:
    """A record isn't deleted before so long after a day."""
    if str(question.need("record")) not in question.rule.how["records"]:
        return None
    start = question.need_day(question.rule.how["from"])
    keep = kept_until(question.values, start)
    zones = question.facts.person.zones or _ANYWHERE
    detail = f"It must be kept until {keep} ({question.rule.how['from']} was {start})."
    return Answer(question.first_day_of(question.at) < keep, detail, until=start_of(keep, zones))


@check("at_most", values={"most": Stricter.LESS, "times": Stricter.LESS}, how=("figures", "of", "kind"))
def at_most(question: Question) -> Answer | None:
    """The sum of some figures is no more than a limit: `most`, or `times` another figure (of).

    kind: rate, amount or number, for how it is told.
    """
    total, kind = _total(question), question.rule.how.get("kind", "number")
    limit = ceiling(question.values, _of(question))
    return Answer(total > limit, f"{_told(total, kind)} against a limit of {_told(limit, kind)}.")


def _total(question: Question) -> Fraction:
    return sum((_figure(question, name) for name in question.rule.how["figures"]), Fraction(0))


def _of(question: Question) -> Fraction | None:
    """The figure that the limit is counted by, if it is."""
    return _figure(question, question.rule.how["of"]) if "of" in question.rule.how else None


@check("at_least", values={"least": Stricter.MORE}, how=("figures", "kind"), needs=("least",))
def at_least(question: Question) -> Answer | None:
    """The sum of some figures is no less than a limit. kind: as in at_most."""
    total, kind = _total(question), question.rule.how.get("kind", "number")
    least = exact(question.values["least"])
    return Answer(total < least, f"{_told(total, kind)}, where at least {_told(least, kind)} is asked.")


def _figure(question: Question, name: str) -> Fraction:
    found = question.need(name)
    if isinstance(found, bool) or not isinstance(found, int | Fraction):
        raise Missing(name)
    return Fraction(found)


def _told(value: Fraction, kind: str) -> str:
    if kind == "rate":
        return f"{rate_text(value * 100)} %"
    return rate_text(value)
