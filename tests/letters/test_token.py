"""The token: what it says comes back, what was misread or altered doesn't pass."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.letters.example_key import example_key
from goodstanding.letters.keys import PublicKey
from goodstanding.letters.token import PREFIX, BadToken, claim_of, read_token, write_token
from goodstanding.letters.verify import Outcome, verify_token

KEYS: list[PublicKey] = [example_key().public]
CLAIM = claim_of(
    reference="QH-26-7K2M9X",
    loan_id="L-000123",
    amount=1_409_50,
    currency="CNY",
    issued_on=date(2026, 11, 23),
    key=example_key().id,
    record=b"{}",
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TOKEN = write_token(CLAIM, example_key().sign_token)


@given(
    TEXTS,
    TEXTS,
    st.integers(0, 10**13),
    st.dates(date(2026, 1, 1), date(2150, 12, 31)),
)
def test_a_claim_comes_back_from_its_token(reference: str, loan_id: str, amount: int, issued_on: date) -> None:
    claim = claim_of(
        reference=reference,
        loan_id=loan_id,
        amount=amount,
        currency="HKD",
        issued_on=issued_on,
        key=example_key().id,
        record=b"x",
    )
    token = write_token(claim, example_key().sign_token)
    assert verify_token(token, KEYS)[0] == claim
    assert verify_token(f"https://lender.example/v/{token}", KEYS)[1].outcome is Outcome.YES


def test_a_token_stays_short_enough_for_a_small_code() -> None:
    assert len(TOKEN) < 200
    assert set(TOKEN) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.")


@pytest.mark.parametrize("place", range(len(PREFIX), len(TOKEN)))
def test_any_changed_character_is_noticed(place: int) -> None:
    other = "A" if TOKEN[place] != "A" else "B"
    changed = TOKEN[:place] + other + TOKEN[place + 1 :]
    try:
        _, answer = verify_token(changed, KEYS)
    except BadToken:
        return
    assert answer.outcome is not Outcome.YES


@pytest.mark.parametrize(
    "text", ["", "hello", PREFIX, TOKEN[:-3], TOKEN + "A", TOKEN.lower(), TOKEN + "=", "GS2." + TOKEN[4:]]
)
def test_what_is_no_token_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadToken, match=r"\w+ \w+"):
        read_token(text)


def test_a_token_of_an_unknown_key_is_said_to_be_unknown() -> None:
    assert verify_token(TOKEN, [])[1].outcome is Outcome.UNKNOWN


def test_a_token_signed_with_another_key_than_it_names_is_false() -> None:
    other = write_token(replace(CLAIM, amount=1), lambda data: example_key().sign_token(data + b"!"))
    assert verify_token(other, KEYS)[1].outcome is Outcome.NO
