"""Every refusal of every call is reached, and of two that apply the one higher in the table wins."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from spec.design import EnumDecode, GroupAdmission, ResumeScope, UpgradeRight
from spec.designs import AS_BUILT
from spec.ids import ObjectType, pack
from tests.reference_kernel.program import (
    ALLOCATOR,
    OWN_THREAD,
    RIGHTS_ASKED,
    STRONG,
    WEAK,
    Program,
)

STRICT = replace(
    AS_BUILT,
    enum_decode=EnumDecode.TOTAL,
    group_admission=GroupAdmission.CLOSED_AFTER_EXIT,
    resume_scope=ResumeScope.ONLY_SUSPENDED_BY_CALL,
    upgrade_right=UpgradeRight.CHECKED,
)
"""As built, with every refusal that a choice adds."""

UNDEFINED_TYPE = 31 << 5
UPGRADE_ONLY = 0b1000


@dataclass
class Attempt:
    """A call with good arguments, into which faults are put."""

    program: Program
    words: list[int]
    options: int = 0
    faulty: set[int] = field(default_factory=set)


def a_new(program: Program, kind: ObjectType) -> int:
    """A good capability of this type to an object that nothing else holds."""
    match kind:
        case ObjectType.THREAD_GROUP:
            return program.group()
        case ObjectType.THREAD:
            return program.thread(starts=False)
        case ObjectType.CAPABILITY_SPACE:
            return program.thread_with_space()[1]
        case ObjectType.DROP_CHECK_RECIEVER:
            check, receiver = program.ok("drop_check_new", ALLOCATOR, 0, options=RIGHTS_ASKED)
            program.destroy(check)
            return receiver
        case ObjectType.KEY:
            return program.key()
    names = {
        ObjectType.ADDRESS_SPACE: ("address_space_new", ALLOCATOR),
        ObjectType.MEMORY: ("memory_new", ALLOCATOR, 1),
        ObjectType.EVENT_POOL: ("event_pool_new", ALLOCATOR, 1),
    }
    name, *words = names[kind]
    return program.ok(str(name), *(int(word) for word in words), options=RIGHTS_ASKED)[0]


def a_dead(program: Program, kind: ObjectType) -> int:
    """A weak capability of this type to an object that is dead."""
    word = a_new(program, kind)
    if kind is ObjectType.CAPABILITY_SPACE:
        program.destroy(word)
        thread, word = program.thread_with_space()
        program.ok("thread_destroy", thread, options=1)
    elif kind is ObjectType.THREAD:
        program.ok("thread_destroy", word, options=1)
    else:
        strong, word = word, program.clone(word, WEAK)
        program.destroy(strong)
    return word


Fault = Callable[[Attempt], None]


def capability_faults(name: str, at: int, kind: ObjectType) -> dict[str, Fault]:
    """What can be wrong with one capability argument."""

    def malformed(attempt: Attempt) -> None:
        attempt.words[at] = UNDEFINED_TYPE

    def unknown(attempt: Attempt) -> None:
        attempt.words[at] = pack(kind, 15, weak=False, serial=1000)

    def lacks_right(attempt: Attempt) -> None:
        attempt.words[at] = attempt.program.clone(attempt.words[at], rights=0)

    def dead(attempt: Attempt) -> None:
        attempt.words[at] = a_dead(attempt.program, kind)

    faults: dict[str, Fault] = {
        f"{name}_malformed": malformed,
        f"{name}_unknown": unknown,
        f"{name}_lacks_right": lacks_right,
    }
    if kind is not ObjectType.ALLOCATOR:
        faults[f"{name}_dead"] = dead
    return faults


def a_table_less_type(at: int) -> Fault:
    def fault(attempt: Attempt) -> None:
        attempt.words[at] = 0

    return fault


def exited(at: int) -> Fault:
    """The group that the argument names has exited."""

    def fault(attempt: Attempt) -> None:
        attempt.words[at] = attempt.program.group()
        attempt.program.ok("thread_group_exit", attempt.words[at])

    return fault


def pages(count: int) -> Fault:
    """The call asks for that many pages."""

    def fault(attempt: Attempt) -> None:
        attempt.words[1] = count

    return fault


def not_suspended(attempt: Attempt) -> None:
    """The thread runs."""
    attempt.words[0] = OWN_THREAD


def waits(attempt: Attempt) -> None:
    """The thread waits for the end of another."""
    program = attempt.program
    waiter, other = program.thread(), program.thread(starts=False)
    program.run(waiter)
    program.call("thread_handle_thread_exit_sync", other)
    program.run(OWN_THREAD)
    attempt.words[0] = waiter


def weak_without_upgrade(attempt: Attempt) -> None:
    """The capability is weak, lacks UPGRADE, and is to become strong."""
    attempt.words[2] = attempt.program.clone(attempt.words[2], WEAK, rights=0b0111)
    attempt.options |= STRONG


def dead_to_be_strong(attempt: Attempt) -> None:
    """The capability is weak, its object dead, and it is to become strong."""
    attempt.words[2] = a_dead(attempt.program, ObjectType.KEY)
    attempt.options |= STRONG


def weak_address_space(attempt: Attempt) -> None:
    """The address space is another's, and the capability weak and without UPGRADE."""
    own = a_new(attempt.program, ObjectType.ADDRESS_SPACE)
    attempt.words[2] = attempt.program.clone(own, WEAK, rights=0b0111)


def weak_space(attempt: Attempt) -> None:
    """The space is another's, and the capability weak and without UPGRADE."""
    attempt.words[3] = attempt.program.thread_with_space()[1]


def an_unknown_property(attempt: Attempt) -> None:
    """No property has this number."""
    attempt.words[0] = 1
