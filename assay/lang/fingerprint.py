"""A hash of what a model says, the same wherever its files lie and however its lines move."""

from dataclasses import fields, is_dataclass
from enum import Enum
from hashlib import sha256

from assay.lang.recorded import Recorded
from assay.lang.tree import Where

_NO_PROGRESS = ("progress", ())
"""A model that states none is the model that it was before models could."""
_BESIDE = ("meaning", "ranked", "apart")
"""What is said about a model, and how its promises are proved, is no part of it."""


def fingerprint(recorded: Recorded) -> str:
    """Sixteen hex digits over names, sorts and expressions; places are left out."""
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
        parts = {part.name: getattr(value, part.name) for part in fields(value)}
        inside = ",".join(
            canonical(part)
            for name, part in parts.items()
            if name not in _BESIDE and (name, part) != _NO_PROGRESS
        )
        return f"{type(value).__name__}({inside})"
    return repr(value)
