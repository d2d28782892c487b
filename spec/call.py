"""What a system call is, as data: the one table that documentation, order tests and logs share.

An argument can hold less than its type suggests: no call reads what its options tell it not to.
"""

from dataclasses import dataclass
from enum import Enum, IntFlag

from spec.errors import Error
from spec.ids import ObjectType
from spec.options import MemoryMap
from spec.panics import PanicPlace
from spec.rights import Right


class Word(Enum):
    """How a word of a call is to be read, and how the kernel's log prints it."""

    CAPABILITY = "capability"
    ADDRESS = "address"
    NUMBER = "number"


class Traced(Enum):
    """What the kernel's log shows of a call."""

    WHOLE = "name, options and arguments"
    NAME = "its name"
    NOT = "nothing"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call.

    `choice` is the design question and the choice without which the call has no such argument.

    For a capability: the type of object, and the mask of rights that the call asks for. `unless`
    and `only` are option bits: the argument is not looked at with one of `unless`, nor without any
    of `only`. `rights_by_option` holds more rights, each with the option bits of which one asks
    for it.
    """

    name: str
    word: Word
    type: ObjectType | None = None
    rights: int = 0
    unless: int = 0
    only: int = 0
    rights_by_option: tuple[tuple[int, int], ...] = ()
    choice: tuple[str, str] | None = None

    def matters(self, options: int) -> bool:
        """Whether a call with this option word looks at the argument."""
        return not options & self.unless and (not self.only or options & self.only != 0)

    def rights_asked(self, options: int) -> int:
        """The mask of rights that a call with this option word asks for."""
        asked = self.rights
        for bits, right in self.rights_by_option:
            asked |= right if options & bits else 0
        return asked


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
    """One word that a successful call returns.

    `choice` is the design question and the choice without which the call does not return it; such
    words are the last ones.
    """

    name: str
    word: Word
    choice: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A system call: `refusals` stand in the order in which they are tested, the first wins.

    `options` names its option bits, lowest first; every call knows bit 31 besides, and ignores the
    bits that it does not know. `unprinted` are those that the log keeps to itself. `drops` tells
    what a successful call may release, `panics` where it can panic the kernel as built, `hangs`
    where it can make it wait for ever. `choice` is the design question and the choice without which
    there is no such call. `options_apart` names
    the option bits where a design gives every meaning a bit of its own, if that changes them.
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
    unprinted: int = 0
    drops: str = ""
    panics: tuple[PanicPlace, ...] = ()
    hangs: tuple[PanicPlace, ...] = ()
    traced: Traced = Traced.WHOLE
    choice: tuple[str, str] | None = None
    options_apart: type[IntFlag] | None = None

    @property
    def printed_arguments(self) -> tuple[Argument, ...]:
        """The arguments that the log prints: those that the kernel as built knows."""
        return tuple(each for each in self.arguments if each.choice is None)

    def printed_options(self, word: int) -> tuple[str, ...]:
        """The names that the log prints for an option word, in the order of their bits."""
        flags = () if self.options is None else tuple(self.options)
        return tuple(flag.name or "" for flag in flags if word & flag & ~self.unprinted)

    def refusal(self, name: str) -> Refusal:
        """The refusal of that name; KeyError when the call has none."""
        return {refusal.name: refusal for refusal in self.refusals}[name]


def capability(
    name: str, type_: ObjectType, rights: int = 0, *, unless: int = 0, only: int = 0
) -> Argument:
    """An argument that names a capability in the caller's space."""
    return Argument(name, Word.CAPABILITY, type_, int(rights), int(unless), int(only))


def mapped(name: str, type_: ObjectType) -> Argument:
    """An argument that names what a call maps.

    READ where the mapping is to be read or executed, WRITE where it is to be written; the option
    bits are those of `memory_map`.

    Source: `syscall/memory.rs`.
    """
    reading = int(MemoryMap.READ | MemoryMap.EXEC)
    by_option = ((reading, int(Right.READ)), (int(MemoryMap.WRITE), int(Right.WRITE)))
    return Argument(name, Word.CAPABILITY, type_, rights_by_option=by_option)


def number(name: str, *, only: int = 0) -> Argument:
    """An argument that is a count, a size, a time in nanoseconds since boot or a word of data."""
    return Argument(name, Word.NUMBER, only=int(only))


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


def lacks_upgrade(argument: Argument) -> Refusal:
    """The refusal to hold strongly, beyond the call, what the argument holds weakly.

    Source: CAP-3.
    """
    return Refusal(
        f"{argument.name}_lacks_upgrade",
        Error.INVL_PERM,
        "what the capability holds weakly, without UPGRADE, would be held strongly",
        choice=("upgrade_right", "CHECKED"),
    )


def lacks_read(argument: Argument) -> Refusal:
    """The refusal to map what could be read then, without READ: page tables cannot forbid that.

    Source: MEM-4, `mem/virt_addr_space.rs`.
    """
    return Refusal(
        f"{argument.name}_lacks_read",
        Error.INVL_PERM,
        "whatever is mapped can be read, and the capability lacks READ",
        choice=("mapping_authority", "ALSO_MEMORY_RIGHTS"),
    )


def out_of_memory(what: str, after: str = "") -> Refusal:
    """The refusal for want of memory, for `what`."""
    return Refusal(f"no_memory_for_{what}", Error.OUT_OF_MEM, "an allocation failed", after)


def no_entry(what: str, after: str = "") -> Refusal:
    """The refusal when the caller's space has no room for the new capability to `what`."""
    used_up = f"{after}, and its serial number is used up" if after else _USED_UP
    why = "the caller's space has no room for the new capability"
    return Refusal(f"no_memory_for_{what}_entry", Error.OUT_OF_MEM, why, used_up)


def timed_out(after: str = "") -> Refusal:
    """The refusal of a wait whose time has come."""
    return Refusal("timed_out", Error.OK_TIMEOUT, "its time came before what it waited for", after)


_USED_UP = "the serial number of the new capability is used up"
