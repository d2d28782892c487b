"""What may have happened before a line without one, where nobody knows who runs.

What comes to nothing for the line is dearer: a move that names none of its objects, or none of the
sort that it makes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import islice
from typing import NamedTuple

from immutables import Map

from reference_kernel.changing import replace
from reference_kernel.events import CallMade
from reference_kernel.log import departed
from reference_kernel.log.crowd import (
    alike,
    elsewhere,
    free,
    left,
    rested,
    returning,
    running,
    sleeping,
    stopped,
    woken,
)
from reference_kernel.log.moves import SILENT, TIMEOUT, Move, buried, silent_calls
from reference_kernel.log.printing import call_text, capability, result_text
from reference_kernel.log.reading import Printed, delivered, readings, received
from reference_kernel.log.search import Ahead, Told
from reference_kernel.log.whose import bound
from reference_kernel.log.worlds import Begun, Choice, Chosen, World, perform, settled, sleeps
from reference_kernel.outcomes import Blocked, Ended, Ok, Outcome, Refused
from reference_kernel.state import CapabilitySpace, State, Thread
from spec.design import Design
from spec.errors import Error
from spec.ids import ObjectType, type_of
from spec.syscalls import BY_NAME

ORDER = "order of calls"
_INTERRUPT = "exit interrupt"
_ENTERS = 1
_TIMED_OUT = 2
_AHEAD = 3
_RETURNS = 4
_WAITS = 6
_DEPARTED = 10
_SILENT = 12
_EMITS = frozenset(
    call.number
    for call in BY_NAME.values()
    if call.drops or call.name.startswith(("channel_", "reply_", "thread_", "drop_check_"))
)
_AWAIT = BY_NAME["event_pool_await"].number
_REPLY = BY_NAME["reply_reply"].number
_CALL = BY_NAME["channel_sync_call"].number
_SEND = BY_NAME["channel_sync_send"].number
_RECEIVE = BY_NAME["channel_sync_recv"].number
_NOBODY = {f"Err(SysErr::{error.printed})" for error in (Error.OK_UNREACH, Error.INVL_WEAK)}
_TIME_CAME = f"Err(SysErr::{Error.OK_TIMEOUT.printed})"
_DESTROYS = BY_NAME["thread_destroy"].number
_MOST_AHEAD = 24
_MOST_WAITING = 24
_MOST_ALIKE = 3


class _About(NamedTuple):
    """What every guess asks of a world before a line.

    The objects that the line names, and the threads that may have done something unseen, each with
    how unlikely it is of it; `before` has for some threads the next line that only each can print.
    """

    named: frozenset[int]
    likely: tuple[tuple[int, int], ...]
    before: dict[int, int]


def _about(world: World, told: Told) -> _About:
    named = _named(world, told.printed)
    before = bound(world, told.later, told.trace.line)
    return _About(named, tuple(_likely(world, named)), before)


def unseen(design: Design, world: World, told: Told) -> Iterator[Move]:
    """What any thread may have done before the line, the likeliest first."""
    yield from sorted(_known(design, world, told.trace.line), key=_price)
    if not told.sure:
        about = _about(world, told)
        guesses = (
            _ahead(design, world, told, about),
            _waits(design, world, told, about),
            _departed(design, world, told),
            _silent(design, world, told, about),
        )
        yield from merge(*guesses, key=_price)


def _price(move: Move) -> int:
    return move.price


def _known(design: Design, world: World, line: int) -> Iterator[Move]:
    """Calls that were told of enter, waits end, and who is woken returns."""
    for begun in world.told:
        there = entered(design, world, begun)
        if there is not None:
            yield Move(there, (_order(line, begun.thread),), _ENTERS)
    for name, _ in sleeping(world):
        choice = Choice(TIMEOUT, line, f"thread {name}, before it")
        yield Move(woken(design, world, name), (choice,), _TIMED_OUT)
    for name, there in stopped(design, world):
        choice = Choice(_INTERRUPT, line, f"thread {name} stops before it")
        yield Move(there, (choice,), _TIMED_OUT)
    for name, _ in returning(world):
        if _holds(world, name):
            there = left(design, world, name, line)
            if there is not None:
                yield Move(there, (_order(line, name),), _RETURNS)


def _holds(world: World, name: int) -> bool:
    body = world.state.body(name)
    return isinstance(body, Thread) and bool(body.held)


def _order(line: int, thread: int) -> Choice:
    return Choice(ORDER, line, f"thread {thread} was first")


def entered(design: Design, world: World, begun: Begun) -> World | None:
    """The world in which a call that was told of has been made; None if its thread cannot."""
    if begun.thread not in {name for name, body in _outside(world)}:
        return None
    there = replace(world, told=tuple(each for each in world.told if each is not begun))
    there = running(design, there, begun.thread)
    then, outcome = perform(design, there, begun.made, line=begun.line, sure=True)
    if not isinstance(outcome, Blocked | Ended):
        then = replace(then, printing=(*then.printing, replace(begun, outcome=outcome)))
    return rested(design, replace(buried(then), last=begun.thread))


def _outside(world: World) -> Iterator[tuple[int, Thread]]:
    """The threads that are ready and not in a call."""
    yield from free(replace(world, told=()))


def _ahead(design: Design, world: World, told: Told, about: _About) -> Iterator[Move]:
    """A call had its effect before this line, and prints a later one."""
    names = [each[-1] for each in alike(world)]
    own = {name: _held(world.state, name) for name in names}
    for number, ahead in enumerate(told.later.after(told.trace.line)):
        if number == _MOST_AHEAD:
            return
        for name in names:
            if about.before.get(name, ahead.line) < ahead.line:
                continue
            if not _concerns(own[name], ahead.printed, told.printed, about.named):
                continue
            for then, outcome, made, chosen in made_by(design, world, name, ahead, told):
                choice = _order(told.trace.line, name)
                for there in _left(then, outcome, made, ahead):
                    yield Move(there, (*chosen, choice), _AHEAD + number // 4)


def _left(world: World, outcome: Outcome, made: CallMade, ahead: Ahead) -> Iterator[World]:
    """The world in which a call has left the kernel with what the later line prints."""
    if isinstance(outcome, Ok | Refused) and result_text(made.number, outcome) == ahead.gave:
        begun = Begun(made.thread, ahead.line, made, outcome)
        yield replace(world, printing=(*world.printing, begun))


def begun_before(design: Design, world: World, earlier: Told, told: Told) -> Iterator[Move]:
    """The call was made before that line: what it gave is printed late, or its thread waits.

    Or a thread that the call is about waits since then, or for what the call answers, or it sent
    what the call receives.
    """
    world, line = rested(design, world), earlier.trace.line
    if _finds_nobody(earlier, told):
        yield from _departed(design, world, earlier)
    named, before = _named(world, told.printed), bound(world, told.later, line)
    for name in sorted(named.intersection(name for name, _ in free(world))):
        yield from _silently(design, world, name, told, named)
    if told.printed.number == _REPLY:
        yield from _waits(design, world, told, _about(world, told))
    ahead = Ahead(told.trace.line, told.printed, told.trace.call, told.trace.gave, waits=True)
    for rank, name in _likely(world, named):
        yield from _sending(design, world, name, told, named)
        if before.get(name, ahead.line) < ahead.line:
            continue
        for then, outcome, made, chosen in made_by(design, world, name, ahead, told):
            choice = _order(ahead.line, name)
            for there in _begun(design, then, outcome, made, ahead):
                yield Move(there, (*chosen, choice), _AHEAD + rank)


def running_elsewhere(design: Design, world: World, line: int, by: int | None) -> Iterator[Move]:
    """A thread runs on another processor while the line's call is made, which may end it.

    It is the one that the log calls `by`, if anybody knows which that is.
    """
    world = rested(design, world)
    names = dict(world.names)
    known = frozenset(names.values()).union(each.thread for each in (*world.told, *world.printing))
    unknown = [kind[-1] for kind in alike(world, group=True) if known.isdisjoint(kind)]
    for name in (names[by],) if by in names else sorted({*known, *unknown}):
        there = elsewhere(design, world, name)
        if there is not None:
            choice = Choice(_INTERRUPT, line, f"thread {name} runs on")
            yield Move(there, (choice,), _TIMED_OUT)


def _finds_nobody(earlier: Told, told: Told) -> bool:
    """Whether the line answers what the earlier one received, and nobody waits for the answer."""
    if told.printed.number != _REPLY or told.trace.gave not in _NOBODY:
        return False
    return capability(told.printed.arguments[0]) in earlier.trace.gave


def _begun(
    design: Design, world: World, outcome: Outcome, made: CallMade, ahead: Ahead
) -> Iterator[World]:
    """The worlds in which the call that gave this may still print the line."""
    if isinstance(outcome, Blocked):
        yield world
        if sleeps(world.state, made.thread):
            yield woken(design, world, made.thread)
    else:
        yield from _left(world, outcome, made, ahead)


def made_by(
    design: Design, world: World, thread: int, ahead: Ahead, told: Told
) -> Iterator[tuple[World, Outcome, CallMade, Chosen]]:
    """The worlds in which the thread has made a call that a later line prints."""
    if ahead.printed.wrong:
        return
    there = running(design, world, thread)
    for reading in readings(design, ahead.printed, ahead.gave):
        made = CallMade(thread, ahead.printed.number, reading.options, ahead.printed.arguments)
        for known, chosen in settled(design, there, made):
            then, outcome = perform(design, known, made, line=told.trace.line, sure=False)
            yield rested(design, buried(then)), outcome, made, chosen


def _waits(design: Design, world: World, told: Told, about: _About) -> Iterator[Move]:
    """A thread waits in a call that a later line prints, unless it is destroyed now.

    Where the line says that its time came, it had come already.
    """
    line, (named, likely, before) = told.trace.line, about
    price = _SILENT if told.printed.number == _DESTROYS else _WAITS
    begun, own = _waiters(world), {name: _held(world.state, name) for _, name in likely}
    guesses = (
        (price + number // 2 + rank + over, name, ahead)
        for number, ahead in enumerate(told.later.waiting(line, _MOST_WAITING))
        for over in (
            _SILENT * (begun[_words(ahead.printed)] >= told.later.times(ahead.text, line)),
        )
        for rank, name in likely
        if before.get(name, ahead.line) >= ahead.line
        if name in named or _concerns(own[name], ahead.printed, told.printed, named)
    )
    for price, name, ahead in sorted(guesses, key=lambda each: each[0]):
        for then, outcome, made, chosen in made_by(design, world, name, ahead, told):
            if not isinstance(outcome, Blocked) or not _still(then, made):
                continue
            chosen += (Choice(SILENT, line, f"thread {name} in call {made.number}"),)
            late = told.later.tells(ahead.text, _TIME_CAME, line) and sleeps(then.state, name)
            if late:
                choice = Choice(TIMEOUT, line, f"thread {name}, before it")
                yield Move(woken(design, then, name), (*chosen, choice), price)
            yield Move(then, chosen, price + late)


def _waiters(world: World) -> Counter[tuple[int, tuple[int, ...]]]:
    """How many threads wait in each call: it is seldom that more do than lines print it."""
    bodies = (known.body for known in world.state.objects.values())
    return Counter(
        _words(body.call) for body in bodies if isinstance(body, Thread) and body.call is not None
    )


def _words(call: Printed | CallMade) -> tuple[int, tuple[int, ...]]:
    return call.number, call.arguments


def _likely(world: World, named: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Threads that may have done something unseen, and how unlikely it is of each.

    It is a thread that the line is about, or else the newest, and the last caller last; of those
    that are alike a few are enough.
    """

    def rank(name: int) -> tuple[bool, bool, int]:
        return name not in named, name == world.last, -name

    classes = alike(world, group=True)
    few = (name for names in classes for name in sorted(names, key=rank)[:_MOST_ALIKE])
    yield from enumerate(sorted(few, key=rank))


