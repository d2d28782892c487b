"""An instance searched by the Python package minicheck, on what our plain engine generates.

`python -m benchmarks.by_minicheck MODEL Kind=2,Other=3` prints what it finds as JSON. Minicheck
knows one start state alone: it begins before the starts, in a state that is taken off again.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

from assay import loading
from assay.engines.explore.generate import Found, Generated, generate
from assay.engines.explore.layout import Packed
from assay.engines.interpret import starts
from assay.project import nearest_project

PROJECT = nearest_project(Path(__file__).parent)
DESIGN = "proposed"
_BEYOND_ALL = 1 << 60
_State = tuple[object, ...]


def protocol(code: Generated) -> Any:
    """The instance as minicheck takes it: a function from a state to labels and states."""
    before: _State = ("before", *[None] * (len(code.layout.cells) - 1))
    begun = [
        (step.action, code.layout.packed(state))
        for step, state in starts(code.recorded, code.sizes)
    ]

    def transitions(state: Packed) -> list[tuple[str, Packed]]:
        if state == before:
            return begun
        found: Found = []
        code.expand(state, found, lambda *_: None)
        return [(code.instances[index].action, new) for index, new in found]

    def kept(cells: Mapping[str, Any]) -> bool:
        state = tuple(cells.values())
        return state == before or not code.broken(state)

    fields = tuple(f"{table}{list(keys)}" for table, keys in code.layout.cells)
    return import_module("minicheck").Protocol(
        name=code.recorded.name,
        candidate=True,
        fields=fields,
        initial=before,
        transitions=transitions,
        invariants={"every claim over states": kept},
    )


def counted(code: Generated) -> dict[str, object]:
    """What minicheck finds of the whole instance; AssertionError where it gives up."""
    asked, began = protocol(code), perf_counter()
    found = import_module("minicheck").check_safety(asked, max_states=_BEYOND_ALL)
    seconds = perf_counter() - began
    assert found["exhaustive"], found
    return {
        "states": found["reachable_states"] - 1,
        "transitions": sum(code.enabled),
        "holds": [each["holds"] for each in found["properties"].values()],
        "seconds": seconds,
    }


def sizes_in(words: str) -> Iterator[tuple[str, int]]:
    """The sizes of `Kind=2,Other=3`."""
    for word in words.split(","):
        kind, _, size = word.partition("=")
        yield kind, int(size)


def main(model: str, sizes: str) -> None:
    """Search and print."""
    recorded = loading.recorded(PROJECT, model, loading.design(PROJECT, DESIGN))
    print(json.dumps(counted(generate(recorded, dict(sizes_in(sizes))))))


if __name__ == "__main__":
    main(*sys.argv[1:])
