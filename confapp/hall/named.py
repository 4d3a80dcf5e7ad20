"""What both doors do with typed values: words that name rows resolved to rows, and scopes held against them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence, Set
from typing import Any, cast

from confapp.domain.errors import N_, Invalid, Missing
from confapp.domain.permissions import Permission
from confapp.domain.programme import conferences, hosts, sessions, slots, speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Room, Venue
from confapp.domain.programme.sessions import Session
from confapp.domain.programme.slots import Slot
from confapp.domain.programme.speakers import Speaker
from confapp.domain.release import frozen, releases
from confapp.domain.schedule.moves import Choice, Move
from confapp.domain.schedule.placements import Conflict, Placement, WayOut
from confapp.domain.schedule.scopes import Rights, Scopes, may_move, may_touch
from confapp.web import allowed, holds


def named(conference: Conference, values: dict[str, Any]) -> dict[str, Any]:
    """Values with slugs and codes resolved: `host` and `venue` to row ids, `track` and `parts` to rows.

    Raises Invalid naming the first word that the conference does not know.
    """
    resolved = dict(values)
    resolved.pop("version", None)
    if resolved.get("position", 0) is None:
        del resolved["position"]
    if "host" in resolved:
        resolved["host_id"] = _id("host", resolved.pop("host"), {row.slug: row.id for row in hosts.hosts(conference)})
    if "venue" in resolved:
        known = {row.slug: row.id for row in hosts.venues(conference)}
        resolved["venue_id"] = _id("venue", resolved.pop("venue"), known)
    if "track" in resolved:
        tracks = {row.slug: row for row in conferences.tracks(conference)}
        resolved["track"] = _id("track", resolved["track"], tracks)
    if "parts" in resolved:
        people = speakers.speakers(conference) if resolved["parts"] else []
        resolved["parts"] = [(_person(word, people), role) for word, role in resolved["parts"]]
    return resolved


def _id(field: str, word: str | None, known: dict[str, Any]) -> Any:
    if word is None:
        return None
    if word not in known:
        raise Invalid({field: [N_("“%(word)s” is not known in this conference.", word=word)]})
    return known[word]


def _person(word: str, people: Sequence[Speaker]) -> Speaker:
    """Who is meant by a code, or by a name that one person has."""
    meant = [each for each in people if each.code == word] or [
        each for each in people if each.name.casefold() == word.casefold()
    ]
    if len(meant) > 1:
        asks = N_("%(count)s people are called “%(word)s”: choose one from the list.", count=len(meant), word=word)
        raise Invalid({"parts": [asks]})
    if not meant:
        asks = N_("“%(word)s” has no profile in this conference yet: make it under Speakers first.", word=word)
        raise Invalid({"parts": [asks]})
    return meant[0]


def placed(conference: Conference, values: dict[str, Any], slot: Slot) -> dict[str, Any]:
    """A place as `scheduling.place` takes it, of values that name a room by code and an end or a length."""
    ends_at = values["ends_at"]
    if ends_at is None:
        minutes = values["minutes"] or (slot.session.duration_minutes if slot.session else None)
        if minutes is None:
            raise Invalid({"ends_at": [N_("Say when it ends, or how many minutes it lasts.")]})
        ends_at = values["starts_at"] + dt.timedelta(minutes=minutes)
    return {
        "room": _room(conference, values["room"]),
        "starts_at": values["starts_at"],
        "ends_at": ends_at,
        "expected": values["expected"],
        "override": values["override"],
    }


def _room(conference: Conference, code: str | None) -> Room | None:
    if code is None:
        return None
    found = hosts.find_room(conference, code)
    return cast("Room", _id("room", code, {code: found} if found is not None else {}))


def scope(permission: Permission, conference: Conference, kind: str) -> frozenset[int] | None:
    """The rows of a kind to which the asker's permission is narrowed, or None: it is not."""
    scopes = holds(conference.id).scope_of(permission)
    return None if scopes is None else scopes.get(kind, frozenset())


def check_host(conference: Conference, host_id: int | None) -> None:
    """Raise Missing where a host's coordinator reaches for what another host lends."""
    mine = scope(Permission.HOSTS_EDIT, conference, "host")
    if mine is not None and host_id not in mine:
        raise Missing()


def check_track(conference: Conference, track_id: int | None) -> None:
    """Raise Missing where a track manager reaches for another track."""
    mine = scope(Permission.SESSIONS_EDIT, conference, "track")
    if mine is not None and track_id not in mine:
        raise Missing()


def slot_scopes(conference: Conference) -> Scopes:
    """Where the asker may place slots."""
    return holds(conference.id).scope_of(Permission.SCHEDULE_EDIT)


def rights(conference: Conference) -> Rights:
    """What the asker may do to the draft, and where."""
    place, edit = (
        holds(conference.id).scope_of(permission) for permission in (Permission.SCHEDULE_EDIT, Permission.SESSIONS_EDIT)
    )
    return Rights(place, edit, may_override=allowed(Permission.SCHEDULE_OVERRIDE, conference))


def choice(conference: Conference, values: dict[str, Any]) -> Choice:
    """Which slots, of a ChoiceSchema's values. Raises Invalid for words that name nothing."""
    rooms = {room.code: room for room in hosts.rooms(conference)} if values["of_rooms"] else {}
    tracks = {track.slug: track for track in conferences.tracks(conference)} if values["of_track"] else {}
    return Choice(
        slots=values["slots"],
        sessions=sessions_named(conference, values["sessions"], "sessions"),
        day=values["of_day"],
        rooms=[_id("of_rooms", code, rooms) for code in values["of_rooms"]],
        track=_id("of_track", values["of_track"], tracks),
        since=values["since"],
        until=values["until"],
    )


