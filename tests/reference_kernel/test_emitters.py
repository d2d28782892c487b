"""Who is told of an event that happens once, and who listens on where one cannot be told."""

from dataclasses import replace

import pytest

from reference_kernel.emitters import listeners, without
from reference_kernel.parties import ListeningPool, listener_name
from reference_kernel.pools import CAP_DROP, THREAD_EXIT
from reference_kernel.state import DropCheckReceiver, Emitter, EventPool
from spec.design import Design, LateListeners, ListenerFailure, UpgradeRight
from spec.designs import AS_BUILT, PROPOSED
from spec.options import HandleEventAsync
from tests.reference_kernel.mail import Mail
from tests.reference_kernel.program import ALLOCATOR, RIGHTS_ASKED, STRONG, Program

A, B, C = (ListeningPool(pool=7, event_id=number) for number in range(3))
DATA = 5
AGAIN = int(HandleEventAsync.AUTO_REQUE)


def test_who_listens_no_more_is_gone_however_often_it_listened() -> None:
    emitter = Emitter((A, B, A), (C, A))
    assert listeners(emitter) == 5
    assert without(emitter, A) == Emitter((B,), (C,))
    assert without(emitter, B) == Emitter((A, A), (C, A))


class Listened(Program):
    """A drop check, and pools that listen: each has room for an event or has none."""

    def __init__(self, design: Design, once: str, always: str) -> None:
        super().__init__(design)
        self.check, self.receiver = self.ok("drop_check_new", ALLOCATOR, DATA, options=RIGHTS_ASKED)
        self.once = [self.listens(each == "+", 0) for each in once]
        self.always = [self.listens(each == "+", AGAIN) for each in always]

    def listens(self, has_room: bool, options: int) -> int:
        """Another pool that listens."""
        (pool,) = self.ok("event_pool_new", ALLOCATOR, int(has_room), options=RIGHTS_ASKED)
        call = "drop_check_reciever_handle_cap_drop_async"
        self.ok(call, self.receiver, pool, 1, options=options)
        return pool

    def told(self, pools: list[int]) -> str:
        """Which of the pools have been told."""
        bodies = [self.state.body(self.named(each)) for each in pools]
        assert all(isinstance(each, EventPool) for each in bodies)
        return "".join(
            "+" if isinstance(each, EventPool) and each.writes.written_bytes else "-"
            for each in bodies
        )

    def left(self) -> tuple[list[int], list[int]]:
        """Who listens still: once, and always."""
        body = self.state.body(self.named(self.receiver))
        assert isinstance(body, DropCheckReceiver)
        parties = (body.cap_drop.once, body.cap_drop.always)
        once, always = ([listener_name(each) for each in some] for some in parties)
        return once, always


@pytest.mark.parametrize("failure", list(ListenerFailure))
def test_as_built_a_pool_without_room_keeps_those_behind_it_from_being_told(
    failure: ListenerFailure,
) -> None:
    program = Listened(replace(AS_BUILT, listener_failure=failure), "+-+", "++")
    program.destroy(program.check)
    stops = failure is ListenerFailure.STOPS_THE_REST
    assert program.told(program.once) == ("--+" if stops else "+-+")
    assert program.told(program.always) == ("--" if stops else "++")
    always = [program.named(each) for each in program.always]
    assert program.left() == ([program.named(program.once[0])] if stops else [], always)


@pytest.mark.parametrize("failure", list(ListenerFailure))
def test_as_built_so_does_one_that_listens_again_and_again(failure: ListenerFailure) -> None:
    program = Listened(replace(AS_BUILT, listener_failure=failure), "+", "++-+")
    program.destroy(program.check)
    stops = failure is ListenerFailure.STOPS_THE_REST
    assert program.told(program.once) == "+"
    assert program.told(program.always) == ("++--" if stops else "++-+")
    assert program.left() == ([], [program.named(each) for each in program.always])


@pytest.mark.parametrize("late", list(LateListeners))
def test_who_comes_late_is_told_at_once_or_waits(late: LateListeners) -> None:
    upgrades = replace(PROPOSED, upgrade_right=UpgradeRight.UNCHECKED)
    mail = Mail(replace(upgrades, late_listeners=late))
    check, receiver = mail.ok("drop_check_new", ALLOCATOR, DATA, options=RIGHTS_ASKED)
    thread = mail.clone(mail.thread(starts=False), STRONG)
    mail.destroy(check)
    mail.ok("thread_destroy", thread, options=1)
    mail.ok("drop_check_reciever_handle_cap_drop_async", receiver, mail.pool, 8)
    mail.ok("thread_handle_thread_exit_async", thread, mail.pool, 9)
    body = mail.state.body(mail.named(mail.pool))
    assert isinstance(body, EventPool)
    assert bool(body.writes.written_bytes) is (late is LateListeners.TOLD_AT_ONCE)
    if late is LateListeners.TOLD_AT_ONCE:
        mail.awaits()
        assert mail.events(5) == [CAP_DROP, 8, DATA, THREAD_EXIT, 9]
