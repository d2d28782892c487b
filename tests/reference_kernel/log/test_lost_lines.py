"""Logs of which lines are missing or were added: what is blamed, and what is still explained."""

from tests.reference_kernel.log.checking import checked, real

FRAME = "TRACE (kernel::syscall:316) "
LOG = "t_caps_raw_smp1"


def told(log: str, number: int) -> tuple[list[str], int]:
    """The lines of a log, and where the true words of this call stand."""
    every = log.split("\n")
    return every, [at for at, line in enumerate(every) if "#raw" in line][number]


def test_a_call_of_which_nobody_told_is_the_line_that_is_blamed() -> None:
    every, at = told(real(LOG), 40)
    printed = next(number for number in range(at, len(every)) if "TRACE" in every[number])
    del every[at]
    result = checked("\n".join(every))
    assert result.first is not None
    assert result.first.line == printed


def test_where_the_true_words_are_torn_the_call_is_explained() -> None:
    every, at = told(real(LOG), 40)
    every[at] = every[at][:12]
    result = checked("\n".join(every))
    assert result.first is None
    assert "line that is lost" in {each.kind for each in result.assumed}


def test_an_id_that_was_given_and_destroyed_comes_in_no_message() -> None:
    gone = "316f"
    log, _, end = real("t_capsend_raw_smp1").partition("# TEST DONE")
    call = f"sys key_id(, {gone}(Key:RPWU))"
    asked = f"#raw 39 80000000 {gone} 0 0 0 0 0 0 0\n{FRAME}{call}"
    assert checked(f"{log}{asked} -> Err(SysErr::InvlId)\n{end}").first is None
    result = checked(f"{log}{asked} -> Ok(2)\n{end}")
    assert result.first is not None
    assert result.first.call == "key_id"


def test_one_world_stands_for_what_hidden_bits_left_open() -> None:
    for name in ("t_random_2_600_smp1", "t_update_smp1"):
        assert checked(real(name)).states_max == 1, name
