"""Laws of the demonstration's times: a keynote is live at any moment of any date, and days stay whole and in order."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from confapp.demo import load_programme
from confapp.demo.alignment import day_begins
from confapp.demo.values import Programme

ZONE = ZoneInfo("Europe/Brussels")
LENGTH = timedelta(hours=8)
KEYNOTES = (timedelta(0), timedelta(hours=7, minutes=20))
NOW = datetime(2031, 5, 13, 9, 50, tzinfo=ZONE)
WRITTEN = load_programme(now=NOW)
"""The programme on a day on which nothing slides: the opening keynote began at 09:30 as written."""

DST_DAYS = [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]
moments = st.integers(0, 18 * 366 * 24 * 3600).map(
    lambda seconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
) | st.builds(
    lambda day, passed: datetime.combine(day, time(), ZONE).astimezone(UTC) + passed,
    st.sampled_from(DST_DAYS),
    st.timedeltas(timedelta(0), timedelta(hours=25)),
)


def _local(year: int, month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


def _offsets(programme: Programme, first: bool) -> list[tuple[str, str | None, timedelta, timedelta]]:
    """Return what one of the two days holds, each slot by its distance from the day's first."""
    day = programme.conference.starts_on if first else programme.conference.ends_on
    slots = [
        (session.key, slot) for session, slot in programme.slots() if slot.starts_at.astimezone(ZONE).date() == day
    ]
    begins = slots[0][1].starts_at
    return [(key, slot.room, slot.starts_at - begins, slot.ends_at - slot.starts_at) for key, slot in slots]


@given(moments)
@example(_local(2026, 11, 23, 23, 30))
@example(_local(2026, 11, 23, 0, 0))
@example(_local(2026, 3, 29, 3, 10))
@example(_local(2026, 10, 25, 2, 30))
def test_a_keynote_is_live_and_the_two_days_are_whole(now: datetime) -> None:
    programme = load_programme(now=now)
    assert "keynote" in {session.kind for session in programme.live(now=now)}

    conference = programme.conference
    assert conference.starts_on == now.astimezone(ZONE).date()
    assert conference.ends_on == conference.starts_on + timedelta(days=1)
    for _, slot in programme.slots():
        last_moment = slot.ends_at - timedelta(microseconds=1)
        assert slot.starts_at.astimezone(ZONE).date() == last_moment.astimezone(ZONE).date()
        assert slot.starts_at.utcoffset() == slot.ends_at.utcoffset() == timedelta(0)
        assert (slot.starts_at.minute % 5, slot.starts_at.second, slot.starts_at.microsecond) == (0, 0, 0)

    assert _offsets(programme, first=True) == _offsets(WRITTEN, first=True)
    assert _offsets(programme, first=False) == _offsets(WRITTEN, first=False)


@given(moments)
def test_the_second_day_is_held_at_the_hours_written(now: datetime) -> None:
    programme = load_programme(now=now)
    (slot,) = programme.session("enhancement").slots
    assert slot.starts_at == datetime.combine(programme.conference.ends_on, time(9), ZONE)


@given(moments)
def test_equal_moments_give_equal_programmes(now: datetime) -> None:
    assert load_programme(now=now) == load_programme(now=now.astimezone(ZoneInfo("Pacific/Auckland")))


@pytest.mark.parametrize("hour", range(24))
def test_by_day_a_keynote_began_twenty_minutes_ago_within_sensible_hours(hour: int) -> None:
    now = _local(2026, 11, 23, hour, 23)
    begins = day_begins(now=now, zone=ZONE, length=LENGTH, keynotes=KEYNOTES)
    assert _local(2026, 11, 23, hour, 20) - begins - timedelta(minutes=20) in KEYNOTES
    if 7 <= hour <= 22:
        assert time(6) <= begins.astimezone(ZONE).time()
        assert (begins + LENGTH).astimezone(ZONE).time() <= time(23)


@pytest.mark.parametrize(
    ("hour", "minute", "begins"),
    [
        (0, 0, "00:00"),
        (0, 19, "00:00"),
        (0, 25, "00:05"),
        (2, 0, "01:40"),
        (9, 54, "09:30"),
        (15, 24, "15:00"),
        (15, 25, "07:45"),
        (22, 44, "15:00"),
        (22, 45, "15:05"),
        (23, 44, "16:00"),
        (23, 59, "16:00"),
    ],
)
def test_the_opening_leads_until_the_day_would_end_too_late(hour: int, minute: int, begins: str) -> None:
    found = day_begins(now=_local(2026, 11, 23, hour, minute), zone=ZONE, length=LENGTH, keynotes=KEYNOTES)
    assert found.astimezone(ZONE).strftime("%H:%M") == begins
    assert found.tzinfo is UTC


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        load_programme(now=NOW.replace(tzinfo=None))
