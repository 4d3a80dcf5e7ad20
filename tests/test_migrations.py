"""The schema's history leads to what the domain declares, on both databases, from empty and with data."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from flask import Flask, current_app
from psycopg import sql
from sqlalchemy.exc import DBAPIError, IntegrityError

from confapp import create_app, database, migrations
from confapp.config import Settings
from confapp.database import PUBLIC_ROLE, PUBLIC_TABLES, Mode, Model, db, transaction
from confapp.domain.press.search import is_index
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.slots import Slot
from tests.conftest import settings_in
from tests.databases import PostgreSQL, close, process
from tests.factories import make_conference, make_room, make_session, make_slot

ROOT = Path(__file__).parent.parent


def described(connection: sa.Connection) -> dict[str, Any]:
    """Everything that two schemas can differ in, as plain values."""
    inspector = sa.inspect(connection)

    def plain(items: Any) -> list[Any]:
        return sorted((_plain(item) for item in items), key=lambda item: str(item["name"]))

    return {
        table: {
            "columns": plain(inspector.get_columns(table)),
            "key": inspector.get_pk_constraint(table),
            "foreign keys": plain(inspector.get_foreign_keys(table)),
            "unique": plain(inspector.get_unique_constraints(table)),
            "checks": plain(inspector.get_check_constraints(table)),
            "indexes": plain(inspector.get_indexes(table)),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def _plain(value: Any) -> Any:
    """A reflected value that can be compared: SQL expressions cannot, their words can."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in sorted(value.items())}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else str(value)


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    """An app's context; its connections are closed afterwards."""
    app = create_app(settings)
    try:
        with app.app_context():
            yield
    finally:
        close(app)


