"""FOSDEM 2020 on the board: every double booking found, one repaired by drag, one by key, both undone; a release."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from confapp.database import Mode
from confapp.domain.programme import conferences
from confapp.domain.schedule import checking
from tests.e2e.boards import Backstage, Board
from tests.e2e.browsing import barriers
from tests.e2e.conftest import NOW, Visit
from tests.e2e.servers import ROOT, Server, serving

FAR_OUT = "grid=15&zoom=1"
COLUMN, MINUTE = 76, 1.25


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An instance of its own: the files of so large a release keep a worker busy for minutes."""
    with serving(tmp_path_factory.mktemp("fosdem"), NOW) as running:
        yield running


@pytest.fixture
def fosdem(server: Server, real_file: Callable[[str], Path]) -> Iterator[Backstage]:
    """The programme, imported as an organiser does."""
    programme = real_file("01-fosdem-2020/schedule.xml")
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "import", str(programme), "--conference", "fosdem"]
    environment = os.environ | {"CONFAPP_INSTANCE": str(server.folder / "instance")}
    subprocess.run(
        [*command, "--timezone", "Europe/Brussels"], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    backstage = Backstage(server, people=())
    yield backstage
    backstage.close()


def test_double_bookings_are_found_repaired_undone_and_released(visit: Visit, fosdem: Backstage) -> None:
    board = Board.open(visit("admin", viewport={"width": 1280, "height": 1000}), "fosdem", f"{FAR_OUT}&day=2020-02-02")
    page = board.page
    with fosdem.open(Mode.READ):
        found = checking.draft_conflicts(conferences.named("fosdem"))
        double = [str(each.message) for each in found if each.rule.value in ("room", "person")]
    page.get_by_role("button", name="Conflicts").click()
    expect(page.locator("#board-conflict-count")).to_have_text(str(len(found)))
    assert page.locator(".conflict--blocks > p:first-child").all_inner_texts() == double
    assert len(double) == 3
    assert barriers(page, only_layout=True) == []
    before = fosdem.places("fosdem")
    # By drag: the panel leads to the card; its neighbour in the room ends at 13:00, its person is busy until 17:00.
    title = "Open Source Hardware for Industrial use"
    page.get_by_role("button", name=f"Show “{title}”").click()
    expect(board.card(title)).to_be_focused()
    page.get_by_role("button", name="Close the side panel").click()
    x, y = board.lift(board.card(title))
    page.mouse.move(x, y + 240 * MINUTE, steps=8)
    expect(page.locator("#board-landing-label")).to_contain_text("17:00–17:55")
    expect(page.locator("#board-landing")).to_have_attribute("data-grade", "free")
    page.mouse.up()
    board.state(f"Saved: “{title}”")
    expect(page.locator("#board-conflict-count")).to_have_text(str(len(found) - 1))
    # By key.
    title = "NGI Zero: A treasure trove of tech awesome"
    board.card(title).focus()
    board.keys("Enter", *["ArrowDown"] * 4)
    board.says("17:00 to 17:15")
    board.keys("Enter")
    board.state(f"Saved: “{title}”")
    expect(page.locator("#board-conflict-count")).to_have_text(str(len(found) - 2))
    assert fosdem.places("fosdem") != before
    for left in (1, 0):
        board.keys("Control+z")
        expect(page.locator("#board-conflict-count")).to_have_text(str(len(found) - left))
    assert fosdem.places("fosdem") == before
    page.get_by_role("link", name="Releases").click()
    page.get_by_label("Release all the same, because").fill("as published")
    page.get_by_role("button", name="Release now").click()
    expect(page.get_by_text("Release 1 is public.")).to_be_visible()
