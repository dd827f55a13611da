"""The faces that come with the package are what scripts/cut_faces.py cuts, byte for byte."""

from pathlib import Path

import pytest

from goodstanding.letters import faces
from scripts import cut_faces


def test_the_western_faces_come_out_the_same_when_they_are_cut_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Chinese ones are cut by the same functions, and take two minutes each."""
    monkeypatch.setattr(cut_faces, "FACES", tmp_path)
    cut_faces.main(["GS Sans"])
    cut = sorted(path.name for path in tmp_path.iterdir())
    assert cut == ["GSSans-Bold.ttf", "GSSans-Regular.ttf", "GSSans.json"]
    assert {name: (tmp_path / name).read_bytes() == (faces.HERE / name).read_bytes() for name in cut} == dict.fromkeys(
        cut, True
    )
