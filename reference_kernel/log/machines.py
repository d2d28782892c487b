"""The machine on which a log was printed: what has to be known of it before the first line.

How much memory there is, no log says. The size of the first program's code is given by the first
line that prints it; whether the build traps integer overflow by the panic that ends a log.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from immutables import Map

from reference_kernel import boot as booting
from reference_kernel.log.endings import Ending
from reference_kernel.log.grammar import Trace
from reference_kernel.log.printing import capability
from reference_kernel.log.reading import UnreadableCall, printed_call
from reference_kernel.log.worlds import World
from reference_kernel.machine import CODE_PAGES, Writes, machine_of
from reference_kernel.state import Thread
from spec.design import Design, Overflow
from spec.panics import TRAPPING
from spec.syscalls import BY_NAME

_CODE = 0x4AF
_NAMED = capability(_CODE)
_SIZE = BY_NAME["memory_get_size"].number
_MAP = BY_NAME["memory_map"].number
_RESIZE = BY_NAME["memory_resize"].number
_OK_PAGES = re.compile(r"Ok\(([0-9]{1,20})\)")
_CODE_PART = 3
"""The code has less than one part in two to this power of memory."""
_MOST_SIZES = 4


def first_world(
    design: Design,
    ending: Ending,
    pages: int | None,
    memory_mib: int,
    *,
    writes: Writes,
    processors: int,
) -> World:
    """The world in which a log with this ending and these pages of code begins.

    Of the processors only the first is there: the others idle, and where one does not it is said.
    """
    machine = machine_of(memory_mib)
    machine = replace(
        machine,
        code_pages=machine.code_pages if pages is None else pages,
        processors=processors,
        writes=writes,
        overflow=Overflow.PANICS if ending.place in TRAPPING else Overflow.WRAPS,
    )
    state = booting.boot(design, machine)
    state = replace(state, processors=state.processors[:1])
    runs = state.body(state.current)
    assert isinstance(runs, Thread), state.current
    return World(state, threads=Map({state.current: runs.capability_space}))


def has_room(memory_mib: int, pages: int) -> bool:
    """Whether a machine with so much memory may begin with a program of so many pages."""
    return 0 < pages < machine_of(memory_mib).frames >> _CODE_PART


def code_pages(traces: Iterable[Trace]) -> tuple[int, ...]:
    """What the size of the first program's code may be, in pages, as far as calls print it.

    A mapping from the first page on returns it, unless a largest size was asked for and returned.
    Another program may have another memory of that name, so there may be several; where calls gave
    one, those may all be of such a memory, and the code has its usual size.
    """
    traces = tuple(traces)
    sizes = islice(dict.fromkeys(_sizes(traces)), _MOST_SIZES)
    elsewhere = any(line.gave.startswith(f"Ok({_NAMED}") for line in traces)
    return tuple(dict.fromkeys((*sizes, CODE_PAGES) if elsewhere else sizes))


def _sizes(traces: Iterable[Trace]) -> Iterator[int]:
    """What calls print of it, up to one that may change it."""
    for line in traces:
        if _NAMED not in line.call:
            continue
        found = _OK_PAGES.fullmatch(line.gave)
        if found is None:
            continue
        try:
            printed, pages = printed_call(line.call), int(found[1])
        except UnreadableCall:
            continue
        words = printed.arguments
        if printed.number == _RESIZE and words[0] == _CODE:
            return
        if printed.number == _SIZE and words[0] == _CODE:
            yield pages
        if printed.number == _MAP and words[1] == _CODE and words[4] == 0 and words[3] != pages:
            yield pages
