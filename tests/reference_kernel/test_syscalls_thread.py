"""The calls about threads."""

from dataclasses import replace

import pytest

from reference_kernel.outcomes import Blocked, Ended, Ok, Panic, Refused
from reference_kernel.state import NOTHING, ThreadState
from spec.design import (
    CreatedRights,
    Design,
    LateListeners,
    ListenerFailure,
    ResumeScope,
    ThreadEnd,
    UpgradeRight,
    WakeProtocol,
)
from spec.designs import AS_BUILT, PROPOSED
from spec.errors import Error
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    GROUP,
    OWN_SPACE,
    OWN_THREAD,
    STRONG,
    Program,
)

TIMED_OUT = Refused(Error.OK_TIMEOUT, "timed_out")
ENDS = list(ThreadEnd)
LISTENS = "thread_handle_thread_exit_sync"
LISTENS_LATER = "thread_handle_thread_exit_async"


@pytest.fixture
def program() -> Program:
    return Program(AS_BUILT)


def with_end(end: ThreadEnd) -> Program:
    return Program(replace(AS_BUILT, thread_end=end))


def test_a_new_thread_comes_with_the_id_of_the_space_that_was_given(program: Program) -> None:
    words = (ALLOCATOR, GROUP, ADDRESS_SPACE, OWN_SPACE)
    assert program.ok("thread_new", *words) == (0x437, OWN_SPACE)


def test_a_new_space_has_a_new_weak_capability(program: Program) -> None:
    words = (ALLOCATOR, GROUP, ADDRESS_SPACE, 0)
    assert program.ok("thread_new", *words, options=1) == (0x437, 0x497)


def test_the_rights_of_a_new_thread_never_include_upgrade() -> None:
    program = Program(replace(AS_BUILT, created_rights=CreatedRights.OPTION))
    assert program.thread() & 0xF == 0b0111


def test_a_thread_without_autostart_is_suspended(program: Program) -> None:
    thread = program.thread(starts=False)
    assert program.thread_body(thread).state is ThreadState.SUSPENDED
    program.call("thread_resume", thread)
    assert program.thread_body(thread).state is ThreadState.READY


def test_upgrade_checked_keeps_another_space_from_being_held_through_a_weak_capability() -> None:
    program = Program(replace(AS_BUILT, upgrade_right=UpgradeRight.CHECKED))
    _, space = program.thread_with_space()
    words = (ALLOCATOR, GROUP, ADDRESS_SPACE, space)
    assert program.refusal("thread_new", *words) == "cap_space_lacks_upgrade"
    program.thread()
    assert not program.broken


def test_upgrade_unchecked_lets_a_thread_hold_another_space(program: Program) -> None:
    _, space = program.thread_with_space()
    program.ok("thread_new", ALLOCATOR, GROUP, ADDRESS_SPACE, space)
    assert program.broken == {"CAP-3"}


def test_a_yield_ends_when_the_thread_runs_again(program: Program) -> None:
    assert program.call("thread_yield") == Blocked()
    assert program.state.current == NOTHING
    program.tick()
    assert program.returns() == Ok()


def test_threads_take_turns_in_the_order_in_which_they_became_ready(program: Program) -> None:
    first, second = program.named(program.thread()), program.named(program.thread())
    program.tick()
    program.tick()
    assert program.state.current == first
    program.tick()
    assert program.state.current == second


def test_only_a_suspended_thread_can_be_resumed(program: Program) -> None:
    thread = program.thread(starts=False)
    assert program.call("thread_resume", thread) == Ok()
    assert program.refusal("thread_resume", thread) == "thread_not_suspended"
    assert program.refusal("thread_resume", OWN_THREAD) == "thread_not_suspended"


def test_a_suspend_ends_with_a_resume(program: Program) -> None:
    thread = program.thread()
    program.run(thread)
    program.call("thread_suspend")
    program.run(OWN_THREAD)
    program.call("thread_resume", thread)
    program.tick()
    program.tick()
    assert program.returns() == Ok()


def test_a_suspend_ends_with_its_time(program: Program) -> None:
    thread = program.state.current
    program.call("thread_suspend", 1, options=1)
    program.time_is_up(thread)
    program.tick()
    assert program.returns() == TIMED_OUT


