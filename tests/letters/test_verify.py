"""Verifying: a letter as it was sealed passes; whatever is changed in it, however small, is found and named."""

import io
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from goodstanding.core.letter import LetterContent, Table, content_data
from goodstanding.letters.attached import CODE
from goodstanding.letters.example_key import example_key
from goodstanding.letters.keys import KeyFolder
from goodstanding.letters.record import record_of
from goodstanding.letters.seal import seal
from goodstanding.letters.token import claim_of, write_token
from goodstanding.letters.typeset import Typesetter
from goodstanding.letters.verify import Outcome, Verification, verify, verify_token
from tests.letters.finished import NAMES, facts_of, finished, unsealed

KEYS = [example_key().public]


def outcomes(found: Verification) -> tuple[Outcome, Outcome, Outcome]:
    return found.is_genuine.outcome, found.is_intact.outcome, found.agrees.outcome


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_as_it_was_sealed_passes(name: str) -> None:
    found = verify(finished(name).pdf, KEYS)
    assert outcomes(found) == (Outcome.YES, Outcome.YES, Outcome.YES), found
    assert (found.reference, found.issued_on) == (finished(name).content.reference, finished(name).content.issued_on)


def test_the_demonstration_key_proves_nothing() -> None:
    found = verify(finished().pdf, KEYS)
    assert found.is_example and not found.is_good


def test_a_letter_sealed_by_somebody_else_is_not_genuine() -> None:
    found = verify(finished().pdf, [])
    assert (found.is_genuine.outcome, found.is_good) == (Outcome.NO, False)


