"""The letter of a plan says exactly what the plan is judged by, and holds what the law lists of a plan for card debt."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import event

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.policy import ArrearsPolicy, LateFee
from goodstanding.core.conduct.facts import Act, Acting, Actor, Debt, Facts, Person
from goodstanding.core.conduct.gate import judge
from goodstanding.core.conduct.verdict import Decision
from goodstanding.core.conduct.wording import letter_proposal
from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused, List, texts
from goodstanding.core.particulars import PlanAgreement, agreement_on, particulars_from_data
from goodstanding.core.plans.agreement import PlanPayment, terms_of
from goodstanding.core.plans.commitments_json import terms_from_data
from goodstanding.core.plans.measures.ground import ground_of
from goodstanding.core.plans.offers import Change, OfferPayment, Position
from goodstanding.core.plans.pricing import price_of
from goodstanding.law.loader import rules_for
from goodstanding.letters.compose import compose
from goodstanding.letters.examples import cn_loan, facts_of
from goodstanding.letters.offer.golden.cases import IN_THREE
from goodstanding.letters.plan_agreement.content import why_not_as_told
from goodstanding.letters.plan_agreement.golden.cases import CASES, SIGN_BY, agreed
from tests.core.known_loans import Known, on_any_loan
from tests.core.test_ways_out import offered


def case(name: str, **terms: Any) -> LetterFacts:
    facts = CASES[name][1]()
    assert isinstance(facts.particulars, PlanAgreement)
    told = facts.particulars
    return replace(facts, particulars=replace(told, terms=replace(told.terms, **terms)))


def told_of(facts: LetterFacts, **changes: Any) -> LetterFacts:
    assert isinstance(facts.particulars, PlanAgreement)
    return replace(facts, particulars=replace(facts.particulars, **changes))


def written(facts: LetterFacts, language: str = "en") -> LetterContent:
    content = compose("plan_agreement", facts, language)
    assert isinstance(content, LetterContent), content
    return content


def keys_of(facts: LetterFacts) -> set[str]:
    parts = written(facts).parts
    return {key for part in parts for block in part.blocks if isinstance(block, List) for key in block.keys}


def refused(facts: LetterFacts, language: str = "en") -> str:
    content = compose("plan_agreement", facts, language)
    assert isinstance(content, LetterRefused)
    return content.reason


@pytest.mark.parametrize(("name", "language"), [("zh_hans_card", "zh-Hans"), ("zh_hant_card", "zh-Hant")])
def test_the_plan_of_a_card_holds_every_item_that_the_law_lists(name: str, language: str) -> None:
    content, rules = written(case(name), language), rules_for(["cn"])
    proposal = replace(letter_proposal(content, rules), act=Act.AGREE_PLAN)
    about = {"beyond_means": True, "willing_to_repay": True, "plan_months": 24}
    facts = Facts(
        Acting(Actor.CREDITOR, "bank"),
        Person("reader"),
        debts={content.loan_id: Debt(content.loan_id, product="card")},
        given=about,
    )
    at = datetime(2026, 11, 23, 4, tzinfo=UTC)
    found = {one.rule: one.decision for one in judge(proposal, facts, rules, at).findings}
    assert found["cn/plan/text"] is Decision.ALLOWED

    silent = replace(proposal, items=(proposal.items or frozenset()) - {"no_new_card"})
    found = {one.rule: one.decision for one in judge(silent, facts, rules, at).findings}
    assert found["cn/plan/text"] is Decision.REFUSED


def test_it_says_what_the_plan_is_judged_by() -> None:
    exact = case("en_united_kingdom", tolerance_days=0, tolerance_amount=0)
    assert {"way.breaks", "way.breaks_contract_too"} <= keys_of(exact)
    assert not {"way.breaks_days", "way.breaks_amount"} & keys_of(exact)
    mild = case("en_united_kingdom", tolerance_days=5, tolerance_amount=12_34, contract_too=False)
    assert {"way.breaks_days", "way.breaks_amount", "way.breaks_without_contract"} <= keys_of(mild)
    said = " ".join(text for _, text in texts(written(mild)))
    assert "5 days after its date" in said
    assert "£12.34" in said


def test_withdrawing_and_signing_are_as_agreed() -> None:
    bound = case("en_united_kingdom")
    assert "rights.withdraw_until" in keys_of(bound)
    assert written(bound).parts[-1].detachable
    late = bound.issued_on + timedelta(days=15)
    over = replace(bound, issued_on=late, counted_up_to=late - timedelta(days=1))
    assert not any(key.startswith("rights.withdraw") for key in keys_of(over))
    assert not written(over).parts[-1].detachable
    unsigned = case("en_united_kingdom", needs_signature=True, sign_by=SIGN_BY)
    assert {"rights.sign_by", "rights.withdraw_within"} <= keys_of(unsigned)
    assert "7 December 2026" in written(unsigned).opening


def test_it_is_refused_where_it_would_say_what_is_not_so() -> None:
    facts = case("zh_hans_card")
    assert refused(told_of(facts, no_new_card=False), "zh-Hans") == "facts_missing"
    assert refused(told_of(facts, agreed_on=date(2026, 11, 22)), "zh-Hans") == "days_disagree"
    assert refused(told_of(facts, agreed_on=date(2026, 12, 8)), "zh-Hans") == "days_disagree"
    assert refused(case("zh_hans_card", sign_by=date(2026, 11, 22)), "zh-Hans") == "days_disagree"
    payments = facts.particulars.terms.payments  # type: ignore[union-attr]
    assert refused(case("zh_hans_card", payments=payments[:-1]), "zh-Hans") == "figures_disagree"


def test_its_facts_are_read_as_the_plan_s_own_file_is() -> None:
    terms = {
        "payments": [{"on": "2026-12-10", "amount": "900.00", "contract": "800.00"}],
        "worked_out_on": "2026-11-23",
        "accept_by": "2026-12-07",
        "zone": "Europe/London",
        "tolerance_days": 3,
    }
    data = {
        "kind": "settlement",
        "agreed_on": "2026-11-25",
        "terms": terms,
        "stops": {"penalty": "rests", "calls": "rests", "reports": "goes_on"},
        "credit": "settled_for_less",
        "against_today": "-12.50",
        "against_nothing": "30.00",
        "waived": "12.50",
    }
    told = particulars_from_data(PlanAgreement, data, "GBP")
    assert isinstance(told, PlanAgreement)
    assert told.terms == terms_from_data(terms, "GBP")
    assert (told.against_today, told.against_nothing, told.waived, told.left_after) == (-12_50, 30_00, 12_50, 0)


UNTRUE = {
    "it costs less than paying today": {"against_today": -999_00},
    "it costs less than paying nothing": {"against_nothing": 99_999_00},
    "nothing is left after it": {"left_after": 1},
    "something is given up": {"waived": 500_00},
}


@pytest.mark.parametrize("changes", UNTRUE.values(), ids=UNTRUE)
def test_a_plan_is_not_written_down_with_figures_that_do_not_follow(changes: dict[str, int]) -> None:
    assert refused(told_of(case("en_united_kingdom"), **changes)) == "figures_disagree"


def test_a_plan_beside_the_contract_neither_ends_late_interest_nor_makes_the_loan_up_to_date() -> None:
    facts = case("zh_hans_card")
    beside = told_of(case("zh_hans_card"))
    assert isinstance(facts.particulars, PlanAgreement) and isinstance(beside.particulars, PlanAgreement)
    assert facts.particulars.terms.change is not None and facts.particulars.terms.change.versions
    without = replace(facts.particulars.terms, change=None)
    content = compose("plan_agreement", told_of(facts, terms=without), "en")
    assert isinstance(content, LetterRefused) and content.reason == "figures_disagree"
    assert "nothing in its terms makes late interest ends" in content.detail
    assert "nothing in its terms lets the loan stand as restructured" in content.detail


def repriced(facts: LetterFacts, payments: tuple[PlanPayment, ...]) -> LetterFacts:
    """A plan of other payments, written by hand, with the figures that follow from them."""
    told = facts.particulars
    assert isinstance(told, PlanAgreement)
    change = told.terms.change or Change(told.terms.worked_out_on)
    told = replace(told, terms=replace(told.terms, payments=payments))
    then = assess(facts.loan, facts.policy, as_of=told.terms.worked_out_on)
    position = Position(facts.loan, facts.policy, then, told.terms.accept_by)
    made = tuple(OfferPayment(one.on, one.amount, one.amount - one.contract, one.contract) for one in payments)
    price = price_of(ground_of(position), change, made)
    told = replace(
        told,
        against_today=price.against_today,
        against_nothing=price.against_nothing,
        left_after=price.left_after,
    )
    return replace(facts, particulars=told)


def detail_of(facts: LetterFacts) -> tuple[str, str]:
    content = compose("plan_agreement", facts, "en")
    return (content.reason, content.detail) if isinstance(content, LetterRefused) else ("", "")


def test_a_plan_by_hand_that_leaves_something_past_due_between_its_payments_is_refused() -> None:
    facts = case("en_united_kingdom")
    assert isinstance(facts.particulars, PlanAgreement)
    first, second, third, last = facts.particulars.terms.payments
    assert detail_of(repriced(facts, (first, second, third, last))) == ("", "")

    # the instalment of November is put off to the end, and nothing in the terms moves it
    late = (second, third, replace(last, amount=last.amount + first.amount, contract=last.contract + first.contract))
    reason, why = detail_of(repriced(facts, late))
    assert reason == "leaves_past_due"
    assert why.startswith("Each payment made on its day, 808.21 would be past due on 2026-11-29, before the last one")
    assert "(contract)" in why

    # the contract's own instalments aren't listed: whoever keeps to the plan alone falls behind
    alone = tuple(replace(one, amount=one.amount - one.contract, contract=0) for one in (second, third, last))
    assert detail_of(repriced(facts, alone))[0] == "leaves_past_due"


def test_a_plan_by_hand_that_does_not_reach_the_arrears_is_refused() -> None:
    facts = case("en_united_kingdom")
    assert isinstance(facts.particulars, PlanAgreement)
    reason, why = detail_of(repriced(facts, facts.particulars.terms.payments[:-1]))
    assert reason == "leaves_past_due"
    assert "179.95 would be past due or due on 2027-01-28, after the last one" in why


def test_an_offer_of_the_day_on_which_grace_runs_out_can_be_agreed_on() -> None:
    """What it gives up are the charges that its pause lets fall, which no waiver of its terms names."""
    facts = cn_loan("en")
    policy = ArrearsPolicy(penalty_multiple=Fraction(3, 2), grace_days=12, late_fee=LateFee(flat=50_00, after_days=12))
    last_of_grace = facts_of(facts.loan, policy, facts.borrower, facts.lender)
    told = agreed(last_of_grace, IN_THREE)
    assert isinstance(told.particulars, PlanAgreement)
    assert told.particulars.waived == 57_83
    assert not (told.particulars.terms.change or Change(told.issued_on)).waivers
    assert "We give up CN¥57.83 of what you owe." in {text for _, text in texts(written(told))}
    assert refused(told_of(told, waived=57_84)) == "figures_disagree"


def test_more_than_is_owed_cannot_be_given_up() -> None:
    facts = case("en_united_states")
    assert isinstance(facts.particulars, PlanAgreement)
    terms = facts.particulars.terms
    assert terms.change is not None
    (*others, last) = terms.change.waivers
    generous = replace(terms.change, waivers=(*others, replace(last, amount=last.amount + 1_000_000_00)))
    told = replace(facts, particulars=replace(facts.particulars, terms=replace(terms, change=generous)))
    assert refused(told_of(told, waived=facts.particulars.waived + 1_000_000_00)) == "figures_disagree"


@on_any_loan(25)
def test_whatever_is_offered_can_be_agreed_on_in_writing(of: Known) -> None:
    facts = replace(CASES["en"][1](), loan=of.loan, policy=of.policy)
    for offer in offered(of.loan, of.policy, of.as_of).offers:
        event(offer.kind)
        told = agreement_on(offer, terms_of(offer, zone="UTC"), of.as_of)
        assert why_not_as_told(facts, told) is None, offer.kind
