"""What a search of schedules needs of a scenario, whichever kernel it is about.

States, events, outcomes and places are opaque: the engine hands them back as it got them. A place
says how far each program has come, and what may still come from outside.
"""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeVar

_D_contra = TypeVar("_D_contra", contravariant=True)
_S = TypeVar("_S")
_E = TypeVar("_E")
_O_contra = TypeVar("_O_contra", contravariant=True)
_P = TypeVar("_P")
_E_co = TypeVar("_E_co", covariant=True)


class Move(Protocol[_E_co]):
    """One decision: who goes on, and with which event. Moves can be compared and hashed."""

    @property
    def actor(self) -> int | None:
        """The processor, or None where it happens on none."""
        ...

    @property
    def event(self) -> _E_co:
        """What happens."""
        ...

    @property
    def asked(self) -> bool:
        """A program asked for it; the others come from outside, as interrupts do."""
        ...

    @property
    def goes_on(self) -> bool:
        """It is the next step of what the processor is in the middle of."""
        ...

    @property
    def alone(self) -> bool:
        """No check sees it; it and all that others can do meanwhile are the same in any order."""
        ...


Standing = Literal["finished", "waits", "stuck", "stopped"]
"""How a run stands in which nothing more can happen: every program has come to its end, or its
thread has; the others sleep in a call; one of them does not sleep and cannot go on; the kernel
panicked, or waits for itself."""


class Play(Protocol[_S, _E, _O_contra, _P]):
    """A scenario under one design, from where its programs begin."""

    @property
    def before(self) -> Sequence[Sequence[_E]]:
        """What happened before, from boot: each time one thing with all that followed of it."""
        ...

    @property
    def state(self) -> _S:
        """The state after that."""
        ...

    @property
    def place(self) -> _P:
        """Where the programs begin."""
        ...

    def moves(self, state: _S, place: _P, /) -> Sequence[Move[_E]]:
        """What can happen there, always in the same order; nothing once the kernel has stopped.

        Of each processor at most one is asked for: the next step of what it is in the middle of, or
        the next call of its thread's program.
        """
        ...

    def after(self, before: _S, place: _P, move: Move[_E], outcome: _O_contra, /) -> _P:
        """Where the programs are once the move has happened in that state, and gave that."""
        ...

    def standing(self, state: _S, place: _P, /) -> tuple[Standing, str]:
        """How a run stands that has no move left, and in words who has not come to an end."""
        ...


class Scenario(Protocol[_D_contra, _S, _E, _O_contra, _P]):
    """What a few programs do on a few processors."""

    @property
    def name(self) -> str:
        """What tables show."""
        ...

    @property
    def about(self) -> str:
        """What happens in it, in a sentence."""
        ...

    @property
    def modes(self) -> Sequence[str]:
        """How fine its steps can be, the coarsest first."""
        ...

    def at(self, mode: str, /) -> "Scenario[_D_contra, _S, _E, _O_contra, _P]":
        """The same in steps that are so fine."""
        ...

    @property
    def mode(self) -> str:
        """The mode of the kernel that it needs: for steps so fine, and of its size."""
        ...

    @property
    def bounds(self) -> Sequence[tuple[str, int]]:
        """How large it is: processors, programs and what else counts, each with its number."""
        ...

    def lacks(self, design: _D_contra, /) -> str:
        """What the scenario needs that the design has not; empty when it has everything."""
        ...

    def begin(self, design: _D_contra, /) -> Play[_S, _E, _O_contra, _P]:
        """The scenario under the design, which lacks nothing that it needs."""
        ...
