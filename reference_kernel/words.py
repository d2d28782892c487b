"""Events, outcomes and changes in words, and events back from them: what traces hold."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from types import MappingProxyType

from reference_kernel.events import (
    CallContinues,
    CallMade,
    CallReturns,
    Event,
    ExitInterrupt,
    MemoryIsBack,
    MemoryRunsOut,
    ShootdownInterrupt,
    SwitchEnds,
    TimeoutFires,
    TimerTick,
    UserReads,
    UserWrites,
)
from reference_kernel.frames import Content, free_runs
from reference_kernel.locks import LockKind
from reference_kernel.outcomes import (
    Blocked,
    Cut,
    Deadlock,
    Done,
    Ended,
    Ok,
    Outcome,
    Panic,
    Refused,
    Seen,
    Spins,
)
from reference_kernel.spans import Spans
from reference_kernel.state import CapabilitySpace, Leaving, Object, Processor, State
from spec.syscalls import BY_NAME, BY_NUMBER

Shown = bool | int | str | None
_WORDS = 8
_NO_NAME = "call_"
_CALLER = "by"
_PROCESSOR = "processor"


def encode(event: Event) -> tuple[str, tuple[tuple[str, Shown], ...]]:
    """The event's name, and its arguments by name; words are hexadecimal."""
    match event:
        case CallMade(thread=thread, number=number, options=options, arguments=words):
            shown: list[tuple[str, Shown]] = [(_CALLER, thread), ("options", f"{options:#x}")]
            named = _argument_names(number)
            shown += [
                (named[at], f"{word:#x}")
                for at, word in enumerate(words)
                if word or not named[at].startswith("word")
            ]
            return name_of(event), tuple(shown)
        case CallReturns(thread=thread):
            return name_of(event), ((_CALLER, thread),)
        case UserReads(thread=thread, address=address):
            return name_of(event), ((_CALLER, thread), ("address", f"{address:#x}"))
        case UserWrites(thread=thread, address=address, value=value):
            shown = [(_CALLER, thread), ("address", f"{address:#x}"), ("value", f"{value:#x}")]
            return name_of(event), tuple(shown)
        case (
            TimerTick(processor=number)
            | ExitInterrupt(processor=number)
            | ShootdownInterrupt(processor=number)
            | SwitchEnds(processor=number)
            | CallContinues(processor=number)
        ):
            return name_of(event), ((_PROCESSOR, number),)
        case TimeoutFires(thread=thread):
            return name_of(event), (("thread", thread),)
        case MemoryRunsOut() | MemoryIsBack():
            return name_of(event), ()


def name_of(event: Event) -> str:
    """The event's name: that of its call, if it is one."""
    if not isinstance(event, CallMade):
        return _NAMES[type(event)]
    call = BY_NUMBER.get(event.number)
    return f"{_NO_NAME}{event.number}" if call is None else call.name


def prepares(event: Event) -> bool:
    """Whether such an event only makes an object, shows a pool, or writes what is sent."""
    if isinstance(event, CallMade):
        name = name_of(event)
        return name.endswith("_new") or name == "event_pool_map"
    return isinstance(event, UserWrites)


_NAMES: Mapping[type, str] = MappingProxyType(
    {
        CallReturns: "call_returns",
        UserReads: "user_reads",
        UserWrites: "user_writes",
        TimerTick: "timer_tick",
        ExitInterrupt: "exit_interrupt",
        ShootdownInterrupt: "shootdown_interrupt",
        SwitchEnds: "switch_ends",
        CallContinues: "call_continues",
        MemoryRunsOut: "memory_runs_out",
        MemoryIsBack: "memory_is_back",
        TimeoutFires: "timeout_fires",
    }
)


def _argument_names(number: int) -> tuple[str, ...]:
    call = BY_NUMBER.get(number)
    names = () if call is None else tuple(each.name for each in call.arguments)
    return names + tuple(f"word{at}" for at in range(len(names), _WORDS))


