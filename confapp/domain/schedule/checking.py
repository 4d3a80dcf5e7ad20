"""The draft held against the rules: its conflicts, what may stand, and where else a slot could go."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence

from confapp.domain.errors import N_, Missing, NotAllowed
from confapp.domain.people import Account
from confapp.domain.programme import hosts
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.sessions import Session
from confapp.domain.programme.slots import Place, Slot
from confapp.domain.schedule import drafted, overrides
from confapp.domain.schedule.conflicts import conflicts, conflicts_of
from confapp.domain.schedule.drafted import grounds, is_gone, placed_room, placement, placement_at, placements
from confapp.domain.schedule.placements import ANYWHERE, NO_SLOT, Busy, Conflict, PlacedRoom, Placement, WayOut
from confapp.domain.schedule.places import Surroundings

MOST_WAYS = 40
"""For how many slots of a list of conflicts ways out are looked for: each costs a look through the whole draft."""


def draft_conflicts(conference: Conference) -> list[Conflict]:
    """Every conflict of the whole draft, those that somebody let stand with the reason; six queries."""
    return overrides.weighed(conference, conflicts(placements(conference), grounds(conference)))


def conflicts_if(conference: Conference, moved: Mapping[Slot, Place | None]) -> tuple[list[Conflict], list[Conflict]]:
    """Every conflict of the draft as it stands, and as it would be if some slots stood elsewhere (None: nowhere)."""
    held, ground = placements(conference), grounds(conference)
    gone = {slot.uuid for slot in moved}
    then = [each for each in held if each.slot not in gone]
    then += [
        placement(slot, room=to.room, starts_at=to.starts_at, ends_at=to.ends_at)
        for slot, to in moved.items()
        if to and not is_gone(slot.session)
    ]
    now = conflicts(held, ground)
    return overrides.weighed(conference, now), overrides.weighed(conference, conflicts(then, ground))


def conflicts_at(
    conference: Conference, slot: Slot, *, room: Room | None, starts_at: dt.datetime, ends_at: dt.datetime
) -> list[Conflict]:
    """What would be wrong if the slot stood there; of the other slots only those that can matter are read."""
    if is_gone(slot.session):
        return []
    wanted, others, ground = drafted.around(conference, slot, room=room, starts_at=starts_at, ends_at=ends_at)
    return overrides.weighed(conference, conflicts_of(wanted, others, ground))


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
    mover = placement_at(identifier, session, note, slot.room if slot else None, start, end)
    found = _surroundings(conference, mover).places()
    return {code: busy for code, busy in found.items() if rooms is None or code in rooms}


def _surroundings(conference: Conference, mover: Placement) -> Surroundings:
    return Surroundings(mover, placements(conference), _rooms(conference), grounds(conference))


def _rooms(conference: Conference) -> list[PlacedRoom]:
    return [placed_room(room) for room in hosts.rooms(conference)]
