"""Placing: what was seen still stands, clashes are named, history tells every step, identities live for ever."""

from __future__ import annotations

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings, strategies
from sqlalchemy.exc import IntegrityError

from confapp.database import Mode, aside, db, transaction
from confapp.domain.audit import AuditEntry
from confapp.domain.errors import Clash, Invalid, Missing, NotAllowed, NotNow, Stale
from confapp.domain.programme import slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.sessions import Kind, PartRole, SessionState
from confapp.domain.programme.slots import Slot, SlotChange
from confapp.domain.schedule import checking, scheduling
from confapp.domain.schedule.conflicts import Rule
from tests.conftest import NOW, Transaction
from tests.factories import at, make_account, make_conference, make_room, make_session, make_slot, make_speaker


def put(slot: Slot, conference: Conference, room: Room | None, start: str, end: str, **more: Any) -> list[Any]:
    """Place by local times of the first day, asking for nothing special."""
    plain = {"starts_at": at(start), "ends_at": at(end), "expected": None, "by": None, "now": NOW}
    return scheduling.place(slot, conference, room=room, **(plain | more))


def test_placing_puts_a_session_in_a_room_at_a_time(write: Transaction) -> None:
    with write():
        conference = make_conference()
        account, room = make_account(), make_room(conference)
        session = make_session(conference, "Opening", make_speaker(conference))
        slot = scheduling.create_slot(conference, session)
        assert not slot.is_placed
        assert slots.unscheduled(conference) == [session]
        assert put(slot, conference, room, "10:00", "11:00", by=account) == []
    with write(Mode.READ):
        (held,) = slots.slots(conference)
        assert (held.session, held.room, held.version) == (session, room, 2)
        assert (held.starts_at, held.ends_at) == (at("10:00"), at("11:00"))
        assert slots.unscheduled(conference) == []
        assert slots.version(conference) == 1
        (step,) = slots.history(conference)
        assert (step.slot, step.account, step.at, step.before) == (held, account, NOW, None)
        assert step.after == {
            "room": "room-1",
            "starts_at": "2026-05-18T08:00:00+00:00",
            "ends_at": "2026-05-18T09:00:00+00:00",
        }


