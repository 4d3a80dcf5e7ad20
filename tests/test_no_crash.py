"""No request, however mad, makes the app fail: every address of the URL map, on both databases."""

from __future__ import annotations

import gc
import random
from collections import Counter
from collections.abc import Callable

import pytest

from confapp.web import ConfappFlask
from tests.conftest import Transaction
from tests.visitors import scene, visits

NOT_MADE_YET = 503
"""What a file answers that no worker made."""


def _visit(make_app: Callable[..., ConfappFlask], write: Transaction, seed: int) -> None:
    app = make_app(file_wait=0.0)
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a failure is an answer, as in real life
    with write():
        known, account = scene()
    wrong, seen = [], Counter[int]()
    for visit in visits(app.test_client(), account, known, random.Random(seed)):
        seen[visit.answer.status_code] += 1
        if visit.answer.status_code >= 500 and visit.answer.status_code != NOT_MADE_YET:
            wrong.append(str(visit))
    gc.collect()  # broken uploads leave files that nobody closed; whose test that is, is known here
    assert wrong == [], f"seed {seed}"
    assert seen[200] > 50
    assert seen[404] > 20
    assert seen[422] > 10


LEFT_OPEN = pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile")


@LEFT_OPEN
def test_no_visitor_makes_the_app_fail(make_app: Callable[..., ConfappFlask], write: Transaction) -> None:
    _visit(make_app, write, seed=40)


@LEFT_OPEN
@pytest.mark.soak
@pytest.mark.parametrize("seed", range(40))
def test_no_crowd_of_visitors_makes_the_app_fail(
    make_app: Callable[..., ConfappFlask], write: Transaction, seed: int
) -> None:
    _visit(make_app, write, seed)
