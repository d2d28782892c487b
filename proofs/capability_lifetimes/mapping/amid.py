"""What the model sees of a kernel state in the middle of calls.

What lies on a kernel stack, or is about to be released, is held by something that is no space. A
thread that was made is seen from where it gets a capability.
"""

from collections.abc import Iterator

from assay.engines.kernel import ModelState
from assay.lang.values import Value
from proofs.capability_lifetimes.mapping.names import id_of_word
from reference_kernel.events import CallMade
from reference_kernel.sections import Rest, Section
from reference_kernel.state import State, Thread
from spec.options import CapClone

_Cells = dict[tuple[Value, ...], Value]


def tables_amid(tables: ModelState, state: State) -> ModelState:
    """The tables as between two calls, and with what calls are in the middle of."""
    amid = {**tables, "replaces": _moves(state)}
    for name in _unnamed(state):
        for table in ("alive", "anchored"):
            cells: _Cells = dict(amid[table])
            cells.pop((name,), None)
            amid[table] = cells
    return amid


def _moves(state: State) -> _Cells:
    """For each entry that a move has made, the one that it has yet to remove."""
    rests = (each.rest for each in state.processors)
    return dict(_move(state, each) for each in rests if each and each.section is Section.MOVED)


def _move(state: State, rest: Rest) -> tuple[tuple[Value, ...], Value]:
    call, (source, inserted) = rest.event, rest.words
    assert isinstance(call, CallMade), rest
    caller = state.body(call.thread)
    assert isinstance(caller, Thread), call
    own = call.options & CapClone.DST_CSPACE_SELF
    goes_to = caller.capability_space if own else rest.held[-1]
    return (id_of_word(goes_to, inserted),), id_of_word(source, call.arguments[2])


def _unnamed(state: State) -> Iterator[int]:
    """The threads that were made and have no capability yet."""
    for processor in state.processors:
        rest = processor.rest
        if rest is not None and rest.section is Section.GIVES_THREAD:
            yield rest.words[0]
