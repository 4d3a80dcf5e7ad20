"""`schedule.xml` becomes a plan: each quirk from a file of our own, and the counts of real programmes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confapp.domain.cleaning import MAX_MARKUP
from confapp.domain.errors import Invalid, Refusal, TooLarge
from confapp.domain.sessions import Kind, PartRole, SessionState
from confapp.imports import read_programme
from confapp.imports.frab import read_frab
from confapp.imports.plan import MAX_BYTES, MAX_SESSIONS
from tests.imports.schedules import attributes, day, event, only_session, plan_of, said, schedule

GUID = "0f3d8a52-5a54-4b9b-9d4e-8f2f1d3c7a10"


def refusal(data: bytes, timezone: str | None = None) -> dict:
    with pytest.raises(Invalid) as caught:
        read_frab(data, timezone=timezone)
    return dict(caught.value.errors)


# Whole files


def test_a_whole_session():
    inner = (
        "<persons><person id='3'>Ada  Lambda</person><person id='4' role='moderator'>Bo Mu</person></persons>"
        "<links><link href='https://x.example/a'>Notes</link><link href='https://x.example/b'/></links>"
        "<attachments><attachment href='https://x.example/s.pdf' type='slides'/></attachments>"
        "<recording><license>CC BY 4.0</license><optout>true</optout></recording>"
    )
    plan = plan_of(
        event(
            inner,
            guid=GUID.upper(),
            subtitle="Small and busy",
            track="Biology",
            type="Panel discussion",
            language="en",
            slug="yeast",
            abstract="<p>Short</p>",
            description="Long",
            room="Aula",
            url="https://x.example/yeast",
        ),
        url="https://x.example/",
        venue="Old hall",
        city="Brussels",
    )
    (session,) = plan.sessions
    assert session.keys == (f"guid:{GUID}", "id:7", "slug:yeast", "title-day:yeast at work|2026-05-12")
    assert session.title == {"en": "Yeast at work"}
    assert session.subtitle == {"en": "Small and busy"}
    assert session.abstract_html == {"en": "<p>Short</p>"}
    assert session.description_html == {"en": "<p>Long</p>"}
    assert (session.kind, session.source_type, session.state) == ("panel", "Panel discussion", "confirmed")
    assert session.language == "en"
    assert session.starts_at == dt.datetime(2026, 5, 12, 8, 0, tzinfo=dt.UTC)
    assert session.duration == dt.timedelta(minutes=45)
    assert session.day == dt.date(2026, 5, 12)
    assert session.people == (("id-name:3|ada lambda", "speaker"), ("id-name:4|bo mu", "chair"))
    assert session.links == (("https://x.example/a", "Notes"), ("https://x.example/b", "https://x.example/b"))
    assert session.attachments == (("https://x.example/s.pdf", "slides"),)
    assert (session.recording_licence, session.recording_optout) == ("CC BY 4.0", True)
    assert session.url == "https://x.example/yeast"
    assert [(track.ref, track.name) for track in plan.tracks] == [(session.track, {"und": "Biology"})]
    assert [(room.ref, room.name) for room in plan.rooms] == [(session.room, {"und": "Aula"})]
    assert [speaker.name for speaker in plan.speakers] == ["Ada Lambda", "Bo Mu"]
    assert plan.conference.title == {"und": "Spring School"}
    assert plan.conference.slug == "spring-school"
    assert plan.conference.timezone == "Europe/Brussels"
    assert (plan.conference.starts_on, plan.conference.ends_on) == (dt.date(2026, 5, 12), dt.date(2026, 5, 12))
    assert plan.conference.languages == ("en",)
    assert plan.conference.url == "https://x.example/"
    assert (plan.conference.venue, plan.conference.city) == ("Old hall", "Brussels")
    assert (plan.warnings, plan.refused) == ((), ())


def test_a_namespace_and_other_encodings_are_read():
    text = schedule(day(event(title="Bière"))).decode()
    for encoding in ("utf-8-sig", "utf-16", "iso-8859-1"):
        named = text.replace("UTF-8", encoding.removesuffix("-sig"))
        assert read_programme(named.encode(encoding), "a.xml", timezone=None).sessions[0].title == {"und": "Bière"}
    spaced = text.replace("<schedule>", "<schedule xmlns='urn:x'>")
    assert len(read_frab(spaced.encode(), timezone=None).sessions) == 1


def test_what_other_readers_pass_over_is_repaired():
    data = b"\n\n" + schedule(day(event(title="Q%A")).replace("%A", "&nbsp;A&#x1;\x0b"))
    plan = read_frab(data, timezone=None)
    assert plan.sessions[0].title == {"und": "Q A"}
    assert ("file", "2", 1) in said(plan)
    assert plan.warnings[1].where == "event 7, line 4"


def test_markup_that_nobody_escaped_is_read():
    session = only_session(event("<abstract>a <p>b &amp; c</p></abstract>"))
    assert session.abstract_html == {"und": "a\n<p>b &amp; c</p>".replace("\n", " ")}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not well-formed"),
        (b"<conference/>", "<conference>, line 1"),
        (schedule(day(event()))[:-30], "line 2, column"),
        (b"<schedule>\n<day>\n</schedule>", "line 3, column"),
        (b"<schedule>\xff</schedule>", "line 1"),
        (b"<?xml version='1.0' encoding='nonsense'?><schedule/>", "encoding"),
        (b"<schedule>&unknown;</schedule>", "unknown"),
        (b"<!DOCTYPE s [<!ENTITY a 'x'>]><schedule>&a;</schedule>", "entities"),
        (b"<!DOCTYPE s [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><schedule/>", "entities"),
        (b"<!DOCTYPE s [<!ENTITY % a SYSTEM 'http://127.0.0.1:9/x'> %a;]><schedule/>", ""),
        (b"<!DOCTYPE s SYSTEM 'http://127.0.0.1:9/x.dtd'><schedule>&a;</schedule>", ""),
        (b"<schedule>" + b"<day>" * 5_000, "depth"),
        (b"x" * 10_000_000, "not well-formed"),
        (b"<schedule>" + b"x" * 10_500_000 + b"</schedule>", "too long"),
    ],
)
def test_what_is_no_schedule_is_refused(data, words):
    (message,) = refusal(data, "UTC")["file"]
    assert words in message


def test_an_entity_bomb_is_refused_at_once():
    layers = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    bomb = f"<!DOCTYPE s [<!ENTITY a0 'ha'>{layers}]><schedule x='&a11;'>&a11;</schedule>".encode()
    began = process_time()
    assert "file" in refusal(bomb, "UTC")
    assert process_time() - began < 0.5


def test_too_many_bytes_and_too_many_events_are_refused():
    with pytest.raises(TooLarge, match="20000000"):
        read_frab(b"<" + b"x" * MAX_BYTES, timezone="UTC")
    (message,) = refusal(b"<schedule>" + b"<event/>" * (MAX_SESSIONS + 1) + b"</schedule>", "UTC")["file"]
    assert str(MAX_SESSIONS) in message


@pytest.mark.parametrize("data", [b"", b"title,start\na,b", b"\x00\x01", b"<!DOCTYPE html><p>x", b"<HTML>", b"{}"])
def test_an_unknown_format_is_refused_by_the_name_of_the_file(data):
    with pytest.raises(Invalid) as caught:
        read_programme(data, "mine.txt", timezone=None)
    assert "mine.txt" in dict(caught.value.errors)["file"][0]


# Time zones


def test_without_a_zone_one_is_asked_for():
    (message,) = refusal(schedule(day(event()), time_zone_name=None))["timezone"]
    assert "--timezone" in message


def test_an_offset_alone_names_no_zone_but_candidates():
    events = [event(date=f"2026-{month}-12T10:00:00{offset}") for month, offset in (("01", "+01:00"), ("07", "+02:00"))]
    (message,) = refusal(schedule(day(*events), time_zone_name=None))["timezone"]
    assert "--timezone" in message
    assert "Europe/Brussels" in message
    assert "Africa/Lagos" not in message


@pytest.mark.parametrize("name", ["Nowhere/Land", "../../etc/passwd", "", "\x00"])
def test_an_unknown_zone_that_was_asked_for_is_refused(name):
    assert "timezone" in refusal(schedule(day(event())), name)


def test_an_unknown_zone_in_the_file_is_passed_over():
    plan = read_frab(schedule(day(event()), time_zone_name="Mars/Olympus"), timezone="Asia/Tokyo")
    assert plan.conference.timezone == "Asia/Tokyo"
    assert ("time_zone_name", "Mars/Olympus", 1) in said(plan)


def test_a_zone_may_be_named_by_its_city():
    assert plan_of(event(), time_zone_name="Berlin").conference.timezone == "Europe/Berlin"


def test_the_zone_that_was_asked_for_wins_with_a_remark():
    plan = read_frab(schedule(day(event())), timezone="Asia/Tokyo")
    assert plan.conference.timezone == "Asia/Tokyo"
    assert plan.sessions[0].starts_at == dt.datetime(2026, 5, 12, 1, 0, tzinfo=dt.UTC)
    assert said(plan)[0] == ("time_zone_name", "Europe/Brussels", 1)


# When a session starts


@pytest.mark.parametrize(
    ("date", "start", "zone", "moment", "warned"),
    [
        # No <date>: the day and the clock.
        (None, "10:00", None, "2026-05-12T08:00", []),
        (None, "10:00:00", None, "2026-05-12T08:00", []),
        # The offset is the zone's.
        ("2026-05-12T10:00:00+02:00", "10:00", None, "2026-05-12T08:00", []),
        ("2026-05-12 10:00+0200", None, None, "2026-05-12T08:00", []),
        # The moment is written in UTC, the start is local.
        ("2026-05-12T08:00:00Z", "10:00", None, "2026-05-12T08:00", ["date"]),
        ("2026-05-12T08:00:00+00:00", None, None, "2026-05-12T08:00", ["date"]),
        # A clock time that was labelled as UTC, or with a wrong offset where the file names its zone.
        ("2026-05-12T10:00:00+00:00", "10:00", None, "2026-05-12T08:00", ["date"]),
        ("2026-05-12T10:00:00+01:00", "10:00", None, "2026-05-12T08:00", ["date"]),
        ("2026-05-12T10:00:00Z", "10:00", "Asia/Tokyo", "2026-05-12T01:00", ["date"]),
        # The zone was only asked for and does not fit: the moment stands.
        ("2026-05-12T10:00:00+02:00", "10:00", "Asia/Tokyo", "2026-05-12T08:00", ["date"]),
        ("2026-05-12T10:00:00+02:00", None, "Asia/Tokyo", "2026-05-12T08:00", ["date"]),
        # Plain contradiction.
        ("2026-05-12T11:00:00+02:00", "10:00", None, "2026-05-12T09:00", ["date"]),
        ("2026-05-12T11:00:00", "10:00", None, "2026-05-12T09:00", ["date"]),
        # Without an offset, or without a time.
        ("2026-05-12T10:00:00", "10:00", None, "2026-05-12T08:00", []),
        ("2026-05-13", "10:00", None, "2026-05-13T08:00", ["day date"]),
        # One of the two unreadable.
        ("soon", "10:00", None, "2026-05-12T08:00", ["date"]),
        ("2026-05-12T10:00:00+02:00", "tenish", None, "2026-05-12T08:00", ["start"]),
        (None, "2026-05-12T10:00:00+02:00", None, "2026-05-12T08:00", []),
        # Clocks go forward at 02:00 and back at 03:00; of the doubled hour the first is taken.
        ("2026-03-29", "02:30", None, "2026-03-29T01:30", ["date", "day date"]),
        ("2026-10-25", "02:30", None, "2026-10-25T00:30", ["day date"]),
        ("2026-10-25T02:30:00+01:00", "02:30", None, "2026-10-25T01:30", ["day date"]),
    ],
)
def test_starts(date, start, zone, moment, warned):
    header: dict[str, str | None] = {} if zone is None else {"time_zone_name": None}
    plan = read_frab(schedule(day(event(date=date, start=start, guid=GUID)), **header), timezone=zone)
    (session,) = plan.sessions
    assert session.starts_at == dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)
    assert sorted(remark.field for remark in plan.warnings if remark.where != "conference") == sorted(warned)


def test_moments_in_utc_under_days_of_utc_are_one_remark_each():
    """As wafer writes: local 03:00 to 03:00 in UTC, each day labelled with the date that UTC has at its start."""
    days = [
        day(
            event(id=f"{number}1", title=f"Early {number}", date=f"2026-09-{number + 1}T01:30:00+00:00", start="07:00"),
            event(id=f"{number}2", title=f"Late {number}", date=f"2026-09-{number + 1}T20:30:00+00:00", start="02:00"),
            date=f"2026-09-{number}",
            start=f"2026-09-{number}T21:30:00+00:00",
            end=f"2026-09-{number + 1}T21:29:59+00:00",
        )
        for number in (10, 11)
    ]
    plan = read_frab(
        schedule(*days, time_zone_name="Asia/Kolkata", start="2026-09-11", end="2026-09-13"), timezone=None
    )
    assert [str(session.day) for session in plan.sessions] == ["2026-09-11"] * 2 + ["2026-09-12"] * 2
    assert plan.conference.day_change == dt.time(3)
    assert (plan.conference.starts_on.day, plan.conference.ends_on.day) == (11, 12)
    assert [remark[0::2] for remark in said(plan)] == [("date", 4), ("day date", 4), ("language", 1), ("end", 1)]


def test_after_midnight_belongs_to_the_evening_before():
    events = [event(id="1", start="23:30"), event(id="2", start="00:15"), event(id="3", start="05:00")]
    plan = plan_of(*events, day_change="05:00")
    assert [str(session.starts_at)[:16] for session in plan.sessions] == [
        "2026-05-12 21:30",
        "2026-05-12 22:15",
        "2026-05-12 03:00",
    ]
    assert plan.days == (dt.date(2026, 5, 12),)


def test_a_date_of_its_own_goes_before_the_change_of_day():
    session = only_session(event(start="00:15", date="2026-05-12"), day_change="05:00")
    assert session.starts_at == dt.datetime(2026, 5, 11, 22, 15, tzinfo=dt.UTC)
    assert session.day == dt.date(2026, 5, 11)


def test_the_day_changes_where_days_end():
    bounds = {"start": "2026-05-12T10:00:00+02:00", "end": "2026-05-13T03:59:00+02:00"}
    plan = read_frab(schedule(day(event(start="03:00"), **bounds)), timezone=None)
    assert plan.conference.day_change == dt.time(4)
    assert plan.sessions[0].starts_at == dt.datetime(2026, 5, 13, 1, 0, tzinfo=dt.UTC)
    assert plan.days == (dt.date(2026, 5, 12),)


@pytest.mark.parametrize("change", ["23:00", "noon"])
def test_a_senseless_change_of_day_is_passed_over(change):
    plan = plan_of(event(), day_change=change)
    assert plan.conference.day_change == dt.time(0)
    assert said(plan)[0] == ("day_change", change, 1)


def test_a_day_without_a_date_is_counted_from_the_start_of_the_conference():
    plan = read_frab(schedule(day(event(), date=None, index="2"), start="2026-05-12"), timezone=None)
    assert plan.days == (dt.date(2026, 5, 13),)


def test_a_header_that_lies_is_corrected():
    plan = plan_of(event(), start="2026-05-11", end="2026-05-20", days="9")
    assert (plan.conference.starts_on, plan.conference.ends_on) == (dt.date(2026, 5, 12), dt.date(2026, 5, 12))
    assert said(plan)[1:] == [("start", "2026-05-11", 1), ("end", "2026-05-20", 1), ("days", "9", 1)]


def test_without_sessions_the_header_is_believed():
    plan = read_frab(schedule(start="2026-05-11", end="2026-05-12"), timezone=None)
    assert (plan.conference.starts_on.day, plan.conference.ends_on.day) == (11, 12)
    assert "file" in refusal(schedule())


# Faults within events


@pytest.mark.parametrize(
    ("parts", "field", "value"),
    [
        ({"title": None}, "title", ""),
        ({"title": " \n "}, "title", ""),
        ({"start": "25:99"}, "start", "25:99"),
        ({"start": "late"}, "start", "late"),
        ({"start": None, "date": "2026-13-45T10:00:00+02:00"}, "date", "2026-13-45T10:00:00+02:00"),
        ({"start": None, "date": "0001-01-01T00:00:00+02:00"}, "date", "0001-01-01T00:00:00+02:00"),
        ({"duration": "long"}, "duration", "long"),
        ({"duration": "-00:30"}, "duration", "-00:30"),
        ({"duration": "999:00"}, "duration", "999:00"),
    ],
)
def test_a_faulty_event_is_refused_alone(parts, field, value):
    plan = plan_of(event(id="1"), event(id="2", **parts), event(id="3", title="Third"))
    assert [session.keys[0] for session in plan.sessions] == ["id:1", "id:3"]
    (remark,) = plan.refused
    assert (remark.where, remark.field, remark.value) == ("event 2, line 2", field, value)


def test_an_event_without_a_day_needs_a_date():
    data = schedule(event(id="1"), event(id="2", date="2026-05-12T10:00:00+02:00"))
    plan = read_frab(data, timezone=None)
    assert [session.keys[0] for session in plan.sessions] == ["id:2"]
    assert [remark.field for remark in plan.refused] == ["date"]


@pytest.mark.parametrize(
    ("parts", "field"),
    [({"start": None}, "start"), ({"duration": None}, "duration"), ({"duration": "00:00"}, "duration")],
)
def test_an_event_without_time_or_length_is_kept_unscheduled(parts, field):
    plan = plan_of(event(**parts), start="2026-05-12")
    assert [(session.starts_at, session.day) for session in plan.sessions] == [(None, None)]
    assert said(plan)[0][0] == field


def test_a_cancelled_event_is_so():
    assert only_session(event(status="canceled")).state == "cancelled"


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("00:45", 45), ("0:45", 45), ("00:45:00", 45), ("45", 45), ("PT45M", 45), ("15:00", 900), ("48:00", 2880)],
)
def test_durations(text, minutes):
    assert only_session(event(duration=text)).duration == dt.timedelta(minutes=minutes)


def test_rooms_are_those_above_the_events_and_empty_ones_stay():
    plan = read_frab(
        schedule(
            day(event(room="Cellar", guid=GUID)),
            day(room="Attic"),
            day(event(id="8", room="Garden", guid=GUID[::-1]), room=None),
        ),
        timezone=None,
    )
    assert [room.ref for room in plan.rooms] == ["name:aula", "name:attic", "name:garden"]
    assert [session.room for session in plan.sessions] == ["name:aula", "name:garden"]
    assert said(plan)[:2] == [("room", "Cellar", 1), ("room", "Garden", 1)]


def test_tracks_take_colour_and_slug_from_the_header():
    header = schedule(day(event(track="Life")), before="").replace(
        b"</conference>",
        b"<track name='Life' color='#A0B1c2' slug='12-life'/><track name='Law' color='red'/></conference>",
    )
    plan = read_frab(header, timezone=None)
    assert [(track.keys, track.colour) for track in plan.tracks] == [
        (("slug:12-life", "name:life"), "#a0b1c2"),
        (("name:law",), None),
    ]
    assert plan.sessions[0].track == "slug:12-life"


# Identity


def test_an_exact_repetition_is_refused():
    plan = plan_of(event(guid=GUID), event(guid=GUID))
    assert len(plan.sessions) == 1
    assert [(remark.field, remark.value) for remark in plan.refused] == [("event", "Yeast at work")]


def test_a_key_that_two_share_identifies_neither():
    other = GUID.replace("0", "1")
    plan = plan_of(event(guid=GUID), event(guid=other, start="11:00"), event(id="9", title="Else"))
    assert [session.keys for session in plan.sessions] == [
        (f"guid:{GUID}",),
        (f"guid:{other}",),
        ("id:9", "title-day:else|2026-05-12"),
    ]
    assert ("id", "7", 2) in said(plan)


def test_sessions_that_share_every_key_are_told_apart_by_all_of_them():
    plan = plan_of(event(id=None), event(id=None, start="11:00"))
    assert [[key.partition(":")[0] for key in session.keys] for session in plan.sessions] == [["whole"], ["whole"]]
    assert plan.sessions[0].ref != plan.sessions[1].ref


def test_identity_does_not_depend_on_case_or_spacing_and_fits_its_column():
    (one,) = plan_of(event(id=None, title="A  Title")).sessions
    (other,) = plan_of(event(id=None, title="a title")).sessions
    assert one.keys == other.keys
    assert max(len(key) for key in only_session(event(id="9" * 5_000, title="t" * 5_000)).keys) < 300


def people(*persons: str) -> str:
    return "<persons>" + "".join(persons) + "</persons>"


def person(name: str, **values: str) -> str:
    return f"<person{attributes(values)}>{name}</person>"


def test_people_are_one_only_by_number_and_name_together():
    plan = plan_of(
        event(people(person("Ada", id="1"), person("Ada", id="2"), person("ada ", id="1"))),
        event(people(person("Ada", id="1"), person("Bo", id="1")), id="8"),
    )
    assert [speaker.keys for speaker in plan.speakers] == [("id-name:1|ada",), ("id-name:2|ada",), ("id-name:1|bo",)]
    assert [len(session.people) for session in plan.sessions] == [2, 2]


def test_people_without_a_number_are_never_one():
    plan = plan_of(event(people(person("Ada"))), event(people(person("Ada"), person("Ada")), id="8"))
    assert [speaker.keys for speaker in plan.speakers] == [("session-name:id:7|ada",), ("session-name:id:8|ada",)]
    assert ("person", "Ada", 3) in said(plan)


def test_a_guid_strengthens_a_person_unless_two_share_it():
    plan = plan_of(event(people(person("Ada", id="1", guid="x"), person("Bo", guid="y"), person("Cy", guid="y"))))
    assert [speaker.keys for speaker in plan.speakers] == [
        ("guid:x", "id-name:1|ada"),
        ("guid-name:y|bo",),
        ("guid-name:y|cy",),
    ]


def test_a_person_without_a_name_is_left_out_with_a_remark():
    plan = plan_of(event(people(person(" ", id="5"))))
    assert plan.speakers == ()
    assert said(plan)[0] == ("person", "5", 1)


# Words


@pytest.mark.parametrize(
    ("source_type", "title", "kind"),
    [
        ("Keynote", "x", "keynote"),
        ("lecture", "Lunch is served", "talk"),
        ("Lightning talk", "x", "lightning"),
        ("lightningtalk", "x", "lightning"),
        ("Panel discussion", "x", "panel"),
        ("Workshop (2h)", "x", "workshop"),
        ("Coffee break", "x", "break"),
        ("film", "x", "social"),
        ("BoF (45 minutes)", "x", "other"),
        ("devroom", "x", "talk"),
        ("glossolalia", "x", "talk"),
        ("", "Lunch", "break"),
        ("", "Day trip", "social"),
        ("", "Yeast", "talk"),
    ],
)
def test_kinds(source_type, title, kind):
    session = only_session(event(type=source_type, title=title))
    assert (session.kind, session.source_type) == (kind, source_type)


def test_the_words_are_those_of_the_domain():
    events = [event(id=str(n), type=kind) for n, kind in enumerate(Kind)]
    assert [session.kind for session in plan_of(*events).sessions] == list(Kind)
    roles = [person("P" + role, id="1", role=role) for role in PartRole]
    assert [role for _, role in only_session(event(people(*roles))).people] == list(PartRole)
    assert {only_session(event(status=status)).state for status in ("cancelled", "")} <= set(SessionState)


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("", None),
        ("de", "de"),
        ("EN", "en"),
        ("eng", "en"),
        ("ger", "de"),
        ("en_US", "en-US"),
        ("pt-br", "pt-BR"),
        ("de-formal", "de"),
        ("english", "en"),
        ("Deutsch", "de"),
        ("français", "fr"),
    ],
)
def test_languages(written, language):
    plan = plan_of(event(language=written))
    assert plan.sessions[0].language == language
    assert list(plan.sessions[0].title) == [language or "und"]


@pytest.mark.parametrize("written", ["de/en", "Klingonish", "x" * 5_000, "qq-1"])
def test_an_unknown_language_is_passed_over_with_one_remark(written):
    plan = plan_of(event(language=written), event(id="8", language=written))
    assert [session.language for session in plan.sessions] == [None, None]
    assert said(plan)[0] == ("language", written[:200], 2)


def test_languages_of_the_conference_by_frequency():
    events = [event(id=str(n), language=language) for n, language in enumerate(["de", "en", "en"])]
    assert plan_of(*events).conference.languages == ("en", "de")


def test_texts_are_cleaned_and_markdown_is_read_where_the_software_writes_it():
    session = only_session(event(title="Fish &amp; chips", abstract="<p>a<script>b</script></p>", description="**a**"))
    assert session.title == {"und": "Fish & chips"}
    assert session.abstract_html == {"und": "<p>a</p>"}
    assert session.description_html == {"und": "<p>**a**</p>"}
    plan = read_frab(schedule(day(event(abstract="**a**")), before="<generator name='pretalx'/>"), timezone=None)
    assert plan.sessions[0].abstract_html == {"und": "<p><strong>a</strong></p>"}


def test_what_is_too_long_is_cut_or_left_out_with_a_remark():
    plan = plan_of(event(title="t" * 600, abstract="a" * (MAX_MARKUP + 1)))
    (session,) = plan.sessions
    assert session.title == {"und": "t" * 499 + "…"}
    assert session.abstract_html == {}
    assert [field for field, _, _ in said(plan)][:2] == ["title", "abstract"]


def test_addresses_are_repaired_or_left_out_with_a_remark():
    inner = (
        "<links><link href='x.example/a'>A</link><link href='javascript:b()'>B</link></links>"
        "<attachments><attachment href='/files/c.pdf'>C</attachment></attachments>"
    )
    plan = plan_of(event(inner, url="//base.example/7"), base_url="//base.example/2026/")
    (session,) = plan.sessions
    assert session.links == (("https://x.example/a", "A"),)
    assert session.attachments == (("https://base.example/files/c.pdf", "C"),)
    assert session.url == "https://base.example/7"
    assert plan.conference.url == "https://base.example/2026/"
    assert said(plan)[:3] == [
        ("base_url", "//base.example/2026/", 1),
        ("link", "x.example/a", 1),
        ("link", "javascript:b()", 1),
    ]


# Laws


def readable_or_refused(data: bytes) -> None:
    try:
        plan = read_programme(data, "any.xml", timezone="Europe/Brussels")
    except Refusal:
        return
    again = read_programme(data, "any.xml", timezone="Europe/Brussels")
    assert again == plan
    refs = [thing.ref for things in (plan.sessions, plan.speakers) for thing in things]
    assert len(set(refs)) == len(refs)
    tracks, rooms = ({thing.ref for thing in things} for things in (plan.tracks, plan.rooms))
    speakers = {speaker.ref for speaker in plan.speakers}
    for session in plan.sessions:
        assert session.track is None or session.track in tracks
        assert session.room is None or session.room in rooms
        assert {ref for ref, _ in session.people} <= speakers


WHOLE = schedule(
    day(
        event(
            people(person("Ada", id="1")) + "<links><link href='https://x.example/'>x</link></links>",
            guid=GUID,
            date="2026-05-12T10:00:00+02:00",
            language="en",
            track="Life",
            abstract="<p>a &amp; b</p>",
        ),
        event(id="8", start="00:30", title="Night"),
        start="2026-05-12T09:00:00+02:00",
        end="2026-05-13T04:00:00+02:00",
    ),
    start="2026-05-12",
    base_url="//x.example/",
)


@given(st.one_of(st.binary(), st.binary().map(lambda junk: b"<schedule>" + junk)))
def test_arbitrary_bytes_are_read_or_refused(data):
    readable_or_refused(data)


@given(st.lists(st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 30), st.binary(max_size=6)), max_size=4))
def test_mutilated_files_are_read_or_refused(cuts):
    data = WHOLE
    for at, length, junk in cuts:
        data = data[:at] + junk + data[at + length :]
    readable_or_refused(data)


FIELDS = "title start date duration language type track room slug abstract url status".split()
HEADERS = "start end days day_change title acronym base_url url".split()
DATES = ["9999-12-31T23:59:59-14:00", "1970-01-01T00:00:00+14:00", "2199-12-31", "2026-05-12T10:00", "2026-W20-2"]
ODD = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(["00:00", "23:59:60", "24:00", "12:00", "99:99", "//", "http://[", *DATES]),
)


@given(
    st.lists(st.dictionaries(st.sampled_from(FIELDS), ODD), max_size=4), st.dictionaries(st.sampled_from(HEADERS), ODD)
)
def test_odd_values_are_read_or_refused(rows, header):
    readable_or_refused(schedule(day(*(event(**row) for row in rows)), **header))


# Real programmes


@pytest.mark.data
@pytest.mark.parametrize(
    ("path", "timezone", "counts"),
    [
        ("01-fosdem-2020/schedule.xml", "Europe/Brussels", (872, 35, 841, 71, 2)),
        ("02-34c3/schedule.xml", "Europe/Berlin", (169, 4, 221, 8, 4)),
        ("03-debconf23/pentabarf.xml", None, (117, 5, 87, 12, 8)),
    ],
)
def test_real_programmes_load_completely(real_file, path, timezone, counts):
    plan = read_programme(real_file(path).read_bytes(), path, timezone=timezone)
    assert tuple(map(len, (plan.sessions, plan.rooms, plan.speakers, plan.tracks, plan.days))) == counts
    assert plan.refused == ()
    assert all(session.starts_at and session.duration for session in plan.sessions)


@pytest.mark.data
def test_fosdem_2020(real_file):
    data = real_file("01-fosdem-2020/schedule.xml").read_bytes()
    began = process_time()
    plan = read_frab(data, timezone="Europe/Brussels")
    assert process_time() - began < 4
    used = {session.room for session in plan.sessions}
    assert sum(not session.people for session in plan.sessions) == 19
    assert sum(not session.abstract_html and not session.description_html for session in plan.sessions) == 32
    assert sum(len(session.attachments) for session in plan.sessions) == 483
    assert sum(len(session.links) for session in plan.sessions) == 3_425 - 2
    assert len(used) == 35
    assert [(remark.field, remark.count) for remark in plan.warnings] == [
        ("guid", 872),
        ("link", 1),
        ("link", 1),
        ("language", 1),
    ]


@pytest.mark.data
def test_34c3(real_file):
    plan = read_frab(real_file("02-34c3/schedule.xml").read_bytes(), timezone="Europe/Berlin")
    placed = [(session.starts_at, session.day) for session in plan.sessions if session.starts_at]
    assert sum((start + dt.timedelta(hours=1)).date() != day for start, day in placed) == 7
    assert Counter(session.language for session in plan.sessions) == {"en": 130, "de": 39}
    assert len({speaker.name for speaker in plan.speakers}) == 219
    assert (plan.conference.starts_on, plan.conference.ends_on) == (dt.date(2017, 12, 27), dt.date(2017, 12, 30))
    assert plan.conference.url == "https://fahrplan.events.ccc.de/congress/2017/Fahrplan/"


@pytest.mark.data
def test_34c3_without_a_zone_asks_for_one(real_file):
    assert "Europe/Berlin" in refusal(real_file("02-34c3/schedule.xml").read_bytes())["timezone"][0]


@pytest.mark.data
def test_debconf23(real_file):
    plan = read_frab(real_file("03-debconf23/pentabarf.xml").read_bytes(), timezone=None)
    breakfasts = [session.starts_at for session in plan.sessions if session.title == {"und": "Breakfast"}]
    at_seven = [dt.datetime(2023, 9, day, 1, 30, tzinfo=dt.UTC) for day in range(10, 18)]
    assert breakfasts == at_seven
    assert (plan.conference.starts_on, plan.conference.ends_on) == (dt.date(2023, 9, 10), dt.date(2023, 9, 17))
    assert sum(not session.people for session in plan.sessions) == 32
    assert ("date", 117) in [(remark.field, remark.count) for remark in plan.warnings]
    assert not any("<br><br><br>" in text for session in plan.sessions for text in session.description_html.values())
