"""Make the small Chinese sample book: 200 invented loans of an invented lender, as files that a spreadsheet opens.

    python scripts/make_qinghe_book.py samples

writes samples/qinghe/, which imports without a complaint, and samples/qinghe_with_errors/, in which every loan but one
shows a thing that sets a loan aside. Everything is invented. Each loan is told from day to day: what is paid is what the
engine says is owed on that day, so the histories are ones that could have happened. The same files come out every time.
What is in it: docs/reference/sample_books.md
"""

import csv
import random
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from goodstanding.core.arrears.assess import Assessment, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.dates import add_months
from goodstanding.core.loan import Component, Instalment, Kind, Loan, Pause, Transaction
from goodstanding.core.money import decimal_text, round_half_up
from goodstanding.core.plans.schedule import Method, Terms, build_schedule
from goodstanding.core.rates import AnnualRate, DayCount
from goodstanding.day.lender import read_lender

CUT_OFF = date(2026, 11, 23)
CURRENCY = "CNY"
ONE_DAY = timedelta(days=1)
DAILY = Fraction("0.0005")
LENDER_FOLDER = Path(__file__).resolve().parent.parent / "lender"

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚钟姜崔谭陆范汪廖石金贾夏付方邹熊白孟秦邱侯江尹薛闫段雷黎史龙陶贺顾毛郝龚邵万覃武钱戴严莫孔向常汤欧阳"
GIVEN_NAMES = (
    "伟 敏 静 磊 洋 艳 勇 军 杰 娟 涛 超 霞 平 刚 桂英 建国 秀兰 志强 海燕 晓明 丽娜 文博 子涵 浩然 雨桐 欣怡 思远 佳琪 梓萱"
    " 宇航 嘉豪 诗涵 俊杰 雪梅 春燕 国栋 玉珍 立新 红梅 建华 淑芬 志远 婷婷 鹏飞 晨曦 一鸣 若曦 云帆 慧敏 永康 冬梅 少华 巧玲"
    " 新宇 青松 丹丹 振宇 天佑 美玲 凤霞 小波 亚楠 翀 玥 堃 喆 珺 昱辰 旻 頔 翊帆 玥彤 靖堃 翀宇 彧 淼 骁 燚 垚"
).split()
TRADITIONAL_NAMES = (
    "陳嘉欣 黃志強 李穎彤 張家豪 林美鳳 吳國華 何詠詩 梁偉倫 鄭雅婷 蔡宗翰 許慧玲 楊俊賢 劉曉彤 謝文傑 郭淑儀 曾子軒 鄧麗華 馮景輝 葉倩儀"
    " 蘇建宏 潘曉琳 羅啟聰 周鳳儀 洪志偉 簡毓玲 賴冠廷 徐堃 歐陽翀 江玥 游堃霖 關穎珊 麥兆輝 龔麗娟 譚煒 余綺雯"
).split()
ENGLISH_NAMES = ("Daniel Okafor", "Maria Santos", "James Whitfield", "Priya Nair", "Anna Kowalska", "Thomas Reid")
CITIES = (
    "上海市浦东新区 杭州市西湖区 广州市天河区 成都市武侯区 武汉市江汉区 西安市雁塔区 苏州市姑苏区 长沙市岳麓区 南京市鼓楼区 重庆市渝中区"
    " 青岛市市南区 昆明市五华区 郑州市金水区 合肥市蜀山区 厦门市思明区"
).split()
TRADITIONAL_CITIES = "深圳市福田區 廣州市越秀區 珠海市香洲區 廈門市湖裡區 上海市徐匯區 東莞市南城區".split()

