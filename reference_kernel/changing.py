"""A record with other values in some of its fields.

A step changes a dozen records, and a walk or a log is many steps: it has to be quick.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import replace as replace  # the types of what is changed are checked by it
else:

    def replace(record: Any, **parts: Any) -> Any:
        """The frozen dataclass with slots, with these fields changed.

        Field by field, not by way of the constructor, which asks far more of each. AttributeError
        for a field that it does not have.
        """
        after = object.__new__(type(record))
        for name in record.__slots__:
            object.__setattr__(after, name, getattr(record, name))
        for name, value in parts.items():
            object.__setattr__(after, name, value)
        return after
