"""Roles through the JSON API: given, listed, revoked, and refused where they must be."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from confapp.domain import tokens
from confapp.domain.permissions import Role
from tests.factories import NOW, make_account, make_conference, make_track


def test_an_owner_gives_and_revokes_roles(client: FlaskClient, write: Any) -> None:
    with write():
        owner = make_account("owner@example.org")
        conference = make_conference(by=owner)
        make_track(conference, "Medicine")
        make_account("manager@example.org")
        organiser = make_account("organiser@example.org", role=Role.ORGANISER, conference=conference)
        secrets = {
            account.email: tokens.create_token(account, label="test", expires_at=None, now=NOW)
            for account in (owner, organiser)
        }
    bearer = {"Authorization": f"Bearer {secrets['owner@example.org']}"}
    address = "/api/conferences/summit/grants"
    values = {"email": "manager@example.org", "role": "track_manager", "scope": "medicine"}
    given = client.post(address, json=values, headers=bearer)
    assert given.status_code == 201
    assert {name: given.json[name] for name in values} == values | {"scope": "track:medicine"}
    held = client.get(address, headers=bearer).json
    assert [each["role"] for each in held["items"]] == ["owner", "organiser", "track_manager"]
    refused = client.post(address, json=values | {"scope": None}, headers=bearer)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["scope"])
    assert client.delete(f"{address}/{given.json['id']}", headers=bearer).status_code == 204
    assert client.delete(f"{address}/{held['items'][0]['id']}", headers=bearer).status_code == 409
    organising = {"Authorization": f"Bearer {secrets['organiser@example.org']}"}
    assert client.get(address, headers=organising).status_code == 404
