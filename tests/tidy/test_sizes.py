"""No file, function or line grows beyond what a reader can hold."""

import ast
from pathlib import Path

import pytest

from tests.tidy.tree import sources, syntax, text

FILE_LINES = 500
FUNCTION_LINES = 60
COLUMNS = 100


@pytest.mark.parametrize("path", sources(), ids=str)
def test_a_file_is_short_and_so_are_its_functions_and_lines(path: Path) -> None:
    lines = text(path).splitlines()
    wrong = [
        f"{path}:{node.lineno}: {node.name} has {length} lines"
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]
    wrong += [
        f"{path}:{number}: {len(line)} columns"
        for number, line in enumerate(lines, start=1)
        if len(line) > COLUMNS
    ]
    if len(lines) > FILE_LINES:
        wrong.append(f"{path}: {len(lines)} lines")
    assert not wrong, "\n".join(wrong)
