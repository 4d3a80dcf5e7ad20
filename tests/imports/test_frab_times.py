"""When sessions of a `schedule.xml` start: its time zone, contradictions between its dates, days that end late."""

from __future__ import annotations

import datetime as dt

import pytest

from confapp.imports.frab import read_frab
from tests.imports.schedules import GUID, day, event, only_session, plan_of, refusal, said, schedule

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
