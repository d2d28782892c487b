"""A design: one choice for every open question of the kernel.

The reference kernel and the models read the same record, so two designs run side by side. How
integers overflow is a property of the build, not of the design.
"""

from dataclasses import dataclass
from enum import Enum

from spec.choices.capabilities import (
    CreatedRights,
    EnumDecode,
    InvisibleEntries,
    Move,
    OptionBits,
    UpgradeRight,
    UserHandles,
    WeakAutoDestroy,
    WeakCapabilities,
)
from spec.choices.groups import (
    GroupAdmission,
    GroupDrop,
    GroupDropCurrent,
    KilledWaits,
    ResumeScope,
    TeardownWalk,
    ThreadEnd,
)
from spec.choices.memory import (
    CopyFailure,
    CopyOnWrite,
    DirtyTracking,
    EmptyAccess,
    FreshPages,
    LazyPages,
    MapOffset,
    MappingAuthority,
    MappingCalls,
    MappingCount,
    MappingUpdate,
    PageUnit,
    Paging,
    RangeRule,
    ResizeInPlace,
    SizeTypes,
    UpdateSteps,
    UserFaults,
)
from spec.choices.messages import (
    AutoRequeue,
    DeliveryFault,
    DyingObjects,
    LateListeners,
    ListenerFailure,
    ListenerRemoval,
    MessageCopy,
    MessageTime,
    PageEventPool,
    PageSend,
    PartialSend,
    PoolGrowth,
    PoolSwap,
    PoolUnmap,
    ReplyBufferRight,
    ReplyClaim,
    WaiterFailure,
)
from spec.choices.scheduling import (
    AtomicOrderings,
    CodeModel,
    ExitInterrupt,
    HeapAllocator,
    IdleThreads,
    InterruptManager,
    Preemption,
    ReadyQueue,
    StackGuard,
    TimerInterrupt,
    TranslationFlush,
    WakeProtocol,
)

__all__ = [
    "AtomicOrderings",
    "AutoRequeue",
    "CodeModel",
    "CopyFailure",
    "CopyOnWrite",
    "CreatedRights",
    "DeliveryFault",
    "Design",
    "DirtyTracking",
    "DyingObjects",
    "EmptyAccess",
    "EnumDecode",
    "ExitInterrupt",
    "FreshPages",
    "GroupAdmission",
    "GroupDrop",
    "GroupDropCurrent",
    "HeapAllocator",
    "IdleThreads",
    "InterruptManager",
    "InvisibleEntries",
    "KilledWaits",
    "LateListeners",
    "LazyPages",
    "ListenerFailure",
    "ListenerRemoval",
    "MapOffset",
    "MappingAuthority",
    "MappingCalls",
    "MappingCount",
    "MappingUpdate",
    "MessageCopy",
    "MessageTime",
    "Move",
    "OptionBits",
    "Overflow",
    "PageEventPool",
    "PageSend",
    "PageUnit",
    "Paging",
    "PartialSend",
    "PoolGrowth",
    "PoolSwap",
    "PoolUnmap",
    "Preemption",
    "RangeRule",
    "ReadyQueue",
    "ReplyBufferRight",
    "ReplyClaim",
    "ResizeInPlace",
    "ResumeScope",
    "SizeTypes",
    "StackGuard",
    "TeardownWalk",
    "ThreadEnd",
    "TimerInterrupt",
    "TranslationFlush",
    "UpdateSteps",
    "UpgradeRight",
    "UserFaults",
    "UserHandles",
    "WaiterFailure",
    "WakeProtocol",
    "WeakAutoDestroy",
    "WeakCapabilities",
    "chosen",
]


class Overflow(Enum):
    """What integer overflow does in a build of the kernel; guarantees must hold in both."""

    WRAPS = "as a release build: modulo the word"
    PANICS = "as a debug build: a kernel panic"


@dataclass(frozen=True, slots=True)
class Design:
    """A full set of choices; `name` and `summary` are what tables and traces show."""

    name: str
    summary: str
    weak_auto_destroy: WeakAutoDestroy
    weak_capabilities: WeakCapabilities
    upgrade_right: UpgradeRight
    user_handles: UserHandles
    created_rights: CreatedRights
    move: Move
    invisible_entries: InvisibleEntries
    enum_decode: EnumDecode
    option_bits: OptionBits
    group_drop: GroupDrop
    group_drop_current: GroupDropCurrent
    group_admission: GroupAdmission
    teardown_walk: TeardownWalk
    thread_end: ThreadEnd
    killed_waits: KilledWaits
    resume_scope: ResumeScope
    preemption: Preemption
    ready_queue: ReadyQueue
    wake_protocol: WakeProtocol
    idle_threads: IdleThreads
    exit_interrupt: ExitInterrupt
    timer_interrupt: TimerInterrupt
    interrupt_manager: InterruptManager
    translation_flush: TranslationFlush
    atomic_orderings: AtomicOrderings
    stack_guard: StackGuard
    code_model: CodeModel
    heap_allocator: HeapAllocator
    dying_objects: DyingObjects
    delivery_fault: DeliveryFault
    partial_send: PartialSend
    message_time: MessageTime
    waiter_failure: WaiterFailure
    listener_removal: ListenerRemoval
    page_send: PageSend
    page_event_pool: PageEventPool
    late_listeners: LateListeners
    listener_failure: ListenerFailure
    pool_unmap: PoolUnmap
    pool_growth: PoolGrowth
    pool_swap: PoolSwap
    message_copy: MessageCopy
    auto_requeue: AutoRequeue
    reply_buffer_right: ReplyBufferRight
    reply_claim: ReplyClaim
    map_offset: MapOffset
    mapping_update: MappingUpdate
    mapping_authority: MappingAuthority
    mapping_calls: MappingCalls
    mapping_count: MappingCount
    resize_in_place: ResizeInPlace
    range_rule: RangeRule
    page_unit: PageUnit
    fresh_pages: FreshPages
    update_steps: UpdateSteps
    empty_access: EmptyAccess
    size_types: SizeTypes
    copy_on_write: CopyOnWrite
    copy_failure: CopyFailure
    user_faults: UserFaults
    dirty_tracking: DirtyTracking
    paging: Paging
    lazy_pages: LazyPages

    def __hash__(self) -> int:
        """Of the name alone: designs are looked up often, and few share one."""
        return hash(self.name)


def chosen(design: Design, choice: tuple[str, str] | None) -> bool:
    """Whether the design makes the choice without which there is no such thing.

    `choice` is a question and the name of one of its choices; None where it hangs on none.
    """
    if choice is None:
        return True
    made = getattr(design, choice[0])
    assert isinstance(made, Enum), choice
    return made.name == choice[1]
