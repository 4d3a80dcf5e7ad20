"""A speaker's own page at her secret address: confirmed, edited, with a picture, until the address dies."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.database import db
from confapp.domain.attendance import registrations
from confapp.domain.permissions import Role
from confapp.domain.programme import availability, sessions, speaker_pages, speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import SessionState
from confapp.domain.programme.speakers import Speaker
from confapp.domain.release import releases
from confapp.domain.spans import Span
from tests import pages
from tests.blueprints.conftest import As
from tests.conftest import NOW, SetClock, Transaction
from tests.domain.programme.test_pictures import drawn
from tests.factories import at, make_room, make_session, make_slot, make_speaker, make_track
from tests.pages import errors, form_in, notices, open_form, summary, words

OWN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def ada(write: Transaction, summit: Conference) -> Speaker:
    """A speaker with an accepted talk."""
    with write():
        speaker = make_speaker(summit, "Ada", affiliation="Institute")
        make_session(summit, "Cold chains", speaker, state=SessionState.ACCEPTED)
        return speaker


@pytest.fixture
def page(write: Transaction, ada: Speaker) -> str:
    """The path of her page."""
    with write():
        return f"/speak/{speaker_pages.invite(ada, by=None, now=NOW)}"


def send(client: FlaskClient, page: str, part: str, **values: Any) -> Any:
    return client.post(page, headers=OWN, data={"part": part, **values})


def now_of(write: Transaction, ada: Speaker) -> Speaker:
    with write():
        return db.session.get_one(Speaker, ada.id)


def test_an_organiser_makes_an_address_that_is_shown_once(
    organiser: FlaskClient, client: FlaskClient, ada: Speaker
) -> None:
    url = f"/organise/summit/speakers/{ada.code}"
    made = open_form(organiser, url, 1).send()
    (address,) = words(made, "//code[@class='secret']")
    path = address.removeprefix("http://localhost")
    assert path.startswith("/speak/")
    assert path not in organiser.get(url).text
    assert client.get(path).status_code == 200
    again = open_form(organiser, url, 1).send()
    assert client.get(path).status_code == 404, "the address before it died"
    path = words(again, "//code[@class='secret']")[0].removeprefix("http://localhost")
    assert open_form(organiser, url, 2).send().status_code == 302
    assert client.get(path).status_code == 404


def test_the_page_is_hers_alone(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Cold chains" in answer.text
    assert "When and where is not public yet." in answer.text
    assert client.get("/speak/guessed").status_code == 404
    foreign = client.post(page, data={"part": "confirm"}, headers={"Origin": "http://evil.example"})
    assert foreign.status_code == 400


def test_only_what_is_released_is_told_of_time_and_place(
    client: FlaskClient, write: Transaction, summit: Conference, page: str
) -> None:
    with write():
        (talk,) = sessions.sessions(summit)
        make_slot(summit, talk, make_room(summit, "Aula"))
    assert "Aula" not in client.get(page).text
    with write():
        releases.release(summit, expected=None, note={}, by=None, now=NOW)
    told = client.get(page)
    assert "Aula" in told.text
    subscribe = pages.tree(told).xpath("//a[starts-with(@href, 'webcal:')]/@href")
    assert subscribe[0].startswith("webcal://localhost/summit/agenda.ics?speaker=")
    assert not [address for address in subscribe if page.split("/")[2] in address]


def test_she_confirms_her_session(client: FlaskClient, write: Transaction, summit: Conference, page: str) -> None:
    form = open_form(client, page)
    assert form.values["part"] == ["confirm"]
    answer = client.post(page, headers=OWN, data=form.values)
    assert answer.status_code == 302
    assert notices(client.get(page)) == ["Confirmed. Thank you!"]
    with write():
        (talk,) = sessions.sessions(summit)
        assert talk.state is SessionState.CONFIRMED
        talk.state = SessionState.REJECTED
        other = make_session(summit, "Not hers", state=SessionState.ACCEPTED)
    refused = send(client, page, "confirm", session=talk.code)
    assert (refused.status_code, summary(refused)) == (
        409,
        ["The organisers have not accepted this session, or no longer."],
    )
    assert send(client, page, "confirm", session=other.code).status_code == 404
    assert send(client, page, "everything").status_code == 404


def test_she_edits_her_profile(client: FlaskClient, write: Transaction, ada: Speaker, page: str) -> None:
    values = {"name": "Ada L.", "affiliation": "Academy", "biography.en": "<p>Knows ice.</p><script>x</script>"}
    assert send(client, page, "profile", needs="No stairs.", **values).status_code == 302
    held = now_of(write, ada)
    assert (held.name, held.affiliation, held.needs, held.biography) == (
        "Ada L.",
        "Academy",
        "No stairs.",
        {"en": "<p>Knows ice.</p>"},
    )
    refused = send(client, page, "profile", name="", affiliation="Kept", country="Belgium")
    assert refused.status_code == 422
    assert set(errors(refused)) == {"name", "country"}
    assert form_in(client, refused, 4)["affiliation"] == "Kept"


def test_she_says_when_she_can_come(client: FlaskClient, write: Transaction, ada: Speaker, page: str) -> None:
    times = {"spans.day": ["2026-05-18"], "spans.since": ["09:00"], "spans.until": ["12:00"]}
    assert send(client, page, "times", **times).status_code == 302
    with write():
        assert availability.of(ada) == (Span(at("09:00"), at("12:00")),)
    assert send(client, page, "times", **times | {"spans.since": ["soon"]}).status_code == 422


def test_her_picture_is_kept_and_public_with_a_release(
    client: FlaskClient, organiser: FlaskClient, write: Transaction, summit: Conference, ada: Speaker, page: str
) -> None:
    assert client.get(f"{page}/picture").status_code == 404
    sent = send(client, page, "picture", picture=(io.BytesIO(drawn()), "me.jpg"))
    assert sent.status_code == 302
    own = client.get(f"{page}/picture")
    assert (own.mimetype, own.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert organiser.get(f"/organise/summit/speakers/{ada.code}/picture").data == own.data
    sha256 = now_of(write, ada).photo
    assert client.get(f"/files/{sha256}").status_code == 404
    with write():
        make_slot(summit, sessions.sessions(summit)[0], make_room(summit, "Aula"))
        releases.release(summit, expected=None, note={}, by=None, now=NOW)
    public = client.get(f"/files/{sha256}")
    assert (public.data, public.headers["Cache-Control"]) == (own.data, "public, max-age=3600")
    assert "sandbox" in public.headers["Content-Security-Policy"]
    assert f"/files/{sha256}" in client.get(f"/summit/speakers/{ada.code}").text
    for wrong in (None, (io.BytesIO(b"<svg/>"), "x.svg")):
        refused = send(client, page, "picture", **({"picture": wrong} if wrong else {}))
        assert (refused.status_code, list(errors(refused))) == (422, ["picture"])


def test_her_calendar_has_an_address_of_its_own_that_can_be_changed_and_switched_off(
    client: FlaskClient, write: Transaction, summit: Conference, ada: Speaker, page: str
) -> None:
    with write():
        talk = sessions.sessions(summit)[0]
        make_slot(summit, talk, make_room(summit, "Aula"), at("10:00"))
        releases.release(summit, expected=None, note={}, by=None, now=NOW)
    assert "registered as a participant" in client.get(page).text

    def make() -> str:
        (address,) = words(client.post(f"{page}/calendar", headers=OWN), "//code[@class='secret']")
        return address.removeprefix("http://localhost")

    first = make()
    assert "Cold chains" in client.get(first).text
    with write():
        registration = registrations.registration_of(ada.person_id, summit)
        assert registration is not None
        assert registration.organisation == "Institute"
    assert first not in client.get(page).text, "it is shown once"
    assert "registered as a participant" not in client.get(page).text
    second = make()
    assert [client.get(path).status_code for path in (first, second)] == [404, 200]
    assert client.post(f"{page}/calendar/revoke", headers=OWN).status_code == 302
    assert client.get(second).status_code == 404
    assert client.get(page).status_code == 200, "her page goes on"


def test_whoever_has_no_calendar_can_switch_it_off(client: FlaskClient, page: str) -> None:
    assert client.post(f"{page}/calendar/revoke", headers=OWN).status_code == 302
    assert client.post("/speak/nobody/calendar", headers=OWN).status_code == 404
    assert client.post("/speak/nobody/calendar/revoke", headers=OWN).status_code == 404


def test_the_address_dies_a_month_after_the_conference(client: FlaskClient, clock: SetClock, page: str) -> None:
    clock.tick(days=31)
    assert client.get(page).status_code == 200
    clock.tick(days=2)
    assert client.get(page).status_code == 404


def test_a_track_manager_invites_speakers_of_her_track(
    signed_in: As, write: Transaction, summit: Conference, ada: Speaker
) -> None:
    with write():
        track = make_track(summit)
        hers = make_speaker(summit, "Hers")
        make_session(summit, "In the track", hers, track=track)
    manager = signed_in(Role.TRACK_MANAGER, track.id)
    assert open_form(manager, f"/organise/summit/speakers/{hers.code}", 1).send().status_code == 200
    assert manager.get(f"/organise/summit/speakers/{ada.code}").status_code == 404
    with write():
        assert speaker_pages.standing(speakers.speaker(summit, ada.code)) is None
