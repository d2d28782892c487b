"""What a kernel step sets off beside what was asked for."""

from collections.abc import Iterable, Iterator

from assay.engines.kernel import ModelStep
from proofs.thread_groups.mapping.seen import (
    group,
    is_held,
    thread,
    waits_elsewhere,
    waits_for,
)
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.state import NOTHING, Body, State, Thread, ThreadGroup, ThreadState
from spec.design import Design, ListenerFailure

WAKES = ("timeout_fires", "thread_resume")


def steps(
    design: Design, before: State, main: tuple[ModelStep, ...], after: State, *, leaves: bool
) -> tuple[ModelStep, ...]:
    """The main step with everything around it; `leaves`: it takes its caller off the processor.

    As built the drop of its group leaves the next thread running, if that was chosen before; so the
    choice comes before such a drop, and otherwise last. A message is copied while its sender runs:
    the sleeper that it loses is lost first.
    """
    runs = after.current != NOTHING and (leaves or after.current != before.current)
    if before is after:
        return main
    changed = list(_changed(before, after))
    dropped = [name for name in changed if _is_group(before, name) and not _is_group(after, name)]
    early = () if design.listener_failure is ListenerFailure.CONTINUES else _cut_off(before, after)
    chosen = _named("thread_runs", after.current) if runs else ()
    late: list[int] = []
    if runs and not _body(after, after.current).is_alive:
        late = [name for name in dropped if _is_within(before, after.current, name)]
    lost = [name for name in changed if _is_lost(before, name, after)]
    return (
        *(step for name in lost for step in _named("claimed_sleeper_is_lost", name)),
        *(step for name in early if _waited(before, name) for step in _cut(name)),
        *main,
        *(step for name in early if not _waited(before, name) for step in _cut(name)),
        *(ModelStep("thread_group_drop", {"group": group(g)}) for g in dropped if g not in late),
        *_of_threads(before, main, after, changed),
        *chosen,
        *(ModelStep("thread_group_drop", {"group": group(g)}) for g in late),
    )


def _changed(before: State, after: State) -> Iterator[int]:
    """The threads and groups that are new or different, then those that are gone."""
    changed = changed_objects(before, after)
    for name in changed:
        if isinstance(after.body(name), Thread | ThreadGroup):
            yield name
    for name in changed:
        if after.body(name) is None and isinstance(before.body(name), Thread | ThreadGroup):
            yield name


def _named(action: str, name: int) -> tuple[ModelStep, ...]:
    return (ModelStep(action, {"thread": thread(name)}),)


def _is_group(state: State, name: int) -> bool:
    return isinstance(state.body(name), ThreadGroup)


def _body(state: State, name: int) -> Thread:
    body = state.body(name)
    assert isinstance(body, Thread), name
    return body


def _is_within(state: State, name: int, ancestor: int) -> bool:
    """Whether an exit of the group would have reached the thread."""
    body = state.body(name)
    left = [ancestor] if isinstance(body, Thread) else []
    while left:
        found = state.body(left.pop())
        if isinstance(found, ThreadGroup):
            if name in found.members:
                return True
            left += found.members
    return False


def _of_threads(
    before: State, main: tuple[ModelStep, ...], after: State, changed: Iterable[int]
) -> Iterator[ModelStep]:
    """Threads that are held or let go, sleepers that wake, entries of the queue thrown away."""
    woken = {step.arguments.get("thread") for step in main if step.action in WAKES}
    for name in changed:
        old, new = before.body(name), after.body(name)
        held = is_held(before, name)
        if held != is_held(after, name):
            yield from _named("thread_is_let_go" if held else "thread_is_held", name)
        if not isinstance(new, Thread):
            continue
        awake = new.state in (ThreadState.READY, ThreadState.RUNNING)
        slept = isinstance(old, Thread) and waits_elsewhere(old)
        if slept and awake and thread(name) not in woken:
            if _is_lost(before, name, after):
                continue
            yield from _named("awaited_event_happens", name)
        if new.state is ThreadState.READY and name not in after.ready:
            was = isinstance(old, Thread) and old.state is ThreadState.READY
            if not was or name in before.ready:
                yield from _named("ended_is_skipped", name)


def _is_lost(before: State, name: int, after: State) -> bool:
    """Whether the thread, which slept, stands in no queue now, though it is ready and not ended."""
    old, new = before.body(name), after.body(name)
    slept = isinstance(old, Thread) and waits_elsewhere(old)
    is_ready = isinstance(new, Thread) and new.is_alive and new.state is ThreadState.READY
    return slept and is_ready and name not in after.ready


def _cut(name: int) -> tuple[ModelStep, ...]:
    return _named("listener_is_cut_off", name)


def _waited(before: State, name: int) -> bool:
    body = before.body(name)
    return isinstance(body, Thread) and waits_for(body) != NOTHING


def _cut_off(before: State, after: State) -> tuple[int, ...]:
    """The threads that wait for one whose end was announced in this step, and sleep on."""
    announced = {
        name
        for name in changed_objects(before, after)
        if _announces(before.body(name), after.body(name))
    }
    if not announced:
        return ()
    return tuple(
        name
        for name, known in after.objects.items()
        if isinstance(known.body, Thread) and waits_for(known.body) in announced
    )


def _announces(old: Body | None, new: Body | None) -> bool:
    """Whether it is a thread whose end was announced now."""
    if not isinstance(old, Thread) or old.announced:
        return False
    return new is None or (isinstance(new, Thread) and new.announced > 0)
