"""Where choices come from, and what a caller has to choose from."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from reference_kernel.boot import boot
from reference_kernel.state import (
    CapabilitySpace,
    DropCheck,
    DropCheckReceiver,
    State,
    Thread,
    ThreadGroup,
)
from spec.designs import AS_BUILT
from spec.ids import is_weak

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

    def last(self) -> list[int]:
        """The capabilities that alone keep an object alive which weak ones here name."""
        entries = self.own.entries
        named = {entries[word] for word in self.words if is_weak(word)} - BOOT_OBJECTS
        strong = [word for word in self.words if not is_weak(word) and entries[word] in named]
        return [word for word in strong if self.state.objects[entries[word]].strong == 1]

    def has_members(self, word: int) -> bool:
        """Whether the capability is of a group with threads or groups in it."""
        group = self.state.body(self.own.entries[word])
        return isinstance(group, ThreadGroup) and bool(group.members)

    def is_awaited(self, word: int) -> bool:
        """Whether somebody listens for the end of the thread, or for the drop of the check."""
        body = self.state.body(self.own.entries[word])
        if isinstance(body, DropCheck):
            body = self.state.body(body.receiver)
        match body:
            case Thread(exit_event=event) | DropCheckReceiver(cap_drop=event):
                return bool(event.once)
            case _:
                return False


BOOT_OBJECTS = frozenset(boot(AS_BUILT).objects)
"""The objects that are there before the first program runs."""
BOOT_IDS = frozenset({0x37, 0x4F, 0x6F, 0x97, 0x18F})
"""Capabilities without which the first program gets nowhere."""
