"""One letter, written by hand for one loan of a book: the facts gathered as the day's job gathers them, and its files.

It goes to whoever is asked for, in the reader's language or another; of a notice whose English is what counts, the English
one is always there. It isn't in the ledger, which is the day's job's. Like the day's letters it passes the gate first, form by form.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from goodstanding.core.arrears.assess import Assessment, CannotAssess, assess
from goodstanding.core.arrears.outlook import outlook
from goodstanding.core.lender import Form
from goodstanding.core.letter import LetterContent, LetterFacts, LetterRefused
from goodstanding.core.loan_json import plain_from_json
from goodstanding.core.particulars import (
    CreditReporting,
    DefaultNotice,
    MissedPayment,
    Particulars,
    PlanBroken,
    Single,
    particulars_from_data,
)
from goodstanding.core.party import Borrower, Guarantee, Party, Role
from goodstanding.core.plans.judging import PlanState
from goodstanding.core.plans.offers import Position
from goodstanding.core.plans.pricing import by_reference
from goodstanding.core.plans.ways_out import for_letter
from goodstanding.core.reading import BadValue
from goodstanding.day.agreed import Agreed, said_of_plan
from goodstanding.day.assessing import Setting
from goodstanding.day.gate import HeldByGate, Judged, Told, instant_of
from goodstanding.day.granting import legal_limits
from goodstanding.day.lender import LenderFolder, check_currency, read_lender
from goodstanding.day.letters import (
    ENDINGS,
    ask_the_gate,
    file_stem,
    in_form,
    key_of,
    language_of,
    reference_of,
)
from goodstanding.day.portfolio import LoanOfBook, Portfolio, currency_of, opened_for_reading
from goodstanding.day.progress import Progress
from goodstanding.day.stop import Stopped
from goodstanding.letters.compose import LETTERS, compose
from goodstanding.letters.press import Press
from goodstanding.letters.single.choosing import page_for


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. language: empty for the reader's. person: who of several in the role; empty: the only one.

    facts: the file with what only this letter needs to know (docs/reference/letter_facts_json.md). at: when it goes out; None: as the
    day's letters do. reviewed_by: who has looked at what the gate leaves to a person; empty: nobody.
    """

    loan_id: str
    book: Path
    lender: Path
    as_of: date
    letter: str
    out: Path
    language: str = ""
    role: Role = Role.BORROWER
    person: str = ""
    facts: Path | None = None
    at: datetime | None = None
    reviewed_by: str = ""


@dataclass(frozen=True, slots=True)
class WrittenByHand:
    """files: what was written. left_out: why some weren't, a sentence each. notes: what a person should look at."""

    files: tuple[Path, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...] = ()


def write_one(wanted: Wanted, progress: Progress) -> WrittenByHand:
    """Write the letter's files; `Stopped` says why it isn't written."""
    folder, facts, language, told = _gathered(wanted, progress)
    languages = [language]
    if LETTERS[wanted.letter].english_counts and language != "en":
        languages.insert(0, "en")
    contents = [_composed(wanted, folder, facts, one) for one in languages]
    forms, held, looked_at = _let_out(wanted, ask_the_gate(tuple(Form), contents, facts, told))
    press = Press(key_of(folder.keys, folder.lender.is_example), folder.letterhead)
    left_out = list(held)
    files = [path for content in contents for path in _put(press, wanted.out, facts, content, forms, left_out)]
    return WrittenByHand(tuple(files), tuple(left_out), (*_notes(contents), *looked_at))


def _let_out(wanted: Wanted, judged: Judged) -> tuple[list[Form], list[str], list[str]]:
    """The forms that may go out, why others mayn't, and what a person has looked at; `Stopped` when none may."""
    reviewed = [one for one in judged.held if one.is_review and wanted.reviewed_by]
    held = [f"as {one.form}: {told}" for one in judged.held if one not in reviewed for told in _why(one)]
    forms = [*judged.forms, *(one.form for one in reviewed)]
    if not forms:
        raise Stopped(f"The gate doesn't let {wanted.letter} out, and nothing was written. " + "\n".join(held))
    return forms, held, [f"looked at by {wanted.reviewed_by}: as {one.form}: {one.detail}" for one in reviewed]


def _why(held: HeldByGate) -> Iterator[str]:
    """What keeps a form back: each rule with what it found and where it is written, and from when it would be allowed."""
    said = " ".join(f"{one.rule}: {one.detail}{f' ({one.citation})' if one.citation else ''}" for one in held.against)
    when = f" It would be allowed from {held.allowed_from.isoformat()}." if held.allowed_from else ""
    look = " A person may look at it and say --reviewed-by NAME." if held.is_review else ""
    yield f"{said or held.detail}{when}{look}"


def _notes(contents: Sequence[LetterContent]) -> Iterator[str]:
    for one, printed in dict(found for content in contents for found in content.printed_otherwise).items():
        yield f"{one}, which no face of ours has, is printed as {printed}: look at the letter before it is sent."


