"""Judgements of earlier checks, kept as long as nothing changes that decides them.

What decides them are the sources of the tool and of the project, the versions of what they use, the
design and the settings: the same give the same judgement, since every search has its seed.
"""

import pickle
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from os import getpid
from pathlib import Path

from assay.project import Project
from assay.traces import Judgement, Verdict

_FOLDER = Path(".assay/judged")
_USED = ("z3-solver", "cvc5", "llvmlite", "numpy", "immutables")
_SOURCES = ("*.py", "*.toml")

Judged = tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder with one file for each part of a check; `of` says what all parts rest on."""

    folder: Path
    of: str
    use: bool = True

    def judged(self, part: str, submit: Callable[[], Future[Judged]]) -> Callable[[], Judged]:
        """Waits for the judgements of a part: those kept, or those of work that begins now."""
        known = self._known(part)
        if known is not None:
            return lambda: known
        future = submit()
        return lambda: self._keep(part, future.result())

    def judged_now(self, part: str, judge: Callable[[], Judged]) -> Judged:
        """The judgements of a part: those kept, or new ones."""
        known = self._known(part)
        return self._keep(part, judge()) if known is None else known

    def _path(self, part: str) -> Path:
        name = sha256(f"{self.of} {part}".encode()).hexdigest()
        return self.folder / f"{name}.pickle"

    def _known(self, part: str) -> Judged | None:
        """None where nothing is kept, or nothing that can be read."""
        if not self.use:
            return None
        try:
            judged: Judged = pickle.loads(self._path(part).read_bytes())
        except (OSError, EOFError, pickle.UnpicklingError):
            return None
        return judged

    def _keep(self, part: str, judged: Judged) -> Judged:
        """A file appears whole or not at all; what somebody did not know, or was cut short, is not
        kept."""
        if not self.use or any(each.verdict is Verdict.UNKNOWN for each in judged):
            return judged
        path = self._path(part)
        partial = path.with_suffix(f".{getpid()}.partial")
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(pickle.dumps(judged))
            partial.replace(path)
        return judged


def kept(project: Project, settings: str, *, use: bool) -> Kept:
    """What is kept of checks of the project as it is, with these settings."""
    digest = sha256(settings.encode())
    folder = project.root / _FOLDER
    if not use:
        return Kept(folder, "", use)
    for package in sorted({"assay", *_packages(project)}):
        for path in _files(package):
            digest.update(path.as_posix().encode())
            digest.update(path.read_bytes())
    for package in _USED:
        with suppress(PackageNotFoundError):
            digest.update(f"{package} {version(package)}".encode())
    return Kept(folder, digest.hexdigest(), use)


def _packages(project: Project) -> set[str]:
    parts = (project.kernel, project.designs, project.proofs, project.words)
    return {name.partition(".")[0] for name in (*parts, *project.models.values()) if name}


def _files(package: str) -> list[Path]:
    spec = find_spec(package)
    folders = [] if spec is None else [Path(each) for each in spec.submodule_search_locations or ()]
    found = (path for folder in folders for kind in _SOURCES for path in folder.rglob(kind))
    return sorted(found)
