"""Other ways to break a claim: each lacks something of every other, and none is shorter."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations, count

import pytest

from assay.engines.domains import Sizes
from assay.engines.explore import Broken, Engine, Exploration, Limits, Path, explore, others
from assay.engines.explore.others import NO_OTHER, Look, Others, limited, other_paths
from assay.engines.explore.patience import INTERRUPTED, Patience
from assay.engines.interpret import ModelState, Taken, attempt, holds, instances, starts
from assay.lang import Recorded, record
from tests.assay.engines.brute_force import Frozen, frozen
from tests.assay.toys.houses import DESIGN, houses

HOUSE = record(houses, DESIGN)
SIZES = {"Door": 2}
WAYS = {"nobody_is_inside": 4, "nobody_comes_without_the_key": 2}
"""How many there are to break each claim."""
CLAIMS = tuple(WAYS)
MOST_STEPS = 5
"""One more than the longest way has."""
Way = tuple[str, ...]


def broken(claim: str) -> Broken:
    """The claim, broken."""
    return next(each for each in explore(HOUSE, SIZES).broken if each.claim == claim)


def looking(
    engine: Engine = Engine.ANY, *, reduced: bool = False, limit: int | None = None
) -> Look:
    """Explores until the claim is broken."""

    def look(recorded: Recorded, claim: str) -> Exploration:
        limits = Limits(states=limit, until=frozenset({claim}))
        return explore(recorded, SIZES, limits=limits, engine=engine, reduced=reduced)

    return look


def ways(paths: tuple[Path, ...]) -> list[Counter[str]]:
    """How often each action is taken."""
    return [Counter(step.action for step in path.steps) for path in paths]


def walked(recorded: Recorded, sizes: Sizes, claim: str, path: Path) -> list[bool]:
    """Whether the claim holds after each step, or of it, by the interpreter."""
    asked = recorded.claim(claim)
    state = next(state for step, state in starts(recorded, sizes) if step == path.start)
    kept: list[bool] = []
    for step in path.steps:
        went = attempt(recorded, sizes, state, step.action, step.arguments)
        assert isinstance(went, Taken)
        old = state if asked.over_steps else went.new
        kept.append(holds(recorded, sizes, asked, old, went.new, step))
        state = went.new
    return kept


def every_way(claim: str) -> Iterator[Counter[str]]:
    """What is taken on each path that ends where the claim breaks, up to a length."""
    asked = HOUSE.claim(claim)
    level: dict[tuple[Frozen, Way], ModelState] = {
        (frozen(state), ()): state for _, state in starts(HOUSE, SIZES)
    }
    steps = [step for action in HOUSE.actions for step in instances(action, SIZES)]
    for _ in range(MOST_STEPS):
        following: dict[tuple[Frozen, Way], ModelState] = {}
        for (_, way), state in level.items():
            for step in steps:
                went = attempt(HOUSE, SIZES, state, step.action, step.arguments)
                if isinstance(went, Taken):
                    old = state if asked.over_steps else went.new
                    longer = tuple(sorted((*way, step.action)))
                    if not holds(HOUSE, SIZES, asked, old, went.new, step):
                        yield Counter(longer)
                    following[frozen(went.new), longer] = went.new
        level = following


@pytest.mark.parametrize("claim", CLAIMS)
def test_each_path_can_be_gone_and_breaks_the_claim_at_its_end_alone(claim: str) -> None:
    first = broken(claim)
    found = other_paths(HOUSE, first, 9, looking())
    assert len(found.paths) == WAYS[claim] - 1
    for path in found.paths:
        kept = walked(HOUSE, SIZES, claim, path)
        assert kept == [*[True] * (len(path.steps) - 1), False]
    lengths = [len(path.steps) for path in (first.path, *found.paths)]
    assert lengths == sorted(lengths)


def missed(claim: str) -> list[Counter[str]]:
    """Ways that a search by hand finds and that no path found is part of, or is part of another."""
    first = broken(claim)
    found = other_paths(HOUSE, first, 20, looking())
    assert found.reason == NO_OTHER
    known = ways((first.path, *found.paths))
    clashes = [one for one, two in combinations(known, 2) if one <= two or two <= one]
    return clashes + [way for way in every_way(claim) if not any(each <= way for each in known)]


@pytest.mark.parametrize("claim", CLAIMS)
def test_no_way_is_missed(claim: str) -> None:
    assert missed(claim) == []


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_engine_finds_the_same(claim: str) -> None:
    first = broken(claim)
    found = other_paths(HOUSE, first, 3, looking(Engine.PLAIN))
    assert other_paths(HOUSE, first, 3, looking(Engine.COMPILED)) == found
    reduced = other_paths(HOUSE, first, 3, looking(reduced=True))
    assert ways(reduced.paths) == ways(found.paths)


def test_only_as_many_are_looked_for_as_are_asked_for() -> None:
    first = broken(CLAIMS[0])

    def look(recorded: Recorded, claim: str) -> Exploration:
        raise AssertionError(claim)

    assert other_paths(HOUSE, first, 0, look) == Others((), "")
    assert len(other_paths(HOUSE, first, 1, looking()).paths) == 1


def test_a_search_that_gives_up_is_no_proof_that_there_is_no_other_way() -> None:
    found = other_paths(HOUSE, broken(CLAIMS[0]), 20, looking(Engine.PLAIN, limit=1))
    assert found.reason == "the limit of 1 states"


def test_an_interrupt_ends_all_the_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = count(1)

    def interrupt(patience: Patience, *_: int) -> None:
        if next(looks) == 3:
            raise KeyboardInterrupt

    first, look = broken(CLAIMS[0]), looking(Engine.PLAIN)
    monkeypatch.setattr(Patience, "look", interrupt)
    found = other_paths(HOUSE, first, 3, look)
    assert found == Others((), INTERRUPTED)
    assert next(looks) == 4


@pytest.mark.parametrize(("times", "loose"), [(0, 1), (1, 3), (2, 6), (3, 8), (4, 9)])
def test_a_limited_action_is_taken_so_often_and_no_more(times: int, loose: int) -> None:
    found = explore(limited(HOUSE, {"shake": times, "find": 0, "fetch": 0}), SIZES)
    inside = sum(one + two <= times for one, two in ((2, 0), (2, 1), (2, 2), (0, 2), (1, 2)))
    assert found.states == loose + inside


def _all_but_the_last(path: Path) -> Counter[str]:
    return Counter(step.action for step in path.steps[:-1])


def _never_again(recorded: Recorded, most: others.Most) -> Recorded:
    return limited(recorded, dict.fromkeys(most, 0))


WRONG: dict[str, Callable[..., object]] = {
    "_taken": _all_but_the_last,
    "limited": _never_again,
    "_is_within": lambda *_: True,
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_tree_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, name, WRONG[name])
    noticed = 0
    for claim in CLAIMS:
        try:
            noticed += bool(missed(claim))
        except AssertionError:
            noticed += 1
    assert noticed
