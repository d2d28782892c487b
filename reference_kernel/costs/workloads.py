"""The workloads: what some threads do, the same under every design.

A call that a design refuses is refused; nothing else is done instead, but where a workload says so.
"""

from collections.abc import Callable
from typing import NamedTuple

from reference_kernel.boot import first_segments
from reference_kernel.costs.meter import TWO_PROCESSORS, Meter
from reference_kernel.events import ExitInterrupt, TimeoutFires, TimerTick
from reference_kernel.machine import IN_SECTIONS
from spec.design import CopyOnWrite, Design
from spec.ids import ObjectType, pack
from spec.options import CREATED_RIGHTS
from spec.rights import ALL_RIGHTS, Right
from spec.sizes import PAGE_BYTES

_ALL = int(ALL_RIGHTS)
_WEAK_RIGHTS = int(ALL_RIGHTS & ~Right.UPGRADE)
_GROUP = pack(ObjectType.THREAD_GROUP, _ALL, weak=False, serial=0)
_ADDRESS_SPACE = pack(ObjectType.ADDRESS_SPACE, _ALL, weak=False, serial=0)
_ALLOCATOR = pack(ObjectType.ALLOCATOR, _ALL, weak=False, serial=0)
_SENT = pack(ObjectType.MEMORY, _ALL, weak=False, serial=2)
_TARGET = pack(ObjectType.MEMORY, _ALL, weak=False, serial=3)
_SENT_AT = first_segments(TWO_PROCESSORS)[2].start * PAGE_BYTES
_AT, _CLONE_AT = 0x50_0000_0000, 0x60_0000_0000
_BOTH_SELF, _MOVE, _WEAK, _STRONG = 0x180, 0x40, 0x30, 0x10
_SELF = _TIMEOUT = _OTHER = 1
_STARTS, _NEW_SPACE = 2, 1
_READ_WRITE = 3
_FEW, _SOME, _PAGES = 4, 8, 16

_OF_SECTIONS = (
    "sections",
    "sections before which interrupts are off",
    "most sections in a row with interrupts off",
    "sections begun under a lock",
    "locks taken",
)

Work = Callable[[Meter], None]


class Workload(NamedTuple):
    """What is done, and what it is about."""

    name: str
    about: str
    work: Work


class Measured(NamedTuple):
    """What a workload costs under a design: counts by name."""

    name: str
    about: str
    counts: dict[str, int]


def measured(design: Design) -> tuple[Measured, ...]:
    """The costs of every workload, each from boot on two processors."""
    return tuple(_measured(design, each) for each in WORKLOADS)


def _measured(design: Design, workload: Workload) -> Measured:
    """Once with calls that are one step, once more for what only sections show."""
    whole, fine = Meter(design), Meter(design, IN_SECTIONS)
    for meter in (whole, fine):
        workload.work(meter)
    counts = {name: fine.counts[name] for name in _OF_SECTIONS}
    return Measured(workload.name, workload.about, {**whole.result(), **counts})


def _thread(meter: Meter, group: int = _GROUP, *, options: int = _STARTS) -> int:
    words = (_ALLOCATOR, group, _ADDRESS_SPACE, 0 if options & _NEW_SPACE else meter.own_space())
    return meter.make("thread_new", *words, options=CREATED_RIGHTS | options)[0]


def _group(meter: Meter, parent: int = _GROUP) -> int:
    return meter.make("thread_group_new", parent, _ALLOCATOR)[0]


def _destroy(meter: Meter, word: int) -> None:
    meter.call("cap_destroy", 0, word, options=_SELF)


def _clone(meter: Meter, word: int, options: int, rights: int = _ALL) -> int:
    words, options = (0, 0, word), options | rights | _BOTH_SELF
    return meter.make("cap_clone", *words, options=options)[0]


def _key(meter: Meter) -> int:
    return meter.make("key_new", _ALLOCATOR, options=_ALL)[0]


def _channel(meter: Meter) -> int:
    return meter.make("channel_new", _ALLOCATOR, options=_ALL | CREATED_RIGHTS)[0]


def _takes_interrupts(meter: Meter) -> None:
    for processor in range(len(meter.state.processors)):
        meter.happens(ExitInterrupt(processor))


