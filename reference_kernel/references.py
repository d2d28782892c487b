"""What follows when references go: a worklist in the state, so that its order can be seen.

`Draft.release` only notes that a strong reference goes; `drain` works the list off. An object that
loses its last strong reference dies, and what it held is released in turn.
"""

from reference_kernel.address_spaces import destroy_address_space
from reference_kernel.changing import replace
from reference_kernel.draft import Draft
from reference_kernel.emitters import announce_drop, announce_exit, forget_listeners
from reference_kernel.entries import drop_reference
from reference_kernel.groups import end_members, exit_group, interrupt_others, unlink
from reference_kernel.memories import forget_mappings, release_pages
from reference_kernel.pools import release_pool
from reference_kernel.queues import release_queues, release_reply, tell_of_death
from reference_kernel.state import (
    AddressSpace,
    Allocator,
    Body,
    CapabilitySpace,
    Channel,
    Chore,
    DropCheck,
    DropCheckReceiver,
    EventPool,
    Key,
    Memory,
    Object,
    Opaque,
    Pending,
    PhysMem,
    Reply,
    Thread,
    ThreadGroup,
)
from reference_kernel.threads import kill, leaks_stacks, release_held
from spec.design import GroupDrop, TeardownWalk, ThreadEnd


def drain(draft: Draft) -> None:
    """Works the list off; nothing else happens meanwhile, unless each chore is a step.

    Walked recursively, what a chore sets off is done before what was left; from a worklist, after.
    """
    if draft.fine is None:
        while draft.pending:
            do_next(draft)


def do_next(draft: Draft) -> None:
    """Does the first chore of the list."""
    chore, *rest = draft.pending
    draft.pending = []
    _do(draft, chore)
    if draft.design.teardown_walk is TeardownWalk.WORKLIST:
        draft.pending = _interrupts_last(chore, rest + draft.pending)
        return
    if draft.fine is not None:
        deeper = chore.depth + 1
        draft.fine.reaches(deeper if draft.pending else chore.depth)
        draft.pending = [replace(each, depth=deeper) for each in draft.pending]
    draft.pending += rest


def _interrupts_last(done: Pending, left: list[Pending]) -> list[Pending]:
    """What is left: others are interrupted once, when all lists are worked off."""
    interrupts = [each for each in left if each.chore is Chore.INTERRUPT]
    others = [each for each in left if each.chore is not Chore.INTERRUPT]
    return others if done.chore is Chore.INTERRUPT else others + interrupts


def _do(draft: Draft, pending: Pending) -> None:
    name = pending.object
    match pending.chore:
        case Chore.RELEASE:
            _release(draft, name)
        case Chore.KILL:
            if draft.is_alive(name):
                kill(draft, name, drops=pending.drops)
        case Chore.EXIT:
            if draft.is_alive(name):
                exit_group(draft, name, drops=pending.drops)
        case Chore.INTERRUPT:
            if pending.lock is not None:
                draft.let_go(pending.lock)
            interrupt_others(draft)
        case Chore.UNLOCK:
            assert pending.lock is not None, pending
            draft.let_go(pending.lock)


def _release(draft: Draft, name: int) -> None:
    known = draft.objects[name]
    assert known.strong > 0, name
    assert known.body is not None, name
    if known.strong > 1:
        less = Object(known.type, known.strong - 1, known.weak, known.body)
        draft.objects = draft.objects.set(name, less)
        return
    if known.weak:
        draft.objects = draft.objects.set(name, Object(known.type, 0, known.weak, None))
    else:
        draft.objects = draft.objects.delete(name)
    _destroy(draft, name, known.body)


def _destroy(draft: Draft, name: int, body: Body) -> None:
    """The destructor of an object that is dead already; its fields go in their order."""
    match body:
        case Thread():
            if draft.design.thread_end is ThreadEnd.ANNOUNCED_AT_DESTRUCTION:
                body = announce_exit(draft, name, body)
            draft.forget(body.group)
            draft.release(body.address_space)
            draft.release(body.capability_space)
            if not leaks_stacks(draft.design):
                release_held(draft, body)
            forget_listeners(draft, body.exit_event)
        case ThreadGroup():
            end_members(draft, name, body, drops=True)
            if draft.design.group_drop is GroupDrop.UNLINKED:
                unlink(draft, name, body.parent)
        case CapabilitySpace():
            for word, target in sorted(body.holdings.items()):
                drop_reference(draft, name, word, target)
        case AddressSpace():
            destroy_address_space(draft, name, body)
        case DropCheck(receiver=receiver):
            announce_drop(draft, receiver)
            draft.release(receiver)
        case DropCheckReceiver():
            forget_listeners(draft, body.cap_drop)
        case Memory():
            release_pages(draft, body.pages)
            forget_mappings(draft, body)
        case EventPool():
            tell_of_death(draft, body.waiter)
            release_pool(draft, body)
        case Channel():
            release_queues(draft, body)
        case Reply():
            release_reply(draft, body)
        case PhysMem() | Allocator() | Key() | Opaque():
            pass
