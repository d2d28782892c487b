"""What the model of user_handles is to keep and to break."""

from spec.design import UserHandles, WeakAutoDestroy
from tests.models.expectations import Choice, Expected
from tests.models.user_handles.recording import SMALL

EXPECTED = Expected(
    as_built_breaks=frozenset({"CAP-7"}),
    choices={
        "bare ids": Choice({"user_handles": UserHandles.RAW_IDS}, "CAP-7"),
        "option bit": Choice({"weak_auto_destroy": WeakAutoDestroy.OPTION_BIT}),
        "never destroyed": Choice({"weak_auto_destroy": WeakAutoDestroy.NEVER}),
    },
    mutated={"CAP-1", "CAP-4", "CAP-5", "CAP-7", "CAP-10"},
    ladder=({"Variable": 2, "Id": 1, "Object": 1}, SMALL),
)
