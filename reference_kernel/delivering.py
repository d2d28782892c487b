"""A delivery as a row of sections: how a call goes on with it, from partner to partner.

The lock of the channel is held from where a partner is popped to where the delivery is over, from
one section to the next; an answer has no channel, and what it uses up is its first step. Each
section begins the call anew: its look-ups give what the stack holds, and `send`, `receive` and
`answer` go on with the delivery under way. While it is, the stack holds what both sides were looked
up by, so that nothing of it dies.

As built nothing is undone but the reply, so a partner is popped in one section and the message is
copied in the next. Where faults are told to who is at fault, a delivery that fails has told nobody:
what it did is undone, and that would undo what other processors did meanwhile. There all that can
fail is one section. Behind it nothing fails as proposed: the thread that receives is claimed, and
one that is ended then has received. What a delivery needs of memory once it is under way it has.
Source: cap/channel/mod.rs.
"""

from dataclasses import replace

from reference_kernel.copying import Fault
from reference_kernel.delivery import (
    TOO_LONG,
    Delivered,
    acknowledges,
    copies,
    hands_over,
    is_senders,
    opens,
    takes_back,
)
from reference_kernel.draft import Draft, Mark
from reference_kernel.locks import Lock, LockKind
from reference_kernel.outcomes import Cut, Refused
from reference_kernel.parties import Buffer, Party, Receiver, Sender, names_of
from reference_kernel.processors import drops_outside
from reference_kernel.queues import (
    enqueue_receiver,
    forget_party,
    take_receiver,
    take_sender,
    tell_of_fault,
)
from reference_kernel.sections import Delivery, Rest, Section
from spec.design import DeliveryFault, ReplyClaim
from spec.errors import Error

_USED = Refused(Error.INVL_OP, "reply_used")
Gave = Delivered | Fault | Cut


def under_way(draft: Draft) -> Delivery | None:
    """The delivery with which the call goes on, if it is in the middle of one."""
    rest = _rest(draft)
    return None if rest is None else rest.delivery


def _rest(draft: Draft) -> Rest | None:
    return None if draft.fine is None else draft.processors[draft.here].rest


def takes_next(draft: Draft, channel: int, receiver: Receiver, taken: int) -> Cut:
    """A pool that took so many messages takes the next one in a section of its own."""
    return _cut(draft, Section.TRIES_NEXT, Delivery(receiver, channel, taken=taken))


def answer(draft: Draft, sender: Sender, reply: int) -> Gave:
    """The next section of an answer to who waits for the reply, whom nobody else is tried for."""
    if under_way(draft) is None:
        begun = Delivery(sender, answers=reply, partner=draft.reply(reply).caller)
        opened = opens(draft, begun)
        if not isinstance(opened, Delivery):
            return opened
        if not reports(draft):
            return _cut(draft, Section.COPIES, _holds(draft, opened))
        copied = copies(draft, opened)
        return _next(draft, _holds(draft, copied)) if isinstance(copied, Delivery) else copied
    gave = goes_on(draft, Delivery(sender))
    assert gave is not None, reply
    return gave


def goes_on(draft: Draft, begins: Delivery) -> Gave | None:
    """The next section of the delivery under way, or the first of one; None without a partner."""
    rest = _rest(draft)
    assert rest is not None, begins
    delivery = rest.delivery
    match rest.section:
        case Section.COPIES if delivery is not None:
            is_late = _is_used_up(draft, delivery)
            copied = _USED if is_late else copies(draft, delivery, is_later=True)
            if isinstance(copied, Refused):
                return _fails(draft, delivery, copied)
            return _next(draft, copied) if isinstance(copied, Delivery) else copied
        case Section.HANDS_OVER if delivery is not None:
            fault = hands_over(draft, delivery)
            if fault is not None:
                _lets_go(draft, delivery)
                return fault
            return _next(draft, delivery, is_handed_over=True)
        case Section.ACKNOWLEDGES if delivery is not None:
            return acknowledges(draft, delivery) or _ends(draft, delivery)
        case _:
            return _begins(draft, delivery or begins)


def _begins(draft: Draft, delivery: Delivery) -> Gave | None:
    assert draft.fine is not None
    lock = Lock(LockKind.CHANNEL, delivery.channel)
    if lock not in draft.fine.locks:
        draft.take(lock)
    gave = _tries_and_tells(draft, delivery) if reports(draft) else _tries(draft, delivery)
    if gave is None or isinstance(gave, Refused):
        _unlocks(draft, delivery)
    return gave


def _tries(draft: Draft, delivery: Delivery) -> Gave | None:
    """One after the other is popped, till a delivery to it, or from it, has begun."""
    while True:
        partner = takes(draft, delivery)
        if partner is None:
            return None
        opened = opens(draft, replace(delivery, partner=partner))
        if isinstance(opened, Delivery):
            return _cut(draft, Section.COPIES, _holds(draft, opened))
        if not isinstance(opened, Refused):
            return opened
        forget_party(draft, partner)
        delivery = replace(delivery, tried=True)


