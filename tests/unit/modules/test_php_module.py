"""The module for a 1C-Bitrix site: its PHP is sound, its own tests pass, and its archive is always the same."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from support.php import MODULE, PHP, needs_php, php

CODE = MODULE / "sverka.orders"
FILES = sorted(MODULE.rglob("*.php"))
CASES = php(str(MODULE / "tests" / "run.php"), "--list").stdout.split() if PHP else ["absent"]
NEW = ("T_MATCH", "T_NULLSAFE_OBJECT_OPERATOR", "T_ATTRIBUTE", "T_ENUM", "T_READONLY")
"""Words that PHP 7.4 does not know."""

NEWER = (r"\bstr_(contains|starts_with|ends_with)\(", r"\bmixed\b", r"\barray_is_list\(")


@needs_php
def test_every_file_is_php():
    assert len(FILES) > 25, "the files were not found"
    said = {str(path.relative_to(MODULE)): php("-l", str(path)) for path in FILES}
    assert {name: done.stdout for name, done in said.items() if done.returncode != 0} == {}


@needs_php
def test_nothing_is_newer_than_php_7_4():
    script = (
        "foreach (array_slice($argv, 1) as $path) foreach (token_get_all(file_get_contents($path)) as $token) "
        "if (is_array($token)) echo $path, ' ', token_name($token[0]), PHP_EOL;"
    )
    found = php("-r", script, "--", *map(str, CODE.rglob("*.php"))).stdout
    assert "T_STRING" in found
    assert [word for word in NEW if word in found] == []
    written = "\n".join(path.read_text("utf-8") for path in CODE.rglob("*.php"))
    assert [pattern for pattern in NEWER if re.search(pattern, written)] == []


@needs_php
@pytest.mark.parametrize("case", CASES)
def test_its_own_tests_pass(case):
    ran = php(str(MODULE / "tests" / "run.php"), case)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout == f"ok      {case}\n"


@needs_php
def test_a_test_there_is_not_does_not_pass():
    assert php(str(MODULE / "tests" / "run.php"), "NoCase::testNothing").returncode == 1


def test_files_and_functions_are_small():
    sizes = {path.name: len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert {name: size for name, size in sizes.items() if size > 400} == {}
    long = {}
    for path in FILES:
        for found in re.finditer(r"^( *)[a-z ]*function (\w+)\(.*?^\1\}", path.read_text("utf-8"), re.M | re.S):
            long[f"{path.name}:{found[2]}"] = found[0].count("\n") + 1
    assert len(long) > 100
    assert {name: size for name, size in long.items() if size > 50} == {}


def test_its_archive_is_the_same_whenever_it_is_made(tmp_path: Path):
    script = MODULE.parents[1] / "scripts" / "module.py"
    for name in ("one.zip", "two.zip"):
        subprocess.run([sys.executable, str(script), str(tmp_path / name)], check=True, capture_output=True)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        names = archive.namelist()
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert "sverka.orders/install/index.php" in names
    assert len(names) == len([path for path in CODE.rglob("*") if path.is_file()])
