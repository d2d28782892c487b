"""Asking the solvers. Nothing else in the product imports z3 or cvc5."""

from importlib.metadata import version
from time import perf_counter
from typing import Any

SOLVERS = ("z3", "cvc5")
_PACKAGES = {"z3": "z3-solver", "cvc5": "cvc5"}


def versions() -> dict[str, str]:
    """The version of each solver, without importing it."""
    return {solver: version(package) for solver, package in _PACKAGES.items()}


def answers(asked: str, time_limit_s: float) -> tuple[dict[str, str], float]:
    """What each solver says of the text (`unsat`, `sat` or `unknown`), and the seconds it took."""
    started = perf_counter()
    said = {"z3": z3_answer(asked, time_limit_s), "cvc5": cvc5_answer(asked, time_limit_s)}
    return said, perf_counter() - started


def many_answers(asked: tuple[str, ...], time_limit_s: float) -> list[tuple[dict[str, str], float]]:
    """The answers to several texts: one task for a worker process."""
    return [answers(each, time_limit_s) for each in asked]


def z3_answer(asked: str, time_limit_s: float) -> str:
    """What Z3 says of the text."""
    return str(_z3(asked, time_limit_s).check())


def z3_model(asked: str, time_limit_s: float) -> dict[str, Any] | None:
    """The values of the text's constants in a model; None where Z3 finds none."""
    solver = _z3(asked, time_limit_s)
    if str(solver.check()) != "sat":
        return None
    model = solver.model()
    return {decl.name(): model[decl] for decl in model.decls() if decl.arity() == 0}


def _z3(asked: str, time_limit_s: float) -> Any:
    import z3

    solver = z3.Solver(ctx=z3.Context())
    solver.set("timeout", int(time_limit_s * 1000))
    solver.from_string(asked)
    return solver


def cvc5_answer(asked: str, time_limit_s: float) -> str:
    """What cvc5 says of the text."""
    import cvc5

    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("full-saturate-quant", "true")
    solver.setOption("tlimit-per", str(int(time_limit_s * 1000)))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, asked, "obligation")
    said = "unknown"
    command = parser.nextCommand()
    while not command.isNull():
        said = command.invoke(solver, parser.getSymbolManager()).strip() or said
        command = parser.nextCommand()
    return said if said in ("sat", "unsat") else "unknown"
