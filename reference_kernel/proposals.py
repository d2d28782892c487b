"""What may happen next: mostly calls, and time that passes."""

from collections.abc import Callable

from reference_kernel import memory_arguments as memory
from reference_kernel import message_arguments as messages
from reference_kernel.arguments import ARGUMENTS
from reference_kernel.choosing import BOOT_IDS, Chooser, View
from reference_kernel.events import CallMade, CallReturns, Event, TimeoutFires, TimerTick
from reference_kernel.intents import Intent, next_call
from reference_kernel.state import NOTHING, CapabilitySpace, State, Thread
from reference_kernel.step import has_timeout
from spec.ids import ObjectType, type_of
from spec.options import CREATED_RIGHTS, WEAK_AUTO_DESTROY, CapClone, CapDestroy
from spec.sizes import WORD_LIMIT
from spec.syscalls import BY_NAME

_WORDS = 8

_UNKNOWN = "unknown_call"
_CALL_KINDS = (*sorted(ARGUMENTS, key=lambda name: len(ARGUMENTS[name][1])), _UNKNOWN)
_OTHER_KINDS = ("call_returns", "timer_tick", "timeout_fires", "user_reads", "user_writes")
KINDS = (*_OTHER_KINDS, *_CALL_KINDS)
"""What may be proposed: time, then what needs no call, then calls, the simple ones first."""


def propose(state: State, chooser: Chooser) -> Event:
    """An event that can happen in this state, which has not ended.

    A thread in the middle of a call mostly ends it; an idle processor waits for a tick or a
    timeout.
    """
    if chooser.below(24) == 0 or state.current == NOTHING:
        event = _time_passes(state, chooser)
        if event is not None:
            return event
    return propose_by_thread(state, chooser)


