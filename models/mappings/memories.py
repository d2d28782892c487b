"""Memories: their pages, and what a change of their size does to mappings."""

from collections.abc import Iterator

from assay.lang import Act, Truth, choose, exists, forall, none, some
from models.mappings.asking import Asked, refuse, require_all
from models.mappings.entries import change_entries, forget, require_reach
from models.mappings.ranges import Which, is_free
from models.mappings.state import (
    Access,
    Count,
    Frame,
    Mapping,
    Mappings,
    Memory,
    Pages,
    Space,
    are_split,
    asks_the_mapped,
    counts_for_ever,
    halts_resizing,
    is_known_to,
    is_mapped,
    is_mapped_once_at_most,
    is_resident,
    is_there,
    is_within,
    maps,
    maps_again_over_others,
    may_allow_nothing,
    may_forget_pages,
    model,
    place,
    ranges_may_overlap,
    shows,
    stops_halfway,
)
from spec.design import Design, ResizeInPlace
from spec.errors import Error


@model.action()
def memory_new(
    act: Act[Design], old: Mappings, new: Mappings, memory: Memory, pages: Pages
) -> None:
    """A memory of so many pages, of which none is resident yet."""
    unknown = forall(Mapping, lambda m: ~old.memory[m].holds(memory))
    act.require(~is_there(old, memory) & unknown, name="memory_is_new")
    act.check(pages != 0, otherwise=Error.INVL_ARGS, name="no_pages")
    new.size[memory] = pages


@model.action()
def page_arrives(
    act: Act[Design], old: Mappings, new: Mappings, memory: Memory, frame: Frame, index: Pages
) -> None:
    """A page of the memory gets a frame, at its creation or later, and all mappings show it."""
    act.require(old.owner[frame].is_none, name="frame_is_free")
    act.require(index < old.size[memory], name="page_is_there")
    act.require(~is_resident(old, memory, index), name="page_is_lazy")

    def covers(m: Mapping) -> Truth:
        return maps(old, m, memory) & is_within(index, old.offset[m], old.length[m])

    if may_allow_nothing(act.design):
        barred = exists(Mapping, lambda m: covers(m) & (old.access[m] == Access.NONE))
        act.require(~barred, name="mappings_allow_something")

    def made(m: Mapping, f: Frame) -> Truth:
        return (f == frame) & covers(m)

    def at(m: Mapping, f: Frame) -> Pages:
        return old.base[m] + choose(f == frame, index, old.index[f]) - old.offset[m]

    require_reach(act, old, made, at)
    new.owner[frame] = some(memory)
    new.index[frame] = index
    change_entries(act, old, new, made=made, at=at)


@model.action(when=maps_again_over_others)
def pages_are_mapped_again(
    act: Act[Design], old: Mappings, new: Mappings, mapping: Mapping, first: Pages, end: Pages
) -> None:
    """Pages are cloned, copied or come: a mapping shows them anew, over what else lies there."""
    act.require(old.recorded[mapping] & old.memory[mapping].is_some, name="memory_is_mapped")

    def made(m: Mapping, f: Frame) -> Truth:
        within = (first <= old.index[f]) & (old.index[f] < end)
        return (m == mapping) & shows(old, m, f) & within

    require_reach(act, old, made, lambda m, f: place(old, m, f))
    change_entries(act, old, new, made=made)


@model.action(when=may_forget_pages)
def page_is_forgotten(act: Act[Design], old: Mappings, new: Mappings, frame: Frame) -> None:
    """There is no frame for the copy of a shared page: it is lazy, and page tables are not told."""
    act.require(old.owner[frame].is_some, name="page_is_there")
    new.owner[frame] = none(Memory)
    new.index[frame] = 0
    new.entry.each(lambda m, f: choose(f == frame, none(Pages), old.entry[m, f]))


