"""The state that stands for all, where the elements that change places are named in cells too.

Elements are put in order by signatures. Of those that have the same one each is tried in the first
place, with signatures made anew from there; the least state that comes of it, as a number, stands
for all. Two things save nearly all of the trying: elements that change places without changing the
state need not be tried in turn, and a choice is given up when the first state that comes of it came
first of the choice before it too, since then the rest is the same too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

from assay.engines.domains import Sizes
from assay.engines.explore.compiled.code import Code
from assay.engines.explore.compiled.moving import (
    either,
    is_less,
    loaded,
    permuted,
    with_records_sorted,
)
from assay.engines.explore.compiled.signatures import Slots, begin, odd, round_function, slots_of
from assay.engines.explore.compiled.symmetry import Symmetry
from assay.engines.explore.compiled.words import Words
from assay.lang.recorded import Recorded

_ROUNDS = 3
"""Rounds of signatures before a choice: so far what is told of an element goes to others."""
_CHOSEN = -1


def choosing_function(recorded: Recorded, sizes: Sizes, words: Words, symmetry: Symmetry) -> str:
    """`order(state)` replaces a state by the one that stands for it.

    It gives the number of states of which that is the least.
    """
    choosing = _Choosing(recorded, words, symmetry, slots_of(symmetry, recorded, sizes))
    return "\n".join(choosing.functions())


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two elements of a kind, and where their signatures stand."""

    kind: str
    one: int
    two: int
    first: int
    second: int

    @property
    def name(self) -> str:
        """Part of the name of a function about them."""
        return f"{self.first}_{self.second}"


