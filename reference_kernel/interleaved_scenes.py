"""Scenes on two processors: what threads there can do to each other between two steps of a call."""

from reference_kernel.events import (
    CallContinues,
    Event,
    ExitInterrupt,
    MemoryRunsOut,
    SwitchEnds,
    TimerTick,
)
from reference_kernel.interleaved import seen_by
from reference_kernel.scene_words import (
    A_CHANNEL,
    A_GROUP,
    A_KEY,
    A_THREAD,
    ADDRESS_SPACE,
    ALL,
    ALLOCATOR,
    AT,
    CHANNEL,
    FRESH,
    GROUP,
    KEY,
    MADE_SPACE,
    MOVE,
    NEW_GROUP,
    NEW_THREAD_WORD,
    OTHER,
    OWN_THREAD,
    READ,
    SENT,
    SPACES,
    SRC_SELF,
    STARTED,
    STRONG,
    TARGET,
    TIMEOUT,
    USED,
    WEAK,
    WRITE,
    Made,
    Scene,
    call,
    clones,
    destroys,
    maps,
    named,
    receives,
    touches,
)
from reference_kernel.state import NOTHING, State
from spec.ids import ObjectType, pack
from spec.options import CREATED_RIGHTS


def _on(processor: int, made: Made) -> Made:
    """The same, by the thread of that processor."""
    return lambda state: made(seen_by(state, processor))


def _both(made: Made) -> tuple[Made, ...]:
    return tuple(_on(processor, made) for processor in (0, 1))


def _always(event: Event) -> Made:
    return lambda _: event


_TICKS = tuple(_always(TimerTick(processor)) for processor in (0, 1))
_SWITCHES = tuple(_always(SwitchEnds(processor)) for processor in (0, 1))
_SECOND_RUNS = (A_THREAD, *(_TICKS[1], _SWITCHES[1]) * 2)
"""The second processor takes over an idle thread, then the new one."""

SWITCHING_SCENES = (
    Scene(
        "sleepers and who wakes them",
        _SECOND_RUNS,
        (
            *_both(call("thread_suspend")),
            call("thread_suspend", 1, options=TIMEOUT),
            _on(1, call("thread_resume", OWN_THREAD)),
            *_SWITCHES,
            *_TICKS,
        ),
    ),
    Scene(
        "a group ends while another one runs",
        (*_SECOND_RUNS, A_GROUP),
        (
            *(call("thread_group_exit", group) for group in (NEW_GROUP, GROUP)),
            *(_always(ExitInterrupt(processor)) for processor in (0, 1)),
            *_SWITCHES,
            *_TICKS,
        ),
    ),
)
"""Scenes on two processors, where switches are steps of their own."""

_GOES_ON = tuple(_always(CallContinues(processor)) for processor in (0, 1))
_SECTIONS_AT_MOST = 20
"""More than any call of these scenes has before it returns."""


def _done(made: Made, *, by: int = 0) -> tuple[Made, ...]:
    """A call of the thread of that processor, and all its sections."""
    return (_on(by, made), *(_GOES_ON[by],) * _SECTIONS_AT_MOST)


def _takes_work(state: State) -> Event:
    """A tick of the second processor, seen as the first, if it idles; else of one that is not."""
    return TimerTick(1 if state.current == NOTHING else -1)


_TAKES_WORK = (*_done(_takes_work, by=1), *_done(_SWITCHES[1], by=1))
_SECOND_IN_SECTIONS = (*_done(A_THREAD), *_TAKES_WORK * 2)
"""The second processor takes over an idle thread, if idle threads are queued, then the new one."""
_THIRD_THREAD_WORD = pack(ObjectType.THREAD, USED, weak=True, serial=2)
_HELD_THREAD_WORD = pack(ObjectType.THREAD, USED, weak=False, serial=3)
_STARTED_BELOW = call("thread_new", ALLOCATOR, NEW_GROUP, *SPACES, options=STARTED)
_ENDS = call("thread_destroy", 0)
_EXITS = tuple(_always(ExitInterrupt(processor)) for processor in (0, 1))


def _groups_in_a_row(count: int) -> tuple[Made, ...]:
    """Each new group is below the last one."""
    return tuple(
        each
        for serial in range(count)
        for each in _done(
            call(
                "thread_group_new",
                named(ObjectType.THREAD_GROUP, serial),
                ALLOCATOR,
                options=CREATED_RIGHTS,
            )
        )
    )


