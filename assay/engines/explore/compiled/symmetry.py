"""Which elements of kinds may change places, and the function that picks one state for all of them.

The language knows no order of a kind's elements but its constants, so a permutation of the others
takes steps to steps. A kind that only keys name is put in order by sorting what each element holds;
of the others all permutations are tried. The smallest state, as a number, stands for all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations, product
from math import factorial, prod

from assay.engines.domains import Sizes
from assay.engines.explore.compiled.code import Code
from assay.engines.explore.compiled.words import Field, Words, signed
from assay.engines.explore.layout import Layout
from assay.lang.recorded import Recorded
from assay.lang.sorts import KindSort, OptionSort, Sort
from assay.lang.values import Value

_MOST_PERMUTATIONS = 24
"""Tried for each step: with more of them the search would be slower than without."""
_WIDEST_CODE = 4
_WIDEST_RECORD = 63

Permutation = Mapping[str, tuple[int, ...]]
"""For each kind that is permuted, where its elements go."""


@dataclass(frozen=True, slots=True)
class Symmetry:
    """The kinds whose elements may change places, by how that is done.

    `sorted` pairs a kind with the positions of the cells that each of its free elements holds, in
    one order for all. `permuted` has the permutations, the identity first. `left` has the kinds
    whose elements may change places too, but in more ways than are worth trying.
    """

    sorted: Mapping[str, tuple[tuple[int, ...], ...]]
    permuted: tuple[Permutation, ...]
    left: tuple[str, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names of the kinds."""
        return (*self.sorted, *self.permuted[0])

    @property
    def order(self) -> int:
        """How many states one may stand for at most."""
        return len(self.permuted) * prod(factorial(len(each)) for each in self.sorted.values())


def symmetry_of(recorded: Recorded, sizes: Sizes, layout: Layout) -> Symmetry:
    """The symmetry of an instance, as far as it pays to use it."""
    free = {
        kind.name: range(len(kind.constants), sizes[kind.name])
        for kind in recorded.kinds
        if sizes[kind.name] - len(kind.constants) > 1
    }
    records: dict[str, tuple[tuple[int, ...], ...]] = {}
    for kind in free:
        if _is_sortable(recorded, kind, records):
            records[kind] = tuple(_record(recorded, layout, kind, each) for each in free[kind])
    permuted = tuple(_permutations(free, sizes, records))
    left = tuple(kind for kind in free if kind not in records and kind not in permuted[0])
    return Symmetry(records, permuted, left)


def _permutations(
    free: Mapping[str, range], sizes: Sizes, records: Mapping[str, object]
) -> Iterator[Permutation]:
    """All permutations of as many other kinds as there may be."""
    chosen: list[str] = []
    for kind in sorted(free, key=lambda kind: len(free[kind])):
        orders = prod(factorial(len(free[each])) for each in (*chosen, kind))
        fits = sizes[kind].bit_length() <= _WIDEST_CODE and orders <= _MOST_PERMUTATIONS
        if kind not in records and fits:
            chosen.append(kind)
    for orders_of_all in product(*(permutations(free[kind]) for kind in chosen)):
        yield {
            kind: (*range(free[kind].start), *order)
            for kind, order in zip(chosen, orders_of_all, strict=True)
        }


def _plain(sort: Sort) -> Sort:
    return sort.inner if isinstance(sort, OptionSort) else sort


def _is_kind(sort: Sort, kind: str) -> bool:
    plain = _plain(sort)
    return isinstance(plain, KindSort) and plain.name == kind


def _is_sortable(recorded: Recorded, kind: str, others: Mapping[str, object]) -> bool:
    """Whether keys alone name the kind, once in a table, and no other kind that is sorted."""
    for table in recorded.tables:
        keys = sum(_is_kind(sort, kind) for sort in table.keys)
        shared = any(_is_kind(sort, other) for sort in table.keys for other in others)
        option = any(isinstance(sort, OptionSort) and _is_kind(sort, kind) for sort in table.keys)
        if _is_kind(table.value, kind) or keys > 1 or (keys and (shared or option)):
            return False
    return True


def _record(recorded: Recorded, layout: Layout, kind: str, element: int) -> tuple[int, ...]:
    """The cells that an element holds."""
    place = {
        table.name: index
        for table in recorded.tables
        for index, sort in enumerate(table.keys)
        if _is_kind(sort, kind)
    }
    return tuple(
        position
        for position, (table, keys) in enumerate(layout.cells)
        if table in place and keys[place[table]] == element
    )


def fits(words: Words, symmetry: Symmetry) -> bool:
    """Whether each record that is sorted stands in one piece of a word."""
    for records in symmetry.sorted.values():
        for record in records:
            fields = [words.fields[position] for position in record]
            width = sum(field.width for field in fields)
            if len({field.word for field in fields}) > 1 or width > _WIDEST_RECORD:
                return False
    return True


