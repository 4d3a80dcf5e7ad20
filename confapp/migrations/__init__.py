"""The schema's history (Alembic, through Flask-Migrate), and the grants that put up the public fence on PostgreSQL."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from confapp.database import PUBLIC_ROLE, PUBLIC_TABLES, db

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent

log = logging.getLogger(__name__)


def migrate_up(revision: str = "head") -> None:
    """Bring the app's database to a revision, from empty or from any earlier one; does nothing where it stands there.

    Several processes may call it at once: one works, the others wait and find it done.
    """
    from alembic import command

    command.upgrade(_config(), revision)


def is_migrated() -> bool:
    """Whether the database stands at the newest revision; asked within a reading transaction."""
    if not sa.inspect(db.session.connection()).has_table("alembic_version"):
        return False
    return bool(db.session.scalar(sa.text("SELECT version_num FROM alembic_version")) == head())


@cache
def head() -> str | None:
    """The newest revision."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config).get_current_head()


def init_app(app: Flask) -> None:
    """Give an app Flask-Migrate and its `db` commands, unless it has them.

    Only those who touch the schema want them: importing Alembic takes a fifth of a web process's start.
    """
    if "migrate" not in app.extensions:
        from flask_migrate import Migrate

        Migrate(app, db, directory=str(FOLDER), render_as_batch=True)


def _config() -> Config:
    init_app(current_app._get_current_object())  # type: ignore[attr-defined]
    config: Config = current_app.extensions["migrate"].migrate.get_config()
    return config


def grant_public(connection: sa.Connection) -> None:
    """Let the public role read exactly PUBLIC_TABLES (those that exist yet) and nothing else; PostgreSQL only.

    `env.py` calls it after every upgrade, so that neither a new table nor a changed set is ever forgotten. Where the
    database user may not make the role, a warning says what to ask the database's owner for.
    """
    if connection.dialect.name != "postgresql":
        return
    user, may_use = _prepare_role(connection)
    if not may_use:
        log.warning(
            "The database user %(user)s may not create the role %(role)s, under which public pages read. "
            "Until somebody who may runs these two statements, then `flask --app wsgi db upgrade`, public pages fail: "
            'CREATE ROLE %(role)s NOLOGIN; GRANT %(role)s TO "%(user)s";',
            {"user": user, "role": PUBLIC_ROLE},
        )
        return
    held = {(table, privilege) for table, privilege in connection.execute(_GRANTS, {"role": PUBLIC_ROLE})}
    existing = set(sa.inspect(connection).get_table_names())
    wanted = {(table, "SELECT") for table in PUBLIC_TABLES & existing}
    quote = connection.dialect.identifier_preparer.quote
    for table, privilege in sorted(held - wanted):
        connection.exec_driver_sql(f"REVOKE {privilege} ON {quote(table)} FROM {PUBLIC_ROLE}")
    for table, privilege in sorted(wanted - held):
        connection.exec_driver_sql(f"GRANT {privilege} ON {quote(table)} TO {PUBLIC_ROLE}")


_GRANTS = sa.text(
    "SELECT relname, acl.privilege_type FROM pg_class, aclexplode(relacl) AS acl"
    " WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"
    " AND acl.grantee = (SELECT oid FROM pg_roles WHERE rolname = :role)"
)


def _prepare_role(connection: sa.Connection) -> tuple[str, bool]:
    """Make the role, let this user take it and let it see the schema; the user's name, and whether that succeeded."""
    user: str = connection.scalar(sa.text("SELECT current_user"))
    if not _true(connection, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role)"):
        _try(connection, f"CREATE ROLE {PUBLIC_ROLE} NOLOGIN")
    if not _true(connection, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role)"):
        return user, False
    if not _may_take_role(connection):
        _try(connection, f"GRANT {PUBLIC_ROLE} TO CURRENT_USER")
    if not _true(connection, "SELECT has_schema_privilege(:role, current_schema(), 'USAGE')"):
        schema = connection.dialect.identifier_preparer.quote(connection.scalar(sa.text("SELECT current_schema()")))
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {PUBLIC_ROLE}")
    return user, _may_take_role(connection)


def _may_take_role(connection: sa.Connection) -> bool:
    """Whether SET ROLE would succeed: tried, since what pg_has_role can be asked differs between versions."""
    return _try(connection, f"SET LOCAL ROLE {PUBLIC_ROLE}", and_undo=True)


def _try(connection: sa.Connection, statement: str, *, and_undo: bool = False) -> bool:
    """Run a statement that may be refused, or done by another process first; whether it went through."""
    try:
        with connection.begin_nested() as savepoint:
            connection.exec_driver_sql(statement)
            if and_undo:
                savepoint.rollback()
    except DBAPIError as error:
        log.debug("%s: %s", statement, error.orig)
        return False
    return True


def _true(connection: sa.Connection, question: str) -> bool:
    answer: Any = connection.scalar(sa.text(question), {"role": PUBLIC_ROLE})
    return bool(answer)
