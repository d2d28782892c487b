"""One step of the kernel: dispatch, and nothing else.

Whole-call mode on one processor: a call runs to its end, or till its thread leaves the processor.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from reference_kernel.draft import Draft, Unseen
from reference_kernel.events import (
    CallMade,
    CallReturns,
    Event,
    ExitInterrupt,
    SwitchEnds,
    TimeoutFires,
    TimerTick,
    UserReads,
    UserWrites,
)
from reference_kernel.outcomes import Deadlock, Done, Ok, Outcome, Panic, Refused
from reference_kernel.processors import (
    always_acknowledges,
    end_current,
    end_switch,
    switch,
)
from reference_kernel.ready_queue import wake
from reference_kernel.references import drain
from reference_kernel.state import NOTHING, State, Thread, ThreadState, WakeReason, Woke
from reference_kernel.syscalls import (
    address_space,
    cap,
    channel,
    debug,
    drop_check,
    event_pool,
    interrupt,
    key,
    memory,
    memory_update,
    phys_mem,
    reply,
    thread,
    thread_group,
)
from reference_kernel.threads import end_wait, limits_its_wait, release_held
from reference_kernel.user_access import WORD_BYTES, user_reads, user_writes
from spec.design import Design, GroupDropCurrent
from spec.errors import Error
from spec.syscalls import BY_NAME

_Call = Callable[[Draft, CallMade], Outcome]
_Return = Callable[[Draft, Thread], Outcome]


def _yield_returns(_draft: Draft, _woken: Thread) -> Outcome:
    return Ok()


def _by_number(calls: tuple[_Call, ...]) -> Mapping[int, _Call]:
    return MappingProxyType({BY_NAME[call.__name__].number: call for call in calls})


CALLS: Mapping[int, _Call] = _by_number(
    (
        thread_group.thread_group_new,
        thread_group.thread_group_exit,
        thread.thread_new,
        thread.thread_yield,
        thread.thread_destroy,
        thread.thread_suspend,
        thread.thread_resume,
        thread.thread_set_property,
        thread.thread_handle_thread_exit_sync,
        thread.thread_handle_thread_exit_async,
        thread.thread_remove_listener,
        cap.cap_clone,
        cap.cap_destroy,
        address_space.address_space_new,
        address_space.address_space_unmap,
        memory.memory_map,
        memory.memory_update_mapping,
        memory.memory_new,
        memory.memory_get_size,
        memory.memory_resize,
        memory.memory_clone,
        memory_update.memory_update,
        event_pool.event_pool_new,
        event_pool.event_pool_map,
        event_pool.event_pool_await,
        channel.channel_new,
        channel.channel_try_send,
        channel.channel_sync_send,
        channel.channel_async_send,
        channel.channel_try_recv,
        channel.channel_sync_recv,
        channel.channel_async_recv,
        channel.channel_sync_call,
        channel.channel_async_call,
        channel.channel_remove_listener,
        reply.reply_reply,
        key.key_new,
        key.key_id,
        drop_check.drop_check_new,
        drop_check.drop_check_reciever_handle_cap_drop_sync,
        drop_check.drop_check_reciever_handle_cap_drop_async,
        drop_check.drop_check_reciever_remove_listener,
        phys_mem.mmio_allocator_alloc,
        phys_mem.phys_mem_map,
        phys_mem.phys_mem_get_size,
        interrupt.interrupt_new,
        interrupt.interrupt_id,
        interrupt.interrupt_handle_interrupt_trigger_sync,
        interrupt.interrupt_handle_interrupt_trigger_async,
        debug.print_debug,
    )
)
"""The calls of this kernel, by number."""

_RETURNS: Mapping[int, _Return] = MappingProxyType(
    {
        BY_NAME["thread_yield"].number: _yield_returns,
        BY_NAME["thread_suspend"].number: thread.thread_suspend_returns,
        BY_NAME["thread_handle_thread_exit_sync"].number: (
            thread.thread_handle_thread_exit_sync_returns
        ),
        BY_NAME["event_pool_await"].number: event_pool.event_pool_await_returns,
        BY_NAME["channel_sync_send"].number: channel.channel_sync_send_returns,
        BY_NAME["channel_sync_recv"].number: channel.channel_sync_recv_returns,
        BY_NAME["channel_sync_call"].number: channel.channel_sync_call_returns,
        BY_NAME["drop_check_reciever_handle_cap_drop_sync"].number: (
            drop_check.drop_check_reciever_handle_cap_drop_sync_returns
        ),
    }
)


def possible(state: State, event: Event) -> bool:
    """Whether the event can happen in this state."""
    if state.panicked is not None:
        return False
    match event:
        case CallMade(thread=name):
            return _runs_on(state, name) and _thread(state, name).call is None
        case CallReturns(thread=name):
            return _runs_on(state, name) and _thread(state, name).call is not None
        case UserReads(thread=name, address=address) | UserWrites(thread=name, address=address):
            runs = _runs_on(state, name) and _thread(state, name).call is None
            return runs and address % WORD_BYTES == 0
        case TimerTick(processor=number):
            return _takes_interrupts(state, number)
        case ExitInterrupt(processor=number):
            return _takes_interrupts(state, number) and state.processors[number].interrupted
        case SwitchEnds(processor=number):
            there = 0 <= number < len(state.processors)
            return there and state.processors[number].leaving is not None
        case TimeoutFires(thread=name):
            body = state.body(name)
            sleeps = isinstance(body, Thread) and has_timeout(body)
            return sleeps and not state.is_left(name)  # only then the timeout is queued


def _runs_on(state: State, thread: int) -> bool:
    """Whether the thread runs, and its processor is on its stack."""
    number = state.processor_of(thread)
    return number is not None and state.processors[number].leaving is None


def _takes_interrupts(state: State, number: int) -> bool:
    """Whether there is such a processor; it takes none while it switches, or left one open."""
    if not 0 <= number < len(state.processors):
        return False
    processor = state.processors[number]
    return processor.leaving is None and not processor.unacknowledged


def _thread(state: State, name: int) -> Thread:
    body = state.body(name)
    assert isinstance(body, Thread), name
    return body


def has_timeout(waiter: Thread) -> bool:
    """Whether the thread is in a wait that it limited."""
    return waiter.state is ThreadState.SUSPENDED and limits_its_wait(waiter)


def step(design: Design, state: State, event: Event) -> tuple[State, Outcome]:
    """The state after the event, and what it gave.

    An event that cannot happen is a mistake of the caller: AssertionError.
    """
    after, outcome, _ = observed(design, state, event)
    return after, outcome


def observed(
    design: Design, state: State, event: Event
) -> tuple[State, Outcome, tuple[Unseen, ...]]:
    """The same as `step`, and what messages of unknown words may have brought."""
    assert possible(state, event), event
    here = place(state, event)
    draft = Draft(design, state, here)
    outcome = work_out(draft, event)
    if isinstance(outcome, Panic | Deadlock):
        draft = Draft(design, state, here)  # nobody sees what the call did till then
        draft.panicked = outcome
    return draft.finish(), outcome, tuple(draft.unseen)


def work_out(draft: Draft, event: Event) -> Outcome:
    """Does in the draft all that the event does, which can happen there; what it gave."""
    outcome = _perform(draft, event)
    if isinstance(outcome, Panic | Deadlock):
        return outcome
    drain(draft)
    outcome = _end_if_stopped(draft, event, outcome)
    return draft.fault or outcome


def place(state: State, event: Event) -> int:
    """The processor on which the event happens; a time that has come wakes from anywhere."""
    match event:
        case TimerTick() | ExitInterrupt() | SwitchEnds():
            return event.processor
        case TimeoutFires():
            return 0
        case _:
            number_or_none = state.processor_of(event.thread)
            assert number_or_none is not None, event
            return number_or_none


def _perform(draft: Draft, event: Event) -> Outcome:
    match event:
        case CallMade(number=number):
            call = CALLS.get(number)
            if call is not None:
                return call(draft, event)
            return Refused(Error.INVL_SYSCALL, "unknown_number")
        case CallReturns(thread=name):
            woken = draft.thread(name)
            assert woken.call is not None, name
            draft.put(name, replace(woken, call=None, held=()))
            release_held(draft, woken)
            return _RETURNS[woken.call.number](draft, woken)
        case UserReads():
            return user_reads(draft, event)
        case UserWrites():
            return user_writes(draft, event)
        case TimerTick():
            switch(draft, ThreadState.READY)
            return Done()
        case ExitInterrupt(processor=number):
            draft.change(number, interrupted=False)
            ends = draft.current != NOTHING and not draft.thread(draft.current).is_alive
            if ends:
                return end_current(draft)
            draft.change(number, unacknowledged=not always_acknowledges(draft.design))
            return Done()
        case SwitchEnds():
            return end_switch(draft) or Done()
        case TimeoutFires(thread=name):
            end_wait(draft, name)
            wake(draft, name, WakeReason(Woke.TIMEOUT))
            return Done()


def _end_if_stopped(draft: Draft, event: Event, outcome: Outcome) -> Outcome:
    """The drop of its own group ends the running thread, if the design says so."""
    if draft.design.group_drop_current is GroupDropCurrent.RUNS_ON:
        return outcome
    while draft.stops:
        stopped = draft.current
        ended = end_current(draft)
        if isinstance(ended, Panic) or (isinstance(event, CallMade) and event.thread == stopped):
            outcome = ended
    return outcome
