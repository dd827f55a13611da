"""Write letters one after another and say how many a CPU-second makes, and how large they are.

    .venv/bin/python bench/letters.py                 200 letters, the golden cases in turn
    .venv/bin/python bench/letters.py --count 1000

Each letter is composed from its facts, written as plain text and set as a PDF; names, addresses and references differ.
Counted in CPU-seconds of this one process, after a first letter that loads the fonts.
"""

import argparse
import resource
import time
from collections import Counter
from dataclasses import replace

from goodstanding.core.letter import LetterFacts, LetterRefused
from goodstanding.letters.compose import compose
from goodstanding.letters.formal_overdue.golden.cases import cases
from goodstanding.letters.plain import plain_text
from goodstanding.letters.typeset import Typesetter


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    count = parser.parse_args().count
    originals = list(cases())
    typesetter = Typesetter()
    began = time.process_time()
    write(typesetter, originals[0][2], originals[0][1], 0)
    print(f"first letter: {time.process_time() - began:.2f} CPU-seconds, fonts and wording loaded")
    spent, sizes, made = Counter[str](), Counter[str](), Counter[str]()
    for number in range(1, count + 1):
        name, language, facts = originals[number % len(originals)]
        began = time.process_time()
        sizes[name] += write(typesetter, facts, language, number)
        spent[name] += time.process_time() - began  # type: ignore[assignment]
        made[name] += 1
    for name in made:
        print(f"{name:24} {made[name] / spent[name]:6.1f} a CPU-second {sizes[name] / made[name] / 1000:6.0f} kB")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count} letters: {count / spent.total():.1f} a CPU-second, {memory:.0f} MB at most")


def write(typesetter: Typesetter, facts: LetterFacts, language: str, number: int) -> int:
    """Compose, write and set one letter; return the size of its PDF."""
    borrower = replace(
        facts.borrower, name=f"{facts.borrower.name} {number}", address=(f"{number}", *facts.borrower.address)
    )
    content = compose("formal_overdue", replace(facts, borrower=borrower, reference=f"B-{number:06}"), language)
    if isinstance(content, LetterRefused):
        raise SystemExit(content.detail)
    pdf = typesetter.pdf(content)
    if isinstance(pdf, LetterRefused):
        raise SystemExit(pdf.detail)
    return len(pdf) if plain_text(content) else 0


if __name__ == "__main__":
    main()
