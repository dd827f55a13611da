"""What docs/guides/add_a_jurisdiction.md shows of the files is what stands in them."""

import re
from pathlib import Path

import pytest

from goodstanding.law.here import HERE
from goodstanding.law.pages import DOCS
from tests.law.files import CASES

GUIDE = DOCS / "guides" / "add_a_jurisdiction.md"
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
FILES = [HERE / "layers.yaml", HERE / "ph" / "hours.yaml", CASES / "ph" / "contacts.yaml"]


@pytest.mark.parametrize(("block", "file"), list(zip(BLOCKS, FILES, strict=True)), ids=[one.name for one in FILES])
def test_the_guide_shows_what_stands_in_the_file(block: str, file: Path) -> None:
    assert block in file.read_text(encoding="utf-8")
