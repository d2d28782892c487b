"""The modes in which the model follows the kernel under some designs only: `PARTLY`.

Without weak capabilities a space may live on by an entry alone, when its threads have ended. A
channel still names it, weakly, where one of them has asked for messages; what comes there is put
into a table that no stack holds, by a reference that the kernel takes beside any entry.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from models.references.state import keeps_weak
from spec.design import Design

PARTLY: Mapping[str, Callable[[Design], bool]] = MappingProxyType({"sections": keeps_weak})
