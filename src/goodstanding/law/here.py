"""Where the law's files lie, and what is raised of one that can't be used."""

from pathlib import Path

HERE = Path(__file__).parent


class BadLaw(ValueError):
    """A rule that can't be used. The message names its file and what is wrong with it."""
