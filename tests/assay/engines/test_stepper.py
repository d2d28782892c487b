"""The stepper against the interpreter, and with elements that no finite instance has."""

import pytest

from assay.engines.explore.generate import generate
from assay.engines.interpret import Disabled, ModelState, Taken, attempt, instances, starts
from assay.engines.step_source import step_source
from assay.engines.stepper import ANY_OTHER, NO_DOMAINS, elements_of, stepper
from assay.lang import Act, Kind, Model, Option, State, Table, Truth, exists, forall, record, some
from tests.assay.toys import Toy, all_toys
from tests.assay.toys.locks import DESIGN, Design


class Lamp(Kind):
    """Burns or not."""


class Lamps(State):
    """Which burn, and which lamp was lit from which."""

    burns: Table[Lamp, Truth]
    source: Table[Lamp, Option[Lamp]]


lamps = Model("lamps", Lamps, Design)


@lamps.start
def dark(new: Lamps) -> None:
    """None burns."""


@lamps.action()
def strike(act: Act[Design], old: Lamps, new: Lamps, lamp: Lamp) -> None:
    """The first is lit."""
    act.require(forall(Lamp, lambda each: ~old.burns[each]), name="all_dark")
    new.burns[lamp] = True


@lamps.action()
def pass_on(act: Act[Design], old: Lamps, new: Lamps, lamp: Lamp, other: Lamp) -> None:
    """A lamp is lit from another that is the only one, and from which none was lit."""
    act.require(old.burns[lamp] & (lamp != other))
    one_more = exists(Lamp, lambda e: (old.burns[e] & (e != lamp)) | old.source[e].holds(lamp))
    act.require(~one_more, name="the_only_one")
    new.burns[other] = True
    new.source[other] = some(lamp)


@lamps.action()
def put_out(act: Act[Design], old: Lamps, new: Lamps, lamp: Lamp) -> None:
    """One is put out, while any burns."""
    act.require(exists(Lamp, lambda each: old.burns[each]), name="one_burns")
    new.burns[lamp] = False


@lamps.action()
def crowd(act: Act[Design], old: Lamps, new: Lamps, lamp: Lamp) -> None:
    """It is put out when another burns that was lit from it, and from which none was lit."""

    def another(each: Lamp) -> Truth:
        return exists(
            Lamp,
            lambda e: (
                old.burns[e] & old.source[e].holds(lamp) & (e != lamp) & ~old.source[each].holds(e)
            ),
        )

    act.require(forall(Lamp, lambda each: old.burns[each].implies(another(each))))
    new.burns[lamp] = False


@lamps.action()
def look_at(act: Act[Design], old: Lamps, new: Lamps, lamp: Lamp) -> None:
    """Nothing changes."""
    act.require(old.burns[lamp])


@lamps.guarantee("LMP-1")
def no_lamp_is_its_own_source(s: Lamps) -> Truth:
    """Nothing was lit from itself."""
    return forall(Lamp, lambda each: ~s.source[each].holds(each))


LAMPS = Toy(record(lamps, DESIGN), {"Lamp": 3})
TOYS = {**all_toys(), "lamps": LAMPS}


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


def test_a_condition_of_the_state_is_asked_again_when_its_table_changes() -> None:
    run = stepper(LAMPS.recorded)
    dark: ModelState = {"burns": {}, "source": {}}
    lit: ModelState = {"burns": {(7,): True}, "source": {}}
    for state, one_burns in ((dark, False), (lit, True), (dark, False), ({**lit}, True)):
        struck = run.attempt(state, NO_DOMAINS, "strike", {"lamp": 7})
        assert (struck == Disabled("all_dark")) is one_burns
        put_out = run.attempt(state, NO_DOMAINS, "put_out", {"lamp": 7})
        assert (put_out == Disabled("one_burns")) is not one_burns


def test_some_of_several_reasons_goes_over_the_cells_of_each() -> None:
    assert not stepper(LAMPS.recorded).ranges("pass_on")


def test_what_an_inner_loop_goes_over_is_listed_once() -> None:
    crowd = LAMPS.recorded.action("crowd")
    text = step_source(LAMPS.recorded, crowd).text
    assert text.count("list_0") == 2, text
    assert "list_0 = [" in text


def test_a_step_that_writes_nothing_gives_the_state_itself() -> None:
    lit: ModelState = {"burns": {(7,): True}, "source": {}}
    looked = stepper(LAMPS.recorded).attempt(lit, NO_DOMAINS, "look_at", {"lamp": 7})
    assert isinstance(looked, Taken)
    assert looked.new is lit
