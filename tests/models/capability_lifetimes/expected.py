"""What the model of capability_lifetimes is to keep and to break."""

from spec.design import CreatedRights, Move, UpgradeRight, WeakAutoDestroy, WeakCapabilities
from tests.models.capability_lifetimes.recording import SMALL
from tests.models.expectations import Choice, Expected

EXPECTED = Expected(
    as_built_breaks=frozenset({"CAP-3", "CAP-6", "CAP-8"}),
    choices={
        "upgrade unchecked": Choice({"upgrade_right": UpgradeRight.UNCHECKED}, "CAP-3 CAP-8"),
        "moves in two steps": Choice({"move": Move.INSERT_THEN_REMOVE}, "CAP-6"),
        "all rights": Choice({"created_rights": CreatedRights.FIXED_ALL}),
        "option bit": Choice({"weak_auto_destroy": WeakAutoDestroy.OPTION_BIT}),
        "no weak ones": Choice({"weak_capabilities": WeakCapabilities.REMOVED}, "CAP-8"),
        "never destroyed": Choice({"weak_auto_destroy": WeakAutoDestroy.NEVER}),
    },
    mutated={f"CAP-{number}" for number in (1, 2, 3, 4, 5, 6, 8)},
    ladder=({"Object": 2, "Capability": 2}, SMALL),
)
