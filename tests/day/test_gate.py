"""The gate before each letter of the day: what is refused isn't written, and letters.csv says by which rule and until when."""

import csv
import io
import pickle
import re
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from goodstanding.book.conduct import Conduct
from goodstanding.core.conduct.facts import Acting, Actor, Debt, Facts, Hold, Person
from goodstanding.core.party import Borrower
from goodstanding.core.reading import BadValue
from goodstanding.day.gate import Settings, Told, evidence_of, late_notice, rules_of, settings_from_data
from goodstanding.day.lender import read_lender
from goodstanding.day.stop import Stopped
from goodstanding.law import places
from tests.day.books import CUT_OFF, LATE_ONE, Row, write_files
from tests.day.conftest import ONE_RULE, Run, lender_with


def book_with(folder: Path, **files: str) -> Path:
    """A book of one overdue loan, with files of conduct beside it."""
    book = write_files(folder / "files", [Row("L1", LATE_ONE)])
    for name, text in files.items():
        (book / f"{name}.csv").write_text(text, encoding="utf-8")
    return book


def borrower_of(book: Path) -> str:
    with (book / "borrowers.csv").open(encoding="utf-8-sig", newline="") as file:
        return next(csv.DictReader(file))["borrower_id"]


def contacts(out: Path) -> list[dict[str, str]]:
    text = (out / CUT_OFF.isoformat() / "letters.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_letter_that_nothing_forbids_is_written(run: Run, tmp_path: Path) -> None:
    summary = run(book_with(tmp_path))

    assert (summary.letters_written, summary.kept["counts"]["letters_held_by_law"]) == (1, 0)


def test_a_plan_holds_a_letter_back_and_says_since_when(run: Run, tmp_path: Path) -> None:
    book = book_with(tmp_path)
    person = borrower_of(book)
    (book / "holds.csv").write_text(
        f"borrower_id,kind,began_at\n{person},plan,2026-11-20T10:00+08:00\n", encoding="utf-8"
    )

    summary = run(book)
    (line,) = contacts(summary.folder.parent)

    assert summary.letters_written == 0
    assert line["outcome"] == "held"
    assert "plan since 2026-11-20" in line["detail"]


def test_a_wish_against_letters_is_kept(run: Run, tmp_path: Path) -> None:
    book = book_with(tmp_path)
    person = borrower_of(book)
    (book / "preferences.csv").write_text(
        f"borrower_id,wish,received_at,channels\n{person},not_by_channel,2026-11-20T10:00+08:00,letter\n",
        encoding="utf-8",
    )

    summary = run(book)
    (line,) = contacts(summary.folder.parent)

    assert summary.letters_written == 0
    assert "house/wished_means" in line["detail"]


def test_nobody_is_written_to_of_whom_a_row_can_not_be_read(run: Run, tmp_path: Path) -> None:
    book = book_with(tmp_path)
    (book / "holds.csv").write_text(f"borrower_id,kind,began_at\n{borrower_of(book)},dispute,soon\n", encoding="utf-8")

    summary = run(book)
    (line,) = contacts(summary.folder.parent)

    assert summary.letters_written == 0
    assert "rows of this person in holds can't be read" in line["detail"]


def test_a_letter_that_stands_is_withdrawn_when_the_gate_refuses_it_now(run: Run, tmp_path: Path) -> None:
    book = book_with(tmp_path)
    first = run(book)
    (book / "holds.csv").write_text(
        f"borrower_id,kind,began_at\n{borrower_of(book)},plan,2026-11-20T10:00+08:00\n", encoding="utf-8"
    )
    second = run(book)

    assert (first.letters_written, second.letters_withdrawn) == (1, 1)


def test_forms_are_judged_by_the_hour_at_which_they_go_out(run: Run, tmp_path: Path) -> None:
    lender = lender_with(f'{ONE_RULE}forms = ["pdf", "text", "sms"]\n', tmp_path / "lender")
    book = book_with(tmp_path)

    summary = run(book, lender=lender, at=datetime(2026, 11, 23, 23, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
    lines = contacts(summary.folder.parent)

    assert {one["outcome"] for one in lines} == {"written", "held"}
    held = next(one for one in lines if one["outcome"] == "held")
    assert held["detail"].startswith("as sms: cn/hours: ")
    assert "It would be allowed from 2026-11-24T08:00:01+08:00." in held["detail"]


def test_without_conduct_in_lender_toml_nobody_is_written_to(run: Run, tmp_path: Path) -> None:
    lender = lender_with(ONE_RULE, tmp_path / "lender")
    text = (lender / "lender.toml").read_text(encoding="utf-8")
    start = text.index("[conduct]")
    (lender / "lender.toml").write_text(
        text[:start] + text[text.index("# Who is written to", start) :], encoding="utf-8"
    )

    summary = run(book_with(tmp_path), lender=lender)

    assert summary.letters_written == 0
    assert any("has no [conduct]" in remark for remark in summary.kept["remarks"])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"actor": "creditor", "licence": "bank"}, '"layers" is missing'),
        ({"actor": "creditor", "licence": "nonne", "layers": ["cn"]}, '"nonne" isn\'t one of bank, consumer_finance'),
        (
            {"actor": "creditor", "licence": "bank", "layers": ["cn"], "products": {"p": "credit_card"}},
            'products.p: "credit_card" isn\'t one of loan, card',
        ),
        (
            {"actor": "creditor", "licence": "bank", "layers": ["cn"], "sends_at": "24:00"},
            '"24:00" is the next day: the last is 23:59',
        ),
        ({"actor": "lender", "licence": "bank", "layers": ["cn"]}, '"lender" isn\'t one of creditor'),
        ({"actor": "creditor", "licence": "bank", "layers": ["atlantis"]}, 'no body of law or rule called "atlantis"'),
        (
            {"actor": "creditor", "licence": "bank", "layers": ["cn"], "stricter": {"cn/hours": {"to": "23:00"}}},
            "to = 23:00 is looser than the rule's own 22:00",
        ),
        (
            {
                "actor": "creditor",
                "licence": "bank",
                "layers": ["cn"],
                "stricter": {"cn/hours": {"from": "09:00", "to": "08:30"}},
            },
            "the end must come after the start",
        ),
        (
            {"actor": "creditor", "licence": "bank", "layers": ["cn"], "stricter": {"cn/hours": {"from": "9:00"}}},
            '"9:00" isn\'t a time of day',
        ),
        (
            {"actor": "creditor", "licence": "bank", "layers": ["cn/hours"]},
            '"cn/hours" isn\'t a whole body of law',
        ),
    ],
)
def test_a_conduct_that_can_not_be_read_gets_a_sentence(data: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadValue) as bad:
        settings_from_data(data)
    assert sentence in str(bad.value)


