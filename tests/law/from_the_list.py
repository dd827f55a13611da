"""Deadlines, figures and retention, judged a second time from the sentences of the list of conduct rules, and from nothing else.

Each sentence has its own numbers, typed from the list, and its own arithmetic: days are walked one by one, and fractions compared as whole
numbers. It names the rule that must say the same, and draws what the rule asks at, below and above its line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Drawn:
    """What is asked of the gate, and whether the sentence stands against it."""

    answers: Mapping[str, Any]
    stands_against: bool
    on: date = date(2026, 6, 10)


@dataclass(frozen=True)
class Sentence:
    """says: as the list has it. place, actor, licence, product, act, letter: of whom and what it speaks."""

    alias: str
    rule: str
    says: str
    place: str
    act: str
    draw: Callable[[Random], Drawn]
    actor: str = "creditor"
    licence: str = "bank"
    product: str = "loan"
    letter: str = ""


def walked(start: date, days: int) -> date:
    for _ in range(abs(days)):
        start += ONE_DAY if days > 0 else -ONE_DAY
    return start


def some_day(dice: Random) -> date:
    """Any day of some years, often at the end of a month; never 29 February, of which anniversaries are in doubt."""
    day = walked(date(2026, 1, 1), dice.randrange(900))
    if dice.random() < 0.3:
        while walked(day, 1).day != 1:
            day = walked(day, 1)
    return day if (day.month, day.day) != (2, 29) else walked(day, 1)


def about(dice: Random, line: int, far: int = 40) -> int:
    """A number at a line, one beside it, or far from it."""
    return max(0, line + dice.choice((-far, -2, -1, 0, 0, 1, 2, far)))


def done_within(start: str, days: int, done: str = "", **fixed: Any) -> Callable[[Random], Drawn]:
    """To be done no later than so many days after a day, which isn't counted."""

    def draw(dice: Random) -> Drawn:
        began, passed = some_day(dice), about(dice, days)
        on = walked(began, passed)
        return Drawn({start: began, **({done: on} if done else {}), **fixed}, passed > days, on)

    return draw


def not_sooner_than(start: str, days: int, done: str = "", **fixed: Any) -> Callable[[Random], Drawn]:
    """Not before so many days after a day, which isn't counted."""

    def draw(dice: Random) -> Drawn:
        began, passed = some_day(dice), about(dice, days)
        on = walked(began, passed)
        return Drawn({start: began, **({done: on} if done else {}), **fixed}, passed < days, on)

    return draw


def kept_for(start: str, years: int, **fixed: Any) -> Callable[[Random], Drawn]:
    """Not deleted before the same day so many years on."""

    def draw(dice: Random) -> Drawn:
        began = some_day(dice)
        end = date(began.year + years, began.month, began.day)
        off = dice.choice((-400, -30, -1, 0, 0, 1, 30, 400))
        on = walked(end, off)
        return Drawn({start: began, **fixed}, off < 0, on)

    return draw


def rate(hundredths: int) -> Fraction:
    """A rate from hundredths of a per cent."""
    return Fraction(hundredths, 10_000)


def together_at_most(names: tuple[str, ...], hundredths: int, **fixed: Any) -> Callable[[Random], Drawn]:
    """Rates that come together to no more than a limit, in hundredths of a per cent."""

    def draw(dice: Random) -> Drawn:
        total = about(dice, hundredths, 300)
        parts = [dice.randint(0, total) for _ in names[1:]] if len(names) == 2 else []
        rest = total
        shares = []
        for name in names[1:]:
            share = dice.randint(0, rest) if not parts else parts[0]
            shares.append((name, share))
            rest -= share
        answers = {names[0]: rate(rest), **{name: rate(share) for name, share in shares}}
        return Drawn({**answers, **fixed}, total > hundredths)

    return draw


