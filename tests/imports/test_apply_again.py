"""A programme is imported again: what is recognised, what organisers changed and stays, and what vanished."""

from __future__ import annotations

import datetime as dt

import pytest

from confapp.database import Mode
from confapp.domain.audit import AuditEntry
from confapp.domain.people import Person
from confapp.domain.programme import conferences, hosts, sessions, slots, speakers
from confapp.domain.programme.conferences import Track
from confapp.domain.programme.origins import Origin
from confapp.domain.programme.sessions import Kind, Session, SessionState
from confapp.domain.programme.slots import SlotChange
from confapp.domain.schedule import scheduling
from confapp.imports.plan import Plan
from tests.conftest import NOW
from tests.factories import make_conference, make_room, make_session, make_slot, make_speaker, make_track
from tests.imports.programmes import FULL, NOTHING, count, given_by, place_of, the_conference, the_session
from tests.imports.schedules import GUID, event, plan_of


def test_a_second_import_changes_nothing_at_all(write, bring, count_queries):
    bring(plan_of(*FULL))
    with write(Mode.READ):
        before = [count(model) for model in (Session, Person, SlotChange, AuditEntry, Origin)]
        versions = [session.version for session in sessions.sessions(the_conference())]
        schedule_version = slots.version(the_conference())
    second = bring(plan_of(*FULL))
    assert second.is_empty
    assert second.count() == {
        "created": NOTHING,
        "updated": NOTHING,
        "unchanged": {"sessions": 2, "rooms": 1, "tracks": 1, "speakers": 2},
    }
    with write(Mode.READ):
        assert [count(model) for model in (Session, Person, SlotChange, AuditEntry, Origin)] == before
        assert [session.version for session in sessions.sessions(the_conference())] == versions
        assert slots.version(the_conference()) == schedule_version


def test_only_what_the_source_changed_is_written(write, bring):
    bring(plan_of(*FULL))
    changed = FULL[1].replace("11:00", "12:00").replace("Bo Mu", "Bo Mu-Nu")
    difference = bring(plan_of(FULL[0], changed))
    # Another name under the same number is another person: numbers alone prove nothing.
    assert difference.count()["created"] == NOTHING | {"speakers": 1}
    assert difference.count()["updated"] == NOTHING | {"sessions": 1}
    with write(Mode.READ):
        hefe = the_session("Hefe")
        assert place_of(hefe)[1] == dt.datetime(2026, 5, 12, 10, tzinfo=dt.UTC)
        assert [part.speaker.name for part in hefe.parts] == ["Bo Mu-Nu"]
        assert (hefe.version, the_session().version) == (2, 1)
        assert [change.before is not None for change in slots.history(the_conference())] == [True, False, False]


def test_what_organisers_changed_stays_until_the_source_changes_it(write, bring):
    bring(plan_of(*FULL))
    with write():
        conference, yeast = the_conference(), the_session()
        sessions.edit(
            yeast, conference, {"title": {"en": "Ours"}, "kind": Kind.KEYNOTE, "track": None}, by=None, now=NOW
        )
        lab = make_room(conference, "Lab")
        slot = slots.slots_of(yeast)[0]
        starts_at = dt.datetime(2026, 5, 12, 14, tzinfo=dt.UTC)
        scheduling.place(
            slot,
            conference,
            room=lab,
            starts_at=starts_at,
            ends_at=starts_at + dt.timedelta(hours=1),
            expected=None,
            by=None,
            now=NOW,
        )
    assert bring(plan_of(*FULL)).is_empty
    renamed = FULL[0].replace("<title>Yeast at work", "<title>Yeast at play")
    assert bring(plan_of(renamed, FULL[1])).count()["updated"] == NOTHING | {"sessions": 1}
    with write(Mode.READ):
        yeast = the_session("Yeast at play")
        assert (yeast.kind, yeast.track) == (Kind.KEYNOTE, None)
        assert place_of(yeast) == ("lab", starts_at, starts_at + dt.timedelta(hours=1))


def test_what_source_and_organisers_changed_alike_is_no_update(write, bring):
    bring(plan_of(event()))
    with write():
        sessions.edit(the_session(), the_conference(), {"title": {"en": "Ours"}}, by=None, now=NOW)
    difference = bring(plan_of(event(title="Ours")))
    assert difference.count()["unchanged"]["sessions"] == 1
    assert bring(plan_of(event(title="Ours"))).is_empty


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (event(guid=GUID, id="7"), event(guid=GUID.upper(), id="9", title="Renamed", slug="new")),
        (event(guid=GUID), event(guid=None, title="Renamed")),
        (event(id=None, slug="yeast"), event(id=None, slug="yeast", title="Renamed")),
        (event(id=None), event(id=None, start="15:00")),
    ],
    ids=["guid", "id", "slug", "title and day"],
)
def test_a_session_is_recognised_by_its_strongest_key(before, after, write, bring):
    bring(plan_of(before))
    difference = bring(plan_of(after))
    assert (difference.count()["created"]["sessions"], difference.count()["updated"]["sessions"]) == (0, 1)
    with write(Mode.READ):
        assert count(Session) == 1


