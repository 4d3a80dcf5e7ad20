"""Where day 1 of the demonstration begins, so that a keynote is live at the moment when it is made."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

STEP = timedelta(minutes=5)
"""Days begin on a multiple of this."""
BEGAN = timedelta(minutes=20)
"""How long ago the live keynote began, before rounding to the step."""
EARLIEST, LATEST = time(6), time(23)
"""A sensible day of a conference lies between these hours."""


def day_begins(*, now: datetime, zone: ZoneInfo, length: timedelta, keynotes: Sequence[timedelta]) -> datetime:
    """Return the UTC instant at which a day of this length begins, on the date of `now` in `zone`.

    `keynotes`, at least one, says how long after the day's beginning each of them starts. The day keeps its order and
    its durations and only slides, until a keynote began twenty minutes ago:

    1. the first keynote for which the whole day then lies between 06:00 and 23:00;
    2. in the small hours and late at night, when there is none, the one with which the day comes nearest to lying
       inside the date, and it slides no further than to midnight. (A late programme is better than nothing live.)

    With one keynote at the very beginning of the day and one at its very end, each longer than `BEGAN` and a `STEP`
    together, one is live at any moment of any date, and nothing crosses midnight. The sums are done on instants, so
    a date of 23 or 25 hours is only a narrower or wider one.
    """
    date = now.astimezone(zone).date()
    midnight = _instant(datetime.combine(date, time(), zone))
    next_midnight = _instant(datetime.combine(date + timedelta(days=1), time(), zone))
    earliest = _instant(datetime.combine(date, EARLIEST, zone))
    latest = _instant(datetime.combine(date, LATEST, zone))

    starts = _floor(now) - BEGAN
    wanted = [starts - offset for offset in keynotes]
    for begins in wanted:
        if earliest <= begins and begins + length <= latest:
            return begins

    def inside(begins: datetime) -> datetime:
        return max(midnight, min(begins, next_midnight - length))

    return inside(min(wanted, key=lambda begins: abs(inside(begins) - begins)))


def _instant(local: datetime) -> datetime:
    return local.astimezone(UTC)


def _floor(moment: datetime) -> datetime:
    """Return the last multiple of `STEP` since midnight UTC that is not after the moment."""
    utc = moment.astimezone(UTC)
    midnight = datetime.combine(utc.date(), time(), UTC)
    return midnight + (utc - midnight) // STEP * STEP
