"""What the gate is told: who acts, whom it concerns, what is proposed, and what went before.

Plain values, read by the caller from records or files. An answer that nobody has is None or absent, never a guess: a rule
that needs it refuses and says so. Instants are aware datetimes; amounts are minor units; rates exact fractions a year.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

Value = bool | int | str | date | datetime | Fraction | tuple[str, ...] | Mapping[str, int]


class Act(StrEnum):
    """What is proposed. Most rules constrain contacts; others what is charged, reported, agreed, handed over or kept."""

    CONTACT = "contact"
    REPORT_CREDIT = "report_credit"
    CHARGE = "charge"
    APPLY_PAYMENT = "apply_payment"
    TAKE_PAYMENT = "take_payment"
    AGREE_PLAN = "agree_plan"
    ENFORCE = "enforce"
    OUTSOURCE = "outsource"
    SHARE_DATA = "share_data"
    DECIDE = "decide"
    CLASSIFY = "classify"
    GIVE_NOTICE = "give_notice"
    ANSWER_DISPUTE = "answer_dispute"
    COUNT_DEMAND = "count_demand"
    DELETE_RECORD = "delete_record"


class Actor(StrEnum):
    """Who acts: half of the American rules turn on it.

    servicer: collects for another what it took over before it was in default; who took it in default is an agency.
    """

    CREDITOR = "creditor"
    CREDITOR_IN_ANOTHER_NAME = "creditor_in_another_name"
    AGENCY = "agency"
    DEBT_BUYER = "debt_buyer"
    SERVICER = "servicer"
    PLATFORM = "platform"


class Channel(StrEnum):
    CALL = "call"
    RINGLESS_VOICEMAIL = "ringless_voicemail"
    TEXT = "text"
    EMAIL = "email"
    INSTANT_MESSAGE = "instant_message"
    PORTAL = "portal"
    LETTER = "letter"
    POSTCARD = "postcard"
    LEAFLET = "leaflet"
    VISIT = "visit"
    SOCIAL_POST = "social_post"


_NOT_IN_ADDRESS = re.compile(r"[\W_]+")
_LEAST_DIGITS = 7


@lru_cache(maxsize=4096)
def may_be_same_address(one: str, other: str) -> bool:
    """Whether two writings may mean one number or address: signs, spaces, case and the country's code make no difference.

    It is asked where alike is the stricter answer: what a person ruled out, what is counted together.

    >>> may_be_same_address("+86 138 0000 0001", "138-0000-0001"), may_be_same_address("07700 900123", "+447700900123")
    (True, True)
    >>> may_be_same_address("Ann@Example.com", "ann@example.com "), may_be_same_address("+8613800000001", "+8613800000002")
    (True, False)
    """
    first, second = (_NOT_IN_ADDRESS.sub("", unicodedata.normalize("NFKC", text).casefold()) for text in (one, other))
    if first == second:
        return True
    if not (first.isdecimal() and second.isdecimal()):
        return False
    first, second = first.lstrip("0"), second.lstrip("0")
    return min(len(first), len(second)) >= _LEAST_DIGITS and (first.endswith(second) or second.endswith(first))


class Direction(StrEnum):
    OUT = "out"
    IN = "in"


class Outcome(StrEnum):
    """What became of a contact. UNKNOWN: nobody wrote it down, so it counts as whatever is strictest."""

    CONVERSATION = "conversation"
    ANSWERED = "answered"  # someone picked up and it ended there
    VOICEMAIL = "voicemail"
    VOICEMAIL_FULL = "voicemail_full"
    RANG_OUT = "rang_out"
    BUSY = "busy"
    NOT_IN_SERVICE = "not_in_service"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"


CONNECTED = frozenset({Outcome.CONVERSATION, Outcome.ANSWERED, Outcome.UNKNOWN})


class Relation(StrEnum):
    """What the person to be reached is to the debt."""

    BORROWER = "borrower"
    CO_BORROWER = "co_borrower"
    GUARANTOR = "guarantor"
    SPOUSE = "spouse"
    PARENT_OF_MINOR = "parent_of_minor"
    GUARDIAN = "guardian"
    EXECUTOR = "executor"
    SUCCESSOR = "successor"
    ATTORNEY = "attorney"
    DEBT_ADVISER = "debt_adviser"
    CREDITOR = "creditor"
    CREDIT_BUREAU = "credit_bureau"
    REGULATOR = "regulator"
    NAMED_CONTACT = "named_contact"  # an emergency contact the borrower once gave
    RELATIVE = "relative"
    FRIEND = "friend"
    COLLEAGUE = "colleague"
    EMPLOYER = "employer"
    NEIGHBOUR = "neighbour"
    LANDLORD = "landlord"
    STRANGER = "stranger"


OBLIGORS = frozenset({Relation.BORROWER, Relation.CO_BORROWER, Relation.GUARANTOR})


class Purpose(StrEnum):
    """What a contact is for. demand: asks for arrears. reminder: of what isn't yet due. service: nothing of collection."""

    DEMAND = "demand"
    REMINDER = "reminder"
    PLAN_REMINDER = "plan_reminder"
    OFFER = "offer"
    STATUTORY_NOTICE = "statutory_notice"
    VALIDATION_NOTICE = "validation_notice"
    VERIFICATION = "verification"
    ANSWER = "answer"
    CONFIRMATION = "confirmation"  # of an opt-out, and nothing else
    COLLECTION_ENDS = "collection_ends"
    REMEDY_MAY_FOLLOW = "remedy_may_follow"
    REMEDY_WILL_FOLLOW = "remedy_will_follow"
    LOCATE = "locate"
    RELAY = "relay"
    PROOF_OF_CLAIM = "proof_of_claim"
    SERVICE = "service"


