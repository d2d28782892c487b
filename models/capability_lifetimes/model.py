"""Who keeps which object alive, and what a capability is still good for.

A call that names capabilities is several steps: `capability_is_used` for each argument that is
looked up, then its own action, then the drops that it sets off, one by one. No call begins before
they are done (`at_rest`); only between the two halves of a move as built another move may begin.

The parts in the order of reading: `state`, `actions`, `guarantees`.
"""

from models.capability_lifetimes import guarantees
from models.capability_lifetimes.actions import model

__all__ = ["guarantees", "model"]