LOAN_COLUMNS = (
    "loan_id borrower_id product currency principal disbursed_on annual_rate rate_per_day day_count method instalments"
    " frequency first_due_on due_day lender_days_past_due lender_balance"
).split()
INSTALMENT_COLUMNS = "loan_id due_on principal interest fee minimum_payment".split()
TRANSACTION_COLUMNS = (
    "loan_id transaction_id kind amount effective_on booked_on reverses component instalment"
).split()
BORROWER_COLUMNS = "borrower_id name language country id_number".split()
CONTACT_COLUMNS = "borrower_id kind value".split()
PAUSE_COLUMNS = "loan_id from_on until_on stops_penalty stops_fees".split()


Row = dict[str, str]
Choice = TypeVar("Choice")


class Dice:
    """Chance that falls the same way every time, on any Python: only Random.random() is promised to stay as it is."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311  (a sample, not a secret)

    def between(self, least: int, most: int) -> int:
        return least + int(self._random.random() * (most - least + 1))

    def one_of(self, choices: Sequence[Choice]) -> Choice:
        return choices[self.between(0, len(choices) - 1)]

    def shuffled(self, items: Iterable[Choice]) -> list[Choice]:
        return [item for _, _, item in sorted((self._random.random(), place, item) for place, item in enumerate(items))]


# -- telling a loan from day to day -----------------------------------------------------------------------------


@dataclass
class Story:
    """A loan while its history is being told. terms: the columns it is made from; None: its rows are given."""

    loan: Loan
    policy: ArrearsPolicy
    dice: Dice
    terms: Terms | None = None
    row: Row = field(default_factory=dict)

    def post(
        self,
        kind: Kind,
        amount: int,
        day: date,
        *,
        booked_on: date | None = None,
        reverses: str | None = None,
        component: Component | None = None,
        instalment: int | None = None,
    ) -> str:
        """Write a transaction into the lender's ledger and return its id."""
        name = f"{self.loan.id}-{len(self.loan.transactions) + 1:02}"
        one = Transaction(name, kind, amount, day, booked_on or day, reverses, component, instalment)
        self.loan = replace(self.loan, transactions=(*self.loan.transactions, one))
        return name

    def standing(self, day: date) -> Assessment:
        return assess(self.loan, self.policy, as_of=day)

    def owed(self, day: date) -> int:
        """What must be paid on the day so that nothing is overdue after it, what falls due on the day included."""
        position = self.standing(day)
        return position.amount_to_cure + (position.next_due if position.next_due_on == day else 0)

    def pay_owed(self, day: date, *, booked_on: date | None = None) -> str:
        return self.post(Kind.PAYMENT, self.owed(day), day, booked_on=booked_on)

    def pay_on_time(self, up_to: int) -> None:
        """Pay the first `up_to` instalments, on the due date or a day or two before it, as most people do."""
        for part in self.loan.schedule[:up_to]:
            early = self.dice.one_of((0, 0, 0, 0, 1, 1, 2))
            if early and part.due_on - timedelta(days=early) > self.loan.disbursed_on:
                self.post(Kind.PAYMENT, part.amount, part.due_on - timedelta(days=early))
            else:
                self.pay_owed(part.due_on)


# -- instalment loans -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plot:
    """What becomes of a loan. days: how far the oldest unpaid due date lies back; below 1: that it is still to come."""

    count: int
    days: tuple[int, int]
    tell: Callable[[Story, int], None]
    least_paid: int = 0
    least_term: int = 3


def _pays(story: Story, paid: int) -> None:
    story.pay_on_time(paid)


def _pays_late_once(story: Story, paid: int) -> None:
    """One instalment came late, with its penalty interest."""
    story.pay_on_time(paid - 2)
    late = story.loan.schedule[paid - 2]
    story.pay_owed(late.due_on + timedelta(days=story.dice.between(5, 26)))
    story.pay_owed(story.loan.schedule[paid - 1].due_on)


