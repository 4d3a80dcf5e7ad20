"""A plan becomes a programme: matched, compared, and written whole or not at all; a second import changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from confapp.database import Mode, db
from confapp.domain import conferences, hosts, origins, releases, scheduling, sessions, slots, speakers
from confapp.domain.audit import AuditEntry
from confapp.domain.conferences import Conference, Track
from confapp.domain.errors import Invalid, Stale
from confapp.domain.frozen import agenda
from confapp.domain.origins import Origin
from confapp.domain.people import Person
from confapp.domain.sessions import Kind, PartRole, Session, SessionState
from confapp.domain.slots import SlotChange
from confapp.imports import read_programme
from confapp.imports.apply import apply
from confapp.imports.difference import Difference, prepare
from confapp.imports.frab import read_frab
from confapp.imports.plan import Plan
from tests.conftest import NOW, Transaction
from tests.factories import make_account, make_conference, make_room, make_session, make_slot, make_speaker, make_track
from tests.imports.schedules import day, event, plan_of, schedule

GUID = "0f3d8a52-5a54-4b9b-9d4e-8f2f1d3c7a10"
NOTHING = {"sessions": 0, "rooms": 0, "tracks": 0, "speakers": 0}
Importing = Callable[..., Difference]


def person(number: str, name: str, role: str = "") -> str:
    return f"<persons><person id='{number}' role='{role}'>{name}</person></persons>"


@pytest.fixture
def bring(write: Transaction) -> Importing:
    """`bring(plan)` imports a plan as the command does: prepared while reading, applied while writing."""

    def bring(plan: Plan, slug: str = "spring") -> Difference:
        with write(Mode.READ):
            difference = prepare(plan, conferences.find(slug), slug=slug)
        with write():
            apply(difference, by=None, now=NOW)
        return difference

    return bring


def the_conference() -> Conference:
    return conferences.named("spring")


def the_session(title: str = "Yeast at work") -> Session:
    (found,) = [each for each in sessions.sessions(the_conference()) if title in each.title.values()]
    return found


def place_of(session: Session) -> tuple[str | None, dt.datetime | None, dt.datetime | None]:
    (slot,) = slots.slots_of(session)
    return slot.room.code if slot.room else None, slot.starts_at, slot.ends_at


def count(model: type[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


FULL = (
    event(
        person("3", "Ada Lambda") + "<links><link href='https://x.example/a'>Notes</link></links>"
        "<attachments><attachment href='https://x.example/s.pdf'>Slides</attachment></attachments>"
        "<recording><optout>true</optout></recording>",
        guid=GUID,
        track="Biology",
        type="Panel discussion",
        language="en",
        abstract="<p>Short</p><script>x</script>",
        subtitle="Small",
    ),
    event(person("4", "Bo Mu", "moderator"), id="8", title="Hefe", start="11:00", language="de", track="Biology"),
)


def test_a_new_conference_is_made_whole(write, bring):
    difference = bring(plan_of(*FULL, city="Brussels", venue="Old hall", url="https://x.example/", day_change="04:00"))
    assert difference.count() == {
        "created": {"sessions": 2, "rooms": 1, "tracks": 1, "speakers": 2},
        "updated": NOTHING,
        "unchanged": NOTHING,
    }
    with write(Mode.READ):
        conference = the_conference()
        assert conference.title == {"en": "Spring School"}
        assert (conference.timezone, conference.languages) == ("Europe/Brussels", ["en", "de"])
        assert (conference.starts_on, conference.ends_on) == (dt.date(2026, 5, 12), dt.date(2026, 5, 12))
        assert (conference.day_change, conference.city, conference.url) == (
            dt.time(4),
            "Brussels",
            "https://x.example/",
        )
        (room,) = hosts.rooms(conference)
        assert room.venue is not None
        assert (room.name, room.code, room.venue.name) == ({"en": "Aula"}, "aula", {"en": "Old hall"})
        assert [each.name for each in conferences.tracks(conference)] == [{"en": "Biology"}]
        assert [each.name for each in speakers.speakers(conference)] == ["Ada Lambda", "Bo Mu"]
        yeast, hefe = sessions.sessions(conference)
        assert (yeast.title, yeast.subtitle, yeast.abstract) == (
            {"en": "Yeast at work"},
            {"en": "Small"},
            {"en": "<p>Short</p>"},
        )
        assert (yeast.kind, yeast.state, yeast.language) == (Kind.PANEL, SessionState.CONFIRMED, "en")
        assert (yeast.is_recorded, yeast.duration_minutes) == (False, 45)
        assert yeast.links == [
            {"url": "https://x.example/a", "title": "Notes", "is_attachment": False},
            {"url": "https://x.example/s.pdf", "title": "Slides", "is_attachment": True},
        ]
        assert yeast.track is not None
        assert yeast.track.slug == "biology"
        assert (hefe.title, hefe.language) == ({"de": "Hefe"}, "de")
        assert [(part.speaker.name, part.role) for part in hefe.parts] == [("Bo Mu", PartRole.CHAIR)]
        starts_at = dt.datetime(2026, 5, 12, 8, tzinfo=dt.UTC)
        assert place_of(yeast) == ("aula", starts_at, starts_at + dt.timedelta(minutes=45))
        assert slots.version(conference) == 1


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
    bring(plan_of(event(person("3", "Ada Lambda")), event(person("4", "Ada Lambda"), id="8", title="Other")))
    with write(Mode.READ):
        assert [each.name for each in speakers.speakers(the_conference())] == ["Ada Lambda"] * 2
        assert count(Person) == 2


def test_nobody_who_was_here_is_taken_for_an_imported_speaker(write, bring):
    with write():
        make_speaker(make_conference("spring"), "Ada Lambda")
    bring(plan_of(event(person("3", "Ada Lambda"))))
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


def test_double_bookings_are_imported_and_told(write, bring):
    difference = bring(
        plan_of(
            event(person("3", "Ada")),
            event(person("3", "Ada"), id="8", title="Two", start="10:30"),
            event(id="9", title="Three", start="10:40"),
        )
    )
    told = {each.field: (each.count, str(each.message)) for each in difference.warnings if each.where == "schedule"}
    assert {rule: times for rule, (times, _) in told.items()} == {"room": 3, "person": 1}
    assert "Yeast at work" in told["room"][1]
    with write(Mode.READ):
        conflicts = scheduling.draft_conflicts(the_conference())
        assert sorted(each.rule for each in conflicts if each.grade == "blocks") == ["person", "room", "room", "room"]


def test_clashes_with_what_was_here_are_told(write, bring):
    with write():
        conference = make_conference("spring", starts_on=dt.date(2026, 5, 12))
        aula = make_room(conference, "Aula")
        make_slot(conference, None, aula, dt.datetime(2026, 5, 12, 8, tzinfo=dt.UTC))
    difference = bring(plan_of(event()))
    assert [(each.field, each.count) for each in difference.warnings if each.where == "schedule"] == [("room", 1)]


def test_a_language_that_the_conference_lacks_is_added_once(write, bring):
    with write():
        make_conference("spring", starts_on=dt.date(2026, 5, 12))
    difference = bring(plan_of(*FULL))
    assert [each.value for each in difference.warnings if each.field == "languages"] == ["de"]
    with write(Mode.READ):
        assert the_conference().languages == ["en", "de"]
        assert the_conference().title == {"en": "Summit"}
    with write():
        conferences.edit(the_conference(), {"languages": ["en"]}, by=None, now=NOW)
    assert bring(plan_of(*FULL)).is_empty


def test_a_conference_without_title_takes_its_slug_and_follows_its_source(write, bring):
    bring(plan_of(event(), title=None))
    with write(Mode.READ):
        assert the_conference().title == {"en": "spring"}
    later = read_frab(schedule(day(event()), day(event(id="8"), date="2026-05-13")), timezone=None)
    bring(later)
    with write(Mode.READ):
        assert (the_conference().ends_on, the_conference().title) == (dt.date(2026, 5, 13), {"en": "Spring School"})


def test_two_sources_do_not_touch_each_others_things(write, bring):
    bring(plan_of(event(guid=GUID)))
    other = plan_of(event(guid=GUID, subtitle="More", title="Their title"), event(id="8", title="New"))
    difference = bring(Plan(**(vars(other) | {"source": "pretalx"})))
    assert (difference.count()["created"]["sessions"], difference.vanished) == (2, {})


def test_a_session_longer_than_a_slot_is_left_unscheduled(write, bring):
    difference = bring(plan_of(event(duration="30:00")))
    assert [each.field for each in difference.warnings if "longer" in each.message] == ["duration"]
    with write(Mode.READ):
        assert slots.slots(the_conference()) == []
        assert the_session().duration_minutes == 1800


@pytest.mark.parametrize("slug", ["press", "organise"])
def test_a_slug_that_no_conference_can_have_is_refused_while_preparing(slug, write):
    with write(Mode.READ), pytest.raises(Invalid) as caught:
        prepare(plan_of(event()), None, slug=slug)
    assert list(caught.value.errors) == ["slug"]


def test_the_importer_owns_a_new_conference(write):
    with write():
        account = make_account()
    with write(Mode.READ):
        difference = prepare(plan_of(event()), None, slug="spring")
    with write():
        apply(difference, by=account, now=NOW)
    with write(Mode.READ):
        assert conferences.conferences_for(account, now=NOW) == [the_conference()]
        assert {change.account_id for change in slots.history(the_conference())} == {account.id}


def test_preparing_stores_nothing(write):
    with write(Mode.READ):
        prepare(plan_of(*FULL), None, slug="spring")
    with write(Mode.READ):
        assert [count(model) for model in (Conference, Session, Person, Origin)] == [0] * 4


@pytest.mark.parametrize("step", ["create_speakers", "create_many", "create_slots", "place_many", "remember"])
def test_what_fails_midway_stores_nothing(step, write, monkeypatch):
    owners = {
        "create_speakers": speakers,
        "create_many": sessions,
        "create_slots": scheduling,
        "place_many": scheduling,
        "remember": origins,
    }
    with write(Mode.READ):
        difference = prepare(plan_of(*FULL), None, slug="spring")

    def fail(*_arguments: Any, **_named: Any) -> None:
        raise RuntimeError("the power failed")

    monkeypatch.setattr(owners[step], step, fail)
    with pytest.raises(RuntimeError, match="power"), write():
        apply(difference, by=None, now=NOW)
    with write(Mode.READ):
        assert [count(model) for model in (Conference, Session, Person, Origin, AuditEntry)] == [0] * 5


def test_who_was_slower_compares_again(write, bring):
    bring(plan_of(*FULL))
    changed = plan_of(FULL[0].replace("Small", "Smaller"), FULL[1])
    with write(Mode.READ):
        difference = prepare(changed, the_conference(), slug="spring")
    with write():
        sessions.edit(the_session(), the_conference(), {"notes": "Hot"}, by=None, now=NOW)
    with pytest.raises(Stale), write():
        apply(difference, by=None, now=NOW)
    with write(Mode.READ):
        difference = prepare(changed, the_conference(), slug="spring")
    with write():
        slot = slots.slots_of(the_session())[0]
        scheduling.unplace(slot, the_conference(), expected=None, by=None, now=NOW)
    with pytest.raises(Stale), write():
        apply(difference, by=None, now=NOW)
    bring(changed)
    with write(Mode.READ):
        assert (the_session().subtitle, the_session().notes) == ({"en": "Smaller"}, "Hot")


def test_two_imports_at_once_are_not_both_made(write):
    plan = plan_of(event(start=None, duration=None), start="2026-05-12", end="2026-05-12")
    with write():
        make_conference("spring")
    prepared = []
    for _ in range(2):
        with write(Mode.READ):
            prepared.append(prepare(plan, the_conference(), slug="spring"))
    with write():
        apply(prepared[0], by=None, now=NOW)
    with pytest.raises(Stale), write():
        apply(prepared[1], by=None, now=NOW)
    with write(Mode.READ):
        assert count(Session) == 1


def test_no_statement_but_inserting_grows_with_the_programme(write, count_queries):
    def statements(slug: str, length: int) -> int:
        events = [
            event(person(str(n), f"P {n}"), id=str(n), title=f"T {n}", start=f"{n % 24:02}:00", track=f"K {n}")
            for n in range(length)
        ]
        with write(Mode.READ):
            difference = prepare(plan_of(*events), None, slug=slug)
        with count_queries() as seen, write():
            apply(difference, by=None, now=NOW)
        return len([statement for statement in seen if not statement.startswith("INSERT")])

    statements("warm", 1)
    assert statements("small", 3) == statements("large", 30)


# Real programmes: what the manifest counts, through the database and a release.

REAL = {
    "fosdem": ("01-fosdem-2020/schedule.xml", "Europe/Brussels", (872, 35, 71, 841), [422, 450]),
    "c34": ("02-34c3/schedule.xml", "Europe/Berlin", (169, 4, 8, 221), [51, 43, 49, 26]),
    "debconf": ("03-debconf23/pentabarf.xml", "Asia/Kolkata", (117, 5, 12, 87), [20, 17, 19, 4, 11, 19, 19, 8]),
}


@pytest.mark.parametrize("slug", REAL)
def test_a_real_programme_is_imported_and_released_whole(slug, real_file, write, bring):
    path, timezone, counts, days = REAL[slug]
    data = real_file(path).read_bytes()
    plan = read_programme(data, path, timezone=timezone)
    difference = bring(plan, slug)
    whole = dict(zip(NOTHING, counts, strict=True))
    assert difference.count() == {"created": whole, "updated": NOTHING, "unchanged": NOTHING}
    assert difference.refused == ()
    again = bring(read_programme(data, path, timezone=timezone), slug)
    assert again.is_empty
    assert again.count()["unchanged"] == whole
    with write():
        conference = conferences.named(slug)
        held = [
            sessions.sessions(conference),
            hosts.rooms(conference),
            conferences.tracks(conference),
            speakers.speakers(conference),
        ]
        assert tuple(len(each) for each in held) == counts
        made, _ = releases.release(
            conference, expected=None, note={}, by=None, now=NOW, override="as it was", may_override=True
        )
        released = agenda(made)
        per_day = [sum(conference.facts.day_of(entry.starts_at) == date for entry in released.shown)
                   for date in released.days]  # fmt: skip
        assert per_day == days
        assert released.days[0] == conference.starts_on
        assert released.days[-1] == conference.ends_on
