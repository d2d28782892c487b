"""A second check asks nothing again, as long as nothing has changed that decides it."""

from pathlib import Path

from tests.assay.cli.conftest import Assay


def kept(project: Path) -> set[str]:
    """What is kept of earlier checks."""
    return {path.name for path in (project / ".assay/judged").glob("*.pickle")}


def test_a_second_check_says_the_same_and_keeps_no_more(assay: Assay, project: Path) -> None:
    first = assay("check")
    known = kept(project)
    assert known
    assert assay("check").out == first.out
    assert kept(project) == known


def test_a_changed_source_is_judged_anew(assay: Assay, project: Path) -> None:
    before, known = assay("check"), kept(project)
    (path,) = project.rglob("latches/kernel.py")
    path.write_text(path.read_text() + "\n# another version\n")
    assert assay("check").out == before.out
    assert kept(project) > known


def test_other_settings_are_judged_for_themselves(assay: Assay, project: Path) -> None:
    assay("check", "--steps", "50")
    known = kept(project)
    assay("check", "--steps", "60")
    assert kept(project) > known


def test_without_the_cache_nothing_is_kept(assay: Assay, project: Path) -> None:
    assay("check", "--no-cache")
    assert not kept(project)


def test_what_is_damaged_is_judged_anew(assay: Assay, project: Path) -> None:
    first = assay("check")
    for path in (project / ".assay/judged").glob("*.pickle"):
        path.write_bytes(b"nothing")
    assert assay("check").out == first.out
