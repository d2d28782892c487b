"""Which bits of a machine word mean what: the words of programs and of the kernel, as data.

The same code reads and places numbers and the words of a formula, so that what is proved of the
layouts is proved of what the tests compare with the functions of `spec.ids` and `spec.options`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from spec.call import Call, Word
from spec.design import CreatedRights, Design, MappingUpdate, OptionBits, chosen
from spec.ids import TABLED, UNTABLED, ObjectType
from spec.ids import WORD_BITS as ID_BITS
from spec.options import (
    OPTION_BITS,
    MemoryMap,
    MemoryUpdate,
    MemoryUpdateMapping,
    NewCapability,
)
from spec.syscalls import CALLS


class Bits(Protocol):
    """What can be masked, shifted and added to: a number, or a word of a formula."""

    def __add__(self, other: int, /) -> Self: ...
    def __and__(self, other: int, /) -> Self: ...
    def __or__(self, other: Self, /) -> Self: ...
    def __lshift__(self, places: int, /) -> Self: ...
    def __rshift__(self, places: int, /) -> Self: ...


_B = TypeVar("_B", bound=Bits)


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a word that means one thing: `width` bits, from bit `low` on."""

    name: str
    low: int
    width: int = 1

    @property
    def largest(self) -> int:
        """The largest value that it holds."""
        return (1 << self.width) - 1

    @property
    def bits(self) -> range:
        """The numbers of its bits."""
        return range(self.low, self.low + self.width)

    def of(self, word: _B) -> _B:
        """Its value in a word."""
        return word >> self.low & self.largest

    def placed(self, value: _B) -> _B:
        """The word that holds the value, from 0 to `largest`, and nothing else."""
        return value << self.low


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of word of `bits` bits, and its fields; bits that are in no field mean nothing."""

    name: str
    bits: int
    fields: tuple[Field, ...]


ID = Layout(
    "capability id",
    ID_BITS,
    (Field("rights", 0, 4), Field("weak", 4), Field("type", 5, 5), Field("serial", 10, 54)),
)
"""Source: `cap/mod.rs`."""

CALL_WORD = Layout("call word", 64, (Field("number", 0, 32), Field("options", 32, OPTION_BITS)))
"""The register with which a program enters the kernel.

Source: `syscall/mod.rs`.
"""

_UPDATES = (MemoryUpdateMapping, MemoryUpdate)
_BIT_31 = Field("WEAK_AUTO_DESTROY", 31)
_CREATED_RIGHTS = Field("created rights", 8, 4)
_CHARACTERS = Field("characters", 0, OPTION_BITS)


def field_of(layout: Layout, name: str) -> Field:
    """The field of that name; KeyError when there is none."""
    return {field.name: field for field in layout.fields}[name]


def option_layouts(design: Design) -> tuple[Layout, ...]:
    """The option word of every call that the design has, by number, as the design reads its bits.

    Source: `syscall/mod.rs`; ABI-1.
    """
    return tuple(
        Layout(call.name, OPTION_BITS, tuple(_fields(design, call)))
        for call in CALLS
        if chosen(design, call.choice)
    )


def _fields(design: Design, call: Call) -> Iterator[Field]:
    names = [each.name for each in call.arguments]
    if call.name == "print_debug":
        yield _CHARACTERS
    yield from _named_fields(design, call)
    asks_rights = "allocator" in names and call.options is not NewCapability
    if asks_rights and design.created_rights is CreatedRights.OPTION:
        yield _CREATED_RIGHTS
    if any(each.word is Word.CAPABILITY for each in call.arguments):
        yield _BIT_31


def _named_fields(design: Design, call: Call) -> Iterator[Field]:
    """What `options_apart` names and `options` does not is read where `memory_map` has it."""
    numbered: dict[str, int] = {str(flag.name): flag for flag in MemoryMap}
    numbered |= {str(flag.name): flag for flag in call.options or ()}
    if design.option_bits is OptionBits.DISJOINT:
        numbered |= {str(flag.name): flag for flag in call.options_apart or ()}
    for flag in call.options_apart or call.options or ():
        name = str(flag.name)
        if call.options not in _UPDATES or _is_read(design.mapping_update, name):
            yield Field(name, numbered[name].bit_length() - 1)


def _is_read(update: MappingUpdate, name: str) -> bool:
    """Whether a call looks at the option where it can change just so much of a mapping."""
    match update:
        case MappingUpdate.SIZE_ONLY:
            return name in ("UPDATE_SIZE", "EXACT_SIZE", "RESIZE", "LAZY_ALLOC", "ZEROED")
        case MappingUpdate.SIZE_AND_FLAGS:
            return name != "UPDATE_BASE"
        case MappingUpdate.SIZE_FLAGS_BASE:
            return True


def refused_types(design: Design, call: Call, argument: str) -> frozenset[int]:
    """The type numbers that the call refuses in a capability argument, by its table.

    An argument that may be of one type only is not found under any other number.
    """
    of = next(each for each in call.arguments if each.name == argument)
    refusals = {each.name for each in call.refusals if chosen(design, each.choice)}
    refused = set(range(len(ObjectType), 32)) if f"{argument}_malformed" in refusals else set()
    if f"{argument}_untabled" in refusals:
        refused |= UNTABLED
    if of.type is not None and f"{argument}_unknown" in refusals:
        refused |= set(ObjectType) - {of.type}
    return frozenset(refused)


def taken_types(call: Call, argument: str) -> frozenset[int]:
    """The type numbers under which the call looks for the object of a capability argument."""
    of = next(each for each in call.arguments if each.name == argument)
    return frozenset(TABLED if of.type is None else (of.type,))
