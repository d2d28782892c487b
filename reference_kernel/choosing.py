"""Where choices come from, and what a caller has to choose from."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from reference_kernel.state import CapabilitySpace, State

_T = TypeVar("_T")


class Chooser(Protocol):
    """Where choices come from."""

    def below(self, limit: int, /) -> int:
        """A number from 0 to `limit` - 1."""
        ...

    def pick(self, among: Sequence[_T], /) -> _T:
        """One of them."""
        ...


class View:
    """The caller's capabilities, sorted by what they are good for."""

    __slots__ = ("by_type", "chooser", "own", "state", "words")

    def __init__(self, state: State, space: int, chooser: Chooser) -> None:
        body = state.body(space)
        assert isinstance(body, CapabilitySpace)
        self.chooser = chooser
        self.own = body
        self.state = state
        self.words = sorted(body.entries)
        self.by_type: dict[int, list[int]] = {}
        for word in self.words:
            self.by_type.setdefault(word >> 5 & 31, []).append(word)

    def is_dead(self, word: int) -> bool:
        """Whether the capability is weak and its object dead."""
        return self.state.body(self.own.entries[word]) is None

    def is_last(self, word: int) -> bool:
        """Whether the capability is all that keeps its object alive, and weak ones name it."""
        known = self.state.objects[self.own.entries[word]]
        return known.strong == 1 and known.weak > 0 and word not in BOOT_IDS


BOOT_IDS = frozenset({0x37, 0x4F, 0x6F, 0x97, 0x18F})
"""Capabilities without which the first program gets nowhere."""
