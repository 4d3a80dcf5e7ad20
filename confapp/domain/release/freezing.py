"""Freezing: the draft as the values of a release, numbered against the one before so that calendars see changes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from confapp.domain import agenda as values
from confapp.domain.programme import conferences, hosts, sessions
from confapp.domain.programme.conferences import Conference, Track
from confapp.domain.programme.slots import Slot
from confapp.domain.programme.speakers import Speaker

TOMBSTONES_KEPT = dt.timedelta(days=30)
"""How long after its time a cancelled entry stays in calendars, so that subscribers see it go."""


def freeze(
    conference: Conference,
    slots: Iterable[Slot],
    *,
    previous: values.Agenda | None,
    note: Mapping[str, str],
    now: dt.datetime,
) -> values.Agenda:
    """The agenda that releasing these slots now would make; blockers and unaccepted sessions are left out."""
    host_values = {host.id: frozen_host(host) for host in hosts.hosts(conference)}
    room_values = {room.id: frozen_room(room, host_values) for room in hosts.rooms(conference)}
    track_values = {track.id: frozen_track(track) for track in conferences.tracks(conference)}
    session_values: dict[int, values.Session] = {}
    entries = []
    for slot in slots:
        session = slot.session
        if session is None or session.state not in sessions.RELEASABLE or not slot.starts_at or not slot.ends_at:
            continue
        if session.id not in session_values:
            session_values[session.id] = frozen_session(session, track_values)
        entries.append(
            values.Entry(
                uuid=slot.uuid,
                number=slot.number,
                session=session_values[session.id],
                room=room_values[slot.room_id] if slot.room_id else None,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
            )
        )
    return values.Agenda(
        conference=conference.facts,
        release=previous.release + 1 if previous else 1,
        released_at=now,
        entries=values.in_reading_order(numbered(entries, previous, {room.code for room in room_values.values()}, now)),
        hosts=tuple(host_values.values()),
        rooms=tuple(room_values.values()),
        tracks=tuple(track_values.values()),
        note=note,
    )


def numbered(
    entries: list[values.Entry], previous: values.Agenda | None, rooms: Set[str], now: dt.datetime
) -> Iterable[values.Entry]:
    """Entries with their sequence and moment of change, and tombstones for those that are gone; `rooms` still stand."""
    before = {entry.uuid: entry for entry in previous.entries} if previous else {}
    current_sessions = {entry.session.uuid: entry.session for entry in entries}
    for entry in entries:
        earlier = before.pop(entry.uuid, None)
        if earlier is None:
            yield replace(entry, changed_at=now)
        elif digest(earlier) == digest(entry):
            yield replace(entry, sequence=earlier.sequence, changed_at=earlier.changed_at)
        else:
            yield replace(entry, sequence=earlier.sequence + 1, changed_at=now)
    for gone in before.values():
        if gone.ends_at + TOMBSTONES_KEPT < now:
            continue
        room = (
            gone.room if gone.room and gone.room.code in rooms else None
        )  # it may have been removed with what was in it
        gone = replace(gone, session=current_sessions.get(gone.session.uuid, gone.session), room=room)
        if gone.is_cancelled:
            yield gone
        else:
            yield replace(gone, is_cancelled=True, sequence=gone.sequence + 1, changed_at=now)


def digest(entry: values.Entry) -> str:
    """SHA-256 over all that a reader of the calendar sees of an entry: another one means that it changed."""
    session, room = entry.session, entry.room
    seen: list[Any] = [
        entry.is_cancelled,
        entry.starts_at.isoformat(),
        entry.ends_at.isoformat(),
        [room.code, room.name, room.floor, room.is_step_free, _seen_venue(room.venue)] if room else None,
        [session.code, session.kind, session.title, session.subtitle, session.abstract, session.description],
        [session.language, session.is_recorded, session.is_chatham_house],
        [session.track.slug, session.track.name] if session.track else None,
        [[part.person.code, part.person.name, part.person.affiliation, part.role] for part in session.parts],
        [[link.url, link.title, link.is_attachment] for link in session.links],
        session.online,
    ]
    return hashlib.sha256(json.dumps(seen, sort_keys=True, default=dict).encode()).hexdigest()


def _seen_venue(venue: values.Venue | None) -> list[Any] | None:
    return [venue.name, venue.address, venue.city, venue.latitude, venue.longitude] if venue else None


def frozen_host(host: hosts.Host) -> values.Host:
    """A host's public facts."""
    return values.Host(
        slug=host.slug,
        name=host.name,
        description=host.description,
        country=host.country,
        url=host.url,
        logo=host.logo,
    )


