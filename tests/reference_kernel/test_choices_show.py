"""Each choice about messages, events and waits shows: one program, and every design another end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from reference_kernel.outcomes import Panic
from reference_kernel.state import Channel
from spec.designs import PROPOSED, load_design
from spec.questions import BY_FIELD
from tests.reference_kernel.mail import POOL_AT, Mail
from tests.reference_kernel.message_attempts import a_small_pool, by_another
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    OWN_SPACE,
    RIGHTS_ASKED,
    WRITE,
)

Seen = object
AGAIN = TIMEOUT = 1


def told(mail: Mail) -> int:
    """How many bytes of events the pool has to show."""
    return mail.pool_body().written_bytes


def waiting(mail: Mail) -> tuple[int, int]:
    """How many wait to send, and how many to receive."""
    body = mail.state.body(mail.named(mail.channel))
    assert isinstance(body, Channel)
    return len(body.senders), len(body.receivers)


def a_check(mail: Mail) -> tuple[int, ...]:
    """A new drop check and its receiver."""
    return mail.ok("drop_check_new", ALLOCATOR, 5, options=RIGHTS_ASKED)


def a_reply(mail: Mail, pool: int) -> int:
    """The reply to a call whose answer goes into the pool."""
    mail.ok("channel_async_call", mail.channel, mail.source, 0, 24, pool, 8)
    return mail.receives()[1]


def awaited(mail: Mail) -> int:
    """Another thread waits for the pool till its time has come."""
    return by_another(mail, lambda: mail.call("event_pool_await", mail.pool, 1, options=TIMEOUT))


def dying_objects(mail: Mail) -> Seen:
    """A channel dies in which a message waits."""
    mail.sends(24)
    mail.destroy(mail.channel)
    return told(mail)


def delivery_fault(mail: Mail) -> Seen:
    """Somebody receives into a range that does not exist."""
    mail.sends(24)
    return mail.call("channel_try_recv", mail.channel, mail.target, 0, 0), waiting(mail)


def partial_send(mail: Mail) -> Seen:
    """A message is longer than where it is received."""
    mail.sends(24)
    return mail.call("channel_try_recv", mail.channel, mail.target, 0, 16)


def message_time(mail: Mail) -> Seen:
    """The memory changes while its message waits."""
    mail.sends(24)
    mail.put(0, 70)
    mail.receives()
    return mail.got(2)


def message_copy(mail: Mail) -> Seen:
    """A message goes over the border of two pages."""
    mail.put(0, 70, 80, at=4088)
    mail.sends(24, 4088)
    mail.receives()
    return mail.got(3)


def listener_removal(mail: Mail) -> Seen:
    """A pool is to be told no more."""
    mail.ok("channel_async_recv", mail.channel, mail.pool, 3)
    return mail.call("channel_remove_listener", mail.channel, mail.pool, 3)


def listener_failure(mail: Mail) -> Seen:
    """The listener that is told first has no room."""
    check, receiver = a_check(mail)
    for pool in (mail.pool, a_small_pool(mail)):
        mail.ok("drop_check_reciever_handle_cap_drop_async", receiver, pool, 3)
    mail.destroy(check)
    return told(mail)


def late_listeners(mail: Mail) -> Seen:
    """A pool listens for a drop that has been."""
    check, receiver = a_check(mail)
    mail.destroy(check)
    mail.ok("drop_check_reciever_handle_cap_drop_async", receiver, mail.pool, 3)
    return told(mail)


def auto_requeue(mail: Mail) -> Seen:
    """A pool receives always, and two messages wait."""
    mail.sends(24)
    mail.sends(24)
    mail.ok("channel_async_recv", mail.channel, mail.pool, 3, options=AGAIN)
    return waiting(mail)


def reply_buffer_right(mail: Mail) -> Seen:
    """The answer is in a memory that may only be read."""
    reply = a_reply(mail, mail.pool)
    return mail.call("reply_reply", reply, mail.clone(mail.source, rights=~WRITE & 3), 0, 24)


def reply_claim(mail: Mail) -> Seen:
    """An answer is refused, and given again."""
    reply = a_reply(mail, a_small_pool(mail))
    return [mail.refusal("reply_reply", reply, mail.source, 0, 24) for _ in range(2)]


def resume_scope(mail: Mail) -> Seen:
    """A thread is resumed that waits for a pool."""
    return mail.call("thread_resume", awaited(mail))


def invisible_entries(mail: Mail) -> Seen:
    """Somebody guesses the id of what a message holds."""
    key = mail.key()
    mail.put(1, key)
    mail.sends(16)
    return mail.call("cap_destroy", OWN_SPACE, key + (1 << 10))


def pool_unmap(mail: Mail) -> Seen:
    """A pool is unmapped and mapped again."""
    mail.ok("address_space_unmap", ADDRESS_SPACE, POOL_AT)
    return mail.call("event_pool_map", ADDRESS_SPACE, mail.pool, POOL_AT)


def pool_growth(mail: Mail) -> Seen:
    """Two messages of nearly a page go into a pool."""
    for _ in range(2):
        mail.ok("channel_async_recv", mail.channel, mail.pool, 3)
        mail.ok("channel_try_send", mail.channel, mail.source, 0, 4000)
    return told(mail)


def pool_swap(mail: Mail) -> Seen:
    """A pool shows many events, then few, then others."""
    for size in (5000, 24, 24, 24):
        mail.ok("channel_async_recv", mail.channel, mail.pool, 3)
        mail.ok("channel_try_send", mail.channel, mail.source, 0, size)
        outcome = mail.call("event_pool_await", mail.pool)
        if isinstance(outcome, Panic):
            return outcome
    return outcome


def wake_protocol(mail: Mail) -> Seen:
    """Who waited for a pool gave up."""
    mail.time_is_up(mail.named(awaited(mail)))
    return mail.call("event_pool_await", mail.pool)


def waiter_failure(mail: Mail) -> Seen:
    """A pool that somebody waits for is unmapped before it gets a message."""
    thread = awaited(mail)
    mail.ok("address_space_unmap", ADDRESS_SPACE, POOL_AT)
    mail.ok("channel_async_recv", mail.channel, mail.pool, 3)
    mail.ok("channel_try_send", mail.channel, mail.source, 0, 24)
    return mail.thread_body(thread).state


PROGRAMS: tuple[Callable[[Mail], Seen], ...] = (
    *(dying_objects, delivery_fault, partial_send, message_time, message_copy),
    *(listener_removal, listener_failure, late_listeners, auto_requeue),
    *(reply_buffer_right, reply_claim, resume_scope, invisible_entries),
    *(pool_unmap, pool_growth, pool_swap, wake_protocol, waiter_failure),
)
CHANGES_FIRST = {"message_copy": 'message_time = "AT_DELIVERY"'}
"""What else has to be chosen, so that the question is asked at all."""


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda each: each.__name__)
def test_each_choice_of_a_design_file_ends_otherwise(
    tmp_path: Path, program: Callable[[Mail], Seen]
) -> None:
    field, seen = program.__name__, []
    question = BY_FIELD[field]
    for choice in question.choices:
        path = tmp_path / f"{choice.name}.toml"
        more = CHANGES_FIRST.get(field, "")
        path.write_text(
            f'[design]\nname = "mine"\nsummary = "one choice"\nbase = "proposed"\n'
            f'[choices]\n{field} = "{choice.name}"\n{more}\n'
        )
        mail = Mail(load_design(path))
        mail.put(0, 7, 8)
        ended = program(mail)
        assert ended not in seen, choice
        seen.append(ended)
    assert len(seen) >= 2


def test_proposed_takes_the_sound_choice_of_each() -> None:
    for program in PROGRAMS:
        question = BY_FIELD[program.__name__]
        assert getattr(PROPOSED, question.field) is question.star
        assert question.star is not question.as_built
