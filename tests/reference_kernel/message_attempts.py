"""What puts each refusal of the calls about messages, replies and events into a good call."""

from collections.abc import Callable

from spec.ids import ObjectType
from tests.reference_kernel.attempting import Attempt, Fault, a_new, capability_faults
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALL,
    ALLOCATOR,
    INT_ALLOCATOR,
    OWN_THREAD,
    RIGHTS_ASKED,
    SRC_SELF,
    Program,
)

A = ObjectType
POOL_AT = 0x61_0000_0000
BYTES = 24
_FILLS_A_PAGE = 4056


def a_mapped_pool(program: Program, pages: int = 1, *, at: int = POOL_AT) -> int:
    """A new pool that is mapped there."""
    pool = program.ok("event_pool_new", ALLOCATOR, pages, options=RIGHTS_ASKED)[0]
    program.ok("event_pool_map", ADDRESS_SPACE, pool, at)
    return pool


def with_receiver(program: Program) -> int:
    """A channel from which a pool wants to receive."""
    channel = a_new(program, A.CHANNEL)
    program.ok("channel_async_recv", channel, a_new(program, A.EVENT_POOL), 1)
    return channel


def with_sender(program: Program) -> int:
    """A channel to which a message waits to be sent."""
    channel, memory = a_new(program, A.CHANNEL), a_new(program, A.MEMORY)
    pool = a_new(program, A.EVENT_POOL)
    program.ok("channel_async_send", channel, memory, 0, BYTES, pool, 1)
    return channel


def by_another(program: Program, does: Callable[[], object]) -> int:
    """A new thread with the first one's spaces does that; then the first one runs again."""
    thread = program.thread()
    program.run(thread)
    does()
    program.run(OWN_THREAD)
    return thread


def _await_good(program: Program) -> Attempt:
    return Attempt(program, [a_mapped_pool(program)])


def _awaited(attempt: Attempt) -> None:
    by_another(attempt.program, lambda: attempt.program.call("event_pool_await", attempt.words[0]))


def _never_mapped(attempt: Attempt) -> None:
    attempt.words[0] = a_new(attempt.program, A.EVENT_POOL)


def _mapped_in_a_dead_space(attempt: Attempt) -> None:
    """There is an event in the pool: else nobody would look."""
    program = attempt.program
    space, pool = a_new(program, A.ADDRESS_SPACE), a_new(program, A.EVENT_POOL)
    program.ok("event_pool_map", space, pool, POOL_AT)
    check, receiver = program.ok("drop_check_new", ALLOCATOR, 5, options=RIGHTS_ASKED)
    program.ok("drop_check_reciever_handle_cap_drop_async", receiver, pool, 1)
    program.destroy(check)
    program.destroy(space)
    attempt.words[0] = pool


def _put_channel(attempt: Attempt) -> None:
    attempt.words[0] = a_new(attempt.program, A.CHANNEL)


def _ends(kind: Callable[[Program], int], *more: ObjectType) -> Callable[[Program], Attempt]:
    """A channel, a memory and a range; then new objects of these types, each with a number."""

    def attempt(program: Program) -> Attempt:
        words = [kind(program), a_new(program, A.MEMORY), 0, BYTES]
        for each in more:
            words += [a_new(program, each), 0, *([BYTES] if each is A.MEMORY else [])]
        return Attempt(program, words)

    return attempt


def _a_channel(program: Program) -> int:
    return a_new(program, A.CHANNEL)


def _async_recv_good(program: Program) -> Attempt:
    return Attempt(program, [_a_channel(program), a_new(program, A.EVENT_POOL), 1])


def _reply_good(program: Program) -> Attempt:
    return Attempt(program, [a_new(program, A.REPLY), a_new(program, A.MEMORY), 0, BYTES])


def _used_reply(attempt: Attempt) -> None:
    program = attempt.program
    again = program.clone(attempt.words[0])
    program.ok("reply_reply", again, a_new(program, A.MEMORY), 0, BYTES)


