"""SCH-1 ready_means_queued_once, and what only several processors can break: SCH-2, 6 and 7."""

from reference_kernel.events import Event
from reference_kernel.guarantees.check import full, quick
from reference_kernel.guarantees.holders import title
from reference_kernel.outcomes import Outcome, Panic
from reference_kernel.processors import NO_THREAD, keeps_idle_threads
from reference_kernel.sections import Section
from reference_kernel.state import NOTHING, Leaving, Processor, State, Thread, ThreadState
from spec.design import Design


def ready_means_queued_once(
    design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """Compares the queue with the states; an entry whose thread is gone counts for nothing.

    A thread that gets into the queue when it has left its stack counts as queued.
    """
    running = after.running
    wrong = _idle_threads(design, after)
    if wrong is not None:
        return wrong
    for name, known in after.objects.items():
        body = known.body
        if not isinstance(body, Thread):
            continue
        queued = after.ready.count(name) + _leaves_ready(after, name)
        if queued != (body.state is ThreadState.READY):
            state = body.state.value.lower()
            return f"{title(after, name)} is {state} and in the ready queue {queued} times"
        if (name in running) != (body.state is ThreadState.RUNNING):
            return f"{title(after, name)} is {body.state.value.lower()} against the processor"
    return None


def _leaves_ready(state: State, thread: int) -> int:
    """How many processors will queue the thread when they have left its stack, or took it out."""
    leaving = Leaving(thread, ThreadState.READY)
    return sum(each.leaving == leaving or _took(each, thread) for each in state.processors)


def _took(processor: Processor, thread: int) -> bool:
    """Whether the processor took the thread out of the queue, and has not looked at it yet."""
    rest = processor.rest
    return rest is not None and rest.section is Section.LOOKS and rest.words[1] == thread


def _idle_threads(design: Design, after: State) -> str | None:
    queued = after.ready.count(NOTHING)
    if keeps_idle_threads(design):
        return f"an idle thread is in the ready queue {queued} times" if queued else None
    left = sum(
        each.leaving is not None and each.leaving.thread == NOTHING for each in after.processors
    )
    running = len(after.running)
    if queued + left != running:
        return f"an idle thread is in the ready queue {queued} times, and {running} threads run"
    return None


def one_stack_one_processor(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """No processor runs a thread on whose stack another one still is, nor do two run one."""
    for number, processor in enumerate(after.processors):
        left = processor.leaving
        others = [each.current for at, each in enumerate(after.processors) if at != number]
        if left is not None and left.thread != NOTHING and left.thread in others:
            return f"{title(after, left.thread)} runs, and processor {number} is still on its stack"
        if processor.current != NOTHING and processor.current in others:
            return f"{title(after, processor.current)} runs on two processors"
    return None


def a_processor_always_finds_a_thread(
    _design: Design, _before: State, _event: Event, outcome: Outcome, _after: State
) -> str | None:
    """No processor that needs a thread finds none."""
    return NO_THREAD.reason if outcome == NO_THREAD else None


def every_interrupt_is_acknowledged_once(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """No processor goes on with an interrupt that it took and did not acknowledge."""
    for number, processor in enumerate(after.processors):
        if processor.unacknowledged and processor.leaving is None:
            return f"processor {number} took an interrupt, and never says so"
    return None


CHECKS = (
    full("SCH-1", ready_means_queued_once),
    quick("SCH-1", ready_means_queued_once, "processors", "ready", Thread),
)

CHECKS_OF_SWITCHES = (
    full("SCH-2", one_stack_one_processor),
    quick("SCH-2", one_stack_one_processor, "processors"),
    full("SCH-6", a_processor_always_finds_a_thread),
    quick("SCH-6", a_processor_always_finds_a_thread, Panic),
    full("SCH-7", every_interrupt_is_acknowledged_once),
    quick("SCH-7", every_interrupt_is_acknowledged_once, "processors"),
)
"""What shows on several processors, where switches are steps of their own."""
