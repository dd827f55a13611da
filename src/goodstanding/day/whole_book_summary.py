"""What a run over a whole book came to: in words for a person, as data for machines."""

from typing import Any

from goodstanding.core.money import decimal_text
from goodstanding.day.explain import aligned
from goodstanding.day.figures import counted, grouped_text
from goodstanding.day.whole_book import Assessed

SHOWN = 5
"""Reasons that are told of; quarantine.parquet has every loan."""


def in_words(found: Assessed) -> str:
    table = ["", *_by_bucket(found), ""] if found.by_bucket else []
    return "\n".join([*_head(found), *table, *_set_aside(found), *_where(found)])


def _head(found: Assessed) -> list[str]:
    request, whole = found.request, found.whole
    known = f", of what was booked by {request.known_on}" if request.known_on else ""
    to_cure = f"{grouped_text(whole.amount_to_cure, found.currency)} {found.currency} to cure"
    loans = counted(found.run.loans, "loan")
    return [f"{loans} as of {request.as_of}{known}: {whole.in_arrears:,} in arrears, {to_cure}."]


def _by_bucket(found: Assessed) -> list[str]:
    rows = [
        [name, f"{tally.loans:,}", grouped_text(tally.amount_to_cure, found.currency)]
        for name, tally in found.by_bucket.items()
    ]
    return aligned(["Bucket", "Loans", f"To cure, {found.currency}"], rows, figures_from=1)


def _set_aside(found: Assessed) -> list[str]:
    if not found.run.set_aside:
        return []
    said = [f"{counted(found.run.set_aside, 'loan')} set aside, each with its reason in quarantine.parquet:"]
    for reason in found.reasons[:SHOWN]:
        said.append(f"  {reason.loans:,} × {reason.column}: {reason.sentence} (such as {reason.such_as})")
    if (more := len(found.reasons) - SHOWN) > 0:
        said.append(f"  and {counted(more, 'other reason')}")
    return said


def _where(found: Assessed) -> list[str]:
    run, request = found.run, found.request
    if run.parts_kept == run.parts:
        pace = "Nothing to do: an earlier run had done all of it."
    elif run.loans_kept:
        pace = f"{found.loans_per_second:,} loans per second; {counted(run.loans_kept, 'loan')} were done by an earlier run."
    else:
        pace = f"{found.loans_per_second:,} loans per second."
    detail = [f"Beside them: {counted(run.instalments, 'instalment')}, {counted(run.drawdowns, 'drawdown')}."]
    return [
        *(detail if request.instalments else []),
        f"Checksum {run.checksum}, whatever the order of the loans.",
        pace,
        f"The results are the {counted(run.parts, 'file')} that manifest.json in {request.out} lists.",
    ]


def as_data(found: Assessed) -> dict[str, Any]:
    """For --json. Amounts are decimal text, as everywhere."""
    request, run, whole = found.request, found.run, found.whole
    return {
        "folder": str(request.out),
        "as_of": request.as_of.isoformat(),
        "known_on": request.known_on.isoformat() if request.known_on else None,
        "currency": found.currency,
        "loans": run.loans,
        "assessed": run.assessed,
        "set_aside": run.set_aside,
        "in_arrears": whole.in_arrears,
        "amount_to_cure": decimal_text(whole.amount_to_cure, found.currency),
        "by_bucket": [
            {
                "bucket": name,
                "loans": tally.loans,
                "in_arrears": tally.in_arrears,
                "amount_to_cure": decimal_text(tally.amount_to_cure, found.currency),
            }
            for name, tally in found.by_bucket.items()
        ],
        "reasons": [
            {"column": one.column, "sentence": one.sentence, "loans": one.loans, "such_as": one.such_as}
            for one in found.reasons
        ],
        "checksum": run.checksum,
        "files": run.parts,
        **({"instalments": run.instalments, "drawdowns": run.drawdowns} if request.instalments else {}),
        "loans_kept": run.loans_kept,
        "seconds": round(found.seconds, 3),
        "loans_per_second": found.loans_per_second,
    }
