"""What a kind of letter is: its words, its law, its readers, what it needs to know, and what it says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from goodstanding.core.letter import LetterContent, LetterFacts
from goodstanding.core.party import Role
from goodstanding.letters.passages.voice import Voice


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a letter isn't written of these facts. detail: one sentence for the person who puts it right."""

    reason: str
    detail: str


def nothing_against_it(facts: LetterFacts) -> Refusal | None:
    return None


def nothing_against_it_said(voice: Voice) -> Refusal | None:
    return None


@dataclass(frozen=True, slots=True)
class Letter:
    """One kind of letter. Its name is its folder's.

    fields: of each sentence that its wording must hold. needs: the type of its particulars. law: the jurisdictions that
    know it; empty: all. readers: the roles it is written to. about_arrears: it is refused where nothing is overdue.
    why_not: what else refuses it; why_not_said: what of its words does. english_counts: the law's notice is the English one, and other languages say that they
    are translations. is_copied: a guarantor gets a copy, in the borrower's words, rather than words of their own.
    """

    name: str
    fields: Mapping[str, str]
    content: Callable[[Voice], LetterContent]
    needs: type | None = None
    law: tuple[str, ...] = ()
    readers: tuple[Role, ...] = tuple(Role)
    about_arrears: bool = True
    why_not: Callable[[LetterFacts], Refusal | None] = nothing_against_it
    why_not_said: Callable[[Voice], Refusal | None] = nothing_against_it_said
    english_counts: bool = False
    is_copied: bool = False