def _pays_a_part(story: Story, paid: int) -> None:
    """Of the oldest unpaid instalment a part came, late."""
    story.pay_on_time(paid)
    part = story.loan.schedule[paid]
    day = min(part.due_on + timedelta(days=story.dice.between(4, 9)), CUT_OFF)
    story.post(Kind.PAYMENT, max(100_00, part.amount * story.dice.between(3, 7) // 10 // 100_00 * 100_00), day)


def _payment_bounces(story: Story, paid: int) -> None:
    """The direct debit of the oldest unpaid instalment was sent back three days later."""
    story.pay_on_time(paid)
    due_on = story.loan.schedule[paid].due_on
    payment = story.pay_owed(due_on)
    amount = story.loan.transactions[-1].amount
    story.post(Kind.REVERSAL, amount, due_on + timedelta(days=3), reverses=payment)


def _payment_is_booked_late(story: Story, paid: int) -> None:
    """A transfer that arrived in time was found, and booked, ten days later."""
    story.pay_on_time(paid - 1)
    due_on = story.loan.schedule[paid - 1].due_on
    story.pay_owed(due_on, booked_on=min(due_on + timedelta(days=10), CUT_OFF))


def _penalty_is_waived(story: Story, paid: int) -> None:
    """The lender gave up the penalty interest of an instalment paid late."""
    story.pay_on_time(paid - 2)
    late = story.loan.schedule[paid - 2]
    day = late.due_on + timedelta(days=story.dice.between(8, 20))
    position = story.standing(day)
    for component, amount in (
        (Component.PENALTY, position.penalty),
        (Component.COMPOUND, position.compound_interest),
    ):
        if amount:
            story.post(Kind.WAIVER, amount, day, component=component, instalment=late_number(story, late))
    story.pay_owed(day)
    story.pay_owed(story.loan.schedule[paid - 1].due_on)


def late_number(story: Story, part: Instalment) -> int:
    return story.loan.schedule.index(part) + 1


def _has_a_pause(story: Story, paid: int) -> None:
    """A payment holiday was granted after an illness; days in it don't count and nothing is charged for them."""
    story.pay_on_time(paid)
    due_on = story.loan.schedule[paid].due_on
    pause = Pause(due_on + timedelta(days=5), min(due_on + timedelta(days=35), CUT_OFF + timedelta(days=12)))
    story.loan = replace(story.loan, pauses=(pause,))


def _settles_early(story: Story, paid: int) -> None:
    """The whole loan was paid back before its end."""
    story.pay_on_time(paid)
    day = story.loan.schedule[paid - 1].due_on + timedelta(days=story.dice.between(3, 12))
    story.post(Kind.PAYMENT, story.standing(day).payoff, day)


def _pays_ahead(story: Story, paid: int) -> None:
    """Two instalments more than due were paid in one go."""
    story.pay_on_time(paid - 2)
    ahead = story.loan.schedule[paid - 2 : paid]
    story.post(Kind.PAYMENT, sum(part.amount for part in ahead), story.loan.schedule[paid - 3].due_on + 6 * ONE_DAY)


def _leaves_a_trifle(story: Story, paid: int) -> None:
    """A rest of 30 fen stayed open: small enough to count as paid."""
    story.pay_on_time(paid - 1)
    due_on = story.loan.schedule[paid - 1].due_on
    story.post(Kind.PAYMENT, story.owed(due_on) - 30, due_on)


def _pays_twice_and_gets_it_back(story: Story, paid: int) -> None:
    story.pay_on_time(paid)
    part = story.loan.schedule[paid - 1]
    story.post(Kind.PAYMENT, part.amount, part.due_on + 2 * ONE_DAY)
    story.post(Kind.REFUND, part.amount, part.due_on + 6 * ONE_DAY)


def _is_written_off(story: Story, paid: int) -> None:
    """Written off after half a year; something came in later. It is still owed."""
    story.pay_on_time(paid)
    day = story.loan.schedule[paid].due_on + timedelta(days=181)
    story.post(Kind.CHARGE_OFF, story.standing(day).outstanding_principal, day)
    story.post(Kind.RECOVERY, 1_200_00, day + timedelta(days=24))


INSTALMENT_PLOTS = (
    Plot(52, (-30, -1), _pays),
    Plot(2, (0, 0), _pays),
    Plot(8, (-30, -1), _pays_late_once, least_paid=2),
    Plot(5, (1, 3), _pays),
    Plot(11, (4, 30), _pays),
    Plot(7, (31, 60), _pays),
    Plot(6, (61, 90), _pays),
    Plot(6, (91, 170), _pays),
    Plot(6, (12, 75), _pays_a_part),
    Plot(3, (4, 40), _payment_bounces),
    Plot(3, (-25, -14), _payment_is_booked_late, least_paid=1),
    Plot(2, (-30, -1), _penalty_is_waived, least_paid=2),
    Plot(3, (18, 50), _has_a_pause),
    Plot(2, (-28, -15), _settles_early, least_paid=1, least_term=6),
    Plot(1, (-50, -36), _pays_ahead, least_paid=3, least_term=6),
    Plot(1, (-30, -1), _leaves_a_trifle, least_paid=1),
    Plot(1, (-24, -15), _pays_twice_and_gets_it_back, least_paid=1),
    Plot(1, (215, 230), _is_written_off, least_paid=1, least_term=12),
)


def instalment_loan(name: str, plot: Plot, policy: ArrearsPolicy, dice: Dice) -> Story:
    """Make a loan whose oldest unpaid due date lies where the plot wants it, and tell it."""
    oldest = CUT_OFF - timedelta(days=dice.between(*plot.days))
    while oldest.day > 28 and plot.days[0] != plot.days[1]:
        oldest = CUT_OFF - timedelta(days=dice.between(*plot.days))
    count = dice.one_of([term for term in (3, 6, 6, 9, 12, 12, 12, 18, 24, 24) if term >= plot.least_term])
    paid = dice.between(plot.least_paid, max(plot.least_paid, count - 1))
    first_due_on = add_months(oldest, -paid)
    terms = Terms(
        principal=dice.between(3, 60) * 1000_00,
        annual_rate=AnnualRate(
            Fraction(dice.one_of((720, 900, 1080, 1260, 1440, 1560, 1800)), 10_000), DayCount.ACT_360
        ),
        disbursed_on=add_months(first_due_on, -1) - dice.between(0, 6) * ONE_DAY,
        instalments=count,
        first_due_on=first_due_on,
        method=Method.EQUAL_PRINCIPAL if dice.between(1, 3) == 1 else Method.ANNUITY,
    )
    loan = Loan(
        name,
        CURRENCY,
        terms.principal,
        terms.disbursed_on,
        terms.annual_rate,
        build_schedule(terms),
        product="cn_instalment",
    )
    # Half of the loans say their terms, the other half bring their rows: both are ways to give a book.
    story = Story(loan, policy, dice, terms if dice.between(0, 1) else None)
    plot.tell(story, paid)
    return story


# -- accounts with a monthly bill -------------------------------------------------------------------------------


def _carried(story: Story, day: date) -> int:
    """What stands on the bills above what is overdue of them: it bears interest, which the next bill asks for."""
    total = 0
    for part, position in zip(story.loan.schedule, story.standing(day).instalments, strict=True):
        still_open = position.open.principal + position.open.interest
        short = max(0, min(part.minimum or 0, part.amount) - (part.amount - still_open))
        total += still_open - short
    return total


def carried_interest(story: Story, start: date, end: date) -> int:
    """0.05 % for each night of [start, end) on what is carried; rounded once."""
    days = sorted(
        {start, end, *(one.effective_on for one in story.loan.transactions if start < one.effective_on < end)}
    )
    nights = sum(_carried(story, first) * (last - first).days for first, last in pairwise(days))
    return round_half_up(nights * DAILY)


def _bill(story: Story, due_on: date) -> None:
    """Add the next bill: what was newly drawn, and interest on what was carried; a tenth of it must be paid."""
    interest = carried_interest(story, story.loan.schedule[-1].due_on, due_on) if story.loan.schedule else 0
    drawn = story.dice.between(120_00, 3_600_00)
    asked = drawn + interest
    minimum = min(asked, max(10_00, round_half_up(Fraction(asked, 10))))
    story.loan = replace(
        story.loan,
        principal=story.loan.principal + drawn,
        schedule=(*story.loan.schedule, Instalment(due_on, drawn, interest, minimum=minimum)),
    )


Behaviour = Callable[[Story], None]


def full(story: Story) -> None:
    """Pay all that the bills ask for, on the due date."""
    bill = story.loan.schedule[-1]
    rest = sum(one.open.principal + one.open.interest for one in story.standing(bill.due_on).instalments)
    story.post(Kind.PAYMENT, rest + story.standing(bill.due_on).penalty, bill.due_on)


def least(story: Story) -> None:
    """Pay the minimum of this bill, and say that it is for this bill."""
    bill = story.loan.schedule[-1]
    story.post(Kind.PAYMENT, bill.minimum or 0, bill.due_on, instalment=len(story.loan.schedule))


def late(story: Story) -> None:
    """Pay what is overdue, with its penalty interest, some days late."""
    day = story.loan.schedule[-1].due_on + timedelta(days=story.dice.between(2, 9))
    overdue = story.standing(day)
    story.post(Kind.PAYMENT, overdue.amount_to_cure, day, instalment=len(story.loan.schedule))


def nothing(story: Story) -> None:
    """Don't pay."""


def a_part(story: Story) -> None:
    bill = story.loan.schedule[-1]
    amount = (bill.minimum or 0) * story.dice.between(3, 6) // 10
    story.post(Kind.PAYMENT, amount, bill.due_on, instalment=len(story.loan.schedule))


def bounced(story: Story) -> None:
    full(story)
    payment = story.loan.transactions[-1]
    story.post(Kind.REVERSAL, payment.amount, payment.effective_on + 2 * ONE_DAY, reverses=payment.id)


def booked_late(story: Story) -> None:
    full(story)
    payment = story.loan.transactions[-1]
    told = replace(payment, booked_on=min(payment.effective_on + 9 * ONE_DAY, CUT_OFF))
    story.loan = replace(story.loan, transactions=(*story.loan.transactions[:-1], told))


def waived(story: Story) -> None:
    """The penalty interest of a few days was given up, the rest of the bill paid."""
    day = story.loan.schedule[-1].due_on + 5 * ONE_DAY
    penalty = story.standing(day).penalty
    if penalty:
        story.post(Kind.WAIVER, penalty, day, component=Component.PENALTY, instalment=len(story.loan.schedule))
    story.post(Kind.PAYMENT, story.standing(day).payoff, day)


@dataclass(frozen=True)
class BillPlot:
    """ending: what is done with the last bills; before them each bill is met in one of the `usual` ways."""

    count: int
    usual: tuple[Behaviour, ...]
    ending: tuple[Behaviour, ...] = ()


BILL_PLOTS = (
    BillPlot(34, (full,)),
    BillPlot(12, (full, least, least)),
    BillPlot(4, (full, full), (late, full)),
    BillPlot(10, (full, full, least), (nothing,)),
    BillPlot(4, (full, least), (a_part,)),
    BillPlot(6, (full, least), (nothing, nothing)),
    BillPlot(3, (full,), (nothing, nothing, nothing)),
    BillPlot(3, (full, full, least), (nothing, nothing, nothing, nothing)),
    BillPlot(1, (full,), (bounced,)),
    BillPlot(1, (full,), (booked_late,)),
    BillPlot(2, (full,), (waived,)),
)


def bill_account(name: str, plot: BillPlot, policy: ArrearsPolicy, dice: Dice) -> Story:
    """Open an account, write its bills and let each be met as the plot says."""
    due_day = dice.one_of((8, 10, 20))
    bills = dice.between(len(plot.ending) + 2, 10)
    first = add_months(date(2026, 11, due_day), 1 - bills)
    loan = Loan(
        name,
        CURRENCY,
        0,
        add_months(first, -1) + dice.between(0, 9) * ONE_DAY,
        AnnualRate.from_daily(DAILY),
        (),
        product="cn_bill",
    )
    story = Story(loan, policy, dice)
    before = [dice.one_of(plot.usual) for _ in range(bills - len(plot.ending))]
    for place, meet in enumerate([*before, *plot.ending]):
        _bill(story, add_months(first, place))
        meet(story)
    return story


# -- people -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    name: str
    language: str
    id_number: str
    contact_points: tuple[tuple[str, str], ...]


def people(dice: Dice, count: int) -> list[Person]:
    """Invent people: most write simplified Chinese, 35 traditional, 6 English; no two have the same name."""
    simplified: dict[str, None] = {}
    while len(simplified) < count - len(TRADITIONAL_NAMES) - len(ENGLISH_NAMES):
        simplified[dice.one_of(SURNAMES) + dice.one_of(GIVEN_NAMES)] = None
    named = [
        *((name, "zh-Hans") for name in simplified),
        *((name, "zh-Hant") for name in TRADITIONAL_NAMES),
        *((name, "en") for name in ENGLISH_NAMES),
    ]
    return [_person(number, name, language, dice) for number, (name, language) in enumerate(dice.shuffled(named), 1)]


def _person(number: int, name: str, language: str, dice: Dice) -> Person:
    """Numbers that nobody has: no local number begins with 0, and example.com is kept free for examples (RFC 2606)."""
    house, block, flat = dice.between(1, 998), dice.between(1, 30), dice.between(1, 24) * 100 + dice.between(1, 6)
    if language == "zh-Hant":
        postal = f"{dice.one_of(TRADITIONAL_CITIES)}示例路 {house} 號 {block} 棟 {flat} 室"
    elif language == "en":
        postal = f"Room {flat}, Block {block}, {house} Shili Road / Pudong New Area / Shanghai"
    else:
        postal = f"{dice.one_of(CITIES)}示例路 {house} 号 {block} 栋 {flat} 室"
    points = [("postal", postal), ("phone", f"+86 10 0000 {number:04}")]
    if dice.between(0, 2):
        points.append(("email", f"qh{number:04}@example.com"))
    return Person(name, language, "" if language == "en" else id_number(dice), tuple(points))


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(dice: Dice) -> str:
    """An identity number whose check digit is right (GB 11643) and whose place, 990000, doesn't exist."""
    born = date(1962, 1, 1) + timedelta(days=dice.between(0, 42 * 365))
    digits = f"990000{born:%Y%m%d}{dice.between(1, 999):03}"
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """The last place of an identity number (GB 11643-1999, ISO 7064 MOD 11-2).

    >>> check_digit("11010519491231002")
    'X'
    """
    return "10X98765432"[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True)) % 11]