def _caller_without_space(attempt: Attempt) -> None:
    """Another thread called, with its own space, and both are gone."""
    program = attempt.program
    thread, space = program.thread_with_space()
    channel, memory = _a_channel(program), a_new(program, A.MEMORY)
    pool = a_new(program, A.EVENT_POOL)
    theirs = [
        program.ok("cap_clone", space, 0, word, options=ALL | SRC_SELF)[0]
        for word in (channel, memory, pool)
    ]
    program.ok("thread_resume", thread)
    program.run(thread)
    program.ok("channel_async_call", *theirs[:2], 0, BYTES, theirs[2], 1)
    program.call("thread_suspend")
    program.run(OWN_THREAD)
    attempt.words[0] = program.ok("channel_try_recv", channel, memory, 0, BYTES)[1]
    program.ok("thread_destroy", thread, options=1)


def _reply_to(program: Program, pool: int) -> int:
    """The reply to a call whose answer goes into the pool."""
    channel, memory = _a_channel(program), a_new(program, A.MEMORY)
    program.ok("channel_async_call", channel, memory, 0, BYTES, pool, 1)
    return program.ok("channel_try_recv", channel, memory, 0, BYTES)[1]


def _caller_without_pool(attempt: Attempt) -> None:
    pool = a_new(attempt.program, A.EVENT_POOL)
    attempt.words[0] = _reply_to(attempt.program, pool)
    attempt.program.destroy(pool)


def a_small_pool(program: Program) -> int:
    """A pool in which nothing has room."""
    return program.ok("event_pool_new", ALLOCATOR, 0, options=RIGHTS_ASKED)[0]


def a_full_pool(program: Program) -> int:
    """A pool of one page, in which there is no room for more than one word."""
    channel, pool = _a_channel(program), a_new(program, A.EVENT_POOL)
    program.ok("channel_async_recv", channel, pool, 1)
    program.ok("channel_try_send", channel, a_new(program, A.MEMORY), 0, _FILLS_A_PAGE)
    return pool


def _small_pool(attempt: Attempt) -> None:
    attempt.words[0] = _reply_to(attempt.program, a_small_pool(attempt.program))


def _full_pool(attempt: Attempt) -> None:
    pool = a_new(attempt.program, A.EVENT_POOL)
    attempt.words[0] = _reply_to(attempt.program, pool)
    program, channel = attempt.program, _a_channel(attempt.program)
    program.ok("channel_async_recv", channel, pool, 1)
    program.ok("channel_try_send", channel, a_new(program, A.MEMORY), 0, _FILLS_A_PAGE)


def _receives_into_small_pool(attempt: Attempt) -> None:
    attempt.words[:2] = [with_sender(attempt.program), a_small_pool(attempt.program)]


def _receives_into_full_pool(attempt: Attempt) -> None:
    attempt.words[:2] = [with_sender(attempt.program), a_full_pool(attempt.program)]


def _small_receiver(attempt: Attempt) -> None:
    """Somebody waits for a message, and has less room than this one needs."""
    program = attempt.program
    attempt.words[0] = _a_channel(program)
    words = (attempt.words[0], a_new(program, A.MEMORY), 0, BYTES - 8)
    by_another(program, lambda: program.call("channel_sync_recv", *words))


def _small_pool_receives(attempt: Attempt) -> None:
    program = attempt.program
    attempt.words[0] = _a_channel(program)
    program.ok("channel_async_recv", attempt.words[0], a_small_pool(program), 1)


def _receives(size: int) -> Callable[[Attempt], None]:
    def fault(attempt: Attempt) -> None:
        """Somebody sends, and the range to receive into has that size."""
        attempt.words[0] = with_sender(attempt.program)
        attempt.words[3] = size

    return fault


