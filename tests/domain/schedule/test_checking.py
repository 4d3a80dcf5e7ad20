"""The draft held against the rules: few queries, conflicts that may stand, and where a slot could go instead."""

from __future__ import annotations

from typing import Any

import pytest

from confapp.database import Mode
from confapp.domain.errors import Clash, Invalid, Missing, NotAllowed
from confapp.domain.programme import availability, ordering, sessions, walks
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.slots import Place
from confapp.domain.release import releases
from confapp.domain.schedule import checking, drafted, overrides, scheduling
from confapp.domain.schedule.placements import NO_SLOT, Conflict, Rule
from confapp.domain.spans import Span
from tests.conftest import NOW, Transaction
from tests.factories import (
    at,
    make_account,
    make_conference,
    make_room,
    make_session,
    make_slot,
    make_speaker,
    make_venue,
)

DEED: dict[str, Any] = {"by": None, "now": NOW}


def rules(conference: Conference) -> list[Rule]:
    return [conflict.rule for conflict in checking.draft_conflicts(conference)]


def place(conference: Conference, slot: Any, room: Any, start: str, end: str, **more: Any) -> list[Conflict]:
    plain = {"starts_at": at(start), "ends_at": at(end), "expected": None, "override": None}
    return scheduling.place(slot, conference, room=room, **(plain | DEED | more))


def test_each_rule_reads_what_was_said_of_rooms_people_walks_and_order(write: Transaction) -> None:
    with write():
        conference = make_conference()
        palace, campus = make_venue(conference, "Palace"), make_venue(conference, "Campus")
        hall = make_room(conference, "Hall", venue_id=palace.id, changeover_minutes=10)
        lab = make_room(conference, "Lab", venue_id=campus.id)
        ada, bob = make_speaker(conference, "Ada"), make_speaker(conference, "Bob")
        first, second = make_session(conference, "First", ada), make_session(conference, "Second", ada)
        third = make_session(conference, "Third", bob)
        make_slot(conference, first, hall, "10:00", 60)
        make_slot(conference, second, lab, "11:05", 30)
        make_slot(conference, third, hall, "11:05", 30)
        assert rules(conference) == [Rule.CHANGEOVER]
        walks.set_walks(palace, {campus: 15}, **DEED)
        assert rules(conference) == [Rule.CHANGEOVER, Rule.WALKING]
        availability.set_spans(lab, [Span(at("12:00"), at("18:00"))], **DEED)
        availability.set_spans(bob, [Span(at("09:00", 2), at("18:00", 2))], **DEED)
        ordering.set_before(first, [third], **DEED)
        assert sorted(rules(conference)) == ["away", "changeover", "closed", "order", "walking"]
        walks.set_walks(palace, {campus: 0}, **DEED)
        availability.set_spans(lab, [], **DEED)
        availability.set_spans(bob, [], **DEED)
        ordering.set_before(first, [], **DEED)
        assert rules(conference) == [Rule.CHANGEOVER]


def test_placing_sees_what_is_near_enough_to_matter(write: Transaction) -> None:
    with write():
        conference = make_conference()
        palace, campus = make_venue(conference, "Palace"), make_venue(conference, "Campus")
        hall, lab = make_room(conference, "Hall", venue_id=palace.id), make_room(conference, "Lab", venue_id=campus.id)
        walks.set_walks(palace, {campus: 30}, **DEED)
        ada = make_speaker(conference, "Ada")
        make_slot(conference, make_session(conference, "First", ada), hall, "10:00", 60)
        late = make_session(conference, "Late", make_speaker(conference))
        make_slot(conference, late, hall, "16:00", 60)
        session = make_session(conference, "Second", ada)
        ordering.set_before(session, [late], **DEED)
        slot = scheduling.create_slot(conference, session)
    with write(), pytest.raises(Clash) as refused:
        place(conference, slot, lab, "11:29", "12:00")
    assert [conflict.rule for conflict in refused.value.conflicts] == [Rule.WALKING, Rule.ORDER]
    with write():
        assert place(conference, slot, lab, "17:30", "18:00") == []


