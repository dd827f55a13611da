"""The formal overdue letter, in five parts: who you are, what is overdue and how it was worked out, what may follow,
what you can do, whom to reach.

Every sentence comes whole from the wording; every figure from the assessment, the offers and the lender. A letter whose
lines don't add up to the sum it asks for is refused. How to change it: docs/guides/letters.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from goodstanding.core.arrears.assess import Assessment, InstalmentPosition, Line, LineKind, Owed
from goodstanding.core.arrears.policy import DpdFrom, PenaltyBase
from goodstanding.core.dates import add_months
from goodstanding.core.lender import Contact
from goodstanding.core.letter import (
    Align,
    Block,
    KeyFigure,
    LetterContent,
    LetterFacts,
    List,
    Pairs,
    Paragraph,
    Part,
    Recipient,
    Row,
    RowKind,
    Sender,
    Subheading,
    Table,
)
from goodstanding.core.loan import Component, Kind, Transaction
from goodstanding.core.party import masked_id_number
from goodstanding.core.plans.offers import Offer, OfferKind, OfferPayment
from goodstanding.core.rates import DayCount
from goodstanding.letters.amount_in_words import amount_in_words
from goodstanding.letters.formal_overdue.consequences import true_today
from goodstanding.letters.formats import COUNTRIES, Formats
from goodstanding.letters.wording import Wording

IN_ORDER = (Component.PRINCIPAL, Component.INTEREST, Component.FEE, Component.PENALTY, Component.COMPOUND)
METHODS = {
    DayCount.ACT_365: "statement.method_365",
    DayCount.ACT_360: "statement.method_360",
    DayCount.ACT_ACT: "statement.method_act_act",
    DayCount.THIRTY_360_US: "statement.method_30_360",
    DayCount.THIRTY_360_EU: "statement.method_30_360",
}


@dataclass(frozen=True, slots=True)
class Voice:
    """What every part needs: the facts, the words, and how figures are written."""

    facts: LetterFacts
    wording: Wording
    formats: Formats

    @property
    def contact(self) -> Contact:
        return self.facts.lender.contacts[self.wording.language]

    @property
    def is_revolving(self) -> bool:
        return any(instalment.minimum is not None for instalment in self.facts.loan.schedule)

    def bill(self, key: str) -> str:
        """The key for a bill, where the account is billed; else for an instalment."""
        return f"{key}_bill" if self.is_revolving else key

    def paragraph(self, *keys: str, **fields: str) -> Paragraph:
        """One paragraph of one or more whole sentences."""
        return Paragraph(keys[0], self.join(*(self.wording.say(key, **fields) for key in keys)))

    def join(self, *sentences: str) -> str:
        """Set sentences after each other, with a space where the language has one."""
        return (" " if self.wording.language == "en" else "").join(sentences)


def overdue_instalments(assessment: Assessment) -> list[InstalmentPosition]:
    """The instalments a letter speaks of: those of which anything is to be paid to be up to date again."""
    return [one for one in assessment.instalments if one.overdue.total]


def why_figures_disagree(facts: LetterFacts) -> str | None:
    """Say which figures of a letter don't add up, or None: the lines, instalments and totals; the offers' payments."""
    assessment = facts.assessment
    totals = Owed(
        fee=assessment.fees,
        penalty=assessment.penalty,
        compound=assessment.compound_interest,
        interest=assessment.overdue_interest,
        principal=assessment.overdue_principal,
    )
    if totals.total != assessment.amount_to_cure:
        return f"the components come to {totals.total}, the amount to cure is {assessment.amount_to_cure}"
    late = overdue_instalments(assessment)
    for component in Component:
        shown = sum(getattr(one.overdue, component) for one in late)
        if shown != getattr(totals, component):
            return f"{component}: the instalments come to {shown}, the total is {getattr(totals, component)}"
        for one in late:
            lines = sum(line.amount for line in _lines_of(assessment, one) if line.component is component)
            if lines != getattr(one.overdue, component):
                return f"{component} of instalment {one.number}: the lines come to {lines}, {getattr(one.overdue, component)} is overdue"
    for number, offer in enumerate(facts.offers, 1):
        paid = [sum(part) for part in zip(*((p.amount, p.arrears, p.contract) for p in offer.payments), strict=True)]
        if paid != [offer.total, offer.arrears, offer.contract] or offer.arrears + offer.contract != offer.total:
            return (
                f"offer {number}: its payments come to {paid}, it says {[offer.total, offer.arrears, offer.contract]}"
            )
    return None


def content(facts: LetterFacts, wording: Wording, formats: Formats) -> LetterContent:
    """Say it. The facts have been checked: something is overdue, the figures agree, the lender has a contact."""
    voice = Voice(facts, wording, formats)
    say, contact, borrower = wording.say, voice.contact, facts.borrower
    amount, as_of = formats.amount, formats.long_day(facts.assessment.as_of)
    found = true_today(facts)
    return LetterContent(
        letter="formal_overdue",
        version=wording.version,
        wording_hash=wording.hash,
        language=wording.language,
        jurisdiction=facts.lender.jurisdiction,
        currency=facts.loan.currency,
        loan_id=facts.loan.id,
        reference=facts.reference,
        issued_on=facts.issued_on,
        sender=Sender(contact.name, contact.address, contact.phone, contact.email),
        recipient=Recipient(borrower.name, _window(voice)),
        details=(
            (say("detail.issued_on"), formats.long_day(facts.issued_on)),
            (say("detail.reference"), facts.reference),
            (say("detail.loan_number"), facts.loan.id),
            (say("detail.counted_up_to"), formats.long_day(facts.counted_up_to)),
        ),
        title=say("title"),
        salutation=say("salutation", name=borrower.name),
        opening=say("opening"),
        key_figures=(
            KeyFigure(
                "figure.amount",
                say("figure.amount"),
                amount(facts.assessment.amount_to_cure),
                say("figure.amount_note", as_of=as_of),
            ),
            KeyFigure(
                "figure.pay_by",
                say("figure.pay_by"),
                formats.long_day(facts.pay_by),
                say("figure.pay_by_note", amount=amount(facts.amount_by_pay_by)),
            ),
        ),
        parts=(
            Part("who", say("who.heading"), tuple(_who(voice))),
            Part("overdue", say("overdue.heading"), tuple(_overdue(voice))),
            Part("follow", say("follow.heading"), tuple(_follow(voice))),
            Part("do", say("do.heading"), tuple(_do(voice))),
            Part("reach", say("reach.heading"), tuple(_reach(voice))),
        ),
        closing=(contact.name, formats.long_day(facts.issued_on)),
        notes=(say("note.wording", version=f"{wording.version} {wording.hash[:12]}"),),
        findings=tuple(one.finding for one in found),
        running_head=say("running_head", lender=contact.name, reference=facts.reference),
        page_label=say("page", page="{page}", pages="{pages}"),
    )


def _window(voice: Voice) -> tuple[str, ...]:
    """What shows in the envelope's window: in Chinese the place comes before the person."""
    borrower, home = voice.facts.borrower, COUNTRIES.get(voice.facts.lender.jurisdiction)
    name = voice.wording.say("recipient", name=borrower.name)
    abroad = voice.formats.country_name(borrower.country) if borrower.country not in ("", home) else None
    place = (*borrower.address, *((abroad,) if abroad else ()))
    return (name, *place) if voice.wording.language == "en" else (*place, name)