def reply_to_thread(program: Program, answer_bytes: int = BYTES) -> tuple[int, int]:
    """The reply to a thread that sleeps till it has its answer, and the thread."""
    channel, memory = _a_channel(program), a_new(program, A.MEMORY)
    words = (channel, memory, 0, BYTES, memory, 0, answer_bytes)
    thread = by_another(program, lambda: program.call("channel_sync_call", *words))
    other = a_new(program, A.MEMORY)
    return program.ok("channel_try_recv", channel, other, 0, BYTES)[1], thread


def _caller_that_was_destroyed(attempt: Attempt) -> None:
    attempt.words[0], thread = reply_to_thread(attempt.program)
    attempt.program.ok("thread_destroy", thread, options=1)


def _caller_without_room(attempt: Attempt) -> None:
    attempt.words[0], _ = reply_to_thread(attempt.program, answer_bytes=0)


def _caller_with_little_room(attempt: Attempt) -> None:
    attempt.words[0], _ = reply_to_thread(attempt.program, answer_bytes=BYTES - 8)


def _listening(kind: ObjectType, call: str) -> Callable[[Program], Attempt]:
    """A new object of this type, and a pool that listens to it."""

    def attempt(program: Program) -> Attempt:
        words = [a_new(program, kind), a_new(program, A.EVENT_POOL), 1]
        program.ok(call, *words)
        return Attempt(program, words)

    return attempt


def _does_not_listen(attempt: Attempt) -> None:
    attempt.words[2] = 2


def _removal(name: str, kind: ObjectType) -> dict[str, Fault]:
    """What can be wrong with the removal of a listener."""
    return {
        **capability_faults(name, 0, kind),
        **capability_faults("event_pool", 1, A.EVENT_POOL),
        "not_listening": Fault(2, _does_not_listen),
    }


def _interrupt_good(program: Program) -> Attempt:
    return Attempt(program, [INT_ALLOCATOR, ALLOCATOR, 1, 1])


_SENT_TO = capability_faults("channel", 0, A.CHANNEL)
_MEMORY = capability_faults("memory", 1, A.MEMORY)
_TOLD = capability_faults("event_pool", 4, A.EVENT_POOL)
_NO_INTERRUPT = {
    name: fault
    for name, fault in capability_faults("interrupt", 0, A.INTERRUPT).items()
    if name.endswith(("_malformed", "_unknown"))
}
"""No interrupt can be made, so that none can lack a right or be dead."""

