"""The explorer against the interpreter: the same states, counts, premises and first depths."""

from collections.abc import Iterable
from functools import cache
from itertools import pairwise

import pytest

from assay.engines.domains import SizesError
from assay.engines.explore import Engine, Limits, Path, Progress, explore, first_path
from assay.engines.explore.generate import generate
from assay.engines.interpret import ModelState, Taken, attempt, holds, starts
from assay.lang import ModelError
from assay.lang.mutate import without_check
from tests.assay.engines.brute_force import Expected, assert_found, frozen, search
from tests.assay.toys import Toy, all_toys

TOYS = all_toys()
ENGINES = (Engine.PLAIN, Engine.COMPILED)


@cache
def searched(name: str) -> Expected:
    """What the interpreter finds of a toy."""
    return search(TOYS[name].recorded, TOYS[name].sizes)


def replayed(toy: Toy, path: Path) -> Iterable[ModelState]:
    """The states on a path, as the interpreter sees them."""
    state = next(s for step, s in starts(toy.recorded, toy.sizes) if step == path.start)
    yield state
    for step in path.steps:
        result = attempt(toy.recorded, toy.sizes, state, step.action, step.arguments)
        assert isinstance(result, Taken)
        state = result.new
        yield state


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", TOYS)
def test_explorer_and_interpreter_agree_on_everything_they_count(name: str, engine: Engine) -> None:
    toy = TOYS[name]
    expected = searched(name)
    found = explore(toy.recorded, toy.sizes, engine=engine)
    assert_found(found, expected, toy.recorded)


@pytest.mark.parametrize("name", TOYS)
def test_explorer_and_interpreter_reach_the_same_states(name: str) -> None:
    toy = TOYS[name]
    code = generate(toy.recorded, toy.sizes)
    level = [code.layout.packed(state) for _, state in starts(toy.recorded, toy.sizes)]
    seen = set(level)
    while level:
        found: list[tuple[int, tuple[bool | int | None, ...]]] = []
        for state in level:
            code.expand(state, found, lambda *_: None)
        level = list(dict.fromkeys(new for _, new in found if new not in seen))
        seen.update(level)
    sparse = {frozen(code.layout.sparse(state)) for state in seen}
    assert sparse == set(searched(name).states)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", TOYS)
def test_each_path_shows_what_it_says(name: str, engine: Engine) -> None:
    toy = TOYS[name]
    found = explore(toy.recorded, toy.sizes, engine=engine)
    for broken in found.broken:
        claim = toy.recorded.claim(broken.claim)
        states = list(replayed(toy, broken.path))
        assert len(states) == broken.depth + 1
        if claim.over_steps:
            *_, old, new = states
            assert not holds(toy.recorded, toy.sizes, claim, old, new, broken.path.steps[-1])
        else:
            assert not holds(toy.recorded, toy.sizes, claim, states[-1])
    for action, path in found.witness.items():
        assert path is not None
        assert path.steps[-1].action == action
        assert len(list(replayed(toy, path))) == len(path.steps) + 1
    for can, reached in found.can.items():
        if reached is not None:
            *_, last = replayed(toy, reached.path)
            assert holds(toy.recorded, toy.sizes, toy.recorded.claim(can), last)


def test_a_kind_smaller_than_its_constants_is_named() -> None:
    with pytest.raises(SizesError, match=r"Lock=0 is too small; it needs at least 1 \(BIG\)"):
        explore(TOYS["locks"].recorded, {"Thread": 1, "Lock": 0})
    with pytest.raises(SizesError, match="Thread has no size"):
        explore(TOYS["locks"].recorded, {"Lock": 1})
    with pytest.raises(SizesError, match=r"Height has no size; give at least Height=1"):
        explore(TOYS["shelves"].recorded, {"Box": 1})
    with pytest.raises(SizesError, match=r"no kind Thred.*Thread"):
        explore(TOYS["locks"].recorded, {"Thred": 1, "Lock": 1, "Thread": 1})


def test_an_exploration_ends_at_its_limits_with_what_is_known() -> None:
    toy = TOYS["meters"]
    by_states = explore(toy.recorded, toy.sizes, limits=Limits(states=300))
    assert not by_states.complete
    assert by_states.reason == "the limit of 300 states"
    assert 300 <= by_states.states < explore(toy.recorded, toy.sizes).states
    by_time = explore(toy.recorded, toy.sizes, limits=Limits(seconds=0))
    assert by_time.reason == "the limit of 0 s"


@pytest.mark.parametrize("engine", ENGINES)
def test_an_exploration_ends_when_what_it_was_for_is_decided(engine: Engine) -> None:
    toy = TOYS["meters"]
    limits = Limits(until=frozenset({"can_be_behind"}))
    found = explore(toy.recorded, toy.sizes, limits=limits, engine=engine)
    assert found.reason == "can_be_behind was decided"
    assert found.can["can_be_behind"] is not None
    assert found.can["can_be_behind"].depth == 3


@pytest.mark.parametrize("engine", ENGINES)
def test_an_exploration_ends_when_all_that_it_was_for_is_decided(engine: Engine) -> None:
    toy = TOYS["letters"]
    asked = frozenset({"some_marks_are_allowed", "can_stamp_both"})
    found = explore(toy.recorded, toy.sizes, limits=Limits(until_all=asked), engine=engine)
    assert found.reason == "every claim asked for was decided"
    assert [each.depth for each in found.broken] == [2]
    reached = found.can["can_stamp_both"]
    assert reached is not None
    assert reached.depth == 3


def test_progress_is_told_each_second(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(10**6))
    monkeypatch.setattr("assay.engines.explore.patience.monotonic", lambda: next(clock) * 0.4)
    told: list[Progress] = []
    toy = TOYS["meters"]
    found = explore(toy.recorded, toy.sizes, progress=told.append)
    assert told
    assert all(before.states <= after.states for before, after in pairwise(told))
    assert all(0 < each.queued <= each.states <= found.states for each in told)
    assert all(after.rising is (before.queued < after.queued) for before, after in pairwise(told))
    assert all(each.memory_mib > 0 for each in told)


def test_an_interrupt_ends_an_exploration_with_what_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(progress: Progress) -> None:
        raise KeyboardInterrupt

    clock = iter(range(10**6))
    monkeypatch.setattr("assay.engines.explore.patience.monotonic", lambda: next(clock) * 0.4)
    toy = TOYS["meters"]
    found = explore(toy.recorded, toy.sizes, progress=interrupt)
    assert not found.complete
    assert found.reason == "interrupted"
    assert found.states > 0


def test_a_first_path_leads_to_a_state_that_satisfies_the_claim() -> None:
    toy = TOYS["letters"]
    path = first_path(toy.recorded, toy.sizes, toy.recorded.claim("can_stamp_both"))
    assert path is not None
    assert [step.action for step in path.steps] == ["write", "write", "mark"]
    locks = TOYS["locks"]
    never = locks.recorded.claim("can_free_the_dead")
    assert first_path(locks.recorded, locks.sizes, never) is None


@pytest.mark.parametrize("engine", ENGINES)
def test_a_range_that_is_left_is_an_error_of_the_model(engine: Engine) -> None:
    toy = TOYS["meters"]
    wrong = without_check("forward", "empty")(toy.recorded)
    with pytest.raises(ModelError, match=r"`place` is assigned 0, which is no Int\[1..3\]"):
        explore(wrong, toy.sizes, engine=engine)
