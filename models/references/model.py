"""How references are counted while several processors use them, step by step.

A step is what one atomic instruction or one lock makes indivisible; between two steps of a call any
other may take one of its own. The parts in the order of reading: `state`, `tables`, `teardown`,
`guarantees`.
"""

from models.references import guarantees, teardown
from models.references.tables import model

__all__ = ["guarantees", "model", "teardown"]
