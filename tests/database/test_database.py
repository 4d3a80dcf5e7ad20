"""The one transaction, its modes, the public fence, moments and numbers hold on both databases."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings, strategies
from sqlalchemy.exc import DBAPIError, StatementError

from confapp import migrations
from confapp.database import (
    PUBLIC_TABLES,
    Counter,
    Mode,
    Model,
    aside,
    db,
    give_up_writing,
    insert_or_leave,
    next_numbers,
    transaction,
)
from confapp.domain.people import Person
from confapp.domain.programme.conferences import Conference
from confapp.domain.texts import collate
from tests.conftest import NOW, Transaction
from tests.factories import make_conference, make_person, make_room, make_session, make_slot

ON_BOTH = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)


def people() -> list[str]:
    return list(db.session.scalars(sa.select(Person.name).order_by(Person.name)))


# The one transaction.


def test_a_transaction_commits_on_leaving(write: Transaction) -> None:
    with write():
        make_person("Ada")
    with write(Mode.READ):
        assert people() == ["Ada"]


def test_a_transaction_stores_nothing_when_anything_is_raised(write: Transaction) -> None:
    def fail() -> None:
        with write():
            make_person("Ada")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with write(Mode.READ):
        assert people() == []


def test_a_transaction_within_a_transaction_is_refused(write: Transaction) -> None:
    with write():
        make_person("Ada")
        with pytest.raises(RuntimeError, match="open already"), transaction():
            pass
    with write(Mode.READ):
        assert people() == ["Ada"]


@pytest.mark.parametrize("mode", [Mode.READ, Mode.PUBLIC])
def test_reading_transactions_cannot_write(write: Transaction, mode: Mode) -> None:
    with write():
        make_conference()
    for statement in (
        "UPDATE conference SET city = 'Elsewhere'",
        "DELETE FROM conference",
        "INSERT INTO counter (series, last) VALUES ('x', 1)",
        "CREATE TABLE extra (id integer)",
        "DROP TABLE made_file",
    ):
        with pytest.raises(DBAPIError), write(mode):
            db.session.execute(sa.text(statement))
    with write():
        assert db.session.scalars(sa.select(Conference.city)).all() == [""]


def test_writing_works_again_after_reading(write: Transaction) -> None:
    for mode in (Mode.READ, Mode.PUBLIC, Mode.READ):
        with write(mode):
            db.session.scalars(sa.select(Conference)).all()
        with write():
            make_person("Ada")
    with write(Mode.READ):
        assert people() == ["Ada"] * 3


def test_what_is_done_aside_stays_whatever_becomes_of_the_rest(write: Transaction) -> None:
    def fail() -> None:
        with write(Mode.READ):
            assert people() == []
            with aside():
                make_person("Ada")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with write(Mode.READ):
        assert people() == ["Ada"]


def test_giving_up_undoes_what_was_written_and_reads_on(write: Transaction) -> None:
    with write():
        make_person("Ada")
    with write():
        make_person("Ben")
        give_up_writing()
        assert people() == ["Ada"]

    def write_on() -> None:
        with write():
            give_up_writing()
            make_person("Cleo")

    with pytest.raises(DBAPIError):
        write_on()
    with write(Mode.READ):
        assert people() == ["Ada"]


def test_counting_queries_counts_public_ones_too(
    write: Transaction, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    for mode in Mode:
        with write(mode), count_queries() as statements:
            db.session.execute(sa.text("SELECT 1"))
        assert statements[-1] == "SELECT 1"


# The public fence.


def refused(statement: str, write: Transaction) -> bool:
    """Whether the public fence keeps a statement out."""
    try:
        with write(Mode.PUBLIC):
            db.session.execute(sa.text(statement)).all()
    except DBAPIError:
        return True
    return False


def test_the_public_reads_exactly_the_public_tables(write: Transaction) -> None:
    tables = {*Model.metadata.tables, "alembic_version"}
    readable = {table for table in tables if not refused(f'SELECT * FROM "{table}"', write)}
    assert readable == PUBLIC_TABLES
    counted = {table for table in tables if not refused(f'SELECT count(*) FROM "{table}"', write)}
    assert counted == PUBLIC_TABLES


@pytest.mark.parametrize("table", ["session", "slot", "transcript_version", "account", "blob"])
def test_there_is_no_way_around_the_fence(write: Transaction, table: str) -> None:
    with write():
        conference = make_conference()
        make_slot(conference, make_session(conference), make_room(conference))
    for statement in (
        f"SELECT (SELECT count(*) FROM {table}) FROM conference",
        f"SELECT slug FROM conference WHERE EXISTS (SELECT 1 FROM {table})",
        f"WITH drafts AS (SELECT * FROM {table}) SELECT * FROM drafts",
        f"SELECT slug FROM conference UNION SELECT CAST(count(*) AS varchar) FROM {table}",
        f"SELECT conference.slug FROM conference LEFT JOIN {table} ON true",
    ):
        assert refused(statement, write), statement
    assert not refused("SELECT slug FROM conference WHERE EXISTS (SELECT 1 FROM release_entry)", write)


def test_the_fence_stands_for_rows_too(write: Transaction) -> None:
    with write():
        make_conference()
        make_person("Ada")
    with write(Mode.PUBLIC):
        assert db.session.scalars(sa.select(Conference)).one().slug == "summit"
    with pytest.raises(DBAPIError), write(Mode.PUBLIC):
        db.session.scalars(sa.select(Person)).all()


@pytest.mark.sqlite
def test_sqlite_refuses_what_could_lower_the_fence(write: Transaction, tmp_path: object) -> None:
    for statement in (
        "PRAGMA query_only=OFF",
        "PRAGMA writable_schema=ON",
        f"ATTACH DATABASE '{tmp_path}/other.sqlite3' AS other",
        "SELECT * FROM sqlite_master",
        "CREATE TEMP TABLE mine (id integer)",
        "SELECT load_extension('x')",
    ):
        assert refused(statement, write), statement


@pytest.mark.postgres
def test_postgresql_runs_public_reads_under_the_public_role(write: Transaction) -> None:
    with write(Mode.PUBLIC):
        assert db.session.scalar(sa.text("SELECT current_user")) == "confapp_public"
        assert db.session.scalar(sa.text("SHOW transaction_read_only")) == "on"
    with write(Mode.READ):
        assert db.session.scalar(sa.text("SELECT current_user")) == "postgres"


def test_readiness_can_be_asked(write: Transaction) -> None:
    with write(Mode.READ):
        assert migrations.is_migrated()


# Moments, numbers, text.


@ON_BOTH
@given(
    strategies.datetimes(
        min_value=dt.datetime(1000, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=dt.datetime(9999, 12, 30),  # noqa: DTZ001
        timezones=strategies.timezones() | strategies.just(dt.timezone(dt.timedelta(hours=-5, minutes=-30))),
    )
)
def test_a_moment_comes_back_as_the_same_moment_in_utc(write: Transaction, moment: dt.datetime) -> None:
    with write():
        person = make_person(created_at=moment)
        found = db.session.scalars(sa.select(Person.created_at).where(Person.id == person.id)).one()
    assert found == moment.astimezone(dt.UTC)
    assert found.utcoffset() == dt.timedelta(0)


def test_a_moment_without_a_zone_is_refused(write: Transaction) -> None:
    with pytest.raises(StatementError, match="without a time zone"), write():
        make_person(created_at=NOW.replace(tzinfo=None))
    with pytest.raises(StatementError, match="without a time zone"), write():
        db.session.scalars(sa.select(Person).where(Person.created_at < NOW.replace(tzinfo=None))).all()


def test_moments_compare_in_the_database(write: Transaction) -> None:
    brussels = dt.timezone(dt.timedelta(hours=2))
    with write():
        make_person("Early", created_at=dt.datetime(2026, 5, 18, 10, 59, tzinfo=brussels))
        make_person("Late", created_at=dt.datetime(2026, 5, 18, 9, 1, tzinfo=dt.UTC))
        earlier = sa.select(Person.name).where(Person.created_at < NOW)
        assert db.session.scalars(earlier).all() == ["Early"]


def test_numbers_are_given_in_order_and_by_series(write: Transaction) -> None:
    with write():
        assert list(next_numbers("slot")) == [1]
        assert list(next_numbers("slot", 3)) == [2, 3, 4]
        assert list(next_numbers("session")) == [1]
        assert list(next_numbers("slot", 0)) == []

    def fail() -> None:
        with write():
            assert list(next_numbers("slot")) == [5]
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with write():
        assert list(next_numbers("slot")) == [5], "what was rolled back was never given"


def test_two_at_once_never_get_the_same_number(app: Flask) -> None:
    start = threading.Barrier(2)

    def take(_worker: int) -> list[int]:
        taken: list[int] = []
        start.wait()
        for _ in range(8):
            with app.app_context(), transaction():
                taken += next_numbers("slot", 2)
        return taken

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(take, range(2))
    assert sorted(one + other) == list(range(1, 33))


def test_inserting_leaves_the_row_that_stands(write: Transaction) -> None:
    with write():
        insert_or_leave(Counter, series="x", last=1)
        insert_or_leave(Counter, series="x", last=2)
        assert db.session.scalars(sa.select(Counter.last)).all() == [1]


def test_text_in_any_language_comes_back(write: Transaction) -> None:
    title = {"en": "Biology", "ar": "علم الأحياء", "fr": "L’œuvre « vive »", "zh-Hant": "生物 🧬"}
    with write():
        make_conference(title=title)
    with write(Mode.READ):
        assert db.session.scalars(sa.select(Conference.title)).one() == title


def test_names_sort_alike_whatever_the_database() -> None:
    names = ["zoe", "Zoë", "Ångström", "angle", "Émile", "Emil", "ESPRIT"]
    assert sorted(names, key=collate) == ["angle", "Ångström", "Emil", "Émile", "ESPRIT", "Zoë", "zoe"]
