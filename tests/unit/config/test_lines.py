import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sverka.config.lines import dotted, line_numbers, nearest_line

DOCUMENT = '''# a comment with = and [x]
schema = 1  # one
"quoted.key" = "a # b"
'literal"key' = 'c:\\\\'
a.b = 2

[when]  # a table
"property.region" = { contains = "x, ]}", not = ["1",
  "2"] }

[status]
text = """
[not.a.table]
x = 1 \\"""
"""
map = [
  # { status = "no" },
  { status = "N", stage = ["A"] },
  { status = "P", stage = [
    "B", "C"] },
]
[[rows]]
n = 1
[[rows]]
n = 2
[rows.sub]
k = [1, [2, 3]]
"\\u0430" = true
'''


def test_each_kind_of_key_has_its_line():
    lines = line_numbers(DOCUMENT)
    assert lines == {
        ("schema",): 2,
        ("quoted.key",): 3,
        ('literal"key',): 4,
        ("a",): 5,
        ("a", "b"): 5,
        ("when",): 7,
        ("when", "property.region"): 8,
        ("when", "property.region", "contains"): 8,
        ("when", "property.region", "not"): 8,
        ("when", "property.region", "not", 0): 8,
        ("when", "property.region", "not", 1): 9,
        ("status",): 11,
        ("status", "text"): 12,
        ("status", "map"): 16,
        ("status", "map", 0): 18,
        ("status", "map", 0, "status"): 18,
        ("status", "map", 0, "stage"): 18,
        ("status", "map", 0, "stage", 0): 18,
        ("status", "map", 1): 19,
        ("status", "map", 1, "status"): 19,
        ("status", "map", 1, "stage"): 19,
        ("status", "map", 1, "stage", 0): 20,
        ("status", "map", 1, "stage", 1): 20,
        ("rows",): 22,
        ("rows", 0): 22,
        ("rows", 0, "n"): 23,
        ("rows", 1): 24,
        ("rows", 1, "n"): 25,
        ("rows", 1, "sub"): 26,
        ("rows", 1, "sub", "k"): 27,
        ("rows", 1, "sub", "k", 0): 27,
        ("rows", 1, "sub", "k", 1): 27,
        ("rows", 1, "sub", "k", 1, 0): 27,
        ("rows", 1, "sub", "k", 1, 1): 27,
        ("rows", 1, "sub", "а"): 28,
    }


def _paths(data, path=()):
    if path:
        yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from _paths(value, (*path, key))


def test_the_scanner_finds_what_tomllib_finds(profiles_dir):
    for file in profiles_dir.glob("*.toml"):
        text = file.read_text("utf-8")
        lines = line_numbers(text)
        assert set(lines) == set(_paths(tomllib.loads(text)))
        for path, line in lines.items():
            if isinstance(path[-1], str):
                assert path[-1].replace("\n", "\\n") in text.splitlines()[line - 1]
    assert set(line_numbers(DOCUMENT)) == set(_paths(tomllib.loads(DOCUMENT)))


@given(st.text(alphabet="ab.=[]{}\"'#,\\\n 1"))
def test_any_text_is_scanned_to_its_end(text):
    lines = line_numbers(text)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(lines) == set(_paths(data))


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (("status", "map", 0, "stage"), "status.map[0].stage"),
        (("fields", "order.number", "to"), 'fields."order.number".to'),
        ((), ""),
    ],
)
def test_a_path_is_written_as_people_read_it(path, shown):
    assert dotted(path) == shown


def test_a_missing_key_is_looked_for_around_it():
    lines = line_numbers("[deal]\ntitle = 'x'\n")
    assert nearest_line(lines, ("deal", "lines")) == 1
    assert nearest_line(lines, ("status",)) is None