# -- files ------------------------------------------------------------------------------------------------------


@dataclass
class Book:
    """The rows of the flat files, as text."""

    loans: list[Row] = field(default_factory=list)
    instalments: list[Row] = field(default_factory=list)
    transactions: list[Row] = field(default_factory=list)
    borrowers: list[Row] = field(default_factory=list)
    contact_points: list[Row] = field(default_factory=list)
    pauses: list[Row] = field(default_factory=list)


def text(amount: int) -> str:
    return decimal_text(amount, CURRENCY)


def rate_text(rate: Fraction) -> str:
    """A rate that ends, as decimal text.

    >>> rate_text(Fraction(9, 125))
    '0.072'
    """
    return str(Decimal(rate.numerator) / Decimal(rate.denominator))


def add_loan(book: Book, story: Story, borrower_id: str) -> None:
    loan, terms = story.loan, story.terms
    row = {
        "loan_id": loan.id,
        "borrower_id": borrower_id,
        "product": loan.product,
        "currency": loan.currency,
        "principal": text(loan.principal),
        "disbursed_on": str(loan.disbursed_on),
    }
    if loan.product == "cn_bill":
        row["rate_per_day"] = rate_text(DAILY)
    else:
        row |= {"annual_rate": rate_text(loan.annual_rate.per_year), "day_count": loan.annual_rate.day_count.value}
    if terms is not None:
        row |= {
            "method": terms.method.value,
            "instalments": str(terms.instalments),
            "frequency": terms.frequency.value,
            "first_due_on": str(terms.first_due_on),
            "due_day": str(terms.first_due_on.day),
        }
    else:
        book.instalments += [_instalment_row(loan.id, part) for part in loan.schedule]
    book.loans.append(row | story.row)
    book.transactions += [_transaction_row(loan.id, one) for one in loan.transactions]
    book.pauses += [
        {"loan_id": loan.id, "from_on": str(pause.from_on), "until_on": str(pause.until_on)} for pause in loan.pauses
    ]


