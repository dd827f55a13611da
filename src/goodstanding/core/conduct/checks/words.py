"""What a letter or message must hold, and what it must never say.

Claims are looked for in the words as a reader sees them: width, case, accents and invisible characters make no difference, nor traditional
or simplified characters, letters of another script that look alike, and what was put between the letters or characters to get past a
filter. The phrases are data (law/phrases.yaml), written in simplified characters.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from goodstanding.core.conduct.checks import Answer, Missing, Question, Stricter, check
from goodstanding.core.conduct.checks.alike import folded
from goodstanding.core.conduct.checks.answers import says
from goodstanding.core.conduct.facts import Act, Direction, Outcome
from goodstanding.core.conduct.law_days import months_after, validation_period_end
from goodstanding.core.conduct.rule import Item, Phrases

_INVISIBLE = dict.fromkeys(
    (0x00AD, 0x034F, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF)
)
_HAN = r"㐀-䶿一-鿿豈-﫿𠀀-𲎯"
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])(?:[^\w.!?。;\n,、:()《》〈〉“”\"「」『』【】]|[_.・ー])+(?=[{_HAN}])")
_CHARACTER_BY_CHARACTER = re.compile(rf"(?<![{_HAN}])[{_HAN}](?:[^\w\n。]{{1,2}}[{_HAN}](?![{_HAN}])){{2,}}")
_NOT_HAN = re.compile(rf"[^{_HAN}]+")
_MARKS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
_LETTER_BY_LETTER = re.compile(r"(?<![a-z])[a-z](?:[ .*_\-|/·][a-z]){2,}(?![a-z])")
_ANY_HAN = re.compile(f"[{_HAN}]")
_CHARACTER_A_LINE = re.compile(r"(?:^|\n)[^\n]{1,2}\n[^\n]{1,2}(?=\n|$)")
_WITHIN_WORD_AT_LINE_END = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
_WITHIN_WORD = re.compile(r"(?<=[a-z])(?!'(?:t|s|re|ll|ve|d|m)\b)[.*_\-|/·~^+=#'\"]+(?=[a-z])")
_DIGITS_AS_LETTERS = re.compile(r"(?<![a-z0-9@$])(?=[a-z0-9@$]*[a-z])(?=[a-z0-9@$]*[0-9@$])[a-z0-9@$]+(?![a-z0-9@$])")
_LETTER_OF = str.maketrans("0134578@$", "oieastbas")
_SPACES = re.compile(r"[^\S\n]+")
_SENTENCE_END = re.compile(r"(?<![0-9])[.](?![0-9])|[!?。！？；;\n]")
# "If you do not pay we will …": what stands before the new subject doesn't take back what follows it; nor does a condition that follows.
_CLAUSE_END = re.compile(
    rf"{_SENTENCE_END.pattern}|[,，:：()（）—–]|\s(?=(?:we|i|you|they|he|she) (?:will|shall|would|may|might|can|could|are|am)\b)"
    r"|\bor (?=else\b|(?:we|they|it|the|bailiffs?|officers?)\b)|\b(?=(?:if|when|whenever|because|where|should you|as long as|so long as|failing)\b)|否则|不然|就(?=会|将)|(?=若|如果|除非|倘)"
)
# Words of denial that deny nothing of what is claimed: that somebody hasn't paid or answered ("no payment means prison"), and those that
# are denied in their turn ("you can't avoid arrest", 不得不). They are taken out before a denial is looked for.
_DENIES_NOTHING = re.compile(
    r"\b(?:do|does|did|is|are|was|has|have|had|been|be|still|yet|you|your|the) (?=not\b|never\b)"
    r"|\b(?:not|never|no|without|cannot|can't|won't|don't|doesn't|didn't|isn't|hasn't|haven't)(?: (?:been|yet|further|any|your|the|a|an|full|in|to|be|make|made|making))*"
    r" (?:pay\w*|paid|repay\w*|repaid|receiv\w*|respon\w*|reply|replies|repl\w*|answer\w*|settl\w*|clear(?:ed|ing)|ignor\w*|delay\w*|forget|fail\w*|make us|force us|cooperat\w*|act(?:ed|ing)|call(?:ed|ing)? (?:us|back)|contact(?:ed|ing)? us|money|cent|excuses?|exceptions?|matter|longer wait)\b"
    r"|\b(?:not|never|no|nobody|no one|nothing|cannot|can't|won't|don't)\b[^.;]{0,30}?\b(?:avoid\w*|escap\w*|prevent\w*|evad\w*|hesitat\w*|choice|option|alternative|way out|doubt|reason not)\b"
    r"|\bwithout (?:further |any |prior )*(?:notice|warning|delay)\b|\bno (?:later than|more (?:time|chances?|warnings?|delays?)|further (?:warnings?|notice|reminders?|delays?))\b"
    r"|\b(?:nobody|no one|nothing) (?:but|will stop|can stop|will save|can save|can help)\b|\bnot only\b"
    r"|\b(?:not|never|no|won't)\b[^.;]{0,60}?\b(?:until\b|unless\b(?! you (?:ask|agree|consent|want|wish|request)))"
    r"|不得不|不能不|不会不|无法不|不仅|不但|不只|不光|不是.{0,6}而是|(?:没有|别无|无).{0,8}(?:办法|选择|例外|商量)|(?:不会|无法|不能|绝不|决不|绝对不|没有人能|没有人可以)(?:放过|善罢|手软|姑息|罢休|犹豫|避免|逃避|逃脱|躲过|免于|阻止)"
    r"|(?:不会|无法|不能|永不|不可能)被?(?:消失|消除|删除|清除|恢复|抹)"
    r"|(?:没有|不会|不能|不要|未能|未曾|仍未|尚未|并非|无法|不得|拒不|未|不)(?:(?:按时|及时|如期|按期|足额|主动|尽快|再|继续|能|想|肯|愿|打算|依约|在.{0,8}(?:前|内)))*(?:还|付|缴|偿|清|支付|归还|回复|回覆|回应|联系我|联络我|接听|接电话|处理|配合|履行|理会|理睬)"
)


def _plain(text: str) -> str:
    """The words without what a reader doesn't see: width, case, accents, invisible characters.

    >>> _plain("Ｃｏｕｒｔ\\u200b ÓRDER")
    'court order'
    """
    compatible = unicodedata.normalize("NFKD", text.translate(_INVISIBLE)).casefold()
    return unicodedata.normalize("NFC", _MARKS.sub("", compatible)).replace("’", "'")


@lru_cache(maxsize=16)
def forms_of(text: str) -> tuple[str, ...]:
    """The forms in which words are searched: as read, on one line, and without what was put into words to hide them.

    >>> forms_of("法 院.传票")
    ('法 院.传票', '法院传票')
    >>> forms_of("We will s.u.e you")
    ('we will s.u.e you', 'we will sue you')
    >>> forms_of("ar-\\nrest")
    ('ar-\\nrest', 'ar- rest', 'arrest')
    >>> forms_of("j4il for you")
    ('j4il for you', 'jail for you')
    """
    plain = _plain(text)
    lines = plain.split("\n")
    rejoined = _WITHIN_WORD_AT_LINE_END.sub("", plain)
    if _CHARACTER_A_LINE.search(plain):
        lines.append(_NOT_HAN.sub("", plain))
    read = _SPACES.sub(" ", plain).strip()
    hidden = dict.fromkeys(one for line in lines for one in _unhidden(line))
    hidden |= dict.fromkeys([_SPACES.sub(" ", rejoined).strip()] if rejoined != plain else [])
    return tuple(dict.fromkeys(one for one in (read, read.replace("\n", " "), "\n".join(hidden)) if one))


def _unhidden(line: str) -> Iterator[str]:
    """A line without what hides words in it: signs between characters or letters, digits for letters; nothing where nothing does."""
    shown = _SPACES.sub(" ", line).strip()
    spelt = _LETTER_BY_LETTER.sub(lambda one: re.sub("[^a-z]", "", one.group()), line)
    apart = _CHARACTER_BY_CHARACTER.sub(lambda one: _NOT_HAN.sub("", one.group()), spelt)
    joined = _BETWEEN_HAN.sub("", _SPACES.sub(" ", apart).strip())
    whole = _WITHIN_WORD.sub("", joined)
    lettered = _DIGITS_AS_LETTERS.sub(lambda one: one.group().translate(_LETTER_OF), whole)
    yield from (one for one in (joined, whole, lettered) if one != shown)


MOST_KEPT = 1024


@lru_cache(maxsize=MOST_KEPT)
def found_in(phrases: Phrases, words: tuple[str, ...]) -> str | None:
    """The first place at which the claim is made, and not taken back in its own sentence; None if nowhere.

    Kept, because several rules ask for the same claim, and each form of a letter has the same words.
    """
    for text in words:
        compared = _folded(text)
        has_han = _ANY_HAN.search(compared) is not None
        for pattern in phrases.found if has_han else phrases.found_without_han:
            for match in pattern.finditer(compared):
                if not _is_taken_back(phrases, compared, match.start(), match.end()):
                    return text[match.start() : match.end()]
    return None


_folded = lru_cache(maxsize=64)(folded)


def _is_taken_back(phrases: Phrases, text: str, start: int, end: int) -> bool:
    sentence, clause = _around(_SENTENCE_END, text, start, end), _around(_CLAUSE_END, text, start, end)
    if any(one.search(sentence) for one in phrases.harmless):
        return True
    denial = _DENIES_NOTHING.sub(" ", clause)
    return any(one.search(denial) for one in phrases.negated)


def _around(boundary: re.Pattern[str], text: str, start: int, end: int) -> str:
    """The stretch between the boundaries before and after a place."""
    begins = max((one.end() for one in boundary.finditer(text, 0, start)), default=0)
    after = boundary.search(text, end)
    return text[begins : after.start() if after else len(text)]


_DENIED = re.compile(
    r"\b(?:not|never|cannot|can't|isn't|aren't|don't|doesn't|won't|nobody|no (?:way|effect|use|longer)|without)\b"
    r"|不是|并非|不能|无法|不可|不接受|不受理|不得|无效|没有"
)
# What denies nothing of the item: "if you don't want these texts reply STOP", "if you don't agree, write to".
_DENIES_NO_ITEM = re.compile(
    r"\b(?:do not|don't|does not|doesn't|not|no longer|cannot|can't)(?: (?:longer|wish|to|further|any|more|be|able))* (?:want|wish|recogni[sz]e|agree|think|believe|understand|owe|hear|receive|pay|reach|afford|accept)\w*"
    r"|不(?:想|希望|同意|认可|认同|清楚|明白)|(?:未|没有|无法|不能)(?:收到|还|付|联系)"
)


def _is_said(pattern: re.Pattern[str], text: str) -> bool:
    """Whether words say so somewhere, and don't deny it in the same clause."""
    compared = _folded(text)
    for match in pattern.finditer(compared):
        clause = _around(_CLAUSE_END, compared, match.start(), match.end())
        if not _DENIED.search(_DENIES_NO_ITEM.sub(" ", clause)):
            return True
    return False


