"""What the model speaks of: spaces, memories with their page frames, mappings, page tables."""

from assay.lang import (
    Enumeration,
    Kind,
    Model,
    Natural,
    Option,
    State,
    Table,
    Truth,
    all_of,
    choose,
    exists,
    forall,
    member,
    none,
    predicate,
    some,
)
from spec.design import (
    CopyFailure,
    CopyOnWrite,
    Design,
    EmptyAccess,
    MappingAuthority,
    MappingCalls,
    MappingCount,
    PoolUnmap,
    RangeRule,
    ResizeInPlace,
    SizeTypes,
    UpdateSteps,
)


class Space(Kind):
    """An address space."""

    FIRST = member()


class Memory(Kind):
    """A memory object."""


class Mapping(Kind):
    """A record of an address space: something is mapped there, mostly a part of a memory."""


class Pool(Kind):
    """An event pool, whose pages are kept in one range of one space."""


class Frame(Kind):
    """A page frame as one memory has it; two memories that share one have two of these."""


class Pages(Natural):
    """A number of pages, or the number of a page in a space or a memory, from 0."""


class Access(Enumeration):
    """What a mapping lets user code do. Writing stands for each of the rights on a memory."""

    NONE = member()
    READ = member()  # something, but not to write
    WRITE = member()


class Count(Enumeration):
    """How many mappings the kernel believes a memory to have."""

    NONE = member()
    ONE = member()
    MORE = member()


class Mappings(State):
    """All spaces and memories, what both record of mappings, and the page tables."""

    kernel: Pages  # the first page that belongs to no user space
    limit: Pages  # so many pages have numbers
    alive: Table[Space, Truth]
    size: Table[Memory, Pages]  # 0 while there is no such memory
    counted: Table[Memory, Count]  # where the count never goes down: what it has come to
    owner: Table[Frame, Option[Memory]]  # none while it is no page of a memory
    index: Table[Frame, Pages]  # which page of its memory it is
    recorded: Table[Mapping, Truth]  # by the space
    known: Table[Mapping, Truth]  # by what is mapped
    space: Table[Mapping, Option[Space]]
    memory: Table[Mapping, Option[Memory]]  # neither this nor a pool: it maps physical memory
    pool: Table[Mapping, Option[Pool]]
    base: Table[Mapping, Pages]  # its first page in the space
    length: Table[Mapping, Pages]
    offset: Table[Mapping, Pages]  # its first page in the memory
    access: Table[Mapping, Access]
    may_write: Table[Mapping, Truth]  # the capability to the memory allowed to write
    entry: Table[tuple[Mapping, Frame], Option[Pages]]  # where a page table entry shows the frame


model = Model("mappings", Mappings, Design)


def ranges_may_overlap(design: Design) -> bool:
    """What is tested when a mapping is made is not the range that it takes."""
    return design.range_rule is RangeRule.OFFSET_AS_LENGTH


def may_reach_the_kernel(design: Design) -> bool:
    """What is tested lets a range go on into what is the kernel's."""
    return ranges_may_overlap(design) or design.size_types is SizeTypes.PLAIN


def counts_for_ever(design: Design) -> bool:
    """The count of a memory's mappings never goes down."""
    return design.mapping_count is MappingCount.INSERTS_ONLY


def record_is_left(design: Design) -> bool:
    """The space keeps the record of an event pool that was unmapped."""
    return design.pool_unmap is PoolUnmap.LEAVES_RECORD


def asks_the_mapped(design: Design) -> bool:
    """A change of a mapping needs the rights that making it needs."""
    return design.mapping_authority is MappingAuthority.ALSO_MEMORY_RIGHTS


def stops_halfway(design: Design) -> bool:
    """A call of several parts that fails leaves those done that came before."""
    return design.update_steps is UpdateSteps.COMMITTED_ONE_BY_ONE


def are_split(design: Design) -> bool:
    """A memory and a mapping of it are changed by two calls."""
    return design.mapping_calls is MappingCalls.SPLIT


def may_allow_nothing(design: Design) -> bool:
    """A mapping may allow no access, as long as it shows nothing."""
    return design.empty_access is EmptyAccess.WHILE_LAZY


def must_allow_something(design: Design) -> bool:
    """No mapping of a memory may allow no access."""
    return not may_allow_nothing(design)


def halts_resizing(design: Design) -> bool:
    """The call that resizes a memory may stop when one of its mappings cannot follow."""
    return are_split(design) and stops_halfway(design) and may_allow_nothing(design)


def halts_only_updating(design: Design) -> bool:
    """The calls that change a mapping may stop halfway, and none that resizes a memory may."""
    return stops_halfway(design) and not halts_resizing(design)


def are_parts(design: Design) -> bool:
    """One call changes a memory and then a mapping of it, and may stop between the two."""
    return not are_split(design) and stops_halfway(design)


def changes_both(design: Design) -> bool:
    """One call changes a memory and a mapping of it, or neither."""
    return not are_split(design) and not stops_halfway(design)


def shares_over_others(design: Design) -> bool:
    """Pages that are shared are mapped again, which shows where ranges may overlap."""
    return design.copy_on_write is CopyOnWrite.SHARE_ON_CLONE and ranges_may_overlap(design)


