"""Attempts at calls, and what can be wrong with their arguments."""

from collections.abc import Callable
from dataclasses import dataclass

from spec.ids import ObjectType, pack
from tests.reference_kernel.program import (
    ALL,
    ALLOCATOR,
    INT_ALLOCATOR,
    MMIO_ALLOCATOR,
    RIGHTS_ASKED,
    WEAK,
    Program,
)

UNDEFINED_TYPE = 31 << 5


@dataclass
class Attempt:
    """A call with good arguments, into which faults are put."""

    program: Program
    words: list[int]
    options: int = 0


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
        case ObjectType.MMIO_ALLOCATOR:
            return MMIO_ALLOCATOR
        case ObjectType.INT_ALLOCATOR:
            return INT_ALLOCATOR
        case ObjectType.CHANNEL:
            return program.ok("channel_new", ALLOCATOR, options=ALL)[0]
        case ObjectType.REPLY:
            return a_reply(program)
        case ObjectType.PHYS_MEM:
            words = (MMIO_ALLOCATOR, ALLOCATOR, 0xFEE0_0000, 1)
            return program.ok("mmio_allocator_alloc", *words, options=RIGHTS_ASKED)[0]
    names = {
        ObjectType.ADDRESS_SPACE: ("address_space_new", ALLOCATOR),
        ObjectType.MEMORY: ("memory_new", ALLOCATOR, 1),
        ObjectType.EVENT_POOL: ("event_pool_new", ALLOCATOR, 1),
    }
    name, *given = names[kind]
    return program.ok(str(name), *(int(word) for word in given), options=RIGHTS_ASKED)[0]


def a_reply(program: Program) -> int:
    """A reply to a call whose answer goes into a pool."""
    kinds = (ObjectType.CHANNEL, ObjectType.MEMORY, ObjectType.EVENT_POOL)
    channel, memory, pool = (a_new(program, kind) for kind in kinds)
    program.ok("channel_async_call", channel, memory, 0, 8, pool, 1)
    return program.ok("channel_try_recv", channel, memory, 0, 8)[1]


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


@dataclass(frozen=True)
class Fault:
    """What makes argument number `at` of an attempt bad."""

    at: int
    put: Callable[[Attempt], None]


def malformed(at: int) -> Fault:
    """The word is no id."""

    def fault(attempt: Attempt) -> None:
        attempt.words[at] = UNDEFINED_TYPE

    return Fault(at, fault)


def a_type_without_table(at: int) -> Fault:
    """The id is that of a type of which no space has any."""

    def fault(attempt: Attempt) -> None:
        attempt.words[at] = 0

    return Fault(at, fault)


def unknown(at: int, kind: ObjectType) -> Fault:
    """No capability has this id."""

    def fault(attempt: Attempt) -> None:
        attempt.words[at] = pack(kind, 15, weak=False, serial=1000)

    return Fault(at, fault)


def capability_faults(name: str, at: int, kind: ObjectType) -> dict[str, Fault]:
    """What can be wrong with one capability argument."""

    def lacks_right(attempt: Attempt) -> None:
        attempt.words[at] = attempt.program.clone(attempt.words[at], rights=0)

    def dead(attempt: Attempt) -> None:
        attempt.words[at] = a_dead(attempt.program, kind)

    faults: dict[str, Fault] = {
        f"{name}_malformed": malformed(at),
        f"{name}_unknown": unknown(at, kind),
        f"{name}_lacks_right": Fault(at, lacks_right),
    }
    if kind is not ObjectType.ALLOCATOR:
        faults[f"{name}_dead"] = Fault(at, dead)
    return faults


def putting(at: int, word: int) -> Fault:
    """The argument is that word."""

    def fault(attempt: Attempt) -> None:
        attempt.words[at] = word

    return Fault(at, fault)
