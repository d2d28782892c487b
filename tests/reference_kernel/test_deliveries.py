"""A delivery as a row of sections: where it is cut, and what is there between two of them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from reference_kernel.events import CallContinues, SwitchEnds, TimerTick
from reference_kernel.interleaved import seen_by
from reference_kernel.locks import Lock, LockKind
from reference_kernel.machine import IN_SECTIONS, MACHINE
from reference_kernel.outcomes import Cut, Done, Ok, Outcome, Panic, Refused, Spins
from reference_kernel.sections import Rest, Section
from reference_kernel.state import (
    CapabilitySpace,
    Channel,
    Reply,
    State,
    Thread,
    ThreadState,
)
from reference_kernel.undelivered import is_claimed, undelivered
from spec.design import Design, WakeProtocol
from spec.designs import AS_BUILT, PROPOSED
from spec.panics import REPLY_GONE
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    GROUP,
    MEMORY,
    OWN_SPACE,
    RIGHTS_ASKED,
    Program,
)

BUFFER, SOURCE = 0x8AF, MEMORY
BYTES = 8
COPIES, HANDS_OVER, ACKNOWLEDGES, TRIES_NEXT = (
    Section.COPIES,
    Section.HANDS_OVER,
    Section.ACKNOWLEDGES,
    Section.TRIES_NEXT,
)
DELIVERING = (COPIES, HANDS_OVER, ACKNOWLEDGES, TRIES_NEXT)
FIRST_REPLY = 0x124
EACH = pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)


def goes_on(program: Program, number: int = 0) -> Iterator[tuple[Rest | None, Outcome]]:
    """Each step that is left of what the processor is in the middle of, with what it gave."""
    while program.state.processors[number].is_busy and program.state.panicked is None:
        processor = program.state.processors[number]
        rest = None if processor.pending else processor.rest
        yield rest, program.happens(CallContinues(number))


def answer(program: Program, number: int = 0) -> Outcome:
    """What the call gives in the end."""
    gave = [outcome for _, outcome in goes_on(program, number)]
    return next((each for each in gave if not isinstance(each, Cut | Done)), Done())


def made(program: Program, name: str, *words: int, options: int = 0) -> Outcome:
    """The call of the first processor's thread, to its end."""
    called = program.call(name, *words, options=options)
    return answer(program) if isinstance(called, Cut) else called


def ids(program: Program, name: str, *words: int, options: int = 0) -> tuple[int, ...]:
    """The same of a call that gives something."""
    outcome = made(program, name, *words, options=options)
    assert isinstance(outcome, Ok), outcome
    return outcome.values


def cut(program: Program, name: str, *words: int, options: int = 0) -> list[Section]:
    """The sections of the call in which it delivers, beside the one in which it begins to."""
    assert isinstance(program.call(name, *words, options=options), Cut)
    rests = [rest for rest, _ in goes_on(program)]
    return [each.section for each in rests if each is not None and each.section in DELIVERING]


def amid(program: Program, section: Section, number: int = 0) -> Rest:
    """The processor goes on till that section is the next."""
    while True:
        rest = program.state.processors[number].rest
        assert rest is not None
        if rest.section is section:
            return rest
        program.happens(CallContinues(number))


class Mail:
    """A program with a channel, two pools and a second memory."""

    def __init__(self, design: Design, *, whole: bool = False) -> None:
        self.program = Program(design, MACHINE if whole else IN_SECTIONS)
        (self.channel,) = self.makes("channel_new", ALLOCATOR)
        (self.pool,) = self.makes("event_pool_new", ALLOCATOR, 1)
        (self.other,) = self.makes("event_pool_new", ALLOCATOR, 1)
        self.buffer = self.makes("memory_new", ALLOCATOR, 1)[0]

    def makes(self, name: str, *words: int) -> tuple[int, ...]:
        """What the call makes."""
        return ids(self.program, name, *words, options=RIGHTS_ASKED | 0xF)

    def body(self) -> Channel:
        """The queues."""
        body = self.program.state.body(self.program.named(self.channel))
        assert isinstance(body, Channel)
        return body

    def does(self, name: str) -> Outcome:
        """The call on the channel, to its end."""
        return made(self.program, name, *self.words(name))

    def words(self, name: str) -> tuple[int, ...]:
        """The arguments of the call on the channel."""
        if name == "channel_async_recv":
            return self.channel, self.pool, 7
        memory = self.buffer if "recv" in name else SOURCE
        listens = (self.other, 9) if "async" in name else ()
        return self.channel, memory, 0, BYTES, *listens

    def cut(self, name: str) -> list[Section]:
        """The sections of the call in which it delivers."""
        return cut(self.program, name, *self.words(name))


WAYS = (
    ("channel_async_recv", "channel_try_send", [HANDS_OVER]),
    ("channel_async_recv", "channel_async_send", [HANDS_OVER, ACKNOWLEDGES]),
    ("channel_async_recv", "channel_async_call", [HANDS_OVER]),
    ("channel_async_send", "channel_try_recv", [ACKNOWLEDGES]),
    ("channel_async_send", "channel_async_recv", [HANDS_OVER, ACKNOWLEDGES]),
    ("channel_async_call", "channel_try_recv", [HANDS_OVER]),
    ("channel_async_call", "channel_async_recv", [HANDS_OVER]),
)
"""Who waits, who comes, and the sections behind the copy."""


