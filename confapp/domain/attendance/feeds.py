"""Feeds: what a personal calendar at a secret address holds, found by one indexed select each time it is asked for."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from confapp.database import db
from confapp.domain.attendance.registrations import Feed, Pick, Registration
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Part, Session
from confapp.domain.programme.speakers import Speaker
from confapp.domain.release.frozen import Release


@dataclass(frozen=True, slots=True)
class Standing:
    """All that a personal calendar follows from: equal standings have equal calendars."""

    registration: int
    """The row's id."""
    conference: str
    """The conference's UUID."""
    release: int | None
    """The row's id of the latest release; None before the first."""
    redaction: int | None
    picked: str | None
    """The UUIDs of the sessions that the attendee picked, with commas between."""
    own: str | None
    """Those of the sessions in which they have a part."""

    @property
    def sessions(self) -> frozenset[uuid.UUID]:
        """All of them."""
        return _uuids(self.picked) | self.spoken

    @property
    def spoken(self) -> frozenset[uuid.UUID]:
        """Those in which the attendee has a part."""
        return _uuids(self.own)


def _uuids(words: str | None) -> frozenset[uuid.UUID]:
    return frozenset(uuid.UUID(each) for each in words.split(",")) if words else frozenset()


_UUIDS = sa.func.aggregate_strings(sa.cast(Session.uuid, sa.String), ",")


def _picked() -> Any:
    wanted = sa.select(_UUIDS).join(Pick, Pick.session_id == Session.id)
    return wanted.where(Pick.registration_id == Registration.id).correlate(Registration).scalar_subquery()


def _own() -> Any:
    wanted = (
        sa.select(_UUIDS)
        .join(Part, Part.session_id == Session.id)
        .join(Speaker, Speaker.id == Part.speaker_id)
        .where(Speaker.person_id == Registration.person_id, Speaker.conference_id == Registration.conference_id)
    )
    return wanted.correlate(Registration).scalar_subquery()


def _standing() -> sa.Select[Any]:
    return (
        sa.select(
            Registration.id,
            sa.cast(Conference.uuid, sa.String),
            Release.id,
            Release.redaction,
            _picked(),
            _own(),
        )
        .join(Conference, Conference.id == Registration.conference_id)
        .outerjoin(Release, Release.conference_id == Conference.id)
        .where(Registration.cancelled_at.is_(None), Conference.is_public.is_(True))
        .order_by(Release.number.desc())
        .limit(1)
    )


AT = (
    _standing()
    .join(Feed, Feed.registration_id == Registration.id)
    .where(Feed.digest == sa.bindparam("digest", ""), Feed.revoked_at.is_(None))
)
"""What lives at the secret with that digest."""
_OF = _standing().where(Registration.id == sa.bindparam("registration", 0))


def of(registration: Registration) -> Standing | None:
    """What the calendar of an attendee holds, whether or not it has an address; None for one who cancelled."""
    return read(db.session.execute(_OF, {"registration": registration.id}).first())


def read(row: Any) -> Standing | None:
    """A row of `AT`, whoever fetched it."""
    return None if row is None else Standing(*row)
