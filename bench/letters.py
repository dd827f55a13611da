"""Measure letters: what a finished one costs and its parts, two processes beside one, verifying, memory; and beside others.

    .venv/bin/python bench/letters.py                 some three minutes; writes bench/letters.md
    .venv/bin/python bench/letters.py --dry           printed only
    .venv/bin/python bench/letters.py --run 20000     a run of 20,000 letters by two processes, and how memory goes

Letters are made from a seed: invented people, each with a loan of their own of which one or two instalments are overdue, in
three languages by turns; each letter is composed, set with its record attached and its code, and sealed. Figures are
CPU seconds, but for how two processes do beside one, which is the clock's. ReportLab and WeasyPrint are measured where they are
installed: `.venv/bin/pip install --require-hashes -r requirements/bench.lock` brings them.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from measures.letter_beside import LACKS, Rival, rivals
from measures.machine import load, machine
from measures.press_run import (
    Parts,
    Together,
    archived_bytes,
    machine_scale,
    parts_of_letters,
    together,
    verifications,
)

RESULTS = Path(__file__).parent / "letters.md"
LETTERS_A_CPU_SECOND, VERIFIED_A_CPU_SECOND, TWICE, MOST_BYTES = 45, 100, 1.8, 120_000
INTRODUCTION = """# Letters: measures

`.venv/bin/python bench/letters.py` measures all of this again and writes it here; its head says what is measured.

"""


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--count", type=int, default=300, help="letters of each measure")
    options.add_argument("--run", type=int, default=0, help="letters of the run by two processes")
    options.add_argument("--dry", action="store_true", help="print, but leave the file as it is")
    chosen = options.parse_args()
    shown = "\n".join(figures(chosen.count, chosen.run or 4 * chosen.count))
    print(shown)
    if not chosen.dry:
        RESULTS.write_text(INTRODUCTION + shown + "\n", encoding="utf-8")


def figures(count: int, run: int) -> Iterator[str]:
    began = load()
    parts = parts_of_letters(count)
    verified = verifications(min(count, 120))
    one, two, bare = together(1, count), together(2, run), machine_scale()
    others, kept = rivals(max(10, count // 10)), archived_bytes(min(count, 200))
    yield f"{datetime.now(UTC):%-d %B %Y}. {machine()}; {_versions()}. Load when it began and ended: {began} and {load()}.\n"
    yield from _bounds(parts, verified, one, two, bare)
    yield from _parts(parts)
    yield from _memory(two, kept)
    yield from _beside(others)


def _versions() -> str:
    return ", ".join(
        f"{name} {_version(name)}" for name in ("goodstanding", "typst", "pypdfium2", "reportlab", "weasyprint")
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not here"


def _bounds(
    parts: dict[str, Parts], verified: dict[str, float], one: Together, two: Together, bare: float
) -> Iterator[str]:
    each = sum(part.count for part in parts.values()) / sum(part.cpu_s for part in parts.values())
    checked = len(verified) / sum(verified.values())
    scale = two.each_second / one.each_second
    size = max(part.size / part.count for part in parts.values())
    yield "### What was asked for\n"
    yield "| measure | bound | found | met |\n| --- | ---: | ---: | ---: |"
    yield _row(
        "finished letters a CPU second", f"≥ {LETTERS_A_CPU_SECOND}", f"{each:.1f}", each >= LETTERS_A_CPU_SECOND
    )
    yield _row(
        "verified a CPU second", f"≥ {VERIFIED_A_CPU_SECOND}", f"{checked:.1f}", checked >= VERIFIED_A_CPU_SECOND
    )
    yield _row("two processes beside one (by the clock)", f"≥ {TWICE} times", f"{scale:.2f} times", scale >= TWICE)
    yield _row("bytes of a letter", f"≤ {MOST_BYTES:,}", f"{size:,.0f}", size <= MOST_BYTES)
    yield (
        "\nTogether processes draw each loan, assess it for three days, and send the PDF back, as the day's job does."
        f" By the clock one made {one.each_second:.1f} letters a second, two made {two.each_second:.1f}"
        f" ({two.count:,} letters); in CPU seconds a letter took {one.cpu_s / one.count * 1000:.1f} ms and"
        f" {two.cpu_s / two.count * 1000:.1f} ms. A loop that shares nothing was done {bare:.2f} times as fast by two processes"
        " as by one: so much has this machine to give.\n"
    )


def _row(measure: str, bound: str, found: str, met: bool) -> str:
    return f"| {measure} | {bound} | {found} | {'yes' if met else '**no**'} |"


def _parts(parts: dict[str, Parts]) -> Iterator[str]:
    names = ("compose", "record", "token", "plan", "Typst", "seal")
    yield "### Where the time goes\n\nThousandths of a CPU second for a letter; calls: of Typst for a letter.\n"
    yield "| language | " + " | ".join(names) + " | all | a CPU second | calls | bytes |"
    yield "| --- |" + " ---: |" * (len(names) + 4)
    for language, part in parts.items():
        cells = [f"{part.spent[name] / part.count * 1000:.2f}" for name in names]
        all_of_it = f"{part.cpu_s / part.count * 1000:.1f} | {part.count / part.cpu_s:.1f}"
        calls, size = f"{part.plans / part.count:.2f}", f"{part.size / part.count:,.0f}"
        yield f"| {language} | {' | '.join(cells)} | {all_of_it} | {calls} | {size} |"
    yield ""


def _memory(two: Together, kept: float) -> Iterator[str]:
    yield "### Memory\n\nOf the larger of two processes, as letters are made.\n"
    yield "| letters | " + " | ".join(f"{done:,}" for done, _ in two.memory) + " |"
    yield "| --- |" + " ---: |" * len(two.memory)
    yield "| MB | " + " | ".join(f"{rss:.0f}" for _, rss in two.memory) + " |"
    yield f"\nThe archive takes {kept:,.0f} bytes for a letter.\n"


def _beside(others: list[Rival]) -> Iterator[str]:
    yield "### Beside other engines\n\nThe English letter, composed and set; ours is sealed besides.\n"
    yield "| engine | ms a letter | ours | times slower | bytes | without |\n| --- | ---: | ---: | ---: | ---: | --- |"
    for other in others:
        if other.missing:
            yield f"| {other.name} | not installed here | | | | |"
        else:
            cost = f"{other.cpu_s * 1000:.1f} | {other.our_cpu_s * 1000:.1f} | {other.times:.1f}"
            yield f"| {other.name} | {cost} | {other.size:,} | {LACKS[other.name]} |"


if __name__ == "__main__":
    main()
