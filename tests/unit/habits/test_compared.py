"""A secret is compared in constant time: how long a refusal takes tells nothing of how much was right."""

import ast
import re
from collections.abc import Iterator

SECRET = re.compile(r"^[a-z_]*(secret|token|password|signature|csrf|sessid)$")
OWN = {"connectors/pixlpark/tokens.py"}
"""Where both sides are the hub's own, and nobody outside waits for the outcome."""


def _compared(source: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            sides = [node.left, *node.comparators]
            if any(_is_secret(side) for side in sides) and not any(isinstance(side, ast.Constant) for side in sides):
                yield node.lineno


def _is_secret(node: ast.expr) -> bool:
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return bool(SECRET.search(name))


def test_no_secret_is_compared_with_an_equals_sign(root):
    package = root / "src" / "sverka"
    found = [
        f"{path.relative_to(package)}:{line}"
        for path in sorted(package.rglob("*.py"))
        if "sandbox" not in path.parts and str(path.relative_to(package)) not in OWN
        for line in _compared(path.read_text("utf-8"))
    ]
    assert found == [], "use hmac.compare_digest"


def test_what_is_looked_for_is_found():
    assert list(_compared("if given == self._token: ...\nif token != '': ...\nif secret == other: ...")) == [1, 3]
