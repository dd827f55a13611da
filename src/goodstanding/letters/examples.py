"""Hand-made loans for golden letters. All people, lenders, numbers and addresses are invented; the sums are worked out."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from goodstanding.core.arrears.assess import assess, assess_each
from goodstanding.core.arrears.policy import ArrearsPolicy, LateFee
from goodstanding.core.lender import Contact, Lender
from goodstanding.core.letter import LetterFacts
from goodstanding.core.loan import Component, Instalment, Kind, Loan, Pause, Transaction
from goodstanding.core.party import Borrower, Guarantee, Party, Role
from goodstanding.core.plans.guard_rails import GuardRails, Measure
from goodstanding.core.plans.offers import OfferKind, Position
from goodstanding.core.plans.pricing import by_reference
from goodstanding.core.plans.schedule import build_schedule
from goodstanding.core.plans.terms import Terms
from goodstanding.core.plans.ways_out import for_letter
from goodstanding.core.rates import AnnualRate

AS_OF = date(2026, 11, 23)

QINGHE = Lender(
    id="qinghe",
    is_example=True,
    jurisdiction="cn",
    default_language="zh-Hans",
    contacts={
        "zh-Hans": Contact(
            name="清和消费金融有限公司",
            address=("浙江省杭州市西湖区文三路 000 号", "310000"),
            phone="400-000-0000",
            email="help@qinghe.example",
            hours="周一至周日 9:00–18:00",
            complaints="400-000-0001，tousu@qinghe.example",
            disputes="yiyi@qinghe.example，或邮寄至上述地址客户服务部",
            how_to_pay=("在清和 App“我的贷款”中还款，实时到账；", "或转账至合同约定的还款账户，附言填写贷款编号。"),
        ),
        "zh-Hant": Contact(
            name="清和消費金融有限公司",
            address=("浙江省杭州市西湖區文三路 000 號", "310000"),
            phone="+86 400-000-0000",
            email="help@qinghe.example",
            hours="星期一至日 9:00–18:00",
            complaints="+86 400-000-0001，tousu@qinghe.example",
            disputes="yiyi@qinghe.example，或郵寄至上述地址客戶服務部",
            how_to_pay=("在清和 App「我的貸款」還款，即時到賬；", "或轉賬至合約所列的還款賬戶，附言註明貸款編號。"),
        ),
        "en": Contact(
            name="Qinghe Consumer Finance Co., Ltd.",
            address=("000 Wensan Road, Xihu District", "Hangzhou 310000, Zhejiang"),
            phone="+86 400-000-0000",
            email="help@qinghe.example",
            hours="Every day 9:00–18:00 (Beijing time)",
            complaints="+86 400-000-0001, tousu@qinghe.example",
            disputes="yiyi@qinghe.example, or by post to Customer Service at the address above",
            how_to_pay=(
                "In the Qinghe app under “My loans”; it counts at once.",
                "By transfer to the repayment account in your loan agreement, quoting the loan number.",
            ),
        ),
    },
    reports_to_credit_bureau=True,
    may_sue=True,
    product_names={
        "personal": {"zh-Hans": "个人消费贷款", "zh-Hant": "個人消費貸款", "en": "Personal loan"},
        "monthly_bill": {"zh-Hans": "清和月付", "zh-Hant": "清和月付", "en": "Qinghe Monthly"},
    },
)
HARBOUR = Lender(
    id="harbour",
    is_example=True,
    jurisdiction="hk",
    default_language="zh-Hant",
    contacts={
        "zh-Hant": Contact(
            name="維港財務有限公司",
            address=("香港九龍彌敦道 000 號 12 樓",),
            phone="+852 5555 0000",
            email="care@harbour.example",
            hours="星期一至五 9:00–18:00，星期六 9:00–13:00",
            complaints="+852 5555 0001，complaints@harbour.example",
            disputes="disputes@harbour.example，或郵寄至上述地址貸款服務部",
            how_to_pay=("以轉數快（FPS）繳付，識別碼 0000000；", "或於各大便利店出示附上的條碼繳付。"),
        ),
        "en": Contact(
            name="Harbour Finance Limited",
            address=("12/F, 000 Nathan Road", "Kowloon, Hong Kong"),
            phone="+852 5555 0000",
            email="care@harbour.example",
            hours="Monday to Friday 9:00–18:00, Saturday 9:00–13:00",
            complaints="+852 5555 0001, complaints@harbour.example",
            disputes="disputes@harbour.example, or by post to Loan Services at the address above",
            how_to_pay=("By FPS to identifier 0000000.",),
        ),
    },
    reports_to_credit_bureau=True,
    may_sue=True,
    product_names={"personal": {"zh-Hant": "私人分期貸款", "en": "Personal instalment loan"}},
)
PRAIRIE = Lender(
    id="prairie",
    is_example=True,
    jurisdiction="us",
    default_language="en",
    contacts={
        "en": Contact(
            name="Prairie Lending",
            address=("000 Meridian Street", "Des Moines, IA 50309"),
            phone="(515) 555-0100",
            email="care@prairie.example",
            hours="Monday–Friday 8 a.m.–7 p.m., Saturday 9 a.m.–1 p.m. Central",
            complaints="(515) 555-0101, complaints@prairie.example",
            disputes="disputes@prairie.example, or Disputes, at the address above",
            how_to_pay=(
                "Online at prairie.example/pay, or by phone at (515) 555-0100. There is no fee for either.",
                "By check to the address above, with the loan number on it.",
            ),
        ),
        "zh-Hans": Contact(
            name="Prairie Lending",
            address=("000 Meridian Street", "Des Moines, IA 50309"),
            phone="(515) 555-0100",
            email="care@prairie.example",
            hours="周一至周五 8:00–19:00，周六 9:00–13:00（美国中部时间）",
            complaints="(515) 555-0101，complaints@prairie.example",
            disputes="disputes@prairie.example，或邮寄至上述地址 Disputes 收",
            how_to_pay=(
                "在线：prairie.example/pay，或致电 (515) 555-0100，均不收费；",
                "或邮寄支票至上述地址，并在支票上注明贷款编号。",
            ),
        ),
        "zh-Hant": Contact(
            name="Prairie Lending",
            address=("000 Meridian Street", "Des Moines, IA 50309"),
            phone="(515) 555-0100",
            email="care@prairie.example",
            hours="星期一至五 8:00–19:00，星期六 9:00–13:00（美國中部時間）",
            complaints="(515) 555-0101，complaints@prairie.example",
            disputes="disputes@prairie.example，或郵寄至上述地址 Disputes 收",
            how_to_pay=(
                "網上：prairie.example/pay，或致電 (515) 555-0100，均不收費；",
                "或郵寄支票至上述地址，並於支票上註明貸款編號。",
            ),
        ),
    },
    reports_to_credit_bureau=True,
    product_names={"personal": {"en": "Personal loan", "zh-Hans": "个人贷款", "zh-Hant": "個人貸款"}},
)
THAMES = Lender(
    id="thames",
    is_example=True,
    jurisdiction="uk",
    default_language="en",
    contacts={
        "en": Contact(
            name="Thames Mutual",
            address=("000 Borough High Street", "London SE1 0AA"),
            phone="020 7946 0000",
            email="care@thames.example",
            hours="Monday to Friday 9am–6pm",
            complaints="020 7946 0001, complaints@thames.example; you may later ask the Financial Ombudsman Service",
            disputes="disputes@thames.example, or by post to Loan Queries at the address above",
            how_to_pay=("By Direct Debit or bank transfer to the account in your agreement, quoting the loan number.",),
        ),
        "zh-Hans": Contact(
            name="Thames Mutual",
            address=("000 Borough High Street", "London SE1 0AA"),
            phone="020 7946 0000",
            email="care@thames.example",
            hours="周一至周五 9:00–18:00",
            complaints="020 7946 0001，complaints@thames.example；其后可向 Financial Ombudsman Service 申诉",
            disputes="disputes@thames.example，或邮寄至上述地址 Loan Queries 收",
            how_to_pay=("以直接扣款（Direct Debit）或银行转账付至协议所列账户，并注明贷款编号。",),
        ),
        "zh-Hant": Contact(
            name="Thames Mutual",
            address=("000 Borough High Street", "London SE1 0AA"),
            phone="020 7946 0000",
            email="care@thames.example",
            hours="星期一至五 9:00–18:00",
            complaints="020 7946 0001，complaints@thames.example；其後可向 Financial Ombudsman Service 申訴",
            disputes="disputes@thames.example，或郵寄至上述地址 Loan Queries 收",
            how_to_pay=("以直接付款（Direct Debit）或銀行轉賬付至協議所列戶口，並註明貸款編號。",),
        ),
    },
    reports_to_credit_bureau=True,
    product_names={
        "personal": {"en": "Personal loan", "zh-Hans": "个人贷款", "zh-Hant": "個人貸款"},
        "card": {"en": "Credit card", "zh-Hans": "信用卡", "zh-Hant": "信用卡"},
    },
)

CN_POLICY = ArrearsPolicy(penalty_multiple=Fraction(3, 2))
BILL_POLICY = ArrearsPolicy(penalty_rate=Fraction("0.1825"))
HK_POLICY = ArrearsPolicy(penalty_rate=Fraction("0.24"), late_fee=LateFee(flat=400_00, after_days=0))
US_POLICY = ArrearsPolicy(grace_days=15, late_fee=LateFee(share=Fraction("0.05"), least=15_00), tolerance_minor=100)
UK_POLICY = ArrearsPolicy(penalty_multiple=Fraction(1))


def facts_of(
    loan: Loan,
    policy: ArrearsPolicy,
    borrower: Borrower,
    lender: Lender,
    *,
    offers: tuple[str, ...] = (),
    months: int = 3,
    reference: str = "261123-7K2QD-M94XA",
    as_of: date = AS_OF,
) -> LetterFacts:
    """Facts with all sums worked out by `assess`, as a day's job would hand them over."""
    pay_by = as_of + timedelta(days=lender.pay_within_days)
    today, tomorrow, then = assess_each(loan, policy, (as_of, as_of + timedelta(days=1), pay_by))
    measures = [Measure(OfferKind.ARREARS_INSTALMENTS, months=(months,))] if "instalments" in offers else []
    measures += [Measure(OfferKind(name)) for name in offers if name != "instalments"]
    charges = [one.penalty + one.compound_interest + one.fees for one in (today, tomorrow)]
    return LetterFacts(
        loan=loan,
        policy=policy,
        assessment=today,
        borrower=borrower,
        lender=lender,
        offers=for_letter(Position(loan, policy, today, pay_by), GuardRails(tuple(measures)), (), by_reference(policy)),
        counted_up_to=as_of - timedelta(days=1),
        issued_on=as_of,
        pay_by=pay_by,
        amount_by_pay_by=then.amount_to_cure,
        next_day_adds=charges[1] - charges[0],
        next_day_fee=tomorrow.fees - today.fees,
        reference=reference,
    )


