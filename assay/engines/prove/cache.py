"""Answers kept by the hash of what was asked and of who answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from json import JSONDecodeError, dumps, loads
from os import getpid
from pathlib import Path

from assay.engines.prove.solve import versions


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder with one small file for each text that was asked.

    An answer is final, unless somebody did not know: then it is one for that time limit alone.
    """

    folder: Path

    def get(self, asked: str, time_limit_s: float) -> Mapping[str, str] | None:
        """The answers kept for the text; None where there are none, or the file is damaged."""
        for limit in ("", f"{time_limit_s:g}"):
            try:
                kept = loads(self._path(asked, limit).read_text("utf-8"))
            except (OSError, JSONDecodeError):
                continue
            if isinstance(kept, dict) and set(kept) == set(versions()):
                return {str(solver): str(answer) for solver, answer in kept.items()}
        return None

    def put(self, asked: str, said: Mapping[str, str], time_limit_s: float) -> None:
        """Keep the answers; a file appears whole or not at all, whoever else writes it too."""
        path = self._path(asked, f"{time_limit_s:g}" if "unknown" in said.values() else "")
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{getpid()}.partial")
        partial.write_text(dumps(dict(said)), "utf-8")
        partial.replace(path)

    def _path(self, asked: str, limit: str) -> Path:
        by = ",".join(f"{solver} {number}" for solver, number in sorted(versions().items()))
        name = sha256("\n".join((by, limit, asked)).encode()).hexdigest()
        return self.folder / f"{name}.json"