def decode(name: str, arguments: Mapping[str, Shown]) -> Event:
    """The event that `encode` gave.

    Errors: ValueError with what was expected.
    """
    if name == "timer_tick":
        return TimerTick(_number(arguments, _PROCESSOR, missing=0))
    if name == "exit_interrupt":
        return ExitInterrupt(_number(arguments, _PROCESSOR))
    if name == "shootdown_interrupt":
        return ShootdownInterrupt(_number(arguments, _PROCESSOR))
    if name == "switch_ends":
        return SwitchEnds(_number(arguments, _PROCESSOR))
    if name == "call_continues":
        return CallContinues(_number(arguments, _PROCESSOR))
    if name == "memory_runs_out":
        return MemoryRunsOut()
    if name == "memory_is_back":
        return MemoryIsBack()
    if name == "timeout_fires":
        return TimeoutFires(_number(arguments, "thread"))
    thread = _number(arguments, _CALLER)
    if name == "call_returns":
        return CallReturns(thread)
    if name == "user_reads":
        return UserReads(thread, _number(arguments, "address"))
    if name == "user_writes":
        return UserWrites(thread, _number(arguments, "address"), _number(arguments, "value"))
    if name in BY_NAME:
        number = BY_NAME[name].number
    elif name.startswith(_NO_NAME) and name.removeprefix(_NO_NAME).isdecimal():
        number = int(name.removeprefix(_NO_NAME))
    else:
        raise ValueError(f"{name!r} is no event; expected a call or one of {_OTHER_EVENTS}")
    named = _argument_names(number)
    unknown = sorted(set(arguments) - {_CALLER, "options", *named})
    if unknown:
        raise ValueError(f"{name} has no argument {unknown[0]!r}; expected {', '.join(named)}")
    words = tuple(_number(arguments, each, missing=0) for each in named)
    return CallMade(thread, number, _number(arguments, "options", missing=0), words)


_OTHER_EVENTS = ", ".join(_NAMES.values())


def _number(arguments: Mapping[str, Shown], name: str, *, missing: int | None = None) -> int:
    value = arguments.get(name, missing)
    try:
        return int(value, 0) if isinstance(value, str) else int(value or 0)
    except ValueError as error:
        raise ValueError(f"{name} is {value!r}; expected a number") from error


def gave(outcome: Outcome) -> str:
    """The outcome on one line."""
    match outcome:
        case Ok(values=values):
            return f"Ok({', '.join(f'{value:#x}' for value in values)})"
        case Refused(error=error, refusal=refusal, after=after):
            return f"{error.printed} ({refusal}{', after an effect' if after else ''})"
        case Panic(place=place, reason=reason):
            return f"Panic at {place}: {reason}"
        case Deadlock(place=place, reason=reason):
            return f"Deadlock at {place}: {reason}"
        case Seen(value=value):
            return "Seen(unknown)" if value is None else f"Seen({value:#x})"
        case Cut(rest=rest):
            return f"goes on: {rest.section.value}"
        case Spins(lock=lock) if lock.kind is LockKind.TRANSLATIONS:
            return "waits till other processors have forgotten what changes"
        case Spins(lock=lock):
            return f"spins for the lock of {lock.words}"
        case Blocked() | Ended() | Done():
            return type(outcome).__name__


def in_short(outcome: Outcome) -> str:
    """What the outcome is called, without the values that it gave."""
    return type(outcome).__name__ if isinstance(outcome, Ok | Seen) else gave(outcome)


def changed(before: State, after: State) -> tuple[tuple[str, str], ...]:
    """What the step changed: the part, and from what to what."""
    return tuple(_changes(before, after))


def _changes(before: State, after: State) -> Iterator[tuple[str, str]]:
    for part in ("current", "ready", "next_key", "panicked", "memory_out"):
        old, new = getattr(before, part), getattr(after, part)
        if old != new:
            yield part, f"{old} -> {new}"
    yield from _processor_changes(before, after)
    yield from _frame_changes(before, after)
    for name in sorted({*before.objects, *after.objects}):
        was, is_ = before.objects.get(name), after.objects.get(name)
        if was != is_:
            yield from _object_changes(name, was, is_)


def _processor_changes(before: State, after: State) -> Iterator[tuple[str, str]]:
    for number, (was, is_) in enumerate(zip(before.processors, after.processors, strict=True)):
        if number and was.current != is_.current:
            yield f"processor{number}.current", f"{was.current} -> {is_.current}"
        if was.leaving != is_.leaving:
            yield f"processor{number}.leaving", f"{_left(was.leaving)} -> {_left(is_.leaving)}"
        if was is not is_:
            yield from _section_changes(number, was, is_)
        if was.unacknowledged != is_.unacknowledged:
            yield f"processor{number}.unacknowledged", str(is_.unacknowledged)
        if was.cache != is_.cache:
            yield f"cache{number}", f"{_spans(was.cache)} -> {_spans(is_.cache)}"


