"""The board where things go wrong or far: what was refused stays, an undo takes a reason, what is held is seen."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from confapp.domain.permissions import Role, grant
from confapp.domain.programme import conferences, hosts, slots
from confapp.domain.schedule import scheduling
from tests.e2e.boards import MINUTE, Backstage, Board
from tests.e2e.browsing import PHONE
from tests.e2e.conftest import Visit
from tests.e2e.servers import Server
from tests.factories import NOW, at, make_conference, make_room, make_session, make_slot

REFUSED = "status of 409"


@pytest.fixture(scope="module")
def backstage(server: Server) -> Iterator[Backstage]:
    """The instance's database, and people of the board."""
    made = Backstage(server, word="ways")
    yield made
    made.close()


def put(backstage: Backstage, slug: str, title: str, room: str, clock: str) -> None:
    """Ola puts a card somewhere for half an hour, at the API or on a page of hers."""
    with backstage.open():
        conference = conferences.named(slug)
        slot = next(each for each in slots.slots(conference) if each.session and each.session.title["en"] == title)
        start = at(clock)
        scheduling.place(
            slot,
            conference,
            room=hosts.room(conference, room),
            starts_at=start,
            ends_at=start + dt.timedelta(minutes=30),
            expected=None,
            by=backstage.account("ola"),
            now=NOW,
        )


