"""Letters from a seed: invented people, each with a loan of their own of which one or two instalments are overdue."""

import random
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.lender import Lender
from goodstanding.core.letter import LetterFacts
from goodstanding.core.loan import Kind, Loan, Transaction
from goodstanding.core.party import Borrower
from goodstanding.core.plans.schedule import build_schedule
from goodstanding.core.plans.terms import Terms
from goodstanding.core.rates import AnnualRate
from goodstanding.letters.examples import (
    AS_OF,
    CN_POLICY,
    HARBOUR,
    HK_POLICY,
    QINGHE,
    THAMES,
    UK_POLICY,
    facts_of,
)

SEED = 20261123
KINDS: tuple[tuple[str, str, str, Lender, ArrearsPolicy], ...] = (
    ("zh-Hans", "CNY", "CN", QINGHE, CN_POLICY),
    ("zh-Hant", "HKD", "HK", HARBOUR, HK_POLICY),
    ("en", "GBP", "GB", THAMES, UK_POLICY),
)
_FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英玉梅建国志海云飞龙雪晨宇轩浩然子涵雨欣怡嘉琪俊熙梓睿思远博文"
_HK_FAMILY = "陳李黃張梁王劉林何吳羅鄭葉馬郭周謝鍾蔡朱潘許鄧彭蘇曾余盧蔣袁"
_HK_GIVEN = "嘉琪子軒俊傑詠詩家豪美玲志明慧敏偉強淑儀國華曉彤芷晴浩然文輝麗珍建業"
_ROADS = ("文三路", "中山北路", "人民南路", "科苑南路", "世纪大道", "解放西路", "建设大街", "长江中路")
_HK_ROADS = ("彌敦道", "英皇道", "軒尼詩道", "大河道", "沙田正街", "青山公路", "太子道西")
_FIRST = ("Siân", "Owen", "Amelia", "Rashid", "Zofia", "Callum", "Nia", "Tobias", "Grace", "Łukasz", "Priya", "Ewan")
_LAST = ("Pritchard", "Okafor", "Łukasiewicz", "Hughes", "Patel", "MacLeod", "Fernández", "Byrne", "Thornton", "Novák")
_STREETS = ("Cowley Road", "Mill Lane", "Station Road", "Kingsway", "Victoria Terrace", "Church Street")
_TOWNS = (("Oxford", "OX4 0AA"), ("Cardiff", "CF10 0AA"), ("Leeds", "LS1 0AA"), ("Truro", "TR1 0AA"))


def letters(count: int, first: int = 0) -> Iterator[tuple[str, LetterFacts]]:
    """Language and facts of so many letters, the three kinds in turn; the same number gives the same letter."""
    for number in range(first, first + count):
        yield letter(number)


def letter(number: int) -> tuple[str, LetterFacts]:
    dice = random.Random(f"{SEED} {number}")
    language, currency, country, lender, policy = KINDS[number % len(KINDS)]
    name, address = _person(dice, language)
    borrower = Borrower(f"B{number}", name, language, "", address, country)
    reference = f"261123-{number:05}-{dice.randrange(100_000):05}"
    loan = _loan(dice, f"L{number:09}", currency)
    return language, facts_of(loan, policy, borrower, lender, offers=("instalments",), reference=reference)


def _loan(dice: random.Random, loan_id: str, currency: str) -> Loan:
    months, overdue = dice.choice((6, 9, 12, 12, 18)), dice.choice((1, 1, 2))
    paid = dice.randrange(1, months - overdue)
    due_day, back = dice.randrange(1, 16), paid + overdue - 1
    first = _months_before(date(AS_OF.year, AS_OF.month, due_day), back)
    terms = Terms(
        dice.randrange(5_000, 500_000) * 10,
        AnnualRate(Fraction(dice.randrange(600, 2400), 10_000)),
        _months_before(first, 1),
        months,
        first,
    )
    schedule = build_schedule(terms)
    payments = tuple(
        Transaction(f"T{place:04}", Kind.PAYMENT, part.amount, part.due_on, part.due_on)
        for place, part in enumerate(schedule[:paid], 1)
    )
    return Loan(
        loan_id,
        currency,
        terms.principal,
        terms.disbursed_on,
        terms.annual_rate,
        schedule,
        payments,
        product="personal",
    )


def _months_before(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 - months
    return date(place // 12, place % 12 + 1, day.day)


def _person(dice: random.Random, language: str) -> tuple[str, tuple[str, ...]]:
    house = dice.randrange(1, 900)
    if language == "zh-Hans":
        name = dice.choice(_FAMILY) + "".join(dice.choices(_GIVEN, k=dice.choice((1, 2, 2))))
        return name, (f"浙江省杭州市西湖区{dice.choice(_ROADS)} {house} 号", f"{dice.randrange(310000, 311999)}")
    if language == "zh-Hant":
        name = dice.choice(_HK_FAMILY) + "".join(dice.choices(_HK_GIVEN, k=2))
        return name, (
            f"香港{dice.choice(_HK_ROADS)} {house} 號",
            f"{dice.randrange(2, 40)} 樓 {dice.choice('ABCDEF')} 室",
        )
    town, code = dice.choice(_TOWNS)
    return f"{dice.choice(_FIRST)} {dice.choice(_LAST)}", (f"{house} {dice.choice(_STREETS)}", town, code)
