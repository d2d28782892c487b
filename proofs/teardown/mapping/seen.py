"""What the model sees of a kernel state: threads and groups by their names, processors by number.

What goes on within a call is over when the kernel's step is: nobody walks a group, has looked one
up or has taken a thread from the queue.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assay.engines.kernel import ModelState, Tables
from assay.lang.values import Value, parse
from models.teardown.choices import announced_when_stopped
from models.teardown.state import Place
from proofs.teardown.mapping.lives import BY_STATE, BY_STATE_LEFT
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.state import NOTHING, Leaving, State, Thread, ThreadGroup, ThreadState
from spec.design import Design

Cells = dict[str, dict[tuple[Value, ...], Value]]

_WAITING = parse("WAITING", Place.sort())
_OF_THREADS = ("life", "place", "group", "killed", "spared", "queued", "unannounced")
_OF_PROCESSORS = ("there", "current", "leaving", "switching", "pending", "in_service")
_NEVER = ("walker", "drops", "frames", "admits", "queue_lock", "hand")
_TABLES = (*_OF_THREADS, "listed", "holds", "present", "exited", "entry", *_OF_PROCESSORS, *_NEVER)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen of a state: the tables of the model."""

    design: Design
    state: State
    tables: ModelState


def universe(tables: ModelState, processors: int) -> dict[str, frozenset[int]]:
    """The elements that the cells name, and all processors."""
    threads = (*_keys(tables["life"]), *tables["current"].values())
    groups = (
        *_keys(tables["present"]),
        *_keys(tables["entry"]),
        *_keys(tables["walker"]),
        *tables["admits"].values(),
        *tables["entry"].values(),
        *tables["group"].values(),
    )
    held = (keys[1] for keys in tables["holds"])
    return {
        "Thread": _numbers(threads),
        "Group": _numbers(groups),
        "Processor": frozenset(range(processors)),
        "Object": _numbers(held),
    }


def _keys(cells: Iterable[tuple[Value, ...]]) -> Iterator[Value]:
    return (keys[0] for keys in cells)


def _numbers(elements: Iterable[Value]) -> frozenset[int]:
    return frozenset(int(each or 0) for each in elements)


def seen(design: Design, state: State) -> Seen:
    """Everything that the model speaks of."""
    look = _Look(design, state, Tables({name: {} for name in _TABLES}))
    for name in state.objects:
        look.at_group(name, None)
    for name in state.objects:
        look.at_thread(name)
    look.at_processors()
    return Seen(design, state, look.tables.finish())


def seen_after(design: Design, known: Seen, state: State) -> Seen:
    """The same of another state, by what is different there."""
    before = known.state
    look = _Look(design, state, Tables(known.tables))
    changed = changed_objects(before, state)
    groups = [name for name in changed if before.body(name) is not state.body(name)]
    for name in groups:
        look.leaves_lists(before.body(name))
    for name in groups:
        look.at_group(name, before.body(name))
    threads = list(changed)
    if before.ready != state.ready:
        threads += sorted({*before.ready} ^ {*state.ready})
    if before.processors != state.processors:
        for each in (*before.processors, *state.processors):
            threads.append(each.current)
            threads.append(NOTHING if each.leaving is None else each.leaving.thread)
        look.at_processors()
    for name in dict.fromkeys(threads):
        look.at_thread(name)
    return Seen(design, state, look.tables.finish())


class _Look:
    """The tables of a state in the making."""

    def __init__(self, design: Design, state: State, tables: Tables) -> None:
        self.design = design
        self.state = state
        self.tables = tables

    def leaves_lists(self, old: object) -> None:
        """Nobody stands in the list that the group had."""
        for member in old.members if isinstance(old, ThreadGroup) else ():
            self.tables.clear("listed", (member,))
            self.tables.clear("entry", (member,))

    def at_group(self, name: int, old: object) -> None:
        """The group and its list, if it is a living one, or was."""
        body = self.state.body(name)
        if not isinstance(body, ThreadGroup):
            if isinstance(old, ThreadGroup):
                self.tables.clear("present", (name,))
                self.tables.clear("exited", (name,))
            return
        self._put("present", name, value=True)
        self._put("exited", name, value=body.exited or None)
        for member in body.members:
            is_thread = isinstance(self.state.body(member), Thread)
            table, value = ("listed", True) if is_thread else ("entry", name)
            self.tables.put(table, (member,), value)

    def at_thread(self, name: int) -> None:
        """The thread, if it is a living one, or was."""
        body = self.state.body(name)
        if not isinstance(body, Thread):
            if self.tables.cell("life", (name,)) is not None:
                self._thread_is_gone(name)
            return
        cells = _of_thread(self.design, self.state, name, body)
        for table in _OF_THREADS:
            self._put(table, name, cells.get(table))
        self._holds(name, body.held)

    def _thread_is_gone(self, name: int) -> None:
        for table in _OF_THREADS:
            self.tables.clear(table, (name,))
        self._holds(name, ())

    def _holds(self, name: int, held: tuple[int, ...]) -> None:
        old = [keys for keys in self.tables.cells("holds") if keys[0] == name]
        for keys in old:
            if keys[1] not in held:
                self.tables.clear("holds", keys)
        for each in held:
            self.tables.put("holds", (name, each), value=True)

    def at_processors(self) -> None:
        """What each processor runs and leaves, and its interrupts."""
        for number, each in enumerate(self.state.processors):
            left = NOTHING if each.leaving is None else each.leaving.thread
            self._put("there", number, value=True)
            self._put("current", number, each.current if each.current != NOTHING else None)
            self._put("leaving", number, left if left != NOTHING else None)
            self._put("switching", number, True if each.leaving is not None else None)
            self._put("pending", number, each.interrupted or None)
            self._put("in_service", number, each.unacknowledged or None)

    def _put(self, table: str, key: int, value: Value) -> None:
        if value is None:
            self.tables.clear(table, (key,))
        else:
            self.tables.put(table, (key,), value)


def _leaving(state: State, name: int) -> Leaving | None:
    for each in state.processors:
        if each.leaving is not None and each.leaving.thread == name:
            return each.leaving
    return None


def _of_thread(design: Design, state: State, name: int, body: Thread) -> dict[str, Value]:
    """The cells that a thread fills."""
    left = _leaving(state, name)
    queued = name in state.ready
    is_left = left is not None and body.state in BY_STATE_LEFT and not queued
    stopped = body.state is ThreadState.DEAD and left is None
    cells: dict[str, Value] = {
        "life": BY_STATE_LEFT[body.state] if is_left else BY_STATE[body.state],
        "unannounced": 1 - body.announced or None,
        "killed": None if body.is_alive else True,
        "spared": body.spared or None,
        "queued": True if queued else None,
    }
    if not (stopped and announced_when_stopped(design)):
        cells["group"] = body.group
    if body.call is not None and not stopped:
        cells["place"] = _WAITING
    return cells
