"""The lender's folder: the examples can be read, and every slip gets a sentence that names the file and the key."""

import shutil
from pathlib import Path

import pytest

from goodstanding.core.lender import Form, LetterRule
from goodstanding.core.party import Role
from goodstanding.day.lender import read_lender
from goodstanding.day.stop import Stopped

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / "lender", ROOT / "samples/lending_club/lender"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_example_folder_is_complete(folder: Path) -> None:
    read = read_lender(folder)
    assert [rule.letter for rule in read.letter_rules][:3] == ["pre_due_reminder", "first_notice", "formal_overdue"]
    assert set(read.policies) == set(read.lender.product_names)
    for names in read.lender.product_names.values():
        assert set(names) == set(read.lender.contacts)
    assert all("example" in contact.name.lower() or "示例" in contact.name for contact in read.lender.contacts.values())


def test_the_chinese_example_says_what_its_remarks_say() -> None:
    read = read_lender(FOLDERS[0])
    everybody = (Role.BORROWER, Role.CO_BORROWER, Role.GUARANTOR)
    assert read.letter_rules[2] == LetterRule("formal_overdue", 15, to=everybody, forms=tuple(Form), least_amount=1000)
    assert (read.lender.oldest_book_days, read.lender.pay_within_days) == (3, 14)
    assert list(read.lender.contacts) == ["zh-Hans", "zh-Hant", "en"]
    assert read.policies["cn_instalment"].buckets.names == ("M1", "M2", "M3", "M4+")


def test_every_change_of_the_folder_changes_its_hash(tmp_path: Path) -> None:
    hashes = {read_lender(FOLDERS[0]).content_hash}
    mine = tmp_path / "lender"
    shutil.copytree(FOLDERS[0], mine)
    assert read_lender(mine).content_hash in hashes
    (mine / "wording/formal_overdue").mkdir(parents=True)
    (mine / "wording/formal_overdue/en.toml").write_text("", encoding="utf-8")
    hashes.add(read_lender(mine).content_hash)
    shutil.copy(mine / "products/cn_bill.toml", mine / "products/bill.toml")
    hashes.add(read_lender(mine).content_hash)
    assert len(hashes) == 3


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("lender.toml", 'currency = "CNY"', "", '{file}: "currency" is missing.'),
        ("lender.toml", 'currency = "CNY"', 'currency = "RMB"', '{file}: currency: "RMB" isn\'t a currency we know'),
        ("lender.toml", "may_sue = true", "", '{file}: "may_sue" is missing.'),
        ("lender.toml", "may_sue", "may_su", '{file}: "may_su" isn\'t a key we know; the nearest is "may_sue".'),
        ("lender.toml", "may_sue = true", 'may_sue = "true"', '{file}: may_sue: "true" isn\'t true or false'),
        ("lender.toml", '"cn"', '"fr"', "{file}: jurisdiction: 'fr' isn't one of cn, us, uk, hk, in."),
        ("lender.toml", '"10.00"', "10.00", "{file}: letter_rules.2.least_amount: 10.0 is a binary fraction"),
        (
            "lender.toml",
            "from_dpd = 15",
            "from_dpd = 0",
            "{file}: letter_rules.3: formal_overdue: 0 is no day past due: the first is 1.",
        ),
        (
            "lender.toml",
            "email =",
            "e_mail =",
            '{file}: contacts.zh-Hans: "e_mail" isn\'t a key we know; the nearest is "email".',
        ),
        ("lender.toml", '"zh-Hans"', '"en', "{file} can't be read as TOML: "),
        ("lender.toml", "[contacts.en]", "[contacts.fr]", '{file}: contacts: "fr" isn\'t a key we know;'),
        (
            "products/cn_bill.toml",
            "\n[policy]\n",
            "\n[polcy]\n",
            '{file}: "polcy" isn\'t a key we know; the nearest is "policy".',
        ),
        (
            "products/cn_bill.toml",
            '"0.0005"',
            "0.0005",
            "{file}: policy.penalty_rate_per_day: 0.0005 is a binary fraction",
        ),
        ("products/cn_bill.toml", 'en = "monthly bill"', 'en = " "', "{file}: name.en: it is empty."),
    ],
)
def test_a_slip_gets_a_sentence(file: str, old: str, new: str, sentence: str, tmp_path: Path) -> None:
    mine = tmp_path / "lender"
    shutil.copytree(FOLDERS[0], mine)
    path = mine / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Stopped) as stopped:
        read_lender(mine)
    assert str(stopped.value).startswith(sentence.format(file=path))


def test_a_folder_that_is_not_one_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Stopped, match="isn't a folder: --lender takes the folder"):
        read_lender(tmp_path / "none")
    with pytest.raises(Stopped, match=r"has no lender\.toml: copy the example folder"):
        read_lender(tmp_path)
    shutil.copy(FOLDERS[0] / "lender.toml", tmp_path)
    with pytest.raises(Stopped, match=r"has no products/\*\.toml"):
        read_lender(tmp_path)
    (tmp_path / "products").mkdir()
    (tmp_path / "products" / "x.toml").write_bytes("名".encode("gb18030"))
    with pytest.raises(Stopped, match="isn't UTF-8 text: save it again as UTF-8"):
        read_lender(tmp_path)
