"""What the model sees of a kernel state, and what of that changes with the state."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from assay.engines.kernel import ModelState, Tables
from assay.lang.values import Value
from proofs.capability_lifetimes.mapping.names import allowed, id_of, id_of_word
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.state import NO_SERIALS, CapabilitySpace, State
from spec.ids import is_weak, rights_of

_Cells = dict[tuple[Value, ...], Value]
_Entry = tuple[int, int]
_TABLES = ("space", "target", "weak", "rights", "alive", "is_space", "anchored")


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen of a state: the tables, and how many strong capabilities each object has."""

    state: State
    tables: ModelState
    strong: Counter[int]


def seen(state: State, use: int) -> Seen:
    """Everything that the model speaks of; `use` is the right that its USE stands for."""
    tables: dict[str, _Cells] = {name: {} for name in _TABLES}
    strong: Counter[int] = Counter()
    for name, known in state.objects.items():
        if known.body is not None:
            tables["alive"][name,] = True
        if isinstance(known.body, CapabilitySpace):
            tables["is_space"][name,] = True
            for each in _issued(name, NO_SERIALS, known.body.next_serial):
                tables["space"][each,] = name
            for word, target in known.body.holdings.items():
                for table, value in _cells(word, target, use):
                    tables[table][id_of_word(name, word),] = value
                strong[target] += not is_weak(word)
    for name, known in state.objects.items():
        if known.body is not None and known.strong > strong[name]:
            tables["anchored"][name,] = True
    return Seen(state, tables, strong)


def seen_after(known: Seen, state: State, use: int) -> Seen:
    """The same of another state, by what is different there."""
    changed = changed_objects(known.state, state)
    if not changed:
        return Seen(state, known.tables, known.strong)
    change = _Change(known, state, use)
    for name in changed:
        change.look_at(name)
    for name in dict.fromkeys((*changed, *change.strong)):
        change.look_who_holds(name)
    return Seen(state, change.tables.finish(), change.strongs())


def _cells(word: int, target: int, use: int) -> Iterator[tuple[str, Value]]:
    """The cells of an entry, by table."""
    yield "target", target
    if is_weak(word):
        yield "weak", True
    rights = allowed(rights_of(word), use)
    if rights:
        yield "rights", rights


def _issued(space: int, known: tuple[int, ...], counts: tuple[int, ...]) -> Iterator[int]:
    """The ids that the space gave out beyond those that are known."""
    for kind, (first, end) in enumerate(zip(known, counts, strict=True)):
        for serial in range(first, end):
            yield id_of(space, kind, serial)


class _Change:
    """What is different in a state; `strong` counts the strong capabilities that it has more."""

    def __init__(self, known: Seen, state: State, use: int) -> None:
        self.known = known
        self.state = state
        self.use = use
        self.tables = Tables(known.tables)
        self.strong: Counter[int] = Counter()

    def look_at(self, name: int) -> None:
        """An object that changed: whether it lives, and what a space has."""
        old, new = self.known.state.body(name), self.state.body(name)
        if old is new:
            return
        self._mark("alive", name, holds=new is not None)
        was = old if isinstance(old, CapabilitySpace) else None
        now = new if isinstance(new, CapabilitySpace) else None
        if was is not now:
            self._mark("is_space", name, holds=now is not None)
            self._look_at_ids(name, was, now)
            self._look_at_entries(name, was, now)

    def _look_at_ids(
        self, space: int, old: CapabilitySpace | None, new: CapabilitySpace | None
    ) -> None:
        was = NO_SERIALS if old is None else old.next_serial
        now = NO_SERIALS if new is None else new.next_serial
        if was == now:
            return
        for name in _issued(space, now, was):
            self.tables.clear("space", (name,))
        for name in _issued(space, was, now):
            self.tables.put("space", (name,), space)

    def _look_at_entries(
        self, space: int, old: CapabilitySpace | None, new: CapabilitySpace | None
    ) -> None:
        gone, come = _difference(old, new)
        for word, target in gone:
            for table in ("target", "weak", "rights"):
                self.tables.clear(table, (id_of_word(space, word),))
            self.strong[target] -= not is_weak(word)
        for word, target in come:
            for table, value in _cells(word, target, self.use):
                self.tables.put(table, (id_of_word(space, word),), value)
            self.strong[target] += not is_weak(word)

    def look_who_holds(self, name: int) -> None:
        """Whether something that is no space holds the object."""
        known = self.state.objects.get(name)
        strong = self.known.strong[name] + self.strong[name]
        holds = known is not None and known.body is not None and known.strong > strong
        self._mark("anchored", name, holds=holds)

    def strongs(self) -> Counter[int]:
        """The strong capabilities of each object."""
        if not any(self.strong.values()):
            return self.known.strong
        counts = self.known.strong.copy()
        for name, more in self.strong.items():
            counts[name] += more
        return counts

    def _mark(self, table: str, name: int, *, holds: bool) -> None:
        if holds:
            self.tables.put(table, (name,), value=True)
        else:
            self.tables.clear(table, (name,))


def _difference(
    old: CapabilitySpace | None, new: CapabilitySpace | None
) -> tuple[list[_Entry], list[_Entry]]:
    """The entries that are gone, and those that have come."""
    if old is None or new is None:
        return list(old.holdings.items()) if old else [], list(new.holdings.items()) if new else []
    if old.entries is new.entries and old.in_transit is new.in_transit:
        return [], []
    was, now = old.holdings, new.holdings
    gone = [each for each in was.items() if now.get(each[0]) != each[1]]
    come = [each for each in now.items() if was.get(each[0]) != each[1]]
    return gone, come
