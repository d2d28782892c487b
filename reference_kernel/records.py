"""What address spaces and memories know of mappings. Pages of an address space have numbers too.

Source: cap/address_space.rs, cap/memory/mod.rs, mem/virt_addr_space.rs.
"""

from dataclasses import dataclass
from typing import NamedTuple

from immutables import Map

from reference_kernel.spans import NONE, Spans

READ, WRITE, EXEC = 1, 2, 4
ACCESS = READ | WRITE | EXEC
CACHE = 8 | 16


def access_given(access: int) -> int:
    """The access that a mapping gives: what can be written or executed can be read too."""
    return access & ACCESS | READ if access & ACCESS else 0


class Location(NamedTuple):
    """Where a mapping lies: its pages, the page of the memory it begins with, what may be done.

    `access` is a mask of READ, WRITE, EXEC and two bits for the processor's cache. `granted` is the
    access that the capability allowed with which it was made; as built only the guarantees read it.
    `id` tells the mappings of one memory apart, wherever they lie; no call reads it.
    """

    start: int
    pages: int
    offset: int
    access: int
    granted: int
    id: int = 0

    @property
    def end(self) -> int:
        """The page behind the last one."""
        return self.start + self.pages


class Mapping(NamedTuple):
    """What a memory knows of one of its mappings; `space` is a weak reference."""

    space: int
    location: Location


@dataclass(frozen=True, slots=True)
class MemoryRecord:
    """A part of a memory is mapped; `memory` is a strong reference."""

    location: Location
    memory: int

    @property
    def start(self) -> int:
        """The first page."""
        return self.location.start

    @property
    def pages(self) -> int:
        """How many pages are mapped."""
        return self.location.pages


@dataclass(frozen=True, slots=True)
class PoolRecord:
    """Pages in which the events of a pool will be mapped; `pool` is a strong reference."""

    start: int
    pages: int
    pool: int


@dataclass(frozen=True, slots=True)
class PhysRecord:
    """Physical memory is mapped."""

    start: int
    pages: int
    frame: int
    access: int


Record = MemoryRecord | PoolRecord | PhysRecord


@dataclass(frozen=True, slots=True)
class PageTables:
    """The page tables of an address space.

    `entries` has a span for each run of pages that are present, the access to them as note.
    `tables` has, for each table but the topmost one, its frame and how many entries it counts; its
    key is its level, 1 to 3, and which of that level it is. `top` is the frame of the topmost one.
    """

    top: int
    entries: Spans = NONE
    tables: Map[int, tuple[int, int]] = Map()  # noqa: RUF009
