"""What a thread might give a call: good arguments mostly, and every kind of bad one.

Which calls and arguments, and how often, decides how soon a walk has seen every refusal.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from reference_kernel.boot import FIRST_GROUP
from reference_kernel.state import CapabilitySpace, State
from spec.ids import ObjectType, pack

_T = TypeVar("_T")


class Chooser(Protocol):
    """Where choices come from."""

    def below(self, limit: int, /) -> int:
        """A number from 0 to `limit` - 1."""
        ...

    def pick(self, among: Sequence[_T], /) -> _T:
        """One of them."""
        ...


class View:
    """The caller's capabilities, sorted by what they are good for."""

    __slots__ = ("by_type", "chooser", "own", "state", "words")

    def __init__(self, state: State, space: int, chooser: Chooser) -> None:
        body = state.body(space)
        assert isinstance(body, CapabilitySpace)
        self.chooser = chooser
        self.own = body
        self.state = state
        self.words = sorted(body.entries)
        self.by_type: dict[int, list[int]] = {}
        for word in self.words:
            self.by_type.setdefault(word >> 5 & 31, []).append(word)

    def is_dead(self, word: int) -> bool:
        """Whether the capability is weak and its object dead."""
        return self.state.body(self.own.entries[word]) is None

    def is_last(self, word: int) -> bool:
        """Whether the capability is all that keeps its object alive, and weak ones name it."""
        known = self.state.objects[self.own.entries[word]]
        return known.strong == 1 and known.weak > 0 and word not in _BOOT_IDS


_Argument = Callable[[View], int]

_FAR_SERIAL = 1000
_UNDEFINED_TYPE = 31
_PAST_NS = 1


def _of(kind: ObjectType) -> _Argument:
    """An id of that type, or once in a while something else."""

    def argument(view: View) -> int:
        good = view.by_type.get(kind)
        if good and view.chooser.below(12):
            return good[-1 - view.chooser.below(len(good))]
        return _wrong(view, kind)

    return argument


def _wrong(view: View, kind: ObjectType) -> int:
    match view.chooser.below(12):
        case 0:
            return 0
        case 1:
            return _UNDEFINED_TYPE << 5
        case 3 | 4 | 5 | 6:
            dead = [each for each in view.by_type.get(kind, []) if view.is_dead(each)]
            return view.chooser.pick(dead) if dead else 0
        case 2:
            return pack(kind, view.chooser.below(16), weak=False, serial=_FAR_SERIAL)
        case _:
            return view.chooser.pick(view.words) if view.words else 0


def _any_capability(view: View) -> int:
    """An id of any type; seldom one without a table, which ends an as-built run."""
    odd = view.chooser.below(256)
    if odd == 0:
        return pack(view.chooser.pick(_TABLELESS), 0, weak=False, serial=0)
    if odd < 8 or not view.words:
        return _wrong_capability(view)
    if odd < 24:
        dead = [each for each in view.words if view.is_dead(each)]
        if dead:
            return view.chooser.pick(dead)
    kinds = [kind for kind in _OFTEN_CLONED if kind in view.by_type]
    if kinds and view.chooser.below(4):
        return view.chooser.pick(view.by_type[view.chooser.pick(kinds)])
    return view.chooser.pick(view.words)


def _destroyed(view: View) -> int:
    """Any capability; often the one that keeps an object alive which weak ones name.

    Seldom one of those without which the program gets nowhere.
    """
    if view.chooser.below(3) == 0:
        watched = [each for each in view.words if view.is_last(each)]
        if watched:
            return view.chooser.pick(watched)
    word = _any_capability(view)
    if word in _BOOT_IDS and view.chooser.below(24):
        later = [each for each in view.words if each not in _BOOT_IDS]
        return view.chooser.pick(later) if later else word
    return word


def _wrong_capability(view: View) -> int:
    if view.chooser.below(2):
        return _UNDEFINED_TYPE << 5
    return pack(ObjectType.KEY, view.chooser.below(16), weak=False, serial=_FAR_SERIAL)


_BOOT_IDS = frozenset({0x37, 0x4F, 0x6F, 0x97, 0x18F})
_TABLELESS = (
    ObjectType.NULL,
    ObjectType.LOCK,
    ObjectType.MESSAGE_CAPACITY,
    ObjectType.ROOT_OOM,
)
_OFTEN_CLONED = (
    ObjectType.KEY,
    ObjectType.THREAD_GROUP,
    ObjectType.CAPABILITY_SPACE,
    ObjectType.DROP_CHECK,
    ObjectType.THREAD,
)


def _number(*among: int) -> _Argument:
    return lambda view: view.chooser.pick(among)


_PAGES = _number(0, 1, 1, 2, 8, 1 << 20, (1 << 52) - 1, 1 << 52, (1 << 64) - 1)
_TIME = _number(0, _PAST_NS)
_ALLOCATOR = _of(ObjectType.ALLOCATOR)
_GROUP = _of(ObjectType.THREAD_GROUP)
_THREAD = _of(ObjectType.THREAD)
_SPACE = _of(ObjectType.CAPABILITY_SPACE)
_ADDRESS_SPACE = _of(ObjectType.ADDRESS_SPACE)
_RECEIVER = _of(ObjectType.DROP_CHECK_RECIEVER)
_POOL = _of(ObjectType.EVENT_POOL)


def _ended_group(view: View) -> int:
    """A group, seldom the first: that ends the run."""
    word = _GROUP(view)
    if view.own.entries.get(word) != FIRST_GROUP or not view.chooser.below(16):
        return word
    later = [
        each
        for each in view.by_type[ObjectType.THREAD_GROUP]
        if view.own.entries[each] != FIRST_GROUP
    ]
    return view.chooser.pick(later) if later else _UNDEFINED_TYPE << 5


ARGUMENTS: dict[str, tuple[int, tuple[_Argument, ...]]] = {
    "thread_group_new": (4, (_GROUP, _ALLOCATOR)),
    "thread_group_exit": (4, (_ended_group,)),
    "thread_new": (6, (_ALLOCATOR, _GROUP, _ADDRESS_SPACE, _SPACE, _number(0x1000), _number(0))),
    "thread_yield": (4, ()),
    "thread_destroy": (2, (_THREAD,)),
    "thread_suspend": (3, (_TIME,)),
    "thread_resume": (5, (_THREAD,)),
    "thread_set_property": (1, (_number(0, 0, 1, (1 << 64) - 1), _number(0x1000))),
    "thread_handle_thread_exit_sync": (3, (_THREAD, _TIME)),
    "thread_handle_thread_exit_async": (3, (_THREAD, _POOL, _number(7))),
    "cap_clone": (20, (_SPACE, _SPACE, _any_capability)),
    "cap_destroy": (16, (_SPACE, _destroyed)),
    "address_space_new": (1, (_ALLOCATOR,)),
    "memory_new": (2, (_ALLOCATOR, _PAGES)),
    "memory_get_size": (2, (_of(ObjectType.MEMORY),)),
    "event_pool_new": (2, (_ALLOCATOR, _PAGES)),
    "channel_new": (2, (_ALLOCATOR,)),
    "key_new": (3, (_ALLOCATOR,)),
    "key_id": (4, (_of(ObjectType.KEY),)),
    "drop_check_new": (3, (_ALLOCATOR, _number(5))),
    "drop_check_reciever_handle_cap_drop_sync": (1, (_RECEIVER, _TIME)),
    "drop_check_reciever_handle_cap_drop_async": (2, (_RECEIVER, _POOL, _number(7))),
}
"""For each call how often it is made, and how its arguments are chosen."""
