"""A database that is away, locked, full, broken or not migrated: a clear 503 everywhere, and a log that says why."""

from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from confapp.config import Settings
from confapp.database import db
from confapp.domain.permissions import Role
from confapp.web import ConfappFlask
from tests import databases
from tests.conftest import Transaction
from tests.databases import PostgreSQL
from tests.factories import make_account, make_conference, sign_in, token_for

ROOT = Path(__file__).parent.parent.parent
PAGES = ("/", "/summit/", "/organise/", "/organise/summit/", "/accounts/", "/accounts/menu", "/healthz", "/readyz",
         "/api/conferences", "/feeds/x/agenda.ics")  # fmt: skip
MakeApp = Callable[..., ConfappFlask]


@pytest.fixture
def organiser(app: ConfappFlask, write: Transaction) -> FlaskClient:
    """The browser of somebody who runs a conference."""
    with write():
        account = make_account(role=Role.OWNER, conference=make_conference(), is_admin=True)
    return sign_in(app.test_client(), account)


def _everywhere(client: FlaskClient) -> list[tuple[str, int, str | None]]:
    """The addresses that do not answer 503 with when to come again."""
    answers = [(url, client.get(url)) for url in PAGES]
    return [
        (url, answer.status_code, answer.headers.get("Retry-After"))
        for url, answer in answers
        if (answer.status_code, "Retry-After" in answer.headers) != (503, True)
    ]


def _cookie(client: FlaskClient, app: ConfappFlask) -> FlaskClient:
    """Another app's client with the same cookie."""
    cookie = client.get_cookie("confapp")
    assert cookie is not None
    other = app.test_client()
    other.set_cookie("confapp", cookie.value)
    return other


@pytest.mark.postgres
def test_a_server_that_is_away_is_said(
    make_app: MakeApp, organiser: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    away = make_app(database_url="postgresql://nobody:secret@127.0.0.1:1/nothing")
    with caplog.at_level(logging.WARNING):
        assert _everywhere(_cookie(organiser, away)) == []
    assert "onnection" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.sqlite
def test_a_file_that_cannot_be_opened_is_said(
    make_app: MakeApp, organiser: FlaskClient, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "confapp.sqlite3").mkdir()
    away = make_app(instance=tmp_path)
    with caplog.at_level(logging.WARNING):
        assert _everywhere(_cookie(organiser, away)) == []
    assert "unable to open database file" in caplog.text


def test_an_empty_database_is_said_to_want_its_tables(
    make_app: MakeApp,
    organiser: FlaskClient,
    database_kind: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    changes: dict[str, Any] = {"instance": tmp_path}
    if database_kind == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        changes["database_url"] = server.create(f"{databases.process()}_empty")
    empty = make_app(**changes)
    with caplog.at_level(logging.WARNING):
        left = _everywhere(_cookie(organiser, empty))
    assert [url for url, *_ in left] == ["/healthz", "/readyz"]
    assert "flask --app wsgi migrate" in caplog.text
    assert empty.test_client().get("/readyz").text == "not migrated\n"
    assert "being set up" in empty.test_client().get("/").text


def _post(client: FlaskClient) -> TestResponse:
    return client.post("/organise/summit/tracks/new", data={"csrf_token": token_for(client), "name.en": "Medicine"})


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("database is locked", "The database is busy."),
        ("database or disk is full", "The database cannot do this now."),
        ("attempt to write a readonly database", "The database cannot do this now."),
        ("disk I/O error", "The database cannot do this now."),
    ],
)
def test_what_a_file_refuses_is_said_and_logged(
    organiser: FlaskClient, app: ConfappFlask, caplog: pytest.LogCaptureFixture, words: str, said: str
) -> None:
    def refuse(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO track"):
            raise sqlite3.OperationalError(words)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", refuse)
    try:
        with caplog.at_level(logging.WARNING):
            answer = _post(organiser)
    finally:
        event.remove(engine, "before_cursor_execute", refuse)
    assert answer.status_code == 503
    assert said in answer.text
    assert words in caplog.text
    assert _post(organiser).status_code == 302


@pytest.mark.sqlite
def test_a_database_that_somebody_else_writes_to_for_long_is_busy(
    make_app: MakeApp, organiser: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("confapp.database.BUSY_SECONDS", 0.05)
    app = make_app()
    client = _cookie(organiser, app)
    other = sqlite3.connect(settings.instance / "confapp.sqlite3", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        assert client.get("/organise/summit/tracks").status_code == 200
        assert _post(client).status_code == 503
        other.execute("ROLLBACK")
        assert _post(client).status_code == 302
    finally:
        other.close()


# Starting.


def _start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"CONFAPP_INSTANCE": "{file}/x"}, "The instance folder {file}/x cannot be used: Not a directory."),
        ({"CONFAPP_PROXIES": "many"}, "CONFAPP_PROXIES='many' cannot be read"),
        ({"CONFAPP_PROXIES": "-1"}, "CONFAPP_PROXIES=-1 cannot be: give a number from 0."),
        ({"CONFAPP_LOG_LEVEL": "loud"}, "CONFAPP_LOG_LEVEL=loud cannot be"),
        ({"CONFAPP_BASE_URL": "confapp.example"}, "CONFAPP_BASE_URL=confapp.example cannot be"),
        (
            {"CONFAPP_MAIL_URL": "mail.example:25"},
            "CONFAPP_MAIL_URL cannot be read: it starts with smtp:// or smtps://",
        ),
        ({"CONFAPP_UPLOAD_LIMIT": "0"}, "CONFAPP_UPLOAD_LIMIT=0 cannot be"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL must start with postgresql://"),
    ],
)
def test_settings_that_cannot_be_are_said_in_one_line(settings: dict[str, str], said: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    given = {"CONFAPP_INSTANCE": str(tmp_path / "instance")} | settings
    done = _start("doctor", **{name: words.format(file=file) for name, words in given.items()})
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert said.format(file=file) in done.stderr.strip().splitlines()[-1]


def test_a_server_that_is_away_stops_the_start_with_words() -> None:
    away = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "CONFAPP_SECRET_KEY": "x",
        "CONFAPP_AUDIT_KEY": "x",
    }
    done = _start("migrate", **away)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The database did not answer")
    assert "Traceback" not in done.stderr


def test_a_command_on_an_empty_database_names_the_one_that_helps(tmp_path: Path) -> None:
    done = _start("conferences", "create", "summit", "--timezone", "Europe/Brussels", CONFAPP_INSTANCE=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: The database is not migrated")
    assert "flask --app wsgi migrate" in done.stderr
