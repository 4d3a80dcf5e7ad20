"""`schedule.xml` becomes a plan: whole files, files that are none, any bytes at all, and real programmes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confapp.domain.errors import Invalid, Refusal, TooLarge
from confapp.imports import read_programme
from confapp.imports.frab import read_frab
from confapp.imports.plan import MAX_BYTES, MAX_SESSIONS
from tests.imports.schedules import GUID, day, event, only_session, people, person, plan_of, refusal, said, schedule

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
        (b"<schedule>\xff</schedul>", "line 1"),
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


@pytest.mark.parametrize("data", [b"", b"when,who\na,b", b"\x00\x01", b"<!DOCTYPE html><p>x", b"<HTML>", b"{}"])
def test_an_unknown_format_is_refused_by_the_name_of_the_file(data):
    with pytest.raises(Invalid) as caught:
        read_programme(data, "mine.txt", timezone=None)
    assert "mine.txt" in dict(caught.value.errors)["file"][0]


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
