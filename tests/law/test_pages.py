"""The law's pages in the documentation say what its data says."""

from pathlib import Path

import pytest

from goodstanding.law.pages import DOCS, pages

PAGES = list(pages())


@pytest.mark.parametrize(("path", "text"), PAGES, ids=[path.name for path, _ in PAGES])
def test_a_page_says_what_the_data_says(path: Path, text: str) -> None:
    written = path.read_text(encoding="utf-8") if path.exists() else ""

    assert written == text, f"{path.relative_to(DOCS)} is stale: run python -m goodstanding.law.pages"
