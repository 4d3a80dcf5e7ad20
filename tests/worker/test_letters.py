"""Letters on releases: what was previewed is what is sent, once to each; what a later release overtook never is."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from confapp.database import Mode, db
from confapp.domain import outbox
from confapp.domain.attendance import registrations
from confapp.domain.attendance.registrations import Registration
from confapp.domain.errors import Invalid, NotNow
from confapp.domain.letters import plans, tellings
from confapp.domain.letters.concerns import Group
from confapp.domain.letters.tellings import Choice, Letter, Telling, When
from confapp.domain.outbox import OutboxRow
from confapp.domain.programme import conferences
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.speakers import Speaker
from confapp.domain.release import releases
from confapp.hall import letters
from confapp.web import ConfappFlask
from confapp.worker import clock
from tests.agenda_scene import Programme
from tests.conftest import Transaction
from tests.factories import at, make_account, make_registration

NOW = at("08:00") - dt.timedelta(days=1)
EVERYBODY = frozenset(Group)


def minute(number: int) -> dt.datetime:
    return NOW + dt.timedelta(minutes=number)


class Office:
    """An organiser who releases and tells, and the letters that go out of the house."""

    def __init__(self, app: ConfappFlask, write: Transaction) -> None:
        self.folder: Path = app.config["CONFAPP"].instance / "mail"
        self.write = write
        with write():
            self.scene = Programme()
            self._address(self.scene.ada, "ada@example.org")
            self.scene.academy.contact_email = "academy@example.org"
        self.seen: set[str] = set()

    @staticmethod
    def _address(speaker: Speaker, email: str) -> None:
        db.session.get_one(Speaker, speaker.id).email = email

    @property
    def conference(self) -> Conference:
        return conferences.named("summit")

    def release(self, now: dt.datetime, when: When = When.NOW, **more: Any) -> int:
        """Release the draft and choose what is told of it."""
        with self.write():
            made = self.scene.release(now=now)
            tellings.tell(self.conference, made, Choice(when, **more), by=None, now=now)
            return made.number

    def move(self, start: str, now: dt.datetime = NOW) -> None:
        with self.write():
            self.scene.move(self.scene.keynote_slot, at(start), now=now)

    def deliver(self, now: dt.datetime, most: int = 1000) -> list[tuple[str, str]]:
        """Deliver what is due; (address, subject) of each new letter."""
        db.session.rollback()
        while most and clock.deliver_next(now):
            most -= 1
        self.letters: list[EmailMessage] = []
        for path in sorted(self.folder.glob("*.eml")):
            if path.name not in self.seen:
                self.seen.add(path.name)
                self.letters.append(email.message_from_bytes(path.read_bytes(), policy=email.policy.default))
        return sorted((each["To"], each["Subject"]) for each in self.letters)

    def telling(self, number: int) -> Telling:
        return tellings.telling(self.conference, number)

    def decide(self, number: int, when: When, now: dt.datetime, **more: Any) -> None:
        with self.write():
            tellings.decide(self.telling(number), Choice(when, **more), by=None, now=now)


@pytest.fixture
def office(app: ConfappFlask, write: Transaction) -> Office:
    """The scene, with an address of Ada and of the academy; Ben has none."""
    return Office(app, write)


def test_what_was_previewed_is_what_is_sent(office: Office, write: Transaction) -> None:
    with write(Mode.READ):
        after = releases.drafted(office.conference, note={}, now=NOW)
        plan = plans.before_release(office.conference, after, now=NOW)
        written = {each.email: letters.write(each, after, is_public=True) for each in plan.letters}
        assert [each.names for each in plan.unreachable] == [("Ben Okoro",), ("Defence Institute",)]
    office.release(NOW)
    assert office.deliver(NOW) == [
        ("academy@example.org", "New: Biology and treaties"),
        ("ada@example.org", "Summit: your place in the programme"),
    ]
    for letter in office.letters:
        text, html = letter.get_body(("plain",)), letter.get_body(("html",))
        assert text is not None
        assert html is not None
        assert text.get_content() == written[letter["To"]].text
        assert html.get_content().strip() == written[letter["To"]].html.strip()
        assert letter["Subject"] == written[letter["To"]].subject
    assert office.deliver(NOW) == [], "each once"


def test_the_next_release_tells_what_changed_since(office: Office) -> None:
    office.release(NOW)
    office.deliver(NOW)
    office.release(minute(1))
    assert office.deliver(minute(1)) == [], "nothing changed for anybody"
    office.move("14:00")
    office.release(minute(2))
    told = office.deliver(minute(2))
    assert told == [
        ("academy@example.org", "Moved: Biology and treaties"),
        ("ada@example.org", "Moved: Biology and treaties"),
    ]
    body = office.letters[0].get_body(("plain",))
    assert body is not None
    words = body.get_content()
    assert "Now: Monday 18 May 2026, 14:00–14:30, Hall" in words
    assert "Was: Monday 18 May 2026, 10:00–10:30, Hall" in words


def test_letters_that_lie_ready_wait_for_somebody_to_send_them(office: Office) -> None:
    number = office.release(NOW, When.LATER)
    assert office.deliver(minute(1)) == []
    office.decide(number, When.NOW, minute(2), groups=frozenset({Group.SPEAKERS}))
    assert [address for address, _ in office.deliver(minute(2))] == ["ada@example.org"]
    with pytest.raises(NotNow, match="went out already"):
        office.decide(number, When.NOW, minute(3), groups=EVERYBODY)


def test_letters_at_a_chosen_time_go_out_then_and_can_be_called_back(office: Office) -> None:
    number = office.release(NOW, When.AT, at=minute(60))
    assert office.deliver(minute(59)) == []
    office.decide(number, When.AT, minute(59), at=minute(120), groups=EVERYBODY)
    assert office.deliver(minute(60)) == [], "the first time does not count any more"
    office.decide(number, When.LATER, minute(61))
    assert office.deliver(minute(120)) == []
    office.decide(number, When.AT, minute(121), at=minute(150))
    assert len(office.deliver(minute(150))) == 2
    with pytest.raises(Invalid):
        office.release(minute(200), When.AT, at=minute(199))
    with pytest.raises(Invalid):
        office.release(minute(200), When.NOW, groups=frozenset())


def test_what_a_later_release_overtakes_is_not_sent_and_comes_with_its_own_letters(office: Office) -> None:
    office.release(NOW)
    office.deliver(NOW)
    office.move("14:00")
    second = office.release(minute(1), When.LATER)
    office.move("15:00")
    office.release(minute(2))
    told = office.deliver(minute(2))
    assert told == [
        ("academy@example.org", "Moved: Biology and treaties"),
        ("ada@example.org", "Moved: Biology and treaties"),
    ]
    body = office.letters[0].get_body(("plain",))
    assert body is not None
    words = body.get_content()
    assert "15:00" in words
    assert "Was: Monday 18 May 2026, 10:00" in words, "which is what she was told last"
    with pytest.raises(NotNow, match="overtook"):
        office.decide(second, When.NOW, minute(3))


def test_what_was_taken_back_before_anybody_was_told_is_never_told(office: Office) -> None:
    office.release(NOW)
    office.deliver(NOW)
    office.move("14:00")
    office.release(minute(1), When.LATER)
    office.move("10:00")
    office.release(minute(2))
    assert office.deliver(minute(2)) == []


def test_who_was_not_to_be_told_starts_from_there(office: Office) -> None:
    office.release(NOW, When.NOBODY)
    office.deliver(NOW)
    office.move("14:00")
    office.release(minute(1), groups=frozenset({Group.HOSTS}))
    assert office.deliver(minute(1)) == [("academy@example.org", "Moved: Biology and treaties")]
    office.move("15:00")
    office.release(minute(2), groups=frozenset({Group.SPEAKERS}))
    assert [address for address, _ in office.deliver(minute(2))] == ["ada@example.org"]
    body = office.letters[0].get_body(("plain",))
    assert body is not None
    assert "Was: Monday 18 May 2026, 14:00" in body.get_content()


def test_a_letter_still_in_the_outbox_when_the_next_release_comes_is_not_sent(office: Office) -> None:
    office.release(NOW)
    office.deliver(NOW)
    office.move("14:00")
    office.release(minute(1))
    office.deliver(minute(1), most=2)  # release.made and letters.due: the letters themselves wait
    assert not [each for each in office.letters if each["Subject"].startswith("Moved")]
    office.move("16:00")
    office.release(minute(2))
    assert [address for address, _ in office.deliver(minute(2))] == ["academy@example.org", "ada@example.org"]
    for letter in office.letters:
        body = letter.get_body(("plain",))
        assert body is not None
        assert "16:00" in body.get_content()
        assert "Was: Monday 18 May 2026, 10:00" in body.get_content()
    with office.write(Mode.READ):
        assert db.session.scalar(sa.select(sa.func.count()).where(Letter.sent_at.is_(None))) == 2


def test_expanding_twice_and_a_letter_that_failed_make_no_letter_twice(
    office: Office, write: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.release(NOW)
    with write():
        row = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.kind == tellings.DUE)).one()
        again = dict(row.payload)
        outbox.send(tellings.DUE, again, conference_id=row.conference_id, now=NOW)
    assert len(office.deliver(NOW)) == 2
    with write():
        for each in db.session.scalars(sa.select(OutboxRow).where(OutboxRow.kind == tellings.LETTER)):
            each.closed_at = None  # as if the worker had died before it could note that
    assert office.deliver(minute(5)) == []


def test_outbox_rows_hold_ids_and_never_words(office: Office, write: Transaction) -> None:
    office.release(NOW)
    office.deliver(NOW)
    with write(Mode.READ):
        rows = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.kind.in_([tellings.DUE, tellings.LETTER]))).all()
        assert len(rows) == 3
        assert not [row for row in rows if "@" in str(row.payload) or "Ada" in str(row.payload)]
        assert len({row.uuid for row in rows}) == 3


@pytest.mark.parametrize(
    ("letters_wanted", "invitations_wanted", "confirmed", "told"),
    [
        (True, False, True, True),
        (False, False, True, False),
        (True, True, True, False),
        (True, False, False, False),
    ],
)
def test_attendees_are_told_as_they_wish_and_nothing_twice(
    office: Office, write: Transaction, letters_wanted: bool, invitations_wanted: bool, confirmed: bool, told: bool
) -> None:
    office.release(NOW, When.NOBODY)
    with write():
        account = make_account("cleo@example.org")
        account.confirmed_at = NOW if confirmed else None
        held = make_registration(office.conference, account.person)
        registrations.pick(held, office.scene.keynote, now=NOW)
        held.wants_letters, held.wants_invitations = letters_wanted, invitations_wanted
    office.deliver(minute(1))
    office.move("14:00")
    with write(Mode.READ):
        after = releases.drafted(office.conference, note={}, now=minute(2))
        plan = plans.before_release(office.conference, after, now=minute(2))
        assert (plan.invited, plan.unwilling) == (
            int(invitations_wanted),
            int(confirmed and not told) - int(invitations_wanted),
        )
        assert plan.counts[Group.ATTENDEES] == told
    office.release(minute(2), groups=frozenset({Group.ATTENDEES}))
    office.deliver(minute(3))
    subjects = [each["Subject"] for each in office.letters if each["To"] == "cleo@example.org"]
    assert ("Moved: Biology and treaties" in subjects) is told
    if told:
        with write():
            assert db.session.get_one(Registration, held.id).wants_letters
        body = office.letters[0].get_body(("plain",))
        assert body is not None
        assert "To get no more of them: http://localhost/summit/me#letters" in body.get_content()


def test_a_letter_is_written_in_the_language_that_its_reader_chose(app: ConfappFlask, write: Transaction) -> None:
    office = Office(app, write)
    with write():
        conference = office.conference
        conference.languages = ["en", "fr"]
        conference.title = {"en": "Summit", "fr": "Sommet"}
        db.session.get_one(Speaker, office.scene.ada.id).letter_language = "fr"
    office.release(NOW)
    told = dict(office.deliver(NOW))
    assert told["ada@example.org"] == "Sommet: your place in the programme"
    assert told["academy@example.org"] == "New: Biology and treaties"
