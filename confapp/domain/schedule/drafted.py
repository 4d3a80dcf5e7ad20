"""The draft as the rules see it: placements and what they stand on, read from the database in few statements."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from confapp.database import db
from confapp.domain.programme import availability, ordering, walks
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Room, Venue
from confapp.domain.programme.sessions import GONE, UNSTAFFED, Part, Session, SessionState
from confapp.domain.programme.slots import Slot
from confapp.domain.programme.speakers import Speaker
from confapp.domain.schedule.placements import Grounds, PlacedRoom, Placement

# Statements are made once: making one costs more than sending it.
_PLACED = (
    sa.select(
        Slot.uuid, Slot.starts_at, Slot.ends_at, Slot.note, Slot.session_id, Slot.room_id,
        Room.code.label("room"), Room.name.label("room_name"), Room.capacity, Room.changeover_minutes,
        Venue.slug.label("venue"),
        Session.code, Session.title, Session.kind, Session.state, Session.expected, Session.picked,
    )
    .outerjoin(Room, Room.id == Slot.room_id)
    .outerjoin(Venue, Venue.id == Room.venue_id)
    .outerjoin(Session, Session.id == Slot.session_id)
    .where(Slot.conference_id == sa.bindparam("conference"), Slot.starts_at.is_not(None))
    .where(sa.or_(Slot.session_id.is_(None), Session.state.not_in(GONE)))
)  # fmt: skip
_PEOPLE = (
    sa.select(Part.session_id, Speaker.code, Speaker.name)
    .join(Speaker, Speaker.id == Part.speaker_id)
    .order_by(Part.session_id, Part.position)
)
_EVERYBODY = _PEOPLE.where(Speaker.conference_id == sa.bindparam("conference"))
_PEOPLE_OF = _PEOPLE.where(Part.session_id.in_(sa.bindparam("sessions", expanding=True)))
_OTHERS = _PLACED.where(Slot.id != sa.bindparam("slot"))
_NEAR = _OTHERS.where(Slot.starts_at < sa.bindparam("until"), Slot.ends_at > sa.bindparam("since"))
_THEIRS = sa.select(Part.session_id).where(Part.speaker_id.in_(sa.bindparam("people", expanding=True)))
_MEETING = _NEAR.where(
    sa.or_(Slot.room_id == sa.bindparam("room"), Slot.room_id.is_(None), Slot.session_id.in_(_THEIRS))
)
_PARTNERS = _OTHERS.where(Session.code.in_(sa.bindparam("codes", expanding=True)))


def grounds(conference: Conference) -> Grounds:
    """All that the rules ask beside the placements; three queries."""
    rooms, people = availability.of_all(conference)
    return Grounds(conference.facts, rooms, people, walks.walks(conference), ordering.pairs(conference))


def placements(conference: Conference) -> list[Placement]:
    """What is placed and will take place, as it stands in the database now; two queries."""
    asked = {"conference": conference.id}
    return _told(db.session.execute(_PLACED, asked).all(), _by_session(db.session.execute(_EVERYBODY, asked)))


def around(
    conference: Conference, slot: Slot, *, room: Room | None, starts_at: dt.datetime, ends_at: dt.datetime
) -> tuple[Placement, list[Placement], Grounds]:
    """The slot as it would stand there, the other slots that can clash with it, and what both stand on.

    At most six queries, whose answers do not grow with the draft: of what is near in time only what is in the same
    room or in all of them or has one of its people, and what has an order with it.
    """
    wanted, session = placement(slot, room=room, starts_at=starts_at, ends_at=ends_at), slot.session
    speaker_ids = [part.speaker_id for part in session.parts] if session else []
    pairs = ordering.pairs(conference, session) if session else frozenset()
    rooms, people = availability.of_all(conference, room_ids=[room.id] if room else [], speaker_ids=speaker_ids)
    walked = walks.walks(conference, room.venue_id) if room and room.venue_id and speaker_ids else {}
    ground = Grounds(conference.facts, rooms, people, walked, pairs)
    margin = dt.timedelta(minutes=max(ground.longest_walk, room.changeover_minutes if room else 0))
    asked = {"conference": conference.id, "slot": slot.id, "since": starts_at - margin, "until": ends_at + margin}
    if room is None:
        rows = list(db.session.execute(_NEAR, asked))
    else:
        rows = list(db.session.execute(_MEETING, asked | {"room": room.id, "people": speaker_ids}))
    if pairs:
        met = {row.uuid for row in rows}
        codes = sorted({code for pair in pairs for code in pair})
        partners = db.session.execute(_PARTNERS, {"conference": conference.id, "slot": slot.id, "codes": codes})
        rows += [row for row in partners if row.uuid not in met]
    held = [row.session_id for row in rows if row.session_id is not None]
    heads = _by_session(db.session.execute(_PEOPLE_OF, {"sessions": held})) if held else {}
    return wanted, _told(rows, heads), ground


def _told(rows: Sequence[Any], people: Mapping[int, dict[str, str]]) -> list[Placement]:
    rooms: dict[int, PlacedRoom] = {}
    for row in rows:
        if row.room_id is not None and row.room_id not in rooms:
            rooms[row.room_id] = PlacedRoom(row.room, row.room_name, row.capacity, row.venue, row.changeover_minutes)
    return [
        Placement(
            slot=row.uuid,
            title=row.title if row.code else _blocked(row.note),
            room=rooms[row.room_id] if row.room_id else None,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            **_facts(row, people.get(row.session_id, {})),
        )
        for row in rows
    ]


def _by_session(rows: Iterable[Any]) -> dict[int, dict[str, str]]:
    """Name by code of everybody with a part, by the session's id, in billing order."""
    people: dict[int, dict[str, str]] = {}
    for session_id, code, name in rows:
        people.setdefault(session_id, {})[code] = name
    return people


