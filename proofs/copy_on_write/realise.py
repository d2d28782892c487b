"""A trace of copy_on_write as calls and accesses of the first program, from boot.

Each page is a memory of its own, but those that come in a block, which are one memory; they lie in
it so that those that go first lie last. An address is mapped for writing if it is written to later.
A page that is mapped before it comes is mapped when it does, or lazily if it never does. Where a
processor remembers for an address another page than the one that it shows, each of them is written
to in the end, and the address read: so it shows.

Not realised, ValueError: what another processor does, and the end of an address space.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType

from assay.traces.trace import Decision, TraceValue
from proofs.performing import CannotBe, Given, perform
from proofs.realise import Program, values_of
from reference_kernel.events import Event, TimerTick, UserReads, UserWrites
from reference_kernel.frames import free_runs
from reference_kernel.machine import MACHINE, Machine
from reference_kernel.pages import page_at
from reference_kernel.spans import frame_at
from reference_kernel.state import Memory
from spec.design import Design, PageUnit
from spec.ids import ObjectType
from spec.options import CapDestroy, MemoryMap, MemoryNew, MemoryResize
from spec.sizes import PAGE_BYTES

_BASE = 0x5_0000_0000
_APART = 16
FIRST_PROCESSOR = "FIRST"
_LEAST_BLOCK, _HALVED_BLOCK = 2, 4
_MOST_TRIES = 64
_OF_ANOTHER_EVENT = ("entry_allows_writes",)
"""What happens when the address is mapped for writing, or was written to."""
_WRITES = ("sharer_writes", "last_sharer_writes", "failed_copy_loses_the_page")
Place = TraceValue | tuple[str, TraceValue]
"""An address of the trace, or another one for a page of it."""


def realise(design: Design, start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The kernel events that do what the decisions say.

    Errors: ValueError naming the decision that nothing here does.
    """
    wanted = (*found(start), *decisions)
    return performed(Pages(design, wanted))


def performed(program: "Pages") -> tuple[Event, ...]:
    """The events with which the program does what its decisions say; ValueError as above."""
    for at, decision in enumerate(program.decisions):
        program.at = at
        if decision.name in _OF_ANOTHER_EVENT:
            continue
        perform(program, (decision,), _DOES)
    program.map_lazily()
    with suppress(CannotBe):  # nobody may be left who could write
        program.reads_what_is_remembered()
    return tuple(program.events)


def found(start: Decision) -> Iterator[Decision]:
    """The page that the trace starts with, if any, as the steps that make it."""
    given = dict(start.arguments)
    if "page" in given:
        page = ("page", given["page"])
        granted = (("cleared", True), ("granted", True))
        yield Decision("page_comes", (page, ("frame", given["frame"]), *granted))
        yield Decision("page_is_mapped", (("address", given["address"]), page))


