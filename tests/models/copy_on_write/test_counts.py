"""The counts that the proofs tie by queues are the sums that they stand for, in small instances."""

from collections.abc import Iterator

from assay.engines.interpret import ModelState, start_states, successors
from spec.designs import named
from tests.models.copy_on_write.recording import recorded

SIZES = {"Page": 3, "Frame": 2, "Address": 1, "Translation": 1, "Processor": 1, "Content": 1}


def reachable() -> Iterator[ModelState]:
    """Every state under `proposed`, as the interpreter finds them."""
    model = recorded(named("proposed"))
    seen: set[str] = set()
    left = start_states(model, SIZES)
    while left:
        state = left.pop()
        shown = str({table: sorted(cells.items()) for table, cells in state.items()})
        if shown not in seen:
            seen.add(shown)
            yield state
            left += [new for _, new in successors(model, SIZES, state)]


def test_counts_are_sums() -> None:
    """A frame counts its shared pages, and the quota the frames that any page holds."""
    most = 0
    for state in reachable():
        frames, shared = state["frame"], state["shared"]
        for frame in range(SIZES["Frame"]):
            sharers = sum(frames[page] == frame for page in shared)
            assert state["sharers"].get((frame,), 0) == sharers
            most = max(most, sharers)
        assert state["charged"].get((), 0) == len(set(frames.values()))
    assert most == SIZES["Page"]
