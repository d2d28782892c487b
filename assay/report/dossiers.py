"""Pages about questions, made of what was judged and of an argument that a person wrote."""

from collections.abc import Iterable, Iterator, Sequence

from assay.report.facts import CellFacts, ChoiceFacts, DecisionFacts
from assay.traces import Verdict

_MADE = "Made by `assay decide`; only the argument is written by hand. [Every question](README.md)."
_BROKEN = Verdict.BROKEN.value
_OPEN = (Verdict.UNKNOWN.value, Verdict.VACUOUS.value)
_RANDOM = (
    "`kernel` is the reference kernel, each of whose calls is one step, `kernel:MODE` the same in "
    "another mode. There every scene was searched and {steps:,} random steps were taken. "
    "{models} Only PROVED, EXHAUSTED and SURVIVED are in favour of a choice, each no further than "
    "its cell says."
)
_COSTS = (
    "Counted in the kernel, in stated workloads. Only what differs between the choices is shown. "
    "A section is what a processor does under one lock or none; what is no section is counted with "
    "calls that are one step."
)
_FOLLOWS = "follows "
_APART = "; but the kernel takes steps here that are none of this model's, which it does not know"
_NO_ARGUMENT = "There is no argument yet."


def dossier(facts: DecisionFacts, argument: str) -> str:
    """The page of one question."""
    parts = [
        f"# {facts['question']}",
        _asked(facts),
        _MADE,
        _choices(facts),
        _matrix(facts),
        *_breaks(facts),
        *_besides(facts),
        *_abilities(facts),
        *_costs(facts),
        f"## Answer\n{_answer(facts)}",
        f"## Argument\n{argument.strip() or _NO_ARGUMENT}",
    ]
    return "\n\n".join(parts) + "\n"


def index(decided: Iterable[DecisionFacts]) -> str:
    """The page that leads to the others."""
    rows = [
        (
            f"[{each['question']}]({each['question']}.md)",
            each["asks"],
            f"`{each['answer']}`",
            _in_favour(each),
            "; ".join(_others(each)) or "–",
        )
        for each in sorted(decided, key=lambda each: each["question"])
    ]
    head = ("question", "asks", "answer", "under the answer", "under the others")
    return f"# Questions of the design\n\n{_INDEX}\n\n{_table(head, rows)}\n"


_INDEX = (
    "A page for each question: what each choice breaks, shown step by step, what it costs, and why "
    "the answer is what it is. The pages are made of `results`, which `assay decide QUESTION "
    "--write docs/questions` makes, and of `arguments`, which are written by hand. What the pages "
    "do not cover: memory orderings, and time; costs are counts, not nanoseconds."
)


def _asked(facts: DecisionFacts) -> str:
    item = facts["item"]
    source = f"The authors' words: “{item}”." if item else "No item of the authors' list: found."
    return f"{facts['asks']} {source}"


def _choices(facts: DecisionFacts) -> str:
    rows = [
        (f"`{each['choice']}`", each["meaning"], ", ".join(each["chosen_by"]) or "–")
        for each in facts["choices"]
    ]
    return "## Choices\n" + _table(("choice", "means", "chosen by"), rows)


def _matrix(facts: DecisionFacts) -> str:
    built = [each for each in facts["choices"] if not each["not_built"]]
    head = ("guarantee", *(f"`{each['choice']}`" for each in built))
    rows = [
        (f"{guarantee} {name}", *("<br>".join(_lines(each, guarantee)) for each in built))
        for guarantee, name in facts["guarantees"].items()
    ]
    missing = [
        f"`{each['choice']}` is not built: {each['not_built']}."
        for each in facts["choices"]
        if each["not_built"]
    ]
    read = facts["models"]
    models = (
        f"Models that speak of what is at stake, or read the choice: {', '.join(read)}."
        if read
        else "No model speaks of what is at stake."
    )
    about = _RANDOM.format(steps=facts["steps"], models=models)
    table = [_table(head, rows), about] if built else []
    parts = [*missing, *table]
    return f"## Guarantees by choice, all else as `{facts['base']}`\n" + "\n\n".join(parts)


def _lines(choice: ChoiceFacts, guarantee: str) -> Iterator[str]:
    for cell in choice["cells"]:
        if cell["guarantee"] == guarantee:
            verdict, subject = cell["verdict"], cell["subject"]
            shown = f"[{verdict}](#{_anchor(cell, choice)})" if verdict == _BROKEN else verdict
            apart = _APART if subject in _unfollowed(choice) else ""
            yield f"{shown} {subject}: {cell['evidence']}{_more(cell)}{apart}"


def _unfollowed(choice: ChoiceFacts) -> frozenset[str]:
    """The models of which some step of the kernel is none under the choice."""
    found = (cell["guarantee"] for cell in choice["besides"] if _is_following(cell))
    return frozenset(each.removeprefix(_FOLLOWS) for each in found)


