"""The letters of a day put in place, and their lines added to the ledger; what they take the place of is kept apart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from goodstanding.core.letter import LetterRefused
from goodstanding.day.files import Place, hash_of
from goodstanding.day.ledger import Entry, Ledger, State, standing
from goodstanding.day.lender import LenderFolder
from goodstanding.day.letters import TWO_COMPUTATIONS, Due, Letter, Plan, plan_letters, withdrawal, write
from goodstanding.day.looking import Assessed, in_chunks
from goodstanding.day.portfolio import Portfolio
from goodstanding.day.progress import Progress
from goodstanding.day.set_aside import SetAside, Step
from goodstanding.day.workers import Workers

LETTERS_AT_ONCE = 20
"""Letters whose files are put in place before their lines are added, together, to the ledger."""
FEW_LETTERS = 20
"""Up to so many letters are set in this process: starting others would take longer."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the letters of a day are written: what they stand on, and where they go."""

    lender: LenderFolder
    portfolio: Portfolio
    as_of: date
    place: Place
    ledger: Ledger

    @property
    def letter(self) -> str:
        return self.lender.lender.letter_rule.letter


@dataclass(slots=True)
class Letters:
    """How it went. written, withdrawn: lines that this run added. confirmed: letters that stood already."""

    plan: Plan
    written: int = 0
    confirmed: int = 0
    withdrawn: int = 0
    set_aside: list[SetAside] = field(default_factory=list)


def write_letters(
    due: Mapping[str, Assessed], desk: Desk, *, limit: int | None, workers: Workers, progress: Progress
) -> Letters:
    """Write what the plan asks for. A line follows its files, so that a run that is killed can be run again."""
    episodes = {loan_id: one.assessment.arrears_since or desk.as_of for loan_id, one in due.items()}
    plan = plan_letters(episodes, desk.ledger.entries, letter=desk.letter, as_of=desk.as_of, limit=limit)
    letters = Letters(plan)
    if desk.as_of < desk.portfolio.cut_off:  # the book knows of later payments, which such a letter would leave out
        return letters
    if refusal := refusal_of_all(desk):
        letters.set_aside = [_set_aside(loan_id, *refusal) for loan_id in plan.write]
        return letters
    tasks, letters.set_aside = _tasks(plan.write, due, episodes, desk)
    _add_lines([withdrawal(entry, desk.portfolio.content_hash) for entry in plan.withdraw], desk, letters)
    with progress.stage("Writing letters", len(tasks)) as advance:
        answers = workers.answers(write, tasks, here=len(tasks) <= FEW_LETTERS)
        for answered in in_chunks(answers, LETTERS_AT_ONCE):
            settled = [_settle(task, answer, desk, letters) for task, answer in answered]
            desk.place.put_all({path: content for files, _ in settled for path, content in files.items()})
            _add_lines([line for _, line in settled if line is not None], desk, letters)
            advance(len(answered))
    keep_superseded_apart(desk)
    return letters


def refusal_of_all(desk: Desk) -> tuple[str, str, str] | None:
    """Say why this book may write no letter of this day, if so: what was found, expected, and what to do."""
    cut_off, oldest = desk.portfolio.cut_off, desk.lender.lender.letter_rule.oldest_book_days
    age = (desk.as_of - cut_off).days
    if age <= oldest:
        return None
    return (
        f"payments counted up to {cut_off}, {age} days before the letter's day",
        f"at most {oldest} days (oldest_book_days in lender.toml)",
        "Import a book with a later cut-off and run the day again.",
    )


