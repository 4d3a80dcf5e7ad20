"""The laws of conflicts: the quick function agrees with a slow and obvious one, and so do the busy times of rooms."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

from hypothesis import given, strategies

from confapp.domain.schedule.conflicts import (
    Conflict,
    Grade,
    Grounds,
    PlacedRoom,
    Placement,
    Rule,
    conflicts,
    conflicts_of,
)
from confapp.domain.schedule.placements import ANYWHERE
from confapp.domain.schedule.places import Surroundings
from confapp.domain.spans import Span, merged
from tests.domain.schedule.test_conflicts import HALL, LAB, ROOFTOP, SUMMIT, placed
from tests.factories import at

MINUTES = strategies.integers(0, 12 * 4).map(lambda quarter: quarter * 15)
ROOMS = [
    replace(HALL, venue="palace", changeover=30),
    replace(LAB, venue="palace"),
    replace(ROOFTOP, venue="campus", changeover=15),
    PlacedRoom("tent", {"en": "Tent"}, 50),
]


@strategies.composite
def drafts(draw: strategies.DrawFn, first_day: int = 0, repeats: bool = True) -> list[Placement]:
    """A crowded day of few rooms and few people, so that much of it clashes."""
    placements = []
    for number in range(draw(strategies.integers(0, 9))):
        start = at("09:00", draw(strategies.integers(first_day, 2 if first_day else 3)))
        start += dt.timedelta(minutes=draw(MINUTES))
        length = draw(MINUTES) % (120 if first_day else 1000) + 15
        codes = draw(strategies.frozensets(strategies.sampled_from("ABC")))
        sessions = [f"T{number}", f"T{number // 3}" if repeats else f"T{number}", None]
        placements.append(
            Placement(
                slot=uuid.UUID(int=number + 1),
                title={"en": f"Talk {number}"},
                room=draw(strategies.sampled_from([*ROOMS, None])),
                starts_at=start,
                ends_at=start + dt.timedelta(minutes=length),
                session=draw(strategies.sampled_from(sessions)),
                people={code: f"Person {code}" for code in codes},
                audience=draw(strategies.none() | strategies.integers(0, 200)),
                is_staffed=draw(strategies.booleans()),
                is_confirmed=draw(strategies.booleans()),
            )
        )
    return draw(strategies.permutations(placements))


@strategies.composite
def spans(draw: strategies.DrawFn) -> tuple[Span, ...]:
    """Some opening hours of the two days."""
    made = []
    for _ in range(draw(strategies.integers(1, 3))):
        start = at("09:00", draw(strategies.integers(1, 2))) + dt.timedelta(minutes=draw(MINUTES))
        made.append(Span(start, start + dt.timedelta(minutes=draw(MINUTES) * 2 + 15)))
    return merged(made)


@strategies.composite
def all_grounds(draw: strategies.DrawFn) -> Grounds:
    """Closed rooms, people who are away, walks and orders: of each, often nothing."""
    number = strategies.integers(0, 8)
    pairs = strategies.tuples(number, number).filter(lambda pair: pair[0] < pair[1])
    ways = strategies.sampled_from([frozenset({"palace"}), frozenset({"palace", "campus"})])
    return Grounds(
        SUMMIT,
        draw(strategies.dictionaries(strategies.sampled_from(["hall", "lab", "roof"]), spans(), max_size=2)),
        draw(strategies.dictionaries(strategies.sampled_from("ABC"), spans(), max_size=2)),
        draw(strategies.dictionaries(ways, strategies.integers(1, 40))),
        frozenset((f"T{one}", f"T{other}") for one, other in draw(strategies.frozensets(pairs, max_size=3))),
    )


# Slow and obvious.

Finding = tuple[Rule, Grade, str, frozenset[uuid.UUID]]


def obvious(placements: list[Placement], grounds: Grounds) -> list[Finding]:
    """Every conflict, by asking each placement by itself and comparing it with each other one."""
    wrong: list[Finding] = []
    for one in placements:
        alone = frozenset({one.slot})
        days = {SUMMIT.day_of(one.starts_at), SUMMIT.day_of(one.ends_at - dt.timedelta(microseconds=1))}
        if not days <= {SUMMIT.starts_on, SUMMIT.ends_on}:
            wrong.append((Rule.DAYS, Grade.BLOCKS, "", alone))
        if one.room and one.room.code in grounds.rooms and not is_held(one, grounds.rooms[one.room.code]):
            wrong.append((Rule.CLOSED, Grade.BLOCKS, one.room.code, alone))
        away = [code for code in one.people if code in grounds.people and not is_held(one, grounds.people[code])]
        wrong += [(Rule.AWAY, Grade.BLOCKS, code, alone) for code in away]
        if one.room and one.room.capacity is not None and (one.audience or 0) > one.room.capacity:
            wrong.append((Rule.CAPACITY, Grade.WARNS, one.room.code, alone))
        if one.session and one.is_staffed and not one.people:
            wrong.append((Rule.NOBODY, Grade.WARNS, "", alone))
        if one.session and not one.is_confirmed:
            wrong.append((Rule.UNCONFIRMED, Grade.WARNS, "", alone))
        for other in placements:
            if one.slot.int < other.slot.int:
                wrong += between(one, other, grounds)
            if must_wait(one, other, placements, grounds):
                wrong.append((Rule.ORDER, Grade.BLOCKS, "", frozenset({one.slot, other.slot})))
    return sorted(wrong, key=_order)


def is_held(placement: Placement, spans: tuple[Span, ...]) -> bool:
    """Whether every minute of it lies in one of the spans."""
    minutes = round((placement.ends_at - placement.starts_at).total_seconds() / 60)
    moments = [placement.starts_at + dt.timedelta(minutes=number) for number in range(minutes)]
    return all(any(span.starts_at <= moment < span.ends_at for span in spans) for moment in moments)


def between(one: Placement, other: Placement, grounds: Grounds) -> list[Finding]:
    """What is wrong between two placements."""
    pair = frozenset({one.slot, other.slot})
    shared = [code for code in one.people if code in other.people]
    same_room = one.room is not None and one.room == other.room
    if one.starts_at < other.ends_at and other.starts_at < one.ends_at:
        wrong: list[Finding] = [(Rule.PERSON, Grade.BLOCKS, code, pair) for code in shared]
        if same_room and one.room:
            wrong.append((Rule.ROOM, Grade.BLOCKS, one.room.code, pair))
        if one.room is None or other.room is None:
            wrong.append((Rule.VENUE, Grade.WARNS, "", pair))
        return wrong
    pause = max(other.starts_at - one.ends_at, one.starts_at - other.ends_at)
    if same_room and one.room:
        is_short = pause < dt.timedelta(minutes=one.room.changeover)
        return [(Rule.CHANGEOVER, Grade.WARNS, one.room.code, pair)] if is_short else []
    if one.room is None or other.room is None or one.room.venue is None or other.room.venue is None:
        return []
    walk = dt.timedelta(minutes=grounds.walks.get(frozenset({one.room.venue, other.room.venue}), 0))
    return [(Rule.WALKING, Grade.WARNS, code, pair) for code in shared] if pause < walk else []


def must_wait(one: Placement, other: Placement, placements: list[Placement], grounds: Grounds) -> bool:
    """Whether `one` is the first to end of a session that `other` follows, and `other` does not wait for it."""
    if one.session is None or (one.session, other.session) not in grounds.after:
        return False
    repeats = [each for each in placements if each.session == one.session]
    is_first = one == sorted(repeats, key=lambda each: (each.ends_at, each.slot.int))[0]
    return is_first and other.starts_at < one.ends_at


def _order(finding: Finding) -> tuple[str, str, list[int]]:
    rule, _, subject, slots = finding
    return rule.value, subject, sorted(slot.int for slot in slots)


def _plain(conflict: Conflict) -> Finding:
    return conflict.rule, conflict.grade, conflict.subject, conflict.key[2]


@given(drafts(), all_grounds())
def test_the_quick_function_finds_what_the_obvious_one_finds(placements: list[Placement], grounds: Grounds) -> None:
    assert sorted(map(_plain, conflicts(placements, grounds)), key=_order) == obvious(placements, grounds)


@given(drafts(), all_grounds())
def test_each_conflict_is_found_once_and_in_the_order_of_time(placements: list[Placement], grounds: Grounds) -> None:
    every = conflicts(placements, grounds)
    assert len({conflict.key for conflict in every}) == len(every)
    assert len({conflict.fingerprint for conflict in every}) == len(every)
    assert [conflict.one.starts_at for conflict in every] == sorted(conflict.one.starts_at for conflict in every)


@given(drafts(), all_grounds())
def test_one_placements_conflicts_are_its_share_of_all(placements: list[Placement], grounds: Grounds) -> None:
    every = conflicts(placements, grounds)
    for placement in placements:
        share = {conflict.key for conflict in every if placement.slot in conflict.key[2]}
        assert {conflict.key for conflict in conflicts_of(placement, placements, grounds)} == share


@given(drafts(), all_grounds())
def test_clashing_is_mutual(placements: list[Placement], grounds: Grounds) -> None:
    for one in placements:
        for other in placements:
            both = {one.slot, other.slot}
            if len(both) == 2:
                seen = {each.key for each in conflicts_of(one, [other], grounds) if each.key[2] == both}
                assert seen == {each.key for each in conflicts_of(other, [one], grounds) if each.key[2] == both}


# Where a slot could go.


def worst(grades: list[Grade]) -> Grade | None:
    return Grade.BLOCKS if Grade.BLOCKS in grades else Grade.WARNS if grades else None


@given(drafts(first_day=1, repeats=False), all_grounds())
def test_a_slot_clashes_where_it_overlaps_busy_times_and_nowhere_else(
    placements: list[Placement], grounds: Grounds
) -> None:
    """Within the conference's days; of a session that repeats, other repeats may end first and save the order."""
    for mover in placements:
        places = Surroundings(mover, placements, ROOMS, grounds).places()
        for room in (*ROOMS, None):
            moved = replace(mover, room=room)
            said = [each for each in conflicts_of(moved, placements, grounds) if each.rule not in ANYWHERE]
            busy = [
                each
                for each in places[room.code if room else ""]
                if each.starts_at < moved.ends_at and moved.starts_at < each.ends_at
            ]
            assert worst([each.grade for each in busy]) == worst([each.grade for each in said])


