"""What a call of the kernel is about, where the model speaks of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from proofs.capability_lifetimes.mapping.calls import LOOKUPS
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Blocked, Ended, Outcome, Refused
from reference_kernel.sections import Rest, Section
from reference_kernel.state import NOTHING, CapabilitySpace, Processor, State, Thread
from spec.options import ThreadDestroy, ThreadNew
from spec.syscalls import BY_NAME, BY_NUMBER

REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "parent_dead": "group_dead",
        "parent_exited": "group_exited",
        "group_dead": "group_dead",
        "thread_group_dead": "group_dead",
        "thread_group_exited": "group_exited",
        "thread_dead": "thread_dead",
        "thread_not_suspended": "thread_not_suspended",
    }
)
"""What the kernel's refusals are called in the model."""


@dataclass(frozen=True, slots=True)
class Joins:
    """A thread or a group joins a group; `refused` says by which check it does not."""

    group: int
    member: int
    is_thread: bool
    autostart: bool = False
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Exits:
    """A group exits."""

    group: int
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Destroys:
    """Another thread is destroyed."""

    thread: int
    refused: str = ""


About = Joins | Exits | Destroys
_Tells = Callable[[State, CallMade, str], About | None]


def target(state: State, call: CallMade, at: int) -> int:
    """The object, dead or alive, that the caller's capability names."""
    caller = state.body(call.thread)
    assert isinstance(caller, Thread), call
    space = state.body(caller.capability_space)
    assert isinstance(space, CapabilitySpace), call
    return space.entries.get(call.arguments[at], NOTHING)


def _thread_new(before: State, call: CallMade, refused: str) -> About:
    with_space = bool(call.options & ThreadNew.CREATE_CAPABILITY_SPACE)
    return Joins(
        target(before, call, 1),
        before.next_object + with_space,
        is_thread=True,
        autostart=bool(call.options & ThreadNew.THREAD_AUTOSTART),
        refused=refused,
    )


def _group_new(before: State, call: CallMade, refused: str) -> About:
    return Joins(target(before, call, 0), before.next_object, is_thread=False, refused=refused)


def _group_exit(before: State, call: CallMade, refused: str) -> About:
    return Exits(target(before, call, 0), refused)


def _destroy(before: State, call: CallMade, refused: str) -> About | None:
    if call.options & ThreadDestroy.DESTROY_OTHER:
        return Destroys(target(before, call, 0), refused)
    return None


_TELLS: Mapping[str, _Tells] = MappingProxyType(
    {
        "thread_new": _thread_new,
        "thread_group_new": _group_new,
        "thread_group_exit": _group_exit,
        "thread_destroy": _destroy,
    }
)


_ADMIT = MappingProxyType({BY_NAME["thread_new"].number: 1, BY_NAME["thread_group_new"].number: 0})
"""The calls that let somebody join a group, and which argument names that."""


def admitted(processor: Processor) -> int | None:
    """The group that the processor's call has looked up for a new member."""
    rest = processor.rest
    if rest is None or rest.section is not Section.BEGINS or not isinstance(rest.event, CallMade):
        return None
    at = _ADMIT.get(rest.event.number)
    return None if at is None else found(rest, rest.event, at)


def found(rest: Rest, call: CallMade, at: int) -> int | None:
    """What the call has looked up by that argument; None so far."""
    asked = [each.at for each in LOOKUPS[call.number] if each.is_asked(call)]
    number = asked.index(at)
    return rest.held[number] if number < len(rest.held) else None


def about(before: State, call: CallMade, outcome: Outcome) -> About | None:
    """What the call was about, if it did that or was refused for what the model sees."""
    known = BY_NUMBER.get(call.number)
    tells = None if known is None else _TELLS.get(known.name)
    if tells is None:
        return None
    if not isinstance(outcome, Refused):
        return tells(before, call, "")
    refused = REFUSALS.get(outcome.refusal)
    return None if refused is None else tells(before, call, refused)


def is_seen(call: CallMade, outcome: Outcome) -> bool:
    """Whether the model speaks of the call and of what it gave."""
    if isinstance(outcome, Blocked | Ended):
        return True
    known = BY_NUMBER.get(call.number)
    if known is None or known.name not in _TELLS:
        return False
    return not isinstance(outcome, Refused) or outcome.refusal in REFUSALS
