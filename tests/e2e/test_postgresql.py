"""The same product on PostgreSQL: it starts, signs in, releases, and gives the calendar away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from icalendar import Calendar
from playwright.sync_api import Browser, expect

from tests import databases
from tests.e2e.browsing import visitor
from tests.e2e.conftest import NOW
from tests.e2e.servers import Server, serving

pytestmark = pytest.mark.postgres


@pytest.fixture
def served(postgresql: databases.PostgreSQL, tmp_path: Path) -> Iterator[Server]:
    """A server on an empty database of its own."""
    url = postgresql.create(f"served_{databases.process()}")
    secrets = {"CONFAPP_SECRET_KEY": "a secret for one test", "CONFAPP_AUDIT_KEY": "another secret for one test"}
    with serving(tmp_path, NOW, DATABASE_URL=url, **secrets) as server:
        yield server


def test_the_product_runs_on_postgresql(served: Server, browser: Browser) -> None:
    with visitor(browser, served) as organiser:
        page = organiser.open("/")
        expect(page.get_by_role("link", name="Living Defences")).to_be_visible()
        page = organiser.sign_in("organiser")
        organiser.open("/organise/biotech/releases")
        page.get_by_role("textbox", name="Note for readers, en").fill("Released from PostgreSQL.")
        page.get_by_role("button", name="Release now").click()
        expect(page.get_by_role("table", name="Releases so far")).to_contain_text("Released from PostgreSQL.")
        answer = organiser.fetch("/biotech/agenda.ics")
        assert answer.status == 200
        assert len(Calendar.from_ical(answer.body()).walk("VEVENT")) == 40
