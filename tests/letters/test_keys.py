"""Keys: made once, rotated, revoked, readable by their owner alone, published and read again."""

import json
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from goodstanding.core.letter import LetterRefused
from goodstanding.core.reading import BadValue
from goodstanding.letters.example_key import example_key
from goodstanding.letters.key_settings import Device, KeysError, KeySettings, key_settings_from_data
from goodstanding.letters.keys import KeyFolder, jwks, read_jwks
from goodstanding.letters.press import Press, write_letter
from goodstanding.letters.verify import Outcome, verify
from tests.letters.finished import facts_of

MADE, ROTATED = date(2026, 1, 5), date(2026, 12, 1)


@pytest.fixture
def keys(tmp_path: Path) -> KeyFolder:
    folder = KeyFolder(tmp_path / "keys")
    folder.new("prairie", "Prairie Lending", on=MADE)
    return folder


def letter_with(keys: KeyFolder, on: date = date(2026, 11, 23)) -> bytes:
    language, facts = facts_of("en_short")
    facts = replace(facts, lender=replace(facts.lender, is_example=False))
    letter = write_letter(Press(keys.signing_key()), "formal_overdue", facts, language)
    assert not isinstance(letter, LetterRefused) and facts.issued_on == on
    return letter.pdf


def test_private_keys_are_readable_by_their_owner_alone(keys: KeyFolder) -> None:
    (entry,) = keys.entries()
    for name in ("seal.pem", "token.pem"):
        assert stat.S_IMODE((keys.folder / entry.id / name).stat().st_mode) == 0o600
    (keys.folder / entry.id / "seal.pem").chmod(0o640)
    with pytest.raises(KeysError, match="can be read by others"):
        keys.signing_key()


def test_one_key_is_in_use(keys: KeyFolder) -> None:
    with pytest.raises(KeysError, match="rotate"):
        keys.new("prairie", "Prairie Lending", on=MADE)
    old, new = keys.rotate(on=ROTATED)
    assert [one.state for one in keys.entries()] == ["retired", "in use"]
    assert (keys.signing_key().id, old.retired_on) == (new.id, ROTATED)


def test_a_retired_key_goes_on_verifying_and_a_revoked_one_does_not(keys: KeyFolder) -> None:
    pdf = letter_with(keys)
    old, _ = keys.rotate(on=ROTATED)
    assert verify(pdf, keys.public_keys()).is_good
    keys.revoke(old.id, on=ROTATED)
    found = verify(pdf, keys.public_keys()).is_genuine
    assert (found.outcome, "revoked" in found.why[0]) == (Outcome.NO, True)


def test_a_letter_dated_after_its_key_was_retired_is_not_genuine(keys: KeyFolder) -> None:
    pdf = letter_with(keys)
    keys.rotate(on=date(2026, 11, 1))
    assert verify(pdf, keys.public_keys()).is_genuine.outcome is Outcome.NO


def test_published_keys_are_read_again_the_same_and_hold_nothing_private(keys: KeyFolder) -> None:
    pdf = letter_with(keys)
    keys.rotate(on=ROTATED)
    text = json.dumps(jwks(keys.public_keys()))
    found = read_jwks(text)
    assert [(one.entry, one.certificate) for one in found] == [
        (one.entry, one.certificate) for one in keys.public_keys()
    ]
    assert '"d"' not in text and "PRIVATE" not in text
    assert verify(pdf, found).is_genuine.outcome is Outcome.YES


@pytest.mark.parametrize("text", ["", "[]", '{"keys": [{}]}', '{"keys": [{"kid": "1-seal"}]}'])
def test_what_is_not_published_keys_is_refused(text: str) -> None:
    with pytest.raises(KeysError):
        read_jwks(text)


