"""Statements over machine words: proved by both solvers, or broken by words that show it.

A counterexample of a solver counts only where the interpreter sees it too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, NoReturn

from assay.engines.interpret import evaluate
from assay.engines.premises import premises
from assay.engines.prove import text
from assay.engines.prove.cache import Cache
from assay.engines.prove.encode import Encoder, sort_text, variable
from assay.engines.prove.solve import LOST, REFUTED, Answers, answers, unsettled, z3_model
from assay.engines.prove.tasks import result, task
from assay.lang.recorded import Recorded
from assay.lang.sorts import WordSort
from assay.lang.statements import Part, Statement
from assay.lang.tree import Expr, Variable
from assay.lang.walk import nodes
from assay.traces.verdicts import Verdict

_NO_MODEL = Recorded("", "", (), (), (), (), (), (), ())


@dataclass(frozen=True, slots=True)
class Witness:
    """Words for which a part of a statement is false, with as few bits as can be."""

    part: str
    words: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        shown = ", ".join(f"{name} = {value:#x}{_bits(value)}" for name, value in self.words)
        return f"{self.part}: {shown}"


@dataclass(frozen=True, slots=True)
class StatementResult:
    """A statement: PROVED by both solvers; BROKEN, with a witness for each part that is false.

    VACUOUS where no words meet a premise; UNKNOWN with the reason.
    """

    name: str
    guarantee: str
    verdict: Verdict
    answers: Mapping[str, str]
    seconds: float
    cached: bool
    reason: str = ""
    witnesses: tuple[Witness, ...] = ()


def prove_statements(
    statements: Sequence[Statement],
    *,
    executor: Executor,
    cache: Cache | None = None,
    time_limit_s: float = 20.0,
) -> Iterator[StatementResult]:
    """What comes of each statement, in their order; the limit is for each question and solver."""
    asked = [task(executor, _proved, each, cache, time_limit_s) for each in statements]
    for each, future in zip(statements, asked, strict=True):
        yield result(future, _unknown(each, LOST))


def _proved(statement: Statement, cache: Cache | None, time_limit_s: float) -> StatementResult:
    for premise in _premises(statement):
        met = _answers(_text(statement, premise), cache, time_limit_s)
        if met.by_solver == REFUTED:
            reason = "no words meet a premise"
            return _result(statement, Verdict.VACUOUS, met, reason=reason)
        if "sat" not in met.by_solver.values():
            return _unknown(statement, met)
    false = text.negation(text.conjunction(_truth(part.body) for part in statement.parts))
    said = _answers(_text(statement, false), cache, time_limit_s)
    if said.by_solver == REFUTED:
        return _result(statement, Verdict.PROVED, said)
    shown = tuple(_witnesses(statement, time_limit_s)) if _has_model(said) else ()
    if not shown:
        return _unknown(statement, said)
    reason = "; ".join(map(str, shown))
    return _result(statement, Verdict.BROKEN, said, reason=reason, witnesses=shown)


def _result(
    statement: Statement,
    verdict: Verdict,
    said: Answers,
    *,
    reason: str = "",
    witnesses: tuple[Witness, ...] = (),
) -> StatementResult:
    return StatementResult(
        statement.name,
        statement.guarantee,
        verdict,
        said.by_solver,
        said.seconds,
        said.cached,
        reason,
        witnesses,
    )


def _unknown(statement: Statement, said: Answers) -> StatementResult:
    reason = unsettled(said.by_solver) or "no words were found that the interpreter sees break it"
    return _result(statement, Verdict.UNKNOWN, said, reason=reason)


def _has_model(said: Answers) -> bool:
    return "sat" in said.by_solver.values() and not unsettled(said.by_solver)


def _premises(statement: Statement) -> Iterator[str]:
    """What must be possible for the statement to say something: each once."""
    each = (premise for part in statement.parts for premise in premises(part.body))
    yield from dict.fromkeys((text.TRUE, *map(_truth, each)))


def _answers(asked: str, cache: Cache | None, time_limit_s: float) -> Answers:
    known = None if cache is None else cache.get(asked, time_limit_s)
    if known is not None:
        return Answers(known, cached=True)
    said = answers(asked, time_limit_s)
    if cache is not None:
        cache.put(asked, said.by_solver, time_limit_s)
    return said


def _text(statement: Statement, goal: str, more: Iterable[str] = ()) -> str:
    """That the premises hold, and the goal; `more` declares what speaks of them."""
    lines = ["(set-logic ALL)"]
    lines += [f"(declare-const {_symbol(each)} {sort_text(each.sort)})" for each in statement.words]
    lines += [f"(assert {_truth(each)})" for each in statement.premises]
    return "\n".join((*lines, f"(assert {goal})", *more, "(check-sat)", ""))


def _truth(expr: Expr) -> str:
    scope = {each.name: variable(each.name, each.sort) for each in _free(expr)}
    return Encoder(_no_table, _no_table).truth(expr, scope)


def _witnesses(statement: Statement, time_limit_s: float) -> Iterator[Witness]:
    """Words for each part that is false, confirmed by the interpreter."""
    for part in statement.parts:
        spoken = _free(part.body)
        wished = {f"{each.name} lacks {bit}": (each, bit) for each in spoken for bit in _high(each)}
        wishes = [_lacks(name, *of) for name, of in wished.items()]
        goal = text.negation(_truth(part.body))
        model = z3_model(_text(statement, goal, wishes), wished, time_limit_s)
        if model is not None:
            found = {each.name: _number(model.get(each.name)) for each in statement.words}
            if _breaks(statement, part, found):
                yield Witness(part.name, tuple((each.name, found[each.name]) for each in spoken))


def _breaks(statement: Statement, part: Part, words: Mapping[str, int]) -> bool:
    """Whether the premises hold of the words, and the part does not."""
    meant = [evaluate(_NO_MODEL, {}, each, {}, words) for each in statement.premises]
    return all(meant) and not evaluate(_NO_MODEL, {}, part.body, {}, words)


def _free(expr: Expr) -> tuple[Variable, ...]:
    found = {each.name: each for each in nodes(expr) if isinstance(each, Variable)}
    return tuple(found.values())


def _high(word: Variable) -> Iterator[int]:
    """The bits of a word, the highest first: it is to be small."""
    if not isinstance(word.sort, WordSort):
        raise AssertionError(word)
    yield from reversed(range(word.sort.width))


def _lacks(name: str, word: Variable, bit: int) -> str:
    wish = text.symbol(name)
    is_clear = f"(= ((_ extract {bit} {bit}) {_symbol(word)}) #b0)"
    return f"(declare-const {wish} Bool)\n(assert (= {wish} {is_clear}))"


def _symbol(word: Variable) -> str:
    return text.symbol(word.name)


def _number(found: Any) -> int:
    """The solver's word; one that it left open is 0."""
    return 0 if found is None else int(found.as_long())


def _bits(word: int) -> str:
    bits = [str(bit) for bit in range(word.bit_length()) if word >> bit & 1]
    if not bits or len(bits) > 4:
        return ""
    return f" (bit{'s' if len(bits) > 1 else ''} {', '.join(bits)})"


def _no_table(name: str, _: object) -> NoReturn:
    raise AssertionError(name)
