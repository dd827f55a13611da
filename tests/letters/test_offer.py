"""The letter that offers ways out says exactly what its offers say, and isn't written where one mustn't be shown."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused, List, texts
from goodstanding.core.plans.agreement import PlanPayment
from goodstanding.core.plans.offers import BreaksWhen, HowFar, Stops
from goodstanding.letters.compose import compose
from goodstanding.letters.examples import cn_loan
from goodstanding.letters.offer.golden.cases import FOR_LESS, IN_THREE, LONGER, TO_THE_END, offering
from goodstanding.letters.passages.way import runs_of


def written(facts: LetterFacts) -> LetterContent:
    content = compose("offer", facts, "en")
    assert isinstance(content, LetterContent), content
    return content


def keys_of(facts: LetterFacts) -> set[str]:
    parts = written(facts).parts
    return {key for part in parts for block in part.blocks if isinstance(block, List) for key in block.keys}


def refused(facts: LetterFacts) -> str:
    content = compose("offer", facts, "en")
    assert isinstance(content, LetterRefused)
    return content.reason


def one_offer(**changes: Any) -> LetterFacts:
    facts = offering(cn_loan("en"), IN_THREE)
    return replace(facts, offers=(replace(facts.offers[0], **changes),))


@pytest.mark.parametrize(
    ("changes", "key", "other"),
    [
        ({"against_today": 1_00}, "way.today_more", "way.today_same"),
        ({"against_today": -1_00}, "way.today_less", "way.today_same"),
        ({"against_nothing": -1}, "way.nothing_more", "way.nothing_less"),
        ({"against_nothing": 0}, "way.nothing_same", "way.nothing_less"),
        ({"left_after": 0}, "way.total", "way.settled"),  # an instalment of the contract lies beyond it
        ({"stops": Stops(HowFar.GOES_ON, HowFar.GOES_ON)}, "way.penalty_goes_on", "way.broken_charges"),
        (
            {"breaks_when": BreaksWhen(0, 0, contract_too=False)},
            "way.breaks_without_contract",
            "way.breaks_contract_too",
        ),
        ({"breaks_when": BreaksWhen(0, 1)}, "way.breaks_days", "way.breaks"),
    ],
)
def test_each_sentence_is_said_only_of_an_offer_of_which_it_is_true(
    changes: dict[str, Any], key: str, other: str
) -> None:
    keys = keys_of(one_offer(**changes))
    assert key in keys
    assert other not in keys


def test_nothing_is_said_of_credit_records_where_the_lender_does_not_report() -> None:
    facts = one_offer()
    silent = replace(facts, lender=replace(facts.lender, reports_to_credit_bureau=False))
    assert any(key.startswith("way.credit") for key in keys_of(facts))
    assert not any(key.startswith("way.credit") for key in keys_of(silent))


def test_what_all_offers_share_is_said_once() -> None:
    content = written(offering(cn_loan("en"), IN_THREE, TO_THE_END, LONGER))
    said = [text for _, text in texts(content)]
    assert sum(text.startswith("It is broken if") for text in said) == 1
    assert "each" in {part.key for part in content.parts}
    assert "each" not in {part.key for part in written(offering(cn_loan("en"), FOR_LESS)).parts}


def test_it_is_refused_where_an_offer_may_not_be_shown() -> None:
    facts = one_offer()
    (offer,) = facts.offers
    assert refused(replace(facts, offers=())) == "nothing_to_offer"
    assert refused(replace(facts, offers=(offer,) * 4)) == "too_many_offers"
    assert refused(one_offer(needs_sign_off="head of credit")) == "needs_sign_off"
    assert refused(one_offer(accept_by=facts.issued_on - timedelta(days=1))) == "days_disagree"
    assert refused(one_offer(as_of=offer.as_of - timedelta(days=1))) == "days_disagree"
    assert refused(one_offer(loan_id="another")) == "figures_disagree"
    assert refused(one_offer(total=offer.total + 1)) == "figures_disagree"


def test_payments_at_equal_distances_make_a_row() -> None:
    weekly = [PlanPayment(date(2027, 1, 1) + timedelta(days=7 * week), 50_00) for week in range(8)]
    month_ends = [PlanPayment(date(2027, month, day), 50_00) for month, day in enumerate((31, 28, 31, 30, 31), 1)]
    uneven = [PlanPayment(date(2027, 1, day), 50_00) for day in (1, 3, 4, 9, 12)]
    assert [len(run) for run in runs_of(weekly)] == [8]
    assert [len(run) for run in runs_of(month_ends)] == [5]
    assert [len(run) for run in runs_of(uneven)] == [1] * 5
    assert [len(run) for run in runs_of(weekly[:4])] == [1] * 4