def _named(world: World, line: Printed) -> frozenset[int]:
    """The objects that the line names, whoever calls."""
    return frozenset(
        each for names in alike(world) for each in _objects(_held(world.state, names[0]), line)
    )


def _still(world: World, made: CallMade) -> bool:
    """Whether the thread waits, and is not ready again at once."""
    return all(name != made.thread for name, _ in returning(world))


def _departed(design: Design, world: World, told: Told) -> Iterator[Move]:
    """A thread that is gone sent what the line received."""
    line, gave = told.trace.line, told.trace.gave
    if not _is_answered(told):
        yield from departed.sent(design, world, told.printed, gave, at=line, price=_DEPARTED)


def _is_answered(told: Told) -> bool:
    """Whether a line soon after this one answers the call that it received."""
    return any(
        ahead.printed.number == _REPLY
        and ahead.gave not in _NOBODY
        and capability(ahead.printed.arguments[0]) in told.trace.gave
        for ahead in islice(told.later.after(told.trace.line), _MOST_AHEAD)
    )


def _silent(design: Design, world: World, told: Told, about: _About) -> Iterator[Move]:
    """A thread waits in a call that prints no line any more, or ends."""
    guesses = (
        ((_WAITS if name in about.named else _SILENT) + rank, name) for rank, name in about.likely
    )
    for price, name in sorted(guesses):
        for move in _silently(design, world, name, told, about.named):
            yield replace(move, price=price)


