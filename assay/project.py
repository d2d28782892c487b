"""The project that the tool works on: what the nearest pyproject.toml names under [tool.assay]."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from assay.problems import ToolError, toml
from assay.traces.expect import nearest

_FILE = "pyproject.toml"
_TABLES = ("models", "benchmarks")
_TEXTS = (
    "kernel",
    "designs",
    "questions",
    "guarantees",
    "calls",
    "proofs",
    "logs",
    "words",
    "scenarios",
    "costs",
)


@dataclass(frozen=True, slots=True)
class Project:
    """Where a project lies, and the modules that hold its parts; an empty name is a missing part.

    `models` pairs names with modules that export `model`; `benchmarks` does too, with models that
    are explored when they are named and that no design is judged by. `kernel` exports KERNEL;
    `designs` `load_design` and DesignError, with the TOML files of its designs beside it;
    `questions` QUESTIONS, `guarantees` GUARANTEES and `calls` CALLS; `proofs` is a package with a
    package for each model. `words` exports `statements`: what a design says over machine words.
    `scenarios` exports `load_scenario` and ScenarioError, with the TOML files of the scenarios
    beside it.
    `costs` exports `measured`: what stated workloads cost in the kernel under a design.
    """

    root: Path
    models: Mapping[str, str]
    kernel: str = ""
    designs: str = ""
    questions: str = ""
    guarantees: str = ""
    calls: str = ""
    proofs: str = ""
    logs: str = ""
    words: str = ""
    scenarios: str = ""
    costs: str = ""
    benchmarks: Mapping[str, str] = field(default_factory=dict)

    @property
    def explorable(self) -> Mapping[str, str]:
        """All models, with their modules."""
        return {**self.models, **self.benchmarks}

    @property
    def words_name(self) -> str:
        """The name under which verdicts show the statements over words; empty without any."""
        return self.words.rpartition(".")[2]

    @property
    def provable(self) -> Mapping[str, str]:
        """The models and, if there are any, the statements over words, with their modules."""
        return {**self.models, self.words_name: self.words} if self.words else self.models


def nearest_project(folder: Path) -> Project:
    """The project that the folder lies in; its root becomes importable.

    Errors: ToolError when there is none, or when its settings are wrong.
    """
    for root in (folder, *folder.parents):
        settings = _settings(root / _FILE)
        if settings is not None:
            if str(root) not in sys.path:
                sys.path.insert(0, str(root))
            return _project(root, settings)
    raise ToolError(
        f"{folder} is in no project: expected a {_FILE} with [tool.assay] here or above"
    )


def _settings(path: Path) -> Mapping[str, object] | None:
    try:
        found = toml(path)
    except FileNotFoundError:
        return None
    tool = found.get("tool", {})
    settings = tool.get("assay") if isinstance(tool, dict) else None
    if settings is not None and not isinstance(settings, dict):
        raise ToolError(f"{path}: [tool.assay] is no table")
    return settings


def _project(root: Path, settings: Mapping[str, object]) -> Project:
    known = {*_TEXTS, *_TABLES}
    problems = [
        f"{root / _FILE}: [tool.assay] has no setting `{name}`; {nearest(name, known)}"
        for name in settings
        if name not in known
    ]
    texts = {name: settings.get(name, "") for name in _TEXTS}
    problems += [
        f"{root / _FILE}: `{name}` under [tool.assay] must be a text"
        for name, value in texts.items()
        if not isinstance(value, str)
    ]
    tables = {name: settings.get(name, {}) for name in _TABLES}
    problems += [
        f"{root / _FILE}: [tool.assay.{name}] must pair names with modules"
        for name, table in tables.items()
        if not isinstance(table, dict) or not all(isinstance(each, str) for each in table.values())
    ]
    if problems:
        raise ToolError(*problems)
    models, benchmarks = (cast("dict[str, str]", tables[name]) for name in _TABLES)
    project = Project(root, models, **cast("dict[str, str]", texts), benchmarks=benchmarks)
    if project.words_name in project.explorable:
        raise ToolError(f"{root / _FILE}: `words` has the name of the model {project.words_name}")
    return project
