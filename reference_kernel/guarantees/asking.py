"""A call and the state in which it is made, for questions about what it has to answer."""

from collections.abc import Callable
from dataclasses import dataclass

from reference_kernel.events import CallMade
from reference_kernel.state import (
    NOTHING,
    AddressSpace,
    Body,
    CapabilitySpace,
    Memory,
    State,
    Thread,
)
from spec.call import Argument
from spec.design import Design
from spec.syscalls import CALLS


@dataclass(frozen=True, slots=True)
class Asked:
    """A call, the state in which it is made, and who makes it."""

    design: Design
    state: State
    call: CallMade
    caller: Thread
    own: CapabilitySpace

    def word(self, at: int) -> int:
        """The argument with this number."""
        return self.call.arguments[at]

    def target(self, at: int, *, space: int | None = None) -> int | None:
        """The object that the argument names, if its space has it."""
        body = self.own if space is None else self.state.body(space)
        assert isinstance(body, CapabilitySpace), self.call
        return body.entries.get(self.word(at))

    def body(self, at: int) -> Body | None:
        """The body of the living object that the argument names."""
        return self.state.body(self.target(at) or NOTHING)

    def memory(self, at: int) -> Memory:
        """The living memory that the argument names."""
        body = self.body(at)
        assert isinstance(body, Memory), self.call
        return body

    def address_space(self, at: int) -> AddressSpace:
        """The living address space that the argument names."""
        body = self.body(at)
        assert isinstance(body, AddressSpace), self.call
        return body


def asking(design: Design, state: State, call: CallMade) -> Asked:
    """The call of a thread that is in none."""
    caller = state.body(call.thread)
    assert isinstance(caller, Thread), call
    own = state.body(caller.capability_space)
    assert isinstance(own, CapabilitySpace), call
    return Asked(design, state, call, caller, own)


Question = Callable[[Asked], bool]

HANDS_OVER = frozenset(
    call.number for call in CALLS if call.name.startswith(("channel_", "reply_"))
)
"""Calls that may hand over a message: bytes, clones of capabilities, a reply."""


def matters(argument: Argument, options: int) -> bool:
    """Whether the call looks at the argument, with these options."""
    return not options & argument.unless and (not argument.only or bool(options & argument.only))


def overflows(at: int) -> Question:
    """The argument is no number of pages."""
    return lambda asked: asked.word(at) >= 1 << 52
