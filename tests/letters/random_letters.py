"""Random letters, one for each seed: any kind, language and reader, with names of every plane of Unicode that the faces have,
amounts from 0.01 to 99,999,999,999.99, statements of 1 to 60 lines and long addresses. Every one must come out whole.

    python -m tests.letters.random_letters FIRST COUNT [FILE]

makes and judges those of the seeds from FIRST on, and adds a line for the run to FILE; a few stand in the suite.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random

from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.dates import add_months
from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused, Table
from goodstanding.core.loan import Kind, Loan, Transaction
from goodstanding.core.particulars import DisputeAnswered, Single
from goodstanding.core.particulars import Outcome as Answered
from goodstanding.core.party import Borrower
from goodstanding.core.plans.schedule import build_schedule
from goodstanding.core.plans.terms import Terms
from goodstanding.core.rates import AnnualRate
from goodstanding.letters import faces
from goodstanding.letters.compose import LETTERS, compose
from goodstanding.letters.example_key import example_key
from goodstanding.letters.examples import facts_of, paying_by
from goodstanding.letters.golden import cases_of
from goodstanding.letters.press import Press
from goodstanding.letters.verify import Outcome, verify
from tests.letters.seen import faults

LARGEST = 99_999_999_999_99
HUNDRED = 100
LINES = 60
BEHIND = (1, 1, 1, 1, 2, 2, 2, 3, 3, 5, 5, 8, 13, 19)
"""How many instalments are unpaid, as often as they are drawn: of each a statement has one to five lines."""
TRIES = 3
"""How many loans are tried before a letter is written about the golden one: not every letter can be written about any loan."""
LATIN = (
    "Siân Łukasiewicz Öztürk Nguyễn Þórunn O'Brien Castañeda Ελένη Иван Dvořák von der Mühlen-Schäfer Ó Murchú".split()
)
PLACES = ("路", "街道", "巷", "弄", "村", "工业园区", "花园", "大厦", "公寓")
STREETS = ("Boulevard", "Street", "Mews", "Crescent", "Industrial Park", "Terrace", "Lane")


@dataclass(frozen=True)
class Drawn:
    """A letter drawn: of which kind and golden case, in which language, about which facts, saying what."""

    letter: str
    case: str
    language: str
    facts: LetterFacts
    content: LetterContent
    is_own_loan: bool


def draw(seed: int) -> Drawn:
    """The letter of a seed: always the same."""
    chance = Random(seed)
    letter = list(LETTERS)[seed % len(LETTERS)]
    case, (language, make) = chance.choice(list(cases_of(letter).items()))
    base = _to_somebody(make(), chance)
    for _ in range(TRIES):
        facts = _about_another_loan(base, chance, is_coming=letter == "pre_due_reminder")
        content = compose(letter, facts, language) if facts else None
        if facts and isinstance(content, LetterContent) and _lines_of(content) <= LINES:
            return Drawn(letter, case, language, facts, content, True)
    content = compose(letter, base, language)
    if isinstance(content, LetterRefused):
        raise AssertionError(f"seed {seed}: {letter} {case} is refused to somebody else: {content.detail}")
    return Drawn(letter, case, language, base, content, False)


def judged(press: Press, drawn: Drawn) -> list[str]:
    """What is wrong with the finished letter, in words."""
    finished = press.finish(drawn.facts, drawn.content)
    if isinstance(finished, LetterRefused):
        return [f"can't be set: {finished.detail}"]
    found = verify(finished.pdf, [example_key().public])
    answers = (found.is_genuine, found.is_intact, found.agrees)
    doubts = [f"doesn't verify: {why}" for one in answers if one.outcome is not Outcome.YES for why in one.why]
    return [*faults(finished), *doubts]


def _lines_of(content: LetterContent) -> int:
    tables = [block for part in content.parts for block in part.blocks if isinstance(block, Table)]
    return max((len(table.rows) for table in tables), default=0)


def _to_somebody(facts: LetterFacts, chance: Random) -> LetterFacts:
    """The same facts of other people."""
    facts = replace(facts, borrower=_somebody(facts.borrower, chance))
    if facts.reader:
        facts = replace(facts, reader=replace(facts.reader, person=_somebody(facts.reader.person, chance)))
    return replace(facts, reference=f"{chance.randrange(10**6):06}-{chance.randrange(10**5):05}-{_word(chance, 5)}")


def _somebody(person: Borrower, chance: Random) -> Borrower:
    return replace(
        person,
        name=_name(chance),
        id_number=f"{chance.randrange(10**18):018}" if person.id_number else "",
        address=tuple(_address_line(chance) for _ in range(chance.randint(1, 7))),
    )


def _name(chance: Random) -> str:
    way = chance.random()
    if way < 0.35:
        return "".join(chance.choices(_every_han(), k=chance.randint(2, 6)))
    if way < 0.5:
        return "·".join(
            "".join(chance.choices(_every_han(), k=chance.randint(2, 6))) for _ in range(chance.randint(2, 4))
        )
    if way < 0.9:
        return " ".join(chance.choices(LATIN, k=chance.randint(1, 5)))
    if way < 0.95:
        return "".join(chance.choices(_every_other(), k=chance.randint(2, 8)))
    return _word(chance, chance.randint(20, 90))


@cache
def _planes() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for one in sorted(faces.whole_characters()):
        found.setdefault(ord(one) >> 16, []).append(one)
    return found


@cache
def _every_han() -> list[str]:
    """As many of the first plane as of all beyond it: the rare ones are what is tried."""
    first = [one for one in _planes()[0] if "\u3400" <= one <= "\u9fff"]
    beyond = [one for plane, them in _planes().items() if plane >= 2 for one in them]
    return first[:: max(1, len(first) // len(beyond))] + beyond


@cache
def _every_other() -> list[str]:
    """Kana, bopomofo, hangul, letters in circles, of the first two planes."""
    spans = (("\u3041", "\u30fa"), ("\u3105", "\u312d"), ("\uac00", "\ud7a3"), ("\U0001f110", "\U0001f12b"))
    return [one for them in _planes().values() for one in them if any(low <= one <= high for low, high in spans)]


def _word(chance: Random, length: int) -> str:
    return "".join(chance.choices("ABCDEFGHJKMNPQRSTUVWXYZ23456789", k=length))


def _address_line(chance: Random) -> str:
    if chance.random() < 0.5:
        parts = (
            "".join(chance.choices(_every_han()[:3000], k=chance.randint(1, 5))) for _ in range(chance.randint(1, 5))
        )
        return "".join(part + chance.choice(PLACES) for part in parts) + f" {chance.randrange(10**4)} 号"
    words = " ".join(_word(chance, chance.randint(2, 14)).title() for _ in range(chance.randint(1, 7)))
    return f"{chance.randrange(1, 10**4)} {words} {chance.choice(STREETS)}"


def _about_another_loan(base: LetterFacts, chance: Random, *, is_coming: bool) -> LetterFacts | None:
    """The same people and day, another loan; None where its amounts go beyond the largest."""
    as_of = base.issued_on
    behind, paid = 0 if is_coming else chance.choice(BEHIND), chance.randint(0, 2)
    count = paid + behind + chance.randint(1 if is_coming else 0, 3)
    day = date(as_of.year, as_of.month, chance.randint(as_of.day + 1, 28) if as_of.day < 28 else 28)
    first = add_months(day, -(paid + behind))
    principal = min(LARGEST, round(10 ** chance.uniform(0, 13.05)) + count)
    rate = AnnualRate(Fraction(chance.choice((0, chance.randint(1, 3600))), 10_000))
    lent_on = add_months(first, -1)
    try:
        terms = Terms(principal, rate, lent_on, count, first)
        schedule = build_schedule(terms)
        payments = [
            Transaction(f"T{number:04}", Kind.PAYMENT, one.amount, one.due_on, one.due_on)
            for number, one in enumerate(schedule[:paid], 1)
            if one.amount
        ]
        if behind and chance.random() < 0.5 and schedule[paid].amount > 2:
            part = chance.randint(1, schedule[paid].amount - 1)
            day = schedule[paid].due_on
            payments.append(Transaction("T9000", Kind.PAYMENT, part, day, day))
        loan = Loan(
            f"{_word(chance, 2)}-{chance.randrange(10**8)}", base.loan.currency, principal, lent_on, rate, schedule,
            tuple(payments), product="personal",
        )  # fmt: skip
        offers = tuple(one for one in ("instalments", "extension") if chance.random() < 0.5)
        facts = facts_of(loan, base.policy, base.borrower, base.lender, offers=offers, as_of=as_of)
        facts = facts if facts.pay_by == base.pay_by else paying_by(facts, base.pay_by)
    except (CannotAssess, ValueError):
        return None
    particulars = base.particulars
    if isinstance(particulars, Single):
        particulars = replace(particulars, loan_id=loan.id)
    if isinstance(particulars, DisputeAnswered) and particulars.outcome is Answered.AS_BEFORE:
        then = assess(loan, base.policy, as_of=particulars.claimed_on)
        particulars = replace(particulars, claimed=then.amount_to_cure)
    return replace(facts, reader=base.reader, particulars=particulars, reference=base.reference)


@cache
def _press() -> Press:
    return Press(example_key())


def run(first: int, count: int) -> Iterator[tuple[int, Drawn, list[str]]]:
    press = _press()
    for seed in range(first, first + count):
        drawn = draw(seed)
        yield seed, drawn, judged(press, drawn)


def main(first: int, count: int, file: Path | None = None) -> int:
    """Judge them, a line for each hundred, so that a run that is stopped goes on with the next."""
    wrong = [
        _hundred(start, min(HUNDRED, first + count - start), file) for start in range(first, first + count, HUNDRED)
    ]
    return 1 if any(wrong) else 0


def _hundred(first: int, count: int, file: Path | None) -> int:
    """How many have something wrong."""
    kinds, own, wrong = Counter[str](), 0, 0
    amounts: list[int] = []
    for seed, drawn, faulty in run(first, count):
        kinds[f"{drawn.letter} {drawn.language} {drawn.facts.role}"] += 1
        own += drawn.is_own_loan
        amounts += [drawn.facts.assessment.amount_to_cure] if drawn.is_own_loan else []
        wrong += bool(faulty)
        for fault in faulty:
            print(f"seed {seed}, {drawn.letter} {drawn.case}: {fault}", flush=True)
    said = (
        f"seeds {first} to {first + count - 1}: {count} letters of {len(kinds)} kinds, languages and readers, {own} about"
        f" loans of their own, {min(amounts, default=0) / 100:,.2f} to {max(amounts, default=0) / 100:,.2f} overdue, {wrong} with something wrong"
    )
    print(said, flush=True)
    if file:
        with file.open("a", encoding="utf-8") as lines:
            print(said, file=lines)
    return wrong


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), *(Path(one) for one in sys.argv[3:])))
