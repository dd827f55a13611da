"""A plan as it was agreed: every payment, what it costs, what it stops, what breaks it, how to withdraw, and a form to sign.

It says exactly what the plan is judged by (`PlanTerms`). Of a personalised plan it holds what 商业银行信用卡业务监督管理办法 70
lists (law/cn/plan/text.yaml): balance with structure and currency, schedule, whether charges run, no new card, rights and breach.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from goodstanding.core.arrears.assess import assess
from goodstanding.core.arrears.position import CannotAssess
from goodstanding.core.conduct.law_days import last_day_after
from goodstanding.core.letter import (
    Align,
    Block,
    Choices,
    KeyFigure,
    LetterContent,
    LetterFacts,
    List,
    Pairs,
    Paragraph,
    Part,
    Row,
    Table,
)
from goodstanding.core.loan import Component
from goodstanding.core.particulars import PlanAgreement
from goodstanding.core.party import Role
from goodstanding.core.plans.agreement import PlanTerms
from goodstanding.core.plans.measures.draft import Draft
from goodstanding.core.plans.measures.ground import ground_of
from goodstanding.core.plans.offers import (
    BreaksWhen,
    Change,
    Credit,
    HowFar,
    Offer,
    OfferKind,
    OfferPayment,
    Position,
)
from goodstanding.core.plans.plan_text import PlanText, plan_text
from goodstanding.core.plans.pricing import given_up_by, leaves_past_due, price_of
from goodstanding.letters.kind import Letter, Refusal
from goodstanding.letters.passages.frame import Said, framed, is_han
from goodstanding.letters.passages.reach import whom_to_reach
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.passages.way import (
    breaks,
    costs,
    findings,
    nothing_is_left,
    of_agreement,
    payments_table,
    said,
    stops,
    what_it_is,
)
from goodstanding.letters.passages.ways_out import hardship, how_to_pay
from goodstanding.letters.plan_agreement.fields import FIELDS

A_LINE = "____________________"


def content(voice: Voice) -> LetterContent:
    told, say, formats = voice.particulars(PlanAgreement), voice.wording.say, voice.formats
    way = of_agreement(told)
    first = way.payments[0]
    figures = (
        KeyFigure(
            "figure.total",
            say("figure.total"),
            formats.amount(way.total),
            say("figure.total_note", ends_on=formats.long_day(way.ends_on)),
        ),
        KeyFigure(
            "figure.first",
            say("figure.first"),
            formats.long_day(first.on),
            say("figure.first_note", amount=formats.amount(first.amount)),
        ),
    )
    is_settled_after = nothing_is_left(voice.facts, way, told.terms.change)
    lists = {
        "costs": _list("costs", [*said(voice, costs(voice, way, is_settled_after=is_settled_after))]),
        "stops": _list("stops", [*said(voice, stops(voice, way))]),
        "breaks": _list("breaks", [*said(voice, breaks(voice, way))]),
    }
    parts = [
        voice.part("plan", _plan(voice, told)),
        *(voice.part(key, (found,)) for key, found in lists.items()),
        voice.part("rights", _rights(voice, told)),
        voice.part("how", how_to_pay(voice)),
        voice.part("reach", whom_to_reach(voice)),
    ]
    if told.terms.needs_signature or _withdraws_until(told, voice.facts):
        parts.append(Part("form", say("form.heading"), tuple(_form(voice, told)), detachable=True))
    keys = [key for one in lists.values() for key in one.keys]
    agreed_on = formats.long_day(told.agreed_on)
    if told.terms.needs_signature:
        opening = say("opening_to_sign", agreed_on=agreed_on, sign_by=formats.long_day(sign_by(told)))
    else:
        opening = say("opening", agreed_on=agreed_on)
    return framed(
        "plan_agreement", voice, Said(tuple(parts), figures, findings(keys, voice.facts.lender.jurisdiction), opening)
    )


def _list(key: str, sentences: Sequence[tuple[str, str]]) -> List:
    return List(key, tuple(text for _, text in sentences), tuple(one for one, _ in sentences))


# -- the plan itself ------------------------------------------------------------------------------------------------


def _plan(voice: Voice, told: PlanAgreement) -> Iterator[Block]:
    way, formats = of_agreement(told), voice.formats
    worked_out_on = formats.long_day(told.terms.worked_out_on)
    yield voice.paragraph("plan.what", what=what_it_is(voice, way), worked_out_on=worked_out_on)
    text = text_of(voice.facts, told)
    if text is not None:
        yield _balance(voice, text)
    yield payments_table(voice, way, caption=voice.wording.say("plan.caption"))
    if text is None:
        return
    key = "plan.schedule.equal" if text.plan_schedule.is_equal else "plan.schedule.as_shown"
    days = {"first": formats.long_day(way.payments[0].on), "last": formats.long_day(way.ends_on)}
    yield Paragraph(key, voice.wording.say_count(key, len(way.payments), **days))
    if text.whether_charges_run.interest_runs:
        yield voice.paragraph("plan.charges.run", amount=formats.amount(text.whether_charges_run.interest))
    else:
        yield voice.paragraph("plan.charges.none")


def _balance(voice: Voice, text: PlanText) -> Table:
    """What the plan is for, by component, in its currency."""
    say, formats, balance = voice.wording.say, voice.formats, text.balance_structure_currency
    owed = [(component, getattr(balance.owed, component)) for component in Component]
    rows = [Row((say(f"plan.{component}"), formats.figure(amount))) for component, amount in owed if amount]
    if balance.held:
        rows.append(Row((say("plan.held"), formats.figure(-balance.held))))
    return Table(
        "plan.balance",
        say("plan.balance"),
        (say("plan.component"), say("plan.amount", currency=balance.currency)),
        tuple(rows),
        (Align.START, Align.END),
        (say("plan.balance_total"), formats.amount(balance.total)),
    )


def text_of(facts: LetterFacts, told: PlanAgreement) -> PlanText | None:
    """What a personalised plan's text must say, worked out again for its day; None of another kind of plan."""
    if told.kind is not OfferKind.PERSONAL_PLAN:
        return None
    terms = told.terms
    offer = Offer(
        told.kind,
        facts.loan.id,
        facts.loan.currency,
        terms.worked_out_on,
        terms.accept_by,
        tuple(OfferPayment(one.on, one.amount, 0, one.contract, one.amount - one.contract) for one in terms.payments),
        terms.total,
        told.against_today,
        told.against_nothing,
        told.stops,
        BreaksWhen(terms.tolerance_amount, terms.tolerance_days, terms.contract_too),
        told.credit,
        terms.change or Change(terms.worked_out_on),
    )
    then = assess(facts.loan, facts.policy, as_of=terms.worked_out_on)
    return plan_text(Position(facts.loan, facts.policy, then, terms.accept_by), offer)


