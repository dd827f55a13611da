"""The answers that rules ask for: each has a type and a meaning, and nothing got lost in between."""

from pathlib import Path

import pytest

from goodstanding.law import answers
from goodstanding.law.here import BadLaw


def test_a_meaning_cut_off_at_its_comma_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "answers.yaml").write_text("fee: {type: amount, means: The fee, in minor units.}\n", encoding="utf-8")
    monkeypatch.setattr(answers, "HERE", tmp_path)

    with pytest.raises(BadLaw, match='"fee" needs type and means and nothing else'):
        answers.answers.__wrapped__()
