"""Variants of XML and iCalendar that software in the field writes beside the standard, one small file each."""

from __future__ import annotations

import datetime as dt

import pytest

from confapp.imports import read_programme
from confapp.imports.plan import Plan, PlannedSession
from tests.imports.schedules import HEADER, day, event, only_session, plan_of, schedule

ZONE = "Europe/Brussels"
EIGHT = dt.datetime(2026, 5, 12, 8, tzinfo=dt.UTC)
HOURS = ("DTSTART:20260512T080000Z", "DTEND:20260512T090000Z")


def read(data: bytes) -> Plan:
    return read_programme(data, "file", timezone=ZONE)


def only(plan: Plan) -> PlannedSession:
    (session,) = plan.sessions
    return session


def calendar(*events: tuple[str, ...], head: tuple[str, ...] = ()) -> bytes:
    lines = [line for inner in events for line in ("BEGIN:VEVENT", *inner, "END:VEVENT")]
    return "\r\n".join(["BEGIN:VCALENDAR", *head, *lines, "END:VCALENDAR", ""]).encode()


def messages(plan: Plan) -> str:
    return " ".join(remark.message for remark in plan.warnings)


# schedule.xml


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45m", 45), ("45 min", 45), ("45 Minuten", 45), ("45.0", 45), ("45'", 45), ("1h", 60), ("1h30", 90),
        ("1 h 15 min", 75), ("1.5 hours", 90), ("1:00:00:00", 1440), ("1 day, 0:30:00", 1470), ("1 00:30:00", 1470),
        ("P0DT00H45M00S", 45), ("24:00", 1440),
    ],
)  # fmt: skip
def test_lengths_in_many_spellings(text, minutes):
    assert only_session(event(duration=text)).duration == dt.timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["0.75", "-00:30", "soon", "h", "1:2:3:4:5"])
def test_a_length_that_could_be_anything_is_refused(text):
    assert [remark.field for remark in plan_of(event(duration=text)).refused] == ["duration"]


@pytest.mark.parametrize(
    ("parts", "hour"),
    [
        ({"start": "10:00 AM"}, 8), ({"start": "24:00"}, 22), ({"start": "25:30"}, 23.5),
        ({"start": None, "date": "2026-05-12 10:00:00 UTC"}, 10), ({"start": None, "date": "2026-05-12T10:00+0200"}, 8),
    ],
)  # fmt: skip
def test_starts_in_many_spellings(parts, hour):
    assert only_session(event(**parts)).starts_at == dt.datetime(2026, 5, 12, tzinfo=dt.UTC) + dt.timedelta(hours=hour)


@pytest.mark.parametrize(
    ("end", "minutes"), [("10:40", 40), ("2026-05-12T10:30:00+02:00", 30), ("2026-05-12T10:30:00", 30), ("01:00", 900)]
)
def test_an_end_may_stand_for_a_length(end, minutes):
    assert only_session(event(duration=None, end=end)).duration == dt.timedelta(minutes=minutes)


def test_an_end_before_the_start_is_refused():
    plan = plan_of(event(duration=None, end="2026-05-12T09:00:00"))
    assert [remark.field for remark in plan.refused] == ["end"]


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ({"status": "rejected"}, "rejected"),
        ({"state": "withdrawn"}, "withdrawn"), ({"cancelled": "true"}, "cancelled"),
        ({"cancelled": "false"}, "confirmed"),
        ({"status": "tentative"}, "proposed"), ({"status": "Released"}, "confirmed"),
    ],
)  # fmt: skip
def test_what_is_not_held_is_not_placed(parts, state):
    session = only_session(event(**parts))
    assert session.state == state
    assert (session.starts_at is None) == (state in ("rejected", "withdrawn", "cancelled"))


def test_people_may_be_elements_of_their_own():
    people = (
        "<persons><person id='1'><name>Ada</name><bio>Hello</bio></person>"
        "<person id='2'>Bo<biography>&lt;p&gt;Hi&lt;/p&gt;</biography></person></persons>"
    )
    plan = plan_of(event(people), event("<speakers><speaker id='3'>Cy</speaker></speakers>", id="8", title="X"),
                   event("<person id='4'>Di</person>", id="9", title="Y"))  # fmt: skip
    assert [(each.name, each.biography.get("und", "")) for each in plan.speakers] == [
        ("Ada", "<p>Hello</p>"), ("Bo", "<p>Hi</p>"), ("Cy", ""), ("Di", "")]  # fmt: skip
    assert [len(session.people) for session in plan.sessions] == [2, 1, 1]


