"""Judges each small change that mutmut makes of the kernel: does a test of the selection see it?

Run as a module it changes all that `[tool.mutmut]` in pyproject.toml names, in a copy of the tree
under `mutants/`, prints what survived, and writes what it found into a file there; patterns as
arguments, such as `reference_kernel.groups*`, judge only those changes anew.

mutmut itself begins pytest once more for each change, and to collect the tests takes longer than
the tests that see one. Here they are collected once; each change is judged in a fork, by the tests
that reach the changed function, the shortest first, till one fails. What a test may take is
measured as time of the processor, so that nothing is found because the machine has much to do.
"""

import contextlib
import json
import os
import resource
import signal
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from pathlib import Path
from time import process_time
from typing import Any, Literal

import pytest
from _pytest.runner import runtestprotocol

HERE = Path(__file__).parent
PLACE = HERE.parents[1]
COPY = PLACE / "mutants"
JUDGED = COPY / "judged.jsonl"
UNDER_TEST = "MUTANT_UNDER_TEST"
JOBS = 2
LEAST_SECONDS, TIMES_AS_LONG = 4.0, 12
"""A test that takes longer than both has lost its way: that a change makes it so is seen."""
MOST_BYTES = 5 << 30

Verdict = Literal["killed", "timeout", "survived", "crash"]
SEEN = ("killed", "timeout")


@dataclass(frozen=True, slots=True)
class Judged:
    """A change, what became of it, and the test that saw it."""

    name: str
    verdict: Verdict
    test: str
    tests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Reach:
    """How long each test takes, and which functions it calls of those that are changed."""

    seconds: dict[str, float]
    functions: dict[str, list[str]]


def generate() -> list[str]:
    """Makes the copy with all changes in it; their names, file by file."""
    from mutmut import __main__ as mutmut  # it reads the settings where it is imported
    from mutmut.mutation.data import SourceFileMutationData

    mutmut.set_mutant_under_test("mutant_generation")
    COPY.mkdir(exist_ok=True)
    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    mutmut.setup_source_paths()
    mutmut.store_lines_covered_by_tests()
    with contextlib.redirect_stdout(None):
        mutmut.create_mutants(1)
    names: list[str] = []
    for path in settings()["only_mutate"]:
        data = SourceFileMutationData(path=Path(path))
        data.load()
        names += data.exit_code_by_key
    return names


