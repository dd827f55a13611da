"""The letters of a day put in place, and their lines added to the ledger; what they take the place of is kept apart."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from goodstanding.book.conduct import Conduct
from goodstanding.core.arrears.assess import CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.lender import LetterRule
from goodstanding.core.letter import LetterRefused
from goodstanding.core.loan import Loan
from goodstanding.core.particulars import Particulars, PromiseConfirmed
from goodstanding.core.party import Guarantee, Party, Role
from goodstanding.core.plans.judging import PlanState
from goodstanding.day.agreed import Agreed
from goodstanding.day.assessing import Setting, figures_alone
from goodstanding.day.choosing import ASKED_BY_LAW, Case, Contact, Held, Plan, Reader, Why, plan_letters
from goodstanding.day.files import Place, hash_of
from goodstanding.day.gate import HeldByGate, Told, instant_of
from goodstanding.day.granting import legal_limits
from goodstanding.day.happened import (
    OF_EVENTS,
    PAID_UP,
    Happened,
    asked_for,
    asks_for_events,
    happened,
    may_tell,
    taken_back_since,
    written_about,
)
from goodstanding.day.ledger import Entry, Kind, Ledger, State, standing
from goodstanding.day.lender import LenderFolder
from goodstanding.day.letter_rules import REMINDER
from goodstanding.day.letters import TWO_COMPUTATIONS, Due, Letter, NotSent, fell_over, withdrawal, write
from goodstanding.day.looking import Assessed, in_chunks
from goodstanding.day.portfolio import Portfolio
from goodstanding.day.progress import Progress
from goodstanding.day.set_aside import SetAside, Step
from goodstanding.day.workers import Workers

LETTERS_AT_ONCE = 20
"""Letters whose files are put in place before their lines are added, together, to the ledger."""
WORTH_LOADING = 30
"""From so many letters on the kernel prices their offers sooner than the reference, though each process loads it first."""
FEW_LETTERS = 20
"""Up to so many letters are set in this process: starting others would take longer."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the letters of a day are written: what they stand on, and where they go.

    by_kernel: whether the kernel prices what they offer; None: where that is done sooner.
    """

    lender: LenderFolder
    portfolio: Portfolio
    as_of: date
    place: Place
    ledger: Ledger
    at: datetime | None = None
    by_kernel: bool | None = None

    @property
    def goes_out_at(self) -> datetime:
        """When the day's letters go out: as asked, or at the lender's hour in the book's zone."""
        return self.at or instant_of(self.as_of, self.portfolio.book.zone, self.lender.conduct)


@dataclass(slots=True)
class Letters:
    """How it went. written, withdrawn: lines that this run added. confirmed: letters that stood already.

    otherwise: letters in which characters that no face has were printed as something else, with what. late: notices of the law's that come
    too late, with by how much.
    refused: letters that weren't written because something is wrong, with what. held: what the gate didn't let out.
    """

    plan: Plan
    written: int = 0
    confirmed: int = 0
    withdrawn: int = 0
    set_aside: list[SetAside] = field(default_factory=list)
    refused: dict[Kind, str] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    otherwise: dict[Kind, tuple[str, ...]] = field(default_factory=dict)
    late: dict[Kind, str] = field(default_factory=dict)


