"""A backup restores to the same instance, on the same engine and on the other; a wrong file changes nothing."""

from __future__ import annotations

import contextvars
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result

from confapp import backups
from confapp.config import Settings
from confapp.database import Mode, db, transaction
from confapp.domain import audit
from confapp.domain.press import publications
from confapp.domain.programme.conferences import Conference
from confapp.web import ConfappFlask
from tests import databases
from tests.conftest import NOW, Transaction

Run = Callable[..., Result]


@pytest.fixture
def run(app: ConfappFlask) -> Run:
    """A command of the app."""

    def run(*words: str) -> Result:
        return contextvars.Context().run(app.test_cli_runner().invoke, args=list(words))

    return run


@pytest.fixture
def backup(run: Run, tmp_path: Path) -> Path:
    """The demonstration, backed up."""
    assert run("demo").exit_code == 0
    done = run("backup", str(tmp_path / "all.zip"))
    assert done.exit_code == 0, done.output
    return tmp_path / "all.zip"


def _rows() -> dict[str, list[dict[str, Any]]]:
    """Every row that a backup keeps, by table."""
    return {table.name: [dict(row) for row in db.session.execute(_all(table)).mappings()] for table in backups.tables()}


def _all(table: sa.Table) -> sa.Select[Any]:
    return sa.select(table).order_by(*table.primary_key.columns)


@pytest.fixture(params=["sqlite", "postgresql"])
def there(request: pytest.FixtureRequest, make_app: Callable[..., ConfappFlask], tmp_path: Path) -> ConfappFlask:
    """Another instance, without any table, on each engine."""
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").create(f"restored_{databases.process()}")
    (tmp_path / "there").mkdir()
    return make_app(instance=tmp_path / "there", database_url=url)


def _run_there(there: ConfappFlask, *words: str) -> Result:
    return contextvars.Context().run(there.test_cli_runner().invoke, args=list(words))


def test_a_backup_restores_on_either_engine(backup: Path, write: Transaction, there: ConfappFlask) -> None:
    with write(Mode.READ):
        before = _rows()
    assert len(before["session"]) > 30
    done = _run_there(there, "restore", str(backup))
    assert done.exit_code == 0, done.output
    with there.app_context(), transaction(Mode.READ):
        assert _rows() == before
        conferences = db.session.scalars(sa.select(Conference.id)).all()
        assert [audit.broken_at(each) for each in [None, *conferences]] == [None] * (len(conferences) + 1)
        assert [publications.broken_at(each) for each in conferences] == [None] * len(conferences)
    with there.app_context(), transaction():  # keys go on where they stopped
        audit.record("test", "test:1", conference_id=conferences[0], by=None, now=NOW)
        db.session.flush()


def test_a_restored_instance_has_the_secrets_of_the_one_that_was_backed_up(
    backup: Path, settings: Settings, make_app: Callable[..., ConfappFlask], tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    there = make_app(instance=tmp_path / "there", database_url="", secret_key="another", audit_key="another")
    assert _run_there(there, "restore", str(backup)).exit_code == 0
    kept = tmp_path / "there" / "audit_key.txt"
    if settings.is_embedded:
        assert kept.read_text("ascii") == settings.audit_key
        assert kept.stat().st_mode & 0o777 == 0o600
    else:
        assert not kept.exists()  # with DATABASE_URL secrets come from the environment and stay there


def test_what_stands_is_deleted_only_when_told_to(backup: Path, run: Run, write: Transaction) -> None:
    refused = run("restore", str(backup))
    assert refused.exit_code == 1
    assert "or delete all of it with --replace." in refused.output
    with write():
        before = _rows()
        conference = db.session.scalars(sa.select(Conference)).one()
        conference.city = "Elsewhere"
    assert run("restore", str(backup), "--replace").exit_code == 0
    with write(Mode.READ):
        assert _rows() == before


def test_a_backup_is_its_owners_alone_and_never_written_over_unasked(backup: Path, run: Run) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    again = run("backup", str(backup))
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    assert run("backup", str(backup), "--replace").exit_code == 0
    missing = run("backup", str(backup.parent / "nowhere" / "all.zip"))
    assert (missing.exit_code, "There is no folder" in missing.output) == (1, True)


def _damaged(backup: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy whose entries went through `change`; None leaves one out."""
    copy = backup.with_name("damaged.zip")
    with zipfile.ZipFile(backup) as whole, zipfile.ZipFile(copy, "w") as archive:
        for name in whole.namelist():
            body = change(name, whole.read(name))
            if body is not None:
                archive.writestr(name, body)
    return copy


def _of_another_revision(name: str, body: bytes) -> bytes:
    return json.dumps(json.loads(body) | {"revision": "0000_before"}).encode() if name == "backup.json" else body


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda name, body: body.replace(b"Brussels", b"Antwerp"), "its rows of conference have changed"),
        (lambda name, body: None if name == "tables/slot.jsonl" else body, "is no backup, or is damaged"),
        (lambda name, body: None if name == "backup.json" else body, "is no backup, or is damaged"),
        (_of_another_revision, "holds the tables of revision 0000_before"),
    ],
)
def test_a_damaged_file_changes_nothing(
    backup: Path, run: Run, write: Transaction, change: Callable[[str, bytes], bytes | None], words: str
) -> None:
    with write(Mode.READ):
        before = _rows()
    refused = run("restore", str(_damaged(backup, change)), "--replace")
    assert (refused.exit_code, words in refused.output) == (1, True), refused.output
    with write(Mode.READ):
        assert _rows() == before


def test_any_other_file_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no archive", "utf-8")
    refused = run("restore", str(file))
    assert (refused.exit_code, "is no backup, or is damaged" in refused.output) == (1, True)