class Place(StrEnum):
    """What a number or address is tied to; a mobile phone and a private e-mail address are tied to none."""

    UNTIED = "untied"
    HOME = "home"
    WORK = "work"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One indication of where a person is. zones: what it allows, several when it is ambiguous. places: ISO 3166 codes.

    source: address, phone or own_word. places such as "US-MA", "CN"; empty: it says nothing of the place.
    """

    source: str
    zones: tuple[ZoneInfo, ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it concerns.

    zones: every zone the person may be in; what is permitted must be permitted in all of them (12 CFR 1006.6(b)(1)(i)).
    """

    id: str
    relation: Relation = Relation.BORROWER
    evidence: tuple[Evidence, ...] = ()
    language: str = ""

    zones: tuple[ZoneInfo, ...] = field(init=False, compare=False, repr=False)
    places: frozenset[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        zones = {zone.key: zone for one in self.evidence for zone in one.zones}
        object.__setattr__(self, "zones", tuple(zones.values()))
        object.__setattr__(self, "places", frozenset(place for one in self.evidence for place in one.places))


@dataclass(frozen=True, slots=True)
class Contact:
    """Something that was sent, said or tried. at: when it was sent or placed, not when it arrived.

    address: the number or address used. person: whom it was meant for. debts: those spoken of, or that it was about.
    effective: whether it was an effective contact where a rule counts those; None: as its outcome says.
    by: who acted for the lender; empty: the lender itself. misdirected_known_at: from when it was known that somebody
    else was reached. required_by_law: it had to be sent.
    """

    at: datetime
    channel: Channel
    direction: Direction = Direction.OUT
    outcome: Outcome = Outcome.UNKNOWN
    address: str = ""
    person: str = ""
    relation: Relation = Relation.BORROWER
    debts: tuple[str, ...] = ()
    place: Place = Place.UNTIED
    purpose: Purpose | None = None
    automated: bool = False
    effective: bool | None = None
    by: str = ""
    disclosures: tuple[str, ...] = ()
    misdirected_known_at: datetime | None = None
    required_by_law: bool = False


@dataclass(frozen=True, slots=True)
class Consent:
    """Something a person allowed. what: a word of vocabulary.ConsentTo.

    begins_at: from when it holds, where that is later than when it was given; None: from then on. until: the person's own limit; in its
    second the consent is over. from_time, to_time: minutes after midnight, of hours agreed to, in the person's zone; alike, they agree
    to none.
    given_to: "us" or somebody else. in_permitted_contact: whether it was given in a contact that was itself permitted.
    """

    what: str
    given_at: datetime
    withdrawn_at: datetime | None = None
    until: datetime | None = None
    from_time: int | None = None
    to_time: int | None = None
    address: str = ""
    debts: tuple[str, ...] = ()
    given_to: str = "us"
    in_permitted_contact: bool = True
    begins_at: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """Whether it may be relied on at that instant: given to us, in a permitted contact, in force."""
        return (
            self.given_to == "us"
            and self.in_permitted_contact
            and self.given_at <= at
            and (self.begins_at is None or self.begins_at <= at)
            and (self.withdrawn_at is None or at < self.withdrawn_at)
            and (self.until is None or at < self.until)
        )

    def covers(self, debts: tuple[str, ...]) -> bool:
        """Whether it was given for all of these debts; one that names debts doesn't cover a contact about nobody knows which."""
        return not self.debts or (bool(debts) and set(debts) <= set(self.debts))

    def is_for(self, address: str) -> bool:
        """Whether it was given for this number or address; one that names one doesn't cover a contact by nobody knows which."""
        return self.address in ("", address)


class Wish(StrEnum):
    """What a person asked for."""

    NOT_AT_TIMES = "not_at_times"
    ONLY_AT_TIMES = "only_at_times"
    NOT_BY_CHANNEL = "not_by_channel"
    ONLY_BY_CHANNEL = "only_by_channel"
    NOT_AT_ADDRESS = "not_at_address"
    NOT_AT_PLACE = "not_at_place"


@dataclass(frozen=True, slots=True)
class Preference:
    """A wish, in force from the moment it was received. Times are minutes after midnight in the person's zone.

    A wish against a channel, address or place that names none is against each: what nobody wrote down counts as the strictest.
    The second on which a shunned span ends still belongs to it; a wished span has neither its first second nor its end.
    weekdays: 0 is Monday; empty: every day. A span whose end isn't after its start goes over midnight.
    """

    wish: Wish
    received_at: datetime
    withdrawn_at: datetime | None = None
    channels: frozenset[Channel] = frozenset()
    addresses: frozenset[str] = frozenset()
    places: frozenset[Place] = frozenset()
    from_time: int = 0
    to_time: int = 24 * 60
    weekdays: frozenset[int] = frozenset()

    def in_force(self, at: datetime) -> bool:
        return self.received_at <= at and (self.withdrawn_at is None or at < self.withdrawn_at)


@dataclass(frozen=True, slots=True)
class Hold:
    """A state in which collection stops, from the moment the lender learnt of it. What stays permitted, the rules say.

    kind: a word of vocabulary.HoldKind. until: None while nobody knows its end. debts: empty: all.
    given: what a rule wants to know of it, such as is_broken of a plan.
    """

    kind: str
    began_at: datetime
    until: datetime | None = None
    debts: tuple[str, ...] = ()
    given: Mapping[str, Value] = field(default_factory=dict)

    def concerns(self, debts: Iterable[str]) -> bool:
        mine = set(debts)
        return not self.debts or not mine or not mine.isdisjoint(self.debts)


@dataclass(frozen=True, slots=True)
class Debt:
    """A debt of the person. account: what it is counted under where a rule counts accounts. product: card, loan, …"""

    id: str
    account: str = ""
    product: str = ""
    given: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts. licence: bank, consumer_finance, micro_loan, … or none; None: nobody said."""

    actor: Actor | None = None
    licence: str | None = None
    name: str = ""


Record = TypeVar("Record", Contact, Consent, Preference, Hold)
_INSTANTS: Mapping[type, tuple[str, ...]] = {
    Contact: ("at", "misdirected_known_at"),
    Consent: ("given_at", "begins_at", "withdrawn_at", "until"),
    Preference: ("received_at", "withdrawn_at"),
    Hold: ("began_at", "until"),
}


def _comes_twice(record: Contact | Consent | Preference | Hold) -> bool:
    """Whether one of its instants lies in the second pass of an hour that comes twice."""
    return any(at.fold for name in _INSTANTS[type(record)] if (at := getattr(record, name)) is not None)


def _in_utc(record: Record) -> Record:
    """The same with its instants in UTC: two of one zone are compared by their wall clocks, which the fold doesn't tell apart."""
    instants = {name: at.astimezone(UTC) for name in _INSTANTS[type(record)] if (at := getattr(record, name))}
    return replace(record, **instants)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known about one person and their debts. contacts: in order of time. given: answers by their name.

    Names of answers are those of law/answers.yaml. What happened after the instant judged is not looked at.
    """

    acting: Acting
    person: Person
    contacts: tuple[Contact, ...] = ()
    consents: tuple[Consent, ...] = ()
    preferences: tuple[Preference, ...] = ()
    holds: tuple[Hold, ...] = ()
    debts: Mapping[str, Debt] = field(default_factory=dict)
    given: Mapping[str, Value] = field(default_factory=dict)

    contacted_at: tuple[datetime, ...] = field(init=False, compare=False, repr=False)
    """The instants of the contacts, to look them up by."""

    def __post_init__(self) -> None:
        for name in ("contacts", "consents", "preferences", "holds"):
            records = getattr(self, name)
            if any(_comes_twice(one) for one in records):
                object.__setattr__(self, name, tuple(_in_utc(one) if _comes_twice(one) else one for one in records))
        if any(later.at < earlier.at for earlier, later in zip(self.contacts, self.contacts[1:], strict=False)):
            object.__setattr__(self, "contacts", tuple(sorted(self.contacts, key=lambda one: one.at)))
        object.__setattr__(self, "contacted_at", tuple(one.at for one in self.contacts))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody wants to do. A contact has a channel and a purpose; debts: those it is about.

    replies_to: when the person's own message came that this answers. asks_for_payment: whether it does so in any words.
    required_by_law: a notice the law itself demands. text: the words, where they are known. unapproved: those of them that neither come with
    us nor were approved by a named person; None: nobody said, so all. letter: its kind.
    items: what a letter or message contains, by the names of law/items.yaml; None: as its words show. claims: the consequences a
    letter of ours names, by their keys. given: answers about this act alone.
    """

    act: Act = Act.CONTACT
    channel: Channel | None = None
    purpose: Purpose | None = None
    debts: tuple[str, ...] = ()
    address: str = ""
    place: Place = Place.UNTIED
    automated: bool = False
    replies_to: datetime | None = None
    asks_for_payment: bool = False
    required_by_law: bool = False
    language: str = ""
    text: str = ""
    unapproved: str | None = None
    letter: str = ""
    items: frozenset[str] | None = None
    claims: tuple[str, ...] = ()
    given: Mapping[str, Value] = field(default_factory=dict)
