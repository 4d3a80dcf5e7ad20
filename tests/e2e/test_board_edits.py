"""What others edit while a board is open: titles, tracks, people, rooms, what may stand; all arrive by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import expect

from confapp.domain import grants
from confapp.domain.permissions import Role
from confapp.domain.programme import availability, conferences, hosts, sessions, speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session
from confapp.domain.spans import Span
from tests.e2e.boards import Backstage, Board
from tests.e2e.conftest import Visit
from tests.e2e.servers import Server
from tests.factories import NOW, at


@pytest.fixture(scope="module")
def backstage(server: Server) -> Iterator[Backstage]:
    """The instance's database, and people of the board."""
    made = Backstage(server, word="edits")
    yield made
    made.close()


class Change:
    """What somebody changes who is not at a board."""

    def __init__(self, conference: Conference, by: Any) -> None:
        self.conference = conference
        self.how = {"by": by, "now": NOW}

    def session(self, titled: str, /, **values: Any) -> None:
        """Edit a session."""
        found = next(each for each in sessions.sessions(self.conference) if each.title["en"] == titled)
        if "track" in values:
            values["track"] = conferences.track(self.conference, values["track"])
        sessions.edit(found, self.conference, values, **self.how)

    def new_session(self, title: str) -> Session:
        """Make a session."""
        return sessions.create(self.conference, {"title": {"en": title}}, **self.how)

    def speaker(self, named: str, /, **values: Any) -> None:
        """Edit a speaker."""
        found = next(each for each in speakers.speakers(self.conference) if each.name == named)
        speakers.edit_speaker(found, values, **self.how)


@contextmanager
def changing(backstage: Backstage, slug: str, name: str) -> Iterator[Change]:
    """Somebody changes things, all at once."""
    with backstage.open():
        yield Change(conferences.named(slug), backstage.account(name))


def test_a_title_a_track_and_a_name_that_others_change_arrive_with_words(visit: Visit, backstage: Backstage) -> None:
    slug = backstage.conference()
    mia = Board.open(backstage.come(visit, "mia"), slug)
    expect(mia.card("Spores")).to_have_class(re.compile("track-1"))
    with changing(backstage, slug, "ola") as change:
        change.session("Spores", title={"en": "Spores and moulds"}, track="food")
    expect(mia.note).to_contain_text("Ola changed “Spores and moulds”")
    mia.at("Spores and moulds", "Aula, Monday 18 May, 10:00 to 10:30. Food. Ada")
    expect(mia.card("Spores and moulds")).to_have_class(re.compile("track-2"))
    with changing(backstage, slug, "ola") as change:
        change.speaker("Ada", name="Ada Lovelace")
    mia.at("Spores and moulds", "Ada Lovelace")
    mia.at("Yeast", "Ada Lovelace")
    expect(mia.page.locator(".waiting").filter(has_text="Bread")).to_contain_text("Ada Lovelace")
    # And what is moved afterwards keeps what was changed.
    mia.drag("Spores and moulds", rooms=2)
    mia.state("Saved: “Spores and moulds” is in Cellar")
    mia.at("Spores and moulds", "Cellar, Monday 18 May, 10:00 to 10:30. Food. Ada Lovelace")


def test_a_new_session_comes_into_the_tray_and_one_that_was_turned_down_leaves_it(
    visit: Visit, backstage: Backstage
) -> None:
    slug = backstage.conference()
    mia = Board.open(backstage.come(visit, "mia"), slug)
    waiting = mia.page.locator(".waiting strong")
    expect(waiting).to_have_text(["Bread"])
    with changing(backstage, slug, "ola") as change:
        change.new_session("Cheese")
    expect(mia.note).to_contain_text("Ola added “Cheese”")
    expect(waiting).to_have_text(["Bread", "Cheese"])
    with changing(backstage, slug, "ola") as change:
        change.session("Bread", state="rejected")
    expect(waiting).to_have_text(["Cheese"])


def test_a_room_that_is_renamed_a_track_that_is_new_and_rights_that_end_arrive(
    visit: Visit, backstage: Backstage
) -> None:
    slug = backstage.conference()
    mia, tam = (Board.open(backstage.come(visit, name), slug) for name in ("mia", "tam"))
    with changing(backstage, slug, "ola") as change:
        hosts.edit(hosts.room(change.conference, "aula"), {"name": {"en": "Great hall"}}, **change.how)
        conferences.create_track(change.conference, {"name": {"en": "Wine"}}, **change.how)
    expect(mia.page.locator(".head__name")).to_have_text(["Whole venue", "Great hall", "Annexe", "Cellar"])
    expect(mia.note).to_contain_text("Ola changed rooms, tracks, days or rights")
    mia.page.locator("#board-tracks-menu summary").click()
    expect(mia.page.get_by_role("checkbox", name="Wine")).to_be_checked()
    expect(tam.card("Yeast")).not_to_contain_text("Not yours to move")
    with changing(backstage, slug, "mia") as change:
        (manages,) = (each for each in grants.grants(change.conference) if each.account.person.name == "Tam")
        grants.give(
            change.conference, email="tam@board.example", role=Role.READ_ONLY, scope=None, expires_at=None, **change.how
        )
        grants.revoke(manages, change.conference, **change.how)
    expect(tam.card("Yeast")).to_contain_text("Not yours to move")
    tam.card("Yeast").focus()
    tam.keys("Enter")
    tam.says("“Yeast” is not yours to move.")


def test_hours_that_close_a_room_bring_their_conflict_and_letting_it_stand_reaches_others(
    visit: Visit, backstage: Backstage
) -> None:
    slug = backstage.conference()
    mia, ola = (Board.open(backstage.come(visit, name), slug) for name in ("mia", "ola"))
    with changing(backstage, slug, "rea") as change:
        open_hours = [Span(at("14:00"), at("18:00"))]
        availability.set_spans(hosts.room(change.conference, "annexe"), open_hours, **change.how)
    for board in (mia, ola):
        expect(board.page.locator("#board-conflict-count")).to_have_text("1")
        expect(board.card("Mould")).to_have_class(re.compile("card--blocks"))
    ola.page.get_by_role("button", name="Conflicts").click()
    ola.page.get_by_role("button", name="Let it stand").click()
    ola.page.get_by_label("Because (kept in the history)").fill("the caretaker opens")
    ola.page.get_by_role("button", name="Do it").click()
    for board in (ola, mia):
        expect(board.page.locator("#board-conflict-count")).to_have_text("0")
        expect(board.card("Mould")).to_have_class(re.compile("card--let"))


def test_what_is_edited_while_it_is_in_the_hand_stays_there_and_is_saved_where_it_is_put(
    visit: Visit, backstage: Backstage
) -> None:
    slug = backstage.conference()
    mia = Board.open(backstage.come(visit, "mia"), slug)
    mia.card("Mould").focus()
    mia.keys("Enter", "ArrowDown")
    with changing(backstage, slug, "ola") as change:
        change.session("Mould", title={"en": "Moulds"})
    expect(mia.note).to_contain_text("Ola changed “Moulds”")
    expect(mia.page.locator("#board-landing")).to_be_visible()
    mia.keys("Enter")
    mia.state("Saved: “Moulds” is in Annexe, Mon 18 May 10:15–10:45.")
    assert backstage.places(slug)["Moulds"] == "annexe 10:15-10:45"