@model.action()
def memory_dies(act: Act[Design], old: Mappings, new: Mappings, memory: Memory) -> None:
    """Nothing holds the memory any more, no mapping either."""
    held = exists(Mapping, lambda m: maps(old, m, memory))
    act.require(is_there(old, memory) & ~held, name="nothing_holds_it")
    new.size[memory] = 0
    free_behind(old, new, memory, Pages.of(0))
    if counts_for_ever(act.design):
        new.counted[memory] = Count.NONE
        new.known.each(lambda m: old.known[m] & ~old.memory[m].holds(memory))
        new.memory.each(
            lambda m: choose(old.memory[m].holds(memory), none(Memory), old.memory[m]),
        )


def free_behind(old: Mappings, new: Mappings, memory: Memory, pages: Pages) -> None:
    """The frames of the memory go but for those of its first pages."""

    def is_cut_off(f: Frame) -> Truth:
        return old.owner[f].holds(memory) & (pages <= old.index[f])

    new.owner.each(lambda f: choose(is_cut_off(f), none(Memory), old.owner[f]))
    new.index.each(lambda f: choose(is_cut_off(f), Pages.of(0), old.index[f]))


def refuse_no_pages(act: Act[Design], pages: Pages) -> None:
    """The refusal of a size of no page."""
    act.check(pages != 0, otherwise=Error.INVL_ARGS, name="no_pages")


@model.action(when=are_split)
def memory_resize(
    act: Act[Design], old: Mappings, new: Mappings, memory: Memory, pages: Pages
) -> None:
    """The memory, which is not mapped, gets another size."""
    act.require(is_there(old, memory), name="memory_lives")
    act.check(
        ~is_mapped(act.design, old, memory),
        otherwise=Error.INVL_OP,
        name="mapped",
    )
    refuse_no_pages(act, pages)
    new.size[memory] = pages
    free_behind(old, new, memory, pages)


def asked_to_resize(design: Design, s: Mappings, memory: Memory, pages: Pages) -> Iterator[Asked]:
    """What all forms of a resize in place ask of the memory's mappings."""
    if design.resize_in_place is ResizeInPlace.ONE_MAPPING:
        same = pages == s.size[memory]
        once = is_mapped_once_at_most(design, s, memory)
        yield Asked("mapped_twice", once | same, Error.INVL_OP)
        if counts_for_ever(design):
            known = exists(Mapping, lambda m: is_known_to(s, memory, m))
            yield Asked("finds_its_mapping", known | ~is_mapped(design, s, memory) | same)


def refuse_others(
    act: Act[Design], old: Mappings, changed: Which, foreign: Space, everywhere: Truth
) -> None:
    """The refusal to change a mapping in a space over which the caller has no right."""
    act.require(everywhere | old.alive[foreign], name="foreign_lives")
    if asks_the_mapped(act.design):
        others = exists(Mapping, lambda m: changed(m) & old.space[m].holds(foreign))
        may = everywhere | ~others
        act.check(may, otherwise=Error.INVL_PERM, name="mapping_of_others")


@model.action()
def memory_resize_in_place(
    act: Act[Design],
    old: Mappings,
    new: Mappings,
    memory: Memory,
    pages: Pages,
    foreign: Space,
    everywhere: Truth,
) -> None:
    """The memory gets another size, and its mappings lose what it loses.

    `foreign`: a space over which the caller has no right, unless it has them `everywhere`.
    """
    act.require(is_there(old, memory), name="memory_lives")
    refuse_no_pages(act, pages)
    refuse(act, asked_to_resize(act.design, old, memory, pages))

    def is_cut(m: Mapping) -> Truth:
        return maps(old, m, memory) & (pages < old.offset[m] + old.length[m])

    def removed(m: Mapping, f: Frame) -> Truth:
        return is_cut(m) & shows(old, m, f) & (pages <= old.index[f])

    refuse_others(act, old, is_cut, foreign, everywhere)
    new.size[memory] = pages
    free_behind(old, new, memory, pages)
    change_entries(act, old, new, removed=removed)
    _cut(old, new, pages, is_cut)


def rest(s: Mappings, mapping: Mapping, pages: Pages) -> Pages:
    """How long the mapping is that ends with its memory of so many pages."""
    begins = s.offset[mapping] < pages
    return choose(begins, pages - s.offset[mapping], Pages.of(0))