@dataclass(frozen=True, slots=True)
class _Choosing:
    recorded: Recorded
    words: Words
    symmetry: Symmetry
    slots: Slots

    def functions(self) -> Iterator[str]:
        """All functions."""
        yield round_function(self.recorded, self.words, self.slots)
        for pair in self._pairs():
            yield self._swap(pair)
            yield self._alike(pair)
        yield self._settle()
        yield self._tied()
        yield self._search()
        yield self._order()

    def _pairs(self) -> Iterator[_Pair]:
        for kind, free in self.symmetry.named.items():
            for one, two in combinations(free, 2):
                yield _Pair(kind, one, two, self.slots.of(kind, one), self.slots.of(kind, two))

    def _changed(self, code: Code, pair: _Pair, state: list[str]) -> list[str]:
        """The state where two elements have changed places."""
        order = list(range(self.symmetry.named[pair.kind].stop))
        order[pair.one], order[pair.two] = pair.two, pair.one
        return permuted(code, self.recorded, self.words, {pair.kind: tuple(order)}, state)

    def _swap(self, pair: _Pair) -> str:
        """`swap(state)` lets two elements change places."""
        code = Code()
        for word, bits in enumerate(self._changed(code, pair, loaded(code, self.words, "%s"))):
            code.store(bits, "%s", word)
        return code.function(f"i64 @swap_{pair.name}(ptr %s)", "i64 0")

    def _alike(self, pair: _Pair) -> str:
        """`alike(state)`: whether two elements may change places without changing the state."""
        code = Code()
        state = loaded(code, self.words, "%s")
        other = with_records_sorted(
            code, self.words, self.symmetry, self._changed(code, pair, state)
        )
        state = with_records_sorted(code, self.words, self.symmetry, state)
        alike = code.value(f"zext i1 {_equal(code, state, other)} to i64")
        return code.function(f"i64 @alike_{pair.name}(ptr %s)", f"i64 {alike}")

    def _settle(self) -> str:
        """`settle(state, signatures)` makes a round of signatures and puts elements in order."""
        code = Code()
        code.do("call i64 @round(ptr %s, ptr %g)")
        for kind, free in self.symmetry.named.items():
            slots = [self.slots.of(kind, each) for each in free]
            for last in range(len(slots) - 1, 0, -1):
                for first, second in pairwise(slots[: last + 1]):
                    one, two = code.load("%g", first), code.load("%g", second)
                    with code.where(code.value(f"icmp ugt i64 {one}, {two}")):
                        code.store(two, "%g", first)
                        code.store(one, "%g", second)
                        code.do(f"call i64 @swap_{first}_{second}(ptr %s)")
        return code.function("i64 @settle(ptr %s, ptr %g)", "i64 0")

    def _tied(self) -> str:
        """`tied(state, signatures)`: the slot of the first element to choose, or -1.

        It is the first with a signature that others have too, not all of which are like it.
        """
        code = Code()
        found = code.variable(-1)
        for kind, free in self.symmetry.named.items():
            slots = [self.slots.of(kind, each) for each in free]
            for at, first in enumerate(slots[:-1]):
                mine = code.load("%g", first)
                open_ = code.is_equal(code.load(found), -1)
                begins = "true"
                if at:
                    before = code.load("%g", slots[at - 1])
                    begins = code.value(f"icmp ne i64 {before}, {mine}")
                tie = code.is_equal(code.load("%g", slots[at + 1]), mine)
                tie = code.value(f"and i1 {tie}, {begins}")
                with code.where(code.value(f"and i1 {tie}, {open_}")):
                    for second in slots[at + 1 :]:
                        with code.where(code.is_equal(code.load("%g", second), mine)):
                            alike = code.value(f"call i64 @alike_{first}_{second}(ptr %s)")
                            with code.where(code.is_equal(alike, 0)):
                                code.store(first, found)
        return code.function("i64 @tied(ptr %s, ptr %g)", f"i64 {code.load(found)}")

    def _search(self) -> str:
        """`search(state, signatures, best, expected, asked, first)` finds the least state.

        `best` has the least until here and how many there were; `first` becomes the first that is
        found. Where `asked`, it gives 1 as soon as that is the `expected` one, else 0.
        """
        code, count = Code(), self.words.count
        tie, rounds, met = code.variable(0), code.variable(0), code.variable(0)
        with code.loop() as leave:
            code.do("call i64 @settle(ptr %s, ptr %g)")
            code.store(code.value("call i64 @tied(ptr %s, ptr %g)"), tie)
            leave(code.is_equal(code.load(tie), -1))
            code.store(code.add(code.load(rounds), 1), rounds)
            leave(code.is_equal(code.load(rounds), _ROUNDS))
        with code.where(
            code.is_equal(code.load(tie), -1), otherwise=lambda: self._choose(code, tie, met)
        ):
            state = with_records_sorted(
                code, self.words, self.symmetry, loaded(code, self.words, "%s")
            )
            best, number = loaded(code, self.words, "%best"), code.load("%best", count)
            is_best = is_less(code, state, best)
            is_best = code.value(f"or i1 {is_best}, {code.is_equal(number, 0)}")
            code.store(code.add(number, 1), "%best", count)
            for word, bits in enumerate(either(code, is_best, state, best)):
                code.store(bits, "%best", word)
            for word, bits in enumerate(state):
                code.store(bits, "%first", word)
            same = _equal(code, state, loaded(code, self.words, "%expected"))
            same = code.value(f"and i64 {code.value(f'zext i1 {same} to i64')}, %asked")
            code.store(same, met)
        head = "i64 @search(ptr %s, ptr %g, ptr %best, ptr %expected, i64 %asked, ptr %first)"
        return code.function(head, f"i64 {code.load(met)}")

    def _choose(self, code: Code, tie: str, met: str) -> None:
        """Try each element that has the signature of the first, in its place."""
        state, signatures, other = (
            code.array(words) for words in (self.words.count, self.slots.count, self.words.count)
        )

        def search(first: int, expected: str) -> str:
            code.copy("%g", signatures, self.slots.count)
            code.store(code.add(code.load("%g", first), odd(_CHOSEN)), signatures, first)
            return code.value(
                f"call i64 @search(ptr {state}, ptr {signatures}, ptr %best, {expected})"
            )

        for kind, free in self.symmetry.named.items():
            slots = [self.slots.of(kind, each) for each in free]
            for at, first in enumerate(slots[:-1]):
                with code.where(code.is_equal(code.load(tie), first)):
                    code.copy("%s", state, self.words.count)
                    code.store(search(first, "ptr %expected, i64 %asked, ptr %first"), met)
                    for second in slots[at + 1 :]:
                        same = code.is_equal(code.load("%g", second), code.load("%g", first))
                        open_ = code.is_equal(code.load(met), 0)
                        with code.where(code.value(f"and i1 {same}, {open_}")):
                            alike = code.value(f"call i64 @alike_{first}_{second}(ptr %s)")
                            with code.where(code.is_equal(alike, 0)):
                                code.copy("%s", state, self.words.count)
                                code.do(f"call i64 @swap_{first}_{second}(ptr {state})")
                                search(first, f"ptr %first, i64 1, ptr {other}")

    def _order(self) -> str:
        code, count = Code(), self.words.count
        signatures, best, first = (
            code.array(words) for words in (self.slots.count, count + 1, count)
        )
        begin(code, self.slots, signatures)
        code.store(0, best, count)
        code.copy("%s", best, count)
        code.copy("%s", first, count)
        code.do(
            f"call i64 @search(ptr %s, ptr {signatures}, ptr {best}, ptr {first}, i64 0, "
            f"ptr {first})"
        )
        code.copy(best, "%s", count)
        return code.function("i64 @order(ptr noalias %s)", f"i64 {code.load(best, count)}")


def _equal(code: Code, one: list[str], other: list[str]) -> str:
    different = "0"
    for left, right in zip(one, other, strict=True):
        apart = code.value(f"xor i64 {left}, {right}")
        different = code.value(f"or i64 {different}, {apart}")
    return code.is_equal(different, 0)
