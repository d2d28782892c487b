"""What a system call is, as data: the one table that documentation, order tests and logs share."""

from dataclasses import dataclass
from enum import Enum, IntFlag

from spec.errors import Error
from spec.ids import ObjectType


class Word(Enum):
    """How a word of a call is to be read, and how the kernel's log prints it."""

    CAPABILITY = "capability"
    ADDRESS = "address"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call.

    For a capability: the type of object, and the mask of rights that the call asks for. `unless`
    and `only` are option bits: the argument is not looked at with one of `unless`, nor without any
    of `only`.
    """

    name: str
    word: Word
    type: ObjectType | None = None
    rights: int = 0
    unless: int = 0
    only: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way in which a call refuses.

    `after` tells the effect that the refused call leaves as built, empty where it leaves none;
    `choice` is the design question and the choice without which the refusal does not exist.
    """

    name: str
    error: Error
    why: str
    after: str = ""
    choice: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """One word that a successful call returns."""

    name: str
    word: Word


@dataclass(frozen=True, slots=True)
class Call:
    """A system call: `refusals` stand in the order in which they are tested, the first wins.

    `options` names its option bits, lowest first; every call knows bit 31 besides. `drops` tells
    what a successful call may release, `panics` where it can panic the kernel as built.
    """

    number: int
    name: str
    log_name: str
    meaning: str
    arguments: tuple[Argument, ...]
    refusals: tuple[Refusal, ...]
    returns: tuple[Return, ...]
    source: str
    options: type[IntFlag] | None = None
    drops: str = ""
    panics: tuple[str, ...] = ()

    def refusal(self, name: str) -> Refusal:
        """The refusal of that name; KeyError when the call has none."""
        for refusal in self.refusals:
            if refusal.name == name:
                return refusal
        raise KeyError(name)


def capability(
    name: str, type_: ObjectType, rights: int = 0, *, unless: int = 0, only: int = 0
) -> Argument:
    """An argument that names a capability in the caller's space."""
    return Argument(name, Word.CAPABILITY, type_, int(rights), int(unless), int(only))


def number(name: str) -> Argument:
    """An argument that is a count, a size, a time in nanoseconds since boot or a word of data."""
    return Argument(name, Word.NUMBER)


def address(name: str) -> Argument:
    """An argument that is an address."""
    return Argument(name, Word.ADDRESS)


def lookup(*arguments: Argument) -> tuple[Refusal, ...]:
    """How the kernel refuses capability arguments, each in turn: four refusals, in this order.

    Source: `cap/capability_space.rs`.
    """
    return tuple(refusal for argument in arguments for refusal in _lookup(argument))


def _lookup(argument: Argument) -> tuple[Refusal, ...]:
    name = argument.name
    return (
        Refusal(f"{name}_malformed", Error.INVL_ID, "its type bits name no type"),
        Refusal(f"{name}_unknown", Error.INVL_ID, "the caller's space holds no such capability"),
        Refusal(f"{name}_lacks_right", Error.INVL_PERM, "it lacks a right that the call asks for"),
        Refusal(
            f"{name}_dead",
            Error.INVL_WEAK,
            "it is weak and its object is dead",
            after="the capability is destroyed, where the design or bit 31 says so",
        ),
    )


def out_of_memory(what: str, after: str = "") -> Refusal:
    """The refusal for want of memory, for `what`."""
    return Refusal(f"no_memory_for_{what}", Error.OUT_OF_MEM, "an allocation failed", after)


def timed_out(after: str = "") -> Refusal:
    """The refusal of a wait whose time has come."""
    return Refusal("timed_out", Error.OK_TIMEOUT, "its time came before what it waited for", after)
