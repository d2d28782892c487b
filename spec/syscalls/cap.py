"""Calls about capabilities themselves."""

from spec.call import Argument, Call, Refusal, Return, Word, capability, lookup, no_entry
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import CapClone, CapDestroy
from spec.panics import CLONE_UNTABLED, DESTROY_UNTABLED, EVENT
from spec.rights import Right

_SPACE = ObjectType.CAPABILITY_SPACE
_TO = capability("dst_cspace", _SPACE, Right.WRITE, unless=CapClone.DST_CSPACE_SELF)
_FROM = capability("src_cspace", _SPACE, Right.WRITE, unless=CapClone.SRC_CSPACE_SELF)
_AMONG = capability("cspace", _SPACE, Right.WRITE, unless=CapDestroy.CSPACE_SELF)
_CAP = Argument("cap", Word.CAPABILITY)

_MALFORMED = Refusal("cap_malformed", Error.INVL_ID, "its type bits name no type")
_UNTABLED = Refusal(
    "cap_untabled",
    Error.INVL_ID,
    "no space has a table for its type",
    choice=("enum_decode", "TOTAL"),
)
_UNKNOWN = Refusal("cap_unknown", Error.INVL_ID, "the space holds no such capability")

CAP_CLONE = Call(
    number=11,
    name="cap_clone",
    log_name="cap_clone",
    meaning="Make a second capability to the same object, or with DESTROY_SRC_CAP move it.",
    arguments=(_TO, _FROM, _CAP),
    options=CapClone,
    refusals=(
        _MALFORMED,
        *lookup(_FROM, _TO),
        _UNTABLED,
        _UNKNOWN,
        Refusal(
            "cap_would_be_weak",
            Error.INVL_ARGS,
            "it is to become weak, and no capability is",
            choice=("weak_capabilities", "REMOVED"),
        ),
        Refusal(
            "cap_lacks_upgrade",
            Error.INVL_PERM,
            "it is weak, is to become strong, and lacks UPGRADE",
            choice=("upgrade_right", "CHECKED"),
        ),
        Refusal(
            "cap_dead",
            Error.INVL_WEAK,
            "it is weak, is to become strong, and its object is dead",
            after="the capability is destroyed, where the design or bit 31 says so",
        ),
        no_entry("cap"),
    ),
    returns=(Return("cap", Word.CAPABILITY),),
    source="syscall/cap.rs, cap/capability_space.rs",
    drops="with DESTROY_SRC_CAP the original",
    panics=(CLONE_UNTABLED,),
)

CAP_DESTROY = Call(
    number=12,
    name="cap_destroy",
    log_name="cap_destroy",
    meaning="Remove a capability, dead or alive; it needs no right for that.",
    arguments=(_AMONG, _CAP),
    options=CapDestroy,
    refusals=(_MALFORMED, *lookup(_AMONG), _UNTABLED, _UNKNOWN),
    returns=(),
    source="syscall/cap.rs, cap/capability_space.rs",
    drops="the capability, and its object when it was the last that held it",
    panics=(DESTROY_UNTABLED, *EVENT),
)

CALLS = (CAP_CLONE, CAP_DESTROY)
