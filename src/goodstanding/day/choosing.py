"""Which letter is written about a loan today, and to whom: a pure decision, from the rules that hold and the ledger.

A loan gets one kind of letter a day: the most severe that holds and that somebody may be written. Whatever speaks against a
letter to a person is decided in one place, `why_not`, for each contact that is proposed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from goodstanding.core.lender import LetterRule
from goodstanding.core.particulars import EarlierLetter, Particulars
from goodstanding.core.party import Role
from goodstanding.day.happened import OF_EVENTS, PAID_UP
from goodstanding.day.ledger import Entry, Kind, State, standing
from goodstanding.day.letter_rules import REMINDER

SEVERITY = (
    REMINDER,
    "first_notice",
    "formal_overdue",
    "credit_reporting_notice",
    "final_notice",
    "default_notice",
    "arrears_notice",
)
"""From the mildest to the most severe."""
ASKED_BY_LAW = ("arrears_notice",)
"""The law says when they are written: no other letter holds them back, and they hold back none."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who may be written to. person: the number in the book of whoever isn't the borrower."""

    role: Role = Role.BORROWER
    person: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A loan for which rules hold today. episode: the due date with which its arrears began, or that a reminder is about."""

    loan_id: str
    episode: date
    rules: tuple[LetterRule, ...]
    readers: tuple[Reader, ...] = (Reader(),)


@dataclass(frozen=True, slots=True)
class Contact:
    """A letter proposed to a person. earlier: what this person had before in the same stretch of arrears. told: what only a letter
    that tells of something needs to know."""

    loan_id: str
    episode: date
    rule: LetterRule
    reader: Reader
    earlier: tuple[Entry, ...] = ()
    told: Particulars | None = None

    @property
    def to(self) -> Kind:
        return self.loan_id, self.rule.letter, self.reader.role, self.reader.person

    @property
    def letters_before(self) -> tuple[EarlierLetter, ...]:
        """The letters about the arrears that came before, for one that names them."""
        return tuple(EarlierLetter(one.as_of, one.reference) for one in self.earlier if one.letter != REMINDER)


class Why(StrEnum):
    """Why a contact that a rule asks for doesn't take place today."""

    ALREADY = "the letter was written on an earlier day of the same stretch of arrears"
    NOT_AGAIN_YET = "the letter was written before, and isn't repeated yet"
    MILDER = "a more severe letter went before: letters of one stretch of arrears don't grow milder"
    WAITING = "the day named in the last letter hasn't passed, or payments up to it aren't counted yet"
    BY_LAW = "the gate refuses it, by law, a wish of the person's or a hold"
    TO_LOOK_AT = "a person has to look at it before it may go out"
    ANOTHER_TODAY = "another letter about the loan goes out today"
    TAKEN_BACK = "a payment went back after the letter that said all is paid: a person tells them first"
    OTHER_LOAN = "the borrower keeps a plan about another loan: a person looks first"
    NO_RULE_FOR = "the rule doesn't write to who promised"
    NOTHING_BEFORE = "a final notice comes after another letter, and there was none"


