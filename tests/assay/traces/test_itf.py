"""Stored traces come back as they were, and a damaged file is answered with one clear message."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import itf_py
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.traces import Decision, Trace, TraceError, read_trace, write_trace
from assay.traces.itf import from_itf, to_itf

NAMES = st.from_regex(r"[a-z][a-z_0-9]{0,8}", fullmatch=True)
VALUES = st.booleans() | st.integers() | st.text(max_size=8) | st.none()
DECISIONS = st.builds(
    Decision,
    name=NAMES,
    arguments=st.lists(st.tuples(NAMES, VALUES), max_size=3, unique_by=lambda p: p[0]).map(tuple),
    gave=st.text(max_size=8),
    changed=st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=3).map(tuple),
)
TRACES = st.builds(
    Trace,
    subject=st.just("kernel") | NAMES.map("model:{}".format),
    design=NAMES,
    subject_hash=NAMES,
    bounds=st.dictionaries(NAMES, st.integers(0, 9), max_size=3).map(lambda d: tuple(d.items())),
    start=DECISIONS,
    decisions=st.lists(DECISIONS, max_size=4).map(tuple),
    claim=st.none() | NAMES,
    minimal=st.sampled_from(["", "locally minimal", "proved shortest"]),
)
TRACE = Trace(
    subject="model:doors",
    design="as-built",
    subject_hash="0123456789abcdef",
    bounds=(("Door", 2),),
    start=Decision("closed"),
    decisions=(
        Decision(
            "open", (("door", "door0"), ("wide", True)), "OK", (("open[door0]", "False -> True"),)
        ),
    ),
    claim="a_door_is_shut",
    minimal="proved shortest",
)


@given(trace=TRACES)
def test_a_stored_trace_comes_back_as_it_was(trace: Trace) -> None:
    assert from_itf(json.loads(json.dumps(to_itf(trace)))) == trace


@given(trace=TRACES, data=st.data())
def test_what_prepares_comes_back_as_it_was(trace: Trace, data: st.DataObject) -> None:
    prepared = replace(trace, prepared=data.draw(st.integers(0, trace.steps)))
    assert from_itf(json.loads(json.dumps(to_itf(prepared)))) == prepared


@given(TRACES, st.data())
def test_a_loop_comes_back_as_it_was(trace: Trace, data: st.DataObject) -> None:
    looped = replace(trace, loop=data.draw(st.integers(0, trace.steps)))
    document = json.loads(json.dumps(to_itf(looped)))
    assert document["loop"] == looped.loop
    assert from_itf(document) == looped
    assert "loop" not in to_itf(trace)  # type: ignore[operator]


def test_a_file_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "new" / "trace.itf.json"
    write_trace(TRACE, path)
    assert read_trace(path) == TRACE


def test_another_reader_of_the_format_reads_our_traces() -> None:
    read = itf_py.trace_from_json(json.loads(json.dumps(to_itf(TRACE))))
    assert len(read.states) == 2
    assert read.states[1].values["mbt::actionTaken"] == "open"


def damaged(place: tuple[str | int, ...], value: Any) -> Any:
    """The document of TRACE with the value at one place replaced, or left out when it is `...`."""
    document = json.loads(json.dumps(to_itf(TRACE)))
    inner = document
    for part in place[:-1]:
        inner = inner[part]
    if value is ...:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return document


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("#meta", "subject"), ..., "#meta: `subject` is missing"),
        (("#meta", "assay"), 99, "another version wrote this file"),
        (("#meta", "design"), 3, "#meta.design: expected a text, found a number"),
        (("#meta", "bounds", "Door"), "two", "#meta.bounds.Door: expected an object"),
        (("#meta", "bounds", "Door"), {"#bigint": "two"}, "'two' is no whole number"),
        (("#meta", "minimal"), "localy minimal", "did you mean `locally minimal`?"),
        (("states",), [], "expected at least the start"),
        (("states",), "none", "states: expected an array, found a text"),
        (("states", 1, "gave"), ..., "states[1]: `gave` is missing"),
        (("states", 1, "mbt::actionTaken"), None, "expected a text, found null"),
        (("states", 1, "mbt::nondetPicks", "door"), {"tag": "Sme", "value": 1}, "found 'Sme'"),
        (("states", 1, "changed"), [{"#tup": ["one"]}], "expected two texts"),
        (("states", 1, "changed"), [[]], "states[1].changed[0]: expected an object"),
        (("loop",), 2, "loop: expected the index of one of the 2 states, found 2"),
        (("#meta", "prepared"), {"#bigint": "2"}, "#meta.prepared: expected fewer than 2, found 2"),
        (("loop",), "first", "loop: expected an object"),
    ],
)
def test_a_damaged_trace_is_named_with_its_place(
    place: tuple[str | int, ...], value: Any, message: str
) -> None:
    with pytest.raises(TraceError) as caught:
        from_itf(damaged(place, value))
    assert message in str(caught.value)


def test_a_misspelt_member_is_recognised() -> None:
    document = damaged(("states", 1, "gave"), ...)
    document["states"][1]["gve"] = "OK"
    with pytest.raises(TraceError, match="did you mean it by `gve`"):
        from_itf(document)


def test_a_cut_file_is_named_with_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "trace.itf.json"
    write_trace(TRACE, path)
    path.write_text(path.read_text()[:200])
    with pytest.raises(TraceError, match=r"trace\.itf\.json: line \d+, column \d+: no JSON"):
        read_trace(path)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"[" * 100_000, b"1" * 5000])
def test_a_file_that_is_no_trace_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "trace.itf.json"
    path.write_bytes(content)
    with pytest.raises(TraceError, match=r"trace\.itf\.json: "):
        read_trace(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"gone\.itf\.json: cannot be read: No such file"):
        read_trace(tmp_path / "gone.itf.json")