def items_in(items: Mapping[str, Item], words: tuple[str, ...], keys: Iterable[str] = ()) -> frozenset[str]:
    """The items that stand in words, or under keys of a letter of ours."""
    there = tuple(keys)
    return frozenset(
        name
        for name, item in items.items()
        if any(key == own or key.startswith(f"{own}.") for own in item.keys for key in there)
        or any(_is_said(pattern, text) for pattern in item.phrases for text in words)
    )


def _claim(question: Question, words: tuple[str, ...]) -> str | None:
    """The first words that make one of the claims in the rule's groups; None: none is made."""
    for name in question.values["groups"]:
        if found := found_in(question.phrases[name], words):
            return found
    return None


def _looked_at(question: Question) -> tuple[str, ...]:
    """The words in which claims are looked for: all, or (how: only_unapproved) those that nobody approved."""
    unapproved = question.proposal.unapproved
    if not question.rule.how.get("only_unapproved") or unapproved is None:
        return question.words
    return forms_of(unapproved)


def _known_to_hold(question: Question, names: Iterable[str]) -> bool:
    return all(question.find(name.removeprefix("not ")) is not None and says(question, name) for name in names)


def _nobody_approved(words: str, found: str | None) -> str:
    first = words.partition("\n")[0]
    tender = f', which speaks of "{found}"' if found else ""
    return f'Sentences are the lender\'s own and nobody approved them, such as "{first}"{tender}: goodstanding letters approve.'