def write_letters(
    due: Mapping[str, Assessed],
    desk: Desk,
    *,
    limit: int | None,
    workers: Workers,
    progress: Progress,
    agreed: Mapping[str, Agreed] | None = None,
    borrower_of: Mapping[str, str] | None = None,
) -> Letters:
    """Write what the plan asks for. A line follows its files, so that a run that is killed can be run again."""
    told = events_of(agreed or {}, desk)
    of_arrears = due
    due = {**due, **{loan_id: _with_rules_of(one, due.get(loan_id)) for loan_id, (one, _, _) in told.items()}}
    beside = _parties(due, told, desk.portfolio)
    cases = [
        case for one in of_arrears.values() if (case := _case(one, beside.get(one.assessment.loan_id, []), desk)).rules
    ]
    cut_off = desk.portfolio.cut_off
    cases, returned = _not_told_yet(cases, due, desk)
    cases, other = _whose_plan_is_kept(cases, due, agreed or {}, borrower_of or {}, desk)
    plan = plan_letters(cases, desk.ledger.entries, as_of=desk.as_of, counted_up_to=cut_off, limit=limit)
    plan.held.extend((*returned, *other))
    tell_of_events(plan, told, beside, desk.ledger.entries, desk.as_of, limit)
    letters = Letters(plan)
    if desk.as_of < cut_off:  # the book knows of later payments, which such a letter would leave out
        return letters
    if refusal := refusal_of_all(desk):
        for contact in plan.write:
            _refused(letters, contact, *refusal)
        return letters
    tasks = _tasks(letters, due, beside, desk)
    _add_lines([withdrawal(entry, desk.portfolio.content_hash) for entry in plan.withdraw], desk, letters)
    with progress.stage("Writing letters", len(tasks)) as advance:
        answers = workers.answers(write, tasks, here=len(tasks) <= FEW_LETTERS, lost=fell_over)
        for answered in in_chunks(answers, LETTERS_AT_ONCE):
            settled = [_settle(task, answer, desk, letters) for task, answer in answered]
            desk.place.put_all({path: content for files, _ in settled for path, content in files.items()})
            _add_lines([line for _, line in settled if line is not None], desk, letters)
            advance(len(answered))
    keep_superseded_apart(desk)
    return letters


Beside = Sequence[tuple[str, Role, Guarantee]]
"""Who answers for a loan beside the borrower: number in the book, as what, and how a guarantor answers."""


def _parties(due: Mapping[str, Assessed], told: Mapping[str, "Event"], portfolio: Portfolio) -> Mapping[str, Beside]:
    """Who may be written to beside the borrowers; nobody is looked up where no rule writes to them, and none of them promised."""
    asked = {loan_id for loan_id, one in due.items() if any(set(rule.to) - {Role.BORROWER} for rule in one.rules)}
    asked |= {loan_id for loan_id, (_, what, _) in told.items() if any(one.person for one in what)}
    return portfolio.book.parties(asked) if asked else {}


# -- what happened ----------------------------------------------------------------------------------------------------

Event = tuple[Assessed, tuple[Happened, ...], LetterRule]
"""A loan, what happened to it of one kind, and the rule that has it told."""


def events_of(agreed: Mapping[str, Agreed], desk: Desk) -> dict[str, Event]:
    """By loan, what happened of which a rule has somebody told: of loans with promises or plans, and of those written to before."""
    rules, found = desk.lender.letter_rules, dict[str, Event]()
    if not asks_for_events(rules):
        return found
    setting = Setting(desk.as_of, desk.portfolio.cut_off, desk.lender.currency, desk.lender.policies)
    before = written_about(desk.ledger.entries, desk.as_of)
    rests = desk.lender.conduct is None or desk.lender.conduct.promises_rest
    lately = {loan_id for loan_id, one in agreed.items() if may_tell(one, rules, desk.as_of)}
    for of_book in desk.portfolio.find_all({*lately, *before}):
        loan_id, product = of_book.loan.id, setting.product_of(of_book.loan)
        policy, said = desk.lender.policies.get(product), agreed.get(loan_id)
        if policy is None:
            continue
        loan = said.loan if said is not None else of_book.loan
        try:
            whole = assess(loan, policy, as_of=desk.as_of)
        except CannotAssess:
            continue  # it is set aside already
        figures = figures_alone(whole)
        told_of = happened(said, loan, whole, borrower_id=of_book.borrower_id or "", promises_rest=rests)
        asked = asked_for(told_of, rules, product, desk.as_of)
        if asked is not None and (loan_id in before or _was_late(asked[0][0], of_book.loan, policy, said)):
            what, rule = asked
            found[loan_id] = (Assessed(replace(of_book, loan=loan), figures, product, (rule,), said), what, rule)
    return found