@EACH
@pytest.mark.parametrize(("waits", "comes", "behind"), WAYS)
def test_what_does_something_is_a_section(
    design: Design, waits: str, comes: str, behind: list[Section]
) -> None:
    mail = Mail(design)
    mail.does(waits)
    copies = [COPIES] if design is AS_BUILT else []
    assert mail.cut(comes) == [*copies, *behind]


@EACH
@pytest.mark.parametrize(("waits", "comes", "behind"), WAYS)
def test_whole_calls_do_the_same_where_nobody_interferes(
    design: Design, waits: str, comes: str, behind: list[Section]
) -> None:
    both = [Mail(design, whole=whole) for whole in (True, False)]
    for name in (waits, waits, comes, comes, comes):
        whole, in_sections = (each.does(name) for each in both)
        assert whole == in_sections
        old, new = (each.program.state for each in both)
        assert old.objects == new.objects
        assert old.frames == new.frames
    assert behind


@EACH
def test_the_lock_is_held_and_the_partner_is_on_the_stack(design: Design) -> None:
    mail = Mail(design)
    mail.does("channel_async_recv")
    program, (receiver,) = mail.program, mail.body().receivers
    lock = Lock(LockKind.CHANNEL, program.named(mail.channel))
    program.call("channel_async_send", *mail.words("channel_async_send"))
    first = DELIVERING[0] if design is AS_BUILT else HANDS_OVER
    rest = amid(program, first)
    assert rest.delivery is not None
    assert rest.delivery.partner == receiver
    assert rest.held[-2:] == rest.delivery.holds == (program.space, program.named(mail.pool))
    for section in (first, HANDS_OVER, ACKNOWLEDGES):
        amid(program, section)
        assert program.state.processors[0].locks == (lock,)
        assert not mail.body().receivers
    between = undelivered(program.state)
    assert between.body(lock.object) == mail.body()
    assert answer(program) == Ok()
    assert program.state.processors[0].locks == ()


def test_as_built_the_next_one_is_tried_in_a_section_of_its_own() -> None:
    mail = Mail(AS_BUILT)
    mail.does("channel_async_send")
    nowhere = (mail.channel, mail.buffer, 0x10000, BYTES)
    assert cut(mail.program, "channel_try_recv", *nowhere) == [COPIES, TRIES_NEXT]
    assert not mail.body().senders


def test_a_pool_takes_each_message_in_sections_of_its_own() -> None:
    mail = Mail(PROPOSED)
    for _ in range(2):
        mail.does("channel_async_send")
    words = mail.words("channel_async_recv")
    taken = [HANDS_OVER, ACKNOWLEDGES, TRIES_NEXT]
    assert cut(mail.program, "channel_async_recv", *words, options=1) == 2 * taken
    assert len(mail.body().receivers) == 1


def second_runs(program: Program, group: int = GROUP) -> int:
    """The name of a thread with the first one's spaces that the second processor runs."""
    words = (ALLOCATOR, group, ADDRESS_SPACE, OWN_SPACE)
    thread = ids(program, "thread_new", *words, options=RIGHTS_ASKED | 2)[0]
    while program.state.processors[1].current != program.named(thread):
        program.happens(TimerTick(1))
        leaves_stack(program, 1)
    return program.named(thread)


def leaves_stack(program: Program, number: int) -> None:
    """The processor goes on till it is in the middle of nothing."""
    answer(program, number)
    if program.state.processors[number].leaving is not None:
        program.happens(SwitchEnds(number))
        answer(program, number)


def by_second(program: Program, name: str, *words: int, options: int = 0) -> Outcome:
    """The call of the second processor's thread, to its end or till it spins."""
    program.state = seen_by(program.state, 1)
    program.call(name, *words, options=options)
    program.state = seen_by(program.state, 1)
    for _, outcome in goes_on(program, 1):
        if not isinstance(outcome, Cut | Done):
            return outcome
    return Done()


def receiving_a_call(design: Design) -> tuple[Program, Rest]:
    """A call is received whose reply is not visible yet, while a second processor runs a thread."""
    mail = Mail(design)
    program = mail.program
    second_runs(program)
    mail.does("channel_async_call")
    program.call("channel_try_recv", *mail.words("channel_try_recv"))
    return program, amid(program, HANDS_OVER)


@EACH
def test_a_reply_that_is_not_visible_is_found_by_nobody(design: Design) -> None:
    program, rest = receiving_a_call(design)
    assert rest.delivery is not None
    space = program.state.body(program.space)
    assert isinstance(space, CapabilitySpace)
    assert rest.delivery.word == FIRST_REPLY
    assert space.entries[FIRST_REPLY] == rest.delivery.reply
    before = undelivered(program.state)
    assert before.body(rest.delivery.reply) is None
    words = (FIRST_REPLY, SOURCE, 0, BYTES)
    refused = by_second(program, "reply_reply", *words)
    assert isinstance(refused, Refused)
    assert refused.refusal == "reply_unknown"
    assert isinstance(answer(program, 1), Done)
    copied = by_second(program, "cap_clone", 0, 0, FIRST_REPLY, options=0x18F)
    assert isinstance(copied, Refused)
    assert copied.refusal == "cap_unknown"
    gave = answer(program)
    assert isinstance(gave, Ok)
    assert gave.values[1] == FIRST_REPLY


