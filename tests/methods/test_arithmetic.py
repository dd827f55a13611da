"""The check of shown arithmetic lets what is right pass and finds what is wrong."""

import pytest

from tests.methods.arithmetic import wrong


@pytest.mark.parametrize(
    "shown",
    [
        "10,000.00 × 18 % × 22 ÷ 365 = 108.4931… → 108.49",
        "2026-02-23 − 2026-02-01 = 22",
        "1,000.00 × (1 + 1 %)^3 = 1,030.301",
        "10.00 × 0.05 % = 0.005 → 0.00 (half even)",
        "340.0221 → 341 (up)",
        "0.00 − 40.00 = −40.00",
        "min(3; 2) + max(1; 4) = 6",
    ],
)
def test_what_holds_passes(shown: str) -> None:
    assert wrong(shown) is None


@pytest.mark.parametrize(
    "shown",
    [
        "10,000.00 × 18 % × 22 ÷ 365 = 108.4932… → 108.49",
        "10,000.00 × 18 % × 22 ÷ 365 = 108.4931… → 108.50",
        "10,000.00 × 18 % × 22 ÷ 365 = 108.49",
        "1 + 1 = 2…",
        "2026-03-01 − 2026-02-01 = 29",
        "0.005 → 0.01 (down)",
    ],
)
def test_what_does_not_hold_is_found(shown: str) -> None:
    assert wrong(shown) is not None


@pytest.mark.parametrize("shown", ["1 + = 1", "one = 1", "1 = 1, and more", "(1 + 1 = 2"])
def test_what_is_no_arithmetic_is_refused(shown: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        wrong(shown)
