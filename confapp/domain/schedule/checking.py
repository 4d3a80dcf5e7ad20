"""The draft held against the rules: what is read from the database for it, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Any

import sqlalchemy as sa

from confapp.database import db
from confapp.domain.errors import N_, Missing, NotAllowed
from confapp.domain.people import Account
from confapp.domain.programme import availability, hosts, ordering, walks
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Room, Venue
from confapp.domain.programme.sessions import UNSTAFFED, Part, Session, SessionState
from confapp.domain.programme.slots import Place, Slot
from confapp.domain.programme.speakers import Speaker
from confapp.domain.schedule import overrides
from confapp.domain.schedule.conflicts import conflicts, conflicts_of
from confapp.domain.schedule.placements import ANYWHERE, NO_SLOT, Busy, Conflict, Grounds, PlacedRoom, Placement, WayOut
from confapp.domain.schedule.places import Surroundings

MOST_WAYS = 40
"""For how many slots of a list of conflicts ways out are looked for: each costs a look through the whole draft."""


# What is read.


def grounds(conference: Conference) -> Grounds:
    """All that the rules ask beside the placements; three queries."""
    rooms, people = availability.of_all(conference)
    return Grounds(conference.facts, rooms, people, walks.walks(conference), ordering.pairs(conference))


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
)  # fmt: skip
_PEOPLE = (
    sa.select(Part.session_id, Speaker.code, Speaker.name)
    .join(Speaker, Speaker.id == Part.speaker_id)
    .order_by(Part.session_id, Part.position)
)
_EVERYBODY = _PEOPLE.where(Speaker.conference_id == sa.bindparam("conference"))
_PEOPLE_OF = _PEOPLE.where(Part.session_id.in_(sa.bindparam("sessions", expanding=True)))
_NEAR = sa.and_(Slot.starts_at < sa.bindparam("until"), Slot.ends_at > sa.bindparam("since"))
_WITH_THEM = Slot.session_id.in_(
    sa.select(Part.session_id).where(Part.speaker_id.in_(sa.bindparam("people", expanding=True)))
)
_MEETING = _PLACED.where(
    Slot.id != sa.bindparam("slot"),
    _NEAR,
    sa.or_(Slot.room_id == sa.bindparam("room"), Slot.room_id.is_(None), _WITH_THEM),
)
_MEETING_ANYTHING = _PLACED.where(Slot.id != sa.bindparam("slot"), _NEAR)
_PARTNERS = _PLACED.where(Slot.id != sa.bindparam("slot"), Session.code.in_(sa.bindparam("partners", expanding=True)))


def placements(conference: Conference) -> list[Placement]:
    """The placed slots, as they stand in the database now; two queries."""
    asked = {"conference": conference.id}
    return _told(db.session.execute(_PLACED, asked).all(), _by_session(db.session.execute(_EVERYBODY, asked)))


def _meeting(
    conference: Conference, slot: Slot, wanted: Placement, room: Room | None, margin: dt.timedelta, partners: Set[str]
) -> list[Placement]:
    """The other placed slots that can clash with one that were to stand there; two queries, three with partners.

    Near in time, only what is in the same room, in all of them, or has one of its people; and its partners in order.
    """
    asked: dict[str, Any] = {
        "conference": conference.id,
        "slot": slot.id,
        "since": wanted.starts_at - margin,
        "until": wanted.ends_at + margin,
    }
    if room is None:
        rows = list(db.session.execute(_MEETING_ANYTHING, asked))
    else:
        people = [part.speaker_id for part in slot.session.parts] if slot.session else []
        rows = list(db.session.execute(_MEETING, asked | {"room": room.id, "people": people}))
    if partners:
        met = {row.uuid for row in rows}
        asked = {"conference": conference.id, "slot": slot.id, "partners": sorted(partners)}
        rows += [row for row in db.session.execute(_PARTNERS, asked) if row.uuid not in met]
    held = [row.session_id for row in rows if row.session_id is not None]
    return _told(rows, _by_session(db.session.execute(_PEOPLE_OF, {"sessions": held})) if held else {})


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


def placement_of(slot: Slot) -> Placement:
    """The slot as the rules see it; it must be placed."""
    assert slot.starts_at is not None
    assert slot.ends_at is not None
    return placement(slot, room=slot.room, starts_at=slot.starts_at, ends_at=slot.ends_at)


def placement(slot: Slot, *, room: Room | None, starts_at: dt.datetime, ends_at: dt.datetime) -> Placement:
    """The slot as it would be at that place and time."""
    return _placement(slot.uuid, slot.session, slot.note, room, starts_at, ends_at)


def _placement(
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


# What is asked.


def draft_conflicts(conference: Conference) -> list[Conflict]:
    """Every conflict of the whole draft, those that somebody let stand with the reason; six queries."""
    return overrides.weighed(conference, conflicts(placements(conference), grounds(conference)))


def conflicts_if(conference: Conference, moved: Mapping[Slot, Place | None]) -> tuple[list[Conflict], list[Conflict]]:
    """Every conflict of the draft as it stands, and as it would be if some slots stood elsewhere (None: nowhere)."""
    held, ground = placements(conference), grounds(conference)
    gone = {slot.uuid for slot in moved}
    then = [each for each in held if each.slot not in gone]
    then += [
        placement(slot, room=to.room, starts_at=to.starts_at, ends_at=to.ends_at) for slot, to in moved.items() if to
    ]
    now = conflicts(held, ground)
    return overrides.weighed(conference, now), overrides.weighed(conference, conflicts(then, ground))


def conflicts_at(
    conference: Conference, slot: Slot, *, room: Room | None, starts_at: dt.datetime, ends_at: dt.datetime
) -> list[Conflict]:
    """What would be wrong if the slot stood there; of the other slots only those that can matter are read."""
    wanted = placement(slot, room=room, starts_at=starts_at, ends_at=ends_at)
    mine = ordering.pairs(conference, slot.session) if slot.session else frozenset()
    speaker_ids = [part.speaker_id for part in slot.session.parts] if slot.session else []
    rooms, people = availability.of_all(conference, room_ids=[room.id] if room else [], speaker_ids=speaker_ids)
    walked = walks.walks(conference, room.venue_id) if room and room.venue_id and wanted.people else {}
    asked = Grounds(conference.facts, rooms, people, walked, mine)
    margin = dt.timedelta(minutes=max(asked.longest_walk, wanted.room.changeover if wanted.room else 0))
    others = _meeting(conference, slot, wanted, room, margin, {code for pair in mine for code in pair})
    return overrides.weighed(conference, conflicts_of(wanted, others, asked))


def conflict(conference: Conference, fingerprint: str) -> Conflict:
    """One conflict of the draft as it is now; raises Missing for one that is gone or has changed."""
    for each in draft_conflicts(conference):
        if each.fingerprint == fingerprint:
            return each
    raise Missing(N_("This conflict is gone, or something about it has changed."))


def accept(
    conference: Conference, found: Conflict, reason: str, *, may_override: bool, by: Account | None, now: dt.datetime
) -> Conflict:
    """Let a conflict of the draft stand for a reason; a warning anybody may. Raises NotAllowed."""
    if found.is_blocking and not may_override:
        raise NotAllowed(N_("You may not override a conflict that blocks."))
    overrides.accept(conference, [found], reason, subject=f"conflict:{found.fingerprint}", by=by, now=now)
    return overrides.weighed(conference, [found])[0]


def standing(conference: Conference, slot: Slot) -> list[Conflict]:
    """What is wrong with the slot where it stands; nothing where it stands nowhere."""
    if slot.starts_at is None or slot.ends_at is None:
        return []
    return conflicts_at(conference, slot, room=slot.room, starts_at=slot.starts_at, ends_at=slot.ends_at)


# Where else.


def ways_out(
    conference: Conference, slot: Slot, *, room: Room | None, starts_at: dt.datetime, ends_at: dt.datetime
) -> list[WayOut]:
    """The nearest places without any conflict for a slot that was to stand there, at its length.

    Up to two other times in the same room and three other rooms, large enough and free, at the same time; seven queries
    and one look through the draft for each room.
    """
    wanted = placement(slot, room=room, starts_at=starts_at, ends_at=ends_at)
    return _surroundings(conference, wanted).ways_out()


def ways_out_of(conference: Conference, found: Sequence[Conflict]) -> dict[str, list[WayOut]]:
    """By fingerprint, where the later side of each open conflict could go instead: of the first MOST_WAYS slots.

    What no other place mends has no way out. A fixed number of queries.
    """
    open_ones = [each for each in found if each.accepted is None and each.rule not in ANYWHERE]
    if not open_ones:
        return {}
    everything, ground, rooms = placements(conference), grounds(conference), _rooms(conference)
    by_slot: dict[uuid.UUID, list[WayOut]] = {}
    ways: dict[str, list[WayOut]] = {}
    for conflict in open_ones:
        mover = conflict.sides[-1]
        if mover.slot not in by_slot:
            if len(by_slot) == MOST_WAYS:
                continue
            by_slot[mover.slot] = Surroundings(mover, everything, rooms, ground).ways_out()
        ways[conflict.fingerprint] = by_slot[mover.slot]
    return ways


def ways_out_of_sides(conference: Conference, found: Conflict) -> list[tuple[Placement, list[WayOut]]]:
    """Each side of a conflict with the places where it could go instead; a fixed number of queries."""
    if found.rule in ANYWHERE:
        return [(side, []) for side in found.sides]
    everything, ground, rooms = placements(conference), grounds(conference), _rooms(conference)
    return [(side, Surroundings(side, everything, rooms, ground).ways_out()) for side in found.sides]


def places(
    conference: Conference, slot: Slot | None, session: Session | None, rooms: Collection[str] | None = None
) -> dict[str, list[Busy]]:
    """For each room by its code ('' is the whole venue) the times that the slot would clash with.

    `slot` None asks for a session that has no slot yet; `rooms` narrows the answer to some codes. Eight queries.
    """
    day = conference.facts
    start = (slot.starts_at if slot else None) or dt.datetime.combine(day.starts_on, dt.time(9), day.zone)
    minutes = session.duration_minutes if session else 60
    end = (slot.ends_at if slot else None) or start + dt.timedelta(minutes=minutes)
    identifier, note = (slot.uuid, slot.note) if slot else (NO_SLOT, "")
    mover = _placement(identifier, session, note, slot.room if slot else None, start, end)
    found = _surroundings(conference, mover).places()
    return {code: busy for code, busy in found.items() if rooms is None or code in rooms}


def _surroundings(conference: Conference, mover: Placement) -> Surroundings:
    return Surroundings(mover, placements(conference), _rooms(conference), grounds(conference))


def _rooms(conference: Conference) -> list[PlacedRoom]:
    return [placed_room(room) for room in hosts.rooms(conference)]
