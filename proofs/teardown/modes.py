"""The modes in which the model follows the kernel under some designs only: `PARTLY`.

Elsewhere a section does what the model says in steps that the mapping cannot tell apart.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from models.teardown.choices import (
    announced_when_stopped,
    closes_after_exit,
    shakes_hands,
    walks_recursively,
)
from spec.design import Design


def _is_followed_in_sections(design: Design) -> bool:
    """A list has one walker, and a stack is left before anybody else runs on it or stops there."""
    one_walker = walks_recursively(design) or closes_after_exit(design)
    is_left = shakes_hands(design) or not announced_when_stopped(design)
    return one_walker and is_left


PARTLY: Mapping[str, Callable[[Design], bool]] = MappingProxyType(
    {"sections": _is_followed_in_sections}
)
