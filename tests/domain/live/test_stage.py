"""The stage: what may be said after what, what stands then, and what that means for a session as released."""

import datetime as dt
from itertools import product

import pytest

from confapp.database import db
from confapp.domain import outbox
from confapp.domain.errors import NotNow
from confapp.domain.live import stage
from confapp.domain.live.stage import FOLLOWS, Fact, Standing
from confapp.domain.schedule import scheduling
from tests.factories import NOW, at, make_session, make_slot
from tests.press import ENDS, MINUTE, STARTS, Scene

WAYS: dict[Fact | None, tuple[Fact, ...]] = {
    None: (),
    Fact.STARTED: (Fact.STARTED,),
    Fact.RUNNING_OVER: (Fact.STARTED, Fact.RUNNING_OVER),
    Fact.ENDED: (Fact.STARTED, Fact.ENDED),
    Fact.POSTPONED: (Fact.POSTPONED,),
    Fact.CANCELLED: (Fact.CANCELLED,),
}
ALLOWED = {
    (None, Fact.STARTED),
    (None, Fact.POSTPONED),
    (None, Fact.CANCELLED),
    (Fact.STARTED, Fact.RUNNING_OVER),
    (Fact.STARTED, Fact.ENDED),
    (Fact.STARTED, Fact.REVOKED),
    (Fact.STARTED, Fact.POSTPONED),
    (Fact.STARTED, Fact.CANCELLED),
    (Fact.RUNNING_OVER, Fact.ENDED),
    (Fact.RUNNING_OVER, Fact.REVOKED),
    (Fact.RUNNING_OVER, Fact.POSTPONED),
    (Fact.RUNNING_OVER, Fact.CANCELLED),
    (Fact.ENDED, Fact.REVOKED),
    (Fact.POSTPONED, Fact.STARTED),
    (Fact.POSTPONED, Fact.CANCELLED),
    (Fact.POSTPONED, Fact.REVOKED),
    (Fact.CANCELLED, Fact.REVOKED),
}


def test_the_table_says_what_may_follow_what():
    assert {(before, after) for before, following in FOLLOWS.items() for after in following} == ALLOWED


def test_everything_absent_from_the_table_is_refused(write):
    with write():
        scene = Scene()
        slots = {}
        for before, after in product(WAYS, Fact):
            slots[before, after] = make_slot(scene.conference, scene.session, None, STARTS)
        for (before, after), slot in slots.items():
            scene.say(*WAYS[before], now=NOW, slot=slot)
            if (before, after) in ALLOWED:
                scene.say(after, now=NOW, slot=slot)
            else:
                with pytest.raises(NotNow):
                    scene.say(after, now=NOW, slot=slot)
        said = stage.standing([slot.id for slot in slots.values()])
        for (before, after), slot in slots.items():
            stands = (None if after is Fact.REVOKED else after) if (before, after) in ALLOWED else before
            if before in (Fact.ENDED, Fact.RUNNING_OVER) and after is Fact.REVOKED:
                stands = Fact.STARTED
            assert (said[slot.id].fact if slot.id in said else None) is stands


def test_a_revoked_end_leaves_the_session_running_and_waited_for(write):
    with write():
        scene = Scene()
        scene.say(Fact.STARTED, now=STARTS)
        scene.say(Fact.ENDED, now=ENDS)
        assert stage.ended_at(scene.session) == ENDS
        scene.say(Fact.REVOKED, now=ENDS + MINUTE)
        assert stage.ended_at(scene.session) is None
        assert stage.standing([scene.slot.id]) == {
            scene.slot.id: Standing(Fact.STARTED, STARTS, ran_over=True, revoked_at=ENDS + MINUTE)
        }
        scene.say(Fact.ENDED, now=ENDS + 2 * MINUTE)
        assert stage.ended_at(scene.session) == ENDS + 2 * MINUTE