def choosing_page(wanted: Wanted, progress: Progress) -> str:
    """The page on which staff put together a single letter about the loan."""
    folder, facts, language, _told = _gathered(wanted, progress)
    if language not in folder.lender.contacts:
        raise Stopped(f"Lender {folder.lender.id} has no contact in {language}: add it to lender.toml.")
    return page_for(facts, language, folder.wording)


def _gathered(wanted: Wanted, progress: Progress) -> tuple[LenderFolder, LetterFacts, str, Told | None]:
    """The lender, the facts, the language of the letter, and what the gate is told."""
    folder = read_lender(wanted.lender)
    check_currency(currency_of(wanted.book), wanted.book, folder, wanted.lender)
    particulars = _particulars(wanted, folder.currency)
    with opened_for_reading(wanted.book, progress) as portfolio:
        facts, product, agreed = _facts(wanted, folder, portfolio, particulars)
        told = _told(wanted, folder, portfolio, facts.recipient.id, product, agreed)
    put_together_in = particulars.language if isinstance(particulars, Single) else ""
    return folder, facts, wanted.language or put_together_in or language_of(facts.recipient, folder.lender), told


def _told(
    wanted: Wanted, folder: LenderFolder, portfolio: Portfolio, person: str, product: str, agreed: Agreed | None
) -> Told | None:
    """What the gate is told of the reader: what the book says. Letters that the day's job wrote count when it lists them."""
    if folder.conduct is None:
        return None
    at = wanted.at or instant_of(wanted.as_of, portfolio.book.zone, folder.conduct)
    return Told(folder.conduct, at, portfolio.book.conduct([person])[person], (), product, agreed)


def _particulars(wanted: Wanted, currency: str) -> Particulars | None:
    kind, path = LETTERS[wanted.letter].needs, wanted.facts
    if path is None:
        return None
    if kind is None:
        raise Stopped(f"{wanted.letter} needs no facts of its own: leave --facts out.")
    try:
        return particulars_from_data(kind, plain_from_json(path.read_text(encoding="utf-8-sig")), currency)
    except OSError as failed:
        raise Stopped(f"{path} can't be read: {failed.strerror}.") from None
    except BadValue as bad:
        raise Stopped(f"{path}: {bad}. Every key is explained in docs/reference/letter_facts_json.md.") from None
    except ValueError as bad:
        raise Stopped(f"{path} isn't JSON in UTF-8: {bad}.") from None


def _facts(
    wanted: Wanted, folder: LenderFolder, portfolio: Portfolio, particulars: Particulars | None
) -> tuple[LetterFacts, str, Agreed | None]:
    """What the letter says, the loan's product as the lender calls it, and what was promised and agreed about it."""
    lender, found = folder.lender, portfolio.find(wanted.loan_id)
    if found is None:
        raise Stopped(
            f'There is no loan "{wanted.loan_id}" in {wanted.book}: check the number, or whether it was set aside.'
        )
    if wanted.as_of < portfolio.cut_off:
        raise Stopped(
            f"The book counts payments up to {portfolio.cut_off}, later than {wanted.as_of}: a letter of that day would leave them out."
        )
    borrower, reader = _people(wanted, portfolio, found)
    setting = Setting(wanted.as_of, portfolio.cut_off, folder.currency, folder.policies)
    product = setting.product_of(found.loan)
    if product not in folder.policies:
        known = ", ".join(folder.policies)
        raise Stopped(
            f'Loan {wanted.loan_id} is of product "{product}", which {wanted.lender} doesn\'t have ({known}).'
        )
    policy, pay_by = folder.policies[product], _pay_by(wanted, folder, particulars)
    agreed = setting.agreed(found, policy)
    loan = agreed.loan if agreed else found.loan
    if isinstance(particulars, PlanBroken) and (why := _why_not_broken(particulars, agreed)):
        raise Stopped(f"plan_broken isn't written about loan {wanted.loan_id}: {why}")
    try:
        today = assess(loan, policy, as_of=wanted.as_of)
        ahead = outlook(loan, policy, today, pay_by=pay_by)
    except CannotAssess as why:
        raise Stopped(f"It can't be assessed: {why}.") from None
    facts = LetterFacts(
        loan=loan,
        policy=policy,
        assessment=today,
        borrower=borrower,
        lender=lender,
        offers=()
        if agreed is not None and agreed.speaks_against_offers
        else for_letter(
            Position(loan, policy, today, pay_by),
            folder.ways_out,
            legal_limits(folder.conduct, product, wanted.as_of),
            by_reference(policy),
        ),
        counted_up_to=portfolio.cut_off,
        issued_on=wanted.as_of,
        pay_by=pay_by,
        amount_by_pay_by=ahead.amount_by_pay_by,
        next_day_adds=ahead.next_day_adds,
        next_day_fee=ahead.next_day_fee,
        reference=_reference(wanted, lender.id, today, reader),
        reader=reader,
        particulars=particulars,
    )
    return facts, product, agreed