def _tasks(
    loan_ids: Sequence[str], due: Mapping[str, Assessed], episodes: Mapping[str, date], desk: Desk
) -> tuple[list[Due], list[SetAside]]:
    """Gather what each letter is written from; a loan whose borrower isn't in the book has none."""
    entries = [entry for entry in desk.ledger.entries if entry.letter == desk.letter and entry.as_of == desk.as_of]
    revisions = Counter(entry.loan_id for entry in entries if entry.state is State.WRITTEN)
    stands = {loan_id: found[-1] for (loan_id, _), found in standing(entries).items()}
    borrowers = desk.portfolio.borrowers({due[loan_id].of_book.borrower_id for loan_id in loan_ids})
    tasks, unknown = [], []
    for loan_id in loan_ids:
        one, today = due[loan_id], stands.get(loan_id)
        borrower = borrowers.get(one.of_book.borrower_id)
        if borrower is None:
            who = f'no borrower "{one.of_book.borrower_id}"'
            unknown.append(_set_aside(loan_id, who, "the borrower's row in borrowers", "Add it and import again."))
            continue
        tasks.append(
            Due(
                loan=one.of_book.loan,
                figures=one.assessment,
                episode=episodes[loan_id],
                borrower=borrower,
                lender=desk.lender.lender,
                policy=desk.lender.policies[one.product],
                wording=desk.lender.wording,
                as_of=desk.as_of,
                counted_up_to=desk.portfolio.cut_off,
                book=desk.portfolio.content_hash,
                today=today,
                today_is_whole=today is not None and is_whole(today, desk.place),
                revision=1 + revisions[loan_id],
                keys=desk.lender.keys,
                letterhead=desk.lender.letterhead,
            )
        )
    return tasks, unknown


def _settle(
    task: Due, answer: Letter | LetterRefused, desk: Desk, letters: Letters
) -> tuple[dict[str, bytes], Entry | None]:
    """The files to put in place for a letter, and the line that then follows."""
    if isinstance(answer, LetterRefused):
        letters.set_aside.append(
            _set_aside(answer.loan_id, answer.detail, "facts that a letter may state", _what_to_do(answer.reason))
        )
        return {}, withdrawal(task.today, task.book) if task.today else None
    letters.confirmed += answer.entry is None
    return {in_day(desk.as_of, path): content for path, content in answer.files.items()}, answer.entry


def _add_lines(lines: Sequence[Entry], desk: Desk, letters: Letters) -> None:
    desk.ledger.add(lines)
    written = sum(line.state is State.WRITTEN for line in lines)
    letters.written += written
    letters.withdrawn += len(lines) - written


def letters_of(ledger: Ledger, letter: str, as_of: date) -> list[Entry]:
    """The letters that stand for a day, by loan."""
    entries = [entry for entry in ledger.entries if entry.letter == letter and entry.as_of == as_of]
    return sorted((entry for found in standing(entries).values() for entry in found), key=lambda entry: entry.loan_id)


def is_whole(entry: Entry, place: Place) -> bool:
    """Whether a letter's files are where and what its line says."""
    return all(hash_of(place.root / in_day(entry.as_of, path)) == known for path, known in entry.files.items())


def keep_superseded_apart(desk: Desk) -> None:
    """Move the files of letters that no longer stand out of letters/, so that nobody sends them."""
    stand = {entry.reference for entry in letters_of(desk.ledger, desk.letter, desk.as_of)}
    for entry in desk.ledger.entries:
        if entry.as_of == desk.as_of and entry.letter == desk.letter and entry.reference not in stand:
            for path in entry.files:
                lying = desk.place.root / in_day(desk.as_of, path)
                if lying.exists():
                    desk.place.move_in(lying, in_day(desk.as_of, f"superseded/{path}"))


def in_day(as_of: date, path: str) -> str:
    """Where a file of a day lies under the output folder."""
    return f"{as_of.isoformat()}/{path}"


def _what_to_do(reason: str) -> str:
    return {
        "no_contact": "Add the contacts of that language to lender.toml, or change default_language.",
        "fault": "Please report this as a fault of ours.",
        TWO_COMPUTATIONS: "No letter was written. Please report this as a fault of ours, with the loan's rows.",
        "character_not_in_fonts": "Check how the name and address are written in the lender's files.",
    }.get(reason, "Look at the loan with `goodstanding explain`, and report this if it is right.")


def _set_aside(loan_id: str, found: str, expected: str, what_to_do: str) -> SetAside:
    return SetAside(Step.LETTER, loan_id, "", "letter", found, expected, what_to_do)
