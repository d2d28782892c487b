"""What the commands answer, field by field: JSON prints these as they are, text is made of them."""

from typing import TypedDict


class BrokenClaim(TypedDict):
    """A claim that does not hold in a finite instance, with the file of a shortest trace.

    `others` has the files of other traces where several were asked for; `no_more` says why there
    are not as many as that.
    """

    guarantee: str
    claim: str
    depth: int
    trace: str
    others: list[str]
    no_more: str


class ProgressFacts(TypedDict):
    """A claim on progress in a finite instance, with the file of a run that breaks it.

    `holds` is None where it was not judged; `arguments` are those for which the run breaks it.
    """

    guarantee: str
    claim: str
    holds: bool | None
    premise_seen: bool
    reason: str
    arguments: str
    steps: int | None
    trace: str | None


class ComparisonFacts(TypedDict):
    """Another checker on the same instance: its counts, and in what it `differs` from ours.

    `remark` says what its own figures hold besides; `files` is where the model was written.
    """

    checker: str
    states: int
    transitions: int
    depth: int | None
    noted: list[str]
    differs: list[str]
    seconds: float
    prepared_s: float
    remark: str
    files: str


class RungFacts(TypedDict):
    """One search of a ladder of larger and larger instances; `new` is what none before had."""

    bounds: dict[str, int]
    states: int
    transitions: int
    depth: int
    complete: bool
    reason: str
    new: list[str]


class ExplorationFacts(TypedDict):
    """An exhaustive search of a finite instance of a model.

    `symmetry` has the kinds whose elements change nothing by changing places, when that was asked;
    `no_symmetry` says why there are none, or not more. `prepared_seconds` of `seconds` went by
    before machine code ran.
    """

    model: str
    design: str
    bounds: dict[str, int]
    states: int
    transitions: int
    depth: int
    seconds: float
    prepared_seconds: float
    states_per_second: int
    peak_mib: int
    complete: bool
    reason: str
    enabled: dict[str, int]
    refused: dict[str, dict[str, int]]
    can: dict[str, int | None]
    never_true: list[str]
    broken: list[BrokenClaim]
    deadlocks: int
    symmetry: list[str] | None
    no_symmetry: str
    progress: list[ProgressFacts]
    compared: ComparisonFacts | None
    rungs: list[RungFacts] | None


class ReplayFacts(TypedDict):
    """A stored trace that ran again; `model` and `kernel` say how it went there."""

    trace: str
    holds: bool
    model: str
    kernel: str
    steps: int


class VerdictFacts(TypedDict):
    """A verdict on one guarantee in one subject, with its evidence.

    The first `trace_prepared` steps of the trace only make the objects that it is about.
    """

    guarantee: str
    subject: str
    engine: str
    verdict: str
    seconds: float
    bounds: dict[str, int]
    states: int | None
    depth: int | None
    obligations: int | None
    solvers: list[str]
    trace: str | None
    trace_steps: int | None
    trace_prepared: int | None
    replayed: str
    conjunct: str
    reason: str


class DesignFacts(TypedDict):
    """All verdicts on one design, and how many there are of each kind."""

    design: str
    verdicts: list[VerdictFacts]
    counts: dict[str, int]


class ObligationFacts(TypedDict):
    """One obligation: that an action keeps a claim; `question` is what a failed one asks.

    A statement over machine words is of no action.
    """

    action: str
    claim: str
    guarantee: str
    verdict: str
    solver_answers: dict[str, str]
    seconds: float
    cached: bool
    reason: str
    question: str


class ProofFacts(TypedDict):
    """The obligations of one model, or the statements over machine words, under one design."""

    model: str
    design: str
    obligations: list[ObligationFacts]


class BrokenRun(TypedDict):
    """A guarantee that a random run of the kernel broke."""

    guarantee: str
    why: str
    trace: str
    trace_steps: int


class WalkFacts(TypedDict):
    """Random runs of the kernel; `calls` counts the outcomes of each call."""

    design: str
    steps: int
    seconds: float
    steps_per_second: int
    calls: dict[str, dict[str, int]]
    models: dict[str, dict[str, int]]
    broken: list[BrokenRun]


