"""Bulk moves: each does to many slots what its name says, as one step of history, or nothing at all."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from confapp.database import Mode
from confapp.domain.errors import Clash, Invalid, Missing, NotAllowed, NotNow, Stale
from confapp.domain.programme import slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.sessions import Kind
from confapp.domain.programme.slots import Deed, Slot
from confapp.domain.schedule import moves, scheduling
from confapp.domain.schedule.batches import Outcome
from confapp.domain.schedule.conflicts import Rule
from confapp.domain.schedule.moves import Choice, Move
from confapp.domain.schedule.scopes import EVERYWHERE, Rights
from tests.conftest import NOW, Transaction
from tests.factories import at, make_conference, make_room, make_session, make_slot, make_speaker, make_track


def run(conference: Conference, deed: Deed, choice: Choice, expected: int | None = None, **more: Any) -> Outcome:
    fields = {
        name: more.pop(name) for name in ("minutes", "day", "starts_at", "room", "rooms", "track") if name in more
    }
    plain: dict[str, Any] = {"rights": EVERYWHERE, "by": None, "now": NOW}
    return moves.run(conference, Move(deed, choice, **fields), expected=expected, **(plain | more))


def times(*held: Slot) -> list[tuple[str | None, str]]:
    """Room and span on the conference's clock."""
    told = []
    for slot in held:
        assert slot.starts_at is not None
        assert slot.ends_at is not None
        here = [each.astimezone(ZoneInfo("Europe/Brussels")) for each in (slot.starts_at, slot.ends_at)]
        day = here[0].date().isoformat()[-2:]
        told.append((slot.room.code if slot.room else None, f"{day} {here[0]:%H:%M}-{here[1]:%H:%M}"))
    return told


def talk(conference: Conference, room: Room | None, start: str | dt.datetime, minutes: int = 30, **more: Any) -> Slot:
    title = more.pop("title", None)
    session = make_session(conference, title, make_speaker(conference), **more)
    return make_slot(conference, session, room, start, minutes)


