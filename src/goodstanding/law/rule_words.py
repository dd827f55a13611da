"""The words in a rule's file: each must be one that facts may have, for a misspelt one would make the rule silent."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from goodstanding.core.conduct.checks import CheckKind
from goodstanding.core.conduct.checks.counts import OUTCOMES, PER
from goodstanding.core.conduct.checks.several_debts import RANKS
from goodstanding.core.conduct.facts import Channel, Direction, Outcome, Place, Purpose, Relation, Wish
from goodstanding.core.conduct.law_dates import RESTARTS
from goodstanding.core.conduct.law_days import HOLIDAYS
from goodstanding.core.conduct.vocabulary import Component, ConsentTo, HoldKind, LetterKind, LoanClass, Product, Record
from goodstanding.core.reading import BadValue
from goodstanding.law.answers import answers, read_answer
from goodstanding.law.here import BadLaw

YES_NO, A_DAY, A_FIGURE = frozenset({"yes_no"}), frozenset({"day", "instant"}), frozenset({"number", "rate", "amount"})
# Under these keys of `how` stand names of answers, which are of one of these types.
ANSWERS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        "all_of when unless unless_all if not_if or_if flag_if only_if_known ended_by permitted_by flagged_by excused_by".split(),
        YES_NO,
    ),
    "any_of": YES_NO | A_DAY,
    **dict.fromkeys(("figures", "of"), A_FIGURE),
    **dict.fromkeys(("from", "done", "counted_from"), A_DAY),
}
# Under these stand words.
WORDS: Mapping[str, Collection[str]] = {
    **dict.fromkeys(("channels", "own_message", "sent_by", "by"), tuple(Channel)),
    "directions": tuple(Direction),
    "not_outcomes": tuple(Outcome),
    "outcomes": tuple(OUTCOMES),
    "per": tuple(PER),
    "if_place": tuple(Place),
    **dict.fromkeys(("may", "who", "to"), tuple(Relation)),
    **dict.fromkeys(("purposes", "review", "payment_may_be_asked"), tuple(Purpose)),
    "wishes": tuple(Wish),
    "holds": tuple(HoldKind),
    "any_means": tuple(LetterKind),
    **dict.fromkeys(("consents", "unless_consent", "what"), tuple(ConsentTo)),
    **dict.fromkeys(("products", "one_debt_by_account"), tuple(Product)),
    "records": tuple(Record),
    "holidays": tuple(HOLIDAYS),
    "counting": ("after", "beginning_with", "business_days", "clear_days"),
    "restarted_by": RESTARTS,
    "kind": ("rate", "amount", "number"),
}
# Under these stand items of letters, by the names of items.yaml.
ITEMS = frozenset({"flag_without", "any_of_items"})
# Under these stands more of the kind of `how` itself; `needs` holds names of answers by a sentence's key.
NESTED = frozenset({"others", "not_with_consent"})
# What is told once with yes or no, or with a number.
PLAIN = frozenset(
    "agreed_hours_extend one_reply first_contact not_required_by_law flag flag_when_true flag_other_debts unless_agreed"
    " is_final only_unapproved required_by_law unreachable once days asks".split()
)
EVERY_RULE = frozenset({"flag_if"})
"""Keys of `how` that every check takes."""


def check_how(kind: CheckKind, how: Mapping[str, Any], items: Collection[str]) -> None:
    """Raise BadLaw for a key that the check doesn't know, or a word or an answer that nobody knows under one it does."""
    for key in how:
        if key not in kind.how | EVERY_RULE:
            known = ", ".join(sorted(kind.how | EVERY_RULE))
            raise BadLaw(f'how: "{key}" is nothing the check {kind.name} knows; it knows {known}')
    _check(how, "how", items)


def _check(how: Mapping[str, Any], where: str, items: Collection[str]) -> None:
    for key, value in how.items():
        place = f"{where}.{key}"
        if key == "needs":
            for names in value.values():
                check_answers(names, place, YES_NO)
        elif key in NESTED:
            for one in value if isinstance(value, list) else [value]:
                _check(one, place, items)
        elif key in ANSWERS:
            check_answers(_listed(value), place, ANSWERS[key])
        elif key in WORDS and not isinstance(value, bool):
            check_words(_listed(value), place, WORDS[key])
        elif key in ITEMS:
            check_words((one for group in value for one in _listed(group)), place, items)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def check_answers(names: Iterable[str], where: str, types: Collection[str] = ()) -> None:
    """Raise BadLaw for the name of an answer that nobody knows, or of one of another type. types: none: any will do."""
    for name in names:
        plain = name.removeprefix("not ")
        if plain not in answers():
            raise BadLaw(f'{where}: "{plain}" isn\'t an answer that answers.yaml knows')
        if types and (own := answers()[plain]["type"]) not in types:
            raise BadLaw(
                f'{where}: "{plain}" is an answer of type {own}; here stands one of {", ".join(sorted(types))}'
            )


def check_words(given: Iterable[Any], where: str, known: Collection[str]) -> None:
    """Raise BadLaw for a word that isn't one of those known."""
    for word in given:
        if word not in known:
            raise BadLaw(f'{where}: "{word}" isn\'t one of {", ".join(known)}')


def check_wanted(wanted: Mapping[str, Any], where: str) -> None:
    """Raise BadLaw for an answer that a rule presupposes and nobody could give: its name, its type, its word."""
    check_answers(wanted, where)
    for name, value in wanted.items():
        for one in _listed(value):
            try:
                read_answer(name, one, ZoneInfo("UTC"))
            except BadValue as bad:
                raise BadLaw(f"{where}.{bad}") from None


def check_values(kind: CheckKind, values: Mapping[Any, Any], groups: Collection[str], items: Collection[str]) -> None:
    """Raise BadLaw for a word in the values, of any day, that nobody knows."""
    order = tuple(Component) if kind.name == "payment_order" else tuple(RANKS)
    lists = {"groups": groups, "items": items, "permits": tuple(Purpose), "order": order, "from_days": tuple(LoanClass)}
    for since, held in values.items():
        for key, known in lists.items() if isinstance(held, dict) else ():
            check_words(held.get(key, ()), f"values.{since}.{key}", known)
