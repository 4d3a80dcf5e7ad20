"""A whole import is undone: everything stands as before, unless somebody worked on it since."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from confapp.database import Mode, db
from confapp.domain import imported
from confapp.domain.attendance import registrations
from confapp.domain.errors import Invalid, NotNow
from confapp.domain.people import Person
from confapp.domain.programme import conferences, hosts, sessions, slots, speakers
from confapp.domain.programme.conferences import Track
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.origins import Origin
from confapp.domain.programme.sessions import Session, SessionState
from confapp.domain.programme.slots import Slot
from confapp.domain.programme.speakers import Speaker
from confapp.domain.release import releases
from confapp.domain.release.frozen import agenda
from confapp.domain.schedule import scheduling
from confapp.imports import read_programme
from confapp.imports.apply import apply
from confapp.imports.difference import prepare
from confapp.imports.plan import Plan
from confapp.imports.sources import files_in
from confapp.imports.standing import standing
from confapp.imports.undo import undo
from tests.conftest import NOW
from tests.factories import (
    make_conference,
    make_registration,
    make_room,
    make_session,
    make_slot,
    make_speaker,
    make_track,
)
from tests.imports.programmes import FULL, count, given_by, the_conference, the_session
from tests.imports.schedules import event, plan_of

LATER = NOW + dt.timedelta(hours=1)


def state(source: str = "frab") -> object:
    """All that imports see of a conference, and what they remember."""
    known = standing(the_conference(), source)
    held = {
        kind: {each.target: (list(each.keys), dict(each.seen), each.current) for each in found}
        for kind, found in known.items()
    }
    return held, count(Person), count(Slot)


def undo_latest() -> None:
    undo(imported.latest(the_conference()), the_conference(), by=None, now=LATER)


def refusal(write) -> list[str]:
    with pytest.raises(Invalid) as caught, write():
        undo_latest()
    return [str(message) for message in dict(caught.value.errors)["import"]]


def test_what_an_import_made_is_gone(write, bring):
    with write():
        conference = make_conference("spring", starts_on=dt.date(2026, 5, 12), ends_on=dt.date(2026, 5, 12))
        make_session(conference, "Ours", make_speaker(conference, "Eve"), track=make_track(conference, "Chemistry"))
    with write(Mode.READ):
        before = state()
    bring(plan_of(*FULL))
    with write():
        assert state() != before
        undo_latest()
    with write(Mode.READ):
        assert state() == before
        assert [count(model) for model in (Session, Room, Track, Speaker, Origin)] == [1, 0, 1, 1, 0]
        (run,) = imported.imports(the_conference())
        assert run.undone_at == LATER
    assert bring(plan_of(*FULL)).count()["created"]["sessions"] == 2


def test_what_an_import_changed_stands_as_before(write, bring):
    bring(plan_of(*FULL))
    with write(Mode.READ):
        before = state()
    changed = FULL[1].replace("11:00", "12:00").replace("Hefe", "Bier").replace("Bo Mu", "Cy Nu")
    bring(plan_of(FULL[0].replace("Biology", "Physics"), changed, event(id="9", title="Third", start="15:00")))
    with write():
        undo_latest()
    with write(Mode.READ):
        after = state()
        assert after == before
        assert slots.history(the_conference())[0].version > 1
    assert bring(plan_of(*FULL)).is_empty


def test_an_undone_import_cannot_be_undone_again_but_the_one_before_can(write, bring):
    bring(plan_of(*FULL))
    bring(plan_of(FULL[0], FULL[1].replace("11:00", "12:00")))
    with write():
        last, first = imported.imports(the_conference())
        undo(last, the_conference(), by=None, now=LATER)
        with pytest.raises(NotNow):
            undo(last, the_conference(), by=None, now=LATER)
        undo(first, the_conference(), by=None, now=LATER)
        assert count(Session) == 0


def test_an_earlier_import_cannot_be_undone_before_a_later_one(write, bring):
    bring(plan_of(*FULL))
    bring(plan_of(FULL[0], FULL[1].replace("11:00", "12:00")))
    with pytest.raises(Invalid) as caught, write():
        undo(imported.imports(the_conference())[-1], the_conference(), by=None, now=LATER)
    assert list(dict(caught.value.errors)["import"]) == ["session “Hefe”: it was changed since (place)"]


@pytest.mark.parametrize(
    "deed", ["edited", "noted", "moved", "removed", "picked", "in the room", "on the track", "speaks"]
)
def test_work_of_others_is_in_the_way(deed, write, bring):
    bring(plan_of(*FULL))
    with write():
        conference, yeast = the_conference(), the_session()
        if deed == "edited":
            sessions.edit(yeast, conference, {"title": {"en": "Ours"}}, by=None, now=NOW)
        elif deed == "noted":
            sessions.edit(yeast, conference, {"notes": "Bring a fridge"}, by=None, now=NOW)
        elif deed == "moved":
            (slot,) = slots.slots_of(yeast)
            scheduling.unplace(slot, conference, expected=None, by=None, now=NOW)
        elif deed == "removed":
            speakers.delete_speaker(speakers.speakers(conference)[0], by=None, now=NOW)
        elif deed == "picked":
            registrations.pick(make_registration(conference), yeast, now=NOW)
        elif deed == "in the room":
            make_slot(conference, make_session(conference, "Late"), hosts.rooms(conference)[0], "18:00")
        elif deed == "on the track":
            make_session(conference, "Late", track=conferences.tracks(conference)[0])
        else:
            make_session(conference, "Late", speakers.speakers(conference)[0])
    words = {
        "edited": ["session “Yeast at work”: it was changed since (title)"],
        "noted": ["session “Yeast at work”: it was changed since"],
        "moved": ["session “Yeast at work”: it was changed since (place)"],
        "removed": [
            "speaker “Ada Lambda”: it was removed since",
            "session “Yeast at work”: it was changed since (parts)",
        ],
        "picked": ["session “Yeast at work”: something else came to depend on it"],
        "in the room": ["room “Aula”: something else came to depend on it"],
        "on the track": ["track “Biology”: something else came to depend on it"],
        "speaks": ["speaker “Ada Lambda”: something else came to depend on it"],
    }[deed]
    assert refusal(write) == words
    with write(Mode.READ):
        assert imported.latest(the_conference()).undone_at is None


def test_what_was_released_is_cancelled_and_keeps_its_identity(write, bring):
    bring(plan_of(*FULL))
    with write():
        releases.release(the_conference(), expected=None, note={}, by=None, now=NOW, override="x", may_override=True)
        identities = {slot.uuid for slot in slots.slots(the_conference())}
    with write():
        undo_latest()
        held = sessions.sessions(the_conference())
        assert {each.state for each in held} == {SessionState.CANCELLED}
        assert slots.slots(the_conference()) == []
        assert set(db.session.scalars(sa.select(Slot.uuid))) == identities
        made, _ = releases.release(
            the_conference(), expected=None, note={}, by=None, now=LATER, override="x", may_override=True
        )
        assert [entry.is_cancelled for entry in agenda(made).entries] == [True, True]


def test_vanished_sessions_are_cancelled_when_asked_come_back_and_are_undone(write, bring):
    bring(plan_of(*FULL))
    with write(Mode.READ):
        before = state()
        offered = prepare(plan_of(FULL[0]), the_conference(), slug="spring")
        assert [(each.name, offered.count()["updated"]["sessions"]) for each in offered.missing] == [("Hefe", 0)]
        wanted = prepare(plan_of(FULL[0]), the_conference(), slug="spring", cancel={offered.missing[0].code})
        assert [(row.deed, row.name, row.fields) for row in wanted.rows() if row.deed == "updated"] == [
            ("updated", "Hefe", ("place", "state"))]  # fmt: skip
    with write():
        apply(wanted, by=None, now=NOW, name="two.xml")
        assert (the_session("Hefe").state, slots.slots_of(the_session("Hefe"))[0].is_placed) == (
            SessionState.CANCELLED, False)  # fmt: skip
    with write(Mode.READ):
        assert prepare(plan_of(FULL[0]), the_conference(), slug="spring", cancel=None).is_empty
        back = prepare(plan_of(*FULL), the_conference(), slug="spring")
        assert [row.fields for row in back.rows() if row.deed == "updated"] == [("place", "state")]
    with write():
        undo_latest()
    with write(Mode.READ):
        assert state() == before


def test_a_person_s_own_words_are_not_lost(write, bring):
    bring(plan_of(event(given_by("3", "Ada Lambda"))))
    with write():
        make_room(the_conference(), "Cellar")
        undo_latest()
        assert [room.name for room in hosts.rooms(the_conference())] == [{"en": "Cellar"}]


def plan_at(path, timezone: str | None) -> Plan:
    return read_programme(files_in(path) if path.is_dir() else path.read_bytes(), path.name, timezone=timezone)


@pytest.mark.parametrize(
    ("file", "timezone"),
    [
        ("01-fosdem-2020/schedule.xml", "Europe/Brussels"),
        ("06-fossasia-2018", None),
        ("07-lca-2020/schedule.ics", None),
        ("09-droidcon-2025", "Europe/Rome"),
    ],
    ids=["fosdem", "fossasia", "lca", "droidcon"],
)
def test_a_real_import_is_undone_whole(file, timezone, real_file, write, bring):
    plan = plan_at(real_file(file), timezone)
    bring(plan)
    with write():
        undo_latest()
        assert [count(model) for model in (Session, Slot, Room, Track, Speaker, Person, Origin)] == [0] * 7
