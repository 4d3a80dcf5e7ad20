"""Letters on releases through the JSON API: previewed, chosen, sent, for all three ways of releasing."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.domain import tokens
from confapp.domain.permissions import Role
from tests.factories import (
    NOW,
    make_account,
    make_conference,
    make_room,
    make_session,
    make_slot,
    make_speaker,
)


@pytest.fixture
def asked(client: FlaskClient, write: Any, clock: Any) -> Any:
    """A function that asks as a role of the conference `summit`, with Ada's talk in the Aula at eleven."""
    with write():
        conference = make_conference()
        talk = make_session(conference, "Spores", make_speaker(conference, "Ada", email="ada@example.org"))
        make_slot(conference, talk, make_room(conference, "Aula"), "12:00")
        accounts = {role: make_account(f"{role}@example.org", role=role, conference=conference) for role in ROLES}
        secrets = {
            role: tokens.create_token(account, label="test", expires_at=None, now=NOW)
            for role, account in accounts.items()
        }

    def ask(method: str, path: str, role: Role = Role.ORGANISER, **more: Any) -> Any:
        bearer = {"Authorization": f"Bearer {secrets[role]}"}
        return client.open(f"/api/conferences/summit{path}", method=method, headers=bearer, **more)

    return ask


ROLES = (Role.ORGANISER, Role.READ_ONLY)


def test_a_release_is_previewed_told_of_and_looked_at(asked: Any) -> None:
    body = {"note": {"en": "Hello."}, "tell": "later", "tell_groups": ["speakers"]}
    plan = asked("POST", "/releases/letters", json=body).json
    assert (plan["total"], plan["counts"]["speakers"], plan["telling"]) == (1, 1, None)
    (letter,) = plan["items"]
    assert (letter["email"], letter["subject"], letter["groups"]) == ("ada@example.org", "New: Spores", ["speakers"])
    assert letter["concerns"][0]["kind"] == "new"
    assert "Hello." in letter["text"]
    assert "Hello." in letter["html"]
    assert asked("GET", "/releases").json["items"] == []
    assert asked("POST", "/releases", json=body).status_code == 201
    held = asked("GET", "/releases/1/letters").json
    assert held["items"] == plan["items"], "the same words before and after"
    assert held["telling"]["state"] == "draft"
    chosen = asked("PUT", "/releases/1/letters", json={"tell": "at", "tell_at": "2026-05-18T10:00:00Z"}).json
    assert (chosen["state"], chosen["due_at"]) == ("scheduled", "2026-05-18T10:00:00Z")
    chosen = asked("PUT", "/releases/1/letters", json={"tell": "now"}).json
    assert chosen["due_at"] == "2026-05-18T09:00:00Z"


def test_amending_and_going_back_are_previewed_too(asked: Any) -> None:
    asked("POST", "/releases", json={"tell": "nobody"})
    (slot,) = asked("GET", "/slots").json["items"]
    place = {"room": "aula", "starts_at": "2026-05-18T15:00", "minutes": 30, "tell": "now"}
    plan = asked("POST", f"/slots/{slot['uuid']}/amend/letters", json=place)
    assert [each["subject"] for each in plan.json["items"]] == ["Moved: Spores"]
    assert asked("GET", "/slots").json["items"] == [slot], "it was only asked"
    assert asked("POST", f"/slots/{slot['uuid']}/amend", json=place).status_code == 201
    assert asked("GET", "/releases/2/letters").json["items"] == plan.json["items"]
    back = asked("POST", "/releases/1/roll-back/letters", json={}).json
    assert back["items"] == [], "the letters on release 2 have not gone out: nobody has to be told that it is undone"
    assert asked("POST", "/releases/1/roll-back", json={"tell": "nobody"}).status_code == 201
    assert asked("GET", "/releases/3/letters").json["telling"]["state"] == "nobody"


def test_what_is_wrong_is_named_and_who_may_not_sees_nothing(asked: Any) -> None:
    assert asked("POST", "/releases", json={"tell": "sometime"}).status_code == 422
    refused = asked("POST", "/releases", json={"tell": "at"})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["tell_at"])
    assert asked("GET", "/releases").json["items"] == [], "nothing was released"
    assert asked("POST", "/releases/9/roll-back/letters", json={}).status_code == 404
    for method, path in (("POST", "/releases/letters"), ("GET", "/releases/1/letters"), ("PUT", "/releases/1/letters")):
        assert asked(method, path, Role.READ_ONLY, json={}).status_code == 404


def test_where_a_speaker_is_reached_is_for_those_who_may_edit_her(asked: Any) -> None:
    (ada,) = asked("GET", "/speakers").json["items"]
    for path in ("/speakers", f"/speakers/{ada['code']}"):
        assert "ada@example.org" in asked("GET", path).text
        assert "ada@example.org" not in asked("GET", path, Role.READ_ONLY).text


def test_a_speakers_address_is_sent_by_letter(asked: Any) -> None:
    (ada,) = asked("GET", "/speakers").json["items"]
    assert asked("POST", f"/speakers/{ada['code']}/invitation/letter").status_code == 202
    assert asked("PATCH", f"/speakers/{ada['code']}", json={"email": None}).status_code == 200
    assert asked("POST", f"/speakers/{ada['code']}/invitation/letter").status_code == 409
