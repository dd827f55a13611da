"""What a run did, in a few lines for a person."""

from typing import Any

from goodstanding.day.figures import counted
from goodstanding.day.run import Summary


def in_words(summary: Summary) -> str:
    kept = summary.kept
    counts = kept["counts"]
    to_cure = f"{kept['amount_to_cure']} {kept['currency']} to cure"
    lines = [
        f"{counted(counts['loans'], 'loan')} as of {kept['as_of']}: {counts['in_arrears']:,} in arrears, {to_cure}.",
        f"{counted(counts['letters'], 'letter')} of this day{_to_whom(counts)}{_letters_beside(counts)}.",
    ]
    if counts["set_aside"]:
        lines.append(f"{counts['set_aside']:,} set aside, each with its reason in set_aside.csv.")
    if counts["differences"]:
        lines.append(f"{counted(counts['differences'], 'figure')} unlike the lender's own, each in reconciliation.csv.")
    lines.extend(kept["remarks"])
    if summary.unchanged:
        lines.append("Nothing to do: this day was already done from the same book. Nothing was changed.")
    elif kept["revision"] > 1:
        lines.append(f"This is revision {kept['revision']} of the day; what it takes the place of is in superseded/.")
    lines.append(f"Everything lies in {summary.folder}: begin with report.html.")
    return "\n".join(lines)


def _to_whom(counts: dict[str, Any]) -> str:
    said = [
        f"{letter} to {', '.join(counted(number, reader.replace('_', '-')) for reader, number in readers.items())}"
        for letter, readers in counts["letters_by_kind"].items()
    ]
    return f": {'; '.join(said)}" if said else ""


def _letters_beside(counts: dict[str, Any]) -> str:
    beside = {
        "letters_superseding": "superseding another",
        "letters_withdrawn": "withdrawn",
        "letters_refused": "refused",
        "letters_printed_otherwise": "with a character that no face has",
        "letters_over_limit": "left for another run",
        "letters_held": "held back by rule",
        "letters_held_by_law": "held back by law",
    }
    said = [f"{counts[name]:,} {words}" for name, words in beside.items() if counts[name]]
    return f" ({', '.join(said)})" if said else ""