def _payment(number: int, amount: int, on: date, kind: Kind = Kind.PAYMENT, reverses: str | None = None) -> Transaction:
    return Transaction(f"T{number:04}", kind, amount, on, on, reverses=reverses)


def _paid_on_time(schedule: tuple[Instalment, ...], count: int) -> tuple[Transaction, ...]:
    return tuple(_payment(n, one.amount, one.due_on) for n, one in enumerate(schedule[:count], 1))


def cn_loan(language: str, as_of: date = AS_OF) -> LetterFacts:
    terms = Terms(12_000_00, AnnualRate(Fraction("0.1440")), date(2026, 3, 10), 12, date(2026, 4, 10))
    schedule = build_schedule(terms)
    loan = Loan(
        "QH-2026-0310-0042", "CNY", 12_000_00, date(2026, 3, 10), terms.annual_rate, schedule,
        _paid_on_time(schedule, 7), product="personal",
    )  # fmt: skip
    who = {
        "zh-Hans": ("赵启明", ("广东省深圳市南山区粤海街道科苑南路 000 号 3 栋 1802", "518000"), "CN"),
        "zh-Hant": ("趙啟明", ("香港新界沙田正街 000 號 8 樓 B 室",), "HK"),
        "en": ("Zhao Qiming", ("Room 1802, Building 3, 000 Keyuan South Road", "Nanshan, Shenzhen 518000"), "CN"),
    }[language]
    borrower = Borrower("B1", who[0], language, "44030519900307423X", who[1], who[2])
    return facts_of(loan, CN_POLICY, borrower, QINGHE, offers=("instalments",), as_of=as_of)


