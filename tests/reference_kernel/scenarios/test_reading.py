"""Scenario files: what they mean, and what is told of those that are wrong."""

from pathlib import Path

import pytest

from reference_kernel.events import CallMade, UserWrites
from reference_kernel.scenarios import ScenarioError, load_scenario
from reference_kernel.scenarios.playing import Play
from spec.designs import AS_BUILT, PROPOSED
from spec.options import (
    CREATED_RIGHTS,
    WEAK_AUTO_DESTROY,
    CapClone,
    CapDestroy,
    MemoryMap,
    MemoryUpdateMapping,
    ThreadNew,
    UpdateMappingApart,
    Wait,
)
from spec.rights import ALL_RIGHTS, Right
from spec.sizes import PAGE_BYTES
from spec.syscalls import BY_NAME

FINE = '''\
about = "A thread does something."
before = """
child = thread_group_new()
second = thread_new(thread_group=child, options=THREAD_AUTOSTART)
"""

[thread.first]
does = "thread_yield()"

[thread.second]
on = 1
does = """
thread_yield()
"""
'''


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "some.toml"
    path.write_text(text, "utf-8")
    return path


def problems(tmp_path: Path, text: str) -> list[str]:
    """What is told of the file, without its path."""
    path = written(tmp_path, text)
    with pytest.raises(ScenarioError) as told:
        load_scenario(path)
    assert all(each.startswith(f"{path}:") for each in told.value.problems)
    return [each.removeprefix(f"{path}:") for each in told.value.problems]


def one_call(tmp_path: Path, line: str, *, before: str = "", design: object = AS_BUILT) -> CallMade:
    """The call that the line is, made by the first thread; `before` comes first."""
    text = f'about = "A call."\nbefore = """\n{before}\n"""\n[thread.first]\ndoes = "{line}"\n'
    play: Play = load_scenario(written(tmp_path, text)).begin(design)  # type: ignore[arg-type]
    (event,) = (each.event for each in play.moves(play.state, play.place) if each.asked)
    assert isinstance(event, CallMade)
    return event


def test_a_small_file_is_a_scenario(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, FINE))
    assert (scenario.name, scenario.about) == ("some", "A thread does something.")
    assert scenario.mode == "interleaved"
    sizes = {"processors": 2, "programs": 2, "ticks": 0, "shortages": 0}
    assert dict(scenario.bounds) == sizes
    assert scenario.at("sections").mode == "sections"
    assert load_scenario(written(tmp_path, f"processors = 3\n{FINE}")).mode == "interleaved_3"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("about =", "abut =", "1:1: unknown key `abut`; did you mean `about`?"),
        ("thread_group_new", "thread_grp_new", "3:9: there is no call `thread_grp_new`; did you"),
        ("thread_group=child", "thread_group=chld", "4:34: nothing is called `chld` here; did you"),
        ("thread_group=", "thred_group=", "4:21: `thread_new` has no argument `thred_group`; did"),
        ("AUTOSTART", "AUTOSTRT", "4:49: `thread_new` has no option `THREAD_AUTOSTRT`; did you me"),
        ("child =", "group =", "3:1: `group` has a meaning already; take another name"),
        ("child =", "child, more =", "3:8: `thread_group_new` gives group, and no more"),
        ("child =", "child[0] =", "3:1: no call; expected lines like `key = key_new()`"),
        ("child =", "child = =", "3:9: no call: invalid syntax; expected lines like `child = "),
        ("_new()", "_new(group)", "3:26: arguments are written with their names: `parent=group`"),
        ("_new()", "_new(parent=2 / 1)", "3:33: `2 / 1` is no value; expected a number, a name, a"),
        ("thread.second", "thread.secnd", "10:2: `before` makes no thread `secnd` with thread_new"),
        ("on = 1", "on = 2", "11:1: `on` is a number from 0 to 1"),
        ("on = 1", "on = 0", "11:1: processor 0 runs `first` already"),
        ("on = 1", "on = true", "11:1: `on` is a number from 0 to 1"),
        ("on = 1", "no = 1", "11:1: unknown key `no` of a thread; did you mean `on`?"),
        ('"thread_yield()"', '"thread_yeld()"', "8:9: there is no call `thread_yeld`; did you me"),
        ('does = "thread_yield()"', "", "7:2: [thread.first] needs `does`: what the thread does"),
        ('"thread_yield()"', "3", "8:1: `does` is a text with a call on each line"),
        ('"thread_yield()"', '"user_writes(address=8)"', "8:9: `user_writes` needs `value=`"),
        ('"thread_yield()"', '"cap_clone()"', "8:9: `cap_clone` needs `cap=`"),
        (
            '"thread_yield()"',
            '"channel_new(rights=RED)"',
            "8:28: there is no right `RED`; did you mean `READ`?",
        ),
        ("on = 1", "on = 1 2", "11:8: no TOML: Expected newline or end of document"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in FINE
    found = problems(tmp_path, FINE.replace(old, new, 1))
    assert any(each.startswith(told) for each in found)
    assert len(found) <= 2


def test_all_mistakes_are_told_in_the_order_of_their_places(tmp_path: Path) -> None:
    wrong = FINE.replace("_group_new", "_group_nw").replace("on = 1", "on = 5\nat = 3")
    wrong = f"processors = 0\n{wrong}\n[outside]\ntick = 1\nticks = -1\ntimeouts = 3\n"
    found = problems(tmp_path, wrong)
    places = [each.split(":")[0] for each in found]
    assert places == ["1", "4", "12", "13", "19", "20", "21"]


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="cannot be read: No such file"):
        load_scenario(tmp_path / "gone.toml")
    path = tmp_path / "bytes.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ScenarioError, match="it is no UTF-8 text"):
        load_scenario(path)


