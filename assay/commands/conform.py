"""`assay conform`: logs of the real kernel against the specification."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from assay import loading
from assay.commands.answer import PLAIN, Answer, Run, Status
from assay.commands.ticker import Ticker
from assay.commands.workers import workers
from assay.problems import ToolError
from assay.report.facts import Accepted, ConformFacts, Contradiction, DataWords, Ending, LogFacts

if TYPE_CHECKING:
    from rich.console import Console

    from assay.engines.conform import LogResult

_LEAST_MIB, _MOST_MIB = 16, 1 << 20
_LINE = "TRACE (target:line) call -> result"


@dataclass(frozen=True, slots=True)
class _Task:
    """One log to be checked; it can be sent."""

    logs: Any
    design: Any
    path: Path
    text: str
    ignore_raw: bool
    memory_mib: int
    explain: int | None


def conform_(
    *logs: Path,
    ignore_raw: Annotated[bool, Parameter(negative="")] = False,
    memory: int = 1024,
    explain: int | None = None,
    coverage: Annotated[bool, Parameter(negative="")] = False,
    design: str = "as-built",
    run: Run = PLAIN,
) -> Answer:
    """Check logs of the real kernel: each line predicted, explained, contradicted or unread.

    Args:
        logs: Files that the kernel's console printed.
        ignore_raw: Do as if the lines that give the true words of calls were not there.
        memory: The memory of the machine that printed them, in MiB; no log says so.
        explain: A line; everything that was possible there is shown.
        coverage: List the outcomes of each call that the logs show, and the refusals they do not.
        design: A design by name, or a TOML file.
        run: How to run and answer.
    """
    from assay.report.conformance import print_conformance, print_coverage

    if not logs:
        raise ToolError("conform: a log is needed, the file that the kernel's console printed")
    if not _LEAST_MIB <= memory <= _MOST_MIB:
        raise ToolError(f"--memory {memory}: expected {_LEAST_MIB} to {_MOST_MIB} MiB")
    project = run.project()
    chosen = loading.design(project, design)
    reader = loading.logs(project)
    tasks = [
        _Task(reader, chosen, path, text, ignore_raw, memory, explain)
        for path, text in _texts(logs)
    ]
    with workers(run) as executor, Ticker() as ticker, loading.explained(project):
        results = list(_results([executor.submit(_checked, task) for task in tasks], ticker))
    _refuse_other_files(tasks, results)
    facts = _facts(chosen.name, tasks, results, reader.refusals(chosen))
    possible = [each for result in results for each in result.explained_at]

    def text(console: "Console") -> None:
        print_conformance(facts, console, possible)
        print_coverage(facts, console, listed=coverage)

    return Answer(
        facts={**facts, "possible": [_possible(each) for each in possible]},
        text=text,
        status=_status(results),
        hashes=loading.hashes(chosen, []),
    )


def _texts(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """The logs' texts; whatever else the programs printed may be no text at all.

    Errors: ToolError with every file that cannot be read.
    """
    found, problems = [], []
    for path in paths:
        try:
            found.append((path, path.read_bytes().decode("utf-8", errors="replace")))
        except OSError as error:
            problems.append(f"{path}: cannot be read: {error.strerror}")
    if problems:
        raise ToolError(*problems)
    return found


def _checked(task: _Task) -> "LogResult":
    from assay.engines.conform import conform

    return conform(
        task.logs,
        task.design,
        task.text,
        ignore_raw=task.ignore_raw,
        memory_mib=task.memory_mib,
        explain=task.explain,
        listener=_teller(task.path.name),
    )


def _teller(name: str) -> Callable[[int, int, int], None]:
    """Tells on stderr how far a log is: lines, their rate, live worlds, and the time left."""
    ticker, started = Ticker(), monotonic()

    def tell(line: int, lines: int, worlds: int) -> None:
        rate = line / max(monotonic() - started, 0.001)
        left = (lines - line) / max(rate, 1.0)
        ticker.tell(
            f"{name}: line {line} of {lines}, {rate:.0f} a second, {worlds} live, {left:.0f} s left"
        )

    return tell


def _results(futures: "list[Future[LogResult]]", ticker: Ticker) -> "Iterator[LogResult]":
    for done, future in enumerate(futures):
        ticker.tell(f"{done} of {len(futures)} logs")
        yield future.result()


def _refuse_other_files(tasks: list[_Task], results: "list[LogResult]") -> None:
    """Errors: ToolError for each file in which there is nothing that the kernel prints."""
    others = [
        f"{task.path}: no line of it is a line of the kernel's log; expected lines like `{_LINE}`"
        for task, result in zip(tasks, results, strict=True)
        if not result.calls and not result.booted and not result.ending[1]
    ]
    if others:
        raise ToolError(*others)


def _status(results: "list[LogResult]") -> Status:
    from assay.engines.conform import Answer as Said

    if any(each.first is not None or each.ending[2] == "contradicted" for each in results):
        return Status.BROKEN
    unsettled = any(
        each.answers[Said.UNREAD] or each.cut or each.ending[2] == "unknown_place"
        for each in results
    )
    return Status.UNSETTLED if unsettled else Status.FINE


def _facts(
    design: str,
    tasks: list[_Task],
    results: "list[LogResult]",
    refusals: Mapping[str, tuple[str, ...]],
) -> ConformFacts:
    coverage: dict[str, dict[str, int]] = {}
    for result in results:
        for call, outcomes in result.coverage.items():
            seen = coverage.setdefault(call, {})
            for name, count in outcomes.items():
                seen[name] = seen.get(name, 0) + count
    return ConformFacts(
        design=design,
        logs=[_log(task.path, result) for task, result in zip(tasks, results, strict=True)],
        coverage={call: dict(sorted(seen.items())) for call, seen in sorted(coverage.items())},
        never_seen={
            call: [name for name in names if name not in coverage.get(call, {})]
            for call, names in sorted(refusals.items())
        },
    )


def _log(path: Path, result: "LogResult") -> LogFacts:
    from assay.engines.conform import Answer as Said

    kind, place, verdict = result.ending
    first = result.first
    return LogFacts(
        log=str(path),
        lines=result.lines,
        calls=result.calls,
        predicted=result.answers[Said.PREDICTED],
        explained=result.answers[Said.EXPLAINED],
        contradicted=result.answers[Said.CONTRADICTED],
        unread=result.answers[Said.UNREAD],
        cut=result.cut,
        choices=dict(sorted(result.choices.items())),
        accepted=Accepted(
            median=result.accepted_median, max=result.accepted_max, one=result.accepted[1]
        ),
        data_words=DataWords(compared=result.words_compared, wrong=result.words_wrong),
        ending=Ending(kind=kind, place=place, verdict=verdict),
        states_max=result.states_max,
        seconds=round(result.seconds, 3),
        first_contradiction=None
        if first is None
        else Contradiction(
            line=first.line,
            call=first.call,
            got=first.got,
            expected=list(first.expected),
            why=first.why,
        ),
        remarks=list(_remarks(result)),
    )


def _remarks(result: "LogResult") -> Iterator[str]:
    """What could not be read, each reason with the first line that it is about."""
    for line in result.torn:
        yield f"{line}: the line breaks off, or others are cut into it; expected `{_LINE}`"
    for why, line in result.unread.items():
        yield f"{line}: unread: {why}"


def _possible(each: Any) -> dict[str, object]:
    return {
        "gave": each.gave,
        "refusal": each.refusal,
        "chosen": list(each.chosen),
        "survives": each.survives,
    }
