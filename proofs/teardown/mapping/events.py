"""Which steps of the model an event of the kernel is."""

from assay.engines.kernel import ModelStep
from models.teardown.choices import kills_anywhere, shakes_hands
from proofs.teardown.mapping.calls import About, Destroys, Exits, Joins, about
from proofs.teardown.mapping.program import Program
from reference_kernel.events import (
    CallContinues,
    CallMade,
    CallReturns,
    Event,
    ExitInterrupt,
    MemoryIsBack,
    MemoryRunsOut,
    ShootdownInterrupt,
    SwitchEnds,
    TimeoutFires,
    TimerTick,
    UserReads,
    UserWrites,
)
from reference_kernel.outcomes import Ended, Outcome
from reference_kernel.state import NOTHING, State, Thread, ThreadGroup, ThreadState
from reference_kernel.step import place
from spec.design import Design
from spec.options import ThreadDestroy
from spec.syscalls import BY_NAME

_DESTROY = BY_NAME["thread_destroy"].number
_WAKES = ("wakes", "is_woken_in_vain")
_AWAKE = (ThreadState.READY, ThreadState.RUNNING)


def steps(
    design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> tuple[ModelStep, ...]:
    """The model's steps that this kernel step is."""
    program = Program(design, before, after, place(before, event))
    match event:
        case TimeoutFires():
            _wakes(program)
        case TimerTick():
            _ticks(program)
        case ExitInterrupt():
            _is_interrupted(program)
        case SwitchEnds():
            _ends_switch(program)
        case CallMade():
            _calls(program, event, about(before, event, outcome))
        case CallReturns(thread=name):
            program.does("goes_on", thread=name)
            program.releases(name)
            _goes_back(program, ends_itself=False)
        case UserReads() | UserWrites():
            if isinstance(outcome, Ended):
                program.does("enters_kernel")
                _goes_back(program, ends_itself=True)
        case ShootdownInterrupt() | CallContinues() | MemoryRunsOut() | MemoryIsBack():
            pass
    return tuple(program.steps)


def _dropped(program: Program) -> list[int]:
    """The groups that are gone, in the order of their names."""
    was, is_now = program.before.body, program.after.body
    gone = (name for name in program.changed if isinstance(was(name), ThreadGroup))
    return sorted(name for name in gone if is_now(name) is None)


def _calls(program: Program, call: CallMade, what: About | None) -> None:
    """A call, from user code to where it ends or its thread is left."""
    left = program.after.processors[program.here].current != program.runs
    if what is None and not left and not _dropped(program):
        _wakes(program)
        program.cleans_up()
        return
    program.does("enters_kernel")
    match what:
        case Joins():
            program.joins(what)
        case Exits():
            program.exits(what)
        case Destroys():
            program.destroys(what)
        case None:
            pass
    others = call.options & ThreadDestroy.DESTROY_OTHER
    _goes_back(program, ends_itself=call.number == _DESTROY and not others)


def _goes_back(program: Program, *, ends_itself: bool) -> None:
    """The thread of the processor, in the kernel, returns to user code or is left."""
    caller = program.before.processors[program.here].current
    stays = program.after.processors[program.here].current == caller
    dropped = _dropped(program)
    body = program.after.body(caller)
    waits = isinstance(body, Thread) and body.state in (ThreadState.SUSPENDED, ThreadState.READY)
    if stays or not (ends_itself or waits or caller in program.killed):
        program.drops(dropped)
        dropped = []
    _wakes(program)
    if stays:
        program.cleans_up()
        program.does("leaves_kernel")
        return
    if isinstance(body, Thread) and waits:
        for each in dict.fromkeys(body.held):
            program.does("takes_reference", object=each)
        program.leaves("blocks")
        if body.state is ThreadState.READY:
            program.happens("wakes", thread=caller)
    elif ends_itself:
        program.leaves("ends_itself")
    elif program.runs != NOTHING:
        program.dies()
    _switches(program, caller, dropped)


def _ticks(program: Program) -> None:
    """The slice of a thread ends, or an idle processor looks for one."""
    caller = program.runs
    if caller == NOTHING:
        program.picks()
        if program.steps and program.after.processors[program.here].leaving is None:
            program.does("continues")
    elif program.after.processors[program.here].current != caller:
        program.leaves("slice_ends")
        _switches(program, caller, _dropped(program))


def _is_interrupted(program: Program) -> None:
    """The processor takes the exit interrupt."""
    caller = program.runs
    body = program.thread(caller)
    if body is None or body.is_alive:
        program.does("interrupt_passes")
        return
    if kills_anywhere(program.design):
        program.leaves("interrupt_kills")
    else:
        program.does("interrupt_passes")
        if body.call is not None:
            program.does("goes_on", thread=caller)
            program.releases(caller)
        program.dies()
    _switches(program, caller, _dropped(program))


def _switches(program: Program, left: int, dropped: list[int]) -> None:
    """The processor has left a thread, and goes on to the next."""
    if program.after.processors[program.here].leaving is not None:
        program.cleans_up()
        program.picks()
        return
    _saves(program, left)
    _goes_over(program, dropped)


def _saves(program: Program, left: int) -> None:
    """The context of the thread is saved, and it stops, if it was to."""
    body, after = program.thread(left), program.after.body(left)
    stops = not isinstance(after, Thread) or after.state is ThreadState.DEAD
    assert body is not None, left
    program.saves(left, stops=stops)


def _goes_over(program: Program, dropped: list[int]) -> None:
    """What the end of the thread sets off, then the choice of the next and its way back.

    As built a drop leaves the next thread running: then it was chosen before.
    """
    chosen = program.after.body(program.after.processors[program.here].current)
    spared = isinstance(chosen, Thread) and not chosen.is_alive
    if spared:
        program.picks()
    program.drops(dropped)
    _wakes(program)
    program.cleans_up()
    if not spared:
        program.picks()
    program.does("continues")


def _ends_switch(program: Program) -> None:
    """The context of the thread that the processor left is saved."""
    leaving = program.before.processors[program.here].leaving
    assert leaving is not None, program.here
    if leaving.thread != NOTHING:
        _saves(program, leaving.thread)
    program.drops(_dropped(program))
    _wakes(program)
    program.cleans_up()
    program.does("continues")


def _wakes(program: Program) -> None:
    """Sleepers get ready, those that the mapping has not woken yet."""
    known = {step.arguments["thread"] for step in program.steps if step.action in _WAKES}
    for name in program.changed:
        if name not in known and _is_awake(program, name):
            lost = _is_lost(program, name)
            program.happens("is_woken_in_vain" if lost else "wakes", thread=name)


def _is_awake(program: Program, name: int) -> bool:
    """Whether the thread slept before the step, and does no more."""
    old, new = program.thread(name), program.after.body(name)
    slept = old is not None and old.state is ThreadState.SUSPENDED
    return slept and isinstance(new, Thread) and new.state in _AWAKE


def _is_lost(program: Program, name: int) -> bool:
    """Whether the thread is ready, not ended, and stands in no queue."""
    new, state = program.after.body(name), program.after
    ready = isinstance(new, Thread) and new.is_alive and new.state is ThreadState.READY
    limbo = shakes_hands(program.design) and state.is_left(name)
    return ready and name not in state.ready and not limbo
