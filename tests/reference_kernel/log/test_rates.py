"""How much of each kind of log is predicted: every log of the project, by what it tells."""

import re
from enum import Enum

import pytest

from assay.engines.conform import Answer, LogResult
from tests.reference_kernel.log.checking import REAL, checked, real

OWN = {"weak auto destroy bit", "MAX_SIZE bit", "access of the update"}
"""Hidden inputs of a line's own call."""
OF_OTHERS = {"memory words", "allocation at the edge of memory"}
"""What no log of one thread tells, though it gives the words of calls: what was in messages that
nobody read, and what the kernel's own objects leave of memory."""


class Kind(Enum):
    """What a log tells: by how many threads, on how many processors, and whether who calls."""

    ONE_TOLD = "one thread, with the true words of its calls"
    ONE = "one thread"
    SEVERAL_TOLD = "several threads on one processor, told apart"
    SEVERAL = "several threads on one processor"
    PROCESSORS_TOLD = "several processors, threads told apart"
    PROCESSORS = "several processors"


LEAST = {
    Kind.ONE_TOLD: 0.99,
    Kind.ONE: 0.95,
    Kind.SEVERAL_TOLD: 0.95,
    Kind.SEVERAL: 0.8,
    Kind.PROCESSORS_TOLD: 0.85,
    Kind.PROCESSORS: 0.65,
}
"""The part of the lines that has to be predicted, of those that no hidden input decides that the
kind of log cannot tell."""
ACCEPTS_ONE = 0.95
"""With the true words of one thread: the part of the lines that accepts one result."""
LOGS = sorted(path.stem for path in REAL.glob("*.log"))


def kind_of(name: str) -> Kind:
    """What the log tells, as far as its lines and its name say."""
    text = real(name)
    told = "#raw" in text
    if not name.endswith("_smp1") and re.search(r"_smp[0-9]", name):
        return Kind.PROCESSORS_TOLD if told else Kind.PROCESSORS
    several = "THREAD_AUTOSTART" in text or "sys thread_resume(" in text
    if several:
        return Kind.SEVERAL_TOLD if told else Kind.SEVERAL
    return Kind.ONE_TOLD if told else Kind.ONE


def open_lines(result: LogResult, kind: Kind) -> int:
    """How many lines are decided by what a log of one thread does not tell of their calls."""
    if kind is Kind.ONE_TOLD:
        return sum(result.choices[each] for each in OF_OTHERS)
    return sum(result.choices[each] for each in OWN) if kind is Kind.ONE else 0


def test_there_are_logs_of_every_kind() -> None:
    assert {kind_of(name) for name in LOGS} == set(Kind)


@pytest.mark.slow
@pytest.mark.parametrize("name", LOGS)
def test_so_much_of_a_log_is_predicted_as_its_kind_demands(name: str) -> None:
    kind, result = kind_of(name), checked(real(name))
    assert result.first is None
    assert not result.answers[Answer.UNREAD]
    assert result.ending[2] in ("none", "explained")
    demanded = LEAST[kind] * (result.calls - open_lines(result, kind))
    assert result.answers[Answer.PREDICTED] >= demanded, (kind, result.answers)
    assert kind is not Kind.ONE_TOLD or result.accepted[1] >= ACCEPTS_ONE * result.calls
    assert not result.words_wrong
