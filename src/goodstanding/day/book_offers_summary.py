"""What the offers to a whole book came to: in words for a person, as data for machines."""

from typing import Any

from goodstanding.core.money import decimal_text
from goodstanding.core.plans.offers import OfferKind
from goodstanding.day.book_offers import Offered
from goodstanding.day.explain import aligned
from goodstanding.day.figures import counted, grouped_text

SHOWN = 8
"""Reasons that are told of; not_offered has every one."""


def in_words(found: Offered) -> str:
    return "\n".join([*_head(found), *_kinds(found), *_without(found), *_set_aside(found), *_where(found)])


def _head(found: Offered) -> list[str]:
    run, request = found.run, found.request
    owed = f"{grouped_text(run.amount_to_cure, found.currency)} {found.currency} to cure"
    first = f"{counted(run.loans, 'loan')} as of {request.as_of}: {run.overdue:,} overdue, {owed}."
    if not run.overdue:
        return [first, "Nothing is overdue, so nothing is offered."]
    some = run.overdue - run.without
    return [
        first,
        f"{some:,} of them have {counted(run.offers, 'offer')}, which stand until {found.accept_by}; {run.without:,} have none.",
    ]


def _kinds(found: Offered) -> list[str]:
    if not found.run.offers:
        return []
    rows = [
        [kind.value.replace("_", " "), f"{found.run.kinds[kind]:,}"] for kind in OfferKind if kind in found.run.kinds
    ]
    return ["", *aligned(["Offer", "Offers"], rows, figures_from=1), ""]


def _without(found: Offered) -> list[str]:
    if not found.run.without:
        return []
    reasons = list(found.run.reasons.items())
    said = [f"Why {counted(found.run.without, 'overdue loan')} have no offer:"]
    if found.run.without == 1:
        said = ["Why one overdue loan has no offer:"]
    said += [f"  {many:,} × {reason}" for reason, many in reasons[:SHOWN]]
    if (more := len(reasons) - SHOWN) > 0:
        said.append(f"  and {counted(more, 'other reason')}")
    return said


def _set_aside(found: Offered) -> list[str]:
    if not found.run.set_aside:
        return []
    return [f"{counted(found.run.set_aside, 'loan')} set aside, each with its reason in quarantine.parquet."]


def _where(found: Offered) -> list[str]:
    run = found.run
    if run.pieces and run.pieces_kept == run.pieces:
        pace = "Nothing to do: an earlier run had done all of it."
    elif run.loans_kept:
        pace = f"{found.loans_per_second:,} overdue loans per second; {counted(run.loans_kept, 'loan')} were done by an earlier run."
    else:
        pace = f"{found.loans_per_second:,} overdue loans per second."
    return [
        f"Checksum {run.checksum}, whatever the number of processes.",
        pace,
        f"The files are those that manifest.json in {found.request.out} lists.",
    ]


def as_data(found: Offered) -> dict[str, Any]:
    """For --json. Amounts are decimal text, as everywhere."""
    run, request = found.run, found.request
    return {
        "folder": str(request.out),
        "as_of": request.as_of.isoformat(),
        "accept_by": found.accept_by.isoformat(),
        "currency": found.currency,
        "loans": run.loans,
        "overdue": run.overdue,
        "amount_to_cure": decimal_text(run.amount_to_cure, found.currency),
        "set_aside": run.set_aside,
        "without_offer": run.without,
        "offers": run.offers,
        "payments": run.payments,
        "loans_by_offers": {str(many): loans for many, loans in run.by_offers.items()},
        "offers_by_kind": dict(run.kinds),
        "reasons_of_those_without": dict(run.reasons),
        "checksum": run.checksum,
        "loans_kept": run.loans_kept,
        "seconds": round(found.seconds, 3),
        "overdue_loans_per_second": found.loans_per_second,
    }
