"""Paths that the explorer found, as traces that run again."""

import pytest

from assay.engines.explore import explore
from assay.engines.model_traces import ModelReplayer, trace_of
from assay.traces.replay import replay
from assay.traces.trace import Decision
from tests.assay.toys import all_toys

TOYS = all_toys()


@pytest.mark.parametrize("name", TOYS)
def test_a_trace_of_a_broken_claim_shows_it_again(name: str) -> None:
    toy = TOYS[name]
    replayer = ModelReplayer(toy.recorded, toy.sizes)
    for broken in explore(toy.recorded, toy.sizes).broken:
        trace = trace_of(toy.recorded, toy.sizes, broken.path, claim=broken.claim)
        assert trace.steps == broken.depth
        again = replay(trace, replayer)
        assert again.holds, again.why
        assert again.trace == trace


def test_a_trace_names_elements_and_what_changes() -> None:
    toy = TOYS["locks"]
    (broken,) = explore(toy.recorded, toy.sizes).broken
    trace = trace_of(toy.recorded, toy.sizes, broken.path, claim=broken.claim)
    assert str(trace.start) == "one_holds_the_big_lock(thread=thread0)"
    assert [str(each) for each in trace.decisions] == ["die(thread=thread0)"]
    assert trace.decisions[0].changed == (("life[thread0]", "RUNS -> GONE"),)


@pytest.mark.parametrize(
    ("action", "arguments", "expected"),
    [
        ("tak", (), "no such action; did you mean take?"),
        ("die", (), "expected the arguments thread"),
        ("die", (("thread", "thread7"),), "thread=thread7 lies beyond the bounds"),
    ],
)
def test_a_decision_that_the_model_does_not_know_is_explained(
    action: str, arguments: tuple[tuple[str, str], ...], expected: str
) -> None:
    toy = TOYS["locks"]
    replayer = ModelReplayer(toy.recorded, toy.sizes)
    with pytest.raises(ValueError, match=expected):
        replayer.step({}, Decision(action, arguments))
