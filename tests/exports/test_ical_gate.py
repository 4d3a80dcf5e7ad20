"""Every feed passes the gate, and each of fifteen planted mistakes is caught by one of its readers or more."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from confapp.domain.agenda import Agenda, Filter, Link
from confapp.exports.ical import calendar
from tests.agendas import ZONES, agendas, make_agenda, uuid_of
from tests.exports import ical_gate
from tests.exports.ical_gate import complaints

BASE = "https://conf.example"


def feed(agenda: Agenda, **options) -> bytes:
    return calendar(agenda, **{"base_url": BASE, "language": "en"} | options)


def rich(agenda: Agenda) -> Agenda:
    """The agenda with links and an online address at its first session."""
    first = agenda.entries[0]
    links = (Link("https://example.org/slides;v=1,2", 'Slides: "all"', is_attachment=True), Link(BASE, ""))
    session = replace(first.session, links=links, online="https://video.example/room?a=1;b=2,3")
    return replace(agenda, entries=(replace(first, session=session), *agenda.entries[1:]))


@pytest.mark.parametrize("zone", [*ZONES, "UTC", "Australia/Lord_Howe"])
@pytest.mark.parametrize("alarm", [None, dt.timedelta(minutes=10)])
def test_feeds_pass_the_gate(zone, alarm):
    agenda = rich(make_agenda(30, zone=zone, cancelled=3))
    assert complaints(feed(agenda, alarm=alarm)) == {}
    assert complaints(feed(agenda.filtered(Filter(track="t1", host="academy")), keep_cancelled=None)) == {}
    assert complaints(feed(agenda.filtered(Filter(track="t1", sessions=frozenset())))) == {}


@pytest.mark.parametrize("day", [dt.date(2027, 3, 28), dt.date(2027, 10, 31)])
def test_days_on_which_clocks_change_pass_the_gate(day):
    starts = dt.datetime.combine(day, dt.time(0), dt.UTC) - dt.timedelta(hours=3)
    agenda = make_agenda(16)
    entries = [
        replace(entry, starts_at=starts + n * dt.timedelta(minutes=30), ends_at=starts + dt.timedelta(hours=n / 2 + 5))
        for n, entry in enumerate(agenda.entries)
    ]
    assert complaints(feed(replace(agenda, entries=tuple(entries)))) == {}


def test_full_detail_passes_the_gate_where_readers_know_it():
    """libical 3 is older than RFC 9073: it leaves PARTICIPANT, VLOCATION and what stands in them out."""
    found = complaints(feed(rich(make_agenda(12, cancelled=1)), is_full=True))
    assert set(found) <= {"libical"}
    assert all("PROPERTY-PARSE-ERROR" in each for each in found.get("libical", []))


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=15)
@given(agendas())
def test_whatever_the_words_the_feed_passes_the_gate(agenda):
    assert complaints(feed(agenda, alarm=dt.timedelta(minutes=5))) == {}


# Fifteen mistakes.

GOOD = feed(make_agenda(3, cancelled=1), alarm=dt.timedelta(minutes=10))


def without(name: str) -> bytes:
    """The good feed without the first line of that name."""
    return re.sub(rb"(?m)^" + name.encode() + rb"[;:].*\r\n(?: .*\r\n)*", b"", GOOD, count=1)


def twice(name: str) -> bytes:
    """The good feed with the first line of that name said twice."""
    return re.sub(rb"(?m)^(" + name.encode() + rb"[;:].*\r\n(?: .*\r\n)*)", rb"\1\1", GOOD, count=1)


MISTAKES = {
    "no UID": without("UID"),
    "no DTSTAMP": without("DTSTAMP"),
    "no PRODID": without("PRODID"),
    "no VERSION": without("VERSION"),
    "two starts": re.sub(rb"(DTSTART;TZID=.*\r\n)", rb"\1\1", GOOD, count=1),
    "two summaries": twice("SUMMARY"),
    "an unknown status": GOOD.replace(b"STATUS:CONFIRMED", b"STATUS:PERHAPS", 1),
    "a sequence in words": GOOD.replace(b"SEQUENCE:0", b"SEQUENCE:none", 1),
    "a start that is no time": re.sub(rb"DTSTART;TZID=Europe/Brussels:\d+T\d+", b"DTSTART:nine", GOOD, count=1),
    "an event that does not end": GOOD.replace(b"END:VEVENT\r\n", b"", 1),
    "an alarm without trigger": without("TRIGGER"),
    "an end before the start": GOOD.replace(b"DTEND;TZID=Europe/Brussels:2027", b"DTEND;TZID=Europe/Brussels:2026", 1),
    "a zone that nothing describes": re.sub(rb"BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n", b"", GOOD, flags=re.DOTALL),
    "a bare line feed": GOOD.replace(b"STATUS:CONFIRMED\r\n", b"STATUS:CONFIRMED\n", 1),
    "a line of more than 75 octets": GOOD.replace(b"\r\n ", b"", 1),
    "a UID said of two events": GOOD.replace(str(uuid_of("slot", 1)).encode(), str(uuid_of("slot", 0)).encode()),
}
LINTED = ("an end", "a zone", "a bare", "a line", "a UID")


def test_the_good_one_is_good():
    assert complaints(GOOD) == {}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_planted_mistake_is_caught(mistake):
    assert MISTAKES[mistake] != GOOD
    found = complaints(MISTAKES[mistake])
    assert found != {}
    if mistake.startswith(LINTED):
        assert "lints" in found


def test_each_reader_catches_some():
    caught = {reader for mistake in MISTAKES.values() for reader in complaints(mistake)}
    assert caught == {"lints", "libical", "vobject", "icalendar", "ical.js"}
    assert ical_gate.by_libical(b"no calendar") == ["unreadable"]