@check(
    "forbidden_words",
    values={"groups": Stricter.MORE_ITEMS},
    how=("unless_all", "flag", "flag_when_true", "when", "only_if_known", "only_unapproved"),
    only_with="words",
)
def forbidden_words(question: Question) -> Answer | None:
    """None of these claims is made in the words.

    how: unless_all: answers that make it true and so permitted (unknown: it isn't). when: only if these hold; where a claim is made and
    nobody answered, the answer is missing. only_if_known: the same, but what nobody said doesn't hold.
    flag: it isn't forbidden, but someone should look. flag_when_true: the same where it is permitted because it is true.
    only_unapproved: only in the words that nobody approved, which are for a person to read whatever they say; where nobody said which
    those are, in all.
    """
    how = question.rule.how
    if not question.words or not _known_to_hold(question, how.get("only_if_known", ())):
        return None
    when = how.get("when", ())
    unsaid = [name.removeprefix("not ") for name in when if question.find(name.removeprefix("not ")) is None]
    if not all(name.removeprefix("not ") in unsaid or says(question, name) for name in when):
        return None
    found = _claim(question, _looked_at(question))
    if found is not None and unsaid:
        raise Missing(*unsaid)
    if how.get("only_unapproved") and question.proposal.unapproved:
        return Answer(False, _nobody_approved(question.proposal.unapproved, found), flag=True)
    if found is None:
        return Answer(False, "None of the claims it is about is made.")
    conditions = how.get("unless_all", ())
    if conditions and _known_to_hold(question, conditions):
        return Answer(
            False, f'It says "{found}", and what that rests on holds today.', flag=bool(how.get("flag_when_true"))
        )
    needed = f", which needs: {', '.join(conditions)}" if conditions else ""
    if how.get("flag"):
        return Answer(False, f'It says "{found}"{needed}.', flag=True)
    return Answer(True, f'It says "{found}"{needed}.')


