"""The gate before each letter and message of the day: what a book and a lender say becomes the facts it is asked with.

Every form of a letter is a proposal of its own: paper is a letter, HTML an e-mail, the short message a text. What is refused isn't written;
what a person has to look at isn't either. Nobody is approached of whom a row can't be read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from goodstanding.book.conduct import Conduct
from goodstanding.core import reading
from goodstanding.core.conduct.facts import (
    Act,
    Acting,
    Actor,
    Channel,
    Contact,
    Debt,
    Direction,
    Evidence,
    Facts,
    Hold,
    Outcome,
    Person,
    Proposal,
    Relation,
    Value,
)
from goodstanding.core.conduct.gate import judge
from goodstanding.core.conduct.law_dates import days_of_demands, limitation_expiry
from goodstanding.core.conduct.rule import Effect, HousePolicy, Rule, Rules
from goodstanding.core.conduct.verdict import Decision, Finding, Verdict
from goodstanding.core.conduct.vocabulary import Licence, Product
from goodstanding.core.conduct.windows import DAY, minutes_of
from goodstanding.core.conduct.wording import letter_proposal, message_proposal
from goodstanding.core.lender import Form
from goodstanding.core.letter import LetterContent, LetterFacts
from goodstanding.core.loan import Kind
from goodstanding.core.particulars import ArrearsNotice, DefaultNotice, Validation
from goodstanding.core.party import Borrower
from goodstanding.day.agreed import Agreed
from goodstanding.law import places
from goodstanding.law.answers import answers_from_text, read_answers
from goodstanding.law.here import BadLaw
from goodstanding.law.loader import layers, rules_for

HOUR_OF_DAY = time(10)
"""When a day's letters are taken to go out where neither the command nor the lender says, in the book's zone."""
CHANNELS = {Form.PDF: Channel.LETTER, Form.TEXT: Channel.LETTER, Form.HTML: Channel.EMAIL, Form.SMS: Channel.TEXT}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a lender says of itself and the law: [conduct] in lender.toml. products: what kind of credit each is to the rules.

    stricter: its own stricter values by rule, as pairs. lenient, adopted: see core/conduct/rule.py. answers: what it says of all
    loans of a product, by name. sends_at: when a day's letters go out, in the book's zone. promises_rest: whether demands rest
    while a promise to pay is open. plans_rest: whether letters about other loans of a borrower who keeps a plan wait for a person ("borrower") or not ("loan").
    """

    actor: Actor
    licence: str
    layers: tuple[str, ...]
    stricter: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()
    lenient: str = "refused"
    adopted: tuple[str, ...] = ()
    products: tuple[tuple[str, str], ...] = ()
    answers: tuple[tuple[str, tuple[tuple[str, Value], ...]], ...] = field(default=(), hash=False)
    sends_at: time = HOUR_OF_DAY
    promises_rest: bool = True
    plans_rest: str = "borrower"

    def product(self, name: str) -> str:
        """What kind of credit a product of the lender's is; empty where nobody said, and rules that turn on it ask."""
        return dict(self.products).get(name, "")


def settings_from_data(data: object) -> Settings:
    """Read [conduct]; reading.BadValue says what is wrong with it."""
    keys = reading.read_keys(
        data,
        {
            "actor": reading.choice(Actor),
            "licence": reading.choice(Licence),
            "layers": reading.list_of(reading.filled_text),
            "stricter": reading.table_of(reading.table_of(lambda value: value)),
            "lenient": _refused_or_review,
            "sends_at": _time_of_day,
            "promises_rest": reading.yes_no,
            "plans_rest": _borrower_or_loan,
            "adopted": reading.list_of(reading.filled_text),
            "answers": reading.table_of(lambda value: tuple(read_answers(value, ZoneInfo("UTC")).items())),
            "products": reading.table_of(reading.choice(Product)),
        },
        required=("actor", "licence", "layers"),
    )
    stricter = tuple((rule, tuple(values.items())) for rule, values in keys.pop("stricter", {}).items())
    for table in ("products", "answers"):
        keys[table] = tuple(keys.get(table, {}).items())
    settings = Settings(**{**keys, "stricter": stricter})
    for name in settings.layers:
        if name == "house" or (name not in layers() and "/" in name):
            raise reading.BadValue(
                f'"{name}" isn\'t a whole body of law; a lender chooses among: {", ".join(one for one in layers() if one != "house")}',
                ("layers",),
            )
    try:
        rules_of(settings)
    except BadLaw as bad:
        raise reading.BadValue(str(bad)) from None
    return settings


