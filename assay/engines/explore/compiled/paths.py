"""The way back: from a state of the queue to a start, level by level, and forwards in steps.

No state knows where it came from: the level before is expanded again until the state is found. With
symmetry the states of the queue stand for others; the path is then gone by a state that is really
there, which at each step takes one that leads to a state with the next representative.
"""

from collections.abc import Iterator

from assay.engines.explore.compiled.build import Compiled
from assay.engines.explore.compiled.functions import NEVER
from assay.engines.explore.compiled.program import Breaks
from assay.engines.explore.compiled.store import Span, Store, Workplace
from assay.engines.explore.result import Path
from assay.engines.interpret import ModelState, ModelStep, holds

State = tuple[int, ...]
_BITS = (1 << 64) - 1


class Paths:
    """Finds shortest paths in the store of a search."""

    def __init__(self, code: Compiled, store: Store) -> None:
        self._code = code
        self._store = store
        self._place = Workplace(code)
        self._find = code.kernel.function("find", 5)
        self._expand = code.model.function("expand", 6)
        self.starts: dict[State, tuple[ModelStep, State]] = {}

    def add_start(self, step: ModelStep, state: ModelState) -> None:
        """Note a start state, by the state that stands for it; Overflow when it does not fit."""
        words = self._code.words.words(self._code.words.layout.packed(state))
        self.starts.setdefault(self._representative(words), (step, words))

    def to(self, index: int, step: int = NEVER, shown: Breaks | None = None) -> Path:
        """A shortest path to a state, with one more step if one is given.

        The last step is one that breaks the claim of `shown`, if it is there.
        """
        store = self._store
        chain = [index]
        for level in reversed(store.levels[: store.depth(index)]):
            chain.append(self._before(level, chain[-1]))
        start, state = self.starts[store.words(chain.pop())]
        steps: list[ModelStep] = []
        for following in reversed(chain):
            taken, state = self._step(state, store.words(following))
            steps.append(taken)
        if step != NEVER:
            steps.append(self._last(state, self._code.steps[step], shown))
        return Path(start, tuple(steps))

    def before(self, index: int) -> int:
        """The first state of the level before from which a step leads to a state."""
        level = self._store.levels[self._store.depth(index) - 1]
        return self._before(level, index)

    def _before(self, level: list[Span], after: int) -> int:
        """The first state of a level from which a step leads to another."""
        for begin, end in level:
            found = self._find(
                self._store.context.address,
                self._place.own.address,
                begin,
                end,
                self._store.address(after),
            )
            if found < end:
                return found
        raise AssertionError(after)

    def _step(self, state: State, representative: State) -> tuple[ModelStep, State]:
        """The first step to a state with that representative, and the state."""
        for step, new in self._successors(state):
            if self._representative(new) == representative:
                return step, new
        raise AssertionError(state)

    def _last(self, state: State, seen: ModelStep, shown: Breaks | None) -> ModelStep:
        """The step that was seen; with symmetry one that differs by the places of elements."""
        code = self._code
        if not code.shape.ordered:
            return seen
        layout = code.words.layout
        old = layout.sparse(code.words.packed(state))
        for step, words in self._successors(state):
            if step.action == seen.action:
                new = layout.sparse(code.words.packed(words))
                if shown is None or not holds(
                    code.recorded, code.sizes, shown.claim, old, new, step
                ):
                    return step
        raise AssertionError(seen)

    def _successors(self, state: State) -> Iterator[tuple[ModelStep, State]]:
        place, width = self._place, self._code.shape.words
        given = place.places
        for word, bits in enumerate(state):
            given[word] = bits - (bits >> 63 << 64)
        taken = self._expand(
            given.address,
            place.out.address,
            place.steps.address,
            place.refused.address,
            place.first.address,
            0,
        )
        found = [
            (
                self._code.steps[place.steps[number // 4] >> number % 4 * 16 & 0xFFFF],
                tuple(place.out[number * width + word] & _BITS for word in range(width)),
            )
            for number in range(taken)
        ]
        yield from found

    def _representative(self, state: State) -> State:
        """The state that stands for it."""
        ordering = self._code.ordering
        if ordering is None or ordering.off:
            return state
        return ordering.representative(state)
