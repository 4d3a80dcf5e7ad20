"""A reader's own agenda in a real browser: stars, their way to another device, one's own zone, and no network."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import PHONE, barriers, overflow
from tests.e2e.conftest import Visit

KEPT = (
    "(await Promise.all((await caches.keys()).map(async name => (await (await caches.open(name)).keys()))))"
    ".flat().map(each => new URL(each.url).pathname)"
)
"""The paths of what the service worker keeps."""


def _until(page: Page, question: str) -> None:
    """Ask until it is so: Playwright's own way of waiting has the page evaluate words, which its policy forbids."""
    for _look in range(200):
        if page.evaluate(question):
            return
        page.wait_for_timeout(100)
    raise AssertionError(question)


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
    button = page.locator(f"#session-{code}").get_by_role("button")
    button.click()  # dropped again
    expect(button).to_have_text("Pick")  # the page has come anew, and its script dropped the star
    expect(page.locator("[data-take-stars]")).to_have_attribute("data-picked", " ".join(sorted(held)))
    page = visitor.open("/biotech/agenda?view=list")
    expect(page.locator("[data-star-count]")).to_have_text(str(len(held)))


def test_a_star_is_the_same_on_every_page(visit: Visit) -> None:
    visitor = visit(viewport=PHONE)
    page = visitor.open("/biotech/agenda?view=list")
    page.locator(".entry--keynote a").first.click()
    star = page.get_by_role("button", name="Star on this device")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    assert (barriers(page), overflow(page)) == ([], [])
    visitor.open("/biotech/agenda?view=list")
    expect(page.locator("[data-star-count]")).to_have_text("1")
    visitor.open("/biotech/")
    expect(page.locator("[data-star][aria-pressed=true]:visible")).to_have_count(1)


def test_what_a_release_brought_since_the_last_visit_is_marked(visit: Visit) -> None:
    visitor = visit(viewport=PHONE)
    page = visitor.open("/biotech/agenda?view=list")
    everything = page.get_by_role("button", name="New since my last visit")
    expect(everything).to_be_hidden()  # who comes for the first time has missed nothing
    released = page.evaluate("localStorage.getItem('confapp:biotech:seen')")
    assert released == page.locator("[data-agenda]").get_attribute("data-released")
    page.evaluate("localStorage.setItem('confapp:biotech:seen', '2001-01-01T00:00:00+00:00'); sessionStorage.clear()")
    visitor.open("/biotech/now")  # tells a part of the agenda: no visit
    visitor.open("/biotech/agenda?view=list")
    there = page.locator("[data-entry]").count()
    expect(page.locator("[data-change-count]")).to_have_text(str(there))
    expect(page.locator("[data-entry] .badge--info").first).to_have_text("new")
    everything.click()
    expect(page.locator("[data-entry]:visible")).to_have_count(there)
    assert (barriers(page), overflow(page)) == ([], [])
    page.reload()
    expect(everything).to_be_visible()  # what is told stays told for this visit
    page.evaluate("sessionStorage.clear()")
    page.reload()
    expect(everything).to_be_hidden()


def test_one_s_own_time_stands_beside_the_conference_s(visit: Visit) -> None:
    visitor = visit(timezone_id="Asia/Tokyo")
    page = visitor.open("/biotech/agenda?view=list")
    expect(page.locator(".own-time").first).to_contain_text("Asia/Tokyo")
    page.locator(".entry--keynote a").first.click()
    expect(page.locator(".when .own-time").first).to_contain_text("Asia/Tokyo")
    visitor.open("/biotech/agenda?view=list")
    page.get_by_label("Beside Europe/Brussels time, show mine: Asia/Tokyo").uncheck()
    expect(page.locator(".own-time")).to_have_count(0)
    page.locator(".entry--keynote a").first.click()
    expect(page.get_by_role("button", name="Star on this device")).to_be_visible()
    expect(page.locator(".own-time")).to_have_count(0)
    page = visit(timezone_id="Europe/Paris").open("/biotech/agenda?view=list")
    expect(page.locator("[data-agenda]")).to_be_visible()
    expect(page.locator("[data-own-zone]")).to_be_hidden()


@pytest.mark.parametrize("query", ["", "?view=list"])
@pytest.mark.parametrize("width", [340, 718])
def test_on_paper_every_session_stands_on_the_sheet(query: str, width: int, visit: Visit) -> None:
    page = visit(viewport={"width": width, "height": 1000}).open(f"/biotech/agenda{query}")
    there = page.locator("[data-entry]").count()
    page.emulate_media(media="print")
    for is_wide in (False, True):
        if is_wide:  # as with more rooms than a sheet holds: nobody scrolls on paper
            page.evaluate(
                "document.querySelectorAll('.timetable-frame').forEach(e => e.classList.add('timetable-frame--wide'))"
            )
        assert overflow(page) == []
        expect(page.locator("[data-entry]:visible")).to_have_count(there)
        right = page.evaluate(
            "Math.max(...[...document.querySelectorAll('[data-entry]')].map(e => e.getBoundingClientRect().right))"
        )
        assert right <= width
    expect(page.locator(".agenda-tools, .agenda-search, .site-bar").locator("visible=true")).to_have_count(0)


def test_a_visited_agenda_is_there_without_a_network_and_private_pages_are_not(visit: Visit) -> None:
    visitor = visit("attendee")
    page = visitor.open("/biotech/agenda?view=list")
    _until(page, "() => navigator.serviceWorker.controller !== null")
    _until(page, f"async () => ({KEPT}).includes('/biotech/agenda')")
    _until(
        page,
        f"async () => {{ const kept = {KEPT}; return performance.getEntriesByType('resource')"
        ".map(each => new URL(each.name).pathname).filter(path => /[.](js|css)$/.test(path))"
        ".every(path => kept.includes(path)) }",
    )
    visitor.open("/biotech/me")
    visitor.open("/biotech/agenda?q=vaccine")
    visitor.open("/biotech/agenda?view=list")
    there = page.locator("[data-entry]:visible").count()
    kept = page.evaluate(f"async () => {KEPT}")
    assert "/biotech/agenda" in kept
    assert not [path for path in kept if path.startswith(("/accounts", "/organise", "/api")) or path.endswith("/me")]
    visitor.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="Agenda", exact=True)).to_be_visible()
    expect(page.locator("[data-agenda-said]")).to_contain_text("You are offline")
    page.locator(".entry--panel a").first.click()  # never opened before: the agenda stands in for it
    expect(page.get_by_role("heading", name="Agenda", exact=True)).to_be_visible()
    assert "/sessions/" in page.url
    expect(page.locator("[data-entry]:visible")).to_have_count(there)
    visitor.context.set_offline(False)
    visitor.problems.clear()  # what had no network said so
