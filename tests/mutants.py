"""T20 at length: every condition of the embargo turned round in turn, and the tests that must notice; prints a table.

`python -m tests.mutants [--only WORD] [--every N]` runs it; `make soak` does.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from confapp.domain.press import transcript_states

ROOT = Path(__file__).resolve().parents[1]
MODULES = (
    "press.policies",
    "press.transcript_guards",
    "press.release_guards",
    "press.transcript_states",
    "press.publishing",
    "live.stage",
    "press.alarms",
)
"""The files of `confapp/domain` by which words go out or do not."""
TESTS = (
    "press/test_policies",
    "press/test_transcript_guards",
    "press/test_transcript_states",
    "press/test_publishing",
    "press/test_alarms",
    "live/test_stage",
    "press/test_publications",
    "press/test_search",
    "press/test_transcript_editing",
    "press/test_press_machine",
)
LONGEST = 180
"""Seconds; a mutant that loops for ever is noticed too."""
TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
EQUIVALENT = frozenset(
    {
        "policies.arming_of and ↔ or",  # both times are stored together, or neither is
        "release_guards.asked_by_another Lt → LtE",  # two events never have one id
        "release_guards.open_incident Lt → LtE",
        # SQLite lets one write at a time; test_press_races holds the locks on PostgreSQL.
        "transcript_states.lock execute left out",
        "transcript_states.lock one left out",
        "transcript_states.lock Eq → NotEq",
        "transcript_states.apply lock left out",
        "transcript_states.apply Is → IsNot",
        "transcript_states.unhold lock left out",
        "publishing.release_due lock left out",
        "publishing.release_due keep_still left out",
        "publishing.withdraw lock left out",
        "publishing.raise_alarm lock left out",
        # What is looked up next brings the rows to the database anyway.
        "transcript_states._take flush left out",
        "publishing._publish flush left out",
    }
)
"""Mutants, without their line, that change nothing that anybody could see, each for the reason beside it."""


@dataclass(frozen=True)
class Mutant:
    """One change to the running code."""

    name: str
    apply: Callable[[], None]


def _changes(tree: ast.AST) -> Iterator[tuple[int, str, Callable[[ast.AST], None]]]:
    """What can be changed in a tree: the number of the node in `ast.walk`, what it becomes, and how."""
    for number, node in enumerate(ast.walk(tree)):
        if isinstance(node, ast.If | ast.IfExp):
            yield number, "condition turned round", _negate
        if isinstance(node, ast.Compare) and type(node.ops[0]) in TURNED:
            yield number, f"{type(node.ops[0]).__name__} → {TURNED[type(node.ops[0])].__name__}", _turn
        if isinstance(node, ast.BoolOp):
            yield number, "and ↔ or", _swap
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield number, f"{ast.unparse(node.value.func).rpartition('.')[2]} left out", _drop


def _negate(node: Any) -> None:
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _turn(node: Any) -> None:
    node.ops[0] = TURNED[type(node.ops[0])]()


def _swap(node: Any) -> None:
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()


def _drop(node: Any) -> None:
    node.value = ast.Constant(None)


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions of a module and the methods of its classes, by their dotted names within it."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{each.name}", each) for each in node.body if isinstance(each, ast.FunctionDef))


def _code(compiled: CodeType, qualified: str) -> CodeType:
    """The code of a function within a module's code."""
    for constant in compiled.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_qualname == qualified:
                return constant
            if qualified.startswith(f"{constant.co_qualname}."):
                return _code(constant, qualified)
    raise LookupError(qualified)


def _live(module: ModuleType, qualified: str) -> FunctionType:
    """The function that runs under this name; changing its code changes it for all who imported it."""
    found: Any = module
    for part in qualified.split("."):
        found = found.__dict__[part]
    if isinstance(found, property):
        found = found.fget
    elif isinstance(found, cached_property):
        found = found.func
    assert isinstance(found, FunctionType)
    return found