@pytest.mark.parametrize("protocol", list(WakeProtocol))
def test_a_later_wait_returns_an_earlier_reason_unless_it_is_reset(
    protocol: WakeProtocol,
) -> None:
    program = Program(replace(AS_BUILT, wake_protocol=protocol))
    thread = program.thread()
    name = program.named(thread)
    program.run(thread)
    program.call("thread_suspend", 1, options=1)
    program.time_is_up(name)
    program.run(thread)
    program.call("thread_suspend")
    program.run(OWN_THREAD)
    program.call("thread_resume", thread)
    program.tick()
    program.tick()
    reset = protocol is WakeProtocol.HANDSHAKE
    assert program.returns() == (Ok() if reset else TIMED_OUT)


def test_only_property_zero_is_known(program: Program) -> None:
    assert program.call("thread_set_property", 0, 0x1000) == Ok()
    assert program.refusal("thread_set_property", 1, 0) == "unknown_property"


@pytest.mark.parametrize("end", ENDS)
def test_a_suspended_thread_can_be_destroyed(end: ThreadEnd) -> None:
    program = with_end(end)
    thread = program.thread(starts=False)
    name = program.named(thread)
    assert program.call("thread_destroy", thread, options=1) == Ok()
    assert not program.is_alive(name)
    assert not program.broken


@pytest.mark.parametrize("end", ENDS)
def test_a_thread_that_runs_or_is_ready_cannot_be_destroyed(end: ThreadEnd) -> None:
    program = with_end(end)
    for thread in (program.thread(), OWN_THREAD):
        assert program.refusal("thread_destroy", thread, options=1) == "thread_not_suspended"


@pytest.mark.parametrize("end", ENDS)
def test_a_destroyed_thread_that_is_held_is_dead(end: ThreadEnd) -> None:
    program = with_end(end)
    thread = program.thread(starts=False)
    strong = program.clone(thread, STRONG)
    program.call("thread_destroy", strong, options=1)
    assert program.thread_body(strong).state is ThreadState.DEAD
    assert program.refusal("thread_destroy", strong, options=1) == "thread_not_suspended"
    assert program.refusal("thread_resume", thread) == "thread_not_suspended"
    program.destroy(strong)
    assert program.refusal("thread_resume", thread) == "thread_dead"


@pytest.mark.parametrize("end", ENDS)
def test_a_thread_that_ends_itself_leaves_its_group_only_when_announced(end: ThreadEnd) -> None:
    program = with_end(end)
    thread = program.thread()
    name = program.named(thread)
    program.run(thread)
    assert program.call("thread_destroy") == Ended()
    assert program.is_alive(name) == (end is ThreadEnd.ANNOUNCED_AT_DESTRUCTION)


@pytest.mark.parametrize("end", ENDS)
def test_the_last_thread_of_a_space_takes_it_along_only_when_announced(end: ThreadEnd) -> None:
    program = with_end(end)
    program.call("thread_destroy")
    assert ("CAP-8" in program.broken) == (end is ThreadEnd.ANNOUNCED_AT_DESTRUCTION)


def waits_for(program: Program, thread: int, options: int = 0) -> int:
    """A second thread waits for the end of the thread; the first one runs."""
    waiter = program.thread()
    program.run(waiter)
    assert program.call(LISTENS, thread, options=options) == Blocked()
    program.run(OWN_THREAD)
    return waiter


@pytest.mark.parametrize("end", ENDS)
def test_a_waiter_is_told_when_the_thread_is_destroyed(end: ThreadEnd) -> None:
    program = with_end(end)
    thread = program.thread(starts=False)
    waiter = program.named(waits_for(program, thread))
    program.call("thread_destroy", thread, options=1)
    assert program.state.ready[-1] == waiter
    while program.state.current != waiter:
        program.tick()
    assert program.returns() == Ok()
    assert not program.broken


@pytest.mark.parametrize("end", ENDS)
def test_a_waiter_of_a_thread_that_ends_itself(end: ThreadEnd) -> None:
    program = with_end(end)
    waits_for(program, OWN_THREAD)
    program.call("thread_destroy")
    assert ("GRP-6" in program.broken) == (end is ThreadEnd.ANNOUNCED_AT_DESTRUCTION)


