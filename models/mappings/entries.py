"""What calls do to page tables and records: each cell that changes, and all that it takes along.

An entry of a page table is kept under the frame that it shows and each mapping that shows it there.
Where ranges may overlap, two mappings can claim one place: who writes another frame there takes the
other's entry away.
"""

from collections.abc import Callable

from assay.lang import FALSE, Act, Option, Truth, choose, exists, none, some
from models.mappings.ranges import Lengths, Which
from models.mappings.state import (
    Access,
    Frame,
    Mapping,
    Mappings,
    Memory,
    Pages,
    Pool,
    Space,
    is_within,
    may_reach_the_kernel,
    place,
    ranges_may_overlap,
    shows,
)
from spec.design import Design

Entries = Callable[[Mapping, Frame], Truth]
"""Some of the entries."""
Places = Callable[[Mapping, Frame], Pages]


def no_entry(_: Mapping, __: Frame) -> Truth:
    """None of them."""
    return FALSE


def change_entries(
    act: Act[Design],
    old: Mappings,
    new: Mappings,
    *,
    made: Entries = no_entry,
    at: Places | None = None,
    removed: Entries = no_entry,
    over: Callable[[Mapping, Pages], Truth] | None = None,
    space: Callable[[Mapping], Option[Space]] | None = None,
) -> None:
    """Entries are `made`, `at` these places, and others `removed`.

    `over`: the places at which a mapping is touched, those that it has if nothing else is given;
    `space`: where mappings lie after the step; what is not given stays as it is.
    """
    where = at or (lambda m, f: place(old, m, f))
    touches = over or (lambda m, page: is_within(page, old.base[m], old.length[m]))
    lies = space or (lambda m: old.space[m])

    def is_hit(m: Mapping, f: Frame) -> Truth:
        """Another mapping writes another frame where the entry stands, or clears the place."""
        if not ranges_may_overlap(act.design):
            return FALSE
        here = old.entry[m, f]

        def hits(r: Mapping, g: Frame) -> Truth:
            overwrites = made(r, g) & (f != g) & here.holds(where(r, g))
            return overwrites | (removed(r, g) & here.holds(place(old, r, g)))

        def is_near(r: Mapping) -> Truth:
            return (lies(r) == old.space[m]) & touches(r, here.value)

        return here.is_some & exists(
            Mapping, lambda r: is_near(r) & exists(Frame, lambda g: hits(r, g))
        )

    def is_joined(m: Mapping, f: Frame) -> Truth:
        """Another mapping writes the frame where this one shows it too."""
        if not ranges_may_overlap(act.design):
            return FALSE

        def writes(r: Mapping) -> Truth:
            there = (lies(r) == old.space[m]) & (where(r, f) == place(old, m, f))
            return made(r, f) & there

        return shows(old, m, f) & ~removed(m, f) & exists(Mapping, writes)

    def kept(m: Mapping, f: Frame) -> Option[Pages]:
        gone = removed(m, f) | is_hit(m, f)
        now = choose(gone, none(Pages), old.entry[m, f])
        return choose(is_joined(m, f), some(place(old, m, f)), now)

    new.entry.each(lambda m, f: choose(made(m, f), some(where(m, f)), kept(m, f)))


def require_reach(act: Act[Design], old: Mappings, made: Entries, at: Places) -> None:
    """What is to stand in a page table lies below the kernel; the kernel panics if it does not."""
    if may_reach_the_kernel(act.design):
        beyond = exists(Mapping, Frame, lambda m, f: made(m, f) & (old.kernel <= at(m, f)))
        act.require(~beyond, name="tables_reach_it")


def record(
    new: Mappings,
    made: Mapping,
    space: Space,
    base: Pages,
    length: Pages,
) -> None:
    """The space and what is mapped record the mapping."""
    new.recorded[made] = True
    new.known[made] = True
    new.space[made] = some(space)
    new.base[made] = base
    new.length[made] = length


def forget(
    old: Mappings,
    new: Mappings,
    gone: Which,
    *,
    lost: Which | None = None,
    length: Lengths | None = None,
    base: Callable[[Mapping], Pages] | None = None,
    access: Callable[[Mapping], Access] | None = None,
) -> None:
    """The spaces forget mappings, and what is mapped forgets the `lost` ones, or the same.

    `length`, `base`, `access`: of the mappings that stay; what is not given stays as it is.
    """
    lost = lost or gone
    kept = length or (lambda m: old.length[m])
    lies = base or (lambda m: old.base[m])
    allows = access or (lambda m: old.access[m])
    new.recorded.each(lambda m: old.recorded[m] & ~gone(m))
    new.space.each(lambda m: choose(gone(m), none(Space), old.space[m]))
    new.base.each(lambda m: choose(gone(m), Pages.of(0), lies(m)))
    new.length.each(lambda m: choose(gone(m), Pages.of(0), kept(m)))
    new.offset.each(lambda m: choose(gone(m), Pages.of(0), old.offset[m]))
    new.may_write.each(lambda m: old.may_write[m] & ~gone(m))
    new.access.each(lambda m: choose(gone(m), Access.NONE, allows(m)))
    new.known.each(lambda m: old.known[m] & ~lost(m))
    new.memory.each(lambda m: choose(lost(m), none(Memory), old.memory[m]))
    new.pool.each(lambda m: choose(gone(m) & lost(m), none(Pool), old.pool[m]))
