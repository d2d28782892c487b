"""The call about replies."""

from spec.call import Call, Refusal, Return, Word, capability, lookup, number, out_of_memory
from spec.errors import Error
from spec.ids import ObjectType
from spec.panics import DELIVERY, SAME_MEMORY
from spec.rights import Right
from spec.syscalls.common import REPORTED

_REPLY = capability("reply", ObjectType.REPLY, Right.WRITE)
_MEMORY = capability("memory", ObjectType.MEMORY, Right.WRITE)
_USED_UP = "the reply is used up"

REPLY_REPLY = Call(
    number=36,
    name="reply_reply",
    log_name="reply_reply",
    meaning="Answer a call; as built the memory that is read must be writable.",
    arguments=(_REPLY, _MEMORY, number("offset"), number("size")),
    refusals=(
        *lookup(_REPLY, _MEMORY),
        Refusal("reply_used", Error.INVL_OP, "the reply was used before"),
        Refusal("caller_space_dead", Error.INVL_WEAK, "the caller's space is dead", _USED_UP),
        Refusal("caller_buffer_dead", Error.INVL_WEAK, "its memory or pool is dead", _USED_UP),
        Refusal("caller_waits_no_more", Error.OK_UNREACH, "the caller waits no more", _USED_UP),
        Refusal("caller_buffer", Error.INVL_MEM_ZONE, "its range does not exist", _USED_UP),
        Refusal(
            "message_too_long",
            Error.OUT_OF_CAPACITY,
            "the answer is longer than the caller's range",
            choice=("partial_send", "REFUSE"),
        ),
        Refusal(
            "pool_too_small",
            Error.OUT_OF_CAPACITY,
            "the answer has no room in the caller's pool, even if nothing else is in it",
            choice=REPORTED,
        ),
        Refusal("pool_full", Error.OUT_OF_CAPACITY, "the caller's pool is full", _USED_UP),
        out_of_memory("message", after=_USED_UP),
        out_of_memory("pages", after=_USED_UP),
        Refusal(
            "pool_not_mapped",
            Error.INVL_OP,
            "somebody waits for the caller's pool, which is not mapped",
            after="the answer is in the pool, and the reply is used up",
        ),
        Refusal(
            "address_space_dead",
            Error.INVL_OP,
            "somebody waits for the caller's pool, whose address space is dead",
            after="the answer is in the pool, and the reply is used up",
        ),
        out_of_memory("tables", after="the answer is in the pool, and the reply is used up"),
    ),
    returns=(Return("size", Word.NUMBER),),
    source="syscall/reply.rs, cap/reply.rs",
    drops="the reply",
    panics=DELIVERY,
    hangs=(SAME_MEMORY,),
)

CALLS = (REPLY_REPLY,)
