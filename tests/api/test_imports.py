"""Imports through the API: compared, applied, listed, undone, and refused with words."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.database import Mode
from confapp.domain import outbox, tokens
from confapp.domain.permissions import Role
from confapp.domain.programme import conferences, sessions
from confapp.worker import jobs
from tests.agenda_scene import Programme
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


def send(client: FlaskClient, bearer: dict[str, str], data: bytes, query: str = "") -> Any:
    """Send a file, let the worker do what was asked, and look at the address that was given."""
    sent = client.post(URL + query, data=data, headers=bearer)
    assert sent.status_code == 202, sent.text
    assert (sent.json["state"], sent.headers["Retry-After"]) == ("waiting", "1")
    with client.application.app_context():
        assert jobs.sweep(NOW) == 1
    told = client.get(sent.headers["Location"], headers=bearer)
    assert (told.status_code, "Retry-After" in told.headers) == (200, False)
    return told.json


def test_a_programme_is_compared_applied_listed_and_undone(client: FlaskClient, bearer: Any, write: Any) -> None:
    dry = send(client, bearer, PROGRAMME, "?dry_run=true")
    assert (dry["state"], dry["report"]["counts"]["created"]["sessions"], titles(write)) == ("done", 2, [])
    applied = send(client, bearer, PROGRAMME, "?name=one.xml")
    assert (applied["state"], titles(write)) == ("done", ["Yeast at work", "Phages"])
    assert [row["name"] for row in applied["report"]["rows"] if row["kind"] == "sessions"] == titles(write)
    again = send(client, bearer, PROGRAMME)
    assert (again["report"]["is_empty"], again["report"]["import"]) == (True, None)
    (run,) = client.get(URL, headers=bearer).json["items"]
    assert (run["name"], run["by"], run["undone_at"]) == ("one.xml", "organiser@example.org", None)
    assert run["uuid"] == applied["report"]["import"]
    address = f"{URL}/{run['uuid']}"
    assert client.get(address, headers=bearer).json == run
    assert client.post(f"{address}/undo", headers=bearer).json["undone_at"]
    assert titles(write) == []
    assert client.post(f"{address}/undo", headers=bearer).status_code == 409


def test_who_is_in_the_way_and_what_vanished_are_named(client: FlaskClient, bearer: Any, write: Any) -> None:
    send(client, bearer, PROGRAMME)
    fewer = schedule(day(event(id="1"), date="2026-05-18"))
    (gone,) = send(client, bearer, fewer, "?dry_run=1")["report"]["vanished"]
    assert gone["name"] == "Phages"
    assert send(client, bearer, fewer, f"?cancel={gone['code']}")["state"] == "done"
    first = client.get(URL, headers=bearer).json["items"][-1]
    refused = client.post(f"{URL}/{first['uuid']}/undo", headers=bearer)
    assert refused.status_code == 422
    assert refused.json["errors"]["import"] == ["session “Phages”: it was changed since (place, state)"]


@pytest.mark.parametrize(
    ("query", "data", "field"),
    [("", b"", "file"), ("?timezone=Mars", PROGRAMME, "timezone"), ("?column=title", b"a,b", "column")],
)
def test_what_no_worker_need_look_at_is_refused_at_once(
    query: str, data: bytes, field: str, client: FlaskClient, bearer: Any, write: Any
) -> None:
    refused = client.post(URL + query, data=data, headers=bearer)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])
    assert titles(write) == []
    assert client.get(URL).status_code == 401


def test_what_cannot_be_taken_is_named(client: FlaskClient, bearer: Any, write: Any) -> None:
    told = send(client, bearer, b"{}")
    assert (told["state"], list(told["errors"]), told["report"]) == ("refused", ["file"], None)
    assert titles(write) == []


def test_whether_a_worker_is_there_is_told(client: FlaskClient, bearer: Any, write: Any) -> None:
    sent = client.post(URL, data=PROGRAMME, headers=bearer).json
    assert sent["is_worker_there"] is False
    with write():
        outbox.beat("jobs", now=NOW)
    assert client.get(sent["url"], headers=bearer).json["is_worker_there"] is True


def test_a_job_is_another_conferences_business(client: FlaskClient, bearer: Any, write: Any) -> None:
    sent = client.post(URL, data=PROGRAMME, headers=bearer).json
    with write():
        other = make_conference("other")
        account = make_account("other@example.org", role=Role.ORGANISER, conference=other)
        secret = tokens.create_token(account, label="test", expires_at=None, now=NOW)
    stranger = {"Authorization": f"Bearer {secret}"}
    assert client.get(sent["url"], headers=stranger).status_code == 404
    assert client.get(sent["url"].replace("summit", "other"), headers=stranger).status_code == 404
    assert client.get(sent["url"] + "/file", headers=bearer).status_code == 404


def test_the_archive_of_the_public_pages(client: FlaskClient, bearer: Any, write: Any) -> None:
    with write():
        programme = Programme("archived")
        programme.release()
        account = make_account("archivist@example.org", role=Role.ORGANISER, conference=programme.conference)
        secret = tokens.create_token(account, label="test", expires_at=None, now=NOW)
    bearer = {"Authorization": f"Bearer {secret}"}
    sent = client.post("/api/conferences/archived/site", headers=bearer)
    assert (sent.status_code, sent.json["file"]) == (202, None)
    assert client.post("/api/conferences/archived/site", headers=bearer).json["uuid"] == sent.json["uuid"]
    with client.application.app_context():
        jobs.sweep(NOW)
    told = client.get(sent.headers["Location"], headers=bearer).json
    archive = client.get(told["file"], headers=bearer)
    assert (archive.mimetype, archive.headers["Cache-Control"]) == ("application/zip", "no-store")
    assert archive.headers["Content-Disposition"] == 'attachment; filename="archived-release-1.zip"'
    assert "index.html" in zipfile.ZipFile(io.BytesIO(archive.data)).namelist()
