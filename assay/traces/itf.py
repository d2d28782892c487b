"""Traces as files: the Informal Trace Format (ADR-015 of Apalache, revision of 2023-09-14).

A state of the file is a decision and what came of it; the first one is the start. The name and the
arguments stand in `mbt::actionTaken` and `mbt::nondetPicks`, where Quint puts them. `loop` is the
index of the state after which the rest comes again and again; it is left out of a trace that ends.
"""

import json
from pathlib import Path
from typing import get_args

from assay.traces.expect import Json, TraceError, array, integer, nearest, parse_json, record, text
from assay.traces.trace import Decision, Minimal, Trace, TraceValue

FORMAT_VERSION = 1
_ACTION = "mbt::actionTaken"
_PICKS = "mbt::nondetPicks"
_VARIABLES = (_ACTION, _PICKS, "gave", "changed")
_META = ("assay", "subject", "design", "subject_hash", "bounds", "claim", "minimal")


def write_trace(trace: Trace, path: Path) -> None:
    """Store the trace; folders that are missing are made. Equal traces give equal files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(to_itf(trace), indent=1, ensure_ascii=False) + "\n", "utf-8")


def read_trace(path: Path) -> Trace:
    """The trace that `write_trace` stored.

    Errors: TraceError with file, place, what was expected and the nearest name.
    """
    try:
        return from_itf(parse_json(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise TraceError(f"{path}: cannot be read: {reason}") from error
    except TraceError as error:
        raise TraceError(f"{path}: {error}") from error


def to_itf(trace: Trace) -> Json:
    """The trace as an ITF document."""
    loop: dict[str, Json] = {} if trace.loop is None else {"loop": trace.loop}
    prepared: dict[str, Json] = {"prepared": _number(trace.prepared)} if trace.prepared else {}
    return {
        "#meta": {
            "format": "ITF",
            "assay": _number(FORMAT_VERSION),
            "subject": trace.subject,
            "design": trace.design,
            "subject_hash": trace.subject_hash,
            "bounds": {kind: _number(count) for kind, count in trace.bounds},
            "claim": _option(trace.claim),
            "minimal": trace.minimal,
            **prepared,
        },
        "vars": list(_VARIABLES),
        "states": [
            {"#meta": {"index": index}, **_state(decision)}
            for index, decision in enumerate((trace.start, *trace.decisions))
        ],
        **loop,
    }


def _state(decision: Decision) -> dict[str, Json]:
    return {
        _ACTION: decision.name,
        _PICKS: {name: _option(value) for name, value in decision.arguments},
        "gave": decision.gave,
        "changed": [{"#tup": [what, how]} for what, how in decision.changed],
    }


def _number(value: int) -> Json:
    return {"#bigint": str(value)}


def _option(value: TraceValue) -> Json:
    if value is None:
        return {"tag": "None", "value": {"#tup": []}}
    plain = _number(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return {"tag": "Some", "value": plain}


def from_itf(document: Json) -> Trace:
    """The trace of an ITF document that `to_itf` made.

    Errors: TraceError with the place in the document, what was expected and the nearest name.
    """
    top = record(document, "the document", ("#meta", "vars", "states"))
    meta = record(top["#meta"], "#meta", _META)
    if integer(meta["assay"], "#meta.assay") != FORMAT_VERSION:
        raise TraceError(f"#meta.assay: expected {FORMAT_VERSION}: another version wrote this file")
    states = [
        _decision(state, f"states[{index}]")
        for index, state in enumerate(array(top["states"], "states"))
    ]
    if not states:
        raise TraceError("states: expected at least the start")
    claim = _value(meta["claim"], "#meta.claim")
    return Trace(
        subject=text(meta["subject"], "#meta.subject"),
        design=text(meta["design"], "#meta.design"),
        subject_hash=text(meta["subject_hash"], "#meta.subject_hash"),
        bounds=tuple(
            (kind, integer(count, f"#meta.bounds.{kind}"))
            for kind, count in record(meta["bounds"], "#meta.bounds").items()
        ),
        start=states[0],
        decisions=tuple(states[1:]),
        claim=None if claim is None else str(claim),
        minimal=_minimal(text(meta["minimal"], "#meta.minimal")),
        loop=_loop(top.get("loop"), len(states)),
        prepared=_prepared(meta.get("prepared"), len(states)),
    )


def _decision(state: Json, place: str) -> Decision:
    found = record(state, place, _VARIABLES)
    picks = record(found[_PICKS], f"{place}.{_PICKS}")
    changed = enumerate(array(found["changed"], f"{place}.changed"))
    return Decision(
        name=text(found[_ACTION], f"{place}.{_ACTION}"),
        arguments=tuple(
            (name, _value(value, f"{place}.{_PICKS}.{name}")) for name, value in picks.items()
        ),
        gave=text(found["gave"], f"{place}.gave"),
        changed=tuple(_change(pair, f"{place}.changed[{index}]") for index, pair in changed),
    )


def _change(pair: Json, place: str) -> tuple[str, str]:
    parts = array(record(pair, place, ("#tup",))["#tup"], place)
    if len(parts) != 2:
        raise TraceError(f"{place}: expected two texts: what changed, and how")
    return text(parts[0], place), text(parts[1], place)


def _value(option: Json, place: str) -> TraceValue:
    found = record(option, place, ("tag", "value"))
    tag, value = found["tag"], found["value"]
    match tag:
        case "None":
            return None
        case "Some":
            return value if isinstance(value, bool | str) else integer(value, place)
        case _:
            raise TraceError(f"{place}.tag: expected `Some` or `None`, found {tag!r}")


def _loop(found: Json, states: int) -> int | None:
    if found is None:
        return None
    index = integer(found, "loop")
    if not 0 <= index < states:
        raise TraceError(f"loop: expected the index of one of the {states} states, found {index}")
    return index


def _prepared(found: Json, states: int) -> int:
    if found is None:
        return 0
    count = integer(found, "#meta.prepared")
    if not 0 <= count < states:
        raise TraceError(f"#meta.prepared: expected fewer than {states}, found {count}")
    return count


def _minimal(found: str) -> Minimal:
    known: tuple[Minimal, ...] = get_args(Minimal)
    for each in known:
        if each == found:
            return each
    raise TraceError(f"#meta.minimal: unknown {found!r}; {nearest(found, known)}")