@check(
    "overshadowing",
    values={"groups": Stricter.MORE_ITEMS, "assumed_days": Stricter.MORE, "period_days": Stricter.MORE},
    only_with="words",
)
def overshadowing(question: Question) -> Answer | None:
    """Nothing presses the person while the validation period runs (12 CFR 1006.38(b)).

    Answers: is_in_validation_period, or the days from which it follows: validation_period_ends_on, notice_sent_on. The later end counts, and
    a no that the days contradict doesn't. values: assumed_days, period_days: as in validation_period.
    """
    if not question.words:
        return None
    said, ends = question.find("is_in_validation_period"), _ends_of_validation(question)
    runs = said if ends is None else said is True or question.first_day_of(question.at) <= ends
    if runs is False:
        return None
    found = _claim(question, _looked_at(question))
    if found is None:
        return Answer(False, "Nothing in it presses the person.")
    if runs is None:
        raise Missing("is_in_validation_period")
    until = f", until {ends}" if ends is not None else ""
    return Answer(True, f'It says "{found}", and the validation period runs{until}.')


def _ends_of_validation(question: Question) -> date | None:
    """The last day of the validation period: as the notice prints it or as the law counts it, whichever is later; None: no day is known."""
    ends = []
    if question.find("validation_period_ends_on") is not None:
        ends.append(question.need_day("validation_period_ends_on"))
    if question.find("notice_sent_on") is not None:
        days = {name: int(question.values[name]) for name in ("assumed_days", "period_days")}
        ends.append(validation_period_end(question.need_day("notice_sent_on"), **days))
    return max(ends, default=None)


@check(
    "required_items",
    values={"items": Stricter.MORE_ITEMS},
    how=("flag_without", "any_of_items", "when", "first_contact"),
)
def required_items(question: Question) -> Answer | None:
    """All of the items stand in the letter or message. Nothing is said of a contact whose words nobody gave; a plan or notice must tell.

    how: any_of_items: groups of items of which one at least must be there. flag_without: items without which someone should look. when:
    only if these answers hold. first_contact: only of the first communication about the debt (true), or of later ones (false).
    """
    items = question.proposal.items
    if items is None and question.proposal.act is not Act.CONTACT:
        raise Missing("items")
    if items is None or not _known_to_hold(question, question.rule.how.get("when", ())):
        return None
    first = question.rule.how.get("first_contact")
    if first is not None and first is not _is_first(question):
        return None
    lacking = [one for one in question.values["items"] if one not in items]
    lacking += [" or ".join(group) for group in question.rule.how.get("any_of_items", ()) if items.isdisjoint(group)]
    if lacking:
        return Answer(True, f"It lacks: {', '.join(lacking)}.")
    wanted = [one for one in question.rule.how.get("flag_without", ()) if one not in items]
    if wanted:
        return Answer(False, f"It doesn't have: {', '.join(wanted)}.", flag=True)
    return Answer(False, "Every item that must be there is.")


_NOT_COMMUNICATED = frozenset(
    {Outcome.RANG_OUT, Outcome.BUSY, Outcome.NOT_IN_SERVICE, Outcome.BOUNCED, Outcome.VOICEMAIL_FULL}
)


