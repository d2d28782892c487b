"""The questions that a design answers.

Source: the kernel authors' own list of open work; a question without an item was found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from inspect import getdoc
from typing import get_type_hints

from spec.design import Design


@dataclass(frozen=True, slots=True)
class Question:
    """One field of a design.

    `star` is the choice that the evidence supports, where there is any yet; `guarantees` are the
    ids at stake; `item` is the authors' own wording, empty where the question was found.
    """

    field: str
    choices: type[Enum]
    star: Enum | None
    guarantees: tuple[str, ...]
    item: str

    @property
    def asks(self) -> str:
        """The question in one sentence."""
        return getdoc(self.choices) or ""

    @property
    def as_built(self) -> Enum:
        """What the kernel does today."""
        return next(iter(self.choices))


_CHOICES: Mapping[str, type[Enum]] = get_type_hints(Design)


def _question(field: str, star: str | None, guarantees: str, item: str) -> Question:
    choices = _CHOICES[field]
    starred = None if star is None else choices[star]
    return Question(field, choices, starred, tuple(guarantees.split()), item)


QUESTIONS: tuple[Question, ...] = (
    _question(
        "weak_auto_destroy",
        "ALWAYS",
        "CAP-4 CAP-10 ROB-3",
        "weak auto destroy: make destroying invalid weaks the default",
    ),
    _question(
        "weak_capabilities",
        None,
        "CAP-1 CAP-8 GRP-6",
        "figure out if weak capabilities are even needed",
    ),
    _question("upgrade_right", "CHECKED", "CAP-3 CAP-8", ""),
    _question(
        "user_handles",
        "TYPED_HANDLES",
        "CAP-4 CAP-5 CAP-7",
        "clean up handling of weak capabilities in userspace",
    ),
    _question(
        "created_rights",
        "OPTION",
        "CAP-2 ABI-1",
        "options to create calls to specify capflags",
    ),
    _question("move", "ATOMIC", "CAP-6", ""),
    _question("invisible_entries", "UNTOUCHABLE", "CAP-7 ROB-1", ""),
    _question("enum_decode", "TOTAL", "ABI-2 ROB-1", "use strum for enum convert from int"),
    _question("option_bits", "DISJOINT", "ABI-1", "look into enumflags2 for syscall options"),
    _question(
        "group_drop",
        "UNLINKED",
        "GRP-3 GRP-5 ROB-3",
        "drop of thread group removes itself from parent",
    ),
    _question(
        "group_drop_current",
        "STOPS_AT_ONCE",
        "GRP-1 GRP-3",
        "make it terminate the current thread immediately",
    ),
    _question("group_admission", "CLOSED_AFTER_EXIT", "GRP-2 GRP-1", ""),
    _question("teardown_walk", "WORKLIST", "GRP-5 GRP-7", ""),
    _question("thread_end", "ANNOUNCED_WHEN_STOPPED", "GRP-6 CAP-8", ""),
    _question("killed_waits", "RELEASED", "GRP-4 CAP-8", ""),
    _question("resume_scope", "ONLY_SUSPENDED_BY_CALL", "SCH-4 ROB-1", ""),
    _question(
        "preemption",
        "CHECK_ON_RETURN",
        "GRP-1 GRP-4 GRP-7 GRP-8 SCH-2",
        "get rid of int disable everywhere, 2 options",
    ),
    _question(
        "ready_queue",
        "RESERVED",
        "ROB-2 SCH-1",
        "oom panics in scheduler; reserve space in ready map",
    ),
    _question("wake_protocol", "HANDSHAKE", "SCH-2 SCH-3 SCH-4 SCH-5", ""),
    _question("idle_threads", "PER_PROCESSOR", "SCH-6", ""),
    _question("exit_interrupt", "ALWAYS_ACKNOWLEDGED", "SCH-7", ""),
    _question("timer_interrupt", "ACKNOWLEDGED_ONCE", "SCH-7", ""),
    _question("interrupt_manager", "GIVES_NONE", "ROB-1", ""),
    _question("translation_flush", "SHOOTDOWN", "MEM-3 COW-4", ""),
    _question(
        "atomic_orderings",
        "MINIMAL",
        "ATO-1",
        "minimum needed ordering on all atomics",
    ),
    _question("stack_guard", "GUARD_PAGE", "LOW-1", "guard pages at the end of kernel stacks"),
    _question(
        "code_model",
        "KERNEL_RELATIVE",
        "LOW-2",
        "relative call instructions, code model kernel",
    ),
    _question("heap_allocator", None, "LOW-3 MEM-7", "improve the kernel heap allocator"),
    _question("dying_objects", "WAKE_WITH_ERROR", "IPC-4 IPC-7 SCH-3", ""),
    _question(
        "delivery_fault",
        "REPORT_TO_OWNER",
        "IPC-3 IPC-5 EVT-2",
        "partial message sends",
    ),
    _question(
        "partial_send",
        "REPORT_SIZES",
        "IPC-6 CAP-7",
        "figure out how to handle partial message sends",
    ),
    _question("message_time", "AT_SEND", "IPC-6 CAP-2", ""),
    _question("waiter_failure", "TOLD", "EVT-1 SCH-3", ""),
    _question(
        "listener_removal",
        "REMOVE_CALL",
        "EVT-4 SCH-5 ROB-3",
        "add syscalls to remove event pools from listening",
    ),
    _question("page_send", "REMAP", "ZCP-1 IPC-6 MEM-3", "zero copy channel sends"),
    _question(
        "page_event_pool",
        "SEPARATE",
        "EVT-1 ZCP-1",
        "another type of event pool for page aligned data",
    ),
    _question("late_listeners", "TOLD_AT_ONCE", "EVT-3", ""),
    _question("listener_failure", "CONTINUES", "EVT-2", ""),
    _question("pool_unmap", "REMOVES_RECORD", "MEM-5 EVT-1", ""),
    _question("pool_growth", "TESTS_TOTAL", "EVT-1 ROB-1", ""),
    _question("pool_swap", "UNMAPS_MAPPED", "EVT-1 ROB-1", ""),
    _question("message_copy", "EXACT", "IPC-6 CAP-7 ROB-1", ""),
    _question("auto_requeue", "DRAINS_QUEUE", "IPC-1 IPC-2", ""),
    _question("reply_buffer_right", "READ", "CAP-2", ""),
    _question("reply_claim", "ON_SUCCESS", "IPC-7", ""),
    _question("map_offset", None, "MEM-1", "mapping at some offset into the memory capability"),
    _question(
        "mapping_update",
        "SIZE_FLAGS_BASE",
        "MEM-1 MEM-2 MEM-4",
        "extend memory_update_mapping: move base, change flags",
    ),
    _question("mapping_authority", "ALSO_MEMORY_RIGHTS", "MEM-4 MEM-6", ""),
    _question("mapping_calls", None, "CAP-9 CAP-10", "maybe merge the two calls"),
    _question("mapping_count", "EXACT", "MEM-5 ROB-1", ""),
    _question(
        "resize_in_place",
        "ANY_MAPPINGS",
        "MEM-1 MEM-2 MEM-3 MEM-5",
        "maybe don't have the 1 mapping restriction",
    ),
    _question("range_rule", "TRUE_SIZE", "MEM-1", ""),
    _question("page_unit", "SINGLE_PAGES", "MEM-3 MEM-7", ""),
    _question("fresh_pages", "ZEROED", "MEM-8", ""),
    _question("update_steps", "ALL_OR_NOTHING", "CAP-10 MEM-2", ""),
    _question("empty_access", "REFUSED", "MEM-4 ROB-1", ""),
    _question("size_types", "PAGE_SIZE_TYPE", "MEM-1 ROB-1", "Size type, PageSize type"),
    _question(
        "copy_on_write",
        "SHARE_ON_CLONE",
        "COW-1 COW-2 COW-3 COW-4",
        "redesign memory system: copy on write",
    ),
    _question("copy_failure", "KEEPS_PAGE", "COW-2", "copy on write"),
    _question("user_faults", "END_THREAD", "ROB-1", ""),
    _question(
        "dirty_tracking",
        None,
        "PAG-1",
        "dirty page tracking communicated to userspace",
    ),
    _question("paging", "PAGER_EVENTS", "PAG-1 PAG-2", "paging to disc communicated to userspace"),
    _question("lazy_pages", None, "PAG-3 PAG-2", "lazy page loading in a user-space server"),
)

BY_FIELD = {question.field: question for question in QUESTIONS}

NOT_YET_READ = frozenset(
    (
        "atomic_orderings",
        "stack_guard",
        "code_model",
        "heap_allocator",
        "page_send",
        "page_event_pool",
        "dirty_tracking",
        "paging",
    )
)
"""Questions whose choice no code reads yet: a design may plan one, not rely on it."""
