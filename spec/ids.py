"""Capability ids: one word of rights, weakness, object type and serial number.

bits 0-3    rights
bit  4      the capability is weak
bits 5-9    object type
bits 10-63  serial number, counted for each space and type from 0
"""

from enum import IntEnum

WORD_BITS = 64
SERIALS = 1 << 54
NULL = 0

_WEAK_AT = 4
_TYPE_AT = 5
_TYPE_MASK = 0b11111
_SERIAL_AT = 10


class ObjectType(IntEnum):
    """The types of objects, with the kernel's numbers and the kernel's spelling of the log.

    Source: aurora abi, `CapType`.
    """

    NULL = 0
    THREAD = 1
    THREAD_GROUP = 2
    ADDRESS_SPACE = 3
    CAPABILITY_SPACE = 4
    MEMORY = 5
    LOCK = 6
    EVENT_POOL = 7
    CHANNEL = 8
    REPLY = 9
    MESSAGE_CAPACITY = 10
    KEY = 11
    ALLOCATOR = 12
    DROP_CHECK = 13
    DROP_CHECK_RECIEVER = 14
    ROOT_OOM = 15
    MMIO_ALLOCATOR = 16
    PHYS_MEM = 17
    INT_ALLOCATOR = 18
    INTERRUPT = 19

    @property
    def printed(self) -> str:
        """The name as the kernel's log prints it: `ThreadGroup`."""
        return "".join(part.capitalize() for part in self.name.split("_"))


_TYPES = len(ObjectType)
UNTABLED = frozenset(
    (ObjectType.NULL, ObjectType.LOCK, ObjectType.MESSAGE_CAPACITY, ObjectType.ROOT_OOM)
)
TABLED = frozenset(ObjectType) - UNTABLED


def pack(type_number: int, rights: int, weak: bool, serial: int) -> int:  # noqa: FBT001
    """The id of a capability.

    Source: `cap/mod.rs`, ABI-3.

    pre: 0 <= type_number < 32
    pre: 0 <= rights <= 15
    pre: 0 <= serial < 1 << 54
    post: rights_of(__return__) == rights
    post: is_weak(__return__) == weak
    post: type_of(__return__) == type_number
    post: serial_of(__return__) == serial
    post: 0 <= __return__ < 1 << 64
    """
    # Sums of disjoint bits: the contract can be decided for them, for a disjunction it cannot.
    return (
        rights + (1 << _WEAK_AT if weak else 0) + (type_number << _TYPE_AT) + (serial << _SERIAL_AT)
    )


def rights_of(word: int) -> int:
    """The mask of rights in an id.

    pre: 0 <= word < 1 << 64
    post: __return__ == word % 16
    """
    return word & 0b1111


def is_weak(word: int) -> bool:
    """Whether the id is that of a weak capability.

    pre: 0 <= word < 1 << 64
    post: __return__ == (word % 32 >= 16)
    """
    return word >> _WEAK_AT & 1 == 1


def type_of(word: int) -> int:
    """The number of the object type in an id; it need not be an `ObjectType`.

    pre: 0 <= word < 1 << 64
    post: __return__ == word // 32 % 32
    """
    return word >> _TYPE_AT & _TYPE_MASK


def serial_of(word: int) -> int:
    """The serial number in an id.

    pre: 0 <= word < 1 << 64
    post: __return__ == word // 1024
    """
    return word >> _SERIAL_AT


def parses(word: int) -> bool:
    """Whether the kernel takes the word for an id: its type bits name an object type.

    The null id and the types without a table are ids too.

    Source: aurora abi, `CapId::try_from`.

    pre: 0 <= word < 1 << 64
    post: __return__ == any(type_of(word) == known for known in range(20))
    """
    return type_of(word) < _TYPES