@given(drafts(first_day=1, repeats=False), all_grounds())
def test_ways_out_are_free_of_conflicts(placements: list[Placement], grounds: Grounds) -> None:
    for mover in placements:
        ways = Surroundings(mover, placements, ROOMS, grounds).ways_out()
        assert len(ways) <= 5
        for place in ways:
            assert place.ends_at - place.starts_at == mover.ends_at - mover.starts_at
            assert (place.room, place.starts_at) != (mover.room, mover.starts_at)
            moved = replace(mover, room=place.room, starts_at=place.starts_at, ends_at=place.ends_at)
            said = {each.rule for each in conflicts_of(moved, placements, grounds)}
            assert said <= ANYWHERE


def test_the_nearest_free_times_and_the_smallest_rooms_that_fit_are_named() -> None:
    hall, lab, tent = ROOMS[0], ROOMS[1], ROOMS[3]
    mover = placed(1, "10:00", "11:00", lab, audience=15)
    others = [
        placed(2, "10:30", "11:30", lab),
        placed(3, "09:00", "09:30", lab),
        placed(4, "17:00", "18:00", hall),
        placed(5, "10:00", "11:00", tent),
    ]
    ways = Surroundings(mover, [mover, *others], [*ROOMS], Grounds(SUMMIT)).ways_out()
    assert [(place.room and place.room.code, place.starts_at) for place in ways] == [
        ("lab", at("09:30")),
        ("lab", at("11:30")),
        ("hall", at("10:00")),
        ("roof", at("10:00")),
    ]


