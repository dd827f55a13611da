"""What computes a whole book: threads of this process, or Spark. Either leaves the same folder of results.

An engine is made ready before the clock starts and before anything is written, so that what it lacks is told at once.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from goodstanding.batch.local import assess_book
from goodstanding.batch.policies import PolicyTable
from goodstanding.batch.run import RunSummary, Source
from goodstanding.day.progress import Progress
from goodstanding.day.stop import Stopped


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. threads: as many as there are processors when None. engine: one of ENGINES.

    instalments: whether a row per instalment and per drawdown is written beside the loans. master, settings: Spark's.
    """

    book: Path
    lender: Path
    out: Path
    as_of: date
    known_on: date | None = None
    threads: int | None = None
    engine: str = "local"
    instalments: bool = False
    master: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


Assess = Callable[[Source, PolicyTable], RunSummary]
"""Assesses the loans of a source into the folder that is asked for: part files, quarantine.parquet, manifest.json."""
Engine = Callable[[Request, Progress], AbstractContextManager[Assess]]


@contextmanager
def _locally(request: Request, progress: Progress) -> Iterator[Assess]:
    def assess(source: Source, policies: PolicyTable) -> RunSummary:
        with _telling(progress, source) as tell:
            return assess_book(source, request.out, policies, **_asked(request), threads=request.threads, progress=tell)

    yield assess


@contextmanager
def _on_spark(request: Request, progress: Progress) -> Iterator[Assess]:
    from goodstanding.batch.spark import SparkFailed, assess_files
    from goodstanding.batch.spark_session import NoSpark, spark_session

    def assess(source: Source, policies: PolicyTable) -> RunSummary:
        with _telling(progress, source) as tell:
            return assess_files(session, source, request.out, policies, **_asked(request), progress=tell)

    opened = spark_session(request.master, request.settings)
    try:
        with progress.stage("Starting Spark"):
            session = opened.__enter__()
    except NoSpark as why:
        raise Stopped(f"{_capital(str(why))}.") from None
    try:
        yield assess
    except SparkFailed as why:
        raise Stopped(f"{_capital(str(why))}.") from None
    finally:
        opened.__exit__(None, None, None)


ENGINES: Mapping[str, Engine] = {"local": _locally, "spark": _on_spark}


def _asked(request: Request) -> dict[str, Any]:
    return {"as_of": request.as_of, "known_on": request.known_on, "instalments": request.instalments}


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]


@contextmanager
def _telling(progress: Progress, source: Source) -> Iterator[Callable[[int, int], None]]:
    """A stage that is told how many loans are done by now, rather than how many more."""
    with progress.stage("Assessing loans", sum(source.sizes)) as advance:
        reached = 0

        def tell(done: int, _: int) -> None:
            nonlocal reached
            advance(done - reached)
            reached = done

        yield tell
