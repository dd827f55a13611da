"""Who the lender is, as letters name it, and what it has decided about letters. Read from lender/lender.toml by `day`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to reach, in one language: what part five of a letter prints."""

    name: str
    address: tuple[str, ...]
    phone: str
    email: str
    hours: str
    complaints: str
    disputes: str
    how_to_pay: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LetterRule:
    """Who is written to: the letter, from so many days past due, once for each unbroken stretch of arrears.

    least_amount: minor units to cure below which nobody is written to.
    oldest_book_days: letters are refused from a book whose cut-off lies further back than this.
    pay_within_days: the day named in the letter, counted from its date.
    """

    letter: str = "formal_overdue"
    from_dpd: int = 15
    least_amount: int = 1
    oldest_book_days: int = 3
    pay_within_days: int = 14


@dataclass(frozen=True, slots=True)
class Lender:
    """One lender. jurisdiction: cn, us, uk, hk, in. contacts: by language.

    reports_to_credit_bureau, may_sue: facts that consequence sentences stand on; a sentence whose fact is false is never written.
    only_approved_wording: no letter goes out whose words nobody has approved.
    letter_link: where a letter can be read, with {reference} in it, for text messages; empty: nowhere.
    is_example: an invented lender, whose letters may be sealed with the demonstration key.
    """

    id: str
    jurisdiction: str
    default_language: str
    contacts: Mapping[str, Contact]
    reports_to_credit_bureau: bool = False
    may_sue: bool = False
    letter_rule: LetterRule = field(default_factory=LetterRule)
    product_names: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    only_approved_wording: bool = False
    letter_link: str = ""
    is_example: bool = False

    def rule_for(self, letter: str) -> LetterRule:
        """The rule of a letter; one that has none keeps to the numbers of the rule there is."""
        return replace(self.letter_rule, letter=letter)
