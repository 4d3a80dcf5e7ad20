"""Sessions of the tray, many at once: a track for them, or places one after the other in a room."""

from __future__ import annotations

from typing import Any

import pytest

from confapp.domain.errors import Invalid, NotAllowed, NotNow
from confapp.domain.programme import availability, conferences, slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.slots import Deed
from confapp.domain.schedule import history, moves
from confapp.domain.schedule.batches import Outcome
from confapp.domain.schedule.moves import Choice, Move
from confapp.domain.schedule.scopes import EVERYWHERE, Rights
from confapp.domain.spans import Span
from tests.conftest import NOW, Transaction
from tests.factories import at, make_conference, make_room, make_session, make_slot, make_speaker, make_track

PLAIN: dict[str, Any] = {"by": None, "now": NOW}


def run(conference: Conference, deed: Deed, choice: Choice, rights: Rights = EVERYWHERE, **fields: Any) -> Outcome:
    preview = fields.pop("preview", False)
    return moves.run(conference, Move(deed, choice, **fields), expected=None, rights=rights, preview=preview, **PLAIN)


def spans(conference: Conference) -> dict[str, str]:
    """Where and when each session stands, on the conference's clock."""
    told = {}
    for slot in slots.slots(conference):
        assert slot.session is not None
        assert slot.starts_at is not None
        assert slot.ends_at is not None
        start, end = (each.astimezone(conference.zone) for each in (slot.starts_at, slot.ends_at))
        told[slot.session.title["en"]] = f"{slot.room.code if slot.room else None} {start:%H:%M}-{end:%H:%M}"
    return told


def test_what_waits_goes_into_a_room_where_it_and_the_people_are_free_and_one_undo_takes_all_back(
    write: Transaction,
) -> None:
    with write():
        conference = make_conference()
        aula, annexe, ada = make_room(conference, "Aula"), make_room(conference, "Annexe"), make_speaker(conference)
        make_slot(conference, make_session(conference, "Opening", make_speaker(conference)), aula, "10:30")
        make_slot(conference, make_session(conference, "Elsewhere", ada), annexe, "11:30")
        make_slot(conference, make_session(conference, "Lunch", kind="break"), None, "12:30", 60)
        waiting = [
            make_session(conference, title, ada if title == "Second" else make_speaker(conference), duration_minutes=30)
            for title in ("First", "Second", "Third")
        ]
        choice, how = Choice(sessions=waiting), {"room": aula, "starts_at": at("10:15"), "minutes": 5}
        told = run(conference, Deed.ROOM, choice, preview=True, **how)
        assert (len(told.steps), told.blocks, len(slots.slots(conference))) == (3, False, 3)
        done = run(conference, Deed.ROOM, choice, **how)
        assert spans(conference) == {
            "Opening": "aula 10:30-11:00", "Elsewhere": "annexe 11:30-12:00", "Lunch": "None 12:30-13:30",
            "First": "aula 11:00-11:30", "Second": "aula 12:00-12:30", "Third": "aula 13:30-14:00",
        }  # fmt: skip
        history.undo(conference, version=done.version, rights=EVERYWHERE, **PLAIN)
        assert {*spans(conference)} == {"Opening", "Elsewhere", "Lunch"}
        assert [each.title["en"] for each in slots.unscheduled(conference)] == ["First", "Second", "Third"]


def test_what_waits_goes_in_while_the_room_is_open_and_its_people_can_come(write: Transaction) -> None:
    with write():
        conference = make_conference()
        aula, ada = make_room(conference, "Aula"), make_speaker(conference, "Ada")
        open_at = [Span(at("09:00"), at("11:10")), Span(at("14:00"), at("18:00"))]
        availability.set_spans(aula, open_at, **PLAIN)
        availability.set_spans(ada, [Span(at("15:00"), at("16:00"))], **PLAIN)
        waiting = [
            make_session(conference, title, ada if title == "Hers" else make_speaker(conference), duration_minutes=30)
            for title in ("First", "Second", "Third", "Hers", "Last")
        ]
        done = run(conference, Deed.ROOM, Choice(sessions=waiting), room=aula, starts_at=at("10:00"))
        assert spans(conference) == {
            "First": "aula 10:00-10:30", "Second": "aula 10:30-11:00", "Third": "aula 14:00-14:30",
            "Hers": "aula 15:00-15:30", "Last": "aula 15:30-16:00",
        }  # fmt: skip
        assert done.fresh == []
        late = make_session(conference, "Late", ada, duration_minutes=61)
        with pytest.raises(NotNow, match="That day has no room left from “Late” on"):
            run(conference, Deed.ROOM, Choice(sessions=[late]), room=aula, starts_at=at("10:00"))