def test_what_was_refused_stays_to_be_read_whatever_others_do(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    board = Board.open(backstage.come(visit, "mia"), slug)
    board.drag("Mould", rooms=-1)
    refused = board.page.locator("#board-notes .note--bad")
    expect(refused).to_contain_text("“Mould” was not moved")
    for clock in ("12:00", "13:00", "14:00", "15:00"):
        put(backstage, slug, "Yeast", "cellar", clock)
        expect(board.note).to_contain_text(f"Ola moved “Yeast” to Cellar, Mon 18 May, {clock}")
    expect(board.page.locator("#board-notes .note")).to_have_count(4)  # the first that fades made way
    expect(refused).to_be_visible()
    board.forgive(REFUSED)


def test_an_undo_that_would_clash_names_what_is_in_the_way_and_takes_a_reason(
    visit: Visit, backstage: Backstage
) -> None:
    slug = backstage.conference()
    board = Board.open(backstage.come(visit, "mia"), slug)
    board.drag("Spores", rooms=2)
    board.state("Saved")
    put(backstage, slug, "Mould", "aula", "10:00")
    board.at("Mould", "Aula")
    board.keys("Control+z")
    expect(board.note).to_contain_text("This could not be undone")
    expect(board.note).to_contain_text("Aula holds")
    board.note.get_by_role("button", name="Undo it all the same").click()
    board.page.get_by_label("Because").fill("a debate")
    board.page.get_by_role("button", name="Do it").click()
    board.at("Spores", "Aula, Monday 18 May, 10:00 to 10:30")
    assert backstage.places(slug)["Spores"] == "aula 10:00-10:30"
    board.forgive(REFUSED)


def test_a_break_or_a_blocker_that_was_refused_is_asked_for_again_as_it_was_typed(
    visit: Visit, backstage: Backstage
) -> None:
    slug = backstage.conference()
    board = Board.open(backstage.come(visit, "mia"), slug)
    dialog = board.page.get_by_role("dialog")

    def add(kind: str, title: str) -> None:
        board.page.locator("summary").filter(has_text="Add").click()
        board.page.get_by_role("button", name=kind).click()
        dialog.locator("[name=title]").fill(title)
        dialog.get_by_label("Room").select_option("Aula")
        dialog.get_by_label("Start").fill("2026-05-18T10:15")
        dialog.get_by_role("button", name="Do it").click()

    add("Break …", "Tea")
    expect(board.note).to_contain_text("Aula holds")
    board.note.get_by_role("button", name="Try again").click()
    expect(dialog.locator("[name=title]")).to_have_value("Tea")
    expect(dialog.get_by_label("Start")).to_have_value("2026-05-18T10:15")
    dialog.get_by_label("Room").select_option("Cellar")
    dialog.get_by_role("button", name="Do it").click()
    board.state("Added: “Tea”.")
    assert backstage.places(slug)["Tea"] == "cellar 10:15-10:45"
    expect(board.page.locator(".waiting").filter(has_text="Bread")).to_be_visible()
    expect(board.page.locator(".waiting").filter(has_text="Tea")).to_have_count(0)
    add("Blocker …", "Piano tuner")
    expect(board.note).to_contain_text("Aula holds")
    board.note.get_by_role("button", name="Place it all the same").click()
    board.page.get_by_label("Because").fill("He is quiet")
    dialog.get_by_role("button", name="Do it").click()
    board.state("Added: “Piano tuner”.")
    assert backstage.places(slug)["Piano tuner"] == "aula 10:15-10:45"
    board.who.context.set_offline(True)
    add("Break …", "Supper")
    expect(board.note).to_contain_text("The server could not be reached")
    board.who.context.set_offline(False)
    board.forgive("ERR_INTERNET_DISCONNECTED")
    board.forgive(REFUSED)


def test_what_is_carried_to_a_day_of_shorter_hours_stays_in_sight(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    put(backstage, slug, "Mould", "annexe", "21:00")
    board = Board.open(backstage.come(visit, "mia"), slug)
    board.card("Mould").focus()
    board.keys("Enter", "PageDown")
    board.says("Annexe, Tuesday 19 May, 21:00 to 21:30")
    expect(board.page.locator("#board-landing")).to_be_in_viewport()
    sheet = board.page.locator("#board-canvas").bounding_box()
    landing = board.page.locator("#board-landing").bounding_box()
    assert sheet
    assert landing
    assert landing["y"] + landing["height"] <= sheet["y"] + sheet["height"] + 1
    board.keys("Enter")
    board.state("Saved: “Mould” is in Annexe, Tue 19 May 21:00–21:30.")


def test_what_is_carried_over_the_night_in_which_clocks_are_set_keeps_its_time(
    visit: Visit, backstage: Backstage
) -> None:
    saturday = dt.date(2026, 3, 28)
    with backstage.open():
        night = make_conference("ways-clocks", starts_on=saturday, ends_on=saturday + dt.timedelta(days=1))
        afternoon = dt.datetime.combine(saturday, dt.time(14), night.zone)
        make_slot(night, make_session(night, "Mould"), make_room(night, "Aula"), afternoon)
        grant(backstage.account("mia"), night.id, Role.ORGANISER, by=None, now=NOW)
    board = Board.open(backstage.come(visit, "mia"), "ways-clocks", "day=2026-03-28&grid=15")
    board.card("Mould").focus()
    board.keys("Enter", "PageDown")
    board.says("Aula, Sunday 29 March, 14:00 to 14:30")
    board.keys("PageUp")
    board.says("Aula, Saturday 28 March, 14:00 to 14:30")
    board.keys("PageDown", "Enter")
    board.state("Saved: “Mould” is in Aula, Sun 29 Mar 14:00–14:30.")


def test_a_finger_changes_a_cards_length_at_its_edge(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    who = backstage.come(visit, "mia", has_touch=True, viewport=PHONE, is_mobile=True)
    board = Board.open(who, slug)
    finger = who.context.new_cdp_session(board.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    x, y = board.middle(board.card("Spores"))
    edge = y + 15 * MINUTE - 10
    touch("touchStart", (x, edge))
    expect(board.page.locator("#board[data-holding='end']")).to_be_attached()
    for step in range(1, 5):
        touch("touchMove", (x, edge + step * 30 * MINUTE / 4))
    board.page.wait_for_timeout(50)
    touch("touchEnd")
    board.state("Saved: “Spores” is in Aula, Mon 18 May 10:00–11:00.")


def test_a_tap_presses_nothing_of_the_panel_that_it_opens(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    for clock in ("11:00", "12:00", "13:00"):
        put(backstage, slug, "Yeast", "aula", clock)
        who = backstage.come(visit, "mia", has_touch=True, viewport=PHONE, is_mobile=True)
        board = Board.open(who, slug)
        x, y = board.middle(board.card("Yeast"))
        board.page.touchscreen.tap(x, y)  # the panel comes to lie there
        expect(board.page.locator(".side-card h2")).to_have_text("Yeast")
        panel = board.page.locator("#board-side").bounding_box()
        assert panel
        assert panel["y"] < y
        assert backstage.places(slug)["Yeast"].startswith(f"aula {clock}")
        who.context.close()


def test_a_finger_carries_from_the_tray_onto_the_board_or_lets_it_lie(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    who = backstage.come(visit, "mia", has_touch=True, viewport=PHONE, is_mobile=True)
    board = Board.open(who, slug, "grid=15&zoom=1")
    finger = who.context.new_cdp_session(board.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    board.page.get_by_role("button", name="Panel").tap()
    waits = board.page.locator(".waiting").filter(has_text="Bread")
    x, y = board.middle(waits)
    touch("touchStart", (x, y))
    expect(board.page.locator("#board[data-holding]")).to_be_attached()
    touch("touchEnd")
    expect(board.page.locator("#board[data-holding]")).not_to_be_attached()
    expect(waits).to_be_visible()
    assert "Bread" not in backstage.places(slug)
    touch("touchStart", (x, y))
    expect(board.page.locator("#board[data-holding]")).to_be_attached()
    heads = board.page.locator("#board-heads").bounding_box()
    assert heads
    for step in range(1, 7):
        touch("touchMove", (x, y + step * (heads["y"] + heads["height"] + 100 - y) / 6))
    board.page.wait_for_timeout(50)
    touch("touchEnd")
    board.state("Saved: “Bread”")
    assert "Bread" in backstage.places(slug)


def test_a_board_opens_where_it_is_now_and_draws_no_line_beyond_its_hours(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    who = backstage.come(visit, "mia", viewport={"width": 1000, "height": 500})
    who.page.clock.set_fixed_time(dt.datetime(2026, 5, 18, 15, 30, tzinfo=dt.UTC))
    board = Board.open(who, slug)
    expect(board.page.locator("#board-now")).to_be_in_viewport()
    expect(board.page.locator("#board-now")).to_have_attribute("data-time", "17:30")
    who.page.clock.set_fixed_time(dt.datetime(2026, 5, 18, 19, 30, tzinfo=dt.UTC))
    evening = Board.open(who, slug)
    expect(evening.page.locator("#board-now")).to_be_hidden()


def test_boards_take_turns_in_reading_everything_anew(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    who = backstage.come(visit, "mia")
    who.page.add_init_script("Math.random = () => 0.9")
    board = Board.open(who, slug)
    state = board.who.fetch(f"/api/conferences/{slug}/board").json()
    onlooker = {"client": "00000000-0000-4000-8000-000000000000", "account": 0, "name": "Ola", "slot": None}
    told = {
        "reset": True,
        "version": state["version"],
        "edits": state["edits"],
        "edited": [],
        "present": [onlooker] * 20,
    }
    answered: list[float] = []

    def reset(route: Route) -> None:
        if answered:
            return route.fulfill(status=304)
        answered.append(time.monotonic())
        return route.fulfill(json=told)

    with board.page.expect_request("**/board") as asked:
        board.page.route("**/board/changes?*", reset)
    assert asked.value.url.endswith("/board")
    assert time.monotonic() - answered[0] > 1.5  # nine tenths of twenty turns
