"""The board as plain values for programs: one payload of all that stands and waits, and what changed since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for

from confapp.domain.permissions import Permission
from confapp.domain.programme import conferences, hosts, slots
from confapp.domain.programme.conferences import Conference, Track
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.slots import Slot, SlotChange
from confapp.domain.schedule import board, checking, edits
from confapp.domain.schedule.board import Card, Look, Onlooker, Waiting
from confapp.domain.schedule.edits import Edit, Edits
from confapp.domain.schedule.scopes import Scopes, may_touch
from confapp.domain.texts import in_language
from confapp.hall.named import slot_scopes
from confapp.web import holds, me, now
from confapp.web.answers import described
from confapp.web.rendering import languages, text

MOST_STEPS = 60
"""Changed slots that are told one by one; a board that missed more reads everything anew."""


FEW = 3
"""Slots for which looking up each one's conflicts costs less than looking through the draft."""


def letters(name: str) -> str:
    """The one or two letters that stand for a track beside its colour."""
    words = name.split()
    if not words:
        return ""
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


class Teller:
    """Tells cards as plain values: knows the names of rows, and what the asker may do with them."""

    def __init__(self, conference: Conference) -> None:
        self.conference = conference
        self.rooms: Sequence[Room] = hosts.rooms(conference)
        self.tracks: Sequence[Track] = conferences.tracks(conference)
        self._languages = languages()
        self._slug_of = {track.id: track.slug for track in self.tracks}
        self._host_of = {room.code: room.host_id for room in self.rooms}
        self._held = holds(conference.id).all()
        self._scopes: Scopes = slot_scopes(conference) if self.may(Permission.SCHEDULE_EDIT) else {}

    def may(self, permission: Permission) -> bool:
        """Whether the asker has a permission somewhere in the conference."""
        return permission in self._held

    def rights(self) -> dict[str, Any]:
        """What the asker may do here. `rooms` and `tracks` narrow it where they are not null: either is enough."""
        scopes = self._scopes
        return {
            "edit": self.may(Permission.SCHEDULE_EDIT),
            "override": self.may(Permission.SCHEDULE_OVERRIDE),
            "release": self.may(Permission.RELEASE),
            "sessions": self.may(Permission.SESSIONS_EDIT),
            "rooms": None
            if scopes is None
            else [room.code for room in self.rooms if room.host_id in scopes.get("host", ())],
            "tracks": None
            if scopes is None
            else [track.slug for track in self.tracks if track.id in scopes.get("track", ())],
        }

    def card(self, card: Card) -> dict[str, Any]:
        """One slot that is placed."""
        host = self._host_of.get(card.room) if card.room is not None else None
        return {
            "uuid": str(card.uuid),
            "version": card.version,
            "room": card.room,
            "starts_at": _moment(card.starts_at),
            "ends_at": _moment(card.ends_at),
            "session": card.session,
            "title": in_language(card.title, self._languages) if card.session else card.note,
            "track": self._slug_of.get(card.track_id) if card.track_id else None,
            "people": list(card.people),
            "kind": card.kind.value if card.kind else None,
            "state": card.state.value if card.state else None,
            "may_move": may_touch(card.track_id, [host], self._scopes),
        }

    def waiting(self, waiting: Waiting) -> dict[str, Any]:
        """One session in the tray."""
        return {
            "session": waiting.session,
            "title": in_language(waiting.title, self._languages),
            "track": self._slug_of.get(waiting.track_id) if waiting.track_id else None,
            "people": list(waiting.people),
            "kind": waiting.kind.value,
            "state": waiting.state.value,
            "minutes": waiting.minutes,
            "may_move": may_touch(waiting.track_id, [], self._scopes),
        }


def whole(conference: Conference) -> dict[str, Any]:
    """Everything that a board draws, in a number of queries that does not depend on how much there is."""
    look = board.look(conference, now=now())
    teller = Teller(conference)
    held = board.cards(conference)
    return {
        "version": look.version,
        "edits": look.edits,
        "conference": {
            "slug": conference.slug,
            "title": text(conference.title),
            "timezone": conference.timezone,
        },
        "days": days(conference, held),
        "rooms": [
            {
                "code": room.code,
                "name": text(room.name),
                "venue": text(room.venue.name) if room.venue else "",
                "capacity": room.capacity,
            }
            for room in teller.rooms
        ],
        "tracks": [
            {"slug": track.slug, "name": text(track.name), "colour": track.colour, "letters": letters(text(track.name))}
            for track in teller.tracks
        ],
        "people": board.people(conference),
        "slots": [teller.card(card) for card in held],
        "tray": [teller.waiting(waiting) for waiting in board.tray(conference)],
        "rights": teller.rights(),
        "me": {"id": me().id, "name": me().person.name},
        "present": [told(each) for each in look.onlookers],
        "now": _moment(now()),
    }


