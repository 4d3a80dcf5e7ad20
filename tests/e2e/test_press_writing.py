"""Writing at the press desk in a browser: no key is lost, editors are told of each other, single keys can be off."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from confapp.domain.people import account_by_email
from confapp.domain.permissions import Role, grant
from confapp.domain.press import transcript_editing, transcript_states, transcripts
from confapp.domain.press.transcripts import Policy
from confapp.domain.programme import conferences
from tests.e2e.boards import Backstage
from tests.e2e.browsing import PHONE, Visitor, barriers, overflow, picture
from tests.e2e.conftest import Visit
from tests.e2e.servers import Server
from tests.factories import NOW, make_conference
from tests.press import WORDS

SLUG = "writing"
FIRST, LAST = "Good afternoon to all of you.", "Biology moves faster than treaties do."


@dataclass
class Newsroom:
    """The served instance's database, and two press officers, Pia and Pol."""

    backstage: Backstage

    def draft(self) -> str:
        """A new draft of three paragraphs by Pia; its UUID."""
        with self.backstage.open():
            pia = account_by_email("pia@board.example")
            assert pia is not None
            made = transcript_editing.create(conferences.named(SLUG), WORDS, by=pia, now=NOW)
            return str(made.uuid)

    def armed(self) -> str:
        """The same, approved by Pol and armed to go out by hand; its UUID."""
        identifier = self.draft()
        with self.backstage.open():
            pia, pol = (account_by_email(f"{name}@board.example") for name in ("pia", "pol"))
            assert pia is not None
            assert pol is not None
            version = transcripts.version(conferences.named(SLUG), uuid.UUID(identifier))
            transcript_states.submit(version, by=pia, now=NOW)
            transcript_states.approve(version, seen=version.hash, by=pol, now=NOW)
            transcript_states.arm(version, Policy.MANUAL, by=pia, now=NOW)
        return identifier

    def words(self, identifier: str) -> tuple[str, list[str]]:
        """The headline and the paragraphs as they are stored."""
        with self.backstage.open():
            found = next(each for each in transcripts.versions(conferences.named(SLUG)) if str(each.uuid) == identifier)
            return found.headline, [block["text"] for block in found.blocks]

    def come(self, visit: Visit, name: str, **options: Any) -> Visitor:
        """Pia or Pol, signed in."""
        return self.backstage.come(visit, name, **options)


@pytest.fixture(scope="module")
def newsroom(server: Server) -> Iterator[Newsroom]:
    """A conference of its own on the served instance."""
    backstage = Backstage(server, people=("pia", "pol"))
    with backstage.open():
        conference = make_conference(SLUG)
        for name in ("pia", "pol"):
            account = account_by_email(f"{name}@board.example")
            assert account is not None
            grant(account, conference.id, Role.PRESS_OFFICER, by=None, now=NOW)
    yield Newsroom(backstage)
    backstage.close()


def _edit(who: Visitor, identifier: str) -> Page:
    page = who.open(f"/organise/{SLUG}/press/{identifier}/edit")
    expect(page.locator("[data-bar]")).to_contain_text("words")
    return page


def _crash(who: Visitor) -> None:
    """Kill the page's process, as when the machine dies under it, and open another page."""
    with suppress(Error):  # nobody is left to answer
        who.page.goto("chrome://crash", timeout=5_000)
    who.page.close()
    who.page = who.context.new_page()


TYPED = "Good afternoon to all of you, and to those who could not come. "


def test_a_killed_page_loses_no_key(visit: Visit, newsroom: Newsroom) -> None:
    identifier = newsroom.draft()
    pia = newsroom.come(visit, "pia")
    page = _edit(pia, identifier)
    page.get_by_label("Words of paragraph 1", exact=True).fill("")
    page.get_by_label("Words of paragraph 1", exact=True).press_sequentially(TYPED + "Now")  # and not a moment of rest
    _crash(pia)
    page = _edit(pia, identifier)
    assert page.get_by_label("Words of paragraph 1", exact=True).input_value() == FIRST, "nothing is put in unasked"
    expect(page.get_by_text("and did not save it.")).to_be_visible()
    page.get_by_role("button", name="Take it up again").click()
    assert page.get_by_label("Words of paragraph 1", exact=True).input_value() == TYPED + "Now"
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("Saved.")
    assert newsroom.words(identifier)[1] == [f"{TYPED}Now", "(Applause)", LAST]
    page = _edit(pia, identifier)
    expect(page.get_by_text("and did not save it.")).to_have_count(0)


