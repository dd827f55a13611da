"""Keys on a device, tried on SoftHSM: made there, never out of it; letters sealed, verified, archived; what goes wrong.

Run by name: make test-hsm. It fails, and says why, where SoftHSM isn't installed.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from goodstanding.core.letter import LetterRefused
from goodstanding.letters.archive import kept, make_again
from goodstanding.letters.key_settings import Device, KeysError
from goodstanding.letters.keys import KeyFolder, SigningKey
from goodstanding.letters.press import Finished, Press, write_letter
from goodstanding.letters.token import read_token
from goodstanding.letters.typeset import Typesetter
from goodstanding.letters.verify import Outcome, verify
from tests.letters.finished import facts_of

ROOT = Path(__file__).resolve().parents[2]
PLACES = (
    "/usr/lib/softhsm",
    "/usr/lib/x86_64-linux-gnu/softhsm",
    "/usr/lib/aarch64-linux-gnu/softhsm",
    "/usr/lib64",
    "/usr/lib",
)
MADE, ROTATED = date(2026, 1, 5), date(2026, 12, 1)
PIN, VARIABLE = "4711-pin", "GOODSTANDING_TEST_PIN"

MISSING = (
    "SoftHSM, the device that these tests run against, isn't here ({}). Install it: apt-get install softhsm2, or name its"
    " library in SOFTHSM2_LIBRARY."
)


@pytest.fixture(scope="session")
def library() -> str:
    if named := os.environ.get("SOFTHSM2_LIBRARY"):
        return named
    for place in PLACES:
        if (found := Path(place, "libsofthsm2.so")).exists():
            return str(found)
    pytest.fail(MISSING.format("no libsofthsm2.so"))


@pytest.fixture(scope="session")
def device(library: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Device]:
    """A token of its own for the whole run: SoftHSM reads where its tokens are but once in a process."""
    place = tmp_path_factory.mktemp("softhsm")
    (place / "tokens").mkdir()
    (place / "softhsm2.conf").write_text(
        f"directories.tokendir = {place}/tokens\nlog.level = ERROR\n", encoding="utf-8"
    )
    patch = pytest.MonkeyPatch()
    patch.setenv("SOFTHSM2_CONF", str(place / "softhsm2.conf"))
    patch.setenv(VARIABLE, PIN)
    if not shutil.which("softhsm2-util"):
        pytest.fail(MISSING.format("no softhsm2-util"))
    for label in ("letters", "spare"):
        made = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "so-pin-1"]
        subprocess.run(made, check=True, capture_output=True)
    yield Device(library, "letters", VARIABLE)
    patch.undo()


@pytest.fixture
def keys(device: Device, tmp_path: Path) -> KeyFolder:
    folder = KeyFolder(tmp_path / "keys", device)
    folder.new("prairie", "Prairie Lending", on=MADE)
    return folder


def letter_with(key: SigningKey) -> Finished:
    language, facts = facts_of("en_short")
    facts = replace(facts, lender=replace(facts.lender, is_example=False))
    letter = write_letter(Press(key), "formal_overdue", facts, language)
    assert not isinstance(letter, LetterRefused)
    return letter


def test_a_letter_sealed_on_a_device_is_good_and_no_private_key_is_on_disk(keys: KeyFolder) -> None:
    (entry,) = keys.entries()
    assert sorted(path.name for path in (keys.folder / entry.id).iterdir()) == ["device.json", "seal.crt", "token.pub"]
    assert not any(b"PRIVATE" in path.read_bytes() for path in keys.folder.rglob("*") if path.is_file())
    assert verify(letter_with(keys.signing_key()).pdf, keys.public_keys()).is_good


def test_the_certificate_is_signed_by_the_key_on_the_device(keys: KeyFolder) -> None:
    (public,) = keys.public_keys()
    certificate = x509.load_der_x509_certificate(public.certificate)
    certificate.verify_directly_issued_by(certificate)
    assert certificate.subject.rfc4514_string() == "CN=Prairie Lending,O=Prairie Lending"


def test_a_letter_sealed_twice_differs_in_the_signature_of_its_seal_alone(keys: KeyFolder) -> None:
    one, two = (letter_with(keys.signing_key()) for _ in range(2))
    assert (one.token, one.record) == (two.token, two.record)
    assert one.pdf != two.pdf
    assert all(verify(letter.pdf, keys.public_keys()).is_good for letter in (one, two))


def test_the_archive_makes_a_letter_again_to_the_byte_without_the_device(keys: KeyFolder) -> None:
    letter = letter_with(keys.signing_key())
    again = make_again(kept(letter), Typesetter())
    assert not isinstance(again, LetterRefused) and again.is_same and again.pdf == letter.pdf


def test_a_rotated_key_goes_on_verifying_and_a_revoked_one_does_not(keys: KeyFolder) -> None:
    letter = letter_with(keys.signing_key())
    old, new = keys.rotate(on=ROTATED)
    assert (keys.signing_key().id, verify(letter.pdf, keys.public_keys()).is_good) == (new.id, True)
    keys.revoke(old.id, on=ROTATED)
    assert verify(letter.pdf, keys.public_keys()).is_genuine.outcome is Outcome.NO


def test_keys_in_files_are_rotated_onto_a_device(device: Device, tmp_path: Path) -> None:
    in_files = KeyFolder(tmp_path / "keys")
    first = in_files.new("prairie", "Prairie Lending", on=MADE)
    letter = letter_with(in_files.signing_key())
    keys = KeyFolder(tmp_path / "keys", device)
    _, second = keys.rotate(on=ROTATED)
    assert keys.on_device(first.id) is None and keys.on_device(second.id) is not None
    assert verify(letter.pdf, keys.public_keys()).is_good
    assert keys.signing_key().public.is_seal_of(b"x", keys.signing_key().sign(b"x"))


def test_a_key_signs_and_is_never_handed_out(keys: KeyFolder) -> None:
    key = keys.signing_key().seal_key
    with pytest.raises(TypeError, match="stays on its device"):
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with pytest.raises(TypeError, match="stays on its device"):
        key.private_numbers()
    with pytest.raises(TypeError, match="SHA-256"):
        key.sign(b"x", ec.ECDSA(hashes.SHA512()))


def test_keys_that_the_device_has_already_are_taken_by_their_labels(
    keys: KeyFolder, device: Device, tmp_path: Path
) -> None:
    (entry,) = keys.entries()
    lies = keys.on_device(entry.id)
    assert lies is not None
    other = KeyFolder(tmp_path / "other", device)
    assert other.new("prairie", "Prairie Lending", on=MADE, existing=(lies.seal, lies.token)).id == entry.id
    assert read_token(letter_with(other.signing_key()).token)[0].key == entry.id
    third = KeyFolder(tmp_path / "third", device)
    with pytest.raises(KeysError, match=f"isn't one on P-256|{lies.token}"):
        third.new("prairie", "Prairie Lending", on=MADE, existing=(lies.token, lies.seal))
    assert third.entries() == () and not third.folder.exists()


def test_a_key_that_may_be_taken_off_the_device_is_refused(device: Device, tmp_path: Path) -> None:
    import pkcs11

    token = pkcs11.lib(device.library).get_token(token_label="spare")
    with token.open(rw=True, user_pin=PIN) as session:
        curve = session.create_domain_parameters(
            pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: bytes.fromhex("06082a8648ce3d030107")}, local=True
        )
        loose = {pkcs11.Attribute.EXTRACTABLE: True, pkcs11.Attribute.SENSITIVE: False}
        curve.generate_keypair(store=True, label="loose", private_template=loose)
    spare = replace(device, token="spare")
    with pytest.raises(KeysError, match="may be taken off"):
        KeyFolder(tmp_path, spare).new("prairie", "Prairie Lending", on=MADE, existing=("loose", "loose"))


def test_a_key_under_the_label_of_another_is_refused(keys: KeyFolder) -> None:
    (entry,) = keys.entries()
    new = keys.rotate(on=ROTATED)[1]
    shutil.copy(keys.folder / entry.id / "device.json", keys.folder / new.id / "device.json")
    with pytest.raises(KeysError, match="isn't the one that is known here"):
        keys.signing_key()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: replace(it, library="/nowhere/lib.so"), "library /nowhere/lib.so can't be used"),
        (lambda it: replace(it, token="lettres"), "no token called lettres \\(there is letters, spare\\)"),
        (lambda it: replace(it, pin_variable="UNSET_PIN"), "variable UNSET_PIN has no PIN"),
        (lambda it: replace(it, pin_file=Path("/nowhere/pin")), "/nowhere/pin.*can't be read"),
    ],
)
def test_what_is_missing_is_named(
    change: Callable[[Device], Device], said: str, device: Device, tmp_path: Path
) -> None:
    with pytest.raises(KeysError, match=said):
        KeyFolder(tmp_path / "keys", change(device)).new("prairie", "Prairie Lending", on=MADE)
    assert not (tmp_path / "keys").exists()


def test_a_label_that_is_gone_is_named_with_those_that_are_there(keys: KeyFolder) -> None:
    (entry,) = keys.entries()
    path = keys.folder / entry.id / "device.json"
    lies = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(lies | {"seal": "gone"}), encoding="utf-8")
    with pytest.raises(KeysError, match=f"no private key called gone \\(it has .*{lies['token']}"):
        keys.signing_key()


def test_a_key_on_a_device_that_lender_toml_no_longer_names_says_so(keys: KeyFolder, device: Device) -> None:
    with pytest.raises(KeysError, match=r"lender\.toml names none"):
        KeyFolder(keys.folder).signing_key()
    with pytest.raises(KeysError, match="names token spare"):
        KeyFolder(keys.folder, replace(device, token="spare")).signing_key()
    assert len(KeyFolder(keys.folder).public_keys()) == 1


# -- by the command line, where each command is a process of its own ------------------------------------------------


@pytest.fixture
def lender(device: Device, tmp_path: Path) -> Path:
    folder = tmp_path / "lender"
    shutil.copytree(ROOT / "lender", folder)
    text = (folder / "lender.toml").read_text(encoding="utf-8").replace("is_example = true\n", "")
    settings = f'[keys]\nfolder = "../keys"\nlibrary = "{device.library}"\ntoken = "letters"\npin_file = "../pin"\n\n'
    text = text.replace("[letterhead]", settings + "[letterhead]")
    (folder / "lender.toml").write_text(text, encoding="utf-8")
    write_pin(tmp_path, PIN)
    return folder


def write_pin(folder: Path, pin: str) -> None:
    (folder / "pin").write_text(f"{pin}\n", encoding="utf-8")
    (folder / "pin").chmod(0o600)


def said_by(*arguments: object, code: int = 0) -> str:
    command = [sys.executable, "-c", "from goodstanding.cli import main; main()", *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert ran.returncode == code, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def test_the_commands_make_list_rotate_and_publish_keys_on_a_device(lender: Path) -> None:
    assert "on token letters as qinghe_example-20260105" in said_by("keys", "new", "--lender", lender, "--on", MADE)
    said_by("keys", "rotate", "--lender", lender, "--on", ROTATED)
    listed = said_by("keys", "list", "--lender", lender).splitlines()
    assert ["retired" in listed[0], "in use" in listed[1], "on token letters" in listed[1]] == [True] * 3
    published = json.loads(said_by("keys", "publish", "--lender", lender))
    assert [one["crv"] for one in published["keys"]] == ["P-256", "Ed25519"] * 2
    revoked = said_by("keys", "revoke", listed[0].split()[0], "--lender", lender, "--on", ROTATED)
    assert "revoked on" in revoked


def test_a_wrong_pin_is_tried_once_and_a_pin_that_others_may_read_not_at_all(lender: Path) -> None:
    write_pin(lender.parent, "wrong")
    assert "refuses the PIN from" in said_by("keys", "new", "--lender", lender, code=1)
    (lender.parent / "pin").chmod(0o644)
    assert "can be read by others (mode 644)" in said_by("keys", "new", "--lender", lender, code=1)
    assert not (lender.parent / "keys").exists()


def test_a_day_is_sealed_on_the_device_by_two_processes_and_a_lost_letter_is_superseded(lender: Path) -> None:
    out, day = lender.parent / "out", "2026-11-23"
    said_by("keys", "new", "--lender", lender, "--on", MADE)
    run = ("run", "--book", ROOT / "samples" / "qinghe", "--lender", lender, "--as-of", day, "--out", out)
    said_by(*run)
    pdfs = sorted((out / day / "letters").glob("*.pdf"))
    assert len(pdfs) > 20
    assert "genuine     yes" in said_by("verify", pdfs[0], "--lender", lender, "--out", out)
    pdfs[0].unlink()
    said_by(*run)
    ledger = [json.loads(line) for line in (out / "letters.ledger.jsonl").read_text(encoding="utf-8").splitlines()]
    again = [one for one in ledger if one.get("supersedes")]
    assert [(one["loan_id"], one["state"], one["revision"]) for one in again] == [
        (pdfs[0].name.partition("_")[0], "written", 2)
    ]
    assert "genuine     yes" in said_by(
        "verify",
        *(out / day / path for path in again[0]["files"] if path.endswith(".pdf")),
        "--lender",
        lender,
        "--out",
        out,
    )
    assert "nothing to do" in said_by(*run).lower() or len(
        (out / "letters.ledger.jsonl").read_text(encoding="utf-8").splitlines()
    ) == len(ledger)
