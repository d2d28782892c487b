"""What address spaces, memories and page tables say of the same mappings.

Each step is a whole call, or what one sets off. Pages are numbers without end; which part of a
memory a mapping shows, and where, is arithmetic on them.

The parts in the order of reading: `state`, `ranges`, `entries`, `calls`, `memories`, `both`,
`spaces`, `guarantees`; `reachable` says what must be possible.
"""

from models.mappings import both, calls, guarantees, memories, reachable, spaces
from models.mappings.state import model

__all__ = ["both", "calls", "guarantees", "memories", "model", "reachable", "spaces"]
