"""CAP-9 refusals_come_in_order.

Here each refusal is a question about the state before the call, asked without running the call; the
order of the questions is that of the call's table.
"""

from collections.abc import Mapping
from types import MappingProxyType

from reference_kernel.events import CallMade, Event
from reference_kernel.guarantees.able import is_short
from reference_kernel.guarantees.asking import Asked, Question, asking, matters, overflows
from reference_kernel.guarantees.check import full, quick
from reference_kernel.guarantees.order_memory import MEMORY_CALLS
from reference_kernel.guarantees.order_messages import MESSAGE_CALLS
from reference_kernel.outcomes import Cut, Deadlock, Outcome, Panic, Refused
from reference_kernel.state import (
    NOTHING,
    CapabilitySpace,
    State,
    Thread,
    ThreadGroup,
    ThreadState,
)
from spec.call import Argument, Call, Refusal
from spec.design import (
    Design,
    EnumDecode,
    GroupAdmission,
    InvisibleEntries,
    ResumeScope,
    UpgradeRight,
    chosen,
)
from spec.errors import Error
from spec.ids import TABLED, ObjectType, is_weak, parses, rights_of, type_of
from spec.options import CapClone, CapDestroy
from spec.rights import Right, covers
from spec.syscalls import BY_NAME, BY_NUMBER
from spec.syscalls import CALLS as SPECIFIED


def _looked_up(call: Call) -> dict[str, Question]:
    """The refusals of every capability argument that the call looks up."""
    questions: dict[str, Question] = {}
    for at, argument in enumerate(call.arguments):
        if argument.type is not None:
            questions.update(_capability(argument, argument.type, at))
    return questions


def _capability(argument: Argument, kind: ObjectType, at: int) -> dict[str, Question]:
    def malformed(asked: Asked) -> bool:
        return not parses(asked.word(at))

    def unknown(asked: Asked) -> bool:
        return asked.target(at) is None or type_of(asked.word(at)) != kind

    def lacks_right(asked: Asked) -> bool:
        return not covers(rights_of(asked.word(at)), argument.rights_asked(asked.call.options))

    def dead(asked: Asked) -> bool:
        target = asked.target(at)
        return target is not None and asked.state.body(target) is None

    def where_it_matters(question: Question) -> Question:
        return lambda asked: matters(argument, asked.call.options) and question(asked)

    return {
        f"{argument.name}_{question.__name__}": where_it_matters(question)
        for question in (malformed, unknown, lacks_right, dead)
    }


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


def _nothing_to_destroy(asked: Asked) -> bool:
    """Nothing is there; where that may be removed, nothing that is not announced either."""
    if _cap(asked, 1, 0, CapDestroy.CSPACE_SELF) is not None:
        return False
    space = asked.caller.capability_space
    if not asked.call.options & CapDestroy.CSPACE_SELF:
        space = asked.target(0) or NOTHING
    body = asked.state.body(space)
    removable = asked.design.invisible_entries is InvisibleEntries.REMOVABLE
    return not (
        removable and isinstance(body, CapabilitySpace) and asked.word(1) in body.in_transit
    )


def _cap(asked: Asked, at: int, space_at: int, own: int) -> int | None:
    space = None if asked.call.options & own else asked.target(space_at)
    return asked.target(at, space=space)


def _made_strong(asked: Asked) -> bool:
    changes = asked.call.options & (CapClone.CHANGE_CAP_WEAKNESS | CapClone.MAKE_WEAK)
    return is_weak(asked.word(2)) and changes == CapClone.CHANGE_CAP_WEAKNESS


def _made_weak(asked: Asked) -> bool:
    """Nothing is weak where the refusal is in use: the option alone asks for it."""
    changes = CapClone.CHANGE_CAP_WEAKNESS | CapClone.MAKE_WEAK
    return asked.call.options & changes == changes


def _cap_lacks_upgrade(asked: Asked) -> bool:
    checked = asked.design.upgrade_right is UpgradeRight.CHECKED
    return checked and _made_strong(asked) and not rights_of(asked.word(2)) & Right.UPGRADE


def _cap_dead(asked: Asked) -> bool:
    target = _cap(asked, 2, 1, _OWN_SOURCE)
    return _made_strong(asked) and target is not None and asked.state.body(target) is None


