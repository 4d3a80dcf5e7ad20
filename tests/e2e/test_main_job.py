"""The main job in a real browser: an organiser releases, an attendee takes away, the press office publishes."""

from __future__ import annotations

import datetime as dt
import io
import time
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.browsing import Visitor, picture
from tests.e2e.conftest import Visit
from tests.e2e.servers import Server

ZONE = ZoneInfo("Europe/Brussels")
SLUG = "biotech"
WAIT = 30
"""Seconds for the worker to do what is due: it looks every second, on machines that are busy with other tests."""

MOVED = "Who is ordering that gene? Screening synthesis without stopping science"
TAKEN = "Just add water: making proteins without keeping anything alive"
PANEL = "Who pays for the vaccine nobody needed?"
EVENING = "Evening keynote: sixteen laboratories and one blind test"
KEYNOTE = "Opening keynote: the Secretary General of the Meridian Alliance"
KEYNOTE_WORDS = "It grows: three tasks for a living defence"
HEADLINE = "Preparedness has a price"
SENTENCE = "Nobody thanks the storekeeper for the epidemic that did not come."


def on_day(hour: int, minute: int) -> dt.datetime:
    """A moment of the first day, on the conference's clock."""
    return dt.datetime(2026, 5, 18, hour, minute, tzinfo=ZONE)


def events(visitor: Visitor, address: str) -> dict[str, Any]:
    """A calendar's events by title, as a calendar program reads them."""
    answer = visitor.fetch(address)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(answer.body()).walk("VEVENT")}


def row(page: Page, title: str) -> Any:
    """The schedule's line of a session."""
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=title))


def test_an_organiser_moves_a_session_releases_and_readers_see_it(visit: Visit) -> None:
    reader = visit()
    before = events(reader, f"/{SLUG}/agenda.ics")[MOVED]
    organiser = visit("organiser")
    page = organiser.page

    page.get_by_role("group").filter(has_text="Orla Ganisberg").locator("summary").click()
    page.get_by_role("link", name="Organise Living Defences").click()
    page.get_by_role("link", name="Open the schedule").click()
    picture(page, "schedule")
    row(page, MOVED).get_by_role("link", name="Move").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(MOVED)

    # A room that is taken at that time: what is in the way is named, and what was typed stays.
    page.get_by_label("Room", exact=True).select_option(label="Winter Garden")
    page.get_by_label("Start").fill("2026-05-18T12:55")
    page.get_by_role("button", name="Place it", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("What is in the way")
    expect(page.get_by_role("main")).to_contain_text(f"“{TAKEN}”")
    expect(page.get_by_label("Room", exact=True).locator("option:checked")).to_have_text("Winter Garden")
    expect(page.get_by_label("Start")).to_have_value("2026-05-18T12:55")
    picture(page, "conflict")

    page.get_by_label("Room", exact=True).select_option(label="Powder Cellar")
    page.get_by_label("Start").fill("2026-05-18T12:15")
    page.get_by_role("button", name="Place it", exact=True).click()
    expect(row(page, MOVED)).to_contain_text("12:15–12:55")
    expect(row(page, MOVED)).to_contain_text("Powder Cellar")

    # The draft is private until it is released.
    expect(entry(reader, MOVED)).to_contain_text("Library")
    page.get_by_role("link", name="Release", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("1 entry changes for readers")
    page.get_by_role("textbox", name="Note for readers, en").fill("The gene talk moves to the cellar.")
    page.get_by_role("button", name="Release now").click()
    expect(page.get_by_role("table", name="Releases so far")).to_contain_text("The gene talk moves to the cellar.")
    picture(page, "releases")

    # Another web process may tell what it kept for a second more.
    eventually(lambda: "Powder Cellar" in (entry(reader, MOVED).text_content() or ""))
    eventually(lambda: events(reader, f"/{SLUG}/agenda.ics")[MOVED]["SEQUENCE"] > before["SEQUENCE"])
    after = events(reader, f"/{SLUG}/agenda.ics")[MOVED]
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt == on_day(12, 15)
    assert after["DTEND"].dt == on_day(12, 55)
    assert after["LOCATION"].startswith("Powder Cellar")
    assert_printed(reader)


def eventually(holds: Callable[[], bool]) -> None:
    """Ask until it holds, for as long as the worker may take."""
    patience = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < patience
        time.sleep(0.2)


def entry(reader: Visitor, title: str) -> Any:
    """A session's card in the public agenda, as it is now."""
    page = reader.open(f"/{SLUG}/agenda")
    return page.get_by_role("article").filter(has=page.get_by_role("link", name=title)).first


def assert_printed(reader: Visitor) -> None:
    """The whole agenda comes as a PDF that opens, made by the worker of what was just released."""
    patience = time.monotonic() + WAIT
    while (answer := reader.fetch(f"/{SLUG}/agenda.pdf")).status == 503 and time.monotonic() < patience:
        time.sleep(0.2)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.body())).pages
    words = " ".join(" ".join(page.extract_text().split()) for page in pages)
    assert "Who is ordering that gene?" in words
    assert "12:15" in words


def test_an_attendee_registers_picks_and_subscribes(visit: Visit) -> None:
    guest = visit()
    page = guest.open(f"/{SLUG}/")
    page.get_by_role("link", name="Take part").first.click()
    page.get_by_label("Name", exact=True).fill("Wilhelmina Newcombe")
    page.get_by_label("E-mail address").fill("newcombe@visitors.example")
    page.get_by_label("Password").fill("short")
    page.get_by_label("You come as").select_option("academia")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("alert")).to_contain_text("Between 12 and 128 characters.")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Wilhelmina Newcombe")
    page.get_by_label("Password").fill("seven white geese at noon")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("main")).to_contain_text("You are registered.")

    for title in (PANEL, EVENING):
        line = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=title))
        line.get_by_role("button", name="Pick").click()
    expect(page.get_by_role("heading", name="2 sessions picked")).to_be_visible()
    picture(page, "my-conference")

    page.get_by_role("button", name="Make my calendar's address").click()
    address = page.locator("code.secret").inner_text()
    assert address.startswith(f"{guest.server.url}/feeds/")
    assert set(events(visit(), address)) == {PANEL, EVENING}


