"""A trace of references as sections of calls, on two processors: those of capability_lifetimes.

A copy that is made to move an entry is a move that has begun, and it ends where the trace keeps the
copy.

Not realised, ValueError: whatever is no move.
"""

from assay.traces.trace import Decision
from proofs.capability_lifetimes.amid_calls import MODE as MODE
from proofs.capability_lifetimes.amid_calls import realise as realise_moves
from reference_kernel.events import Event
from spec.design import Design


def realise(design: Design, start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The events that do what the decisions say.

    Errors: ValueError naming the decision that nothing does.
    """
    return realise_moves(design, start, tuple(map(_of_a_move, decisions)))


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
