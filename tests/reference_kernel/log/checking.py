"""What the tests of logs share: logs of the real kernel, and logs of this one's runs."""

from pathlib import Path

from assay.engines.conform import Answer, LogResult, conform
from assay.engines.walk.chance import Chance
from reference_kernel.log import LOGS
from spec.design import Design
from spec.designs import AS_BUILT

REAL = Path(__file__).with_name("logs")
"""Where the logs of the real kernel are."""
_STEPS = 200


def real(name: str) -> str:
    """The text of a log of the real kernel."""
    return (REAL / f"{name}.log").read_text("utf-8")


def generated(design: Design, seed: int, *, raw: bool) -> str:
    """The log of a run of the reference kernel."""
    return LOGS.write(design, LOGS.run(design, Chance(seed), _STEPS), raw=raw)


def checked(text: str, design: Design = AS_BUILT, *, ignore_raw: bool = False) -> LogResult:
    """What the specification says of a log's text."""
    return conform(LOGS, design, text, ignore_raw=ignore_raw)


def share(result: LogResult, answer: Answer) -> float:
    """The part of the calls that got this answer."""
    return result.answers[answer] / result.calls
