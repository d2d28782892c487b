"""reply_reply.

Source: syscall/reply.rs, cap/reply.rs.
"""

from reference_kernel.capability_space import find
from reference_kernel.changing import replace
from reference_kernel.delivering import answer, under_way
from reference_kernel.delivery import Delivered, hand_over
from reference_kernel.draft import Draft
from reference_kernel.entries import remove
from reference_kernel.events import CallMade
from reference_kernel.messages import Spaces
from reference_kernel.outcomes import Cut, Ok, Outcome, Refused
from reference_kernel.parties import Buffer, Sender
from spec.design import DeliveryFault, ReplyBufferRight, ReplyClaim
from spec.errors import Error
from spec.ids import ObjectType
from spec.rights import Right

_SPACE_DEAD = Refused(Error.INVL_WEAK, "caller_space_dead")


def reply_reply(draft: Draft, call: CallMade) -> Outcome:
    """The caller that waits for this reply gets the message as its answer; gives its size.

    The reply goes when it succeeds; as built it is used up when it does not, too.
    """
    reply = find(draft, call, 0, kind=ObjectType.REPLY, needed=Right.WRITE, name="reply")
    if not isinstance(reply, int):
        return reply
    reads = draft.design.reply_buffer_right is ReplyBufferRight.READ
    needed = Right.READ if reads else Right.WRITE
    memory = find(draft, call, 1, kind=ObjectType.MEMORY, needed=needed, name="memory")
    if not isinstance(memory, int):
        return memory
    message = Buffer(memory, *call.arguments[2:4])
    if under_way(draft) is not None:
        return _goes_on(draft, call, reply, message)
    body = draft.reply(reply)
    if body.used:
        return Refused(Error.INVL_OP, "reply_used")
    early = draft.design.reply_claim is ReplyClaim.AT_START
    if early:
        draft.put(reply, replace(body, used=True))
    mark = draft.mark()
    size = _answer(draft, call, reply, message)
    if isinstance(size, Cut):
        return size
    if not isinstance(size, int):
        if draft.design.delivery_fault is DeliveryFault.REPORT_TO_OWNER:
            draft.back_to(mark)
        if isinstance(size, Refused):
            return replace(size, after=early or draft.changed_since(mark))
        return size
    return _is_answered(draft, call, reply, size)


def _goes_on(draft: Draft, call: CallMade, reply: int, message: Buffer) -> Outcome:
    """What is left of the call once it is in the middle of its delivery; a refusal comes after."""
    size = _answer(draft, call, reply, message)
    if isinstance(size, int):
        return _is_answered(draft, call, reply, size)
    return replace(size, after=True) if isinstance(size, Refused) else size


def _is_answered(draft: Draft, call: CallMade, reply: int, size: int) -> Outcome:
    """The reply was used; its capability goes, unless another processor took it meanwhile."""
    draft.put(reply, replace(draft.reply(reply), used=True))
    space = draft.thread(call.thread).capability_space
    if call.arguments[0] in draft.space(space).entries:
        remove(draft, space, call.arguments[0])
    return Ok((size,))


def _answer(draft: Draft, call: CallMade, reply: int, message: Buffer) -> int | Outcome:
    if draft.fine is not None:
        space = draft.thread(call.thread).capability_space
        gave = answer(draft, Sender(space, message), reply)
        return gave.size if isinstance(gave, Delivered) else gave
    caller = draft.reply(reply).caller
    if not draft.is_alive(caller.space):
        return _SPACE_DEAD
    spaces = Spaces(draft.thread(call.thread).capability_space, caller.space)
    return hand_over(draft, message, caller, spaces, told=False)
