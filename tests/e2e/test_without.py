"""The main steps without a mouse, and without scripts."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Visit

SLUG = "biotech"
BARRACKS = "What the barracks flush away: wastewater as an early warning"
BARNACLES = "Barnacles, biofilms and the price of fuel"
FAR = 250
"""Key presses after which something counts as out of reach."""


def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus, which has to be seen."""
    wanted.wait_for()
    for _ in range(FAR):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            assert wanted.evaluate("element => getComputedStyle(element).outlineStyle !== 'none'")
            return
    raise AssertionError(f"{wanted} cannot be reached with the keyboard")


def test_an_organiser_needs_no_mouse(visit: Visit) -> None:
    visitor = visit()
    email, password = visitor.server.accounts["organiser"]
    page, keys = visitor.open("/"), visitor.page.keyboard

    reach(page, page.get_by_role("link", name="Sign in"))
    keys.press("Enter")
    reach(page, page.get_by_label("E-mail address"))
    keys.type(email)
    reach(page, page.get_by_label("Password", exact=True))
    keys.type(password)
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Your roles")).to_be_visible()

    menu = page.locator("summary", has_text="Orla Ganisberg")
    reach(page, menu)
    keys.press("Enter")
    reach(page, page.get_by_role("link", name="Organise Living Defences"))
    keys.press("Escape")
    expect(menu).to_be_focused()
    keys.press("Enter")
    reach(page, page.get_by_role("link", name="Organise Living Defences"))
    keys.press("Enter")
    reach(page, page.get_by_role("link", name="Open the schedule"))
    keys.press("Enter")
    reach(page, page.get_by_role("link", name="Skip to the content"))
    keys.press("Enter")
    reach(page, page.get_by_role("link", name=f"Move {BARRACKS}"))
    keys.press("Enter")

    room = page.get_by_label("Room")
    reach(page, room)
    keys.type("Grand")
    expect(room.locator("option:checked")).to_have_text("Grand Auditorium")
    start = page.get_by_label("Start")
    reach(page, start)
    for _ in range(4):  # past day, month, year and hour, whatever their order here
        keys.press("ArrowRight")
    keys.type("10")
    expect(start).to_have_value("2026-05-18T12:10")
    keys.press("Enter")
    expect(page.get_by_role("row").filter(has_text=BARRACKS)).to_contain_text("12:10–12:50")

    reach(page, page.get_by_role("link", name="Release", exact=True))
    keys.press("Enter")
    reach(page, page.get_by_role("textbox", name="Note for readers, en"))
    keys.type("Released by keyboard.")
    reach(page, page.get_by_role("button", name="Release now"))
    keys.press("Enter")
    expect(page.get_by_role("table", name="Releases so far")).to_contain_text("Released by keyboard.")


def test_organiser_and_attendee_need_no_scripts(visit: Visit) -> None:
    organiser = visit("organiser", java_script_enabled=False)
    page = organiser.page
    page.get_by_role("main").get_by_role("link", name="Living Defences").first.click()
    page.get_by_role("link", name="Open the schedule").click()
    page.get_by_label("Day").select_option("2026-05-19")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=f"Move {BARNACLES}").click()
    page.get_by_label("Start").fill("2026-05-19T12:50")
    page.get_by_role("button", name="Place it", exact=True).click()
    page.get_by_role("link", name="Release", exact=True).click()
    page.get_by_role("button", name="Release now").click()
    expect(page.get_by_role("table", name="Releases so far")).to_be_visible()

    guest = visit(java_script_enabled=False)
    page = guest.open(f"/{SLUG}/agenda?day=2026-05-19")
    page.get_by_role("link", name=BARNACLES).first.click()
    expect(page.get_by_role("main")).to_contain_text("12:50–13:30")
    page.get_by_role("button", name="Pick for my agenda").click()
    page.get_by_label("Name", exact=True).fill("Ignatius Noscript")
    page.get_by_label("E-mail address").fill("noscript@visitors.example")
    page.get_by_label("Password").fill("plain pages are pages")
    page.get_by_label("You come as").select_option("industry")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name="1 session picked")).to_be_visible()
    page.get_by_role("button", name="Make my calendar's address").click()
    expect(page.locator("code.secret")).to_contain_text("/feeds/")
    page.get_by_role("link", name="Sign in / my conference").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ignatius Noscript")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Conferences")
