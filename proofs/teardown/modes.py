"""The modes in which the model follows the kernel under some designs only: `PARTLY`.

Elsewhere a section does what the model says in steps that the mapping cannot tell apart.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from models.teardown.choices import is_like_proposed, releases_waits
from spec.design import Design, IdleThreads


def _is_followed_in_sections(design: Design) -> bool:
    idles = design.idle_threads is IdleThreads.PER_PROCESSOR
    return is_like_proposed(design) and releases_waits(design) and idles


PARTLY: Mapping[str, Callable[[Design], bool]] = MappingProxyType(
    {"sections": _is_followed_in_sections}
)