def _is_following(cell: CellFacts) -> bool:
    return cell["guarantee"].startswith(_FOLLOWS)


def _more(cell: CellFacts) -> str:
    return f", one of {cell['ways']} ways" if cell["ways"] > 1 else ""


def _heading(cell: CellFacts, choice: ChoiceFacts) -> str:
    return f"{cell['guarantee']} under {choice['choice']} in {cell['subject']}"


def _anchor(cell: CellFacts, choice: ChoiceFacts) -> str:
    """As the usual readers of Markdown make one of a heading."""
    kept = (each for each in _heading(cell, choice).lower() if each.isalnum() or each in " -_")
    return "".join(kept).replace(" ", "-")


def _breaks(facts: DecisionFacts) -> Iterator[str]:
    broken = [
        (choice, cell)
        for choice in facts["choices"]
        for cell in choice["cells"]
        if cell["verdict"] == _BROKEN
    ]
    if broken:
        again = (
            f"`assay decide {facts['question']}` stores each run as a trace, for `assay replay`."
        )
        yield f"## How it breaks\n{again}"
    for choice, cell in broken:
        yield f"### {_heading(cell, choice)}\n{_run(cell)}"


def _run(cell: CellFacts) -> str:
    steps = "\n".join(f"    {line}" for line in cell["steps"])
    return "\n\n".join(part for part in (cell["why"], steps) if part)


def _besides(facts: DecisionFacts) -> Iterator[str]:
    rows = [
        (f"`{choice['choice']}`", cell["guarantee"], cell["subject"], cell["evidence"], cell["why"])
        for choice in facts["choices"]
        for cell in choice["besides"]
        if not _is_following(cell)
    ]
    if rows:
        head = ("choice", "breaks", "in", "by", "why")
        yield "## What else breaks, though it was not thought to be at stake\n" + _table(head, rows)


def _abilities(facts: DecisionFacts) -> Iterator[str]:
    choices = [each["choice"] for each in facts["choices"] if not each["not_built"]]
    rows = [
        (what, *("yes" if choice in some else "no" for choice in choices))
        for what, some in facts["abilities"].items()
    ]
    if rows:
        head = ("in models", *(f"`{choice}`" for choice in choices))
        yield "## What can be done under some choices only\n" + _table(head, rows)


def _costs(facts: DecisionFacts) -> Iterator[str]:
    if not (facts["costs"] or facts["same"]):
        return
    yield f"## What each choice costs\n{_COSTS}"
    for cost in facts["costs"]:
        choices = list(cost["counts"])
        names = next(iter(cost["counts"].values()))
        rows = [
            (name, *(f"{cost['counts'][choice][name]:,}" for choice in choices)) for name in names
        ]
        head = (cost["workload"], *(f"`{choice}`" for choice in choices))
        yield f"{cost['about']}\n\n{_table(head, rows)}"
    if facts["same"]:
        yield f"The same under every choice: {', '.join(facts['same'])}."


def _answer(facts: DecisionFacts) -> str:
    lines = [f"`{facts['answer']}`, as `{facts['base']}` has it: {_in_favour(facts)}."]
    lines += [f"- {each}" for each in _others(facts)]
    return "\n".join(lines)


def _in_favour(facts: DecisionFacts) -> str:
    """What is known under the answer, by guarantee."""
    (answer,) = (each for each in facts["choices"] if each["choice"] == facts["answer"])
    if answer["not_built"]:
        return f"not built: {answer['not_built']}"
    return ", ".join(f"{each} {_verdicts(answer, each)}" for each in facts["guarantees"])


def _verdicts(choice: ChoiceFacts, guarantee: str) -> str:
    """Everything that was said, each word once: a broken guarantee is broken, whoever says so."""
    said = [each["verdict"] for each in choice["cells"] if each["guarantee"] == guarantee]
    return _BROKEN if _BROKEN in said else " and ".join(dict.fromkeys(reversed(said)))


def _others(facts: DecisionFacts) -> Iterator[str]:
    """What speaks against the other choices."""
    for each in facts["choices"]:
        if each["choice"] == facts["answer"]:
            continue
        yield f"`{each['choice']}` {_against(each)}"


def _against(choice: ChoiceFacts) -> str:
    if choice["not_built"]:
        return "is not built"
    cells = (*choice["cells"], *choice["besides"])
    broken = dict.fromkeys(
        each["guarantee"]
        for each in cells
        if each["verdict"] == _BROKEN and not _is_following(each)
    )
    left = dict.fromkeys(
        each["guarantee"]
        for each in choice["cells"]
        if each["verdict"] in _OPEN and each["guarantee"] not in broken
    )
    told = [f"breaks {', '.join(broken)}" if broken else "breaks nothing that was looked at"]
    return "; ".join(told + ([f"leaves {', '.join(left)} open"] if left else []))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_safe(cell) for cell in line)} |" for line in lines)


def _safe(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ")
