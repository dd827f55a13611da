"""Every loan of a book assessed, chunk by chunk; one that can't be is set aside and the rest go on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from goodstanding.core.arrears.assess import Assessment, CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Loan
from goodstanding.day.agreed import Agreed, agreed_on
from goodstanding.day.portfolio import LoanOfBook
from goodstanding.day.reconciliation import Difference, differences
from goodstanding.day.set_aside import SetAside, Step


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for every loan of a day. cut_off: the day that the lender's own figures are of."""

    as_of: date
    cut_off: date
    currency: str
    policies: Mapping[str, ArrearsPolicy]

    def product_of(self, loan: Loan) -> str:
        """The product's name; a lender with a single product needn't name it in the book."""
        return next(iter(self.policies)) if not loan.product and len(self.policies) == 1 else loan.product

    def agreed(self, of_book: LoanOfBook, policy: ArrearsPolicy, known_on: date | None = None) -> Agreed | None:
        """What was promised and agreed about a loan, as it stands on the day; None where the book says nothing of it."""
        if of_book.said is None:
            return None
        return agreed_on(
            of_book.said, of_book.loan, policy, as_of=self.as_of, counted_up_to=self.cut_off, known_on=known_on
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """A loan's assessment, without instalments and lines; and where the lender's own figures differ from ours. agreed: with which
    promises and plans; None: there are none."""

    assessment: Assessment
    differences: Sequence[Difference] = ()
    agreed: Agreed | None = None


def assess_chunk(setting: Setting, loans: Sequence[LoanOfBook]) -> list[Answer | SetAside]:
    """Assess some loans; the instalments and lines of each are left behind, being needed for letters alone."""
    return [_assess_one(setting, of_book) for of_book in loans]


def _assess_one(setting: Setting, of_book: LoanOfBook) -> Answer | SetAside:
    loan = of_book.loan
    if loan.currency != setting.currency:
        return _aside(
            loan,
            "currency",
            loan.currency,
            setting.currency,
            "Correct the currency, or run it with its own lender folder.",
        )
    policy = setting.policies.get(setting.product_of(loan))
    if policy is None:
        known = ", ".join(setting.policies)
        return _aside(
            loan,
            "product",
            loan.product or "nothing",
            f"one of {known}",
            "Correct the product, or add products/NAME.toml.",
        )
    if loan.disbursed_on > setting.as_of:
        return _aside(
            loan,
            "disbursed_on",
            loan.disbursed_on.isoformat(),
            f"{setting.as_of} or earlier",
            "Run the day after it was made.",
        )
    try:
        agreed = setting.agreed(of_book, policy)
        if agreed is not None:
            loan, of_book = agreed.loan, replace(of_book, loan=agreed.loan)
        whole = assess(loan, policy, as_of=setting.as_of)
        found = _differences(of_book, policy, setting, whole)
    except CannotAssess as why:
        return _aside(loan, "facts", str(why), "facts that agree", "Correct the loan's rows in the lender's files.")
    except Exception as failed:  # a fault of ours in one loan must not cost the lender the day of all the others
        return _aside(
            loan, "calculation", f"{type(failed).__name__}: {failed}", "a result", "Please report this as a fault."
        )
    return Answer(figures_alone(whole), found, agreed)


def figures_alone(whole: Assessment) -> Assessment:
    """An assessment without what is needed for letters alone: its drawdowns, instalments and lines."""
    return replace(whole, drawdowns=(), instalments=(), lines=())


def _differences(
    of_book: LoanOfBook, policy: ArrearsPolicy, setting: Setting, assessment: Assessment
) -> Sequence[Difference]:
    """Compare the lender's figures with ours of the same day: a day later every late loan would differ by that day."""
    theirs = {"lender_days_past_due": of_book.lender_days_past_due, "lender_balance": of_book.lender_balance}
    if all(figure is None for figure in theirs.values()):
        return ()
    same_day = setting.as_of == setting.cut_off
    return differences(assessment if same_day else assess(of_book.loan, policy, as_of=setting.cut_off), **theirs)


def _aside(loan: Loan, where: str, found: str, expected: str, what_to_do: str) -> SetAside:
    return SetAside(Step.ASSESS, loan.id, "loans", where, found, expected, what_to_do)