@pytest.mark.parametrize("state", ["rejected", "withdrawn", "cancelled"])
def test_what_will_not_take_place_is_in_nobodys_way(write: Transaction, state: str) -> None:
    with write():
        conference = make_conference()
        room, ada = make_room(conference), make_speaker(conference, "Ada")
        gone = make_slot(conference, make_session(conference, "Gone", ada, state=state), room, "10:00")
        slot = make_slot(conference, make_session(conference, "Instead", ada), room, "10:00")
        place: Any = {"room": room, "starts_at": at("10:15"), "ends_at": at("10:45"), "expected": None}
        assert scheduling.place(slot, conference, **place, by=None, now=NOW) == []
        assert scheduling.place(gone, conference, **place, by=None, now=NOW) == []
        assert checking.draft_conflicts(conference) == []
        assert checking.conflicts_if(conference, {gone: Place.of(slot)}) == ([], [])
        sessions.edit(gone.session, conference, {"state": "confirmed"}, by=None, now=NOW)
        assert {each.rule for each in checking.draft_conflicts(conference)} == {Rule.ROOM, Rule.PERSON}


def test_a_clash_names_the_nearest_free_places(write: Transaction) -> None:
    with write():
        conference = make_conference()
        small, large = make_room(conference, "Small", capacity=20), make_room(conference, "Large", capacity=200)
        make_room(conference, "Huge", capacity=900)
        make_slot(conference, make_session(conference, "Taken", make_speaker(conference)), large, "10:00", 60)
        make_slot(conference, make_session(conference, "Late", make_speaker(conference)), large, "15:00", 60)
        slot = scheduling.create_slot(conference, make_session(conference, "X", make_speaker(conference), expected=150))
    with write(), pytest.raises(Clash) as refused:
        place(conference, slot, large, "10:30", "11:00")
    ways = [(way.room and way.room.code, way.starts_at, way.ends_at) for way in refused.value.ways_out]
    assert ways[:2] == [("large", at("09:30"), at("10:00")), ("large", at("11:00"), at("11:30"))]
    assert ways[-1] == ("huge", at("10:30"), at("11:00"))
    assert small.code not in {room for room, *_ in ways}
    with write():
        assert place(conference, slot, large, "11:00", "11:30") == []


# What may stand.


def test_an_accepted_conflict_is_told_with_its_reason_until_something_changes(write: Transaction) -> None:
    with write():
        conference, account = make_conference(), make_account()
        room = make_room(conference)
        make_slot(conference, make_session(conference, "First", make_speaker(conference)), room)
        slot = scheduling.create_slot(conference, make_session(conference, "Second", make_speaker(conference)))
        place(conference, slot, room, "10:00", "10:30", override="They share it.", may_override=True, by=account)
    with write():
        (conflict,) = checking.draft_conflicts(conference)
        assert conflict.accepted is not None
        assert (conflict.accepted.reason, conflict.accepted.by, conflict.is_blocking) == (
            "They share it.",
            account.email,
            False,
        )
        releases.release(conference, expected=None, note={}, **DEED)
    with write(), pytest.raises(Clash):
        place(conference, slot, room, "10:05", "10:35")
    with write():
        scheduling.unplace(slot, conference, expected=None, **DEED)
        assert place(conference, slot, room, "10:00", "10:30")[0].accepted, "back where it was, nothing has changed"
        overrides.take_back(conference, conflict.fingerprint, **DEED)
        assert checking.draft_conflicts(conference)[0].is_blocking
    with write(), pytest.raises(Clash):
        releases.release(conference, expected=None, note={}, **DEED)
    with write(), pytest.raises(Missing):
        overrides.take_back(conference, conflict.fingerprint, **DEED)


