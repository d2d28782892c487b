"""The page on schedules: its example runs as it is written, and prints what it says."""

import re
import subprocess
from pathlib import Path

from reference_kernel.scenarios import boot_words, reading
from tests.docs.test_tutorial import BLOCK, TOOL, copied
from tests.tidy.tree import ROOT

PAGE = (ROOT / "docs" / "schedules.md").read_text()


def printed(project: Path, words: list[str]) -> str:
    """What a command prints, with single blanks."""
    ran = subprocess.run(
        [TOOL, *words], cwd=project, capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode in (0, 1), ran.stderr
    return " ".join(ran.stdout.split())


def test_the_example_works_as_it_is_written(tmp_path: Path) -> None:
    project = copied(tmp_path)
    blocks = BLOCK.findall(PAGE)
    (example,) = (block for kind, block in blocks if kind == "toml")
    (project / "sleeper.toml").write_text(example)
    shown = "".join(block for kind, block in blocks if kind == "console")
    commands = shown.split("$ assay ")[1:]
    assert len(commands) == 4
    for each in commands:
        words, *lines = each.splitlines()
        told = printed(project, words.split())
        for line in lines:
            assert " ".join(line.split()) in told, f"{words}\n{told}"


def test_the_page_names_every_key_and_every_word() -> None:
    for key in (*reading._KEYS, *reading._THREAD, *reading._OUTSIDE):
        assert re.search(rf"`?\[?{key}\b", PAGE), key
    for name in boot_words.objects():
        is_told = f"`{name}`" in PAGE or name in ("arguments", "environment")
        assert is_told, name
    assert all(f"`{name}`" in PAGE for name in ("PAGE", "FREE_AT", "DATA_AT", "BSS_AT"))
