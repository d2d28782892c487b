"""Minicheck gets the instance that we search; where it is missing, a search stands in for it."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import pytest

from assay.engines.explore import Exploration, explore
from assay.engines.explore.generate import generate
from benchmarks.by_minicheck import counted, sizes_in
from tests.assay.toys import Toy, all_toys

State = tuple[Any, ...]


@dataclass
class Protocol:
    """What minicheck is given."""

    name: str
    candidate: bool
    fields: tuple[str, ...]
    initial: State
    transitions: Callable[[State], list[tuple[str, State]]]
    invariants: Mapping[str, Callable[[dict[str, Any]], bool]]


def check_safety(model: Protocol, max_states: int) -> dict[str, Any]:
    """What minicheck answers."""
    states = [model.initial]
    seen = set(states)
    for state in states:
        for _, new in model.transitions(state):
            if new not in seen:
                seen.add(new)
                states.append(new)
    named = [dict(zip(model.fields, state, strict=True)) for state in states]
    held = {name: all(map(kept, named)) for name, kept in model.invariants.items()}
    return {
        "reachable_states": len(states),
        "exhaustive": len(states) < max_states,
        "properties": {name: {"holds": holds} for name, holds in held.items()},
    }


@pytest.fixture(autouse=True)
def minicheck(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package, or what stands in for it."""
    if find_spec("minicheck") is None:
        stand_in = ModuleType("minicheck")
        vars(stand_in).update(Protocol=Protocol, check_safety=check_safety)
        monkeypatch.setitem(sys.modules, "minicheck", stand_in)


def breaks_a_state(toy: Toy, found: Exploration) -> bool:
    """Whether a claim over states is broken."""
    return any(not toy.recorded.claim(each.claim).over_steps for each in found.broken)


@pytest.mark.parametrize("toy", all_toys().values(), ids=all_toys().keys())
def test_minicheck_counts_the_same(toy: Toy) -> None:
    ours = explore(toy.recorded, toy.sizes)
    theirs = counted(generate(toy.recorded, toy.sizes))
    assert (theirs["states"], theirs["transitions"]) == (ours.states, ours.transitions)
    assert theirs["holds"] == [not breaks_a_state(toy, ours)]


def test_sizes_are_read_from_the_command_line() -> None:
    assert dict(sizes_in("Thread=2,Group=13")) == {"Thread": 2, "Group": 13}
