"""The machines on which a log may have been printed: what it has to decide, before its first line.

How much memory there is, no log says. The size of the first program's code shows in calls that name
its memory; whether the build traps integer overflow only in the panic that ends a log.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from reference_kernel import boot as booting
from reference_kernel.log.endings import Ending
from reference_kernel.log.ways import Told
from reference_kernel.log.worlds import Choice, Chosen, World
from reference_kernel.machine import Machine, machine_of
from spec.design import Design, Overflow
from spec.panics import TRAPPING
from spec.syscalls import BY_NAME

CODE_PAGES = "size of the program's code"
_CODE = 0x4AF
_SHOW_ALL = {BY_NAME["memory_get_size"].number: 0, BY_NAME["memory_map"].number: 1}
"""Where the calls name the memory that show its size."""
_OK_PAGES = re.compile(r"Ok\((\d+)\)")
_OFFSET_AT = 4


def worlds(
    design: Design, told: Iterable[Told], ending: Ending, memory_mib: int
) -> tuple[tuple[World, Chosen], ...]:
    """The worlds in which the log may begin, each with what was chosen for it."""
    overflow = Overflow.PANICS if ending.place in TRAPPING else Overflow.WRAPS
    machine = replace(machine_of(memory_mib), overflow=overflow)
    sizes = {machine.code_pages: 0} | {pages: line for line, pages in _code_sizes(told)}
    if len(sizes) == 1:
        return ((_world(design, machine, machine.code_pages), ()),)
    line = max(sizes.values())
    return tuple(
        (_world(design, machine, pages), (Choice(CODE_PAGES, line, f"{pages} pages"),))
        for pages in sorted(sizes)
    )


def _world(design: Design, machine: Machine, code_pages: int) -> World:
    return World(booting.boot(design, replace(machine, code_pages=code_pages)))


def _code_sizes(told: Iterable[Told]) -> Iterable[tuple[int, int]]:
    """Lines that may show how large the code is, and what it would be."""
    for each in told:
        at = _SHOW_ALL.get(each.printed.number)
        if at is None or each.printed.arguments[at] != _CODE or each.printed.arguments[_OFFSET_AT]:
            continue
        found = _OK_PAGES.fullmatch(each.trace.gave)
        if found and int(found[1]):
            yield each.trace.line, int(found[1])
