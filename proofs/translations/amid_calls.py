"""A trace of translations on two processors, each small step by the one that it says.

As where a processor is alone, the small steps of a change are made by one call of copy_on_write.
"""

from collections.abc import Iterator

from assay.traces.trace import Decision, TraceValue
from proofs.copy_on_write.amid_calls import MODE as MODE
from proofs.copy_on_write.amid_calls import realise as realise_whole
from proofs.copy_on_write.realise import FIRST_PROCESSOR
from proofs.translations.realise import CACHED, PROCESSOR, whole
from reference_kernel.events import Event
from spec.design import Design


def realise(design: Design, start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The kernel events that do what the decisions say.

    Errors: ValueError naming the decision that no event does.
    """
    return realise_whole(design, start, tuple(_with_callers(decisions)))


def _with_callers(decisions: tuple[Decision, ...]) -> Iterator[Decision]:
    """The same of copy_on_write, where a call is made by who made the last one, if nobody is named.

    Who changes an entry is who makes the call of which that is a part.
    """
    caller: TraceValue = FIRST_PROCESSOR
    for at, each in enumerate(decisions):
        by = dict(each.arguments).get(PROCESSOR, caller)
        if each.name != CACHED and by != caller:
            caller = by
            yield Decision("processor_calls", ((PROCESSOR, caller),))
        call = whole(each, decisions[at + 1 :])
        if call is not None:
            yield call