def test_the_lender_says_at_which_hour_its_letters_go_out(run: Run, tmp_path: Path) -> None:
    lender = lender_with(f'{ONE_RULE}forms = ["pdf", "text", "sms"]\n', tmp_path / "lender")
    file = lender / "lender.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('layers = ["cn"]', 'layers = ["cn"]\nsends_at = "22:30"'), encoding="utf-8")

    summary = run(book_with(tmp_path), lender=lender)

    held = next(one for one in contacts(summary.folder.parent) if one["outcome"] == "held")
    assert "cn/hours: It is 22:30:00 in Asia/Shanghai" in held["detail"]


def test_a_product_that_the_lender_does_not_have_gets_a_sentence(tmp_path: Path) -> None:
    lender = lender_with(ONE_RULE, tmp_path / "lender")
    file = lender / "lender.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('cn_bill = "loan"', 'cn_bil = "card"'), encoding="utf-8")

    with pytest.raises(Stopped, match=re.escape('conduct.products: "cn_bil" isn\'t a file in products/')):
        read_lender(lender)


def test_what_the_gate_is_told_can_be_handed_to_another_process() -> None:
    at = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    told = Told(
        Settings(Actor.CREDITOR, "bank", ("cn",)), at, Conduct(holds=(Hold("plan", at),), hold_answers=("",)), (), "p"
    )

    assert pickle.loads(pickle.dumps(told)) == told


def test_every_indication_of_where_a_person_is_counts() -> None:
    person = Borrower(
        "B1", "Ann", "en", country="US", region="US-CO", phones=("+1 808 555 0123",), zone="America/New_York"
    )

    assert {zone.key for one in evidence_of(person) for zone in one.zones} == {
        "America/Denver",
        "Pacific/Honolulu",
        "America/New_York",
    }


def test_a_countrys_law_brings_that_of_its_states_and_a_states_that_of_its_country() -> None:
    for chosen in (["us"], ["us-ma"], ["us-nyc"]):
        rules = rules_of(settings_from_data({"actor": "creditor", "licence": "bank", "layers": chosen}))

        assert {"us", "us-ma", "us-nyc"} <= {one.layer for one in rules.rules}
    rules = rules_of(settings_from_data({"actor": "creditor", "licence": "bank", "layers": ["cn"]}))
    assert {one.layer for one in rules.rules} == {"house", "cn"}


@pytest.mark.parametrize(
    ("key", "sentence", "rule"),
    [
        ("opening", "逾期未还者，將 被 列 入 失信被執行人名單。", "cn/words/enforcement"),
        ("running_head", "{lender} {reference} 拘\u200b留通知", "cn/words/forbidden"),
        ("code.caption", "法.院传票", "house/words"),
        ("opening", "下次来的就不是我一个人了。", "house/own_words"),
    ],
)
def test_a_threat_in_the_lenders_own_wording_goes_out_nowhere(
    run: Run, tmp_path: Path, key: str, sentence: str, rule: str
) -> None:
    lender = lender_with(ONE_RULE, tmp_path / "lender")
    folder = lender / "wording" / "formal_overdue"
    folder.mkdir(parents=True)
    (folder / "zh_hans.toml").write_text(
        f'language = "zh-Hans"\nversion = "2026-01-01"\n{key} = "{sentence}"\n', encoding="utf-8"
    )

    summary = run(book_with(tmp_path), lender=lender)
    (line,) = contacts(summary.folder.parent)

    assert summary.letters_written == 0
    assert rule in line["detail"]


@pytest.mark.parametrize(("day", "says"), [(4, ""), (5, "1 day late"), (7, "3 days late")])
def test_a_notice_of_the_laws_that_comes_too_late_is_told(day: int, says: str) -> None:
    told = Told(
        Settings(Actor.CREDITOR, "bank", ("uk",)),
        datetime(2026, 11, day, 10, tzinfo=ZoneInfo("Europe/London")),
        Conduct(),
        (),
        "loan",
    )
    answers: dict[str, bool | date] = {"running_account": False, "last_notice_on": date(2026, 5, 4)}
    known = Facts(
        Acting(Actor.CREDITOR, "bank"),
        Person("B1", evidence=(places.evidence("address", "GB-ENG"),)),
        debts={"L1": Debt("L1", given=answers)},
    )

    assert says in late_notice("arrears_notice", known, told)
    assert bool(late_notice("arrears_notice", known, told)) is bool(says)
    assert late_notice("formal_overdue", known, told) == ""
