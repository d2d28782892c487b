"""Proofs in words: how many obligations hold, and those that do not, one by one."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console

from assay.report.facts import ObligationFacts, ProofFacts


def print_proofs(models: Sequence[ProofFacts], console: Console) -> None:
    """The whole answer of `assay prove`."""
    for facts in models:
        console.print(f"{facts['model']} under {facts['design']}", style="bold", markup=False)
        for line in _lines(facts):
            console.print(line, markup=False, soft_wrap=True)


def _lines(facts: ProofFacts) -> Iterator[str]:
    obligations = facts["obligations"]
    counts = Counter(each["verdict"] for each in obligations)
    shown = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    cached = sum(each["cached"] for each in obligations)
    seconds = sum(each["seconds"] for each in obligations)
    yield f"{shown or 'no obligations'} ({cached} from the cache, {seconds:.1f} s of solving)"
    for each in obligations:
        if each["verdict"] != "PROVED":
            yield from _open(each)


def _open(obligation: ObligationFacts) -> Iterator[str]:
    answers = ", ".join(f"{name} {said}" for name, said in obligation["solver_answers"].items())
    claim = f"{obligation['guarantee']} {obligation['claim']}".strip()
    said = f"{obligation['action']} keeps {claim}" if obligation["action"] else claim
    what = f"{said}: {obligation['reason']} ({answers})"
    yield f"{obligation['verdict']:<8} {what}"
    yield from (f"    {line}" for line in obligation["question"].splitlines())
