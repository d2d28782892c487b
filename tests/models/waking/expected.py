"""What the model of waking is to keep and to break."""

from spec.design import (
    DeliveryFault,
    DyingObjects,
    IdleThreads,
    LateListeners,
    ListenerFailure,
    ReadyQueue,
    ReplyClaim,
    ResumeScope,
    ThreadEnd,
    WakeProtocol,
)
from tests.models.expectations import Choice, Expected
from tests.models.waking.recording import SMALL

EXPECTED = Expected(
    as_built_breaks=frozenset(
        {"SCH-1", "SCH-2", "SCH-3", "SCH-4", "SCH-5", "SCH-6", "ROB-1", "ROB-2"}
    ),
    choices={
        "as is": Choice({"wake_protocol": WakeProtocol.AS_IS}, "SCH-2 SCH-4 SCH-5 ROB-1"),
        "idle threads queued": Choice({"idle_threads": IdleThreads.IN_QUEUE}, "SCH-6"),
        "any wait resumed": Choice({"resume_scope": ResumeScope.ANY_WAIT}, "SCH-4"),
        "the queue grows": Choice({"ready_queue": ReadyQueue.GROWS}, "ROB-2"),
        "room is part of a thread": Choice({"ready_queue": ReadyQueue.INTRUSIVE}),
        "announced at destruction": Choice(
            {"thread_end": ThreadEnd.ANNOUNCED_AT_DESTRUCTION}, "SCH-1"
        ),
        "dying is silent": Choice({"dying_objects": DyingObjects.SILENT}, "SCH-3"),
        "the queued are blamed": Choice({"delivery_fault": DeliveryFault.BLAME_QUEUED}, "SCH-3"),
        "replies are used up": Choice({"reply_claim": ReplyClaim.AT_START}, "SCH-3"),
        "late listeners wait": Choice({"late_listeners": LateListeners.WAIT_FOR_NEXT}, "SCH-3"),
        "a failure stops the rest": Choice(
            {"listener_failure": ListenerFailure.STOPS_THE_REST}, "SCH-3"
        ),
    },
    mutated={"SCH-1", "SCH-2", "SCH-3", "SCH-4", "SCH-5", "SCH-6", "ROB-2"},
    ladder=(SMALL,),
)
