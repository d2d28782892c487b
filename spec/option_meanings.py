"""What each option bit asks of its call, in words: its class, its name, its meaning."""

from collections.abc import Mapping
from enum import IntFlag

from spec.options import (
    CapClone,
    CapDestroy,
    HandleEventAsync,
    MemoryMap,
    MemoryNew,
    MemoryResize,
    MemoryUpdate,
    MemoryUpdateMapping,
    NewCapability,
    PhysMemMap,
    ThreadDestroy,
    ThreadNew,
    ThreadSuspend,
    UpdateMappingApart,
    Wait,
)

BIT_31 = "a weak capability whose object is dead is destroyed where the call meets it"

_UNTIL_TIMEOUT = "the wait ends at `timeout`, if nothing ended it before"
_LAZY = "new pages are allotted when they are first touched"
_ZEROED = "new pages hold zeros"
_UPDATE_FLAGS = "change what may be done with the mapping, and how it is cached"
_UPDATE_BASE = "move it to `new_address`; only where `mapping_update` is SIZE_FLAGS_BASE"
_UPDATED = {
    "READ": "with UPDATE_FLAGS: the mapping may be read, as every mapping may",
    "WRITE": "with UPDATE_FLAGS: the mapping may be written",
    "EXEC": "with UPDATE_FLAGS: the mapping may be executed",
    "CACHE_BIT_1": "with UPDATE_FLAGS: how the mapping is cached, low bit",
    "CACHE_BIT_2": "with UPDATE_FLAGS: how the mapping is cached, high bit",
    "UPDATE_FLAGS": _UPDATE_FLAGS,
    "UPDATE_BASE": _UPDATE_BASE,
    "UPDATE_SIZE": "change the size of the mapping",
}
_MAPPED = {
    "READ": "the mapping may be read, as every mapping may; READ is asked of what is mapped",
    "WRITE": "the mapping may be written; WRITE is asked of what is mapped",
    "EXEC": "the mapping may be executed; READ is asked of what is mapped",
    "CACHE_BIT_1": "how the mapping is cached, low bit",
    "CACHE_BIT_2": "how the mapping is cached, high bit",
}

MEANINGS: Mapping[type[IntFlag], Mapping[str, str]] = {
    CapClone: {
        "READ": "the copy keeps READ",
        "PROD": "the copy keeps PROD",
        "WRITE": "the copy keeps WRITE",
        "UPGRADE": "the copy keeps UPGRADE",
        "CHANGE_CAP_WEAKNESS": "MAKE_WEAK decides whether the copy is weak, not the original",
        "MAKE_WEAK": "with CHANGE_CAP_WEAKNESS: the copy is weak; without MAKE_WEAK it is strong",
        "DESTROY_SRC_CAP": "the original is destroyed: the capability moves",
        "SRC_CSPACE_SELF": "the original lies in the caller's space",
        "DST_CSPACE_SELF": "the copy comes to lie in the caller's space",
    },
    CapDestroy: {"CSPACE_SELF": "the capability lies in the caller's space"},
    ThreadNew: {
        "CREATE_CAPABILITY_SPACE": "the thread gets a new space, and the caller a capability to it",
        "THREAD_AUTOSTART": "the thread is ready at once; without the bit it is suspended",
    },
    ThreadDestroy: {"DESTROY_OTHER": "end the thread that is named; without the bit the caller"},
    ThreadSuspend: {"SUSPEND_TIMEOUT": _UNTIL_TIMEOUT},
    Wait: {"TIMEOUT": _UNTIL_TIMEOUT},
    HandleEventAsync: {"AUTO_REQUE": "every time; without the bit the next time alone"},
    MemoryNew: {"LAZY_ALLOC": _LAZY, "ZEROED": _ZEROED},
    MemoryResize: {
        "LAZY_ALLOC": _LAZY,
        "ZEROED": _ZEROED,
        "IN_PLACE": "also while the memory is mapped, once; its mapping shrinks with it",
        "GROW_MAPPING": "with IN_PLACE: its mapping grows with it, to the end of the memory",
    },
    MemoryMap: {**_MAPPED, "MAX_SIZE": "map `max_pages`; without the bit all from the offset on"},
    PhysMemMap: _MAPPED,
    MemoryUpdateMapping: {
        "READ": "with UPDATE_FLAGS: the mapping may be read, as every mapping may",
        "WRITE": "with UPDATE_FLAGS: the mapping may be written",
        "EXEC": "with UPDATE_FLAGS: the mapping may be executed",
        "UPDATE_SIZE": "change the size; with UPDATE_FLAGS also the low bit of the caching",
        "EXACT_SIZE": "to `pages`, not to the memory's end; with UPDATE_FLAGS also the high bit",
        "UPDATE_FLAGS": _UPDATE_FLAGS,
        "UPDATE_BASE": _UPDATE_BASE,
    },
    UpdateMappingApart: {
        **_UPDATED,
        "EXACT_SIZE": "with UPDATE_SIZE: to `pages`, not to all the rest",
    },
    MemoryUpdate: {
        **_UPDATED,
        "EXACT_SIZE": "with UPDATE_SIZE: to `mapped_pages`, not to all the rest",
        "RESIZE": "change the size of the memory; mappings that reach beyond it are cut",
        "LAZY_ALLOC": f"with RESIZE: {_LAZY}",
        "ZEROED": f"with RESIZE: {_ZEROED}",
    },
    NewCapability: {
        name: f"the new capability has {name}" for name in ("READ", "PROD", "WRITE", "UPGRADE")
    },
}
