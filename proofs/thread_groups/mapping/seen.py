"""What the model sees of a kernel state.

The thread and the group that the kernel starts with are FIRST; all others keep their names.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assay.engines.kernel import ModelState, Tables
from assay.lang.values import Value, parse
from models.thread_groups.state import Life
from reference_kernel.boot import boot
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.guarantees.holders import Objects
from reference_kernel.parties import ListeningPool
from reference_kernel.state import (
    NOTHING,
    Object,
    State,
    Thread,
    ThreadGroup,
    ThreadState,
)
from spec.designs import AS_BUILT
from spec.ids import ObjectType
from spec.syscalls import BY_NAME

Cells = dict[tuple[Value, ...], Value]

_BOOTED = boot(AS_BUILT)
_FIRST_THREAD = _BOOTED.current
_FIRST_GROUP = next(
    name for name, each in _BOOTED.objects.items() if each.type is ObjectType.THREAD_GROUP
)
_EXIT_SYNC = BY_NAME["thread_handle_thread_exit_sync"].number

_WAITING = parse("WAITING", Life.sort())
_LIFE = {state: parse(state.name, Life.sort()) for state in ThreadState}


def thread(name: int) -> int:
    """The model's element for a kernel thread."""
    return 0 if name == _FIRST_THREAD else name


def group(name: int) -> int:
    """The model's element for a kernel group."""
    return 0 if name == _FIRST_GROUP else name


def waits_for(body: Thread) -> int:
    """Whose end the living thread waits for, or NOTHING."""
    if body.state is ThreadState.SUSPENDED and body.call is not None:
        return body.waits_on if body.call.number == _EXIT_SYNC else NOTHING
    return NOTHING


def waits_elsewhere(body: Thread) -> bool:
    """Whether the living thread waits for something that is no thread."""
    return (
        body.state is ThreadState.SUSPENDED
        and body.waits_on != NOTHING
        and waits_for(body) == NOTHING
    )


def is_listed(state: State, name: int, body: Thread) -> bool:
    """Whether the list of its group holds the thread."""
    joined = state.body(body.group)
    return isinstance(joined, ThreadGroup) and name in joined.members


