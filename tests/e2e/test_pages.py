"""Every page, as those see it who have business there: it fits their screens, has no barriers and no dead links."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from confapp import create_app
from confapp.web import ConfappFlask
from tests.conftest import settings_in
from tests.e2e.browsing import AXE, DESKTOP, PHONE, Visitor, barriers, overflow, picture
from tests.e2e.conftest import Visit
from tests.e2e.servers import Server
from tests.e2e.walking import EVERYONE, leads_nowhere, pages
from tests.imports.schedules import day, event, schedule


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> ConfappFlask:
    """An app only for its map of addresses."""
    folder: Path = tmp_path_factory.mktemp("plan")
    return create_app(settings_in(folder))


@pytest.mark.parametrize("role", EVERYONE)
def test_every_page_is_fit_for_everyone(role: str | None, visit: Visit, server: Server, plan: ConfappFlask) -> None:
    visitor = visit(role)
    visitor.context.add_init_script(path=AXE)  # once for all pages: sending it to each takes longer than using it
    found = [each for each in pages(plan, server) if each.role == role]
    assert found
    assert {each.role for each in pages(plan, server)} == set(EVERYONE)
    wrong = []
    for each in found:
        page, answer = visitor.page, visitor.page.goto(server.url + each.path)
        assert answer is not None
        assert answer.status == 200, each.path
        found_wrong = [*_looked_at(page, each.endpoint), *_dead_links(visitor, plan)]
        wrong += [f"{each.path}: {problem}" for problem in found_wrong]
    assert wrong == []


def test_the_report_of_an_import_is_fit_for_everyone(visit: Visit, plan: ConfappFlask) -> None:
    visitor = visit("organiser")
    page = visitor.open("/organise/biotech/imports")
    programme = schedule(day(event(), date="2026-05-19"))
    page.get_by_label("File", exact=True).set_input_files(
        [{"name": "schedule.xml", "mimeType": "text/xml", "buffer": programme}]
    )
    page.get_by_role("button", name="Read and compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What would change")
    assert [*_looked_at(page, "imports.show_report"), *_dead_links(visitor, plan)] == []


def test_the_preview_of_letters_is_fit_for_everyone(visit: Visit, plan: ConfappFlask) -> None:
    visitor = visit("organiser")
    page = visitor.open("/organise/biotech/releases")
    page.get_by_role("button", name="See who is told what").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who is told what")
    page.get_by_role("group").first.locator("summary").click()
    assert [*_looked_at(page, "schedule.create_release"), *_dead_links(visitor, plan)] == []


def test_a_speakers_own_page_and_a_conflicts_are_fit_for_everyone(visit: Visit, plan: ConfappFlask) -> None:
    visitor = visit("organiser")
    visitor.context.add_init_script(path=AXE)
    _open_from(visitor, "03:00", "03:05")  # so that everything in that room is a conflict
    page = visitor.open("/organise/biotech/conflicts")
    page.get_by_role("link", name="Ways out").first.click()
    found = [*_looked_at(page, "conflicts.show_conflict"), *_dead_links(visitor, plan)]
    _open_from(visitor, "", "")
    assert found == []
    page = visitor.open("/organise/biotech/speakers")
    page.locator("main table a").first.click()
    page.get_by_role("button", name="Make an address").click()
    address = page.locator("code.secret").inner_text()
    stranger = visit(None)
    stranger.context.add_init_script(path=AXE)
    page = stranger.open(urlsplit(address).path)
    assert [*_looked_at(page, "speak.show_part"), *_dead_links(stranger, plan)] == []


def test_a_form_that_is_pressed_twice_is_sent_once(visit: Visit) -> None:
    visitor = visit("organiser")
    page = visitor.open("/organise/biotech/tracks/new")
    held: list[Route] = []

    def hold(route: Route) -> None:  # the answer takes its time
        held.append(route)

    page.route("**/tracks/new", hold)
    page.get_by_role("textbox", name="Name").first.fill("Pressed in haste")
    page.get_by_role("button", name="Save").evaluate("it => { it.click(); setTimeout(() => it.click(), 100); }")
    page.wait_for_timeout(300)
    assert [route.request.method for route in held] == ["POST"]
    held[0].continue_()
    expect(page.get_by_text("Saved.")).to_be_visible()


def _open_from(visitor: Visitor, since: str, until: str) -> None:
    """Say when the Aula is open on the first day; two empty times: always."""
    page = visitor.open("/organise/biotech/rooms/aula/hours")
    page.locator("input[name='spans.since']").first.fill(since)
    page.locator("input[name='spans.until']").first.fill(until)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")


def _looked_at(page: Page, endpoint: str) -> list[str]:
    """What is wrong with the page that is shown, on both sizes."""
    wrong = []
    headings = page.locator("h1").count()
    if headings != 1:
        wrong.append(f"{headings} h1")
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        found = overflow(page) + barriers(page, only_layout=size is DESKTOP)
        wrong += [f"{size['width']} wide: {problem}" for problem in found]
        picture(page, f"{endpoint}.{size['width']}", whole=True)
    return wrong


def _dead_links(visitor: Visitor, plan: ConfappFlask) -> list[str]:
    """Links within the app that no view answers."""
    hrefs = visitor.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    inside = {link for link in hrefs if urlsplit(link).netloc == urlsplit(visitor.server.url).netloc}
    return [f"dead link {link}" for link in sorted(inside) if leads_nowhere(plan.url_map, link)]
