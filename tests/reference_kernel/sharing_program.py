"""A program that clones memories, beside an account of what each of them has to hold.

The account knows no frames: a page is an object, a clone has the same objects, and a write to one
that others have too makes a new one. So many frames as there are objects have to be in use.
"""

from dataclasses import dataclass, field

from reference_kernel.allocation import ROOT_ALLOCATOR
from reference_kernel.machine import MACHINE, Machine
from reference_kernel.outcomes import Done, Outcome, Refused
from reference_kernel.state import Allocator
from spec.design import Design
from spec.designs import PROPOSED
from spec.sizes import PAGE_BYTES
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    IN_PLACE,
    READ,
    RIGHTS_ASKED,
    WRITE,
    Program,
)

_AT = 0x50_0000_0000
_APART = 16 * PAGE_BYTES


@dataclass
class Page:
    """What a page holds in its first word."""

    value: int = 0


@dataclass
class Memory:
    """A memory of the program: its capability, where it is mapped, and its pages."""

    word: int
    address: int
    pages: list[Page] = field(default_factory=list)


class Sharing:
    """Clones, writes, resizes and closes memories; each step is compared with the account."""

    def __init__(self, design: Design = PROPOSED, machine: Machine = MACHINE) -> None:
        self.program = Program(design, machine)
        self.memories: list[Memory] = []
        self.made = 0
        self.tables = 0

    def new(self, pages: int) -> Memory:
        """A memory of so many pages, mapped to be read and written."""
        word, _ = self.program.ok("memory_new", ALLOCATOR, pages, options=RIGHTS_ASKED)
        return self._mapped(word, [Page() for _ in range(pages)])

    def clone(self, memory: Memory, first: int = 0, end: int | None = None) -> Memory:
        """A clone of its pages from `first` to before `end`."""
        part = memory.pages[first:end]
        words = (ALLOCATOR, memory.word, first, len(part))
        (word,) = self.program.ok("memory_clone", *words, options=RIGHTS_ASKED)
        return self._mapped(word, part)

    def _mapped(self, word: int, pages: list[Page]) -> Memory:
        address = _AT + self.made * _APART
        self.made += 1
        before = self._used()
        words = (ADDRESS_SPACE, word, address, 0, 0)
        self.program.ok("memory_map", *words, options=READ | WRITE)
        self.tables += self._used() - before
        memory = Memory(word, address, list(pages))
        self.memories.append(memory)
        self.agrees()
        return memory

    def write(self, memory: Memory, page: int, value: int) -> Outcome:
        """Writes to a page, which must succeed if there is a frame for the copy it needs."""
        outcome = self.program.writes(memory.address + page * PAGE_BYTES, value)
        shared = self._is_shared(memory, page)
        if isinstance(outcome, Refused):
            assert shared
        else:
            assert outcome == Done()
            if shared:
                memory.pages[page] = Page()
            memory.pages[page].value = value
        self.agrees()
        return outcome

    def _is_shared(self, memory: Memory, page: int) -> bool:
        own = memory.pages[page]
        return any(own in each.pages for each in self.memories if each is not memory)

    def resize(self, memory: Memory, pages: int) -> None:
        """Another size; the mapping shrinks with the memory and does not grow."""
        self.program.ok("memory_resize", memory.word, pages, options=IN_PLACE)
        memory.pages = memory.pages[:pages]
        memory.pages += [Page() for _ in range(pages - len(memory.pages))]
        self.agrees(mapped=False)

    def close(self, memory: Memory) -> None:
        """The mapping and the capability go."""
        before = self._used()
        self.program.ok("address_space_unmap", ADDRESS_SPACE, memory.address)
        self.tables += self._used() - before
        self.program.destroy(memory.word)
        self.memories.remove(memory)
        self.agrees()

    def agrees(self, *, mapped: bool = True) -> None:
        """Every memory reads as the account says, and as many frames are used as it has pages."""
        pages = {id(page) for each in self.memories for page in each.pages}
        assert self._used() - self._boot() - self.tables == len(pages)
        for memory in self.memories if mapped else ():
            for number, page in enumerate(memory.pages):
                assert self.program.reads(memory.address + number * PAGE_BYTES) == page.value
        assert not self.program.broken

    def _used(self) -> int:
        root = self.program.state.body(ROOT_ALLOCATOR)
        assert isinstance(root, Allocator)
        return root.used_pages

    def _boot(self) -> int:
        root = Program(self.program.design, self.program.state.machine).state.body(ROOT_ALLOCATOR)
        assert isinstance(root, Allocator)
        return root.used_pages
