"""What clashes, each rule by example, and what is said of it. (Its laws: test_conflict_laws.py.)"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

from confapp.domain.agenda import ConferenceFacts
from confapp.domain.schedule.conflicts import Grade, Grounds, PlacedRoom, Placement, Rule, conflicts
from confapp.domain.spans import Span
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
GROUNDS = Grounds(SUMMIT)
HALL = PlacedRoom("hall", {"en": "Great Hall", "fr": "Grande salle"}, 100)
LAB = PlacedRoom("lab", {"en": "Laboratory"}, 20)
ROOFTOP = PlacedRoom("roof", {"fr": "Toit"}, None)


def placed(
    number: int, start: str, end: str, room: PlacedRoom | None = HALL, day: int = 1, **more: object
) -> Placement:
    """A placement by local times of a day."""
    plain = Placement(uuid.UUID(int=number), {"en": f"Talk {number}"}, room, at(start, day), at(end, day), f"T{number}")
    return replace(plain, **more)  # type: ignore[arg-type]


def found(*placements: Placement, **more: Any) -> list[tuple[Rule, Grade, str]]:
    every = conflicts(placements, replace(GROUNDS, **more))
    return [(conflict.rule, conflict.grade, str(conflict.message)) for conflict in every]


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
    (conflict,) = conflicts([placed(1, "10:00", "11:00", day=3)], GROUNDS)
    assert (conflict.rule, conflict.grade) == (Rule.DAYS, Grade.BLOCKS)
    assert str(conflict.message) == (
        "“Talk 1” (Wed 10:00 to Wed 11:00) lies outside the conference, 2026-05-18 to 2026-05-19."
    )
    assert found(placed(1, "23:00", "23:59", day=2)) == []


def test_a_conference_day_ends_when_the_conference_says() -> None:
    party = placed(1, "01:00", "02:00", day=3)
    assert [conflict.rule for conflict in conflicts([party], GROUNDS)] == [Rule.DAYS]
    assert conflicts([party], Grounds(replace(SUMMIT, day_change=dt.time(4)))) == []
    early = placed(1, "03:00", "03:30", day=1)
    assert [conflict.rule for conflict in conflicts([early], Grounds(replace(SUMMIT, day_change=dt.time(4))))] == [
        Rule.DAYS
    ]


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


def open_from(start: str, end: str, day: int = 1) -> tuple[Span, ...]:
    return (Span(at(start, day), at(end, day)),)


def test_a_room_that_is_closed_blocks() -> None:
    morning = {"rooms": {"hall": open_from("09:00", "12:00")}}
    assert found(placed(1, "11:30", "12:30"), **morning) == [
        (
            Rule.CLOSED,
            Grade.BLOCKS,
            "Great Hall is not available for all of “Talk 1” (Mon 11:30 to Mon 12:30); "
            "it is open Mon 09:00 to Mon 12:00.",
        )
    ]
    assert found(placed(1, "09:00", "12:00"), placed(2, "13:00", "14:00", LAB), **morning) == []


def test_somebody_who_cannot_come_blocks() -> None:
    ada: dict[str, Any] = {"people": {"ADA": "Ada Lindqvist"}}
    tuesday = {"people": {"ADA": open_from("09:00", "18:00", day=2)}}
    assert found(placed(1, "10:00", "11:00", **ada), **tuesday) == [
        (
            Rule.AWAY,
            Grade.BLOCKS,
            "Ada Lindqvist cannot come to all of “Talk 1” (Mon 10:00 to Mon 11:00), only Tue 09:00 to Tue 18:00.",
        )
    ]
    assert found(placed(1, "10:00", "11:00", day=2, **ada), **tuesday) == []


def test_a_room_wants_its_changeover() -> None:
    stage = replace(HALL, changeover=10)
    assert found(placed(1, "10:00", "11:00", stage), placed(2, "11:09", "12:00", stage)) == [
        (
            Rule.CHANGEOVER,
            Grade.WARNS,
            "Great Hall needs 10 minutes between “Talk 1” (until Mon 11:00) and “Talk 2” (from Mon 11:09).",
        )
    ]
    assert found(placed(1, "10:00", "11:00", stage), placed(2, "11:10", "12:00", stage)) == []


def test_walking_takes_its_time() -> None:
    ada: dict[str, Any] = {"people": {"ADA": "Ada Lindqvist"}}
    hall, lab = replace(HALL, venue="palace"), replace(LAB, venue="campus")
    walks = {"walks": {frozenset({"palace", "campus"}): 15, frozenset({"palace"}): 5}}
    assert found(placed(1, "10:00", "11:00", hall, **ada), placed(2, "11:10", "12:00", lab, **ada), **walks) == [
        (
            Rule.WALKING,
            Grade.WARNS,
            "Ada Lindqvist walks 15 minutes from “Talk 1” (Great Hall, until Mon 11:00) to “Talk 2” "
            "(Laboratory, from Mon 11:10).",
        )
    ]
    assert found(placed(1, "10:00", "11:00", hall, **ada), placed(2, "11:15", "12:00", lab, **ada), **walks) == []
    assert found(placed(1, "10:00", "11:00", hall, **ada), placed(2, "11:00", "12:00", hall, **ada), **walks) == []
    next_door = replace(lab, venue="palace")
    both = placed(1, "10:00", "11:00", hall, **ada), placed(2, "11:04", "12:00", next_door, **ada)
    assert [rule for rule, *_ in found(*both, **walks)] == [Rule.WALKING]


def test_what_must_come_after_blocks_before_that_has_ended() -> None:
    order = {"after": frozenset({("T1", "T2")})}
    assert found(placed(1, "10:00", "11:00"), placed(2, "10:30", "12:00", LAB), **order) == [
        (
            Rule.ORDER,
            Grade.BLOCKS,
            "“Talk 2” (Mon 10:30 to Mon 12:00) must come after “Talk 1” (Mon 10:00 to Mon 11:00).",
        )
    ]
    assert found(placed(1, "10:00", "11:00"), placed(2, "11:00", "12:00", LAB), **order) == []
    again = placed(3, "13:00", "14:00", LAB, session="T1")
    assert found(placed(1, "10:00", "11:00"), placed(2, "11:00", "12:00", LAB), again, **order) == []
    assert found(placed(2, "11:00", "12:00", LAB), **order) == []


def test_a_conflict_is_the_same_one_until_something_about_it_changes() -> None:
    def prints(*placements: Placement) -> set[str]:
        return {conflict.fingerprint for conflict in conflicts(placements, GROUNDS)}

    one, other = placed(1, "10:00", "11:00"), placed(2, "10:30", "11:30")
    both = prints(one, other)
    assert both == prints(other, replace(one, title={"en": "Renamed"}, people={"ADA": "Ada"}))
    assert both != prints(one, placed(2, "10:31", "11:30"))
    assert both != prints(replace(one, room=LAB), replace(other, room=LAB))
    full = placed(1, "10:00", "11:00", audience=120)
    assert prints(full) == prints(replace(full, audience=121)), "another pick is no news"
    assert prints(full) != prints(replace(full, audience=131))
    unconfirmed = placed(1, "10:00", "11:00", is_confirmed=False)
    assert prints(unconfirmed) == prints(placed(1, "12:00", "13:00", LAB, is_confirmed=False))
