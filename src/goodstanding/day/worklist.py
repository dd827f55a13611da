"""arrears.csv: the loans in arrears, in the order in which a specialist would take them up.

Those behind for longest come first, and among them the largest amount to cure; loans that were charged off come last.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from goodstanding.core.arrears.assess import Assessment
from goodstanding.core.money import decimal_text
from goodstanding.core.party import Borrower
from goodstanding.day.spreadsheet import spreadsheet

COLUMNS = (
    "order loan_id borrower_name phone language product days_past_due bucket currency amount_to_cure overdue_principal "
    "overdue_interest penalty compound_interest fees instalments_overdue arrears_since next_due_on next_due "
    "outstanding_principal payoff charged_off_on letter letter_reference"
).split()
_AMOUNTS = set(
    "amount_to_cure overdue_principal overdue_interest penalty compound_interest fees next_due outstanding_principal "
    "payoff".split()
)


@dataclass(frozen=True, slots=True)
class InArrears:
    """A loan of the worklist. borrower: None when the book doesn't know them."""

    assessment: Assessment
    product: str
    borrower: Borrower | None


@dataclass(frozen=True, slots=True)
class LetterStatus:
    """How it stands with a loan's letter, in words, and the reference to quote."""

    text: str
    reference: str = ""


def in_order(loans: Iterable[InArrears]) -> list[InArrears]:
    return sorted(loans, key=_what_comes_first)


def _what_comes_first(one: InArrears) -> tuple[bool, int, int, str]:
    found = one.assessment
    return found.charged_off_on is not None, -found.delinquent_days, -found.amount_to_cure, found.loan_id


def worklist_csv(loans: Sequence[InArrears], letters: Mapping[str, LetterStatus]) -> bytes:
    """Write the worklist; loans: in order."""
    return spreadsheet(COLUMNS, (_row(place, one, letters) for place, one in enumerate(loans, start=1)))


def _row(place: int, one: InArrears, letters: Mapping[str, LetterStatus]) -> list[object]:
    found, who = one.assessment, one.borrower
    letter = letters.get(found.loan_id, LetterStatus(""))
    amounts = {name: decimal_text(getattr(found, name), found.currency) for name in _AMOUNTS}
    known: dict[str, object] = {
        "order": place,
        "borrower_name": who.name if who else "",
        "phone": "; ".join(who.phones) if who else "",
        "language": who.language if who else "",
        "product": one.product,
        "letter": letter.text,
        "letter_reference": letter.reference,
        **amounts,
    }
    return [known[name] if name in known else getattr(found, name) for name in COLUMNS]
