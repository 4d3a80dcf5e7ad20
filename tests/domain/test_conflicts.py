"""What clashes: the quick function agrees with a slow and obvious one, and says each conflict in words."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

from hypothesis import given, strategies

from confapp.domain.agenda import ConferenceFacts
from confapp.domain.conflicts import Conflict, Grade, PlacedRoom, Placement, Rule, conflicts, conflicts_of
from tests.factories import FIRST_DAY, at

SUMMIT = ConferenceFacts(
    slug="summit",
    uuid=uuid.UUID(int=1),
    title={"en": "Summit"},
    timezone="Europe/Brussels",
    starts_on=FIRST_DAY,
    ends_on=FIRST_DAY + dt.timedelta(days=1),
    languages=("en", "fr"),
)
HALL = PlacedRoom("hall", {"en": "Great Hall", "fr": "Grande salle"}, 100)
LAB = PlacedRoom("lab", {"en": "Laboratory"}, 20)
ROOFTOP = PlacedRoom("roof", {"fr": "Toit"}, None)


def placed(
    number: int, start: str, end: str, room: PlacedRoom | None = HALL, day: int = 1, **more: object
) -> Placement:
    """A placement by local times of a day."""
    plain = Placement(uuid.UUID(int=number), {"en": f"Talk {number}"}, room, at(start, day), at(end, day), f"T{number}")
    return replace(plain, **more)  # type: ignore[arg-type]


def found(*placements: Placement) -> list[tuple[Rule, Grade, str]]:
    return [(conflict.rule, conflict.grade, str(conflict.message)) for conflict in conflicts(placements, SUMMIT)]


def test_two_talks_in_one_room_block() -> None:
    assert found(placed(1, "10:00", "11:00"), placed(2, "10:59", "12:00")) == [
        (
            Rule.ROOM,
            Grade.BLOCKS,
            "Great Hall holds “Talk 1” (Mon 10:00 to Mon 11:00) and “Talk 2” (Mon 10:59 to Mon 12:00).",
        )
    ]


def test_two_whole_venue_items_at_once_are_said() -> None:
    lunch = placed(1, "12:00", "13:00", None, title={"en": "Lunch"})
    toast = placed(2, "12:45", "13:15", None, title={"en": "Toast"})
    assert found(lunch, toast) == [
        (
            Rule.VENUE,
            Grade.WARNS,
            "The whole venue holds “Lunch” (Mon 12:00 to Mon 13:00) and “Toast” (Mon 12:45 to Mon 13:15).",
        )
    ]


def test_touching_ends_do_not_clash() -> None:
    both: dict[str, Any] = {"people": {"ADA": "Ada Lindqvist"}}
    assert found(placed(1, "10:00", "11:00", **both), placed(2, "11:00", "12:00", **both)) == []


def test_one_person_in_two_rooms_blocks_whatever_the_role() -> None:
    ada: dict[str, Any] = {"people": {"ADA": "Ada Lindqvist"}}
    assert found(placed(1, "10:00", "11:00", **ada), placed(2, "10:30", "11:00", LAB, **ada)) == [
        (
            Rule.PERSON,
            Grade.BLOCKS,
            "Ada Lindqvist is in “Talk 1” (Mon 10:00 to Mon 11:00) and in “Talk 2” (Mon 10:30 to Mon 11:00) at once.",
        )
    ]


def test_a_room_in_use_during_a_whole_venue_item_is_only_said() -> None:
    lunch = placed(1, "12:00", "13:00", None, title={"en": "Lunch"})
    assert found(lunch, placed(2, "12:30", "13:30")) == [
        (
            Rule.VENUE,
            Grade.WARNS,
            "Great Hall holds “Lunch” (Mon 12:00 to Mon 13:00) and “Talk 2” (Mon 12:30 to Mon 13:30).",
        )
    ]


def test_outside_the_conferences_days_blocks() -> None:
    (conflict,) = conflicts([placed(1, "10:00", "11:00", day=3)], SUMMIT)
    assert (conflict.rule, conflict.grade) == (Rule.DAYS, Grade.BLOCKS)
    assert str(conflict.message) == (
        "“Talk 1” (Wed 10:00 to Wed 11:00) lies outside the conference, 2026-05-18 to 2026-05-19."
    )
    assert found(placed(1, "23:00", "23:59", day=2)) == []


def test_a_conference_day_ends_when_the_conference_says() -> None:
    party = placed(1, "01:00", "02:00", day=3)
    assert [conflict.rule for conflict in conflicts([party], SUMMIT)] == [Rule.DAYS]
    assert conflicts([party], replace(SUMMIT, day_change=dt.time(4))) == []
    early = placed(1, "03:00", "03:30", day=1)
    assert [conflict.rule for conflict in conflicts([early], replace(SUMMIT, day_change=dt.time(4)))] == [Rule.DAYS]


def test_a_talk_may_end_at_midnight_of_the_last_day() -> None:
    last = replace(placed(1, "23:00", "23:30", day=2), ends_at=at("00:00", 3))
    assert found(last) == []


def test_what_is_only_said() -> None:
    assert found(placed(1, "10:00", "11:00", LAB, audience=21)) == [
        (Rule.CAPACITY, Grade.WARNS, "Laboratory seats 20, but “Talk 1” expects 21.")
    ]
    assert found(placed(1, "10:00", "11:00", LAB, audience=20)) == []
    assert found(placed(1, "10:00", "11:00", ROOFTOP, audience=9000)) == []
    assert found(placed(1, "10:00", "11:00", None, audience=9000)) == []
    assert found(placed(1, "10:00", "11:00", is_staffed=True)) == [
        (Rule.NOBODY, Grade.WARNS, "Nobody speaks in “Talk 1” yet.")
    ]
    assert found(placed(1, "10:00", "11:00", is_confirmed=False)) == [
        (Rule.UNCONFIRMED, Grade.WARNS, "“Talk 1” is not confirmed.")
    ]


def test_a_blocker_needs_nobody_but_keeps_its_room() -> None:
    blocker = placed(1, "10:00", "11:00", session=None, is_staffed=True, is_confirmed=False)
    assert [rule for rule, *_ in found(blocker, placed(2, "10:30", "11:30"))] == [Rule.ROOM]


# The law: what the quick function finds is what comparing everything with everything finds.

MINUTES = strategies.integers(0, 12 * 4).map(lambda quarter: quarter * 15)


@strategies.composite
def drafts(draw: strategies.DrawFn) -> list[Placement]:
    """A crowded day of few rooms and few people, so that much of it clashes."""
    placements = []
    for number in range(draw(strategies.integers(0, 9))):
        start = at("09:00", draw(strategies.integers(0, 3))) + dt.timedelta(minutes=draw(MINUTES))
        codes = draw(strategies.frozensets(strategies.sampled_from("ABC")))
        placements.append(
            Placement(
                slot=uuid.UUID(int=number),
                title={"en": f"Talk {number}"},
                room=draw(strategies.sampled_from([HALL, LAB, ROOFTOP, None])),
                starts_at=start,
                ends_at=start + dt.timedelta(minutes=draw(MINUTES) + 15),
                session=draw(strategies.sampled_from([f"T{number}", None])),
                people={code: f"Person {code}" for code in codes},
                audience=draw(strategies.none() | strategies.integers(0, 200)),
                is_staffed=draw(strategies.booleans()),
                is_confirmed=draw(strategies.booleans()),
            )
        )
    return draw(strategies.permutations(placements))


def obvious(placements: list[Placement]) -> list[tuple[Rule, Grade, str, frozenset[uuid.UUID]]]:
    """Every conflict, by comparing each placement with each other one."""
    wrong = []
    for one in placements:
        alone = frozenset({one.slot})
        days = {SUMMIT.day_of(one.starts_at), SUMMIT.day_of(one.ends_at - dt.timedelta(microseconds=1))}
        if not days <= {SUMMIT.starts_on, SUMMIT.ends_on}:
            wrong.append((Rule.DAYS, Grade.BLOCKS, "", alone))
        if one.room and one.room.capacity is not None and (one.audience or 0) > one.room.capacity:
            wrong.append((Rule.CAPACITY, Grade.WARNS, one.room.code, alone))
        if one.session and one.is_staffed and not one.people:
            wrong.append((Rule.NOBODY, Grade.WARNS, "", alone))
        if one.session and not one.is_confirmed:
            wrong.append((Rule.UNCONFIRMED, Grade.WARNS, "", alone))
        for other in placements:
            if one.slot.int >= other.slot.int or one.ends_at <= other.starts_at or other.ends_at <= one.starts_at:
                continue
            pair = frozenset({one.slot, other.slot})
            if one.room is not None and one.room == other.room:
                wrong.append((Rule.ROOM, Grade.BLOCKS, one.room.code, pair))
            if one.room is None or other.room is None:
                wrong.append((Rule.VENUE, Grade.WARNS, "", pair))
            wrong += [(Rule.PERSON, Grade.BLOCKS, code, pair) for code in one.people if code in other.people]
    return sorted(wrong, key=_order)


def _order(finding: tuple[Rule, Grade, str, frozenset[uuid.UUID]]) -> tuple[str, str, list[int]]:
    rule, _, subject, slots = finding
    return rule.value, subject, sorted(slot.int for slot in slots)


def _plain(conflict: Conflict) -> tuple[Rule, Grade, str, frozenset[uuid.UUID]]:
    return conflict.rule, conflict.grade, conflict.subject, conflict.key[2]


@given(drafts())
def test_the_quick_function_finds_what_the_obvious_one_finds(placements: list[Placement]) -> None:
    assert sorted(map(_plain, conflicts(placements, SUMMIT)), key=_order) == obvious(placements)


@given(drafts())
def test_each_conflict_is_found_once_and_in_the_order_of_time(placements: list[Placement]) -> None:
    every = conflicts(placements, SUMMIT)
    assert len({conflict.key for conflict in every}) == len(every)
    assert [conflict.one.starts_at for conflict in every] == sorted(conflict.one.starts_at for conflict in every)


@given(drafts())
def test_one_placements_conflicts_are_its_share_of_all(placements: list[Placement]) -> None:
    every = conflicts(placements, SUMMIT)
    for placement in placements:
        share = {conflict.key for conflict in every if placement.slot in conflict.key[2]}
        assert {conflict.key for conflict in conflicts_of(placement, placements, SUMMIT)} == share


@given(drafts())
def test_clashing_is_mutual(placements: list[Placement]) -> None:
    for one in placements:
        for other in placements:
            both = {one.slot, other.slot}
            if len(both) == 2:
                seen = {each.key for each in conflicts_of(one, [other], SUMMIT) if each.key[2] == both}
                assert seen == {each.key for each in conflicts_of(other, [one], SUMMIT) if each.key[2] == both}
