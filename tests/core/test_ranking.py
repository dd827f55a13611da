"""Nothing is offered above what somebody can pay; what fits comes in an order that doesn't know yields."""

from collections import defaultdict
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.plans.affordability import NOT_KNOWN, Confidence, Flag, Means, own_word
from goodstanding.core.plans.offers import BreaksWhen, Change, Credit, Offer, OfferKind, OfferPayment, Stops
from goodstanding.core.plans.ranking import Choice, Proposal, Strain, choose

TODAY = date(2026, 11, 26)


def offer(*payments: tuple[date, int], kind: OfferKind = OfferKind.ARREARS_INSTALMENTS, left: int = 0) -> Offer:
    made = tuple(OfferPayment(on, amount, amount, 0) for on, amount in payments)
    total = sum(one.amount for one in made)
    return Offer(
        kind, "L", "CNY", TODAY, TODAY, made, total, 0, 0, Stops(), BreaksWhen(), Credit.IN_ARREARS, Change(TODAY), left
    )


def means(a_month: int | None, at_once: int = 0) -> Means:
    return Means(a_month, Confidence.MEDIUM, at_once)


SOON = offer((date(2026, 12, 10), 900), (date(2027, 1, 10), 900))
GENTLE = offer(*((date(2027, month, 10), 300) for month in range(1, 7)))
AT_ONCE = offer((date(2026, 12, 1), 1500), kind=OfferKind.SETTLEMENT)


def test_an_offer_that_leaves_room_comes_before_a_sooner_one_that_leaves_none() -> None:
    choice = choose([SOON, GENTLE, AT_ONCE], means(1000))
    assert [(one.offer, one.strain, one.heaviest_month) for one in choice.fitting] == [
        (GENTLE, Strain.EASY, 300),
        (SOON, Strain.TIGHT, 900),
    ]
    assert choice.too_much == ((AT_ONCE, 1500),)


def test_with_room_for_both_the_sooner_comes_first_and_then_the_cheaper() -> None:
    dearer = offer((date(2026, 12, 10), 900), (date(2027, 1, 10), 950))
    assert [one.offer for one in choose([GENTLE, dearer, SOON], means(2000)).fitting] == [SOON, dearer, GENTLE]


def test_two_payments_of_one_month_count_together() -> None:
    fortnightly = offer((date(2026, 12, 1), 300), (date(2026, 12, 15), 300), (date(2026, 12, 29), 300))
    assert choose([fortnightly], means(899)).fitting == ()
    assert choose([fortnightly], means(900)).fitting[0].heaviest_month == 900


def test_the_contracts_own_instalment_of_the_same_month_counts_beside_the_offer() -> None:
    then = replace(
        AT_ONCE,
        afterwards=(OfferPayment(date(2026, 12, 10), 700, 0, 700), OfferPayment(date(2027, 1, 10), 700, 0, 700)),
    )
    assert choose([then], means(2199)).fitting == ()
    assert choose([then], means(2200)).fitting[0].heaviest_month == 2200


def test_a_sum_set_aside_is_used_a_single_time() -> None:
    twice = offer((date(2026, 12, 1), 1500), (date(2027, 1, 1), 1500))
    assert choose([AT_ONCE, twice], means(1000, at_once=500)).fitting[0].offer is AT_ONCE
    assert choose([twice], means(1000, at_once=999)).fitting == ()
    assert choose([twice], means(1000, at_once=1000)).fitting[0].heaviest_month == 1000


def test_where_nothing_fits_that_is_said_with_help() -> None:
    expected = Choice((), ((SOON, 900), (GENTLE, 300)), 200, (Proposal.HARDSHIP_REVIEW, Proposal.DEBT_ADVICE))
    assert choose([SOON, GENTLE], means(100)) == expected
    assert choose([], means(100)) == Choice((), (), 0, (Proposal.HARDSHIP_REVIEW, Proposal.DEBT_ADVICE))


def test_without_known_means_all_are_shown_by_their_end() -> None:
    choice = choose([GENTLE, SOON, AT_ONCE], NOT_KNOWN)
    assert [one.offer for one in choice.fitting] == [AT_ONCE, SOON, GENTLE]
    assert {one.strain for one in choice.fitting} == {Strain.UNKNOWN}


def test_somebodys_word_counts_up_to_what_a_statement_leaves() -> None:
    assert own_word(800).a_month == 800
    assert own_word(800, means=means(1000)).a_month == 800
    above = own_word(1200, means=means(1000))
    assert (above.a_month, above.flags) == (1000, (Flag.ABOVE_BUDGET,))


days = st.dates(date(2026, 11, 27), date(2028, 1, 1))
payments = st.dictionaries(days, st.integers(1, 2000), min_size=1, max_size=20).map(lambda made: sorted(made.items()))


@given(st.lists(payments, max_size=6), st.integers(0, 3000), st.integers(0, 3000))
def test_no_month_of_an_offer_takes_more_than_there_is(
    plans: list[list[tuple[date, int]]], a_month: int, once: int
) -> None:
    offers = [offer(*plan) for plan in plans]
    choice = choose(offers, means(a_month, once))
    assert len(choice.fitting) + len(choice.too_much) == len(offers)
    for one in choice.fitting:
        months: dict[tuple[int, int], int] = defaultdict(int)
        for payment in one.offer.payments:
            months[payment.on.year, payment.on.month] += payment.amount
        assert sum(max(0, amount - a_month) for amount in months.values()) <= once
    for left_out, _heaviest in choice.too_much:
        months = defaultdict(int)
        for payment in left_out.payments:
            months[payment.on.year, payment.on.month] += payment.amount
        assert sum(max(0, amount - a_month) for amount in months.values()) > once
