"""Moments as they are typed: on the conference's clock or with an offset, the times that clocks show twice or never."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from confapp.domain.errors import N_

YEARS = range(1900, 2200)
"""The years that a conference can be in: moments near the ends of the calendar cannot be told in every zone."""
IN_YEARS = N_("Give a year from %(first)s to %(last)s.", first=YEARS[0], last=YEARS[-1])


def typed_twice(typed: Any, zone: ZoneInfo | None) -> tuple[dt.datetime, ...]:
    """Both moments of a time typed into a form that the clocks show twice, the earlier first; none of any other."""
    try:
        wall = dt.datetime.fromisoformat(typed.strip())
    except (AttributeError, ValueError):
        return ()
    if zone is None or wall.tzinfo is not None or wall.year not in YEARS:
        return ()
    return both_moments(wall, zone) or ()


def both_moments(wall: dt.datetime, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime] | None:
    """The two moments of a time that the clocks of `zone` show twice on that day, the earlier first; else None."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return (first, second) if offset_of(first) != offset_of(second) and _is_shown(first) else None


def offset_of(moment: dt.datetime) -> str:
    """How far its clock is from UTC, such as +02:00."""
    return moment.isoformat(timespec="minutes")[16:]


def _is_shown(moment: dt.datetime) -> bool:
    """Whether its clock ever shows its time: some it skips."""
    return moment.astimezone(dt.UTC).astimezone(moment.tzinfo).replace(tzinfo=None) == moment.replace(tzinfo=None)


def read_moment(value: Any, zone: ZoneInfo | None, *, takes_last: bool | None = None) -> dt.datetime:
    """A moment in UTC: ISO 8601 with an offset, or a time of day on the clock of `zone`. Raises ValidationError.

    `takes_last`: which one is meant of a time that the clocks show twice; None: it has to be said.
    """
    try:
        moment = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValidationError([N_("Give a date and time such as 2026-05-18T09:30 or 2026-05-18T07:30:00Z.")]) from error
    if moment.year not in YEARS:
        raise ValidationError([IN_YEARS])
    if moment.tzinfo is None:
        if zone is None:
            raise ValidationError([N_("Give the time with its offset, such as 2026-05-18T09:30:00+02:00.")])
        both = both_moments(moment, zone)
        if both and takes_last is None:
            first, last = map(offset_of, both)
            said = N_(
                "The clocks show this time twice on that day: say which is meant, the one at UTC%(first)s or the one "
                "at UTC%(last)s.",
                first=first,
                last=last,
            )
            raise ValidationError([said])
        moment = both[bool(takes_last)] if both else moment.replace(tzinfo=zone)
        if not _is_shown(moment):
            raise ValidationError([N_("The clocks skip this time on that day; choose another.")])
    return moment.astimezone(dt.UTC)