# -- rights, and the form -------------------------------------------------------------------------------------------


def _rights(voice: Voice, told: PlanAgreement) -> Iterator[Block]:
    formats = voice.formats
    sentences: list[tuple[str, dict[str, str]]] = []
    if told.terms.needs_signature:
        sentences.append(("rights.sign_by", {"sign_by": formats.long_day(sign_by(told))}))
    if until := _withdraws_until(told, voice.facts):
        sentences.append(("rights.withdraw_until", {"until": formats.long_day(until)}))
    elif told.terms.cooling_off_days and told.terms.needs_signature:
        sentences.append(("rights.withdraw_within", {"count": str(told.terms.cooling_off_days)}))
    if sentences and sentences[-1][0].startswith("rights.withdraw"):
        sentences.append(("rights.withdrawn", {}))
    sentences += [("rights.earlier", {}), ("rights.change", {}), ("rights.answer", {})]
    yield _list("rights", [*said(voice, iter(sentences))])
    if told.no_new_card:
        yield voice.paragraph("rights.no_new_card")
    yield from hardship(voice)


def sign_by(told: PlanAgreement) -> date:
    """The last day on which a plan that needs it can be signed."""
    return told.terms.sign_by or told.terms.accept_by


def _withdraws_until(told: PlanAgreement, facts: LetterFacts) -> date | None:
    """The last day of the cooling-off of a plan that is binding already; None where it has none, or it is over."""
    if told.terms.needs_signature or not told.terms.cooling_off_days:
        return None
    until = last_day_after(told.agreed_on, told.terms.cooling_off_days)
    return until if until >= facts.issued_on else None


def _form(voice: Voice, told: PlanAgreement) -> Iterator[Block]:
    say, facts, contact = voice.wording.say, voice.facts, voice.contact
    yield Pairs(
        "form",
        (
            (say("form.send_to"), (" " if is_han(contact.address) else ", ").join((contact.name, *contact.address))),
            (say("form.from"), facts.recipient.name),
            (say("form.reference"), facts.reference),
        ),
    )
    yield voice.paragraph("form.tick")
    keys = ("form.agree", "form.not_agree") if told.terms.needs_signature else ("form.withdraw",)
    yield Choices("form.choices", tuple(say(key, reference=facts.reference) for key in keys), keys)
    yield Pairs("form.signed", ((say("form.signature"), A_LINE), (say("form.day"), A_LINE)))


# -- when it isn't written ------------------------------------------------------------------------------------------


def why_not_as_told(facts: LetterFacts, told: PlanAgreement) -> Refusal | None:
    """Refuse a plan whose figures don't follow from its terms and the ledger, or that would leave something past due."""
    if why := _why_untrue(facts, told):
        return Refusal("figures_disagree", f"Of the plan, in minor units: {why}. Nothing was printed.")
    if why := _why_not_enough(facts, told):
        return Refusal(
            "leaves_past_due",
            f"{why} List each instalment of the contract until the plan ends with the payment that meets it (contract), or agree on"
            " a new schedule (change).",
        )
    return None


