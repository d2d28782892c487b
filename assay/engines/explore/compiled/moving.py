"""Machine code that moves the elements of kinds to other places, in keys and in values.

Here too is what sorts the records of a kind that only keys name, and which of two states is less.
"""

from collections.abc import Iterator, Mapping
from itertools import permutations, product

from assay.engines.explore.compiled.code import Code
from assay.engines.explore.compiled.symmetry import Symmetry, plain_sort
from assay.engines.explore.compiled.words import Field, Words, signed
from assay.lang.recorded import Recorded
from assay.lang.sorts import KindSort, Sort
from assay.lang.values import Value

Permutation = Mapping[str, tuple[int, ...]]
"""For each kind that is permuted, where its elements go."""


def trying_function(recorded: Recorded, words: Words, symmetry: Symmetry) -> str:
    """`order(state)` replaces a state by the least that any order of the elements makes of it.

    It gives the number of orders.
    """
    code = Code()
    state = loaded(code, words, "%s")
    best = with_records_sorted(code, words, symmetry, state)
    for permutation in list(_permutations(symmetry))[1:]:
        other = permuted(code, recorded, words, permutation, state)
        other = with_records_sorted(code, words, symmetry, other)
        best = either(code, is_less(code, other, best), other, best)
    for word, bits in enumerate(best):
        code.store(bits, "%s", word)
    return code.function("i64 @order(ptr noalias %s)", f"i64 {symmetry.orders}")


def _permutations(symmetry: Symmetry) -> Iterator[Permutation]:
    """All orders of the elements that cells name, that in which they stand first."""
    for orders in product(*(permutations(each) for each in symmetry.named.values())):
        yield {
            kind: (*range(free.start), *order)
            for (kind, free), order in zip(symmetry.named.items(), orders, strict=True)
        }


def loaded(code: Code, words: Words, pointer: str) -> list[str]:
    """The words of a state."""
    return [code.load(pointer, word) for word in range(words.count)]


def either(code: Code, condition: str, then: list[str], otherwise: list[str]) -> list[str]:
    """One state where the condition holds, else another."""
    return [
        code.value(f"select i1 {condition}, i64 {one}, i64 {two}")
        for one, two in zip(then, otherwise, strict=True)
    ]


def is_less(code: Code, one: list[str], other: list[str]) -> str:
    """Whether a state, as a number, is less than another."""
    less = "false"
    for left, right in zip(reversed(one), reversed(other), strict=True):
        below = code.value(f"icmp ult i64 {left}, {right}")
        less = code.value(f"select i1 {code.is_equal(left, right)}, i1 {less}, i1 {below}")
    return less


def with_records_sorted(
    code: Code, words: Words, symmetry: Symmetry, state: list[str]
) -> list[str]:
    """The state with the records of each kind that is sorted in order."""
    new = list(state)
    for records in symmetry.sorted.values():
        if not records[0]:
            continue
        spans = [_span(words, record) for record in records]
        keys = [
            code.value(f"and i64 {moved(code, new[word], -shift)}, {signed((1 << width) - 1)}")
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
            new[word] = code.value(f"or i64 {new[word]}, {moved(code, key, shift)}")
    return new


def _span(words: Words, record: tuple[int, ...]) -> tuple[int, int, int]:
    """Word, shift and width of a record."""
    fields = [words.fields[position] for position in record]
    return fields[0].word, min(f.shift for f in fields), sum(f.width for f in fields)


def moved(code: Code, bits: str, places: int) -> str:
    """Bits shifted up, or down where the places are less than none."""
    if not places:
        return bits
    return code.value(f"{'shl' if places > 0 else 'lshr'} i64 {bits}, {abs(places)}")


def permuted(
    code: Code, recorded: Recorded, words: Words, permutation: Permutation, state: list[str]
) -> list[str]:
    """The state where the elements have changed places, in keys and in values."""
    tables = {table.name: table for table in recorded.tables}
    moves: dict[tuple[int, int, int], int] = {}
    new: list[list[str]] = [[] for _ in state]
    for position, (name, keys) in enumerate(words.layout.cells):
        table, field = tables[name], words.fields[position]
        there = tuple(
            renamed(permutation, sort, key) for sort, key in zip(table.keys, keys, strict=True)
        )
        target = words.fields[words.layout.positions[name, there]]
        kind = plain_sort(table.value)
        mask = (1 << field.width) - 1
        if isinstance(kind, KindSort) and kind.name in permutation:
            lookup = _lookup(field, kind, permutation)
            bits = code.value(f"and i64 {moved(code, state[field.word], -field.shift)}, {mask}")
            at = code.value(f"mul i64 {bits}, {field.width}")
            found = code.value(f"lshr i64 {signed(lookup)}, {at}")
            found = code.value(f"and i64 {found}, {mask}")
            new[target.word].append(moved(code, found, target.shift))
        else:
            move = (field.word, target.word, target.shift - field.shift)
            moves[move] = moves.get(move, 0) | mask << field.shift
    for (word, target_word, places), mask in moves.items():
        if mask:
            bits = code.value(f"and i64 {state[word]}, {signed(mask)}")
            new[target_word].append(moved(code, bits, places))
    return [_joined(code, parts) for parts in new]


def _lookup(field: Field, kind: Sort, permutation: Permutation) -> int:
    """The new code of each code of a field, side by side."""
    codes = range(field.high - field.low + 1 + field.option)
    new = (field.code(renamed(permutation, kind, field.value(code))) for code in codes)
    return sum(each << code * field.width for code, each in enumerate(new))


def _joined(code: Code, parts: list[str]) -> str:
    joined, *rest = parts or ["0"]
    for part in rest:
        joined = code.value(f"or i64 {joined}, {part}")
    return joined


def renamed(permutation: Permutation, sort: Sort, value: Value) -> Value:
    """Where an element goes; what is none stays."""
    plain = plain_sort(sort)
    if value is None or not isinstance(plain, KindSort) or plain.name not in permutation:
        return value
    return permutation[plain.name][value]
