"""Every simple noun through the JSON API: made, read, listed, changed, deleted, and refused where it must be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.domain import tokens
from confapp.domain.permissions import Role
from confapp.domain.programme import conferences
from tests.factories import (
    NOW,
    make_account,
    make_conference,
    make_host,
    make_room,
    make_session,
    make_speaker,
    make_track,
    make_venue,
)

NOUNS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "tracks": ({"name": {"en": "Medicine"}}, {"name": {"en": "Field medicine"}}),
    "hosts": ({"name": {"en": "Academy"}, "country": "BE"}, {"country": "NL"}),
    "venues": ({"name": {"en": "Main building"}, "latitude": 50.84, "longitude": 4.39}, {"city": "Brussels"}),
    "rooms": ({"name": {"en": "Aula"}, "capacity": 400}, {"capacity": 380}),
    "speakers": ({"name": "Ada Lindqvist"}, {"affiliation": "Institute of Ash"}),
    "sessions": ({"title": {"en": "Spores"}, "duration_minutes": 45}, {"expected": 120}),
}


@pytest.fixture
def bearer(client: FlaskClient, write: Any) -> dict[str, str]:
    """The headers of an organiser's program."""
    with write():
        conference = make_conference(languages=["en", "fr"])
        account = make_account("organiser@example.org", role=Role.ORGANISER, conference=conference)
        secret = tokens.create_token(account, label="test", expires_at=None, now=NOW)
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("noun", NOUNS)
def test_a_noun_is_made_read_listed_and_changed(client: FlaskClient, bearer: dict[str, str], noun: str) -> None:
    first, change = NOUNS[noun]
    made = client.post(f"/api/conferences/summit/{noun}", json=first, headers=bearer)
    assert made.status_code == 201, made.json
    identifier = made.json.get("code") or made.json["slug"]
    address = f"/api/conferences/summit/{noun}/{identifier}"
    assert client.get(address, headers=bearer).json == made.json
    changed = client.patch(address, json=change, headers=bearer)
    assert changed.status_code == 200, changed.json
    kept = {name: value for name, value in made.json.items() if name not in change and name != "version"}
    assert {name: changed.json[name] for name in change} == change
    assert {name: changed.json[name] for name in kept} == kept
    listed = client.get(f"/api/conferences/summit/{noun}", headers=bearer).json
    assert (listed["total"], listed["items"]) == (1, [changed.json])


@pytest.mark.parametrize("noun", sorted(set(NOUNS) - {"sessions"}))
def test_a_noun_is_deleted(client: FlaskClient, bearer: dict[str, str], noun: str) -> None:
    made = client.post(f"/api/conferences/summit/{noun}", json=NOUNS[noun][0], headers=bearer).json
    address = f"/api/conferences/summit/{noun}/{made.get('code') or made['slug']}"
    assert client.delete(address, headers=bearer).status_code == 204
    assert client.get(address, headers=bearer).status_code == 404


@pytest.mark.parametrize("noun", NOUNS)
def test_wrong_values_name_their_fields_and_store_nothing(
    client: FlaskClient, bearer: dict[str, str], noun: str
) -> None:
    answer = client.post(f"/api/conferences/summit/{noun}", json={"nonsense": 1}, headers=bearer)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert {"nonsense"} < answer.json["errors"].keys()
    assert client.get(f"/api/conferences/summit/{noun}", headers=bearer).json["total"] == 0


def test_texts_in_unknown_languages_are_named(client: FlaskClient, bearer: dict[str, str]) -> None:
    answer = client.post("/api/conferences/summit/rooms", json={"name": {"en": "Aula", "xx": "Aula"}}, headers=bearer)
    assert list(answer.json["errors"]["name"]) == ["xx"]


def test_lists_come_in_pages(client: FlaskClient, bearer: dict[str, str], write: Any) -> None:
    with write():
        conference = conferences.named("summit")
        for _ in range(5):
            make_speaker(conference)
    page = client.get("/api/conferences/summit/speakers?page=2&page_size=2", headers=bearer).json
    assert [each["name"] for each in page["items"]] == ["Speaker 3", "Speaker 4"]
    assert page["total"] == 5
    refused = client.get("/api/conferences/summit/speakers?page=0", headers=bearer)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["page"])


def test_strangers_learn_nothing(client: FlaskClient, bearer: dict[str, str], write: Any) -> None:
    with write():
        stranger = make_account("stranger@example.org")
        secret = tokens.create_token(stranger, label="test", expires_at=None, now=NOW)
    headers = {"Authorization": f"Bearer {secret}"}
    known = client.get("/api/conferences/summit/sessions", headers=headers)
    unknown = client.get("/api/conferences/nowhere/sessions", headers=headers)
    assert known.status_code == 404
    assert known.json == unknown.json
    assert client.get("/api/conferences/summit/sessions").status_code == 401
    assert client.get("/api/conferences", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_a_token_past_its_time_is_refused(client: FlaskClient, write: Any, clock: Any) -> None:
    with write():
        account = make_account("late@example.org", is_admin=True)
        secret = tokens.create_token(account, label="test", expires_at=NOW + dt.timedelta(hours=1), now=NOW)
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/conferences", headers=headers).status_code == 200
    clock.tick(hours=2)
    assert client.get("/api/conferences", headers=headers).status_code == 401


def test_people_and_tracks_are_named_by_their_words(client: FlaskClient, bearer: dict[str, str], write: Any) -> None:
    with write():
        conference = conferences.named("summit")
        speaker = make_speaker(conference, "Ada Lindqvist")
        make_track(conference, "Medicine")
    parts = [{"speaker": speaker.code, "role": "chair"}]
    values = {"title": {"en": "Spores"}, "track": "medicine", "parts": parts}
    made = client.post("/api/conferences/summit/sessions", json=values, headers=bearer)
    assert (made.json["track"], made.json["parts"]) == ("medicine", parts)
    refused = client.post("/api/conferences/summit/sessions", json=values | {"track": "nothing"}, headers=bearer)
    assert list(refused.json["errors"]) == ["track"]


@pytest.mark.parametrize("noun", NOUNS)
def test_lists_ask_as_often_for_one_row_as_for_thirty(
    client: FlaskClient,
    bearer: dict[str, str],
    write: Any,
    count_queries: Callable[[], AbstractContextManager[list[str]]],
    noun: str,
) -> None:
    makers: dict[str, Callable[[Any], Any]] = {
        "tracks": make_track,
        "hosts": make_host,
        "venues": make_venue,
        "rooms": make_room,
        "speakers": make_speaker,
        "sessions": lambda conference: make_session(conference, None, make_speaker(conference)),
    }
    counts = []
    for more in (1, 29):
        with write():
            conference = conferences.named("summit")
            for _ in range(more):
                makers[noun](conference)
        with count_queries() as queries:
            client.get(f"/api/conferences/summit/{noun}", headers=bearer)
        counts.append(len(queries))
    assert counts[0] == counts[1]
