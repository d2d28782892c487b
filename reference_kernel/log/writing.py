"""Logs of this kernel's own runs, in the grammar of the real kernel's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reference_kernel import boot as booting
from reference_kernel.events import CallMade, CallReturns, Event
from reference_kernel.log.printing import FRAME, call_text, result_text
from reference_kernel.machine import MACHINE, Machine
from reference_kernel.outcomes import Ok, Outcome, Panic, Refused
from reference_kernel.state import NOTHING, State, Thread
from reference_kernel.step import step
from spec.design import Design
from spec.syscalls import BY_NAME

_BOOTED = "INFO (kernel::int::apic:152) booting {others} ap cores..."
_DONE = "# TEST DONE"
_PRINT = BY_NAME["print_debug"].number


@dataclass(frozen=True, slots=True)
class Piece:
    """What one event of a run adds to a log.

    `told` is what the program of the thread tells of a call before it makes it, `printed` what the
    kernel prints then. It `ends` where the kernel does.
    """

    thread: int
    told: tuple[str, ...]
    printed: tuple[str, ...]
    ends: bool


def write(design: Design, events: Iterable[Event], *, raw: bool, machine: Machine = MACHINE) -> str:
    """What a kernel under the design prints in the run of these events from boot on the machine.

    With `raw`, what programs tell of each call before they make it: who calls, and its words. They
    tell nothing of the call by which they print.
    """
    lines, ends = [_BOOTED.format(others=machine.processors - 1)], False
    for piece in pieces(design, events, raw=raw, machine=machine):
        lines += (*piece.told, *piece.printed)
        ends = piece.ends
    done = () if ends else (_DONE,)
    return "\n".join((*lines, *done)) + "\n"


def pieces(
    design: Design, events: Iterable[Event], *, raw: bool, machine: Machine = MACHINE
) -> Iterator[Piece]:
    """The same, piece by piece, without the first line and the last."""
    state = booting.boot(design, machine)
    callers: dict[int, int] = {}
    for event in events:
        told: tuple[str, ...] = ()
        if raw and isinstance(event, CallMade) and event.number != _PRINT:
            by = callers.setdefault(event.thread, len(callers))
            told = (f"# by {by}", _raw(event))
        made = _made(state, event)
        state, outcome = step(design, state, event)
        printed = () if made is None else tuple(_printed(design, made, outcome))
        thread = NOTHING if made is None else made.thread
        yield Piece(thread, told, printed, state.panicked is not None)


def _raw(made: CallMade) -> str:
    words = " ".join(f"{word:x}" for word in made.arguments)
    return f"#raw {made.number} {made.options:x} {words}"


def _made(state: State, event: Event) -> CallMade | None:
    """The call that the event begins or ends."""
    match event:
        case CallMade():
            return event
        case CallReturns(thread=name):
            body = state.body(name)
            return body.call if isinstance(body, Thread) else None
        case _:
            return None


def _printed(design: Design, made: CallMade, outcome: Outcome) -> Iterator[str]:
    text = call_text(design, made)
    match outcome:
        case Ok() | Refused():
            if text is not None:
                yield f"{FRAME}{text} -> {result_text(made.number, outcome)}"
        case Panic(place=place, reason=reason):
            yield f"ERROR (kernel:53) panicked at {place}:1:"
            yield reason
        case _:
            return
