"""A trace of thread_groups as calls and ticks, from boot.

All threads share the address space and the capability space of the first one, so that whoever runs
can name every thread and every group. Waits have a timeout, so that it can fire.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from assay.traces.trace import Decision, TraceValue
from proofs.performing import CannotBe, Given, perform
from proofs.realise import Program, values_of
from reference_kernel.events import CallReturns, Event, TimeoutFires, TimerTick
from reference_kernel.state import NOTHING
from reference_kernel.step import has_timeout
from spec.design import CreatedRights, Design
from spec.ids import ObjectType
from spec.options import CREATED_RIGHTS, CapClone, CapDestroy, ThreadDestroy, ThreadNew, Wait
from spec.rights import ALL_RIGHTS

_FIRST = "FIRST"
_PAGE_FOR_EVENTS = 1
_TOO_SMALL = 0
_SELF_TO_SELF = CapClone.SRC_CSPACE_SELF | CapClone.DST_CSPACE_SELF
_STRONG = int(ALL_RIGHTS) | CapClone.CHANGE_CAP_WEAKNESS | _SELF_TO_SELF


def realise(design: Design, _start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The kernel events that do what the decisions say.

    Errors: ValueError naming the decision that nothing here does.
    """
    program = _Run(design)
    perform(program, decisions, _DOES)
    return tuple(program.events)


class _Run(Program):
    """The first program as it writes itself, and what the trace's names are."""

    def __init__(self, design: Design) -> None:
        super().__init__(design)
        self.threads: dict[TraceValue, int] = {_FIRST: self.state.current}
        self.ids: dict[TraceValue, int] = {_FIRST: self.own(ObjectType.THREAD)}
        self.groups: dict[TraceValue, int] = {_FIRST: self.own(ObjectType.THREAD_GROUP)}
        self.strong: dict[TraceValue, int] = {}
        self.checks: dict[int, int] = {}
        self.listening: list[tuple[int, int]] = []

    def call(self, name: str, options: int, *arguments: int) -> tuple[int, ...]:
        """The running thread ends the call that it is in, and makes this one."""
        if self.state.current == NOTHING:
            raise CannotBe("nobody runs")
        if self.thread(self.state.current).call is not None:
            self.happens(CallReturns(self.state.current))
        return values_of(self.make_call(self.state.current, name, options, *arguments))

    def created(self, name: str, options: int, *arguments: int) -> int:
        """The id of what the call makes, with all rights that it may give."""
        made = self.call(name, self.asks_for_all_rights(options), *arguments)
        return (*made, NOTHING)[0]

    def destroy(self, word: int) -> None:
        """The capability goes."""
        self.call("cap_destroy", CapDestroy.CSPACE_SELF, NOTHING, word)


def _group_new(program: _Run, given: Given) -> None:
    parent, allocator = program.groups[given["parent"]], program.own(ObjectType.ALLOCATOR)
    program.groups[given["child"]] = program.created("thread_group_new", 0, parent, allocator)


def _group_exit(program: _Run, given: Given) -> None:
    program.call("thread_group_exit", 0, program.groups[given["group"]])


def _group_drop(program: _Run, given: Given) -> None:
    """With the space that all share the last capabilities go by themselves."""
    word = program.groups.pop(given["group"])
    if program.state.body(program.space) is not None:
        program.destroy(word)


def _thread_new(program: _Run, given: Given) -> None:
    spaces = (program.own(ObjectType.ADDRESS_SPACE), program.own(ObjectType.CAPABILITY_SPACE))
    options = ThreadNew.THREAD_AUTOSTART if given["autostart"] else 0
    allocator, group = program.own(ObjectType.ALLOCATOR), program.groups[given["group"]]
    program.threads[given["thread"]] = program.state.next_object
    program.ids[given["thread"]] = program.created("thread_new", options, allocator, group, *spaces)


def _yield(program: _Run, _given: Given) -> None:
    program.call("thread_yield", 0)


def _tick(program: _Run, _given: Given) -> None:
    program.happens(TimerTick())


def _runs(program: _Run, given: Given) -> None:
    program.until_it_runs(program.threads[given["thread"]])


