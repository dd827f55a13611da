"""Who answers for a loan beside its borrower: invented, each with a row and a letter of their own."""

from dataclasses import dataclass

from qinghe.dice import Dice
from qinghe.files import Book, add_person
from qinghe.people import person


@dataclass(frozen=True)
class Beside:
    """A person beside a borrower. guarantee: general (after the borrower), joint (beside), or not stated."""

    loan_id: str
    name: str
    language: str
    role: str
    guarantee: str = ""


BESIDE = (
    Beside("QH0014", "沈墨白", "zh-Hans", "co_borrower"),
    Beside("QH0024", "顾清和", "zh-Hans", "guarantor", "joint"),
    Beside("QH0027", "卓一凡", "zh-Hans", "co_borrower"),
    Beside("QH0043", "司徒詠恩", "zh-Hant", "co_borrower"),
    Beside("QH0082", "穆晓岚", "zh-Hans", "co_borrower"),
    Beside("QH0082", "岳振声", "zh-Hans", "guarantor", "joint"),
    Beside("QH0100", "Grace Adeyemi", "en", "guarantor"),
    Beside("QH0165", "霍啟仁", "zh-Hant", "guarantor", "general"),
    Beside("QH0168", "祝思齐", "zh-Hans", "co_borrower"),
)
"""On loans that are overdue, by some days and by many, and on one that isn't."""


def add_parties(book: Book) -> None:
    """Add them to the book, numbered on after its borrowers."""
    dice = Dice("qinghe parties")
    for number, beside in enumerate(BESIDE, len(book.borrowers) + 1):
        name = f"B{number:04}"
        add_person(book, name, person(number, beside.name, beside.language, dice))
        book.parties.append(
            {"loan_id": beside.loan_id, "borrower_id": name, "role": beside.role, "guarantee": beside.guarantee}
        )
