"""Hours of the day in which a person may be contacted, and what the person wished of them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from goodstanding.core.conduct.checks import Answer, Question, Stricter, check
from goodstanding.core.conduct.facts import Direction, Preference, Wish
from goodstanding.core.conduct.windows import DAY, clock_text, is_within, minutes_of, opens_after, utc


@check(
    "hours",
    values={"from": Stricter.MORE, "to": Stricter.LESS},
    needs=("from", "to"),
    how=("agreed_hours_extend", "one_reply"),
    needs_zone=True,
)
def hours(question: Question) -> Answer | None:
    """Within the hours, in every zone where the person may be.

    how: agreed_hours_extend: hours the person agreed to are permitted too. one_reply: one answer in the same medium is
    permitted to a person who writes at another hour.
    """
    start, end = minutes_of(question.values["from"]), minutes_of(question.values["to"])
    spans = [(start, end), *(_agreed(question) if question.rule.how.get("agreed_hours_extend") else ())]
    window = f"{clock_text(start)} to {clock_text(end)}"
    shut = [
        zone for zone in question.facts.person.zones if not any(is_within(question.at, zone, *span) for span in spans)
    ]
    if not shut:
        plain = all(is_within(question.at, zone, start, end) for zone in question.facts.person.zones)
        told = window if plain else f"{window}, or hours that the person agreed to,"
        return Answer(False, f"It is within {told} wherever the person may be.")
    if question.rule.how.get("one_reply") and answers_at_once(question):
        return Answer(False, "It answers, once and in the same medium, a message that the person sent at this hour.")
    zone = shut[0]
    clock = question.at.astimezone(zone)
    detail = f"It is {clock:%H:%M:%S} in {zone.key}, outside {window}."
    return Answer(
        True, detail, until=max(min(opens_after(question.at, one, span[0]) for span in spans) for one in shut)
    )


def _agreed(question: Question) -> list[tuple[int, int]]:
    return [
        (one.from_time, one.to_time)
        for one in question.facts.consents
        if one.what == "hours"
        and one.from_time is not None
        and one.to_time is not None
        and one.from_time != one.to_time
        and one.stands(question.at)
        and one.covers(question.proposal.debts)
        and one.is_for(question.proposal.address)
    ]


def answers_at_once(question: Question) -> bool:
    """Whether it is the one answer, in the same medium, to a message of the person's own.

    What we sent that way in the same second may have been the answer, so it counts as one.
    """
    asked_at, channel = question.proposal.replies_to, question.proposal.channel
    if asked_at is None or utc(asked_at) > question.at:
        return False
    asked_at = utc(asked_at)
    theirs = ("", question.facts.person.id)
    since = [
        one
        for one in question.facts.contacts
        if asked_at <= one.at <= question.at and one.channel is channel and one.person in theirs
    ]
    asked = any(one.direction is Direction.IN and utc(one.at) == asked_at for one in since)
    return asked and not any(one.direction is Direction.OUT for one in since)


@check("wished_times", values={}, how=("one_reply",), needs_zone=True)
def wished_times(question: Question) -> Answer | None:
    """No contact at times the person asked to be left alone, from the moment the wish was received."""
    wishes = [one for one in question.facts.preferences if one.wish in _TIMES and one.in_force(question.at)]
    if not wishes:
        return None
    broken = [one for one in wishes if _is_against(one, question)]
    if not broken:
        return Answer(False, "The person has asked for other times; this isn't one of them.")
    if question.rule.how.get("one_reply") and answers_at_once(question):
        return Answer(False, "It answers, once and in the same medium, a message that the person sent at this hour.")
    wish = broken[0]
    span = f"{clock_text(wish.from_time)} to {clock_text(wish.to_time)}"
    asked = "asked not to be contacted" if wish.wish is Wish.NOT_AT_TIMES else "asked to be contacted only"
    detail = f"The person {asked} from {span}{_days(wish)} (received {wish.received_at:%Y-%m-%d %H:%M})."
    return Answer(True, detail, until=max(_over_at(one, question) for one in broken))


_TIMES = frozenset({Wish.NOT_AT_TIMES, Wish.ONLY_AT_TIMES})
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _days(wish: Preference) -> str:
    return f" on {', '.join(_WEEKDAYS[day] for day in sorted(wish.weekdays))}" if wish.weekdays else ""


def _is_against(wish: Preference, question: Question) -> bool:
    """In any zone; the end of a span whose time is shunned belongs to it, and both ends of one that is wished don't."""
    if wish.channels and question.proposal.channel not in wish.channels:
        return False
    shunned = wish.wish is Wish.NOT_AT_TIMES
    inside = [_is_inside(wish, question.at, zone) for zone in question.facts.person.zones]
    return any(inside) if shunned else not all(inside)


def _is_inside(wish: Preference, at: datetime, zone: ZoneInfo) -> bool:
    """Whether the wall clock of a zone stands in the span; of a shunned one both ends belong to it, of a wished one neither."""
    shut = wish.wish is Wish.NOT_AT_TIMES
    clock = at.astimezone(zone)
    today, yesterday = clock.weekday(), (clock.weekday() - 1) % 7
    seconds = clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1_000_000
    start, end = wish.from_time * 60, wish.to_time * 60
    late = seconds >= start if shut else seconds > start
    early = seconds <= end if shut else seconds < end
    if start >= end:  # over midnight: the part past it belongs to the day on which the span began
        return (late and _on(wish, today)) or (early and _on(wish, yesterday))
    if shut and seconds == 0 and wish.to_time == DAY and _on(wish, yesterday):
        return True  # the last second of a span that ends with its day
    return late and early and _on(wish, today)


def _on(wish: Preference, weekday: int) -> bool:
    return not wish.weekdays or weekday in wish.weekdays


def _over_at(wish: Preference, question: Question) -> datetime:
    edge = wish.to_time if wish.wish is Wish.NOT_AT_TIMES else wish.from_time
    shut = wish.wish is Wish.NOT_AT_TIMES
    return max(
        opens_after(question.at, zone, edge)
        for zone in question.facts.person.zones
        if _is_inside(wish, question.at, zone) is shut
    )
