"""Imports through the API: compared, applied, listed, undone, and refused with words."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.database import Mode
from confapp.domain import tokens
from confapp.domain.permissions import Role
from confapp.domain.programme import conferences, sessions
from tests.factories import NOW, make_account, make_conference
from tests.imports.schedules import day, event, schedule

URL = "/api/conferences/summit/imports"
PROGRAMME = schedule(day(event(id="1"), event(id="2", title="Phages", start="11:00"), date="2026-05-18"))


@pytest.fixture
def bearer(write: Any) -> dict[str, str]:
    """An organiser's token."""
    with write():
        conference = make_conference()
        account = make_account("organiser@example.org", role=Role.ORGANISER, conference=conference)
        secret = tokens.create_token(account, label="test", expires_at=None, now=NOW)
    return {"Authorization": f"Bearer {secret}"}


def titles(write: Any) -> list[str]:
    with write(Mode.READ):
        return [each.title["en"] for each in sessions.sessions(conferences.named("summit"))]


def test_a_programme_is_compared_applied_listed_and_undone(client: FlaskClient, bearer: Any, write: Any) -> None:
    dry = client.post(f"{URL}?dry_run=true", data=PROGRAMME, headers=bearer)
    assert (dry.status_code, dry.json["created"]["sessions"], titles(write)) == (200, 2, [])
    applied = client.post(f"{URL}?name=one.xml", data=PROGRAMME, headers=bearer)
    assert (applied.status_code, titles(write)) == (201, ["Yeast at work", "Phages"])
    assert [row["name"] for row in applied.json["rows"] if row["kind"] == "sessions"] == titles(write)
    assert client.post(URL, data=PROGRAMME, headers=bearer).status_code == 200
    (run,) = client.get(URL, headers=bearer).json["items"]
    assert (run["name"], run["by"], run["undone_at"]) == ("one.xml", "organiser@example.org", None)
    address = f"{URL}/{run['uuid']}"
    assert client.get(address, headers=bearer).json == run
    assert client.post(f"{address}/undo", headers=bearer).json["undone_at"]
    assert titles(write) == []
    assert client.post(f"{address}/undo", headers=bearer).status_code == 409


def test_who_is_in_the_way_and_what_vanished_are_named(client: FlaskClient, bearer: Any, write: Any) -> None:
    client.post(URL, data=PROGRAMME, headers=bearer)
    fewer = schedule(day(event(id="1"), date="2026-05-18"))
    (gone,) = client.post(f"{URL}?dry_run=1", data=fewer, headers=bearer).json["vanished"]
    assert gone["name"] == "Phages"
    assert client.post(f"{URL}?cancel={gone['code']}", data=fewer, headers=bearer).status_code == 201
    first = client.get(URL, headers=bearer).json["items"][-1]
    refused = client.post(f"{URL}/{first['uuid']}/undo", headers=bearer)
    assert refused.status_code == 422
    assert refused.json["errors"]["import"] == ["session “Phages”: it was changed since (place, state)"]


@pytest.mark.parametrize(
    ("query", "data", "field"),
    [
        ("", b"", "file"),
        ("", b"{}", "file"),
        ("?timezone=Mars", PROGRAMME, "timezone"),
        ("?column=title", b"a,b", "column"),
    ],
)
def test_what_cannot_be_taken_is_named(
    query: str, data: bytes, field: str, client: FlaskClient, bearer: Any, write: Any
) -> None:
    refused = client.post(URL + query, data=data, headers=bearer)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])
    assert titles(write) == []
    assert client.get(URL).status_code == 401
