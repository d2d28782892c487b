"""Progress: what fairness forbids and what it allows, and the runs that show it."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.engines.explore import Limits, Path, Progress
from assay.engines.explore.progress import Endless, check_progress, lasso_of
from assay.engines.interpret import ModelStep
from assay.engines.lasso import broken_by, told
from assay.lang import (
    Recorded,
    strongly,
    weakly,
)
from tests.assay.engines.graphs import LAST, TURNS, Ways, graph, hall


def run_of(recorded: Recorded) -> Endless | None:
    """The run that breaks the only claim; None when it holds."""
    found = check_progress(recorded, {})
    assert not found.reason
    return found.broken[0] if found.broken else None


def shown(recorded: Recorded) -> tuple[list[str], int] | None:
    """The steps of that run, and where it goes on from."""
    run = run_of(recorded)
    return None if run is None else ([step.action for step in run.path.steps], run.loop)


def test_a_run_may_stop_where_nothing_is_fair() -> None:
    assert shown(graph({"go": {0: 1}}, [1])) == ([], 0)
    assert shown(graph({"go": {0: 1}}, [1], weak=["go"])) is None


def test_a_state_from_which_nothing_leads_is_a_run_that_stops() -> None:
    ways = {"go": {0: 1}, "fall": {0: 2}}
    assert shown(graph(ways, [1], strong=["go", "fall"])) == (["fall"], 1)


def test_what_is_possible_again_and_again_but_not_always_needs_strong_fairness() -> None:
    assert shown(graph(TURNS, [2], weak=["go", "back", "out"])) == (["go", "back"], 0)
    assert shown(graph(TURNS, [2], weak=["go", "back"], strong=["out"])) is None


def test_a_component_that_is_no_cycle_keeps_nobody() -> None:
    chain: Mapping[str, Ways] = {"go": {0: 1, 1: 2, 2: 3}}
    assert shown(graph(chain, [3], weak=["go"])) is None
    assert shown(graph(chain, [4], weak=["go"])) == (["go", "go", "go"], 3)


def test_a_step_that_changes_nothing_serves_nobody_and_makes_nothing_possible() -> None:
    ways: Mapping[str, Ways] = {"stay": {0: 0}, "go": {0: 1}}
    assert shown(graph(ways, [1], weak=["stay", "go"])) is None
    assert shown(graph(ways, [1], weak=["stay"])) == ([], 0)


def test_a_cycle_serves_everything_that_is_fair() -> None:
    ways: Mapping[str, Ways] = {"a": {0: 1}, "b": {1: 0}, "c": {0: 2}, "d": {2: 0}}
    run = run_of(graph(ways, [3], strong=["a", "b", "c", "d"]))
    assert run is not None
    assert {step.action for step in run.path.steps[run.loop :]} == {"a", "b", "c", "d"}


def test_strong_fairness_leaves_a_part_of_a_component() -> None:
    ways: Mapping[str, Ways] = {"go": {0: 1}, "turn": {1: 2, 2: 1}, "up": {2: 0}, "out": {0: 3}}
    fair = ["go", "turn"]
    assert shown(graph(ways, [3], weak=fair, strong=["out"])) == (["go", "turn", "turn"], 1)
    assert shown(graph(ways, [3], weak=fair, strong=["out", "up"])) is None


def test_a_goal_before_the_premise_is_none_after_it() -> None:
    ways: Mapping[str, Ways] = {"go": {0: 1, 1: 2}, "turn": {2: 3, 3: 2}}
    fair = ["go", "turn"]
    assert shown(graph(ways, [1], weak=fair, premise=[0])) is None
    assert shown(graph(ways, [1], weak=fair, premise=[2])) == (["go", "go", "turn", "turn"], 2)


def test_a_premise_that_is_never_true_is_told() -> None:
    found = check_progress(graph({"go": {0: 1}}, [1], premise=[4]), {})
    assert (found.broken, found.premises) == ((), {"it_arrives": False})


def test_limits_leave_it_undecided() -> None:
    found = check_progress(graph({"go": {0: 1}}, [1]), {}, limits=Limits(states=1))
    assert (found.broken, found.premises) == ((), {})
    assert found.reason == "the limit of 1 states"


def test_fairness_for_all_leaves_one_out_and_fairness_for_each_does_not() -> None:
    (run,) = check_progress(hall(strongly), {"Guest": 2}).broken
    left_out = run.arguments["guest"]
    cycle = run.path.steps[run.loop :]
    assert {step.arguments["guest"] for step in cycle} == {1 - int(left_out or 0)}
    assert not check_progress(hall(weakly, "guest"), {"Guest": 2}).broken
    claim = hall(weakly, "guest").progress[0]
    assert told(claim, run.arguments) == f"guest=guest{left_out}"


@pytest.mark.parametrize(
    ("fair", "loop", "breaks"),
    [
        (["go", "back", "out"], 0, True),
        ([], 0, True),
        ([], 1, False),  # it does not come back to that state
        (["back"], 2, True),  # it stops
        (["go"], 2, False),  # and passes over a step that is possible always
    ],
)
def test_a_run_is_judged_by_what_it_does(fair: list[str], loop: int, breaks: bool) -> None:
    recorded = graph(TURNS, [2], weak=fair)
    path = Path(ModelStep("begin"), (ModelStep("go"), ModelStep("back")))
    lasso = lasso_of(recorded, {}, path, loop)
    assert (broken_by(recorded, {}, recorded.progress[0], lasso) is not None) is breaks


def test_a_run_that_comes_to_the_goal_or_passes_over_something_breaks_nothing() -> None:
    weak = graph(TURNS, [2], weak=["go", "back", "out"])
    run = run_of(weak)
    assert run is not None
    for other in (
        graph(TURNS, [1], weak=["go", "back", "out"]),
        graph(TURNS, [2], weak=["go", "back"], strong=["out"]),
        graph(TURNS, [2], weak=["go", "back", "out"], premise=[3]),
    ):
        assert (
            broken_by(other, {}, other.progress[0], lasso_of(other, {}, run.path, run.loop)) is None
        )


def test_an_interrupt_leaves_it_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(progress: Progress) -> None:
        raise KeyboardInterrupt

    clock = iter(range(10**6))
    monkeypatch.setattr("assay.engines.explore.patience.monotonic", lambda: next(clock))
    found = check_progress(graph(TURNS, [2]), {}, listener=interrupt)
    assert (found.broken, found.reason) == ((), "interrupted")


ACTIONS = ("a", "b", "c")
PLACES = st.integers(0, 3)
WAYS = st.dictionaries(PLACES, PLACES, min_size=1, max_size=4)


@st.composite
def stated(draw: st.DrawFn) -> tuple[dict[str, Ways], list[int], list[str], list[str]]:
    """Ways, goals, and what is fair."""
    ways: dict[str, Ways] = {name: draw(WAYS) for name in ACTIONS}
    fair = draw(st.lists(st.sampled_from(["", "weak", "strong"]), min_size=3, max_size=3))
    pairs = list(zip(ACTIONS, fair, strict=True))
    goal = draw(st.lists(st.integers(2, 3), max_size=1))
    weak, strong = ([name for name, how in pairs if how == kind] for kind in ("weak", "strong"))
    return ways, goal, weak, strong


def expected(
    ways: Mapping[str, Ways], goal: Sequence[int], weak: Sequence[str], strong: Sequence[str]
) -> bool:
    """Whether a fair run never comes to a goal: any set of places that it can stay in for ever."""
    moves = {name: {(a, b) for a, b in way.items() if a != b} for name, way in ways.items()}
    every = {edge for edges in moves.values() for edge in edges}
    open_ = {place for place in range(LAST + 1) if place not in goal}
    known = _closed({0}, every)
    return any(
        _fair(set(stay), moves, weak, strong)
        for size in range(1, len(open_ & known) + 1)
        for stay in combinations(sorted(open_ & known), size)
        if all(_closed({place}, _inside(every, set(stay))) >= set(stay) for place in stay)
    )


def _inside(edges: set[tuple[int, int]], places: set[int]) -> set[tuple[int, int]]:
    return {(a, b) for a, b in edges if a in places and b in places}


def _closed(places: set[int], edges: set[tuple[int, int]]) -> set[int]:
    while more := {b for a, b in edges if a in places} - places:
        places = places | more
    return places


def _fair(
    stay: set[int],
    moves: Mapping[str, set[tuple[int, int]]],
    weak: Sequence[str],
    strong: Sequence[str],
) -> bool:
    def is_taken(name: str) -> bool:
        return bool(_inside(moves[name], stay))

    def where_possible(name: str) -> set[int]:
        return {a for a, _ in moves[name]} & stay

    return all(is_taken(name) or where_possible(name) != stay for name in weak) and all(
        is_taken(name) or not where_possible(name) for name in strong
    )


@settings(max_examples=250, deadline=None)
@given(stated())
def test_random_graphs_are_judged_as_by_brute_force(
    made: tuple[dict[str, Ways], list[int], list[str], list[str]],
) -> None:
    ways, goal, weak, strong = made
    run = run_of(graph(ways, goal, weak=weak, strong=strong))
    assert (run is not None) is expected(ways, goal, weak, strong)