def test_a_preview_tells_and_stores_nothing_then_it_is_done_under_the_version_it_gave(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room = make_room(conference)
        slot = talk(conference, room, "10:00")
        choice = Choice(slots=[slot.uuid])
        told = run(conference, Deed.SHIFT, choice, minutes=15, preview=True)
        assert (told.is_preview, told.version, told.blocks) == (True, 1, False)
        (step,) = told.steps
        assert step.before is not None
        assert step.after is not None
        assert (step.before.starts_at, step.after.starts_at) == (at("10:00"), at("10:15"))
        assert times(slot) == [("room-1", "18 10:00-10:30")]
    with write(Mode.READ):
        assert slots.version(conference) == 1
    with write():
        talk(conference, room, "16:00")
    with pytest.raises(Stale, match="changed since you looked") as refused, write():
        run(conference, Deed.SHIFT, choice, expected=told.version, minutes=15)
    assert refused.value.current == 2
    with write():
        done = run(conference, Deed.SHIFT, choice, expected=2, minutes=15)
        assert (done.is_preview, done.version) == (False, 3)
        assert times(slot) == [("room-1", "18 10:15-10:45")]


def test_shifting_takes_what_follows_in_that_room_on_that_day(write: Transaction) -> None:
    with write():
        conference = make_conference()
        one, other = make_room(conference), make_room(conference)
        early, first, second = (talk(conference, one, start) for start in ("09:00", "10:00", "11:00"))
        elsewhere, tomorrow = talk(conference, other, "11:00"), talk(conference, one, at("11:00", 2))
        run(conference, Deed.SHIFT, Choice(slots=[first.uuid]), minutes=10)
        assert times(early, first, second) == [
            ("room-1", "18 09:00-09:30"),
            ("room-1", "18 10:10-10:40"),
            ("room-1", "18 11:10-11:40"),
        ]
        assert times(elsewhere, tomorrow) == [("room-2", "18 11:00-11:30"), ("room-1", "19 11:00-11:30")]
        rows = slots.history(conference, since=5)
        assert {(row.version, row.deed) for row in rows} == {(6, Deed.SHIFT)}
        assert len(rows) == 2, "one step of history"


def test_swapping_keeps_each_ones_length(write: Transaction) -> None:
    with write():
        conference = make_conference()
        one, other = make_room(conference), make_room(conference)
        short, long = talk(conference, one, "10:00", 30), talk(conference, other, "14:00", 60)
        run(conference, Deed.SWAP, Choice(slots=[short.uuid, long.uuid]))
        assert times(short, long) == [("room-2", "18 14:00-14:30"), ("room-1", "18 10:00-11:00")]


def test_a_block_moves_to_another_day_at_the_same_time_of_day_whatever_the_clocks_do(write: Transaction) -> None:
    with write():
        conference = make_conference(starts_on=dt.date(2026, 10, 24), ends_on=dt.date(2026, 10, 25))
        room = make_room(conference)
        brussels = ZoneInfo("Europe/Brussels")
        first = talk(conference, room, dt.datetime(2026, 10, 24, 10, tzinfo=brussels))
        second = talk(conference, room, dt.datetime(2026, 10, 24, 11, tzinfo=brussels))
        run(conference, Deed.MOVE, Choice(day=dt.date(2026, 10, 24)), day=dt.date(2026, 10, 25))
        assert times(first, second) == [("room-1", "25 10:00-10:30"), ("room-1", "25 11:00-11:30")]


def test_a_block_moves_to_a_start_and_a_room_and_keeps_its_distances(write: Transaction) -> None:
    with write():
        conference = make_conference()
        one, other = make_room(conference), make_room(conference)
        first, second, late = (
            talk(conference, one, "10:00"),
            talk(conference, one, "11:15"),
            talk(conference, one, "17:00"),
        )
        choice = Choice(rooms=[one], since=dt.time(9), until=dt.time(12))
        run(conference, Deed.MOVE, choice, starts_at=at("14:00", 2), room=other)
        assert times(first, second) == [("room-2", "19 14:00-14:30"), ("room-2", "19 15:15-15:45")]
        assert times(late) == [("room-1", "18 17:00-17:30")]


def test_fitting_fills_the_gap_or_makes_way(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room = make_room(conference)
        talk(conference, room, "09:00", 60)
        short, long = talk(conference, room, "10:15"), talk(conference, room, "11:00", 90)
        talk(conference, room, "12:00")
        run(conference, Deed.FIT, Choice(slots=[short.uuid]))
        run(conference, Deed.FIT, Choice(slots=[long.uuid]))
        assert times(short, long) == [("room-1", "18 10:00-11:00"), ("room-1", "18 11:00-12:00")]
        make_slot(conference, None, room, "14:00", 60)
        inside = talk(conference, room, "14:15")
        make_slot(conference, None, room, "14:30", 60)
    with pytest.raises(NotNow, match="There is no gap around"), write():
        run(conference, Deed.FIT, Choice(slots=[inside.uuid]))


def test_compacting_closes_up_around_breaks_and_what_was_not_chosen(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room = make_room(conference)
        held = [talk(conference, room, start) for start in ("09:00", "10:00", "11:45", "14:00")]
        lunch = make_slot(conference, make_session(conference, "Lunch", kind=Kind.BREAK), None, "10:05", 60)
        run(conference, Deed.COMPACT, Choice(day=dt.date(2026, 5, 18), rooms=[room]), minutes=5)
        assert times(*held) == [
            ("room-1", "18 09:00-09:30"),
            ("room-1", "18 09:35-10:05"),
            ("room-1", "18 11:05-11:35"),
            ("room-1", "18 11:40-12:10"),
        ]
        assert times(lunch) == [(None, "18 10:05-11:05")]
    with pytest.raises(NotNow, match="change nothing"), write():
        run(conference, Deed.COMPACT, Choice(day=dt.date(2026, 5, 18), rooms=[room]), minutes=5)


def test_clearing_a_room_takes_all_off_that_day(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room = make_room(conference)
        first, second, tomorrow = talk(conference, room, "10:00"), talk(conference, room, "11:00"), None
        tomorrow = talk(conference, room, at("10:00", 2))
        run(conference, Deed.CLEAR, Choice(rooms=[room], day=dt.date(2026, 5, 18)))
        assert not first.is_placed
        assert not second.is_placed
        assert tomorrow.is_placed


def test_rooms_and_tracks_are_assigned_to_a_choice(write: Transaction) -> None:
    with write():
        conference = make_conference()
        one, other = make_room(conference), make_room(conference)
        old, new = make_track(conference, "Old"), make_track(conference, "Fresh")
        first, second = talk(conference, one, "10:00", track=old), talk(conference, one, "11:00", track=old)
        blocker = make_slot(conference, None, one, "15:00")
        run(conference, Deed.ROOM, Choice(track=old), room=other)
        assert times(first, second, blocker) == [
            ("room-2", "18 10:00-10:30"),
            ("room-2", "18 11:00-11:30"),
            ("room-1", "18 15:00-15:30"),
        ]
        run(conference, Deed.TRACK, Choice(rooms=[one, other]), track=new)
        assert first.session is not None
        assert first.session.track is new
        row = slots.history(conference)[0]
        assert row.track == {"before": "old", "after": "fresh"}
        assert row.before == row.after
        run(conference, Deed.ROOM, Choice(slots=[blocker.uuid]), room=None)
        assert times(blocker) == [(None, "18 15:00-15:30")]


def test_a_break_is_copied_to_rooms_and_takes_the_slots_that_wait(write: Transaction) -> None:
    with write():
        conference = make_conference()
        rooms = [make_room(conference) for _ in range(4)]
        session = make_session(conference, "Coffee", kind=Kind.BREAK)
        coffee = make_slot(conference, session, rooms[0], "10:00", 20)
        waiting = scheduling.create_slot(conference, session)
        copy = Choice(slots=[coffee.uuid])
        told = run(conference, Deed.COPY, copy, rooms=rooms, preview=True)
        assert len(told.steps) == 3
    with write():
        assert slots.slots_of(session) == [coffee, waiting], "a preview makes no slots"
        run(conference, Deed.COPY, copy, rooms=rooms)
        held = slots.slots_of(session)
        assert times(*held) == [(f"room-{place}", "18 10:00-10:20") for place in (1, 2, 3, 4)]
        assert len({slot.number for slot in held}) == 4
        keynote = talk(conference, rooms[0], "12:00")
    with pytest.raises(NotNow, match="Only breaks"), write():
        run(conference, Deed.COPY, Choice(slots=[keynote.uuid]), rooms=rooms)


def test_what_clashes_is_told_and_refused_as_a_whole_unless_there_is_a_reason(write: Transaction) -> None:
    with write():
        conference = make_conference()
        one, other = make_room(conference), make_room(conference)
        first, second = talk(conference, one, "10:00"), talk(conference, one, "11:00")
        talk(conference, other, "10:00")
        told = run(conference, Deed.ROOM, Choice(rooms=[one]), room=other, preview=True)
        assert told.blocks
        assert [conflict.rule for conflict in told.fresh] == [Rule.ROOM]
    with pytest.raises(Clash) as refused, write():
        run(conference, Deed.ROOM, Choice(rooms=[one]), room=other)
    assert [conflict.rule for conflict in refused.value.conflicts] == [Rule.ROOM]
    with write():
        assert times(first, second)[1] == ("room-1", "18 11:00-11:30"), "nothing moved"
        run(conference, Deed.ROOM, Choice(rooms=[one]), room=other, override="They share it.")
        assert {row.reason for row in slots.history(conference, since=3)} == {"They share it."}
        told = run(conference, Deed.SHIFT, Choice(slots=[first.uuid]), minutes=5, preview=True)
        assert not told.blocks, "what clashed before brings nothing new"
        assert len(told.conflicts) == 1


def test_a_batch_beyond_ones_scope_is_refused_naming_what(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room = make_room(conference)
        mine, theirs = make_track(conference, "Mine"), make_track(conference, "Theirs")
        first = talk(conference, room, "10:00", track=mine)
        for hour in range(11, 17):
            talk(conference, room, f"{hour}:00", track=theirs, title=f"Talk {hour}")
        rights = Rights({"track": frozenset({mine.id})}, {"track": frozenset({mine.id})})
        run(conference, Deed.MOVE, Choice(track=mine), starts_at=at("09:00"), rights=rights)
    with pytest.raises(NotAllowed) as refused, write():
        run(conference, Deed.SHIFT, Choice(slots=[first.uuid]), minutes=5, rights=rights)
    assert refused.value.message == (
        "This lies outside your rights: “Talk 11”, “Talk 12”, “Talk 13”, “Talk 14”, “Talk 15”, and 1 more."
    )
    with pytest.raises(NotAllowed), write():
        run(conference, Deed.TRACK, Choice(slots=[first.uuid]), track=theirs, rights=rights)


@pytest.mark.parametrize(
    ("deed", "fields", "field"),
    [
        (Deed.SHIFT, {}, "minutes"),
        (Deed.MOVE, {}, "day"),
        (Deed.COPY, {}, "rooms"),
        (Deed.COMPACT, {"minutes": -1}, "minutes"),
        (Deed.SWAP, {}, "slots"),
    ],
)
def test_a_move_that_says_too_little_is_told_what_is_missing(
    write: Transaction, deed: Deed, fields: dict[str, Any], field: str
) -> None:
    with write():
        conference = make_conference()
        slot = make_slot(conference, None, make_room(conference))
    with pytest.raises(Invalid) as refused, write():
        run(conference, deed, Choice(slots=[slot.uuid]), **fields)
    assert list(refused.value.errors) == [field]


def test_an_empty_choice_and_a_slot_that_left_are_refused(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room = make_room(conference)
        slot = make_slot(conference, None, room)
        for choice in (Choice(), Choice(day=dt.date(2026, 5, 19))):
            with pytest.raises(Invalid, match="Some values"):
                run(conference, Deed.CLEAR, choice)
        scheduling.unplace(slot, conference, expected=None, by=None, now=NOW)
        with pytest.raises(Missing, match="choose again"):
            run(conference, Deed.CLEAR, Choice(slots=[slot.uuid]))