def test_a_published_key_that_was_altered_is_refused(keys: KeyFolder) -> None:
    data = jwks(keys.public_keys())
    data["keys"][0]["x"] = data["keys"][0]["y"]
    with pytest.raises(KeysError, match="another key"):
        read_jwks(json.dumps(data))
    data = jwks(keys.public_keys())
    data["keys"][1]["x"] = jwks([example_key().public])["keys"][1]["x"]
    with pytest.raises(KeysError):
        read_jwks(json.dumps(data))


def test_the_demonstration_key_seals_for_examples_alone() -> None:
    language, facts = facts_of("en_short")
    real = replace(facts, lender=replace(facts.lender, is_example=False))
    with pytest.raises(KeysError, match="keys new"):
        write_letter(Press(example_key()), "formal_overdue", real, language)


def test_a_folder_without_keys_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(KeysError, match="keys new"):
        KeyFolder(tmp_path).signing_key()
    (tmp_path / "keys.json").write_text("{", encoding="utf-8")
    with pytest.raises(KeysError, match="backup"):
        KeyFolder(tmp_path).entries()


# -- where keys lie, as lender.toml says it. Keys on a device are tried in tests/hsm --------------------------------

HERE = Path("lender")
ON_DEVICE = {"folder": "../keys", "library": "/opt/maker.so", "token": "letters"}


def test_keys_are_a_folder_or_a_table_that_names_a_device() -> None:
    assert key_settings_from_data("../keys", HERE) == KeySettings(HERE / "../keys")
    assert key_settings_from_data({"folder": "../keys"}, HERE) == KeySettings(HERE / "../keys")
    by_variable = key_settings_from_data(ON_DEVICE | {"pin_variable": "PIN"}, HERE)
    assert by_variable == KeySettings(HERE / "../keys", Device("/opt/maker.so", "letters", "PIN"))
    by_file = key_settings_from_data(ON_DEVICE | {"pin_file": "../pin"}, HERE).device
    assert by_file is not None and by_file.pin_file == HERE / "../pin"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"library": "/opt/maker.so"}, '"folder" is missing'),
        (ON_DEVICE | {"token": None, "pin_variable": "PIN"}, '"token" is missing'),
        ({"folder": "../keys", "pin_file": "../pin"}, '"library" is missing'),
        (ON_DEVICE, "one of pin_variable and pin_file"),
        (ON_DEVICE | {"pin_variable": "PIN", "pin_file": "../pin"}, "one of pin_variable and pin_file"),
        (ON_DEVICE | {"pin": "1234"}, "never stands in this file"),
        (ON_DEVICE | {"pin_vairable": "PIN"}, 'nearest is "pin_variable"'),
    ],
)
def test_a_table_of_keys_that_lacks_something_says_what(value: dict[str, str], said: str) -> None:
    with pytest.raises(BadValue, match=said):
        key_settings_from_data(value, HERE)


def test_a_pin_is_read_from_a_file_of_its_owners_alone_or_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pin"
    in_file = Device("/opt/maker.so", "letters", pin_file=path)
    with pytest.raises(KeysError, match="can't be read"):
        in_file.pin()
    path.write_text(" 12 34\n", encoding="utf-8")
    path.chmod(0o640)
    with pytest.raises(KeysError, match="can be read by others"):
        in_file.pin()
    path.chmod(0o600)
    assert in_file.pin() == "12 34"
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(KeysError, match="is empty"):
        in_file.pin()
    monkeypatch.setenv("A_PIN", "1234")
    assert Device("/opt/maker.so", "letters", "A_PIN").pin() == "1234"
    monkeypatch.delenv("A_PIN")
    with pytest.raises(KeysError, match="A_PIN has no PIN"):
        Device("/opt/maker.so", "letters", "A_PIN").pin()


def test_a_device_whose_library_is_missing_stops_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_PIN", "1234")
    folder = KeyFolder(tmp_path / "keys", Device("/nowhere/maker.so", "letters", "A_PIN"))
    with pytest.raises(KeysError, match=r"library /nowhere/maker\.so can't be used"):
        folder.new("prairie", "Prairie Lending", on=MADE)
    assert not folder.folder.exists()
