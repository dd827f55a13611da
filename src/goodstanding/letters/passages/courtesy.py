"""A notice that counts in English: other languages say that they are translations."""

from goodstanding.letters.passages.voice import Voice


def opening(voice: Voice, key: str = "opening", **fields: str) -> str:
    """The letter's opening; of a translation, first that it is one."""
    said = voice.wording.say(key, **fields)
    return said if voice.wording.language == "en" else voice.join(voice.wording.say("courtesy.english_counts"), said)
