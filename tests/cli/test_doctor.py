"""`flask doctor` says what is in order, what is not, and what to do."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result

from confapp import delivery
from confapp.config import Settings
from confapp.database import PUBLIC_ROLE, PUBLIC_TABLES, db
from confapp.domain import audit, files, jobs, outbox
from confapp.domain.files import MAKING_ATTEMPTS, MadeFile
from confapp.domain.jobs import JobKind, Outcome
from confapp.domain.press.publications import Publication
from confapp.domain.programme.sessions import Session
from confapp.web import ConfappFlask
from confapp.worker.parts import BEATING
from tests.agenda_scene import Programme
from tests.conftest import NOW, SetClock, Transaction
from tests.databases import PostgreSQL, process
from tests.factories import make_account, make_conference
from tests.press import Scene

Run = Callable[..., Result]


@pytest.fixture
def healthy(write: Transaction) -> None:
    """A worker that swept just now."""
    with write():
        for name in BEATING:
            outbox.beat(name, now=NOW)


def _wrong(result: Result) -> dict[str, tuple[str, str]]:
    """What is wrong and what to do, by subject."""
    found, lines = {}, result.output.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("  WRONG  "):
            subject, _, words = line.removeprefix("  WRONG  ").partition(": ")
            found[subject] = (words, lines[number + 1].strip())
    return found


@pytest.mark.usefixtures("healthy")
def test_everything_is_in_order(run: Run, write: Transaction, database_kind: str) -> None:
    with write():
        Programme().release()
    result = run("doctor")
    assert _wrong(result) == {}
    assert result.exit_code == 0
    assert result.output.endswith("Everything is in order.\n")
    assert f"ok     database: {database_kind}, reachable" in result.output
    assert "ok     audit chains: 1 hold" in result.output
    assert "ok     publication ledgers: 1 hold" in result.output
    assert "ok     worker, renders: swept 0 s ago" in result.output


@pytest.mark.sqlite
@pytest.mark.usefixtures("healthy")
def test_settings_and_where_they_come_from(app: ConfappFlask, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFAPP_MAIL_URL", "smtp://ada:hunter2@mail.example")
    settings: Settings = app.config["CONFAPP"]
    app.config["CONFAPP"] = replace(settings, mail_url="smtp://ada:hunter2@mail.example")
    result = run("doctor")
    lines = {line.split()[0]: line.split(maxsplit=1)[1] for line in result.output.splitlines() if "  (" in line}
    assert lines["CONFAPP_MAIL_URL"] == "smtp://ada:...@mail.example  (environment)"
    assert lines["CONFAPP_FILE_WAIT"] == "10.0  (default)"
    assert lines["CONFAPP_SECRET_KEY"].startswith(f"set, {len(settings.secret_key)} characters")
    assert settings.secret_key not in result.output
    assert settings.audit_key not in result.output
    assert "hunter2" not in result.output


def test_a_worker_that_is_not_there(run: Run, write: Transaction, clock: SetClock) -> None:
    with write():
        outbox.beat("clock", now=NOW)
        outbox.beat("outbox", now=NOW - dt.timedelta(minutes=3))
    clock.tick(seconds=60)
    result = run("doctor")
    assert result.exit_code == 1
    assert result.output.endswith("Error: 3 of 15 checks found something wrong.\n")
    wrong = _wrong(result)
    assert {subject: words for subject, (words, _) in wrong.items()} == {
        "worker, outbox": "swept last 4 min ago",
        "worker, renders": "never swept",
        "worker, jobs": "never swept",
    }
    assert wrong["worker, renders"][1].startswith("Start it with `flask --app wsgi work`")


@pytest.mark.usefixtures("healthy")
def test_what_the_worker_gave_up(run: Run, write: Transaction) -> None:
    with write():
        row = outbox.send("mail.reset", {}, conference_id=None, now=NOW)
        row.closed_at, row.error = NOW, "SMTPRecipientsRefused: nobody"
        release = Programme().release()
        delivery.ask(release, delivery.Wanted("pdf"), now=NOW)
        file = db.session.scalars(sa.select(MadeFile)).one()
        file.attempts, file.error = MAKING_ATTEMPTS, "ValueError: no ink"
    wrong = _wrong(run("doctor"))
    remedy = "Mend what the errors name, then run `flask --app wsgi retry`."
    assert wrong == {
        "outbox": ("1 given up: mail.reset of 2026-05-18 09:00 UTC: SMTPRecipientsRefused: nobody", remedy),
        "files": ("1 failed: pdf of summit, release 1: ValueError: no ink", remedy),
    }
    assert run("retry").output == "1 messages and 1 files are tried again.\n"
    assert _wrong(run("doctor")) == {}


@pytest.mark.usefixtures("healthy")
def test_jobs_that_failed(run: Run, write: Transaction) -> None:
    with write():
        asker = make_account("organiser@example.org")
        job = jobs.ask(JobKind.IMPORT, make_conference(), {}, by=asker, now=NOW)
        job.ended_at, job.outcome = NOW, Outcome.FAILED
        words = f"1 failed: import of summit, {job.uuid}"
    assert {subject: told for subject, (told, _) in _wrong(run("doctor")).items()} == {"jobs": words}


@pytest.mark.usefixtures("healthy")
def test_files_that_no_worker_knows(run: Run, write: Transaction, clock: SetClock) -> None:
    with write():
        delivery.ask(Programme().release(), delivery.Wanted("pdf"), now=NOW - dt.timedelta(minutes=10))
        file = db.session.scalars(sa.select(MadeFile)).one()
        files.take_next()
        files.leave(file.name, "other settings")
    assert _wrong(run("doctor")) == {}
    clock.tick(seconds=1)
    assert _wrong(run("doctor")) == {
        "files for another worker": (
            "1 wait: other settings",
            "Give all machines the same settings and the same version.",
        )
    }


@pytest.mark.usefixtures("healthy")
def test_an_audit_chain_that_does_not_hold(run: Run, write: Transaction) -> None:
    with write():
        make_conference()
        audit.record("x", "y:z", conference_id=None, by=None, now=NOW)
    with write():
        db.session.execute(sa.text("UPDATE audit_entry SET subject = 'x:y' WHERE conference_id <> 0"))
    words, remedy = _wrong(run("doctor"))["audit chain"]
    assert words == "of summit does not hold from entry 1 on"
    assert remedy.startswith("Somebody changed rows behind the app's back")


@pytest.mark.usefixtures("healthy")
def test_a_ledger_that_does_not_hold(run: Run, write: Transaction) -> None:
    with write():
        Scene().released()
    assert _wrong(run("doctor")) == {}
    with write():
        publication = db.session.scalars(sa.select(Publication)).one()
        publication.headline = "Other words"
        public_id = publication.public_id
    words, _remedy = _wrong(run("doctor"))["publication ledger"]
    assert words == f"of summit does not hold from {public_id}, publication 1 on"


@pytest.mark.sqlite
@pytest.mark.usefixtures("healthy")
def test_assets_that_are_not_built(app: ConfappFlask, run: Run, tmp_path: Path) -> None:
    held = app.static_folder
    try:
        app.static_folder = str(tmp_path)
        words, remedy = _wrong(run("doctor"))["assets"]
        assert (words, remedy) == (
            "missing: The front end is not built yet: run `make assets`.",
            "Run `make assets`.",
        )
        shutil.copy(Path(str(held), "manifest.json"), tmp_path)
        assert _wrong(run("doctor"))["assets"][0] == "missing: site.css, site.js, theme.js"
    finally:
        app.static_folder = held


@pytest.mark.sqlite
@pytest.mark.usefixtures("healthy")
def test_fonts_that_are_not_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from confapp.exports import fonts

    def fail() -> Any:
        raise fonts.FontsMissing("No Noto Sans")

    monkeypatch.setattr(fonts, "faces", fail)
    assert _wrong(run("doctor")) == {"fonts for print": ("No Noto Sans", "Run `make assets`.")}


def test_a_database_that_stands_elsewhere(run: Run, write: Transaction) -> None:
    with write():
        head = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
        db.session.execute(sa.text("UPDATE alembic_version SET version_num = 'old'"))
    try:
        result = run("doctor")
        assert result.exit_code == 1
        assert _wrong(result) == {"tables": ("not at the newest revision", "Run `flask --app wsgi migrate`.")}
    finally:
        with write():
            db.session.execute(sa.text("UPDATE alembic_version SET version_num = :head"), {"head": head})


@pytest.mark.postgres
def test_a_database_that_is_not_there(make_app: Callable[..., ConfappFlask]) -> None:
    app = make_app(database_url="postgresql://nobody@127.0.0.1:9/nothing")
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 1
    words, remedy = _wrong(result)["database"]
    assert words.startswith("cannot be reached (")
    assert remedy == "Start the database server, or correct DATABASE_URL."


@pytest.mark.postgres
@pytest.mark.usefixtures("healthy")
def test_a_fence_that_grants_too_much_or_too_little(run: Run, postgresql: PostgreSQL) -> None:
    table = sorted(PUBLIC_TABLES - {"alembic_version"})[0]
    with postgresql.connect(process()) as connection:
        connection.execute(f"GRANT UPDATE ON session TO {PUBLIC_ROLE}")
        connection.execute(f"REVOKE SELECT ON {table} FROM {PUBLIC_ROLE}")
        try:
            words, remedy = _wrong(run("doctor"))["public fence"]
            assert run("migrate").exit_code == 0
            assert _wrong(run("doctor")) == {}
            connection.execute("GRANT SELECT ON slot TO PUBLIC")
            open_to_all = _wrong(run("doctor"))["public fence"]
        finally:
            connection.execute("REVOKE SELECT ON slot FROM PUBLIC")
            connection.execute(f"REVOKE UPDATE ON session FROM {PUBLIC_ROLE}")
            connection.execute(f"GRANT SELECT ON {table} TO {PUBLIC_ROLE}")
    assert words == f"UPDATE on session too many; SELECT on {table} missing"
    assert open_to_all == (
        "SELECT on slot for everybody",
        "Let the database's owner run: REVOKE SELECT ON slot FROM PUBLIC;",
    )
    assert remedy == "Run `flask --app wsgi migrate`: it mends the grants."
    assert _wrong(run("doctor")) == {}


def test_letters_that_no_font_draws(run: Run, write: Transaction) -> None:
    with write():
        programme = Programme()
        db.session.get_one(Session, programme.keynote.id).title = {"en": "Biology 漢"}
        programme.release()
    words, remedy = _wrong(run("doctor"))["letters in print"]
    assert words == f"summit, session {programme.keynote.code}: 漢 (U+6F22) are shown as \ufffd"
    assert "TrueType" in remedy
