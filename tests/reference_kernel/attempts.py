"""Good calls, and what puts each refusal of their tables into them."""

from dataclasses import replace

from spec.design import (
    CopyOnWrite,
    DeliveryFault,
    Design,
    EnumDecode,
    GroupAdmission,
    ListenerRemoval,
    MappingAuthority,
    MappingCalls,
    MappingCount,
    MappingUpdate,
    MessageCopy,
    PartialSend,
    RangeRule,
    ReplyClaim,
    ResumeScope,
    UpdateSteps,
    UpgradeRight,
    WakeProtocol,
    chosen,
)
from spec.designs import AS_BUILT
from spec.ids import ObjectType
from spec.syscalls import BY_NAME
from tests.reference_kernel.attempting import (
    Attempt,
    Fault,
    a_dead,
    a_new,
    a_type_without_table,
    capability_faults,
    malformed,
    unknown,
)
from tests.reference_kernel.memory_attempts import GOOD_MEMORY, MEMORY_FAULTS
from tests.reference_kernel.message_attempts import GOOD_MESSAGES, MESSAGE_FAULTS
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALL,
    ALLOCATOR,
    GROUP,
    OWN_SPACE,
    OWN_THREAD,
    RIGHTS_ASKED,
    STRONG,
    WEAK,
    Program,
)

STRICT = replace(
    AS_BUILT,
    copy_on_write=CopyOnWrite.SHARE_ON_CLONE,
    delivery_fault=DeliveryFault.REPORT_TO_OWNER,
    enum_decode=EnumDecode.TOTAL,
    group_admission=GroupAdmission.CLOSED_AFTER_EXIT,
    listener_removal=ListenerRemoval.REMOVE_CALL,
    mapping_authority=MappingAuthority.ALSO_MEMORY_RIGHTS,
    mapping_count=MappingCount.EXACT,
    mapping_update=MappingUpdate.SIZE_FLAGS_BASE,
    message_copy=MessageCopy.EXACT,
    partial_send=PartialSend.REFUSE,
    range_rule=RangeRule.TRUE_SIZE,
    reply_claim=ReplyClaim.ON_SUCCESS,
    resume_scope=ResumeScope.ONLY_SUSPENDED_BY_CALL,
    update_steps=UpdateSteps.ALL_OR_NOTHING,
    upgrade_right=UpgradeRight.CHECKED,
    wake_protocol=WakeProtocol.HANDSHAKE,
)
"""As built, with every refusal that a choice adds, and where no refusal has an effect."""


def strict(name: str) -> Design:
    """STRICT, with the call of that name."""
    has_it = chosen(STRICT, BY_NAME[name].choice)
    return STRICT if has_it else replace(STRICT, mapping_calls=MappingCalls.MERGED)


def exited(at: int) -> Fault:
    """The group that the argument names has exited."""

    def fault(attempt: Attempt) -> None:
        attempt.words[at] = attempt.program.group()
        attempt.program.ok("thread_group_exit", attempt.words[at])

    return Fault(at, fault)


def not_suspended(attempt: Attempt) -> None:
    """The thread runs."""
    attempt.words[0] = OWN_THREAD


def waits(attempt: Attempt) -> None:
    """The thread waits for the end of another."""
    program = attempt.program
    waiter, other = program.thread(), program.thread(starts=False)
    program.run(waiter)
    program.call("thread_handle_thread_exit_sync", other)
    program.run(OWN_THREAD)
    attempt.words[0] = waiter


def weak_without_upgrade(attempt: Attempt) -> None:
    """The capability is weak, lacks UPGRADE, and is to become strong."""
    attempt.words[2] = attempt.program.clone(attempt.words[2], WEAK, rights=0b0111)
    attempt.options |= STRONG


def dead_to_be_strong(attempt: Attempt) -> None:
    """The capability is weak, its object dead, and it is to become strong."""
    attempt.words[2] = a_dead(attempt.program, ObjectType.KEY)
    attempt.options |= STRONG


def weak_address_space(attempt: Attempt) -> None:
    """The address space is another's, and the capability weak and without UPGRADE."""
    own = a_new(attempt.program, ObjectType.ADDRESS_SPACE)
    attempt.words[2] = attempt.program.clone(own, WEAK, rights=0b0111)


def weak_space(attempt: Attempt) -> None:
    """The space is another's, and the capability weak and without UPGRADE."""
    attempt.words[3] = attempt.program.thread_with_space()[1]


def an_unknown_property(attempt: Attempt) -> None:
    """No property has this number."""
    attempt.words[0] = 1