def _instalment_row(loan_id: str, part: Instalment) -> Row:
    return {
        "loan_id": loan_id,
        "due_on": str(part.due_on),
        "principal": text(part.principal),
        "interest": text(part.interest),
        "minimum_payment": "" if part.minimum is None else text(part.minimum),
    }


def _transaction_row(loan_id: str, one: Transaction) -> Row:
    return {
        "loan_id": loan_id,
        "transaction_id": one.id,
        "kind": one.kind.value,
        "amount": text(one.amount),
        "effective_on": str(one.effective_on),
        "booked_on": str(one.booked_on),
        "reverses": one.reverses or "",
        "component": one.component.value if one.component else "",
        "instalment": str(one.instalment or ""),
    }


def add_person(book: Book, borrower_id: str, person: Person) -> None:
    book.borrowers.append(
        {
            "borrower_id": borrower_id,
            "name": person.name,
            "language": person.language,
            "country": "CN" if person.id_number else "",
            "id_number": person.id_number,
        }
    )
    book.contact_points += [
        {"borrower_id": borrower_id, "kind": kind, "value": value} for kind, value in person.contact_points
    ]


def write_book(book: Book, folder: Path, remark: str) -> None:
    """Write the files, UTF-8 with the mark by which Excel knows it; a file without rows isn't written."""
    folder.mkdir(parents=True, exist_ok=True)
    files: Mapping[str, tuple[list[str], list[Row]]] = {
        "loans": (LOAN_COLUMNS, book.loans),
        "instalments": (INSTALMENT_COLUMNS, book.instalments),
        "transactions": (TRANSACTION_COLUMNS, book.transactions),
        "borrowers": (BORROWER_COLUMNS, book.borrowers),
        "contact_points": (CONTACT_COLUMNS, book.contact_points),
        "pauses": (PAUSE_COLUMNS, book.pauses),
    }
    for name, (columns, rows) in files.items():
        path = folder / f"{name}.csv"
        if not rows:
            path.unlink(missing_ok=True)
            continue
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    (folder / "book.toml").write_text(
        f'# {remark}\nlender = "青禾消费金融（示例）"\ncut_off = {CUT_OFF}\n'
        f'currency = "{CURRENCY}"\nzone = "Asia/Shanghai"\n',
        encoding="utf-8",
    )


