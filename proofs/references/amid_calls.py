"""A trace of references as sections of calls, on two processors: those of capability_lifetimes.

A copy that is made to move an entry is a move that has begun, and it ends where the trace keeps the
copy.

A destructor within another one stands for a long chain of them, which goes on one processor.

Not realised, ValueError: whatever is neither.
"""

from collections import Counter

from assay.traces.trace import Decision, TraceValue
from proofs.capability_lifetimes.amid_calls import MODE as MODE
from proofs.capability_lifetimes.amid_calls import realise as realise_moves
from proofs.performing import CannotBe
from proofs.references.realise.chain import chain_goes
from reference_kernel.events import Event
from spec.design import Design


def realise(design: Design, start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The events that do what the decisions say.

    Errors: ValueError naming the decision that nothing does.
    """
    if not _nests(decisions):
        return realise_moves(design, start, tuple(map(_of_a_move, decisions)))
    try:
        return chain_goes(design)
    except CannotBe as error:
        raise ValueError(f"{decisions[-1]}: {error}") from error


def _nests(decisions: tuple[Decision, ...]) -> bool:
    """Whether the last step begins a destructor while another one is under way on its stack."""
    under_way = Counter[TraceValue]()
    nested = False
    for each in decisions:
        stack = dict(each.arguments).get("stack")
        nested = each.name in _BEGINS and under_way[stack] > 0
        under_way[stack] += (each.name in _BEGINS) - (each.name == "object_is_destroyed")
    return nested


_BEGINS = ("last_thread_lets_go", "last_reference_is_dropped")


def _of_a_move(decision: Decision) -> Decision:
    given = dict(decision.arguments)
    match decision.name:
        case "entry_is_copied_to_move":
            begun = ("source", given["entry"]), ("made", given["copy"])
            return Decision("cap_move", begun)
        case "reference_is_kept":
            return Decision("cap_move_ends", (("made", given["reference"]),))
        case _:
            return decision