def _threads(meter: Meter) -> None:
    first = meter.state.current
    for _ in range(_SOME):
        word = _thread(meter)
        if meter.goes_on(meter.named(word)):
            meter.call("thread_destroy", 0)
        meter.goes_on(first)
        _destroy(meter, word)


def _processes(meter: Meter) -> None:
    for _ in range(_FEW):
        group = _group(meter)
        word = _thread(meter, group, options=_NEW_SPACE | _STARTS)
        meter.call("thread_group_exit", group)
        _takes_interrupts(meter)
        _destroy(meter, group)
        _destroy(meter, word)


def _tree(meter: Meter) -> None:
    level, root = [_group(meter)], 0
    root = level[0]
    for _ in range(2):
        level = [_group(meter, parent) for parent in level for _ in range(3)]
    for group in level:
        _thread(meter, group)
    meter.call("thread_group_exit", root)
    _takes_interrupts(meter)


def _chain(meter: Meter) -> None:
    groups = [_group(meter)]
    for _ in range(_PAGES - 1):
        groups.append(_group(meter, groups[-1]))
    _thread(meter, groups[-1])
    meter.call("thread_group_exit", groups[0])
    _takes_interrupts(meter)


def _dropped(meter: Meter) -> None:
    for _ in range(_SOME):
        group = _group(meter)
        _thread(meter, group)
        _destroy(meter, group)
        _takes_interrupts(meter)


def _exits_beside(meter: Meter) -> None:
    _thread(meter)
    meter.happens(TimerTick(1))
    for _ in range(_SOME):
        group = _group(meter)
        _thread(meter, group)
        meter.call("thread_group_exit", group)
        _takes_interrupts(meter)
        _destroy(meter, group)


def _killed_receivers(meter: Meter) -> None:
    first, channel = meter.state.current, _channel(meter)
    for _ in range(_FEW):
        word = _thread(meter)
        memory = meter.make("memory_new", _ALLOCATOR, 1)[0]
        meter.goes_on(meter.named(word))
        meter.call("channel_sync_recv", channel, memory, 0, 8)
        meter.goes_on(first)
        meter.call("thread_destroy", word, options=_OTHER)
        _destroy(meter, word)
        _destroy(meter, memory)


def _messages(meter: Meter) -> None:
    first, channel = meter.state.current, _channel(meter)
    second = meter.named(_thread(meter))
    for _ in range(_SOME):
        meter.goes_on(second)
        meter.call("channel_sync_recv", channel, _TARGET, 0, 64)
        meter.goes_on(first)
        meter.call("channel_try_send", channel, _SENT, 0, 64)
    meter.goes_on(second)


def _dying_channels(meter: Meter) -> None:
    first = meter.state.current
    for _ in range(_FEW):
        channel = _channel(meter)
        second = meter.named(_thread(meter))
        meter.goes_on(second)
        meter.call("channel_sync_recv", channel, _TARGET, 0, 64)
        meter.goes_on(first)
        _destroy(meter, channel)
        if meter.goes_on(second):
            meter.call("thread_destroy", 0)
        meter.goes_on(first)


def _dead_names(meter: Meter) -> None:
    for _ in range(_SOME):
        key = _key(meter)
        weak = _clone(meter, key, _WEAK)
        _destroy(meter, key)
        for _ in range(2):
            meter.call("key_id", weak)


def _upgrades(meter: Meter) -> None:
    key = _key(meter)
    for rights in (_ALL, _WEAK_RIGHTS):
        weak = _clone(meter, key, _WEAK, rights)
        for _ in range(_FEW):
            strong = _clone(meter, weak, _STRONG, rights)
            if strong:
                _destroy(meter, strong)


def _moves(meter: Meter) -> None:
    key = _key(meter)
    for _ in range(_SOME):
        key = _clone(meter, key, _MOVE)


def _timed_waits(meter: Meter) -> None:
    first = meter.state.current
    _thread(meter)
    for _ in range(_SOME):
        meter.call("thread_suspend", 1, options=_TIMEOUT)
        meter.happens(TimeoutFires(first))
        meter.goes_on(first)