SCENES_IN_SECTIONS = (
    Scene(
        "one capability and two who move it",
        (*_SECOND_IN_SECTIONS, *_done(A_KEY)),
        (*_both(clones(KEY, MOVE | ALL)), *_both(destroys(KEY)), *_GOES_ON),
    ),
    Scene(
        "a capability that is weakened and dropped",
        (*_SECOND_IN_SECTIONS, *_done(A_KEY), *_done(clones(KEY, WEAK | USED))),
        (
            *_both(call("key_id", pack(ObjectType.KEY, USED, weak=True, serial=1))),
            destroys(KEY),
            *_GOES_ON,
        ),
    ),
    Scene(
        "sleepers, and who wakes them in between",
        _SECOND_IN_SECTIONS,
        (
            *_both(call("thread_suspend", 1, options=TIMEOUT)),
            _on(1, call("thread_resume", OWN_THREAD)),
            _always(MemoryRunsOut()),
            *_GOES_ON,
            *_SWITCHES,
            *_TICKS,
        ),
    ),
    Scene(
        "a thread that is taken out of the queue while it ends",
        (
            *_SECOND_IN_SECTIONS,
            *_done(A_GROUP),
            *_done(_STARTED_BELOW),
            *_done(clones(_THIRD_THREAD_WORD, STRONG | USED)),
            *_done(call("thread_handle_thread_exit_sync", _THIRD_THREAD_WORD), by=1),
            *_done(_SWITCHES[1], by=1),
            *_done(call("thread_group_exit", NEW_GROUP)),
        ),
        (_TICKS[1], destroys(_HELD_THREAD_WORD), *_GOES_ON, *_SWITCHES, *_EXITS),
    ),
    Scene(
        "groups that end on two processors",
        (*_SECOND_IN_SECTIONS, *_done(A_GROUP)),
        (
            call("thread_group_exit", NEW_GROUP),
            _on(1, call("thread_group_exit", GROUP)),
            *_GOES_ON,
            *_SWITCHES,
            *_EXITS,
        ),
    ),
    Scene(
        "groups far below each other",
        _groups_in_a_row(9),
        (call("thread_group_exit", NEW_GROUP), destroys(NEW_GROUP), *_GOES_ON),
    ),
    Scene(
        "a thread that is ended while it sends",
        (
            *_SECOND_IN_SECTIONS,
            *_done(A_CHANNEL),
            *_done(call("channel_sync_send", CHANNEL, SENT, 0, 8), by=1),
            *_done(_SWITCHES[1], by=1),
        ),
        (
            call("thread_destroy", NEW_THREAD_WORD, options=OTHER),
            receives(TARGET, 64),
            *_GOES_ON,
            *_SWITCHES,
        ),
    ),
    Scene(
        "who receives and who sends at once",
        (*_SECOND_IN_SECTIONS, *_done(A_CHANNEL)),
        (
            _on(1, call("channel_sync_recv", CHANNEL, TARGET, 0, 8)),
            call("channel_try_send", CHANNEL, SENT, 0, 8),
            *_GOES_ON,
            *_SWITCHES,
            *_EXITS,
        ),
    ),
    Scene(
        "a space that holds itself",
        _done(call("thread_new", ALLOCATOR, GROUP, ADDRESS_SPACE, options=1 | CREATED_RIGHTS)),
        (
            call("cap_clone", MADE_SPACE, 0, MADE_SPACE, options=STRONG | ALL | SRC_SELF),
            call("thread_destroy", NEW_THREAD_WORD, options=OTHER),
            *_GOES_ON,
        ),
    ),
    Scene(
        "a page that is touched, unmapped and dropped",
        (
            *_SECOND_IN_SECTIONS,
            *_done(call("memory_new", ALLOCATOR, 1, options=CREATED_RIGHTS)),
            *_done(maps(AT, READ | WRITE, memory=FRESH)),
        ),
        (
            *_both(touches(AT)),
            call("address_space_unmap", ADDRESS_SPACE, AT),
            destroys(FRESH),
            *_GOES_ON,
        ),
    ),
)
"""Scenes on two processors, where calls are rows of sections."""
