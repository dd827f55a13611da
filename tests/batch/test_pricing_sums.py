"""The parts that pricing over tables is made of, each against the sum that core does by itself."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import numpy as np
import numpy.typing as npt
import pytest

from goodstanding.batch.offer_tables import LOANS, OFFERS, PAYMENTS, REFUSED, SCHEDULES
from goodstanding.batch.policies import EPOCH
from goodstanding.batch.pricing.adding import SUM_HEAVIEST, SUM_LEAST, SUM_SIZE, add_months, add_payments
from goodstanding.batch.pricing.correcting import correct
from goodstanding.batch.pricing.limits import months_until
from goodstanding.batch.pricing.tables import WORLD_PAYMENTS_AT, WORLD_PAYMENTS_N, WORLD_SIZE
from goodstanding.batch.pricing.worth import UNDECIDED, add_worths, worths_until
from goodstanding.batch.segments import Segment, joined, segment_of
from goodstanding.core.plans.guard_rails import _months_between
from goodstanding.core.plans.offers import OfferPayment
from goodstanding.core.plans.pricing import _corrected, present_value

Numbers = npt.NDArray[np.int64]
AS_OF = date(2026, 1, 31)


def day(one: date) -> int:
    return one.toordinal() - EPOCH


def table(payments: list[OfferPayment]) -> Numbers:
    rows = [[day(one.on), one.amount, one.arrears, one.contract, one.plan] for one in payments]
    return np.ascontiguousarray(np.array(rows, np.int64).reshape(len(rows), 5).T)


def some_payments(dice: Random, many: int) -> list[OfferPayment]:
    days = sorted(dice.sample(range(3000), many))
    parts = [[dice.choice((0, dice.randrange(1, 90_000))) for _ in range(3)] for _ in days]
    parts = [one if sum(one) else [1, 0, 0] for one in parts]
    return [OfferPayment(AS_OF + timedelta(days=on), sum(one), *one) for on, one in zip(days, parts, strict=True)]


@pytest.mark.parametrize("rate", [Fraction(0), Fraction("0.12"), Fraction("0.0725"), Fraction(12, 5)])
def test_a_present_value_is_cores_or_isnt_told(rate: Fraction) -> None:
    dice, told = Random(4), 0
    for _ in range(400):
        listed, left = some_payments(dice, dice.randrange(1, 40)), dice.choice((0, dice.randrange(10**7)))
        days = np.array([day(one.on) for one in listed], np.int64)
        found = np.empty(1, np.int64)
        many, lefts = np.array([len(listed)]), np.array([left])
        add_worths(
            table(listed), np.zeros(1, np.int64), many, lefts, worths_until(AS_OF, rate, days), day(AS_OF), found
        )
        told += found[0] != UNDECIDED
        dated = [(one.on, one.amount) for one in listed] + [(listed[-1].on, left)]
        assert found[0] in (UNDECIDED, present_value(AS_OF, dated, rate))
    assert told > 390


@pytest.mark.parametrize(("rate", "amount"), [(Fraction(12, 5), 3), (Fraction(0), 1 << 39)])
def test_a_half_and_an_amount_too_large_are_left_to_core(rate: Fraction, amount: int) -> None:
    """3 a month later at 20 % a month is worth 2.5 to the last digit, which no bound tells."""
    on, found = date(2026, 2, 28), np.empty(1, np.int64)
    worths = worths_until(AS_OF, rate, np.array([day(on)]))
    one = table([OfferPayment(on, amount, amount, 0)])
    add_worths(one, np.zeros(1, np.int64), np.ones(1, np.int64), np.zeros(1, np.int64), worths, day(AS_OF), found)
    assert found.tolist() == [UNDECIDED]
    assert present_value(AS_OF, [(on, amount)], rate) == (3 if rate else amount)


def test_last_payments_are_corrected_as_core_corrects_them() -> None:
    dice = Random(5)
    for _ in range(500):
        listed, to_contract = some_payments(dice, dice.randrange(1, 6)), dice.random() < 0.5
        total = sum(one.amount for one in listed)
        by = dice.choice((dice.randrange(1, 10**5), -dice.randrange(1, total + 2), -listed[-1].amount))
        ours, many = table(listed), np.array([len(listed)])
        correct(ours, np.zeros(1, np.int64), many, np.array([by]), np.array([int(to_contract)]))
        expected = table(list(_corrected(tuple(listed), by, to_contract=to_contract)))
        assert ours[:, : many[0]].tolist() == expected.tolist()


def test_months_until_a_day_are_cores() -> None:
    dice = Random(6)
    for _ in range(50):
        start = AS_OF + timedelta(days=dice.randrange(400))
        ends = [start + timedelta(days=dice.randrange(-40, 2000)) for _ in range(60)]
        found = months_until(start, np.array([day(one) for one in ends], np.int64))
        assert found.tolist() == [_months_between(start, one) for one in ends]


def test_the_least_payment_and_the_heaviest_month_are_of_calendar_months() -> None:
    days = [(date(2026, 2, 3), 70, 30), (date(2026, 2, 28), 40, 0), (date(2026, 3, 1), 90, 85)]
    listed = [OfferPayment(on, amount, amount - contract, contract) for on, amount, contract in days]
    worlds, sums = np.zeros((WORLD_SIZE, 1), np.int64), np.zeros((SUM_SIZE, 1), np.int64)
    worlds[WORLD_PAYMENTS_AT], worlds[WORLD_PAYMENTS_N] = 0, len(listed)
    after = np.array([[day(date(2026, 3, 30)), day(date(2026, 4, 2))], [19, 111]])
    least = []
    for contract_too in (1, 0):
        add_payments(table(listed), worlds, contract_too, sums)
        least.append(sums[SUM_LEAST, 0])
    assert least == [40, 5]
    for many, heaviest in ((0, 110), (1, 110), (2, 111)):
        add_months(table(listed), worlds, after, np.array([many]), sums)
        assert sums[SUM_HEAVIEST, 0] == heaviest


def test_segments_without_loans_make_tables_without_rows() -> None:
    nothing = segment_of([])
    assert not any(one.num_rows for one in joined([]).values())
    assert not any(one.num_rows for one in joined([nothing, nothing]).values())
    assert isinstance(nothing, Segment)
    assert set(nothing.tables) == {LOANS, OFFERS, PAYMENTS, SCHEDULES, REFUSED}