def test_equal_names_stay_two_people(write, bring):
    bring(plan_of(event(given_by("3", "Ada Lambda")), event(given_by("4", "Ada Lambda"), id="8", title="Other")))
    with write(Mode.READ):
        assert [each.name for each in speakers.speakers(the_conference())] == ["Ada Lambda"] * 2
        assert count(Person) == 2


def test_nobody_who_was_here_is_taken_for_an_imported_speaker(write, bring):
    with write():
        make_speaker(make_conference("spring"), "Ada Lambda")
    bring(plan_of(event(given_by("3", "Ada Lambda"))))
    with write(Mode.READ):
        assert len(speakers.speakers(the_conference())) == 2


def test_rooms_and_tracks_are_found_by_name_and_sessions_by_code_uuid_or_title_and_day(write, bring):
    with write():
        conference = make_conference("spring", starts_on=dt.date(2026, 5, 12))
        room, _ = make_room(conference, "AULA", capacity=80), make_track(conference, "biology")
        by_day = make_session(conference, "Yeast at work", notes="Ours", duration_minutes=20)
        make_slot(conference, by_day, room, dt.datetime(2026, 5, 12, 12, tzinfo=dt.UTC))
        by_uuid = make_session(conference, "Elsewhere")
        held = make_slot(conference, by_uuid, room, dt.datetime(2026, 5, 12, 15, tzinfo=dt.UTC))
        by_code = make_session(conference, "Nowhere")
    plan = plan_of(
        event(track="Biology", subtitle="Small", abstract="Words"),
        event(id="8", guid=str(held.uuid), title="Their title", start="18:00"),
        f"<event code='{by_code.code}'><title>More</title><start>19:00</start><duration>00:30</duration></event>",
    )
    difference = bring(plan)
    assert difference.count() == {
        "created": NOTHING,
        "updated": NOTHING | {"sessions": 2},
        "unchanged": {"sessions": 1, "rooms": 1, "tracks": 1, "speakers": 0},
    }
    with write(Mode.READ):
        # Of what was made here only blanks are filled.
        yeast = the_session()
        assert (yeast.subtitle, yeast.abstract) == ({"en": "Small"}, {"en": "<p>Words</p>"})
        assert yeast.track is not None
        assert (yeast.notes, yeast.duration_minutes, yeast.track.name) == ("Ours", 20, {"en": "biology"})
        assert place_of(yeast)[1] == dt.datetime(2026, 5, 12, 12, tzinfo=dt.UTC)
        assert the_session("Elsewhere").state is SessionState.CONFIRMED
        assert place_of(the_session("Nowhere"))[1] == dt.datetime(2026, 5, 12, 17, tzinfo=dt.UTC)
        assert hosts.rooms(the_conference())[0].capacity == 80


def test_what_vanished_is_reported_and_stays(write, bring):
    bring(plan_of(*FULL))
    difference = bring(plan_of(FULL[0]))
    with write(Mode.READ):
        hefe = the_session("Hefe")
        assert place_of(hefe)[1] is not None
    assert difference.vanished == {"session": 1, "speaker": 1}
    assert [(each.where, each.value) for each in difference.warnings if each.field == "session"] == [
        (f"session {hefe.code}", "Hefe")
    ]


def test_what_organisers_removed_is_not_made_again(write, bring):
    bring(plan_of(*FULL))
    with write():
        conferences.delete_track(conferences.tracks(the_conference())[0], by=None, now=NOW)
        speakers.delete_speaker(speakers.speakers(the_conference())[0], by=None, now=NOW)
    difference = bring(plan_of(FULL[0].replace("Small", "Smaller"), FULL[1]))
    assert difference.count()["created"] == NOTHING
    removed = [(each.where, each.value) for each in difference.warnings if "removed here" in each.message]
    assert removed == [("tracks", "Biology"), ("speakers", "Ada Lambda")]
    with write(Mode.READ):
        yeast = the_session()
        assert (yeast.subtitle, yeast.track, yeast.parts) == ({"en": "Smaller"}, None, [])
        assert count(Track) == 0


def test_a_session_that_loses_its_time_is_taken_off_the_schedule(write, bring):
    bring(plan_of(event(), event(id="8", title="Other", start="12:00")))
    difference = bring(plan_of(event(start=None), event(id="8", title="Other", start="12:00")))
    assert difference.count()["updated"]["sessions"] == 1
    with write(Mode.READ):
        assert place_of(the_session()) == (None, None, None)
        assert slots.version(the_conference()) == 2


def test_two_sources_do_not_touch_each_others_things(write, bring):
    bring(plan_of(event(guid=GUID)))
    other = plan_of(event(guid=GUID, subtitle="More", title="Their title"), event(id="8", title="New"))
    difference = bring(Plan(**(vars(other) | {"source": "pretalx"})))
    assert (difference.count()["created"]["sessions"], difference.vanished) == (2, {})