@dataclass(frozen=True, slots=True)
class Held:
    """A contact that doesn't take place. detail: for a person. not_before: the first day on which it may; None: not known."""

    loan_id: str
    letter: str
    reader: Reader
    why: Why
    detail: str
    not_before: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done about letters. write: letters to be written, or confirmed when they stand for today.

    held: whom nobody writes to today, and why. over_limit: left for another run. withdraw: letters of today that are no
    longer due.
    """

    write: list[Contact] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    over_limit: list[Contact] = field(default_factory=list)
    withdraw: list[Entry] = field(default_factory=list)


def why_not(contact: Contact, *, as_of: date, counted_up_to: date) -> Held | None:
    """Decide about one proposed contact: None when it takes place. Whatever may forbid a contact is asked here.

    counted_up_to: the book's cut-off. Somebody who was given a day to pay isn't written to again before payments up to that day
    are known.
    """
    rule, earlier = contact.rule, contact.earlier
    same = [one for one in earlier if one.letter == rule.letter]
    if same and rule.repeat_every_days is None:
        return _held(contact, Why.ALREADY, f"written on {same[-1].as_of}")
    if same and rule.repeat_every_days is not None:
        again_on = same[-1].as_of + timedelta(days=rule.repeat_every_days)
        if as_of < again_on:
            return _held(contact, Why.NOT_AGAIN_YET, f"written on {same[-1].as_of}, again from {again_on}", again_on)
    if rule.letter in ASKED_BY_LAW:
        return None
    others = [one for one in earlier if one.letter not in ASKED_BY_LAW]
    if worse := [one for one in others if _severity(one.letter) > _severity(rule.letter)]:
        return _held(contact, Why.MILDER, f"{worse[-1].letter} was written on {worse[-1].as_of}")
    last = max((one.pay_by for one in others if one.pay_by), default=None)
    if last is not None and not (as_of > last and counted_up_to >= last):
        detail = f"the letter of {others[-1].as_of} gives until {last}"
        return _held(contact, Why.WAITING, detail, last + timedelta(days=1))
    if rule.letter == "final_notice" and not contact.letters_before:
        return _held(contact, Why.NOTHING_BEFORE, "no letter of these arrears came before")
    return None


def plan_letters(
    cases: Sequence[Case], entries: Sequence[Entry], *, as_of: date, counted_up_to: date, limit: int | None = None
) -> Plan:
    """Decide what becomes of each letter. limit: write at most so many, in the order of the cases."""
    plan, history = Plan(), _history(entries)
    for case in cases:
        contacts, held = _of_loan(case, history.get(case.loan_id, []), as_of, counted_up_to)
        room = len(contacts) if limit is None else max(limit - len(plan.write), 0)
        plan.write.extend(contacts[:room])
        plan.over_limit.extend(contacts[room:])
        plan.held.extend(held)
    stay = {one.to for one in (*plan.write, *plan.over_limit)}
    plan.withdraw.extend(
        one for found in history.values() for one in found if one.as_of == as_of and one.to not in stay
    )
    return plan


def _history(entries: Sequence[Entry]) -> Mapping[str, list[Entry]]:
    """The letters about arrears that stand, by loan, in the order of their days; a letter that says all is paid begins anew."""
    written = [one for found in standing(entries).values() for one in found if one.state is State.WRITTEN]
    over: dict[str, date] = {}
    for one in written:
        if one.letter == PAID_UP:
            over[one.loan_id] = max(one.as_of, over.get(one.loan_id, one.as_of))
    by_loan: dict[str, list[Entry]] = {}
    for one in written:
        if one.letter not in OF_EVENTS and one.as_of >= over.get(one.loan_id, one.as_of):
            by_loan.setdefault(one.loan_id, []).append(one)
    return {loan_id: sorted(found, key=lambda one: one.as_of) for loan_id, found in by_loan.items()}


def _of_loan(
    case: Case, history: Sequence[Entry], as_of: date, counted_up_to: date
) -> tuple[list[Contact], list[Held]]:
    """Whom to write the most severe letter that may be written; and whom nobody writes to, each with the first reason."""
    held: dict[Reader, Held] = {}
    for letter in sorted({rule.letter for rule in case.rules}, key=_severity, reverse=True):
        contacts: dict[Reader, Contact] = {}
        for rule in (one for one in case.rules if one.letter == letter):
            for reader in (one for one in case.readers if one.role in rule.to and one not in contacts):
                contact = Contact(
                    case.loan_id, case.episode, rule, reader, _before(case, letter, reader, history, as_of)
                )
                why = why_not(contact, as_of=as_of, counted_up_to=counted_up_to)
                if why is None:
                    contacts[reader] = contact
                else:
                    held.setdefault(reader, why)
        if contacts:
            return list(contacts.values()), [why for reader, why in held.items() if reader not in contacts]
    return [], list(held.values())


def _before(case: Case, letter: str, reader: Reader, history: Sequence[Entry], as_of: date) -> tuple[Entry, ...]:
    """What a person had of this stretch of arrears. Run for a day that was run already, what came later takes nothing back."""
    own = [
        one
        for one in history
        if (one.reader, one.person) == (reader.role, reader.person) and one.episode == case.episode
    ]
    stands_today = any(one.as_of == as_of and one.letter == letter for one in own)
    return tuple(one for one in own if one.as_of < as_of or (one.as_of > as_of and not stands_today))


def _severity(letter: str) -> int:
    return SEVERITY.index(letter)


def _held(contact: Contact, why: Why, detail: str, not_before: date | None = None) -> Held:
    return Held(contact.loan_id, contact.rule.letter, contact.reader, why, detail, not_before)
