"""Answers kept by the hash of what was asked and of who answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from json import JSONDecodeError, dumps, loads
from pathlib import Path

from assay.engines.prove.solve import versions


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder with one small file for each text whose answers are final."""

    folder: Path

    def get(self, asked: str) -> Mapping[str, str] | None:
        """The answers kept for the text; None where there are none, or the file is damaged."""
        try:
            kept = loads(self._path(asked).read_text("utf-8"))
        except (OSError, JSONDecodeError):
            return None
        if isinstance(kept, dict) and set(kept) == set(versions()):
            return {str(solver): str(answer) for solver, answer in kept.items()}
        return None

    def put(self, asked: str, said: Mapping[str, str]) -> None:
        """Keep the answers; a file appears whole or not at all."""
        path = self._path(asked)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_text(dumps(dict(said)), "utf-8")
        partial.replace(path)

    def _path(self, asked: str) -> Path:
        by = ",".join(f"{solver} {number}" for solver, number in sorted(versions().items()))
        name = sha256("\n".join((by, asked)).encode()).hexdigest()
        return self.folder / f"{name}.json"
