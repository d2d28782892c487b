"""The text of a trace, as people read it."""

from dataclasses import replace

from assay.traces import Decision, Trace, to_text


def test_a_trace_reads_one_step_a_line_and_then_what_changed() -> None:
    changed = (("exited[group1]", "False -> True"), ("running[thread0]", "True -> False"))
    trace = Trace(
        subject="model:groups",
        design="as-built",
        subject_hash="v1",
        bounds=(("Thread", 1), ("Group", 2)),
        start=Decision("boot", (("first", "thread0"),)),
        decisions=(Decision("exit", (("group", "group1"),), "OK", changed),),
        claim="nothing_outlives_exit",
        minimal="proved shortest",
    )
    assert to_text(trace) == (
        "model:groups under as-built: 1 step, proved shortest\n"
        "breaks nothing_outlives_exit\n"
        "with Thread=1, Group=2\n"
        "start boot(first=thread0)\n"
        "    1 exit(group=group1) -> OK\n"
        "        exited[group1]    False -> True\n"
        "        running[thread0]  True -> False\n"
    )


def test_steps_that_only_make_objects_are_told_apart() -> None:
    steps = (Decision("door_new"), Decision("open"), Decision("shut"))
    trace = Trace("kernel", "d", "v1", (), Decision("boot"), steps, prepared=1)
    head = to_text(trace).splitlines()[:2]
    assert head == ["kernel under d: 3 steps", "2 after what makes the objects"]


def test_a_loop_is_marked_where_it_begins_and_a_stop_where_it_is() -> None:
    steps = (Decision("go"), Decision("turn"))
    trace = Trace("model:ring", "d", "v1", (), Decision("begin"), steps, "it_arrives", loop=1)
    lines = ["start begin()", "    1 go()", "      again and again:", "    2 turn()"]
    assert to_text(trace).splitlines()[2:] == lines
    stops = to_text(replace(trace, loop=2)).splitlines()
    assert stops[2:] == [lines[0], lines[1], lines[3], "      nothing more happens"]