def test_slots_and_what_waits_get_a_track_together_and_undoing_gives_the_old_ones_back(write: Transaction) -> None:
    with write():
        conference = make_conference()
        old, new = make_track(conference, "Old"), make_track(conference, "New")
        placed = make_slot(conference, make_session(conference, "Placed", track=old), None, "10:00")
        waits = make_session(conference, "Waits")
        done = run(conference, Deed.TRACK, Choice(slots=[placed.uuid], sessions=[waits]), track=new)
        assert placed.session is not None
        assert (placed.session.track, waits.track, len(done.steps)) == (new, new, 2)
        assert [each.code for each in slots.unscheduled(conference)] == [waits.code]
        history.undo(conference, version=done.version, rights=EVERYWHERE, **PLAIN)
        assert (placed.session.track, waits.track) == (old, None)


def test_sessions_alone_leave_all_slots_as_they_are(write: Transaction) -> None:
    with write():
        conference = make_conference()
        new = make_track(conference, "New")
        placed = make_slot(conference, make_session(conference, "Placed"), None, "10:00")
        day = conference.starts_on
        run(conference, Deed.TRACK, Choice(sessions=[make_session(conference, "Waits")], day=day), track=new)
        assert placed.session is not None
        assert placed.session.track is None


def test_what_cannot_be_filled_is_refused_with_the_reason(write: Transaction) -> None:
    with write():
        conference = make_conference()
        aula = make_room(conference, "Aula")
        waits = make_session(conference, "Waits", duration_minutes=90)
        choice = Choice(sessions=[waits])
        with pytest.raises(Invalid, match="cannot be taken"):
            run(conference, Deed.ROOM, choice, room=aula)
        with pytest.raises(Invalid, match="cannot be taken"):
            run(conference, Deed.ROOM, choice, room=aula, starts_at=at("10:00"), minutes=-5)
        make_slot(conference, make_session(conference, "Night"), aula, "22:30", 120)
        with pytest.raises(NotNow, match="That day has no room left"):
            run(conference, Deed.ROOM, choice, room=aula, starts_at=at("22:00"))
        make_slot(conference, waits, aula, "10:00")
        with pytest.raises(NotNow, match="“Waits” has a place meanwhile"):
            run(conference, Deed.TRACK, choice, track=make_track(conference))


def test_a_track_manager_fills_a_room_with_her_track_only(write: Transaction) -> None:
    with write():
        conference = make_conference()
        aula, mine = make_room(conference, "Aula"), make_track(conference, "Mine")
        hers = make_session(conference, "Hers", make_speaker(conference), track=mine)
        other = make_session(conference, "Other", make_speaker(conference))
        scopes = {"track": frozenset({mine.id})}
        rights, how = Rights(scopes, scopes), {"room": aula, "starts_at": at("10:00")}
        with pytest.raises(NotAllowed, match="This lies outside your rights"):
            run(conference, Deed.ROOM, Choice(sessions=[hers, other]), rights, **how)
        run(conference, Deed.ROOM, Choice(sessions=[hers]), rights, **how)
        assert spans(conference) == {"Hers": "aula 10:00-10:30"}
        with pytest.raises(NotAllowed, match="This lies outside your rights"):
            run(conference, Deed.TRACK, Choice(sessions=[other]), rights, track=mine)
        assert conferences.track(conference, "mine") is mine
