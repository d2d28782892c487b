"""Every step of the kernel is the model's steps that the mapping names, and nothing else."""

from dataclasses import replace
from types import ModuleType

import pytest

from assay.engines.follow import Coverage, Follower
from assay.engines.interpret import normal, start_states
from proofs.delivery.mapping import MAPPING, DeliveryMapping
from proofs.delivery.mapping.seen import is_alike
from reference_kernel import delivering, queues
from reference_kernel.boot import boot
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade, CallReturns, TimeoutFires, TimerTick
from reference_kernel.outcomes import Blocked, Done, Ok, Panic, Refused
from reference_kernel.parties import Buffer, ListeningPool, Receiver, Sender
from reference_kernel.state import Channel, State
from spec.design import (
    DeliveryFault,
    Design,
    EnumDecode,
    MessageCopy,
    PoolGrowth,
    PoolSwap,
    ResumeScope,
    WakeProtocol,
)
from spec.designs import AS_BUILT, PROPOSED
from spec.errors import Error
from spec.options import CapDestroy
from spec.syscalls import BY_NAME
from tests.models.delivery.recording import recorded
from tests.proofs.delivery.breaking import run
from tests.reference_kernel.mail import Mail
from tests.reference_kernel.program import ALLOCATOR, RIGHTS_ASKED

LASTING = replace(
    AS_BUILT,
    name="lasting",
    message_copy=MessageCopy.EXACT,
    enum_decode=EnumDecode.TOTAL,
    resume_scope=ResumeScope.ONLY_SUSPENDED_BY_CALL,
    pool_swap=PoolSwap.UNMAPS_MAPPED,
    pool_growth=PoolGrowth.TESTS_TOTAL,
)
"""As built, but for most of what ends a run in a panic."""
DESIGNS = (
    AS_BUILT,
    LASTING,
    replace(LASTING, name="handshake", wake_protocol=WakeProtocol.HANDSHAKE),
    PROPOSED,
)
SEEN_SELDOM = {"event_pool_is_dropped", "answer_buffer_is_spoilt"}
"""Kept traces show both."""
SEEDS, STEPS = 25, 300


def follow(design: Design) -> Coverage:
    follower = Follower(recorded(design), DeliveryMapping(), design)
    for seed in range(SEEDS):
        for step in run(design, seed=seed, steps=STEPS):
            assert follower.follow(*step) is None
    return follower.coverage


def test_random_runs_are_runs_of_the_model_and_show_nearly_all_of_it() -> None:
    seen = [follow(design) for design in DESIGNS]
    taken = set().union(*(each.taken for each in seen))
    asked = {each.name for design in DESIGNS for each in recorded(design).actions}
    assert asked - taken <= SEEN_SELDOM
    refused = set().union(*(each.refused for each in seen))
    assert refused == {
        ("sender_waits", "channel_dead"),
        ("receiver_waits", "channel_dead"),
        ("reply_reply", "reply_used"),
        ("reply_reply", "caller_waits_no_more"),
    }


def is_noticed(design: Design) -> bool:
    """Whether a random run soon shows a step that is none of the model."""
    follower = Follower(recorded(design), DeliveryMapping(), design)
    for seed in range(SEEDS):
        if any(follower.follow(*step) for step in run(design, seed=seed, steps=STEPS)):
            return True
    return False


@pytest.mark.parametrize(
    ("module", "name"), [(queues, "tell_of_death"), (delivering, "tell_of_fault")]
)
def test_a_kernel_that_tells_nobody_is_noticed(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str
) -> None:
    monkeypatch.setattr(module, name, lambda *_: None)
    assert is_noticed(PROPOSED)


FIRST = boot(AS_BUILT)


def test_boot_is_the_start_of_the_model() -> None:
    sizes = {"Channel": 1, "Send": 1, "Receive": 1, "Reply": 1, "Pool": 1}
    first, *_ = start_states(recorded(AS_BUILT), sizes)
    assert normal(recorded(AS_BUILT), MAPPING.state(AS_BUILT, FIRST)) == first


def called(name: str) -> CallMade:
    return CallMade(FIRST.current, BY_NAME[name].number, 0, (0,) * 8)


