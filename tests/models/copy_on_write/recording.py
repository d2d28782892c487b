"""The model under a design, as the tests ask for it."""

from dataclasses import replace

from spec.design import CopyOnWrite
from spec.designs import named
from tests.models.recordings import Recording

MODEL = Recording("copy_on_write")
SMALL = MODEL.small
recorded, explored = MODEL.recorded, MODEL.explored
SHARING_AS_BUILT = replace(named("as-built"), copy_on_write=CopyOnWrite.SHARE_ON_CLONE)
"""The kernel's dormant code, when something reaches it."""
