"""Capabilities: their lifetimes, their rights and how they move."""

from enum import Enum


class WeakAutoDestroy(Enum):
    """When a weak capability to a dead object goes away by itself."""

    OPTION_BIT = "a call that meets it destroys it where bit 31 of its options is set"
    ALWAYS = "every call that meets it destroys it"
    NEVER = "only cap_destroy removes it"


class WeakCapabilities(Enum):
    """Whether there are weak capabilities at all."""

    KEPT = "a capability is strong or weak"
    REMOVED = "every capability is strong; a thread and its space are held by who made them"


class UpgradeRight(Enum):
    """Whether a weak capability becomes strong only with the right to."""

    UNCHECKED = "the UPGRADE right is never tested"
    CHECKED = "making a weak capability strong asks for UPGRADE"


class UserHandles(Enum):
    """What a user-space program holds of a capability."""

    RAW_IDS = "the id, to be kept track of by hand"
    TYPED_HANDLES = "an owner that knows type, rights and what a dead weak means"


class CreatedRights(Enum):
    """Which rights a created capability has."""

    FIXED_ALL = "all four, except for channels and keys, which ask"
    OPTION = "those that the create call asks for, whatever it creates"


class Move(Enum):
    """How cap_clone moves a capability."""

    INSERT_THEN_REMOVE = "the copy is inserted, then the original removed, in two steps"
    ATOMIC = "both in one step"


class InvisibleEntries(Enum):
    """Whether an entry that is not announced can be removed."""

    REMOVABLE = "cap_destroy removes it"
    UNTOUCHABLE = "it is not there until it is announced"


class EnumDecode(Enum):
    """Whether every word decodes."""

    PARTIAL = "ids of types without a table panic the kernel"
    TOTAL = "they are refused"


class OptionBits(Enum):
    """Whether an option bit means one thing in its call."""

    ALIASED = "cache bits and update bits share their numbers"
    DISJOINT = "every meaning has its own bit"
