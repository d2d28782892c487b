"""Which step of the model a call is."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from models.thread_groups.state import announced_when_stopped, current_runs_on
from proofs.thread_groups.mapping.seen import group, is_held, thread
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Blocked, Ok, Outcome, Refused
from reference_kernel.parties import Listener, ListeningPool
from reference_kernel.state import NOTHING, CapabilitySpace, State, Thread
from spec.design import Design
from spec.options import ThreadDestroy, ThreadNew
from spec.syscalls import BY_NAME, BY_NUMBER

Arguments = dict[str, Value]
_Translate = Callable[[State, CallMade], tuple[str, Arguments]]

REFUSALS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "thread_group_new": frozenset({"parent_dead", "parent_exited"}),
        "thread_group_exit": frozenset({"group_dead"}),
        "thread_new": frozenset({"thread_group_dead", "thread_group_exited"}),
        "thread_destroy": frozenset({"thread_dead", "thread_not_suspended"}),
        "thread_resume": frozenset({"thread_dead", "thread_not_suspended", "thread_waits"}),
        "thread_handle_thread_exit_sync": frozenset({"thread_dead"}),
        "thread_handle_thread_exit_async": frozenset({"thread_dead"}),
    }
)
"""The refusals that the model speaks of; the others are about capabilities."""


def target(state: State, call: CallMade, at: int) -> int:
    """The object, dead or alive, that the caller's capability names."""
    caller = state.body(call.thread)
    assert isinstance(caller, Thread), call
    space = state.body(caller.capability_space)
    assert isinstance(space, CapabilitySpace), call
    return space.entries.get(call.arguments[at], NOTHING)


def _group_new(before: State, call: CallMade) -> tuple[str, Arguments]:
    parent, child = target(before, call, 0), before.next_object
    return "thread_group_new", {"parent": group(parent), "child": child}


def _group_exit(before: State, call: CallMade) -> tuple[str, Arguments]:
    return "thread_group_exit", {"group": group(target(before, call, 0))}


def _thread_new(before: State, call: CallMade) -> tuple[str, Arguments]:
    with_space = bool(call.options & ThreadNew.CREATE_CAPABILITY_SPACE)
    return "thread_new", {
        "group": group(target(before, call, 1)),
        "thread": before.next_object + with_space,
        "autostart": bool(call.options & ThreadNew.THREAD_AUTOSTART),
    }


def _destroy(before: State, call: CallMade) -> tuple[str, Arguments]:
    if call.options & ThreadDestroy.DESTROY_OTHER:
        return "thread_destroy_other", {"thread": thread(target(before, call, 0))}
    return "thread_destroy_self", {"caller": thread(call.thread)}


def _of_caller(action: str) -> _Translate:
    return lambda before, call: (action, {"caller": thread(call.thread)})


def _of_thread(action: str) -> _Translate:
    return lambda before, call: (action, {"thread": thread(target(before, call, 0))})


def _exit_sync(before: State, call: CallMade) -> tuple[str, Arguments]:
    return "thread_handle_thread_exit_sync", {
        "caller": thread(call.thread),
        "thread": thread(target(before, call, 0)),
    }


_DROP_SYNC = "drop_check_reciever_handle_cap_drop_sync"
_WAIT = frozenset(
    {
        _DROP_SYNC,
        "channel_sync_send",
        "channel_sync_recv",
        "channel_sync_call",
        "event_pool_await",
    }
)
"""Calls whose callers may wait for something that is no thread: to the model they are all one."""
_TRANSLATED: Mapping[str, _Translate] = MappingProxyType(
    {
        "thread_group_new": _group_new,
        "thread_group_exit": _group_exit,
        "thread_new": _thread_new,
        "thread_yield": _of_caller("thread_yield"),
        "thread_destroy": _destroy,
        "thread_suspend": _of_caller("thread_suspend"),
        "thread_resume": _of_thread("thread_resume"),
        "thread_handle_thread_exit_sync": _exit_sync,
        "thread_handle_thread_exit_async": _of_thread("thread_handle_thread_exit_async"),
        **{name: _of_caller(_DROP_SYNC) for name in _WAIT},
    }
)
_REMOVE_LISTENER = BY_NAME["thread_remove_listener"].number
_LEAVE = frozenset({"thread_yield", "thread_suspend", _DROP_SYNC, "thread_destroy_self"})
"""Steps that take their caller off the processor."""


def is_seen(call: CallMade, outcome: Outcome) -> bool:
    """Whether the model speaks of the call, or of the refusal that it gave."""
    known = BY_NUMBER.get(call.number)
    if known is None or known.name not in _TRANSLATED:
        return False
    if isinstance(outcome, Refused):
        return outcome.refusal in REFUSALS.get(known.name, ())
    return known.name not in _WAIT or isinstance(outcome, Blocked)


def _removes_last(before: State, call: CallMade) -> bool:
    """Whether no pool listens for the thread's end after the call, and some did before."""
    body = before.body(target(before, call, 0))
    if not isinstance(body, Thread) or body.announced:
        return False
    gone = ListeningPool(target(before, call, 1), call.arguments[2])
    pools = [each for each in _listeners(body) if isinstance(each, ListeningPool)]
    return bool(pools) and all(each == gone for each in pools)


def _listeners(body: Thread) -> tuple[Listener, ...]:
    return body.exit_event.once + body.exit_event.always


def main_step(
    design: Design, before: State, call: CallMade, outcome: Outcome
) -> tuple[tuple[ModelStep, ...], bool]:
    """The step that the call is, and whether it takes the caller off the processor."""
    if call.number == _REMOVE_LISTENER and isinstance(outcome, Ok):
        given: Arguments = {"thread": thread(target(before, call, 0))}
        removed = ModelStep("thread_remove_listener", given)
        return ((removed,), False) if _removes_last(before, call) else ((), False)
    if not is_seen(call, outcome):
        return (), False
    action, arguments = _TRANSLATED[BY_NUMBER[call.number].name](before, call)
    if isinstance(outcome, Refused):
        return (ModelStep(action, arguments, outcome.refusal),), False
    if action in _LEAVE or isinstance(outcome, Blocked):
        return leaving(design, before, ModelStep(action, arguments)), True
    return (ModelStep(action, arguments),), False


def leaving(design: Design, before: State, step: ModelStep) -> tuple[ModelStep, ...]:
    """The step by which the running thread leaves the processor, or its last one."""
    body = before.body(before.current)
    assert isinstance(body, Thread), before.current
    if not current_runs_on(design) or body.is_alive:
        return (step,)
    if not announced_when_stopped(design) and is_held(before, before.current):
        return (step,)
    return (ModelStep("last_switch", {"caller": thread(before.current)}),)