_TOO_LONG = {
    "message_too_long": Fault(0, _small_receiver),
    "pool_too_small": Fault(0, _small_pool_receives),
}
_OF_RECEIVER = {
    "caller_buffer": Fault(3, _receives(0)),
    "message_too_long": Fault(3, _receives(BYTES - 8)),
}
MESSAGE_FAULTS: dict[str, dict[str, Fault]] = {
    "event_pool_await": {
        **capability_faults("event_pool", 0, A.EVENT_POOL),
        "pool_awaited": Fault(0, _awaited),
        "pool_not_mapped": Fault(0, _never_mapped),
        "address_space_dead": Fault(0, _mapped_in_a_dead_space),
    },
    "channel_try_send": {
        **_SENT_TO,
        **_MEMORY,
        **_TOO_LONG,
        "nobody_waits": Fault(0, _put_channel),
    },
    "channel_sync_send": {**_SENT_TO, **_MEMORY, **_TOO_LONG},
    "channel_async_send": {**_SENT_TO, **_MEMORY, **_TOLD, **_TOO_LONG},
    "channel_try_recv": {
        **_SENT_TO,
        **_MEMORY,
        "nobody_waits": Fault(0, _put_channel),
        **_OF_RECEIVER,
    },
    "channel_sync_recv": {**_SENT_TO, **_MEMORY, **_OF_RECEIVER},
    "channel_async_recv": {
        **_SENT_TO,
        **capability_faults("event_pool", 1, A.EVENT_POOL),
        "pool_too_small": Fault(1, _receives_into_small_pool),
        "pool_full": Fault(1, _receives_into_full_pool),
    },
    "channel_sync_call": {
        **_SENT_TO,
        **_MEMORY,
        **capability_faults("recv_memory", 4, A.MEMORY),
        **_TOO_LONG,
    },
    "channel_async_call": {**_SENT_TO, **_MEMORY, **_TOLD, **_TOO_LONG},
    "channel_remove_listener": _removal("channel", A.CHANNEL),
    "thread_remove_listener": _removal("thread", A.THREAD),
    "drop_check_reciever_remove_listener": _removal("drop_check_reciever", A.DROP_CHECK_RECIEVER),
    "reply_reply": {
        **capability_faults("reply", 0, A.REPLY),
        **_MEMORY,
        "reply_used": Fault(0, _used_reply),
        "caller_space_dead": Fault(0, _caller_without_space),
        "caller_buffer_dead": Fault(0, _caller_without_pool),
        "caller_waits_no_more": Fault(0, _caller_that_was_destroyed),
        "caller_buffer": Fault(0, _caller_without_room),
        "message_too_long": Fault(0, _caller_with_little_room),
        "pool_too_small": Fault(0, _small_pool),
        "pool_full": Fault(0, _full_pool),
    },
    "interrupt_new": {
        **capability_faults("int_allocator", 0, A.INT_ALLOCATOR),
        **capability_faults("allocator", 1, A.ALLOCATOR),
    },
    "interrupt_id": _NO_INTERRUPT,
    "interrupt_handle_interrupt_trigger_sync": _NO_INTERRUPT,
    "interrupt_handle_interrupt_trigger_async": _NO_INTERRUPT,
}
"""For each call, what puts each of its refusals in."""

GOOD_MESSAGES: dict[str, Callable[[Program], Attempt]] = {
    "print_debug": lambda program: Attempt(program, []),
    "event_pool_await": _await_good,
    "channel_try_send": _ends(with_receiver),
    "channel_sync_send": _ends(_a_channel),
    "channel_async_send": _ends(_a_channel, A.EVENT_POOL),
    "channel_try_recv": _ends(with_sender),
    "channel_sync_recv": _ends(_a_channel),
    "channel_async_recv": _async_recv_good,
    "channel_sync_call": _ends(_a_channel, A.MEMORY),
    "channel_async_call": _ends(_a_channel, A.EVENT_POOL),
    "channel_remove_listener": _listening(A.CHANNEL, "channel_async_recv"),
    "thread_remove_listener": _listening(A.THREAD, "thread_handle_thread_exit_async"),
    "drop_check_reciever_remove_listener": _listening(
        A.DROP_CHECK_RECIEVER, "drop_check_reciever_handle_cap_drop_async"
    ),
    "reply_reply": _reply_good,
    "interrupt_new": _interrupt_good,
    "interrupt_id": lambda program: Attempt(program, [0]),
    "interrupt_handle_interrupt_trigger_sync": lambda program: Attempt(program, [0]),
    "interrupt_handle_interrupt_trigger_async": lambda program: Attempt(program, [0]),
}
"""A call that succeeds, or waits; of interrupts there is none."""

CANNOT_SUCCEED = frozenset(
    (
        "interrupt_id",
        "interrupt_handle_interrupt_trigger_sync",
        "interrupt_handle_interrupt_trigger_async",
    )
)
"""Calls for which no good argument exists."""
CANNOT_BE_REACHED = frozenset(
    [
        ("interrupt_new", "no_such_vectors"),
        *((name, f"interrupt_{why}") for name in CANNOT_SUCCEED for why in ("lacks_right", "dead")),
        *(
            ("interrupt_handle_interrupt_trigger_async", f"event_pool_{why}")
            for why in ("malformed", "unknown", "lacks_right", "dead")
        ),
    ]
)
"""The interrupt manager is never made: as built the kernel panics before, or finds no interrupt."""
