"""What letters about a dispute have in common: what it is about, in approved words."""

from collections.abc import Iterable

from goodstanding.core.particulars import About
from goodstanding.letters.passages.voice import Voice


def about(voice: Voice, subjects: Iterable[About]) -> str:
    """What a dispute is about, one or more things, set off as the language does."""
    return ("; " if voice.wording.language == "en" else "；").join(
        voice.wording.say(f"about.{subject}") for subject in subjects
    )
