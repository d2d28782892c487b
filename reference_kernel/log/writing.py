"""Logs of this kernel's own runs, in the grammar of the real kernel's."""

from collections.abc import Iterable, Iterator

from reference_kernel import boot as booting
from reference_kernel.events import CallMade, CallReturns, Event
from reference_kernel.log.printing import FRAME, call_text, result_text
from reference_kernel.machine import MACHINE, Machine
from reference_kernel.outcomes import Ok, Outcome, Panic, Refused
from reference_kernel.state import State, Thread
from reference_kernel.step import step
from spec.design import Design
from spec.syscalls import BY_NAME

_BOOTED = "INFO (kernel::int::apic:152) booting {others} ap cores..."
_DONE = "# TEST DONE"
_PRINT = BY_NAME["print_debug"].number


def write(design: Design, events: Iterable[Event], *, raw: bool, machine: Machine = MACHINE) -> str:
    """What a kernel under the design prints in the run of these events from boot on the machine.

    With `raw`, what programs tell of each call before they make it: who calls, and its words. They
    tell nothing of the call by which they print.
    """
    booted = _BOOTED.format(others=machine.processors - 1)
    state = booting.boot(design, machine)
    return "\n".join((booted, *_lines(design, state, events, raw=raw))) + "\n"


def _lines(design: Design, state: State, events: Iterable[Event], *, raw: bool) -> Iterator[str]:
    callers: dict[int, int] = {}
    for event in events:
        if raw and isinstance(event, CallMade) and event.number != _PRINT:
            yield f"# by {callers.setdefault(event.thread, len(callers))}"
            yield _raw(event)
        made = _made(state, event)
        state, outcome = step(design, state, event)
        if made is not None:
            yield from _printed(design, made, outcome)
    if state.panicked is None:
        yield _DONE


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
