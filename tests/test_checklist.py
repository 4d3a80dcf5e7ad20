"""The press office's checklist, T1 to T21: each has a test that says its number, in its name or its first line."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CHECKLIST = {
    1: "tokens in every field",
    2: "two databases that differ in what is not released",
    3: "search",
    4: "feeds and sitemap",
    5: "calendars",
    6: "ETags and lengths",
    7: "404 before, at once 200 after",
    8: "no direct address",
    9: "guessed addresses",
    10: "nothing outside before the commit, crashes",
    11: "clocks",
    12: "overruns, moves, cancelling, wrong ends",
    13: "races",
    14: "self-approval",
    15: "preview links",
    16: "withdrawn words",
    17: "placeholders",
    18: "captions and audio",
    19: "a bundle that fails in part",
    20: "guards removed",
    21: "a model beside the machine",
}


def named() -> dict[int, list[str]]:
    """The tests by the numbers that they say."""
    found: dict[int, list[str]] = {}
    for file in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                first = (ast.get_docstring(node) or "").partition("\n")[0]
                said = re.findall(r"(?<![A-Za-z0-9])[tT](\d+)(?![0-9])", f"{node.name.replace('_', ' ')} {first}")
                for number in {int(each) for each in said}:
                    found.setdefault(number, []).append(f"{file.name}::{node.name}")
    return found


def test_every_item_of_the_checklist_has_a_test() -> None:
    found = named()
    assert {number: words for number, words in CHECKLIST.items() if number not in found} == {}
    assert set(found) <= set(CHECKLIST), "a number that the checklist does not have"


@pytest.mark.soak
def test_t20_every_condition_turned_round_is_noticed() -> None:
    """Prints the table (`-s` shows it); hours on a small machine: CONFAPP_MUTANTS=10 tries each tenth."""
    every = os.environ.get("CONFAPP_MUTANTS", "1")
    command = [sys.executable, "-m", "tests.mutants", "--every", every]
    ran = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True)
    sys.stdout.write(ran.stdout)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]