class Pages(Program):
    """The first program as it writes itself: the events so far, and what the trace's names are.

    `pages` has, for each page, the id of its memory and its number there; `waiting` the addresses
    of pages that have not come yet, `lines` what processors remember: the address, and which one;
    `shown` is the page at each address.
    `caller` makes the calls.
    """

    def __init__(
        self, design: Design, decisions: tuple[Decision, ...], machine: Machine = MACHINE
    ) -> None:
        super().__init__(design, machine)
        self.decisions = decisions
        self.at = 0
        self.caller = self.state.current
        self.pages: dict[TraceValue, tuple[int, int]] = {}
        self.waiting: dict[TraceValue, list[TraceValue]] = {}
        self.addresses: dict[Place, int] = {}
        self.lines: dict[TraceValue, tuple[TraceValue, TraceValue]] = {}
        self.shown: dict[TraceValue, TraceValue] = {}

    def on(self, processor: TraceValue) -> int:
        """The thread that the processor runs; CannotBe where there is no such processor."""
        if processor != FIRST_PROCESSOR:
            raise CannotBe("there is one processor")
        return self.caller

    def idles(self, processor: TraceValue) -> None:
        """The idle thread runs there for a while: the processor forgets everything."""
        self.on(processor)
        self.happens(TimerTick())
        self.happens(TimerTick())

    def later(self) -> tuple[Decision, ...]:
        """The decisions after the present one."""
        return self.decisions[self.at + 1 :]

    def object_of(self, word: int) -> Memory:
        """The memory that the id names."""
        body = self.state.body(self.entries()[word])
        assert isinstance(body, Memory), word
        return body

    def call(self, name: str, options: int, *arguments: int) -> tuple[int, ...]:
        """The program makes the call; gives what it returned."""
        return values_of(self.make_call(self.caller, name, options, *arguments))

    def created(self, name: str, options: int, *arguments: int) -> int:
        """The id of what the call makes, with all rights; CannotBe where it makes nothing."""
        allocator = self.own(ObjectType.ALLOCATOR)
        made = self.call(name, self.asks_for_all_rights(options), allocator, *arguments)
        if not made:
            raise CannotBe(f"{name} was refused")
        return made[0]

    def word_at(self, address: Place) -> int:
        """The first word of the page that the address is."""
        number = self.addresses.setdefault(address, _BASE + _APART * len(self.addresses))
        return number * PAGE_BYTES

    def map(self, address: TraceValue, page: TraceValue) -> None:
        """The address shows the page, to be written to if the trace does so later."""
        self.shown[address] = page
        self.map_page(address, page, writable=self.is_written(address))

    def map_page(self, address: Place, page: TraceValue, *, writable: bool) -> None:
        """The address shows the page."""
        memory, number = self.pages[page]
        options = MemoryMap.READ | MemoryMap.MAX_SIZE
        if writable:
            options |= MemoryMap.WRITE
        space = self.own(ObjectType.ADDRESS_SPACE)
        self.call("memory_map", options, space, memory, self.word_at(address), 1, number)

    def is_written(self, address: TraceValue) -> bool:
        """Whether the address is one for writes, before it shows something else."""
        for decision in self.later():
            if dict(decision.arguments).get("address") == address:
                if decision.name == "page_is_unmapped":
                    return False
                if decision.name in (*_WRITES, *_OF_ANOTHER_EVENT):
                    return True
        return False

    def has_come(self, page: TraceValue) -> None:
        """Whatever was to show the page shows it now."""
        for address in self.waiting.pop(page, []):
            self.map(address, page)

    def map_lazily(self) -> None:
        """The pages that never came are lazy ones."""
        for page in list(self.waiting):
            memory = self.created("memory_new", MemoryNew.LAZY_ALLOC, 1)
            self.pages[page] = memory, 0
            self.has_come(page)

    def frame_of(self, page: TraceValue) -> int | None:
        """The frame of the page; None where it is not in memory, or its memory is gone."""
        if page not in self.pages:
            return None
        memory, number = self.pages[page]
        run = page_at(self.object_of(memory).pages, number)
        return run.frame if run.resident else None

    def reads_what_is_remembered(self) -> None:
        """Lines that lead to another page than the one that their address shows are read by.

        Both pages are written to before, each with a word of its own. CannotBe where they are not.
        """
        for address, processor in tuple(self.lines.values()):
            thread = self.on(processor)
            at = self.state.processor_of(thread)
            assert at is not None, thread
            place, shown = self.word_at(address), self.shown.get(address)
            frame = frame_at(self.state.processors[at].cache, place // PAGE_BYTES)
            others = [page for page in self.pages if page != shown and self.frame_of(page) == frame]
            if frame is None or not others or self.frame_of(shown) == frame:
                continue
            written = others if self.frame_of(shown) is None else [shown, *others]
            for word, page in enumerate(written, start=1):
                self.map_page(("beside", page), page, writable=True)
                self.happens(UserWrites(self.caller, self.word_at(("beside", page)), word))
            self.happens(UserReads(thread, place))

    def exhaust(self) -> None:
        """Take every frame that there is."""
        while runs := free_runs(self.state.frames, self.state.machine):
            pages = sum(end - first for first, end in runs)
            if self.design.page_unit is not PageUnit.SINGLE_PAGES:
                pages = _largest_block(runs)
            self.created("memory_new", 0, pages)


def _largest_block(runs: list[tuple[int, int]]) -> int:
    """The pages of the largest block in the runs: a power of two, and so aligned."""
    size = 1
    while any(-(-first // (2 * size)) * 2 * size + 2 * size <= end for first, end in runs):
        size *= 2
    return size


def _comes(program: Pages, given: Given) -> None:
    options = MemoryNew.ZEROED if given["cleared"] else 0
    program.pages[given["page"]] = program.created("memory_new", options, 1), 0
    program.has_come(given["page"])


def _comes_in_a_block(program: Pages, given: Given) -> None:
    """All that come in a row are one memory; the first of them makes it."""
    if given["page"] in program.pages:
        return
    pages = [given["page"]]
    for decision in program.later():
        page = dict(decision.arguments).get("page")
        if decision.name != "page_comes_in_a_block" or page in pages:
            break
        pages.append(page)
    going = [dict(d.arguments)["page"] for d in program.later() if d.name == "page_goes"]
    pages.sort(key=lambda page: -going.index(page) if page in going else -len(going))
    is_halved = any(each.name == "page_comes_again" for each in program.later())
    length = max(len(pages), _HALVED_BLOCK if is_halved else _LEAST_BLOCK)
    memory = program.created("memory_new", MemoryNew.ZEROED if given["cleared"] else 0, length)
    first, *others = pages
    program.pages[first] = memory, 0
    for number, page in enumerate(reversed(others)):
        program.pages[page] = memory, length - 1 - number
    if first in going:
        program.pages[first] = memory, length - len(pages)
    for page in pages:
        program.has_come(page)


def _comes_again(program: Pages, given: Given) -> None:
    """Larger blocks are asked for till one lies over a page that is there."""
    held = {program.frame_of(page) for page in program.pages}
    for _ in range(_MOST_TRIES):
        memory = program.created("memory_new", 0, 2 * _HALVED_BLOCK)
        for number in range(2 * _HALVED_BLOCK):
            program.pages[given["page"]] = memory, number
            if program.frame_of(given["page"]) in held:
                return
    raise CannotBe("no block lies over a page that is there")


def _is_shared(program: Pages, given: Given) -> None:
    memory, number = program.pages[given["page"]]
    clone = program.created("memory_clone", 0, memory, number, 1)
    program.pages[given["clone"]] = clone, 0


def _goes(program: Pages, given: Given) -> None:
    """The memory goes, or only what of it lies behind the pages that stay."""
    memory, number = program.pages.pop(given["page"])
    left = [other + 1 for word, other in program.pages.values() if word == memory]
    if number:
        size = max(left, default=number)
        program.call("memory_resize", MemoryResize.IN_PLACE, memory, size)
    else:
        program.call("cap_destroy", CapDestroy.CSPACE_SELF, 0, memory)


def _mapped(program: Pages, given: Given) -> None:
    if given["page"] in program.pages:
        program.map(given["address"], given["page"])
    else:
        program.waiting.setdefault(given["page"], []).append(given["address"])


def _unmapped(program: Pages, given: Given) -> None:
    for waiting in program.waiting.values():
        if given["address"] in waiting:
            waiting.remove(given["address"])
            return
    program.shown.pop(given["address"], None)
    space = program.own(ObjectType.ADDRESS_SPACE)
    program.call("address_space_unmap", 0, space, program.word_at(given["address"]))


def _cached(program: Pages, given: Given) -> None:
    """A read, but where a write by this line comes next."""
    thread = program.on(given["processor"])
    program.lines[given["translation"]] = given["address"], given["processor"]
    for decision in program.later()[:1]:
        if decision.name == "content_is_written":
            return
    program.happens(UserReads(thread, program.word_at(given["address"])))


def _forgotten(program: Pages, given: Given) -> None:
    _, processor = program.lines.pop(given["translation"])
    program.idles(processor)


def _content(program: Pages, given: Given) -> None:
    address, processor = program.lines[given["translation"]]
    place, content = program.word_at(address), _word(given["content"])
    program.happens(UserWrites(program.on(processor), place, content))


def _word(content: TraceValue) -> int:
    """A word that stands for the content."""
    return int("".join(each for each in str(content) if each.isdecimal()) or 0)


def _calls(program: Pages, given: Given) -> None:
    program.caller = program.on(given["processor"])


def _writes(program: Pages, given: Given) -> None:
    program.happens(UserWrites(program.caller, program.word_at(given["address"]), 1))


def _fails(program: Pages, given: Given) -> None:
    program.exhaust()
    _writes(program, given)


_DOES: Mapping[str, Callable[[Pages, Given], None]] = MappingProxyType(
    {
        "processor_calls": _calls,
        "page_comes": _comes,
        "page_comes_in_a_block": _comes_in_a_block,
        "page_comes_again": _comes_again,
        "page_is_shared": _is_shared,
        "page_goes": _goes,
        "page_is_mapped": _mapped,
        "page_is_unmapped": _unmapped,
        "translation_is_cached": _cached,
        "translation_is_forgotten": _forgotten,
        "content_is_written": _content,
        "last_sharer_writes": _writes,
        "sharer_writes": _writes,
        "failed_copy_loses_the_page": _fails,
    }
)
