"""What every test stands on: a clock it sets, an app on both databases, and real files where there are some."""

from __future__ import annotations

import contextvars
import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from confapp import create_app
from confapp.config import Settings
from confapp.database import Mode, db, transaction
from confapp.domain import audit
from confapp.web import ConfappFlask
from tests import databases

NOW = dt.datetime(2026, 5, 18, 9, tzinfo=dt.UTC)
DATA = "CONFAPP_TEST_DATA"
EXAMPLES = "CONFAPP_EXAMPLES"

Transaction = Callable[..., AbstractContextManager[None]]


# The laws: how many examples each is held against, few at every run and many now and then.

PROFILES = {"quick": 20, "soak": 1000}


def use_profile(name: str) -> None:
    """Hold laws that name no count of their own against as many examples; raises UsageError for an unknown name."""
    if name not in PROFILES:
        raise pytest.UsageError(f"{EXAMPLES} is {name!r}; give one of {', '.join(PROFILES)}")
    hypothesis.settings.register_profile(
        name,
        max_examples=PROFILES[name],
        deadline=None,  # a busy machine is no fault
        derandomize=name == "quick",  # a commit passes always or never; new examples are for `make soak` to find
        print_blob=True,
        suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
    )
    hypothesis.settings.load_profile(name)


# The session: one PostgreSQL for all its processes, started by the first test that wants it.


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples are tried, and reserve the server's place before workers start and inherit it."""
    if not hasattr(config, "workerinput"):
        databases.reserve_postgresql()
    use_profile(os.environ.get(EXAMPLES, "quick"))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server once all workers have ended."""
    if not hasattr(config, "workerinput"):
        databases.stop_postgresql()


class OneProcessForBrowsers(LoadScopeScheduling):
    """Tests over several processes, one by one; those in a browser stay together and share a running instance."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/e2e/") else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Who runs which test, under `-n`. (pytest 9 hides the mark `xdist_group` from pytest-xdist 3.8.)"""
    return OneProcessForBrowsers(config, log)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what uses a database on both, unless it is marked for one of them."""
    if "database_kind" not in metafunc.fixturenames:
        return
    kinds = {"sqlite": pytest.mark.sqlite, "postgresql": pytest.mark.postgres}
    only = [kind for kind, mark in kinds.items() if metafunc.definition.get_closest_marker(mark.name)]
    parameters = [pytest.param(kind, marks=kinds[kind]) for kind in only or kinds]
    metafunc.parametrize("database_kind", parameters, ids=only or list(kinds), scope="function")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever reads real programmes can be chosen with `-m data`."""
    for item in items:
        if "real_file" in getattr(item, "fixturenames", ()):
            item.add_marker("data")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much was left out for want of real programmes."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if DATA in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} tests need {DATA}, a folder of real programmes.", yellow=True)


# The clock.


class SetClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        """The moment that was set."""
        return self.now

    def tick(self, **amount: float) -> dt.datetime:
        """Move on by `timedelta(**amount)`; the new moment."""
        self.now += dt.timedelta(**amount)
        return self.now


@pytest.fixture
def now() -> dt.datetime:
    """The moment at which tests happen unless they say otherwise."""
    return NOW


CLOCK = SetClock(NOW)


@pytest.fixture
def clock() -> SetClock:
    """The app's clock, at NOW."""
    CLOCK.now = NOW
    return CLOCK


# The databases and the app.


def settings_in(folder: Path, **more: Any) -> Settings:
    """Settings for a test whose files lie in `folder`."""
    values = {"secret_key": "a test's secret key", "audit_key": "a test's audit key", "base_url": "http://localhost"}
    return Settings(instance=folder, is_testing=True, log_level="WARNING", **(values | more))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    settings = settings_in(tmp_path_factory.mktemp("template"))
    databases.migrate(settings)
    return settings.instance / "confapp.sqlite3"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[databases.PostgreSQL]:
    """The session's PostgreSQL server."""
    server = databases.PostgreSQL()
    yield server
    server.close()


