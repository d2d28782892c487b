"""`assay prove`: induction for any size, by two solvers."""

from collections.abc import Iterator, Mapping
from math import inf
from typing import TYPE_CHECKING

from assay import loading
from assay.commands.answer import PLAIN, Answer, Run, Status
from assay.commands.stores import proofs
from assay.commands.ticker import Ticker
from assay.commands.workers import workers
from assay.problems import ToolError, pick
from assay.project import Project
from assay.report.facts import ObligationFacts, ProofFacts
from assay.traces import Verdict

if TYPE_CHECKING:
    from assay.engines.prove import ObligationResult, Question, StatementResult
    from assay.lang import Recorded, Statement


def prove_(
    *models: str,
    design: str = "as-built",
    time_limit: float = 20.0,
    cache: bool = True,
    run: Run = PLAIN,
) -> Answer:
    """Prove every claim of the models over every action, and statements for every machine word.

    A proof counts when Z3 and cvc5 both give it. A failed induction is shown as a question: a state
    that the claims allow and a step that breaks one; nobody says that the state can be reached. A
    statement over machine words that is false is broken: words are shown that break it.

    Args:
        models: The models, or the statements; all of them when none is named.
        design: A design by name, or a TOML file.
        time_limit: Seconds for each solver and obligation.
        cache: Use and keep answers of earlier runs.
        run: How to run and answer.
    """
    from assay.report.proofs import print_proofs

    if not 0 < time_limit < inf:
        raise ToolError(f"--time-limit {time_limit:g}: expected seconds above 0")
    project = run.project()
    chosen = loading.design(project, design)
    for name in models:
        pick(project.provable, name, "model")
    named = models or tuple(project.provable)
    asked = {n: loading.recorded(project, n, chosen) for n in named if n in project.models}
    said = loading.statements(project, chosen) if project.words_name in named else ()
    proved: list[ProofFacts] = []
    try:
        for facts in _proved(project, chosen, asked, said, run, time_limit, cache=cache):
            proved.append(facts)
        interrupted = False
    except KeyboardInterrupt:
        interrupted = True
    return Answer(
        facts={"models": proved, "interrupted": interrupted},
        text=lambda console: print_proofs(proved, console),
        status=_status(proved, interrupted=interrupted),
        hashes=loading.hashes(chosen, asked.values()),
    )


def _proved(
    project: Project,
    design: loading.Design,
    asked: Mapping[str, "Recorded"],
    said: tuple["Statement", ...],
    run: Run,
    time_limit: float,
    *,
    cache: bool,
) -> Iterator[ProofFacts]:
    from assay.engines.prove import Cache, prove, prove_statements

    kept = Cache(proofs(project)) if cache else None
    with workers(run) as executor, Ticker() as ticker:
        for name, recorded in asked.items():

            def tell(done: int, of: int, name: str = name) -> None:
                ticker.tell(f"{name}: {done} of {of} obligations")

            results = prove(
                recorded, executor=executor, cache=kept, time_limit_s=time_limit, listener=tell
            )
            yield ProofFacts(
                model=name,
                design=recorded.design,
                obligations=[_facts(recorded, each) for each in results],
            )
        if said:
            ticker.tell(f"{project.words_name}: {len(said)} statements")
            of_words = prove_statements(
                said, executor=executor, cache=kept, time_limit_s=time_limit
            )
            yield ProofFacts(
                model=project.words_name,
                design=design.name,
                obligations=[_statement_facts(each) for each in of_words],
            )


def _facts(recorded: "Recorded", result: "ObligationResult") -> ObligationFacts:
    return ObligationFacts(
        action=result.action,
        claim=result.claim,
        guarantee=result.guarantee or "",
        verdict=result.verdict.value,
        solver_answers=dict(result.answers),
        seconds=round(result.seconds, 4),
        cached=result.cached,
        reason=result.reason,
        question="" if result.question is None else _asked(recorded, result.question),
    )


def _statement_facts(result: "StatementResult") -> ObligationFacts:
    return ObligationFacts(
        action="",
        claim=result.name,
        guarantee=result.guarantee,
        verdict=result.verdict.value,
        solver_answers=dict(result.answers),
        seconds=round(result.seconds, 4),
        cached=result.cached,
        reason=result.reason,
        question="",
    )


def _asked(recorded: "Recorded", question: "Question") -> str:
    """The question in the model's words: what may be so, what happens then, and what is false."""
    from assay.engines.model_traces import ModelReplayer

    replayer = ModelReplayer(recorded, dict(question.sizes))
    may_be = [
        f"{cell} = {how.split(' -> ')[1]}" for cell, how in replayer.changed({}, question.before)
    ]
    changes = [f"{cell}: {how}" for cell, how in replayer.changed(question.before, question.after)]
    return "\n".join(
        (
            f"can it be that {', '.join(may_be) or 'nothing holds'}?",
            f"then {replayer.decision(question.step)} makes {', '.join(changes) or 'no change'},",
            f"and this is false: {question.conjunct} ({question.place})",
        )
    )


def _status(proved: list[ProofFacts], *, interrupted: bool) -> Status:
    verdicts = {each["verdict"] for facts in proved for each in facts["obligations"]}
    if Verdict.BROKEN.value in verdicts:
        return Status.BROKEN
    open_ = bool(verdicts - {Verdict.PROVED.value})
    return Status.UNSETTLED if open_ or interrupted else Status.FINE
