"""What the model of references is to keep and to break."""

from spec.design import KilledWaits, Move, TeardownWalk, UpgradeRight, WeakCapabilities
from tests.models.expectations import Choice, Expected
from tests.models.references.recording import SMALL

EXPECTED = Expected(
    as_built_breaks=frozenset({"CAP-3", "CAP-6", "CAP-8", "GRP-4", "GRP-5"}),
    choices={
        "upgrade unchecked": Choice({"upgrade_right": UpgradeRight.UNCHECKED}, "CAP-3 CAP-8"),
        "moves in two steps": Choice({"move": Move.INSERT_THEN_REMOVE}, "CAP-6"),
        "no weak ones": Choice({"weak_capabilities": WeakCapabilities.REMOVED}, "CAP-8"),
        "destructors nest": Choice({"teardown_walk": TeardownWalk.RECURSIVE}, "GRP-5"),
        "killed waits leak": Choice({"killed_waits": KilledWaits.LEAKED}, "GRP-4 CAP-8"),
    },
    mutated={"CAP-1", "CAP-3", "CAP-4", "CAP-6", "CAP-8", "GRP-4", "GRP-5"},
    ladder=({**SMALL, "Reference": 2},),
)
