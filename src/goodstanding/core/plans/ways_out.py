"""The ways out of a loan: each measure that the lender grants, drafted, held to the law and the guard rails, and priced.

`ways_out` asks an engine through its questions, so that one loan and a whole book go the same way.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from goodstanding.core.plans.guard_rails import (
    GuardRails,
    LegalLimit,
    Measure,
    draft_within,
    level_to_sign,
    may_be_drafted,
    offer_within,
)
from goodstanding.core.plans.measures.arrears_instalments import arrears_instalments
from goodstanding.core.plans.measures.deferral import deferral
from goodstanding.core.plans.measures.draft import Draft, Drafted, held_meets_all
from goodstanding.core.plans.measures.extension import extension
from goodstanding.core.plans.measures.ground import Ground, ground_of
from goodstanding.core.plans.measures.longer_term import longer_term
from goodstanding.core.plans.measures.lower_rate import lower_rate
from goodstanding.core.plans.measures.personal_plan import personal_plan
from goodstanding.core.plans.measures.re_age import re_age
from goodstanding.core.plans.measures.re_amortise import re_amortise
from goodstanding.core.plans.measures.settlement import settlement
from goodstanding.core.plans.measures.waiver import waiver
from goodstanding.core.plans.offers import IN_LETTERS, NotOffered, Offer, OfferKind, Position
from goodstanding.core.plans.pricing import Answer, Figures, Question, answered, priced, worlds_of


@dataclass(frozen=True, slots=True)
class WaysOut:
    """offers: in the order of the guard rails. not_offered: the rest, with why."""

    offers: tuple[Offer, ...]
    not_offered: tuple[NotOffered, ...]


AGREED = "agreed"
"""The rule of what isn't offered since something was agreed already."""
Asked = Generator[Sequence[Question], Sequence[Answer], WaysOut]


def ways_out(position: Position, rails: GuardRails, limits: Sequence[LegalLimit] = ()) -> Asked:
    """Yield questions until the ways out of a loan are known; which of them somebody can afford is `ranking.choose`'s to say."""
    ground = ground_of(position)
    worlds = worlds_of(ground)
    asking, found, number = [], dict[int, Offer | NotOffered](), 0
    for drafted in _drafts(ground, rails, tuple(limits)):
        if isinstance(drafted, Draft):
            asking.append((number, priced(ground, drafted, worlds, rails.terms)))
        else:
            found[number] = drafted
        number += 1
    # all drafts ask together, round by round
    waiting: list[
        tuple[int, Generator[Sequence[Question], Sequence[Answer], Offer | NotOffered], Sequence[Question]]
    ] = []
    for place, one in asking:
        _step(found, waiting, place, one, None)
    while waiting:
        answers = iter((yield [question for _, _, questions in waiting for question in questions]))
        now, waiting = waiting, []
        for place, one, questions in now:
            _step(found, waiting, place, one, [next(answers) for _ in questions])
    offers, refused = list[Offer](), list[NotOffered]()
    for place in range(number):
        judged = _judged(ground, found[place], rails)
        (offers if isinstance(judged, Offer) else refused).append(judged)  # type: ignore[arg-type]
    return WaysOut(tuple(offers), tuple(_once_each(refused)))


def _step(
    found: dict[int, Offer | NotOffered],
    waiting: list[tuple[int, Generator[Sequence[Question], Sequence[Answer], Offer | NotOffered], Sequence[Question]]],
    place: int,
    one: Generator[Sequence[Question], Sequence[Answer], Offer | NotOffered],
    answers: Sequence[Answer] | None,
) -> None:
    try:
        waiting.append((place, one, next(one) if answers is None else one.send(answers)))
    except StopIteration as done:
        found[place] = done.value


def answered_by(asked: Asked, figures: Figures) -> WaysOut:
    """Run the questions of one loan by an engine."""
    return answered(asked, figures)


