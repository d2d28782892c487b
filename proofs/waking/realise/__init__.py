"""A trace of waking as calls, ticks and ends of switches on two processors, from boot.

What a thread or the timer asks for is done when the next thread is picked, or at the end of the
trace: till then no other processor can tell. Who is wanted next is brought to the head of the ready
queue first, by a processor that idles.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from assay.traces.trace import Decision, TraceValue
from proofs.performing import CannotBe, Given, Later, perform_looking_ahead
from proofs.waking.realise.program import Switches
from reference_kernel.events import (
    CallReturns,
    Event,
    MemoryIsBack,
    MemoryRunsOut,
    SwitchEnds,
    TimeoutFires,
    TimerTick,
)
from reference_kernel.state import NOTHING, Thread
from spec.design import Design, DyingObjects, LateListeners
from spec.ids import ObjectType
from spec.options import ThreadDestroy, Wait

_BOOT = "BOOT"
_PREFIX = "processor"
_EMPTY = 0
_MESSAGE_BYTES = 8
_NO_TIME_YET = 1


def realise(design: Design, _start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The kernel events that do what the decisions say.

    Errors: ValueError naming the decision that nothing here does.
    """
    return performed(Switches(design), decisions)


def performed(program: Switches, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The events with which the program does what the decisions say; ValueError as above."""
    perform_looking_ahead(program, decisions, _DOES)
    for ask in program.asked.values():
        ask()
    return tuple(program.events)


def _number(given: Given) -> int:
    name = str(given["processor"])
    return 0 if name == _BOOT else int(name.removeprefix(_PREFIX))


def _thread(program: Switches, given: Given) -> int:
    return program.threads[given["thread"]]


def _asks(program: Switches, given: Given, ask: Callable[[int], None]) -> None:
    """The processor's thread does that when the next one is picked."""
    number = _number(given)
    name = program.runs(number)
    program.asked[number] = lambda: ask(name)


def _limit(given: Given) -> int:
    return int(Wait.TIMEOUT) if given["limited"] else 0


def _yields(program: Switches, given: Given, _: Later) -> None:
    _asks(program, given, lambda name: _ends(program, name, "thread_yield"))


def _destroys_self(program: Switches, given: Given, _: Later) -> None:
    _asks(program, given, lambda name: _ends(program, name, "thread_destroy"))


def _stops(program: Switches, given: Given, _: Later) -> None:
    """The thread ends its own group."""
    _asks(program, given, lambda name: _ends(program, name, "thread_group_exit"))


def _ends(program: Switches, name: int, call: str) -> None:
    arguments = (program.groups[name],) if call == "thread_group_exit" else ()
    program.made_by(name, call, 0, *arguments)


def _suspends(program: Switches, given: Given, _: Later) -> None:
    limit = _limit(given)
    _asks(
        program,
        given,
        lambda name: _waits(program, name, "thread_suspend", limit, _NO_TIME_YET),
    )


def _waits(program: Switches, name: int, call: str, options: int, *arguments: int) -> None:
    program.made_by(name, call, options, *arguments)


def _slice_ends(program: Switches, given: Given, _: Later) -> None:
    number = _number(given)
    program.processor(number)
    program.asked[number] = lambda: _ticks(program, number)


def _ticks(program: Switches, number: int) -> None:
    program.happens(TimerTick(number))


def _wait_begins(program: Switches, given: Given, later: Later) -> None:
    """The wait is for what its fate needs."""
    number = _number(given)
    caller = program.runs(number)
    (name,) = (each for each, known in program.threads.items() if known == caller)
    fate = next((each.name for each in later if _is_about(each, name, number)), "")
    limit = _limit(given)
    wait = {
        "source_is_lost": _wait_in_vain if _is_late(program) else _wait_to_receive_nothing,
        "claimed_sleeper_is_lost": _wait_to_receive_nothing,
    }.get(fate, _wait_for_a_check)
    _asks(program, given, lambda thread: wait(program, thread, limit))


def _is_late(program: Switches) -> bool:
    """Whether who waits for what is over is told nothing."""
    return program.design.late_listeners is LateListeners.WAIT_FOR_NEXT


_FATES = frozenset({"source_is_lost", "claimed_sleeper_is_lost", "source_fires", "timeout_fires"})


def _is_about(decision: Decision, name: TraceValue, _number: int) -> bool:
    about = dict(decision.arguments).get("thread") == name
    return about and decision.name in _FATES


def _wait_for_a_check(program: Switches, name: int, limit: int) -> None:
    check, receiver = program.created(
        name, "drop_check_new", 0, program.own(ObjectType.ALLOCATOR), NOTHING
    )
    program.checks[name] = check
    call = "drop_check_reciever_handle_cap_drop_sync"
    _waits(program, name, call, limit, receiver, _NO_TIME_YET)


def _wait_in_vain(program: Switches, name: int, limit: int) -> None:
    """For a check that is gone, which late listeners may never be told."""
    check, receiver = program.created(
        name, "drop_check_new", 0, program.own(ObjectType.ALLOCATOR), NOTHING
    )
    program.made_by(name, "cap_destroy", 1, NOTHING, check)
    call = "drop_check_reciever_handle_cap_drop_sync"
    _waits(program, name, call, limit, receiver, _NO_TIME_YET)


def _wait_to_receive_nothing(program: Switches, name: int, limit: int) -> None:
    """Into a place that has no room for any message."""
    (channel,) = program.created(name, "channel_new", 0xF, program.own(ObjectType.ALLOCATOR))
    program.channels[name] = channel
    memory = program.own(ObjectType.MEMORY)
    _waits(program, name, "channel_sync_recv", limit, channel, memory, 0, _EMPTY, _NO_TIME_YET)
    if name in program.lost:
        _loses(program, name)


def _picks(program: Switches, given: Given, _: Later) -> None:
    program.picks(_number(given), _thread(program, given))


def _picks_idle(program: Switches, given: Given, _: Later) -> None:
    program.picks(_number(given), NOTHING)


def _stays(program: Switches, given: Given, _: Later) -> None:
    program.asked.pop(_number(given))()


def _switches(program: Switches, given: Given, _: Later) -> None:
    """It was done when the next thread was picked."""
    if program.processor(_number(given)).leaving is None:
        raise CannotBe("the processor does not switch")


def _switch_ends(program: Switches, given: Given, _: Later) -> None:
    program.happens(SwitchEnds(_number(given)))


def _ends_with_a_death(program: Switches, given: Given, later: Later) -> None:
    left = program.processor(_number(given)).leaving
    if left is None:
        raise CannotBe("the processor does not switch")
    program.call("thread_group_exit", 0, program.groups[left.thread])
    _switch_ends(program, given, later)


def _thread_new(program: Switches, given: Given, later: Later) -> None:
    """Held where it is to be ended and still there."""
    program.makes_thread(program.caller(), given["thread"], autostart=bool(given["autostart"]))
    if any(each.name == "ended_is_skipped" for each in later):
        program.hold(_thread(program, given))


def _resumes(program: Switches, given: Given, _: Later) -> None:
    program.call("thread_resume", 0, program.ids[_thread(program, given)])


def _destroys_other(program: Switches, given: Given, _: Later) -> None:
    word = program.ids[_thread(program, given)]
    program.call("thread_destroy", ThreadDestroy.DESTROY_OTHER, word)


def _is_ended(program: Switches, given: Given, _: Later) -> None:
    """Its group ends the thread, unless it is gone by now."""
    name = _thread(program, given)
    if isinstance(program.state.body(name), Thread):
        program.call("thread_group_exit", 0, program.groups[name])


def _is_skipped(program: Switches, given: Given, _: Later) -> None:
    name = _thread(program, given)
    program.call("thread_group_exit", 0, program.groups[name])
    for _turn in range(len(program.state.ready) + 1):
        if name not in program.state.ready:
            return
        program.turns()
    raise CannotBe("the thread stays in the ready queue")


def _fires(program: Switches, given: Given, _: Later) -> None:
    program.destroy(program.checks.pop(_thread(program, given)))


def _times_out(program: Switches, given: Given, _: Later) -> None:
    program.happens(TimeoutFires(_thread(program, given)))


def _is_lost(program: Switches, given: Given, _: Later) -> None:
    """It was lost when it began, or will be, if that is asked for but not done yet.

    Where nobody begins to wait in vain, what it waits in goes, by whoever can drop it.
    """
    name = _thread(program, given)
    if program.state.processor_of(name) in program.asked:
        program.lost.add(name)
    elif program.thread(name).waits_on == NOTHING:
        raise CannotBe("the thread does not wait")
    elif not _is_late(program):
        _loses(program, name)


def _loses(program: Switches, name: int) -> None:
    """The channel in which the thread waits goes, or cannot give it a message, and says nothing."""
    if program.design.dying_objects is DyingObjects.SILENT:
        program.destroy(program.channels.pop(name))
    else:
        _sends_in_vain(program, name)


def _claimed(program: Switches, given: Given, _: Later) -> None:
    _sends_in_vain(program, _thread(program, given))


def _sends_in_vain(program: Switches, name: int) -> None:
    channel = program.channels.pop(name)
    memory = program.own(ObjectType.MEMORY)
    program.call("channel_try_send", 0, channel, memory, 0, _MESSAGE_BYTES)


def _memory_runs_out(program: Switches, _given: Given, _: Later) -> None:
    program.happens(MemoryRunsOut())


def _memory_is_back(program: Switches, _given: Given, _: Later) -> None:
    program.happens(MemoryIsBack())


def _returns(program: Switches, given: Given, _: Later) -> None:
    program.happens(CallReturns(program.runs(_number(given))))


_DOES: Mapping[str, Callable[[Switches, Given, Later], None]] = MappingProxyType(
    {
        "thread_yield": _yields,
        "slice_ends": _slice_ends,
        "picks": _picks,
        "picks_idle": _picks_idle,
        "stays": _stays,
        "switches": _switches,
        "switch_ends": _switch_ends,
        "switch_ends_with_a_death": _ends_with_a_death,
        "switch_panics": _switch_ends,
        "thread_suspend": _suspends,
        "wait_begins": _wait_begins,
        "source_fires": _fires,
        "source_is_lost": _is_lost,
        "claimed_sleeper_is_lost": _claimed,
        "stale_entry_goes": _fires,
        "timeout_fires": _times_out,
        "thread_resume": _resumes,
        "call_returns": _returns,
        "thread_new": _thread_new,
        "thread_destroy_self": _destroys_self,
        "killed_thread_stops": _stops,
        "thread_destroy_other": _destroys_other,
        "thread_is_killed": _is_ended,
        "thread_is_freed": _is_ended,
        "ended_is_skipped": _is_skipped,
        "memory_runs_out": _memory_runs_out,
        "memory_is_back": _memory_is_back,
    }
)