def _may_not_be_held(at: int) -> Question:
    argument = BY_NAME["thread_new"].arguments[at]

    def refused(asked: Asked) -> bool:
        own = (asked.caller.address_space, asked.caller.capability_space)
        word = asked.word(at)
        return (
            asked.design.upgrade_right is UpgradeRight.CHECKED
            and matters(argument, asked.call.options)
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
    argument = BY_NUMBER[asked.call.number].arguments[0]
    thread = asked.state.body(asked.target(0) or NOTHING)
    suspended = isinstance(thread, Thread) and thread.state is ThreadState.SUSPENDED
    return matters(argument, asked.call.options) and not suspended


def _waits(asked: Asked) -> bool:
    scoped = asked.design.resume_scope is ResumeScope.ONLY_SUSPENDED_BY_CALL
    thread = asked.state.body(asked.target(0) or NOTHING)
    return scoped and isinstance(thread, Thread) and thread.waits_on != NOTHING


_OWN: dict[str, dict[str, Question]] = {
    "thread_group_new": {"parent_exited": _exited(0)},
    "thread_new": {
        "address_space_lacks_upgrade": _may_not_be_held(2),
        "cap_space_lacks_upgrade": _may_not_be_held(3),
        "thread_group_exited": _exited(1),
    },
    "thread_destroy": {"thread_not_suspended": _not_suspended},
    "thread_resume": {"thread_not_suspended": _not_suspended, "thread_waits": _waits},
    "thread_set_property": {"unknown_property": lambda asked: asked.word(0) != 0},
    "cap_clone": {
        "cap_malformed": _cap_malformed(2),
        "cap_untabled": _cap_untabled(2),
        "cap_unknown": _cap_unknown(2, 1, _OWN_SOURCE),
        "cap_would_be_weak": _made_weak,
        "cap_lacks_upgrade": _cap_lacks_upgrade,
        "cap_dead": _cap_dead,
    },
    "cap_destroy": {
        "cap_malformed": _cap_malformed(1),
        "cap_untabled": _cap_untabled(1),
        "cap_unknown": _nothing_to_destroy,
    },
    "event_pool_new": {"too_many_pages": overflows(1)},
    **MEMORY_CALLS,
    **MESSAGE_CALLS,
}
"""What a call refuses besides the look-up of its arguments."""


def _in_order(call: Call) -> tuple[tuple[Refusal, Question], ...]:
    questions = _looked_up(call) | _OWN.get(call.name, {})
    return tuple(
        (refusal, questions[refusal.name]) for refusal in call.refusals if refusal.name in questions
    )


QUESTIONS: Mapping[int, tuple[tuple[Refusal, Question], ...]] = MappingProxyType(
    {call.number: _in_order(call) for call in SPECIFIED}
)
"""For each call the refusals of its table, in order, and whether each applies."""


class _Asks:
    """Knows the refusals that calls have in the design that was asked about last."""

    __slots__ = ("_design", "_known")

    def __init__(self) -> None:
        self._design: Design | None = None
        self._known: dict[int, list[tuple[Refusal, Question]]] = {}

    def __call__(self, design: Design, number: int) -> list[tuple[Refusal, Question]]:
        """The refusals of the call, in order, and whether each applies."""
        if design is not self._design:
            self._design, self._known = design, {}
        if number not in self._known:
            asks = [each for each in QUESTIONS[number] if chosen(design, each[0].choice)]
            self._known[number] = asks
        return self._known[number]


_questions = _Asks()


def refusals_come_in_order(
    design: Design, before: State, event: Event, outcome: Outcome, _after: State
) -> str | None:
    """The call gives the first refusal of its table that applies, or none if none does.

    Whether an allocation fails is not asked here: where one did, no earlier refusal may apply.
    """
    if not isinstance(event, CallMade) or isinstance(outcome, Cut | Deadlock | Panic):
        return None
    call = BY_NUMBER.get(event.number)
    if call is None or not chosen(design, call.choice):
        return None
    asked = asking(design, before, event)
    expected = next((each for each, asks in _questions(design, event.number) if asks(asked)), None)
    got = outcome if isinstance(outcome, Refused) else None
    if got and got.error is Error.OUT_OF_MEM and expected is not None:
        names = [each.name for each in call.refusals]
        if names.index(got.refusal) < names.index(expected.name):
            return None
    elif got and got.error is Error.OUT_OF_MEM:
        return None
    if got and got.refusal == "nobody_waits" and expected is None and is_short(before):
        return None
    if (expected and expected.name) != (got and got.refusal):
        return f"the call gives {got and got.refusal}; by its table {expected and expected.name}"
    if expected and got and expected.error is not got.error:
        return f"{got.refusal} is given as {got.error.printed}"
    return None


CHECKS = (
    full("CAP-9", refusals_come_in_order),
    quick("CAP-9", refusals_come_in_order, CallMade),
)