def answered_together(asked: Sequence[Asked], figures: Figures) -> list[WaysOut]:
    """Run the questions of many loans by an engine, round by round; each is answered as if it had asked alone."""
    found: dict[int, WaysOut] = {}
    waiting = list(enumerate(asked))
    answers: dict[int, Sequence[Answer]] = {}
    while waiting:
        questions: dict[int, Sequence[Question]] = {}
        for place, one in waiting:
            try:
                questions[place] = one.send(answers[place]) if place in answers else next(one)
            except StopIteration as done:
                found[place] = done.value
        given = iter(figures([question for each in questions.values() for question in each]))
        answers = {place: [next(given) for _ in each] for place, each in questions.items()}
        waiting = [each for each in waiting if each[0] in questions]
    return [found[place] for place in range(len(asked))]


def nothing_beside(rails: GuardRails, why: str) -> WaysOut:
    """The ways out of a loan of which something was agreed that speaks against another offer: none, each measure with why."""
    kinds = dict.fromkeys(measure.kind for measure in rails.measures)
    return WaysOut((), tuple(NotOffered(kind, why, AGREED) for kind in kinds))


def for_letter(
    position: Position, rails: GuardRails, limits: Sequence[LegalLimit], figures: Figures
) -> tuple[Offer, ...]:
    """The ways out that a letter shows: the first of those meant for letters that nobody must sign, one of a kind.

    Nobody has said what they can pay, so the lender's order stands.
    """
    if not position.today.amount_to_cure:
        return ()
    meant = replace(rails, measures=tuple(one for one in rails.measures if one.in_letter and one.kind in IN_LETTERS))
    found: dict[OfferKind, Offer] = {}
    for offer in answered_by(ways_out(position, meant, limits), figures).offers:
        if offer.needs_sign_off is None:
            found.setdefault(offer.kind, offer)
    return tuple(found.values())[: rails.in_letter]


# -- which drafts -----------------------------------------------------------------------------------------------------

_MAKERS: dict[OfferKind, Callable[[Ground, Measure, int], Drafted]] = {
    OfferKind.ARREARS_INSTALMENTS: lambda ground, it, months: arrears_instalments(
        ground, months=months, rests=it.rests
    ),
    OfferKind.EXTENSION: lambda ground, it, _: extension(ground, bears_interest=it.bears_interest),
    OfferKind.DEFERRAL: lambda ground, it, months: deferral(ground, months=months, bears_interest=it.bears_interest),
    OfferKind.RE_AGE: lambda ground, it, _: re_age(ground, bears_interest=it.bears_interest),
    OfferKind.RE_AMORTISE: lambda ground, it, _: re_amortise(ground),
    OfferKind.LONGER_TERM: lambda ground, it, months: longer_term(ground, months=months),
    OfferKind.LOWER_RATE: lambda ground, it, months: lower_rate(ground, rate=it.rate or Fraction(0), months=months),
    OfferKind.WAIVER: lambda ground, it, _: waiver(ground, components=it.components, share=it.share or Fraction(1)),
    OfferKind.SETTLEMENT: lambda ground, it, parts: settlement(ground, share=it.share or Fraction(1), parts=parts),
    OfferKind.PERSONAL_PLAN: lambda ground, it, months: personal_plan(
        ground, months=months, bears_interest=it.bears_interest
    ),
}


def _drafts(ground: Ground, rails: GuardRails, limits: tuple[LegalLimit, ...]) -> Iterator[Drafted]:
    for measure in rails.measures:
        refused = may_be_drafted(ground, measure)
        if refused is not None:
            yield refused
            continue
        for months in measure.months or (0,):
            drafted = _MAKERS[measure.kind](ground, measure, months)
            if isinstance(drafted, Draft) and drafted.payments:
                yield draft_within(ground, drafted, rails, limits)
            elif isinstance(drafted, Draft):
                yield held_meets_all(measure.kind)
            else:
                yield drafted


# -- which offers -----------------------------------------------------------------------------------------------------


def _judged(ground: Ground, found: Offer | NotOffered, rails: GuardRails) -> Offer | NotOffered:
    if isinstance(found, NotOffered):
        return found
    refused = offer_within(ground, found, rails)
    if refused is not None:
        return refused
    level = level_to_sign(ground, found, rails)
    return found if level is None else replace(found, needs_sign_off=level)


def _once_each(refused: Sequence[NotOffered]) -> Iterator[NotOffered]:
    """The same sentence about the same measure isn't said twice."""
    yield from dict.fromkeys(refused)