@pytest.fixture
def empty(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Settings of a database without a single table."""
    if database_kind == "sqlite":
        return settings_in(tmp_path)
    postgresql: PostgreSQL = request.getfixturevalue("postgresql")
    return settings_in(tmp_path, database_url=postgresql.create(f"{process()}_empty"))


@pytest.fixture
def own(app: Flask, database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    """The context of an app whose migrated database may be changed for good."""
    settings = settings_in(tmp_path)
    if database_kind == "postgresql":
        postgresql: PostgreSQL = request.getfixturevalue("postgresql")
        settings = settings_in(tmp_path, database_url=postgresql.create(f"{process()}_own"))
    with running(settings):
        migrations.migrate_up()
        yield


def test_the_history_leads_to_what_the_domain_declares(app: Flask, empty: Settings) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": lambda name, *_of: not is_index(name)}
        )
        differences = compare_metadata(context, Model.metadata)
        assert differences == [], "run: python -m scripts.migration NAME MESSAGE"
        migrated = described(connection)
    with running(empty), database.migrating() as connection:
        Model.metadata.create_all(connection)
        declared = described(connection)
    assert migrated == declared


def test_migrating_again_changes_nothing(own: None) -> None:
    with transaction():
        make_conference()
    migrations.migrate_up()
    with transaction(Mode.READ):
        assert db.session.scalars(sa.select(Conference.slug)).all() == ["summit"]
        assert migrations.is_migrated()


def test_a_database_is_not_ready_before_its_migration(empty: Settings) -> None:
    with running(empty):
        with transaction(Mode.READ):
            assert not migrations.is_migrated()
        migrations.migrate_up()
        with transaction(Mode.READ):
            assert migrations.is_migrated()
        with transaction():
            db.session.execute(sa.text("UPDATE alembic_version SET version_num = 'older'"))
        with transaction(Mode.READ):
            assert not migrations.is_migrated()


def test_several_processes_may_migrate_at_once(empty: Settings) -> None:
    environment = os.environ | {
        "CONFAPP_INSTANCE": str(empty.instance),
        "DATABASE_URL": empty.database_url,
        "CONFAPP_SECRET_KEY": empty.secret_key,
        "CONFAPP_AUDIT_KEY": empty.audit_key,
    }
    upgrade = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    processes = [
        subprocess.Popen(upgrade, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(2)
    ]
    outputs = [each.communicate(timeout=60)[0].decode() for each in processes]
    assert [each.returncode for each in processes] == [0, 0], outputs
    with running(empty), transaction(Mode.READ):
        assert migrations.is_migrated()


def with_revision(folder: Path, body: str) -> Config:
    """The history with one more revision, whose upgrade is `body`."""
    (folder / "next.py").write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\n\nrevision = 'next'\ndown_revision = {migrations.head()!r}\n"
        f"\ndef upgrade():\n    {body}\n",
        "utf-8",
    )
    config: Config = current_app.extensions["migrate"].migrate.get_config()
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{migrations.FOLDER / 'versions'}\n{folder}")
    return config


def test_a_later_revision_keeps_the_data(own: None, tmp_path: Path) -> None:
    with transaction():
        conference = make_conference()
        make_slot(conference, make_session(conference), make_room(conference))
    config = with_revision(
        tmp_path,
        """with op.batch_alter_table("conference") as batch:
        batch.alter_column("city", type_=sa.String(200))  # SQLite makes the table anew, and drops the old one
        batch.add_column(sa.Column("motto", sa.String(100), nullable=False, server_default="none"))""",
    )
    command.upgrade(config, "head")
    with transaction(Mode.READ):
        assert db.session.execute(sa.text("SELECT slug, motto FROM conference")).all() == [("summit", "none")]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Slot)) == 1
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(sa.text("UPDATE conference SET ends_on = '2000-01-01'"))
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(sa.text("UPDATE slot SET conference_id = 99"))


def test_a_revision_that_fails_leaves_nothing_behind(own: None, tmp_path: Path) -> None:
    with db.engine.connect() as connection:
        before = described(connection)
    config = with_revision(
        tmp_path,
        """op.add_column("conference", sa.Column("motto", sa.String(100), nullable=True))
    raise RuntimeError("a fault in the middle")""",
    )
    with pytest.raises(RuntimeError, match="a fault in the middle"):
        command.upgrade(config, "head")
    with db.engine.connect() as connection:
        assert described(connection) == before
    with transaction(Mode.READ):
        assert migrations.is_migrated()


@pytest.mark.sqlite
def test_a_revision_cannot_leave_rows_that_point_nowhere(own: None, tmp_path: Path) -> None:
    with transaction():
        make_conference()
    config = with_revision(tmp_path, 'op.execute("DELETE FROM conference")')
    with pytest.raises(RuntimeError, match="schedule that points at no conference"):
        command.upgrade(config, "head")
    with transaction(Mode.READ):
        assert db.session.scalars(sa.select(Conference.slug)).all() == ["summit"]


# The grants that put up the public fence on PostgreSQL.


def readable() -> set[str]:
    """The tables that the public role may read."""
    with db.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        may = sa.text("SELECT has_table_privilege(:role, quote_ident(:table), 'SELECT')")
        return {table for table in tables if connection.scalar(may, {"role": PUBLIC_ROLE, "table": table})}


def writable() -> set[str]:
    """The tables that the public role may change in any way."""
    with db.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        may = sa.text("SELECT has_table_privilege(:role, quote_ident(:table), 'INSERT, UPDATE, DELETE, TRUNCATE')")
        return {table for table in tables if connection.scalar(may, {"role": PUBLIC_ROLE, "table": table})}


@pytest.mark.postgres
def test_the_public_role_reads_exactly_the_public_tables(own: None) -> None:
    assert readable() == PUBLIC_TABLES
    assert writable() == set()


@pytest.mark.postgres
def test_each_upgrade_mends_the_grants(own: None) -> None:
    with transaction():
        db.session.execute(sa.text(f"GRANT SELECT, INSERT ON person, release TO {PUBLIC_ROLE}"))
        db.session.execute(sa.text(f"REVOKE SELECT ON publication FROM {PUBLIC_ROLE}"))
    assert readable() == (PUBLIC_TABLES | {"person"}) - {"publication"}
    migrations.migrate_up()
    assert readable() == PUBLIC_TABLES
    assert writable() == set()


@pytest.fixture
def user(postgresql: PostgreSQL) -> Iterator[str]:
    """A PostgreSQL user without any privilege; gone after the test."""
    name = f"{process()}_user"
    quoted = sql.Identifier(name)
    with postgresql.connect("postgres") as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(quoted))
        yield name
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(f"{name}s")))
        connection.execute(sql.SQL("DROP ROLE {}").format(quoted))


@pytest.mark.postgres
def test_a_user_who_may_not_make_roles_is_told_what_to_ask_for(
    database_kind: str, postgresql: PostgreSQL, user: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_in(tmp_path, database_url=postgresql.create(f"{user}s", owner=user))
    with running(settings):
        migrations.migrate_up()
        assert f'GRANT {PUBLIC_ROLE} TO "{user}";' in caplog.text
        with transaction():
            make_conference()
        with pytest.raises(DBAPIError), transaction(Mode.PUBLIC):
            db.session.scalars(sa.select(Conference.slug)).all()

        with postgresql.connect("postgres") as connection:
            connection.execute(f'GRANT {PUBLIC_ROLE} TO "{user}"')
        caplog.clear()
        migrations.migrate_up()
        assert caplog.text == ""
        assert readable() == PUBLIC_TABLES
        with transaction(Mode.PUBLIC):
            assert db.session.scalars(sa.select(Conference.slug)).all() == ["summit"]
