"""What a seeded fault is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A change of one file of the reference kernel: this text, found once, becomes that one."""

    name: str
    path: str
    text: str
    becomes: str
    quiet: bool = False
    needs_models: bool = False
