"""The modes in which the model follows the kernel under some designs only: `PARTLY`.

Elsewhere a section does what the model says in steps that the mapping cannot tell apart.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from models.teardown.choices import (
    announced_when_stopped,
    closes_after_exit,
    has_one_stack,
    releases_waits,
    walks_recursively,
)
from spec.design import Design


def _is_followed_in_sections(design: Design) -> bool:
    """A list has one walker, and who was ended amid a call takes nothing that is lost with it."""
    one_walker = walks_recursively(design) or closes_after_exit(design)
    keeps = releases_waits(design) or not announced_when_stopped(design)
    return one_walker and keeps and not has_one_stack(design)


PARTLY: Mapping[str, Callable[[Design], bool]] = MappingProxyType(
    {"sections": _is_followed_in_sections}
)
