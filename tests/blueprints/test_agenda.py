"""The public pages: the latest release and nothing else, behind the fence, the same for everyone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from confapp.database import db
from confapp.domain.permissions import Permission, Role
from confapp.domain.programme import conferences
from confapp.web import ConfappFlask, permits
from tests import pages
from tests.agenda_scene import Programme, make_many
from tests.conftest import Transaction
from tests.factories import (
    at,
    make_account,
    make_conference,
    make_room,
    make_session,
    make_slot,
    make_track,
    sign_in,
)

Counted = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def programme(write: Transaction) -> Programme:
    """The scene, released."""
    with write():
        made = Programme()
        made.release()
    return made


def _addresses(programme: Programme) -> list[str]:
    return [
        "/",
        "/summit/",
        "/summit/agenda",
        "/summit/agenda?day=2026-05-18",
        f"/summit/sessions/{programme.keynote.code}",
        f"/summit/speakers/{programme.ada.code}",
        "/summit/hosts/royal-academy",
    ]


# The latest release, and nothing else.


def test_pages_show_the_release(client: FlaskClient, programme: Programme) -> None:
    for address in _addresses(programme):
        answer = client.get(address)
        assert (answer.status_code, address) == (200, address)
        assert pages.tree(answer).xpath("count(//h1)") == 1
        assert "Secret exercise" not in answer.text
    agenda = client.get("/summit/agenda")
    assert pages.words(agenda, "//section[@class='day']/h2") == ["Monday 18 May 2026", "Tuesday 19 May 2026"]
    assert pages.words(agenda, "//*[contains(@class, 'entry__title')]") == [
        "Biology and treaties",
        "Evening reception",
        "Who answers for a gene?",
    ]
    session = client.get(f"/summit/sessions/{programme.panel.code}")
    assert pages.words(session, "//*[contains(@class, 'person__name')]") == ["Ben Okoro", "Ada Lindqvist"]
    assert pages.words(session, "//*[@class='when']/p")[:3] == [
        "Tuesday 19 May 2026",
        "11:00–12:00 Europe/Brussels",
        "Lab, Main Building",
    ]
    speaker = client.get(f"/summit/speakers/{programme.ada.code}")
    assert "Reads genomes." in speaker.text
    assert pages.words(speaker, "//*[contains(@class, 'entry__title')]") == [
        "Biology and treaties",
        "Who answers for a gene?",
    ]
    assert pages.words(client.get("/summit/hosts/royal-academy"), "//main//*[@class='kicker']") == ["Host · Belgium"]
    host = client.get("/summit/hosts/defence-institute")
    assert pages.words(host, "//*[contains(@class, 'entry__title')]") == ["Who answers for a gene?"]


def test_what_is_changed_and_not_released_is_not_seen(
    client: FlaskClient, programme: Programme, write: Transaction
) -> None:
    before = {address: client.get(address).data for address in _addresses(programme)}
    with write():
        programme.move(programme.keynote_slot, at("14:00"))
        programme.cancel(programme.panel)
        held = db.session.merge(programme.keynote)
        held.title = {"en": "Another title"}
        room = db.session.merge(programme.hall)
        room.name = {"en": "Another hall"}
        programme_draft = make_session(conferences.named("summit"), "A draft of today")
        make_slot(conferences.named("summit"), programme_draft, make_room(conferences.named("summit")), "09:00")
    for address, body in before.items():
        assert client.get(address).data == body, address
    with write():
        programme.release()
    agenda = client.get("/summit/agenda").text
    assert "Another title" in agenda
    assert "A draft of today" in agenda
    assert "Who answers for a gene?" not in agenda


def test_the_front_page_before_the_first_release(client: FlaskClient, write: Transaction) -> None:
    with write():
        programme = Programme()
    answer = client.get("/summit/")
    assert answer.status_code == 200
    assert pages.words(answer, "//*[contains(@class, 'empty')]") == ["The agenda has not been released yet."]
    assert programme.keynote.title["en"] not in answer.text
    for address in ("agenda", "agenda.ics", "agenda.pdf", f"sessions/{programme.keynote.code}"):
        assert client.get(f"/summit/{address}").status_code == 404


def test_a_cancelled_session_says_so(client: FlaskClient, programme: Programme, write: Transaction) -> None:
    with write():
        programme.cancel(programme.keynote)
        programme.release()
    answer = client.get(f"/summit/sessions/{programme.keynote.code}")
    assert answer.status_code == 410
    assert "This session was taken off the agenda." in answer.text
    assert not pages.tree(answer).xpath("//main//form")
    assert "Biology and treaties" not in client.get("/summit/agenda").text


# Filters.


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("day=2026-05-19", ["Who answers for a gene?"]),
        ("track=medicine", ["Biology and treaties"]),
        ("room=lab", ["Evening reception", "Who answers for a gene?"]),
        ("host=royal-academy", ["Biology and treaties", "Evening reception"]),
        ("track=medicine&day=2026-05-19", []),
        ("track=&day=", ["Biology and treaties", "Evening reception", "Who answers for a gene?"]),
    ],
)
def test_filters_narrow_the_agenda(client: FlaskClient, programme: Programme, query: str, titles: list[str]) -> None:
    answer = client.get(f"/summit/agenda?{query}")
    assert answer.status_code == 200
    assert pages.words(answer, "//*[contains(@class, 'entry__title')]") == titles


def test_calendars_of_a_speaker_and_of_a_host_can_be_subscribed_to(client: FlaskClient, programme: Programme) -> None:
    for page, query in (
        (f"/summit/speakers/{programme.ada.code}", f"speaker={programme.ada.code}"),
        ("/summit/hosts/royal-academy", "host=royal-academy"),
    ):
        addresses = pages.tree(client.get(page)).xpath("//*[@class='subscribe']//a/@href")
        assert addresses[0] == f"webcal://localhost/summit/agenda.ics?{query}"
        assert len(addresses) == 4
        assert client.get(f"/summit/agenda.ics?{query}").status_code == 200


def test_the_language_spoken_is_offered_where_there_are_several(
    client: FlaskClient, programme: Programme, write: Transaction
) -> None:
    offered = "//select[@name='language']/option/@value"
    assert pages.tree(client.get("/summit/agenda")).xpath(offered) == []
    with write():
        for session, language in ((programme.keynote, "en"), (programme.panel, "nl")):
            db.session.merge(session, load=False).language = language
        programme.release()
    page = client.get("/summit/agenda?language=nl")
    assert pages.tree(page).xpath(offered) == ["", "en", "nl"]
    assert pages.tree(page).xpath("//select[@name='language']/option[@selected]/@value") == ["nl"]
    assert "Biology and treaties" not in page.text


def test_a_speaker_filters_too(client: FlaskClient, programme: Programme) -> None:
    answer = client.get(f"/summit/agenda?speaker={programme.ben.code}")
    assert pages.words(answer, "//*[contains(@class, 'entry__title')]") == ["Who answers for a gene?"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("track=x", "The agenda has no track “x”."),
        ("room=x", "The agenda has no room “x”."),
        ("host=x", "The agenda has no host “x”."),
        ("speaker=x", "The agenda has no speaker “x”."),
        ("day=today", "Give the day as in 2026-05-18."),
        ("day=2027-05-18", "The agenda has no day 2027-05-18."),
        ("language=tlh", "The agenda is not there in the language “tlh”."),
        ("room=%3Cb%3E", "The agenda has no room “<b>”."),
    ],
)
def test_unknown_filters_are_named(client: FlaskClient, programme: Programme, query: str, message: str) -> None:
    for address in ("agenda", "agenda.ics"):
        answer = client.get(f"/summit/{address}?{query}")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (422, "no-store")
        assert message in pages.words(answer, "//main")[0]
        assert pages.words(answer, "//main//h1") == ["This address asks for something that is not there"]


# Days and languages.


def test_days_follow_the_conference_and_its_nights(client: FlaskClient, write: Transaction) -> None:
    with write():
        conference = make_conference(
            "night", starts_on=dt.date(2026, 10, 24), ends_on=dt.date(2026, 10, 25), day_change=dt.time(4)
        )
        programme = Programme.__new__(Programme)
        programme.conference = conference
        room = make_room(conference)
        starts = {
            "Dance": dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC),  # 02:30, summer time, the first of two
            "Late dance": dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC),  # 02:30, winter time
            "Breakfast": dt.datetime(2026, 10, 25, 7, tzinfo=dt.UTC),
        }
        for title, start in starts.items():
            make_slot(conference, make_session(conference, title, kind="social"), room, start)
        programme.release()
    answer = client.get("/night/agenda?day=2026-10-24")
    assert pages.words(answer, "//*[contains(@class, 'entry__title')]") == ["Dance", "Late dance"]
    assert pages.words(answer, "//tbody//th")[0] == "02:30"
    answer = client.get("/night/agenda?day=2026-10-25")
    assert pages.words(answer, "//*[contains(@class, 'entry__title')]") == ["Breakfast"]
    assert pages.words(answer, "//tbody//th") == ["08:00"]


def test_the_language_is_part_of_the_address(client: FlaskClient, write: Transaction) -> None:
    with write():
        programme = Programme(title={"en": "Summit", "fr": "Sommet"}, languages=["en", "fr"])
        db.session.flush()
        programme.keynote.title = {"en": "Biology and treaties", "fr": "Biologie et traités"}
        programme.release()
    english = client.get("/summit/agenda", headers={"Accept-Language": "fr"})
    french = client.get("/summit/agenda?language=fr")
    assert "Biologie et traités" in french.text
    assert "Who answers for a gene?" in french.text
    assert "traités" not in english.text
    calendar = client.get("/summit/agenda.ics?language=fr")
    assert "SUMMARY:Biologie et traités" in calendar.text
    assert calendar.headers["ETag"] != client.get("/summit/agenda.ics").headers["ETag"]


# The same for everyone.


def test_missing_things_are_answered_alike(client: FlaskClient, programme: Programme, write: Transaction) -> None:
    with write():
        hidden = Programme("hidden", is_public=False)
        hidden.release()
        make_conference("unreleased")
    told = {
        client.get(address).text.replace(address, "")
        for address in ("/nowhere/agenda", "/hidden/agenda", "/unreleased/agenda", "/summit/nothing")
    }
    assert len(told) == 1
    for address in (
        "/nowhere/",
        "/hidden/",
        f"/hidden/sessions/{hidden.keynote.code}",
        "/hidden/agenda.ics",
        "/summit/sessions/NOTHERE",
        f"/summit/sessions/{programme.draft.code}",
        "/summit/speakers/NOTHERE",
        "/summit/hosts/nowhere",
        "/summit/agenda.exe",
        "/summit/agenda.picks",
    ):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store"), address


def test_public_pages_are_the_same_signed_in_and_not(
    client: FlaskClient, app: ConfappFlask, programme: Programme, write: Transaction
) -> None:
    with write():
        account = make_account(role=Role.OWNER, conference=conferences.named("summit"))
    member = sign_in(app.test_client(), account)
    assert member.get("/organise/summit/").status_code == 200
    for address in _addresses(programme):
        one, other = client.get(address), member.get(address)
        assert one.data == other.data
        for answer in (one, other):
            assert "Set-Cookie" not in answer.headers
            assert "Cookie" not in answer.headers.get("Vary", "")
            assert answer.headers["Cache-Control"].startswith("public, max-age=0, ")
        assert "csrf" not in one.text


def test_a_page_known_already_is_not_sent_again(client: FlaskClient, programme: Programme, write: Transaction) -> None:
    tags = {}
    for address in _addresses(programme):
        tags[address] = client.get(address).headers["ETag"]
        again = client.get(address, headers={"If-None-Match": tags[address]})
        assert (again.status_code, again.data) == (304, b"")
    with write():
        programme.move(programme.keynote_slot, at("14:00"))
        programme.release()
    assert client.get("/summit/agenda").headers["ETag"] != tags["/summit/agenda"]


@pytest.mark.sqlite
def test_what_is_much_stands_behind_a_summary(client: FlaskClient, write: Transaction) -> None:
    with write():
        programme = Programme()
        for number in range(13):
            make_track(programme.conference, f"Track {number}")
        make_many(programme, 60)
        programme.release()
    assert pages.words(client.get("/summit/agenda"), "//details/summary") == [
        "Subscribe",
        "Print (PDF)",
        "Filter by track, room or host",
        "14 tracks",
    ]
    assert pages.words(client.get("/summit/"), "//details/summary") == ["All 62 speakers"]


def test_an_address_without_its_slash_leads_on(client: FlaskClient, programme: Programme) -> None:
    answer = client.get("/summit")
    assert (answer.status_code, answer.location) == (308, "/summit/")
    assert client.get("/nowhere").status_code == 404


def test_the_fence_stands(
    make_app: Callable[..., ConfappFlask], write: Transaction, caplog: pytest.LogCaptureFixture
) -> None:
    with write():
        Programme().release()
    app = make_app()

    @app.get("/<conference>/peek")
    @permits(Permission.ANYONE, public=True)
    def peek(conference: Any) -> str:
        return str(db.session.scalar(sa.text("SELECT count(*) FROM session")))

    @app.get("/<conference>/released")
    @permits(Permission.ANYONE, public=True)
    def count_released(conference: Any) -> str:
        return str(db.session.scalar(sa.text("SELECT count(*) FROM release_session")))

    app.config["PROPAGATE_EXCEPTIONS"] = True
    assert app.test_client().get("/summit/released").text == "3"
    try:
        answer = app.test_client().get("/summit/peek")
    except DBAPIError as error:  # SQLite's authorizer
        said = str(error)
    else:  # PostgreSQL: a role that may not read this is one whose grants want mending
        said = caplog.text
        assert answer.status_code == 503
    assert re.search(r"not authorized|prohibited|permission denied", said)


def test_pages_take_the_same_few_statements_however_much_there_is(
    client: FlaskClient, programme: Programme, write: Transaction, count_queries: Counted
) -> None:
    addresses = [*_addresses(programme), "/summit/agenda.ics", f"/summit/sessions/{programme.keynote.code}.ics"]

    def count() -> dict[str, int]:
        counted = {}
        for address in addresses:
            with count_queries() as statements:
                assert client.get(address).status_code == 200
            counted[address] = len(statements)
        return counted

    first = count()
    few = count()
    with write():
        programme.conference = conferences.named("summit")
        programme.hall, programme.track = db.session.merge(programme.hall), db.session.merge(programme.track)
        make_many(programme, 30)
        programme.release()
    assert count() == first
    assert count() == few
    assert max(few.values()) <= 5
    assert max(first.values()) <= 12
