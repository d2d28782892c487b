"""Signatures: a number for each element that says nothing of its place.

It is made of what the element holds, of who names it and of the signatures of both. Cells with the
same keys are one record: its bits, with the signatures of the elements that it is about, are mixed,
and what comes of it is added to all of them. A constant of a kind has a signature of its own from
the beginning, as has none.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assay.engines.domains import Sizes
from assay.engines.explore.compiled.code import Code
from assay.engines.explore.compiled.moving import loaded, moved
from assay.engines.explore.compiled.symmetry import Symmetry, plain_sort
from assay.engines.explore.compiled.words import Field, Words, signed
from assay.lang.recorded import Recorded, Table
from assay.lang.sorts import KindSort, Sort
from assay.lang.values import Value

_GOLDEN = 0x9E3779B97F4A7C15
_MIXER = 0xBF58476D1CE4E5B9


@dataclass(frozen=True, slots=True)
class Slots:
    """Where the signatures stand: for each kind that of none, then those of its elements.

    `free` has, for each kind, the elements that change places.
    """

    first: dict[str, int]
    free: dict[str, range]
    count: int

    def of(self, kind: str, value: Value) -> int:
        """The slot of an element, or of none."""
        return self.first[kind] + (0 if value is None else 1 + int(value))


def slots_of(symmetry: Symmetry, recorded: Recorded, sizes: Sizes) -> Slots:
    """The slots of the kinds whose elements change places."""
    first, free, at = {}, {}, 0
    for kind in recorded.kinds:
        if kind.name in symmetry.kinds:
            first[kind.name] = at
            free[kind.name] = range(len(kind.constants), sizes[kind.name])
            at += sizes[kind.name] + 1
    return Slots(first, free, at)


def begin(code: Code, slots: Slots, signatures: str) -> None:
    """Write the signatures to begin with: those of elements that change places are alike."""
    movable = {slots.of(kind, each) for kind, free in slots.free.items() for each in free}
    for slot in range(slots.count):
        code.store(0 if slot in movable else odd(slot), signatures, slot)


def round_function(recorded: Recorded, words: Words, slots: Slots) -> str:
    """`round(state, signatures)` makes the signatures anew from the last."""
    return _Round(recorded, words, slots).text()


def times(code: Code, number: str, salt: int) -> str:
    """The number times an odd one; another salt, another one."""
    return code.value(f"mul i64 {number}, {odd(salt)}")


def odd(salt: int) -> int:
    """An odd number without a pattern, as LLVM writes it."""
    number = (salt + 1) * _GOLDEN & (1 << 64) - 1
    return signed((number ^ number >> 31) * _MIXER | 1)


@dataclass(frozen=True, slots=True)
class _Record:
    """The cells with the same keys: their fields, and the slots of the elements among the keys."""

    fields: tuple[Field, ...]
    keys: tuple[int, ...]


class _Round:
    """The function `round`."""

    def __init__(self, recorded: Recorded, words: Words, slots: Slots) -> None:
        self.words = words
        self.slots = slots
        self.code = code = Code()
        self.tables = {table.name: table for table in recorded.tables}
        self.state = loaded(code, words, "%s")
        self.old = [code.load("%signatures", slot) for slot in range(slots.count)]
        self.told: dict[int, list[tuple[str, int]]] = defaultdict(list)
        self.named = code.array(slots.count)
        self.salts = 0

    def text(self) -> str:
        """The whole function."""
        code, slots = self.code, self.slots
        for slot in range(slots.count):
            code.store(0, self.named, slot)
        for tables, records in self._kinds_of_records():
            self._tell(tables, records)
        for kind, free in slots.free.items():
            salt = self._salt()
            for slot in (slots.of(kind, each) for each in free):
                new = self._sum(
                    code.load(self.named, slot), [(self.old[slot], salt), *self.told[slot]]
                )
                code.store(self._mixed(new, salt), "%signatures", slot)
        return code.function("i64 @round(ptr %s, ptr %signatures)", "i64 0")

    def _kinds_of_records(self) -> Iterator[tuple[list[Table], list[_Record]]]:
        """All records, with those of the same tables together."""
        sorts: dict[tuple[Sort, ...], list[Table]] = defaultdict(list)
        for table in self.tables.values():
            sorts[table.keys].append(table)
        positions, fields = self.words.layout.positions, self.words.fields
        for keys, tables in sorts.items():
            records = [
                _Record(
                    tuple(fields[positions[table.name, each]] for table in tables),
                    tuple(self._slots_of(keys, each)),
                )
                for name, each in self.words.layout.cells
                if name == tables[0].name
            ]
            yield tables, records

    def _slots_of(self, sorts: tuple[Sort, ...], keys: tuple[Value, ...]) -> Iterator[int]:
        for sort, key in zip(sorts, keys, strict=True):
            kind = plain_sort(sort)
            if isinstance(kind, KindSort) and kind.name in self.slots.first:
                yield self.slots.of(kind.name, key)

    def _tell(self, tables: list[Table], records: list[_Record]) -> None:
        """Tell the elements that records are about what is in them, and which others."""
        of_tables = [self._salt() for _ in tables]
        of_keys = [self._salt() for _ in records[0].keys]
        naming = {at: kind for at, table in enumerate(tables) if (kind := self._kind_named(table))}
        plain = [at for at in range(len(tables)) if at not in naming]
        if not naming and not of_keys:
            return
        salt = self._salt()
        for record in records:
            named = {at: self._named_slot(record.fields[at], kind) for at, kind in naming.items()}
            number = self._sum(
                str(odd(salt + len(set(record.keys)))),
                [
                    *self._contents(record, records, plain, of_tables),
                    *(
                        (self.code.load("%signatures", slot), of_tables[at])
                        for at, slot in named.items()
                    ),
                    *zip((self.old[key] for key in record.keys), of_keys, strict=True),
                ],
            )
            number = self._mixed(number, salt)
            for key, of_key in zip(record.keys, of_keys, strict=True):
                self.told[key].append((number, of_key))
            for at, slot in named.items():
                before = self.code.load(self.named, slot)
                new = self._sum(before, [(number, of_tables[at])])
                self.code.store(new, self.named, slot)

    def _sum(self, first: str, parts: Iterable[tuple[str, int]]) -> str:
        """The sum of some numbers, each times one of its own."""
        for number, salt in parts:
            first = self.code.add(first, times(self.code, number, salt))
        return first

    def _named_slot(self, field: Field, kind: str) -> str:
        """The slot of the element that a cell names."""
        return self.code.add(self._bits(field), self.slots.first[kind] + (not field.option))

    def _contents(
        self, record: _Record, records: list[_Record], plain: list[int], salts: list[int]
    ) -> Iterator[tuple[str, int]]:
        """The bits of a record in which no element is named, in as few pieces as may be.

        They are one piece if they lie in each record of the kind as in every other.
        """
        shapes = {_shape(each, plain) for each in records} if plain else set()
        if len(shapes) == 1 and () not in shapes:
            fields = [record.fields[at] for at in plain]
            low = min(field.shift for field in fields)
            mask = sum((1 << field.width) - 1 << field.shift - low for field in fields)
            bits = moved(self.code, self.state[fields[0].word], -low)
            yield self.code.value(f"and i64 {bits}, {signed(mask)}"), salts[plain[0]]
            return
        for at in plain:
            yield self._bits(record.fields[at]), salts[at]

    def _bits(self, field: Field) -> str:
        bits = moved(self.code, self.state[field.word], -field.shift)
        return self.code.value(f"and i64 {bits}, {(1 << field.width) - 1}")

    def _kind_named(self, table: Table) -> str | None:
        """The kind whose elements the cells of a table name, if these change places."""
        kind = plain_sort(table.value)
        if isinstance(kind, KindSort) and kind.name in self.slots.first:
            return kind.name
        return None

    def _mixed(self, number: str, salt: int) -> str:
        folded = self.code.value(f"lshr i64 {number}, 29")
        return times(self.code, self.code.value(f"xor i64 {number}, {folded}"), salt)

    def _salt(self) -> int:
        self.salts += 1
        return self.salts


def _shape(record: _Record, plain: list[int]) -> tuple[int, ...]:
    """How the fields lie in a word; nothing, if they lie in several."""
    fields = [record.fields[at] for at in plain]
    low = min(field.shift for field in fields)
    if len({field.word for field in fields}) > 1:
        return ()
    return tuple(field.shift - low for field in fields)