def _section_changes(number: int, was: Processor, is_: Processor) -> Iterator[tuple[str, str]]:
    """What differs only where calls are rows of sections."""
    parts = (
        ("rest", _rest),
        ("pending", lambda each: [f"{at.chore.value} {at.object}" for at in each.pending]),
        ("locks", lambda each: [lock.words for lock in each.locks]),
        ("asked", _asked),
        ("noted", lambda each: [note.what for note in each.noted]),
    )
    for part, shown in parts:
        if getattr(was, part) != getattr(is_, part):
            yield f"processor{number}.{part}", f"{shown(was)} -> {shown(is_)}"


def _rest(processor: Processor) -> str:
    rest = processor.rest
    return "nothing" if rest is None else f"{rest.section.value} {list(rest.held)}"


def _asked(processor: Processor) -> str:
    asked = processor.asked
    if asked is None:
        return "nothing"
    owing = f", which {list(asked.owing)} have to forget" if asked.owing else ""
    return f"{asked.lock.words}{owing}"


def _left(leaving: Leaving | None) -> str:
    return "nobody" if leaving is None else f"{leaving.thread} {leaving.state.value}"


def _spans(spans: Spans) -> str:
    shown = (f"{each.first:#x}-{each.end:#x}: {each.frame:#x}" for each in spans)
    return f"{{{', '.join(shown)}}}"


def _frame_changes(before: State, after: State) -> Iterator[tuple[str, str]]:
    was, is_ = before.frames, after.frames
    if was.tree != is_.tree or was.blocks != is_.blocks:
        old, new = (_free_frames(each) for each in (before, after))
        yield "free frames", f"{old} -> {new}"
    if was.sharers != is_.sharers:
        yield "shared frames", f"{_spans(was.sharers)} -> {_spans(is_.sharers)}"
    if was.next_zone != is_.next_zone:
        yield "next zone", f"{was.next_zone} -> {is_.next_zone}"
    for frame in sorted({*was.contents, *is_.contents}):
        if was.contents.get(frame) != is_.contents.get(frame):
            yield f"frame {frame:#x}", f"holds {_words(is_.contents.get(frame))}"


def _free_frames(state: State) -> int:
    return sum(end - first for first, end in free_runs(state.frames, state.machine))


def _words(content: Content | None) -> str:
    if content is None:
        return "zeros"
    shown = (
        f"word {number}: {'unknown' if value is None else hex(value)}"
        for number, value in sorted(content.words.items())
    )
    return ", ".join((*shown, "else zeros" if content.cleared else "else what nobody knows"))


def _object_changes(name: int, was: Object | None, is_: Object | None) -> Iterator[tuple[str, str]]:
    known = is_ or was
    assert known is not None, name
    title = f"{known.type.name.lower()}{name}"
    if was is None or is_ is None:
        yield title, "freed" if is_ is None else f"new: {is_.body}"
        return
    for part in ("strong", "weak"):
        old, new = getattr(was, part), getattr(is_, part)
        if old != new:
            yield f"{title}.{part}", f"{old} -> {new}"
    if isinstance(was.body, CapabilitySpace) and isinstance(is_.body, CapabilitySpace):
        yield from _entry_changes(title, was.body, is_.body)
    elif is_.body is None or was.body is None:
        if was.body != is_.body:
            yield title, "dies"
    else:
        for each in fields(is_.body):
            old, new = getattr(was.body, each.name), getattr(is_.body, each.name)
            if old != new:
                yield f"{title}.{each.name}", f"{old} -> {new}"


def _entry_changes(
    title: str, was: CapabilitySpace, is_: CapabilitySpace
) -> Iterator[tuple[str, str]]:
    for word in sorted({*was.entries, *is_.entries}):
        if word not in is_.entries:
            yield f"{title}[{word:x}]", "removed"
        elif word not in was.entries:
            yield f"{title}[{word:x}]", f"-> object {is_.entries[word]}"
