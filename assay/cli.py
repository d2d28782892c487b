"""The command line: parses, runs one command, prints its answer, and never shows a traceback."""

import json
import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from traceback import extract_tb, format_exception
from typing import TYPE_CHECKING

from assay.problems import ToolError

if TYPE_CHECKING:
    from cyclopts import App

    from assay.commands.answer import Answer, Facts, Run

_COMMANDS = {
    "check": "every guarantee of each design, by every engine that can speak to it",
    "decide": "every choice of a question, by every engine, and what it costs",
    "prove": "induction for any size, by two solvers",
    "explore": "every reachable state of a finite instance of a model",
    "walk": "random runs of the reference kernel, checked after every step",
    "schedules": "every order of steps of small programs on several processors",
    "replay": "run a stored trace again, in the model and in the reference kernel",
    "conform": "logs of the real kernel against the specification",
    "list": "what there is: models, guarantees, designs, questions, calls or scenarios",
    "show": "one thing in full: a call, a guarantee, a question, a design, a model or a scenario",
}
_BUG_FILE = Path(".assay/bug.txt")


def main() -> None:
    """Run the command that the process was started with, and exit with its status."""
    sys.exit(run(sys.argv[1:]))


def run(words: Sequence[str]) -> int:
    """Run one command, and give the exit status (see `assay.commands.answer.Status`)."""
    from assay.commands.answer import Status

    try:
        return _run(list(words))
    except ToolError as error:
        _tell(words, *error.problems)
        return Status.MISUSED
    except KeyboardInterrupt:
        _tell(words, "interrupted")
        return Status.UNSETTLED
    except MemoryError:
        _tell(words, "the memory of this machine does not suffice")
        return Status.UNSETTLED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Status.UNSETTLED
    except Exception as error:
        _tell(words, _bug(error))
        return Status.FAULTY


def _tell(words: Sequence[str], *problems: str) -> None:
    for problem in problems:
        sys.stderr.write(f"assay: {problem}\n")
    if "--json" in words:
        _print_json({"problems": list(problems)})


def _run(words: list[str]) -> int:
    from cyclopts import CycloptsError

    from assay.commands.answer import Answer, Run

    try:
        command, bound, _ = _application().parse_args(words, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        raise ToolError(" ".join(str(error).split())) from error
    answer = command(*bound.args, **bound.kwargs)
    if not isinstance(answer, Answer):
        return 0
    asked = bound.arguments.get("run", Run())
    if asked.json:
        _print_json({**answer.facts, **_made_by(asked, answer)})
    else:
        _print_text(answer)
    sys.stdout.flush()
    return answer.status


def _application() -> "App":
    from cyclopts import App

    application = App(
        name="assay",
        help="Judge the designs of a kernel: prove, explore, walk, replay, compare with logs.",
        version=_version("aurora-assay"),
    )
    for name, meaning in _COMMANDS.items():
        application.command(f"assay.commands.{name}:{name}_", name=name, help=meaning)
    return application


def _print_json(facts: "Facts") -> None:
    sys.stdout.write(json.dumps(facts, indent=1) + "\n")


def _print_text(answer: "Answer") -> None:
    from rich.console import Console

    piped = not sys.stdout.isatty()
    answer.text(Console(file=sys.stdout, highlight=False, width=160 if piped else None))


def _made_by(asked: "Run", answer: "Answer") -> "Facts":
    packages = {"assay": "aurora-assay", "z3": "z3-solver", "cvc5": "cvc5"}
    versions = {name: _version(package) for name, package in packages.items()}
    return {
        "versions": {**versions, "python": platform.python_version()},
        "seeds": [asked.seed],
        "hashes": answer.hashes,
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _bug(error: Exception) -> str:
    """One line about a mistake of ours; the whole story goes to a file, for who mends it."""
    frame = extract_tb(error.__traceback__)[-1]
    place = f"{frame.filename}:{frame.lineno}"
    told = f"a mistake of assay itself: {type(error).__name__}: {error} at {place}"
    try:
        _BUG_FILE.parent.mkdir(exist_ok=True)
        _BUG_FILE.write_text("".join(format_exception(error)), "utf-8")
    except OSError:
        return told
    return f"{told}; more in {_BUG_FILE}"
