"""A trace of translations as calls and accesses of the first program, from boot.

There every call is one step, so the small steps of a change are made by one of them: a copy where
it begins, an unmapping where it ends. One that flushes nothing and does not end is made where it
begins, for nobody can tell. The calls are those of `copy_on_write`.

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
        "entry_is_protected",
        "entry_leads_to_the_copy",
        "processor_flushes_its_own",
        "shootdown_is_acknowledged",
        "shootdown_is_over",
        "shootdown_is_sent",
    }
)
"""What happens in a call that another small step stands for."""

_CLEARED_FOR_GOOD = "entry_is_cleared_for_good"
_UNMAPPED = "page_is_unmapped"
_CALLED = {"copy_begins": "sharer_writes"}
CACHED = "translation_is_cached"
PROCESSOR = "processor"


def realise(design: Design, start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The kernel events that do what the decisions say.

    Errors: ValueError naming the decision that no event does.
    """
    calls = (whole(each, decisions[at + 1 :]) for at, each in enumerate(decisions))
    return realise_whole(design, start, tuple(each for each in calls if each is not None))


def whole(decision: Decision, later: tuple[Decision, ...]) -> Decision | None:
    """The same of copy_on_write, which does not say which processor changes an entry.

    None where it is part of a call that another small step stands for.
    """
    if decision.name == CACHED:
        return decision
    if decision.name == _CLEARED_FOR_GOOD:
        address = ("address", dict(decision.arguments)["address"])
        unmaps = Decision(_UNMAPPED, (address,))
        return None if unmaps in later else unmaps
    if decision.name in _OF_A_CALL:
        return None
    given = tuple(each for each in decision.arguments if each[0] != PROCESSOR)
    return Decision(_CALLED.get(decision.name, decision.name), given)
