"""The product in a real browser: one running instance, one Chromium, and visitors under watch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.system import find_chromium
from tests.e2e.browsing import FLAGS, Visitor, visitor
from tests.e2e.servers import Server, serving

NOW = dt.datetime(2026, 5, 18, 9, 10, tzinfo=dt.UTC)
"""When the demonstration is made: a Monday, 11:10 in Brussels, the opening keynote has been on for twenty minutes."""

Visit = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them can be chosen, or left out, with `-m`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Confapp as a new user finds it after the first start, on SQLite."""
    with serving(tmp_path_factory.mktemp("served"), NOW) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    path = find_chromium()
    assert path, "there is no Chromium: `make test` installs it, or names what to install"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """`visit(**options)`: one more person with a browser of their own; the test fails if anything went wrong in it."""
    with ExitStack() as open_until_the_end:

        def come(role: str | None = None, **options: Any) -> Visitor:
            who = open_until_the_end.enter_context(visitor(browser, server, **options))
            if role is not None:
                who.sign_in(role)
            return who

        yield come


@pytest.fixture
def page(visit: Visit) -> Page:
    """The page of somebody who is not signed in."""
    return visit().page
