"""The text of a trace, as people read it."""

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