def test_a_place_that_is_taken_clashes_and_stores_nothing(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room, ada = make_room(conference), make_speaker(conference, "Ada")
        make_slot(conference, make_session(conference, "First", ada), room, "10:00", 60)
        slot = scheduling.create_slot(conference, make_session(conference, "Second", ada))
    with pytest.raises(Clash) as refused, write():
        put(slot, conference, room, "10:30", "11:30")
    assert [conflict.rule for conflict in refused.value.conflicts] == [Rule.PERSON, Rule.ROOM]
    assert [str(conflict.message) for conflict in refused.value.conflicts] == [
        "Ada is in “First” (Mon 10:00 to Mon 11:00) and in “Second” (Mon 10:30 to Mon 11:30) at once.",
        "Room 1 holds “First” (Mon 10:00 to Mon 11:00) and “Second” (Mon 10:30 to Mon 11:30).",
    ]
    with write():
        assert not slots.slot(conference, slot.uuid).is_placed
        assert slots.version(conference) == 1
        assert put(slot, conference, room, "11:00", "12:00") == [], "touching ends are free"


@pytest.mark.parametrize("role", list(PartRole))
def test_nobody_is_in_two_rooms_at_once_whatever_the_role(write: Transaction, role: PartRole) -> None:
    with write():
        conference = make_conference()
        ada = make_speaker(conference, "Ada")
        make_slot(conference, make_session(conference, "First", ada), make_room(conference))
        other = make_session(conference, "Second", parts=[(ada, role)])
        slot = scheduling.create_slot(conference, other)
    with pytest.raises(Clash), write():
        put(slot, conference, make_room(conference), "10:00", "10:30")


def test_warnings_do_not_block(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room = make_room(conference, capacity=10)
        session = make_session(conference, "Crowded", state=SessionState.ACCEPTED, expected=11)
        slot = scheduling.create_slot(conference, session)
        found = put(slot, conference, room, "10:00", "11:00")
        assert [conflict.rule for conflict in found] == [Rule.CAPACITY, Rule.NOBODY, Rule.UNCONFIRMED]
        assert slot.is_placed
        lunch = scheduling.create_slot(conference, make_session(conference, "Lunch", kind=Kind.BREAK, state="accepted"))
        assert [conflict.rule for conflict in put(lunch, conference, None, "10:30", "11:30")] == [Rule.VENUE]


def test_picks_count_where_more_came_than_expected(write: Transaction) -> None:
    with write():
        conference = make_conference()
        session = make_session(conference, "Popular", make_speaker(conference), expected=5)
        session.picked = 101
        slot = scheduling.create_slot(conference, session)
        found = put(slot, conference, make_room(conference), "10:00", "11:00")
        assert [str(conflict.message) for conflict in found] == ["Room 1 seats 100, but “Popular” expects 101."]


def test_a_clash_is_overridden_with_a_reason_by_those_who_may(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room, account = make_room(conference), make_account()
        make_slot(conference, make_session(conference, "First", make_speaker(conference)), room)
        slot = scheduling.create_slot(conference, make_session(conference, "Second", make_speaker(conference)))
    with pytest.raises(Clash), write():
        put(slot, conference, room, "10:00", "10:30", may_override=True)
    with pytest.raises(NotAllowed), write():
        put(slot, conference, room, "10:00", "10:30", override="They share it.")
    with write():
        found = put(slot, conference, room, "10:00", "10:30", override="They share it.", may_override=True, by=account)
        assert [conflict.rule for conflict in found] == [Rule.ROOM]
    with write(Mode.READ):
        assert slots.history(conference)[0].reason == "They share it."
        entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.action, entry.account_id) == ("schedule.override", account.id)
        assert entry.facts == {"rules": ["room"], "reason": "They share it."}
        assert [conflict.rule for conflict in checking.draft_conflicts(conference)] == [Rule.ROOM]


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("10:00", "10:00", "The end must lie after the start."),
        ("10:00", "09:00", "The end must lie after the start."),
    ],
)
def test_impossible_times_are_refused_naming_the_field(write: Transaction, start: str, end: str, said: str) -> None:
    with write():
        conference = make_conference()
        slot = scheduling.create_slot(conference, None)
    with pytest.raises(Invalid) as refused, write():
        put(slot, conference, None, start, end)
    assert refused.value.errors == {"ends_at": [said]}


def test_a_slot_lasts_at_most_a_day(write: Transaction) -> None:
    with write():
        conference = make_conference()
        slot = scheduling.create_slot(conference, None)
    with pytest.raises(Invalid) as refused, write():
        put(slot, conference, None, "00:00", "00:00", ends_at=at("00:01", 2))
    assert refused.value.errors == {"ends_at": ["One slot cannot last more than 24 hours."]}
    with write():
        put(slot, conference, None, "00:00", "00:00", ends_at=at("00:00", 2))


def test_outside_the_conference_blocks(write: Transaction) -> None:
    with write():
        conference = make_conference()
        slot = scheduling.create_slot(conference, None)
    with pytest.raises(Clash) as refused, write():
        put(slot, conference, None, "10:00", "11:00", starts_at=at("10:00", 3), ends_at=at("11:00", 3))
    assert [conflict.rule for conflict in refused.value.conflicts] == [Rule.DAYS]


def test_a_room_of_another_conference_does_not_exist_here(write: Transaction) -> None:
    with write():
        conference, other = make_conference("one"), make_conference("other")
        slot, room = scheduling.create_slot(conference, None), make_room(other)
    with pytest.raises(Missing), write():
        put(slot, conference, room, "10:00", "11:00")
    with pytest.raises(Missing), write():
        slots.slot(other, slot.uuid)


# What somebody saw must still stand.