def _facts(session: Any, people: Mapping[str, str]) -> dict[str, Any]:
    """What the rules ask of a session, or of nothing (a blocker)."""
    if session is None or session.code is None:
        return {}
    return {
        "session": session.code,
        "people": people,
        "audience": max((number for number in (session.expected, session.picked) if number), default=None),
        "is_staffed": session.kind not in UNSTAFFED,
        "is_confirmed": session.state is SessionState.CONFIRMED or session.kind in UNSTAFFED,
    }


def _blocked(note: str) -> dict[str, str]:
    return {"": note or "Blocked"}


def placed_room(room: Room) -> PlacedRoom:
    """The room as the rules see it."""
    venue = room.venue.slug if room.venue else None
    return PlacedRoom(room.code, room.name, room.capacity, venue, room.changeover_minutes)


def is_gone(session: Session | None) -> bool:
    """Whether the rules do not ask about it, wherever it stands: it will not take place."""
    return session is not None and session.state in GONE


def placement_of(slot: Slot) -> Placement:
    """The slot as the rules see it; it must be placed."""
    assert slot.starts_at is not None
    assert slot.ends_at is not None
    return placement(slot, room=slot.room, starts_at=slot.starts_at, ends_at=slot.ends_at)


def placement(slot: Slot, *, room: Room | None, starts_at: dt.datetime, ends_at: dt.datetime) -> Placement:
    """The slot as it would be at that place and time."""
    return placement_at(slot.uuid, slot.session, slot.note, room, starts_at, ends_at)


def placement_at(
    identifier: uuid.UUID,
    session: Session | None,
    note: str,
    room: Room | None,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
) -> Placement:
    people = {part.speaker.code: part.speaker.name for part in session.parts} if session else {}
    return Placement(
        slot=identifier,
        title=session.title if session else _blocked(note),
        room=placed_room(room) if room else None,
        starts_at=starts_at,
        ends_at=ends_at,
        **_facts(session, people),
    )