def cn_bill(language: str, as_of: date = AS_OF) -> LetterFacts:
    bills = (
        Instalment(date(2026, 8, 8), 1_260_00, minimum=126_00),
        Instalment(date(2026, 9, 8), 2_418_60, 0, minimum=241_86),
        Instalment(date(2026, 10, 8), 1_875_30, 0, minimum=187_53),
        Instalment(date(2026, 11, 8), 960_00, 0, minimum=96_00),
    )
    loan = Loan(
        "YF-88120437", "CNY", sum(bill.principal for bill in bills), date(2025, 6, 1),
        AnnualRate.from_daily(Fraction("0.0005")), bills,
        (_payment(1, 1_260_00, date(2026, 8, 8)), _payment(2, 100_00, date(2026, 9, 20))), product="monthly_bill",
    )  # fmt: skip
    name = "欧阳思涵" if language == "zh-Hans" else "歐陽思涵"
    address = (
        ("上海市浦东新区世纪大道 000 号", "200120") if language == "zh-Hans" else ("台北市信義區松仁路 000 號 5 樓",)
    )
    borrower = Borrower("B2", name, language, "310115199812240027", address, "CN" if language == "zh-Hans" else "TW")
    return facts_of(loan, BILL_POLICY, borrower, QINGHE, offers=("instalments",), as_of=as_of)


