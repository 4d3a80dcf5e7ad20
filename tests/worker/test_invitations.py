"""Invitations by mail: a REQUEST for each pick, a higher SEQUENCE for each change, a CANCEL when it is over, once."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import icalendar
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from confapp.database import db
from confapp.domain.attendance import invitations, registrations
from confapp.domain.attendance.registrations import Registration
from confapp.domain.outbox import OutboxRow
from confapp.domain.programme import conferences
from confapp.web import ConfappFlask
from confapp.worker import clock
from tests.agenda_scene import Programme
from tests.conftest import Transaction
from tests.exports.ical_gate import complaints
from tests.factories import at, make_account, make_registration, sign_in, token_for

NOW = at("08:00") - dt.timedelta(days=1)
LATER = NOW + dt.timedelta(minutes=5)


class Post:
    """The letters that the worker has written, read anew each time."""

    def __init__(self, app: ConfappFlask) -> None:
        self.folder: Path = app.config["CONFAPP"].instance / "mail"
        self.seen: set[str] = set()

    def read(self, now: dt.datetime = LATER) -> list[tuple[str, int, str]]:
        """Deliver what is due; the method, sequence and summary of each new invitation, in the order of summaries."""
        db.session.rollback()  # what asserts may have begun
        while clock.deliver_next(now):
            pass
        self.letters = []
        for path in sorted(self.folder.glob("*.eml")):
            if path.name not in self.seen:
                self.seen.add(path.name)
                self.letters.append(email.message_from_bytes(path.read_bytes(), policy=email.policy.default))
        return sorted((self.method(each), self.event(each)["SEQUENCE"], str(self.event(each)["SUMMARY"]))
                      for each in self.letters)  # fmt: skip

    @staticmethod
    def part(letter: EmailMessage) -> EmailMessage:
        """The calendar's part."""
        (found,) = [each for each in letter.walk() if each.get_content_type() == "text/calendar"]
        return found

    def method(self, letter: EmailMessage) -> str:
        """What the part's header says, which the calendar in it must say too."""
        part = self.part(letter)
        told = str(icalendar.Calendar.from_ical(part.get_payload(decode=True))["METHOD"])
        assert part.get_param("method") == told
        return told

    def event(self, letter: EmailMessage) -> Any:
        """The calendar's event."""
        return icalendar.Calendar.from_ical(self.part(letter).get_payload(decode=True)).walk("VEVENT")[0]


@pytest.fixture
def programme(write: Transaction) -> Programme:
    """The scene, released."""
    with write():
        made = Programme()
        made.release(now=NOW)
    return made


@pytest.fixture
def attendee(write: Transaction, programme: Programme) -> Registration:
    """Cleo, who picked the keynote and wants invitations."""
    with write():
        account = make_account("cleo@example.org")
        held = make_registration(conferences.named("summit"), account.person)
        registrations.pick(held, programme.keynote, now=NOW)
        invitations.want(held, True, now=NOW)
    return held


@pytest.fixture
def post(app: ConfappFlask, attendee: Registration) -> Post:
    """Cleo's letters."""
    return Post(app)


def test_a_pick_becomes_an_invitation(post: Post, programme: Programme) -> None:
    assert post.read() == [("REQUEST", 0, "Biology and treaties")]
    (letter,) = post.letters
    assert (letter["To"], letter["Subject"]) == ("cleo@example.org", "Biology and treaties")
    assert letter.get_content_type() == "multipart/alternative"
    assert "Monday, May 18, 2026, 10:00" in letter.get_body(("plain",)).get_content()
    event = post.event(letter)
    assert event["UID"] == str(programme.keynote_slot.uuid)
    assert event["ORGANIZER"] == "mailto:confapp@localhost"
    assert event["ATTENDEE"] == "mailto:cleo@example.org"
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert complaints(post.part(letter).get_payload(decode=True)) == {}
    assert post.read() == []


