"""Who the lender is, as letters name it, and what it has decided about letters. Read from lender/lender.toml by `day`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from goodstanding.core.particulars import Action
from goodstanding.core.party import Role


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


class Form(StrEnum):
    """How a letter is handed over: on paper, as plain text, as an e-mail, or told of by text message."""

    PDF = "pdf"
    TEXT = "text"
    HTML = "html"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class DefaultNoticeTerms:
    """What every default notice of a rule says (CCA 1974 ss. 87, 88). clause: the number of the agreements' term on paying.

    actions: what the lender then intends, no more. served_after_days: when a notice counts as served, days after its date, by the
    way it is sent. remedy_after_days: the day before which the breach is to be remedied, days after service; 14 at least.
    """

    clause: str
    actions: tuple[Action, ...]
    served_after_days: int
    remedy_after_days: int
    interest_after_judgment: bool = False


@dataclass(frozen=True, slots=True)
class LetterRule:
    """When a letter is written, to whom, and in which forms: one table of `[[letter_rules]]`.

    from_dpd, to_dpd: days past due, both of them included; to_dpd None: without an end. on_dpd: on these days alone. Days
    below zero are days before the next due date. products: none named: all. to: who of them reads it.
    repeat_every_days: None: once for each unbroken stretch of arrears. least_amount: minor units below which nobody is written
    to. pay_within_days: the day named in the letter, counted from its date; None: the lender's. default_notice: what a default
    notice says; None for any other letter. within_days: of a letter that tells what happened: so many days after it is it written.
    """

    letter: str
    from_dpd: int = 0
    to_dpd: int | None = None
    on_dpd: tuple[int, ...] = ()
    products: tuple[str, ...] = ()
    to: tuple[Role, ...] = (Role.BORROWER,)
    forms: tuple[Form, ...] = (Form.PDF, Form.TEXT)
    repeat_every_days: int | None = None
    least_amount: int = 1
    pay_within_days: int | None = None
    default_notice: DefaultNoticeTerms | None = None
    within_days: int | None = None

    @property
    def first_dpd(self) -> int:
        return min(self.on_dpd, default=self.from_dpd)

    @property
    def in_words(self) -> str:
        """When it holds, for people.

        >>> LetterRule("formal_overdue", 15).in_words, LetterRule("first_notice", 1, 14, products=("cn_bill",)).in_words
        ('from 15 days past due', 'from 1 to 14 days past due, for cn_bill')
        >>> LetterRule("pre_due_reminder", -3, -1).in_words, LetterRule("final_notice", on_dpd=(61, 91)).in_words
        ('from 3 to 1 days before the due date', 'on day 61, 91 past due')
        """
        if self.within_days is not None:
            return f"within {self.within_days} days of what happened" + (
                f", for {', '.join(self.products)}" if self.products else ""
            )
        days = self.on_dpd or ((self.from_dpd,) if self.to_dpd is None else (self.from_dpd, self.to_dpd))
        unit = "past due" if max(days) >= 0 else "before the due date"
        shown = [str(abs(day)) if unit != "past due" else str(day) for day in days]
        for_products = f", for {', '.join(self.products)}" if self.products else ""
        if self.on_dpd:
            return f"on day {', '.join(shown)} {unit}{for_products}"
        return f"from {' to '.join(shown)} days {unit}{for_products}"

    def holds_on(self, dpd: int) -> bool:
        """Whether the rule asks for its letter at so many days past due.

        >>> band, days = LetterRule("first_notice", 1, 14), LetterRule("pre_due_reminder", on_dpd=(-7, -3))
        >>> [band.holds_on(day) for day in (0, 1, 14, 15)], [days.holds_on(day) for day in (-7, -5, -3)]
        ([False, True, True, False], [True, False, True])
        """
        if self.on_dpd:
            return dpd in self.on_dpd
        return self.from_dpd <= dpd and (self.to_dpd is None or dpd <= self.to_dpd)


@dataclass(frozen=True, slots=True)
class Lender:
    """One lender. jurisdiction: cn, us, uk, hk, in. contacts: by language.

    reports_to_credit_bureau, may_sue: facts that consequence sentences stand on; a sentence whose fact is false is never written.
    only_approved_wording: no letter goes out whose words nobody has approved.
    oldest_book_days: letters are refused from a book whose cut-off lies further back than this.
    pay_within_days: the day named in a letter, counted from its date, where no rule says otherwise.
    letter_link: where a letter can be read, with {reference} in it, for text messages; empty: nowhere.
    substitutes: what is printed for a character that no face has.
    is_example: an invented lender, whose letters may be sealed with the demonstration key.
    """

    id: str
    jurisdiction: str
    default_language: str
    contacts: Mapping[str, Contact]
    reports_to_credit_bureau: bool = False
    may_sue: bool = False
    oldest_book_days: int = 3
    pay_within_days: int = 14
    product_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    only_approved_wording: bool = False
    letter_link: str = ""
    substitutes: Mapping[str, str] = field(default_factory=dict)
    is_example: bool = False