def _was_late(one: Happened, loan: Loan, policy: ArrearsPolicy, agreed: Agreed | None) -> bool:
    """Whether something was overdue before all was paid, or when a plan was agreed that is completed now. loan: as the book has it.

    Nobody is told that arrears are over who had none.
    """
    if one.letter != PAID_UP:
        return True
    plans = agreed.judged.plans if agreed else ()
    kept = [plan for plan in plans if plan.state is PlanState.COMPLETED and plan.since == one.on]
    days = {one.on - timedelta(days=1), *(max(plan.plan.terms.worked_out_on, loan.disbursed_on) for plan in kept)}
    return any(assess(loan, policy, as_of=day).amount_to_cure for day in days)


def _with_rules_of(one: Assessed, other: Assessed | None) -> Assessed:
    return one if other is None else replace(one, rules=(*other.rules, *one.rules))


def tell_of_events(
    plan: Plan,
    told: Mapping[str, Event],
    beside: Mapping[str, Beside],
    entries: Sequence[Entry],
    as_of: date,
    limit: int | None,
) -> None:
    """Put the letters that tell of what happened into the plan: once each, and instead of another letter about the loan."""
    stand = [one for found in standing(entries).values() for one in found]
    had = {(*one.to, one.episode) for one in stand if one.as_of < as_of}
    planned, told_of = dict[str, list[Contact]](), list[Contact]()
    for contact in plan.write:
        planned.setdefault(contact.loan_id, []).append(contact)
    instead, stay = set[str](), len(plan.write)
    for loan_id, (_, what, rule) in told.items():
        readers = (Reader(), *(Reader(role, person) for person, role, _ in beside.get(loan_id, [])))
        concerned = [(reader, one) for one in what for reader in readers if one.person in (None, reader.person)]
        contacts = [
            Contact(loan_id, one.on, rule, reader, told=_as_told_to(reader, one.told))
            for reader, one in concerned
            if reader.role in rule.to and (loan_id, rule.letter, reader.role, reader.person, one.on) not in had
        ]
        for reader in [reader for reader, one in concerned if one.person is not None and reader.role not in rule.to]:
            detail = f"{reader.person or 'the borrower'} promised, and it writes to {_roles(rule)}"
            plan.held.append(Held(loan_id, rule.letter, reader, Why.NO_RULE_FOR, detail))
        if not contacts:
            continue
        others = planned.pop(loan_id, [])
        instead.add(loan_id)
        plan.held.extend(
            Held(loan_id, one.rule.letter, one.reader, Why.ANOTHER_TODAY, f"{rule.letter} of today") for one in others
        )
        stay -= len(others)
        room = len(contacts) if limit is None else max(limit - stay - len(told_of), 0)
        told_of.extend(contacts[:room])
        plan.over_limit.extend(contacts[room:])
    plan.write[:] = [*(one for one in plan.write if one.loan_id not in instead), *told_of]
    due = {one.to for one in (*plan.write, *plan.over_limit)}
    plan.withdraw[:] = [one for one in plan.withdraw if one.to not in due]
    plan.withdraw.extend(one for one in stand if one.as_of == as_of and one.letter in OF_EVENTS and one.to not in due)


def _as_told_to(reader: Reader, told: Particulars) -> Particulars:
    """What is told of, as it concerns this reader: who promised reads of a promise of their own."""
    return replace(told, made_by=reader.role) if isinstance(told, PromiseConfirmed) else told


def _roles(rule: LetterRule) -> str:
    return ", ".join(role.replace("_", "-") for role in rule.to)


