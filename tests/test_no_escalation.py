"""Nobody changes what is not theirs: each lesser role asks for everything, and what others hold stays as it was."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from confapp.database import Mode, Model, db
from confapp.domain.people import Account
from confapp.domain.permissions import Role
from confapp.domain.programme.conferences import Conference
from confapp.web import ConfappFlask
from tests.conftest import Transaction
from tests.factories import make_account, make_conference, make_host, make_room, make_track
from tests.visitors import scene, visits

pytestmark = [
    pytest.mark.sqlite,  # who may is asked in Python, the same on both
    pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile"),
]

TOLD = {
    "audit_entry",
    "audit_head",
    "audit_value",
    "outbox",
    "counter",
    "beat",
    "made_file",
    "private_file",
    "board_presence",
    "blob",
}
"""Tables that tell what was tried, or that no row of somebody's lies in."""
COUNTED = {"picked", "version"}
"""Columns that a visitor's own doings move: how many picked a session, how often a draft changed."""
OWN = {"account", "person", "registration", "feed", "pick", "api_token", "press_subscriber", "poll_vote"}
"""Where everybody may have rows of their own."""
MADE = {
    Role.TRACK_MANAGER: {"session", "part", "speaker", "person"},
    Role.HOST_COORDINATOR: {"room", "venue", "availability"},
}
"""Where a role may have rows of its own besides: in its track, of its host."""

Rows = Counter[tuple[Any, ...]]


def _held(write: Transaction, own: dict[str, int]) -> dict[str, Rows]:
    """Every row but the visitor's own account and person."""
    held = {}
    with write(Mode.READ):
        for table in Model.metadata.sorted_tables:
            if table.name in TOLD:
                continue
            columns = [column for column in table.c if column.name not in COUNTED]
            wanted = sa.select(*columns)
            if table.name in own:
                wanted = wanted.where(table.c.id != own[table.name])
            held[table.name] = Counter(tuple(map(repr, row)) for row in db.session.execute(wanted))
    return held


def _visitor(role: Role | None, conference: Conference) -> Account:
    """Somebody with a role in a part of the conference where nothing of the scene lies; None: owner of another one."""
    if role is None:
        return make_account("visitor@example.org", role=Role.OWNER, conference=make_conference("elsewhere"))
    scopes = {
        Role.TRACK_MANAGER: lambda: make_track(conference, "Own").id,
        Role.HOST_COORDINATOR: lambda: make_host(conference, "Own").id,
        Role.STAGE_DESK: lambda: make_room(conference, "Own").id,
    }
    scope = scopes[role]() if role in scopes else None
    return make_account("visitor@example.org", role=role, conference=conference, scope_id=scope)


LESSER = [None, Role.TRACK_MANAGER, Role.HOST_COORDINATOR, Role.STAGE_DESK, Role.DOOR_STAFF, Role.READ_ONLY]


def _try_everything(app: ConfappFlask, write: Transaction, role: Role | None, seed: int) -> None:
    with write():
        known, _account = scene()
        conference = db.session.scalars(sa.select(Conference)).one()
        visitor = _visitor(role, conference)
    own = {"account": visitor.id, "person": visitor.person_id}
    before = _held(write, own)
    done = Counter[int]()
    for visit in visits(app.test_client(), visitor, known, random.Random(seed)):
        done[visit.answer.status_code] += 1
    after = _held(write, own)
    gone = {name: list(rows - after[name]) for name, rows in before.items() if rows - after[name]}
    made = {name: list(rows - before[name]) for name, rows in after.items() if rows - before[name]}
    allowed = OWN | (MADE.get(role, set()) if role else set())
    assert gone == {}, f"{role}, seed {seed}"
    assert {name: rows for name, rows in made.items() if name not in allowed} == {}, f"{role}, seed {seed}"
    assert done[404] > 100
    assert done[200] > 20


@pytest.mark.parametrize("role", [Role.TRACK_MANAGER, Role.READ_ONLY], ids=str)
def test_somebody_lesser_changes_nothing_of_others(
    make_app: Callable[..., ConfappFlask], write: Transaction, role: Role | None
) -> None:
    _try_everything(make_app(file_wait=0.0), write, role, seed=5)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("role", LESSER)
def test_nobody_lesser_changes_anything_of_others(
    make_app: Callable[..., ConfappFlask], write: Transaction, role: Role | None, seed: int
) -> None:
    _try_everything(make_app(file_wait=0.0), write, role, seed)
