"""Amounts in words: 人民币大写, by the People's Bank's rule, simplified and traditional.

The rule is 《正确填写票据和结算凭证的基本规定》 (annex to 支付结算办法, 1997). Where it leaves a choice we write what it
gives first: 整 after 元 and nothing after 角 or 分 (壹仟肆佰零玖元伍角); 零 for a zero in the place of 元 before 角
(壹仟陆佰捌拾元零叁角贰分), none for a zero in the place of 万 before 仟 (壹拾万柒仟元零伍角叁分). From 10^12 yuan up we
write 万亿, as the mainland does, never 兆. Worked table: docs/methods/amounts_in_words.md
"""

from typing import NamedTuple


class _Script(NamedTuple):
    digits: str
    places: str
    ten_thousand: str
    hundred_million: str
    currency: str


_SIMPLIFIED = _Script("零壹贰叁肆伍陆柒捌玖", "拾佰仟", "万", "亿", "人民币")
_TRADITIONAL = _Script("零壹貳叁肆伍陸柒捌玖", "拾佰仟", "萬", "億", "人民幣")
LARGEST_IN_WORDS = 10**18 - 1
"""Fen: 9999 万亿 and all that follows. More than any amount that the product accepts."""


def amount_in_words(minor: int, *, traditional: bool = False) -> str:
    """Write an amount of CNY (minor: fen, not negative) as it stands on cheques and formal letters.

    >>> amount_in_words(1_409_50), amount_in_words(16_409_02), amount_in_words(107_000_53, traditional=True)
    ('人民币壹仟肆佰零玖元伍角', '人民币壹万陆仟肆佰零玖元零贰分', '人民幣壹拾萬柒仟元零伍角叁分')
    """
    if not 0 <= minor <= LARGEST_IN_WORDS:
        raise ValueError(f"{minor} fen can't be written in words: expected 0 to {LARGEST_IN_WORDS}")
    script = _TRADITIONAL if traditional else _SIMPLIFIED
    yuan, (jiao, fen) = minor // 100, divmod(minor % 100, 10)
    if not jiao and not fen:
        return script.currency + (_whole(yuan, script) or script.digits[0]) + "元整"
    words = script.currency + (_whole(yuan, script) + "元" if yuan else "")
    if yuan and (jiao == 0 or yuan % 10 == 0):
        words += script.digits[0]
    return words + (script.digits[jiao] + "角" if jiao else "") + (script.digits[fen] + "分" if fen else "")


def _whole(number: int, script: _Script) -> str:
    """Write whole yuan; what stands above 亿 is written by the same rule, with 亿 once for all of it: 壹万亿."""
    if number >= 10**8:
        return _joined(number, 10**8, script.hundred_million, script)
    if number >= 10**4:
        return _joined(number, 10**4, script.ten_thousand, script)
    return _up_to_9999(number, script)


def _joined(number: int, unit: int, sign: str, script: _Script) -> str:
    high, low = divmod(number, unit)
    gap = script.digits[0] if 0 < low < unit // 10 else ""
    return _whole(high, script) + sign + gap + _whole(low, script)


def _up_to_9999(number: int, script: _Script) -> str:
    """Zeros between digits are written once; at the end, and before the first digit, not at all."""
    words, zero_before = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            words += script.digits[0] if zero_before and words else ""
            words += script.digits[digit] + (script.places[place - 1] if place else "")
        zero_before = digit == 0
    return words
