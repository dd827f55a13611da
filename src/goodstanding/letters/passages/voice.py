"""What every part of the letter needs: the facts, the words, and how figures are written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from goodstanding.core.lender import Contact
from goodstanding.core.letter import Block, LetterFacts, List, Paragraph, Part
from goodstanding.letters.formats import Formats
from goodstanding.letters.wording import Wording

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Voice:
    """What every part needs: the facts, the words, and how figures are written."""

    facts: LetterFacts
    wording: Wording
    formats: Formats

    @property
    def contact(self) -> Contact:
        return self.facts.lender.contacts[self.wording.language]

    def particulars(self, kind: type[Kind]) -> Kind:
        """What only this kind of letter needs to know; compose has refused the letter without it."""
        if not isinstance(self.facts.particulars, kind):
            raise TypeError(f"a letter without its {kind.__name__}: compose refuses it before")
        return self.facts.particulars

    @property
    def is_revolving(self) -> bool:
        return any(instalment.minimum is not None for instalment in self.facts.loan.schedule)

    def bill(self, key: str) -> str:
        """The key for a bill, where the account is billed; else for an instalment."""
        return f"{key}_bill" if self.is_revolving else key

    def paragraph(self, *keys: str, prominent: bool = False, **fields: str) -> Paragraph:
        """One paragraph of one or more whole sentences."""
        return Paragraph(keys[0], self.join(*(self.wording.say(key, **fields) for key in keys)), prominent)

    def part(self, key: str, blocks: Iterable[Block]) -> Part:
        """One part under its heading."""
        return Part(key, self.wording.say(f"{key}.heading"), tuple(blocks))

    def listed(self, key: str, said: Iterable[tuple[str, Mapping[str, str]]]) -> List:
        """Whole sentences as a list: the key and the fields of each."""
        pairs = tuple(said)
        return List(
            key, tuple(self.wording.say(one, **fields) for one, fields in pairs), tuple(one for one, _ in pairs)
        )

    def join(self, *sentences: str) -> str:
        """Set sentences after each other, with a space where the language has one."""
        return (" " if self.wording.language == "en" else "").join(sentences)
