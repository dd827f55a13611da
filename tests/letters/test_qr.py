"""The code: another encoder's example, and the shape a reader looks for."""

import pytest

from goodstanding.letters.qr import squares, svg


def test_a_code_is_as_large_as_its_text_needs() -> None:
    assert [len(squares("x" * count)) for count in (1, 14, 15, 213, 214, 666)] == [21, 21, 25, 57, 61, 97]


def test_a_text_that_no_code_holds_is_refused_with_the_most_it_may_have() -> None:
    with pytest.raises(ValueError, match="it holds 666 at most"):
        squares("x" * 667)


def test_three_corners_have_the_pattern_that_readers_look_for() -> None:
    code = squares("GS1.ABC")
    ring = [[1] * 7, [1, 0, 0, 0, 0, 0, 1], *[[1, 0, 1, 1, 1, 0, 1]] * 3, [1, 0, 0, 0, 0, 0, 1], [1] * 7]
    for corner in (code[:7, :7], code[:7, -7:], code[-7:, :7]):
        assert corner.tolist() == ring


def test_the_drawing_is_dark_where_the_code_is() -> None:
    code = squares("GS1.ABC")
    assert svg(code).count("h") >= sum((row[1:] > row[:-1]).sum() for row in code)
    assert 'viewBox="0 0 29 29"' in svg(code)
