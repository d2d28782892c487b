"""CAP-9 refusals_come_in_order.

Here each refusal is a question about the state before the call, asked without running the call; the
order of the questions is that of the call's table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from reference_kernel.events import CallMade, Event
from reference_kernel.guarantees.check import Check
from reference_kernel.outcomes import NotModelled, Outcome, Panic, Refused
from reference_kernel.state import NOTHING, CapabilitySpace, State, Thread, ThreadGroup, ThreadState
from spec.design import Design, EnumDecode, GroupAdmission, ResumeScope, UpgradeRight
from spec.ids import TABLED, ObjectType, is_weak, parses, rights_of, type_of
from spec.options import CapClone, CapDestroy, ThreadDestroy, ThreadNew
from spec.rights import Right, covers
from spec.sizes import PAGE_BYTES
from spec.syscalls import BY_NUMBER


@dataclass(frozen=True, slots=True)
class Asked:
    """A call, and the state in which it is made."""

    design: Design
    state: State
    call: CallMade

    def word(self, at: int) -> int:
        """The argument with this number."""
        return self.call.arguments[at]

    def caller(self) -> Thread:
        """The calling thread."""
        body = self.state.body(self.call.thread)
        assert isinstance(body, Thread), self.call
        return body

    def target(self, at: int, *, space: int | None = None) -> int | None:
        """The object that the argument names, if its space has it."""
        body = self.state.body(self.caller().capability_space if space is None else space)
        assert isinstance(body, CapabilitySpace), self.call
        return body.entries.get(self.word(at))


Question = Callable[[Asked], bool]


def _capability(
    name: str, at: int, kind: ObjectType, needed: int, *, unless: int = 0, only: int = 0
) -> dict[str, Question]:
    """The refusals of one capability argument; some options turn the argument off, or on."""

    def matters(asked: Asked) -> bool:
        options = asked.call.options
        return not options & unless and (not only or bool(options & only))

    def malformed(asked: Asked) -> bool:
        return matters(asked) and not parses(asked.word(at))

    def unknown(asked: Asked) -> bool:
        known = asked.target(at) is not None and type_of(asked.word(at)) == kind
        return matters(asked) and not known

    def lacks(asked: Asked) -> bool:
        return matters(asked) and not covers(rights_of(asked.word(at)), needed)

    def dead(asked: Asked) -> bool:
        target = asked.target(at)
        return matters(asked) and target is not None and asked.state.body(target) is None

    return {
        f"{name}_malformed": malformed,
        f"{name}_unknown": unknown,
        f"{name}_lacks_right": lacks,
        f"{name}_dead": dead,
    }


_ALLOCATOR = _capability("allocator", 0, ObjectType.ALLOCATOR, Right.PROD)
_OWN_SOURCE = CapClone.SRC_CSPACE_SELF
_OWN_DESTINATION = CapClone.DST_CSPACE_SELF


def _cap_malformed(at: int) -> Question:
    return lambda asked: not parses(asked.word(at))


def _cap_untabled(at: int) -> Question:
    """As built this is no refusal but a panic."""

    def untabled(asked: Asked) -> bool:
        total = asked.design.enum_decode is EnumDecode.TOTAL
        return total and type_of(asked.word(at)) not in TABLED

    return untabled


def _cap_unknown(at: int, space_at: int, own: int) -> Question:
    def unknown(asked: Asked) -> bool:
        return _cap(asked, at, space_at, own) is None

    return unknown


def _cap(asked: Asked, at: int, space_at: int, own: int) -> int | None:
    space = None if asked.call.options & own else asked.target(space_at)
    return asked.target(at, space=space)


def _made_strong(asked: Asked) -> bool:
    changes = asked.call.options & (CapClone.CHANGE_CAP_WEAKNESS | CapClone.MAKE_WEAK)
    return is_weak(asked.word(2)) and changes == CapClone.CHANGE_CAP_WEAKNESS


def _cap_lacks_upgrade(asked: Asked) -> bool:
    checked = asked.design.upgrade_right is UpgradeRight.CHECKED
    return checked and _made_strong(asked) and not rights_of(asked.word(2)) & Right.UPGRADE


def _cap_dead(asked: Asked) -> bool:
    target = _cap(asked, 2, 1, _OWN_SOURCE)
    return _made_strong(asked) and target is not None and asked.state.body(target) is None


def _may_not_be_held(at: int, *, unless: int = 0) -> Question:
    def refused(asked: Asked) -> bool:
        own = (asked.caller().address_space, asked.caller().capability_space)
        word = asked.word(at)
        return (
            asked.design.upgrade_right is UpgradeRight.CHECKED
            and not asked.call.options & unless
            and is_weak(word)
            and not rights_of(word) & Right.UPGRADE
            and asked.target(at) not in own
        )

    return refused


def _exited(at: int) -> Question:
    def exited(asked: Asked) -> bool:
        closed = asked.design.group_admission is GroupAdmission.CLOSED_AFTER_EXIT
        group = asked.state.body(asked.target(at) or NOTHING)
        return closed and isinstance(group, ThreadGroup) and group.exited

    return exited


def _not_suspended(asked: Asked) -> bool:
    thread = asked.state.body(asked.target(0) or NOTHING)
    return isinstance(thread, Thread) and thread.state is not ThreadState.SUSPENDED


def _waits(asked: Asked) -> bool:
    scoped = asked.design.resume_scope is ResumeScope.ONLY_SUSPENDED_BY_CALL
    thread = asked.state.body(asked.target(0) or NOTHING)
    return scoped and isinstance(thread, Thread) and thread.waits_on != NOTHING


def _only_others(question: Question) -> Question:
    other = ThreadDestroy.DESTROY_OTHER
    return lambda asked: bool(asked.call.options & other) and question(asked)


def _overflows(at: int) -> Question:
    return lambda asked: asked.word(at) * PAGE_BYTES >= 1 << 64


def _thread(needed: int, *, only: int = 0) -> dict[str, Question]:
    return _capability("thread", 0, ObjectType.THREAD, needed, only=only)


def _receiver() -> dict[str, Question]:
    kind = ObjectType.DROP_CHECK_RECIEVER
    return _capability("drop_check_reciever", 0, kind, Right.PROD)


_POOL = _capability("event_pool", 1, ObjectType.EVENT_POOL, Right.WRITE)
_SPACE = ObjectType.CAPABILITY_SPACE
_CREATES = ThreadNew.CREATE_CAPABILITY_SPACE

QUESTIONS: Mapping[str, Mapping[str, Question]] = MappingProxyType(
    {
        "thread_group_new": {
            **_capability("parent", 0, ObjectType.THREAD_GROUP, Right.PROD),
            **_capability("allocator", 1, ObjectType.ALLOCATOR, Right.PROD),
            "parent_exited": _exited(0),
        },
        "thread_group_exit": _capability("group", 0, ObjectType.THREAD_GROUP, Right.WRITE),
        "thread_new": {
            **_ALLOCATOR,
            **_capability("thread_group", 1, ObjectType.THREAD_GROUP, Right.PROD),
            **_capability("address_space", 2, ObjectType.ADDRESS_SPACE, Right.PROD),
            **_capability("cap_space", 3, _SPACE, Right.WRITE, unless=_CREATES),
            "address_space_lacks_upgrade": _may_not_be_held(2),
            "cap_space_lacks_upgrade": _may_not_be_held(3, unless=_CREATES),
            "thread_group_exited": _exited(1),
        },
        "thread_yield": {},
        "thread_destroy": {
            **_thread(Right.WRITE, only=ThreadDestroy.DESTROY_OTHER),
            "thread_not_suspended": _only_others(_not_suspended),
        },
        "thread_suspend": {},
        "thread_resume": {
            **_thread(Right.WRITE),
            "thread_not_suspended": _not_suspended,
            "thread_waits": _waits,
        },
        "thread_set_property": {"unknown_property": lambda asked: asked.word(0) != 0},
        "thread_handle_thread_exit_sync": _thread(Right.PROD),
        "thread_handle_thread_exit_async": {**_thread(Right.PROD), **_POOL},
        "cap_clone": {
            "cap_malformed": _cap_malformed(2),
            **_capability("src_cspace", 1, _SPACE, Right.WRITE, unless=_OWN_SOURCE),
            **_capability("dst_cspace", 0, _SPACE, Right.WRITE, unless=_OWN_DESTINATION),
            "cap_untabled": _cap_untabled(2),
            "cap_unknown": _cap_unknown(2, 1, _OWN_SOURCE),
            "cap_lacks_upgrade": _cap_lacks_upgrade,
            "cap_dead": _cap_dead,
        },
        "cap_destroy": {
            "cap_malformed": _cap_malformed(1),
            **_capability("cspace", 0, _SPACE, Right.WRITE, unless=CapDestroy.CSPACE_SELF),
            "cap_untabled": _cap_untabled(1),
            "cap_unknown": _cap_unknown(1, 0, CapDestroy.CSPACE_SELF),
        },
        "address_space_new": _ALLOCATOR,
        "memory_new": {
            **_ALLOCATOR,
            "no_pages": lambda asked: asked.word(1) == 0,
            "too_many_pages": _overflows(1),
        },
        "memory_get_size": _capability("memory", 0, ObjectType.MEMORY, Right.READ),
        "event_pool_new": {"too_many_pages": _overflows(1), **_ALLOCATOR},
        "channel_new": _ALLOCATOR,
        "key_new": _ALLOCATOR,
        "key_id": _capability("key", 0, ObjectType.KEY, Right.READ),
        "drop_check_new": _ALLOCATOR,
        "drop_check_reciever_handle_cap_drop_sync": _receiver(),
        "drop_check_reciever_handle_cap_drop_async": {**_receiver(), **_POOL},
    }
)
"""For each call and each of its refusals, whether it applies."""


def refusals_come_in_order(
    design: Design, before: State, event: Event, outcome: Outcome, _after: State
) -> str | None:
    """The call gives the first refusal of its table that applies, or none if none does."""
    if not isinstance(event, CallMade) or isinstance(outcome, NotModelled | Panic):
        return None
    call = BY_NUMBER.get(event.number)
    if call is None:
        return None
    asked = Asked(design, before, event)
    questions = QUESTIONS[call.name]
    expected = None
    for refusal in call.refusals:
        question = questions.get(refusal.name)
        if question is not None and question(asked):
            expected = refusal
            break
    got = outcome if isinstance(outcome, Refused) else None
    if (expected and expected.name) != (got and got.refusal):
        return f"{call.name} gives {got and got.refusal}; {expected and expected.name} comes first"
    if expected and got and expected.error is not got.error:
        return f"{call.name} refuses {got.refusal} with {got.error.printed}"
    return None


CHECKS = (
    Check("CAP-9", refusals_come_in_order, full=True),
    Check("CAP-9", refusals_come_in_order, full=False),
)