def _why_untrue(facts: LetterFacts, told: PlanAgreement) -> str | None:
    """What is said of the plan and doesn't follow from its terms and the ledger: it is the contract that somebody signs."""
    terms, change = told.terms, told.terms.change or Change(told.terms.worked_out_on)
    wrong = [
        *(
            []
            if _may_stop(told.stops.penalty, change)
            else [f"nothing in its terms makes late interest {told.stops.penalty}"]
        ),
        *([] if _may_stand_as(told, change) else [f"nothing in its terms lets the loan stand as {told.credit}"]),
    ]
    try:
        ground = ground_of(_as_it_was(facts, terms, change))
        price, given_up = price_of(ground, change, _payments(terms)), given_up_by(ground, change, _payments(terms))
    except CannotAssess as why:
        return f"the engine can't work out the loan as it would be: {why}"
    if told.waived > given_up:
        wrong.append(f"{told.waived} is given up, by its terms {given_up} at most")
    for key in ("against_today", "against_nothing", "left_after"):
        if getattr(told, key) != getattr(price, key):
            wrong.append(f"{key} is {getattr(price, key)}, not {getattr(told, key)}")
    return "; ".join(wrong) or None


def _why_not_enough(facts: LetterFacts, told: PlanAgreement) -> str | None:
    """What somebody who keeps to the plan would still find past due, between its payments or after the last: an offer can't leave it,
    and a plan written by hand mustn't either."""
    terms, change = told.terms, told.terms.change or Change(told.terms.worked_out_on)
    ground, payments = ground_of(_as_it_was(facts, terms, change)), tuple(_payments(terms))
    found = leaves_past_due(ground, Draft(told.kind, change, payments, told.stops, told.credit))
    return found.reason if found is not None else None


def _may_stop(penalty: HowFar, change: Change) -> bool:
    """Late interest ends where a schedule is new, and rests in a pause or beside one."""
    if penalty is HowFar.ENDS:
        return bool(change.versions)
    return penalty is HowFar.GOES_ON or bool(change.versions or change.pauses)


def _may_stand_as(told: PlanAgreement, change: Change) -> bool:
    """A loan is up to date, or under new terms, where a schedule is new; it is settled for less by a settlement alone."""
    if told.credit is Credit.SETTLED_FOR_LESS or told.kind is OfferKind.SETTLEMENT:
        return told.credit is Credit.SETTLED_FOR_LESS and told.kind is OfferKind.SETTLEMENT
    return told.credit is Credit.IN_ARREARS or bool(change.versions)


def _payments(terms: PlanTerms) -> list[OfferPayment]:
    return [OfferPayment(one.on, one.amount, one.amount - one.contract, one.contract) for one in terms.payments]


def _as_it_was(facts: LetterFacts, terms: PlanTerms, change: Change) -> Position:
    """Where the loan stood when the plan was worked out, without what the plan itself has changed since."""
    counted_up_to = terms.counted_up_to or terms.worked_out_on
    pauses, versions = ({one.from_on for one in of} for of in (change.pauses, change.versions))
    loan = replace(
        facts.loan,
        transactions=tuple(one for one in facts.loan.transactions if one.effective_on <= counted_up_to),
        pauses=tuple(one for one in facts.loan.pauses if one.from_on not in pauses),
        versions=tuple(one for one in facts.loan.versions if one.from_on not in versions),
    )
    return Position(loan, facts.policy, assess(loan, facts.policy, as_of=terms.worked_out_on), terms.accept_by)


def _why_not(facts: LetterFacts) -> Refusal | None:
    told = facts.particulars
    if not isinstance(told, PlanAgreement):
        return None
    terms = told.terms
    if not terms.payments:
        return Refusal("not_so_here", "The plan has no payment: there is nothing that this letter could list.")
    if not terms.worked_out_on <= told.agreed_on <= min(terms.accept_by, facts.issued_on):
        return Refusal(
            "days_disagree",
            f"Worked out on {terms.worked_out_on}, agreed on {told.agreed_on}, open until {terms.accept_by}, letter of"
            f" {facts.issued_on}: it is agreed from the day it was worked out, until it closes, before the letter.",
        )
    if terms.needs_signature and not told.agreed_on <= facts.issued_on <= sign_by(told):
        return Refusal("days_disagree", f"It can be signed until {sign_by(told)}; the letter is of {facts.issued_on}.")
    is_card = facts.lender.jurisdiction == "cn" and facts.loan.product == "card"
    if is_card and told.kind is OfferKind.PERSONAL_PLAN and not told.no_new_card:
        return Refusal(
            "facts_missing",
            "The plan of a card in China holds the promise not to apply for another card (no_new_card), by article 70.",
        )
    if refused := why_not_as_told(facts, told):
        return refused
    text = text_of(facts, told)
    if text is not None and terms.total < text.balance_structure_currency.total:
        return Refusal(
            "figures_disagree",
            f"The plan's payments come to {terms.total} minor units, less than the balance on {terms.worked_out_on}:"
            f" {text.balance_structure_currency.total}.",
        )
    return None


PLAN_AGREEMENT = Letter(
    "plan_agreement",
    FIELDS,
    content,
    PlanAgreement,
    readers=(Role.BORROWER, Role.CO_BORROWER),
    about_arrears=False,
    why_not=_why_not,
)
