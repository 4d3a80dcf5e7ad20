"""A speaker's own part through the JSON API: her token opens what her page does, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.database import db
from confapp.domain import tokens
from confapp.domain.permissions import Role
from confapp.domain.programme import availability, speaker_pages
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session, SessionState
from confapp.domain.programme.speakers import Speaker
from confapp.domain.release import releases
from confapp.domain.spans import Span
from tests.conftest import NOW, SetClock, Transaction
from tests.domain.programme.test_pictures import drawn
from tests.factories import at, make_account, make_conference, make_room, make_session, make_slot, make_speaker


class Story:
    """Ada with an accepted talk and a token, and Bob with a talk of his own."""

    def __init__(self, client: FlaskClient, write: Transaction) -> None:
        self.client, self.write = client, write
        with write():
            self.conference: Conference = make_conference()
            self.ada: Speaker = make_speaker(self.conference, "Ada", affiliation="Institute", needs="No stairs.")
            bob = make_speaker(self.conference, "Bob")
            self.talk: Session = make_session(self.conference, "Ice", self.ada, state=SessionState.ACCEPTED)
            self.other: Session = make_session(self.conference, "Fire", bob, state=SessionState.ACCEPTED)
            self.token = speaker_pages.invite(self.ada, by=None, now=NOW)

    def ask(self, method: str, path: str = "", token: str | None = None, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return self.client.open(f"/api/speak{path}", method=method, headers=headers, **more)

    def held(self) -> Speaker:
        with self.write():
            return db.session.get_one(Speaker, self.ada.id)

    def state(self, session: Session) -> SessionState:
        with self.write():
            return db.session.get_one(Session, session.id).state


@pytest.fixture
def story(client: FlaskClient, write: Transaction) -> Story:
    return Story(client, write)


def test_she_reads_her_part_and_of_time_and_place_what_is_public(story: Story, write: Transaction) -> None:
    (told,) = story.ask("GET").json["sessions"]
    assert told == {"code": story.talk.code, "title": {"en": "Ice"}, "state": "accepted", "entries": []}
    with write():
        make_slot(story.conference, story.talk, make_room(story.conference, "Aula"))
    assert story.ask("GET").json["sessions"][0]["entries"] == [], "the draft is nobody's business"
    with write():
        releases.release(story.conference, expected=None, note={}, by=None, now=NOW)
    part = story.ask("GET").json
    entry = {"starts_at": "2026-05-18T08:00:00Z", "ends_at": "2026-05-18T08:30:00Z", "room": "aula"}
    assert part["sessions"][0]["entries"] == [entry]
    assert (part["conference"], part["has_picture"], part["availability"]) == ("summit", False, {"spans": []})
    assert {name: part["profile"][name] for name in ("name", "affiliation", "needs")} == {
        "name": "Ada",
        "affiliation": "Institute",
        "needs": "No stairs.",
    }


def test_she_changes_what_she_sends_and_nothing_else(story: Story) -> None:
    biography = {"en": "<p>Knows ice.</p><script>x</script>"}
    answer = story.ask("PATCH", json={"biography": biography, "country": "BE"})
    assert (answer.status_code, answer.json["biography"]) == (200, {"en": "<p>Knows ice.</p>"})
    held = story.held()
    assert (held.name, held.affiliation, held.country, held.needs) == ("Ada", "Institute", "BE", "No stairs.")
    for wrong in ({"name": ""}, {"country": "Belgium"}, {"email": "ada@example.org"}, {"code": "X"}):
        refused = story.ask("PATCH", json=wrong)
        assert (refused.status_code, list(refused.json["errors"])) == (422, list(wrong))
    assert story.held().email is None


def test_she_says_when_she_can_come(story: Story, write: Transaction) -> None:
    spans = [{"starts_at": "2026-05-18T10:00", "ends_at": "2026-05-18T12:00"}]
    assert story.ask("PUT", "/availability", json={"spans": spans}).status_code == 200
    with write():
        assert availability.of(story.held()) == (Span(at("10:00"), at("12:00")),)
    backwards = [{"starts_at": "2026-05-18T12:00", "ends_at": "2026-05-18T10:00"}]
    assert story.ask("PUT", "/availability", json={"spans": backwards}).status_code == 422
    assert story.ask("PUT", "/availability", json={"spans": []}).json == {"spans": []}


def test_she_confirms_her_own_session_only(story: Story, write: Transaction) -> None:
    for _ in range(2):
        answer = story.ask("PUT", f"/sessions/{story.talk.code}/confirmation")
        assert (answer.status_code, answer.json["state"]) == (200, "confirmed")
    assert story.state(story.talk) is SessionState.CONFIRMED
    assert story.ask("PUT", f"/sessions/{story.other.code}/confirmation").status_code == 404
    assert story.ask("PUT", "/sessions/NONE/confirmation").status_code == 404
    assert story.state(story.other) is SessionState.ACCEPTED
    with write():
        db.session.get_one(Session, story.talk.id).state = SessionState.CANCELLED
    assert story.ask("PUT", f"/sessions/{story.talk.code}/confirmation").status_code == 409
    assert story.state(story.talk) is SessionState.CANCELLED


def test_she_sends_her_picture(story: Story) -> None:
    assert story.ask("GET", "/picture").status_code == 404
    assert story.ask("PUT", "/picture", data=b"<svg/>", content_type="image/svg+xml").status_code == 422
    assert story.ask("PUT", "/picture", data=drawn(), content_type="image/jpeg").status_code == 204
    shown = story.ask("GET", "/picture")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert story.ask("GET").json["has_picture"] is True


def test_she_makes_changes_and_switches_off_her_calendar(story: Story) -> None:
    assert story.ask("DELETE", "/calendar").status_code == 204
    made = [story.ask("POST", "/calendar") for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    with story.write():
        make_slot(story.conference, story.talk, make_room(story.conference, "Aula"))
        releases.release(story.conference, expected=None, note={}, by=None, now=NOW)
    first, second = (answer.json["address"].removeprefix("http://localhost") for answer in made)
    assert story.client.get(first).status_code == 404
    assert "SUMMARY:Ice" in story.client.get(second).text
    assert made[1].json["pdf"].endswith(".pdf")
    assert story.ask("DELETE", "/calendar").status_code == 204
    assert story.client.get(second).status_code == 404


EVERYTHING: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("GET", "", {}),
    ("PATCH", "", {"json": {"name": "Mallory"}}),
    ("PUT", "/availability", {"json": {"spans": []}}),
    ("PUT", "/sessions/<talk>/confirmation", {}),
    ("GET", "/picture", {}),
    ("PUT", "/picture", {"data": drawn(), "content_type": "image/jpeg"}),
    ("POST", "/calendar", {}),
    ("DELETE", "/calendar", {}),
)


@pytest.mark.parametrize("stranger", ["guessed", "account", "revoked", "late"])
def test_no_other_token_opens_her_part(stranger: str, story: Story, write: Transaction, clock: SetClock) -> None:
    token = "guessed"
    with write():
        if stranger == "account":  # not even one that may do everything
            owner = make_account("owner@example.org", role=Role.OWNER, conference=story.conference, is_admin=True)
            token = tokens.create_token(owner, label="a test", expires_at=None, now=NOW)
        elif stranger == "revoked":
            token = story.token
            speaker_pages.revoke(story.ada, by=None, now=NOW)
    if stranger == "late":
        token = story.token
        clock.tick(days=40)
    for method, path, more in EVERYTHING:
        answer = story.ask(method, path.replace("<talk>", story.talk.code), token, **more)
        assert answer.status_code == 404, f"{method} {path}"
        bare = story.client.open(f"/api/speak{path}".replace("<talk>", story.talk.code), method=method, **more)
        assert bare.status_code in (400, 401), f"{method} {path} without any token"
    held = story.held()
    assert (held.name, held.photo, story.state(story.talk)) == ("Ada", None, SessionState.ACCEPTED)


def test_her_token_opens_nothing_but_her_part(story: Story) -> None:
    headers = {"Authorization": f"Bearer {story.token}"}
    for path in (
        "/api/conferences",
        "/api/conferences/summit",
        "/api/conferences/summit/speakers",
    ):
        assert story.client.get(path, headers=headers).status_code == 401, path
    changed = story.client.patch(
        f"/api/conferences/summit/speakers/{story.ada.code}", json={"name": "Mallory"}, headers=headers
    )
    assert changed.status_code == 401
    assert story.held().name == "Ada"
