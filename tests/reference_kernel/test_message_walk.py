"""Random programs that mostly send, receive, answer, await and end: what no message may break."""

import random

import pytest

from reference_kernel.events import CallReturns, TimeoutFires, TimerTick
from reference_kernel.proposals import ended
from reference_kernel.state import CapabilitySpace, Thread
from reference_kernel.step import has_timeout
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from spec.ids import ObjectType, type_of
from spec.sizes import PAGE_BYTES
from tests.reference_kernel.mail import Mail
from tests.reference_kernel.message_attempts import POOL_AT
from tests.reference_kernel.program import ADDRESS_SPACE, ALLOCATOR, RIGHTS_ASKED

STEPS = 250
BROKEN_BY: dict[str, set[str]] = {
    "as-built": {
        *("CAP-1", "CAP-7", "CAP-10", "GRP-4", "MEM-5", "MEM-7", "ROB-1", "ROB-3"),
        *("SCH-1", "SCH-3", "SCH-4", "SCH-5"),
        *("IPC-1", "IPC-2", "IPC-3", "IPC-4", "IPC-5", "IPC-6", "IPC-7"),
        *("EVT-1", "EVT-2", "EVT-3"),
    },
    "proposed": set(),
}
PLACES = (0, 0, 8, 16, PAGE_BYTES - 16, PAGE_BYTES - 8, 4, 3 * PAGE_BYTES)
SIZES = (8, 24, 24, 40, 12, 0, 200, PAGE_BYTES, 2 * PAGE_BYTES + 8)
KINDS = {
    "C": ObjectType.CHANNEL,
    "M": ObjectType.MEMORY,
    "E": ObjectType.EVENT_POOL,
    "R": ObjectType.REPLY,
    "T": ObjectType.THREAD,
    "D": ObjectType.DROP_CHECK_RECIEVER,
}
CALLS = (
    ("channel_try_send", "CMos"),
    ("channel_sync_send", "CMost"),
    ("channel_async_send", "CMosEn"),
    ("channel_try_recv", "CMos"),
    ("channel_sync_recv", "CMost"),
    ("channel_async_recv", "CEn"),
    ("channel_sync_call", "CMosMost"),
    ("channel_async_call", "CMosEn"),
    ("reply_reply", "RMos"),
    ("event_pool_await", "Et"),
    ("drop_check_reciever_handle_cap_drop_async", "DEn"),
    ("drop_check_reciever_handle_cap_drop_sync", "Dt"),
    ("thread_handle_thread_exit_async", "TEn"),
    ("thread_resume", "T"),
    ("thread_destroy", "T"),
    ("cap_destroy", "zx"),
    ("thread_yield", ""),
)


class Wanderer:
    """Makes the calls of whichever thread runs, with arguments of the right kind mostly."""

    def __init__(self, design: Design, seed: int) -> None:
        self.chosen = random.Random(seed)
        self.mail = Mail(design)
        self.mail.thread()
        self.mail.thread()
        self.mail.broken.clear()

    def step(self) -> None:
        """One event."""
        mail, state = self.mail, self.mail.state
        runs = state.body(state.current)
        if not isinstance(runs, Thread) or self.chosen.random() < 0.1:
            self._passes()
        elif runs.call is not None:
            mail.happens(CallReturns(state.current))
        elif self.chosen.random() < 0.15:
            self._makes()
        elif self.chosen.random() < 0.3:
            words = [each for each in self._words(runs) if type_of(each) != ObjectType.NULL]
            mail.put(self.chosen.choice((0, 1, 2, 5)), *self.chosen.choices(words, k=3))
        else:
            name, kinds = self.chosen.choice(CALLS)
            options = self.chosen.choice((0, 1)) if kinds and kinds[-1] != "t" else 1
            if name in ("thread_destroy", "cap_destroy"):
                options = 1
            mail.call(name, *(self._word(runs, kind) for kind in kinds), options=options)

    def _passes(self) -> None:
        state = self.mail.state
        sleepers = [
            name
            for name, known in sorted(state.objects.items())
            if isinstance(known.body, Thread) and has_timeout(known.body)
        ]
        if sleepers and (self.chosen.random() < 0.5 or not any(state.ready)):
            self.mail.happens(TimeoutFires(self.chosen.choice(sleepers)))
        elif any(state.ready):
            self.mail.happens(TimerTick())

    def _makes(self) -> None:
        name, words = self.chosen.choice(
            (
                ("channel_new", (ALLOCATOR,)),
                ("key_new", (ALLOCATOR,)),
                ("event_pool_new", (ALLOCATOR, self.chosen.choice((0, 1, 2)))),
                ("drop_check_new", (ALLOCATOR, 5)),
                ("memory_new", (ALLOCATOR, 2)),
                ("event_pool_map", (ADDRESS_SPACE, self._any(ObjectType.EVENT_POOL), POOL_AT << 1)),
                ("address_space_unmap", (ADDRESS_SPACE, POOL_AT)),
                ("thread_new", (ALLOCATOR, 0x4F, ADDRESS_SPACE, 0x97)),
            )
        )
        options = self.chosen.choice((2, 3)) if name in ("memory_new", "thread_new") else 15
        options = 0 if name == "address_space_unmap" else options
        options = 2 if name == "thread_new" else options
        self.mail.call(name, *words, options=options | RIGHTS_ASKED)

    def _any(self, kind: ObjectType) -> int:
        runs = self.mail.state.body(self.mail.state.current)
        assert isinstance(runs, Thread)
        found = [each for each in self._words(runs) if type_of(each) == kind]
        return self.chosen.choice(found) if found else 0

    def _words(self, runs: Thread) -> list[int]:
        space = self.mail.state.body(runs.capability_space)
        assert isinstance(space, CapabilitySpace)
        return sorted(space.entries)

    def _word(self, runs: Thread, kind: str) -> int:
        match kind:
            case "o":
                return self.chosen.choice(PLACES)
            case "s":
                return self.chosen.choice(SIZES)
            case "t" | "n" | "z":
                return 1
            case "x":
                spared = {ADDRESS_SPACE, ALLOCATOR, 0x37, 0x4F, 0x97}
                return self.chosen.choice(
                    [w for w in self._words(runs) if w not in spared] or [0x37]
                )
            case _:
                return self._any(KINDS[kind])


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
@pytest.mark.parametrize("seed", range(40))
def test_messages_break_nothing_that_all_designs_keep(seed: int, design: Design) -> None:
    wanderer = Wanderer(design, seed)
    for _ in range(STEPS):
        if ended(wanderer.mail.state):
            break
        wanderer.step()
        assert wanderer.mail.broken <= BROKEN_BY[design.name]
