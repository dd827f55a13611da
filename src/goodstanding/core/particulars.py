"""What only one kind of letter needs to know, besides the loan: a dispute, a notice's day, an itemisation.

Each is read from plain data by `particulars_from_data`, in the form of docs/reference/letter_facts_json.md. Amounts: minor
units. What people said is told by what it was about, never in their own words: a letter prints no free text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from goodstanding.core import reading
from goodstanding.core.party import Role
from goodstanding.core.plans.agreement import PlanTerms
from goodstanding.core.plans.commitments_json import terms_from_data
from goodstanding.core.plans.offers import Credit, HowFar, Offer, OfferKind, Stops


@dataclass(frozen=True, slots=True)
class EarlierLetter:
    """A letter that was sent before. reference: as it is printed on it."""

    issued_on: date
    reference: str


@dataclass(frozen=True, slots=True)
class FinalNotice:
    """earlier: the letters of these arrears that came before, oldest first; without one, no notice is the final one."""

    earlier: tuple[EarlierLetter, ...]


@dataclass(frozen=True, slots=True)
class CreditReporting:
    """report_on: the day from which the lender reports the arrears, unless they are paid before."""

    report_on: date


class About(StrEnum):
    """What a dispute is about."""

    AMOUNT = "amount"
    PAYMENT = "payment"
    CHARGE = "charge"
    NOT_MINE = "not_mine"
    CREDIT_RECORD = "credit_record"
    OTHER = "other"


class Channel(StrEnum):
    """How somebody reached the lender."""

    LETTER = "letter"
    EMAIL = "email"
    PHONE = "phone"
    APP = "app"
    BRANCH = "branch"


@dataclass(frozen=True, slots=True)
class DisputeReceived:
    """raised_by: whose dispute it is; nobody else reads of it. amount: the sum in dispute, if one was named.

    answer_by: the day by which the lender answers. stops_demands: the lender asks for nothing disputed until then.
    """

    received_on: date
    raised_by: Role
    channel: Channel
    about: tuple[About, ...]
    answer_by: date
    stops_demands: bool
    amount: int | None = None


class Outcome(StrEnum):
    """What the lender found."""

    RIGHT = "right"
    PARTLY = "partly"
    AS_BEFORE = "as_before"


class Reason(StrEnum):
    """Why the lender found so; each is one approved sentence."""

    PAYMENT_FOUND = "payment_found"
    PAYMENT_NOT_FOUND = "payment_not_found"
    PAYMENT_CAME_BACK = "payment_came_back"
    CHARGE_TAKEN_OFF = "charge_taken_off"
    CHARGE_AS_AGREED = "charge_as_agreed"
    CALCULATION_CORRECTED = "calculation_corrected"
    CALCULATION_AS_AGREED = "calculation_as_agreed"
    NOT_YOURS = "not_yours"
    YOURS_BY_RECORDS = "yours_by_records"
    RECORD_CORRECTED = "record_corrected"
    RECORD_AS_REPORTED = "record_as_reported"


@dataclass(frozen=True, slots=True)
class Found:
    """A reason, with the payment or charge it speaks of, where it speaks of one."""

    reason: Reason
    amount: int | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class DisputeAnswered:
    """claimed: what the lender said was overdue, on the day claimed_on, before it looked into it."""

    received_on: date
    raised_by: Role
    about: tuple[About, ...]
    outcome: Outcome
    reasons: tuple[Found, ...]
    claimed: int
    claimed_on: date


class Paper(StrEnum):
    """What a lender may ask for, to see what somebody can pay; never more than it needs."""

    INCOME = "income"
    SPENDING = "spending"
    OTHER_DEBTS = "other_debts"
    CIRCUMSTANCES = "circumstances"


@dataclass(frozen=True, slots=True)
class HardshipReceived:
    """Somebody told the lender that paying is hard. What made it hard isn't here: a letter may be opened by others.

    answer_by: when the lender says what it can do. hold_until: until the end of that day it asks for no payment, or None.
    charges_rest: whether late interest and fees rest meanwhile. papers: what the lender would like to see.
    """

    received_on: date
    raised_by: Role
    answer_by: date
    hold_until: date | None = None
    charges_rest: bool = False
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class ArrearsNotice:
    """A notice of sums in arrears (Consumer Credit Act 1974, ss. 86B, 86C). last_notice_on: None for the first of them."""

    last_notice_on: date | None = None


class Action(StrEnum):
    """What a creditor may do once a default notice has run out (Consumer Credit Act 1974, s. 87(1)).

    Taking back goods isn't among them: the notice would need statements on hire purchase, which we don't have.
    """

    TERMINATE = "terminate"
    EARLIER_PAYMENT = "earlier_payment"
    RESTRICT_RIGHTS = "restrict_rights"
    ENFORCE_SECURITY = "enforce_security"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What settling early comes to on the day a default notice runs out. payable: owed, less rebate."""

    owed: int
    rebate: int
    payable: int


