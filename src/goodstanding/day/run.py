"""The day's job: read, assess, choose, write, report. Each step is a pure decision between a read and a write.

Whatever happens, it can be run again: files are whole or not there, a letter's line is added when its files are in
place, and run.json comes last. The same inputs give the same files, to the byte.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from goodstanding.batch.policies import PolicyTable, policy_table, too_large
from goodstanding.core.money import decimal_text
from goodstanding.core.party import Borrower
from goodstanding.day import agreed
from goodstanding.day.assessing import Setting
from goodstanding.day.contacts import contacts_csv, contacts_of, letters_by_kind, statuses
from goodstanding.day.figures import long_date
from goodstanding.day.files import Place, alone_in, failures_explained, hash_of
from goodstanding.day.ledger import LEDGER, Ledger, State, check_lender
from goodstanding.day.lender import LenderFolder, check_currency, policy_remarks, read_lender
from goodstanding.day.letters import key_of
from goodstanding.day.looking import Found, look_through
from goodstanding.day.portfolio import currency_of, open_portfolio
from goodstanding.day.progress import Progress
from goodstanding.day.reconciliation import reconciliation_csv
from goodstanding.day.report import Day, report_html
from goodstanding.day.revision import (
    NAME,
    inputs_of,
    keep_earlier_revision,
    kept_of,
    nothing_to_do,
    revision_of,
    run_json,
)
from goodstanding.day.set_aside import set_aside_csv
from goodstanding.day.stop import Stopped
from goodstanding.day.workers import Workers
from goodstanding.day.worklist import InArrears, in_order, worklist_csv
from goodstanding.day.writing import Desk, Letters, in_day, letters_of, refusal_of_all, write_letters

DONE, SOMETHING_SET_ASIDE = 0, 3
NOT_WORTH_LOADING, NOT_WORTH_COMPILING = 250, 5_000
"""Up to so many loans the reference alone is done before the kernel was loaded, or compiled."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. limit_letters: write at most so many letters of this day; None: all of them.

    by_kernel: whether the kernel computes what it can; None: where that is done sooner. at: when the letters go out.
    """

    book: Path
    as_of: date
    lender: Path
    out: Path
    limit_letters: int | None = None
    processes: int = 2
    by_kernel: bool | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did. kept: run.json, the same whenever the inputs are. The counts: what this run itself did."""

    folder: Path
    unchanged: bool
    kept: dict[str, Any]
    letters_written: int = 0
    letters_confirmed: int = 0
    letters_withdrawn: int = 0

    @property
    def exit_code(self) -> int:
        return int(self.kept["exit_code"])


def run_day(request: Request, progress: Progress) -> Summary:
    """Run the day's job; `Stopped` says why it can't go on."""
    lender = read_lender(request.lender)
    check_currency(currency_of(request.book), request.book, lender, request.lender)
    key_of(lender.keys, lender.lender.is_example)  # stops before any work is done, if it can't be used
    with failures_explained(request.out), alone_in(request.out):
        place = Place(request.out)
        place.begin()
        try:
            portfolio = open_portfolio(request.book, place, progress)
            desk = Desk(
                lender, portfolio, request.as_of, place, Ledger(request.out / LEDGER), request.at, request.by_kernel
            )
            check_lender(desk.ledger, lender.lender.id, request.out)
            return _run(request, desk, progress)
        finally:
            place.end()


def _run(request: Request, desk: Desk, progress: Progress) -> Summary:
    folder = request.out / request.as_of.isoformat()
    inputs = inputs_of(desk.lender, desk.portfolio, request.limit_letters, desk.goes_out_at)
    before = kept_of(desk.place, request.as_of)
    if before and nothing_to_do(before, inputs, desk.place, desk.ledger):
        return Summary(folder, True, before)
    results = desk.place.partial / "arrears.parquet"
    by_kernel = is_kernel_sooner(desk.portfolio.loan_count) if request.by_kernel is None else request.by_kernel
    with Workers(request.processes) as workers:
        setting = Setting(request.as_of, desk.portfolio.cut_off, desk.lender.currency, desk.lender.policies)
        policies = _kernel(desk.lender, progress) if by_kernel else None
        found = look_through(desk.portfolio, setting, desk.lender.letter_rules, results, workers, progress, policies)
        _check_products(found, desk.lender)
        letters = write_letters(
            found.due,
            desk,
            limit=request.limit_letters,
            workers=workers,
            progress=progress,
            agreed=found.agreed,
            borrower_of=found.borrower_of,
        )
    if before and before["inputs"] != inputs:
        keep_earlier_revision(before, desk.place, request.as_of)
    day = _day(found, letters, desk, revision_of(before, inputs))
    kept = _put_files(results, day, found, letters, desk, inputs)
    return Summary(folder, False, kept, letters.written, letters.confirmed, letters.withdrawn)


def is_kernel_sooner(loans: int) -> bool:
    """Whether the kernel is done with a book before the reference: to load it takes a moment, to compile it a minute."""
    from goodstanding.batch.compiling import is_warm

    return loans > NOT_WORTH_COMPILING or (loans > NOT_WORTH_LOADING and is_warm())


def _kernel(lender: LenderFolder, progress: Progress) -> PolicyTable | None:
    """The policies that the kernel computes by, which is made ready; None when it can compute by none of them."""
    from goodstanding.batch.warm import warm

    left_out = too_large(lender.policies)
    if len(left_out) == len(lender.policies):
        return None
    warm(progress.stage, prices=bool(lender.ways_out.measures))
    return policy_table(lender.policies, lender.currency, leave_out=left_out)


