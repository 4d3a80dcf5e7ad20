"""The API's addresses under hostile hands: numbers without end, rows one may not end, names that addresses keep."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.domain.permissions import Role
from confapp.domain.programme import hosts
from confapp.domain.programme.conferences import Conference
from tests.conftest import Transaction
from tests.factories import make_account, make_conference, make_host, make_session, make_venue, sign_in, token_for

BASE = "/api/conferences/summit"


@pytest.fixture
def conference(write: Transaction) -> Conference:
    """A conference."""
    with write():
        return make_conference()


@pytest.fixture
def organiser(client: FlaskClient, write: Transaction, conference: Conference) -> FlaskClient:
    """Its organiser's browser."""
    with write():
        return sign_in(client, make_account(role=Role.ORGANISER, conference=conference))


def send(client: FlaskClient, method: str, path: str, json: Any = None, **headers: str) -> Any:
    """Send JSON from a page of ours."""
    headers = {name.replace("_", "-"): words for name, words in headers.items()} | {"X-CSRFToken": token_for(client)}
    return client.open(f"{BASE}{path}", method=method, json=json, headers=headers)


@pytest.mark.parametrize("number", ["9" * 5_000, "٣" * 5_000, "0", "-1", "1.5", "x", ""])
@pytest.mark.parametrize("name", ["page", "page_size"])
def test_a_page_that_is_no_number_is_refused(organiser: FlaskClient, name: str, number: str) -> None:
    answer = organiser.get(f"{BASE}/tracks", query_string={name: number})
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"] == {name: ["Give a number from 1."]}


def test_a_page_beyond_the_last_is_empty(organiser: FlaskClient) -> None:
    answer = organiser.get(f"{BASE}/tracks?page={'9' * 30}&page_size={'9' * 30}")
    assert answer.json is not None
    assert answer.json["items"] == []


def test_a_page_of_the_history_beyond_the_last_is_empty(organiser: FlaskClient) -> None:
    answer = organiser.get(f"{BASE}/schedule/history?page={'9' * 30}")
    assert answer.json is not None
    assert answer.json["items"] == []


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, "9" * 400])
def test_a_number_that_no_database_holds_is_refused(organiser: FlaskClient, number: Any) -> None:
    answer = send(organiser, "POST", "/schedule/undo", {"version": number, "preview": True})
    assert (answer.status_code, answer.json["errors"]) == (422, {"version": ["This number is too large."]})


def test_a_walk_without_end_is_refused(organiser: FlaskClient, write: Transaction, conference: Conference) -> None:
    with write():
        slug = make_venue(conference).slug
    answer = send(organiser, "PUT", f"/venues/{slug}/walks", {"walks": [{"venue": slug, "minutes": float("inf")}]})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["walks"])


def test_a_version_without_end_is_no_version(
    organiser: FlaskClient, write: Transaction, conference: Conference
) -> None:
    with write():
        code = make_session(conference).code
    answer = send(organiser, "PATCH", f"/sessions/{code}", {"notes": "x"}, If_Match=f'"{"9" * 5_000}"')
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["If-Match"])


def test_what_is_no_json_is_said_to_be_none(organiser: FlaskClient) -> None:
    headers = {"X-CSRFToken": token_for(organiser)}
    for body in (b"{", b"\xff", b"9" * 10_000, b'{"a": 1} 2'):
        answer = organiser.post(f"{BASE}/tracks", data=body, content_type="application/json", headers=headers)
        assert answer.json is not None
        assert (answer.status_code, answer.json["detail"]) == (400, "This is not JSON that can be read.")


def test_a_coordinator_does_not_delete_the_host_that_she_speaks_for(
    client: FlaskClient, write: Transaction, conference: Conference
) -> None:
    with write():
        host = make_host(conference)
        account = make_account(role=Role.HOST_COORDINATOR, conference=conference, scope_id=host.id)
        room = hosts.create(
            hosts.Room, conference, {"name": {"en": "Hall"}, "host_id": host.id}, by=None, now=account.created_at
        )
    sign_in(client, account)
    assert send(client, "PATCH", f"/hosts/{host.slug}", {"country": "BE"}).status_code == 200
    assert send(client, "DELETE", f"/hosts/{host.slug}").status_code == 404
    assert send(client, "DELETE", f"/rooms/{room.code}").status_code == 204
    with write():
        assert hosts.host(conference, host.slug).country == "BE"


@pytest.mark.parametrize("noun", ["tracks", "hosts", "venues", "rooms"])
def test_what_is_called_new_keeps_a_page_of_its_own(organiser: FlaskClient, noun: str) -> None:
    word = "code" if noun == "rooms" else "slug"
    made = send(organiser, "POST", f"/{noun}", {"name": {"en": "New"}})
    assert made.status_code == 201
    assert made.json[word] != "new"
    page = organiser.get(f"/organise/summit/{noun}/{made.json[word]}")
    assert 'value="New"' in page.text
    refused = send(organiser, "POST", f"/{noun}", {"name": {"en": "Newer"}, word: "new"})
    assert refused.status_code == 422
    assert list(refused.json["errors"]) == [word]


def test_half_a_place_is_refused_and_half_a_change_is_taken(
    organiser: FlaskClient, write: Transaction, conference: Conference
) -> None:
    with write():
        slug = make_venue(conference, latitude=50.8, longitude=4.3).slug
    assert send(organiser, "PATCH", f"/venues/{slug}", {"latitude": 51.0}).status_code == 200
    refused = send(organiser, "PATCH", f"/venues/{slug}", {"latitude": None})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["latitude"])
    assert send(organiser, "PATCH", f"/venues/{slug}", {"latitude": None, "longitude": None}).status_code == 200


def test_a_conference_keeps_its_language_tags_whole(organiser: FlaskClient) -> None:
    languages = ["en", "fr\n"]
    assert send(organiser, "PATCH", "", {"languages": languages, "title": {"fr\n": "B"}}).status_code == 422
    assert send(organiser, "PATCH", "", {"languages": languages, "title": {"en": "A", "fr": "B"}}).status_code == 200
