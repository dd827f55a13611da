"""The documentation's build refuses what would lead a reader nowhere."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def built(pages: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Build these pages with the project's own configuration, strictly."""
    shutil.copy(ROOT / "properdocs.yml", folder)
    docs = folder / "docs"
    for name, text in {"site.css": "", **pages}.items():
        page = docs / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "properdocs", "build", "--strict"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_sound_links_pass_and_new_pages_need_no_listing(tmp_path: Path) -> None:
    pages = {"index.md": "# Home\n[how](methods/waterfall.md#order)", "methods/waterfall.md": "# Waterfall\n## Order\n"}
    build = built(pages, tmp_path)
    assert build.returncode == 0, build.stderr
    assert "methods/waterfall.html" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "link",
    ["methods/missing.md", "methods/waterfall.md#missing", "#missing", "/methods/waterfall.md", "../LICENSE"],
)
def test_a_broken_link_is_refused(link: str, tmp_path: Path) -> None:
    build = built({"index.md": f"# Home\n[how]({link})", "methods/waterfall.md": "# Waterfall\n"}, tmp_path)
    assert build.returncode != 0
    assert link in build.stderr
