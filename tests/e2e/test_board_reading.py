"""The board as it is read and filled: titles that go on, a card in full, the tray's own selection, a phone's tools."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.boards import Backstage, Board
from tests.e2e.browsing import PHONE, barriers, overflow
from tests.e2e.conftest import Visit
from tests.e2e.servers import Server
from tests.e2e.test_board_edits import changing

LONG = "What a very long title says about its author, and what those who have to print it think of both"


@pytest.fixture(scope="module")
def backstage(server: Server) -> Iterator[Backstage]:
    """The instance's database, and people of the board."""
    made = Backstage(server, word="reading")
    yield made
    made.close()


def test_a_title_that_goes_on_says_so_and_is_read_in_full_by_mouse_and_by_key(
    visit: Visit, backstage: Backstage
) -> None:
    slug = backstage.conference()
    with changing(backstage, slug, "ola") as change:
        change.session("Mould", title={"en": LONG}, state="proposed")
    board = Board.open(backstage.come(visit, "mia"), slug, "zoom=1")
    peek = board.page.locator("#board-peek")
    cut = board.page.locator(".card--cut")
    expect(cut).to_have_count(1)
    expect(cut).to_contain_text(f"{LONG}, Annexe, Monday 18 May, 10:00 to 10:30. Military medicine. Bo. Proposed")
    expect(peek).to_be_hidden()
    board.card(LONG).hover()
    expect(peek).to_contain_text(LONG)
    expect(peek).to_contain_text("10:00–10:30 · 30 min · Annexe")
    expect(peek).to_contain_text("Military medicine · Proposed")
    peek.hover()  # one may go there and read
    board.page.wait_for_timeout(400)
    expect(peek).to_be_visible()
    board.page.keyboard.press("Escape")
    expect(peek).to_be_hidden()
    board.page.mouse.move(5, 5)
    board.card("Spores").focus()
    board.keys("ArrowRight")
    expect(peek).to_contain_text(LONG)
    board.keys("Enter")
    expect(peek).to_be_hidden()
    board.keys("Escape")
    assert barriers(board.page) == []


def test_several_of_the_tray_get_a_track_and_places_one_after_the_other(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    with changing(backstage, slug, "ola") as change:
        for title in ("Cheese", "Wine"):
            change.new_session(title)
    board = Board.open(backstage.come(visit, "mia"), slug)
    page, dialog = board.page, board.page.get_by_role("dialog")
    for title in ("Bread", "Wine"):
        page.get_by_role("checkbox", name=f"Select “{title}”").check()
    page.get_by_role("button", name="Move them …").click()
    dialog.get_by_label("What to do with 2 slots").select_option("track")
    dialog.locator("[name=track]").select_option("Military medicine")
    dialog.get_by_role("button", name="Preview").click()
    dialog.get_by_role("button", name="Do it").click()
    board.state("2 slots changed.")
    expect(page.locator(".waiting").filter(has_text="Wine")).to_contain_text("Military medicine")
    # The same two by key, into a room: Ada, whose Bread it is, speaks until eleven thirty.
    page.locator(".waiting").filter(has_text="Bread").focus()
    board.keys("x", "Tab", "Tab", "Tab", "Tab", "x", "m")
    dialog.locator("[name=room]").select_option("Cellar")
    dialog.get_by_label("The first one without a place begins").fill("2026-05-18T11:00")
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("listitem").filter(has_text="Bread")).to_contain_text("Cellar, Mon 18 May 11:30–12:15")
    expect(dialog).to_contain_text("Nobody speaks in “Wine” yet.")
    assert barriers(page, only_layout=True) == []
    dialog.get_by_role("button", name="Do it").click()
    board.state("2 slots changed.")
    expect(page.locator(".waiting strong")).to_have_text(["Cheese"])
    board.at("Wine", "Cellar, Monday 18 May, 12:15 to 12:45")
    assert backstage.places(slug)["Bread"] == "cellar 11:30-12:15"
    board.card("Wine").focus()
    board.keys("Control+z")
    expect(page.locator(".waiting strong")).to_have_text(["Bread", "Cheese", "Wine"])


def test_a_phone_has_all_tools_in_reach(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    who = backstage.come(visit, "mia", has_touch=True, viewport=PHONE, is_mobile=True)
    board = Board.open(who, slug, "")
    page = board.page
    assert overflow(page) == []
    assert page.locator("#board-scroll").evaluate("each => each.clientHeight") > 600
    page.locator("summary").filter(has_text="More").tap()
    page.get_by_label("All 24 hours").check()
    expect(page.locator(".hour").first).to_have_text("00:00")
    expect(page.get_by_role("link", name="Its history")).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Panel").tap()
    expect(page.locator(".waiting strong")).to_have_text(["Bread"])
    assert barriers(page) == []
    board.card("Spores").tap()
    page.get_by_role("button", name="Select it").tap()
    expect(page.locator("#board-selection")).to_contain_text("1 selected")
    card, panel = board.card("Spores").bounding_box(), page.locator("#board-side").bounding_box()
    assert card is not None
    assert panel is not None
    assert card["y"] + card["height"] <= panel["y"]
