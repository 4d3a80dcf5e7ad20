"""The first start on an empty PostgreSQL: migrated, filled, and served under the public fence, beside its worker."""

from __future__ import annotations

import urllib.request
from pathlib import Path

from tests.databases import PostgreSQL, process
from tests.e2e.conftest import NOW
from tests.e2e.servers import Server


def test_a_first_start_on_postgresql(postgresql: PostgreSQL, tmp_path: Path) -> None:
    keys = {"CONFAPP_SECRET_KEY": "a test's secret key", "CONFAPP_AUDIT_KEY": "a test's audit key"}
    server = Server(tmp_path, NOW, DATABASE_URL=postgresql.create(f"{process()}_served"), **keys)
    try:
        with urllib.request.urlopen(server.url) as answer:
            assert 'href="/biotech/"' in answer.read().decode()
        with urllib.request.urlopen(f"{server.url}/biotech/agenda.ics") as answer:
            assert answer.read().startswith(b"BEGIN:VCALENDAR")
    finally:
        server.stop()
    assert "Traceback" not in server.said()
