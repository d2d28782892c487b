"""What the model of teardown is to keep and to break."""

from spec.design import (
    ExitInterrupt,
    GroupAdmission,
    GroupDrop,
    GroupDropCurrent,
    KilledWaits,
    Preemption,
    TeardownWalk,
    ThreadEnd,
    WakeProtocol,
)
from tests.models.expectations import Choice, Expected
from tests.models.teardown.recording import SMALL

EXPECTED = Expected(
    as_built_breaks=frozenset(
        {"GRP-1", "GRP-2", "GRP-3", "GRP-4", "GRP-5", "GRP-6", "GRP-7", "SCH-2", "SCH-7"}
    ),
    choices={
        "interrupt disable": Choice({"preemption": Preemption.INTERRUPT_DISABLE}, "GRP-4"),
        "one stack": Choice({"preemption": Preemption.NON_PREEMPTIBLE}),
        "one stack, no handshake": Choice(
            {"preemption": Preemption.NON_PREEMPTIBLE, "wake_protocol": WakeProtocol.AS_IS}
        ),
        "no handshake": Choice({"wake_protocol": WakeProtocol.AS_IS}, "SCH-2"),
        "acknowledged when killing": Choice(
            {"exit_interrupt": ExitInterrupt.ACKNOWLEDGED_ONLY_WHEN_KILLING}, "SCH-7"
        ),
        "open": Choice({"group_admission": GroupAdmission.OPEN}, "GRP-1 GRP-2"),
        "left in parent": Choice({"group_drop": GroupDrop.LEFT_IN_PARENT}, "GRP-3"),
        "runs on": Choice({"group_drop_current": GroupDropCurrent.RUNS_ON}, "GRP-1 GRP-3"),
        "recursive": Choice({"teardown_walk": TeardownWalk.RECURSIVE}, "GRP-5 GRP-7"),
        "announced at destruction": Choice(
            {"thread_end": ThreadEnd.ANNOUNCED_AT_DESTRUCTION}, "GRP-6"
        ),
        "leaked": Choice({"killed_waits": KilledWaits.LEAKED}, "GRP-4"),
    },
    mutated={
        *("GRP-1", "GRP-2", "GRP-3", "GRP-4", "GRP-5", "GRP-6", "GRP-7", "GRP-8"),
        *("SCH-2", "SCH-3", "SCH-7"),
    },
    ladder=(
        {"Thread": 2, "Group": 1, "Processor": 1, "Object": 1},
        {"Thread": 2, "Group": 2, "Processor": 1, "Object": 1},
        SMALL,
    ),
    fewer=("Thread", "Group", "Processor", "Object"),
)
