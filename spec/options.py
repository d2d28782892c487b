"""The option word of each call: what its bits mean.

Bits that a call does not know are ignored; bit 31 means the same in every call.
"""

from enum import IntFlag

WEAK_AUTO_DESTROY = 1 << 31
OPTION_BITS = 32

_CREATED_AT = 8


class CapClone(IntFlag):
    """`cap_clone`: the mask of rights, then what becomes of copy and original."""

    READ = 1
    PROD = 2
    WRITE = 4
    UPGRADE = 8
    CHANGE_CAP_WEAKNESS = 16
    MAKE_WEAK = 32
    DESTROY_SRC_CAP = 64
    SRC_CSPACE_SELF = 128
    DST_CSPACE_SELF = 256
    RIGHTS = 15


class CapDestroy(IntFlag):
    """`cap_destroy`."""

    CSPACE_SELF = 1


class ThreadNew(IntFlag):
    """`thread_new`."""

    CREATE_CAPABILITY_SPACE = 1
    THREAD_AUTOSTART = 2


class ThreadDestroy(IntFlag):
    """`thread_destroy`."""

    DESTROY_OTHER = 1


class ThreadSuspend(IntFlag):
    """`thread_suspend`."""

    SUSPEND_TIMEOUT = 1


class Wait(IntFlag):
    """Every call that blocks until something happens."""

    TIMEOUT = 1


class HandleEventAsync(IntFlag):
    """Every call that sends what happens to an event pool."""

    AUTO_REQUE = 1


class MemoryNew(IntFlag):
    """`memory_new`."""

    LAZY_ALLOC = 1
    ZEROED = 2


class MemoryResize(IntFlag):
    """`memory_resize`."""

    LAZY_ALLOC = 1
    ZEROED = 2
    IN_PLACE = 4
    GROW_MAPPING = 8


class MemoryMap(IntFlag):
    """`memory_map`."""

    READ = 1
    WRITE = 2
    EXEC = 4
    CACHE_BIT_1 = 8
    CACHE_BIT_2 = 16
    MAX_SIZE = 32


class PhysMemMap(IntFlag):
    """`phys_mem_map`."""

    READ = 1
    WRITE = 2
    EXEC = 4
    CACHE_BIT_1 = 8
    CACHE_BIT_2 = 16


class MemoryUpdateMapping(IntFlag):
    """`memory_update_mapping`; as built two bits are those of MemoryMap's cache too.

    UPDATE_BASE only where the design lets a mapping move.
    """

    READ = 1
    WRITE = 2
    EXEC = 4
    UPDATE_SIZE = 8
    EXACT_SIZE = 16
    UPDATE_FLAGS = 32
    UPDATE_BASE = 64


class UpdateMappingApart(IntFlag):
    """`memory_update_mapping` where every meaning has a bit of its own."""

    READ = 1
    WRITE = 2
    EXEC = 4
    CACHE_BIT_1 = 8
    CACHE_BIT_2 = 16
    UPDATE_FLAGS = 32
    UPDATE_BASE = 64
    UPDATE_SIZE = 128
    EXACT_SIZE = 256


class MemoryUpdate(IntFlag):
    """`memory_update`: the bits of UpdateMappingApart, and those that ask for another size."""

    READ = 1
    WRITE = 2
    EXEC = 4
    CACHE_BIT_1 = 8
    CACHE_BIT_2 = 16
    UPDATE_FLAGS = 32
    UPDATE_BASE = 64
    UPDATE_SIZE = 128
    EXACT_SIZE = 256
    RESIZE = 512
    LAZY_ALLOC = 1024
    ZEROED = 2048


class NewCapability(IntFlag):
    """`channel_new` and `key_new`: the rights of the new capability."""

    READ = 1
    PROD = 2
    WRITE = 4
    UPGRADE = 8


CREATED_RIGHTS = 0b1111 << _CREATED_AT


def clone_is_weak(weak: bool, options: int) -> bool:  # noqa: FBT001
    """Whether the copy that `cap_clone` makes is weak: like the original, unless bit 4 is set.

    Source: `syscall/cap.rs`.

    pre: 0 <= options < 1 << 32
    post: options // 16 % 2 == 1 or __return__ == weak
    post: options // 16 % 2 == 0 or __return__ == (options // 32 % 2 == 1)
    """
    return options >> 5 & 1 == 1 if options >> 4 & 1 == 1 else weak


def created_rights(options: int) -> int:
    """The rights that a create call asks for where a design lets every create call ask.

    Bits 8 to 11, which no create call uses for anything else.

    pre: 0 <= options < 1 << 32
    post: __return__ == options // 256 % 16
    """
    return options >> _CREATED_AT & 0b1111


def ask_created_rights(rights: int) -> int:
    """The option bits that ask a create call for these rights.

    pre: 0 <= rights <= 15
    post: created_rights(__return__) == rights
    """
    return rights << _CREATED_AT