def test_waiters_are_told_from_the_last_to_the_first(program: Program) -> None:
    thread = program.thread(starts=False)
    waiters = [program.named(waits_for(program, thread)) for _ in range(2)]
    program.call("thread_destroy", thread, options=1)
    assert program.state.ready[-2:] == (waiters[1], waiters[0])


def test_a_wait_for_an_end_ends_with_its_time(program: Program) -> None:
    thread = program.thread(starts=False)
    waiter = program.named(waits_for(program, thread, options=1))
    program.time_is_up(waiter)
    while program.state.current != waiter:
        program.tick()
    assert program.returns() == TIMED_OUT


@pytest.mark.parametrize("protocol", list(WakeProtocol))
def test_an_ended_wait_leaves_no_listener_only_with_a_handshake(protocol: WakeProtocol) -> None:
    program = Program(replace(AS_BUILT, wake_protocol=protocol))
    thread = program.thread(starts=False)
    waiter = program.named(waits_for(program, thread, options=1))
    program.time_is_up(waiter)
    left = program.thread_body(thread).exit_event.once
    assert bool(left) == (protocol is WakeProtocol.AS_IS)
    assert program.broken == ({"SCH-5"} if left else set())


@pytest.mark.parametrize("scope", list(ResumeScope))
def test_a_resume_of_a_wait_for_an_end(scope: ResumeScope) -> None:
    program = Program(replace(AS_BUILT, resume_scope=scope))
    thread = program.thread(starts=False)
    waiter = waits_for(program, thread)
    if scope is ResumeScope.ONLY_SUSPENDED_BY_CALL:
        assert program.refusal("thread_resume", waiter) == "thread_waits"
        return
    assert program.call("thread_resume", waiter) == Ok()
    while program.state.current != program.named(waiter):
        program.tick()
    assert isinstance(program.returns(), Panic)
    assert program.broken == {"ROB-1", "SCH-4", "SCH-5"}


@pytest.mark.parametrize("late", list(LateListeners))
def test_a_listener_that_comes_late(late: LateListeners) -> None:
    design = replace(AS_BUILT, late_listeners=late, thread_end=ThreadEnd.ANNOUNCED_WHEN_STOPPED)
    program = Program(design)
    strong = program.clone(program.thread(starts=False), STRONG)
    program.call("thread_destroy", strong, options=1)
    outcome = program.call(LISTENS, strong)
    assert outcome == (Ok() if late is LateListeners.TOLD_AT_ONCE else Blocked())
    assert ("GRP-6" in program.broken) == (late is LateListeners.WAIT_FOR_NEXT)


@pytest.mark.parametrize("failure", list(ListenerFailure))
def test_a_pool_that_is_gone_and_the_listeners_before_it(failure: ListenerFailure) -> None:
    program = Program(replace(AS_BUILT, listener_failure=failure))
    thread = program.thread(starts=False)
    waiter = program.named(waits_for(program, thread))
    (pool,) = program.ok("event_pool_new", ALLOCATOR, 1)
    assert program.call(LISTENS_LATER, thread, pool, 7) == Ok()
    program.destroy(pool)
    program.call("thread_destroy", thread, options=1)
    continues = failure is ListenerFailure.CONTINUES
    assert (waiter in program.state.ready) == continues
    assert ("GRP-6" in program.broken) != continues


@pytest.mark.parametrize("pages", [0, 1])
def test_a_pool_takes_the_event_if_it_has_room(pages: int, program: Program) -> None:
    thread = program.thread(starts=False)
    (pool,) = program.ok("event_pool_new", ALLOCATOR, pages)
    program.ok(LISTENS_LATER, thread, pool, 7, options=1)
    program.call("thread_destroy", thread, options=1)
    body = program.state.body(program.named(pool))
    assert getattr(body, "written_bytes", None) == (16 if pages else 0)


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
def test_a_thread_can_wait_for_itself_and_be_destroyed(design: Design) -> None:
    program = Program(design)
    thread = program.thread()
    program.run(thread)
    program.call(LISTENS, thread)
    program.run(OWN_THREAD)
    program.call("thread_destroy", thread, options=1)
    assert not program.broken