def _is_first(question: Question) -> bool:
    """Whether no communication about these debts went out before; or as somebody noted."""
    if (said := question.find("is_first_contact")) is not None:
        return said is True
    debts = set(question.proposal.debts)
    return not any(
        one.direction is Direction.OUT
        and one.at < question.at
        and one.outcome not in _NOT_COMMUNICATED
        and (not one.debts or not debts or not debts.isdisjoint(one.debts))
        for one in question.facts.contacts
    )


@check("consequences", values={}, how=("needs",))
def consequences(question: Question) -> Answer | None:
    """Each consequence that a letter names rests on answers that hold today (how: needs: by the sentence's key)."""
    if not question.proposal.claims:
        return None
    needs: Mapping[str, Any] = question.rule.how["needs"]
    for claim in question.proposal.claims:
        if claim not in needs:
            return Answer(True, f"It names a consequence ({claim}), and nobody said what that rests on.")
        lacking = [name for name in needs[claim] if not _known_to_hold(question, [name])]
        if lacking:
            return Answer(True, f"It names a consequence ({claim}) that needs: {', '.join(lacking)}.")
    return Answer(False, "What it says may follow rests on what holds today.")


@check(
    "criminal_claim",
    values={
        "groups": Stricter.MORE_ITEMS,
        "principal": Stricter.MORE,
        "days_between": Stricter.MORE,
        "months_since": Stricter.MORE,
    },
    only_with="words",
)
def criminal_claim(question: Question) -> Answer | None:
    """No word of credit-card fraud unless its legal preconditions are there; and then a person decides (法释〔2018〕19号 6-8).

    values: principal: minor units, at least. days_between: the first and the last effective demand, at
    least; months_since: passed since the last of them. Answers: product card, principal, effective_demands_on.
    """
    if not question.words:
        return None
    found = _claim(question, question.words)
    if found is None:
        return Answer(False, "It doesn't speak of a crime.")
    lacking = list(_lacking_for_crime(question))
    if lacking:
        return Answer(True, f'It says "{found}", and {lacking[0]}.')
    return Answer(
        False, f'It says "{found}"; the preconditions are there, and intent is for a person to judge.', flag=True
    )


def _lacking_for_crime(question: Question) -> Iterable[str]:
    values = question.values
    products = {debt.product for debt in question.debts} or {str(question.find("product"))}
    if products != {"card"}:
        yield "the product isn't a credit card"
    principal = question.find("principal")
    if not isinstance(principal, int) or principal < int(values["principal"]):
        yield f"the principal isn't known to reach {values['principal']}"
    found = question.find("effective_demands_on")
    days = sorted(date.fromisoformat(one) for one in found) if isinstance(found, tuple) else []
    if len(days) < 2:
        yield "there aren't two effective demands"
    elif (days[-1] - days[0]).days < int(values["days_between"]):
        yield f"the demands don't lie {values['days_between']} days apart"
    elif months_after(days[-1], int(values["months_since"])) >= question.today:
        yield f"{values['months_since']} months haven't passed since the last demand"


@check(
    "repaired_credit",
    values={
        "groups": Stricter.MORE_ITEMS,
        "most": Stricter.MORE,
        "arose_from": Stricter.LESS,
        "arose_until": Stricter.MORE,
        "repaid_by": Stricter.MORE,
    },
    only_with="words",
)
def repaired_credit(question: Question) -> Answer | None:
    """An item that the one-off repair has taken out of the credit report isn't said to be shown (PBoC notice of 2025-12-22).

    Answers: overdue_amount (minor units), arose_on, repaid_on. Nothing is said where the arrears weren't repaid.
    """
    if not question.words or question.find("repaid_on") is None:
        return None
    found = _claim(question, question.words)
    if found is None:
        return Answer(False, "It doesn't say that the arrears are shown in the credit report.")
    values, amount = question.values, question.need("overdue_amount")
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise Missing("overdue_amount")
    arose, repaid = question.need_day("arose_on"), question.need_day("repaid_on")
    is_repaired = (
        amount <= int(values["most"])
        and values["arose_from"] <= arose <= values["arose_until"]
        and repaid <= values["repaid_by"]
    )
    told = "isn't shown any more" if is_repaired else "isn't covered by the repair"
    return Answer(
        is_repaired, f'It says "{found}"; arrears that arose on {arose} and were repaid on {repaid}: this {told}.'
    )
