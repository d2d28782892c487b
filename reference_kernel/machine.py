"""The machine and the build under the kernel: no choice of the design, yet not always the same.

Source: the logs for how much memory is in use when the first program starts.
"""

from dataclasses import dataclass, replace
from enum import Enum

from spec.design import Overflow
from spec.sizes import PAGE_BYTES

_FRAMES_OF_MIB = (1 << 20) // PAGE_BYTES


class Writes(Enum):
    """How much is known of what programs write into their memories."""

    EVENTS = "EVENTS"  # every write is an event
    SOME = "SOME"  # some writes are events: a word is known once somebody was seen to write it
    NONE = "NONE"  # no write is an event: of memories nothing is known


class Grain(Enum):
    """What one step is."""

    WHOLE = "WHOLE"  # a call, up to its end or till its thread has left the processor
    SWITCHES = "SWITCHES"  # the same, but a processor leaves a thread's stack in a step of its own
    SECTIONS = "SECTIONS"  # what a processor does under one lock, or one release of a reference


CODE_PAGES = 94
"""The size of the first program's code, unless it is told."""


@dataclass(frozen=True, slots=True)
class Zone:
    """`1 << order` frames from `first` on, which is a multiple of that."""

    first: int
    order: int

    @property
    def end(self) -> int:
        """The first frame behind the zone."""
        return self.first + (1 << self.order)


@dataclass(frozen=True, slots=True)
class Machine:
    """The zones of ordinary memory, and what of it the kernel itself took before boot ended.

    `taken` holds first frames and orders of such blocks; which they are differs from build to
    build, and only the edge of memory shows it. `code_pages` is the size of the first program's
    second segment. `overflow` is what the build of the kernel does when integers overflow.
    `writes` says how much is known of what programs write. There is at least one of `processors`.
    """

    zones: tuple[Zone, ...]
    taken: tuple[tuple[int, int], ...] = ()
    code_pages: int = CODE_PAGES
    overflow: Overflow = Overflow.WRAPS
    writes: Writes = Writes.EVENTS
    processors: int = 1
    grain: Grain = Grain.WHOLE

    @property
    def frames(self) -> int:
        """How many frames the zones hold."""
        return sum(1 << zone.order for zone in self.zones)

    def zone_of(self, frame: int) -> int:
        """The number of the zone that holds the frame; AssertionError where none does."""
        for number, zone in enumerate(self.zones):
            if zone.first <= frame < zone.end:
                return number
        raise AssertionError(frame)

    def touches_ordinary_memory(self, first: int, end: int) -> bool:
        """Whether a range of frames shares one with a zone or lies below the first of them."""
        if first < end and first < self.zones[0].first:
            return True
        return any(max(first, zone.first) < min(end, zone.end) for zone in self.zones)


def split(first: int, end: int) -> tuple[Zone, ...]:
    """The zones into which the kernel splits the frames of a range: as large as can be, aligned."""
    zones = []
    while first < end:
        order = (end - first).bit_length() - 1
        if first:
            order = min(order, (first & -first).bit_length() - 1)
        zones.append(Zone(first, order))
        first += 1 << order
    return tuple(zones)


def machine_of(memory_mib: int) -> Machine:
    """A machine with so much memory, at least 8 MiB, of which the kernel took a little at boot.

    The first MiB is nothing that programs get; of the last below the devices' addresses a part is
    the firmware's. A machine with much memory has the rest of it above those addresses.
    """
    below = memory_mib if memory_mib < _MUCH_MIB else _BELOW_DEVICES_MIB
    zones = split(_FRAMES_OF_MIB, below * _FRAMES_OF_MIB - 32)
    if below < memory_mib:
        above = _DEVICES_END_MIB + memory_mib - below
        zones += split(_DEVICES_END_MIB * _FRAMES_OF_MIB, above * _FRAMES_OF_MIB)
    largest = sorted(zones[1:], key=lambda zone: -zone.order)[:_ZONES_USED_AT_BOOT]
    taken = ((zones[0].first, zones[0].order), *((zone.first, 4) for zone in largest))
    return Machine(zones, tuple(sorted(taken)))


_MUCH_MIB = 2816
_BELOW_DEVICES_MIB = 2048
_DEVICES_END_MIB = 4096
"""So much memory has a gap for devices: the emulator that printed the logs lays it out like this,
and they show devices at 0xb0000000 and tables of the firmware just below 0x80000000."""
_ZONES_USED_AT_BOOT = 4
"""In so many of the large zones something lies at boot: thus 26 blocks of 8,192 pages are left of
1,024 MiB, and 10 of 16,384, as logs show."""

MACHINE = machine_of(1024)
"""The machines whose logs the kernel is compared with."""
SEVERAL_PROCESSORS = replace(MACHINE, processors=2, grain=Grain.SWITCHES)
"""The same with two processors, which leave the stack of a thread in a step of its own."""
IN_SECTIONS = replace(SEVERAL_PROCESSORS, grain=Grain.SECTIONS)
"""The same, and each call is a row of sections."""
