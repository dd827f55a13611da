"""The ways out of one loan, side by side, as a person would compare them; of a book's loan or of one written by hand."""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from goodstanding.core.arrears.assess import Assessment, CannotAssess, assess
from goodstanding.core.arrears.policy import ArrearsPolicy
from goodstanding.core.loan import Component, Loan
from goodstanding.core.loan_json import loan_from_json, plain_from_json
from goodstanding.core.money import decimal_text, parse_amount, round_down
from goodstanding.core.plans.affordability import (
    NOT_KNOWN,
    Amount,
    Flag,
    Means,
    Per,
    Statement,
    ThreeAnswers,
    means_of,
    own_word,
)
from goodstanding.core.plans.guard_rails import GuardRails, LegalLimit
from goodstanding.core.plans.means_data import stated_from_data
from goodstanding.core.plans.offers import Credit, HowFar, NotOffered, Offer, OfferKind, Position
from goodstanding.core.plans.pricing import by_reference
from goodstanding.core.plans.ranking import Choice, Proposal, choose
from goodstanding.core.plans.ways_out import WaysOut, answered_by, nothing_beside, ways_out
from goodstanding.core.reading import BadValue
from goodstanding.day.agreed import Agreed, told_beside_offers
from goodstanding.day.assessing import Setting
from goodstanding.day.explain import aligned
from goodstanding.day.figures import grouped_text, long_date
from goodstanding.day.granting import guard_rails_from_data, legal_limits
from goodstanding.day.lender import check_currency, read_lender
from goodstanding.day.portfolio import currency_of, opened_for_reading
from goodstanding.day.progress import Progress
from goodstanding.day.stop import Stopped
from goodstanding.letters.approvals import ApprovalsError
from goodstanding.letters.compose import wording_of
from goodstanding.letters.credit_data import STAYS, basis_of, credit_keys
from goodstanding.letters.wording import WordingError