# Cost.


def test_a_large_draft_without_clashes_compares_each_placement_with_few() -> None:
    """Breaks for the whole venue, parallel rooms and long walks are where comparing all with all would hide."""
    compared = [0]

    class Counting(dt.datetime):
        def __gt__(self, other: dt.datetime) -> bool:  # type: ignore[override]
            compared[0] += 1
            return super().__gt__(other)

    def counting(moment: dt.datetime) -> Counting:
        return Counting.fromtimestamp(moment.timestamp(), dt.UTC)

    rooms = [PlacedRoom(f"r{number}", {"en": "R"}, None, "palace", 10) for number in range(100)]
    draft = []
    for row in range(50):
        start = at("09:00") + dt.timedelta(minutes=20 * row)
        end = counting(start + dt.timedelta(minutes=5))
        for number, room in enumerate(rooms):
            people = {"ADA": "Ada"} if number == 0 else {}
            draft.append(Placement(uuid.uuid4(), {"en": "A"}, room, start, end, "T", people))
        lunch_end = counting(end + dt.timedelta(minutes=10))
        draft.append(Placement(uuid.uuid4(), {"en": "Break"}, None, end, lunch_end, "B"))
    grounds = Grounds(SUMMIT, walks={frozenset({"palace"}): 15})
    assert conflicts(draft, grounds) == []
    assert compared[0] < 20 * len(draft)
