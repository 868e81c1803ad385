"""Small rooms: a file is read in one sitting, a function on one screen."""

import ast
from collections.abc import Iterator

LONGEST_FILE = 400
LONGEST_FUNCTION = 50


def _functions(source: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_longer_than_400_lines(root, python_files):
    sizes = {path.relative_to(root): len(path.read_text("utf-8").splitlines()) for path in python_files}
    assert len(sizes) > 100, "the files were not found"
    assert {str(path): size for path, size in sizes.items() if size > LONGEST_FILE} == {}


def test_no_function_is_longer_than_50_lines(root, python_files):
    long = {
        f"{path.relative_to(root)}:{name}": size
        for path in python_files
        for name, size in _functions(path.read_text("utf-8"))
        if size > LONGEST_FUNCTION
    }
    assert long == {}


def test_a_function_is_measured_from_its_first_line_to_its_last():
    body = "    x = 1\n" * 50
    assert dict(_functions(f"class A:\n  async def long(self):\n{body}\ndef short():\n    pass\n")) == {
        "long": 51,
        "short": 2,
    }
