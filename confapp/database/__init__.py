"""The database: its types and names, the one transaction, and the fence around what the public may read."""

from __future__ import annotations

import datetime as dt
import enum
import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, Any

import sqlalchemy as sa
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from confapp.database.fence import only_reading
from confapp.database.troubles import run_bare

PUBLIC_ROLE = "confapp_public"
MIGRATION_LOCK = 0x636F6E66
"""The advisory lock (PostgreSQL) that puts migrating processes in line."""
PUBLIC_TABLES = frozenset(
    {
        "conference",
        "release",
        "release_entry",
        "release_host",
        "release_part",
        "release_person",
        "release_room",
        "release_session",
        "release_track",
        "made_file",
        "publication",
        "publication_words",
        "poll",
        "public_picture",
        "alembic_version",
    }
)
"""All that a public view can read; drafts of schedules and transcripts lie outside."""


class Mode(enum.StrEnum):
    """What a transaction may do."""

    PUBLIC = "public"
    READ = "read"
    WRITE = "write"


_mode: ContextVar[Mode] = ContextVar("database_mode", default=Mode.READ)


class UtcDateTime(sa.types.TypeDecorator[dt.datetime]):
    """A moment: aware in Python, UTC in the database; a naive one is a programming error."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """A zoned column on PostgreSQL, a plain one elsewhere."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        """To UTC; raises ValueError for a naive moment."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        value = value.astimezone(dt.UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        """Aware, UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

Key = Annotated[int, mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)]
Moment = Annotated[dt.datetime, mapped_column(UtcDateTime())]
MaybeMoment = Annotated[dt.datetime | None, mapped_column(UtcDateTime())]
Uuid = Annotated[uuid.UUID, mapped_column(sa.Uuid(), unique=True, default=uuid.uuid4)]
TextsColumn = Annotated[dict[str, str], mapped_column(Json, default=dict)]
"""One text by language, `{"en": "...", "fr": "..."}`."""


class Model(DeclarativeBase):
    """The base of every table; a table is named after its class."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class FencedSession(FlaskSession):
    """The unit of work; in a public transaction it speaks through the fenced engine only."""

    def get_bind(self, *arguments: Any, **named: Any) -> sa.Engine | sa.Connection:
        """The engine for the mode of the running transaction."""
        if _mode.get() is Mode.PUBLIC:
            return self._db.engines["public"]
        return super().get_bind(*arguments, **named)


db = SQLAlchemy(model_class=Model, session_options={"class_": FencedSession, "expire_on_commit": False})


def choice(values: type[enum.StrEnum]) -> sa.Enum:
    """A column type for one of `values`, kept as a string under a CHECK constraint."""
    return sa.Enum(
        values,
        name=re.sub(r"(?<!^)(?=[A-Z])", "_", values.__name__).lower(),
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


class Counter(Model):
    """The last public integer given out, by series; a number is never given twice."""

    __tablename__ = "counter"

    series: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    last: Mapped[int] = mapped_column(sa.BigInteger, default=0)


def next_numbers(series: str, count: int = 1) -> range:
    """`count` positive integers of a series that nobody ever had; serialises with others until the commit."""
    session = db.session
    bump = sa.update(Counter).where(Counter.series == series).values(last=Counter.last + count).returning(Counter.last)
    last = session.scalar(bump)
    if last is None:
        insert_or_leave(Counter, series=series, last=0)
        last = session.scalar(bump)
    assert last is not None
    return range(last - count + 1, last + 1)


def insert_or_leave(table: type[Model], **values: Any) -> bool:
    """Insert a row unless one with its key stands already, whoever wins the race; whether this one was inserted."""
    insert = postgresql.insert if db.session.connection().dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(sa.literal(1))
    return db.session.execute(statement).first() is not None


@contextmanager
def transaction(mode: Mode = Mode.WRITE) -> Iterator[None]:
    """The one transaction: commits on leaving (when it may write), rolls back when anything is raised.

    A request's is opened in `web`, a command's in `cli`, a row's in `worker`; nothing else commits.
    """
    if db.session().in_transaction():
        raise RuntimeError("a transaction is open already; there is one per request, command or row")
    db.session.expire_all()  # what an earlier transaction of this session read may have changed since
    token = _mode.set(mode)
    try:
        yield
        if mode is Mode.WRITE:
            db.session.commit()
        else:
            db.session.rollback()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _mode.reset(token)


@contextmanager
def aside(mode: Mode = Mode.WRITE) -> Iterator[None]:
    """A short transaction beside the one that is running, for what must not wait for it or share its fate."""
    with current_app.app_context(), transaction(mode):
        yield


@contextmanager
def migrating() -> Iterator[sa.Connection]:
    """A connection on which the schema may change: one process at a time, one transaction, committed on leaving."""
    token = _mode.set(Mode.WRITE)
    try:
        with db.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                yield from _migrating_sqlite(connection)
            else:
                with connection.begin():
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
                    yield connection
    finally:
        _mode.reset(token)


def _migrating_sqlite(connection: sa.Connection) -> Iterator[sa.Connection]:
    """SQLite changes a table by making it anew: foreign keys must sleep meanwhile, and are all checked at the end."""
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")  # does nothing once a transaction is open
    try:
        with connection.begin():
            yield connection
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                raise RuntimeError(f"this migration would leave a row of {broken[0]} that points at no {broken[2]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def give_up_writing() -> None:
    """Undo what the running transaction did and read on: for pages that show a refused form."""
    db.session.rollback()
    _mode.set(Mode.READ)


BUSY_SECONDS = 15.0
"""How long SQLite waits for whoever else writes."""


def engine_options(url: str) -> dict[str, Any]:
    """SQLAlchemy's engine options for a database address."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
    return {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10}


def watch(engine: sa.Engine, *, is_public: bool) -> None:
    """Make an engine obey the modes; the public one is fenced whatever the mode."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _fence_sqlite if is_public else _open_sqlite)
        event.listen(engine, "begin", _begin_public_sqlite if is_public else _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_public_postgresql if is_public else _begin_postgresql)


def _open_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" event, not the driver, opens transactions
    run_bare(connection, "PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", "PRAGMA foreign_keys=ON")


def _fence_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    _open_sqlite(connection, record)
    run_bare(connection, "PRAGMA query_only=ON")
    connection.set_authorizer(only_reading(PUBLIC_TABLES))


def _begin_public_sqlite(connection: sa.Connection) -> None:
    run_bare(connection.connection.driver_connection, "BEGIN")


def _begin_sqlite(connection: sa.Connection) -> None:
    driver = connection.connection.driver_connection
    fence = "OFF" if _mode.get() is Mode.WRITE else "ON"
    if connection.info.get("query_only") != fence:  # the pragma makes every statement be prepared anew
        run_bare(driver, f"PRAGMA query_only={fence}")
        connection.info["query_only"] = fence
    run_bare(driver, "BEGIN IMMEDIATE" if fence == "OFF" else "BEGIN")


def _begin_postgresql(connection: sa.Connection) -> None:
    if _mode.get() is not Mode.WRITE:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _begin_public_postgresql(connection: sa.Connection) -> None:
    connection.exec_driver_sql(f"SET TRANSACTION READ ONLY; SET LOCAL ROLE {PUBLIC_ROLE}")


def init_app(app: Flask) -> None:
    """Give an app its two engines: the whole database, and the part of it that the public may read."""
    db.init_app(app)
    with app.app_context():
        watch(db.engine, is_public=False)
        watch(db.engines["public"], is_public=True)