def test_the_keynote_appears_after_the_stage_desk_ends_it(visit: Visit, server: Server) -> None:
    reader, stage = visit(), visit("stage", viewport=TABLET)
    page = reader.open(f"/{SLUG}/press/")
    page.get_by_role("link", name=KEYNOTE_WORDS).first.click()
    expect(page.get_by_role("main")).to_contain_text("Check against delivery")
    expect(page.get_by_role("main")).not_to_contain_text("As delivered")

    server.set_clock(on_day(11, 36))
    desk = at_the_desk(stage, KEYNOTE)
    picture(desk, "stage")
    end(desk)
    server.tick(seconds=61)
    assert_public(reader, KEYNOTE_WORDS, "As delivered")
    picture(reader.page, "keynote")


def test_an_officer_writes_an_approver_reads_and_the_end_releases(visit: Visit, server: Server) -> None:
    reader, officer, approver, stage = visit(), visit("press"), visit("approver"), visit("stage", viewport=TABLET)
    version = write_words(officer)

    page = approver.open(version)
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    page.get_by_role("button", name="Approve these words").click()
    expect(page.get_by_role("main")).to_contain_text("Approved.")

    page = officer.open(version)
    page.get_by_role("link", name="Arm for release").click()
    page.get_by_label("When the stage desk confirms the session's end").check()
    page.get_by_role("button", name="Arm for release").click()
    expect(page.get_by_role("main")).to_contain_text("the confirmed end of its session")
    picture(page, "armed")
    assert_hidden(reader, version)

    server.set_clock(on_day(16, 21))
    desk = at_the_desk(stage, PANEL)
    desk.locator(".desk").get_by_role("button", name="Started").click()
    expect(desk.get_by_role("main")).to_contain_text("Started.")
    server.set_clock(on_day(17, 19))
    end(desk)
    assert_hidden(reader, version)  # for as long as it can be taken back

    server.tick(seconds=61)
    assert_public(reader, HEADLINE, SENTENCE)
    page = reader.open(f"/{SLUG}/agenda")
    page.get_by_role("link", name=PANEL).first.click()
    expect(page.get_by_role("main")).to_contain_text("The words are public")
    expect(page.get_by_role("link", name=HEADLINE)).to_be_visible()


TABLET = {"width": 820, "height": 1180}


def write_words(officer: Visitor) -> str:
    """Write a short transcript of the panel and submit it; the version's address."""
    page = officer.open(f"/organise/{SLUG}/press")
    page.get_by_role("link", name="Write").first.click()
    session = page.get_by_label("Session")
    session.select_option(session.locator("option", has_text=PANEL).get_attribute("value"))
    page.get_by_label("Kind", exact=True).select_option("as_prepared")
    page.get_by_label("Language").fill("en")
    page.get_by_label("Headline").fill(HEADLINE)
    page.get_by_label("Byline").fill("Alistair Quillfeather-Bose")
    page.get_by_label("Words of paragraph 1").fill(f"Ladies and gentlemen.\n\n{SENTENCE}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("Saved as a draft.")
    expect(page.get_by_role("main")).to_contain_text("These are still missing: day of delivery.")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Day of delivery").fill("2026-05-18")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.get_by_role("main")).to_contain_text("Submitted")
    return page.url.removeprefix(officer.server.url)


def assert_hidden(reader: Visitor, version: str) -> None:
    """Nothing of the words is public: not in the press room, not on the session's page, not by a guessed address."""
    for path in (f"/{SLUG}/press/", "/press/"):
        expect(reader.open(path).get_by_role("main")).not_to_contain_text(HEADLINE)
    identifier = version.rsplit("/", 1)[1]
    guesses = [f"/{SLUG}/press/{identifier}", f"/{SLUG}/press/{identifier}.json", f"/{SLUG}/press/{identifier}/v/1"]
    assert [reader.fetch(path).status for path in guesses] == [404, 404, 404]
    assert "/accounts/login" in reader.fetch(version).url
    page = reader.open(f"/{SLUG}/agenda")
    page.get_by_role("link", name=PANEL).first.click()
    expect(page.get_by_role("main")).not_to_contain_text("The words are public")


def at_the_desk(stage: Visitor, title: str) -> Page:
    """The desk of the Grand Auditorium, with what is on."""
    page = stage.open(f"/organise/{SLUG}/stage")
    page.get_by_role("link", name="Grand Auditorium", exact=True).click()
    expect(page.locator("#desk-title")).to_have_text(title)
    return page


def end(desk: Page) -> None:
    """Its end, confirmed."""
    desk.locator(".desk").get_by_role("button", name="Ended").click()
    expect(desk.get_by_role("main")).to_contain_text("The end is confirmed.")


def assert_public(reader: Visitor, headline: str, words: str) -> None:
    """As soon as the worker has looked, the press room leads to the words."""
    patience = time.monotonic() + WAIT
    page = reader.page
    while time.monotonic() < patience:
        link = reader.open(f"/{SLUG}/press/").get_by_role("link", name=headline)
        if link.count():
            link.first.click()
            if words in page.get_by_role("main").inner_text():
                break
        time.sleep(0.2)
    expect(page.get_by_role("heading", level=1)).to_have_text(headline)
    expect(page.get_by_role("main")).to_contain_text(words)
