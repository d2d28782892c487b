"""What the model of delivery is to keep and to break."""

from spec.design import (
    AutoRequeue,
    DeliveryFault,
    DyingObjects,
    ListenerRemoval,
    MessageTime,
    ReplyClaim,
    ThreadEnd,
    WakeProtocol,
)
from tests.models.delivery.recording import SMALL
from tests.models.expectations import Choice, Expected

EXPECTED = Expected(
    as_built_breaks=frozenset({"IPC-1", "IPC-3", "IPC-4", "IPC-5", "IPC-7"}),
    choices={
        "one then waits": Choice({"auto_requeue": AutoRequeue.ONE_THEN_WAITS}, "IPC-1"),
        "ended waits stay": Choice({"wake_protocol": WakeProtocol.AS_IS}, "IPC-3"),
        "the queued are blamed": Choice(
            {"delivery_fault": DeliveryFault.BLAME_QUEUED}, "IPC-3 IPC-5"
        ),
        "dying is silent": Choice({"dying_objects": DyingObjects.SILENT}, "IPC-3 IPC-4 IPC-7"),
        "a failed reply is used": Choice({"reply_claim": ReplyClaim.AT_START}, "IPC-7"),
        "ended threads stay": Choice({"thread_end": ThreadEnd.ANNOUNCED_AT_DESTRUCTION}),
        "read at delivery": Choice({"message_time": MessageTime.AT_DELIVERY}),
        "no removal": Choice({"listener_removal": ListenerRemoval.NONE}),
    },
    mutated={"IPC-1", "IPC-3", "IPC-4", "IPC-5", "IPC-7"},
    ladder=(SMALL,),
)