def test_a_scenario_in_which_nobody_does_anything_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, 'about = "Nothing."\n') == [
        "1:1: nobody does anything: a program is a table [thread.first]"
    ]


ALL = int(ALL_RIGHTS)
BOTH = int(CapClone.SRC_CSPACE_SELF | CapClone.DST_CSPACE_SELF)


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("thread_suspend()", 0),
        ("thread_suspend(timeout=5)", Wait.TIMEOUT),
        ("key_new()", CREATED_RIGHTS | ALL),
        ("key_new(rights=READ | WRITE)", (Right.READ | Right.WRITE) * 0x101),
        ("event_pool_new(max_pages=1)", CREATED_RIGHTS),
        ("cap_destroy(cap=group)", CapDestroy.CSPACE_SELF),
        ("cap_destroy(cap=group, cspace=cap_space)", 0),
        ("cap_destroy(cap=group, options=WEAK_AUTO_DESTROY)", WEAK_AUTO_DESTROY | 1),
        ("cap_clone(cap=group)", BOTH | ALL),
        ("cap_clone(cap=group, rights=PROD, options=MAKE_WEAK)", BOTH | 2 | CapClone.MAKE_WEAK),
        ("cap_clone(cap=group, dst_cspace=cap_space)", CapClone.SRC_CSPACE_SELF | ALL),
        ("thread_destroy()", 0),
        ("thread_destroy(thread=first)", 1),
        ("thread_new()", CREATED_RIGHTS),
        (
            "thread_new(options=CREATE_CAPABILITY_SPACE)",
            CREATED_RIGHTS | ThreadNew.CREATE_CAPABILITY_SPACE,
        ),
        ("memory_map(memory=bss, options=READ | WRITE)", MemoryMap.READ | MemoryMap.WRITE),
    ],
)
def test_options_are_what_is_named_and_what_the_arguments_ask_for(
    tmp_path: Path, line: str, options: int
) -> None:
    assert one_call(tmp_path, line).options == int(options)


def test_what_is_left_out_is_what_boot_gave(tmp_path: Path) -> None:
    made = one_call(tmp_path, "thread_new()")
    names = [each.name for each in BY_NAME["thread_new"].arguments]
    named = dict(zip(names, made.arguments, strict=False))
    assert named == {
        "allocator": 0x18F,
        "thread_group": 0x4F,
        "address_space": 0x6F,
        "cap_space": 0x97,
        "rip": 0,
        "rsp": 0,
    }


def test_what_a_call_gave_before_has_its_name(tmp_path: Path) -> None:
    before = "one = key_new()\n_, receiver = drop_check_new(data=3)\ntwo = key_new()"
    made = one_call(tmp_path, "cap_destroy(cap=two)", before=before)
    assert (
        made.arguments[1]
        == (1 << 10) + one_call(tmp_path, "cap_destroy(cap=one)", before=before).arguments[1]
    )


def test_an_option_stands_where_the_design_has_it(tmp_path: Path) -> None:
    line = "memory_update_mapping(address=DATA_AT, options=UPDATE_SIZE)"
    assert one_call(tmp_path, line).options == MemoryUpdateMapping.UPDATE_SIZE
    apart = one_call(tmp_path, line, design=PROPOSED).options
    assert apart == UpdateMappingApart.UPDATE_SIZE != MemoryUpdateMapping.UPDATE_SIZE


def test_numbers_are_counted_together(tmp_path: Path) -> None:
    line = "user_writes(address=FREE_AT + 2 * PAGE + 8, value=group)"
    text = f'about = "A write."\n[thread.first]\ndoes = "{line}"\n'
    play = load_scenario(written(tmp_path, text)).begin(AS_BUILT)
    (move,) = (each for each in play.moves(play.state, play.place) if each.asked)
    at = 0x50_0000_0000 + 2 * PAGE_BYTES + 8
    assert move.event == UserWrites(play.threads[0], at, 0x4F)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("second = key_id(key=group)", "`key_id` gives no `second`: Refused"),
        ("child = thread_group_new(parent=allocator)", "3: under as-built: `thread_group_new` giv"),
        ("thread_suspend(timeout=1)\nkey_new()", "4: under as-built: `key_new` cannot be: `first`"),
    ],
)
def test_what_cannot_be_done_before_is_told_with_its_line(
    tmp_path: Path, line: str, told: str
) -> None:
    with pytest.raises(ScenarioError) as error:
        one_call(tmp_path, "thread_yield()", before=line)
    assert told in str(error.value)


def test_a_thread_that_was_not_started_does_not_run(tmp_path: Path) -> None:
    text = FINE.replace(", options=THREAD_AUTOSTART", "")
    with pytest.raises(ScenarioError, match="`second` does not run: is it made with"):
        load_scenario(written(tmp_path, text)).begin(PROPOSED)


def test_what_a_design_lacks_is_named(tmp_path: Path) -> None:
    text = FINE.replace('"thread_yield()"', '"memory_clone(memory=data)"')
    scenario = load_scenario(written(tmp_path, text))
    assert scenario.lacks(AS_BUILT) == "memory_clone"
    assert scenario.lacks(PROPOSED) == ""
