"""The watch over visitors' browsers sees what it is there for."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Browser

from tests.e2e.browsing import barriers, overflow, visitor
from tests.e2e.conftest import Visit
from tests.e2e.servers import Server


@pytest.mark.parametrize(
    ("misdeed", "noted"),
    [
        ("document.body.setAttribute('style', 'color: red')", "console: Applying inline style violates"),
        ("console.error('out of order')", "console: out of order"),
        ("setTimeout(() => { throw new Error('broken') })", "script: broken"),
        ("location.assign('http://127.0.0.2:9/')", "request to another host: http://127.0.0.2:9/"),
        ("fetch('/static/none.js')", "console: Failed to load resource"),
    ],
)
def test_the_watch_notes_a_misdeed(misdeed: str, noted: str, browser: Browser, server: Server) -> None:
    with pytest.raises(AssertionError, match=f"^{re.escape(noted)}"):
        misbehave(browser, server, misdeed)


def misbehave(browser: Browser, server: Server, misdeed: str) -> None:
    """Let a visitor's page do what none of ours may, and wait until it is noted; leaving the visitor then raises."""
    with visitor(browser, server) as who:
        who.open("/").evaluate(f"() => {{ {misdeed} }}")
        patience = time.monotonic() + 10
        while not who.problems and time.monotonic() < patience:
            who.page.wait_for_timeout(20)


def test_barriers_and_overflow_are_found(visit: Visit) -> None:
    page = visit().open("/")
    assert barriers(page) == []
    assert overflow(page) == []
    page.evaluate(
        """() => {
            const wide = document.createElement("table");
            wide.innerHTML = "<tr>" + "<td>unbreakable</td>".repeat(60) + "</tr>";
            document.querySelector("main").append(wide, document.createElement("input"));
        }"""
    )
    assert any(found.startswith("label:") for found in barriers(page))
    assert overflow(page) != []