def hk_loan(language: str, as_of: date = AS_OF) -> LetterFacts:
    terms = Terms(80_000_00, AnnualRate(Fraction("0.0988")), date(2025, 9, 15), 24, date(2025, 10, 15))
    schedule = build_schedule(terms)
    loan = Loan(
        "HF-250915-3381", "HKD", 80_000_00, date(2025, 9, 15), terms.annual_rate, schedule,
        (*_paid_on_time(schedule, 12), _payment(13, 1_500_00, date(2026, 10, 20))), product="personal",
    )  # fmt: skip
    name = "陳嘉琪" if language == "zh-Hant" else "Chan Ka Ki"
    address = (
        ("香港北角英皇道 000 號", "港運大廈 15 樓 A 室") if language == "zh-Hant"
        else ("Flat A, 15/F, 000 King's Road", "North Point, Hong Kong")
    )  # fmt: skip
    borrower = Borrower("B3", name, language, "A1234563", address, "HK")
    return facts_of(loan, HK_POLICY, borrower, HARBOUR, offers=("instalments", "extension"), as_of=as_of)


def us_loan(as_of: date = AS_OF) -> LetterFacts:
    terms = Terms(15_000_00, AnnualRate(Fraction("0.1399")), date(2025, 5, 18), 36, date(2025, 6, 18))
    schedule = build_schedule(terms)
    paid = _paid_on_time(schedule, 12)
    last = paid[-1]
    loan = Loan(
        "104872216", "USD", 15_000_00, date(2025, 5, 18), terms.annual_rate, schedule,
        (
            *paid,
            _payment(13, 300_00, date(2026, 7, 2)),
            _payment(14, 400_00, date(2026, 8, 14)),
            _payment(15, 250_00, date(2026, 9, 25)),
            _payment(16, 250_00, date(2026, 9, 29), Kind.REVERSAL, "T0015"),
            Transaction("W1", Kind.WAIVER, 10_00, date(2026, 10, 5), date(2026, 10, 5), component=Component.FEE,
                        instalment=15),
        ),
        product="personal",
    )  # fmt: skip
    assert last.effective_on == schedule[11].due_on  # noqa: S101
    borrower = Borrower(
        "B4", "Michelle R. Castañeda", "en", "", ("000 Cottonwood Lane, Apt 4B", "Sioux Falls, SD 57104"), "US"
    )
    return facts_of(loan, US_POLICY, borrower, PRAIRIE, offers=("instalments", "extension"), as_of=as_of)


