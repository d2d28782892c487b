"""Who refers to what: the references that the counts have to agree with."""

from collections import Counter
from collections.abc import Iterable, Iterator

from immutables import Map

from reference_kernel.address_spaces import target_of
from reference_kernel.allocation import ROOT_ALLOCATOR
from reference_kernel.parties import Party, WaitingThread, names_of
from reference_kernel.records import PhysRecord
from reference_kernel.state import (
    NOTHING,
    AddressSpace,
    Body,
    CapabilitySpace,
    Channel,
    Chore,
    DropCheck,
    DropCheckReceiver,
    Emitter,
    EventPool,
    Memory,
    Object,
    Reply,
    State,
    Thread,
    ThreadGroup,
    ThreadState,
)
from spec.ids import ObjectType, is_weak

Objects = Map[int, Object]


def strong(objects: Objects, body: Body | None) -> Iterable[int]:
    """What the body holds, each object as often as it holds it."""
    match body:
        case CapabilitySpace(holdings=holdings):
            return [target for word, target in holdings.items() if not is_weak(word)]
        case Thread(address_space=address_space, capability_space=space, held=held):
            return (address_space, space, *held) if address_space != NOTHING else held
        case ThreadGroup(members=members):
            return [each for each in members if objects[each].type is ObjectType.THREAD]
        case AddressSpace(records=records):
            return [target_of(each) for each in records if not isinstance(each, PhysRecord)]
        case DropCheck(receiver=receiver):
            return (receiver,)
        case _:
            return ()


def weak(objects: Objects, body: Body | None) -> Iterable[int]:
    """What the body only watches, each object as often as it does."""
    match body:
        case CapabilitySpace(holdings=holdings):
            return [target for word, target in holdings.items() if is_weak(word)]
        case Thread(group=group, exit_event=emitter):
            return (group, *_listeners(emitter))
        case ThreadGroup(members=members):
            return [each for each in members if objects[each].type is not ObjectType.THREAD]
        case DropCheckReceiver(cap_drop=emitter):
            return _listeners(emitter)
        case Memory(mappings=mappings):
            return [each.space for each in mappings]
        case EventPool(mapped_in=space, waiter=waiter):
            waiters = () if waiter is None else (waiter.thread,)
            return waiters if space == NOTHING else (space, *waiters)
        case Channel(senders=senders, receivers=receivers):
            parties: tuple[Party, ...] = (*senders, *receivers)
            return [each for party in parties for each in names_of(party)]
        case Reply(caller=caller):
            return names_of(caller)
        case _:
            return ()


def _listeners(emitter: Emitter) -> Iterator[int]:
    for listener in emitter.once + emitter.always:
        yield listener.thread if isinstance(listener, WaitingThread) else listener.pool


def held_by_kernel(state: State) -> Iterator[int]:
    """What no object holds: running threads, the root allocator, what is about to be released."""
    yield ROOT_ALLOCATOR
    for processor in state.processors:
        if processor.current != NOTHING:
            yield processor.current
        if processor.leaving is not None and processor.leaving.thread != NOTHING:
            yield processor.leaving.thread
        for pending in processor.pending:
            if pending.chore is Chore.RELEASE:
                yield pending.object
        if processor.rest is not None:
            yield from processor.rest.held


def strong_holds(state: State) -> Counter[int]:
    """How many strong references there are to each object."""
    holds = Counter(held_by_kernel(state))
    for known in state.objects.values():
        holds.update(strong(state.objects, known.body))
    return holds


def weak_holds(state: State) -> Counter[int]:
    """How many weak references there are to each object."""
    holds = Counter(each for each in state.ready if each != NOTHING)
    holds.update(watched_by_kernel(state))
    for known in state.objects.values():
        holds.update(weak(state.objects, known.body))
    return holds


def watched_by_kernel(state: State) -> Iterator[int]:
    """What partners of deliveries under way name, whom processors took out of queues."""
    for processor in state.processors:
        delivery = None if processor.rest is None else processor.rest.delivery
        if delivery is not None and delivery.partner is not None and not delivery.is_answer:
            yield from names_of(delivery.partner)


def has_ended(state: State, thread: int) -> bool:
    """Whether the thread will never run again, or is gone."""
    body = state.body(thread)
    if not isinstance(body, Thread):
        return True
    if state.is_left(thread):
        return False
    return body.state is ThreadState.DEAD or (not body.is_alive and thread not in state.running)


def title(state: State, name: int) -> str:
    """The object in words: its kind and its name."""
    known = state.objects.get(name)
    return f"object {name}" if known is None else f"{known.type.name} {name}"
