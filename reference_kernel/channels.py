"""Channels: who is served when somebody sends or receives.

Source: cap/channel/mod.rs. As built a party to whom a delivery fails is taken for dead and leaves
the queue, whosever fault it is. Where faults are told, a call that is refused has told nobody.
"""

from dataclasses import replace

from reference_kernel import delivering
from reference_kernel.copying import Fault
from reference_kernel.delivery import TOO_LONG, Delivered, deliver, is_senders
from reference_kernel.draft import Draft
from reference_kernel.locks import LockKind
from reference_kernel.outcomes import Cut, Refused
from reference_kernel.parties import Receiver, Sender, WaitingThread
from reference_kernel.queues import (
    enqueue_receiver,
    forget_party,
    take_receiver,
    take_sender,
    tell_of_fault,
)
from spec.design import DeliveryFault


def send(
    draft: Draft, channel: int, sender: Sender, caller: WaitingThread | None = None
) -> Delivered | Fault | Cut | None:
    """The message goes to the first receiver that can take it; None when there is none.

    `caller` is the wait that the running thread begins for its answer. A pool that receives again
    and again goes to the tail of the queue. Where faults are told to who is at fault, the sender's
    refuse the call, and so does a message that is too long.
    """
    if draft.fine is not None:
        return delivering.send(draft, channel, sender, caller)
    with draft.lock(LockKind.CHANNEL, channel):
        return _send(draft, channel, sender, caller)


def _send(
    draft: Draft, channel: int, sender: Sender, caller: WaitingThread | None
) -> Delivered | Fault | None:
    begin = draft.mark()
    while True:
        mark = draft.mark()
        receiver = take_receiver(draft, channel)
        if receiver is None:
            return None
        delivered = deliver(draft, sender, receiver, caller)
        if isinstance(delivered, Refused) and _reports(draft):
            if is_senders(delivered) or delivered in TOO_LONG:
                draft.back_to(begin)
                return replace(delivered, after=False)
            draft.back_to(mark)
            take_receiver(draft, channel)
            tell_of_fault(draft, receiver, delivered)
        elif isinstance(delivered, Delivered) and receiver.again:
            enqueue_receiver(draft, channel, receiver)
        forget_party(draft, receiver)
        if not isinstance(delivered, Refused):
            return delivered


def receive(draft: Draft, channel: int, receiver: Receiver) -> Delivered | Fault | Cut | None:
    """The message of the first sender that can give it is received; None when there is none.

    Where faults are told to who is at fault, the receiver's refuse the call, and so does a message
    that is too long.
    """
    if draft.fine is not None:
        return delivering.receive(draft, channel, receiver)
    with draft.lock(LockKind.CHANNEL, channel):
        return _receive(draft, channel, receiver)


def _receive(draft: Draft, channel: int, receiver: Receiver) -> Delivered | Fault | None:
    begin = draft.mark()
    while True:
        mark = draft.mark()
        sender = take_sender(draft, channel)
        if sender is None:
            return None
        delivered = deliver(draft, sender, receiver)
        if isinstance(delivered, Refused) and _reports(draft):
            if not is_senders(delivered):
                draft.back_to(begin)
                return replace(delivered, after=False)
            draft.back_to(mark)
            take_sender(draft, channel)
            tell_of_fault(draft, sender, delivered)
        forget_party(draft, sender)
        if not isinstance(delivered, Refused):
            return delivered


def _reports(draft: Draft) -> bool:
    return draft.design.delivery_fault is DeliveryFault.REPORT_TO_OWNER