def changed(pdf: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """A letter opened with a tool that anybody has, changed and saved."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as file:
        change(file)
        file.save(out)
    return out.getvalue()


def test_a_letter_opened_and_saved_is_no_longer_as_it_was_sealed() -> None:
    found = verify(changed(finished().pdf, lambda file: None), KEYS)
    assert found.is_intact.outcome is not Outcome.YES
    assert not found.is_good


def test_bytes_added_at_the_end_are_noticed() -> None:
    for more in (b"\n", b"\n%%EOF\n", b"1 0 obj\n<<>>\nendobj\n"):
        assert verify(finished().pdf + more, KEYS).is_intact.outcome is Outcome.NO


@pytest.mark.parametrize("share", [place / 23 for place in range(23)])
def test_any_changed_byte_is_noticed(share: float) -> None:
    pdf = bytearray(finished().pdf)
    pdf[int(len(pdf) * share)] ^= 1
    assert not _passes(bytes(pdf))


def _passes(pdf: bytes) -> bool:
    found = verify(pdf, KEYS)
    return all(one is Outcome.YES for one in outcomes(found))


def test_an_incremental_update_that_changes_the_amount_is_noticed() -> None:
    """As an editor would do it: the old file stands, a new page content stands behind it."""
    from pyhanko.pdf_utils.generic import pdf_name
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(finished().pdf))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page[pdf_name("/Rotate")] = type(page["/MediaBox"][0])(90)
    writer.mark_update(page.container_ref)
    out = io.BytesIO()
    writer.write(out)
    assert verify(out.getvalue(), KEYS).is_intact.outcome is Outcome.NO


def test_a_stripped_seal_is_noticed() -> None:
    def strip(file: pikepdf.Pdf) -> None:
        del file.Root.AcroForm
        for page in file.pages:
            page.Annots = pikepdf.Array([one for one in page.Annots if one.Subtype != pikepdf.Name.Widget])

    bare = unsealed("en_short").pdf
    for pdf in (changed(finished().pdf, strip), bare):
        assert not _passes(pdf)
    assert verify(bare, KEYS).is_genuine.why == ("it carries no seal of ours",)


def sealed(content: LetterContent, record: bytes, *, token: str | None = None, amount: int | None = None) -> bytes:
    """A letter that the lender's own key seals although its parts don't belong together: a fault of the lender's."""
    _, facts = facts_of("en_short")
    key = example_key()
    claim = claim_of(
        reference=facts.reference,
        loan_id=facts.loan.id,
        amount=facts.assessment.amount_to_cure if amount is None else amount,
        currency=facts.loan.currency,
        issued_on=facts.issued_on,
        key=key.id,
        record=record,
    )
    token = token or write_token(claim, key.sign_token)
    page = Typesetter().pdf(content, record=record, token=token)
    assert isinstance(page, bytes)
    return seal(page, key, on=facts.issued_on, describes="x", says={CODE: token})


def why(pdf: bytes) -> str:
    found = verify(pdf, KEYS)
    assert (found.is_genuine.outcome, found.is_intact.outcome) == (Outcome.YES, Outcome.YES)
    assert found.agrees.outcome is not Outcome.YES
    return "; ".join(found.agrees.why)


def test_a_digit_changed_on_the_page_is_named() -> None:
    content = finished().content
    text = content.key_figures[0].value
    digit = re.search(r"[1-8]", text)
    assert digit is not None
    other = text[: digit.start()] + str(int(digit[0]) + 1) + text[digit.end() :]
    figures = (replace(content.key_figures[0], value=other), *content.key_figures[1:])
    said = why(sealed(replace(content, key_figures=figures), finished().record))
    assert f'"{text}" isn\'t on the page' in said and "is on the page, but" in said


@pytest.mark.parametrize("part", [1, 3])
def test_a_digit_changed_in_a_table_of_the_page_is_named(part: int) -> None:
    content = finished().content
    block = next(one for one in content.parts[part].blocks if isinstance(one, Table))
    row = block.rows[0]
    place = next(place for place, cell in enumerate(row.cells) if re.search(r"\d\.\d\d", cell))
    cells = (*row.cells[:place], "987,654.32", *row.cells[place + 1 :])
    other = replace(block, rows=(replace(row, cells=cells), *block.rows[1:]))
    blocks = tuple(other if one is block else one for one in content.parts[part].blocks)
    parts = tuple(replace(one, blocks=blocks) if at == part else one for at, one in enumerate(content.parts))
    said = why(sealed(replace(content, parts=parts), finished().record))
    assert f'"{row.cells[place]}" isn\'t on the page' in said and '"987,654.32" is on the page' in said


def with_record(change: Callable[[dict[str, Any]], None]) -> bytes:
    data = json.loads(finished().record)
    change(data)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _a_figure(data: dict[str, Any]) -> None:
    data["figures"]["amount_to_cure"] = "1.00"


def _a_payment(data: dict[str, Any]) -> None:
    data["calculation"]["loan"]["transactions"].append(
        {"id": "X", "kind": "payment", "amount": "5.00", "effective_on": data["as_of"], "booked_on": data["as_of"]}
    )


def _a_rate(data: dict[str, Any]) -> None:
    data["calculation"]["policy"]["grace_days"] = 300


def _a_word(data: dict[str, Any]) -> None:
    data["content"]["title"] = "Final demand"


def _tomorrow(data: dict[str, Any]) -> None:
    data["facts"]["next_day_adds"] += 1


def _by_then(data: dict[str, Any]) -> None:
    data["facts"]["amount_by_pay_by"] -= 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_a_figure, "amount_to_cure is 1.00 in the letter"),
        (_a_payment, "amount_to_cure"),
        (_a_rate, "when worked out again"),
        (_a_word, "title: the letter says 'Final demand'"),
        (_tomorrow, "next_day_adds"),
        (_by_then, "amount_by_pay_by"),
    ],
)
def test_whatever_is_changed_in_the_record_is_named(change: Callable[[dict[str, Any]], None], named: str) -> None:
    assert named in why(sealed(finished().content, with_record(change)))


@pytest.mark.parametrize("record", [b"", b"[]", b"{}", b'{"format": "goodstanding letter 9"}', b"\xff"])
def test_a_record_that_cannot_be_read_counts_against_the_letter(record: bytes) -> None:
    if record == b"\xff":
        record = b'{"format": "goodstanding letter 1", "calculation": {"loan": {}}, "as_of": "2026-11-23"}'
    assert why(sealed(finished().content, record))


def test_another_letters_record_is_noticed() -> None:
    assert why(sealed(finished().content, finished("en_united_kingdom").record))


