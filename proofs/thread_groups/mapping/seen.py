"""What the model sees of a kernel state.

The thread and the group that the kernel starts with are FIRST; all others keep their names.
"""

from dataclasses import dataclass, field

from assay.lang.values import Value, parse
from models.thread_groups.state import Life
from reference_kernel.boot import boot
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


@dataclass(slots=True)
class Seen:
    """The tables of the model, and the elements that they name."""

    tables: dict[str, Cells] = field(default_factory=dict)
    threads: set[int] = field(default_factory=lambda: {0})
    groups: set[int] = field(default_factory=lambda: {0})


_TABLES = (
    "life",
    "group",
    "listed",
    "held",
    "queued",
    "waits_for",
    "pools_listen",
    "present",
    "exited",
    "entry",
    "under",
    "references",
    "unanswered",
)


def seen(state: State) -> Seen:
    """Everything that the model speaks of."""
    view = Seen({name: {} for name in _TABLES})
    objects = state.objects
    threads: list[tuple[int, Object, Thread]] = []
    for name, known in objects.items():
        body = known.body
        if isinstance(body, Thread):
            threads.append((name, known, body))
        elif isinstance(body, ThreadGroup):
            _see_group(view, name, body, state)
    _see_what_is_under(view)
    queued = set(state.ready)
    for name, known, body in threads:
        _see_thread(view, state, name, known, body)
        if name in queued:
            view.tables["queued"][thread(name),] = True
    return view


def _see_group(view: Seen, name: int, body: ThreadGroup, state: State) -> None:
    tables, this = view.tables, group(name)
    view.groups.add(this)
    tables["present"][this,] = True
    if body.exited:
        tables["exited"][this,] = True
    for member in body.members:
        if state.objects[member].type is ObjectType.THREAD:
            tables["listed"][thread(member),] = True
        else:
            view.groups.add(member)
            tables["entry"][member,] = this


def _see_what_is_under(view: Seen) -> None:
    """A group is under all whose lists lead to it."""
    under, entry = view.tables["under"], view.tables["entry"]
    for (this,) in view.tables["present"]:
        above: Value = this
        while above is not None:
            under[this, above] = True
            above = entry.get((above,))


def _see_thread(view: Seen, state: State, name: int, known: Object, body: Thread) -> None:
    tables, this = view.tables, (thread(name),)
    view.threads.add(this[0])
    joined, source = group(body.group), waits_for(body)
    view.groups.add(joined)
    tables["group"][this] = joined
    if source != NOTHING:
        tables["life"][this] = _WAITING
        tables["waits_for"][this] = thread(source)
        tables["unanswered"][this] = 1
        view.threads.add(thread(source))
    else:
        tables["life"][this] = _WAITING if waits_elsewhere(body) else _LIFE[body.state]
    if known.strong > (this in tables["listed"]) + (state.current == name):
        tables["held"][this] = True
    if body.address_space != NOTHING:
        tables["references"][this] = 1
    if not body.announced and has_pools(body):
        tables["pools_listen"][this] = True


def has_pools(body: Thread) -> bool:
    """Whether an event pool listens for the thread's end."""
    listeners = body.exit_event.once + body.exit_event.always
    return any(isinstance(each, ListeningPool) for each in listeners)
