"""The stepper against the interpreter, and with elements that no finite instance has."""

import pytest

from assay.engines.explore.generate import generate
from assay.engines.interpret import ModelState, Taken, attempt, instances, starts
from assay.engines.stepper import ANY_OTHER, elements_of, stepper
from tests.assay.toys import Toy, all_toys

TOYS = all_toys()


def some_states(toy: Toy, count: int) -> list[ModelState]:
    """Reachable states, evenly taken from all of them."""
    code = generate(toy.recorded, toy.sizes)
    seen = dict.fromkeys(code.layout.packed(state) for _, state in starts(toy.recorded, toy.sizes))
    level = list(seen)
    while level:
        found: list[tuple[int, tuple[bool | int | None, ...]]] = []
        for state in level:
            code.expand(state, found, lambda *_: None)
        level = [new for new in dict.fromkeys(new for _, new in found) if new not in seen]
        seen.update(dict.fromkeys(level))
    states = list(seen)
    return [code.layout.sparse(state) for state in states[:: len(states) // count + 1]]


@pytest.mark.parametrize("name", TOYS)
def test_stepper_and_interpreter_agree_where_one_element_is_free(name: str) -> None:
    toy = TOYS[name]
    larger = {kind: size + 1 for kind, size in toy.sizes.items()}
    run = stepper(toy.recorded)
    for state in some_states(toy, 60):
        universe = elements_of(toy.recorded, state)
        for action in toy.recorded.actions:
            for step in instances(action, larger):
                named = run.elements(step.action, step.arguments)
                domains = run.domains(universe, named)
                got = run.attempt(state, domains, step.action, step.arguments)
                expected = attempt(toy.recorded, larger, state, step.action, step.arguments)
                assert got == expected, step


def test_elements_may_be_any_numbers() -> None:
    toy = TOYS["locks"]
    run = stepper(toy.recorded)
    state: ModelState = {"owner": {(0,): 900}, "wants": {(7,): 0}, "life": {(7,): 1}}
    universe = elements_of(toy.recorded, state)
    assert universe == {"Lock": frozenset({0}), "Thread": frozenset({7, 900})}
    arguments = {"thread": 900, "lock": 0}
    domains = run.domains(universe, run.elements("give", arguments))
    assert domains[0][0] == ANY_OTHER
    assert run.attempt(state, domains, "give", arguments) == Taken(
        {"owner": {}, "wants": {}, "life": {}}
    )
