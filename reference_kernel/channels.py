"""Channels: who is served when somebody sends or receives.

Source: cap/channel/mod.rs. As built a party to whom a delivery fails is taken for dead and leaves
the queue, whosever fault it is. Where faults are told, a call that is refused has told nobody.
"""

from reference_kernel.changing import replace
from reference_kernel.copying import Fault
from reference_kernel.delivering import Gave, blames, goes_on, reports, takes
from reference_kernel.delivery import Delivered, deliver
from reference_kernel.draft import Draft
from reference_kernel.outcomes import Refused
from reference_kernel.parties import Receiver, Sender, WaitingThread
from reference_kernel.queues import enqueue_receiver, forget_party
from reference_kernel.sections import Delivery


def send(
    draft: Draft, channel: int, sender: Sender, caller: WaitingThread | None = None
) -> Gave | None:
    """The message goes to the first receiver that can take it; None when there is none.

    `caller` is the wait that the running thread begins for its answer. A pool that receives again
    and again goes to the tail of the queue. Where faults are told to who is at fault, the sender's
    refuse the call, and so does a message that is too long.
    """
    return _delivered(draft, Delivery(sender, channel, caller=caller))


def receive(draft: Draft, channel: int, receiver: Receiver) -> Gave | None:
    """The message of the first sender that can give it is received; None when there is none.

    Where faults are told to who is at fault, the receiver's refuse the call, and so does a message
    that is too long.
    """
    return _delivered(draft, Delivery(receiver, channel))


def _delivered(draft: Draft, delivery: Delivery) -> Gave | None:
    return goes_on(draft, delivery) if draft.fine is not None else _at_once(draft, delivery)


def _at_once(draft: Draft, delivery: Delivery) -> Delivered | Fault | None:
    """The whole of it as one step, to one partner after the other."""
    begin = draft.mark()
    while True:
        mark = draft.mark()
        partner = takes(draft, delivery)
        if partner is None:
            return None
        tried = replace(delivery, partner=partner)
        gave = deliver(draft, tried.sender, tried.receiver, tried.caller)
        if isinstance(gave, Refused) and reports(draft):
            refused = blames(draft, delivery, gave, begin, mark)
            if refused is not None:
                return refused
        elif isinstance(gave, Delivered) and isinstance(partner, Receiver) and partner.again:
            enqueue_receiver(draft, delivery.channel, partner)
        forget_party(draft, partner)
        if not isinstance(gave, Refused):
            return gave
