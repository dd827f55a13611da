"""The text message that tells somebody of a letter: how long it is, and whether one may be sent.

What it says is in the content (`short_message`): the lender, the reference, where to read the letter, how to be sure of it.
No name, no sum, no debt: a telephone lies on a table, and the law protects a debtor from those who look over a shoulder
(US: 12 CFR 1006.6(d); UK: CONC 7.9; PRC: 民法典 1033; HK: Code of Banking Practice). A debt collector under Regulation F sends
none: a text that says more than 12 CFR 1006.2(j) allows speaks of the debt.
"""

from dataclasses import dataclass

from goodstanding.core.letter import LetterContent, LetterRefused

MOST_SEGMENTS = 3
_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_EXTENDED = frozenset("^{}\\[~]|€\f")
"""Each takes two places (3GPP TS 23.038)."""


@dataclass(frozen=True, slots=True)
class ShortMessage:
    """encoding: GSM-7 or UCS-2. places: how many of its places it takes. segments: how many messages are paid for."""

    text: str
    encoding: str
    places: int
    segments: int


def short_message(content: LetterContent) -> ShortMessage | LetterRefused:
    """The message that tells of a letter, or why none is sent."""
    if not content.short_message:
        return LetterRefused(
            content.loan_id, "no_short_message", f"No text message may tell of a {content.letter} (12 CFR 1006.2(j))."
        )
    message = measured(content.short_message)
    if message.segments > MOST_SEGMENTS:
        return LetterRefused(
            content.loan_id,
            "message_too_long",
            f"The text message takes {message.segments} segments, {MOST_SEGMENTS} at most: shorten the lender's name or"
            " letter_link.",
        )
    return message


def measured(text: str) -> ShortMessage:
    """Count a text as networks do: 160 places of seven bits, or 70 of sixteen; of several segments 153, or 67 each.

    >>> measured("a" * 160).segments, measured("a" * 161).segments, measured("信" * 70).segments, measured("信" * 71).segments
    (1, 2, 1, 2)
    >>> measured("€").places, measured("😀").places
    (2, 2)
    """
    if all(one in _GSM_7 or one in _GSM_7_EXTENDED for one in text):
        sizes, single, several = [2 if one in _GSM_7_EXTENDED else 1 for one in text], 160, 153
        return ShortMessage(text, "GSM-7", sum(sizes), _segments(sizes, single, several))
    sizes = [2 if ord(one) > 0xFFFF else 1 for one in text]
    return ShortMessage(text, "UCS-2", sum(sizes), _segments(sizes, 70, 67))


def _segments(sizes: list[int], single: int, several: int) -> int:
    """How many segments; what takes two places is never split over two of them."""
    if sum(sizes) <= single:
        return 1
    count, room = 1, several
    for size in sizes:
        if size > room:
            count, room = count + 1, several
        room -= size
    return count
