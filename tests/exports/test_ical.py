"""Feeds: golden rules, the library's traps, and that what goes in comes out of two parsers."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import icalendar
import pytest
import vobject  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings

from confapp.domain.agenda import Agenda, Filter, Link
from confapp.domain.release.freezing import digest
from confapp.exports.events import Events
from confapp.exports.ical import KEPT, MOST_BYTES, calendar
from confapp.exports.prose import line
from confapp.exports.wording import Voice, place
from tests.agendas import RELEASED_AT, agendas, make_agenda, uuid_of
from tests.exports.ical_lints import lint

BASE = "https://conf.example"


def feed(agenda: Agenda, **options) -> bytes:
    return calendar(agenda, **{"base_url": BASE, "language": "en"} | options)


def parsed(data: bytes) -> Any:
    return icalendar.Calendar.from_ical(data)


def name_of(made: Any) -> str:
    """The calendar's NAME, a TEXT (RFC 7986 section 5.1) that this version of the parser leaves escaped."""
    assert made["NAME"] == made["X-WR-CALNAME"]
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], made["NAME"])


def utc(made: Any, name: str) -> dt.datetime:
    """A moment of an event; Python finds an hour that clocks show twice unequal to everything in another zone."""
    moment: dt.datetime = made[name].dt
    return moment.astimezone(dt.UTC)


def titled(title: str) -> Agenda:
    agenda = make_agenda(1)
    entry = agenda.entries[0]
    return replace(agenda, entries=(replace(entry, session=replace(entry.session, title={"en": title})),))


def first(agenda: Agenda, **changes) -> Agenda:
    """The agenda with only its first entry, changed."""
    return replace(agenda, entries=(replace(agenda.entries[0], **changes),))


# What every event carries


def test_an_event_tells_what_was_released():
    agenda = make_agenda(4)
    panel = next(entry for entry in agenda.entries if entry.session.kind == "panel")
    made: Any = icalendar.Event.from_ical(Events(agenda, Voice(agenda.conference, "en"), BASE).block(panel))
    assert made["UID"] == str(panel.uuid)
    assert made["SEQUENCE"] == panel.sequence
    assert made["DTSTAMP"].dt == made["LAST-MODIFIED"].dt == panel.changed_at
    assert (made["STATUS"], made["TRANSP"]) == ("CONFIRMED", "OPAQUE")
    assert made["DTSTART"].dt == panel.starts_at
    assert made["DTSTART"].params["TZID"] == "Europe/Brussels"
    assert made["LOCATION"] == "Lecture Room 1, Royal Academy, Renaissance Wing, Brussels"
    assert made["GEO"].to_ical() == "50.843611;4.395278"
    assert made["CATEGORIES"].cats == ["Manufacturing"]
    assert made["URL"] == f"{BASE}/biodefence-27/sessions/S4"
    assert made["ORGANIZER"] == "mailto:programme@biodefence.example"
    assert made["ORGANIZER"].params["CN"] == "Biotechnology in Defence 2027"
    assert made["DESCRIPTION"].startswith("Chair: Björn Vandamme (Harbour Biotech)\nPanellist: ")
    assert made["DESCRIPTION"].endswith(f"…\n\n{BASE}/biodefence-27/sessions/S4")
    assert "VALARM" not in {part.name for part in made.subcomponents}


def test_the_calendar_tells_its_name_and_how_to_refresh():
    text = re.sub("\r\n ", "", feed(make_agenda(2)).decode())
    for expected in (
        "METHOD:PUBLISH",
        "NAME:Biotechnology in Defence 2027",
        "X-WR-CALNAME:Biotechnology in Defence 2027",
        "X-WR-TIMEZONE:Europe/Brussels",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "SOURCE;VALUE=URI:https://conf.example/biodefence-27/agenda.ics",
    ):
        assert f"\r\n{expected}\r\n" in text


def test_a_filtered_calendar_names_its_part_and_its_address():
    agenda = make_agenda(12).filtered(Filter(track="t2", room="R3", day=dt.date(2027, 3, 8)))
    made = parsed(feed(agenda))
    assert name_of(made) == "Biotechnology in Defence 2027: Mar 8, 2027, Biosecurity, Lecture Room 2"
    assert made["SOURCE"] == f"{BASE}/biodefence-27/agenda.ics?day=2027-03-08&track=t2&room=R3"