def bulk_move(conference: Conference, values: dict[str, Any]) -> Move:
    """A bulk move as `moves.run` takes it, of a MoveSchema's values. Raises Invalid for words that name nothing."""
    rooms = {room.code: room for room in hosts.rooms(conference)}
    tracks = {track.slug: track for track in conferences.tracks(conference)}
    return Move(
        values["move"],
        choice(conference, values),
        minutes=values["minutes"],
        day=values["day"],
        starts_at=values["starts_at"],
        room=_id("room", values["room"], rooms),
        rooms=[_id("rooms", code, rooms) for code in values["rooms"]],
        track=_id("track", values["track"], tracks),
    )


def may_place(session: Session, scopes: Scopes) -> bool:
    """Whether scopes let the session be placed somewhere."""
    if scopes is None or session.track_id in scopes.get("track", ()):
        return True
    return bool(scopes.get("host"))


def check_slot(conference: Conference, slot: Slot, *entered: Room | None) -> None:
    """Raise Missing where the asker may not move the slot into what it enters."""
    if not may_move(slot, slot_scopes(conference), *entered):
        raise Missing()


def check_conflict(conference: Conference, conflict: Conflict) -> None:
    """Raise Missing where the asker may move neither side of a conflict."""
    scopes = slot_scopes(conference)
    if not any(may_move(slots.slot(conference, side.slot), scopes) for side in conflict.sides):
        raise Missing()


class Reach:
    """How far the asker's rights reach into conflicts: for what pages and programs offer. Three queries, or none."""

    def __init__(self, conference: Conference) -> None:
        self._scopes = slot_scopes(conference)
        held = slots.slots(conference) if self._scopes else ()
        self._tracks = {
            slot.uuid: slot.session.track_id if slot.session else None for slot in held if may_move(slot, self._scopes)
        }
        self._hosts = {room.code: room.host_id for room in hosts.rooms(conference)} if self._scopes else {}

    def sides(self, conflict: Conflict) -> list[Placement]:
        """The sides that she may move."""
        return [side for side in conflict.sides if self._scopes is None or side.slot in self._tracks]

    def ways(self, side: Placement, places: Sequence[WayOut]) -> list[WayOut]:
        """Those of a side's free places into which she may move it; all, for one who only reads."""
        if not self._scopes:
            return list(places)
        if side.slot not in self._tracks:
            return []
        track = self._tracks.get(side.slot)
        return [
            place
            for place in places
            if may_touch(track, [self._hosts.get(place.room.code) if place.room else None], self._scopes)
        ]


def sessions_named(conference: Conference, codes: Sequence[str], field: str = "after") -> list[Session]:
    """Sessions by their codes, in that order. Raises Invalid at `field`, naming the first code that is not known."""
    known = sessions.by_code(conference, codes) if codes else {}
    return [_id(field, code, known) for code in codes]


def venues_named(conference: Conference, minutes: Sequence[tuple[str, int]]) -> dict[Venue, int]:
    """Minutes by venue, of minutes by slug. Raises Invalid naming the first slug that is not known."""
    known = {row.slug: row for row in hosts.venues(conference)}
    return {_id("walks", slug, known): each for slug, each in minutes}


def rooms_for(conference: Conference, session: Session | None, scopes: Scopes) -> list[Room | None]:
    """Where scopes let the session (None: a blocker) be placed; None is the whole venue."""
    rooms = hosts.rooms(conference)
    if scopes is None or (session is not None and session.track_id in scopes.get("track", ())):
        return [None, *rooms]
    return [room for room in rooms if room.host_id in scopes.get("host", ())]


def check_speaker(conference: Conference, speaker: Speaker) -> None:
    """Raise Missing where a track manager reaches for a speaker of other tracks."""
    mine = scope(Permission.SPEAKERS_EDIT, conference, "track")
    if mine is None:
        return
    if not is_mine([session.track_id for session in sessions.sessions_of(speaker)], mine):
        raise Missing()


def is_mine(tracks: Sequence[int | None], mine: Set[int] | None) -> bool:
    """Whether a speaker with sessions in `tracks` is in one's scope (None: everywhere), and in no other one's too.

    With one session in her track a manager would else make anybody hers: she gives parts to whom she likes. Whoever
    has a scope at all may see to speakers without sessions.
    """
    return mine != frozenset() if mine is None or not tracks else all(track in mine for track in tracks)


def desk_rooms(conference: Conference) -> frozenset[str] | None:
    """The codes of the rooms that the asker's stage desk is for, or None: all of them."""
    mine = scope(Permission.STAGE, conference, "room")
    if mine is None:
        return None
    return frozenset(room.code for room in hosts.rooms(conference) if room.id in mine)


def check_stage(conference: Conference, room: Room | None) -> None:
    """Raise Missing where a stage desk speaks beyond its rooms; what takes place in no room is for all rooms' desks."""
    mine = scope(Permission.STAGE, conference, "room")
    if mine is not None and (room is None or room.id not in mine):
        raise Missing()


def released_room(conference: Conference, slot: uuid.UUID) -> Room | None:
    """The room in which the latest release has a slot, None: the whole venue; raises Missing for what it has not."""
    release = releases.current(conference.id)
    for entry in frozen.agenda(release).shown if release else ():
        if entry.uuid == slot:
            return hosts.room(conference, entry.room.code) if entry.room else None
    raise Missing()
