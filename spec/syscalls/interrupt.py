"""Calls about interrupts. The interrupt manager is never made, so what gets that far panics.

The log shows nothing of them but their names.
"""

from spec.call import (
    Call,
    Refusal,
    Return,
    Traced,
    Word,
    capability,
    lookup,
    no_entry,
    number,
    out_of_memory,
    timed_out,
)
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import HandleEventAsync, Wait
from spec.panics import NO_INTERRUPTS
from spec.rights import Right
from spec.syscalls.common import ALLOCATOR, EVENT_ID, EVENT_POOL, TIMEOUT

_SOURCE = "syscall/interrupt.rs, cap/interrupt.rs"
_FROM = capability("int_allocator", ObjectType.INT_ALLOCATOR, Right.PROD)
_READ = capability("interrupt", ObjectType.INTERRUPT, Right.READ)
_WATCHED = capability("interrupt", ObjectType.INTERRUPT, Right.PROD)

INTERRUPT_NEW = Call(
    number=46,
    name="interrupt_new",
    log_name="interrupt_new",
    meaning="Take some interrupt vectors of one processor.",
    arguments=(_FROM, ALLOCATOR, number("count"), number("align")),
    refusals=(
        *lookup(_FROM, ALLOCATOR),
        Refusal("no_such_vectors", Error.INVL_ARGS, "no processor has so many vectors in a row"),
        out_of_memory("interrupts"),
        no_entry("interrupt"),
    ),
    returns=(
        Return("interrupt", Word.CAPABILITY),
        Return("processor", Word.NUMBER),
        Return("vector", Word.NUMBER),
    ),
    source=_SOURCE,
    traced=Traced.NAME,
    panics=(NO_INTERRUPTS,),
)

INTERRUPT_ID = Call(
    number=47,
    name="interrupt_id",
    log_name="interrupt_id",
    meaning="The processor and the vector of an interrupt.",
    arguments=(_READ,),
    refusals=lookup(_READ),
    returns=(Return("processor", Word.NUMBER), Return("vector", Word.NUMBER)),
    source=_SOURCE,
    traced=Traced.NAME,
)

INTERRUPT_HANDLE_INTERRUPT_TRIGGER_SYNC = Call(
    number=48,
    name="interrupt_handle_interrupt_trigger_sync",
    log_name="interrupt_handle_interrupt_trigger_sync",
    meaning="Sleep until the interrupt comes or, with TIMEOUT, until a time.",
    arguments=(_WATCHED, TIMEOUT),
    options=Wait,
    refusals=(
        *lookup(_WATCHED),
        out_of_memory("listener"),
        timed_out(after="the listener stays"),
    ),
    returns=(),
    source=_SOURCE,
    traced=Traced.NAME,
    panics=(NO_INTERRUPTS,),
)

INTERRUPT_HANDLE_INTERRUPT_TRIGGER_ASYNC = Call(
    number=49,
    name="interrupt_handle_interrupt_trigger_async",
    log_name="interrupt_handle_interrupt_trigger_async",
    meaning="Have a pool told when the interrupt comes.",
    arguments=(_WATCHED, EVENT_POOL, EVENT_ID),
    options=HandleEventAsync,
    refusals=(*lookup(_WATCHED, EVENT_POOL), out_of_memory("listener")),
    returns=(),
    source=_SOURCE,
    traced=Traced.NAME,
    panics=(NO_INTERRUPTS,),
)

CALLS = (
    INTERRUPT_NEW,
    INTERRUPT_ID,
    INTERRUPT_HANDLE_INTERRUPT_TRIGGER_SYNC,
    INTERRUPT_HANDLE_INTERRUPT_TRIGGER_ASYNC,
)