def _who(voice: Voice) -> Iterator[Block]:
    say, facts, formats = voice.wording.say, voice.facts, voice.formats
    borrower, loan = facts.borrower, facts.loan
    product = facts.lender.product_names.get(loan.product, {}).get(voice.wording.language)
    items = [(say("who.name"), borrower.name)]
    if borrower.id_number:
        items.append((say("who.id_number"), masked_id_number(borrower.id_number)))
    items.append((say("who.loan_number"), loan.id))
    if product:
        items.append((say("who.product"), product))
    borrowed, since = ("amount_drawn", "opened_on") if voice.is_revolving else ("amount_borrowed", "disbursed_on")
    items.append((say(f"who.{borrowed}"), formats.amount(loan.principal)))
    items.append((say(f"who.{since}"), formats.long_day(loan.disbursed_on)))
    yield Pairs("who", tuple(items))
    yield voice.paragraph("who.not_yours")


# -- what is overdue -------------------------------------------------------------------------------------------------


def _overdue(voice: Voice) -> Iterator[Block]:
    wording, facts, formats, assessment = voice.wording, voice.facts, voice.formats, voice.facts.assessment
    kinds = "overdue.bills" if voice.is_revolving else "overdue.instalments"
    standing = [_since(voice)]
    if assessment.instalments_overdue:
        standing.append(wording.say_count(kinds, assessment.instalments_overdue))
    yield Paragraph("overdue.since", voice.join(*standing, *_counted(voice)))
    yield _component_table(voice)
    if facts.loan.currency == "CNY" and wording.language != "en":
        words = amount_in_words(assessment.amount_to_cure, traditional=wording.language == "zh-Hant")
        yield voice.paragraph("overdue.in_words", words=words)
    if assessment.unapplied:
        yield voice.paragraph("overdue.unapplied", amount=formats.amount(assessment.unapplied))
    yield Subheading("statement.heading", wording.say("statement.heading"))
    yield _statement(voice)
    yield Paragraph("statement.method", voice.join(*_method(voice), _next_day(voice)))