def times_another(names: tuple[str, ...], of: str, times: tuple[int, int], **fixed: Any) -> Callable[[Random], Drawn]:
    """Rates that come together to no more than so many times (a fraction, over and under) another rate."""
    over, under = times

    def draw(dice: Random) -> Drawn:
        base = dice.randint(100, 1_800)
        total = about(dice, base * over // under, 150)
        rest, answers = total, {}
        for name in names[1:]:
            share = dice.randint(0, rest)
            answers[name], rest = rate(share), rest - share
        answers[names[0]] = rate(rest)
        return Drawn({**answers, of: rate(base), **fixed}, total * under > base * over)

    return draw


def amount_times(name: str, of: str, times: tuple[int, int], **fixed: Any) -> Callable[[Random], Drawn]:
    over, under = times

    def draw(dice: Random) -> Drawn:
        base = dice.randint(1, 500_000)
        amount = about(dice, base * over // under, 1_000)
        return Drawn({name: amount, of: base, **fixed}, amount * under > base * over)

    return draw


def number_at_most(name: str, most: int, **fixed: Any) -> Callable[[Random], Drawn]:
    def draw(dice: Random) -> Drawn:
        number = about(dice, most, 12)
        return Drawn({name: number, **fixed}, number > most)

    return draw


def six_months_or_fourteen_days(dice: Random) -> Drawn:
    """Section 86B: fourteen days beginning with the day on which the conditions are met, which is the first."""
    met, passed = some_day(dice), about(dice, 13)
    on = walked(met, passed)
    fixed = {"running_account": False, "payments_are_weekly": False, "shortfall_in_payments": 2}
    return Drawn({"conditions_met_on": met, **fixed}, passed > 13, on)


CLAIMED = ("claimed_interest_rate", "claimed_damages_rate", "claimed_fee_rate")
SENTENCES = (
    Sentence("CN-CREDIT-DISPUTE-20D", "cn/credit/dispute_answer", "answer in writing within 20 days of receipt", "CN", "answer_dispute", done_within("dispute_received_on", 20, dispute_is_about_report=True)),
    Sentence("US-REGF-VALIDATION-DEADLINE", "us/reg_f/validation/deadline", "in or no more than 5 days after the initial communication", "US-TX", "give_notice", done_within("initial_communication_on", 5, paid_in_full=False), actor="agency", letter="validation_notice"),
    Sentence("US-FCRA-NEG-NOTICE", "us/fcra/negative_notice", "before or within 30 days after", "US-TX", "give_notice", done_within("negative_information_furnished_on", 30), letter="negative_information_notice"),
    Sentence("UK-CCA-86B", "uk/cca/arrears_notice", "within 14 days beginning with the day conditions are met", "GB", "give_notice", six_months_or_fourteen_days, letter="arrears_notice"),
    Sentence("UK-CCA-88", "uk/cca/default_notice_date", "a date not less than 14 days after service", "GB", "give_notice", not_sooner_than("default_notice_served_on", 14, "default_notice_names", regulated_agreement=True), letter="default_notice"),
    Sentence("CN-EFFECTIVE-DEMAND", "cn/card/demands_apart", "two at least 30 days apart", "CN", "count_demand", not_sooner_than("first_demand_on", 30, "second_demand_on", is_second_demand=True), product="card"),
    Sentence("CN-PLAN-60M", "cn/card/plan_term", "no more than 5 years", "CN", "agree_plan", number_at_most("plan_months", 60), product="card"),
    Sentence("UK-CONC-7.6-CPA", "uk/conc/cpa_two_tries", "no third attempt after two failures", "GB", "take_payment", number_at_most("refused_payment_requests", 1, high_cost_short_term=True, takes_part_payment=False)),
    Sentence("CN-DAMAGES-30", "cn/civil_code/damages", "damages above 130 % of actual loss", "CN", "charge", amount_times("agreed_damages", "actual_loss", (13, 10), charge="damages")),
    Sentence("CN-PENALTY-50PCT", "cn/rates/overdue_uplift", "contract rate times at most 1.50", "CN", "charge", times_another(("overdue_rate",), "contract_rate", (3, 2), charge="overdue_interest", overdue_rate_agreed=True)),
    Sentence("CN-CAP-4LPR", "cn/private_lending/cap", "all together no more than 4 times the prime rate at the contract date", "CN", "charge", times_another(CLAIMED, "lpr_at_contract", (4, 1), charge="interest"), licence="none"),
    Sentence("CN-APR-24-ASSIST", "cn/rates/assisted_loans", "all-in no more than 24 %", "CN", "charge", together_at_most(CLAIMED, 2_400, charge="interest", platform_assisted=True, contract_on=date(2026, 1, 5))),
    Sentence("CN-MICRO-4LPR-2027", "cn/micro_loan/cap_24", "new contracts no more than 24 % now", "CN", "charge", together_at_most(CLAIMED, 2_400, charge="interest", contract_on=date(2026, 1, 5)), licence="micro_loan"),
    Sentence("CN-MICRO-4LPR-2027", "cn/micro_loan/cap_prime_rate", "no more than 4 times the prime rate from 2028", "CN", "charge", times_another(CLAIMED, "lpr_at_contract", (4, 1), charge="interest", contract_on=date(2028, 1, 5)), licence="micro_loan"),
    Sentence("TW-CARD-15PCT", "tw/card_rate", "no more than 15 %", "TW", "charge", together_at_most(("annual_rate",), 1_500), product="card"),
    Sentence("HK-RATE-48", "hk/rate_ceiling", "above 48 % unenforceable", "HK", "charge", together_at_most(("effective_rate",), 4_800, contract_on=date(2024, 1, 5))),
    Sentence("HK-RATE-36", "hk/rate_presumed_extortionate", "above 36 % presumed extortionate", "HK", "charge", together_at_most(("effective_rate",), 3_600, contract_on=date(2024, 1, 5))),
    Sentence("US-SCRA-6PCT", "us/scra", "no more than 6 % with fees during service", "US-TX", "charge", together_at_most(("annual_rate_with_fees",), 600, in_military_service=True, military_orders_received=True, debt_from_before_service=True)),
    Sentence("CN-CARD-REC-2Y", "cn/retention/card_recordings", "kept 2 years at least", "CN", "delete_record", kept_for("recorded_on", 2, record="recording"), product="card"),
    Sentence("CN-CFC-REC-5Y", "cn/retention/consumer_finance", "kept 5 years at least", "CN", "delete_record", kept_for("recorded_on", 5, record="collection_record"), licence="consumer_finance"),
    Sentence("US-REGF-RECORDS-3Y", "us/reg_f/records/recordings", "recordings 3 years after the call", "US-TX", "delete_record", kept_for("recorded_on", 3, record="recording"), actor="agency"),
    Sentence("US-REGF-RECORDS-3Y", "us/reg_f/records/collection", "3 years after the last activity", "US-TX", "delete_record", kept_for("last_collection_activity_on", 3, record="contact_log"), actor="agency"),
    Sentence("EU-NPL-SERVICER", "eu/npl/records", "records 5 years at least", "DE", "delete_record", kept_for("servicing_ended_on", 5, record="correspondence"), actor="debt_buyer"),
)  # fmt: skip
