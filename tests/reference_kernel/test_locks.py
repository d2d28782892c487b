"""Who changes what a lock guards waits for whoever holds that lock."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from reference_kernel.events import (
    CallContinues,
    Event,
    SwitchEnds,
    UserReads,
    UserWrites,
)
from reference_kernel.locks import Lock, LockKind
from reference_kernel.machine import IN_SECTIONS, SEVERAL_PROCESSORS, Grain
from reference_kernel.outcomes import Spins
from reference_kernel.step import possible
from spec.design import Design, LazyPages
from spec.designs import AS_BUILT, PROPOSED
from tests.reference_kernel.message_attempts import by_another
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    BOTH_SELF,
    GROW_MAPPING,
    IN_PLACE,
    LAZY,
    MAX_SIZE,
    OWN_SPACE,
    OWN_THREAD,
    READ,
    RIGHTS_ASKED,
    UPDATE_BASE,
    WRITE,
    Program,
)

AT = 0x50_0000_0000
WHOLE = replace(SEVERAL_PROCESSORS, grain=Grain.WHOLE)
GOES_ON = (CallContinues(0), SwitchEnds(0))
FILLS_AT_FAULTS = replace(PROPOSED, lazy_pages=LazyPages.FAULT_IN_KERNEL)


class Scene(Program):
    """A group with a group and a thread in it, and a memory of two pages that is mapped."""

    def __init__(self, design: Design, options: int = 0) -> None:
        super().__init__(design, WHOLE)
        self.outer = self.group()
        self.inner = self.group(self.outer)
        self.sleeper = self.thread(self.inner, starts=False)
        asked = options | RIGHTS_ASKED
        self.memory = self.ok("memory_new", ALLOCATOR, 2, options=asked)[0]
        self.ok("memory_map", ADDRESS_SPACE, self.memory, AT, 0, 0, options=READ | WRITE)


def spins(program: Program, event: Event, lock: Lock) -> bool:
    """Whether the event, a row of sections now, waits while the second processor has the lock."""
    first, second = program.state.processors
    second = replace(second, doing=replace(second.doing, locks=(lock,)))
    program.state = replace(program.state, machine=IN_SECTIONS, processors=(first, second))
    outcome = program.happens(event)
    while outcome != Spins(lock):
        able = [each for each in GOES_ON if possible(program.state, each)]
        if not able:
            return False
        outcome = program.happens(able[0])
    return True


def a_clone(scene: Scene) -> Event:
    """The pages of the memory are shared."""
    return scene.call_made("memory_clone", ALLOCATOR, scene.memory, 0, 2, options=RIGHTS_ASKED)


def a_write_to_a_shared_page(scene: Scene) -> Event:
    """The page is copied."""
    scene.happens(a_clone(scene))
    return UserWrites(scene.state.current, AT, 1)


def a_read_of_a_lazy_page(scene: Scene) -> Event:
    """The page gets a frame."""
    return UserReads(scene.state.current, AT)


def the_last_drop_of_the_inner_group(scene: Scene) -> Event:
    """It leaves the outer one."""
    return scene.call_made("cap_destroy", 0, scene.inner, options=1)


def a_call(name: str, *words: int | str, options: int = 0) -> Callable[[Scene], Event]:
    """This call; a word that is a name is what the scene has under that."""

    def made(scene: Scene) -> Event:
        given = (getattr(scene, each) if isinstance(each, str) else each for each in words)
        return scene.call_made(name, *given, options=options)

    return made


OF_MAPPING = ((LockKind.MEMORY, "memory"), (LockKind.ADDRESS_SPACE, ADDRESS_SPACE))
THREAD = (ALLOCATOR, "inner", ADDRESS_SPACE, OWN_SPACE)
LOCKED: dict[str, tuple[Callable[[Scene], Event], tuple[tuple[LockKind, int | str], ...]]] = {
    "a group is made": (
        a_call("thread_group_new", "outer", ALLOCATOR, options=RIGHTS_ASKED),
        ((LockKind.THREAD_LIST, "outer"), (LockKind.CAPABILITIES, OWN_SPACE)),
    ),
    "a thread is made": (
        a_call("thread_new", *THREAD, options=RIGHTS_ASKED | 2),
        ((LockKind.THREAD_LIST, "inner"),),
    ),
    "a group exits": (
        a_call("thread_group_exit", "outer"),
        ((LockKind.THREAD_LIST, "outer"), (LockKind.THREAD_LIST, "inner")),
    ),
    "a group is dropped": (
        the_last_drop_of_the_inner_group,
        (
            (LockKind.CAPABILITIES, OWN_SPACE),
            (LockKind.THREAD_LIST, "inner"),
            (LockKind.THREAD_LIST, "outer"),
        ),
    ),
    "a thread is ended": (
        a_call("thread_destroy", "sleeper", options=1),
        ((LockKind.THREAD_LIST, "inner"), (LockKind.EMITTER, "sleeper")),
    ),
    "a thread ends itself": (a_call("thread_destroy"), ((LockKind.EMITTER, OWN_THREAD),)),
    "a capability is cloned": (
        a_call("cap_clone", 0, 0, "memory", options=BOTH_SELF | 0xF),
        ((LockKind.CAPABILITIES, OWN_SPACE),),
    ),
    "a memory is mapped again": (
        a_call("memory_map", ADDRESS_SPACE, "memory", 2 * AT, options=READ),
        OF_MAPPING,
    ),
    "a mapping moves": (
        a_call("memory_update_mapping", ADDRESS_SPACE, AT, 0, 2 * AT, options=UPDATE_BASE),
        OF_MAPPING,
    ),
    "a mapping goes": (a_call("address_space_unmap", ADDRESS_SPACE, AT), OF_MAPPING),
    "a memory shrinks": (a_call("memory_resize", "memory", 1, options=IN_PLACE), OF_MAPPING),
    "a memory grows": (
        a_call("memory_resize", "memory", 3, options=IN_PLACE | GROW_MAPPING),
        OF_MAPPING,
    ),
    "a memory is cloned": (a_clone, OF_MAPPING),
    "a shared page is written to": (a_write_to_a_shared_page, OF_MAPPING),
    "a lazy page is read": (a_read_of_a_lazy_page, OF_MAPPING),
}
"""What happens, and the locks that it waits for, each of an object of the scene."""


@pytest.mark.parametrize(
    ("what", "kind", "whose"),
    [(what, *lock) for what, (_, locks) in LOCKED.items() for lock in locks],
)
def test_who_changes_something_waits_for_its_lock(
    what: str, kind: LockKind, whose: int | str
) -> None:
    lazy = LAZY if what == "a lazy page is read" else 0
    scene = Scene(FILLS_AT_FAULTS if lazy else PROPOSED, lazy)
    word = getattr(scene, whose) if isinstance(whose, str) else whose
    lock = Lock(kind, scene.named(word))
    made, _ = LOCKED[what]
    assert spins(scene, made(scene), lock)
    assert not scene.broken


def test_the_drop_of_a_check_is_announced_under_the_lock_of_its_receiver() -> None:
    scene = Program(PROPOSED, WHOLE)
    check, receiver = scene.ok("drop_check_new", ALLOCATOR, 0, options=RIGHTS_ASKED)
    drops = scene.call_made("cap_destroy", 0, check, options=1)
    assert spins(scene, drops, Lock(LockKind.EMITTER, scene.named(receiver)))


def test_who_is_ended_leaves_a_channel_under_its_lock() -> None:
    scene = Program(PROPOSED, WHOLE)
    (channel,) = scene.ok("channel_new", ALLOCATOR, options=15)
    memory = scene.ok("memory_new", ALLOCATOR, 1, options=RIGHTS_ASKED)[0]
    words = (channel, memory, 0, 8)
    waiter = by_another(scene, lambda: scene.call("channel_sync_recv", *words))
    ends = scene.call_made("thread_destroy", waiter, options=1)
    assert spins(scene, ends, Lock(LockKind.CHANNEL, scene.named(channel)))


@pytest.mark.parametrize("page", [0, 1])
def test_to_fill_a_page_waits_for_no_space_that_maps_only_others(page: int) -> None:
    scene = Program(FILLS_AT_FAULTS, WHOLE)
    memory = scene.ok("memory_new", ALLOCATOR, 2, options=LAZY | RIGHTS_ASKED)[0]
    (other,) = scene.ok("address_space_new", ALLOCATOR, options=RIGHTS_ASKED)
    for space, number in ((ADDRESS_SPACE, page), (other, 1 - page)):
        scene.ok("memory_map", space, memory, AT, 1, number, options=READ | MAX_SIZE)
    fills = UserReads(scene.state.current, AT)
    assert not spins(scene, fills, Lock(LockKind.ADDRESS_SPACE, scene.named(other)))
    assert scene.reads(AT) == 0


def test_as_built_the_end_of_a_thread_is_announced_when_its_last_reference_goes() -> None:
    scene = Scene(AS_BUILT)
    lock = Lock(LockKind.EMITTER, scene.named(scene.sleeper))
    assert spins(scene, scene.call_made("thread_group_exit", scene.inner), lock)