def days(conference: Conference, held: Iterable[Card]) -> list[dict[str, Any]]:
    """The conference's days and others on which something stands, each with the moments at which it begins and ends."""
    facts = conference.facts
    span = (conference.ends_on - conference.starts_on).days
    wanted = {conference.starts_on + dt.timedelta(days=number) for number in range(span + 1)}
    wanted |= {facts.day_of(card.starts_at) for card in held}
    return [
        {
            "date": day.isoformat(),
            "starts_at": _moment(dt.datetime.combine(day, conference.day_change, conference.zone)),
            "ends_at": _moment(dt.datetime.combine(day + dt.timedelta(days=1), conference.day_change, conference.zone)),
        }
        for day in sorted(wanted)
    ]


def changes(conference: Conference, since: int, edited: int | None, look: Look) -> dict[str, Any]:
    """What is different from version `since` of the schedule and entry `edited` of the audit (None: only what moved).

    `reset` where that is more than can be told card by card, `recheck` where only conflicts are.
    """
    steps = slots.history(conference, since=since, most=MOST_STEPS + 1) if look.version != since else []
    found = edits.since(conference, edited) if edited is not None and edited != look.edits else Edits()
    too_many = len(steps) + len(found.slots) > MOST_STEPS
    answer: dict[str, Any] = {
        "version": look.version,
        "edits": look.edits,
        "reset": too_many or since > look.version or (edited or 0) > look.edits or found.is_all,
        "recheck": found.is_conflicts,
        "steps": [],
        "edited": [_edit(each) for each in found.told],
        "sessions": [],
        "slots": [],
        "tray": [],
        "people": {},
        "conflicts": [],
        "present": [told(each) for each in look.onlookers],
    }
    if answer["reset"] or not (steps or found.sessions):
        return answer
    teller = Teller(conference)
    touched = {slot.id: slot for slot in (*(step.slot for step in steps), *found.slots)}
    sessions = {slot.session_id for slot in touched.values() if slot.session_id is not None} | set(found.sessions)
    held, waiting = board.cards(conference, touched), board.tray(conference, sessions)
    people = [*(each.people for each in held), *(each.people for each in waiting)]
    answer["steps"] = [_step(step) for step in reversed(steps)]
    answer["sessions"] = sorted(found.sessions.values())
    answer["slots"] = [teller.card(card) for card in held]
    answer["tray"] = [teller.waiting(each) for each in waiting]
    answer["people"] = board.people(conference, {code for codes in people for code in codes})
    answer["conflicts"] = _conflicts(conference, touched.values())
    return answer


def _conflicts(conference: Conference, touched: Iterable[Slot]) -> list[dict[str, Any]]:
    """The conflicts that the slots are in now, each once: of a few looked up one by one, of many in the whole draft."""
    placed = {slot.uuid: slot for slot in touched if slot.is_placed}
    if len(placed) > FEW:
        found = [
            conflict
            for conflict in checking.draft_conflicts(conference)
            if any(side.slot in placed for side in conflict.sides)
        ]
    else:
        each = {
            conflict.fingerprint: conflict
            for slot in placed.values()
            if slot.starts_at is not None and slot.ends_at is not None
            for conflict in checking.conflicts_at(
                conference, slot, room=slot.room, starts_at=slot.starts_at, ends_at=slot.ends_at
            )
        }
        found = list(each.values())
    return [described(conflict) for conflict in found]


def _step(step: SlotChange) -> dict[str, Any]:
    slot = step.slot
    return {
        "version": step.version,
        "slot": str(slot.uuid),
        "slot_version": slot.version,
        "session": slot.session.code if slot.session else None,
        "title": text(slot.session.title) if slot.session else slot.note,
        "by": {"id": step.account.id, "name": step.account.person.name} if step.account else None,
        "at": _moment(step.at),
        "before": step.before,
        "after": step.after,
        "reason": step.reason,
    }


def _edit(edit: Edit) -> dict[str, Any]:
    return {
        "action": edit.action,
        "code": edit.code,
        "by": {"id": edit.by[0], "name": edit.by[1]} if edit.by else None,
    }


def told(onlooker: Onlooker) -> dict[str, Any]:
    """Somebody who has the board open."""
    return {
        "client": str(onlooker.client),
        "account": onlooker.account_id,
        "name": onlooker.name,
        "slot": str(onlooker.slot) if onlooker.slot else None,
    }


def addresses(conference: Conference) -> dict[str, str]:
    """Where the page finds what it asks for."""
    slug = conference.slug
    return {
        "api": f"/api/conferences/{slug}",
        "home": url_for("board.show_board", conference=slug),
        "organise": f"/organise/{slug}",
    }


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
