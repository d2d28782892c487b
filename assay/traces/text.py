"""A trace for people: one line for each step, names for everything, then what it changed."""

from collections.abc import Iterator

from assay.traces.trace import Decision, Trace

_INDENT = 6


def to_text(trace: Trace) -> str:
    """The trace in words, without control codes; lines are as long as their names need."""
    return "\n".join(_lines(trace)) + "\n"


def in_short(trace: Trace) -> list[str]:
    """The steps of the trace, a line for each with what it gave, and not what it changed."""
    told = []
    for index, decision in enumerate(trace.decisions, start=1):
        if index - 1 == trace.loop:
            told.append("again and again:")
        elif trace.prepared and index - 1 == trace.prepared:
            told.append("so far the objects were made; then")
        told.append(f"{index}. {decision}{f' -> {decision.gave}' if decision.gave else ''}")
    return [*told, *(["nothing more happens"] if trace.loop == trace.steps else [])]


def _lines(trace: Trace) -> Iterator[str]:
    plural = "" if trace.steps == 1 else "s"
    known = f", {trace.minimal}" if trace.minimal else ""
    yield f"{trace.subject} under {trace.design}: {trace.steps} step{plural}{known}"
    if trace.prepared:
        yield f"{trace.steps - trace.prepared} after what makes the objects"
    if trace.claim is not None:
        yield f"breaks {trace.claim}"
    if trace.bounds:
        yield "with " + ", ".join(f"{kind}={count}" for kind, count in trace.bounds)
    yield from _decision("start", trace.start)
    for index, decision in enumerate(trace.decisions, start=1):
        if index - 1 == trace.loop:
            yield f"{'':{_INDENT}}again and again:"
        yield from _decision(str(index), decision)
    if trace.loop == trace.steps:
        yield f"{'':{_INDENT}}nothing more happens"


def _decision(label: str, decision: Decision) -> Iterator[str]:
    gave = f" -> {decision.gave}" if decision.gave else ""
    yield f"{label:>{_INDENT - 1}} {decision}{gave}"
    width = max((len(what) for what, _ in decision.changed), default=0)
    for what, how in decision.changed:
        yield f"{'':{_INDENT + 2}}{what:<{width}}  {how}"
