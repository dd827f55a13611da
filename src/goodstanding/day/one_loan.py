"""One loan: its statement out of a book, or its assessment from a file written by hand."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

from goodstanding.core.arrears.assess import Assessment, CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.arrears.warnings import warnings_for
from goodstanding.core.loan import Loan
from goodstanding.core.loan_json import assessment_data, loan_from_json
from goodstanding.core.reading import BadValue
from goodstanding.day.agreed import told_of_agreed
from goodstanding.day.assessing import Setting
from goodstanding.day.explain import explain
from goodstanding.day.ledger import LEDGER
from goodstanding.day.lender import check_currency, read_lender
from goodstanding.day.letters_told import told_of_letters
from goodstanding.day.portfolio import currency_of, opened_for_reading
from goodstanding.day.progress import Progress
from goodstanding.day.stop import Stopped

Warn = Callable[[str], None]
"""Told each thing to warn of about a loan's policy, in a sentence or two."""


def explain_loan(
    loan_id: str,
    book: Path,
    lender: Path,
    *,
    as_of: date,
    known_on: date | None,
    progress: Progress,
    warn: Warn,
    out: Path | None = None,
) -> str:
    """Write out the statement of a loan of the book, and tell of its letters. out: where the days lie, if not around the book."""
    folder = read_lender(lender)
    check_currency(currency_of(book), book, folder, lender)
    with opened_for_reading(book, progress) as portfolio:
        found, cut_off = portfolio.find(loan_id), portfolio.cut_off
    if found is None:
        raise Stopped(f'There is no loan "{loan_id}" in {book}: check the number, or whether it was set aside.')
    setting = Setting(as_of, cut_off, folder.currency, folder.policies)
    product = setting.product_of(found.loan)
    if product not in folder.policies:
        known = ", ".join(folder.policies)
        raise Stopped(f'Loan {loan_id} is of product "{product}", which {lender} doesn\'t have ({known}).')
    policy = folder.policies[product]
    agreed = setting.agreed(found, policy, known_on)
    loan = agreed.loan if agreed else found.loan
    _warn_of(loan, policy, warn)
    assessment = _assessed(loan, policy, as_of, known_on)
    beside = told_of_agreed(agreed) + told_of_letters(loan_id, _days_around(book, out), as_of)
    return explain(loan, policy, assessment, counted_up_to=cut_off, known_on=known_on, beside=beside)


def _days_around(book: Path, out: Path | None) -> Path | None:
    """The folder that the day's job writes to: as asked, or the one that it imported the book into."""
    if out is not None:
        if not (out / LEDGER).is_file():
            raise Stopped(f"{out} has no {LEDGER}: name the folder that `goodstanding run` writes to.")
        return out
    return book.parent if (book.parent / LEDGER).is_file() else None


def assess_file(
    path: Path, content: bytes | None, *, as_of: date, known_on: date | None, as_json: bool, warn: Warn
) -> str:
    """Assess a loan written as JSON. content: what the file holds, when it was read already."""
    try:
        text = (path.read_bytes() if content is None else content).decode("utf-8-sig")
        loan, policy = loan_from_json(text)
    except OSError as failed:
        raise Stopped(f"{path} can't be read: {failed.strerror}.") from None
    except UnicodeDecodeError:
        raise Stopped(f"{path} isn't UTF-8 text: save it again as UTF-8.") from None
    except BadValue as bad:
        raise Stopped(f"{path}: {bad}. Every key is explained in docs/reference/loan_json.md.") from None
    _warn_of(loan, policy, warn)
    assessment = _assessed(loan, policy, as_of, known_on)
    if as_json:
        return json.dumps(assessment_data(assessment), ensure_ascii=False, indent=1)
    return explain(loan, policy, assessment, known_on=known_on)


def _warn_of(loan: Loan, policy: ArrearsPolicy, warn: Warn) -> None:
    """Warn of what the policy does; not where nobody chose one."""
    for warning in warnings_for(loan, policy) if policy != ArrearsPolicy() else ():
        warn(f"{warning.sentence} {warning.advice}")


def _assessed(loan: Loan, policy: ArrearsPolicy, as_of: date, known_on: date | None) -> Assessment:
    try:
        return assess(loan, policy, as_of=as_of, known_on=known_on)
    except CannotAssess as why:
        raise Stopped(f"It can't be assessed: {why}.") from None
