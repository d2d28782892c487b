"""The guarantees: what a right kernel promises, and nothing else may promise."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Guarantee:
    """A promise: its id, a name that is a true sentence, and what it says.

    `checked_on` holds M where a model states it, K where the reference kernel is checked for it
    after every step, A where it is a statement over words and numbers.
    """

    id: str
    name: str
    statement: str
    checked_on: str


GUARANTEES: tuple[Guarantee, ...] = (
    Guarantee(
        "CAP-1",
        "strong_references_keep_alive",
        "An object lives as long as somebody holds it strongly: a space, a thread, a mapping, "
        "a group or a call under way.",
        "MK",
    ),
    Guarantee(
        "CAP-2",
        "rights_never_grow",
        "Nobody gets a capability or a mapping with a right that its origin had not.",
        "MKA",
    ),
    Guarantee(
        "CAP-3",
        "strong_from_weak_needs_upgrade",
        "A weak capability becomes a lasting strong reference only where it carries UPGRADE.",
        "MK",
    ),
    Guarantee(
        "CAP-4",
        "dead_weak_gives_nothing",
        "A weak capability to something dead leads nowhere, neither to the dead nor to the living.",
        "MK",
    ),
    Guarantee(
        "CAP-5",
        "ids_are_never_reused",
        "Within a space an id stands for one capability at most, ever, and none can be forged "
        "into another.",
        "MKA",
    ),
    Guarantee(
        "CAP-6",
        "a_move_leaves_one",
        "A move leaves exactly one of original and copy, on any number of processors.",
        "MK",
    ),
    Guarantee(
        "CAP-7",
        "owners_know_their_capabilities",
        "The owner of a space was told of every capability in it.",
        "MK",
    ),
    Guarantee(
        "CAP-8",
        "nothing_keeps_itself_alive",
        "Whatever lives can be reached over strong references from the kernel or from a "
        "thread that can still run; nothing lives by a cycle of its own.",
        "MK",
    ),
    Guarantee(
        "CAP-9",
        "refusals_come_in_order",
        "A call tests its refusals in the order of its table, and the first that applies is "
        "its answer.",
        "KA",
    ),
    Guarantee(
        "CAP-10",
        "a_refused_call_changes_nothing",
        "A call that answers an error has changed nothing, a dead weak capability destroyed on use "
        "excepted.",
        "MK",
    ),
    Guarantee(
        "GRP-1",
        "nothing_outlives_exit",
        "After the exit of a group is complete no thread below it runs or has any effect.",
        "MK",
    ),
    Guarantee(
        "GRP-2",
        "exited_groups_admit_nobody",
        "Nothing enters a group that has exited.",
        "MK",
    ),
    Guarantee(
        "GRP-3",
        "dropped_groups_leave_their_parent",
        "A group that is dropped leaves no entry in its parent, and takes the running thread "
        "with it if it is a member.",
        "MK",
    ),
    Guarantee(
        "GRP-4",
        "teardown_releases_everything_once",
        "Every reference of a killed thread, those on its kernel stack included, is released "
        "exactly once.",
        "MK",
    ),
    Guarantee(
        "GRP-5",
        "teardown_needs_bounded_stack",
        "Exit and drop need a bounded kernel stack whatever the depth of groups and owners.",
        "MK",
    ),
    Guarantee(
        "GRP-6",
        "exit_is_announced_once",
        "Each listener hears of a thread's end exactly once, when the thread stops.",
        "MK",
    ),
    Guarantee(
        "GRP-7",
        "locks_are_acyclic",
        "Locks are taken in an order without cycles, none twice, and no destructor runs under "
        "a lock it may need.",
        "MK",
    ),
    Guarantee(
        "GRP-8",
        "exit_completes",
        "With a fair scheduler every exit comes to its end.",
        "M",
    ),
    Guarantee(
        "SCH-1",
        "ready_means_queued_once",
        "The ready queue holds each ready thread exactly once, and nothing else.",
        "MK",
    ),
    Guarantee(
        "SCH-2",
        "one_stack_one_processor",
        "One processor at most uses a kernel stack, and a thread is picked only when its "
        "context is saved.",
        "MK",
    ),
    Guarantee(
        "SCH-3",
        "sleepers_can_be_woken",
        "A sleeper has something left that can wake it, unless it asked to sleep; and what "
        "can wake it does.",
        "MK",
    ),
    Guarantee(
        "SCH-4",
        "wake_reason_is_of_this_wait",
        "The reason and the values that a wait returns belong to this wait.",
        "MK",
    ),
    Guarantee(
        "SCH-5",
        "an_ended_wait_leaves_nothing",
        "A wait that ended leaves no queue entry, listener or timer.",
        "MK",
    ),
    Guarantee(
        "SCH-6",
        "a_processor_always_finds_a_thread",
        "A processor that needs a thread finds one.",
        "MK",
    ),
    Guarantee(
        "SCH-7",
        "every_interrupt_is_acknowledged_once",
        "Every interrupt taken is acknowledged exactly once.",
        "MK",
    ),
    Guarantee(
        "MEM-1",
        "mappings_are_disjoint",
        "The mappings of an address space share no address and end below the kernel.",
        "MKA",
    ),
    Guarantee(
        "MEM-2",
        "page_tables_match_records",
        "Page tables hold exactly what the records and the resident pages say, and no program is "
        "stopped in what they allow.",
        "MK",
    ),
    Guarantee(
        "MEM-3",
        "free_frames_are_unreachable",
        "A free frame is known to no page table, no translation cache and no object, and none "
        "is owned twice or lost.",
        "MK",
    ),
    Guarantee(
        "MEM-4",
        "mapping_rights_come_from_the_capability",
        "A mapping allows what its memory capability allowed, when made and whenever changed.",
        "MK",
    ),
    Guarantee(
        "MEM-5",
        "both_sides_agree",
        "Memories and address spaces keep the same list of mappings.",
        "MK",
    ),
    Guarantee(
        "MEM-6",
        "resize_respects_other_spaces",
        "Resizing leaves alone the mappings of spaces over which the caller has no right.",
        "MK",
    ),
    Guarantee(
        "MEM-7",
        "charged_equals_held",
        "Every allocator has charged what its objects hold, and units are freed as they were "
        "allocated.",
        "MK",
    ),
    Guarantee(
        "MEM-8",
        "fresh_pages_hold_no_secrets",
        "A page that a program is given holds zeros or what was put there for it.",
        "MK",
    ),
    Guarantee(
        "COW-1",
        "writers_are_isolated",
        "What one sharer of a page writes no other sharer reads.",
        "MK",
    ),
    Guarantee(
        "COW-2",
        "failed_copies_lose_nothing",
        "When a copy finds no frame, pages, sharers and contents stay as they were, and the "
        "caller learns of it.",
        "MK",
    ),
    Guarantee(
        "COW-3",
        "the_last_sharer_keeps_the_frame",
        "The last sharer keeps the frame without a copy, and a frame is free exactly when its "
        "last sharer is gone.",
        "MK",
    ),
    Guarantee(
        "COW-4",
        "shared_frames_are_read_only",
        "Nothing gives write access to a frame that is shared.",
        "MK",
    ),
    Guarantee(
        "IPC-1",
        "no_pair_waits",
        "No channel has a sender and a willing receiver waiting side by side.",
        "MK",
    ),
    Guarantee(
        "IPC-2",
        "delivery_is_in_order",
        "The messages of a channel are taken in the order in which it accepted them.",
        "MK",
    ),
    Guarantee(
        "IPC-3",
        "every_send_has_one_outcome",
        "Every accepted send ends once: delivered, or its sender told why not; and every "
        "accepted receive too.",
        "MK",
    ),
    Guarantee(
        "IPC-4",
        "waiting_on_the_dead_ends",
        "Whoever waits on a channel, reply, memory or pool that dies wakes with an error.",
        "MK",
    ),
    Guarantee(
        "IPC-5",
        "faults_hit_their_owner",
        "A failed delivery is told to the side that caused it; the other keeps its place.",
        "MK",
    ),
    Guarantee(
        "IPC-6",
        "a_message_is_what_was_sent",
        "What is received is what was sent at the documented moment, and sizes and counts are "
        "true.",
        "MK",
    ),
    Guarantee(
        "IPC-7",
        "every_reply_ends_once",
        "Every reply is delivered, or its caller learns that it will not be; never both, "
        "never neither.",
        "MK",
    ),
    Guarantee(
        "EVT-1",
        "accepted_events_arrive_once",
        "An event that a pool accepts reaches one consumer once, whole and in order.",
        "MK",
    ),
    Guarantee(
        "EVT-2",
        "bad_listeners_hurt_nobody",
        "A listener that is dead or full harms no other listener.",
        "MK",
    ),
    Guarantee(
        "EVT-3",
        "late_listeners_are_told",
        "A listener that comes after a one-time event is told at once.",
        "MK",
    ),
    Guarantee(
        "EVT-4",
        "removed_listeners_hear_nothing",
        "After a listener is removed it hears nothing of that source.",
        "MK",
    ),
    Guarantee(
        "ROB-1",
        "no_call_panics",
        "No sequence of calls with any arguments panics the kernel.",
        "KA",
    ),
    Guarantee(
        "ROB-2",
        "no_shortage_panics",
        "No pattern of failing allocations panics the kernel.",
        "MK",
    ),
    Guarantee(
        "ROB-3",
        "costs_fall_on_their_cause",
        "What a call consumes is charged to an allocator that its caller named; nobody costs "
        "somebody else without bound.",
        "MK",
    ),
    Guarantee(
        "ABI-1",
        "option_bits_are_disjoint",
        "No bit of an option word means two things.",
        "A",
    ),
    Guarantee(
        "ABI-2",
        "decoding_is_total",
        "Every word decodes to a value or a documented refusal, and encodes back to itself.",
        "A",
    ),
    Guarantee(
        "ABI-3",
        "ids_round_trip",
        "Packing and unpacking of ids and events lose nothing.",
        "A",
    ),
    Guarantee(
        "ATO-1",
        "orderings_suffice",
        "Each lock-free protocol keeps its guarantees with the orderings it states, and the "
        "proposed ones cannot be weaker.",
        "A",
    ),
    Guarantee(
        "LOW-1",
        "guard_pages_catch_overflow",
        "A kernel stack that overflows by up to a page faults before it reaches other memory.",
        "AM",
    ),
    Guarantee(
        "LOW-2",
        "calls_reach",
        "With the kernel linked at its address every relative call and sign-extended address "
        "reaches its target.",
        "A",
    ),
    Guarantee(
        "LOW-3",
        "the_heap_is_sound",
        "Heap blocks are apart, aligned, merged when freed, and running out is an error.",
        "MK",
    ),
    Guarantee(
        "PAG-1",
        "dirty_pages_are_not_lost",
        "With paging to disk no page is dropped while memory holds its only current copy.",
        "M",
    ),
    Guarantee(
        "PAG-2",
        "the_pager_never_waits_for_itself",
        "No fault waits, however indirectly, for the thread that has to serve it.",
        "M",
    ),
    Guarantee(
        "PAG-3",
        "lazy_pages_hold_their_source",
        "A lazily loaded page shows what its source supplied, once, in all its mappings.",
        "M",
    ),
    Guarantee(
        "ZCP-1",
        "a_sent_page_has_one_owner",
        "In a send without copying each page has one owner at every moment, and its sender "
        "loses it before its receiver gets it.",
        "MK",
    ),
)

BY_ID: Mapping[str, Guarantee] = MappingProxyType({each.id: each for each in GUARANTEES})
