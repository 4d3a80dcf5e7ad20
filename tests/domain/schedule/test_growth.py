"""A large draft takes as many statements as a small one, whatever is done with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from confapp.database import db
from confapp.domain.programme import hosts, sessions, slots, speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import PartRole, SessionState
from confapp.domain.release import releases, releasing
from confapp.domain.schedule import board, checking, history, scheduling
from confapp.domain.schedule.scopes import EVERYWHERE
from tests.conftest import NOW, Transaction
from tests.factories import at, make_conference

DEED: dict[str, Any] = {"by": None, "now": NOW}


def drafted(slug: str, count: int) -> Conference:
    """A conference with so many talks in ten rooms, none of which clash."""
    conference = make_conference(slug, ends_on=at("12:00", 90).date())
    rooms = hosts.create_many(hosts.Room, conference, [{"name": {"en": f"Room {n}"}} for n in range(11)], **DEED)
    heads = speakers.create_speakers(conference, [{"name": f"Speaker {number}"} for number in range(count)], **DEED)
    talks: list[dict[str, Any]] = [
        {"title": {"en": f"Talk {n}"}, "state": SessionState.CONFIRMED, "parts": [(head, PartRole.SPEAKER)]}
        for n, head in enumerate(heads)
    ]
    made = scheduling.create_slots(conference, sessions.create_many(conference, talks, **DEED))
    wanted = []
    for number, slot in enumerate(made):
        start = at("10:00", 1 + number // 10)
        wanted.append((slot, rooms[number % 10], start, start + dt.timedelta(minutes=30)))
    scheduling.place_many(conference, wanted, reason="a test", **DEED)
    return conference


def steps(conference: Conference) -> dict[str, Callable[[], Any]]:
    """All that is done with a draft, in an order in which it can be."""
    start = at("15:00")

    def place() -> None:
        slot, room = slots.slots(conference)[0], hosts.rooms(conference)[-1]
        ends_at = start + dt.timedelta(minutes=30)
        scheduling.place(slot, conference, room=room, starts_at=start, ends_at=ends_at, expected=None, **DEED)

    def release() -> None:
        releases.release(conference, expected=None, note={}, **DEED)

    def undo_all() -> None:
        history.undo(conference, version=1, rights=EVERYWHERE, with_later=True, **DEED)

    return {
        "releasing": release,
        "placing": place,
        "checking": lambda: checking.draft_conflicts(conference),
        "drawing": lambda: (board.cards(conference), board.tray(conference)),
        "listing": lambda: (sessions.sessions(conference), slots.of_sessions(conference)),
        "comparing": lambda: releases.changes(conference, releases.drafted(conference, note={}, now=NOW)),
        "releasing again": release,
        "comparing two": lambda: releasing.between(conference, releases.numbered(conference.id, 1), None, now=NOW),
        "undoing": lambda: history.undo(conference, version=2, rights=EVERYWHERE, **DEED),
        "undoing the import": undo_all,
        "listing the tray": lambda: slots.unscheduled(conference),
    }


def test_no_step_sends_more_statements_for_more_sessions(
    write: Transaction, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    sent: dict[int, dict[str, int]] = {}
    for count in (30, 520):  # the ORM asks for what belongs to rows five hundred at a time
        with write():
            conference = drafted(f"of-{count}", count)
        sent[count] = {}
        for words, step in steps(conference).items():
            with write():
                db.session.expunge_all()
                db.session.add(conference)
                with count_queries() as statements:
                    step()
            sent[count][words] = len(statements)
    assert sent[30] == sent[520]