def _check_products(found: Found, lender: LenderFolder) -> None:
    """A product that no loan of the book finds is a matter of the folder, not of one loan."""
    if not found.totals.by_place and found.set_aside and all(row.where == "product" for row in found.set_aside):
        theirs = ", ".join(sorted({row.found for row in found.set_aside})[:5])
        raise Stopped(
            f"The book's products ({theirs}) aren't among the lender's ({', '.join(lender.policies)}): add products/NAME.toml "
            "to the lender folder, or give the book its own --lender."
        )


def _day(found: Found, letters: Letters, desk: Desk, revision: int) -> Day:
    lender, portfolio = desk.lender.lender, desk.portfolio
    of_today = [one for one in desk.ledger.entries if one.as_of == desk.as_of]
    return Day(
        lender_name=lender.contacts[lender.default_language].name,
        as_of=desk.as_of,
        cut_off=portfolio.cut_off,
        currency=portfolio.currency,
        revision=revision,
        remarks=_remarks(desk, found, len(letters.refused)),
        totals=found.totals,
        policies=desk.lender.policies,
        set_aside=[*portfolio.set_aside(), *found.set_aside, *letters.set_aside],
        differences=found.differences,
        compared=found.compared,
        letters=letters_of(desk.ledger, desk.as_of),
        contacts=contacts_of(letters_of(desk.ledger, desk.as_of), letters, found.silent),
        withdrawn=sum(one.state is State.WITHDRAWN for one in of_today),
        over_limit=len(letters.plan.over_limit),
        agreed=found.agreed,
    )


def _remarks(desk: Desk, found: Found, refused: int) -> list[str]:
    cut_off, as_of, lender = desk.portfolio.cut_off, desk.as_of, desk.lender
    said = []
    if as_of < cut_off:
        said.append(
            f"This looks back: the book counts payments up to {long_date(cut_off)}. What took effect after "
            f"{long_date(as_of)} isn't counted, and no letters are written of a day that the book has gone past."
        )
    if lender.keys is None and not lender.lender.is_example:
        said.append(
            'Letters aren\'t sealed: nobody can prove that they are yours. Add a line such as keys = "../keys" to lender.toml and'
            " make a key with `goodstanding keys new`."
        )
    said.extend(
        f"Loans of {name} were assessed one by one, which takes longer: their policy is beyond the fast engine ({why})."
        for name, why in too_large(desk.lender.policies).items()
        if name in found.totals.by_product()
    )
    if not desk.lender.letter_rules:
        said.append("Nobody is written to: lender.toml has no [[letter_rules]], see docs/guides/lender_folder.md.")
    if desk.lender.conduct is None:
        said.append(
            "Nobody is written to: lender.toml has no [conduct], so the gate doesn't know who acts and under which law; see"
            " docs/guides/lender_folder.md."
        )
    if refused and (refusal := refusal_of_all(desk)):
        said.append(f"No letters were written: {refusal[0]}; the lender allows {refusal[1]}. {refusal[2]}")
    return said + policy_remarks(desk.lender)


def _put_files(
    results: Path, day: Day, found: Found, letters: Letters, desk: Desk, inputs: dict[str, Any]
) -> dict[str, Any]:
    """Put the day's files in place, run.json last."""
    place, as_of = desk.place, desk.as_of
    hashes = {"arrears.parquet": hash_of(results)}
    place.move_in(results, in_day(as_of, "arrears.parquet"))
    contents = {
        "arrears.csv": worklist_csv(_worklist(found, desk), statuses(day.contacts)),
        "set_aside.csv": set_aside_csv(day.set_aside),
        "reconciliation.csv": reconciliation_csv(found.differences),
        "letters.csv": contacts_csv(day.contacts),
        "report.html": report_html(day).encode(),
    }
    if found.agreed:
        contents[agreed.FILE] = agreed.agreed_csv(found.agreed)
    for path, content in contents.items():
        hashes[path] = place.put(in_day(as_of, path), content)
    kept = _kept(day, letters, inputs, hashes)
    place.put(in_day(as_of, NAME), run_json(kept))
    return kept


def _worklist(found: Found, desk: Desk) -> list[InArrears]:
    known: dict[str, Borrower] = dict(desk.portfolio.borrowers({borrower for _, _, borrower in found.in_arrears}))
    return in_order(
        InArrears(assessment, product, known.get(borrower)) for assessment, product, borrower in found.in_arrears
    )


def _kept(day: Day, letters: Letters, inputs: dict[str, Any], hashes: dict[str, Any]) -> dict[str, Any]:
    whole = day.totals.whole()
    return {
        "as_of": day.as_of.isoformat(),
        "revision": day.revision,
        "exit_code": SOMETHING_SET_ASIDE if day.set_aside else DONE,
        "currency": day.currency,
        "amount_to_cure": decimal_text(whole.amounts["amount_to_cure"], day.currency),
        "counts": {
            "loans": whole.loans,
            "in_arrears": whole.in_arrears,
            "set_aside": len(day.set_aside),
            "differences": len(day.differences),
            "letters": len(day.letters),
            "letters_by_kind": letters_by_kind(day.letters),
            "letters_held": len(letters.plan.held),
            "letters_held_by_law": len(letters.held),
            "letters_superseding": sum(one.supersedes is not None for one in day.letters),
            "letters_withdrawn": day.withdrawn,
            "letters_refused": len(letters.refused),
            "letters_printed_otherwise": sum(bool(one.printed_otherwise) for one in day.contacts),
            "letters_over_limit": day.over_limit,
            **(agreed.counts_of(day.agreed.values()) if day.agreed else {}),
        },
        "remarks": list(day.remarks),
        "inputs": inputs,
        "files": hashes,
    }
