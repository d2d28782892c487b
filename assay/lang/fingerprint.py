"""A hash of what a model says, the same wherever its files lie and however its lines move."""

from dataclasses import fields, is_dataclass
from enum import Enum
from hashlib import sha256

from assay.lang.recorded import Recorded
from assay.lang.tree import Where


def fingerprint(recorded: Recorded) -> str:
    """Sixteen hex digits over names, sorts, expressions and meanings; places are left out."""
    return sha256(canonical(recorded).encode()).hexdigest()[:16]


def canonical(value: object) -> str:
    """A text of the value without places; equal texts mean equal models."""
    if isinstance(value, Where):
        return ""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, tuple):
        return f"({','.join(map(canonical, value))})"
    if is_dataclass(value):
        inside = ",".join(
            canonical(getattr(value, part.name)) for part in fields(value) if part.name != "meaning"
        )
        return f"{type(value).__name__}({inside})"
    return repr(value)