# -- the two books ----------------------------------------------------------------------------------------------


def qinghe(policies: Mapping[str, ArrearsPolicy]) -> Book:
    dice = Dice("qinghe")
    plots: list[Plot | BillPlot] = [plot for plot in (*INSTALMENT_PLOTS, *BILL_PLOTS) for _ in range(plot.count)]
    stories = []
    for number, plot in enumerate(dice.shuffled(plots), 1):
        own = Dice(f"qinghe loan {number}")
        name = f"QH{number:04}"
        if isinstance(plot, Plot):
            stories.append(instalment_loan(name, plot, policies["cn_instalment"], own))
        else:
            stories.append(bill_account(name, plot, policies["cn_bill"], own))
    _add_the_lenders_own_figures(stories)
    book = Book()
    borrowers = people(Dice("qinghe people"), 186)
    for number, person in enumerate(borrowers, 1):
        add_person(book, f"B{number:04}", person)
    for number, story in enumerate(stories):
        # The last 14 loans are second ones, of people who already have one.
        add_loan(book, story, f"B{number % len(borrowers) + 1:04}")
    return book


def _add_the_lenders_own_figures(stories: Sequence[Story]) -> None:
    """Every third loan carries the lender's days past due and balance; three of them are wrong, on purpose."""
    for story in stories[::3]:
        position = story.standing(CUT_OFF)
        story.row["lender_days_past_due"] = str(position.days_past_due)
        story.row["lender_balance"] = text(position.outstanding_principal)
    overdue = [story for story in stories[::3] if story.standing(CUT_OFF).days_past_due > 3]
    clean = [story for story in stories[::3] if story.standing(CUT_OFF).days_past_due == 0]
    a, b, c = overdue[0], overdue[4], clean[7]
    # The due date counted as the first day.
    a.row["lender_days_past_due"] = str(a.standing(CUT_OFF).days_past_due + 1)
    # An instalment's principal not yet taken off the balance.
    b.row["lender_balance"] = text(b.standing(CUT_OFF).outstanding_principal + b.loan.schedule[0].principal)
    # A payment that the other system didn't see.
    c.row["lender_days_past_due"] = "13"


