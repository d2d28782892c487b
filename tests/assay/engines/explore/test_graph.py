"""The graph that machine code makes of an instance is the one that the plain engine makes."""

from collections.abc import Iterator, Sequence
from random import Random

import pytest

from assay.engines.domains import Sizes
from assay.engines.explore import Limits
from assay.engines.explore import graph as graphs
from assay.engines.explore.compiled.graph import compiled_graph
from assay.engines.explore.generate import generate
from assay.engines.explore.graph import Graph, PlainGraph, graph_of
from assay.engines.explore.patience import Ended, Patience
from assay.engines.explore.progress import NO_LIMITS, check_progress
from assay.engines.interpret import ModelStep
from assay.lang import ModelError, Recorded
from assay.lang.recorded import Claim
from tests.assay.engines.graphs import TURNS, graph
from tests.assay.engines.random_models import ModelBuilder
from tests.assay.engines.random_terms import SIZES
from tests.assay.toys import Toy, all_toys

EXPLORE = "assay.engines.explore.compiled"
Told = tuple[ModelStep, int]


def plainly(recorded: Recorded, sizes: Sizes, limits: Limits = NO_LIMITS) -> Graph:
    """The graph of the plain engine."""
    found = PlainGraph(recorded, sizes, generate(recorded, sizes))
    found.search(Patience(limits, None))
    return found


def edges(found: Graph) -> Iterator[list[Told]]:
    """The steps of each state in words."""
    for node in range(found.count):
        yield [(found.instances[index], new) for index, new in found.steps(node)]


def over_states(recorded: Recorded) -> Sequence[Claim]:
    """The claims that speak of a state."""
    return [claim for claim in recorded.claims if not claim.over_steps]


def assert_same(recorded: Recorded, one: Graph, two: Graph) -> None:
    """States, starts, steps, the way back and what holds where are the same."""
    assert (one.count, one.begun) == (two.count, two.begun)
    assert list(edges(one)) == list(edges(two))
    for node in range(one.count):
        if node not in one.begun:
            (before, step), (other, same) = one.before(node), two.before(node)
            assert (before, one.instances[step]) == (other, two.instances[same])
    for claim in over_states(recorded):
        assert list(one.where(claim.body, {})) == list(two.where(claim.body, {}))


@pytest.mark.parametrize("toy", all_toys().values(), ids=all_toys().keys())
def test_both_engines_make_the_same_graph_of_a_toy(toy: Toy) -> None:
    recorded, sizes = toy.recorded, toy.sizes
    patience = Patience(Limits(), None)
    assert_same(recorded, plainly(recorded, sizes), compiled_graph(recorded, sizes, patience))


def test_both_engines_make_the_same_graph_of_random_models(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(f"{EXPLORE}.kernel._hash", lambda code, shape, state: "0")
    monkeypatch.setattr(f"{EXPLORE}.words._WORD", 5)
    monkeypatch.setattr(f"{EXPLORE}.store._FIRST_ENTRIES", 16)
    monkeypatch.setattr(f"{EXPLORE}.graph._AT_ONCE", 7)
    tried = 0
    for seed in range(40):
        recorded = ModelBuilder(Random(seed).randrange).model()
        try:
            plain = plainly(recorded, SIZES, Limits(states=300))
        except (ModelError, Ended):
            continue
        tried += plain.count > 3
        assert_same(recorded, plain, compiled_graph(recorded, SIZES, Patience(Limits(), None)))
    assert tried > 5


@pytest.mark.parametrize("weak", [["go", "back", "out"], ["go"], []])
def test_claims_are_judged_alike_on_both(weak: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = graph(TURNS, [2], weak=weak)
    expected = check_progress(recorded, {})
    monkeypatch.setattr(graphs, "_WORTH_COMPILING", -1)
    monkeypatch.setattr(PlainGraph, "where", lambda *_: pytest.fail("the plain graph is used"))
    found = check_progress(recorded, {})
    assert (found.broken, found.premises) == (expected.broken, expected.premises)
    assert found.states == expected.states


def test_without_llvmlite_the_plain_graph_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    toy = all_toys()["locks"]
    monkeypatch.setattr(graphs, "_WORTH_COMPILING", -1)
    monkeypatch.setattr(graphs, "can_compile", lambda: False)
    assert isinstance(graph_of(toy.recorded, toy.sizes, Patience(Limits(), None)), PlainGraph)


def test_a_large_graph_ends_at_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    toy = all_toys()["locks"]
    monkeypatch.setattr(graphs, "_WORTH_COMPILING", -1)
    with pytest.raises(Ended, match="the limit of 10 states"):
        graph_of(toy.recorded, toy.sizes, Patience(Limits(states=10), None))
