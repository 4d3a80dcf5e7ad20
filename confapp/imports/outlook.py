"""What would clash in the schedule once a plan is applied: the conflicts that block, told before any is written."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from confapp.domain.agenda import ConferenceFacts
from confapp.domain.errors import N_
from confapp.domain.programme import slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import GONE, UNSTAFFED, SessionState
from confapp.domain.schedule import drafted
from confapp.domain.schedule.conflicts import Conflict, Grade, Grounds, PlacedRoom, Placement, Rule, conflicts
from confapp.imports.plan import Remark
from confapp.imports.standing import main_slot

Codes = Mapping[uuid.UUID, tuple[str, Mapping[str, Any]]]
"""The code by which conflicts know a room or a speaker, and what it holds, by UUID."""


def clashes(
    conference: Conference | None,
    facts: ConferenceFacts,
    imported: Mapping[uuid.UUID, Mapping[str, Any]],
    *,
    rooms: Codes,
    people: Codes,
) -> list[Remark]:
    """One remark for each rule that the schedule would break; `imported` are sessions as they will be, by UUID."""
    placed = [*_as_they_stand(conference, imported), *_as_planned(imported, rooms, people)]
    broken: dict[Rule, list[Conflict]] = {}
    for conflict in conflicts(placed, Grounds(facts)):
        if conflict.grade is Grade.BLOCKS:
            broken.setdefault(conflict.rule, []).append(conflict)
    return [
        Remark(where=N_("schedule"), field=rule.value, message=found[0].message, count=len(found))
        for rule, found in broken.items()
    ]


def _as_they_stand(conference: Conference | None, imported: Iterable[uuid.UUID]) -> Iterator[Placement]:
    """The slots of today that the import does not move."""
    if conference is None:
        return
    touched = set(imported)
    moved = {
        slot.id
        for held in slots.of_sessions(conference).values()
        if (slot := main_slot(held)) and slot.session and slot.session.uuid in touched
    }
    for slot in slots.slots(conference):
        if slot.id not in moved and not drafted.is_gone(slot.session):
            yield drafted.placement_of(slot)


def _as_planned(imported: Mapping[uuid.UUID, Mapping[str, Any]], rooms: Codes, people: Codes) -> Iterator[Placement]:
    for target, session in imported.items():
        if session["place"] is None or session["state"] in GONE:
            continue
        room, starts_at, ends_at = session["place"]
        is_staffed = session["kind"] not in UNSTAFFED
        yield Placement(
            slot=target,
            title=session["title"],
            room=PlacedRoom(rooms[room][0], rooms[room][1]["name"], rooms[room][1]["capacity"]) if room else None,
            starts_at=starts_at,
            ends_at=ends_at,
            session=str(target),
            people=_names(session["parts"], people),
            is_staffed=is_staffed,
            is_confirmed=not is_staffed or session["state"] is SessionState.CONFIRMED,
        )


def _names(parts: Sequence[Sequence[Any]], people: Codes) -> dict[str, str]:
    return {people[person][0]: people[person][1]["name"] for person, _ in parts}
