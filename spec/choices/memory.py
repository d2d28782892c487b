"""Memory objects, mappings, copy-on-write and paging."""

from enum import Enum


class MapOffset(Enum):
    """Where in a memory object a mapping may start."""

    ANY = "at any page"
    ZERO_ONLY = "at its first page"


class MappingUpdate(Enum):
    """What memory_update_mapping can change."""

    SIZE_AND_FLAGS = "size and flags"
    SIZE_ONLY = "the size"
    SIZE_FLAGS_BASE = "size, flags and base"


class MappingAuthority(Enum):
    """Which rights changing a mapping asks for."""

    ADDRESS_SPACE_ONLY = "those on the address space"
    ALSO_MEMORY_RIGHTS = "those on the memory too"


class MappingCalls(Enum):
    """Whether resizing and updating are one call."""

    SPLIT = "two calls"
    MERGED = "one call"


class MappingCount(Enum):
    """Whether the count of mappings goes down."""

    INSERTS_ONLY = "never"
    EXACT = "with each mapping that goes"


class ResizeInPlace(Enum):
    """Which memory can be resized in place."""

    ONE_MAPPING = "memory with at most one mapping"
    ANY_MAPPINGS = "any"


class RangeRule(Enum):
    """What the overlap test takes for the length of a mapping."""

    OFFSET_AS_LENGTH = "its offset"
    TRUE_SIZE = "its size"


class PageUnit(Enum):
    """How pages that were allocated together are freed."""

    BLOCK_FREED_SINGLY = "one by one, though allocated as a block"
    SINGLE_PAGES = "one by one, as allocated"
    WHOLE_BLOCK = "as the block"


class FreshPages(Enum):
    """What a new page holds."""

    UNCLEARED = "what was there before"
    ZEROED = "zeros"


class UpdateSteps(Enum):
    """How an update of several parts fails."""

    COMMITTED_ONE_BY_ONE = "the parts before the failure stay"
    ALL_OR_NOTHING = "nothing stays"


class EmptyAccess(Enum):
    """When a mapping may be asked for that allows no access."""

    WHILE_LAZY = "as long as no page of it has a frame"
    REFUSED = "never"


class SizeTypes(Enum):
    """What type a size in pages has."""

    PLAIN = "a number"
    PAGE_SIZE_TYPE = "one that is page-aligned by construction"


class CopyOnWrite(Enum):
    """Whether memory objects share pages."""

    DORMANT = "never"
    SHARE_ON_CLONE = "a clone shares, a write copies"


class CopyFailure(Enum):
    """What a failed copy leaves of the page."""

    FORGETS_PAGE = "nothing"
    KEEPS_PAGE = "the page as it was"


class UserFaults(Enum):
    """What a page fault of a program leads to that the kernel cannot serve."""

    PANIC_KERNEL = "a panic of the kernel"
    END_THREAD = "the end of its thread"


class DirtyTracking(Enum):
    """How user space learns of dirty pages."""

    NONE = "not at all"
    POLL_BITMAP = "from a bitmap"
    EVENT = "by events"


class Paging(Enum):
    """How the kernel asks for pages out and in."""

    NONE = "not at all"
    PAGER_EVENTS = "by events to a pager"


class LazyPages(Enum):
    """Who fills a lazy page."""

    KERNEL_ONLY = "the kernel, when it touches it"
    FAULT_IN_KERNEL = "the kernel, at the fault"
    USER_PAGER = "a server in user space"
