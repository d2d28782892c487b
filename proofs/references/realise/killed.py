"""A call that is killed while it waits with references on its stack."""

from proofs.performing import CannotBe
from proofs.realise import Program, values_of
from reference_kernel.events import Event
from spec.design import Design
from spec.ids import ObjectType
from spec.options import ThreadDestroy, ThreadNew
from spec.rights import ALL_RIGHTS

_BYTES = 8


def killed_call(design: Design, before: tuple[Event, ...]) -> tuple[Event, ...]:
    """After these events: a thread begins to send to a channel where nobody receives, and is ended.

    Errors: ValueError where the thread that runs cannot do that.
    """
    program = Program(design)
    for event in before:
        program.happens(event)
    try:
        _kills_a_sender(program)
    except CannotBe as error:
        raise ValueError(f"no call can be killed: {error}") from error
    return tuple(program.events[len(before) :])


def _kills_a_sender(program: Program) -> None:
    allocator, first = program.own(ObjectType.ALLOCATOR), program.state.current
    memory = _made(program, "memory_new", 0, allocator, 1)
    channel = _made(program, "channel_new", int(ALL_RIGHTS), allocator)
    killed = program.state.next_object
    thread = _made(
        program,
        "thread_new",
        int(ThreadNew.THREAD_AUTOSTART),
        allocator,
        program.own(ObjectType.THREAD_GROUP),
        program.own(ObjectType.ADDRESS_SPACE),
        program.own(ObjectType.CAPABILITY_SPACE),
    )
    program.until_it_runs(killed)
    program.make_call(killed, "channel_sync_send", 0, channel, memory, 0, _BYTES)
    program.until_it_runs(first)
    program.make_call(first, "thread_destroy", ThreadDestroy.DESTROY_OTHER, thread)


def _made(program: Program, name: str, options: int, *arguments: int) -> int:
    """The id of what the running thread's call makes, with all rights that it may give."""
    caller, options = program.state.current, program.asks_for_all_rights(options)
    made = values_of(program.make_call(caller, name, options, *arguments))
    if not made:
        raise CannotBe(f"{name} makes nothing")
    return made[0]
