"""Channels, replies, event pools and listeners."""

from enum import Enum


class DyingObjects(Enum):
    """What those learn who wait on a dying object."""

    SILENT = "nothing"
    WAKE_WITH_ERROR = "they wake with an error"


class DeliveryFault(Enum):
    """Who is told of a failed delivery."""

    BLAME_QUEUED = "whoever was queued is dropped, told nothing"
    REPORT_TO_OWNER = "the side whose argument failed"


class PartialSend(Enum):
    """What becomes of a message that does not fit."""

    TRUNCATE_SILENTLY = "it is cut"
    REFUSE = "it is refused"
    REPORT_SIZES = "it is cut and both sizes are told"


class MessageTime(Enum):
    """When the bytes of a message are read and its ids looked up."""

    AT_DELIVERY = "when it is delivered"
    AT_SEND = "when it is sent; what it names is held till it is delivered or not"


class WaiterFailure(Enum):
    """What becomes of who waits for a pool that cannot show its events."""

    LOST = "he sleeps on, and nobody will wake him"
    TOLD = "he wakes with the error, and the events stay"


class ListenerRemoval(Enum):
    """How a listener is removed."""

    NONE = "not at all"
    REMOVE_CALL = "by a call"


class PageSend(Enum):
    """How a page-aligned message travels."""

    COPY = "its bytes are copied"
    REMAP = "its pages change hands"


class PageEventPool(Enum):
    """Where page-aligned data of events goes."""

    NONE = "into the pool, among the events"
    SEPARATE = "into a pool of its own"


class LateListeners(Enum):
    """What a listener learns that comes after a one-time event."""

    WAIT_FOR_NEXT = "nothing: it waits"
    TOLD_AT_ONCE = "the event, at once"


class ListenerFailure(Enum):
    """What one failing listener does to the others."""

    STOPS_THE_REST = "those after it are not told"
    CONTINUES = "nothing"


class PoolUnmap(Enum):
    """What unmapping a pool leaves in the address space."""

    LEAVES_RECORD = "its record"
    REMOVES_RECORD = "nothing"


class PoolGrowth(Enum):
    """When a pool grows."""

    TESTS_ONE_WRITE = "when one write alone exceeds its capacity"
    TESTS_TOTAL = "when the total does"


class PoolSwap(Enum):
    """Which pages a pool unmaps when it shows other events."""

    UNMAPS_ALL = "all of its buffer, mapped or not"
    UNMAPS_MAPPED = "those that it mapped"


class MessageCopy(Enum):
    """What is copied of a message at page borders, odd addresses and ids that are cut."""

    GOES_ASTRAY = "other bytes than its own, or more"
    EXACT = "its bytes"


class AutoRequeue(Enum):
    """What an automatic receiver takes of waiting senders."""

    ONE_THEN_WAITS = "one, then it waits beside the others"
    DRAINS_QUEUE = "all of them"


class ReplyBufferRight(Enum):
    """Which right replying asks of the memory it reads."""

    WRITE = "WRITE"
    READ = "READ"


class ReplyClaim(Enum):
    """When a reply counts as used."""

    AT_START = "when a call tries it"
    ON_SUCCESS = "when it was delivered"