A = ObjectType
FAULTS: dict[str, dict[str, Fault]] = {
    "thread_group_new": {
        **capability_faults("parent", 0, A.THREAD_GROUP),
        **capability_faults("allocator", 1, A.ALLOCATOR),
        "parent_exited": exited(0),
    },
    "thread_group_exit": capability_faults("group", 0, A.THREAD_GROUP),
    "thread_new": {
        **capability_faults("allocator", 0, A.ALLOCATOR),
        **capability_faults("thread_group", 1, A.THREAD_GROUP),
        **capability_faults("address_space", 2, A.ADDRESS_SPACE),
        **capability_faults("cap_space", 3, A.CAPABILITY_SPACE),
        "address_space_lacks_upgrade": Fault(2, weak_address_space),
        "cap_space_lacks_upgrade": Fault(3, weak_space),
        "thread_group_exited": exited(1),
    },
    "thread_destroy": {
        **capability_faults("thread", 0, A.THREAD),
        "thread_not_suspended": Fault(0, not_suspended),
    },
    "thread_resume": {
        **capability_faults("thread", 0, A.THREAD),
        "thread_not_suspended": Fault(0, not_suspended),
        "thread_waits": Fault(0, waits),
    },
    "thread_set_property": {"unknown_property": Fault(0, an_unknown_property)},
    "thread_handle_thread_exit_sync": capability_faults("thread", 0, A.THREAD),
    "thread_handle_thread_exit_async": {
        **capability_faults("thread", 0, A.THREAD),
        **capability_faults("event_pool", 1, A.EVENT_POOL),
    },
    "cap_clone": {
        "cap_malformed": malformed(2),
        **capability_faults("src_cspace", 1, A.CAPABILITY_SPACE),
        **capability_faults("dst_cspace", 0, A.CAPABILITY_SPACE),
        "cap_untabled": a_type_without_table(2),
        "cap_unknown": unknown(2, A.KEY),
        "cap_lacks_upgrade": Fault(2, weak_without_upgrade),
        "cap_dead": Fault(2, dead_to_be_strong),
    },
    "cap_destroy": {
        "cap_malformed": malformed(1),
        **capability_faults("cspace", 0, A.CAPABILITY_SPACE),
        "cap_untabled": a_type_without_table(1),
        "cap_unknown": unknown(1, A.KEY),
    },
    "address_space_new": capability_faults("allocator", 0, A.ALLOCATOR),
    "channel_new": capability_faults("allocator", 0, A.ALLOCATOR),
    "key_new": capability_faults("allocator", 0, A.ALLOCATOR),
    "key_id": capability_faults("key", 0, A.KEY),
    "drop_check_new": capability_faults("allocator", 0, A.ALLOCATOR),
    "drop_check_reciever_handle_cap_drop_sync": capability_faults(
        "drop_check_reciever", 0, A.DROP_CHECK_RECIEVER
    ),
    "drop_check_reciever_handle_cap_drop_async": {
        **capability_faults("drop_check_reciever", 0, A.DROP_CHECK_RECIEVER),
        **capability_faults("event_pool", 1, A.EVENT_POOL),
    },
    **MEMORY_FAULTS,
    **MESSAGE_FAULTS,
}
"""For each call, what puts each of its refusals in."""


def good(program: Program, name: str) -> Attempt:
    """A call that succeeds."""
    special = {**GOOD_MEMORY, **GOOD_MESSAGES}
    if name in special:
        return special[name](program)
    known: dict[str, list[int]] = {
        "thread_group_new": [GROUP, ALLOCATOR],
        "thread_new": [ALLOCATOR, GROUP, ADDRESS_SPACE, OWN_SPACE],
        "thread_set_property": [0],
        "cap_clone": [OWN_SPACE, OWN_SPACE],
        "cap_destroy": [OWN_SPACE],
        "event_pool_new": [ALLOCATOR, 1],
    }
    objects = {
        "thread_group_exit": [A.THREAD_GROUP],
        "thread_destroy": [A.THREAD],
        "thread_resume": [A.THREAD],
        "thread_handle_thread_exit_sync": [A.THREAD],
        "thread_handle_thread_exit_async": [A.THREAD, A.EVENT_POOL],
        "cap_clone": [A.KEY],
        "cap_destroy": [A.KEY],
        "memory_get_size": [A.MEMORY],
        "key_id": [A.KEY],
        "drop_check_reciever_handle_cap_drop_sync": [A.DROP_CHECK_RECIEVER],
        "drop_check_reciever_handle_cap_drop_async": [A.DROP_CHECK_RECIEVER, A.EVENT_POOL],
    }
    words = list(known.get(name, [] if name in objects else [ALLOCATOR]))
    words += [a_new(program, kind) for kind in objects.get(name, [])]
    options = {"cap_clone": ALL, "thread_destroy": 1, "thread_new": RIGHTS_ASKED}.get(name, 0)
    return Attempt(program, words, options)
