"""When a write to a shared page copies it, and who can still reach a frame that is free.

Each step is about one page, or one address; a call that is about several is several steps.
"""

from models.copy_on_write import frames, guarantees, mappings, reachable, writes
from models.copy_on_write.state import model

__all__ = ["frames", "guarantees", "mappings", "model", "reachable", "writes"]