def grows_over_others(design: Design) -> bool:
    """Several mappings of one memory grow, one after the other, and may overlap."""
    return design.resize_in_place is ResizeInPlace.ANY_MAPPINGS and ranges_may_overlap(design)


def maps_again_over_others(design: Design) -> bool:
    """A call may map pages after others that lie where these do."""
    return shares_over_others(design) or grows_over_others(design)


def may_forget_pages(design: Design) -> bool:
    """A shared page is lazy again when there is no frame for its copy."""
    shares = design.copy_on_write is CopyOnWrite.SHARE_ON_CLONE
    return shares and design.copy_failure is CopyFailure.FORGETS_PAGE


@predicate
def is_there(s: Mappings, memory: Memory) -> Truth:
    """The memory was made and something holds it."""
    return s.size[memory] > 0


def is_within(page: Pages, base: Pages, length: Pages) -> Truth:
    """The page is one of the range."""
    return (base <= page) & (page < base + length)


@predicate
def share_space(s: Mappings, one: Mapping, other: Mapping) -> Truth:
    """The mappings lie in one address space."""
    return s.space[one] == s.space[other]


@predicate
def maps(s: Mappings, mapping: Mapping, memory: Memory) -> Truth:
    """The mapping is of that memory, and both know of it."""
    return s.recorded[mapping] & s.memory[mapping].holds(memory)


@predicate
def shows(s: Mappings, mapping: Mapping, frame: Frame) -> Truth:
    """The frame is a resident page of the part of a memory that the mapping maps."""
    return all_of(
        s.recorded[mapping],
        s.owner[frame].is_some,
        s.owner[frame] == s.memory[mapping],
        is_within(s.index[frame], s.offset[mapping], s.length[mapping]),
    )


def place(s: Mappings, mapping: Mapping, frame: Frame) -> Pages:
    """Where in its space the mapping shows the frame, if it does."""
    return s.base[mapping] + s.index[frame] - s.offset[mapping]


@predicate
def is_resident(s: Mappings, memory: Memory, index: Pages) -> Truth:
    """That page of the memory has a frame."""
    return exists(Frame, lambda f: s.owner[f].holds(memory) & (s.index[f] == index))


@predicate
def is_known_to(s: Mappings, memory: Memory, mapping: Mapping) -> Truth:
    """The memory has the mapping in its own list."""
    return s.known[mapping] & s.memory[mapping].holds(memory)


@predicate
def is_new(s: Mappings, mapping: Mapping) -> Truth:
    """Nobody records the mapping yet, or any more."""
    return ~s.recorded[mapping] & ~s.known[mapping]


@predicate
def has_one_at_most(s: Mappings, memory: Memory) -> Truth:
    """The memory does not have two mappings."""
    return forall(
        Mapping,
        Mapping,
        lambda a, b: (is_known_to(s, memory, a) & is_known_to(s, memory, b)).implies(a == b),
    )


def is_mapped(design: Design, s: Mappings, memory: Memory) -> Truth:
    """The kernel believes that the memory is mapped."""
    if counts_for_ever(design):
        return s.counted[memory] != Count.NONE
    return exists(Mapping, lambda m: is_known_to(s, memory, m))


def is_mapped_once_at_most(design: Design, s: Mappings, memory: Memory) -> Truth:
    """The kernel does not believe that the memory has several mappings."""
    if counts_for_ever(design):
        return s.counted[memory] != Count.MORE
    return has_one_at_most(s, memory)


@model.start
def boot(new: Mappings, kernel: Pages) -> None:
    """One address space without mappings, below a kernel of one page that starts anywhere."""
    new.kernel = kernel
    new.limit = kernel + 1
    new.alive[Space.FIRST] = True


def _program_runs(
    new: Mappings, kernel: Pages, memory: Memory, mapping: Mapping, pages: Pages
) -> Truth:
    """A memory of so many pages, none resident yet, lies in the first pages below the kernel."""
    boot(new, kernel)
    length = choose(pages < kernel, pages, kernel)
    is_there = length > 0
    new.size[memory] = length
    new.recorded[mapping] = is_there
    new.known[mapping] = is_there
    new.space[mapping] = choose(is_there, some(Space.FIRST), none(Space))
    new.memory[mapping] = choose(is_there, some(memory), none(Memory))
    new.length[mapping] = length
    new.access[mapping] = choose(is_there, Access.WRITE, Access.NONE)
    new.may_write[mapping] = is_there
    return is_there


@model.start_when(lambda design: not counts_for_ever(design))
def program_runs(
    new: Mappings, kernel: Pages, memory: Memory, mapping: Mapping, pages: Pages
) -> None:
    """The first program has a memory, which it may write: all of it is mapped, if there is room."""
    _program_runs(new, kernel, memory, mapping, pages)


@model.start_when(counts_for_ever)
def counted_program_runs(
    new: Mappings, kernel: Pages, memory: Memory, mapping: Mapping, pages: Pages
) -> None:
    """The same where the kernel counts how often a memory was mapped."""
    is_there = _program_runs(new, kernel, memory, mapping, pages)
    new.counted[memory] = choose(is_there, Count.ONE, Count.NONE)
