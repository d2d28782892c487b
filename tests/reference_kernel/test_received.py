"""IPC-6 is asked of every message: wherever it begins, whoever receives it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from reference_kernel.guarantees import received
from reference_kernel.state import EventBuffer, State
from spec.design import Design, MessageCopy, MessageTime, PartialSend, PoolGrowth
from spec.designs import AS_BUILT, PROPOSED
from tests.reference_kernel.mail import Mail
from tests.reference_kernel.message_attempts import by_another

Way = Callable[[Mail, int, int], None]


def in_memory(mail: Mail, offset: int, size: int) -> None:
    """Who sends waits for who receives."""
    mail.sends(size, offset)
    mail.receives()


def at_an_odd_place(mail: Mail, offset: int, size: int) -> None:
    """It is received where no word begins."""
    mail.sends(size, offset)
    mail.receives(64, 4)


def in_a_pool(mail: Mail, offset: int, size: int) -> None:
    """A pool waits for a message."""
    mail.ok("channel_async_recv", mail.channel, mail.pool, 3)
    mail.ok("channel_try_send", mail.channel, mail.source, offset, size)


def in_a_pool_later(mail: Mail, offset: int, size: int) -> None:
    """Messages wait for a pool, that takes them all."""
    mail.sends(size, offset)
    mail.sends(size, offset)
    mail.ok("channel_async_recv", mail.channel, mail.pool, 3, options=1)


def in_a_pool_that_is_awaited(mail: Mail, offset: int, size: int) -> None:
    """The message is shown at once."""
    by_another(mail, lambda: mail.call("event_pool_await", mail.pool))
    in_a_pool(mail, offset, size)


def as_an_answer(mail: Mail, offset: int, size: int) -> None:
    """A pool waits for an answer."""
    mail.ok("channel_async_call", mail.channel, mail.source, 0, 8, mail.pool, 8)
    reply = mail.receives()[1]
    mail.ok("reply_reply", reply, mail.source, offset, size)


WAYS: tuple[Way, ...] = (
    in_memory,
    at_an_odd_place,
    in_a_pool,
    in_a_pool_later,
    in_a_pool_that_is_awaited,
    as_an_answer,
)
PLACES = {"over a border": (4088, 24), "at an odd place": (4, 24), "with a cut word": (0, 20)}
ASTRAY = {("over a border", each) for each in WAYS} | {(place, at_an_odd_place) for place in PLACES}
"""What the kernel as built does not copy as it is."""


ASTRAY_DESIGN = replace(
    PROPOSED,
    message_copy=MessageCopy.GOES_ASTRAY,
    message_time=MessageTime.AT_DELIVERY,
    partial_send=PartialSend.TRUNCATE_SILENTLY,
)


def mail_with(design: Design) -> Mail:
    """The message brings no ids."""
    mail = Mail(design)
    mail.put(0, 7, 8, 9)
    mail.put(0, 7, 8, at=4088)
    return mail


@pytest.mark.parametrize("way", WAYS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("place", PLACES)
def test_a_message_that_arrives_as_it_was_sent_breaks_nothing(place: str, way: Way) -> None:
    mail = mail_with(PROPOSED)
    way(mail, *PLACES[place])
    assert not mail.broken


@pytest.mark.parametrize(("place", "way"), sorted(ASTRAY, key=str))
def test_a_message_that_goes_astray_is_seen(place: str, way: Way) -> None:
    mail = mail_with(ASTRAY_DESIGN)
    way(mail, *PLACES[place])
    assert "IPC-6" in mail.broken


def test_a_message_that_a_pool_cuts_is_not_what_was_sent() -> None:
    """As built a pool does not grow for what is in it already."""
    mail = Mail(replace(AS_BUILT, message_copy=MessageCopy.EXACT))
    for _ in range(2):
        in_a_pool(mail, 0, 4000)
    assert "IPC-6" in mail.broken
    mail = Mail(replace(mail.design, pool_growth=PoolGrowth.TESTS_TOTAL))
    for _ in range(2):
        in_a_pool(mail, 0, 4000)
    assert not mail.broken


@pytest.mark.parametrize("way", [in_a_pool, in_a_pool_later, as_an_answer])
def test_each_word_of_a_message_in_a_pool_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    real = received.word_in_pool

    def other(state: State, buffer: EventBuffer, at: int) -> int | None:
        word = real(state, buffer, at)
        return 70 if word == 8 else word

    monkeypatch.setattr(received, "word_in_pool", other)
    mail = mail_with(PROPOSED)
    way(mail, 0, 24)
    assert mail.broken == {"IPC-6"}
