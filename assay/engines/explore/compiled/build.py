"""From a recorded model to machine code: one instance, compiled."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from assay.engines.domains import Sizes
from assay.engines.explore.compiled.functions import (
    NOTE,
    Events,
    check_functions,
    expand_function,
)
from assay.engines.explore.compiled.ground import Instance
from assay.engines.explore.compiled.kernel import Shape, kernel_functions
from assay.engines.explore.compiled.machine import Module, compiled
from assay.engines.explore.compiled.program import Event, program_of
from assay.engines.explore.compiled.symmetry import (
    NO_SYMMETRY,
    Symmetry,
    fits,
    order_function,
    symmetry_of,
)
from assay.engines.explore.compiled.terms import Terms
from assay.engines.explore.compiled.words import Words, words_of
from assay.engines.explore.generate import watches
from assay.engines.explore.known import Known
from assay.engines.explore.layout import layout_of
from assay.engines.interpret import ModelStep
from assay.lang.recorded import Recorded, Role

_BLOCK_STEPS = 1 << 13
"""Steps that a block of states may lead to at most: what they lead to stays in the cache."""
_MOST_BLOCK = 256


@dataclass(frozen=True, slots=True)
class Compiled:
    """An instance in machine code: `steps` by number, `events` by slot."""

    recorded: Recorded
    sizes: Sizes
    widths: Mapping[str, int]
    words: Words
    symmetry: Symmetry
    steps: tuple[ModelStep, ...]
    events: tuple[Event, ...]
    shape: Shape
    model: Module
    kernel: Module


def build(
    recorded: Recorded,
    sizes: Sizes,
    known: Known,
    widths: Mapping[str, int],
    *,
    shared: bool,
    reduced: bool = False,
) -> Compiled:
    """The compiled instance; it does not look for what is known.

    `widths` has the bits of tables of numbers without a bound; `shared`: several threads will run;
    `reduced`: one state stands for all that differ by the places of interchangeable elements.
    Errors: SizesError for sizes that do not fit; Unsupported for what cannot be compiled.
    """
    layout = layout_of(recorded, sizes)
    symmetry = symmetry_of(recorded, sizes, layout) if reduced else NO_SYMMETRY
    records = [record for each in symmetry.sorted.values() for record in each]
    words = words_of(recorded, sizes, layout, widths, records)
    if not fits(words, symmetry):
        symmetry = replace(symmetry, sorted={})
    instance = Instance(recorded, sizes, layout, Terms(words.fields))
    claims = tuple(
        claim
        for claim in recorded.claims
        if claim.role is not Role.CAN and claim.name not in known.broken
    )
    watched = tuple(watch for watch in watches(recorded) if watch not in known.seen)
    program = program_of(instance, words.fields, claims, watched)
    block = min(_MOST_BLOCK, max(1, _BLOCK_STEPS // max(1, len(program.steps))))
    shape = Shape(words.count, words.is_narrow, block, shared, symmetry.order > 1)
    events = Events()
    text = "\n".join(
        [
            NOTE,
            expand_function(instance, words, program, events),
            check_functions(instance, words, claims, watched, events),
            order_function(recorded, words, symmetry),
        ]
    )
    return Compiled(
        recorded,
        sizes,
        dict(widths),
        words,
        symmetry,
        program.steps,
        tuple(events.slots),
        shape,
        compiled(text),
        compiled(kernel_functions(shape)),
    )