def frozen_room(room: hosts.Room, host_values: Mapping[int, values.Host]) -> values.Room:
    """A room's public facts, with its venue's."""
    venue = room.venue
    return values.Room(
        code=room.code,
        uuid=room.uuid,
        name=room.name,
        venue=values.Venue(
            slug=venue.slug,
            name=venue.name,
            address=venue.address,
            city=venue.city,
            latitude=venue.latitude,
            longitude=venue.longitude,
            plan=venue.plan,
        )
        if venue
        else None,
        host=host_values[room.host_id].slug if room.host_id else None,
        capacity=room.capacity,
        floor=room.floor,
        is_step_free=room.is_step_free,
        position=room.position,
    )


def frozen_track(track: Track) -> values.Track:
    """A track's public facts."""
    return values.Track(slug=track.slug, name=track.name, colour=track.colour)


def frozen_session(session: sessions.Session, track_values: Mapping[int, values.Track]) -> values.Session:
    """A session's public facts, with the public profiles of its people."""
    return values.Session(
        code=session.code,
        uuid=session.uuid,
        number=session.number,
        kind=session.kind.value,
        title=session.title,
        subtitle=session.subtitle,
        abstract=session.abstract,
        description=session.description,
        language=session.language,
        track=track_values[session.track_id] if session.track_id else None,
        parts=tuple(values.Part(frozen_person(part.speaker), part.role.value) for part in session.parts),
        links=tuple(values.Link(**link) for link in session.links),
        is_recorded=session.is_recorded,
        is_chatham_house=session.is_chatham_house,
        online=session.online,
    )


def frozen_person(speaker: Speaker) -> values.Person:
    """A speaker's public profile."""
    return values.Person(
        code=speaker.code,
        uuid=speaker.uuid,
        number=speaker.number,
        name=speaker.name,
        affiliation=speaker.affiliation,
        country=speaker.country,
        biography=speaker.biography,
        photo=speaker.photo,
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What a release did, or would do, to one entry; `fields` says what differs where both stand."""

    before: values.Entry | None
    after: values.Entry | None
    fields: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """new, cancelled or changed."""
        return "new" if self.before is None else "cancelled" if self.after is None else "changed"


def compare(before: values.Agenda | None, after: values.Agenda) -> list[Change]:
    """What a reader would see change between two agendas, in the order of time."""
    earlier = {entry.uuid: entry for entry in before.shown} if before else {}
    changes = []
    for entry in after.shown:
        held = earlier.pop(entry.uuid, None)
        if held is None:
            changes.append(Change(None, entry))
        elif digest(held) != digest(entry):
            changes.append(Change(held, entry, _differing(held, entry)))
    changes += [Change(gone, None) for gone in earlier.values()]
    return sorted(changes, key=lambda change: (change.after or change.before).starts_at)  # type: ignore[union-attr]


def _differing(before: values.Entry, after: values.Entry) -> tuple[str, ...]:
    told = {
        "time": before.starts_at != after.starts_at,
        "duration": before.duration != after.duration,
        "room": _named_room(before) != _named_room(after),
        "title": before.session.title != after.session.title,
        "people": _named_people(before) != _named_people(after),
        "track": before.session.track != after.session.track,
    }
    return tuple(name for name, differs in told.items() if differs) or ("text",)


def _named_room(entry: values.Entry) -> Any:
    """Where it is, as a sign says it: a room that has a new name is another one to who looks for it."""
    return entry.room and (entry.room.code, entry.room.name)


def _named_people(entry: values.Entry) -> Any:
    """Who does what: a new biography makes nobody another."""
    return [(part.person.code, part.person.name, part.role) for part in entry.session.parts]