def test_changes_follow_with_higher_sequences(
    post: Post, programme: Programme, write: Transaction, attendee: Registration
) -> None:
    post.read()
    with write():
        programme.release(now=NOW + dt.timedelta(minutes=1))
    assert post.read() == []  # a release that changed nothing for Cleo
    with write():
        programme.move(programme.keynote_slot, at("14:00"))
        programme.release(now=NOW + dt.timedelta(minutes=2))
    assert post.read() == [("REQUEST", 1, "Biology and treaties")]
    assert post.event(post.letters[0])["DTSTART"].dt == at("14:00")
    with write():
        programme.cancel(programme.keynote)
        programme.release(now=NOW + dt.timedelta(minutes=3))
    assert post.read() == [("CANCEL", 2, "Cancelled: Biology and treaties")]
    assert post.event(post.letters[0])["STATUS"] == "CANCELLED"
    assert post.letters[0]["Subject"] == "Cancelled: Biology and treaties"


def test_picks_and_drops_are_told_after_a_calm_moment(
    post: Post, programme: Programme, write: Transaction, attendee: Registration
) -> None:
    post.read()
    with write():
        registrations.pick(attendee, programme.panel, now=LATER)
        registrations.unpick(attendee, programme.keynote, now=LATER)
        registrations.pick(attendee, programme.keynote, now=LATER)
        registrations.unpick(attendee, programme.keynote, now=LATER)
    assert post.read(LATER) == []
    told = post.read(LATER + registrations.CALM)
    assert told == [("CANCEL", 1, "Cancelled: Biology and treaties"), ("REQUEST", 0, "Who answers for a gene?")]
    with write():
        registrations.pick(attendee, programme.keynote, now=LATER)
    assert post.read(LATER + registrations.CALM) == [("REQUEST", 2, "Biology and treaties")]


@pytest.mark.parametrize("how", ["switched off", "registration cancelled"])
def test_who_wants_none_gets_the_last_ones(post: Post, write: Transaction, attendee: Registration, how: str) -> None:
    post.read()
    with write():
        if how == "switched off":
            invitations.want(attendee, False, now=LATER)
        else:
            registrations.cancel(attendee, by=None, now=LATER)
    assert post.read(LATER + registrations.CALM) == [("CANCEL", 1, "Cancelled: Biology and treaties")]
    with write():
        assert invitations.expand(db.session.get_one(Registration, attendee.id), now=LATER) == 0


def test_a_letter_that_was_overtaken_is_not_sent(
    post: Post, programme: Programme, write: Transaction, attendee: Registration
) -> None:
    with write():
        assert invitations.expand(attendee, now=NOW) == 1
        programme.move(programme.keynote_slot, at("14:00"))
        programme.release(now=NOW)
    with write():
        assert invitations.expand(db.session.get_one(Registration, attendee.id), now=NOW) == 1
        letters = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.kind == invitations.LETTER)).all()
        assert sorted(each.payload["sequence"] for each in letters) == [0, 1]
    assert post.read() == [("REQUEST", 1, "Biology and treaties")]


def test_what_is_over_is_not_told(post: Post, programme: Programme, write: Transaction, attendee: Registration) -> None:
    post.read()
    with write():
        registrations.unpick(attendee, programme.keynote, now=at("18:00"))
    assert post.read(at("18:00") + registrations.CALM) == []


def test_they_are_switched_on_from_my_page(client: FlaskClient, write: Transaction, programme: Programme) -> None:
    with write():
        account = make_account("ada@example.org")
        held = make_registration(conferences.named("summit"), account.person)
    sign_in(client, account)
    for wanted in (True, False):
        sent = {"csrf_token": token_for(client), "wanted": "1" if wanted else "0"}
        answer = client.post("/summit/me/invitations", data=sent)
        assert answer.headers["Location"] == "/summit/me#invitations"
        with write():
            assert db.session.get_one(Registration, held.id).wants_invitations is wanted


def test_nobody_fills_another_ones_calendar(write: Transaction, programme: Programme, client: FlaskClient) -> None:
    with write():
        account = make_account("stranger@example.org")
        account.confirmed_at = None
        held = make_registration(conferences.named("summit"), account.person)
        registrations.pick(held, programme.keynote, now=NOW)
    sign_in(client, account)
    answer = client.post("/summit/me/invitations", data={"csrf_token": token_for(client), "wanted": "1"})
    assert answer.status_code == 409
    assert "Send me invitations" not in client.get("/summit/me").text
    with write():
        assert not db.session.get_one(Registration, held.id).wants_invitations