@dataclass(frozen=True, slots=True)
class DefaultNotice:
    """agreement_on: the day of the agreement. clause: the number of its term on paying, as printed, such as "4.1".

    served_on: the day on which the notice counts as served, by the way it is sent. remedy_by: the day before which the
    breach is to be remedied. actions: what the creditor then intends, no more; earlier payment needs the settlement.
    interest_after_judgment: whether the agreement lets interest run after a judgment.
    """

    agreement_on: date
    clause: str
    served_on: date
    remedy_by: date
    actions: tuple[Action, ...]
    interest_after_judgment: bool = False
    settlement: Settlement | None = None


class Acting(StrEnum):
    """As what the sender of a validation notice acts."""

    DEBT_COLLECTOR = "debt_collector"
    CREDITOR = "creditor"


class Whole(StrEnum):
    """Which of a loan's sums is meant by the debt."""

    PAYOFF = "payoff"
    ARREARS = "arrears"


@dataclass(frozen=True, slots=True)
class Validation:
    """What 12 CFR 1006.34(c) asks for. itemised_on: the itemisation date; the sums since then lead from `then` to `now`.

    ends_on: the last day of the validation period. creditor_then, creditor_now: on the itemisation date, and today.
    website: where disputes are accepted electronically, if they are.
    """

    acting: Acting
    debt: Whole
    creditor_then: str
    creditor_now: str
    itemised_on: date
    then: int
    interest: int
    fees: int
    paid_or_credited: int
    now: int
    ends_on: date
    website: str = ""


@dataclass(frozen=True, slots=True)
class PlanAgreement:
    """A plan as agreed. terms: what it is judged by. The rest is what its offer said (`Offer`); amounts in minor units.

    waived: what is given up with it. no_new_card: the borrower promises not to apply for a card until it is settled, as
    China's law asks of plans for card debt.
    """

    kind: OfferKind
    agreed_on: date
    terms: PlanTerms
    stops: Stops
    credit: Credit
    against_today: int
    against_nothing: int
    left_after: int = 0
    waived: int = 0
    months: int = 0
    no_new_card: bool = False


def agreement_on(offer: Offer, terms: PlanTerms, agreed_on: date, *, no_new_card: bool = False) -> PlanAgreement:
    """What the letter of a plan needs to know, from the offer that was accepted. terms: made of it by `terms_of`."""
    return PlanAgreement(
        offer.kind,
        agreed_on,
        terms,
        offer.stops,
        offer.credit,
        offer.against_today,
        offer.against_nothing,
        offer.left_after,
        offer.waived.total,
        offer.months,
        no_new_card,
    )


@dataclass(frozen=True, slots=True)
class MissedPayment:
    """A payment of a plan. amount: as agreed; arrived: what of it came, tolerance days included."""

    on: date
    amount: int
    arrived: int


@dataclass(frozen=True, slots=True)
class PlanBroken:
    """agreed_on: the day of the plan. broken_on: since when it no longer counts."""

    agreed_on: date
    missed: tuple[MissedPayment, ...]
    broken_on: date


