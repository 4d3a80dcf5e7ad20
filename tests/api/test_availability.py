"""Availability and walks through the JSON API: set whole, read back, refused in words."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.domain import tokens
from confapp.domain.permissions import Role
from tests.factories import NOW, make_account, make_conference, make_room, make_speaker, make_venue

MORNING = {"starts_at": "2026-05-18T07:00:00+00:00", "ends_at": "2026-05-18T10:00:00+00:00"}


@pytest.fixture
def asked(client: FlaskClient, write: Any) -> Any:
    """A function that asks as a role of `summit`, which has a room, a speaker and two venues; `ask.ada` is her code."""
    with write():
        conference = make_conference()
        make_room(conference, "Aula")
        make_venue(conference, "Palace")
        make_venue(conference, "Campus")
        ada = make_speaker(conference, "Ada").code
        secrets = {}
        for role in (Role.ORGANISER, Role.READ_ONLY):
            account = make_account(f"{role}@example.org", role=role, conference=conference)
            secrets[role] = tokens.create_token(account, label="test", expires_at=None, now=NOW)

    def ask(method: str, path: str, role: Role = Role.ORGANISER, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {secrets[role]}"}
        path = path.replace("<ada>", ada)
        return client.open(f"/api/conferences/summit{path}", method=method, headers=headers, **more)

    return ask


@pytest.mark.parametrize("path", ["/rooms/aula/availability", "/speakers/<ada>/availability"])
def test_availability_is_set_whole(asked: Any, path: str) -> None:
    assert asked("GET", path).json == {"spans": []}
    local = {"starts_at": "2026-05-18T09:00", "ends_at": "2026-05-18T12:00"}
    assert asked("PUT", path, json={"spans": [local]}).json == {"spans": [MORNING]}
    assert asked("GET", path).json == {"spans": [MORNING]}
    for wrong in (
        {"starts_at": MORNING["ends_at"], "ends_at": MORNING["starts_at"]},
        {"starts_at": "soon", "ends_at": "later"},
        {"starts_at": MORNING["starts_at"]},
        "always",
    ):
        refused = asked("PUT", path, json={"spans": [wrong]})
        assert (refused.status_code, list(refused.json["errors"])) == (422, ["spans"])
    assert asked("PUT", path, Role.READ_ONLY, json={"spans": []}).status_code == 404
    assert asked("PUT", path, json={"spans": []}).json == {"spans": []}


def test_when_somebody_can_come_is_for_those_who_plan(asked: Any) -> None:
    assert asked("GET", "/speakers/<ada>/availability", Role.READ_ONLY).status_code == 404
    assert asked("GET", "/rooms/aula/availability", Role.READ_ONLY).status_code == 200


def test_walks_are_set_in_both_directions(asked: Any) -> None:
    both = {"walks": [{"venue": "campus", "minutes": 15}, {"venue": "palace", "minutes": 3}]}
    assert asked("PUT", "/venues/palace/walks", json=both).json == both
    assert asked("GET", "/venues/campus/walks", Role.READ_ONLY).json == {"walks": [{"venue": "palace", "minutes": 15}]}
    for wrong in ({"venue": "moon", "minutes": 1}, {"venue": "campus", "minutes": 241}, {"venue": "campus"}):
        refused = asked("PUT", "/venues/palace/walks", json={"walks": [wrong]})
        assert (refused.status_code, list(refused.json["errors"])) == (422, ["walks"])
    none = {"walks": [{"venue": "campus", "minutes": 0}]}
    assert asked("PUT", "/venues/palace/walks", json=none).json == {"walks": [{"venue": "palace", "minutes": 3}]}
    assert asked("PUT", "/venues/palace/walks", Role.READ_ONLY, json=none).status_code == 404