@pytest.fixture(scope="session")
def postgresql_url(postgresql: databases.PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> str:
    """This process's own migrated database."""
    settings = settings_in(tmp_path_factory.mktemp("postgresql"))
    return postgresql.create_migrated(databases.process(), settings)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The instance folder of this process's apps, by kind of database."""
    return {kind: tmp_path_factory.mktemp(kind) for kind in ("sqlite", "postgresql")}


@pytest.fixture
def settings(database_kind: str, homes: dict[str, Path], request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings with a migrated and empty database, SQLite in one run of the test and PostgreSQL in the other."""
    folder = homes[database_kind]
    shutil.rmtree(folder)
    folder.mkdir()
    if database_kind == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder)
        yield settings_in(folder)
        return
    url = request.getfixturevalue("postgresql_url")
    yield settings_in(folder, database_url=url)
    request.getfixturevalue("postgresql").empty(databases.process())


class SeparateClient(FlaskClient):
    """A test client whose requests see nothing of the test's own transaction and context, as in real life."""

    def open(self, *arguments: Any, **named: Any) -> Any:
        """Send a request."""
        return contextvars.Context().run(super().open, *arguments, **named)


@pytest.fixture(scope="session")
def apps() -> Iterator[dict[str, ConfappFlask]]:
    """One app for each kind of database serves all tests of a process: making one costs more than most tests."""
    made: dict[str, ConfappFlask] = {}
    yield made
    for app in made.values():
        databases.close(app)


@pytest.fixture
def app(
    settings: Settings, database_kind: str, clock: SetClock, apps: dict[str, ConfappFlask]
) -> Iterator[ConfappFlask]:
    """The app, migrated and empty. What a test changes in `app.config` is put back; for more, see `make_app`."""
    if database_kind not in apps:
        apps[database_kind] = create_app(settings, clock)
        apps[database_kind].test_client_class = SeparateClient
    app = apps[database_kind]
    audit.use_key(settings.audit_key)
    config = dict(app.config)
    yield app
    app.config.update(config)
    if database_kind == "sqlite":
        databases.close(app)  # the next test puts another file there


@pytest.fixture
def make_app(settings: Settings, clock: SetClock) -> Iterator[Callable[..., ConfappFlask]]:
    """`make_app(is_behind_tls=True)`: an app of the test's own, whose settings differ or which it adds views to."""
    made: list[ConfappFlask] = []

    def make(**changes: Any) -> ConfappFlask:
        made.append(create_app(replace(settings, **changes), clock))
        made[-1].test_client_class = SeparateClient
        return made[-1]

    yield make
    for app in made:
        databases.close(app)


@pytest.fixture
def client(app: ConfappFlask) -> FlaskClient:
    """Somebody who is not signed in."""
    return app.test_client()


@pytest.fixture
def write(app: ConfappFlask) -> Iterator[Transaction]:
    """`with write(): ...` opens a transaction (or `write(Mode.READ)`); rows stay usable in the next one of the test."""

    @contextmanager
    def opened(mode: Mode = Mode.WRITE) -> Iterator[None]:
        db.session.rollback()  # what asserts between two transactions may have begun
        with transaction(mode):
            yield

    with app.app_context():
        yield opened


@pytest.fixture
def count_queries(app: ConfappFlask) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with count_queries() as statements: ...` gathers every statement sent to the database meanwhile."""
    with app.app_context():
        engines = list(db.engines.values())

    @contextmanager
    def counting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        for engine in engines:
            event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            for engine in engines:
                event.remove(engine, "before_cursor_execute", note)

    return counting


# Real files.


@pytest.fixture
def real_file() -> Callable[[str], Path]:
    """`real_file("01-x/schedule.xml")`: a file among the real programmes; the test is skipped where there are none."""

    def find(relative: str) -> Path:
        folder = os.environ.get(DATA)
        if not folder:
            pytest.skip(f"needs {DATA}, a folder of real programmes")
        path = Path(folder, relative)
        assert path.exists(), f"{DATA} holds no {relative}"
        return path

    return find
