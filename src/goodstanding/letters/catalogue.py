"""The letters there are, and how it stands with their words: version, hash, who approved them, what a lender replaced."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from goodstanding.core.party import LANGUAGES, Role
from goodstanding.letters.approvals import FILE, Approval, approvals
from goodstanding.letters.compose import LETTERS
from goodstanding.letters.kind import Letter
from goodstanding.letters.wording import Wording, layers, load_wording


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with one letter's words in one language for one reader.

    changed_since: whoever approved earlier words of it, where these aren't approved. replaced: the lender's own files.
    """

    letter: str
    language: str
    role: Role
    wording: Wording
    changed_since: Approval | None
    replaced: tuple[str, ...]


def letters_of(jurisdiction: str) -> tuple[Letter, ...]:
    """The letters that a jurisdiction knows, in the order in which a borrower might meet them."""
    return tuple(one for one in LETTERS.values() if not one.law or jurisdiction in one.law)


def words_of(letter: Letter) -> tuple[Role, ...]:
    """The readers for whom a letter has words; a copy is in the borrower's."""
    return tuple(role for role in letter.readers if role is Role.BORROWER or not letter.is_copied)


def standings(
    jurisdiction: str, overrides: Path | None, *, languages: tuple[str, ...] = LANGUAGES
) -> Iterator[Standing]:
    """How it stands with every letter that a lender of this jurisdiction can write."""
    for letter in letters_of(jurisdiction):
        for language in languages:
            for role in words_of(letter):
                yield standing_of(letter, language, role, jurisdiction, overrides)


def standing_of(letter: Letter, language: str, role: Role, jurisdiction: str, overrides: Path | None) -> Standing:
    wording = load_wording(letter.name, language, jurisdiction, letter.fields, overrides, role)
    ours = (letter.name, language, role)
    earlier = [one for one in approvals(overrides) if (one.letter, one.language, one.role) == ours]
    changed = earlier[-1] if earlier and not wording.approved_by else None
    replaced = tuple(
        path.relative_to(overrides).as_posix()
        for _, path in layers(letter.name, language, jurisdiction, role, overrides)
        if overrides is not None and path.is_relative_to(overrides)
    )
    return Standing(letter.name, language, role, wording, changed, replaced)


def approve(standing: Standing, folder: Path, *, by: str, on: date) -> Path:
    """Add to the lender's file that somebody approved these words; returns the file."""
    approval = Approval(standing.letter, standing.language, standing.role, standing.wording.hash, by, on)
    path = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    head = (
        ""
        if path.exists()
        else "# Who approved which words, and when. A change of the words undoes it: their hash is another then.\n"
    )
    with path.open("a", encoding="utf-8") as file:
        file.write(head + approval.line())
    return path
