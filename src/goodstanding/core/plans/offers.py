"""Offers: a way out with its dates, its amounts and what it costs in all."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class OfferKind(StrEnum):
    ARREARS_INSTALMENTS = "arrears_instalments"
    EXTENSION = "extension"


@dataclass(frozen=True, slots=True)
class OfferPayment:
    """amount: minor units. arrears, contract: what of it clears arrears and what is the contract's own instalment."""

    on: date
    amount: int
    arrears: int
    contract: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A worked-out way back into good standing. Amounts: minor units.

    payments: what is paid and when, until the arrears are gone.
    total: their sum. arrears: the part that clears what is overdue; contract: the contract's own instalments in them.
    extra_cost: what this costs more than paying everything overdue today; never hidden, often 0.
    accept_by: the offer stands until the end of this day. ends_on: the last payment.
    """

    kind: OfferKind
    payments: tuple[OfferPayment, ...]
    total: int
    arrears: int
    contract: int
    extra_cost: int
    accept_by: date
    ends_on: date