def test_standing_takes_one_query(write, count_queries):
    with write():
        scene = Scene()
        slots = [make_slot(scene.conference, scene.session, None, STARTS) for _ in range(3)]
        for slot in slots:
            scene.say(Fact.STARTED, Fact.RUNNING_OVER, now=NOW, slot=slot)
        with count_queries() as statements:
            said = stage.standing([slot.id for slot in slots])
        assert [said[slot.id].fact for slot in slots] == [Fact.RUNNING_OVER] * 3
        assert len(statements) == 1


def test_what_was_said_is_told_and_recorded_with_ids_only(write):
    with write():
        scene = Scene()
        scene.say(Fact.STARTED, now=STARTS)
        row = db.session.query(outbox.OutboxRow).filter_by(kind="stage.started").one()
        said = db.session.query(stage.StageFact).one()
        assert row.payload == {"slot": str(scene.slot.uuid), "session": scene.session.code, "fact": said.id}
        assert (said.fact, said.at, said.account_id) == (Fact.STARTED, STARTS, scene.officer.id)


def test_nothing_is_said_of_a_blocker(write):
    with write():
        scene = Scene()
        with pytest.raises(NotNow, match="Nothing is scheduled"):
            scene.say(Fact.STARTED, now=NOW, slot=make_slot(scene.conference, None, None, STARTS))


def test_a_session_has_ended_when_its_last_released_slot_has(write):
    with write():
        scene = Scene()
        repeat = make_slot(scene.conference, scene.session, scene.room, at("16:00"))
        scene.release_schedule(now=NOW)
        scene.end(now=ENDS)
        assert stage.ended_at(scene.session) is None
        scene.say(Fact.STARTED, Fact.ENDED, now=at("16:30"), slot=repeat)
        assert stage.ended_at(scene.session) == at("16:30")


def test_facts_are_those_of_the_latest_release_and_never_of_the_draft(write):
    with write():
        scene = Scene()
        scene.move(60, now=NOW)
        make_slot(scene.conference, scene.session, None, at("18:00"))
        facts = stage.facts_of([scene.session.id])[scene.session.id]
        assert (facts.starts_at, facts.ends_at) == (STARTS, ENDS)
        assert facts.title == {"en": "Biology and treaties"}
        assert facts.speakers == ((scene.speaker.code, "Ada Lindqvist"),)
        scene.release_schedule(now=NOW + MINUTE)
        facts = stage.facts_of([scene.session.id])[scene.session.id]
        assert (facts.starts_at, facts.changed_at) == (at("18:00"), NOW + MINUTE)


def test_what_was_released_can_end_although_the_draft_unplaced_it(write):
    with write():
        scene = Scene()
        scheduling.unplace(scene.slot, scene.conference, expected=None, by=None, now=NOW)
        scene.end(now=ENDS)
        assert stage.ended_at(scene.session) == ENDS


def test_a_session_outside_the_release_is_stopped(write):
    with write():
        scene = Scene()
        scheduling.unplace(scene.slot, scene.conference, expected=None, by=None, now=NOW)
        assert not stage.facts_of([scene.session.id])[scene.session.id].is_stopped
        make_slot(scene.conference, None, None, STARTS)
        scene.release_schedule(now=NOW)
        facts = stage.facts_of([scene.session.id])[scene.session.id]
        assert (facts.is_stopped, facts.ended_at) == (True, None)


@pytest.mark.parametrize("count", [1, 4])
def test_facts_take_the_same_number_of_queries_for_one_and_many(write, count_queries, count):
    with write():
        scene = Scene()
        sessions = [make_session(scene.conference, None, scene.speaker) for _ in range(count)]
        for number, session in enumerate(sessions):
            make_slot(scene.conference, session, None, STARTS + dt.timedelta(hours=number + 1))
        scene.release_schedule(now=NOW)
        db.session.flush()
        with count_queries() as statements:
            facts = stage.facts_of([session.id for session in sessions])
        assert len(statements) == 4
        assert len(facts) == count
