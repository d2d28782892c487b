"""A trace of translations as calls and accesses of the first program, from boot.

There every call is one step, so the small steps of a change are made by one of them: a copy where
it begins, an unmapping where it ends. The calls are those of `copy_on_write`.

Not realised, ValueError: what that model does not realise.
"""

from assay.traces.trace import Decision
from proofs.copy_on_write.realise import realise as realise_whole
from reference_kernel.events import Event
from spec.design import Design

_OF_A_CALL = frozenset(
    {
        "content_is_copied",
        "copy_is_taken",
        "entry_is_cleared",
        "entry_is_cleared_for_good",
        "entry_is_protected",
        "entry_leads_to_the_copy",
        "processor_flushes_its_own",
        "shootdown_is_acknowledged",
        "shootdown_is_over",
        "shootdown_is_sent",
    }
)
"""What happens in a call that another small step stands for."""

_CALLED = {"copy_begins": "sharer_writes"}
_CACHED = "translation_is_cached"
_PROCESSOR = "processor"


def realise(design: Design, start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The kernel events that do what the decisions say.

    Errors: ValueError naming the decision that no event does.
    """
    whole = tuple(_whole(each) for each in decisions if each.name not in _OF_A_CALL)
    return realise_whole(design, start, whole)


def _whole(decision: Decision) -> Decision:
    """The same of copy_on_write, which does not say which processor changes an entry."""
    if decision.name == _CACHED:
        return decision
    given = tuple(each for each in decision.arguments if each[0] != _PROCESSOR)
    return Decision(_CALLED.get(decision.name, decision.name), given)
