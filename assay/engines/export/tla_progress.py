"""A claim on progress in TLA+: fairness in the specification, and what leads to what as a property.

Each claim has a specification of its own, since each has a fairness of its own. TLA+ means by
fairness what the language means: an action counts where it changes the state.
"""

from collections.abc import Iterator
from dataclasses import replace

from assay.engines.domains import Sizes
from assay.engines.export.tla import Specification, Writer
from assay.lang.recorded import Fair, Fairness, Progress, Recorded
from assay.lang.tree import Variable

_CONFIGURATION = "SPECIFICATION Fairly\nPROPERTY Progress\n"
_END = "===="
_ALL, _SOME = "\\A", "\\E"


def tla_progress(recorded: Recorded, sizes: Sizes, claim: Progress) -> Specification:
    """The instance with one claim on progress, and no other claim.

    Errors: as `assay.engines.export.tla.tla`.
    """
    writer = Writer(replace(recorded, claims=()), sizes)
    machine = [line for line in writer.lines() if line != _END]
    text = "\n".join([*machine, *_fairly(writer, claim.fair), *_property(writer, claim), _END])
    return Specification(text + "\n", _CONFIGURATION, (claim.name,))


def _fairly(writer: Writer, fair: tuple[Fair, ...]) -> Iterator[str]:
    tables = ", ".join(table.name for table in writer.recorded.tables)
    yield f"vars == <<{tables}>>"
    yield "Fairly =="
    yield "    /\\ Init"
    yield "    /\\ [][Next]_vars"
    for each in fair:
        action = writer.recorded.action(each.action)
        own = [p for p in action.parameters if p.name in each.each]
        others = [p for p in action.parameters if p.name not in each.each]
        kind = "WF" if each.fairness is Fairness.WEAK else "SF"
        names = ", ".join(f"v_{parameter.name}" for parameter in action.parameters)
        taken = f"Do_{action.name}({names})" if names else f"Do_{action.name}"
        taken = f"{_over(writer, others, _SOME)}{taken}"
        yield f"    /\\ {_over(writer, own, _ALL)}{kind}_vars({taken})"


def _property(writer: Writer, claim: Progress) -> Iterator[str]:
    premise, goal = (writer.text(said, None) for said in (claim.premise, claim.goal))
    yield f"Progress == {_over(writer, claim.parameters, _ALL)}(({premise}) ~> ({goal}))"


def _over(writer: Writer, variables: list[Variable] | tuple[Variable, ...], sign: str) -> str:
    over = ", ".join(f"v_{each.name} \\in {writer.domain(each.sort)}" for each in variables)
    return f"{sign} {over} : " if over else ""