class PaidUpAs(StrEnum):
    """cured: nothing is overdue, and the loan goes on. settled: closed, a part of it waived by agreement."""

    CURED = "cured"
    PAID_IN_FULL = "paid_in_full"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class PaidUp:
    """on: the day on which it became so."""

    outcome: PaidUpAs
    on: date


@dataclass(frozen=True, slots=True)
class PromiseConfirmed:
    """made_by: who promised; nobody else reads of it. kept_until: the last day on which it is still kept, tolerance included.

    requests_rest: the lender asks for nothing that was promised until then.
    """

    made_on: date
    made_by: Role
    amount: int
    pay_on: date
    kept_until: date
    requests_rest: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """An approved paragraph that staff chose. hash: of its sentences, as they read when it was chosen."""

    key: str
    hash: str


@dataclass(frozen=True, slots=True)
class Single:
    """A letter that staff put together. loan_id, language, role: what it was put together for."""

    loan_id: str
    language: str
    role: Role
    paragraphs: tuple[Chosen, ...]


Particulars = (
    FinalNotice
    | CreditReporting
    | DisputeReceived
    | DisputeAnswered
    | HardshipReceived
    | ArrearsNotice
    | DefaultNotice
    | Validation
    | PlanAgreement
    | PromiseConfirmed
    | PlanBroken
    | PaidUp
    | Single
)


def particulars_from_data(kind: type, data: object, currency: str) -> Particulars:
    """Read the particulars of a kind from what JSON or TOML holds; `reading.BadValue` says what is wrong and where."""
    readers, required = _READERS[kind](currency)
    keys = reading.read_keys(data, readers, required=required)
    read: Particulars = kind(**keys)
    return read


_Readers = tuple[Mapping[str, reading.Reader], tuple[str, ...]]


def _final_notice(currency: str) -> _Readers:
    one = {"issued_on": reading.day, "reference": reading.filled_text}
    return {"earlier": reading.list_of(_record(EarlierLetter, one, tuple(one)))}, ("earlier",)


def _credit_reporting(currency: str) -> _Readers:
    return {"report_on": reading.day}, ("report_on",)


def _dispute_received(currency: str) -> _Readers:
    return {
        "received_on": reading.day,
        "raised_by": reading.choice(Role),
        "channel": reading.choice(Channel),
        "about": _some(reading.choice(About)),
        "answer_by": reading.day,
        "stops_demands": reading.yes_no,
        "amount": reading.amount_in(currency),
    }, ("received_on", "raised_by", "channel", "about", "answer_by", "stops_demands")


def _dispute_answered(currency: str) -> _Readers:
    found = {"reason": reading.choice(Reason), "amount": reading.amount_in(currency), "on": reading.day}
    readers: Mapping[str, reading.Reader] = {
        "received_on": reading.day,
        "raised_by": reading.choice(Role),
        "about": _some(reading.choice(About)),
        "outcome": reading.choice(Outcome),
        "reasons": _some(_record(Found, found, ("reason",))),
        "claimed": reading.amount_in(currency),
        "claimed_on": reading.day,
    }
    return readers, tuple(readers)


def _hardship_received(currency: str) -> _Readers:
    return {
        "received_on": reading.day,
        "raised_by": reading.choice(Role),
        "answer_by": reading.day,
        "hold_until": reading.day,
        "charges_rest": reading.yes_no,
        "papers": reading.list_of(reading.choice(Paper)),
    }, ("received_on", "raised_by", "answer_by")


def _arrears_notice(currency: str) -> _Readers:
    return {"last_notice_on": reading.day}, ()


def _default_notice(currency: str) -> _Readers:
    sums = dict.fromkeys(("owed", "rebate", "payable"), reading.amount_in(currency))
    return {
        "agreement_on": reading.day,
        "clause": reading.filled_text,
        "served_on": reading.day,
        "remedy_by": reading.day,
        "actions": _some(reading.choice(Action)),
        "interest_after_judgment": reading.yes_no,
        "settlement": _record(Settlement, sums, tuple(sums)),
    }, ("agreement_on", "clause", "served_on", "remedy_by", "actions")


