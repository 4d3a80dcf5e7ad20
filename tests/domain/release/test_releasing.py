"""Releases beside the whole draft's: compared, gone back to, and one slot's change released alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from confapp.database import Mode
from confapp.domain.agenda import Entry
from confapp.domain.errors import Missing, NotAllowed, NotNow, Stale
from confapp.domain.programme import sessions, slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.slots import Slot
from confapp.domain.release import releases, releasing
from confapp.domain.release.frozen import Release, agenda
from confapp.domain.schedule import scheduling
from tests.conftest import NOW, Transaction
from tests.factories import at, make_conference, make_room, make_session, make_slot, make_speaker

LATER = NOW + dt.timedelta(hours=1)


def release(conference: Conference, **more: Any) -> Release:
    plain: dict[str, Any] = {
        "expected": None,
        "note": {},
        "by": None,
        "now": NOW,
        "override": "x",
        "may_override": True,
    }
    return releases.release(conference, **(plain | more))[0]


def back(conference: Conference, number: int, **more: Any) -> Release:
    plain: dict[str, Any] = {"expected": None, "note": {}, "by": None, "now": LATER}
    return releasing.roll_back(conference, number, **(plain | more))


def amend(conference: Conference, slot: Slot, **more: Any) -> Release:
    plain: dict[str, Any] = {"expected": None, "note": {}, "by": None, "now": LATER}
    return releasing.amend(conference, slot, **(plain | more))


def shown(made: Release) -> dict[int, Entry]:
    return {entry.number: entry for entry in agenda(made).shown}


def move(conference: Conference, slot: Slot, start: str, room: Any = None) -> None:
    starts_at = at(start)
    place = (slot, room or slot.room, starts_at, starts_at + dt.timedelta(minutes=30))
    scheduling.place_many(conference, [place], reason="a test", by=None, now=NOW)


def scene() -> tuple[Conference, Slot, Slot]:
    """A conference with two talks in one room, at ten and at eleven."""
    conference = make_conference()
    room = make_room(conference)
    made = [
        make_slot(conference, make_session(conference, title, make_speaker(conference)), room, start)
        for title, start in (("One", "10:00"), ("Two", "11:00"))
    ]
    return conference, made[0], made[1]


def test_any_release_is_compared_with_any_other_and_with_the_draft(write: Transaction) -> None:
    with write():
        conference, one, two = scene()
        first = release(conference)
        move(conference, one, "14:00")
        second = release(conference)
        assert two.session is not None
        sessions.edit(two.session, conference, {"title": {"en": "Two, retold"}}, by=None, now=NOW)
    with write(Mode.READ):
        told = releasing.between(conference, first, second, now=LATER)
        assert [(change.kind, change.fields) for change in told] == [("changed", ("time",))]
        told = releasing.between(conference, second, first, now=LATER)
        assert [change.after.starts_at for change in told if change.after] == [at("10:00")]
        told = releasing.between(conference, first, None, now=LATER)
        assert [change.fields for change in told] == [("title",), ("time",)]


def test_going_back_is_a_new_release_and_leaves_the_draft(write: Transaction) -> None:
    with write():
        conference, one, two = scene()
        first = release(conference)
        move(conference, one, "14:00")
        new = make_slot(conference, make_session(conference, "New", make_speaker(conference)), one.room, "16:00")
        second = release(conference)
        draft = [(slot.uuid, slot.starts_at) for slot in slots.slots(conference)]
        made = back(conference, 1, expected=2, note={"en": "As before."})
        assert (made.number, made.note) == (3, {"en": "As before."})
        assert releasing.between(conference, first, made, now=LATER) == []
        entries = {entry.number: entry for entry in agenda(made).entries}
        assert [entries[slot.number].sequence for slot in (one, two, new)] == [2, 0, 1], "calendars see what changed"
        assert entries[new.number].is_cancelled
        assert [(slot.uuid, slot.starts_at) for slot in slots.slots(conference)] == draft
        assert len(releasing.between(conference, made, None, now=LATER)) == 2, "which the next release brings"
        assert shown(second)[one.number].starts_at == at("14:00"), "what was released stays on record"


def test_going_back_is_refused_where_it_means_nothing_or_another_released_meanwhile(write: Transaction) -> None:
    with write():
        conference, one, _two = scene()
        release(conference)
    with pytest.raises(NotNow, match="The public sees release 1 already"), write():
        back(conference, 1)
    with write():
        move(conference, one, "14:00")
        release(conference)
    with pytest.raises(Stale) as refused, write():
        back(conference, 1, expected=1)
    assert refused.value.current == 2
    with pytest.raises(Missing), write():
        back(conference, 9)


def test_one_slots_change_is_released_alone(write: Transaction) -> None:
    with write():
        conference, one, two = scene()
        release(conference)
        move(conference, one, "14:00")
        move(conference, two, "15:00")
        assert one.session is not None
        sessions.edit(one.session, conference, {"title": {"en": "Retold"}}, by=None, now=NOW)
        made = amend(conference, one)
        assert made.number == 2
        entries = shown(made)
        assert (entries[one.number].starts_at, entries[one.number].sequence) == (at("14:00"), 1)
        assert (entries[two.number].starts_at, entries[two.number].sequence) == (at("11:00"), 0)
        assert entries[one.number].session.title == {"en": "One"}, "words stay as they are public"
        told = releasing.between(conference, made, None, now=LATER)
        assert [change.fields for change in told] == [("title",), ("time",)], "the rest of the draft is still to come"
    with pytest.raises(NotNow, match="Nothing changes"), write():
        amend(conference, one)


def test_what_is_new_or_taken_off_is_amended_too(write: Transaction) -> None:
    with write():
        conference, one, two = scene()
        release(conference)
        room = make_room(conference, "New room")
        new = make_slot(conference, make_session(conference, "New", make_speaker(conference)), room, "16:00")
        made = amend(conference, new)
        assert shown(made)[new.number].room is not None
        scheduling.unplace(one, conference, expected=None, by=None, now=NOW)
        made = amend(conference, one)
        assert set(shown(made)) == {two.number, new.number}
        (gone,) = [entry for entry in agenda(made).entries if entry.is_cancelled]
        assert (gone.number, gone.sequence) == (one.number, 1)


def test_an_amendment_that_clashes_among_what_is_public_is_refused_naming_it(write: Transaction) -> None:
    with write():
        conference, one, two = scene()
        release(conference)
        move(conference, two, "15:00")
        move(conference, one, "11:00")
    with pytest.raises(NotNow, match="clashes with “Two”"), write():
        amend(conference, one)
    with pytest.raises(NotAllowed), write():
        amend(conference, one, override="They share it.")
    with write():
        assert amend(conference, one, override="They share it.", may_override=True).number == 2


def test_nothing_is_amended_before_the_first_release(write: Transaction) -> None:
    with write():
        conference, one, _two = scene()
    with pytest.raises(NotNow, match="release the whole schedule first"), write():
        amend(conference, one)
