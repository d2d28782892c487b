"""Choices by chance, the same for the same seed."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

_T = TypeVar("_T")


class Chance:
    """A chooser that a seed decides."""

    __slots__ = ("_random",)

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random

    def below(self, limit: int, /) -> int:
        """A number from 0 to `limit` - 1."""
        return int(self._random() * limit)

    def pick(self, among: Sequence[_T], /) -> _T:
        """One of them."""
        return among[int(self._random() * len(among))]