def qinghe_with_errors(policies: Mapping[str, ArrearsPolicy]) -> Book:
    """Nine loans: one in order, one with a transaction given twice (counted once), seven with something to set aside."""
    dice, book = Dice("qinghe with errors"), Book()
    for number, person in enumerate(people(Dice("people with errors"), 60)[:9], 1):
        story = instalment_loan(f"QE{number:04}", Plot(1, (5, 40), _pays, 2, 6), policies["cn_instalment"], dice)
        story.terms = None
        add_person(book, f"E{number:04}", person if person.id_number else replace(person, id_number=id_number(dice)))
        add_loan(book, story, f"E{number:04}")

    def rows(of: list[Row], number: int) -> list[Row]:
        return [row for row in of if row["loan_id"] == f"QE{number:04}"]

    twice = rows(book.transactions, 2)[0]
    book.transactions.insert(book.transactions.index(twice) + 1, dict(twice))
    rows(book.transactions, 3)[0]["effective_on"] = "31/02/2026"
    amount = rows(book.transactions, 4)[0]
    amount["amount"] = f"{Decimal(amount['amount']):,}"
    rows(book.instalments, 5)[0]["principal"] = text(1_00)
    first = rows(book.transactions, 6)[0]
    first["effective_on"] = first["booked_on"] = str(
        date.fromisoformat(rows(book.loans, 6)[0]["disbursed_on"]) - ONE_DAY
    )
    book.transactions.append(
        _transaction_row("QE0007", Transaction("QE0007-99", Kind.REVERSAL, 500_00, CUT_OFF, CUT_OFF, "QE0007-77"))
    )
    rows(book.loans, 8)[0]["currency"] = "RMB"
    wrong = book.borrowers[8]
    wrong["id_number"] = wrong["id_number"][:-1] + ("1" if wrong["id_number"][-1] != "1" else "2")
    return book


def main(out: Path) -> None:
    policies = read_lender(LENDER_FOLDER).policies
    write_book(
        qinghe(policies),
        out / "qinghe",
        "Invented: no such lender, and no such people. See docs/reference/sample_books.md",
    )
    write_book(
        qinghe_with_errors(policies),
        out / "qinghe_with_errors",
        "Invented, with mistakes on purpose, to show what is set aside. See docs/reference/sample_books.md",
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python scripts/make_qinghe_book.py OUT_DIR (the project's own is samples)")
    main(Path(sys.argv[1]))
