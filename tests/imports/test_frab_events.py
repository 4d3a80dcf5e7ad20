"""The events of a `schedule.xml`: their faults, what identifies them and their people, and the words in them."""

from __future__ import annotations

import datetime as dt

import pytest

from confapp.domain.cleaning import MAX_MARKUP
from confapp.domain.programme.sessions import Kind, PartRole, SessionState
from confapp.imports.frab import read_frab
from tests.imports.schedules import GUID, day, event, only_session, people, person, plan_of, said, schedule

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
