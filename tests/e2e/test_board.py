"""The board in a browser: dragged, carried by key, touched, refused, undone, shared, narrowed by rights."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.boards import COLUMN, MINUTE, Backstage, Board
from tests.e2e.browsing import PHONE, barriers, overflow
from tests.e2e.conftest import Visit
from tests.e2e.servers import Server

REFUSED, STALE = "status of 409", "status of 412"


@pytest.fixture(scope="module")
def backstage(server: Server) -> Iterator[Backstage]:
    """The instance's database, and people of the board."""
    made = Backstage(server)
    yield made
    made.close()


def test_a_card_is_dragged_and_the_drag_undone_and_done_again(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    board = Board.open(backstage.come(visit, "mia"), slug)
    board.drag("Spores", rooms=2, minutes=30)
    board.state("Saved: “Spores” is in Cellar, Mon 18 May 10:30–11:00.")
    assert backstage.places(slug)["Spores"] == "cellar 10:30-11:00"
    board.page.keyboard.press("Control+z")
    board.state("Undone.")
    board.at("Spores", "Aula, Monday 18 May, 10:00 to 10:30")
    assert backstage.places(slug)["Spores"] == "aula 10:00-10:30"
    board.page.get_by_role("button", name="Redo").click()
    board.state("Done again.")
    assert backstage.places(slug)["Spores"] == "cellar 10:30-11:00"


def test_while_dragged_clashing_places_are_shaded_with_the_reason_and_a_refused_card_springs_back(
    visit: Visit, backstage: Backstage
) -> None:
    slug = backstage.conference()
    board = Board.open(backstage.come(visit, "mia"), slug)
    x, y = board.lift(board.card("Spores"))
    shade = board.page.locator("#board-shades .shade--blocks").filter(has_text="Ada")
    expect(shade.first).to_be_visible()  # Ada has Yeast at eleven, whatever the room
    board.page.mouse.move(x + 2 * COLUMN, y + 60 * MINUTE, steps=6)
    expect(board.page.locator("#board-landing")).to_have_attribute("data-grade", "blocks")
    expect(board.page.locator("#board-landing-label")).to_contain_text("Yeast")
    board.page.mouse.up()
    expect(board.note).to_contain_text("“Spores” was not moved")
    expect(board.note).to_contain_text("Ada is in")
    board.at("Spores", "Aula, Monday 18 May, 10:00 to 10:30")
    assert backstage.places(slug)["Spores"] == "aula 10:00-10:30"
    assert barriers(board.page) == []
    way = board.note.locator(".note__way").first
    start = re.search(r"\d\d:\d\d", way.inner_text())
    assert start is not None
    way.click()
    board.state("Saved: “Spores”")
    assert f" {start[0]}-" in backstage.places(slug)["Spores"]
    expect(board.page.locator("#board-notes .note--bad")).to_have_count(0)
    board.forgive(REFUSED)


def test_a_clash_is_placed_all_the_same_for_a_reason(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    board = Board.open(backstage.come(visit, "mia"), slug)
    board.drag("Mould", rooms=-1)
    board.note.get_by_role("button", name="Place it all the same").click()
    board.page.get_by_label("Because (kept in the history)").fill("a debate")
    board.page.get_by_role("button", name="Do it").click()
    board.state("Saved: “Mould” is in Aula")
    assert backstage.places(slug)["Mould"] == "aula 10:00-10:30"
    expect(board.page.locator("#board-conflict-count")).to_have_text("0")
    board.page.get_by_role("button", name="Conflicts").click()
    expect(board.page.get_by_role("heading", name="Let stand (1)")).to_be_visible()
    expect(board.page.locator(".conflict--let")).to_contain_text("Because: a debate")
    board.page.get_by_role("button", name="No longer let it stand").click()
    expect(board.page.locator("#board-conflict-count")).to_have_text("1")
    expect(board.card("Mould")).to_have_class(re.compile("card--blocks"))
    # Side by side: neither hides the other.
    one, other = (board.card(title).bounding_box() for title in ("Spores", "Mould"))
    assert one is not None
    assert other is not None
    assert max(one["x"], other["x"]) >= min(one["x"] + one["width"], other["x"] + other["width"]) - 1
    board.forgive(REFUSED)


def test_an_edge_is_dragged_to_change_the_length(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    board = Board.open(backstage.come(visit, "mia"), slug)
    x, y = board.middle(board.card("Mould"))
    edge = y + 15 * MINUTE - 4
    board.page.mouse.move(x, edge)
    board.page.mouse.down()
    board.page.mouse.move(x, edge + 30 * MINUTE, steps=4)
    board.page.wait_for_timeout(50)
    board.page.mouse.up()
    board.state("Saved: “Mould” is in Annexe, Mon 18 May 10:00–11:00.")
    assert backstage.places(slug)["Mould"] == "annexe 10:00-11:00"


def test_a_finger_presses_long_and_drags_and_otherwise_scrolls(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    who = backstage.come(visit, "mia", has_touch=True, viewport=PHONE, is_mobile=True)
    board = Board.open(who, slug, "grid=15&zoom=1")
    assert overflow(board.page) == []
    finger = who.context.new_cdp_session(board.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    x, y = board.middle(board.card("Mould"))
    touch("touchStart", (x, y))
    touch("touchMove", (x, y - 40))
    touch("touchMove", (x, y - 80))
    board.page.wait_for_timeout(200)
    touch("touchMove", (x, y - 81))  # comes to rest: a swing would go on under the next touch
    board.page.wait_for_timeout(200)
    touch("touchEnd")
    assert backstage.places(slug)["Mould"] == "annexe 10:00-10:30"
    assert board.page.locator("#board-scroll").evaluate("each => each.scrollTop") > 0
    board.page.locator("#board-scroll").evaluate("each => each.scrollTo({ top: 0, behavior: 'instant' })")
    board.page.wait_for_timeout(100)
    x, y = board.middle(board.card("Mould"))
    touch("touchStart", (x, y))
    expect(board.page.locator("#board-landing")).to_be_visible()
    for step in range(1, 7):
        touch("touchMove", (x + step * 76 / 6, y + step * 60 * 1.25 / 6))
    board.page.wait_for_timeout(50)
    touch("touchEnd")
    board.state("Saved: “Mould”")
    assert backstage.places(slug)["Mould"] == "cellar 11:00-11:30"


def test_everything_is_done_by_keyboard_alone(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    board = Board.open(backstage.come(visit, "mia"), slug)
    page = board.page
    assert barriers(page) == []
    board.card("Spores").focus()  # where Tab leads; from here on only keys
    assert page.evaluate("document.querySelectorAll('.card[tabindex=\"0\"]').length") == 1
    board.keys("ArrowRight")
    expect(board.card("Mould")).to_be_focused()
    board.keys("ArrowLeft", "ArrowDown")
    expect(board.card("Yeast")).to_be_focused()
    board.keys("Enter")
    board.says("Picked up “Yeast”.")
    board.keys("ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp")
    board.says("Aula, Monday 18 May, 10:00 to 10:30. Would clash:")
    assert barriers(page, only_layout=True) == []
    board.keys("Escape")
    board.says("“Yeast” is back where it was.")
    expect(board.card("Yeast")).to_be_focused()
    board.keys("Space", "ArrowRight", "ArrowRight", "ArrowDown", "Shift+ArrowDown", "PageDown")
    board.says("Cellar, Tuesday 19 May, 11:15 to 12:00. Free")
    board.keys("Enter")
    board.state("Saved: “Yeast” is in Cellar, Tue 19 May 11:15–12:00.")
    assert backstage.places(slug)["Yeast"] == "cellar 19 11:15-12:00"
    expect(board.card("Yeast")).to_be_focused()
    board.keys("Control+z")
    board.at("Yeast", "Aula, Monday 18 May, 11:00 to 11:30")
    board.keys("Control+Shift+z")
    board.at("Yeast", "Cellar, Tuesday 19 May, 11:15 to 12:00")
    board.keys("Delete")
    board.state("Taken off the schedule: “Yeast”.")
    assert "Yeast" not in backstage.places(slug)
    board.keys("?")
    expect(page.get_by_role("heading", name="How the board works")).to_be_visible()
    assert barriers(page, only_layout=True) == []
    board.keys("Escape", "/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("bre")
    expect(page.locator(".waiting")).to_have_count(1)
    while not page.evaluate("document.activeElement.classList.contains('waiting')"):
        board.keys("Tab")
    board.keys("Enter", "ArrowRight")
    board.says("Annexe, Tuesday 19 May")
    board.keys("Enter")
    board.state("Saved: “Bread” is in Annexe, Tue 19 May")
    expect(board.card("Bread")).to_be_focused()
    assert backstage.places(slug)["Bread"].startswith("annexe 19 ")


def test_several_are_moved_at_once_after_a_look_at_it(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    board = Board.open(backstage.come(visit, "mia"), slug)
    board.card("Spores").focus()
    board.keys("x", "ArrowDown", "x", "m")
    dialog = board.page.get_by_role("dialog")
    expect(dialog.get_by_label("What to do with 2 slots")).to_have_value("swap")
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("listitem").filter(has_text="Spores")).to_contain_text(
        "10:00–10:30 → Aula, Mon 18 May 11:00"
    )
    assert barriers(board.page, only_layout=True) == []
    assert backstage.places(slug)["Spores"] == "aula 10:00-10:30"
    dialog.get_by_role("button", name="Do it").click()
    board.state("2 slots changed.")
    assert backstage.places(slug)["Spores"] == "aula 11:00-11:30"
    board.keys("Control+z")
    board.at("Spores", "Aula, Monday 18 May, 10:00 to 10:30")
    board.at("Yeast", "Aula, Monday 18 May, 11:00 to 11:30")


def test_a_break_is_made_copied_to_many_rooms_and_a_blocker_keeps_one_free(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    board = Board.open(backstage.come(visit, "mia"), slug)
    page = board.page
    for kind, title in (("Break …", "Tea"), ("Blocker …", "Piano tuner")):
        page.locator("summary").filter(has_text="Add").click()
        page.get_by_role("button", name=kind).click()
        dialog = page.get_by_role("dialog")
        dialog.locator("[name=title]").fill(title)
        dialog.get_by_label("Room").select_option("Aula" if kind == "Break …" else "Cellar")
        dialog.get_by_label("Start").fill("2026-05-18T14:00" if kind == "Break …" else "2026-05-18T16:00")
        dialog.get_by_role("button", name="Do it").click()
        board.state(f"Added: “{title}”.")
    assert backstage.places(slug)["Piano tuner"] == "cellar 16:00-16:30"
    expect(board.card("Blocked: Piano tuner")).to_be_visible()
    board.card("Tea").click()
    page.get_by_role("button", name="Copy to other rooms").click()
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Do it").click()
    board.state("2 slots changed.")
    expect(board.card("Tea")).to_have_count(3)


# Two at once.


def test_what_others_do_arrives_with_words_and_a_stale_move_is_refused_with_one_click_to_try_again(
    visit: Visit, backstage: Backstage
) -> None:
    slug = backstage.conference()
    mia = Board.open(backstage.come(visit, "mia"), slug)
    ola = Board.open(backstage.come(visit, "ola"), slug)
    expect(mia.page.locator("#board-present")).to_contain_text("Ola has the board open")
    ola.drag("Spores", rooms=2)
    ola.state("Saved")
    expect(mia.note).to_contain_text("Ola moved “Spores” to Cellar, Mon 18 May, 10:00", timeout=2_000)
    mia.at("Spores", "Cellar, Monday 18 May")
    mia.page.route("**/board/changes?*", lambda route: route.fulfill(status=304))  # Mia does not see the next move
    ola.drag("Spores", minutes=60)
    ola.note.get_by_role("button", name="Place it all the same").click()
    ola.page.get_by_label("Because").fill("Ada can do it")
    ola.page.get_by_role("button", name="Do it").click()
    ola.state("Saved: “Spores” is in Cellar, Mon 18 May 11:00")
    x, y = mia.lift(mia.card("Spores"))
    expect(ola.card("Spores")).to_contain_text("Mia")  # whose hand it is in
    mia.page.mouse.move(x, y - 30 * MINUTE, steps=4)
    mia.page.wait_for_timeout(50)
    mia.page.unroute("**/board/changes?*")
    mia.page.mouse.up()
    expect(mia.note).to_contain_text("was moved by somebody else meanwhile")
    expect(mia.note).to_contain_text("Ola moved “Spores” to Cellar, Mon 18 May, 11:00")
    mia.at("Spores", "11:00 to 11:30")
    mia.note.get_by_role("button", name="Try again: Cellar, Mon 18 May 09:30–10:00").click()
    mia.state("Saved: “Spores” is in Cellar, Mon 18 May 09:30–10:00.")
    expect(ola.note).to_contain_text("Mia moved “Spores” to Cellar, Mon 18 May, 09:30", timeout=2_000)
    ola.card("Mould").focus()
    ola.keys("Delete")
    expect(mia.note).to_contain_text("Ola took “Mould” off the schedule", timeout=2_000)
    expect(mia.card("Mould")).to_have_count(0)
    expect(mia.page.locator(".waiting").filter(has_text="Mould")).to_be_visible()
    mia.forgive(STALE)
    ola.forgive(REFUSED)


def test_undoing_what_others_built_upon_names_their_step_and_offers_to_undo_both(
    visit: Visit, backstage: Backstage
) -> None:
    slug = backstage.conference()
    mia, ola = (Board.open(backstage.come(visit, name), slug) for name in ("mia", "ola"))
    mia.drag("Spores", rooms=2)
    mia.state("Saved")
    ola.at("Spores", "Cellar")
    ola.drag("Spores", minutes=-30)
    ola.state("Saved")
    mia.at("Spores", "09:30 to 10:00")
    mia.keys("Control+z")
    expect(mia.note).to_contain_text("Later steps stand on it")
    expect(mia.note).to_contain_text("ola@board.example")
    mia.note.get_by_role("button", name="Undo all together").click()
    mia.at("Spores", "Aula, Monday 18 May, 10:00 to 10:30")
    assert backstage.places(slug)["Spores"] == "aula 10:00-10:30"
    mia.forgive(REFUSED)


def test_without_a_connection_a_card_springs_back_and_one_click_tries_again(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    board = Board.open(backstage.come(visit, "mia"), slug)
    board.who.context.set_offline(True)
    board.drag("Mould", minutes=60)
    expect(board.note).to_contain_text("The server could not be reached. Nothing was changed.")
    board.at("Mould", "10:00 to 10:30")
    board.who.context.set_offline(False)
    board.note.get_by_role("button", name="Try again").click()
    board.state("Saved: “Mould” is in Annexe, Mon 18 May 11:00")
    assert backstage.places(slug)["Mould"] == "annexe 11:00-11:30"
    board.forgive("ERR_INTERNET_DISCONNECTED")


# Who may what, and what one wants to see.


def test_a_track_manager_moves_her_track_only_and_a_reader_nothing(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    tam = Board.open(backstage.come(visit, "tam"), slug)
    expect(tam.card("Spores")).to_contain_text("Not yours to move")
    tam.card("Spores").focus()
    tam.keys("Enter")
    tam.says("“Spores” is not yours to move.")
    expect(tam.page.locator("#board-landing")).to_be_hidden()
    tam.drag("Yeast", rooms=1)
    tam.state("Saved: “Yeast” is in Annexe")
    rea = Board.open(backstage.come(visit, "rea"), slug)
    rea.state("You may look at the schedule, not change it.")
    expect(rea.page.get_by_role("button", name="Undo")).to_be_disabled()
    rea.card("Yeast").click()
    expect(rea.page.get_by_role("link", name="Place by form")).to_have_count(0)
    assert backstage.places(slug) == {
        "Spores": "aula 10:00-10:30", "Mould": "annexe 10:00-10:30", "Yeast": "annexe 11:00-11:30",
    }  # fmt: skip


def test_rooms_tracks_and_days_are_kept_on_the_device_and_in_the_address(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    who = backstage.come(visit, "mia")
    board = Board.open(who, slug)
    page = board.page
    page.locator("#board-rooms-menu summary").click()
    page.get_by_role("checkbox", name="Annexe").uncheck()
    page.keyboard.press("Escape")
    page.locator("#board-tracks-menu summary").click()
    page.get_by_role("button", name="Only Food").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="All days").click()
    expect(page.locator(".head__name")).to_have_text(["Whole venue", "Aula", "Cellar"])
    expect(board.card("Spores")).to_have_attribute("aria-hidden", "true")
    expect(page.locator(".day-title")).to_have_count(2)
    assert {"day=all", "hide=annexe", "mute=military-medicine"} <= set(page.url.partition("?")[2].split("&"))
    again = Board.open(who, slug, "")
    expect(again.page.locator(".head__name")).to_have_text(["Whole venue", "Aula", "Cellar"])
    shared = Board.open(backstage.come(visit, "ola"), slug, "day=2026-05-19&rooms=cellar")
    expect(shared.page.locator(".head__name")).to_have_text(["Whole venue", "Cellar"])
    expect(shared.page.get_by_role("button", name="Tue 19 May")).to_have_attribute("aria-pressed", "true")


def test_without_scripts_the_board_is_a_table_of_links(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    page = backstage.come(visit, "mia", java_script_enabled=False).open(f"/organise/{slug}/board")
    row = page.get_by_role("row").filter(has_text="Spores")
    expect(row).to_contain_text("2026-05-18 10:00–10:30")
    row.get_by_role("link", name="Move").click()
    expect(page.get_by_label("Room", exact=True)).to_have_value("aula")
