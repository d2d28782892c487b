"""A state amid deliveries, as if those had not begun that nobody was told of so far: `undelivered`.

While a delivery is under way a partner is in no queue but on a stack, a thread is ready and in no
queue, and a reply is not visible. Whoever asks what waits for what takes that for not yet done: the
partner waits till it wakes or is told, and so does the thread, even if it was ended meanwhile.
"""

from collections.abc import Callable

from immutables import Map

from reference_kernel.changing import replace
from reference_kernel.events import Event
from reference_kernel.machine import Grain
from reference_kernel.outcomes import Outcome
from reference_kernel.parties import Sender
from reference_kernel.sections import UNSEEN, Delivery, Rest, Section
from reference_kernel.state import (
    NOTHING,
    Body,
    CapabilitySpace,
    Channel,
    Object,
    Reply,
    State,
    Thread,
    ThreadState,
)
from spec.design import Design

_Objects = Map[int, Object]
_MOST_KNOWN = 8


class _Undelivered:
    """Knows the last states that were asked about: every check of a step asks for the same."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: list[tuple[State, bool, State]] = []

    def __call__(self, state: State, *, revives: bool = True) -> State:
        """The state without what deliveries have done that are under way; it itself if none is.

        A thread that was claimed for one sleeps again; one that was ended only if that `revives`.
        """
        if state.machine.grain is not Grain.SECTIONS:
            return state
        rests = [each.rest for each in state.processors]
        going = [each for each in rests if each is not None and each.delivery is not None]
        if not going:
            return state
        for known, how, before in self._known:
            if known is state and how is revives:
                return before
        objects = state.objects
        for rest in going:
            objects = _before(objects, rest, revives=revives)
        found = replace(state, objects=objects)
        self._known = [*self._known[1 - _MOST_KNOWN :], (state, revives, found)]
        return found


undelivered = _Undelivered()


def is_claimed(state: State, thread: int) -> bool:
    """Whether the thread is ready and in no queue, since a delivery to it is under way."""
    rests = (each.rest for each in state.processors)
    going = (each for each in rests if each is not None and each.section in UNSEEN)
    return any(each.delivery is not None and each.delivery.claimed == thread for each in going)


_Broken = Callable[[Design, State, Event, Outcome, State], str | None]


def between_deliveries(broken: _Broken) -> _Broken:
    """The same check of a step, of what is there as if no delivery were under way."""

    def looked_at(
        design: Design, before: State, event: Event, outcome: Outcome, after: State
    ) -> str | None:
        return broken(design, undelivered(before), event, outcome, undelivered(after))

    return looked_at


def _before(objects: _Objects, rest: Rest, *, revives: bool) -> _Objects:
    delivery = rest.delivery
    assert delivery is not None, rest
    objects = _queued_again(objects, delivery, rest.section)
    if rest.section not in UNSEEN:
        return objects
    reply = _body(objects, delivery.answers)
    if isinstance(reply, Reply):
        objects = _put(objects, delivery.answers, replace(reply, used=False))
    if delivery.word:
        objects = _without_reply(objects, delivery)
    body = _body(objects, delivery.claimed)
    states = (ThreadState.READY, ThreadState.DEAD) if revives else (ThreadState.READY,)
    if isinstance(body, Thread) and body.state in states:
        sleeps = replace(body, state=ThreadState.SUSPENDED, waits_on=delivery.slept_on)
        objects = _put(objects, delivery.claimed, sleeps)
    return objects


def _queued_again(objects: _Objects, delivery: Delivery, section: Section) -> _Objects:
    """The partner is the first of its queue; one that receives again, and has, is the last."""
    channel, partner = _body(objects, delivery.channel), delivery.partner
    if not isinstance(channel, Channel) or partner is None:
        return objects
    if isinstance(partner, Sender):
        queued = replace(channel, senders=(partner, *channel.senders))
    elif section in UNSEEN:
        queued = replace(channel, receivers=(partner, *channel.receivers))
    elif partner.again:
        queued = replace(channel, receivers=(*channel.receivers, partner))
    else:
        return objects
    return _put(objects, delivery.channel, queued)


def _without_reply(objects: _Objects, delivery: Delivery) -> _Objects:
    space = _body(objects, delivery.receiver.space)
    if isinstance(space, CapabilitySpace) and delivery.word in space.entries:
        left = replace(space, entries=space.entries.delete(delivery.word))
        objects = _put(objects, delivery.receiver.space, left)
    return objects.delete(delivery.reply) if delivery.reply in objects else objects


def _body(objects: _Objects, name: int) -> Body | None:
    known = objects.get(name)
    return None if known is None or name == NOTHING else known.body


def _put(objects: _Objects, name: int, body: Body) -> _Objects:
    known = objects[name]
    return objects.set(name, Object(known.type, known.strong, known.weak, body))
