"""What stands in a conference as an import sees it: values to compare with, read once and kept without the database."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from confapp.domain.programme import conferences, hosts, slots, speakers
from confapp.domain.programme import sessions as programme
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.origins import origins
from confapp.domain.programme.sessions import Session
from confapp.domain.programme.slots import Slot
from confapp.domain.texts import in_language
from confapp.imports.matching import Known
from confapp.imports.plan import key

KINDS = ("conference", "venue", "room", "track", "speaker", "session")
"""What is imported, in an order in which each points to earlier ones only."""


def standing(conference: Conference | None, source: str) -> dict[str, list[Known]]:
    """What stands, by kind: what came from `source` with the source's keys, the rest with keys of its own."""
    if conference is None:
        return {kind: [] for kind in KINDS}
    held = _held(conference)
    known: dict[str, list[Known]] = {kind: [] for kind in KINDS}
    for origin in origins(conference, source):
        here = held[origin.kind].pop(origin.target, None)
        known[origin.kind].append(
            replace(here, keys=origin.keys, seen=origin.seen)
            if here
            else Known(target=origin.target, keys=origin.keys, seen=origin.seen)
        )
    for kind, rest in held.items():
        known[kind] += rest.values()
    return known


def _held(conference: Conference) -> dict[str, dict[uuid.UUID, Known]]:
    facts = Known(
        target=conference.uuid,
        keys=["whole:conference"],
        current=_columns(conference, "title starts_on ends_on day_change url city languages"),
    )
    venues = [
        Known(target=row.uuid, keys=_names(row.name.values()), current=_columns(row, "name city"))
        for row in hosts.venues(conference)
    ]
    rooms = [
        Known(
            target=row.uuid,
            keys=[key("guid", str(row.uuid)), *_names(row.name.values())],
            current=_columns(row, "name capacity"),
            name=in_language(row.name, conference.languages),
            code=row.code,
        )
        for row in hosts.rooms(conference)
    ]
    tracks = [
        Known(
            target=row.uuid,
            keys=[*_names(row.name.values()), key("slug", row.slug)],
            current=_columns(row, "name"),
            name=in_language(row.name, conference.languages),
        )
        for row in conferences.tracks(conference)
    ]
    people = [
        Known(
            target=row.uuid,
            keys=[key("guid", str(row.uuid))],
            current=_columns(row, "name biography affiliation country email"),
            name=row.name,
            code=row.code,
        )
        for row in speakers.speakers(conference)
    ]
    placed = slots.of_sessions(conference)
    items = [_session(row, placed.get(row.id, []), conference) for row in programme.sessions(conference)]
    kinds: dict[str, Sequence[Known]] = dict(zip(KINDS, ([facts], venues, rooms, tracks, people, items), strict=True))
    return {kind: {each.target: each for each in found} for kind, found in kinds.items()}


def _session(row: Session, held: Sequence[Slot], conference: Conference) -> Known:
    slot = main_slot(held)
    day = conference.facts.day_of(slot.starts_at).isoformat() if slot and slot.starts_at else ""
    columns = "title subtitle abstract description kind state language is_recorded links duration_minutes"
    return Known(
        target=row.uuid,
        keys=[
            key("guid", str(row.uuid)),
            *(key("guid", str(each.uuid)) for each in held),
            key("code", row.code),
            *(key("title-day", words, day) for words in row.title.values()),
        ],
        current=_columns(row, columns)
        | {
            "track": row.track.uuid if row.track else None,
            "parts": [[part.speaker.uuid, part.role] for part in row.parts],
            "place": (slot.room.uuid if slot.room else None, slot.starts_at, slot.ends_at)
            if slot and slot.is_placed
            else None,
        },
        version=row.version,
        name=in_language(row.title, conference.languages),
        code=row.code,
    )


def main_slot(held: Sequence[Slot]) -> Slot | None:
    """The slot that an import moves: the session's first that is placed, else its first."""
    return next((slot for slot in held if slot.is_placed), held[0] if held else None)


def _columns(row: Any, names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names.split()}


def _names(names: Iterable[str]) -> list[str]:
    return [key("name", name) for name in names]