def test_only_what_the_model_does_not_see_may_stutter() -> None:
    assert MAPPING.stutters(TimerTick(), Done())
    assert MAPPING.stutters(CallReturns(FIRST.current), Ok())
    assert MAPPING.stutters(TimeoutFires(FIRST.current), Done())
    assert MAPPING.stutters(called("key_new"), Ok((1,)))
    assert MAPPING.stutters(called("channel_sync_send"), Blocked())
    assert MAPPING.stutters(called("channel_try_send"), Panic("place", "reason"))
    assert MAPPING.stutters(called("channel_try_send"), Refused(Error.OK_UNREACH, "nobody_waits"))
    assert not MAPPING.stutters(called("channel_try_send"), Ok((8,)))
    assert not MAPPING.stutters(called("reply_reply"), Ok((8,)))
    dead = Refused(Error.INVL_WEAK, "channel_dead")
    assert not MAPPING.stutters(called("channel_async_recv"), dead)
    assert not MAPPING.stutters(called("reply_reply"), Refused(Error.INVL_OP, "reply_used"))


class _Queued:
    """A channel with somebody in one of its queues, under `proposed`, and what could go wrong."""

    def __init__(self) -> None:
        self.mail = Mail(PROPOSED)
        self.channel = self.mail.named(self.mail.channel)
        self.pool = ListeningPool(self.mail.named(self.mail.pool), 9)

    def noticed(self, after: State) -> bool:
        """Whether it is noticed that a tick leads to this state."""
        follower = Follower(recorded(PROPOSED), DeliveryMapping(), PROPOSED)
        return follower.follow(self.mail.state, TimerTick(), Done(), after) is not None

    def changed(self, body: Channel) -> State:
        draft = Draft(PROPOSED, self.mail.state)
        draft.put(self.channel, body)
        return draft.finish()


def test_a_send_that_leaves_its_queue_for_no_reason_is_noticed() -> None:
    queued = _Queued()
    queued.mail.sends(8)
    assert queued.noticed(queued.changed(Channel()))


def test_a_pair_that_waits_is_noticed() -> None:
    queued = _Queued()
    queued.mail.sends(8)
    body = queued.mail.state.body(queued.channel)
    assert isinstance(body, Channel)
    both = replace(body, receivers=(Receiver(body.senders[0].space, queued.pool),))
    assert queued.noticed(queued.changed(both))


def test_a_send_that_comes_from_nowhere_is_noticed() -> None:
    queued = _Queued()
    memory = queued.mail.named(queued.mail.source)
    send = Sender(queued.mail.space, Buffer(memory, 0, 8), queued.pool)
    assert queued.noticed(queued.changed(Channel((send,))))


def test_where_faults_are_told_to_nobody_a_pool_without_room_misses_the_end_of_its_call() -> None:
    blames = replace(PROPOSED, name="blames", delivery_fault=DeliveryFault.BLAME_QUEUED)
    mail, follower = Mail(blames), Follower(recorded(blames), DeliveryMapping(), blames)
    small = mail.ok("event_pool_new", ALLOCATOR, 0, options=RIGHTS_ASKED)[0]
    mail.ok("channel_async_call", mail.channel, mail.source, 0, 8, small, 1)
    reply = mail.receives()[1]
    own, dropped = int(CapDestroy.CSPACE_SELF), BY_NAME["cap_destroy"].number
    event = CallMade(mail.state.current, dropped, own, (0, reply, *(0,) * 6))
    before, outcome = mail.state, mail.happens(event)
    assert follower.follow(before, event, outcome, mail.state) is None
    assert follower.coverage.taken["reply_is_dropped"] == 1


def test_what_was_seen_later_is_not_taken_for_what_was_before() -> None:
    """The pool that is to be told of a message that waits dies; the state before is seen again."""
    mail = Mail(AS_BUILT)
    small = mail.ok("event_pool_new", ALLOCATOR, 0, options=RIGHTS_ASKED)[0]
    mail.ok("channel_async_send", mail.channel, mail.source, 0, 8, small, 1)
    before = mail.state
    mail.destroy(small)
    assert not is_alike(before, mail.state)
    assert not is_alike(mail.state, before)
