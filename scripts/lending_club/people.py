"""Invented people for real loans: the data has none. State and nothing else is the data's.

Telephone numbers end in 555-0100 to 555-0199, kept free for fiction in North America; e-mail addresses are at example.com
(RFC 2606); no place has the postal code 00000.
"""

from dataclasses import dataclass

from lending_club.source import SourceLoan

FIRST_NAMES = (
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica"
    " Thomas Sarah Christopher Karen Charles Lisa Daniel Nancy Matthew Betty Anthony Sandra Mark Margaret Donald Ashley"
    " Steven Kimberly Andrew Emily Paul Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Melissa George Deborah"
    " Timothy Stephanie Ronald Rebecca Jason Laura Edward Helen Jeffrey Sharon Ryan Cynthia Jacob Kathleen Gary Amy"
    " Nicholas Angela Eric Shirley Jonathan Anna Stephen Brenda Larry Pamela Justin Emma Scott Nicole Brandon Samantha"
    " Benjamin Katherine Samuel Christine Gregory Debra Alexander Rachel Patrick Carolyn Frank Janet Raymond Maria Jack"
    " Olivia Dennis Heather Jerry Diane Tyler Julie Aaron Joyce Jose Victoria Adam Kelly Nathan Christina Henry Joan"
    " Zachary Evelyn Douglas Lauren Peter Judith Noah Megan Ethan Andrea Luis Cheryl Carlos Hannah Miguel Jacqueline"
    " Omar Aisha Priya Rahul Mei Wei Keiko Tomas Ingrid Fatima Andre Imani Dmitri Elena Rosa Diego"
).split()
LAST_NAMES = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson"
    " Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young"
    " Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter"
    " Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers"
    " Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chavez"
    " Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders Patel Myers Long Ross Foster Jimenez"
    " Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes Fisher Vasquez Simmons Romero Jordan"
    " Patterson Alexander Hamilton Graham Reynolds Griffin Wallace Moreno West Cole Hayes Bryant Herrera Gibson Ellis Tran"
    " Medina Stevens Murray Ford Castro Marshall Owens Harrison Fernandez Woods Washington Kennedy Wells Vargas Henry Chen"
    " Freeman Webb Tucker Guzman Burns Crawford Olson Simpson Porter Hunter Gordon Mendez Silva Shaw Snyder Mason Dixon"
    " Munoz Hunt Hicks Holmes Palmer Wagner Black Robertson Boyd Stone Salazar Fox Warren Mills Meyer Rice Schmidt Okafor"
    " Nakamura Kowalski Haddad Singh Petrov Larsen O'Brien Abebe"
).split()
CHINESE_LAST_NAMES = (
    "Chan Chen Cheung Ho Huang Lam Leung Li Lin Liu Ng Wang Wong Wu Yang Yeung Zhang Zhao Zhou Zhu".split()
)
CHINESE_FIRST_NAMES = (
    "Ka-Yan Chi-Keung Wing-Tung Ka-Ho Mei-Ling Kwok-Wah Wai-Lun Ya-Ting Hui-Ling Jian Xiaoming Yulan Lihua Wenjie Jiaqi"
    " Haoran Minghui Xinyi Zhiyuan Guodong"
).split()
STREETS = "Maple Oak Cedar Pine Elm Lake Hill Park River Meadow Orchard Mill Church Spring Prairie Summit".split()
STREET_KINDS = "Street Avenue Lane Road Drive Court".split()
TOWNS = "Example Falls,Sample Springs,Fairview Example,Exampleton,Samplefield,New Example,Port Sample".split(",")
AREA_CODES = {
    "AK": 907, "AL": 205, "AR": 501, "AZ": 602, "CA": 213, "CO": 303, "CT": 203, "DC": 202, "DE": 302, "FL": 305,
    "GA": 404, "HI": 808, "ID": 208, "IL": 312, "IN": 317, "KS": 316, "KY": 502, "LA": 504, "MA": 617, "MD": 410,
    "ME": 207, "MI": 313, "MN": 612, "MO": 314, "MS": 601, "MT": 406, "NC": 704, "ND": 701, "NE": 402, "NH": 603,
    "NJ": 201, "NM": 505, "NV": 702, "NY": 212, "OH": 216, "OK": 405, "OR": 503, "PA": 215, "RI": 401, "SC": 803,
    "SD": 605, "TN": 615, "TX": 214, "UT": 801, "VA": 804, "VT": 802, "WA": 206, "WI": 414, "WV": 304, "WY": 307,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    language: str
    contact_points: tuple[tuple[str, str], ...]


def invent(loan: SourceLoan) -> Person:
    """One borrower for one loan, the same every time; one in 80 reads Chinese, in simplified or traditional characters."""
    number = loan.row
    language = {40: "zh-Hant", 79: "zh-Hans"}.get(number % 80, "en")
    first_names, last_names = (
        (FIRST_NAMES, LAST_NAMES) if language == "en" else (CHINESE_FIRST_NAMES, CHINESE_LAST_NAMES)
    )
    first = _pick(first_names, number, 1)
    last = _pick(last_names, number, 2)
    street = f"{_scatter(number, 3) % 9_000 + 100} {_pick(STREETS, number, 4)} {_pick(STREET_KINDS, number, 5)}"
    points = [
        ("postal", f"{street} / {_pick(TOWNS, number, 6)}, {loan.state} 00000"),
        ("phone", f"({AREA_CODES[loan.state]}) 555-{100 + _scatter(number, 7) % 100:04}"),
    ]
    if _scatter(number, 8) % 5:
        points.append(("email", f"borrower{number:05}@example.com"))
    return Person(f"B{number:05}", f"{first} {last}", language, tuple(points))


def _pick(choices: list[str], number: int, salt: int) -> str:
    return choices[_scatter(number, salt) % len(choices)]


def _scatter(number: int, salt: int) -> int:
    """A number that looks like chance and is always the same (the mixing steps of MurmurHash3's finalizer)."""
    mixed = (number * 0x9E3779B1 + salt * 0x85EBCA6B) & 0xFFFFFFFF
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        mixed = ((mixed ^ (mixed >> shift)) * factor) & 0xFFFFFFFF
    return mixed ^ (mixed >> 16)
