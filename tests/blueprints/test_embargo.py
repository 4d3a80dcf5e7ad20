"""T15: reading under embargo is for named people, on accepted terms and marked copies, and ends with the embargo."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from confapp.database import db
from confapp.domain import people
from confapp.domain.outbox import OutboxRow
from confapp.domain.press import publishing, readers, transcript_editing, transcript_states
from confapp.domain.press.transcripts import Policy, Version, VersionState
from tests import pages
from tests.factories import make_account
from tests.newsroom import Newsroom

ROOM = "/press/embargoed/"


@pytest.fixture
def newsroom(app: Any, write: Any, clock: Any) -> Newsroom:
    """A press office, and two journalists."""
    made = Newsroom(app, write, clock)
    with write():
        for name in ("reporter", "rival"):
            made.people[name] = make_account(f"{name}@example.org")
    return made


def _let_in(newsroom: Newsroom, version: Version, name: str = "reporter", **lasts: float) -> None:
    until = newsroom.clock.now + dt.timedelta(**(lasts or {"days": 1}))
    with newsroom.write():
        readers.let_in(
            version, f"{name}@example.org", expires_at=until, by=newsroom.scene.officer, now=newsroom.clock.now
        )


def _armed(newsroom: Newsroom) -> Version:
    with newsroom.write():
        return newsroom.scene.armed(Policy.MANUAL, undo_seconds=0, now=newsroom.clock.now)


def _accepted(newsroom: Newsroom, version: Version) -> Any:
    """The reporter's browser, with the terms accepted."""
    client = newsroom.as_("reporter")
    assert pages.open_form(client, f"{ROOM}{version.uuid}").send().status_code == 303
    return client


def test_a_journalist_without_an_account_is_invited(newsroom: Newsroom) -> None:
    version = _armed(newsroom)
    path = f"/organise/summit/press/{version.uuid}/readers"
    client = newsroom.as_("officer")
    form = pages.open_form(client, path)
    assert form.send(email="Eva@example.org", name="Eva Brandt", expires_at="2026-05-19T12:00").status_code == 302
    shown = client.get(path)
    assert pages.notices(shown) == ["Let in, and invited: a letter to make an account is on its way."]
    assert "Eva Brandt" in shown.text
    with newsroom.write():
        invited = people.account_by_email("eva@example.org")
        assert invited is not None
        letters = sa.select(OutboxRow.payload).where(OutboxRow.kind == "mail.invited")
        assert db.session.scalars(letters).all() == [{"account": invited.id}]
        assert readers.readable(invited, now=newsroom.clock.now) == [version]


def test_terms_come_before_the_words(newsroom: Newsroom) -> None:
    version = _armed(newsroom)
    _let_in(newsroom, version)
    client = newsroom.as_("reporter")
    assert f"{ROOM}{version.uuid}" in client.get(ROOM).text
    terms = client.get(f"{ROOM}{version.uuid}")
    assert "under embargo" in terms.text
    assert "Biology moves" not in terms.text
    assert "Vaccines" not in terms.text + client.get(ROOM).text
    client = _accepted(newsroom, version)
    page = client.get(f"{ROOM}{version.uuid}")
    assert "Biology moves faster" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_every_copy_names_its_reader_and_every_reading_is_written_down(newsroom: Newsroom) -> None:
    version = _armed(newsroom)
    _let_in(newsroom, version)
    client = _accepted(newsroom, version)
    newsroom.clock.tick(seconds=1)
    marks = [pages.tree(client.get(f"{ROOM}{version.uuid}")).xpath("//article/@data-mark")[0] for _ in range(2)]
    assert all(mark.startswith("Reporter · reporter@example.org · ") for mark in marks)
    desk = newsroom.as_("officer").get(newsroom.url(version, "readers"))
    assert pages.words(desk, "//td[@class='hash']")[0] == marks[-1][-12:]
    with newsroom.write():
        assert [each.hash for each in readers.readings(version)] == [version.hash] * 2


