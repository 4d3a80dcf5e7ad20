"""Slots and releases through the JSON API: placed, moved with If-Match, clashing, released."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.domain import tokens
from confapp.domain.permissions import Role
from tests.factories import NOW, at, make_account, make_conference, make_room, make_session, make_slot, make_track


@pytest.fixture
def asked(client: FlaskClient, write: Any) -> Any:
    """A function that asks as a role of the conference `summit`, which has two rooms, a placed and an unplaced talk."""
    with write():
        conference = make_conference()
        aula, _annexe = make_room(conference, "Aula"), make_room(conference, "Annexe")
        track = make_track(conference, "Medicine")
        placed = make_session(conference, "Spores", track=track)
        make_session(conference, "Yeast", track=track, duration_minutes=45)
        make_slot(conference, placed, aula, "10:00", 30)
        accounts = {role: make_account(f"{role}@example.org", role=role, conference=conference) for role in ROLES}
        secrets = {
            role: tokens.create_token(account, label="test", expires_at=None, now=NOW)
            for role, account in accounts.items()
        }

    def ask(method: str, path: str, role: Role = Role.ORGANISER, headers: Any = None, **more: Any) -> Any:
        bearer = {"Authorization": f"Bearer {secrets[role]}"}
        return client.open(f"/api/conferences/summit{path}", method=method, headers=bearer | (headers or {}), **more)

    return ask


ROLES = (Role.ORGANISER, Role.READ_ONLY)


def first_slot(asked: Any) -> Any:
    return asked("GET", "/slots").json["items"][0]


def test_a_session_gets_a_place_on_the_conferences_clock(asked: Any) -> None:
    code = next(each["code"] for each in asked("GET", "/sessions").json["items"] if each["title"]["en"] == "Yeast")
    made = asked("POST", f"/sessions/{code}/slots", json={"room": "aula", "starts_at": "2026-05-18T11:00"})
    assert made.status_code == 201
    assert (made.json["starts_at"], made.json["ends_at"]) == ("2026-05-18T09:00:00Z", "2026-05-18T09:45:00Z")
    assert (made.json["session"], made.json["room"]) == (code, "aula")


def test_a_clash_names_every_conflict_and_stores_nothing(asked: Any) -> None:
    code = next(each["code"] for each in asked("GET", "/sessions").json["items"] if each["title"]["en"] == "Yeast")
    refused = asked("POST", f"/sessions/{code}/slots", json={"room": "aula", "starts_at": "2026-05-18T10:15"})
    assert refused.status_code == 409
    (conflict,) = [each for each in refused.json["conflicts"] if each["grade"] == "blocks"]
    assert (conflict["rule"], conflict["subject"]) == ("room", "aula")
    assert "Spores" in conflict["message"]
    assert "Yeast" in conflict["message"]
    assert asked("GET", "/slots").json["total"] == 1


def test_a_stale_move_is_refused_with_the_version_that_stands(asked: Any) -> None:
    slot = first_slot(asked)
    move = {"room": "annexe", "starts_at": at("14:00").isoformat(), "ends_at": at("14:30").isoformat()}
    seen = {"If-Match": f'"{slot["version"]}"'}
    moved = asked("PUT", f"/slots/{slot['uuid']}", headers=seen, json=move)
    assert (moved.status_code, moved.json["room"]) == (200, "annexe")
    stale = asked("PUT", f"/slots/{slot['uuid']}", headers=seen, json=move | {"room": "aula"})
    assert (stale.status_code, stale.json["version"]) == (412, moved.json["version"])
    assert first_slot(asked)["room"] == "annexe"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_at": "yesterday"}, "starts_at"),
        ({"ends_at": "2026-05-18T07:00:00Z"}, "ends_at"),
        ({"room": "cellar"}, "room"),
        ({"minutes": 0}, "minutes"),
        ({"speed": 3}, "speed"),
    ],
)
def test_wrong_places_name_the_field(asked: Any, change: dict[str, Any], field: str) -> None:
    slot = first_slot(asked)
    place = {"room": "aula", "starts_at": "2026-05-18T09:00:00Z"}
    refused = asked("PUT", f"/slots/{slot['uuid']}", json=place | change)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])
    assert first_slot(asked) == slot


def test_unplacing_keeps_the_slots_identity(asked: Any) -> None:
    slot = first_slot(asked)
    assert asked("DELETE", f"/slots/{slot['uuid']}").status_code == 204
    assert asked("GET", "/slots").json["total"] == 0
    place = {"room": "aula", "starts_at": "2026-05-18T09:00:00Z"}
    again = asked("POST", f"/sessions/{slot['session']}/slots", json=place)
    assert (again.json["uuid"], again.json["number"]) == (slot["uuid"], slot["number"])


def test_a_release_is_numbered_and_refuses_a_draft_that_moved_on(asked: Any) -> None:
    version = asked("GET", "/conflicts").json["version"]
    made = asked("POST", "/releases", json={"expected": version, "note": {"en": "First"}})
    assert (made.status_code, made.json["number"], made.json["note"]) == (201, 1, {"en": "First"})
    slot = first_slot(asked)
    asked("PUT", f"/slots/{slot['uuid']}", json={"room": "annexe", "starts_at": "2026-05-18T09:00:00Z"})
    stale = asked("POST", "/releases", json={"expected": version})
    assert stale.status_code == 412
    assert asked("GET", "/releases").json["total"] == 1


def test_who_only_reads_places_and_releases_nothing(asked: Any) -> None:
    slot = first_slot(asked)
    place = {"room": "annexe", "starts_at": "2026-05-18T09:00:00Z"}
    assert asked("PUT", f"/slots/{slot['uuid']}", Role.READ_ONLY, json=place).status_code == 404
    assert asked("POST", "/releases", Role.READ_ONLY, json={}).status_code == 404
    assert asked("GET", "/slots", Role.READ_ONLY).status_code == 200
