"""A reader's own agenda in a real browser: stars, their way to another device, one's own zone, and no network."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import PHONE, barriers, overflow
from tests.e2e.conftest import Visit

KEPT = (
    "(await Promise.all((await caches.keys()).map(async name => (await (await caches.open(name)).keys()))))"
    ".flat().map(each => new URL(each.url).pathname)"
)
"""The paths of what the service worker keeps."""


@pytest.mark.parametrize("view", ["grid", "list"])
def test_stars_stay_on_the_device_and_travel_by_link(view: str, visit: Visit) -> None:
    visitor = visit(viewport=PHONE)
    page = visitor.open(f"/biotech/agenda?view={view}")
    page.locator("[data-star]:visible").first.click()
    page.reload()
    expect(page.locator("[data-star-count]")).to_have_text("1")
    expect(page.locator("[data-star][aria-pressed=true]")).to_have_count(1)
    page.get_by_role("button", name="My stars 1").click()
    expect(page.locator("[data-entry]:visible")).to_have_count(1)
    page.get_by_role("button", name="Take my stars along").click()
    expect(page.locator("[data-carry-code] svg")).to_be_visible()
    assert (barriers(page), overflow(page)) == ([], [])
    link = page.locator("[data-carry-link]").input_value()
    other = visit().open(link.removeprefix(visitor.server.url))
    expect(other.locator("[data-star-count]")).to_have_text("1")
    assert "#" not in other.url


def test_stars_become_picks_and_picks_are_stars(visit: Visit) -> None:
    visitor = visit("attendee", viewport=PHONE)
    page = visitor.open("/biotech/me")
    held = set((page.locator("[data-take-stars]").get_attribute("data-picked") or "").split())
    page = visitor.open("/biotech/agenda?view=list")
    expect(page.locator("[data-star-count]")).to_have_text(str(len(held)))
    star = page.locator("[data-star][aria-pressed=false]:visible").first
    code = star.get_attribute("data-star") or ""
    star.click()
    page = visitor.open("/biotech/me")
    expect(page.locator("[data-take-stars]")).to_be_visible()
    assert (barriers(page), overflow(page)) == ([], [])
    page.get_by_role("button", name="Leave them stars").click()
    page = visitor.open("/biotech/me")
    expect(page.locator("[data-take-stars]")).to_be_hidden()
    page.evaluate("localStorage.removeItem('confapp:biotech:stars-declined')")
    page.reload()
    page.get_by_role("button", name="Pick them").click()
    expect(page.get_by_text("1 starred session is picked.")).to_be_visible()
    picked = (page.locator("[data-take-stars]").get_attribute("data-picked") or "").split()
    assert set(picked) == held | {code}
    page.locator(f"#session-{code}").get_by_role("button").click()  # dropped again
    page.wait_for_load_state()
    page = visitor.open("/biotech/agenda?view=list")
    expect(page.locator("[data-star-count]")).to_have_text(str(len(held)))


def test_one_s_own_time_stands_beside_the_conference_s(visit: Visit) -> None:
    page = visit(timezone_id="Asia/Tokyo").open("/biotech/agenda?view=list")
    page.get_by_label("Beside Europe/Brussels time, show mine: Asia/Tokyo").check()
    expect(page.locator(".own-time").first).to_contain_text("Asia/Tokyo")
    page.reload()
    expect(page.locator(".own-time").first).to_be_visible()
    page = visit(timezone_id="Europe/Paris").open("/biotech/agenda?view=list")
    expect(page.locator("[data-agenda]")).to_be_visible()
    expect(page.locator("[data-own-zone]")).to_be_hidden()


def test_a_visited_agenda_is_there_without_a_network_and_private_pages_are_not(visit: Visit) -> None:
    visitor = visit("attendee")
    page = visitor.open("/biotech/agenda?view=list")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.wait_for_function(f"async () => ({KEPT}).includes('/biotech/agenda')")
    visitor.open("/biotech/me")
    visitor.open("/biotech/agenda?view=list")
    kept = page.evaluate(f"async () => {KEPT}")
    assert "/biotech/agenda" in kept
    assert not [path for path in kept if path.startswith(("/accounts", "/organise", "/api")) or path.endswith("/me")]
    visitor.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="Agenda", exact=True)).to_be_visible()
    expect(page.locator("[data-agenda-said]")).to_contain_text("You are offline")
    visitor.context.set_offline(False)
    visitor.problems.clear()  # what had no network said so
