"""Undoing: every step can be taken back and done again, as new history, unless that would lose somebody's later one."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from hypothesis import given, strategies

from confapp.database import Mode, db
from confapp.domain.errors import Clash, Missing, NotAllowed, NotNow, Overtaken, Refusal, Stale
from confapp.domain.people import Account
from confapp.domain.programme import hosts, sessions, slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.slots import Deed, Place, Slot
from confapp.domain.schedule import batches, checking, history, moves, scheduling
from confapp.domain.schedule.moves import Choice, Move
from confapp.domain.schedule.scopes import EVERYWHERE, Rights
from tests.conftest import NOW, Transaction
from tests.factories import (
    at,
    make_account,
    make_conference,
    make_room,
    make_session,
    make_slot,
    make_speaker,
    make_track,
)


def put(slot: Slot, conference: Conference, room: Room | None, start: str, by: Account | None = None) -> None:
    scheduling.place(
        slot,
        conference,
        room=room,
        starts_at=at(start),
        ends_at=at(start) + dt.timedelta(minutes=30),
        expected=None,
        by=by,
        now=NOW,
        override="a test",
        may_override=True,
    )


def undo(conference: Conference, version: int | None = None, by: Account | None = None, **more: Any) -> batches.Outcome:
    plain: dict[str, Any] = {"rights": EVERYWHERE, "by": by, "now": NOW}
    return history.undo(conference, version=version, **(plain | more))


def redo(conference: Conference, version: int | None = None, by: Account | None = None, **more: Any) -> batches.Outcome:
    plain: dict[str, Any] = {"rights": EVERYWHERE, "by": by, "now": NOW}
    return history.redo(conference, version=version, **(plain | more))


def draft(conference: Conference) -> dict[int, Any]:
    """Where every placed slot stands."""
    return {slot.number: place.state for slot in slots.slots(conference) if (place := Place.of(slot))}


def test_undoing_a_move_puts_the_slot_back_and_says_what_it_undid(write: Transaction) -> None:
    with write():
        conference, account = make_conference(), make_account()
        room = make_room(conference)
        slot = make_slot(conference, make_session(conference, "Talk", make_speaker(conference)), room, "10:00")
        before = draft(conference)
        put(slot, conference, room, "15:00", by=account)
        after = draft(conference)
        outcome = undo(conference, 2, account)
        assert (outcome.deed, outcome.version) == (Deed.UNDO, 3)
        assert draft(conference) == before
        row = slots.history(conference)[0]
        assert (row.deed, row.target, row.account) == (Deed.UNDO, 2, account)
        assert redo(conference, 2, account).version == 4
        assert draft(conference) == after
        row = slots.history(conference)[0]
        assert (row.deed, row.target) == (Deed.REDO, 2)


def test_the_first_placing_and_a_taking_off_are_undone_too(write: Transaction) -> None:
    with write():
        conference = make_conference()
        slot = make_slot(conference, None, make_room(conference), "10:00")
        stood = draft(conference)
        scheduling.unplace(slot, conference, expected=None, by=None, now=NOW)
        undo(conference, 2)
        assert draft(conference) == stood
        undo(conference, 1)
        assert draft(conference) == {}


def test_undo_and_redo_without_a_version_walk_through_ones_own_steps(write: Transaction) -> None:
    with write():
        conference = make_conference()
        mine, theirs = make_account("me@example.org"), make_account("they@example.org")
        room = make_room(conference)
        one, other = scheduling.create_slots(conference, [None, None])
        put(one, conference, room, "09:00", by=mine)
        put(one, conference, room, "10:00", by=mine)
        put(other, conference, room, "14:00", by=theirs)
        assert (history.next_undo(conference, mine), history.next_redo(conference, mine)) == (2, None)
        undo(conference, by=mine)
        undo(conference, by=mine)
        assert (history.next_undo(conference, mine), history.next_redo(conference, mine)) == (None, 1)
        assert list(draft(conference)) == [other.number], "their step is not mine to undo by itself"
        with pytest.raises(NotNow, match="None of your steps is left"):
            undo(conference, by=mine)
        redo(conference, by=mine)
        redo(conference, by=mine)
        assert one.starts_at == at("10:00")
        with pytest.raises(NotNow, match="nothing that could be done again"):
            redo(conference, by=mine)
        undo(conference, by=mine)
        put(other, conference, room, "16:00", by=mine)
        assert history.next_redo(conference, mine) is None, "a new step ends what could be done again"
        assert history.next_undo(conference, None) is None


def test_undoing_what_was_undone_does_it_again(write: Transaction) -> None:
    with write():
        conference = make_conference()
        slot = make_slot(conference, None, make_room(conference), "10:00")
        undo(conference, 1)
        with pytest.raises(NotNow, match="Step 1 is undone already"):
            undo(conference, 1)
        undo(conference, 2)
        assert slot.starts_at == at("10:00")
        with pytest.raises(NotNow, match="Step 1 stands"):
            redo(conference, 1)
        undo(conference, 3)
        assert not slot.is_placed
    with pytest.raises(Missing, match="No step made version 99"), write():
        undo(conference, 99)


def test_a_step_on_which_others_stand_is_refused_naming_them_or_taken_back_with_them(write: Transaction) -> None:
    with write():
        conference, account = make_conference(), make_account("ada@example.org")
        room = make_room(conference)
        one, other = (make_slot(conference, make_session(conference, title), room, "10:00") for title in ("A", "B"))
        put(one, conference, room, "12:00", by=account)  # 3
        swap = Move(Deed.SWAP, Choice(slots=[one.uuid, other.uuid]))
        moves.run(conference, swap, expected=3, rights=EVERYWHERE, by=account, now=NOW, override="x")  # 4
        put(other, conference, room, "16:00", by=account)  # 5
    with pytest.raises(Overtaken) as refused, write():
        undo(conference, 3)
    assert refused.value.later == (5, 4)
    assert "5 (Placed: “B”, ada@example.org), 4 (Swapped: “B” and 1 more, ada@example.org)" in refused.value.message
    with write():
        outcome = undo(conference, 3, with_later=True, override="back to the start")
        assert [step.slot for step in outcome.steps] == [other, one]
        assert (one.starts_at, other.starts_at) == (at("10:00"), at("10:00"))
        rows = slots.history(conference, since=5)
        assert [(row.version, row.target) for row in rows] == [(8, 3), (7, 4), (7, 4), (6, 5)]
    with pytest.raises(NotNow, match="no longer stands"), write():
        redo(conference, 4)
    with write():
        redo(conference, 3)
        assert one.starts_at == at("12:00")


def test_undo_is_held_against_conflicts_like_any_placing(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room = make_room(conference)
        slot = make_slot(conference, None, room, "10:00")
        put(slot, conference, room, "12:00")
        make_slot(conference, None, room, "10:00")
    with pytest.raises(Clash, match="That place is not free"), write():
        undo(conference, 2)
    with pytest.raises(NotAllowed, match="may not override"), write():
        undo(conference, 2, rights=Rights(None, None), override="because")
    with write():
        assert undo(conference, 2, preview=True).blocks
        assert slots.version(conference) == 3
        assert slot.starts_at == at("12:00")
        undo(conference, 2, override="because")
        assert slots.history(conference)[0].reason == "because"


def test_undoing_brings_back_a_clash_that_stood_there_before_and_lets_it_be_found(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room, other = make_room(conference), make_room(conference)
        one = make_slot(conference, make_session(conference), room, "10:00")
        rival = scheduling.create_slot(conference, make_session(conference))
        wanted = [(rival, room, at("10:15"), at("10:45"))]  # a clash, as imports bring it
        scheduling.place_many(conference, wanted, reason="", by=None, now=NOW)
        put(one, conference, other, "10:00")
        undo(conference, 3)
    with write(Mode.READ):
        assert one.room == room
        assert [each.rule.value for each in checking.draft_conflicts(conference) if each.is_blocking] == ["room"]


def test_undo_takes_the_right_to_every_slot(write: Transaction) -> None:
    with write():
        conference = make_conference()
        mine, theirs = make_room(conference, "Mine"), make_room(conference, "Theirs")
        mine.host_id = hosts.create(hosts.Host, conference, {"name": {"en": "H"}}, by=None, now=NOW).id
        slot = make_slot(conference, make_session(conference, "Talk"), mine, "10:00")
        put(slot, conference, theirs, "11:00")
        rights = Rights({"host": frozenset({mine.host_id})}, {})
    with pytest.raises(NotAllowed, match="outside your rights: “Talk”"), write():
        undo(conference, 2, rights=rights)


def test_a_room_that_is_gone_is_named(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room, other = make_room(conference, "Aula"), make_room(conference, "Annexe")
        slot = make_slot(conference, make_session(conference, "Talk"), room, "10:00")
        put(slot, conference, other, "10:00")
        scheduling.delete_room(room, by=None, now=NOW)
    with pytest.raises(NotNow, match="“Talk” stood in the room “aula”, which is gone"), write():
        undo(conference, 2)


def test_a_session_whose_track_was_edited_meanwhile_keeps_it(write: Transaction) -> None:
    with write():
        conference = make_conference()
        old, new, third = (make_track(conference, name) for name in ("Old", "New", "Third"))
        session = make_session(conference, "Talk", track=old)
        slot = make_slot(conference, session, make_room(conference), "10:00")
        move = Move(Deed.TRACK, Choice(slots=[slot.uuid]), track=new)
        moves.run(conference, move, expected=1, rights=EVERYWHERE, by=None, now=NOW)
        assert session.track is new
        undo(conference, 2)
        assert session.track is old
        redo(conference, 2)
        sessions.edit(session, conference, {"track": third}, by=None, now=NOW)
    with pytest.raises(NotNow, match="no longer in the track"), write():
        undo(conference, 2)


# Laws: whatever two organisers do, in whatever order and however stale.

ACTIONS = strategies.lists(
    strategies.tuples(
        strategies.sampled_from(["place", "unplace", "undo", "redo", "undo version", "later", "swap", "shift"]),
        strategies.booleans(),  # who
        strategies.integers(0, 2),  # which slot
        strategies.integers(0, 6),  # which hour, or how many versions back
        strategies.booleans(),  # whether one looks before
    ),
    max_size=9,
)


@given(ACTIONS)
def test_no_change_is_ever_lost_silently(write: Transaction, actions: list[tuple[str, bool, int, int, bool]]) -> None:
    """What is refused changes nothing, what is done is history that replays; undo and redo are each other's end."""
    with write():
        conference = make_conference(f"summit-{uuid.uuid4().hex}")
        people = [make_account(f"{name}-{uuid.uuid4().hex}@example.org") for name in ("ada", "bo")]
        room, made = make_room(conference, "Room 1"), scheduling.create_slots(conference, [None, None, None])
        seen = [slot.version for slot in made]
    for kind, first, which, amount, looks in actions:
        by, slot = people[first], made[which]
        with write(Mode.READ):
            before, version = draft(conference), slots.version(conference)
            if looks:
                seen = [slots.slot(conference, each.uuid).version for each in made]
            held = slots.slot(conference, slot.uuid).version
        refusal: Refusal | None = None
        try:
            with write():
                act(kind, conference, slot, made, room, by, amount, seen[which], version)
        except Refusal as error:
            refusal = error
        if refusal:
            with write(Mode.READ):
                assert draft(conference) == before
                assert slots.version(conference) == version
            assert not isinstance(refusal, Clash), "all of them may override"
            is_stale = kind in ("place", "unplace") and seen[which] != held
            assert isinstance(refusal, Stale) == is_stale, "only what is stale is refused so"
            continue
        if kind in ("place", "unplace"):
            assert seen[which] == held, "what is stale is never done"
        with write(Mode.READ):
            after = draft(conference)
        if kind in ("undo", "undo version", "later"):
            deed, done = newest(conference, write)
            there, back = (redo, undo) if deed is Deed.UNDO else (undo, redo)
            with write():
                there(conference, done, by, override="x")
                if kind != "later":
                    assert draft(conference) == before, "the one is the end of the other"
                back(conference, done, by, override="x")
                assert draft(conference) == after
    with write(Mode.READ):
        replayed: dict[int, Any] = {}
        for row in slots.history(conference, most=10_000)[::-1]:
            assert row.before == replayed.get(row.slot.number), "no step starts where the one before did not end"
            replayed[row.slot.number] = row.after
        assert {number: state for number, state in replayed.items() if state} == draft(conference)


