"""A thread that ends amid a wait leaves that wait, and nobody else's."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from reference_kernel.state import NOTHING, ThreadState
from spec.design import ResumeScope, UpgradeRight
from spec.designs import PROPOSED
from tests.reference_kernel.mail import Mail
from tests.reference_kernel.message_attempts import by_another
from tests.reference_kernel.program import ADDRESS_SPACE, ALLOCATOR, RIGHTS_ASKED, STRONG


def an_end(mail: Mail) -> Callable[[], object]:
    """Waits for the end of a thread."""
    thread = mail.thread(starts=False)
    return lambda: mail.call("thread_handle_thread_exit_sync", thread, options=1)


def a_drop(mail: Mail) -> Callable[[], object]:
    """Waits for the drop of a capability."""
    _, receiver = mail.ok("drop_check_new", ALLOCATOR, 5, options=RIGHTS_ASKED)
    call = "drop_check_reciever_handle_cap_drop_sync"
    return lambda: mail.call(call, receiver, options=1)


def a_message(mail: Mail) -> Callable[[], object]:
    """Waits for a message."""
    words = (mail.channel, mail.target, 0, 64)
    return lambda: mail.call("channel_sync_recv", *words, options=1)


def a_receiver(mail: Mail) -> Callable[[], object]:
    """Waits for somebody who takes its message."""
    words = (mail.channel, mail.source, 0, 64)
    return lambda: mail.call("channel_sync_send", *words, options=1)


def an_event(mail: Mail) -> Callable[[], object]:
    """Waits for an event, each in a pool of its own: nobody else can wait in that."""

    def waits() -> None:
        (pool,) = mail.ok("event_pool_new", ALLOCATOR, 1, options=RIGHTS_ASKED)
        mail.ok("event_pool_map", ADDRESS_SPACE, pool, 0x70_0000_0000 + (pool << 16))
        mail.call("event_pool_await", pool, options=1)

    return waits


def ended(mail: Mail, waiter: int) -> None:
    """The waiter is destroyed."""
    mail.ok("thread_destroy", waiter, options=1)


def in_time(mail: Mail, waiter: int) -> None:
    """The waiter's time is up."""
    mail.time_is_up(mail.named(waiter))


def resumed(mail: Mail, waiter: int) -> None:
    """Somebody resumes the waiter."""
    mail.ok("thread_resume", waiter)


DESIGN = replace(PROPOSED, resume_scope=ResumeScope.ANY_WAIT, upgrade_right=UpgradeRight.UNCHECKED)


@pytest.mark.parametrize("end", [ended, in_time, resumed])
@pytest.mark.parametrize("waits_for", [an_end, a_drop, a_message, a_receiver, an_event])
def test_one_of_three_waits_that_ends_leaves_the_two_others(
    waits_for: Callable[[Mail], Callable[[], object]], end: Callable[[Mail, int], None]
) -> None:
    mail = Mail(DESIGN)
    does = waits_for(mail)
    waiters = [by_another(mail, does) for _ in range(3)]
    held = mail.clone(waiters[1], STRONG)
    others = [mail.thread_body(each) for each in waiters[::2]]
    assert all(each.waits_on != NOTHING for each in others)
    mail.broken.clear()
    end(mail, waiters[1])
    gone = mail.thread_body(held)
    assert gone.waits_on == NOTHING
    assert gone.state is not ThreadState.SUSPENDED
    assert [mail.thread_body(each) for each in waiters[::2]] == others
    assert mail.broken <= {"SCH-4"}  # who resumes any wait resumes one without an event
