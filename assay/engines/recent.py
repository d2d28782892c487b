"""What a mapping keeps of the states that it saw last: those before and after a step."""

from typing import Generic, TypeVar

_V = TypeVar("_V")


class Recent(Generic[_V]):
    """What was seen of the last two states asked for; the one asked for last is the newest.

    A state is known by its identity.
    """

    __slots__ = ("_newest", "_older")

    def __init__(self) -> None:
        self._newest: tuple[object, _V] | None = None
        self._older: tuple[object, _V] | None = None

    @property
    def newest(self) -> _V | None:
        """What was seen of the state that was asked for last."""
        return None if self._newest is None else self._newest[1]

    def of(self, state: object) -> _V | None:
        """What was seen of the state, which is the newest now; None where it is not known."""
        newest, older = self._newest, self._older
        if newest is not None and newest[0] is state:
            return newest[1]
        if older is not None and older[0] is state:
            self._newest, self._older = older, newest
            return older[1]
        return None

    def keep(self, state: object, seen: _V) -> _V:
        """The state is the newest; of those before it the last is kept."""
        self._newest, self._older = (state, seen), self._newest
        return seen