def _whose_plan_is_kept(
    cases: Sequence[Case],
    due: Mapping[str, Assessed],
    agreed: Mapping[str, Agreed],
    borrower_of: Mapping[str, str],
    desk: Desk,
) -> tuple[list[Case], list[Held]]:
    """The cases without demands to a borrower who keeps a plan about another loan: a person looks first.

    Of card debt China's law has collection from the cardholder stop, whatever the account (信用卡办法 70); for the rest it is caution,
    which a lender may leave out (plans_rest).
    """
    settings = desk.lender.conduct
    keeps = {borrower_of.get(loan_id, ""): loan_id for loan_id, one in agreed.items() if one.plan_is_kept}
    if settings is None or not keeps:
        return list(cases), []
    kept, held = list[Case](), list[Held]()
    for case in cases:
        one = due[case.loan_id]
        other = keeps.get(one.of_book.borrower_id or " ")
        asked = [rule.letter for rule in case.rules if rule.letter not in (REMINDER, *ASKED_BY_LAW)]
        if other is None or other == case.loan_id or not asked:
            kept.append(case)
            continue
        products = {settings.product(name) for name in (one.product, agreed[other].loan.product)}
        by_law = products == {"card"} and any(name == "cn" for name in settings.layers)
        if not by_law and settings.plans_rest == "loan":
            kept.append(case)
            continue
        why = "cn/card/plan_stops_collection: collection from that cardholder stops" if by_law else "plans_rest"
        detail = f"a plan about loan {other} of the same borrower is kept ({why})"
        held.append(Held(case.loan_id, asked[-1], Reader(), Why.BY_LAW if by_law else Why.OTHER_LOAN, detail))
        rest = tuple(rule for rule in case.rules if rule.letter in (REMINDER, *ASKED_BY_LAW))
        if rest:
            kept.append(replace(case, rules=rest))
    return kept, held


TELL_WITHIN = timedelta(days=14)
"""So long after money went back letters wait for a person who tells somebody that all isn't paid after all."""


def _not_told_yet(cases: Sequence[Case], due: Mapping[str, Assessed], desk: Desk) -> tuple[list[Case], list[Held]]:
    """The cases without those of loans of which somebody was told that all is paid, and whose payment went back since."""
    told_on: dict[str, date] = {}
    for one in desk.ledger.entries:
        if one.letter == PAID_UP and one.state is State.WRITTEN and one.as_of < desk.as_of:
            told_on[one.loan_id] = max(one.as_of, told_on.get(one.loan_id, one.as_of))
    kept, held = list[Case](), list[Held]()
    for case in cases:
        day = told_on.get(case.loan_id)
        back = taken_back_since(due[case.loan_id].of_book.loan, day, desk.as_of) if day else None
        if day is None or back is None or desk.as_of > back + TELL_WITHIN:
            kept.append(case)
            continue
        detail = f"the letter of {day} said so, and money went back on {back}"
        held += [
            Held(case.loan_id, rule.letter, Reader(), Why.TAKEN_BACK, detail, back + TELL_WITHIN + timedelta(days=1))
            for rule in case.rules[-1:]
        ]
    return kept, held


# -- who is written to ------------------------------------------------------------------------------------------------


def _case(one: Assessed, beside: Beside, desk: Desk) -> Case:
    """The loan as a case: a reminder is about the next due date, any other letter about the stretch of arrears."""
    figures = one.assessment
    episode = figures.arrears_since if figures.amount_to_cure else figures.next_due_on
    readers = (Reader(), *(Reader(role, person) for person, role, _ in beside))
    return Case(figures.loan_id, episode or desk.as_of, tuple(_asked_by_law(one, desk)), readers)


def _asked_by_law(one: Assessed, desk: Desk) -> Iterator[LetterRule]:
    """The rules, without those of a notice that the law doesn't ask for yet: it would be untrue."""
    from goodstanding.letters.arrears_notice.duty import why_not_yet

    for rule in one.rules:
        if rule.letter == "arrears_notice":
            policy = desk.lender.policies[one.product]
            if why_not_yet(one.of_book.loan, assess(one.of_book.loan, policy, as_of=desk.as_of)):
                continue
        yield rule


