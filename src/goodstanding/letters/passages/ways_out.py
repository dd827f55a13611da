"""Part four: what the borrower can do: pay, choose a way out, or say that it is hard."""

from collections.abc import Iterator, Sequence

from goodstanding.core.letter import Align, Block, List, Paragraph, Row, Subheading, Table
from goodstanding.core.party import Role
from goodstanding.core.plans.offers import Offer, OfferKind, OfferPayment
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.passages.way import runs_of


def what_you_can_do(voice: Voice) -> Iterator[Block]:
    """All of it. What was agreed or offered to the borrower is the borrower's: a guarantor doesn't read of it."""
    yield from paying(voice)
    if voice.facts.role is not Role.GUARANTOR:
        yield from offers(voice)
    yield from hardship(voice)


def paying(voice: Voice) -> Iterator[Block]:
    """How much by when, how to pay, and what if it is paid already."""
    facts, formats, assessment = voice.facts, voice.formats, voice.facts.assessment
    amount, until = formats.amount(assessment.amount_to_cure), formats.long_day(facts.pay_by)
    if facts.amount_by_pay_by <= assessment.amount_to_cure:
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
    yield from how_to_pay(voice)
    yield voice.paragraph("do.already_paid", counted_up_to=formats.long_day(facts.counted_up_to))


def how_to_pay(voice: Voice) -> Iterator[Block]:
    yield voice.paragraph("do.how", loan_number=voice.facts.loan.id)
    yield List("do.how", voice.contact.how_to_pay)


def offers(voice: Voice) -> Iterator[Block]:
    """The ways out that the facts offer, each with its payments and what it costs."""
    if voice.facts.offers:
        yield voice.paragraph("do.offers")
    for number, offer in enumerate(voice.facts.offers, 1):
        yield from _offer(voice, number, offer)


def hardship(voice: Voice) -> Iterator[Block]:
    """What to do when paying is hard, and who else helps."""
    yield voice.paragraph("do.hardship")
    if voice.facts.lender.jurisdiction == "uk":
        yield voice.paragraph("do.debt_advice_uk")


def _offer(voice: Voice, number: int, offer: Offer) -> Iterator[Block]:
    wording, formats = voice.wording, voice.formats
    key, count = _heading(voice, offer)
    yield Subheading("do.offer", wording.say_count(key, count, number=str(number)))
    runs = list(runs_of(offer.payments))
    # where the contract's own instalments go on beside it, they are shown by themselves
    with_contract = offer.contract > 0 and offer.kind in (OfferKind.ARREARS_INSTALMENTS, OfferKind.EXTENSION)
    rows = [
        Row(
            (
                _when(voice, run),
                *(
                    [formats.figure(run[0].amount - run[0].contract), formats.figure(run[0].contract)]
                    if with_contract
                    else []
                ),
                formats.figure(run[0].amount),
            )
        )
        for run in runs
    ]
    parts = [formats.figure(offer.total - offer.contract), formats.figure(offer.contract)] if with_contract else []
    yield Table(
        key="do.offer_table",
        caption=wording.say("do.offer_table", number=str(number)),
        header=(
            wording.say("do.offer_date"),
            *([wording.say(_beside(offer)), wording.say("do.offer_contract")] if with_contract else []),
            wording.say("do.offer_amount"),
        ),
        rows=tuple(rows),
        alignment=(Align.START, *(Align.END for _ in parts), Align.END),
        total=(wording.say("do.offer_total"), *parts, formats.amount(offer.total)),
    )
    until = formats.long_day(offer.accept_by)
    if offer.against_today:
        key = "do.offer_extra" if offer.against_today > 0 else "do.offer_less"
        yield voice.paragraph(key, extra=formats.amount(abs(offer.against_today)), accept_by=until)
    else:
        yield voice.paragraph("do.offer_no_extra", accept_by=until)


def _beside(offer: Offer) -> str:
    """What is paid beside the contract's instalments: arrears alone, or what a new schedule asks for, interest of its time included."""
    return "do.offer_arrears" if offer.kind is OfferKind.ARREARS_INSTALMENTS else "do.offer_plan"


def _heading(voice: Voice, offer: Offer) -> tuple[str, int]:
    """The key of an offer's heading, and what it counts."""
    match offer.kind:
        case OfferKind.EXTENSION:
            return "do.offer_extension", voice.facts.assessment.instalments_overdue
        case OfferKind.ARREARS_INSTALMENTS:
            count = sum(payment.arrears > 0 for payment in offer.payments)
            return "do.offer_arrears_instalments" if offer.contract else "do.offer_arrears_only", count
        case _:
            return f"do.offer_{offer.kind}", offer.months


def _when(voice: Voice, run: Sequence[OfferPayment]) -> str:
    if len(run) == 1:
        return voice.formats.short_day(run[0].on)
    return voice.wording.say_count(
        "do.offer_dates_monthly",
        len(run),
        first=voice.formats.short_day(run[0].on),
        last=voice.formats.short_day(run[-1].on),
    )
