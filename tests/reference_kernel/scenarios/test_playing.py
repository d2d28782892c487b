"""How far programs are, and what may happen next."""

from pathlib import Path

from reference_kernel.events import CallMade, CallReturns, ExitInterrupt, SwitchEnds, TimerTick
from reference_kernel.outcomes import Outcome
from reference_kernel.scenarios import load_scenario
from reference_kernel.scenarios.playing import Move, Place, Play
from reference_kernel.state import State
from reference_kernel.step import step
from spec.design import Design
from spec.designs import PROPOSED
from spec.syscalls import BY_NUMBER

HEAD = 'about = "Something."\n'


class Run:
    """A play that goes on move by move."""

    def __init__(self, folder: Path, text: str, design: Design = PROPOSED) -> None:
        path = folder / "some.toml"
        path.write_text(HEAD + text, "utf-8")
        self.design = design
        self.play: Play = load_scenario(path).begin(design)
        self.state: State = self.play.state
        self.place: Place = self.play.place

    @property
    def moves(self) -> list[Move]:
        return list(self.play.moves(self.state, self.place))

    def told(self) -> list[str]:
        """What can happen, by name: a call with its processor."""
        return [f"{each.actor} {_name(each)}" for each in self.moves]

    def take(self, told: str) -> Outcome:
        """The move of that name happens."""
        (move,) = (each for each in self.moves if f"{each.actor} {_name(each)}" == told)
        after, outcome = step(self.design, self.state, move.event)
        self.place = self.play.after(self.state, self.place, move, outcome)
        self.state = after
        return outcome


def _name(move: Move) -> str:
    if isinstance(move.event, CallMade):
        return BY_NUMBER[move.event.number].name
    return type(move.event).__name__


TWO = """
before = \"\"\"
child = thread_group_new()
second = thread_new(thread_group=child, options=THREAD_AUTOSTART)
\"\"\"
[thread.first]
does = \"\"\"
{first}
\"\"\"
[thread.second]
on = 1
does = \"\"\"
{second}
\"\"\"
"""


def two(first: str, second: str, more: str = "") -> str:
    return TWO.format(first=first, second=second) + more


def test_each_processor_makes_the_next_call_of_its_thread(tmp_path: Path) -> None:
    run = Run(tmp_path, two("key_new()\nchannel_new()", "thread_yield()"))
    assert run.told() == ["0 key_new", "1 thread_yield"]
    run.take("0 key_new")
    assert run.told() == ["0 channel_new", "1 thread_yield"]
    run.take("0 channel_new")
    assert run.told() == ["1 thread_yield"]


def test_a_processor_ends_its_switch_and_its_call_before_the_next(tmp_path: Path) -> None:
    run = Run(tmp_path, two("thread_resume(thread=second)", "thread_suspend()\nkey_new()"))
    run.take("1 thread_suspend")
    assert run.told() == ["0 thread_resume", "1 SwitchEnds"]
    run.take("1 SwitchEnds")
    assert run.told() == ["0 thread_resume"]
    run.take("0 thread_resume")
    assert run.told() == ["0 TimerTick", "1 TimerTick"]
    run.take("1 TimerTick")
    run.take("1 SwitchEnds")
    assert [type(each.event) for each in run.moves] == [CallReturns]
    run.take("1 CallReturns")
    assert run.told() == ["1 key_new"]
    run.take("1 key_new")
    assert run.moves == []
    assert run.play.standing(run.state, run.place) == ("finished", "every program is done")


def test_what_a_call_gives_can_be_used_and_is_forgotten_after_that(tmp_path: Path) -> None:
    run = Run(tmp_path, two("key = key_new()\nkey_id(key=key)\nkey_new()", "key_new()"))
    run.take("1 key_new")
    run.take("0 key_new")
    (own,) = (each for each in run.moves if each.actor == 0)
    assert isinstance(own.event, CallMade)
    assert dict(run.place.programs[0].known) == {"key": own.event.arguments[0]}
    run.take("0 key_id")
    assert run.place.programs[0].known == ()


def test_calls_that_need_what_a_refused_one_would_give_are_left_out(tmp_path: Path) -> None:
    lines = "child = thread_group_new(parent=allocator)\nthread_group_exit(group=child)\nkey_new()"
    lines = lines.replace("child", "other")
    run = Run(tmp_path, two(lines, "thread_yield()"))
    run.take("0 thread_group_new")
    assert run.told() == ["0 key_new", "1 thread_yield"]


def test_who_was_ended_is_done(tmp_path: Path) -> None:
    run = Run(tmp_path, two("thread_group_exit(group=child)", "thread_suspend()\nkey_new()"))
    run.take("0 thread_group_exit")
    assert ExitInterrupt(1) in [each.event for each in run.moves if not each.asked]
    run.take("1 ExitInterrupt")
    run.take("1 SwitchEnds")
    assert run.moves == []
    assert run.play.standing(run.state, run.place)[0] == "finished"


def test_who_sleeps_is_told(tmp_path: Path) -> None:
    run = Run(tmp_path, two("key_new()", "thread_suspend()"))
    for move in ("0 key_new", "1 thread_suspend", "1 SwitchEnds"):
        run.take(move)
    told = "second sleeps in thread_suspend"
    assert run.play.standing(run.state, run.place) == ("waits", told)


def test_slices_end_as_often_as_is_said(tmp_path: Path) -> None:
    ticks = "[outside]\nticks = 1\n"
    third = "third = thread_new(options=THREAD_AUTOSTART)\nsecond ="
    run = Run(tmp_path, two("key_new()", "key_new()", ticks).replace("second =", third))
    assert "0 TimerTick" in run.told()
    run.take("0 TimerTick")
    assert run.place.ticks == 0
    run.take("0 SwitchEnds")
    assert run.told() == ["1 key_new", "0 TimerTick"]


def test_timeouts_come_unless_it_is_said_that_none_do(tmp_path: Path) -> None:
    for more, comes in (("", True), ("[outside]\ntimeouts = false\n", False)):
        run = Run(tmp_path, two("key_new()", "thread_suspend(timeout=1)", more))
        run.take("1 thread_suspend")
        run.take("1 SwitchEnds")
        assert ("None TimeoutFires" in run.told()) is comes


def test_the_way_to_the_beginning_is_told_as_events(tmp_path: Path) -> None:
    run = Run(tmp_path, two("key_new()", "key_new()"))
    kinds = [[type(each) for each in events] for events in run.play.before]
    assert kinds == [[CallMade], [CallMade], [TimerTick, SwitchEnds]]
    state = run.state
    assert state.processors[1].current == run.play.threads[1]