def of_conditions() -> Iterator[Mutant]:
    """Every condition, comparison and call in every function of MODULES."""
    for name in MODULES:
        module = importlib.import_module(f"confapp.domain.{name}")
        file = str(module.__file__)
        tree = ast.parse(Path(file).read_text("utf-8"))
        for qualified, function in _functions(tree):
            for number, words, change in _changes(function):
                mutated = copy.deepcopy(tree)
                node = list(ast.walk(dict(_functions(mutated))[qualified]))[number]
                change(node)
                line = getattr(node, "lineno", 0)
                code = compile(ast.fix_missing_locations(mutated), file, "exec", dont_inherit=True)

                def apply(module: ModuleType = module, qualified: str = qualified, code: CodeType = code) -> None:
                    _live(module, qualified).__code__ = _code(code, qualified)

                yield Mutant(f"{name.rpartition('.')[2]}.{qualified} {words}, line {line}", apply)


def of_tables() -> Iterator[Mutant]:
    """Every guard left out of every transition, every approval left standing, every reaction of the worker left out."""
    table: Any = transcript_states.TRANSITIONS
    for event, transition in list(table.items()):
        for guard in transition.guards:
            fewer = replace(transition, guards=tuple(each for each in transition.guards if each != guard))
            yield Mutant(f"table: {event.value} without {guard}", lambda e=event, t=fewer: table.update({e: t}))
        if transition.voids:
            kept = replace(transition, voids=False)
            yield Mutant(f"table: {event.value} keeps approvals", lambda e=event, t=kept: table.update({e: t}))
    for reaction in transcript_states.REACTIONS:
        fewer_reactions = tuple(each for each in transcript_states.REACTIONS if each is not reaction)
        yield Mutant(
            f"table: no {reaction[1].value} where {reaction[0]} fails",
            lambda left=fewer_reactions: setattr(transcript_states, "REACTIONS", left),
        )


class Loop:
    """A pytest plugin: collect once, run all without a mutant, then in a process of its own for each mutant."""

    def __init__(self, mutants: Sequence[Mutant]) -> None:
        self.mutants = mutants
        self.lived: list[str] = []
        self.counts: dict[str, list[int]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In the place of pytest's own."""
        if not self._passes(session):
            raise pytest.UsageError("the tests fail without any mutant")
        for mutant in self.mutants:
            noticed = self._is_noticed(session, mutant)
            tally = self.counts.setdefault(mutant.name.partition(".")[0].partition(":")[0], [0, 0])
            tally[0] += 1
            tally[1] += noticed
            if not noticed:
                self.lived.append(mutant.name)
                print(f"lived: {mutant.name}", flush=True)
        return True

    def _passes(self, session: pytest.Session) -> bool:
        """Whether all tests pass; what they share stays set up for those who come after."""
        for item, following in zip(session.items, [*session.items[1:], session.items[0]], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                return False
        return True

    def _is_noticed(self, session: pytest.Session, mutant: Mutant) -> bool:
        child = os.fork()
        if child == 0:
            signal.alarm(LONGEST)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            status = 1
            try:
                mutant.apply()
                status = not self._passes(session)
            finally:
                os._exit(int(status))
        return os.waitpid(child, 0)[1] != 0


def main(arguments: list[str] | None = None) -> int:
    """Try the mutants, print each that lived and a table by file; returns how many lived that should not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="try those whose name holds this word")
    parser.add_argument("--every", type=int, default=1, help="try each so-manieth")
    chosen = parser.parse_args(arguments)
    mutants = [each for each in (*of_tables(), *of_conditions()) if chosen.only in each.name][:: chosen.every]
    loop, began = Loop(mutants), time.monotonic()
    tests = [str(ROOT / "tests" / "domain" / f"{each}.py") for each in TESTS]
    options = ["-s", "-q", "-p", "no:cacheprovider", "-k", "not postgresql", "-m", "not soak"]
    status = pytest.main([*options, *tests], plugins=[loop])
    if not loop.counts:
        return int(status) or 1
    print(f"\n{'where':<20}{'mutants':>8}{'noticed':>8}")
    for where, (tried, noticed) in loop.counts.items():
        print(f"{where:<20}{tried:>8}{noticed:>8}")
    noticed = len(mutants) - len(loop.lived)
    print(f"{'all':<20}{len(mutants):>8}{noticed:>8}   {time.monotonic() - began:.0f} s")
    return sum(each.partition(", line")[0] not in EQUIVALENT for each in loop.lived)


if __name__ == "__main__":
    sys.exit(min(main(), 100))
