"""Writes changes in bulk, in an order in which each kind points to earlier ones only: imports, and their undoing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from confapp.database import Model, db
from confapp.domain.errors import N_, Stale
from confapp.domain.people import Account
from confapp.domain.programme import conferences, hosts, sessions, slots, speakers
from confapp.domain.programme.conferences import Conference, Track
from confapp.domain.programme.hosts import Room, Venue
from confapp.domain.programme.sessions import Session
from confapp.domain.programme.slots import Slot
from confapp.domain.programme.speakers import Speaker
from confapp.domain.schedule import scheduling
from confapp.imports.changes import Change
from confapp.imports.standing import KINDS, main_slot

REASON = "import"
"""Why slots moved, in the schedule's history."""
_CHUNK = 500

Row = TypeVar("Row", bound=Model)


def stale(version: int) -> Stale:
    """The refusal where somebody was quicker."""
    return Stale(N_("The programme changed here while the file was read; import it again."), version)


class Writer:
    """Writes changes, kind by kind."""

    def __init__(
        self,
        changes: Mapping[str, Sequence[Change]],
        conference: Conference,
        by: Account | None,
        now: dt.datetime,
    ) -> None:
        self.changes = {kind: changes.get(kind, ()) for kind in KINDS}
        self.conference = conference
        self.by, self.now = by, now

    def write(self) -> None:
        """All kinds, in an order in which each points to earlier ones only."""
        venue = self._venue()
        rooms = self._rooms(venue)
        tracks = self._tracks()
        people = self._speakers()
        self._sessions(rooms, tracks, people)

    def _new(self, kind: str) -> list[Change]:
        return [each for each in self.changes[kind] if each.is_new]

    def _edited(self, kind: str) -> list[Change]:
        return [each for each in self.changes[kind] if each.values and not each.is_new]

    def _venue(self) -> Venue | None:
        """The building that new rooms are in."""
        held = {row.uuid: row for row in hosts.venues(self.conference)}
        for each in self._edited("venue"):
            hosts.edit(held[each.target], dict(each.values), by=self.by, now=self.now)
        rows = [{"uuid": each.target, **each.values} for each in self._new("venue")]
        made = hosts.create_many(Venue, self.conference, rows, by=self.by, now=self.now)
        return next(iter(made), None) or next((held[each.target] for each in self.changes["venue"]), None)

    def _rooms(self, venue: Venue | None) -> dict[uuid.UUID, Room]:
        held = {row.uuid: row for row in hosts.rooms(self.conference)}
        for each in self._edited("room"):
            hosts.edit(_held(held, each.target), dict(each.values), by=self.by, now=self.now)
        rows = [{"uuid": each.target, "venue": venue, **each.values} for each in self._new("room")]
        made = hosts.create_many(Room, self.conference, rows, by=self.by, now=self.now)
        return held | {row.uuid: row for row in made}

    def _tracks(self) -> dict[uuid.UUID, Track]:
        held = {row.uuid: row for row in conferences.tracks(self.conference)}
        for each in self._edited("track"):
            conferences.edit_track(_held(held, each.target), dict(each.values), by=self.by, now=self.now)
        rows = [{"uuid": each.target, **each.values} for each in self._new("track")]
        made = conferences.create_tracks(self.conference, rows, by=self.by, now=self.now)
        return held | {row.uuid: row for row in made}

    def _speakers(self) -> dict[uuid.UUID, Speaker]:
        """All speakers that a session which changes needs."""
        edited, new = self._edited("speaker"), self._new("speaker")
        wanted = {each.target for each in edited} | {
            person for each in self.changes["session"] for person, _ in each.values.get("parts", ())
        }
        held = _by_uuid(Speaker, wanted - {each.target for each in new})
        changed = [(_held(held, each.target), dict(each.values)) for each in edited]
        speakers.edit_speakers(self.conference, changed, by=self.by, now=self.now)
        rows = [{"uuid": each.target, **each.values} for each in new]
        made = speakers.create_speakers(self.conference, rows, by=self.by, now=self.now)
        return held | {row.uuid: row for row in made}

    def _sessions(
        self, rooms: dict[uuid.UUID, Room], tracks: dict[uuid.UUID, Track], people: dict[uuid.UUID, Speaker]
    ) -> None:
        def columns(change: Change) -> dict[str, Any]:
            written = {name: value for name, value in change.values.items() if name != "place"}
            if written.get("track"):
                written["track"] = _held(tracks, written["track"])
            if "parts" in written:
                written["parts"] = [(_held(people, person), role) for person, role in written["parts"]]
            return written

        new, edited = self._new("session"), self._edited("session")
        held = _by_uuid(Session, {each.target for each in edited})
        for each in edited:
            if _held(held, each.target).version != each.version:
                raise stale(held[each.target].version)
        changed = [(held[each.target], columns(each)) for each in edited]
        changed = [(row, written) for row, written in changed if written]
        sessions.edit_many(self.conference, changed, by=self.by, now=self.now)
        rows = [{"uuid": each.target, **columns(each)} for each in new]
        made = sessions.create_many(self.conference, rows, by=self.by, now=self.now)
        held |= {row.uuid: row for row in made}
        self._places([each for each in (*edited, *new) if "place" in each.values], held, rooms)

    def _places(self, moved: Sequence[Change], held: dict[uuid.UUID, Session], rooms: dict[uuid.UUID, Room]) -> None:
        stand: dict[uuid.UUID, Slot] = {}
        if any(not each.is_new for each in moved):
            of_sessions = slots.of_sessions(self.conference)
            for each in moved:
                slot = main_slot(of_sessions.get(held[each.target].id, []))
                if slot is not None:
                    stand[each.target] = slot
        unmade = [each.target for each in moved if each.values["place"] is not None and each.target not in stand]
        made = scheduling.create_slots(self.conference, [held[target] for target in unmade])
        stand |= dict(zip(unmade, made, strict=True))
        wanted = []
        for each in moved:
            if each.target in stand:
                room, starts_at, ends_at = each.values["place"] or (None, None, None)
                wanted.append((stand[each.target], _held(rooms, room) if room else None, starts_at, ends_at))
        scheduling.place_many(self.conference, wanted, reason=REASON, by=self.by, now=self.now)


def _held(rows: dict[uuid.UUID, Row], target: uuid.UUID) -> Row:
    """The row with this UUID; raises Stale where somebody removed it meanwhile."""
    if target not in rows:
        raise stale(0)
    return rows[target]


def _by_uuid(model: type[Any], wanted: Iterable[uuid.UUID]) -> dict[uuid.UUID, Any]:
    rows: dict[uuid.UUID, Any] = {}
    ordered = sorted(wanted)
    for start in range(0, len(ordered), _CHUNK):
        chunk = ordered[start : start + _CHUNK]
        rows |= {row.uuid: row for row in db.session.scalars(sa.select(model).where(model.uuid.in_(chunk)))}
    return rows
