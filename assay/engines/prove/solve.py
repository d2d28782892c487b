"""Asking the solvers. Nothing else in the product imports z3 or cvc5."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from time import perf_counter
from typing import Any

SOLVERS = ("z3", "cvc5")
_PACKAGES = {"z3": "z3-solver", "cvc5": "cvc5"}

NOT_ASKED = "not asked"
"""Of the second solver where the first did not refute: there is nothing to confirm."""

REFUTED = dict.fromkeys(SOLVERS, "unsat")
FAILED = {"z3": "sat", "cvc5": NOT_ASKED}
SLOW = {"z3": "unsat", "cvc5": "unknown"}


@dataclass(frozen=True, slots=True)
class Answers:
    """What each solver says of a text: `unsat`, `sat`, `unknown`, or why it does not speak."""

    by_solver: Mapping[str, str]
    seconds: float = 0.0
    cached: bool = False


LOST = Answers(dict.fromkeys(SOLVERS, "lost"))
"""Where the worker that asked is gone."""


def unsettled(said: Mapping[str, str]) -> str:
    """Why the answers settle nothing; empty where both refute, or Z3 alone found a model."""
    if set(said.values()) >= {"unsat", "sat"}:
        return "the solvers disagree"
    if said == LOST.by_solver:
        return "a worker process died"
    if said == REFUTED or "sat" in said.values():
        return ""
    silent = " and ".join(solver for solver, answer in said.items() if answer == "unknown")
    return f"{silent} cannot tell in time"


@cache
def versions() -> Mapping[str, str]:
    """The version of each solver, without importing it."""
    return {solver: version(package) for solver, package in _PACKAGES.items()}


def answers(asked: str, time_limit_s: float) -> Answers:
    """What Z3 says of the text, and cvc5 where Z3 refutes it; the limit is for each of them."""
    started = perf_counter()
    first = z3_answer(asked, time_limit_s)
    second = cvc5_answer(asked, time_limit_s) if first == "unsat" else NOT_ASKED
    return Answers({"z3": first, "cvc5": second}, perf_counter() - started)


def many_answers(given: str, goals: Sequence[str], time_limit_s: float) -> list[Answers]:
    """The answers for each of the goals, as `check-sat` of what is given and the goal alone.

    Each solver reads what is given once: that takes longer than most proofs. Where Z3 cannot tell
    so, which reads goals one upon the other, it is asked of that goal alone.
    """
    first = [
        _alone(given + goal, time_limit_s, seconds) if said == "unknown" else (said, seconds)
        for goal, (said, seconds) in zip(goals, z3_answers(given, goals, time_limit_s), strict=True)
    ]
    open_ = [goal for goal, (said, _) in zip(goals, first, strict=True) if said == "unsat"]
    second = iter(cvc5_answers(given, open_, time_limit_s) if open_ else ())
    found: list[Answers] = []
    for said, seconds in first:
        also, more = next(second) if said == "unsat" else (NOT_ASKED, 0.0)
        found.append(Answers({"z3": said, "cvc5": also}, seconds + more))
    return found


def _alone(asked: str, time_limit_s: float, spent_s: float) -> "Timed":
    """What Z3 says of the text on its own, and how long it took in all."""
    started = perf_counter()
    said = z3_answer(asked, time_limit_s)
    return said, spent_s + perf_counter() - started


Timed = tuple[str, float]
"""What a solver says, and how many seconds it took after it had read what is given."""


def z3_answers(given: str, goals: Iterable[str], time_limit_s: float) -> list[Timed]:
    """What Z3 says of each goal; the limit is for each of them."""
    import z3

    context = z3.Context()

    def perform(commands: str) -> str:
        return str(z3.Z3_eval_smtlib2_string(context.ref(), commands)).strip()

    complaint = perform(f"(set-option :timeout {_milliseconds(time_limit_s)})\n{given}")
    if complaint:
        raise AssertionError(complaint)
    return [_timed(perform, goal) for goal in goals]


def cvc5_answers(given: str, goals: Iterable[str], time_limit_s: float) -> list[Timed]:
    """What cvc5 says of each goal; the limit is for each of them."""
    import cvc5

    solver = _cvc5(time_limit_s)
    solver.setOption("incremental", "true")
    names = cvc5.SymbolManager(solver.getTermManager())
    perform = partial(_performed, solver, names)
    perform(given)
    return [_timed(perform, goal) for goal in goals]


def _timed(perform: Callable[[str], str], goal: str) -> Timed:
    """The goal on top of what the solver has read, which it forgets again."""
    started = perf_counter()
    said = perform(f"(push 1)\n{goal}(pop 1)\n")
    return (said if said in ("sat", "unsat") else "unknown"), perf_counter() - started


_RESTARTS = 8


def z3_answer(asked: str, time_limit_s: float) -> str:
    """What Z3 says of the text: soon, as it begins in one way or another, or in what time is left.

    Where a proof hangs on instances of quantifiers, one beginning finds them in milliseconds and
    another never does.
    """
    for seed in range(_RESTARTS):
        said = _z3_begun(asked, time_limit_s / (2 * _RESTARTS), seed)
        if said != "unknown":
            return said
    return _z3_begun(asked, time_limit_s / 2, _RESTARTS)


def _z3_begun(asked: str, time_limit_s: float, seed: int) -> str:
    solver = _z3(asked, time_limit_s)
    solver.set("random_seed", seed)
    return str(solver.check())


def z3_model(asked: str, wished: Iterable[str], time_limit_s: float) -> dict[str, Any] | None:
    """The values of the text's constants in a model; None where Z3 finds none.

    Of the Boolean constants `wished` it makes as many true as it can, one by one.
    """
    import z3

    solver = _z3(asked, time_limit_s)
    if str(solver.check()) != "sat":
        return None
    model = solver.model()
    granted: list[Any] = []
    for name in wished:
        wish = z3.Bool(name, ctx=solver.ctx)
        if str(model.eval(wish)) == "True" or str(solver.check(*granted, wish)) == "sat":
            granted.append(wish)
            if str(model.eval(wish)) != "True":
                model = solver.model()
    return {decl.name(): model[decl] for decl in model.decls() if decl.arity() == 0}


def _z3(asked: str, time_limit_s: float) -> Any:
    """A solver that has read the text, in a context of its own.

    What another text left behind in a context changes how long the next takes.
    """
    import z3

    solver = z3.SimpleSolver(ctx=z3.Context())
    solver.set("timeout", _milliseconds(time_limit_s))
    solver.from_string(asked)
    return solver


def cvc5_answer(asked: str, time_limit_s: float) -> str:
    """What cvc5 says of the text."""
    import cvc5

    solver = _cvc5(time_limit_s)
    said = _performed(solver, cvc5.SymbolManager(solver.getTermManager()), asked)
    return said if said in ("sat", "unsat") else "unknown"


def _cvc5(time_limit_s: float) -> Any:
    import cvc5

    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("full-saturate-quant", "true")
    solver.setOption("tlimit-per", str(_milliseconds(time_limit_s)))
    return solver


def _performed(solver: Any, names: Any, commands: str) -> str:
    """What the last of the commands that say something says."""
    import cvc5

    parser = cvc5.InputParser(solver, names)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, commands, "obligation")
    said = ""
    command = parser.nextCommand()
    while not command.isNull():
        said = command.invoke(solver, names).strip() or said
        command = parser.nextCommand()
    return said


def _milliseconds(seconds: float) -> int:
    return max(1, int(seconds * 1000))
