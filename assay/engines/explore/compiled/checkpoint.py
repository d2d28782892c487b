"""A search that is stopped, kept in a file, and goes on from there as if nothing had been.

The file is a line of JSON and then the queue as it stands in memory. It is written beside the last
one and put in its place when it is whole, so that a process may die at any time.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO

from assay.engines.explore.compiled.build import Compiled
from assay.engines.explore.compiled.store import Store
from assay.engines.explore.result import Foreign
from assay.lang.fingerprint import fingerprint

_SECONDS_BETWEEN = 60.0
_FORM = 2


@dataclass(slots=True)
class Checkpoint:
    """The file of a search, and when it was written last."""

    path: Path
    written: float = field(default_factory=monotonic)

    @property
    def is_due(self) -> bool:
        """Whether it is time to write again."""
        return monotonic() - self.written >= _SECONDS_BETWEEN

    def widths(self) -> dict[str, int]:
        """The bits of numbers without a bound in the search of the file; none without a file."""
        if not self.path.exists():
            return {}
        with self._opened() as (head, _):
            return dict(head.get("widths", {}))

    def write(self, code: Compiled, store: Store, position: dict[str, Any]) -> None:
        """Keep the search; `position` says where in a level it is."""
        new = self.path.with_name(f"{self.path.name}.new")
        head = {**_subject(code), "store": store.saved(), "position": position}
        with new.open("wb") as file:
            file.write(json.dumps(head).encode() + b"\n")
            file.write(store.queue_bytes())
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)
        self.written = monotonic()

    def read(self, code: Compiled, store: Store) -> dict[str, Any] | None:
        """Take the search up again; its position, or None without a file.

        Errors: Foreign for a file of another model, instance or way to search.
        """
        if not self.path.exists():
            return None
        with self._opened() as (head, file):
            for name, value in _subject(code).items():
                if head.get(name) != value:
                    raise Foreign(f"{self.path} is of another search: its {name} differs")
            store.restore(head["store"], file)
            position: dict[str, Any] = head["position"]
            return position

    def done(self) -> None:
        """The search is over: nothing is left to take up."""
        self.path.unlink(missing_ok=True)

    @contextmanager
    def _opened(self) -> Iterator[tuple[dict[str, Any], BinaryIO]]:
        with self.path.open("rb") as file:
            try:
                head = json.loads(file.readline())
            except ValueError:
                head = None
            if not isinstance(head, dict) or head.get("form") != _FORM:
                raise Foreign(f"{self.path} is no checkpoint of this version")
            yield head, file


def _subject(code: Compiled) -> dict[str, object]:
    """What must be the same for a search to be taken up."""
    return {
        "form": _FORM,
        "model": fingerprint(code.recorded),
        "sizes": dict(code.sizes),
        "widths": dict(code.widths),
        "words": code.words.count,
        "threads": code.shape.shared,
        "symmetry": list(code.kinds),
    }