def is_held(state: State, name: int) -> bool:
    """Whether a strong capability holds the thread: what neither list nor processor does."""
    known = state.objects.get(name)
    if known is None or not isinstance(known.body, Thread):
        return False
    others = is_listed(state, name, known.body) + (state.current == name)
    return known.strong > others


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen of a state: the tables of the model."""

    state: State
    tables: ModelState

    def universe(self) -> dict[str, frozenset[int]]:
        """The elements that the cells name."""
        tables = self.tables
        threads = (0, *_keys(tables["group"]), *tables["waits_for"].values())
        groups = (0, *_keys(tables["present"]), *_keys(tables["entry"]), *tables["group"].values())
        return {"Thread": _numbers(threads), "Group": _numbers(groups)}


def _keys(cells: Iterable[tuple[Value, ...]]) -> Iterator[Value]:
    return (keys[0] for keys in cells)


def _numbers(elements: Iterable[Value]) -> frozenset[int]:
    return frozenset(int(each or 0) for each in elements)


_OF_GROUPS = ("present", "exited", "entry", "under", "listed")
_OF_THREADS = (
    "life",
    "group",
    "held",
    "queued",
    "waits_for",
    "pools_listen",
    "references",
    "unanswered",
)
_KINDS = (ObjectType.THREAD, ObjectType.THREAD_GROUP)


def seen(state: State) -> Seen:
    """Everything that the model speaks of."""
    change = _Change(Tables({name: {} for name in (*_OF_GROUPS, *_OF_THREADS)}), state)
    groups = [(n, None, body) for n in state.objects if (body := change.group(n)) is not None]
    change.look_at_groups(state.objects, groups)
    for name in state.objects:
        change.look_at_thread(name)
    return Seen(state, change.tables.finish())


def seen_after(known: Seen, state: State) -> Seen:
    """The same of another state, by what is different there."""
    before = known.state
    changed = [
        name
        for name in changed_objects(before, state)
        if _is_seen(before.objects.get(name)) or _is_seen(state.objects.get(name))
    ]
    if not changed and (before.ready, before.current) == (state.ready, state.current):
        return Seen(state, known.tables)
    change = _Change(Tables(known.tables), state)
    groups = [(name, _group_body(before, name), change.group(name)) for name in changed]
    threads = change.look_at_groups(
        before.objects, [each for each in groups if each[1] is not each[2]]
    )
    if before.ready != state.ready:
        threads += sorted({*before.ready} ^ {*state.ready})
    if before.current != state.current:
        threads += (before.current, state.current)
    for name in dict.fromkeys((*changed, *threads)):
        if name != NOTHING:
            change.look_at_thread(name)
    return Seen(state, change.tables.finish())


def _is_seen(known: Object | None) -> bool:
    return known is not None and known.type in _KINDS


def _group_body(state: State, name: int) -> ThreadGroup | None:
    body = state.body(name)
    return body if isinstance(body, ThreadGroup) else None


class _Change:
    """The tables of a state in the making."""

    def __init__(self, tables: Tables, state: State) -> None:
        self.tables = tables
        self.state = state

    def group(self, name: int) -> ThreadGroup | None:
        """The body of the object, if it is a living group."""
        return _group_body(self.state, name)

    def look_at_groups(
        self,
        before: Objects,
        groups: Sequence[tuple[int, ThreadGroup | None, ThreadGroup | None]],
    ) -> list[int]:
        """Groups as they were and as they are; gives the threads that are or were listed there."""
        threads: list[int] = []
        for name, old, new in groups:
            self._mark("present", group(name), holds=new is not None)
            self._mark("exited", group(name), holds=new is not None and new.exited)
            for member in () if old is None else old.members:
                if before[member].type is ObjectType.THREAD:
                    threads.append(member)
                    self._mark("listed", thread(member), holds=False)
                else:
                    self.tables.clear("entry", (member,))
        for name, _, new in groups:
            for member in () if new is None else new.members:
                if self.state.objects[member].type is ObjectType.THREAD:
                    threads.append(member)
                    self._mark("listed", thread(member), holds=True)
                else:
                    self.tables.put("entry", (member,), group(name))
        if groups:
            self._look_what_is_under()
        return threads

    def _look_what_is_under(self) -> None:
        """A group is under all whose lists lead to it."""
        under: Cells = {}
        for (this,) in self.tables.cells("present"):
            above: Value = this
            while above is not None:
                under[this, above] = True
                above = self.tables.cell("entry", (above,))
        self.tables.fill("under", under)

    def look_at_thread(self, name: int) -> None:
        """The thread, if it is a living one."""
        known, this = self.state.objects.get(name), (thread(name),)
        cells: dict[str, Value] = {}
        if known is not None and isinstance(known.body, Thread):
            cells = _of_thread(known.body)
            if known.strong > (self.tables.cell("listed", this) is not None) + (
                self.state.current == name
            ):
                cells["held"] = True
            if name in self.state.ready:
                cells["queued"] = True
        for table in _OF_THREADS:
            value = cells.get(table)
            if value is None:
                self.tables.clear(table, this)
            else:
                self.tables.put(table, this, value)

    def _mark(self, table: str, element: int, *, holds: bool) -> None:
        if holds:
            self.tables.put(table, (element,), value=True)
        else:
            self.tables.clear(table, (element,))


def _of_thread(body: Thread) -> dict[str, Value]:
    """The cells that the body of a thread fills."""
    cells: dict[str, Value] = {"group": group(body.group), "life": _LIFE[body.state]}
    source = waits_for(body)
    if source != NOTHING:
        cells["life"] = _WAITING
        cells["waits_for"] = thread(source)
        cells["unanswered"] = 1
    elif waits_elsewhere(body):
        cells["life"] = _WAITING
    if body.address_space != NOTHING:
        cells["references"] = 1
    if not body.announced and has_pools(body):
        cells["pools_listen"] = True
    return cells


def has_pools(body: Thread) -> bool:
    """Whether an event pool listens for the thread's end."""
    listeners = body.exit_event.once + body.exit_event.always
    return any(isinstance(each, ListeningPool) for each in listeners)