def test_who_saw_an_older_version_is_refused(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room = make_room(conference)
        slot = make_slot(conference, make_session(conference, "Talk", make_speaker(conference)), room)
        seen = slot.version
        put(slot, conference, room, "12:00", "13:00", expected=seen)
    with pytest.raises(Stale) as refused, write():
        put(slot, conference, room, "14:00", "15:00", expected=seen)
    assert refused.value.current == seen + 1
    with pytest.raises(Stale), write():
        scheduling.unplace(slot, conference, expected=seen, by=None, now=NOW)
    with write():
        assert slots.slot(conference, slot.uuid).starts_at == at("12:00")


def test_taking_a_slot_off_keeps_its_identity(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room, session = make_room(conference), make_session(conference)
        slot = make_slot(conference, session, room)
        identity = (slot.id, slot.uuid, slot.number)
        scheduling.unplace(slot, conference, expected=slot.version, by=None, now=NOW)
    with write():
        assert slots.slots(conference) == []
        assert slots.unscheduled(conference) == [session]
        again = scheduling.free_slot(conference, session)
        put(again, conference, room, "15:00", "16:00")
        assert (again.id, again.uuid, again.number) == identity
        before = slots.version(conference)
        scheduling.unplace(again, conference, expected=None, by=None, now=NOW)
        scheduling.unplace(again, conference, expected=None, by=None, now=NOW)
        assert slots.version(conference) == before + 1, "what is off the schedule cannot be taken off"


def test_numbers_are_never_given_again(write: Transaction) -> None:
    with write():
        conference = make_conference()
        first = scheduling.create_slots(conference, [None, None, None])
        assert [slot.number for slot in first] == [1, 2, 3]
        for slot in first:
            db.session.delete(slot)
    with write():
        assert scheduling.create_slot(conference, None).number == 4


def test_a_session_may_have_several_slots(write: Transaction) -> None:
    with write():
        conference = make_conference()
        session = make_session(conference, "Tour", make_speaker(conference))
        first = make_slot(conference, session, make_room(conference), "10:00")
        second = scheduling.free_slot(conference, session)
        assert second != first
        assert put(second, conference, make_room(conference), "11:00", "11:30") == []
        assert slots.slots_of(session) == [first, second]


def test_a_blocker_keeps_a_room_and_says_why(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room = make_room(conference)
        blocker = scheduling.create_slot(conference, None, note="Cleaning")
        put(blocker, conference, room, "10:00", "11:00")
        slot = scheduling.create_slot(conference, make_session(conference, "Talk", make_speaker(conference)))
    with pytest.raises(Clash) as refused, write():
        put(slot, conference, room, "10:30", "11:30")
    assert "“Cleaning”" in str(refused.value.conflicts[0].message)


def test_a_room_goes_only_when_nothing_is_placed_in_it(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room = make_room(conference)
        slot = make_slot(conference, None, room)
    with pytest.raises(NotNow, match="This room is still in use \\(slots: 1\\)"), write():
        scheduling.delete_room(room, by=None, now=NOW)
    with write():
        scheduling.unplace(slot, conference, expected=None, by=None, now=NOW)
        scheduling.delete_room(room, by=None, now=NOW)
        assert db.session.scalars(sa.select(Room)).all() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE slot SET ends_at = starts_at",
        "UPDATE slot SET ends_at = NULL",
        "UPDATE slot SET starts_at = NULL, ends_at = NULL",
        "UPDATE slot SET number = 1",
        "DELETE FROM room",
        "DELETE FROM session",
    ],
)
def test_the_database_is_the_last_fence(write: Transaction, statement: str) -> None:
    with write():
        conference = make_conference()
        for start in ("10:00", "12:00"):
            make_slot(conference, make_session(conference), make_room(conference), start)
    with pytest.raises(IntegrityError), write():
        db.session.execute(sa.text(statement))


# History.

ROOMS = ("room-1", "room-2", None)
STEPS = strategies.lists(
    strategies.tuples(
        strategies.sampled_from(range(3)), strategies.none() | strategies.integers(0, 8), strategies.sampled_from(ROOMS)
    ),
    max_size=10,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(STEPS)
def test_the_history_replays_to_the_draft(write: Transaction, steps: list[tuple[int, int | None, str | None]]) -> None:
    with write():
        conference = make_conference(f"summit-{uuid.uuid4().hex}")
        rooms = {room.code: room for room in (make_room(conference, "Room 1"), make_room(conference, "Room 2"))}
        made = scheduling.create_slots(conference, [None, None, None])
        for place, hour, code in steps:
            room, slot = rooms.get(code or ""), made[place]
            if hour is None:
                scheduling.unplace(slot, conference, expected=slot.version, by=None, now=NOW)
            else:
                start = at("09:00") + dt.timedelta(hours=hour)
                more: dict[str, Any] = {
                    "expected": slot.version,
                    "by": None,
                    "now": NOW,
                    "override": "x",
                    "may_override": True,
                }
                scheduling.place(
                    slot, conference, room=room, starts_at=start, ends_at=start + dt.timedelta(hours=2), **more
                )
    with write(Mode.READ):
        taken = slots.history(conference)[::-1]
        replayed: dict[int, Any] = {}
        for step in taken:
            assert step.before == replayed.get(step.slot_id)
            replayed[step.slot_id] = step.after
        draft = {
            slot.id: {
                "room": slot.room.code if slot.room else None,
                "starts_at": slot.starts_at.isoformat() if slot.starts_at else None,
                "ends_at": slot.ends_at.isoformat() if slot.ends_at else None,
            }
            for slot in slots.slots(conference)
        }
        assert {slot: state for slot, state in replayed.items() if state is not None} == draft
        assert [step.version for step in taken] == list(range(1, len(taken) + 1))
        assert slots.version(conference) == len(taken)


def test_a_batch_is_one_step_of_history(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room, made = make_room(conference), scheduling.create_slots(conference, [None, None])
        wanted: list[Any] = [(slot, room, at("10:00"), at("11:00")) for slot in made]
        scheduling.place_many(conference, wanted, reason="import", by=None, now=NOW)
        scheduling.place_many(conference, [], reason="import", by=None, now=NOW)
    with write():
        assert [(step.version, step.reason) for step in slots.history(conference)] == [(1, "import")] * 2
        assert slots.history(conference, since=1) == []
        scheduling.place_many(conference, [(made[0], None, None, None)], reason="import", by=None, now=NOW)
        assert [slot.number for slot in slots.slots(conference)] == [2]


def test_a_batch_with_impossible_times_stores_nothing(write: Transaction) -> None:
    with write():
        conference = make_conference()
        made = scheduling.create_slots(conference, [None, None])
    wanted: list[Any] = [(made[0], None, at("10:00"), at("11:00")), (made[1], None, at("11:00"), at("10:00"))]
    with pytest.raises(Invalid), write():
        scheduling.place_many(conference, wanted, reason="import", by=None, now=NOW)
    with write():
        assert slots.slots(conference) == []
        assert db.session.scalars(sa.select(SlotChange)).all() == []


# Two organisers at once.


def test_of_two_who_take_the_same_place_at_once_one_is_refused(app: Flask, write: Transaction) -> None:
    with write():
        conference, room = make_conference(), None
        room = make_room(conference)
        made = scheduling.create_slots(conference, [None, None])
        uuids, conference_id, room_id = [slot.uuid for slot in made], conference.id, room.id
    start = Barrier(2)

    def take(worker: int) -> str:
        start.wait()
        with app.app_context():
            try:
                with transaction():
                    here = db.session.get_one(Conference, conference_id)
                    slots.slots(here)  # as a board does: what is read before the lock may be old behind it
                    slot = slots.slot(here, uuids[worker])
                    put(slot, here, db.session.get_one(Room, room_id), "10:00", "11:00", expected=1)
            except Clash:
                return "clash"
        return "placed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, range(2))) == ["clash", "placed"]


@pytest.mark.postgres
def test_what_was_read_before_the_lock_is_read_again(app: Flask, write: Transaction) -> None:
    with write():
        conference = make_conference()
        one, other = make_room(conference), make_room(conference)
        moving, wanted = make_slot(conference, None, one, "10:00"), make_slot(conference, None, one, "12:00")

    def place_late() -> None:
        with write():
            assert [slot.room for slot in slots.slots(conference)] == [one, one]
            with aside():  # somebody else moves the first slot to where the second one is about to go
                there = db.session.get_one(Conference, conference.id)
                put(slots.slot(there, moving.uuid), there, db.session.get_one(Room, other.id), "14:00", "15:00")
            put(wanted, conference, other, "14:00", "15:00")

    with pytest.raises(Clash):
        place_late()


@pytest.mark.postgres
def test_the_history_tells_the_room_that_was_left_even_when_another_moved_it(write: Transaction) -> None:
    with write():
        conference = make_conference()
        one, other = make_room(conference), make_room(conference)
        slot = make_slot(conference, None, one, "10:00")
    with write():
        assert slots.slot(conference, slot.uuid).room == one
        with aside():
            there = db.session.get_one(Conference, conference.id)
            put(slots.slot(there, slot.uuid), there, db.session.get_one(Room, other.id), "10:00", "10:30")
        put(slot, conference, None, "12:00", "13:00")
    with write():
        step = slots.history(conference)[0]
        assert step.before is not None
        assert step.before["room"] == "room-2"
