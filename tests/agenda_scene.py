"""A scene for tests of what the public sees: two days, two rooms that two hosts lend, released by commands."""

from __future__ import annotations

import datetime as dt
from typing import Any

from confapp.database import db
from confapp.domain.programme import conferences
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import PartRole, Session, SessionState
from confapp.domain.programme.slots import Slot
from confapp.domain.release import releases
from confapp.domain.release.frozen import Release
from confapp.domain.schedule import scheduling
from tests.factories import (
    NOW,
    at,
    make_conference,
    make_host,
    make_room,
    make_session,
    make_slot,
    make_speaker,
    make_track,
    make_venue,
)


class Programme:
    """Three placed sessions and one draft; `released()` makes the rest public. Wants an open transaction."""

    def __init__(self, slug: str = "summit", **values: Any) -> None:
        self.conference: Conference = make_conference(slug, **values)
        self.conference_id: int = self.conference.id
        self.track = make_track(self.conference, "Medicine")
        self.academy = make_host(self.conference, "Royal Academy", country="BE")
        self.institute = make_host(self.conference, "Defence Institute")
        venue = make_venue(self.conference, "Main Building")
        self.hall = make_room(self.conference, "Hall", venue=venue, host=self.academy)
        self.lab = make_room(self.conference, "Lab", venue=venue, host=self.institute)
        self.ada = make_speaker(self.conference, "Ada Lindqvist", biography={"en": "<p>Reads genomes.</p>"})
        self.ben = make_speaker(self.conference, "Ben Okoro")
        self.keynote: Session = make_session(
            self.conference, "Biology and treaties", self.ada, kind="keynote", track=self.track
        )
        self.panel: Session = make_session(
            self.conference,
            "Who answers for a gene?",
            kind="panel",
            parts=[(self.ben, PartRole.CHAIR), (self.ada, PartRole.PANELLIST)],
        )
        self.party: Session = make_session(self.conference, "Evening reception", kind="social")
        self.draft: Session = make_session(self.conference, "Secret exercise", self.ben, state=SessionState.PROPOSED)
        self.keynote_slot: Slot = make_slot(self.conference, self.keynote, self.hall, "10:00")
        self.panel_slot: Slot = make_slot(self.conference, self.panel, self.lab, at("11:00", day=2), minutes=60)
        self.party_slot: Slot = make_slot(self.conference, self.party, None, "19:00", minutes=120)
        self.draft_slot: Slot = make_slot(self.conference, self.draft, self.lab, "15:00")

    def release(self, *, now: dt.datetime = NOW) -> Release:
        """Freeze the draft."""
        conference = db.session.merge(self.conference, load=False)
        made, _passed = releases.release(
            conference, expected=None, note={}, by=None, now=now, override="a test", may_override=True
        )
        return made

    def move(self, slot: Slot, starts_at: dt.datetime, *, now: dt.datetime = NOW) -> None:
        """Move a slot in the draft."""
        held = db.session.get_one(Slot, slot.id)
        assert held.starts_at is not None
        assert held.ends_at is not None
        scheduling.place(
            held,
            conferences.named(self.conference.slug),
            room=held.room,
            starts_at=starts_at,
            ends_at=starts_at + (held.ends_at - held.starts_at),
            expected=None,
            by=None,
            now=now,
            override="a test",
            may_override=True,
        )

    def cancel(self, session: Session) -> None:
        """Cancel a session in the draft."""
        db.session.get_one(Session, session.id).state = SessionState.CANCELLED
        db.session.flush()


def make_many(programme: Programme, count: int) -> None:
    """So many more sessions with speakers, all in the hall and the same track."""
    for number in range(count):
        speaker = make_speaker(programme.conference, f"Person {number}")
        session = make_session(programme.conference, f"Talk {number}", speaker, track=programme.track)
        start = at("12:00") + dt.timedelta(minutes=5 * number)
        make_slot(programme.conference, session, programme.hall, start, minutes=5)
