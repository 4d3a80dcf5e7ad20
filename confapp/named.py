"""What both doors do with typed values: words that name rows resolved to rows, and scopes held against them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from confapp.domain import conferences, hosts, permissions, speakers
from confapp.domain.conferences import Conference
from confapp.domain.errors import N_, Invalid, Missing, Stale
from confapp.domain.hosts import Room
from confapp.domain.permissions import Permission
from confapp.domain.sessions import Session
from confapp.domain.slots import Slot
from confapp.web import me, now


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
        people = {row.code: row for row in speakers.speakers(conference)} if resolved["parts"] else {}
        resolved["parts"] = [(_id("parts", code, people), role) for code, role in resolved["parts"]]
    return resolved


def _id(field: str, word: str | None, known: dict[str, Any]) -> Any:
    if word is None:
        return None
    if word not in known:
        raise Invalid({field: [N_("“%(word)s” is not known in this conference.", word=word)]})
    return known[word]


def placed(conference: Conference, values: dict[str, Any], slot: Slot) -> dict[str, Any]:
    """A place as `scheduling.place` takes it, of values that name a room by code and an end or a length."""
    rooms = {room.code: room for room in hosts.rooms(conference)}
    ends_at = values["ends_at"]
    if ends_at is None:
        minutes = values["minutes"] or (slot.session.duration_minutes if slot.session else None)
        if minutes is None:
            raise Invalid({"ends_at": [N_("Say when it ends, or how many minutes it lasts.")]})
        ends_at = values["starts_at"] + dt.timedelta(minutes=minutes)
    return {
        "room": _id("room", values["room"], rooms),
        "starts_at": values["starts_at"],
        "ends_at": ends_at,
        "expected": values["expected"],
        "override": values["override"],
    }


def _scope(permission: Permission, conference: Conference, kind: str) -> frozenset[int] | None:
    """The rows of a kind to which the asker's permission is narrowed, or None: it is not."""
    scopes = permissions.scope_of(me(), permission, conference.id, now=now())
    return None if scopes is None else scopes.get(kind, frozenset())


def check_host(conference: Conference, host_id: int | None) -> None:
    """Raise Missing where a host's coordinator reaches for what another host lends."""
    mine = _scope(Permission.HOSTS_EDIT, conference, "host")
    if mine is not None and host_id not in mine:
        raise Missing()


def check_track(conference: Conference, track_id: int | None) -> None:
    """Raise Missing where a track manager reaches for another track."""
    mine = _scope(Permission.SESSIONS_EDIT, conference, "track")
    if mine is not None and track_id not in mine:
        raise Missing()


def check_slot(conference: Conference, slot: Slot, room: Room | None) -> None:
    """Raise Missing where the asker's scope holds neither the session's track nor all rooms it leaves and enters."""
    scopes = permissions.scope_of(me(), Permission.SCHEDULE_EDIT, conference.id, now=now())
    if scopes is None:
        return
    if slot.session is not None and slot.session.track_id in scopes.get("track", ()):
        return
    lent = scopes.get("host", frozenset())
    touched = [each for each in (slot.room, room) if each is not None]
    if not touched or any(each.host_id not in lent for each in touched):
        raise Missing()


def check_version(session: Session, seen: int | None) -> None:
    """Raise Stale where the session changed since the asker looked at it."""
    if seen is not None and seen != session.version:
        raise Stale(
            N_("Somebody changed this session since you opened it. Copy what you typed, reload, and try again."),
            session.version,
        )