def test_an_encoding_that_lies_is_read_as_windows():
    data = schedule(day(event(title="Bière – Hefe"))).decode()
    for text in (data, data.split("\n", 1)[1]):
        plan = read(text.encode("windows-1252"))
        assert only(plan).title == {"und": "Bière – Hefe"}
        assert "Windows-1252" in messages(plan)


def test_a_bare_ampersand_is_itself():
    data = schedule(day(event("<abstract><![CDATA[<a href='https://x.example/?a=1&b=2'>x</a>]]></abstract>")))
    plan = read(data.replace(b"Yeast at work", b"Q & A &amp; R&D; x"))
    assert only(plan).title["und"].startswith("Q & A & R")
    assert "a=1&amp;b=2" in only(plan).abstract_html["und"]
    assert "mpersand" in messages(plan)


def test_instructions_and_a_dtd_s_address_are_passed_over():
    head = b'<?xml version="1.0"?>\n<?xml-stylesheet href="x.xsl"?>\n<!DOCTYPE schedule SYSTEM "x.dtd">\n'
    assert only(read(head + schedule(day(event())).split(b"\n", 1)[1])).starts_at == EIGHT
    assert HEADER["time_zone_name"] == ZONE


# iCalendar


def test_a_calendar_that_cancels_cancels():
    session = only(read(calendar(("UID:u", "SUMMARY:A", *HOURS), head=("METHOD:CANCEL",))))
    assert (session.state, session.starts_at) == ("cancelled", None)


def test_of_several_states_the_latest_is_taken():
    old, new = ("UID:u", "SUMMARY:Old", "SEQUENCE:0", *HOURS), ("UID:u", "SUMMARY:New", "SEQUENCE:2", *HOURS)
    for events in ((old, new), (new, old)):
        session = only(read(calendar(*events)))
        assert (session.title, session.keys[0]) == ({"und": "New"}, "guid:u")
    assert len(read(calendar(old, ("UID:u", "SUMMARY:Other", "SEQUENCE:0", *HOURS))).sessions) == 2


def test_a_fold_may_part_a_character():
    data = calendar(("UID:u", "SUMMARY:Bière", *HOURS))
    middle = data.index("è".encode()) + 1
    assert only(read(data[:middle] + b"\r\n " + data[middle:])).title == {"und": "Bière"}


def test_private_events_are_not_released():
    assert only(read(calendar(("UID:u", "SUMMARY:A", "CLASS:PRIVATE", *HOURS)))).state == "proposed"


def test_quoted_printable_of_old_phones():
    quoted = "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Bi=C3=A8re"
    assert only(read(calendar((quoted, *HOURS)))).title == {"und": "Bière"}


@pytest.mark.parametrize("zone", ['"(UTC+01:00) Brussels, Copenhagen, Madrid"', "/softwarestudio.org/Europe/Brussels"])
def test_zones_that_outlook_and_others_name(zone):
    data = calendar(("UID:u", "SUMMARY:A", f"DTSTART;TZID={zone}:20260512T100000", "DURATION:P1H"))
    plan = read_programme(data, "file", timezone="Asia/Tokyo")
    assert (only(plan).starts_at, only(plan).duration) == (EIGHT, dt.timedelta(hours=1))


def test_one_bad_exception_leaves_the_rule_in_force():
    data = calendar(("UID:u", "SUMMARY:A", *HOURS, "RRULE:FREQ=DAILY;COUNT=2;INTERVAL=0", "EXDATE:garbage"))
    plan = read(data)
    assert [session.day for session in plan.sessions] == [dt.date(2026, 5, 12), dt.date(2026, 5, 13)]
    assert "EXDATE" in [remark.field for remark in plan.warnings]


@pytest.mark.parametrize("rule", ["FREQ=YEARLY;INTERVAL=0;BYMONTH=2", "FREQ=SECONDLY", "FREQ=YEARLY;BYSECOND=1,2"])
def test_a_zone_with_an_endless_rule_gives_its_standard_offset(rule):
    zone = ("BEGIN:VTIMEZONE", "TZID:Mine", "BEGIN:STANDARD", "DTSTART:16010101T235959", "TZOFFSETFROM:+0530",
            "TZOFFSETTO:+0530", f"RRULE:{rule}", "END:STANDARD", "END:VTIMEZONE")  # fmt: skip
    start = "DTSTART;TZID=Mine:20260512T133000"
    assert only(read(calendar(("UID:u", "SUMMARY:A", start, "DURATION:PT1H"), head=zone))).starts_at == EIGHT