def test_a_personal_calendar_does_not_tell_its_secret_address():
    agenda = make_agenda(12)
    made = parsed(feed(agenda.filtered(Filter(sessions=frozenset({agenda.entries[0].session.uuid})))))
    assert "SOURCE" not in made
    assert name_of(made) == "Biotechnology in Defence 2027: my sessions"
    assert len(made.walk("VEVENT")) == 1


def test_the_conference_stands_in_where_it_has_no_contact():
    agenda = make_agenda(1)
    agenda = replace(agenda, conference=replace(agenda.conference, contact=None))
    assert parsed(feed(agenda)).walk("VEVENT")[0]["ORGANIZER"] == f"{BASE}/biodefence-27/"


def test_the_language_wanted_is_spoken():
    french = {
        "Cancelled: %(title)s": "Annulé : %(title)s",
        "my sessions": "mes sessions",
        "Speaker": "Oratrice ou orateur",
    }
    agenda = make_agenda(2, cancelled=1)
    made = parsed(feed(agenda, language="fr", translate=lambda words: french.get(words, words)))
    assert made["NAME"] == "Biotechnologie et défense 2027"
    assert [str(each["SUMMARY"])[:8] for each in made.walk("VEVENT")] == ["Field di", "Annulé :"]
    assert "Oratrice ou orateur: Amélie" in made.walk("VEVENT")[0]["DESCRIPTION"]


def test_a_session_of_its_own_names_itself_and_its_address():
    made = parsed(feed(make_agenda(3).filtered(Filter(session="S2")), alarm=dt.timedelta(minutes=5)))
    assert name_of(made) == "Biotechnology in Defence 2027: Phage therapy under export control"
    assert made["SOURCE"] == f"{BASE}/biodefence-27/sessions/S2.ics?alarm=5"
    assert len(made.walk("VEVENT")) == 1


def test_the_address_of_the_source_gives_the_same_calendar():
    agenda = make_agenda(3).filtered(Filter(language="fr", speaker="P1"))
    made = parsed(feed(agenda, language="fr", keep_cancelled=None, is_full=True))
    assert made["SOURCE"] == f"{BASE}/biodefence-27/agenda.ics?speaker=P1&language=fr&cancelled=hide&detail=full"