def test_typing_without_a_pause_is_taken_up_on_another_device(visit: Visit, newsroom: Newsroom) -> None:
    identifier = newsroom.draft()
    here = newsroom.come(visit, "pia")
    page = _edit(here, identifier)
    page.get_by_label("Headline").fill("A better headline")
    page.get_by_role("button", name="Paragraph below").last.click()
    page.keyboard.type("One paragraph more.")
    with page.expect_response(lambda answer: answer.url.endswith("/working-copy") and answer.request.method == "POST"):
        page.keyboard.type(" " + "x" * 20, delay=100)  # two seconds: the server is told while it goes on
    expect(page.locator("[data-bar]")).to_contain_text("typing kept at")
    here.context.close()
    there = newsroom.come(visit, "pia", viewport=PHONE)
    page = _edit(there, identifier)
    page.get_by_role("button", name="Take it up again").click()
    assert page.get_by_label("Headline").input_value() == "A better headline"
    assert overflow(page) == []
    page.get_by_role("button", name="Save").click()
    headline, paragraphs = newsroom.words(identifier)
    assert headline == "A better headline"
    assert paragraphs[-1].startswith("One paragraph more.")


def test_two_editors_are_told_brought_together_and_never_overwrite(visit: Visit, newsroom: Newsroom) -> None:
    identifier = newsroom.draft()
    pia, pol = newsroom.come(visit, "pia"), newsroom.come(visit, "pol")
    hers = _edit(pia, identifier)
    with hers.expect_response(lambda answer: answer.url.endswith("/working-copy") and answer.request.method == "POST"):
        hers.get_by_label("Words of paragraph 1", exact=True).fill("Good evening to all of you.")
    his = _edit(pol, identifier)
    expect(his.get_by_text("Somebody else is editing this")).to_be_visible()
    expect(his.locator("[data-bar]")).to_contain_text("Pia is editing too")
    his.get_by_label("Words of paragraph 3", exact=True).fill("Treaties are slow.")
    hers.get_by_role("button", name="Save").click()
    expect(hers.get_by_role("main")).to_contain_text("Saved.")
    his.get_by_role("button", name="Save").click()
    expect(his.get_by_role("main")).to_contain_text("Saved, with what somebody else changed meanwhile.")
    assert newsroom.words(identifier)[1] == ["Good evening to all of you.", "(Applause)", "Treaties are slow."]

    hers, his = _edit(pia, identifier), _edit(pol, identifier)
    hers.get_by_label("Words of paragraph 3", exact=True).fill("Hers.")
    his.get_by_label("Words of paragraph 3", exact=True).fill("His.")
    hers.get_by_role("button", name="Save").click()
    expect(hers.get_by_role("main")).to_contain_text("Saved.")
    his.get_by_role("button", name="Save").click()
    expect(his.get_by_text("What you typed is still here")).to_be_visible()
    assert his.get_by_label("Words of paragraph 3", exact=True).input_value() == "His."
    expect(his.get_by_text("As it stands now:")).to_be_visible()
    assert newsroom.words(identifier)[1][2] == "Hers.", "the last one does not win"
    assert barriers(his) == []
    picture(his, "two-editors", whole=True)
    his.get_by_role("button", name="Save").click()
    expect(his.get_by_role("main")).to_contain_text("Saved.")
    assert newsroom.words(identifier)[1][2] == "His.", "having seen both, one may"


def test_one_key_holds_unless_single_keys_are_switched_off(visit: Visit, newsroom: Newsroom) -> None:
    """WCAG 2.1.4: whoever speaks to a browser, or types blindly, holds nothing by a letter."""
    identifier = newsroom.armed()
    pia = newsroom.come(visit, "pia")
    page = pia.open(f"/organise/{SLUG}/press/{identifier}")
    expect(page.get_by_role("button", name="Hold").locator("kbd")).to_be_visible()
    page.get_by_text("Keys", exact=True).click()
    page.get_by_role("checkbox", name="Single letters press buttons").uncheck()
    expect(page.get_by_role("button", name="Hold").locator("kbd")).to_be_hidden()
    page.locator("body").press("h")
    page = pia.open(f"/organise/{SLUG}/press/{identifier}")
    page.locator("body").press("h")
    expect(page.get_by_role("button", name="Hold")).to_be_visible()
    page.get_by_text("Keys", exact=True).focus()
    page.keyboard.press("Enter")
    assert not page.get_by_role("checkbox", name="Single letters press buttons").is_checked()
    assert barriers(page) == []
    picture(page, "keys", whole=True)
    page.get_by_role("checkbox", name="Single letters press buttons").press("Space")
    page.keyboard.press("h")
    expect(page.get_by_role("main")).not_to_contain_text("On hold.")  # a key pressed in a field is that field's
    page.get_by_role("heading", level=1).click()  # out of the field
    page.keyboard.press("h")
    expect(page.get_by_role("main")).to_contain_text("On hold. Two people lift it.")
