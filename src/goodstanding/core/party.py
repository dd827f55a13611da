"""The people of a loan, and how they can be reached. Personal data: never part of the nested book."""

from dataclasses import dataclass

LANGUAGES = ("zh-Hans", "zh-Hant", "en")


@dataclass(frozen=True, slots=True)
class Borrower:
    """Who owes. language: one of LANGUAGES. id_number may be empty; country is ISO 3166 alpha-2 in upper case."""

    id: str
    name: str
    language: str
    id_number: str = ""
    address: tuple[str, ...] = ()
    country: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


def masked_id_number(id_number: str) -> str:
    """Show the last four characters of an identity number, no more (PIPL art. 6: the least that serves the purpose).

    >>> masked_id_number("11010519491231002X"), masked_id_number("1234")
    ('••••••••••••••002X', '••••')
    """
    if len(id_number) <= 4:
        return "•" * len(id_number)
    return "•" * (len(id_number) - 4) + id_number[-4:]
