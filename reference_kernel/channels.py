"""Channels: who is served when somebody sends or receives.

Source: cap/channel/mod.rs. A party to whom a delivery fails is taken for dead and leaves the queue.
"""

from reference_kernel.copying import Fault
from reference_kernel.delivery import Delivered, deliver
from reference_kernel.draft import Draft
from reference_kernel.outcomes import Refused
from reference_kernel.parties import Receiver, Sender, WaitingThread
from reference_kernel.queues import (
    enqueue_receiver,
    forget_party,
    take_receiver,
    take_sender,
)


def send(
    draft: Draft, channel: int, sender: Sender, caller: WaitingThread | None = None
) -> Delivered | Fault | None:
    """The message goes to the first receiver that can take it; None when there is none.

    `caller` is the wait that the running thread begins for its answer. A pool that receives again
    and again goes to the tail of the queue.
    """
    while (receiver := take_receiver(draft, channel)) is not None:
        delivered = deliver(draft, sender, receiver, caller)
        if isinstance(delivered, Delivered) and receiver.again:
            enqueue_receiver(draft, channel, receiver)
        forget_party(draft, receiver)
        if not isinstance(delivered, Refused):
            return delivered
    return None


def receive(draft: Draft, channel: int, receiver: Receiver) -> Delivered | Fault | None:
    """The message of the first sender that can give it is received; None when there is none."""
    while (sender := take_sender(draft, channel)) is not None:
        delivered = deliver(draft, sender, receiver)
        forget_party(draft, sender)
        if not isinstance(delivered, Refused):
            return delivered
    return None