def refusal_of_all(desk: Desk) -> tuple[str, str, str] | None:
    """Say why this book may write no letter of this day, if so: what was found, expected, and what to do."""
    cut_off, oldest = desk.portfolio.cut_off, desk.lender.lender.oldest_book_days
    age = (desk.as_of - cut_off).days
    if age <= oldest:
        return None
    return (
        f"payments counted up to {cut_off}, {age} days before the letter's day",
        f"at most {oldest} days (oldest_book_days in lender.toml)",
        "Import a book with a later cut-off and run the day again.",
    )


def _tasks(letters: Letters, due: Mapping[str, Assessed], beside: Mapping[str, Beside], desk: Desk) -> list[Due]:
    """Gather what each letter is written from; a contact whose person isn't in the book has none."""
    entries = [entry for entry in desk.ledger.entries if entry.as_of == desk.as_of]
    revisions = Counter(entry.to for entry in entries if entry.state is State.WRITTEN)
    stands = {to: found[-1] for to, found in standing(entries).items()}
    borrower_of = {one.loan_id: due[one.loan_id].of_book.borrower_id for one in letters.plan.write}
    people = desk.portfolio.borrowers({*borrower_of.values(), *(one.reader.person for one in letters.plan.write)})
    guarantees = {(loan_id, person): how for loan_id, found in beside.items() for person, _, how in found}
    readers = {_reader_id(one, borrower_of) for one in letters.plan.write}
    conduct = desk.portfolio.book.conduct(readers - {""})
    by_kernel = prices_by_kernel(desk, len(letters.plan.write))
    tasks = []
    for contact in letters.plan.write:
        one, today, reader = due[contact.loan_id], stands.get(contact.to), contact.reader
        unknown = [who for who in (one.of_book.borrower_id, reader.person) if who and who not in people]
        if unknown or not one.of_book.borrower_id:
            found = f'no borrower "{unknown[0] if unknown else ""}"'
            _refused(letters, contact, found, "the person's row in borrowers", "Add it and import again.")
            continue
        how = guarantees.get((contact.loan_id, reader.person), Guarantee.UNSTATED)
        tasks.append(
            Due(
                loan=one.of_book.loan,
                figures=one.assessment,
                contact=contact,
                borrower=people[one.of_book.borrower_id],
                reader=Party(reader.role, people[reader.person], how) if reader.person else None,
                lender=desk.lender.lender,
                policy=desk.lender.policies[one.product],
                wording=desk.lender.wording,
                as_of=desk.as_of,
                counted_up_to=desk.portfolio.cut_off,
                book=desk.portfolio.content_hash,
                today=today,
                today_is_whole=today is not None and is_whole(today, desk.place),
                revision=1 + revisions[contact.to],
                keys=desk.lender.keys,
                letterhead=desk.lender.letterhead,
                rails=desk.lender.ways_out,
                by_kernel=by_kernel,
                limits=legal_limits(desk.lender.conduct, one.product, desk.as_of),
                told=_told(
                    contact, one.product, conduct.get(_reader_id(contact, borrower_of), Conduct()), desk, one.agreed
                ),
            )
        )
    return tasks


def prices_by_kernel(desk: Desk, letters: int) -> bool:
    """Whether the kernel prices what so many letters offer: to load it takes each process as long as the reference takes for a few dozen."""
    if not desk.lender.ways_out.measures or desk.by_kernel is not None:
        return bool(desk.by_kernel)
    from goodstanding.batch.compiling import is_warm

    return letters >= WORTH_LOADING and is_warm("assess_days")


def _reader_id(contact: Contact, borrower_of: Mapping[str, str]) -> str:
    return contact.reader.person or borrower_of.get(contact.loan_id, "")


def _told(contact: Contact, product: str, conduct: Conduct, desk: Desk, agreed: Agreed | None) -> Told | None:
    """What the gate is told: the lender's word, the person's, and the letters that went to them before this day."""
    if desk.lender.conduct is None:
        return None
    sent = tuple(one.as_of for one in contact.earlier if one.as_of < desk.as_of)
    return Told(desk.lender.conduct, desk.goes_out_at, conduct, sent, product, agreed)