class BrokenSchedule(BrokenRun):
    """A guarantee that a schedule broke; the first `prepared` steps come before the programs."""

    prepared: int


class EndFacts(TypedDict):
    """A way in which runs end: how they stand then, who is not done, in how many states or runs."""

    standing: str
    words: str
    states: int
    trace: str | None


class ScheduleFacts(TypedDict):
    """A scenario that was searched; `lacks` names the calls that the design has not.

    `runs` is above 0 where runs were taken by chance. `endless` is a run after which nothing can
    end.
    """

    scenario: str
    about: str
    lacks: str
    verdict: str
    reason: str
    bounds: dict[str, int]
    preemptions: int | None
    states: int
    steps: int
    runs: int
    depth: int
    seconds: float
    broken: list[BrokenSchedule]
    ends: list[EndFacts]
    endless: str | None


class SchedulesFacts(TypedDict):
    """Scenarios searched under one design."""

    design: str
    scenarios: list[ScheduleFacts]
    interrupted: bool


class DataWords(TypedDict):
    """Words that a program read from its memory, compared with what the kernel wrote there."""

    compared: int
    wrong: int


class Ending(TypedDict):
    """How a log ends: done, user_panic, kernel_panic, hang or cut; and whether that can be."""

    kind: str
    place: str
    verdict: str


class Contradiction(TypedDict):
    """The first line that no choice of hidden inputs gives."""

    line: int
    call: str
    got: str
    expected: list[str]
    why: str


class Accepted(TypedDict):
    """How many different results a line would have had; `one` counts the lines with just one."""

    median: float
    max: int
    one: int


class LogFacts(TypedDict):
    """One log of the real kernel; the first four counts and `cut` add up to its calls.

    `remarks` tell what could not be read, each with its line.
    """

    log: str
    lines: int
    calls: int
    predicted: int
    explained: int
    contradicted: int
    unread: int
    cut: int
    choices: dict[str, int]
    accepted: Accepted
    data_words: DataWords
    ending: Ending
    states_max: int
    seconds: float
    first_contradiction: Contradiction | None
    remarks: list[str]


class ConformFacts(TypedDict):
    """Logs checked against the specification.

    `coverage` counts the outcomes of each call, `never_seen` has the refusals of each that none of
    the logs shows.
    """

    design: str
    logs: list[LogFacts]
    coverage: dict[str, dict[str, int]]
    never_seen: dict[str, list[str]]


class CellFacts(TypedDict):
    """What one subject shows of one guarantee under one choice.

    `ways` is in how many ways it is broken there; `why` and `steps` tell the shortest of them.
    """

    guarantee: str
    subject: str
    verdict: str
    evidence: str
    why: str
    ways: int
    steps: list[str]


class ChoiceFacts(TypedDict):
    """One answer to a question: the design that gives it, and what holds under that.

    `not_built` says why nothing was judged, or is empty. `besides` are guarantees that nobody put
    at stake and that break under this choice, not under the base.
    """

    choice: str
    meaning: str
    design: str
    chosen_by: list[str]
    not_built: str
    cells: list[CellFacts]
    besides: list[CellFacts]


class CostFacts(TypedDict):
    """What a workload costs, by choice and then by what is counted; only what differs."""

    workload: str
    about: str
    counts: dict[str, dict[str, int]]


class DecisionFacts(TypedDict):
    """A question with the evidence for and against each choice.

    `base` is the design that each choice is judged in, `answer` the choice that it makes. The
    workloads of `same` cost the same under every choice. `models` are those that were judged.
    `abilities` are what some choices have and others have not, with the choices that do: actions of
    models, and what can be reached.
    """

    question: str
    asks: str
    item: str
    base: str
    answer: str
    guarantees: dict[str, str]
    steps: int
    models: list[str]
    choices: list[ChoiceFacts]
    abilities: dict[str, list[str]]
    costs: list[CostFacts]
    same: list[str]
