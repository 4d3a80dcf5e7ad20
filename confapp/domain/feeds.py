"""Feeds: what a personal calendar at a secret address holds, found by one indexed select each time it is asked for."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from confapp.database import db
from confapp.domain.conferences import Conference
from confapp.domain.frozen import Release
from confapp.domain.registrations import Feed, Pick, Registration
from confapp.domain.sessions import Part, Session
from confapp.domain.speakers import Speaker


@dataclass(frozen=True, slots=True)
class Standing:
    """All that a personal calendar follows from: equal standings have equal calendars."""

    registration: int
    """The row's id."""
    conference: int
    """The row's id."""
    release: int | None
    """The row's id of the latest release; None before the first."""
    redaction: int | None
    sessions: frozenset[uuid.UUID]
    """Those that the attendee picked, and those in which they have a part."""


def _wanted() -> sa.Select[Any]:
    picked = sa.select(Pick.session_id).where(Pick.registration_id == Registration.id).correlate(Registration)
    own = (
        sa.select(Part.session_id)
        .join(Speaker, Speaker.id == Part.speaker_id)
        .where(Speaker.person_id == Registration.person_id, Speaker.conference_id == Registration.conference_id)
        .correlate(Registration)
    )
    uuids = sa.func.aggregate_strings(sa.cast(Session.uuid, sa.String), ",")
    return sa.select(uuids).where(Session.id.in_(picked) | Session.id.in_(own)).correlate(Registration)


def _standing() -> sa.Select[Any]:
    return (
        sa.select(
            Registration.id,
            Registration.conference_id,
            Release.id,
            Release.redaction,
            _wanted().scalar_subquery(),
        )
        .join(Conference, Conference.id == Registration.conference_id)
        .outerjoin(Release, Release.conference_id == Conference.id)
        .where(Registration.cancelled_at.is_(None), Conference.is_public.is_(True))
        .order_by(Release.number.desc())
        .limit(1)
    )


_AT = (
    _standing()
    .join(Feed, Feed.registration_id == Registration.id)
    .where(Feed.digest == sa.bindparam("digest"), Feed.revoked_at.is_(None))
)
_OF = _standing().where(Registration.id == sa.bindparam("registration"))


def at(connection: sa.Connection, digest: str) -> Standing | None:
    """What the calendar at a secret holds, by the secret's digest; None where it is unknown, revoked, or hidden."""
    return _read(connection.execute(_AT, {"digest": digest}).first())


def of(registration: Registration) -> Standing | None:
    """What the calendar of an attendee holds, whether or not it has an address; None for one who cancelled."""
    return _read(db.session.execute(_OF, {"registration": registration.id}).first())


def _read(row: Any) -> Standing | None:
    if row is None:
        return None
    wanted = frozenset(uuid.UUID(each) for each in row[4].split(",")) if row[4] else frozenset()
    return Standing(row[0], row[1], row[2], row[3], wanted)