def _validation(currency: str) -> _Readers:
    amount = reading.amount_in(currency)
    readers: dict[str, reading.Reader] = {
        "acting": reading.choice(Acting),
        "debt": reading.choice(Whole),
        "creditor_then": reading.filled_text,
        "creditor_now": reading.filled_text,
        "itemised_on": reading.day,
        **dict.fromkeys(("then", "interest", "fees", "paid_or_credited", "now"), amount),
        "ends_on": reading.day,
    }
    return {**readers, "website": reading.filled_text}, tuple(readers)


def _promise_confirmed(currency: str) -> _Readers:
    readers: Mapping[str, reading.Reader] = {
        **dict.fromkeys(("made_on", "pay_on", "kept_until"), reading.day),
        "made_by": reading.choice(Role),
        "amount": reading.amount_in(currency),
        "requests_rest": reading.yes_no,
    }
    return readers, tuple(readers)


def _plan_agreement(currency: str) -> _Readers:
    amount = reading.amount_in(currency)
    how_far = dict.fromkeys(("penalty", "calls", "reports"), reading.choice(HowFar))
    readers: Mapping[str, reading.Reader] = {
        "kind": reading.choice(OfferKind),
        "agreed_on": reading.day,
        "terms": lambda value: terms_from_data(value, currency),
        "stops": _record(Stops, how_far, tuple(how_far)),
        "credit": reading.choice(Credit),
        **dict.fromkeys(("against_today", "against_nothing"), _signed(amount)),
        **dict.fromkeys(("left_after", "waived"), amount),
        "months": reading.whole_number,
        "no_new_card": reading.yes_no,
    }
    return readers, ("kind", "agreed_on", "terms", "stops", "credit", "against_today", "against_nothing")


def _signed(read: Callable[[Any], int]) -> reading.Reader:
    """An amount that may be below zero: decimal text with a minus before it."""

    def read_signed(value: object) -> int:
        return -read(value[1:]) if isinstance(value, str) and value.startswith("-") else read(value)

    return read_signed


def _plan_broken(currency: str) -> _Readers:
    amount = reading.amount_in(currency)
    missed: Mapping[str, reading.Reader] = {"on": reading.day, "amount": amount, "arrived": amount}
    readers = {
        "agreed_on": reading.day,
        "missed": _some(_record(MissedPayment, missed, tuple(missed))),
        "broken_on": reading.day,
    }
    return readers, tuple(readers)


def _paid_up(currency: str) -> _Readers:
    return {"outcome": reading.choice(PaidUpAs), "on": reading.day}, ("outcome", "on")


def _single(currency: str) -> _Readers:
    chosen = {"key": reading.filled_text, "hash": reading.filled_text}
    readers: Mapping[str, reading.Reader] = {
        "loan_id": reading.filled_text,
        "language": reading.filled_text,
        "role": reading.choice(Role),
        "paragraphs": _some(_record(Chosen, chosen, tuple(chosen))),
    }
    return readers, tuple(readers)


def _record(kind: type, readers: Mapping[str, reading.Reader], required: tuple[str, ...]) -> reading.Reader:
    return lambda value: kind(**reading.read_keys(value, readers, required=required))


def _some(read: reading.Reader) -> reading.Reader:
    """A list that isn't empty."""

    def read_some(value: object) -> tuple[Any, ...]:
        found = reading.list_of(read)(value)
        if not found:
            raise reading.BadValue("it is empty: name one at least")
        return found

    return read_some


_READERS: Mapping[type, Callable[[str], _Readers]] = {
    FinalNotice: _final_notice,
    CreditReporting: _credit_reporting,
    DisputeReceived: _dispute_received,
    DisputeAnswered: _dispute_answered,
    HardshipReceived: _hardship_received,
    ArrearsNotice: _arrears_notice,
    DefaultNotice: _default_notice,
    Validation: _validation,
    PromiseConfirmed: _promise_confirmed,
    PlanAgreement: _plan_agreement,
    PlanBroken: _plan_broken,
    PaidUp: _paid_up,
    Single: _single,
}