@EACH
def test_as_built_it_can_be_destroyed_and_then_the_kernel_panics(design: Design) -> None:
    program, _ = receiving_a_call(design)
    gone = by_second(program, "cap_destroy", 0, FIRST_REPLY, options=1)
    if design is AS_BUILT:
        assert gone == Ok()
        assert answer(program) == Panic(REPLY_GONE.place, REPLY_GONE.why)
        return
    assert isinstance(gone, Refused)
    assert gone.refusal == "cap_unknown"
    assert isinstance(answer(program), Ok)
    assert isinstance(program.state.body(program.named(FIRST_REPLY)), Reply)


@EACH
def test_another_sender_spins_till_the_delivery_is_over(design: Design) -> None:
    mail = Mail(design)
    program = mail.program
    second_runs(program)
    for _ in range(2):
        mail.does("channel_async_recv")
    words = mail.words("channel_try_send")
    program.call("channel_try_send", *words)
    amid(program, HANDS_OVER)
    lock = Lock(LockKind.CHANNEL, program.named(mail.channel))
    assert by_second(program, "channel_try_send", *words) == Spins(lock)
    assert len(mail.body().receivers) == 1
    assert isinstance(answer(program), Ok)
    assert isinstance(answer(program, 1), Ok)
    assert not mail.body().receivers


def with_sleeper(design: Design) -> tuple[Mail, int, int]:
    """A thread of a group below sleeps till it receives: its name, and the id of the group."""
    mail = Mail(design)
    (group,) = mail.makes("thread_group_new", GROUP, ALLOCATOR)
    thread = second_runs(mail.program, group)
    by_second(mail.program, "channel_sync_recv", *mail.words("channel_sync_recv"))
    leaves_stack(mail.program, 1)
    second_runs(mail.program)
    return mail, thread, group


def body_of(state: State, thread: int) -> Thread:
    """The body of the thread."""
    body = state.body(thread)
    assert isinstance(body, Thread)
    return body


@EACH
def test_the_thread_that_receives_is_claimed_before_it_is_queued(design: Design) -> None:
    mail, thread, _ = with_sleeper(design)
    program = mail.program
    program.call("channel_try_send", *mail.words("channel_try_send"))
    amid(program, HANDS_OVER)
    assert body_of(program.state, thread).state is ThreadState.READY
    assert thread not in program.state.ready
    assert is_claimed(program.state, thread)
    before = body_of(undelivered(program.state), thread)
    assert before.state is ThreadState.SUSPENDED
    assert before.waits_on == program.named(mail.channel)
    assert answer(program) == Ok((BYTES,))
    assert thread in program.state.ready
    assert not is_claimed(program.state, thread)


@EACH
def test_who_is_ended_when_it_was_popped_has_received(design: Design) -> None:
    mail, thread, group = with_sleeper(design)
    program = mail.program
    program.call("channel_try_send", *mail.words("channel_try_send"))
    amid(program, HANDS_OVER)
    by_second(program, "thread_group_exit", group)
    answer(program, 1)
    assert not body_of(program.state, thread).is_alive
    assert answer(program) == Ok((BYTES,))
    assert (thread in program.state.ready) is (design is AS_BUILT)


def test_with_a_handshake_a_thread_that_was_woken_before_the_copy_ended_gets_no_message() -> None:
    design = replace(AS_BUILT, name="handshake", wake_protocol=WakeProtocol.HANDSHAKE)
    mail, thread, _ = with_sleeper(design)
    program = mail.program
    program.call("channel_try_send", *mail.words("channel_try_send"))
    amid(program, COPIES)
    body = body_of(program.state, thread)
    known = program.state.objects[thread]
    woken = known._replace(body=replace(body, waits=body.waits + 1))
    program.state = replace(program.state, objects=program.state.objects.set(thread, woken))
    refused = answer(program)
    assert isinstance(refused, Refused)
    assert refused.refusal == "nobody_waits"
    assert refused.after


@EACH
def test_an_answer_that_is_under_way_is_no_second_time_given(design: Design) -> None:
    mail = Mail(design)
    program = mail.program
    second_runs(program)
    mail.does("channel_async_call")
    assert isinstance(mail.does("channel_try_recv"), Ok)
    words = (FIRST_REPLY, SOURCE, 0, BYTES)
    program.call("reply_reply", *words)
    amid(program, HANDS_OVER)
    assert program.state.processors[0].locks == ()
    refused = by_second(program, "reply_reply", *words)
    assert isinstance(refused, Refused)
    assert refused.refusal == "reply_used"
    assert isinstance(answer(program, 1), Done)
    assert isinstance(answer(program), Ok)
    assert FIRST_REPLY not in program.entries()
