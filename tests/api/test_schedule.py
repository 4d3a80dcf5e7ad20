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


# History and bulk moves.


def test_ones_last_step_is_undone_and_done_again(asked: Any) -> None:
    slot = first_slot(asked)
    asked("PUT", f"/slots/{slot['uuid']}", json={"room": "annexe", "starts_at": "2026-05-18T12:00:00Z"})
    undone = asked("POST", "/schedule/undo", json={})
    assert undone.status_code == 200
    told = undone.json
    assert (told["deed"], told["version"], told["undo"], told["redo"]) == ("undo", 3, None, 2)
    (step,) = told["steps"]
    assert step["slot"] == slot["uuid"]
    assert step["after"] == {"room": "aula", "starts_at": slot["starts_at"], "ends_at": slot["ends_at"]}
    assert first_slot(asked)["room"] == "aula"
    again = asked("POST", "/schedule/redo", json={"version": 2})
    assert (again.json["undo"], again.json["redo"]) == (2, None)
    assert first_slot(asked)["room"] == "annexe"
    nothing = asked("POST", "/schedule/redo", json={})
    assert (nothing.status_code, nothing.json["detail"]) == (409, "You undid nothing that could be done again.")
    assert asked("POST", "/schedule/undo", json={"version": 77}).status_code == 404


def test_the_history_is_told_filtered_and_paged(asked: Any) -> None:
    slot = first_slot(asked)
    asked("PUT", f"/slots/{slot['uuid']}", json={"room": "annexe", "starts_at": "2026-05-18T12:00:00Z"})
    asked("POST", "/schedule/undo", json={})
    told = asked("GET", "/schedule/history", Role.READ_ONLY).json
    assert [(step["version"], step["deed"], step["target"], step["is_undone"]) for step in told["items"]] == [
        (3, "undo", 2, False),
        (2, "place", None, True),
        (1, "import", None, False),
    ]
    assert told["items"][1]["by"] == "organiser@example.org"
    assert told["items"][1]["slots"][0]["after"]["room"] == "annexe"
    told = asked("GET", "/schedule/history?room=annexe&page=2&page_size=1").json
    assert ([step["version"] for step in told["items"]], told["total"]) == ([2], 2)


def test_undoing_beneath_later_steps_names_them(asked: Any) -> None:
    slot = first_slot(asked)
    for hour in (12, 13):
        asked("PUT", f"/slots/{slot['uuid']}", json={"room": "aula", "starts_at": f"2026-05-18T{hour}:00:00Z"})
    refused = asked("POST", "/schedule/undo", json={"version": 2})
    assert (refused.status_code, refused.json["later"]) == (409, [3])
    blind = asked("POST", "/schedule/undo", json={"version": 2, "with_later": True})
    assert (blind.status_code, list(blind.json["errors"])) == (422, ["expected"])
    stale = asked("POST", "/schedule/undo", json={"version": 2, "with_later": True, "expected": 2})
    assert (stale.status_code, stale.json["version"]) == (412, 3)
    done = asked("POST", "/schedule/undo", json={"version": 2, "with_later": True, "expected": 3})
    assert (done.status_code, done.json["version"]) == (200, 5)
    assert first_slot(asked)["starts_at"] == slot["starts_at"]


def test_a_bulk_move_is_looked_at_then_done_under_the_version_that_was_seen(asked: Any) -> None:
    slot = first_slot(asked)
    move = {"move": "shift", "slots": [slot["uuid"]], "minutes": 30}
    blind = asked("POST", "/schedule/moves", json=move)
    assert (blind.status_code, list(blind.json["errors"])) == (422, ["expected"])
    told = asked("POST", "/schedule/moves", json=move | {"preview": True}).json
    assert (told["preview"], told["version"], told["blocks"]) == (True, 1, False)
    assert told["steps"][0]["after"]["starts_at"] == "2026-05-18T08:30:00Z"
    assert first_slot(asked) == slot
    done = asked("POST", "/schedule/moves", json=move | {"expected": told["version"]})
    assert (done.status_code, done.json["preview"], done.json["version"]) == (200, False, 2)
    assert first_slot(asked)["starts_at"] == "2026-05-18T08:30:00Z"
    stale = asked("POST", "/schedule/moves", json=move | {"expected": told["version"]})
    assert (stale.status_code, stale.json["version"]) == (412, 2)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"move": "dance"}, "move"),
        ({"move": "undo"}, "move"),
        ({"slots": ["x"]}, "slots"),
        ({"of_rooms": ["cellar"]}, "of_rooms"),
        ({"rooms": ["cellar"]}, "rooms"),
        ({"track": "none"}, "track"),
        ({"slots": []}, "slots"),
    ],
)
def test_wrong_moves_name_the_field(asked: Any, change: dict[str, Any], field: str) -> None:
    move = {"move": "shift", "slots": [first_slot(asked)["uuid"]], "minutes": 30, "preview": True}
    refused = asked("POST", "/schedule/moves", json=move | change)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])


def test_who_only_reads_undoes_and_moves_nothing(asked: Any) -> None:
    for path in ("/schedule/undo", "/schedule/redo", "/schedule/moves"):
        assert asked("POST", path, Role.READ_ONLY, json={}).status_code == 404


# Beside the whole draft's release.


def test_releases_are_compared_gone_back_to_and_amended(asked: Any) -> None:
    slot = first_slot(asked)
    asked("POST", "/releases", json={})
    place = {"room": "annexe", "starts_at": "2026-05-18T12:00:00Z"}
    made = asked("POST", f"/slots/{slot['uuid']}/amend", json=place)
    assert (made.status_code, made.json["number"]) == (201, 2)
    assert first_slot(asked)["room"] == "annexe"
    told = asked("GET", "/releases/compare?before=1&after=2").json
    (change,) = told["items"]
    assert (change["kind"], change["fields"]) == ("changed", ["time", "room"])
    assert (change["before"]["room"], change["after"]["room"]) == ("aula", "annexe")
    assert asked("GET", "/releases/compare?before=2").json["items"] == []
    back = asked("POST", "/releases/1/roll-back", json={"expected": 2})
    assert (back.status_code, back.json["number"]) == (201, 3)
    assert asked("GET", "/releases/compare?before=3&after=draft").json["items"] != []
    assert asked("POST", "/releases/1/roll-back", json={"expected": 2}).status_code == 412
    assert asked("GET", "/releases/compare?before=x").status_code == 422
    assert asked("GET", "/releases/compare?before=9").status_code == 404


def test_who_only_reads_neither_amends_nor_goes_back(asked: Any) -> None:
    slot = first_slot(asked)
    asked("POST", "/releases", json={})
    assert asked("POST", f"/slots/{slot['uuid']}/amend", Role.READ_ONLY, json={}).status_code == 404
    assert asked("POST", "/releases/1/roll-back", Role.READ_ONLY, json={}).status_code == 404
    assert asked("GET", "/releases/compare?before=1", Role.READ_ONLY).status_code == 200


def test_an_amendment_that_readers_would_not_see_stores_nothing(asked: Any) -> None:
    slot = first_slot(asked)
    asked("POST", "/releases", json={})
    same = {"room": "aula", "starts_at": slot["starts_at"]}
    assert asked("POST", f"/slots/{slot['uuid']}/amend", json=same).status_code == 409
    assert first_slot(asked) == slot
