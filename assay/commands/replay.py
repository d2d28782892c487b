"""`assay replay`: a stored trace again, in the model and in the reference kernel."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay import loading
from assay.commands.answer import PLAIN, Answer, Run, Status
from assay.problems import ToolError
from assay.project import Project
from assay.report.facts import ReplayFacts
from assay.traces import Replayed, Trace, TraceError, read_trace, replay, replay_loop

if TYPE_CHECKING:
    from assay.engines.follow import Follower
    from assay.engines.kernel_traces import KernelReplayer

    _Follower = Follower[Any, Any, Any, Any]
    _Replayer = KernelReplayer[Any, Any, Any, Any]

_NOT_APPLICABLE = "n/a"
_HOLDS = "holds"


@dataclass(frozen=True, slots=True)
class _Shown:
    """How a trace went: the run as it was now, and a word on each subject."""

    trace: Trace
    model: str = _NOT_APPLICABLE
    kernel: str = _NOT_APPLICABLE

    @property
    def holds(self) -> bool:
        """Every subject that can speak of the trace shows it."""
        return {self.model, self.kernel} <= {_HOLDS, _NOT_APPLICABLE}


def replay_(trace: Path, /, *, design: str = "", run: Run = PLAIN) -> Answer:
    """Run a stored trace again, and say whether it still shows what it claims.

    A trace of a model runs in the model and, as calls from boot, in the reference kernel; a trace
    of the kernel runs there, and every model must take part in each of its steps, unless the trace
    shows one that does not.

    Args:
        trace: A file that a command stored.
        design: The design, by name or TOML file, when it is not the one that the trace names.
        run: How to run and answer.
    """
    from assay.report.replays import print_replay

    project = run.project()
    stored = _read(trace)
    chosen = loading.design(project, design or stored.design)
    shown = _replayed(project, trace, stored, chosen)
    facts = ReplayFacts(
        trace=str(trace),
        holds=shown.holds,
        model=shown.model,
        kernel=shown.kernel,
        steps=stored.steps,
    )
    return Answer(
        facts=facts,
        text=lambda console: print_replay(facts, shown.trace, console),
        status=Status.FINE if shown.holds else Status.BROKEN,
        hashes={
            "designs": {chosen.name: loading.design_hash(chosen)},
            stored.subject: stored.subject_hash,
        },
    )


def _read(path: Path) -> Trace:
    try:
        return read_trace(path)
    except TraceError as error:
        raise ToolError(str(error)) from error


def _replayed(project: Project, path: Path, stored: Trace, design: loading.Design) -> _Shown:
    try:
        with loading.explained(project):
            if stored.subject.startswith("model:"):
                return _in_model(project, stored, design)
            return _in_kernel(project, stored, design)
    except TraceError as error:
        other = f"; the trace names {stored.design}, it was to run under {design.name}"
        raise ToolError(
            f"{path}: {error}{other if design.name != stored.design else ''}"
        ) from error


def _in_model(project: Project, stored: Trace, design: loading.Design) -> _Shown:
    from assay.engines.model_traces import ModelReplayer

    name = stored.subject.removeprefix("model:")
    recorded = loading.recorded(project, name, design)
    replayer = ModelReplayer(recorded, dict(stored.bounds))
    if stored.loop is not None:
        endless = replay_loop(stored, replayer)
        return _Shown(endless.trace, _HOLDS if endless.holds else endless.why)
    shown = replay(stored, replayer)
    model = _HOLDS if shown.holds else shown.why
    claim = None if stored.claim is None else recorded.claim(stored.claim).guarantee
    return _Shown(shown.trace, model, _realised(project, name, shown.trace, design, claim))


def _realised(
    project: Project, model: str, trace: Trace, design: loading.Design, guarantee: str | None
) -> str:
    """Whether the kernel shows it too, once the model's actions are turned into its calls."""
    from assay.engines.performing import performed

    if guarantee is None:
        return _NOT_APPLICABLE
    replayed, why = performed(loading.performers(project, model), design, guarantee, trace)
    match replayed:
        case Replayed.YES:
            return _HOLDS
        case Replayed.NO:
            return f"{guarantee} is {why}"
        case Replayed.NOT_APPLICABLE:
            return _NOT_APPLICABLE


def _in_kernel(project: Project, stored: Trace, design: loading.Design) -> _Shown:
    from assay.engines.kernel import WHOLE
    from assay.engines.kernel_traces import KernelReplayer
    from assay.engines.walk.subject import as_check

    _, _, mode = stored.subject.partition(":")
    followers = _followers(project, design, mode or WHOLE)
    checks = tuple(map(as_check, followers))
    replayer = KernelReplayer(loading.kernel(project, mode or WHOLE), design, checks)
    shown = replay(stored, replayer)
    kernel = _HOLDS if shown.holds else shown.why
    if any(check.guarantee == stored.claim for check in checks):
        return _Shown(shown.trace, kernel=kernel)
    return _Shown(shown.trace, _followed(replayer, shown.trace, followers), kernel)


def _followers(project: Project, design: loading.Design, mode: str) -> "tuple[_Follower, ...]":
    """One for each model whose mapping knows the kernel in that mode."""
    from assay.engines.walk.subject import Subject

    kernel = loading.kernel(project, mode)
    subject = Subject(kernel, design, loading.tied(project, design, mode))
    return subject.followers(steps_between_full_looks=1)


def _followed(replayer: "_Replayer", trace: Trace, followers: "tuple[_Follower, ...]") -> str:
    """Whether each step of the kernel is a step of every model that is followed."""
    from assay.engines.kernel_traces import steps

    for index, step in enumerate(steps(replayer, trace), start=1):
        for follower in followers:
            why = follower.follow(*step)
            if why is not None:
                return f"step {index} is none of {follower.recorded.name}: {why}"
    return _HOLDS if followers else _NOT_APPLICABLE