def _next_day(voice: Voice) -> str:
    facts, formats = voice.facts, voice.formats
    if facts.next_day_adds > 0:
        return voice.wording.say("overdue.next_day", next_day_adds=formats.amount(facts.next_day_adds))
    if facts.amount_by_pay_by == facts.assessment.amount_to_cure:
        return voice.wording.say("overdue.no_next_day")
    until, then = formats.long_day(facts.pay_by), formats.amount(facts.amount_by_pay_by)
    return voice.wording.say("overdue.later", pay_by=until, amount_by_pay_by=then)


def _since(voice: Voice) -> str:
    facts, assessment = voice.facts, voice.facts.assessment
    oldest, key, count = assessment.oldest_due_on, "overdue.since", assessment.days_past_due
    if oldest is None:
        raise ValueError("a letter about nothing overdue: compose refuses it before")
    if facts.policy.dpd_from is DpdFrom.FIRST_DEFAULT and assessment.arrears_since is not None:
        key, oldest = "overdue.since_first_default", min(oldest, assessment.arrears_since)
    elif any(pause.from_on < assessment.as_of and oldest < pause.until_on for pause in facts.loan.pauses):
        key, count = "overdue.since_with_pause", max(one.delinquent_days for one in assessment.instalments)
    return voice.wording.say_count(key, count, since=voice.formats.long_day(oldest))


def _counted(voice: Voice) -> Iterator[str]:
    say, facts, formats = voice.wording.say, voice.facts, voice.formats
    yield say("overdue.counted", counted_up_to=formats.long_day(facts.counted_up_to))
    counted, returned = _payments(facts)
    if counted:
        last = counted[-1]
        yield say("overdue.last_payment", amount=formats.amount(last.amount), day=formats.long_day(last.effective_on))
    else:
        yield say("overdue.no_payment")
    for one in returned:
        yield say("overdue.returned", amount=formats.amount(one.amount), day=formats.long_day(one.effective_on))


def _payments(facts: LetterFacts) -> tuple[list[Transaction], list[Transaction]]:
    """The payments counted, and those since the arrears began that came back; in order of their days."""
    known = [one for one in facts.loan.transactions if one.effective_on <= facts.assessment.as_of]
    reversed_ids = {one.reverses for one in known if one.kind is Kind.REVERSAL}
    payments = sorted((one for one in known if one.kind is Kind.PAYMENT), key=lambda one: one.effective_on)
    since = facts.assessment.oldest_due_on
    return (
        [one for one in payments if one.id not in reversed_ids],
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
        total=(say("overdue.total"), "", *sums, formats.amount(assessment.amount_to_cure)) if len(late) > 1 else None,
    )


