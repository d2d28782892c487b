"""The tables of a model state, made out of those of another."""

from collections.abc import Mapping

from assay.engines.interpret import Keys, ModelState
from assay.lang.values import Value


class Tables:
    """A model state in the making: a table is copied before its first cell changes.

    What does not change is the same table as before, so that whoever compares need not look at it.
    """

    __slots__ = ("_changed", "_known")

    def __init__(self, known: ModelState) -> None:
        self._known = known
        self._changed: dict[str, dict[Keys, Value]] = {}

    def put(self, table: str, keys: Keys, value: Value) -> None:
        """The cell has this value from now on, which is not what it starts with."""
        if self.cell(table, keys) != value:
            self._own(table)[keys] = value

    def clear(self, table: str, keys: Keys) -> None:
        """The cell is in normal form from now on."""
        if self.cell(table, keys) is not None:
            del self._own(table)[keys]

    def cell(self, table: str, keys: Keys) -> Value:
        """What is in the cell; None where it is in normal form."""
        return self.cells(table).get(keys)

    def cells(self, table: str) -> Mapping[Keys, Value]:
        """The cells of the table that are not in normal form."""
        own = self._changed.get(table)
        return self._known[table] if own is None else own

    def fill(self, table: str, cells: dict[Keys, Value]) -> None:
        """The table has these cells from now on."""
        if self.cells(table) != cells:
            self._changed[table] = cells

    def finish(self) -> ModelState:
        """The state; the known one itself if nothing changed."""
        return {**self._known, **self._changed} if self._changed else self._known

    def _own(self, table: str) -> dict[Keys, Value]:
        own = self._changed.get(table)
        if own is None:
            own = self._changed[table] = dict(self._known[table])
        return own
