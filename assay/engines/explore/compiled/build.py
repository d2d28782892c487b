"""From a recorded model to machine code: one instance, compiled."""

from collections.abc import Mapping
from dataclasses import dataclass

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
from assay.engines.explore.compiled.ordering import Ordering, ordering_of
from assay.engines.explore.compiled.program import Event, program_of
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
    """An instance in machine code: `steps` by number, `events` by slot.

    `ordering` is how it is reduced by symmetry, if that was asked for.
    """

    recorded: Recorded
    sizes: Sizes
    widths: Mapping[str, int]
    words: Words
    ordering: Ordering | None
    steps: tuple[ModelStep, ...]
    events: tuple[Event, ...]
    shape: Shape
    model: Module
    kernel: Module

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds whose elements may change places without making another state."""
        ordering = self.ordering
        return () if ordering is None or ordering.off else ordering.symmetry.kinds


def build(
    recorded: Recorded,
    sizes: Sizes,
    known: Known,
    widths: Mapping[str, int],
    *,
    shared: bool,
    reduced: bool = False,
    linked: bool = False,
) -> Compiled:
    """The compiled instance; it does not look for what is known.

    `widths` has the bits of tables of numbers without a bound; `shared`: several threads will run;
    `reduced`: one state stands for all that differ by the places of interchangeable elements;
    `linked`: steps are to be linked afterwards.
    Errors: SizesError for sizes that do not fit; Unsupported for what cannot be compiled.
    """
    layout = layout_of(recorded, sizes)
    ordering = ordering_of(recorded, sizes, layout, widths, known.sample) if reduced else None
    words = words_of(recorded, sizes, layout, widths) if ordering is None else ordering.words
    instance = Instance(recorded, sizes, layout, Terms(words.fields))
    claims = tuple(
        claim
        for claim in recorded.claims
        if claim.role is not Role.CAN and claim.name not in known.broken
    )
    watched = tuple(watch for watch in watches(recorded) if watch not in known.seen)
    program = program_of(instance, words.fields, claims, watched)
    block = min(_MOST_BLOCK, max(1, _BLOCK_STEPS // max(1, len(program.steps))))
    ordered = ordering is not None and not ordering.off
    narrow = words.is_narrow and not linked
    shape = Shape(words.count, narrow, block, shared, ordered, linked)
    events = Events()
    text = "\n".join(
        [
            NOTE,
            expand_function(instance, words, program, events),
            check_functions(instance, words, claims, watched, events),
        ]
    )
    return Compiled(
        recorded,
        sizes,
        dict(widths),
        words,
        ordering,
        program.steps,
        tuple(events.slots),
        shape,
        compiled(text),
        compiled(kernel_functions(shape)),
    )
