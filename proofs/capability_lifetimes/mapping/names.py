"""How ids and rights of the kernel are called in the model."""

from models.capability_lifetimes.state import Allows
from reference_kernel.state import CapabilitySpace, State
from spec.rights import Right

_ID_BITS = 59
_SERIAL_AT = 5
_USE = int(Allows.USE)
_UPGRADE = int(Allows.UPGRADE)
_UPGRADE_BIT = int(Right.UPGRADE)

NOBODY = 0
"""No object and no id, so nothing under the model's constants: what a call names in vain."""


def id_of_word(space: int, word: int) -> int:
    """The id that a word is in a space: type and serial; the other bits do not tell ids apart."""
    return space << _ID_BITS | word >> _SERIAL_AT


def id_of(space: int, kind: int, serial: int) -> int:
    """The id with this type number and serial."""
    return space << _ID_BITS | serial << _SERIAL_AT | kind


def allowed(rights: int, use: int) -> int:
    """What the model sees of a mask of rights when USE stands for the bit `use`."""
    return (_USE if rights & use else 0) | (_UPGRADE if rights & _UPGRADE_BIT else 0)


def space_of(state: State, name: int) -> CapabilitySpace:
    """The body of a living capability space."""
    body = state.body(name)
    assert isinstance(body, CapabilitySpace), name
    return body
