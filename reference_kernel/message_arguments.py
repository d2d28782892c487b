"""What a thread might give the calls about messages, and what it might write for others to get.

Who sends and who receives mostly use different memories, and channels on which somebody waits.
"""

from collections.abc import Callable

from reference_kernel.choosing import Chooser, View
from reference_kernel.state import CapabilitySpace, Channel, EventPool, State, Thread
from spec.ids import ObjectType, is_weak, type_of
from spec.options import CREATED_RIGHTS, CapClone
from spec.rights import Right
from spec.sizes import PAGE_BYTES

_Argument = Callable[[View], int]

_OFFSETS = (0, 0, 0, 0, 0, 8, 16, 4, PAGE_BYTES - 16, PAGE_BYTES - 8, 3 * PAGE_BYTES)
_ODD_OFFSETS = (40 * PAGE_BYTES, (1 << 64) - 8)
_SENT = (8, 16, 24, 24, 40, 40, 12, 0, 200, PAGE_BYTES, 2 * PAGE_BYTES + 8)
_RECEIVED = (64, 64, 200, PAGE_BYTES, PAGE_BYTES, 8, 16, 20, 0, 2 * PAGE_BYTES)
_ODD_SIZES = (40 * PAGE_BYTES, (1 << 64) - 1)
_LARGEST_COUNT = 5
_WORDS_WRITTEN = 4
_POOR = 10
"""With fewer capabilities a program can do little."""


def offset(view: View) -> int:
    """The first byte of a message, seldom one that no memory has."""
    return view.chooser.pick(_OFFSETS if view.chooser.below(10) else _ODD_OFFSETS)


def size_sent(view: View) -> int:
    """The bytes of a message, seldom more than any memory has."""
    return view.chooser.pick(_SENT if view.chooser.below(24) else _ODD_SIZES)


def size_received(view: View) -> int:
    """The bytes into which a message goes, sometimes too few."""
    return view.chooser.pick(_RECEIVED if view.chooser.below(12) else _ODD_SIZES)


def sent_to(other: _Argument) -> _Argument:
    """A channel, often one from which somebody wants to receive."""
    return _awaited(other, Right.PROD, lambda channel: bool(channel.receivers))


def received_from(other: _Argument) -> _Argument:
    """A channel, often one to which somebody wants to send."""
    return _awaited(other, Right.WRITE, lambda channel: bool(channel.senders))


def _awaited(other: _Argument, right: Right, is_awaited: Callable[[Channel], bool]) -> _Argument:
    def argument(view: View) -> int:
        known = [each for each in view.by_type.get(ObjectType.CHANNEL, []) if each & right]
        if not known or not view.chooser.below(12):
            return other(view)
        found = [
            word
            for word in known
            if isinstance(body := view.state.body(view.own.entries[word]), Channel)
            and is_awaited(body)
        ]
        return view.chooser.pick(found if found and view.chooser.below(4) else known)

    return argument


def half(other: _Argument, right: Right, *, odd: bool) -> _Argument:
    """A memory with the right, mostly of those that were made as odd, or as even, objects.

    A memory that is sent to itself hangs the kernel as built. Often it is one that can die.
    """

    def argument(view: View) -> int:
        made = view.made(ObjectType.MEMORY) if view.chooser.below(4) else []
        made = [each for each in made if not view.is_mapped(each)]
        known = made or view.by_type.get(ObjectType.MEMORY, [])
        known = [each for each in known if each & right]
        found = [each for each in known if view.own.entries[each] % 2 == odd]
        found = found or (made if odd else [])
        return view.chooser.pick(found) if found and view.chooser.below(16) else other(view)

    return argument


def seldom(other: _Argument) -> _Argument:
    """Seldom what the call needs: as built it ends the run."""

    def argument(view: View) -> int:
        if view.chooser.below(6) == 0:
            return other(view)
        return view.chooser.pick(view.words) if view.words else 0

    return argument


def pool(other: _Argument) -> _Argument:
    """An event pool; often one that is mapped, so that it can be awaited."""

    def argument(view: View) -> int:
        found = _mapped(view) if view.chooser.below(2) else []
        return view.chooser.pick(found) if found else other(view)

    return argument


def _mapped(view: View) -> list[int]:
    """The event pools of the caller that are mapped."""
    return [
        word
        for word in view.by_type.get(ObjectType.EVENT_POOL, [])
        if isinstance(body := view.state.body(view.own.entries[word]), EventPool) and body.mapped_in
    ]


