"""人民币大写: the worked table, cn2an as an oracle, and what the rule leaves open."""

import random
from decimal import Decimal
from pathlib import Path

import cn2an
import pytest

from goodstanding.letters.amount_in_words import LARGEST_IN_WORDS, amount_in_words

TABLE = Path(__file__).resolve().parents[2] / "docs" / "methods" / "amounts_in_words.md"


def worked_table() -> list[tuple[str, str, str]]:
    rows = [line.split("|")[1:4] for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [(amount.strip(), simplified.strip(), traditional.strip()) for amount, simplified, traditional in rows[1:]]


def test_the_table_has_its_edge_cases() -> None:
    assert len(worked_table()) >= 20


@pytest.mark.parametrize(("amount", "simplified", "traditional"), worked_table())
def test_an_amount_reads_as_in_the_worked_table(amount: str, simplified: str, traditional: str) -> None:
    fen = int(Decimal(amount.replace(",", "")) * 100)
    assert (amount_in_words(fen), amount_in_words(fen, traditional=True)) == (simplified, traditional)


def amounts() -> list[int]:
    random.seed(20261123)
    plain = [random.randrange(1, 10 ** random.randint(1, 15)) for _ in range(3000)]
    with_zeros = [random.randrange(1, 10**4) * 10 ** random.randint(0, 10) for _ in range(3000)]
    return [*range(1, 2200), *plain, *with_zeros]


def test_cn2an_reads_every_amount_as_we_do_but_for_the_two_choices_the_rule_leaves_open() -> None:
    """Ours has 零 for a zero in the place of 元 before 角, and after 亿 before a part below 仟万; cn2an may leave it out."""
    differ = []
    for fen in amounts():
        ours, theirs = amount_in_words(fen), "人民币" + cn2an.an2cn(f"{fen // 100}.{fen % 100:02d}", "rmb")
        if fen % 100 == 0:
            theirs = "人民币" + cn2an.an2cn(str(fen // 100), "rmb")
        if ours.replace("元零", "元") != theirs.replace("元零", "元") and ours.replace("亿零", "亿") != theirs.replace(
            "亿零", "亿"
        ):
            differ.append((fen, ours, theirs))
    assert differ == []


def test_zhao_is_never_written() -> None:
    assert amount_in_words(10**14) == "人民币壹万亿元整"
    assert "兆" not in amount_in_words(LARGEST_IN_WORDS)


@pytest.mark.parametrize("fen", [-1, LARGEST_IN_WORDS + 1])
def test_what_cannot_be_written_is_refused(fen: int) -> None:
    with pytest.raises(ValueError, match="can't be written in words"):
        amount_in_words(fen)