def _why_not_broken(told: PlanBroken, agreed: Agreed | None) -> str:
    """Why a plan isn't to be called broken: the book judges it by what arrived, and a person may have missed a payment that came.

    Empty when the book says the same: the payments, and what of each arrived.
    """
    plans = agreed.judged.plans if agreed else ()
    broken = [one for one in plans if one.state is PlanState.BROKEN]
    if not broken:
        known = " ".join(said_of_plan(one) for one in plans) or "There is none in the book."
        return f"no plan of it is broken. {known} Put the plan into plans.csv and its payments into plan_payments.csv."
    missed = {
        MissedPayment(part.payment.on, amount, part.paid)
        for one in broken
        if one.since <= told.broken_on
        for part in one.payments
        for amount in (part.payment.amount, part.asked)
        if part.is_late
    }
    if other := [one for one in told.missed if one not in missed]:
        shown = ", ".join(f"{one.on}: {one.amount} agreed, {one.arrived} arrived" for one in other)
        judged = " ".join(said_of_plan(one) for one in broken)
        return f"its facts say (minor units) {shown}; the ledger says otherwise. {judged}"
    return ""


def _pay_by(wanted: Wanted, folder: LenderFolder, particulars: Particulars | None) -> date:
    """The day named in the letter: by the lender's rule, or the last one before what the particulars name."""
    match particulars:
        case CreditReporting():
            return particulars.report_on - timedelta(days=1)
        case DefaultNotice():
            return particulars.remedy_by - timedelta(days=1)
        case _:
            return wanted.as_of + timedelta(days=_pay_within_days(wanted.letter, folder))


def _pay_within_days(letter: str, folder: LenderFolder) -> int:
    """As the first rule of this letter says, if there is one."""
    said = (one.pay_within_days for one in folder.letter_rules if one.letter == letter)
    return next((days for days in said if days is not None), folder.lender.pay_within_days)


def _reference(wanted: Wanted, lender: str, today: Assessment, reader: Party | None) -> str:
    """The same whenever the same letter is asked for; each reader's is their own, and none is one of the day's job's."""
    whose = f"{wanted.letter} by hand to {reader.person.id if reader else wanted.role}"
    return reference_of(lender, wanted.loan_id, whose, today.arrears_since or wanted.as_of, wanted.as_of, 1)


def _people(wanted: Wanted, portfolio: Portfolio, found: LoanOfBook) -> tuple[Borrower, Party | None]:
    """The borrower, and the reader if that is somebody else."""
    beside = portfolio.book.parties([wanted.loan_id]).get(wanted.loan_id, [])
    people = portfolio.borrowers({found.borrower_id, *(person for person, _, _ in beside)})
    if found.borrower_id not in people:
        raise Stopped(f'The book has no borrower "{found.borrower_id}": add the row in borrowers and import again.')
    if wanted.role is Role.BORROWER:
        return people[found.borrower_id], None
    in_role = {person: guarantee for person, role, guarantee in beside if role is wanted.role}
    chosen = [person for person in in_role if wanted.person in ("", person)]
    if len(chosen) != 1 or chosen[0] not in people:
        known = ", ".join(in_role) or "nobody"
        raise Stopped(
            f"Loan {wanted.loan_id} has as {wanted.role}: {known}. Name one with --person; parties.csv says who there is."
        )
    person = people[chosen[0]]
    return people[found.borrower_id], Party(wanted.role, person, Guarantee(in_role[chosen[0]]))


def _composed(wanted: Wanted, folder: LenderFolder, facts: LetterFacts, language: str) -> LetterContent:
    content = compose(wanted.letter, facts, language, overrides=folder.wording)
    if isinstance(content, LetterRefused):
        raise Stopped(f"{wanted.letter} isn't written ({content.reason}): {content.detail}")
    return content


def _put(
    press: Press, out: Path, facts: LetterFacts, content: LetterContent, forms: Sequence[Form], left_out: list[str]
) -> Iterator[Path]:
    stem = file_stem(facts.loan.id, content.reference, content.language, 1)
    files: dict[str, bytes] = {}
    for form in forms:
        if form is Form.PDF:
            continue
        text = in_form(content, form)
        if isinstance(text, LetterRefused):
            left_out.append(text.detail)
        else:
            files[ENDINGS[form]] = text
    if Form.PDF in forms:
        letter = press.finish(facts, content)
        if isinstance(letter, LetterRefused):
            left_out.append(letter.detail)
        else:
            files["pdf"] = letter.pdf
    out.mkdir(parents=True, exist_ok=True)
    for ending, data in sorted(files.items()):
        path = out / f"{stem}.{ending}"
        path.write_bytes(data)
        yield path
