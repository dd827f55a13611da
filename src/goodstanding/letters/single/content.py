"""A single letter: the paragraphs that staff chose, in their order, and whom to reach. No free text."""

from collections.abc import Iterator

from goodstanding.core.letter import Block, LetterContent, LetterFacts, Subheading
from goodstanding.core.particulars import Single
from goodstanding.letters.kind import Letter, Refusal
from goodstanding.letters.passages.frame import Said, framed
from goodstanding.letters.passages.reach import whom_to_reach
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.single.fields import FIELDS
from goodstanding.letters.single.paragraphs import CHOICES


def content(voice: Voice) -> LetterContent:
    parts = (voice.part("said", _said(voice)), voice.part("reach", whom_to_reach(voice)))
    return framed("single", voice, Said(parts))


def _said(voice: Voice) -> Iterator[Block]:
    for chosen in voice.particulars(Single).paragraphs:
        key = f"titled.{chosen.key}"
        yield Subheading(key, voice.wording.say(key))
        yield from CHOICES[chosen.key].blocks(voice)


def _why_not(facts: LetterFacts) -> Refusal | None:
    single = facts.particulars
    if not isinstance(single, Single):
        return None
    if (single.loan_id, single.role) != (facts.loan.id, facts.role):
        return Refusal(
            "not_this_letter",
            f"It was put together for loan {single.loan_id} and the {single.role}, not for {facts.loan.id} and the {facts.role}.",
        )
    keys = [chosen.key for chosen in single.paragraphs]
    if unknown := [key for key in keys if key not in CHOICES]:
        return Refusal("unknown_paragraph", f"There is no paragraph {', '.join(unknown)}: {', '.join(CHOICES)}.")
    if len(set(keys)) != len(keys):
        return Refusal("unknown_paragraph", "A paragraph was chosen twice.")
    return None


def _why_not_said(voice: Voice) -> Refusal | None:
    """Each paragraph still reads as it did when it was chosen, and may be said of this loan today."""
    single = voice.particulars(Single)
    if single.language != voice.wording.language:
        return Refusal("not_this_letter", f"It was put together in {single.language}: name that language.")
    for chosen in single.paragraphs:
        choice = CHOICES[chosen.key]
        if choice.hash(voice) != chosen.hash:
            return Refusal(
                "words_changed",
                f"The words of {chosen.key} have changed since it was chosen: put the letter together again.",
            )
        if why := choice.refusal(voice):
            return Refusal("not_so_here", f"{chosen.key} can't be said: {why}")
    return None


SINGLE = Letter("single", FIELDS, content, Single, about_arrears=False, why_not=_why_not, why_not_said=_why_not_said)