_LONGEST = 366
"""How many days an offer may stand: its sums are of the day on which they were worked out."""
_KINDS = {
    OfferKind.ARREARS_INSTALMENTS: "Arrears in {months} parts",
    OfferKind.EXTENSION: "Overdue instalments moved to the end",
    OfferKind.DEFERRAL: "Pause of {months} months",
    OfferKind.RE_AGE: "Re-aged, arrears spread over the rest",
    OfferKind.RE_AMORTISE: "New instalments over the same term",
    OfferKind.LONGER_TERM: "{months} months longer",
    OfferKind.LOWER_RATE: "Lower rate",
    OfferKind.WAIVER: "Charges waived, the rest at once",
    OfferKind.SETTLEMENT: "Settled for less, in {months} parts",
    OfferKind.PERSONAL_PLAN: "Plan of {months} months for the whole balance",
}
_ONE = {
    OfferKind.ARREARS_INSTALMENTS: "Arrears in one part",
    OfferKind.DEFERRAL: "Pause of one month",
    OfferKind.LONGER_TERM: "One month longer",
    OfferKind.SETTLEMENT: "Settled for less, in one part",
    OfferKind.PERSONAL_PLAN: "Plan of one month for the whole balance",
}
"""The same of one month or part."""
_STOPS = {HowFar.GOES_ON: "goes on", HowFar.RESTS: "rests while it is kept", HowFar.ENDS: "ends"}
_PROPOSALS = {
    Proposal.HARDSHIP_REVIEW: "A review for hardship, by a person",
    Proposal.DEBT_ADVICE: "Independent debt advice",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: the loan, and what was said of what can be paid. can_pay: a month, minor units; stated: of income and spending.

    agreed: what was promised and agreed about it before. jurisdiction, wording: whose words on credit data are said, the lender's own
    over ours; reports: whether the lender reports its loans at all.
    """

    loan: Loan
    policy: ArrearsPolicy
    rails: GuardRails
    limits: tuple[LegalLimit, ...]
    as_of: date
    accept_by: date
    can_pay: int | None = None
    stated: Statement | ThreeAnswers | None = None
    agreed: Agreed | None = None
    jurisdiction: str = ""
    wording: Path | None = None
    reports: bool = False

    def ways_out(self, today: Assessment) -> WaysOut:
        """The ways out, unless something was agreed that speaks against them."""
        if self.agreed is not None and (why := self.agreed.speaks_against_offers):
            return nothing_beside(self.rails, why)
        position = Position(self.loan, self.policy, today, self.accept_by)
        return answered_by(ways_out(position, self.rails, self.limits), by_reference(self.policy))

    def means(self, our_balance: int) -> Means:
        """What can be paid a month: as stated, and never above it as said. our_balance: what is owed on the loan, minor units."""
        found = NOT_KNOWN
        if self.stated is not None:
            found = means_of(self.stated, self.rails.guide, as_of=self.as_of, our_balance=our_balance)
        return found if self.can_pay is None else own_word(self.can_pay, means=found)


def from_book(
    loan_id: str,
    book: Path,
    lender: Path,
    *,
    as_of: date,
    accept_by: date | None,
    can_pay: str | None,
    means: Path | None,
    progress: Progress,
) -> Asked:
    """A loan of a book, under its lender's guard rails."""
    folder = read_lender(lender)
    check_currency(currency_of(book), book, folder, lender)
    with opened_for_reading(book, progress) as portfolio:
        found, cut_off = portfolio.find(loan_id), portfolio.cut_off
    if found is None:
        raise Stopped(f'There is no loan "{loan_id}" in {book}: check the number, or whether it was set aside.')
    setting = Setting(as_of, cut_off, folder.currency, folder.policies)
    product = setting.product_of(found.loan)
    if product not in folder.policies:
        known = ", ".join(folder.policies)
        raise Stopped(f'Loan {loan_id} is of product "{product}", which {lender} doesn\'t have ({known}).')
    if not folder.ways_out.measures:
        raise Stopped(f"{lender} has no ways_out.toml, so nothing is offered: copy the example's and change it.")
    agreed = setting.agreed(found, folder.policies[product])
    return Asked(
        agreed.loan if agreed else found.loan,
        folder.policies[product],
        folder.ways_out,
        legal_limits(folder.conduct, product, as_of),
        as_of,
        stands_until(as_of, accept_by, folder.lender.pay_within_days),
        _said_to_pay(can_pay, found.loan.currency),
        _stated(means, found.loan.currency),
        agreed,
        folder.lender.jurisdiction,
        folder.wording,
        folder.lender.reports_to_credit_bureau,
    )


def from_file(
    path: Path,
    content: bytes | None,
    lender: Path,
    *,
    as_of: date,
    accept_by: date | None,
    can_pay: str | None,
    means: Path | None,
) -> Asked:
    """A loan written by hand, in whatever currency, under the guard rails in a lender's folder; their amounts are read in
    the loan's currency. content: what the file holds, when it was read already."""
    try:
        loan, policy = loan_from_json((path.read_bytes() if content is None else content).decode("utf-8-sig"))
    except OSError as failed:
        raise Stopped(f"{path} can't be read: {failed.strerror}.") from None
    except UnicodeDecodeError:
        raise Stopped(f"{path} isn't UTF-8 text: save it again as UTF-8.") from None
    except BadValue as bad:
        raise Stopped(f"{path}: {bad}. Every key is explained in docs/reference/loan_json.md.") from None
    folder, granted = read_lender(lender), lender / "ways_out.toml"
    if not granted.is_file():
        raise Stopped(f"{lender} has no ways_out.toml, so nothing is offered: copy the example's and change it.")
    data = tomllib.loads(granted.read_text(encoding="utf-8-sig"))
    try:
        rails = guard_rails_from_data(data, loan.currency, tuple(folder.policies))
    except BadValue as bad:
        raise Stopped(f"{granted}, read in {loan.currency}: {bad}.") from None
    limits = legal_limits(folder.conduct, loan.product, as_of)
    until = stands_until(as_of, accept_by, folder.lender.pay_within_days)
    said, stated = _said_to_pay(can_pay, loan.currency), _stated(means, loan.currency)
    return Asked(
        loan,
        policy,
        rails,
        limits,
        as_of,
        until,
        said,
        stated,
        jurisdiction=folder.lender.jurisdiction,
        wording=folder.wording,
        reports=folder.lender.reports_to_credit_bureau,
    )


def stands_until(as_of: date, accept_by: date | None, days: int) -> date:
    """The last day of the offers: as asked, or so many days on; `Stopped` says why it can't be."""
    longest = timedelta(days=max(_LONGEST, days))
    if as_of > date.max - longest:
        raise Stopped(f"--as-of {as_of}: no offer can stand until a day after it; check the day.")
    until = accept_by or as_of + timedelta(days=days)
    if until < as_of:
        raise Stopped(f"--accept-by {until} lies before {as_of}: an offer stands until a day to come.")
    if until > as_of + longest:
        raise Stopped(f"--accept-by {until} is more than {longest.days} days after {as_of}: check the day.")
    return until


def _stated(path: Path | None, currency: str) -> Statement | ThreeAnswers | None:
    """Read what somebody stated of income and spending, TOML or JSON."""
    if path is None:
        return None
    try:
        text = path.read_bytes().decode("utf-8-sig")
        data = plain_from_json(text) if path.suffix.lower() == ".json" else tomllib.loads(text, parse_float=Decimal)
        return stated_from_data(data, currency)
    except OSError as failed:
        raise Stopped(f"{path} can't be read: {failed.strerror}.") from None
    except ValueError as bad:
        raise Stopped(f"{path}: {bad}. Every key is explained in docs/methods/affordability.md.") from None


def _said_to_pay(can_pay: str | None, currency: str) -> int | None:
    """Read 800/month; a week's or a fortnight's sum is taken by the month, rounded down."""
    if can_pay is None:
        return None
    text, _, per = can_pay.partition("/")
    try:
        return Amount(parse_amount(text, currency), Per(per.strip() or "month")).a_month(round_down)
    except ValueError:
        often = ", ".join(Per)
        raise Stopped(
            f'--can-pay: "{can_pay}" isn\'t a sum and how often, such as 800/month (amounts in {currency}; {often}).'
        ) from None


def offers_text(asked: Asked, *, as_json: bool) -> str:
    """Work the ways out out, and write them for people or for programs."""
    try:
        today = assess(asked.loan, asked.policy, as_of=asked.as_of)
    except CannotAssess as why:
        raise Stopped(f"It can't be assessed: {why}.") from None
    found = asked.ways_out(today)
    try:
        means = asked.means(today.payoff)
    except ValueError as bad:
        raise Stopped(f"--means: {bad}.") from None
    choice = choose(found.offers, means)
    if not found.offers:
        choice = replace(choice, proposals=_beside_nothing(asked, today))
    refused = (*found.not_offered, *_too_much(choice, means))
    if as_json:
        said = list(told_beside_offers(asked.agreed)) if asked.agreed is not None else []
        return json.dumps(_data(today, means, choice, refused) | {"agreed": said}, ensure_ascii=False, indent=1)
    return "\n".join(_lines(asked, today, means, found, choice, refused))


def _beside_nothing(asked: Asked, today: Assessment) -> tuple[Proposal, ...]:
    """What to propose where nothing can be offered at all: to whoever is behind, whatever they can pay, unless something was agreed already."""
    is_agreed = asked.agreed is not None and bool(asked.agreed.speaks_against_offers)
    return tuple(Proposal) if today.amount_to_cure and not is_agreed else ()


def _too_much(choice: Choice, means: Means) -> Iterator[NotOffered]:
    for offer, heaviest in choice.too_much:
        asked, said = grouped_text(heaviest, offer.currency), grouped_text(means.a_month or 0, offer.currency)
        yield NotOffered(offer.kind, f"{_named(offer)}: it takes {asked} in a month; {said} can be paid.", "can_pay")


# -- for people -------------------------------------------------------------------------------------------------------


def _lines(
    asked: Asked, today: Assessment, means: Means, found: WaysOut, choice: Choice, refused: Sequence[NotOffered]
) -> Iterator[str]:
    def money(minor: int) -> str:
        return grouped_text(minor, today.currency)

    yield f"Loan {today.loan_id}, as of {long_date(asked.as_of)}, in {today.currency}"
    yield f"To be up to date today: {money(today.amount_to_cure)}. To close the loan today: {money(today.payoff)}."
    if asked.agreed is not None:
        yield from told_beside_offers(asked.agreed)
    if found.offers:
        yield f"Each offer stands until {long_date(asked.accept_by)}."
    if asked.stated is not None:
        sure = f"how sure: {means.confidence}"
        parts = [f"{name} {_signed(amount, money)}" for name, amount in means.working]
        yield f"What can be paid a month ({sure}): {', '.join(parts) or 'not known'}."
        yield from (f"Look at this: {_looked_at(one, means)}." for one in means.flags)
    if means.a_month is not None:
        once = f", and {money(means.at_once)} once" if means.at_once else ""
        yield f"Nothing above {money(means.a_month)} a month{once}."
    yield ""
    offers = [one.offer for one in choice.fitting]
    if offers:
        yield from aligned(
            [
                "",
                "First payment",
                "on",
                "a month, at most",
                "payments",
                "until",
                "In all",
                "against today",
                "left then",
            ],
            [
                [
                    f"{place} {_named(one)}",
                    money(one.payments[0].amount),
                    one.payments[0].on.isoformat(),
                    money(fitting.heaviest_month),
                    str(len(one.payments)),
                    one.ends_on.isoformat(),
                    money(one.total),
                    _signed(one.against_today, money),
                    money(one.left_after),
                ]
                for place, (one, fitting) in enumerate(zip(offers, choice.fitting, strict=True), 1)
            ],
            figures_from=1,
        )
        yield ""
        in_credit_data = credit_words(asked.jurisdiction, asked.wording) if asked.reports else {}
        for place, one in enumerate(offers, 1):
            yield from _said_of(place, one, money, in_credit_data.get(credit_keys(one.credit)[0], ""))
        yield from _of_credit_data(asked, in_credit_data)
    elif choice.proposals:
        nothing = "Nothing can be offered within the guard rails and the law"
        least = f"No offer fits: the least of them takes {money(choice.short_by)} more a month than can be paid"
        yield f"{least if found.offers else nothing}. Propose:"
        yield from (f"  {_PROPOSALS[one]}" for one in choice.proposals)
        yield ""
    if asked.agreed is not None and (why := asked.agreed.speaks_against_offers):
        yield why
    elif refused:
        yield "Not offered:"
        for no in refused:
            yield f"  {no.kind}: {no.reason}" + (f" ({no.rule})" if no.rule else "")


def credit_words(jurisdiction: str, wording: Path | None) -> dict[str, str]:
    """What the letters of a place say of credit data, by key, in English: who makes an offer says the same."""
    try:
        said = wording_of("offer", "en", jurisdiction, wording)
    except (WordingError, ApprovalsError) as wrong:
        raise Stopped(f"{wrong}.") from None
    return {key: said.say(key) for credit in Credit for key in credit_keys(credit)}


def _of_credit_data(asked: Asked, words: Mapping[str, str]) -> Iterator[str]:
    """What is the same of all offers, and what the words rest on."""
    if not words:
        yield "In credit data: nothing, for this lender doesn't report its loans (lender.toml)."
    else:
        basis = basis_of(asked.jurisdiction)
        yield f"In credit data: {words[STAYS]}"
        yield f"  What is said of credit data is what the letters say; it rests on {basis.cite} ({basis.level}, {basis.confidence});"
        yield f"  signed off by {basis.reviewed_by}."
    yield ""


def _looked_at(flag: Flag, means: Means) -> str:
    about = ", ".join(one.replace("_", " ") for one in means.ask_about) if flag is Flag.ABOVE_GUIDELINE else ""
    return f"{flag.value} ({about})" if about else flag.value


def _said_of(place: int, one: Offer, money: Any, in_credit_data: str) -> Iterator[str]:
    breaks = one.breaks_when
    yield f"{place} {_named(one)}"
    yield f"  {_against_nothing(one, money)}; worth today: {money(one.present_value)}"
    if one.waived.total:
        parts = ", ".join(
            f"{name} {money(getattr(one.waived, name))}" for name in Component if getattr(one.waived, name)
        )
        yield f"  given up: {parts}"
    stops = one.stops
    yield f"  penalty {_STOPS[stops.penalty]}; calls and letters: {_STOPS[stops.calls]}; reports of arrears: {_STOPS[stops.reports]}"
    contract = ", or an instalment of the contract that is missed" if breaks.contract_too else ""
    yield f"  broken by a payment more than {breaks.tolerance_days} days late or short by more than {money(breaks.missed_amount)}{contract}"
    if in_credit_data:
        yield f"  in credit data: {in_credit_data}"
    if one.needs_sign_off:
        yield f"  before it may be shown, it is signed by: {one.needs_sign_off}"
    yield (
        "  "
        + "; ".join(f"{each.on} {money(each.amount)}" for each in one.payments[:12])
        + (f"; and {len(one.payments) - 12} more" if len(one.payments) > 12 else "")
    )
    yield ""


def _against_nothing(one: Offer, money: Any) -> str:
    if one.against_nothing < 0:
        return f"costs more than paying nothing until then: {money(-one.against_nothing)}"
    return f"saves against paying nothing until then: {money(one.against_nothing)}"


def _named(one: Offer) -> str:
    name = _KINDS[one.kind].format(months=one.months)
    return _ONE.get(one.kind, name) if one.months == 1 else name


def _signed(minor: int, money: Any) -> str:
    return f"+{money(minor)}" if minor > 0 else money(minor)


# -- for programs -----------------------------------------------------------------------------------------------------


def _data(today: Assessment, means: Means, choice: Choice, refused: Sequence[NotOffered]) -> dict[str, Any]:
    return {
        "loan_id": today.loan_id,
        "as_of": today.as_of.isoformat(),
        "currency": today.currency,
        "amount_to_cure": decimal_text(today.amount_to_cure, today.currency),
        "payoff": decimal_text(today.payoff, today.currency),
        "means": {
            "a_month": None if means.a_month is None else decimal_text(means.a_month, today.currency),
            "at_once": decimal_text(means.at_once, today.currency),
            "confidence": means.confidence.value,
            "flags": [one.name.lower() for one in means.flags],
            "ask_about": [one.value for one in means.ask_about],
            "working": [[name, decimal_text(amount, today.currency)] for name, amount in means.working],
        },
        "offers": [
            offer_data(one.offer)
            | {"heaviest_month": decimal_text(one.heaviest_month, today.currency), "strain": one.strain.value}
            for one in choice.fitting
        ],
        "not_offered": [{"kind": one.kind.value, "reason": one.reason, "rule": one.rule} for one in refused],
        "proposals": [one.value for one in choice.proposals],
    }


def offer_data(offer: Offer) -> dict[str, Any]:
    """Everything that an offer says, as JSON holds it: amounts as decimal text, days as YYYY-MM-DD."""

    def money(minor: int) -> str:
        return decimal_text(minor, offer.currency)

    amounts = (
        "total",
        "arrears",
        "contract",
        "plan",
        "against_today",
        "against_nothing",
        "left_after",
        "present_value",
    )
    change = offer.change
    return {
        "kind": offer.kind.value,
        "months": offer.months,
        "accept_by": offer.accept_by.isoformat(),
        "ends_on": offer.ends_on.isoformat(),
        **{name: money(getattr(offer, name)) for name in amounts},
        "waived": {one.value: money(getattr(offer.waived, one)) for one in Component},
        "payments": [
            {"on": one.on.isoformat()}
            | {name: money(getattr(one, name)) for name in ("amount", "arrears", "contract", "plan")}
            for one in offer.payments
        ],
        "stops": {name: getattr(offer.stops, name).value for name in ("penalty", "calls", "reports")},
        "breaks_when": {
            "missed_amount": money(offer.breaks_when.missed_amount),
            "tolerance_days": offer.breaks_when.tolerance_days,
            "contract_too": offer.breaks_when.contract_too,
        },
        "credit": offer.credit.value,
        "needs_sign_off": offer.needs_sign_off,
        "change": {
            "counts_from": change.counts_from.isoformat(),
            "versions": [
                {
                    "from_on": version.from_on.isoformat(),
                    "takes_over": version.takes_over,
                    "schedule": [
                        {"due_on": part.due_on.isoformat()}
                        | {name: money(getattr(part, name)) for name in ("principal", "interest", "fee")}
                        | ({} if part.minimum is None else {"minimum": money(part.minimum)})
                        | ({"drawdown": part.drawdown} if part.drawdown else {})
                        for part in version.schedule
                    ],
                }
                for version in change.versions
            ],
            "pauses": [
                {"from_on": one.from_on.isoformat(), "until_on": one.until_on.isoformat()} for one in change.pauses
            ],
            "waivers": [
                {
                    "id": one.id,
                    "kind": "waiver",
                    "amount": money(one.amount),
                    "effective_on": one.effective_on.isoformat(),
                }
                | ({} if one.component is None else {"component": one.component.value})
                for one in change.waivers
            ],
        },
    }
