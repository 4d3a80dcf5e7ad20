"""Conflicts through the JSON API: ways out, overrides, the places of a slot, the order of sessions."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.domain import tokens
from confapp.domain.permissions import Role
from tests.factories import NOW, at, make_account, make_conference, make_room, make_session, make_slot, make_speaker


@pytest.fixture
def asked(client: FlaskClient, write: Any) -> Any:
    """A function that asks as a role of `summit`: two talks of Ada at ten, in the Aula and in the Annexe."""
    with write():
        conference = make_conference()
        ada = make_speaker(conference, "Ada")
        for title, room in (("Spores", "Aula"), ("Yeast", "Annexe")):
            make_slot(conference, make_session(conference, title, ada), make_room(conference, room), "10:00", 30)
        make_session(conference, "Later", make_speaker(conference, "Bob"), duration_minutes=45)
        secrets = {}
        for role in (Role.ORGANISER, Role.READ_ONLY):
            account = make_account(f"{role}@example.org", role=role, conference=conference)
            secrets[role] = tokens.create_token(account, label="test", expires_at=None, now=NOW)

    def ask(method: str, path: str, role: Role = Role.ORGANISER, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {secrets[role]}"}
        return client.open(f"/api/conferences/summit{path}", method=method, headers=headers, **more)

    return ask


def codes(asked: Any) -> dict[str, str]:
    return {each["title"]["en"]: each["code"] for each in asked("GET", "/sessions").json["items"]}


def test_conflicts_come_with_both_sides_and_ways_out(asked: Any) -> None:
    (conflict,) = asked("GET", "/conflicts").json["items"]
    assert (conflict["rule"], conflict["grade"], len(conflict["slots"]), conflict["accepted"]) == (
        "person",
        "blocks",
        2,
        None,
    )
    way = conflict["ways_out"][0]
    assert set(way) == {"room", "starts_at", "ends_at", "label"}
    assert way["label"].startswith(("Aula, Mon 18 May", "Annexe, Mon 18 May"))


def test_a_refused_move_names_ways_out(asked: Any) -> None:
    slot = asked("GET", "/slots").json["items"][0]
    refused = asked("PUT", f"/slots/{slot['uuid']}", json={"room": "annexe", "starts_at": at("10:15").isoformat()})
    assert refused.status_code == 409
    assert refused.json["ways_out"]
    way = refused.json["ways_out"][0]
    place = {"room": way["room"], "starts_at": way["starts_at"], "ends_at": way["ends_at"]}
    assert asked("PUT", f"/slots/{slot['uuid']}", json=place).json["warnings"] == []


def test_a_conflict_stands_for_a_reason_and_no_longer(asked: Any) -> None:
    (conflict,) = asked("GET", "/conflicts").json["items"]
    path = f"/conflicts/{conflict['fingerprint']}/override"
    assert asked("PUT", path, json={"reason": ""}).status_code == 422
    assert asked("PUT", path, Role.READ_ONLY, json={"reason": "x"}).status_code == 404
    assert asked("PUT", "/conflicts/unknown/override", json={"reason": "x"}).status_code == 404
    stands = asked("PUT", path, json={"reason": "She is quick."})
    assert stands.json["accepted"] == {
        "reason": "She is quick.",
        "at": "2026-05-18T09:00:00+00:00",
        "by": "organiser@example.org",
    }
    assert asked("GET", "/conflicts").json["items"][0]["accepted"] == stands.json["accepted"]
    assert asked("POST", "/releases", json={}).status_code == 201
    assert asked("DELETE", path).status_code == 204
    assert asked("DELETE", path).status_code == 404
    assert asked("POST", "/releases", json={}).status_code == 409


def test_the_places_of_a_slot_name_what_is_in_the_way(asked: Any) -> None:
    slot = asked("GET", "/slots").json["items"][0]
    answer = asked("GET", f"/slots/{slot['uuid']}/places")
    assert answer.json["version"] == asked("GET", "/conflicts").json["version"]
    assert set(answer.json["rooms"]) == {"", "aula", "annexe"}
    (busy,) = answer.json["rooms"]["aula"]
    assert busy == {
        "starts_at": "2026-05-18T08:00:00+00:00",
        "ends_at": "2026-05-18T08:30:00+00:00",
        "grade": "blocks",
        "rule": "person",
        "reason": "Ada is in “Yeast”",
    }
    assert {each["rule"] for each in answer.json["rooms"]["annexe"]} == {"room", "person"}
    later = asked("GET", f"/sessions/{codes(asked)['Later']}/places").json["rooms"]
    assert {each["rule"] for each in later["aula"]} == {"room"}
    for path in (f"/slots/{slot['uuid']}/places", f"/sessions/{codes(asked)['Later']}/places"):
        assert asked("GET", path, Role.READ_ONLY).status_code == 404


def test_sessions_follow_others(asked: Any) -> None:
    known = codes(asked)
    path = f"/sessions/{known['Yeast']}/order"
    assert asked("PUT", path, json={"after": [known["Spores"]]}).json == {"after": [known["Spores"]]}
    assert asked("GET", path, Role.READ_ONLY).json == {"after": [known["Spores"]]}
    assert {each["rule"] for each in asked("GET", "/conflicts").json["items"]} == {"person", "order"}
    for after in ([known["Yeast"]], ["NOSUCH"]):
        refused = asked("PUT", path, json={"after": after})
        assert (refused.status_code, list(refused.json["errors"])) == (422, ["after"])
    assert asked("PUT", path, Role.READ_ONLY, json={"after": []}).status_code == 404
    assert asked("PUT", path, json={"after": []}).json == {"after": []}


def test_a_task_names_its_cause_and_ways_out(asked: Any) -> None:
    assert asked("GET", "/tasks").json == {"items": []}
    closed = {"spans": [{"starts_at": "2026-05-18T18:00", "ends_at": "2026-05-18T22:00"}]}
    asked("PUT", "/rooms/aula/availability", json=closed)
    (task,) = asked("GET", "/tasks", Role.READ_ONLY).json["items"]
    assert (task["cause"], task["by"], task["conflict"]["rule"]) == ("hours", "organiser@example.org", "closed")
    assert task["conflict"]["ways_out"]
    asked("PUT", "/rooms/aula/availability", json={"spans": []})
    assert asked("GET", "/tasks").json == {"items": []}
