"""SCH-1 ready_means_queued_once."""

from reference_kernel.events import Event
from reference_kernel.guarantees.check import full, quick
from reference_kernel.guarantees.holders import title
from reference_kernel.outcomes import Outcome
from reference_kernel.state import NOTHING, State, Thread, ThreadState
from spec.design import Design


def ready_means_queued_once(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """Compares the queue with the states; an entry whose thread is gone counts for nothing."""
    idle, running = after.ready.count(NOTHING), after.running
    if idle != len(running):
        return f"an idle thread is in the ready queue {idle} times, and {len(running)} threads run"
    for name, known in after.objects.items():
        body = known.body
        if not isinstance(body, Thread):
            continue
        queued = after.ready.count(name)
        if queued != (body.state is ThreadState.READY):
            state = body.state.value.lower()
            return f"{title(after, name)} is {state} and in the ready queue {queued} times"
        if (name in running) != (body.state is ThreadState.RUNNING):
            return f"{title(after, name)} is {body.state.value.lower()} against the processor"
    return None


CHECKS = (
    full("SCH-1", ready_means_queued_once),
    quick("SCH-1", ready_means_queued_once, "processors", "ready", Thread),
)
