"""The schedule's pages beside the board: its history, bulk moves by form; wide, on a phone, by key, without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.boards import Backstage, Board
from tests.e2e.browsing import PHONE, barriers, overflow
from tests.e2e.conftest import Visit
from tests.e2e.servers import Server


@pytest.fixture(scope="module")
def backstage(server: Server) -> Iterator[Backstage]:
    """The instance's database, and people of the board."""
    made = Backstage(server, word="pages")
    yield made
    made.close()


def is_pleasant(page: Page) -> None:
    """Nothing is in anybody's way, and nothing hangs out of the window."""
    assert barriers(page) == []
    assert overflow(page) == []


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus says these words."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = "document.activeElement.labels?.[0]?.innerText || document.activeElement.innerText || ''"
        if words in page.evaluate(focused):
            return
    raise AssertionError(f"Tab never came to {words!r}")


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_a_room_is_assigned_by_form_and_the_history_tells_and_undoes_it(
    visit: Visit, backstage: Backstage, phone: bool
) -> None:
    slug = backstage.conference()
    options = {"has_touch": True, "is_mobile": True, "viewport": PHONE} if phone else {}
    who = backstage.come(visit, "mia", **options)
    page = who.open(f"/organise/{slug}/schedule/moves")
    is_pleasant(page)
    page.get_by_role("link", name="Assign a room").click()
    is_pleasant(page)
    page.get_by_label("Bread 45 minutes, Food").check()
    page.get_by_label("Mould").check()
    page.get_by_label("To the room").select_option("Cellar")
    page.get_by_label("What has no place yet begins at").fill("2026-05-18T10:00")
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_text("Nothing has moved yet.")).to_be_visible()
    is_pleasant(page)
    assert "Bread" not in backstage.places(slug)
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text("2 slots changed.")).to_be_visible()
    is_pleasant(page)
    # Ada, whose Bread it is, speaks at ten and at eleven.
    assert {title: place for title, place in backstage.places(slug).items() if title in ("Bread", "Mould")} == {
        "Mould": "cellar 10:00-10:30", "Bread": "cellar 11:30-12:15",
    }  # fmt: skip
    expect(page.get_by_text("Given a room").first).to_be_visible()
    page.get_by_role("link", name="Undo my last step").click()
    expect(page.get_by_text("This moves 2 slots:")).to_be_visible()
    is_pleasant(page)
    page.get_by_role("button", name="Undo it").click()
    expect(page.get_by_role("link", name="Do again what I undid")).to_be_visible()
    assert backstage.places(slug)["Mould"] == "annexe 10:00-10:30"
    page.get_by_label("Room").select_option("Cellar")
    page.get_by_role("button", name="Show").click()
    is_pleasant(page)


def test_slots_are_swapped_and_swapped_back_by_key_alone(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    page = backstage.come(visit, "mia").open(f"/organise/{slug}/schedule/moves/swap")
    for title in ("Spores", "Yeast"):
        tab_to(page, title)
        page.keyboard.press("Space")
    tab_to(page, "Show what it would do")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing has moved yet.")).to_be_visible()
    tab_to(page, "Do it")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 slots changed.")).to_be_visible()
    assert backstage.places(slug)["Spores"] == "aula 11:00-11:30"
    tab_to(page, "Undo my last step")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This moves 2 slots:")).to_be_visible()
    tab_to(page, "Undo it")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Do again what I undid")).to_be_visible()
    assert backstage.places(slug)["Spores"] == "aula 10:00-10:30"


def test_what_a_batch_breaks_is_named_before_and_refused_without_a_reason(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    who = backstage.come(visit, "mia", java_script_enabled=False)
    page = who.open(f"/organise/{slug}/schedule/moves/room")
    page.get_by_label("Mould").check()
    page.get_by_label("To the room").select_option("Aula")
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_text("What would be in the way")).to_be_visible()
    page.get_by_role("button", name="Do it").click()
    expect(
        page.get_by_text("Not all places are free.").or_(page.get_by_text("That place is not free."))
    ).to_be_visible()
    assert backstage.places(slug)["Mould"] == "annexe 10:00-10:30"
    page.get_by_label("Do it all the same, because").fill("a debate")
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text("1 slot changed.")).to_be_visible()
    expect(page.get_by_text("a debate")).to_be_visible()
    board = Board.open(backstage.come(visit, "ola"), slug)
    expect(board.page.locator("#board-conflict-count")).to_have_text("0")
