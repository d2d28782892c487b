"""What threads that are gone sent, while they waited in a call of which nothing tells.

A thread that is destroyed while it waits prints no line. As built its message stays in the queue of
the channel, and is received like any other; whoever answers it finds nobody. Which message it was,
and in which channel, is chosen when a line needs it.
"""

from collections.abc import Iterator
from itertools import islice

from immutables import Map

from reference_kernel.changing import replace
from reference_kernel.draft import Draft
from reference_kernel.log.moves import SILENT, Move
from reference_kernel.log.reading import Printed, received
from reference_kernel.log.worlds import Choice, World
from reference_kernel.parties import Buffer, Sender, Taken, WaitingThread
from reference_kernel.queues import enqueue_sender
from reference_kernel.state import NOTHING, CapabilitySpace, Channel, State, Thread
from spec.design import Design, WakeProtocol
from spec.ids import ObjectType, rights_of, type_of
from spec.rights import Right

_WORD_BYTES = 8
_NO_WAIT = WaitingThread(NOTHING, 0)
"""A wait that is over."""


def noted(before: World, after: World) -> World:
    """The world after a line, in which the threads are noted that were made for it."""
    threads = after.threads
    for name in range(before.state.next_object, after.state.next_object):
        body = after.state.body(name)
        if isinstance(body, Thread):
            threads = threads.set(name, body.capability_space)
    return after if threads is after.threads else replace(after, threads=threads)


def sent(
    design: Design, world: World, line: Printed, gave: str, *, at: int, price: int
) -> Iterator[Move]:
    """The worlds in which a thread that is gone sent what the line received.

    One thread is enough of those that had the same space. Where waits that end leave their queues,
    there is no such message.
    """
    message = received(line, gave)
    if message is None or design.wake_protocol is not WakeProtocol.AS_IS:
        return
    size, calls = message
    words = Taken(size, (None,) * -(-size // _WORD_BYTES))
    for name, space in _departed(world):
        choice = Choice(SILENT, at, f"thread {name} sent, and is gone")
        answers = _answers(world.state, space) if calls else (None,)
        for channel in _channels(world.state, space, line):
            for dearer, answer in enumerate(answers):
                draft = Draft(design, world.state)
                enqueue_sender(draft, channel, Sender(space, words, _NO_WAIT, calls, answer))
                left = world.threads.delete(name)
                there = replace(world, state=draft.finish(), threads=left)
                yield Move(there, (choice,), price + dearer)


def _departed(world: World) -> Iterator[tuple[int, int]]:
    """For each space that lives a thread that had it and is gone."""
    seen: set[int] = set()
    for name, space in world.threads.items():
        if space not in seen and world.state.body(name) is None:
            seen.add(space)
            yield name, space


def _channels(state: State, space: int, line: Printed) -> Iterator[int]:
    """The channels that the line may name in some space, and to which that space has an id."""
    own = state.body(space)
    named = {
        target
        for known in state.objects.values()
        if isinstance(known.body, CapabilitySpace)
        for target in (known.body.entries.get(line.arguments[0]),)
        if target is not None and isinstance(state.body(target), Channel)
    }
    if isinstance(own, CapabilitySpace):
        yield from sorted(named.intersection(own.entries.values()))


def _answers(state: State, space: int) -> tuple[Buffer, ...]:
    """Where an answer goes that nobody waits for: into a memory that lives, or one that is gone."""
    own = state.body(space)
    entries = own.entries if isinstance(own, CapabilitySpace) else Map[int, int]()
    living = (
        target
        for word, target in sorted(entries.items())
        if type_of(word) == ObjectType.MEMORY and rights_of(word) & Right.WRITE
        if state.body(target) is not None
    )
    memories = (*islice(living, 1), NOTHING)
    return tuple(Buffer(memory, 0, _WORD_BYTES) for memory in memories)
