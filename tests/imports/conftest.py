"""How the tests of importing bring a plan into the database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from confapp.database import Mode
from confapp.domain.programme import conferences
from confapp.imports.apply import apply
from confapp.imports.difference import Difference, prepare
from confapp.imports.plan import Plan
from tests.conftest import NOW, Transaction

Importing = Callable[..., Difference]


@pytest.fixture
def bring(write: Transaction) -> Importing:
    """`bring(plan)` imports a plan as the command does: prepared while reading, applied while writing."""

    def bring(plan: Plan, slug: str = "spring") -> Difference:
        with write(Mode.READ):
            difference = prepare(plan, conferences.find(slug), slug=slug)
        with write():
            apply(difference, by=None, now=NOW)
        return difference

    return bring
