"""Runs in which every thread calls: two processes, four threads, one processor or two."""

from collections.abc import Iterator
from dataclasses import replace

from assay.engines.walk.chance import Chance
from reference_kernel import boot, interleaved
from reference_kernel.events import CallMade, Event, UserReads, UserWrites
from reference_kernel.log.writing import write
from reference_kernel.machine import MACHINE, Machine
from reference_kernel.state import State
from reference_kernel.step import step
from spec.designs import AS_BUILT
from spec.options import CapClone, ThreadNew
from spec.syscalls import BY_NAME

_ALLOCATOR, _GROUP, _ADDRESS_SPACE, _SPACE = 0x18F, 0x4F, 0x6F, 0x97
_OTHER_SPACE, _OTHER_ADDRESS_SPACE, _OTHER_THREAD = 0x497, 0x46F, 0x837
_CODE, _STACK = 0x1000, 0
_EVERY_RIGHT = CapClone.READ | CapClone.PROD | CapClone.WRITE | CapClone.UPGRADE
_CLONES = _EVERY_RIGHT | CapClone.SRC_CSPACE_SELF
_OTHER_GROUP = 0x44F
_GIVEN = (_ALLOCATOR, _GROUP, _OTHER_GROUP, _OTHER_ADDRESS_SPACE)
_FIRST: tuple[tuple[str, int, tuple[int, ...]], ...] = (
    ("thread_group_new", 0, (_GROUP, _ALLOCATOR)),
    (
        "thread_new",
        ThreadNew.THREAD_AUTOSTART,
        (_ALLOCATOR, _OTHER_GROUP, _ADDRESS_SPACE, _SPACE, _CODE, _STACK),
    ),
    ("address_space_new", 0, (_ALLOCATOR,)),
    (
        "thread_new",
        ThreadNew.CREATE_CAPABILITY_SPACE,
        (_ALLOCATOR, _GROUP, _OTHER_ADDRESS_SPACE, 0, _CODE, _STACK),
    ),
    *(("cap_clone", _CLONES, (_OTHER_SPACE, 0, word)) for word in _GIVEN),
    ("thread_resume", 0, (_OTHER_THREAD,)),
    (
        "thread_new",
        ThreadNew.THREAD_AUTOSTART,
        (_ALLOCATOR, _OTHER_GROUP, _OTHER_ADDRESS_SPACE, _OTHER_SPACE, _CODE, _STACK),
    ),
)
"""Two threads with the first spaces, two with spaces of their own; two groups have one of each."""


def machine(processors: int) -> Machine:
    """The machine with so many processors."""
    return replace(MACHINE, processors=processors)


def run(seed: int, processors: int, steps: int) -> Iterator[Event]:
    """What happens in a run; of the words of its memory a program tells nothing."""
    state, chance = boot.boot(AS_BUILT, machine(processors)), Chance(seed)
    for name, options, words in _FIRST:
        made = _made(state, name, options, words)
        yield made
        state, _ = step(AS_BUILT, state, made)
    for _ in range(steps):
        if interleaved.ended(state):
            return
        event = interleaved.propose(state, chance)
        if not isinstance(event, UserReads | UserWrites):
            yield event
            state, _ = step(AS_BUILT, state, event)


def log_of(seed: int, processors: int, steps: int, *, raw: bool) -> str:
    """The log of such a run."""
    events = run(seed, processors, steps)
    return write(AS_BUILT, events, raw=raw, machine=machine(processors))


def _made(state: State, name: str, options: int, words: tuple[int, ...]) -> CallMade:
    padded = (*words, *(0 for _ in range(8 - len(words))))
    return CallMade(state.current, BY_NAME[name].number, int(options), padded)
