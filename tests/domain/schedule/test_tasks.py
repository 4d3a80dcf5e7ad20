"""Tasks: raised by changes that break what is placed, closed by themselves."""

from __future__ import annotations

from typing import Any

from confapp.database import db
from confapp.domain.programme import availability, sessions
from confapp.domain.programme.conferences import Conference
from confapp.domain.schedule import checking, scheduling, tasks
from confapp.domain.schedule.placements import Rule
from confapp.domain.schedule.tasks import Cause
from confapp.domain.spans import Span
from tests.conftest import NOW, Transaction
from tests.factories import at, make_account, make_conference, make_room, make_session, make_slot, make_speaker

DEED: dict[str, Any] = {"by": None, "now": NOW}
EVENING = [Span(at("18:00"), at("22:00"))]


def open_rules(conference: Conference) -> list[tuple[Cause, Rule]]:
    found = tasks.open_tasks(conference, checking.draft_conflicts(conference))
    return [(each.task.cause, each.conflict.rule) for each in found]


def test_a_change_that_breaks_what_is_placed_raises_a_task(write: Transaction) -> None:
    with write():
        conference, account = make_conference(), make_account()
        room, ada = make_room(conference), make_speaker(conference, "Ada")
        slot = make_slot(conference, make_session(conference, "Talk", ada), room)
        make_slot(conference, make_session(conference, "Empty"), room, "12:00")
        assert open_rules(conference) == [], "what was wrong when it was placed is no task"
        with tasks.watching(conference, Cause.TIMES, by=account, now=NOW):
            availability.set_spans(ada, EVENING, **DEED)
        (task,) = tasks.open_tasks(conference, checking.draft_conflicts(conference))
        assert (task.task.cause, task.task.account, task.task.at) == (Cause.TIMES, account, NOW)
        assert (task.conflict.rule, task.conflict.one.slot) == (Rule.AWAY, slot.uuid)
        with tasks.watching(conference, Cause.SESSION, **DEED):
            sessions.edit(slot.session, conference, {"state": "accepted"}, **DEED)
        assert open_rules(conference) == [(Cause.TIMES, Rule.AWAY), (Cause.SESSION, Rule.UNCONFIRMED)]


def test_a_task_closes_by_itself(write: Transaction) -> None:
    with write():
        conference = make_conference()
        room = make_room(conference)
        slot = make_slot(conference, make_session(conference, "Talk", make_speaker(conference)), room)
        for _ in range(2):
            with tasks.watching(conference, Cause.HOURS, **DEED):
                availability.set_spans(room, EVENING, **DEED)
            assert open_rules(conference) == [(Cause.HOURS, Rule.CLOSED)]
            availability.set_spans(room, [], **DEED)
            assert open_rules(conference) == []
        with tasks.watching(conference, Cause.HOURS, **DEED):
            availability.set_spans(room, EVENING, **DEED)
        (conflict,) = checking.draft_conflicts(conference)
        checking.accept(conference, conflict, "It stays open for us.", may_override=True, **DEED)
        assert open_rules(conference) == []
        db.session.flush()
        place = {"room": room, "starts_at": at("18:00"), "ends_at": at("18:30"), "expected": None}
        assert scheduling.place(slot, conference, **place, **DEED) == []
        assert open_rules(conference) == []