def _tries_and_tells(draft: Draft, delivery: Delivery) -> Gave | None:
    """The same to where the message is copied; whose fault it is that it fails learns of it."""
    begin = draft.mark()
    while True:
        mark = draft.mark()
        partner = takes(draft, delivery)
        if partner is None:
            return None
        opened = opens(draft, replace(delivery, partner=partner))
        copied = copies(draft, opened) if isinstance(opened, Delivery) else opened
        if isinstance(copied, Delivery):
            return _next(draft, _holds(draft, copied))
        if not isinstance(copied, Refused):
            return copied
        refused = blames(draft, delivery, copied, begin, mark)
        if refused is not None:
            return refused
        forget_party(draft, partner)


def reports(draft: Draft) -> bool:
    """Whether faults are told to who is at fault."""
    return draft.design.delivery_fault is DeliveryFault.REPORT_TO_OWNER


def blames(
    draft: Draft, delivery: Delivery, fault: Refused, begin: Mark, mark: Mark
) -> Refused | None:
    """Nothing of what failed has happened: since `begin` if the call is refused for it.

    Else since `mark`, behind which a partner was tried: he is out of the queue, and told.
    """
    if _is_own(delivery, fault):
        draft.back_to(begin)
        return replace(fault, after=False)
    draft.back_to(mark)
    partner = takes(draft, delivery)
    assert partner is not None, delivery
    tell_of_fault(draft, partner, fault)
    return None


def _is_own(delivery: Delivery, fault: Refused) -> bool:
    """Whether the fault is the caller's: what refuses the call."""
    if isinstance(delivery.own, Sender):
        return is_senders(fault) or fault in TOO_LONG
    return not is_senders(fault)


def takes(draft: Draft, delivery: Delivery) -> Party | None:
    """The first who may be the partner leaves the queue; None where nobody is in it."""
    if isinstance(delivery.own, Sender):
        return take_receiver(draft, delivery.channel)
    return take_sender(draft, delivery.channel)


def _holds(draft: Draft, delivery: Delivery) -> Delivery:
    """The stack holds what the partner names and the delivery needs."""
    partner = delivery.partner
    assert draft.fine is not None
    assert partner is not None, delivery
    if isinstance(partner, Receiver):
        names = names_of(partner)
    else:
        message = partner.message
        names = (partner.space, *((message.memory,) if isinstance(message, Buffer) else ()))
    for name in names:
        draft.hold(name)
    draft.fine.held += names
    return replace(delivery, holds=names)


def _lets_go(draft: Draft, delivery: Delivery) -> None:
    """The stack holds nothing of the delivery any more."""
    assert draft.fine is not None
    if delivery.holds:
        del draft.fine.held[-len(delivery.holds) :]
    for name in reversed(delivery.holds):
        draft.release(name)


def _next(draft: Draft, delivery: Delivery, *, is_handed_over: bool = False) -> Gave:
    """What is left of a delivery whose message was copied; steps that do nothing are none."""
    receiver, sender = delivery.receiver, delivery.sender
    if delivery.is_answer:
        draft.put(delivery.answers, replace(draft.reply(delivery.answers), used=True))
    if not is_handed_over and (delivery.word or receiver.listener is not None):
        return _cut(draft, Section.HANDS_OVER, delivery)
    if not sender.calls and sender.listener is not None:
        return _cut(draft, Section.ACKNOWLEDGES, delivery)
    return _ends(draft, delivery)


def _is_used_up(draft: Draft, delivery: Delivery) -> bool:
    """Whether another one has answered since this one began to, where that claims nothing."""
    late = draft.design.reply_claim is not ReplyClaim.AT_START
    return delivery.is_answer and late and draft.reply(delivery.answers).used


def _fails(draft: Draft, delivery: Delivery, fault: Refused) -> Gave:
    """As built the partner is dropped, whosever fault it is, and the next one is tried."""
    panic = takes_back(draft, delivery)
    if panic is not None:
        return panic
    _lets_go(draft, delivery)
    if delivery.is_answer:
        return replace(fault, after=True)
    assert delivery.partner is not None, delivery
    forget_party(draft, delivery.partner)
    left = Delivery(delivery.own, delivery.channel, caller=delivery.caller, tried=True)
    return _cut(draft, Section.TRIES_NEXT, left)


def _ends(draft: Draft, delivery: Delivery) -> Delivered:
    """The partner is forgotten, and the lock let go; a pool that receives again is queued."""
    partner = delivery.partner
    assert partner is not None, delivery
    if not delivery.is_answer:
        if isinstance(partner, Receiver) and partner.again:
            enqueue_receiver(draft, delivery.channel, partner)
        forget_party(draft, partner)
    _lets_go(draft, delivery)
    if not delivery.is_answer:
        _unlocks(draft, delivery)
    return Delivered(delivery.size, delivery.word, delivery.whole)


def _unlocks(draft: Draft, delivery: Delivery) -> None:
    """The lock of the channel is let go; as built what was held is dropped under it."""
    lock = Lock(LockKind.CHANNEL, delivery.channel)
    if draft.pending and not drops_outside(draft.design):
        draft.let_go_later(lock)
    else:
        draft.let_go(lock)


def _cut(draft: Draft, section: Section, delivery: Delivery) -> Cut:
    rest = _rest(draft)
    assert rest is not None, delivery
    return Cut(replace(draft.cut(section, rest.event).rest, delivery=delivery))
