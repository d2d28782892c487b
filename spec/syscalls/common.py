"""Arguments that many calls share.

Source: syscall/mod.rs.
"""

from spec.call import Refusal, capability, number
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import Wait
from spec.rights import Right

ALLOCATOR = capability("allocator", ObjectType.ALLOCATOR, Right.PROD)
ADDRESS_SPACE = capability("address_space", ObjectType.ADDRESS_SPACE, Right.WRITE)
EVENT_POOL = capability("event_pool", ObjectType.EVENT_POOL, Right.WRITE)
TIMEOUT = number("timeout", only=Wait.TIMEOUT)
DIED = ("dying_objects", "WAKE_WITH_ERROR")
"""The choice without which nobody is told that what he waits for is dead."""
REMOVED = ("listener_removal", "REMOVE_CALL")
"""The choice without which no listener is ever removed."""
NOT_LISTENING = Refusal(
    "not_listening", Error.INVL_OP, "the pool does not listen there with this event id"
)
REPORTED = ("delivery_fault", "REPORT_TO_OWNER")
"""The choice without which a failed delivery is told to nobody."""
EVENT_ID = number("event_id")