def act(
    kind: str,
    conference: Conference,
    slot: Slot,
    made: list[Slot],
    room: Room,
    by: Account,
    amount: int,
    seen: int,
    version: int,
) -> None:
    plain: dict[str, Any] = {"by": by, "now": NOW}
    more: dict[str, Any] = {"rights": EVERYWHERE, "override": "x", **plain}
    start = at("09:00") + dt.timedelta(hours=amount)
    if kind == "place":
        ends_at = start + dt.timedelta(hours=2)
        over: dict[str, Any] = {"expected": seen, "override": "x", "may_override": True, **plain}
        scheduling.place(slot, conference, room=room, starts_at=start, ends_at=ends_at, **over)
    elif kind == "unplace":
        scheduling.unplace(slot, conference, expected=seen, **plain)
    elif kind == "undo":
        history.undo(conference, version=None, **more)
    elif kind == "redo":
        history.redo(conference, version=None, **more)
    elif kind in ("undo version", "later"):
        history.undo(conference, version=version - amount, with_later=kind == "later", **more)
    elif kind == "swap":
        other = made[(made.index(slot) + 1) % 3]
        moves.run(conference, Move(Deed.SWAP, Choice(slots=[slot.uuid, other.uuid])), expected=version, **more)
    else:
        move = Move(Deed.SHIFT, Choice(slots=[slot.uuid]), minutes=15 * (amount - 3))
        moves.run(conference, move, expected=version, **more)


def newest(conference: Conference, write: Transaction) -> tuple[Deed, int]:
    """What the newest row did, and to which step."""
    with write(Mode.READ):
        row = slots.history(conference, most=1)[0]
        assert row.target is not None
        return row.deed, row.target


def test_undoing_asks_a_fixed_number_of_questions(write: Transaction, count_queries: Any) -> None:
    counts = []
    for many in (1, 12):
        with write():
            conference = make_conference(f"summit-{many}")
            account = make_account(f"{many}@example.org")
            room = make_room(conference)
            made = [
                make_slot(
                    conference, make_session(conference, None, make_speaker(conference)), room, f"{7 + place:02}:00"
                )
                for place in range(many)
            ]
            move = Move(Deed.SHIFT, Choice(slots=[made[0].uuid]), minutes=5)
            moves.run(conference, move, expected=None, rights=EVERYWHERE, by=account, now=NOW)
            db.session.expunge_all()
        with write():
            conference, account = db.session.merge(conference), db.session.merge(account)
            with count_queries() as statements:
                undo(conference, by=account)
            counts.append(sum(not each.startswith("INSERT") for each in statements))  # SQLite's go one by one
    assert counts[0] == counts[1], counts