def _wakes(meter: Meter) -> None:
    first = meter.state.current
    second = meter.named(_thread(meter))
    for _ in range(_SOME):
        meter.goes_on(first)
        meter.call("thread_suspend")
        meter.goes_on(second)
        meter.call("thread_resume", meter.word_of(first))


def _mappings(meter: Meter) -> None:
    _thread(meter)
    meter.happens(TimerTick(1))
    memory = meter.make("memory_new", _ALLOCATOR, _PAGES)[0]
    for _ in range(_SOME):
        meter.call("memory_map", _ADDRESS_SPACE, memory, _AT, options=_READ_WRITE)
        meter.writes(_AT)
        meter.call("address_space_unmap", _ADDRESS_SPACE, _AT)
    _destroy(meter, memory)


def _sizes(meter: Meter) -> None:
    for _ in range(_FEW):
        memory = meter.make("memory_new", _ALLOCATOR, 5)[0]
        for pages in (3, 9, 1):
            meter.call("memory_resize", memory, pages)
        meter.call("memory_new", _ALLOCATOR, 5, options=CREATED_RIGHTS)
        _destroy(meter, memory)


def _shared(meter: Meter) -> None:
    memory = meter.make("memory_new", _ALLOCATOR, _PAGES)[0]
    meter.call("memory_map", _ADDRESS_SPACE, memory, _AT, options=_READ_WRITE)
    for page in range(_PAGES):
        meter.writes(_AT + page * PAGE_BYTES)
    shares = meter.design.copy_on_write is CopyOnWrite.SHARE_ON_CLONE
    if shares:
        other = meter.make("memory_clone", _ALLOCATOR, memory, 0, _PAGES)[0]
    else:
        other = meter.make("memory_new", _ALLOCATOR, _PAGES)[0]
    meter.call("memory_map", _ADDRESS_SPACE, other, _CLONE_AT, options=_READ_WRITE)
    for page in range(_PAGES if not shares else 2):
        meter.writes(_CLONE_AT + page * PAGE_BYTES)
    meter.counts["pages that the program copies"] += 0 if shares else _PAGES
    meter.writes(_AT)
    meter.call("address_space_unmap", _ADDRESS_SPACE, _CLONE_AT)
    _destroy(meter, other)


WORKLOADS = (
    Workload("threads", "Eight threads are made, run, end themselves and are forgotten.", _threads),
    Workload(
        "processes",
        "Four groups, each with a thread that has a capability space of its own, exit.",
        _processes,
    ),
    Workload("tree", "A tree of 13 groups, with a thread in each of its 9 leaves, exits.", _tree),
    Workload(
        "chain", "Sixteen groups, each in the one before, exit; a thread is in the last.", _chain
    ),
    Workload("dropped groups", "Eight groups with a thread each are made and dropped.", _dropped),
    Workload(
        "exits beside others",
        "Eight groups with a thread each exit while another processor runs a foreign thread.",
        _exits_beside,
    ),
    Workload(
        "killed receivers",
        "Four threads are destroyed while they wait to receive, each into a memory of its own.",
        _killed_receivers,
    ),
    Workload("messages", "Eight messages go to a thread that waits for them.", _messages),
    Workload(
        "dying channels", "Four channels die while a thread waits to receive.", _dying_channels
    ),
    Workload(
        "dead names",
        "Eight weak capabilities are used twice after their objects died.",
        _dead_names,
    ),
    Workload(
        "upgrades",
        "Four weak capabilities with UPGRADE and four without are made strong.",
        _upgrades,
    ),
    Workload("moves", "A capability moves eight times within its space.", _moves),
    Workload(
        "timed waits", "A thread suspends itself eight times, till its time comes.", _timed_waits
    ),
    Workload("wakes", "A thread suspends itself eight times, and another one resumes it.", _wakes),
    Workload(
        "mappings",
        "Sixteen pages are mapped, written to and unmapped eight times, while another processor "
        "runs a thread of the same address space.",
        _mappings,
    ),
    Workload(
        "sizes",
        "Four memories of 5 pages are resized to 3, 9 and 1, another one is made, they die.",
        _sizes,
    ),
    Workload(
        "copies",
        "Sixteen pages are given on: by a clone of which two pages are written to, or by a program "
        "that copies all; the giver writes to one page, the copy dies.",
        _shared,
    ),
)
