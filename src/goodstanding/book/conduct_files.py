"""The files beside a book that say how people were approached, what they allowed and wished, and what keeps us from asking.

They are what the gate is told (core/conduct/facts.py). Each row belongs to a person of the book; whose rows can't be read is
told apart, because what isn't known of them must be taken to forbid.
"""

from goodstanding.book.flat_file import BORROWER_ID, Cell, Column, FlatFile, text_column
from goodstanding.core.conduct.facts import Channel, Direction, Outcome, Place, Purpose, Relation, Wish
from goodstanding.core.conduct.vocabulary import ConsentTo, HoldKind

_LOANS = text_column("loan_id", "the loans it is about, with ; between; empty: all of the person's", "L-1001")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

CONTACTS = FlatFile(
    "contacts",
    "one row per contact or attempt, in both directions; personal data",
    (
        BORROWER_ID,
        Column(
            "sent_at", Cell.INSTANT, "when it was sent or placed, not when it arrived", "2026-03-10T10:05+08:00", True
        ),
        Column("channel", Cell.CHOICE, "by what means", "call", True, tuple(Channel)),
        Column("direction", Cell.CHOICE, "in: the person contacted you; empty: out", "out", choices=tuple(Direction)),
        Column(
            "outcome",
            Cell.CHOICE,
            "what became of it; empty: unknown, which counts as whatever is strictest",
            "rang_out",
            choices=tuple(Outcome),
        ),
        text_column("address", "the number or address used", "+86 138 0000 0000"),
        Column(
            "relation",
            Cell.CHOICE,
            "what the person meant is to the debt; empty: borrower",
            "borrower",
            choices=tuple(Relation),
        ),
        _LOANS,
        Column(
            "place", Cell.CHOICE, "what the number or address is tied to; empty: none", "home", choices=tuple(Place)
        ),
        Column("purpose", Cell.CHOICE, "what it was for", "demand", choices=tuple(Purpose)),
        Column("automated", Cell.FLAG, "whether a machine spoke or sent; empty: false", "false"),
        Column("effective", Cell.FLAG, "whether it was an effective contact; empty: as its outcome says", "true"),
        text_column("by", "who acted for you; empty: yourself", "Harbour Recoveries"),
        text_column("disclosures", "what was disclosed, with ; between", "from_debt_collector"),
        Column(
            "misdirected_known_at",
            Cell.INSTANT,
            "from when it was known that somebody else was reached",
            "2026-03-11T09:00+08:00",
        ),
        Column("required_by_law", Cell.FLAG, "whether the law itself demanded it; empty: false", "false"),
    ),
    is_optional=True,
)

CONSENTS = FlatFile(
    "consents",
    "one row per thing that a person allowed; personal data",
    (
        BORROWER_ID,
        Column("what", Cell.CHOICE, "what was allowed", "hours", True, tuple(ConsentTo)),
        Column("given_at", Cell.INSTANT, "when it was given", "2026-03-01T12:00+08:00", True),
        Column(
            "begins_at", Cell.INSTANT, "from when it holds; empty: from when it was given", "2026-03-02T00:00+08:00"
        ),
        Column("withdrawn_at", Cell.INSTANT, "when it was withdrawn; empty: it stands", "2026-05-01T09:00+08:00"),
        Column("until", Cell.INSTANT, "the person's own limit; empty: none", "2026-06-30T23:59+08:00"),
        Column("from_time", Cell.TIME, "of hours: from when, where the person is", "19:00"),
        Column("to_time", Cell.TIME, "of hours: until when", "23:00"),
        text_column("address", "the number or address it is for; empty: all", "+86 138 0000 0000"),
        _LOANS,
        text_column("given_to", "us, or whom else it was given to; empty: us", "us"),
        Column(
            "in_permitted_contact",
            Cell.FLAG,
            "whether it was given in a contact that was itself permitted; empty: true",
            "true",
        ),
    ),
    is_optional=True,
)

HOLDS = FlatFile(
    "holds",
    "one row per state in which collection rests, from the moment you learnt of it; personal data",
    (
        BORROWER_ID,
        Column("kind", Cell.CHOICE, "as the rules name it", "dispute", True, tuple(HoldKind)),
        Column("began_at", Cell.INSTANT, "when you learnt of it", "2026-03-10T09:00+08:00", True),
        Column("until", Cell.INSTANT, "when it ends; empty: not known, or as the rule says", "2026-05-10T00:00+08:00"),
        _LOANS,
        text_column("answers", "what rules ask of it, name=value with ; between", "is_broken=no"),
    ),
    is_optional=True,
)

PREFERENCES = FlatFile(
    "preferences",
    "one row per wish of a person; personal data",
    (
        BORROWER_ID,
        Column("wish", Cell.CHOICE, "what was asked for", "not_by_channel", True, tuple(Wish)),
        Column(
            "received_at", Cell.INSTANT, "when it was received: in force from then on", "2026-03-10T09:59+08:00", True
        ),
        Column("withdrawn_at", Cell.INSTANT, "when it was withdrawn; empty: it stands", "2026-05-01T09:00+08:00"),
        Column(
            "channels", Cell.CHOICES, "the channels it is about, with ; between", "call;text", choices=tuple(Channel)
        ),
        text_column("addresses", "the numbers or addresses it is about, with ; between", "+86 138 0000 0000"),
        Column("places", Cell.CHOICES, "the places it is about, with ; between", "work", choices=tuple(Place)),
        Column("from_time", Cell.TIME, "of times: from when, where the person is; empty: midnight", "12:00"),
        Column("to_time", Cell.TIME, "of times: until when; empty: midnight", "14:00"),
        Column(
            "weekdays",
            Cell.CHOICES,
            "of times: on which days, with ; between; empty: every day",
            "sat;sun",
            choices=WEEKDAYS,
        ),
    ),
    is_optional=True,
)

ANSWERS = FlatFile(
    "answers",
    "one row per thing that only some rules ask about a person or a loan; personal data",
    (
        BORROWER_ID,
        text_column("loan_id", "the loan it is about; empty: all of the person's", "L-1001"),
        text_column("name", "the answer's name", "regulated_agreement", required=True),
        text_column("value", "what it is: yes or no, a day, a number, a word", "yes", required=True),
    ),
    is_optional=True,
)

CONDUCT_FILES = (CONTACTS, CONSENTS, HOLDS, PREFERENCES, ANSWERS)
CONDUCT_NAMES = tuple(one.name for one in CONDUCT_FILES)