def uk_loan(as_of: date = AS_OF) -> LetterFacts:
    terms = Terms(6_000_00, AnnualRate(Fraction("0.069")), date(2026, 1, 28), 24, date(2026, 2, 28))
    schedule = build_schedule(terms)
    loan = Loan(
        "TM-4471-0093", "GBP", 6_000_00, date(2026, 1, 28), terms.annual_rate, schedule, _paid_on_time(schedule, 7),
        pauses=(Pause(date(2026, 10, 1), date(2026, 10, 15)),), product="personal",
    )  # fmt: skip
    borrower = Borrower("B5", "Siân Łukasiewicz", "en", "", ("Flat 2, 000 Cowley Road", "Oxford", "OX4 0AA"), "GB")
    return facts_of(loan, UK_POLICY, borrower, THAMES, offers=("instalments",), as_of=as_of)


def uk_card(as_of: date = AS_OF) -> LetterFacts:
    bills = (
        Instalment(date(2026, 8, 25), 412_90, minimum=25_00),
        Instalment(date(2026, 9, 25), 388_15, 0, minimum=25_00),
        Instalment(date(2026, 10, 25), 240_75, 0, minimum=25_00),
    )
    loan = Loan(
        "TM-CARD-7715", "GBP", sum(bill.principal for bill in bills), date(2025, 3, 1),
        AnnualRate(Fraction("0.199")), bills, (_payment(1, 412_90, date(2026, 8, 20)),), product="card",
    )  # fmt: skip
    borrower = Borrower("B6", "Siân Łukasiewicz", "en", "", ("Flat 2, 000 Cowley Road", "Oxford", "OX4 0AA"), "GB")
    return facts_of(loan, ArrearsPolicy(), borrower, THAMES, as_of=as_of)


_GUARANTORS = {
    "zh-Hans": ("钱素云", "44030519671208412X", ("广东省佛山市南海区桂城街道 000 号 2 栋 703", "528200"), "CN"),
    "zh-Hant": ("錢素雲", "H456789(0)", ("香港新界荃灣大河道 000 號 3 樓 C 室",), "HK"),
    "en": ("Qian Suyun", "", ("000 Guicheng Street", "Nanhai, Foshan 528200"), "CN"),
}
_ABROAD = {
    "uk": ("Owen Pritchard", "", ("000 Mill Lane", "Cardiff", "CF10 0AA"), "GB"),
    "us": ("Daniel Castañeda", "", ("000 Prairie Avenue", "Sioux Falls, SD 57105"), "US"),
}


def to_guarantor(facts: LetterFacts, guarantee: Guarantee = Guarantee.JOINT) -> LetterFacts:
    """The same loan, written to the one who guarantees it."""
    return replace(facts, reader=Party(Role.GUARANTOR, _another(facts, "G1"), guarantee))


def to_co_borrower(facts: LetterFacts) -> LetterFacts:
    """The same loan, written to the one who owes it beside the borrower."""
    return replace(facts, reader=Party(Role.CO_BORROWER, _another(facts, "C1")))


def _another(facts: LetterFacts, person_id: str) -> Borrower:
    language = facts.borrower.language
    name, number, address, country = _ABROAD.get(facts.lender.jurisdiction) or _GUARANTORS[language]
    return Borrower(person_id, name, language, number, address, country)


def paying_by(facts: LetterFacts, pay_by: date) -> LetterFacts:
    """The same facts, with another day named in the letter and what will be owed on it."""
    then = assess(facts.loan, facts.policy, as_of=pay_by)
    return replace(facts, pay_by=pay_by, amount_by_pay_by=then.amount_to_cure)