def order_function(recorded: Recorded, words: Words, symmetry: Symmetry) -> str:
    """`order(state)` replaces a state by the one that stands for it."""
    code = Code()
    state = [code.load("%s", word) for word in range(words.count)]
    best = _sorted(code, words, symmetry, state)
    for permutation in symmetry.permuted[1:]:
        other = _permuted(code, recorded, words, permutation, state)
        other = _sorted(code, words, symmetry, other)
        less = _less(code, other, best)
        best = [
            code.value(f"select i1 {less}, i64 {one}, i64 {two}")
            for one, two in zip(other, best, strict=True)
        ]
    for word, bits in enumerate(best):
        code.store(bits, "%s", word)
    return code.function("i64 @order(ptr noalias %s)", "i64 0")


def _less(code: Code, one: list[str], other: list[str]) -> str:
    less = "false"
    for left, right in zip(reversed(one), reversed(other), strict=True):
        below = code.value(f"icmp ult i64 {left}, {right}")
        less = code.value(f"select i1 {code.is_equal(left, right)}, i1 {less}, i1 {below}")
    return less


def _sorted(code: Code, words: Words, symmetry: Symmetry, state: list[str]) -> list[str]:
    """The state with the records of each kind that is sorted in order."""
    new = list(state)
    for records in symmetry.sorted.values():
        if not records[0]:
            continue
        spans = [_span(words, record) for record in records]
        keys = [
            code.value(f"and i64 {_moved(code, new[word], -shift)}, {signed((1 << width) - 1)}")
            for word, shift, width in spans
        ]
        for last in range(len(keys) - 1, 0, -1):
            for at in range(last):
                keys[at], keys[at + 1] = (
                    code.value(f"call i64 @llvm.{which}.i64(i64 {keys[at]}, i64 {keys[at + 1]})")
                    for which in ("umin", "umax")
                )
        for word in {word for word, _, _ in spans}:
            mask = sum((1 << w) - 1 << s for at, s, w in spans if at == word)
            new[word] = code.value(f"and i64 {new[word]}, {signed(~mask)}")
        for key, (word, shift, _) in zip(keys, spans, strict=True):
            new[word] = code.value(f"or i64 {new[word]}, {_moved(code, key, shift)}")
    return new


def _span(words: Words, record: tuple[int, ...]) -> tuple[int, int, int]:
    """Word, shift and width of a record."""
    fields = [words.fields[position] for position in record]
    return fields[0].word, min(f.shift for f in fields), sum(f.width for f in fields)


def _moved(code: Code, bits: str, places: int) -> str:
    if not places:
        return bits
    return code.value(f"{'shl' if places > 0 else 'lshr'} i64 {bits}, {abs(places)}")


def _permuted(
    code: Code, recorded: Recorded, words: Words, permutation: Permutation, state: list[str]
) -> list[str]:
    """The state where the elements have changed places, in keys and in values."""
    tables = {table.name: table for table in recorded.tables}
    moves: dict[tuple[int, int, int], int] = {}
    new: list[list[str]] = [[] for _ in state]
    for position, (name, keys) in enumerate(words.layout.cells):
        table, field = tables[name], words.fields[position]
        there = tuple(
            _renamed(permutation, sort, key) for sort, key in zip(table.keys, keys, strict=True)
        )
        target = words.fields[words.layout.positions[name, there]]
        kind = _plain(table.value)
        mask = (1 << field.width) - 1
        if isinstance(kind, KindSort) and kind.name in permutation:
            lookup = _lookup(field, kind, permutation)
            bits = code.value(f"and i64 {_moved(code, state[field.word], -field.shift)}, {mask}")
            at = code.value(f"mul i64 {bits}, {field.width}")
            found = code.value(f"lshr i64 {signed(lookup)}, {at}")
            found = code.value(f"and i64 {found}, {mask}")
            new[target.word].append(_moved(code, found, target.shift))
        else:
            move = (field.word, target.word, target.shift - field.shift)
            moves[move] = moves.get(move, 0) | mask << field.shift
    for (word, target_word, places), mask in moves.items():
        if mask:
            bits = code.value(f"and i64 {state[word]}, {signed(mask)}")
            new[target_word].append(_moved(code, bits, places))
    return [_joined(code, parts) for parts in new]


def _lookup(field: Field, kind: Sort, permutation: Permutation) -> int:
    """The new code of each code of a field, side by side."""
    codes = range(field.high - field.low + 1 + field.option)
    new = (field.code(_renamed(permutation, kind, field.value(code))) for code in codes)
    return sum(each << code * field.width for code, each in enumerate(new))


def _joined(code: Code, parts: list[str]) -> str:
    joined, *rest = parts or ["0"]
    for part in rest:
        joined = code.value(f"or i64 {joined}, {part}")
    return joined


def _renamed(permutation: Permutation, sort: Sort, value: Value) -> Value:
    plain = _plain(sort)
    if value is None or not isinstance(plain, KindSort) or plain.name not in permutation:
        return value
    return permutation[plain.name][value]
