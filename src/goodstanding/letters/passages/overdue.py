"""Part two: what is overdue, and how it was worked out, line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from goodstanding.core.arrears.assess import Line, LineKind
from goodstanding.core.arrears.counting import counted_from, paused_days
from goodstanding.core.arrears.policy import DpdFrom, PenaltyBase, Rounds
from goodstanding.core.letter import Align, Block, LetterFacts, Paragraph, Row, RowKind, Subheading, Table
from goodstanding.core.loan import Component, Kind, Transaction
from goodstanding.core.money import ROUNDINGS
from goodstanding.core.party import Role
from goodstanding.core.rates import DayCount
from goodstanding.letters.amount_in_words import amount_in_words
from goodstanding.letters.passages.fields import DAY_COUNTS
from goodstanding.letters.passages.figures import lines_of, overdue_instalments
from goodstanding.letters.passages.voice import Voice

IN_ORDER = (Component.PRINCIPAL, Component.INTEREST, Component.FEE, Component.PENALTY, Component.COMPOUND)
BY_DAYS = (LineKind.INTEREST, LineKind.PENALTY, LineKind.COMPOUND)


def overdue(voice: Voice) -> Iterator[Block]:
    """All of it: since when, what, and every line of how it was worked out."""
    yield standing(voice)
    yield from by_instalment(voice)
    yield from worked_out(voice)


def standing(voice: Voice) -> Paragraph:
    """Since when the loan is in arrears, and up to which day payments are counted."""
    kinds = "overdue.bills" if voice.is_revolving else "overdue.instalments"
    sentences = [_since(voice)]
    if count := voice.facts.assessment.instalments_overdue:
        sentences.append(voice.wording.say_count(kinds, count))
    return Paragraph("overdue.since", voice.join(*sentences, *counted(voice)))


def by_instalment(voice: Voice) -> Iterator[Block]:
    """What is overdue, instalment by instalment; in words where Chinese letters about yuan give it so."""
    facts, wording, assessment = voice.facts, voice.wording, voice.facts.assessment
    yield _component_table(voice)
    if facts.loan.currency == "CNY" and wording.language != "en":
        words = amount_in_words(assessment.amount_to_cure, traditional=wording.language == "zh-Hant")
        yield voice.paragraph("overdue.in_words", words=words)
    if assessment.unapplied:
        yield voice.paragraph("overdue.unapplied", amount=voice.formats.amount(assessment.unapplied))


def worked_out(voice: Voice, *, tomorrow: bool = True) -> Iterator[Block]:
    """The statement, how interest is reckoned, and what the next day adds, unless the sum asked for stays the same."""
    yield Subheading("statement.heading", voice.wording.say("statement.heading"))
    yield _statement(voice)
    sentences = [*_method(voice), *([next_day(voice)] if tomorrow else [])]
    if sentences:
        yield Paragraph("statement.method", voice.join(*sentences))


def next_day(voice: Voice) -> str:
    """What the next day adds if nothing is paid."""
    facts, formats = voice.facts, voice.formats
    if facts.next_day_adds > 0:
        # A late fee comes once: said of "the next day" alone, it would read as if every day cost as much.
        adds, fee = formats.amount(facts.next_day_adds), formats.amount(facts.next_day_fee)
        if facts.next_day_fee == facts.next_day_adds:
            return voice.wording.say("overdue.next_day_fee", next_day_fee=fee)
        if facts.next_day_fee > 0:
            return voice.wording.say("overdue.next_day_with_fee", next_day_adds=adds, next_day_fee=fee)
        return voice.wording.say("overdue.next_day", next_day_adds=adds)
    if facts.amount_by_pay_by <= facts.assessment.amount_to_cure:
        return voice.wording.say("overdue.no_next_day")
    until, then = formats.long_day(facts.pay_by), formats.amount(facts.amount_by_pay_by)
    return voice.wording.say("overdue.later", pay_by=until, amount_by_pay_by=then)


def _since(voice: Voice) -> str:
    facts, assessment = voice.facts, voice.facts.assessment
    oldest, key, count = assessment.oldest_due_on, "overdue.since", assessment.days_past_due
    if oldest is None:
        raise ValueError("a letter about nothing overdue: compose refuses it before")
    if facts.policy.dpd_from is not DpdFrom.OLDEST_UNPAID and assessment.arrears_since is not None:
        key, oldest = "overdue.since_first_default", counted_from(facts.policy, oldest, assessment.arrears_since)
    elif paused := paused_days(facts.loan.pauses, oldest, assessment.as_of):
        if facts.role is Role.GUARANTOR:  # that the borrower was granted a pause is the borrower's affair
            return voice.wording.say("overdue.since_day", since=voice.formats.long_day(oldest))
        key, count = "overdue.since_with_pause", count - paused
    return voice.wording.say_count(key, count, since=voice.formats.long_day(oldest))


def counted(voice: Voice) -> Iterator[str]:
    """Up to which day payments are counted, which was the last, and which came back."""
    say, facts, formats = voice.wording.say, voice.facts, voice.formats
    yield say("overdue.counted", counted_up_to=formats.long_day(facts.counted_up_to))
    counted, returned = _payments(facts)
    if counted:
        last = counted[-1]
        yield say("overdue.last_payment", amount=formats.amount(last.amount), day=formats.long_day(last.effective_on))
    elif facts.loan.opening is None:
        yield say("overdue.no_payment")
    if facts.loan.opening is not None:
        yield say("overdue.opening", day=formats.long_day(facts.loan.opening.on))
    if facts.lender.jurisdiction == "cn":  # a demand names the balance: 商业银行信用卡业务监督管理办法 art. 69
        yield say("overdue.outstanding", amount=formats.amount(facts.assessment.outstanding_principal))
    for one in returned:
        yield say("overdue.returned", amount=formats.amount(one.amount), day=formats.long_day(one.effective_on))


def _payments(facts: LetterFacts) -> tuple[list[Transaction], list[Transaction]]:
    """The payments counted, and those since the arrears began that came back as never made; in order of their days.

    One that was charged back later, whole or in part, is in neither: the statement has its lines.
    """
    known = [one for one in facts.loan.transactions if one.effective_on <= facts.assessment.as_of]
    reversed_ids = {one.reverses for one in known if one.kind is Kind.REVERSAL}
    charged_back = {one.reverses for one in known if one.kind is Kind.CHARGEBACK}
    payments = sorted((one for one in known if one.kind is Kind.PAYMENT), key=lambda one: one.effective_on)
    since = facts.assessment.oldest_due_on
    return (
        [one for one in payments if one.id not in reversed_ids | charged_back],
        [one for one in payments if one.id in reversed_ids and since is not None and one.effective_on >= since],
    )


def _component_table(voice: Voice) -> Table:
    """One row for each instalment, one column for each component of which anything is overdue."""
    say, formats, assessment = voice.wording.say, voice.formats, voice.facts.assessment
    late = overdue_instalments(assessment)
    shown = [component for component in IN_ORDER if any(getattr(one.overdue, component) for one in late)]
    rows = [
        Row(
            (
                str(one.number),
                formats.short_day(one.due_on),
                *(formats.figure(getattr(one.overdue, component)) for component in shown),
                formats.figure(one.overdue.total),
            )
        )
        for one in late
    ]
    sums = (formats.figure(sum(getattr(one.overdue, component) for one in late)) for component in shown)
    return Table(
        key="overdue.component_table",
        caption=say(voice.bill("overdue.component_table")),
        header=(
            say("column.number"),
            say("column.due_on"),
            *(say(f"column.{component}") for component in shown),
            say("column.total"),
        ),
        rows=tuple(rows),
        alignment=(Align.START, Align.START, *(Align.END for _ in shown), Align.END),
        total=(say("column.sum"), "", *sums, formats.amount(assessment.amount_to_cure)) if len(late) > 1 else None,
    )


def _statement(voice: Voice) -> Table:
    """Every line of the calculation; of several instalments grouped by instalment, each group with what is overdue."""
    say, formats, assessment = voice.wording.say, voice.formats, voice.facts.assessment
    rows: list[Row] = []
    late = overdue_instalments(assessment)
    for one in late:
        if len(late) == 1:
            rows.extend(Row(_cells(voice, line)) for line in lines_of(assessment, one))
            break
        group = say(voice.bill("statement.group"), number=str(one.number), due_on=formats.long_day(one.due_on))
        rows.append(Row((group, *[""] * 6), RowKind.GROUP))
        rows.extend(Row(_cells(voice, line)) for line in lines_of(assessment, one))
        closing = say(voice.bill("statement.subtotal"), number=str(one.number))
        rows.append(Row((closing, *[""] * 5, formats.figure(one.overdue.total)), RowKind.SUBTOTAL))
    has_periods = any(row.cells[1] for row in rows if row.kind is RowKind.PLAIN)
    table = Table(
        key="statement",
        caption=say("statement.caption"),
        header=(
            say("statement.from" if has_periods else "statement.on"),
            say("statement.to"),
            say("statement.what"),
            say("statement.base"),
            say("statement.rate"),
            say("statement.days"),
            say("statement.amount", currency=voice.facts.loan.currency),
        ),
        rows=tuple(rows),
        alignment=(Align.START, Align.START, Align.START, Align.END, Align.END, Align.END, Align.END),
        total=(say("overdue.total"), *[""] * 5, formats.amount(assessment.amount_to_cure)),
    )
    return without_empty_columns(table)


def without_empty_columns(table: Table) -> Table:
    """The table without columns in which no row has anything; a sum's own words lie in the first, its figure in the last.

    >>> rows = Row(("2 May", "", "Fee", "5.00")), Row(("Sum", "", "", "5.00"), RowKind.SUBTOTAL)
    >>> of = Table("t", "A table", ("From", "To", "What", "USD"), rows, (Align.START,) * 3 + (Align.END,))
    >>> without_empty_columns(of).header, without_empty_columns(of).rows[1].cells
    (('From', 'What', 'USD'), ('Sum', '', '5.00'))
    """
    plain = [row.cells for row in table.rows if row.kind is RowKind.PLAIN]
    filled = [place for place in range(len(table.header)) if any(cells[place] for cells in plain)]

    def kept(cells: Sequence[str]) -> tuple[str, ...]:
        return tuple(cells[place] for place in filled)

    return replace(
        table,
        header=kept(table.header),
        rows=tuple(Row(kept(row.cells), row.kind) for row in table.rows),
        alignment=tuple(table.alignment[place] for place in filled),
        total=kept(table.total) if table.total else None,
    )


def _cells(voice: Voice, line: Line) -> tuple[str, ...]:
    formats = voice.formats
    return (
        formats.short_day(line.from_on),
        formats.short_day(line.to_on) if line.to_on != line.from_on else "",
        voice.wording.say(_line_key(voice, line)),
        formats.figure(line.base) if line.rate else "",
        formats.rate(line.rate) if line.rate else "",
        str(line.days) if line.days else "",
        formats.figure(line.amount),
    )


def _line_key(voice: Voice, line: Line) -> str:
    if line.kind is LineKind.PENALTY and voice.facts.policy.penalty_base is PenaltyBase.PRINCIPAL_AND_INTEREST:
        return "line.penalty.penalty_on_both"
    return f"line.{line.kind}.{line.component}"


def _carries_a_cent(voice: Voice, line: Line) -> bool:
    """Whether a line by itself would round to another figure, the rounding being of what has run up in all."""
    policy, contract = voice.facts.policy, voice.facts.loan.annual_rate.day_count
    day_count = contract if line.kind is LineKind.INTEREST else policy.day_count
    if line.kind not in BY_DAYS or day_count is DayCount.ACT_ACT:
        return False
    exact = line.base * line.rate * Fraction(line.days, 365 if day_count is DayCount.ACT_365 else 360)
    return ROUNDINGS[policy.rounding](exact) != line.amount


def _method(voice: Voice) -> list[str]:
    """How interest by day is reckoned, where any is charged; in daily terms too where the rate is an even one."""
    assessment, formats, say = voice.facts.assessment, voice.formats, voice.wording.say
    lines = [line for one in overdue_instalments(assessment) for line in lines_of(assessment, one)]
    late = [line for line in lines if line.kind in (LineKind.PENALTY, LineKind.COMPOUND)]
    contract, policy = voice.facts.loan.annual_rate.day_count, voice.facts.policy.day_count
    sentences = []
    if any(line.kind is LineKind.INTEREST for line in lines):
        sentences.append(say(f"statement.interest_{DAY_COUNTS[contract]}"))
    if late:
        sentences.append(say(f"statement.method_{DAY_COUNTS[policy]}"))
    rounds = voice.facts.policy.rounds
    if rounds is Rounds.EACH_DAY and any(line.kind in BY_DAYS for line in lines):
        sentences.append(say("statement.rounds_each_day"))
    elif any(_carries_a_cent(voice, line) for line in lines):
        sentences.append(say("statement.rounds_running_total"))
    for rate in sorted({line.rate for line in late}) if policy is DayCount.ACT_365 else ():
        if (rate / 365 * 10**6).denominator == 1:
            sentences.append(say("statement.daily_rate", rate=formats.rate(rate), daily=formats.rate(rate / 365)))
    return sentences
