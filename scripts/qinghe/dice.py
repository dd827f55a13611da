"""Chance that falls the same way every time."""

import random
from collections.abc import Iterable, Sequence
from typing import TypeVar

Choice = TypeVar("Choice")


class Dice:
    """Chance that falls the same way every time, on any Python: only Random.random() is promised to stay as it is."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311  (a sample, not a secret)

    def between(self, least: int, most: int) -> int:
        return least + int(self._random.random() * (most - least + 1))

    def one_of(self, choices: Sequence[Choice]) -> Choice:
        return choices[self.between(0, len(choices) - 1)]

    def shuffled(self, items: Iterable[Choice]) -> list[Choice]:
        return [item for _, _, item in sorted((self._random.random(), place, item) for place, item in enumerate(items))]
