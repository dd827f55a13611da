"""The people of a loan, and how they can be reached. Personal data: never part of the nested book."""

from dataclasses import dataclass
from enum import StrEnum

LANGUAGES = ("zh-Hans", "zh-Hant", "en")


@dataclass(frozen=True, slots=True)
class Borrower:
    """Who owes. language: one of LANGUAGES. id_number may be empty; country is ISO 3166 alpha-2 in upper case.

    region: ISO 3166-2, a city's code after it; zone: the time zone that the person named. Both may be empty.
    """

    id: str
    name: str
    language: str
    id_number: str = ""
    address: tuple[str, ...] = ()
    country: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    region: str = ""
    zone: str = ""


class Role(StrEnum):
    """What a person is to a loan. A co-borrower owes all of it; a guarantor answers for another's debt."""

    BORROWER = "borrower"
    CO_BORROWER = "co_borrower"
    GUARANTOR = "guarantor"


class Guarantee(StrEnum):
    """How a guarantor answers (PRC Civil Code arts. 686-688): after the borrower, or beside. UNSTATED: nobody told us."""

    GENERAL = "general"
    JOINT = "joint"
    UNSTATED = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A person beside the borrower who answers for a loan. guarantee: of a guarantor."""

    role: Role
    person: Borrower
    guarantee: Guarantee = Guarantee.UNSTATED


def masked_id_number(id_number: str) -> str:
    """Show the last four characters of an identity number, no more (PIPL art. 6: the least that serves the purpose).

    >>> masked_id_number("11010519491231002X"), masked_id_number("1234")
    ('••••••••••••••002X', '••••')
    """
    if len(id_number) <= 4:
        return "•" * len(id_number)
    return "•" * (len(id_number) - 4) + id_number[-4:]
