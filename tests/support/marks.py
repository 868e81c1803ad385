"""Which tests carry a mark of what they show, read from their source without running them."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Shown:
    """A test that shows something, by its file beside the repository's root and its name in it."""

    path: str
    name: str


def shown_in(root: Path) -> Mapping[str, Sequence[Shown]]:
    """Return the tests that show each number, in order of file and name."""
    found: dict[str, set[Shown]] = defaultdict(set)
    for path in sorted((root / "tests").rglob("test_*.py")):
        for number, name in marks_of(ast.parse(path.read_text("utf-8"))):
            found[number].add(Shown(path.relative_to(root).as_posix(), name))
    return {number: sorted(tests) for number, tests in found.items()}


def marks_of(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield (number, test) of a file: a mark on the module, a class, a function, or one of its parameters.

    What is marked but is no test, or is expected to fail, shows nothing.
    """
    everywhere = [
        number
        for node in module.body
        if isinstance(node, ast.Assign) and any(_is_name(one, "pytestmark") for one in node.targets)
        for number in _numbers([node.value])
    ]
    for node in module.body:
        yield from _of(node, everywhere, "")


def _of(node: ast.stmt, above: Sequence[str], inside: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
        own = [*above, *_numbers(node.decorator_list)]
        # A class that inherits its tests shows its numbers by them.
        yield from ((number, node.name) for number in own)
        for inner in node.body:
            yield from _of(inner, (), f"{node.name}.")
    elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
        fails = any(_calls(one, "xfail") for one in node.decorator_list)
        yield from ((number, inside + node.name) for number in [*above, *_numbers(node.decorator_list)] if not fails)


def _numbers(nodes: Sequence[ast.expr]) -> list[str]:
    calls = [one for node in nodes for one in ast.walk(node) if isinstance(one, ast.Call) and _calls(one, "covers")]
    given = [argument for call in calls for argument in call.args]
    return [str(one.value) if isinstance(one, ast.Constant) else ast.unparse(one) for one in given]


def _calls(node: ast.expr, mark: str) -> bool:
    function = node.func if isinstance(node, ast.Call) else node
    return isinstance(function, ast.Attribute) and function.attr == mark


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