def _silently(
    design: Design, world: World, name: int, told: Told, named: frozenset[int]
) -> Iterator[Move]:
    """The thread does so."""
    guesses = silent_calls(world.state, name)
    yield from _waiting_in(design, world, name, guesses, told.trace.line)
    yield from _sending(design, world, name, told, named)


def _sending(
    design: Design, world: World, name: int, told: Told, named: frozenset[int]
) -> Iterator[Move]:
    """The thread waits in a call that no line prints, and that the line is the other side of."""
    guesses = (*_sent(world.state, name, told, named), *_listens(world.state, name, told, named))
    yield from _waiting_in(design, world, name, guesses, told.trace.line)


def _waiting_in(
    design: Design, world: World, name: int, guesses: Iterable[CallMade], line: int
) -> Iterator[Move]:
    there = running(design, world, name)
    if there.state.current != name:
        return
    for guess in guesses:
        made = replace(guess, thread=name)
        for known, chosen in settled(design, there, made):
            then, outcome = perform(design, known, made, line=line, sure=False)
            if isinstance(outcome, Blocked | Ended):
                silent = Choice(SILENT, line, f"thread {name} in call {made.number}")
                yield Move(rested(design, buried(then)), (*chosen, silent), _SILENT)


def _sent(state: State, name: int, told: Told, named: frozenset[int]) -> Iterator[CallMade]:
    """Calls that no line prints by which the thread may have sent what the line received.

    How much that was, the line says; from which memory it came, nobody knows.
    """
    message = received(told.printed, told.trace.gave)
    if message is None:
        return
    size, calls = message
    own = dict(_held(state, name))
    channels = [word for word, target in sorted(own.items()) if target in named]
    memories = [word for word in sorted(own) if type_of(word) == ObjectType.MEMORY]
    for channel in channels:
        for memory in memories[:_MOST_ALIKE] if type_of(channel) == ObjectType.CHANNEL else ():
            sent = (channel, memory, 0, size)
            if calls:
                yield CallMade(name, _CALL, 0, (*sent, memory, 0, 0, 0))
            else:
                yield CallMade(name, _SEND, 0, (*sent, 0, 0, 0, 0))


