"""A plan becomes a programme: written whole or not at all, with a word about whatever does not fit."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from confapp.database import Mode
from confapp.domain.audit import AuditEntry
from confapp.domain.errors import Invalid, Stale
from confapp.domain.people import Person
from confapp.domain.programme import conferences, hosts, origins, sessions, slots, speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.origins import Origin
from confapp.domain.programme.sessions import Kind, PartRole, Session, SessionState
from confapp.domain.release import releases
from confapp.domain.release.frozen import agenda
from confapp.domain.schedule import checking, scheduling
from confapp.imports import read_programme
from confapp.imports.apply import apply
from confapp.imports.difference import prepare
from confapp.imports.frab import read_frab
from confapp.imports.plan import Plan
from tests.conftest import NOW
from tests.factories import make_account, make_conference, make_room, make_session, make_slot
from tests.imports.programmes import FULL, NOTHING, count, given_by, place_of, the_conference, the_session
from tests.imports.schedules import day, event, plan_of, schedule


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


def test_double_bookings_are_imported_and_told(write, bring):
    difference = bring(
        plan_of(
            event(given_by("3", "Ada")),
            event(given_by("3", "Ada"), id="8", title="Two", start="10:30"),
            event(id="9", title="Three", start="10:40"),
        )
    )
    told = {each.field: (each.count, str(each.message)) for each in difference.warnings if each.where == "schedule"}
    assert {rule: times for rule, (times, _) in told.items()} == {"room": 3, "person": 1}
    assert "Yeast at work" in told["room"][1]
    with write(Mode.READ):
        conflicts = checking.draft_conflicts(the_conference())
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


def test_a_conference_that_holds_nothing_takes_the_days_of_the_programme(write, bring):
    with write():
        make_conference("spring", starts_on=dt.date(2026, 11, 24), ends_on=dt.date(2026, 11, 24))
    difference = bring(plan_of(event()))
    assert "starts_on" in [each.field for each in difference.warnings]
    with write(Mode.READ):
        assert the_conference().starts_on == the_conference().ends_on == dt.date(2026, 5, 12)
    assert bring(plan_of(event())).is_empty


@pytest.mark.parametrize(("first", "has_session"), [(11, False), (13, True)])
def test_a_conference_keeps_days_that_hold_the_programme_or_sessions_of_its_own(first, has_session, write, bring):
    with write():
        conference = make_conference("spring", starts_on=dt.date(2026, 5, first), ends_on=dt.date(2026, 5, 14))
        if has_session:
            make_session(conference)
    difference = bring(plan_of(event()))
    assert "starts_on" not in [each.field for each in difference.warnings]
    with write(Mode.READ):
        assert (the_conference().starts_on, the_conference().ends_on) == (
            dt.date(2026, 5, first),
            dt.date(2026, 5, 14),
        )


def test_a_conference_without_title_takes_its_slug_and_follows_its_source(write, bring):
    bring(plan_of(event(), title=None))
    with write(Mode.READ):
        assert the_conference().title == {"en": "spring"}
    later = read_frab(schedule(day(event()), day(event(id="8"), date="2026-05-13")), timezone=None)
    bring(later)
    with write(Mode.READ):
        assert (the_conference().ends_on, the_conference().title) == (dt.date(2026, 5, 13), {"en": "Spring School"})


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
            event(given_by(str(n), f"P {n}"), id=str(n), title=f"T {n}", start=f"{n % 24:02}:00", track=f"K {n}")
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


@cache
def read_once(path: Path, timezone: str) -> Plan:
    """Reading is half the cost of importing, and a plan stays as it is."""
    return read_programme(path.read_bytes(), path.name, timezone=timezone)


@pytest.mark.parametrize("slug", REAL)
def test_a_real_programme_is_imported_and_released_whole(slug, real_file, write, bring):
    path, timezone, counts, days = REAL[slug]
    plan = read_once(real_file(path), timezone)
    difference = bring(plan, slug)
    whole = dict(zip(NOTHING, counts, strict=True))
    assert difference.count() == {"created": whole, "updated": NOTHING, "unchanged": NOTHING}
    assert difference.refused == ()
    again = bring(plan, slug)
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