def _statement(voice: Voice) -> Table:
    """Every line of the calculation; of several instalments grouped by instalment, each group with what is overdue."""
    say, formats, assessment = voice.wording.say, voice.formats, voice.facts.assessment
    rows: list[Row] = []
    late = overdue_instalments(assessment)
    for one in late:
        if len(late) == 1:
            rows.extend(Row(_cells(voice, line)) for line in _lines_of(assessment, one))
            break
        group = say(voice.bill("statement.group"), number=str(one.number), due_on=formats.long_day(one.due_on))
        rows.append(Row((group, *[""] * 6), RowKind.GROUP))
        rows.extend(Row(_cells(voice, line)) for line in _lines_of(assessment, one))
        closing = say(voice.bill("statement.subtotal"), number=str(one.number))
        rows.append(Row((closing, *[""] * 5, formats.figure(one.overdue.total)), RowKind.SUBTOTAL))
    return Table(
        key="statement",
        caption=say("statement.caption"),
        header=(
            say("statement.from"),
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


def _lines_of(assessment: Assessment, one: InstalmentPosition) -> list[Line]:
    return [line for line in assessment.lines if line.instalment == one.number]


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


def _method(voice: Voice) -> list[str]:
    """How a day's interest is reckoned, where any is charged; in daily terms too where the rate is an even one."""
    assessment, formats = voice.facts.assessment, voice.formats
    charged = [
        line
        for one in overdue_instalments(assessment)
        for line in _lines_of(assessment, one)
        if line.kind in (LineKind.PENALTY, LineKind.COMPOUND)
    ]
    if not charged:
        return []
    sentences = [voice.wording.say(METHODS[voice.facts.policy.day_count])]
    for rate in sorted({line.rate for line in charged}):
        daily = rate / 365
        if voice.facts.policy.day_count is DayCount.ACT_365 and (daily * 10**6).denominator == 1:
            sentences.append(
                voice.wording.say("statement.daily_rate", rate=formats.rate(rate), daily=formats.rate(daily))
            )
    return sentences


# -- what may follow -------------------------------------------------------------------------------------------------


def _follow(voice: Voice) -> Iterator[Block]:
    found = true_today(voice.facts)
    if not found:
        yield voice.paragraph("follow.none")
        return
    yield voice.paragraph("follow.intro")
    fields = {"next_day_adds": voice.formats.amount(voice.facts.next_day_adds)}
    keys = tuple(one.key for one in found)
    yield List("follow", tuple(voice.wording.say(key, **fields) for key in keys), keys)


# -- what you can do -------------------------------------------------------------------------------------------------


def _do(voice: Voice) -> Iterator[Block]:
    facts, formats, assessment = voice.facts, voice.formats, voice.facts.assessment
    amount, until = formats.amount(assessment.amount_to_cure), formats.long_day(facts.pay_by)
    if facts.amount_by_pay_by == assessment.amount_to_cure:
        sentences = [voice.wording.say("do.pay_same", amount=amount, pay_by=until)]
    else:
        sentences = [
            voice.wording.say(
                "do.pay",
                amount=amount,
                as_of=formats.long_day(assessment.as_of),
                amount_by_pay_by=formats.amount(facts.amount_by_pay_by),
                pay_by=until,
            )
        ]
    if assessment.next_due_on is not None and assessment.next_due:
        included = assessment.next_due_on < facts.pay_by
        sentences.append(
            voice.wording.say(
                voice.bill("do.next_included" if included else "do.next_as_usual"),
                next_due=formats.amount(assessment.next_due),
                next_due_on=formats.long_day(assessment.next_due_on),
            )
        )
    yield Paragraph("do.pay", voice.join(*sentences))
    yield voice.paragraph("do.how", loan_number=facts.loan.id)
    yield List("do.how", voice.contact.how_to_pay)
    yield voice.paragraph("do.already_paid", counted_up_to=formats.long_day(facts.counted_up_to))
    if facts.offers:
        yield voice.paragraph("do.offers")
    for number, offer in enumerate(facts.offers, 1):
        yield from _offer(voice, number, offer)
    yield voice.paragraph("do.hardship")
    if facts.lender.jurisdiction == "uk":
        yield voice.paragraph("do.debt_advice_uk")


def _offer(voice: Voice, number: int, offer: Offer) -> Iterator[Block]:
    wording, formats = voice.wording, voice.formats
    if offer.kind is OfferKind.EXTENSION:
        key, count = "do.offer_extension", voice.facts.assessment.instalments_overdue
    else:
        key = "do.offer_arrears_instalments" if offer.contract else "do.offer_arrears_only"
        count = sum(payment.arrears > 0 for payment in offer.payments)
    yield Subheading("do.offer", wording.say_count(key, count, number=str(number)))
    runs = list(_monthly_runs(offer.payments))
    with_contract = offer.contract > 0
    rows = [
        Row(
            (
                _when(voice, run),
                *([formats.figure(run[0].arrears), formats.figure(run[0].contract)] if with_contract else []),
                formats.figure(run[0].amount),
            )
        )
        for run in runs
    ]
    parts = [formats.figure(offer.arrears), formats.figure(offer.contract)] if with_contract else []
    yield Table(
        key="do.offer_table",
        caption=wording.say("do.offer_table", number=str(number)),
        header=(
            wording.say("do.offer_date"),
            *([wording.say("do.offer_arrears"), wording.say("do.offer_contract")] if with_contract else []),
            wording.say("do.offer_amount"),
        ),
        rows=tuple(rows),
        alignment=(Align.START, *(Align.END for _ in parts), Align.END),
        total=(wording.say("do.offer_total"), *parts, formats.amount(offer.total)),
    )
    key = "do.offer_extra" if offer.extra_cost else "do.offer_no_extra"
    fields = {"extra": formats.amount(offer.extra_cost), "accept_by": formats.long_day(offer.accept_by)}
    yield Paragraph(key, wording.say(key, **fields))


def _monthly_runs(payments: tuple[OfferPayment, ...]) -> Iterator[list[OfferPayment]]:
    """Payments as rows: five or more alike, a month apart each, make one; all others stand alone."""
    alike = groupby(payments, key=lambda one: (one.amount, one.arrears, one.contract))
    for _, group in alike:
        run = list(group)
        day = max(one.on.day for one in run)
        monthly = all(one.on == add_months(run[0].on, place, day=day) for place, one in enumerate(run))
        if len(run) >= 5 and monthly:
            yield run
        else:
            yield from ([one] for one in run)


def _when(voice: Voice, run: list[OfferPayment]) -> str:
    if len(run) == 1:
        return voice.formats.short_day(run[0].on)
    return voice.wording.say_count(
        "do.offer_dates_monthly",
        len(run),
        first=voice.formats.short_day(run[0].on),
        last=voice.formats.short_day(run[-1].on),
    )


# -- whom to reach ---------------------------------------------------------------------------------------------------


def _reach(voice: Voice) -> Iterator[Block]:
    say, contact = voice.wording.say, voice.contact
    items = (
        ("reference", voice.facts.reference),
        ("phone", contact.phone),
        ("hours", contact.hours),
        ("email", contact.email),
        ("address", (", " if voice.wording.language == "en" else " ").join(contact.address)),
        ("complaints", contact.complaints),
        ("disputes", contact.disputes),
    )
    yield Pairs("reach", tuple((say(f"reach.{key}"), text) for key, text in items if text))
    yield voice.paragraph("reach.dispute", "reach.genuine")


# -- what the wording holds ------------------------------------------------------------------------------------------


def _by_component(kind: str, components: str) -> dict[str, str]:
    return {f"line.{kind}.{component}": "" for component in components.split()}


FIELDS: dict[str, str] = {
    **dict.fromkeys(("title", "opening"), ""),
    "salutation": "name",
    "running_head": "lender reference",
    "page": "page pages",
    "recipient": "name",
    **dict.fromkeys([f"detail.{key}" for key in "issued_on reference loan_number counted_up_to".split()], ""),
    **{"figure.amount": "", "figure.amount_note": "as_of", "figure.pay_by": "", "figure.pay_by_note": "amount"},
    **dict.fromkeys(
        [
            f"who.{key}"
            for key in "heading name id_number loan_number product amount_borrowed amount_drawn disbursed_on opened_on"
            " not_yours".split()
        ],
        "",
    ),
    **dict.fromkeys(["overdue.heading", "overdue.total", "overdue.no_payment", "overdue.no_next_day"], ""),
    **dict.fromkeys(["overdue.component_table", "overdue.component_table_bill"], ""),
    **dict.fromkeys(["overdue.since", "overdue.since_first_default", "overdue.since_with_pause"], "since count"),
    **dict.fromkeys(["overdue.instalments", "overdue.bills"], "count"),
    "overdue.counted": "counted_up_to",
    "overdue.last_payment": "amount day",
    "overdue.in_words": "words",
    "overdue.next_day": "next_day_adds",
    "overdue.unapplied": "amount",
    "overdue.later": "pay_by amount_by_pay_by",
    "overdue.returned": "amount day",
    **dict.fromkeys([f"column.{key}" for key in ("number", "due_on", *Component, "total")], ""),
    **dict.fromkeys([f"statement.{key}" for key in "heading caption from to what days base rate".split()], ""),
    "statement.amount": "currency",
    **dict.fromkeys(["statement.group", "statement.group_bill"], "number due_on"),
    **dict.fromkeys(["statement.subtotal", "statement.subtotal_bill"], "number"),
    **dict.fromkeys(METHODS.values(), ""),
    "statement.daily_rate": "rate daily",
    **_by_component("due", "principal interest fee"),
    **_by_component("penalty", "penalty penalty_on_both"),
    **_by_component("compound", "compound"),
    **_by_component("late_fee", "fee"),
    **_by_component("fee", "fee"),
    **_by_component("payment", "principal interest fee penalty compound"),
    **_by_component("recovery", "principal interest fee penalty compound"),
    **_by_component("waiver", "principal interest fee penalty compound"),
    **_by_component("reversal", "principal interest fee penalty compound"),
    **_by_component("ceiling", "interest fee penalty compound"),
    **_by_component("carried", "principal interest fee"),
    **_by_component("settled", "principal interest fee"),
    **dict.fromkeys(["follow.heading", "follow.intro", "follow.none", "follow.late_fee"], ""),
    **dict.fromkeys(["follow.penalty", "follow.penalty_cn"], "next_day_adds"),
    **dict.fromkeys([f"follow.credit_{key}" for key in ("cn", "us", "uk", "hk", "in")], ""),
    **dict.fromkeys(["follow.suit_cn", "follow.suit_hk"], ""),
    "do.heading": "",
    "do.pay": "amount as_of amount_by_pay_by pay_by",
    "do.pay_same": "amount pay_by",
    **dict.fromkeys(
        [f"do.next_{key}" for key in "included as_usual included_bill as_usual_bill".split()], "next_due next_due_on"
    ),
    "do.how": "loan_number",
    "do.already_paid": "counted_up_to",
    "do.offers": "",
    **dict.fromkeys([f"do.offer_{key}" for key in (*OfferKind, "arrears_only")], "number count"),
    "do.offer_table": "number",
    **dict.fromkeys([f"do.offer_{key}" for key in ("date", "arrears", "contract", "amount", "total")], ""),
    "do.offer_dates_monthly": "first last count",
    **dict.fromkeys(["do.offer_extra", "do.offer_no_extra"], "extra accept_by"),
    **dict.fromkeys(["do.hardship", "do.debt_advice_uk"], ""),
    "reach.heading": "",
    **dict.fromkeys(
        [f"reach.{key}" for key in "reference phone hours email address complaints disputes dispute genuine".split()], ""
    ),
    "note.wording": "version",
}
"""Every sentence of the letter and the fields it may name; `count` asks for plural forms."""