def _listens(state: State, name: int, told: Told, named: frozenset[int]) -> Iterator[CallMade]:
    """Calls that no line prints in which the thread may receive what the line sent.

    Or in which it may wait for the events for which the line would.
    """
    own = dict(_held(state, name))
    words = [word for word, target in sorted(own.items()) if target in named]
    size = delivered(told.printed, told.trace.gave)
    for word in words:
        if type_of(word) == ObjectType.EVENT_POOL and told.printed.number == _AWAIT:
            yield CallMade(name, _AWAIT, 0, (word, *(0,) * 7))
    memories = [word for word in sorted(own) if type_of(word) == ObjectType.MEMORY]
    for word in words if size is not None else ():
        for memory in memories[:_MOST_ALIKE] if type_of(word) == ObjectType.CHANNEL else ():
            yield CallMade(name, _RECEIVE, 0, (word, memory, 0, size or 0, 0, 0, 0, 0))


def _concerns(own: Map[int, int], ahead: Printed, line: Printed, named: frozenset[int]) -> bool:
    """Whether a call may matter for the line, which names these, whoever calls there.

    They are alike or name a common object, or the one may tell what the other awaits. The thread
    that makes the call has these ids of its `own`.
    """
    if ahead.number == line.number or (line.number == _AWAIT and ahead.number in _EMITS):
        return True
    if line.number == _REPLY and ahead.number == _CALL:
        return True
    return not named.isdisjoint(_objects(own, ahead))


def _objects(own: Map[int, int], printed: Printed) -> Iterator[int]:
    """What a call of a thread with these ids names, apart from what most calls do."""
    for word in printed.arguments:
        target = own.get(word)
        if target is not None and type_of(word) not in _COMMON:
            yield target


def _held(state: State, thread: int) -> Map[int, int]:
    """The ids of the thread's space, and what they name."""
    body = state.body(thread)
    space = state.body(body.capability_space) if isinstance(body, Thread) else None
    return space.entries if isinstance(space, CapabilitySpace) else Map()


_COMMON = frozenset((ObjectType.ALLOCATOR, ObjectType.ADDRESS_SPACE, ObjectType.CAPABILITY_SPACE))


def printed_by(design: Design, world: World, text: str) -> Iterator[Begun]:
    """The calls that have left the kernel and would print this line."""
    for begun in world.printing:
        if call_text(design, begun.made) == text:
            yield begun