def test_another_letters_token_is_noticed() -> None:
    said = why(sealed(finished().content, finished().record, token=finished("en_united_kingdom").token))
    assert "its code has another" in said


def test_a_token_with_another_amount_is_noticed() -> None:
    assert "its code has another amount" in why(sealed(finished().content, finished().record, amount=1))


def test_a_second_attachment_is_noticed() -> None:
    def attach(file: pikepdf.Pdf) -> None:
        file.attachments["extra.json"] = pikepdf.AttachedFileSpec(file, b"{}", filename="extra.json")

    found = verify(changed(finished().pdf, attach), KEYS)
    assert found.agrees.outcome is Outcome.UNKNOWN and "nothing else" in found.agrees.why[0]


@pytest.mark.parametrize("data", [b"", b"not a pdf", b"%PDF-1.7\n", finished().pdf[:5000]])
def test_what_is_no_letter_is_told_apart_without_falling_over(data: bytes) -> None:
    assert not verify(data, KEYS).is_good


def test_a_letter_whose_wording_is_not_here_is_compared_by_its_figures() -> None:
    """An older release's words: the figures are still worked out and compared."""
    content = replace(finished().content, wording_hash="0" * 64, opening="Another opening.")
    _, facts = facts_of("en_short")
    found = verify(sealed(content, record_of(facts, content)), KEYS)
    assert found.agrees.outcome is Outcome.YES and "words not" in found.agrees.why[0]
    figures = (replace(content.key_figures[0], value="$1.00"), *content.key_figures[1:])
    other = replace(content, key_figures=figures)
    assert "worked out again it is" in why(sealed(other, record_of(facts, other)))


def test_a_letter_dated_before_its_key_was_made_is_not_genuine() -> None:
    key = example_key()
    for days, outcome in ((7, Outcome.YES), (8, Outcome.NO)):
        later = replace(
            key.public, entry=replace(key.entry, made_on=finished().content.issued_on + timedelta(days=days))
        )
        assert verify(finished().pdf, [later]).is_genuine.outcome is outcome


def test_the_demonstration_key_proves_nothing_of_a_lender_with_keys(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")
    folder.new("prairie", "Prairie Lending", on=date(2026, 1, 5))
    found = verify(finished().pdf, [example_key().public, *folder.public_keys()])
    assert found.is_genuine.outcome is Outcome.NO and "demonstration key" in found.is_genuine.why[0]
    _, answer = verify_token(finished().token, [example_key().public, *folder.public_keys()])
    assert answer.outcome is Outcome.NO


def _with_stream(packed: bytes, words: bytes) -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<<" + words + b">>\nstream\n" + packed + b"\nendstream\nendobj\n%%EOF"


@pytest.mark.parametrize(
    ("pdf", "said"),
    [
        (b"%PDF-1.7\n" + b" " * 4_000_000, "bytes, and no letter"),
        (_with_stream(zlib.compress(b"x" * 80_000_000), b"/Filter/FlateDecode"), "unpacked it would take"),
        (_with_stream(b"", b"/Filter [/FlateDecode /FlateDecode]"), "packed as no letter"),
    ],
    ids=["long", "packed", "packed twice"],
)
def test_a_file_that_would_take_much_memory_is_not_opened(pdf: bytes, said: str) -> None:
    found = verify(pdf, KEYS)
    assert found.is_genuine.outcome is Outcome.NO and said in found.agrees.why[0]


def test_the_record_holds_nothing_that_the_page_does_not_show() -> None:
    """The number and the phone are planted first."""
    _, facts = facts_of("en_short")
    person = replace(
        facts.borrower,
        id="B-17-SECRET",
        id_number="SECRET-123456",
        phones=("+1 555 0100999",),
        emails=("a@secret.example",),
    )
    record = record_of(replace(facts, borrower=person), finished().content).decode()
    assert "3456" in record
    for secret in ("SECRET", "0100999", "secret.example"):
        assert secret not in record


def test_content_in_the_record_is_the_content() -> None:
    data = json.loads(finished().record)
    assert data["content"] == json.loads(json.dumps(content_data(finished().content)))