def _hold_back(letters: Letters, contact: Contact, held: Sequence[HeldByGate], *, all_of_it: bool) -> None:
    """Note what the gate doesn't let out: the whole letter, or some of its forms."""
    for one in held[:1] if all_of_it else held:
        what = "" if all_of_it else f"as {one.form}: "
        later = one.allowed_from
        when = f" It would be allowed from {later.isoformat()}." if later else ""
        letters.held.append(
            Held(
                contact.loan_id,
                contact.rule.letter,
                contact.reader,
                Why.TO_LOOK_AT if one.is_review else Why.BY_LAW,
                f"{what}{one.detail}{when}",
                later.date() if later else None,
            )
        )


def _settle(
    task: Due, answer: Letter | LetterRefused | NotSent, desk: Desk, letters: Letters
) -> tuple[dict[str, bytes], Entry | None]:
    """The files to put in place for a letter, and the line that then follows."""
    if isinstance(answer, LetterRefused):
        what_to_do = _what_to_do(answer.reason)
        _refused(letters, task.contact, answer.detail, "facts that a letter may state", what_to_do)
        return {}, withdrawal(task.today, task.book) if task.today else None
    if isinstance(answer, NotSent):
        _hold_back(letters, task.contact, answer.held, all_of_it=True)
        return {}, withdrawal(task.today, task.book) if task.today else None
    _hold_back(letters, task.contact, answer.held, all_of_it=False)
    for why in answer.left_out:
        expected = f"the forms of the rule: {', '.join(task.contact.rule.forms)}"
        _set_aside(
            letters, task.contact, why, expected, "The letter's other forms were written. Change the rule's forms."
        )
    if answer.printed_otherwise:
        letters.otherwise[task.contact.to] = answer.printed_otherwise
    if answer.late:
        letters.late[task.contact.to] = answer.late
    letters.confirmed += answer.entry is None
    return {in_day(desk.as_of, path): content for path, content in answer.files.items()}, answer.entry


def _add_lines(lines: Sequence[Entry], desk: Desk, letters: Letters) -> None:
    desk.ledger.add(lines)
    written = sum(line.state is State.WRITTEN for line in lines)
    letters.written += written
    letters.withdrawn += len(lines) - written


def letters_of(ledger: Ledger, as_of: date) -> list[Entry]:
    """The letters that stand for a day, by loan."""
    entries = [entry for entry in ledger.entries if entry.as_of == as_of]
    return sorted((entry for found in standing(entries).values() for entry in found), key=lambda entry: entry.to)


def is_whole(entry: Entry, place: Place) -> bool:
    """Whether a letter's files are where and what its line says."""
    return all(hash_of(place.root / in_day(entry.as_of, path)) == known for path, known in entry.files.items())


def keep_superseded_apart(desk: Desk) -> None:
    """Move the files of letters that no longer stand out of letters/, so that nobody sends them."""
    stand = {entry.reference for entry in letters_of(desk.ledger, desk.as_of)}
    for entry in desk.ledger.entries:
        if entry.as_of == desk.as_of and entry.reference not in stand:
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
        "facts_missing": "Say the day of the agreement: contract_on in the book's answers, or [conduct.answers] in lender.toml.",
        "fault": "Please report this as a fault of ours.",
        TWO_COMPUTATIONS: "No letter was written. Please report this as a fault of ours, with the loan's rows.",
        "character_not_in_fonts": "Check how the name and address are written in the lender's files.",
    }.get(reason, "Look at the loan with `goodstanding explain`, and report this if it is right.")


def _set_aside(letters: Letters, contact: Contact, found: str, expected: str, what_to_do: str) -> None:
    where = f"{contact.rule.letter} to the {contact.reader.role.replace('_', '-')}"
    letters.set_aside.append(SetAside(Step.LETTER, contact.loan_id, "", where, found, expected, what_to_do))


def _refused(letters: Letters, contact: Contact, found: str, expected: str, what_to_do: str) -> None:
    letters.refused[contact.to] = found
    _set_aside(letters, contact, found, expected, what_to_do)