def _time_of_day(value: object) -> time:
    minutes = minutes_of(reading.text(value))
    if minutes >= DAY:
        raise reading.BadValue(f'"{value}" is the next day: the last is 23:59')
    return time(minutes // 60, minutes % 60)


def _borrower_or_loan(value: object) -> str:
    if value not in ("borrower", "loan"):
        raise reading.BadValue(f'"{value}" isn\'t borrower or loan')
    return str(value)


def _refused_or_review(value: object) -> str:
    if value not in ("refused", "review"):
        raise reading.BadValue(f'"{value}" isn\'t refused or review')
    return str(value)


def with_what_goes_along(chosen: Sequence[str]) -> tuple[str, ...]:
    """The bodies of law that apply together: with a country's those of its states and cities, with a city's those above it.

    >>> with_what_goes_along(["us-ma"]), with_what_goes_along(["cn"])
    (('us-ma', 'us', 'us-nyc'), ('cn',))
    """
    found = dict.fromkeys(chosen)
    for _ in layers():
        places = {place for name in found if name in layers() for place in layers()[name].places}
        found |= dict.fromkeys(
            name
            for name, layer in layers().items()
            if any(_is_part(one, other) or _is_part(other, one) for one in layer.places for other in places)
        )
    return tuple(found)


def _is_part(place: str, of: str) -> bool:
    return place.startswith(f"{of}-")


@cache
def rules_of(settings: Settings) -> Rules:
    """The rules that a lender lives under; kept, for each process reads them once. BadLaw as `rules_for`."""
    stricter = {rule: dict(values) for rule, values in settings.stricter}
    return rules_for(
        with_what_goes_along(settings.layers), stricter=stricter, policy=HousePolicy(settings.lenient, settings.adopted)
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What the gate is told besides the letter itself. at: when it goes out. sent: the days of letters that went to this person
    before. product: of the loan. agreed: what was promised and agreed about it; None: nothing."""

    settings: Settings
    at: datetime
    conduct: Conduct
    sent: tuple[date, ...]
    product: str
    agreed: Agreed | None = None


@dataclass(frozen=True, slots=True)
class HeldByGate:
    """A form that isn't sent. allowed_from: when it would no longer be refused; a person may still have to look at it. detail: every rule against it, or what nobody can read, in a sentence. is_review: it isn't forbidden,
    but a person looks first. against: what the rules against it found."""

    form: Form
    detail: str
    is_review: bool
    allowed_from: datetime | None = None
    against: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """forms: those that may go out. held: those that mayn't. late: of a notice that the law asks for by a day that is over, by how much."""

    forms: tuple[Form, ...]
    held: tuple[HeldByGate, ...] = field(default=())
    late: str = ""


def instant_of(as_of: date, zone: str, settings: Settings | None) -> datetime:
    """When a day's letters are taken to go out, if nobody names an instant: at the lender's hour in the book's zone."""
    return datetime.combine(as_of, settings.sends_at if settings else HOUR_OF_DAY, ZoneInfo(zone))


def judged(
    forms: Sequence[Form], contents: Sequence[LetterContent], texts: Mapping[Form, str], facts: LetterFacts, told: Told
) -> Judged:
    """Ask the gate about each form of a letter. texts: the words of forms that have their own, by form."""
    if told.conduct.gaps:
        files = ", ".join(told.conduct.gaps)
        why = f"rows of this person in {files} can't be read; what isn't known must be taken to forbid"
        return none_of(forms, why)
    if told.agreed is not None and told.agreed.unreadable:
        return none_of(forms, told.agreed.unreadable)
    try:
        known = facts_of(facts, told)
    except reading.BadValue as bad:
        return none_of(forms, f"an answer about this person or loan can't be read: {bad}")
    allowed, held = [], []
    for form in forms:
        address = _address(form, facts.recipient)
        refusals = [
            one for content in contents for one in _verdicts(form, content, texts.get(form, ""), address, known, told)
        ]
        if not refusals:
            allowed.append(form)
        else:
            held.append(_held(form, refusals, told))
    return Judged(tuple(allowed), tuple(held), late_notice(contents[0].letter, known, told) if allowed else "")


def late_notice(letter: str, known: Facts, told: Told) -> str:
    """What the rules on deadlines say of a notice that comes too late: it is sent, and a person deals with the breach."""
    notice = Proposal(Act.GIVE_NOTICE, debts=tuple(known.debts), letter=letter)
    verdict = judge(notice, known, rules_of(told.settings), told.at, look_ahead=False)
    return " ".join(
        f"{one.rule}: {one.detail}"
        for one in verdict.findings
        if one.effect is Effect.DUTY_BY_DEADLINE and one.decision is Decision.REVIEW and one.binding and not one.missing
    )


def none_of(forms: Sequence[Form], why: str) -> Judged:
    """Nothing may go out, as long as this is so."""
    return Judged((), tuple(HeldByGate(form, why, is_review=False) for form in forms))


def _verdicts(
    form: Form, content: LetterContent, text: str, address: str, known: Facts, told: Told
) -> Iterator[Verdict]:
    """The verdicts that stand against a form of a letter."""
    rules, channel = rules_of(told.settings), CHANNELS[form]
    if text:
        proposal = message_proposal(text, content, rules, channel=channel, address=address)
    else:
        proposal = letter_proposal(content, rules, channel=channel, address=address)
    verdict = judge(proposal, known, rules, told.at)
    if verdict.decision is not Decision.ALLOWED:
        yield verdict


def _address(form: Form, person: Borrower) -> str:
    """The number or address that a form goes to, the first the book has; empty where it has none."""
    match form:
        case Form.HTML:
            return next(iter(person.emails), "")
        case Form.SMS:
            return next(iter(person.phones), "")
        case _:
            return ", ".join(person.address)


def _held(form: Form, verdicts: Sequence[Verdict], told: Told) -> HeldByGate:
    against = [one for verdict in verdicts for one in verdict.against]
    refused = [verdict for verdict in verdicts if verdict.decision is Decision.REFUSED]
    known = [verdict.allowed_from for verdict in refused]
    allowed_from = max(at for at in known if at is not None) if known and None not in known else None
    said = [f"{one.rule}: {one.detail}" for one in against]
    if told.agreed is not None and {one.rule for one in against} & _of_agreements(rules_of(told.settings)):
        said.append(told.agreed.in_force)
    detail = " ".join(dict.fromkeys(one for one in said if one))
    return HeldByGate(form, detail, not refused, allowed_from, tuple({one.rule: one for one in against}.values()))


def _of_agreements(rules: Rules) -> set[str]:
    """The rules by which collection rests for a plan or a promise."""
    return {rule.id for rule in rules.rules if rule.check == "hold" and {"plan", "promise"} & set(rule.how["holds"])}


def facts_of(facts: LetterFacts, told: Told) -> Facts:
    """What is known of the person, the loan and what went before, as the gate takes it."""
    person = facts.recipient
    worked_out = {name: value for name, value in _answers(facts, told).items() if value is not None}
    # What the lender says of a whole product doesn't overrule what we know of this very loan; what the book says of the loan does.
    answers = answers_about(told, facts.loan.id) | worked_out | _from_book(told, facts.loan.id)
    return Facts(
        acting=Acting(told.settings.actor, told.settings.licence),
        person=Person(person.id, Relation(facts.role.value), evidence_of(person), person.language),
        contacts=tuple(sorted((*told.conduct.contacts, *_sent(told, person.id, facts)), key=lambda one: one.at)),
        consents=told.conduct.consents,
        preferences=told.conduct.preferences,
        holds=(*_holds(told.conduct), *_agreed_holds(told)),
        debts={facts.loan.id: Debt(facts.loan.id, product=told.settings.product(told.product), given=answers)},
        given=_from_book(told, ""),
    )


def answers_about(told: Told, loan_id: str) -> dict[str, Value]:
    """What the lender answers about its product and the book about the loan, which prevails; BadValue for what nobody knows."""
    return dict(dict(told.settings.answers).get(told.product, ())) | _from_book(told, loan_id)


def _from_book(told: Told, loan_id: str) -> dict[str, Value]:
    """What the book answers about a loan, or with an empty loan_id about the person; BadValue for what nobody knows."""
    pairs = [f"{name}={value}" for loan, name, value in told.conduct.answers if loan == loan_id]
    return answers_from_text(pairs, _zone_of(told.at))


def _zone_of(at: datetime) -> ZoneInfo:
    return at.tzinfo if isinstance(at.tzinfo, ZoneInfo) else ZoneInfo("UTC")


def evidence_of(person: Borrower) -> tuple[Evidence, ...]:
    """Every indication of where a person is; what can't be read is left out, and the rest must do."""
    return tuple(_each_evidence(person))


def _each_evidence(person: Borrower) -> Iterator[Evidence]:
    if home := person.region or person.country:
        yield places.evidence("address", home)
    if person.zone:
        yield places.evidence("own_word", person.zone)
    for phone in person.phones:
        try:
            yield places.evidence_of_number(phone, person.country)
        except ValueError:
            continue


def _sent(told: Told, person: str, facts: LetterFacts) -> Iterator[Contact]:
    """Letters that the day's job wrote before, unless the lender's own list of contacts has them."""
    zone = told.at.tzinfo
    listed = {
        one.at.astimezone(zone).date()
        for one in told.conduct.contacts
        if one.channel in (Channel.LETTER, Channel.EMAIL)
        and one.direction is Direction.OUT
        and (not one.debts or facts.loan.id in one.debts)
    }
    for day in told.sent:
        if day not in listed:
            yield Contact(
                datetime.combine(day, HOUR_OF_DAY, zone),
                Channel.LETTER,
                outcome=Outcome.DELIVERED,
                person=person,
                relation=Relation(facts.role.value),
                debts=(facts.loan.id,),
            )


def _holds(conduct: Conduct) -> Iterator[Hold]:
    for one, answers in zip(conduct.holds, conduct.hold_answers, strict=True):
        pairs = [part for part in answers.split(";") if part.strip()]
        given = answers_from_text(pairs, _zone_of(one.began_at))
        yield Hold(one.kind, one.began_at, one.until, one.debts, given)


def _agreed_holds(told: Told) -> Iterator[Hold]:
    """While which plans and promises collection rests; of promises, where the lender says so."""
    for one in told.agreed.holds if told.agreed else ():
        if one.kind != "promise" or told.settings.promises_rest:
            yield one


def _answers(facts: LetterFacts, told: Told) -> dict[str, Value | None]:
    """What the loan and the lender say by name, for the sentences that rest on it."""
    lender, figures = facts.lender, facts.assessment
    return {
        "lender_may_sue": lender.may_sue,
        "lender_reports_credit": lender.reports_to_credit_bureau,
        "charges_run": facts.next_day_adds > facts.next_day_fee,
        "contract_has_late_fee": facts.policy.late_fee is not None,
        "contract_on": facts.loan.disbursed_on,
        "due_on": figures.oldest_due_on,
        "is_time_barred": _is_barred(facts, told),
        **_of_notice(facts),
    }


def _of_notice(facts: LetterFacts) -> dict[str, Value | None]:
    """What a notice says of itself: the days of a default notice (CCA 1974 s.88(2)), of a validation notice its period."""
    match facts.particulars:
        case DefaultNotice() as notice:
            return {"default_notice_served_on": notice.served_on, "default_notice_names": notice.remedy_by}
        case Validation() as notice:
            return {"notice_sent_on": facts.issued_on, "validation_period_ends_on": notice.ends_on}
        case ArrearsNotice() as notice:
            return {"last_notice_on": notice.last_notice_on}
    return {}


def _is_barred(facts: LetterFacts, told: Told) -> bool | None:
    """Whether the claim for the oldest unpaid amount is barred on the day that the letter names; None: no law says when."""
    oldest = facts.assessment.oldest_due_on
    in_force = [values for rule in _on_limitation(told) if (values := rule.values_on(facts.issued_on))]
    years = [int(values["years"]) for values in in_force]
    if oldest is None or not years:
        return None
    began_again = _paid_on(facts) + _demanded_on(facts, told)
    return facts.pay_by > limitation_expiry(oldest, began_again, min(years))


def _paid_on(facts: LetterFacts) -> tuple[date, ...]:
    return tuple(one.effective_on for one in facts.loan.transactions if one.kind is Kind.PAYMENT)


def _demanded_on(facts: LetterFacts, told: Told) -> tuple[date, ...]:
    """Demands on file that reached the person, where every rule on limitation counts those."""
    if not all("demand" in rule.how.get("restarted_by", ()) for rule in _on_limitation(told)):
        return ()
    before = [one for one in told.conduct.contacts if one.at <= told.at]
    zones = [zone for one in evidence_of(facts.recipient) for zone in one.zones]
    return days_of_demands(before, zones, debts=[facts.loan.id])


def _on_limitation(told: Told) -> list[Rule]:
    return [rule for rule in rules_of(told.settings).rules if rule.check == "limitation" and not rule.disabled]