def settings() -> dict[str, Any]:
    """What `[tool.mutmut]` says."""
    return dict(tomllib.loads((PLACE / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"])


def function_of(name: str) -> str:
    """The function that the change is made in."""
    return name.rpartition("__mutmut_")[0]


def in_a_fork(work: Callable[[], object]) -> tuple[Any, int]:
    """What the work gives, as JSON; None if it ended before. Also how its process ended."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        try:
            text = json.dumps(work())
            with os.fdopen(writes, "w") as pipe:
                pipe.write(text)
        finally:
            os._exit(0)
    os.close(writes)
    with os.fdopen(reads) as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    return (json.loads(text) if text else None), status


def fails(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Whether the test fails."""
    reports = runtestprotocol(item, log=False, nextitem=following)
    return any(each.failed for each in reports)


def with_next(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Each with the one behind it."""
    return zip(items, [*items[1:], None][: len(items)], strict=True)


def measure(items: Sequence[pytest.Item]) -> Reach:
    """Runs all tests once, without a change: they have to pass."""
    from mutmut.state import state

    os.environ[UNDER_TEST] = "stats"
    reached: dict[str, float] = {}
    functions = defaultdict[str, list[str]](list)
    for item, following in with_next(items):
        state()._stats.clear()
        began = process_time()
        assert not fails(item, following), item.nodeid
        reached[item.nodeid] = process_time() - began
        for function in sorted(state()._stats):
            functions[function].append(item.nodeid)
    return Reach(reached, dict(functions))


class _LostItsWay(KeyboardInterrupt):
    """A test takes much longer than it does; pytest takes no other error for no failure."""


def judge(name: str, items: Sequence[pytest.Item], seconds: dict[str, float]) -> tuple[str, str]:
    """What becomes of the change, and the test that sees it."""

    def loses_its_way(*_: object) -> None:
        raise _LostItsWay

    os.environ[UNDER_TEST] = name
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    signal.signal(signal.SIGPROF, loses_its_way)
    for item, following in with_next(items):
        most = max(LEAST_SECONDS, TIMES_AS_LONG * seconds[item.nodeid])
        signal.setitimer(signal.ITIMER_PROF, most)
        try:
            if fails(item, following):
                return "killed", item.nodeid
        except _LostItsWay:
            return "timeout", item.nodeid
    return "survived", ""


class Judge:
    """Judges changes with the tests that pytest collected, in several processes."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.reach = Reach({}, {})
        self.items: dict[str, pytest.Item] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running the tests."""
        self.items = {each.nodeid: each for each in session.items}
        found, _ = in_a_fork(lambda: asdict(measure(session.items)))
        if found is None:
            raise pytest.UsageError("without a change a test of the selection fails")
        self.reach = Reach(**found)
        workers = []
        for job in range(JOBS):
            worker = os.fork()
            if worker == 0:
                self.work(self.names[job::JOBS])
                os._exit(0)
            workers.append(worker)
        for worker in workers:
            _, status = os.waitpid(worker, 0)
            assert status == 0, status
        return True

    def work(self, names: Iterable[str]) -> None:
        """Judges these, and notes each as soon as it is."""
        for name in names:
            line = json.dumps(asdict(self.verdict(name))) + "\n"
            with JUDGED.open("a", encoding="utf-8") as file:
                file.write(line)

    def verdict(self, name: str) -> Judged:
        """What becomes of the change."""
        seconds = self.reach.seconds
        reaching = self.reach.functions.get(function_of(name), [])
        ordered = sorted(reaching, key=lambda each: (seconds[each], each))
        items = [self.items[each] for each in ordered]
        began = os.times()
        answer, status = in_a_fork(lambda: judge(name, items, seconds))
        ended = os.times()
        taken = ended.children_user + ended.children_system
        taken -= began.children_user + began.children_system
        verdict, test = answer or ("crash", f"status {status}")
        return Judged(name, verdict, test, len(items), round(taken, 2))


def judged() -> dict[str, Judged]:
    """What is known of changes, the latest by name."""
    if not JUDGED.exists():
        return {}
    lines = JUDGED.read_text("utf-8").splitlines()
    return {each.name: each for each in (Judged(**json.loads(line)) for line in lines)}


def told(known: dict[str, Judged]) -> Iterator[str]:
    """What was found, file by file, as lines of a table; then what survived."""
    counts = defaultdict[str, Counter[str]](Counter)
    for each in known.values():
        counts[each.name.split(".")[1]][each.verdict] += 1
    yield "| file | changes | killed | of which lost their way | survived |"
    yield "|---|---|---|---|---|"
    for file, count in counts.items():
        seen = sum(count[each] for each in SEEN)
        rest = count.total() - seen
        yield f"| {file} | {count.total()} | {seen} | {count['timeout']} | {rest} |"
    yield ""
    yield from (each.name for each in known.values() if each.verdict not in SEEN)
    yield f"{sum(each.seconds for each in known.values()):.0f} seconds of a processor"


def main(patterns: Sequence[str]) -> int:
    """Judges the changes that match, or those that are not judged yet; 1 if one survived."""
    os.chdir(PLACE)
    names = generate()
    if patterns:
        names = [each for each in names if any(fnmatch(each, pattern) for pattern in patterns)]
    else:
        JUDGED.unlink(missing_ok=True)
    os.chdir(COPY)
    sys.path.insert(0, str(COPY))
    os.environ[UNDER_TEST] = ""
    chosen = settings()
    arguments = [*chosen["pytest_add_cli_args"], *chosen["pytest_add_cli_args_test_selection"]]
    ended = pytest.main(["--rootdir=.", "--tb=native", "-q", "-s", *arguments], [Judge(names)])
    known = judged()
    sys.stdout.write("\n".join(told(known)) + "\n")
    return int(ended or any(each.verdict not in SEEN for each in known.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
