"""`goodstanding letters`: which letters there are, and approvals that a changed word undoes."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from goodstanding.cli import main

LENDER = Path(__file__).resolve().parents[2] / "lender"


@pytest.fixture
def lender(tmp_path: Path) -> Path:
    shutil.copytree(LENDER, tmp_path / "lender")
    return tmp_path / "lender"


def letters(*args: str | Path) -> Result:
    return CliRunner().invoke(main, ["letters", *map(str, args)])


def approve(lender: Path, *args: str) -> Result:
    return letters(
        "approve", *args, "--language", "en", "--by", 'Lin "Y" Yue', "--on", "2026-12-01", "--lender", lender
    )


def line_of(lender: Path, role: str = "borrower") -> str:
    shown = letters("wording", "--letter", "first_notice", "--language", "en", "--lender", lender)
    assert shown.exit_code == 0, shown.output
    return next(line for line in shown.output.splitlines() if f" {role} " in line)


def test_only_letters_of_the_lenders_law_are_listed(lender: Path) -> None:
    names = [line.split()[0] for line in letters("list", "--lender", lender).output.splitlines()]
    assert "credit_reporting_notice" in names
    assert not {"arrears_notice", "default_notice", "validation_notice"} & set(names)


def test_nobody_has_approved_our_words(lender: Path) -> None:
    lines = letters("wording", "--lender", lender).output.splitlines()
    assert len(lines) > 50
    assert all(line.endswith("approved by nobody yet") for line in lines)


def test_an_approval_holds_until_a_sentence_changes(lender: Path) -> None:
    done = approve(lender, "first_notice")
    assert done.exit_code == 0, done.output
    assert line_of(lender).endswith('approved by Lin "Y" Yue on 2026-12-01')
    assert line_of(lender, "co_borrower").endswith(line_of(lender).split("  ")[-1])  # the same sentences
    folder = lender / "wording" / "first_notice"
    folder.mkdir(parents=True)
    (folder / "en.toml").write_text('language = "en"\nversion = "2026-12-02"\ntitle = "Hello"\n', encoding="utf-8")
    shown = line_of(lender)
    assert 'CHANGED since Lin "Y" Yue approved it on 2026-12-01' in shown
    assert shown.endswith("the lender's own: first_notice/en.toml")
    approve(lender, "first_notice")
    assert "approved by Lin" in line_of(lender)


def test_a_letter_of_another_law_or_a_reader_without_words_cannot_be_approved(lender: Path) -> None:
    assert "is a letter of uk" in approve(lender, "default_notice").output
    assert "has no words of its own" in approve(lender, "first_notice", "--to", "guarantor").output


def test_a_broken_file_of_approvals_is_named(lender: Path) -> None:
    (lender / "wording").mkdir()
    (lender / "wording" / "approvals.toml").write_text('[[approved]]\nletter = "first_notice"\n', encoding="utf-8")
    stopped = letters("wording", "--lender", lender)
    assert stopped.exit_code == 1
    assert "approvals.toml" in stopped.output
    assert '"language" is missing' in stopped.output


@pytest.mark.parametrize(
    "link", ["http://x.example/{reference}", "https://x.example/", "https://x.example/{reference}{x}"]
)
def test_a_link_that_leads_nowhere_is_refused(link: str, lender: Path) -> None:
    path = lender / "lender.toml"
    said = path.read_text(encoding="utf-8")
    path.write_text(said.replace("https://qinghe.example/l/{reference}", link), encoding="utf-8")
    stopped = letters("list", "--lender", lender)
    assert stopped.exit_code == 1
    assert "letter_link" in stopped.output