def propose_by_thread(state: State, chooser: Chooser) -> Event:
    """What the running thread does."""
    runs = state.body(state.current)
    assert isinstance(runs, Thread), state.current
    if runs.call is not None:
        return CallReturns(state.current)
    shares = memory.reaches_shared(state, runs)
    is_full = not memory.pages_left(state)
    eager = shares or is_full
    if chooser.below(8 // (1 + eager) // (1 + (shares and is_full))) == 0:
        writes = eager or bool(chooser.below(2))
        if memory.can_access(state, runs, writes=writes):
            return memory.user_access(state, runs, chooser, writes=writes)
    return propose_call(state, chooser)


def offered(state: State) -> frozenset[str]:
    """The kinds of events that can happen in this state, which has not ended."""
    runs = state.body(state.current)
    kinds: tuple[str, ...] = ()
    if isinstance(runs, Thread):
        kinds = _runs_on(state, runs) if runs.call is None else ("call_returns",)
    if any(state.ready):
        kinds += ("timer_tick",)
    if sleepers(state):
        kinds += ("timeout_fires",)
    return frozenset(kinds)


def _runs_on(state: State, runs: Thread) -> tuple[str, ...]:
    """What a thread can do that is in no call."""
    kinds = _CALL_KINDS
    if memory.can_access(state, runs, writes=False):
        kinds += ("user_reads",)
    if memory.can_access(state, runs, writes=True):
        kinds += ("user_writes",)
    return kinds


def propose_one(state: State, kind: str, chooser: Chooser) -> Event:
    """An event of a kind that the state offers."""
    match kind:
        case "timer_tick":
            return TimerTick()
        case "timeout_fires":
            return TimeoutFires(chooser.pick(sleepers(state)))
        case "call_returns":
            return CallReturns(state.current)
        case "user_reads" | "user_writes":
            runs = state.body(state.current)
            assert isinstance(runs, Thread), state.current
            return memory.user_access(state, runs, chooser, writes=kind == "user_writes")
        case _:
            return _call(_view(state, chooser), Intent(kind))


def sleepers(state: State) -> list[int]:
    """The threads in a wait that they limited."""
    return [
        name
        for name, known in sorted(state.objects.items())
        if isinstance(known.body, Thread) and has_timeout(known.body)
    ]


def _time_passes(state: State, chooser: Chooser) -> Event | None:
    """A timeout, or a tick; while the processor idles a tick mostly, if that ends it."""
    waiting = sleepers(state)
    seldom = 2 if state.current != NOTHING else 8
    if waiting and (chooser.below(seldom) == 0 or not any(state.ready)):
        return TimeoutFires(chooser.pick(waiting))
    return TimerTick() if any(state.ready) else None


def ended(state: State) -> bool:
    """Whether nothing can happen any more that matters: a panic, or threads that all sleep."""
    if state.panicked is not None:
        return True
    if state.current != NOTHING or any(state.ready):
        return False
    return not any(
        isinstance(known.body, Thread) and has_timeout(known.body)
        for known in state.objects.values()
    )


def propose_call(state: State, chooser: Chooser) -> CallMade:
    """A call of the running thread, which is in none."""
    view = _view(state, chooser)
    if chooser.below(400) == 0:
        return _call(view, Intent(_UNKNOWN))
    if chooser.below(6) == 0:
        clone = messages.endowment(view)
        if clone is not None:
            return _made(state, BY_NAME["cap_clone"].number, clone[0], list(clone[1]))
    return _call(view, next_call(view))


def _view(state: State, chooser: Chooser) -> View:
    caller = state.body(state.current)
    assert isinstance(caller, Thread), state.current
    return View(state, caller.capability_space, chooser)


def _call(view: View, intent: Intent) -> CallMade:
    state, chooser, words, name = view.state, view.chooser, view.given, intent.call
    if name == _UNKNOWN:
        return _made(state, chooser.pick(_UNKNOWN_NUMBERS), 0, [])
    place = _place(intent, chooser)
    for at, argument in enumerate(ARGUMENTS[name][1]):
        words.append(intent.about if at == place else argument(view))
    options = _OPTIONS.get(name, _created)(view)
    if name in _LEAVES_PROCESSOR and not view.has_others() and chooser.below(24):
        options |= _BIT_0
    if name in _OTHER_SPACE:
        if place is None:
            _reach_into(view, name, options)
        else:
            options |= _OTHER_SPACE[name][0]
    if name == "cap_clone" and words[-1] in BOOT_IDS and chooser.below(24):
        options &= ~CapClone.DESTROY_SRC_CAP
    if chooser.below(4) == 0:
        options |= WEAK_AUTO_DESTROY
    return _made(state, BY_NAME[name].number, options, words)


def _place(intent: Intent, chooser: Chooser) -> int | None:
    """Which argument is what the call is about; None when that is not to be so."""
    if not intent.about:
        return None
    if intent.call in _OTHER_SPACE:
        return len(ARGUMENTS[intent.call][1]) - 1
    kind, arguments = type_of(intent.about), BY_NAME[intent.call].arguments
    places = [at for at, argument in enumerate(arguments) if argument.type == kind]
    return chooser.pick(places) if places and chooser.below(12) else None


def _made(state: State, number: int, options: int, words: list[int]) -> CallMade:
    held = (word % WORD_LIMIT for word in words)
    padded = (*held, *(0 for _ in range(_WORDS - len(words))))
    return CallMade(state.current, number, int(options), padded)


_LEAVES_PROCESSOR = (
    "thread_destroy",
    "thread_suspend",
    "thread_handle_thread_exit_sync",
    "drop_check_reciever_handle_cap_drop_sync",
    *messages.WAITS,
)
_BIT_0 = 1
"""Of these calls: DESTROY_OTHER, or a timeout. Without it the last ready thread ends the run."""
_UNKNOWN_NUMBERS = (50, 51, 1 << 31)
_OTHER_SPACE = {
    "cap_clone": (CapClone.SRC_CSPACE_SELF, 1),
    "cap_destroy": (CapDestroy.CSPACE_SELF, 0),
}


def _reach_into(view: View, name: str, options: int) -> None:
    """The last argument is an id of the other space that the call names, if it names one."""
    own, at = _OTHER_SPACE[name]
    if options & own:
        return
    other = view.body(view.given[at])
    if isinstance(other, CapabilitySpace) and other.entries and view.chooser.below(8):
        view.given[-1] = view.chooser.pick(sorted(other.entries))


def _clone_options(view: View) -> int:
    chooser, kind = view.chooser, type_of(view.given[2])
    options = chooser.pick((15, 15, 7, 8, 3, 0, 1, 4))
    if kind in _OFTEN_WEAKENED and chooser.below(2):
        options = _OFTEN_WEAKENED[kind]
    if kind == ObjectType.THREAD and chooser.below(3):
        options |= CapClone.CHANGE_CAP_WEAKNESS
    elif kind == ObjectType.THREAD_GROUP and chooser.below(2):
        options |= CapClone.CHANGE_CAP_WEAKNESS | CapClone.MAKE_WEAK
    else:
        options |= chooser.pick(_WEAKNESS)
    if chooser.below(3) == 0:
        options |= CapClone.DESTROY_SRC_CAP
    if chooser.below(5):
        options |= CapClone.SRC_CSPACE_SELF
    if chooser.below(4):
        options |= CapClone.DST_CSPACE_SELF
    return options


_OFTEN_WEAKENED = {
    int(ObjectType.MEMORY): int(CapClone.READ | CapClone.UPGRADE),
    int(ObjectType.ADDRESS_SPACE): int(CapClone.READ | CapClone.PROD),
}
"""The rights without which mappings can be looked at, and not be changed."""
_WEAKNESS = (
    0,
    0,
    int(CapClone.CHANGE_CAP_WEAKNESS),
    int(CapClone.CHANGE_CAP_WEAKNESS | CapClone.MAKE_WEAK),
    int(CapClone.CHANGE_CAP_WEAKNESS | CapClone.MAKE_WEAK),
    int(CapClone.CHANGE_CAP_WEAKNESS | CapClone.MAKE_WEAK),
)


def _one_of(*among: int) -> Callable[[View], int]:
    return lambda view: view.chooser.pick(among)


def _destroy_options(view: View) -> int:
    """`thread_destroy`: mostly of another thread, if the caller has any.

    Often of itself where others wait for its end, or for something with its space.
    """
    if ObjectType.THREAD not in view.by_type:
        return 0
    ends = view.is_needed() and view.chooser.below(2) == 0
    return int(not ends and view.chooser.below(5) > 0)


def _created(view: View) -> int:
    """Option words of calls that make an object: its rights, where the call or the design asks."""
    chooser = view.chooser
    rights = chooser.pick(_SOME_RIGHTS) if chooser.below(8) == 0 else chooser.pick((0, 15, 15, 15))
    return chooser.pick((0, 1, 15, 15)) | _RIGHT_OF_CREATED * rights


_SOME_RIGHTS = range(16)
_RIGHT_OF_CREATED = CREATED_RIGHTS & -CREATED_RIGHTS
"""The lowest bit of the rights of what is made."""


_OPTIONS: dict[str, Callable[[View], int]] = {
    **messages.OPTIONS,
    "memory_map": memory.map_options,
    "phys_mem_map": memory.map_options,
    "memory_new": memory.new_options,
    "memory_resize": memory.resize_options,
    "memory_update_mapping": memory.update_options,
    "memory_update": memory.update_both_options,
    "thread_new": lambda view: view.chooser.pick((1, 2, 2, 2, 2, 2, 3, 0)) | CREATED_RIGHTS,
    "cap_clone": _clone_options,
    "cap_destroy": _one_of(1, 1, 1, 0),
    "thread_destroy": _destroy_options,
    "thread_suspend": _one_of(0, 1, 1),
    "thread_handle_thread_exit_sync": _one_of(0, 0, 1),
    "thread_handle_thread_exit_async": _one_of(0, 1),
    "drop_check_reciever_handle_cap_drop_sync": _one_of(0, 0, 1),
    "drop_check_reciever_handle_cap_drop_async": _one_of(0, 1),
}
