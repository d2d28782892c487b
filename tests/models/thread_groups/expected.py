"""What the model of thread_groups is to keep and to break."""

from spec.design import (
    GroupAdmission,
    GroupDrop,
    GroupDropCurrent,
    LateListeners,
    ListenerFailure,
    ResumeScope,
    ThreadEnd,
    UpgradeRight,
    WeakCapabilities,
)
from tests.models.expectations import Choice, Expected
from tests.models.thread_groups.recording import SMALL

EXPECTED = Expected(
    as_built_breaks=frozenset({"GRP-1", "GRP-2", "GRP-3", "GRP-6", "SCH-1"}),
    choices={
        "left in parent": Choice({"group_drop": GroupDrop.LEFT_IN_PARENT}, "GRP-3"),
        "runs on": Choice({"group_drop_current": GroupDropCurrent.RUNS_ON}, "GRP-1 GRP-3"),
        "open": Choice({"group_admission": GroupAdmission.OPEN}, "GRP-1 GRP-2"),
        "announced at destruction": Choice(
            {"thread_end": ThreadEnd.ANNOUNCED_AT_DESTRUCTION}, "GRP-6"
        ),
        "a failure stops the rest": Choice(
            {"listener_failure": ListenerFailure.STOPS_THE_REST}, "GRP-6"
        ),
        "late listeners wait": Choice({"late_listeners": LateListeners.WAIT_FOR_NEXT}),
        "any wait resumed": Choice({"resume_scope": ResumeScope.ANY_WAIT}),
        "no weak ones": Choice({"weak_capabilities": WeakCapabilities.REMOVED}),
        "upgrade unchecked": Choice({"upgrade_right": UpgradeRight.UNCHECKED}),
    },
    mutated={"GRP-1", "GRP-2", "GRP-3", "GRP-4", "GRP-6", "SCH-1", "EVT-4"},
    ladder=(SMALL, {"Thread": 2, "Group": 3}, {"Thread": 3, "Group": 2}),
)
