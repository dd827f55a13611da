"""What a finished letter costs, part by part; how many processes make together; what verifying one costs; how memory goes."""

import gc
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused
from goodstanding.day.workers import SELDOM, Workers
from goodstanding.letters.archive import Archive, kept
from goodstanding.letters.attached import CODE
from goodstanding.letters.compose import compose
from goodstanding.letters.example_key import example_key
from goodstanding.letters.press import Finished, Press, write_letter
from goodstanding.letters.record import record_of
from goodstanding.letters.seal import seal
from goodstanding.letters.token import claim_of, write_token
from goodstanding.letters.typeset import Typesetter
from goodstanding.letters.verify import verify

from .drawn_letters import letter, letters

LETTER = "formal_overdue"
WARM = 12
"""Letters of each kind before any is counted: fonts, wording and what Typst keeps are there by then."""
Done = TypeVar("Done")


class TimedTypesetter(Typesetter):
    """Says how much of its time is Typst's."""

    def __init__(self) -> None:
        super().__init__()
        self.spent, self.calls = 0.0, 0

    def _compiled(self, *said: Any, **named: Any) -> bytes:
        began = time.process_time()
        page = super()._compiled(*said, **named)
        self.spent, self.calls = self.spent + time.process_time() - began, self.calls + 1
        return page


@dataclass(slots=True)
class Parts:
    """CPU seconds of so many letters of each kind, by part; plans: how often Typst was called."""

    count: int = 0
    plans: int = 0
    size: int = 0
    spent: Counter[str] = field(default_factory=Counter)

    @property
    def cpu_s(self) -> float:
        return float(sum(self.spent.values()))


def parts_of_letters(count: int) -> dict[str, Parts]:
    """Write letters one after another, each part by itself, with the collector of cycles as a worker has it; by language."""
    gc.set_threshold(SELDOM, *gc.get_threshold()[1:])
    typesetter, found = TimedTypesetter(), dict[str, Parts]()
    for number, (language, facts) in enumerate(letters(count + 3 * WARM)):
        parts = Parts() if number < 3 * WARM else found.setdefault(language, Parts())
        timed = _timer(parts.spent)
        content = timed("compose", lambda: _content(compose(LETTER, facts, language)))  # noqa: B023
        record = timed("record", lambda: record_of(facts, content))  # noqa: B023
        key = example_key()
        claim = claim_of(
            reference=facts.reference,
            loan_id=facts.loan.id,
            amount=facts.assessment.amount_to_cure,
            currency=facts.loan.currency,
            issued_on=facts.issued_on,
            key=key.id,
            record=record,
        )
        token = timed("token", lambda: write_token(claim, key.sign_token))  # noqa: B023
        before, calls = typesetter.spent, typesetter.calls
        page = timed("plan", lambda: typesetter.pdf(content, record=record, token=token))  # noqa: B023
        assert isinstance(page, bytes), page
        parts.spent["Typst"] += typesetter.spent - before  # type: ignore[assignment]
        parts.spent["plan"] -= typesetter.spent - before  # type: ignore[assignment]
        on, name = facts.issued_on, content.sender.name
        pdf = timed("seal", lambda: seal(page, key, on=on, describes=name, says={CODE: token}))  # noqa: B023
        parts.count, parts.plans = parts.count + 1, parts.plans + typesetter.calls - calls
        parts.size += len(pdf)
    return found


def _timer(spent: Counter[str]) -> Callable[[str, Callable[[], Done]], Done]:
    def timed(name: str, work: Callable[[], Done]) -> Done:
        began = time.process_time()
        done = work()
        spent[name] += time.process_time() - began  # type: ignore[assignment]
        return done

    return timed


def _content(content: LetterContent | LetterRefused) -> LetterContent:
    assert isinstance(content, LetterContent), content
    return content


# -- one process, and two -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Made:
    """A letter made by a process: its size, what its process has spent and holds (CPU s, MB)."""

    process: int
    size: int
    cpu_s: float
    rss_mb: float


@dataclass(frozen=True, slots=True)
class Together:
    """How so many processes did. memory: (letters made, MB of each process's memory, the largest)."""

    processes: int
    count: int
    wall_s: float
    cpu_s: float
    memory: tuple[tuple[int, float], ...]

    @property
    def each_second(self) -> float:
        return self.count / self.wall_s


@cache
def _press() -> Press:
    return Press(example_key())


def finished(language: str, facts: LetterFacts) -> Finished:
    made = write_letter(_press(), LETTER, facts, language)
    assert isinstance(made, Finished), made
    return made


def make(number: int) -> tuple[Made, bytes]:
    """Draw a loan, assess it and make its letter, as a worker of the day's job does: the PDF goes back to the one who asked."""
    pdf = finished(*letter(number)).pdf
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    rss = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return Made(os.getpid(), len(pdf), time.process_time(), rss), pdf


def together(processes: int, count: int, marks: int = 10) -> Together:
    """Make letters by so many processes, after each is warm."""
    with Workers(processes) as workers:
        first = {made.process: made for _, (made, _) in workers.answers(make, range(6 * WARM * processes))}
        began, memory, last, done = time.perf_counter(), list[tuple[int, float]](), dict(first), 0
        for _, (made, _) in workers.answers(make, range(100_000, 100_000 + count)):
            last[made.process], done = made, done + 1
            if done % max(1, count // marks) == 0:
                memory.append((done, max(one.rss_mb for one in last.values())))
        wall = time.perf_counter() - began
    cpu = sum(one.cpu_s - first[process].cpu_s for process, one in last.items() if process in first)
    return Together(processes, count, wall, cpu, tuple(memory))


def _count(steps: int) -> int:
    return sum(number * number & 7 for number in range(steps))


def machine_scale(steps: int = 3_000_000) -> float:
    """How much more than one process two do, by the clock, of work that shares nothing: what the machine itself has to give."""
    took = []
    for processes in (1, 2):
        with Workers(2) as workers:
            list(workers.answers(_count, [1000] * 8))
            began = time.perf_counter()
            list(workers.answers(_count, [steps] * 4) if processes == 2 else [_count(steps) for _ in range(4)])
            took.append(time.perf_counter() - began)
    return took[0] / took[1]


# -- afterwards -----------------------------------------------------------------------------------------------------


def verifications(count: int) -> dict[str, float]:
    """CPU seconds to verify a letter, by language; each must pass."""
    keys, spent, made = [example_key().public], Counter[str](), Counter[str]()
    for number in range(count + 6):
        language, facts = letter(number)
        pdf = finished(language, facts).pdf
        began = time.process_time()
        found = verify(pdf, keys)
        took = time.process_time() - began
        assert found.agrees.outcome == found.is_intact.outcome == found.is_genuine.outcome == "yes", found
        if number >= 6:
            spent[language] += took  # type: ignore[assignment]
            made[language] += 1
    return {language: spent[language] / made[language] for language in made}


def archived_bytes(count: int) -> float:
    """What the archive takes for a letter."""
    with tempfile.TemporaryDirectory(prefix="goodstanding-bench-") as scratch:
        Archive(Path(scratch)).add(_kept(count))
        return sum(path.stat().st_size for path in Path(scratch).iterdir()) / count


def _kept(count: int) -> Iterator[Any]:
    return (kept(finished(*letter(number))) for number in range(count))