def _skipped(program: _Run, given: Given) -> None:
    name = program.threads[given["thread"]]
    for _ in range(len(program.state.ready) + 1):
        if name in program.state.ready:
            program.happens(TimerTick())


def _suspend(program: _Run, _given: Given) -> None:
    program.call("thread_suspend", Wait.TIMEOUT, NOTHING)


def _timeout(program: _Run, given: Given) -> None:
    """A thread that never ran has no timeout, but a resume wakes it just so."""
    name = program.threads[given["thread"]]
    if has_timeout(program.thread(name)):
        program.happens(TimeoutFires(name))
    else:
        _resume(program, given)


def _resume(program: _Run, given: Given) -> None:
    program.call("thread_resume", 0, program.ids[given["thread"]])


def _destroy_self(program: _Run, _given: Given) -> None:
    program.call("thread_destroy", 0)


def _destroy_other(program: _Run, given: Given) -> None:
    program.call("thread_destroy", ThreadDestroy.DESTROY_OTHER, program.ids[given["thread"]])


def _exit_sync(program: _Run, given: Given) -> None:
    program.call(
        "thread_handle_thread_exit_sync", Wait.TIMEOUT, program.ids[given["thread"]], NOTHING
    )


def _pool(program: _Run, word: int, pages: int) -> None:
    allocator = program.own(ObjectType.ALLOCATOR)
    pool = program.created("event_pool_new", 0, allocator, pages)
    program.call("thread_handle_thread_exit_async", 0, word, pool, NOTHING)
    program.listening.append((word, pool))


def _exit_async(program: _Run, given: Given) -> None:
    _pool(program, program.ids[given["thread"]], _PAGE_FOR_EVENTS)


def _no_listener(program: _Run, given: Given) -> None:
    """Every pool is removed that listens for the thread's end."""
    ended = program.ids[given["thread"]]
    for word, pool in program.listening:
        if word == ended:
            program.call("thread_remove_listener", 0, word, pool, NOTHING)
    program.listening = [each for each in program.listening if each[0] != ended]


def _cut_off(program: _Run, given: Given) -> None:
    """A pool without room listens after the thread, so it is told before it, and fails."""
    source = program.thread(program.threads[given["thread"]]).waits_on
    known = {name: program.ids[each] for each, name in program.threads.items()}
    _pool(program, known[source], _TOO_SMALL)


def _drop_sync(program: _Run, _given: Given) -> None:
    options = CREATED_RIGHTS if program.design.created_rights is CreatedRights.OPTION else 0
    made = program.call("drop_check_new", options, program.own(ObjectType.ALLOCATOR), NOTHING)
    check, receiver = made
    program.checks[program.state.current] = check
    program.call("drop_check_reciever_handle_cap_drop_sync", Wait.TIMEOUT, receiver, NOTHING)


def _event(program: _Run, given: Given) -> None:
    program.destroy(program.checks.pop(program.threads[given["thread"]]))


def _held(program: _Run, given: Given) -> None:
    word = program.ids[given["thread"]]
    program.strong[given["thread"]] = program.created("cap_clone", _STRONG, NOTHING, NOTHING, word)


def _let_go(program: _Run, given: Given) -> None:
    program.destroy(program.strong.pop(given["thread"]))


_DOES: Mapping[str, Callable[[_Run, Given], None]] = MappingProxyType(
    {
        "thread_group_new": _group_new,
        "thread_group_exit": _group_exit,
        "thread_group_drop": _group_drop,
        "thread_new": _thread_new,
        "thread_yield": _yield,
        "slice_ends": _tick,
        "last_switch": _tick,
        "thread_runs": _runs,
        "ended_is_skipped": _skipped,
        "thread_suspend": _suspend,
        "timeout_fires": _timeout,
        "thread_resume": _resume,
        "thread_destroy_self": _destroy_self,
        "thread_destroy_other": _destroy_other,
        "thread_handle_thread_exit_sync": _exit_sync,
        "thread_handle_thread_exit_async": _exit_async,
        "thread_remove_listener": _no_listener,
        "listener_is_cut_off": _cut_off,
        "drop_check_reciever_handle_cap_drop_sync": _drop_sync,
        "awaited_event_happens": _event,
        "thread_is_held": _held,
        "thread_is_let_go": _let_go,
    }
)
