"""The pictures that the README shows; `make screenshots` takes them anew."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.browsing import picture
from tests.e2e.conftest import Visit
from tests.e2e.servers import ROOT

SLUG = "biotech"


def test_the_readme_shows_the_agenda_the_board_and_a_transcript(visit: Visit) -> None:
    visitor = visit(viewport={"width": 1280, "height": 1600}, color_scheme="light", timezone_id="Europe/Brussels")
    page = visitor.open(f"/{SLUG}/agenda")
    expect(page.get_by_role("link", name="Opening keynote").first).to_be_visible()
    page.evaluate("document.fonts.ready")
    picture(page, "agenda")
    page = visitor.open(f"/{SLUG}/press/")
    page.get_by_role("link", name="It grows: three tasks").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("It grows")
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.evaluate("document.fonts.ready")
    picture(page, "transcript")
    page = visit("organiser", viewport={"width": 1280, "height": 860}, color_scheme="light").page
    page.goto(f"{visitor.server.url}/organise/{SLUG}/board")
    expect(page.locator("#board-cards .card").first).to_be_visible()
    page.evaluate("document.fonts.ready")
    picture(page, "board")

    shown = re.findall(r"!\[[^]]+\]\((docs/[^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert shown == ["docs/agenda.png", "docs/board.png", "docs/transcript.png"]
    assert [path for path in shown if not (ROOT / path).is_file()] == []
