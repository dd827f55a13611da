"""What a letter or message must hold, and what it must never say.

Claims are looked for in the words as a reader sees them: width, case and invisible characters make no difference, and in Chinese
neither do spaces and punctuation put between the characters to get past a filter. The phrases are data of the rules.
"""

import re
import unicodedata
from functools import cache
from typing import Any

from goodstanding.core.conduct.checks import Answer, Missing, Question, Stricter, check
from goodstanding.core.conduct.checks.answers import says

_INVISIBLE = dict.fromkeys(
    (0x00AD, 0x034F, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF)
)
_HAN = r"㐀-䶿一-鿿豈-﫿𠀀-𲎯"
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])[\s·.,、，。;；:：!！*_\-~|/\\]+(?=[{_HAN}])")
_SPACES = re.compile(r"\s+")


def as_read(text: str) -> str:
    """The words without what a reader doesn't see: width, case, invisible characters, runs of space.

    >>> as_read("Ｃｏｕｒｔ\\u200b   ORDER")
    'court order'
    """
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).casefold()).strip()


def joined(text: str) -> str:
    """The words with nothing between Chinese characters but characters, to find what was pulled apart.

    >>> joined("法 院.传票")
    '法院传票'
    """
    return _BETWEEN_HAN.sub("", text)


@cache
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source)


@check(
    "forbidden_words",
    values={"phrases": Stricter.MORE_ITEMS},
    how=("unless_phrases", "unless_all", "flag", "when"),
)
def forbidden_words(question: Question) -> Answer | None:
    """None of the phrases (regular expressions over the words as read) stands in the text.

    how: unless_phrases: around a find they make it harmless, such as "we are not a court": matched against the sentence it stands in.
    unless_all: answers that make it true and so permitted (unknown: it isn't). when: only if these are known to hold.
    flag: it isn't forbidden, but someone should look.
    """
    how = question.rule.how
    if not question.proposal.text:
        return None
    if not all(
        question.find(name.removeprefix("not ")) is not None and says(question, name) for name in how.get("when", ())
    ):
        return None
    words = as_read(question.proposal.text)
    found = _first(question.values["phrases"], how.get("unless_phrases", ()), words)
    if found is None:
        return Answer(False, "None of the words it forbids is there.")
    conditions = how.get("unless_all", ())
    if conditions and all(
        question.find(name.removeprefix("not ")) is not None and says(question, name) for name in conditions
    ):
        return Answer(False, f'It says "{found}", and what that rests on holds today.')
    needed = f", which needs: {', '.join(conditions)}" if conditions else ""
    if how.get("flag"):
        return Answer(False, f'It says "{found}"{needed}.', flag=True)
    return Answer(True, f'It says "{found}"{needed}.')


_SENTENCE_END = re.compile(r"[.!?。！？；;\n]")


def _first(phrases: Any, harmless: Any, words: str) -> str | None:
    for text in dict.fromkeys((words, joined(words))):
        for source in phrases:
            for match in _pattern(source).finditer(text):
                sentence = _sentence(text, match.start(), match.end())
                if not any(_pattern(one).search(sentence) for one in harmless):
                    return match.group()
    return None


def _sentence(text: str, start: int, end: int) -> str:
    begins = max((one.end() for one in _SENTENCE_END.finditer(text, 0, start)), default=0)
    after = _SENTENCE_END.search(text, end)
    return text[begins : after.start() if after else len(text)]


@check("required_items", values={"items": Stricter.MORE_ITEMS}, how=("flag_without", "any_of", "when"))
def required_items(question: Question) -> Answer | None:
    """All of the items stand in the letter or message. any_of: groups of items of which one at least must be there.

    flag_without: items without which someone should look. when: only if these answers hold.
    """
    if not all(says(question, name) for name in question.rule.how.get("when", ())):
        return None
    items = question.proposal.items
    if items is None:
        raise Missing("items")
    lacking = [one for one in question.values["items"] if one not in items]
    lacking += [" or ".join(group) for group in question.rule.how.get("any_of", ()) if items.isdisjoint(group)]
    if lacking:
        return Answer(True, f"It lacks: {', '.join(lacking)}.")
    wanted = [one for one in question.rule.how.get("flag_without", ()) if one not in items]
    if wanted:
        return Answer(False, f"It doesn't have: {', '.join(wanted)}.", flag=True)
    return Answer(False, "Every item that must be there is.")
