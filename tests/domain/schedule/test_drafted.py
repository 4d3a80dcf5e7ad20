"""What is read of a draft for one placing is all that can matter to it."""

from __future__ import annotations

import datetime as dt
import random

from confapp.domain.programme import availability, ordering, walks
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.slots import Slot
from confapp.domain.schedule import checking, drafted
from confapp.domain.schedule.conflicts import conflicts
from confapp.domain.schedule.placements import Conflict, Rule
from confapp.domain.spans import Span
from tests.conftest import NOW, Transaction
from tests.factories import (
    at,
    make_conference,
    make_room,
    make_session,
    make_slot,
    make_speaker,
    make_venue,
)

Programme = tuple[Conference, list[Room], list[Slot]]


def crowded(chance: random.Random) -> Programme:
    """Thirty slots of one day in which every rule is broken somewhere."""
    conference = make_conference()
    palace, campus = make_venue(conference, "Palace"), make_venue(conference, "Campus")
    walks.set_walks(palace, {palace: 3, campus: 20}, by=None, now=NOW)
    rooms = [
        make_room(conference, "Hall", venue_id=palace.id, changeover_minutes=10, capacity=50),
        make_room(conference, "Salon", venue_id=palace.id),
        make_room(conference, "Lab", venue_id=campus.id),
        make_room(conference, "Garden"),
    ]
    people = [make_speaker(conference) for _ in range(8)]
    talks = [
        make_session(conference, None, *chance.sample(people, chance.choice([0, 1, 1, 2])), expected=40 + number)
        for number in range(24)
    ]
    for earlier, later in zip(talks[:20:5], talks[1:20:5], strict=True):
        ordering.set_before(later, [earlier], by=None, now=NOW)
    availability.set_spans(rooms[2], [Span(at("11:00"), at("14:00"))], by=None, now=NOW)
    availability.set_spans(people[0], [Span(at("10:00"), at("12:00"))], by=None, now=NOW)
    slots = []
    for talk in [*talks, *talks[:3], None, None, None]:
        room = chance.choice([*rooms, *rooms, None])
        start = at("09:00") + dt.timedelta(minutes=chance.randrange(0, 480, 5))
        slots.append(make_slot(conference, talk, room, start, chance.choice([20, 30, 60])))
    return conference, rooms, slots


def test_one_placing_finds_what_a_look_through_the_whole_draft_finds(write: Transaction) -> None:
    chance = random.Random(20_200_201)
    with write():
        conference, rooms, slots = crowded(chance)
        everything, ground = drafted.placements(conference), drafted.grounds(conference)
        seen: set[Rule] = set()
        for _ in range(100):
            slot, room = chance.choice(slots), chance.choice([*rooms, *rooms, None])
            start = at("08:30") + dt.timedelta(minutes=chance.randrange(0, 540, 5))
            place = {"room": room, "starts_at": start, "ends_at": start + dt.timedelta(minutes=40)}
            wanted = drafted.placement(slot, **place)
            whole = conflicts([wanted, *(each for each in everything if each.slot != slot.uuid)], ground)
            expected = sorted(told(each) for each in whole if wanted in each.sides)
            assert sorted(told(each) for each in checking.conflicts_at(conference, slot, **place)) == expected
            seen |= {each.rule for each in whole if wanted in each.sides}
    assert seen == set(Rule) - {Rule.DAYS, Rule.UNCONFIRMED}, "the places were chosen so that each rule has its say"


def told(conflict: Conflict) -> tuple[str, str]:
    return conflict.fingerprint, str(conflict.message)