def _cut(old: Mappings, new: Mappings, pages: Pages, is_cut: Which) -> None:
    """Mappings end where their memory does, or go when they start no earlier."""

    def gone(m: Mapping) -> Truth:
        return is_cut(m) & (pages <= old.offset[m])

    def length(m: Mapping) -> Pages:
        return choose(is_cut(m), rest(old, m, pages), old.length[m])

    forget(old, new, gone, length=length)


@model.action(when=are_split)
def memory_resize_growing(
    act: Act[Design],
    old: Mappings,
    new: Mappings,
    memory: Memory,
    pages: Pages,
    lazy: Truth,
    foreign: Space,
    everywhere: Truth,
) -> None:
    """The memory grows, and each mapping to its end: `GROW_MAPPING`. Lazy pages have no frame yet.

    Where each mapping allows something all pages are lazy, and frames come with `page_arrives`.
    `foreign` and `everywhere` as for `memory_resize_in_place`.
    """
    act.require(is_there(old, memory) & (old.size[memory] < pages), name="memory_grows")
    refuse(act, asked_to_resize(act.design, old, memory, pages))

    def grows(m: Mapping) -> Truth:
        return maps(old, m, memory)

    refuse_others(act, old, grows, foreign, everywhere)
    if not ranges_may_overlap(act.design):
        free = forall(Mapping, lambda m: grows(m).implies(_has_room(act, old, m, pages)))
        act.check(free, otherwise=Error.INVL_MEM_ZONE, name="zone_taken")
    if may_allow_nothing(act.design):
        barred = exists(Mapping, lambda m: grows(m) & _is_barred(old, m, lazy))
        if stops_halfway(act.design):
            act.require(~barred, name="mappings_allow_something")
        else:
            act.check(~barred, otherwise=Error.INVL_ARGS, name="grows_without_access")
    else:
        act.require(lazy, name="pages_come_later")

    def made(m: Mapping, f: Frame) -> Truth:
        return grows(m) & _lies_beyond(old, m, f)

    require_reach(act, old, made, lambda m, f: place(old, m, f))
    new.size[memory] = pages
    new.length.each(lambda m: choose(grows(m), rest(old, m, pages), old.length[m]))
    change_entries(
        act,
        old,
        new,
        made=made,
        over=lambda m, page: grows(m) & is_within(page, old.base[m], rest(old, m, pages)),
    )


def _has_room(act: Act[Design], s: Mappings, mapping: Mapping, pages: Pages) -> Truth:
    """The mapping can reach the end of its memory of so many pages."""
    length, space = rest(s, mapping, pages), s.space[mapping].value
    return is_free(act.design, s, space, s.base[mapping], length, but=lambda m: m == mapping)


def _lies_beyond(s: Mappings, mapping: Mapping, frame: Frame) -> Truth:
    """The frame is a page of the mapped memory after the part that is mapped."""
    same = s.owner[frame].is_some & (s.owner[frame] == s.memory[mapping])
    return same & (s.offset[mapping] + s.length[mapping] <= s.index[frame])


def _is_barred(s: Mappings, mapping: Mapping, lazy: Truth) -> Truth:
    """The mapping allows no access, which a page with a frame must have."""
    beyond = exists(Frame, lambda f: _lies_beyond(s, mapping, f))
    return (s.access[mapping] == Access.NONE) & (beyond | ~lazy)


@model.action(when=halts_resizing)
def memory_resize_stops_halfway(
    act: Act[Design], old: Mappings, new: Mappings, memory: Memory, pages: Pages, lazy: Truth
) -> None:
    """The memory has grown when a mapping cannot, as it allows no access: the call refuses."""
    act.require(is_there(old, memory) & (old.size[memory] < pages), name="memory_grows")
    require_all(act, asked_to_resize(act.design, old, memory, pages))
    barred = exists(Mapping, lambda m: maps(old, m, memory) & _is_barred(old, m, lazy))
    act.require(barred, name="mapping_allows_nothing")
    new.size[memory] = pages