def test_who_may_not_override_lets_warnings_stand_only(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room = make_room(conference)
        make_slot(conference, make_session(conference, "First", make_speaker(conference)), room)
        make_slot(conference, make_session(conference, "Second", expected=200), room)
        by_rule = {conflict.rule: conflict for conflict in checking.draft_conflicts(conference)}
        warned = checking.accept(conference, by_rule[Rule.CAPACITY], "They stand.", may_override=False, **DEED)
        assert warned.accepted
        checking.accept(conference, warned, "Again.", may_override=False, **DEED)
        again = checking.conflict(conference, warned.fingerprint).accepted
        assert again is not None
        assert again.reason == "They stand."
        with pytest.raises(NotAllowed):
            checking.accept(conference, by_rule[Rule.ROOM], "Why not.", may_override=False, **DEED)
        with pytest.raises(Missing):
            checking.conflict(conference, "0" * 32)


def test_releasing_over_conflicts_accepts_what_blocks(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room = make_room(conference)
        for title in ("First", "Second"):
            make_slot(conference, make_session(conference, title, make_speaker(conference), expected=200), room)
        releases.release(conference, expected=None, note={}, override="As printed.", may_override=True, **DEED)
        standing = {each.rule: each.accepted for each in checking.draft_conflicts(conference)}
        assert standing[Rule.CAPACITY] is None
        assert standing[Rule.ROOM] is not None
        assert standing[Rule.ROOM].reason == "As printed."


# What is said.


def test_sessions_cannot_wait_for_each_other(write: Transaction) -> None:
    with write():
        conference = make_conference()
        one, two, three = (make_session(conference) for _ in range(3))
        ordering.set_before(two, [one], **DEED)
        ordering.set_before(three, [two], **DEED)
        assert ordering.before(three) == [two]
        for earlier in ([three], [one]):
            with pytest.raises(Invalid) as refused:
                ordering.set_before(one, earlier, **DEED)
            assert set(refused.value.errors) == {"after"}
        ordering.set_before(three, [one], **DEED)
        assert ordering.pairs(conference) == {(one.code, two.code), (one.code, three.code)}


def test_availability_is_kept_merged_and_refused_backwards(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room, ada = make_room(conference), make_speaker(conference)
        halves = [Span(at("12:00"), at("18:00")), Span(at("09:00"), at("12:00"))]
        availability.set_spans(room, halves, **DEED)
        availability.set_spans(ada, [Span(at("10:00"), at("11:00"))], **DEED)
        assert availability.of(room) == (Span(at("09:00"), at("18:00")),)
        held = availability.of_all(conference)
        assert held == ({room.code: availability.of(room)}, {ada.code: availability.of(ada)})
        assert availability.of_all(conference, room_ids=[], speaker_ids=[ada.id]) == ({}, held[1])
        with pytest.raises(Invalid):
            availability.set_spans(room, [Span(at("12:00"), at("12:00"))], **DEED)


def test_a_walk_is_as_long_in_both_directions(write: Transaction) -> None:
    with write():
        conference = make_conference()
        palace, campus = make_venue(conference, "Palace"), make_venue(conference, "Campus")
        walks.set_walks(campus, {palace: 15, campus: 3}, **DEED)
        walks.set_walks(palace, {campus: 12}, **DEED)
        assert walks.walks(conference) == {frozenset({"palace", "campus"}): 12, frozenset({"campus"}): 3}
        with pytest.raises(Invalid):
            walks.set_walks(palace, {campus: 241}, **DEED)


# Cost.


def test_the_questions_take_as_many_queries_whatever_there_is(write: Transaction, count_queries: Any) -> None:
    with write():
        conference = make_conference()

    def fill(count: int) -> list[int]:
        with write():
            for _ in range(count):
                ada, room = make_speaker(conference), make_room(conference)
                availability.set_spans(room, [Span(at("09:00"), at("10:15"))], **DEED)
                session = make_session(conference, None, ada, make_speaker(conference))
                slot = make_slot(conference, session, room)
                make_slot(conference, make_session(conference, None, ada), room, "10:10")
                make_slot(conference, session, None, "13:00")
            found = checking.draft_conflicts(conference)
            overrides.accept(conference, found[:1], "So be it.", subject="test", **DEED)
        asked = (
            lambda: checking.draft_conflicts(conference),
            lambda: checking.ways_out_of(conference, found),
            lambda: checking.places(conference, slot, slot.session),
            lambda: checking.standing(conference, slot),
        )
        counts = []
        for question in asked:
            with write(Mode.READ):
                slot.session.parts  # noqa: B018 — the slot was looked at before
                with count_queries() as statements:
                    question()
                counts.append(len(statements))
        return counts

    fill(2)
    assert fill(1) == fill(27)


def test_a_session_without_a_slot_is_asked_about_too(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room, ada = make_room(conference, "Hall"), make_speaker(conference, "Ada")
        make_slot(conference, make_session(conference, "First", ada), room, "10:00", 60)
        session = make_session(conference, "Second", ada)
        found = checking.places(conference, None, session)
        assert set(found) == {"", "hall"}
        assert {(busy.rule, busy.starts_at, busy.ends_at, str(busy.reason)) for busy in found["hall"]} == {
            (Rule.ROOM, at("10:00"), at("11:00"), "“First”"),
            (Rule.PERSON, at("10:00"), at("11:00"), "Ada is in “First”"),
        }
        assert set(checking.places(conference, None, session, {"hall"})) == {"hall"}
        assert NO_SLOT not in {each.slot for each in drafted.placements(conference)}
