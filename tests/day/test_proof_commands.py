"""`goodstanding keys` and `goodstanding verify`, as a lender, a borrower and a court would use them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from goodstanding.cli import main
from tests.letters.finished import facts_of, finished


def goodstanding(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def lender(tmp_path: Path) -> Path:
    """The example lender with a folder for keys."""
    import shutil

    folder = tmp_path / "lender"
    shutil.copytree(Path(__file__).resolve().parents[2] / "lender", folder)
    text = (folder / "lender.toml").read_text(encoding="utf-8")
    (folder / "lender.toml").write_text('keys = "../keys"\n' + text, encoding="utf-8")
    return folder


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.pdf"
    path.write_bytes(finished().pdf)
    return path


def test_keys_are_made_rotated_listed_revoked_and_published(lender: Path, tmp_path: Path) -> None:
    assert goodstanding("keys", "list", "--lender", lender).output.startswith("There is no key yet")
    made = goodstanding("keys", "new", "--lender", lender, "--on", "2026-11-01")
    assert made.exit_code == 0 and "in use" in made.output
    assert "rotate" in goodstanding("keys", "new", "--lender", lender).output
    assert goodstanding("keys", "rotate", "--lender", lender, "--on", "2026-12-01").exit_code == 0
    listed = goodstanding("keys", "list", "--lender", lender).output
    assert "retired on 1 December 2026" in listed and listed.count("\n") == 2
    published = tmp_path / "jwks.json"
    assert goodstanding("keys", "publish", "--lender", lender, "--out", published).exit_code == 0
    assert len(json.loads(published.read_text(encoding="utf-8"))["keys"]) == 4
    old = listed.split()[0]
    assert "revoked" in goodstanding("keys", "revoke", old, "--lender", lender).output
    assert "keys list" in goodstanding("keys", "revoke", "00000000", "--lender", lender).output


def test_a_lender_that_names_no_folder_of_keys_is_told_how(lender: Path) -> None:
    path = lender / "lender.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('keys = "../keys"\n', ""), encoding="utf-8")
    stopped = goodstanding("keys", "new", "--lender", lender)
    assert stopped.exit_code == 1 and 'keys = "../keys"' in stopped.output


def test_a_day_that_is_none_is_refused(lender: Path) -> None:
    assert goodstanding("keys", "new", "--lender", lender, "--on", "31/12/2026").exit_code == 2


def test_verify_says_on_one_screen_what_was_found(letter: Path) -> None:
    found = goodstanding("verify", letter)
    assert found.exit_code == 3  # the demonstration key proves nothing
    for said in ("genuine", "intact", "recomputed", "every figure agrees", "proves nothing", "not known: give --out"):
        assert said in found.output
    assert len(found.output.splitlines()) < 12


def test_verify_names_what_was_changed(letter: Path) -> None:
    letter.write_bytes(letter.read_bytes() + b"\n")
    found = goodstanding("verify", letter, "--json")
    (said,) = json.loads(found.output)
    assert (found.exit_code, said["is_good"], said["intact"]["outcome"]) == (3, False, "no")


def test_a_code_is_verified_by_itself() -> None:
    found = goodstanding("verify", "--code", finished().token)
    assert "The code is genuine" in found.output and finished().content.reference in found.output
    said = json.loads(goodstanding("verify", "--code", finished().token, "--json").output)
    assert said["amount_minor"] == facts_of("en_short")[1].assessment.amount_to_cure
    assert goodstanding("verify", "--code", "hello").exit_code == 1
    other = finished().token[:-1] + ("A" if finished().token[-1] != "A" else "Q")
    assert (
        "NOT to be trusted" in goodstanding("verify", "--code", other).output
        or "isn't the code" in goodstanding("verify", "--code", other).output
    )


def test_misuse_is_told_in_a_sentence(letter: Path, tmp_path: Path) -> None:
    assert goodstanding("verify").exit_code == 2
    assert goodstanding("verify", letter, "--code", "x").exit_code == 2
    for words in (
        (tmp_path / "none.pdf",),
        (letter, "--keys", tmp_path / "none.json"),
        (letter, "--out", tmp_path),
        (letter, "--lender", tmp_path),
    ):
        stopped = goodstanding("verify", *words)
        assert (stopped.exit_code, stopped.output.startswith("Stopped: ")) == (1, True), stopped.output
