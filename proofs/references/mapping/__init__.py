"""What references sees of the kernel, and which of its steps a whole call is: `MAPPING`.

Between two calls nothing lies on a stack and no destructor runs. A call is all its small steps in
a row: each look-up copies an entry and upgrades the copy, each change of a table is its own step,
each reference is dropped by itself. What a waiting call holds counts as held by its thread; where
the call is killed and nobody drops that, it lies on the stack for a moment, and is lost.
"""

from collections.abc import Iterator, Mapping

from assay.engines.kernel import WHOLE, ModelState, ModelStep, Recent
from assay.lang.values import Value
from proofs.capability_lifetimes.mapping import CapabilityMapping
from proofs.capability_lifetimes.mapping.names import NOBODY
from proofs.capability_lifetimes.mapping.seen import seen as entries_seen
from proofs.capability_lifetimes.mapping.seen import seen_after
from proofs.references.mapping.calls import STACK, Called
from proofs.references.mapping.drops import Counted
from proofs.references.mapping.killed import Killed
from proofs.references.mapping.refusals import refusals
from proofs.references.mapping.sections import SectionTaken
from proofs.references.mapping.seen import DEAD, Seen, seen
from proofs.references.mapping.stacks import Stacks, stacks
from reference_kernel.events import Event
from reference_kernel.machine import Grain
from reference_kernel.outcomes import Cut, Deadlock, Outcome, Panic, Refused, Spins
from reference_kernel.state import State
from reference_kernel.step import place
from spec.design import Design
from spec.rights import Right

_USE = int(Right.WRITE)


class ReferencesMapping:
    """The mapping; what was seen of the last two states is kept."""

    modes = ("sections", "interleaved", WHOLE)

    def __init__(self) -> None:
        self._calls = CapabilityMapping()
        self._recent: Recent[Seen] = Recent()
        self._stacks: Recent[Stacks] = Recent()

    def _stacks_in(self, design: Design, state: State) -> Stacks:
        known, last = self._stacks.of(state), self._stacks.newest
        if known is not None:
            return known
        entries = None if last is None else last.seen.entries
        now = entries_seen(state, _USE) if entries is None else seen_after(entries, state, _USE)
        return self._stacks.keep(state, stacks(state, now, last))

    def _seen(self, state: State) -> Seen:
        known, last = self._recent.of(state), self._recent.newest
        if known is not None:
            return known
        if last is None:
            return self._recent.keep(state, seen(entries_seen(state, _USE), None))
        return self._recent.keep(state, seen(seen_after(last.entries, state, _USE), last))

    def state(self, design: Design, state: State, /) -> ModelState:
        """What the model sees of a kernel state."""
        if state.machine.grain is Grain.SECTIONS:
            return self._stacks_in(design, state).tables
        return self._seen(state).tables

    def whole(self, design: Design, state: State, /) -> ModelState:
        """The same, seen anew."""
        if state.machine.grain is Grain.SECTIONS:
            return stacks(state, entries_seen(state, _USE), None).tables
        return seen(entries_seen(state, _USE), None).tables

    def universe(self, design: Design, state: State, /) -> Mapping[str, frozenset[int]]:
        """The blocks, the references, and nobody; the stacks of processors, and of who waits."""
        tables = self.state(design, state)
        return {
            "Object": frozenset({NOBODY, *_numbers(tables["stage"])}),
            "Reference": frozenset({NOBODY, *_numbers(tables["target"]), *_moved(tables)}),
            "Stack": frozenset(range(len(state.processors) + 1)),
        }

    def steps(
        self, design: Design, before: State, event: Event, outcome: Outcome, after: State, /
    ) -> tuple[ModelStep, ...]:
        """The small steps of the call and of what it sets off, then the blocks that are freed."""
        if before.machine.grain is Grain.SECTIONS:
            return self._of_section(design, before, event, outcome, after)
        called = self._calls.steps(design, before, event, outcome, after)
        old, new = self._seen(before), self._seen(after)
        if not called and old.tables is new.tables:
            return ()
        killed = tuple(Killed(old, event, new).steps(design, STACK))
        counted = Counted(old, new.lost)
        steps = tuple(Called(design, counted).steps(called, new))
        return (*killed, *steps, *_freed(old, counted.died, new))

    def _of_section(
        self, design: Design, before: State, event: Event, outcome: Outcome, after: State
    ) -> tuple[ModelStep, ...]:
        if isinstance(outcome, Panic | Deadlock | Spins):
            return ()
        here = place(before, event)
        old, new = self._stacks_in(design, before), self._stacks_in(design, after)
        taken = SectionTaken(design, old, new, event, here)
        refused = refusals(design, old, taken.rest, outcome, here)
        if old.tables is new.tables:
            return refused
        killed = Killed(old.seen, event, new.seen).steps(design, here)
        return (*refused, *killed, *taken.steps())

    def stutters(self, event: Event, outcome: Outcome, /) -> bool:
        """Whether the step may change nothing here.

        That is so of a look-up that lacks a right, and in sections of a call that is entered or
        goes on, and of a processor that spins.
        """
        if isinstance(outcome, Cut | Spins):
            return True
        if isinstance(outcome, Refused) and outcome.refusal.endswith("_lacks_right"):
            return True
        return self._calls.stutters(event, outcome)


def _freed(old: Seen, died: list[Value], new: Seen) -> Iterator[ModelStep]:
    """The blocks that nobody names any more."""
    stages = new.tables["stage"]
    dead = [name for (name,), stage in old.tables["stage"].items() if stage == DEAD]
    for name in (*dead, *died):
        if (name,) not in stages:
            yield ModelStep("block_is_freed", {"object": name})


def _moved(tables: ModelState) -> Iterator[int]:
    """The entries that moves have yet to remove, which may be gone."""
    for name in tables.get("removes", {}).values():
        assert isinstance(name, int), name
        yield name


def _numbers(cells: Mapping[tuple[Value, ...], Value]) -> Iterator[int]:
    for (name,) in cells:
        assert isinstance(name, int), name
        yield name


MAPPING = ReferencesMapping()