def test_nobody_else_learns_that_there_is_anything(newsroom: Newsroom) -> None:
    version = _armed(newsroom)
    _let_in(newsroom, version)
    unknown = f"{ROOM}{'0' * 8}-0000-4000-8000-{'0' * 12}"
    for name in ("rival", "admin", "stage"):
        client = newsroom.as_(name)
        assert client.get(f"{ROOM}{version.uuid}").status_code == client.get(unknown).status_code == 404
        assert "Nothing is open to you now." in client.get(ROOM).text
    assert newsroom.app.test_client().get(f"{ROOM}{version.uuid}").status_code == 302
    other = newsroom.draft(session=None)
    assert newsroom.as_("reporter").get(f"{ROOM}{other.uuid}").status_code == 404


@pytest.mark.parametrize("deed", ["expire", "hold", "edit", "release", "withdraw", "shut out"])
def test_the_link_dies(newsroom: Newsroom, deed: str) -> None:
    version = _armed(newsroom)
    _let_in(newsroom, version)
    client = _accepted(newsroom, version)
    scene, now = newsroom.scene, newsroom.clock.now
    with newsroom.write():
        if deed == "hold":
            transcript_states.hold(version, by=scene.officer, now=now)
        elif deed == "edit":
            transcript_editing.edit(version, {"headline": "New"}, expected=1, by=scene.writer, now=now)
        elif deed in ("release", "withdraw"):
            transcript_states.go_ahead(version, by=scene.officer, now=now)
            publishing.release_due(version.id, now=now)
            if deed == "withdraw":
                publishing.withdraw(version, "Wrong.", by=scene.officer, now=now)
    if deed == "expire":
        newsroom.clock.tick(days=1)
    if deed == "shut out":
        desk = newsroom.url(version, "readers")
        (action,) = pages.tree(newsroom.as_("officer").get(desk)).xpath("//form[contains(@action, 'shut-out')]/@action")
        assert newsroom.send("officer", action).status_code == 303
    for path in (f"{ROOM}{version.uuid}", ROOM):
        assert "Biology" not in client.get(path).text
    assert newsroom.as_("reporter").get(f"{ROOM}{version.uuid}").status_code == 404


@pytest.mark.parametrize("state", [VersionState.DRAFT, VersionState.IN_REVIEW, VersionState.HELD])
def test_only_approved_or_armed_words_are_open(newsroom: Newsroom, state: VersionState) -> None:
    with newsroom.write():
        version = newsroom.scene.bring(newsroom.scene.draft(), state)
    _let_in(newsroom, version)
    assert newsroom.as_("reporter").get(f"{ROOM}{version.uuid}").status_code == 404


def test_other_terms_have_to_be_accepted_again(newsroom: Newsroom) -> None:
    version = _armed(newsroom)
    _let_in(newsroom, version)
    client = _accepted(newsroom, version)
    saved = pages.open_form(newsroom.as_("officer"), "/organise/summit/press/terms").send({"words.en": "Be silent."})
    assert saved.status_code == 302
    assert "Be silent." in client.get(f"{ROOM}{version.uuid}").text
    assert "Biology moves" not in client.get(f"{ROOM}{version.uuid}").text


def test_the_desk_lets_people_in(newsroom: Newsroom) -> None:
    version = _armed(newsroom)
    url = newsroom.url(version, "readers")
    for email, until, words in [
        ("nobody", "2026-05-19T12:00", "Give an e-mail address such as"),
        ("reporter@example.org", "2026-05-01T12:00", "The expiry lies in the past."),
        ("reporter@example.org", "2027-05-01T12:00", "At most 60 days from now."),
    ]:
        refused = newsroom.send("officer", url, {"email": email, "expires_at": until})
        assert (refused.status_code, words in refused.text) == (422, True), email
    assert (
        newsroom.send("officer", url, {"email": "reporter@example.org", "expires_at": "2026-05-19T12:00"}).status_code
        == 302
    )
    assert "reporter@example.org" in newsroom.as_("officer").get(url).text
    for name in ("approver", "admin", "stage"):
        assert newsroom.as_(name).get(url).status_code == 404


def test_giving_roles_shows_no_words(newsroom: Newsroom) -> None:
    """Whoever gives roles may not read the words, their headline included."""
    _armed(newsroom)
    page = newsroom.as_("admin").get("/organise/summit/grants/new")
    assert "Vaccines" not in page.text