def told_pools(view: View) -> list[int]:
    """The event pools of the caller that are mapped and have events to show."""
    return [
        word
        for word in _mapped(view)
        if isinstance(body := view.body(word), EventPool) and body.written_bytes
    ]


def awaited_pool(other: _Argument) -> _Argument:
    """An event pool; often one that has events to show."""

    def argument(view: View) -> int:
        found = told_pools(view) if view.chooser.below(4) else []
        return view.chooser.pick(found) if found else other(view)

    return argument


def has_mapped_pool(view: View) -> bool:
    """Whether the caller has an event pool that is mapped."""
    return bool(_mapped(view))


def word_written(state: State, caller: Thread, chooser: Chooser) -> tuple[int, int]:
    """Which of the first words of a page a program writes, and what.

    The first is mostly a count of ids, and the next ones often ids: they may be sent.
    """
    number = chooser.below(_WORDS_WRITTEN)
    value = 1 + chooser.below(250)
    if number == 0 and chooser.below(4):
        value = chooser.below(_LARGEST_COUNT)
    elif number and chooser.below(2):
        space = state.body(caller.capability_space)
        if isinstance(space, CapabilitySpace) and space.entries:
            value = chooser.pick(sorted(space.entries))
    return number, value


def wait_options(view: View) -> int:
    """Calls that wait: mostly with a timeout."""
    return view.chooser.below(2)


def requeue_options(view: View) -> int:
    """Calls that have a pool told once, or again and again."""
    return view.chooser.pick((0, 1, 1))


def printed_characters(view: View) -> int:
    """`print_debug`: how many characters, seldom more than it has words for."""
    return view.chooser.pick((0, 3, 8, 64, 65))


def endowment(view: View) -> tuple[int, tuple[int, int, int]] | None:
    """Options and arguments of a `cap_clone` that makes a poor program richer, if one is known.

    So a second program comes to what it needs to talk to the first: mostly to what it lacks.
    """
    poor = [
        word
        for word in view.by_type.get(ObjectType.CAPABILITY_SPACE, [])
        if isinstance(body := view.body(word), CapabilitySpace)
        and body is not view.own
        and len(body.entries) < _POOR
        and word & Right.WRITE
    ]
    if not poor:
        return None
    to = view.chooser.pick(poor)
    space = view.body(to)
    assert isinstance(space, CapabilitySpace)
    has = {type_of(word) for word in space.entries} if view.chooser.below(4) else set()
    useful = [kind for kind in _USEFUL if kind in view.by_type and kind not in has]
    if not useful:
        return None
    given = view.chooser.pick(view.by_type[view.chooser.pick(useful)])
    options = int(CapClone.SRC_CSPACE_SELF) | 15
    if is_weak(given):
        options |= int(CapClone.CHANGE_CAP_WEAKNESS)
    return options, (to, 0, given)


_USEFUL = (
    ObjectType.CHANNEL,
    ObjectType.CHANNEL,
    ObjectType.MEMORY,
    ObjectType.MEMORY,
    ObjectType.EVENT_POOL,
    ObjectType.ALLOCATOR,
    ObjectType.ADDRESS_SPACE,
    ObjectType.THREAD_GROUP,
    ObjectType.REPLY,
)


OPTIONS: dict[str, Callable[[View], int]] = {
    "event_pool_await": wait_options,
    "channel_new": lambda view: view.chooser.pick((15, 15, 15, 2, 4, 0)) | CREATED_RIGHTS,
    "channel_try_send": lambda _: 0,
    "channel_sync_send": wait_options,
    "channel_async_send": lambda _: 0,
    "channel_try_recv": lambda _: 0,
    "channel_sync_recv": wait_options,
    "channel_async_recv": requeue_options,
    "channel_sync_call": wait_options,
    "channel_async_call": lambda _: 0,
    "reply_reply": lambda _: 0,
    "thread_remove_listener": lambda _: 0,
    "drop_check_reciever_remove_listener": lambda _: 0,
    "channel_remove_listener": lambda _: 0,
    "print_debug": printed_characters,
    "interrupt_handle_interrupt_trigger_sync": wait_options,
    "interrupt_handle_interrupt_trigger_async": requeue_options,
}
"""The option words of the calls about messages, events and interrupts."""
WAITS = (
    "event_pool_await",
    "channel_sync_send",
    "channel_sync_recv",
    "channel_sync_call",
    "interrupt_handle_interrupt_trigger_sync",
)
"""Those of them in which the caller may leave the processor; bit 0 gives it a timeout."""