def test_where_to_join_is_told_twice():
    agenda = make_agenda(1)
    session = replace(agenda.entries[0].session, online="https://video.example/r?a=1;b=2,3")
    [made] = parsed(feed(first(agenda, session=session))).walk("VEVENT")
    assert made["CONFERENCE"] == "https://video.example/r?a=1;b=2,3"
    assert dict(made["CONFERENCE"].params) == {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": "Join online"}
    assert "\n\nJoin online: https://video.example/r?a=1;b=2,3\n\n" in made["DESCRIPTION"]


def test_full_detail_tells_people_rooms_and_links_as_such():
    agenda = make_agenda(40)
    panel = next(entry for entry in agenda.entries if entry.session.kind == "panel")
    links = (Link("https://example.org/a b.pdf", "Slides", is_attachment=True), Link("https://example.org/more", ""))
    panel = replace(panel, session=replace(panel.session, links=links))
    agenda = replace(agenda, entries=(panel,))
    data = feed(agenda)
    assert b"PARTICIPANT" not in data
    assert b"LINK" not in data
    data = feed(agenda, is_full=True)
    text = data.replace(b"\r\n ", b"").decode()
    assert text.count("BEGIN:PARTICIPANT\r\n") == text.count("PARTICIPANT-TYPE:SPEAKER\r\n") == 4
    assert "SUMMARY:Björn Vandamme\r\nDESCRIPTION:Harbour Biotech\r\nCATEGORIES:Chair\r\n" in text
    assert "LINK;VALUE=URI;LINKREL=enclosure;LABEL=Slides:https://example.org/a%20b.pdf\r\n" in text
    assert "LINK;VALUE=URI;LINKREL=related:https://example.org/more\r\n" in text
    assert "CONCEPT:https://conf.example/biodefence-27/agenda?track=t3\r\nREFID:t3\r\n" in text
    assert 'STYLED-DESCRIPTION;VALUE=TEXT;FMTTYPE="text/html":<p>Laboratories' in text
    where = "NAME:Lecture Room 3\r\nDESCRIPTION:Avenue 30\\, Brussels\\, Floor 0\\, Step-free access\r\nGEO:50.843611;"
    assert where in text
    assert "BEGIN:VLOCATION\r\nUID:" in text
    assert lint(data) == []


def test_an_alarm_is_opt_in_and_never_rings_for_what_is_cancelled():
    agenda = make_agenda(2, cancelled=1)
    events = parsed(feed(agenda, alarm=dt.timedelta(minutes=10))).walk("VEVENT")
    alarms = [[part["TRIGGER"].dt for part in each.walk("VALARM")] for each in events]
    assert alarms == [[dt.timedelta(minutes=-10)], []]


# Tombstones


def test_a_cancelled_entry_is_told_for_some_days_and_then_left_out():
    agenda = first(make_agenda(1), is_cancelled=True, sequence=3)
    [tombstone] = parsed(feed(agenda)).walk("VEVENT")
    assert (tombstone["STATUS"], tombstone["TRANSP"], tombstone["SEQUENCE"]) == ("CANCELLED", "TRANSPARENT", 3)
    assert tombstone["SUMMARY"] == "Cancelled: Field diagnostics from bench to barracks"
    ended = agenda.entries[0].ends_at
    assert b"BEGIN:VEVENT" in feed(replace(agenda, released_at=ended + KEPT))
    assert b"BEGIN:VEVENT" not in feed(replace(agenda, released_at=ended + KEPT + dt.timedelta(seconds=1)))
    assert b"BEGIN:VEVENT" not in feed(agenda, keep_cancelled=None)


# The traps of icalendar


def test_two_builds_are_equal_and_no_calendar_uid_is_made_up():
    agenda = make_agenda(30, cancelled=3)
    assert feed(agenda) == feed(make_agenda(30, cancelled=3))
    assert "UID" not in parsed(feed(agenda))


def test_a_newline_in_the_conference_title_adds_no_line():
    agenda = make_agenda(1)
    facts = replace(agenda.conference, title={"en": "Two\nlines\r\nX-EVIL:1; and, more"})
    made = parsed(feed(replace(agenda, conference=facts)))
    assert name_of(made) == "Two lines X-EVIL:1; and, more"
    assert "X-EVIL" not in made


def test_control_characters_are_left_out():
    data = feed(titled("Bell\x07, NUL\x00, \x1b[31mred\x7f"))
    assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", data)
    assert parsed(data).walk("VEVENT")[0]["SUMMARY"] == "Bell, NUL, [31mred"


def test_a_backslash_before_a_capital_n_is_no_line_break():
    assert parsed(feed(titled("C:\\New"))).walk("VEVENT")[0]["SUMMARY"] == "C:\\New"


def test_the_time_zone_is_a_rule_without_comment():
    data = feed(make_agenda(1))
    assert b"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in data
    assert b"RDATE" not in data
    assert b"COMMENT" not in data


def test_quotes_in_the_organiser_are_escaped():
    agenda = make_agenda(1)
    agenda = replace(agenda, conference=replace(agenda.conference, title={"en": 'The "Bio" ^ week: one'}))
    data = feed(agenda)
    assert b"ORGANIZER;CN=\"The ^'Bio^' ^^ week: one\":mailto:" in data.replace(b"\r\n ", b"")
    assert parsed(data).walk("VEVENT")[0]["ORGANIZER"].params["CN"] == 'The "Bio" ^ week: one'


# Times


@pytest.mark.parametrize("zone", ["Europe/Brussels", "America/New_York", "Africa/Casablanca", "Asia/Kolkata", "UTC"])
@pytest.mark.parametrize(
    "day", [dt.date(2027, 3, 14), dt.date(2027, 3, 28), dt.date(2027, 10, 31), dt.date(2027, 11, 7)]
)
def test_every_hour_around_a_change_of_clocks_comes_back(zone, day):
    start = dt.datetime.combine(day, dt.time(0), dt.UTC) - dt.timedelta(hours=12)
    agenda, lasts = make_agenda(1, zone=zone), dt.timedelta(hours=2)
    starts = {uuid_of("half hour", n): start + n * dt.timedelta(minutes=30) for n in range(96)}
    entries = [
        replace(agenda.entries[0], uuid=uid, starts_at=moment, ends_at=moment + lasts) for uid, moment in starts.items()
    ]
    data = feed(replace(agenda, entries=tuple(entries)))
    made = {str(each["UID"]): (utc(each, "DTSTART"), utc(each, "DTEND")) for each in parsed(data).walk("VEVENT")}
    assert made == {str(uid): (moment, moment + lasts) for uid, moment in starts.items()}
    assert lint(data) == []


def test_the_second_of_two_equal_hours_is_written_in_utc():
    moment = dt.datetime(2027, 10, 31, 1, 30, tzinfo=dt.UTC)  # 02:30 in Brussels, for the second time
    data = feed(first(make_agenda(1), starts_at=moment, ends_at=moment + dt.timedelta(hours=1)))
    assert b"DTSTART:20271031T013000Z\r\n" in data
    assert b"DTEND:20271031T023000Z\r\n" in data


def test_an_entry_past_midnight_ends_on_the_next_day():
    moment = dt.datetime(2027, 3, 8, 21, tzinfo=dt.UTC)
    data = feed(first(make_agenda(1), starts_at=moment, ends_at=moment + dt.timedelta(hours=4)))
    assert b"DTSTART;TZID=Europe/Brussels:20270308T220000\r\n" in data
    assert b"DTEND;TZID=Europe/Brussels:20270309T020000\r\n" in data


# Size


def test_a_thousand_sessions_stay_below_googles_limit():
    data = feed(make_agenda(1000, rooms=20, days=5))
    assert 800_000 < len(data) <= MOST_BYTES
    assert data.count(b"BEGIN:VEVENT") == 1000
    assert lint(data) == []


def test_long_abstracts_in_other_scripts_are_cut_until_the_feed_fits():
    agenda = make_agenda(1000, rooms=20, days=5)
    greek = {"en": "<p>" + "Βιοτεχνολογία και άμυνα. " * 40 + "</p>"}
    entries = tuple(replace(each, session=replace(each.session, abstract=greek)) for each in agenda.entries)
    data = feed(replace(agenda, entries=entries))
    assert len(data) <= MOST_BYTES
    assert "Βιοτεχνολογία".encode() in data.replace(b"\r\n ", b"")


# Anything


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(agendas())
def test_whatever_goes_in_comes_out(agenda):
    data = feed(agenda, alarm=dt.timedelta(minutes=5))
    assert data == feed(agenda, alarm=dt.timedelta(minutes=5))
    assert lint(data) == []
    voice = Voice(agenda.conference, "en")
    made = parsed(data)
    assert name_of(made) == (voice.words(agenda.conference.title) or agenda.conference.slug)
    events = {str(each["UID"]): each for each in made.walk("VEVENT")}
    assert set(events) == {str(entry.uuid) for entry in agenda.entries}
    for entry in agenda.entries:
        told = events[str(entry.uuid)]
        title = voice.words(entry.session.title) or voice.kind(entry.session.kind)
        assert told["SUMMARY"] == (f"Cancelled: {title}" if entry.is_cancelled else title)
        assert utc(told, "DTSTART") == entry.starts_at
        assert utc(told, "DTEND") == entry.ends_at if entry.ends_at > entry.starts_at else "DTEND" not in told
        assert told.get("LOCATION", "") == place(entry, agenda, voice)
        assert told["SEQUENCE"] == entry.sequence
        for part in entry.session.parts:
            assert line(part.person.name) in told["DESCRIPTION"]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(agendas())
def test_vobject_reads_every_feed(agenda):
    [made] = vobject.readComponents(feed(agenda).decode())
    assert made.validate(raiseException=True)
    read = {each.uid.value: each for each in getattr(made, "vevent_list", [])}
    assert set(read) == {str(entry.uuid) for entry in agenda.entries}
    for entry in agenda.entries:
        assert read[str(entry.uuid)].dtstart.value.astimezone(dt.UTC) == entry.starts_at


def test_released_moment_stands_in_where_an_entry_has_none():
    [made] = parsed(feed(first(make_agenda(1), changed_at=None))).walk("VEVENT")
    assert made["DTSTAMP"].dt == RELEASED_AT


# Events that were made before.


def test_what_was_made_before_is_told_again_and_nothing_else():
    agenda = make_agenda(200, rooms=20)
    agenda = replace(agenda, entries=tuple(replace(each, digest=digest(each)) for each in agenda.entries))
    changed = replace(agenda.entries[3], ends_at=agenda.entries[3].ends_at + dt.timedelta(minutes=5), sequence=8)
    after = replace(
        agenda, entries=(*agenda.entries[:3], replace(changed, digest=digest(changed)), *agenda.entries[4:])
    )
    bare = {n: replace(each, entries=tuple(replace(entry, digest="") for entry in each.entries))
            for n, each in enumerate((agenda, after))}  # fmt: skip
    for options in ({}, {"alarm": dt.timedelta(minutes=5)}, {"is_full": True}, {"language": "fr"}, {}):
        assert feed(agenda, **options) == feed(bare[0], **options)
        assert feed(after, **options) == feed(bare[1], **options)
    moved = replace(after, conference=replace(after.conference, contact="other@conf.example"), redaction=1)
    assert feed(moved).count(b"mailto:other@conf.example") == 200
