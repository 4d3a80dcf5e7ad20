"""The shapes of availability: spans of time, which a form asks for by conference day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from marshmallow import ValidationError, fields, validate

from confapp.domain.agenda import ConferenceFacts
from confapp.domain.errors import N_
from confapp.domain.programme.availability import MOST_SPANS
from confapp.domain.programme.walks import LONGEST
from confapp.domain.spans import Span
from confapp.schemas.base import FormField, Schema
from confapp.schemas.moments import read_moment


class Row(NamedTuple):
    """One line of a form: from one time of a day to another one; an earlier one lies on the next day."""

    day: str
    since: str
    until: str


class SpanField(fields.Field[Span]):
    """`{"starts_at": ..., "ends_at": ...}`."""

    default_error_messages = {"invalid": N_("Give starts_at and ends_at.")}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> Span:
        if not isinstance(value, Mapping) or set(value) != {"starts_at", "ends_at"}:
            raise self.make_error("invalid")
        zone = self.root.zone  # type: ignore[union-attr]
        # Somebody who can come from or until a time that comes twice can come both times.
        span = Span(
            read_moment(value["starts_at"], zone, takes_last=False),
            read_moment(value["ends_at"], zone, takes_last=True),
        )
        if span.ends_at <= span.starts_at:
            raise ValidationError([N_("The end must lie after the start.")])
        return span

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_options: Any) -> Any:
        return {"starts_at": value.starts_at.isoformat(), "ends_at": value.ends_at.isoformat()}


class SpanList(fields.List[Any], FormField):
    """Spans; of a form, rows of `<name>.day`, `<name>.since` and `<name>.until`."""

    def of_form(self, data: Any, name: str) -> list[dict[str, str]]:
        """The rows in which a time was typed; one that was left out is the day's beginning or end."""
        return [_typed_span(row) for row in self.typed(data, name)]

    def typed(self, data: Any, name: str) -> list[Row]:
        """The same rows as they were typed."""
        columns = (data.getlist(f"{name}.{part}") for part in Row._fields)
        rows = [Row(*(each.strip() for each in row)) for row in zip(*columns, strict=False)]
        return [row for row in rows if row.since or row.until]


def _typed_span(row: Row) -> dict[str, str]:
    since, until = row.since or "00:00", row.until or "00:00"
    last = row.day
    if until <= since:
        try:
            last = (dt.date.fromisoformat(row.day) + dt.timedelta(days=1)).isoformat()
        except (ValueError, OverflowError):
            last = row.day  # read as it is, and refused in words
    return {"starts_at": f"{row.day}T{since}", "ends_at": f"{last}T{until}"}


def rows_of(spans: Iterable[Span], zone: ZoneInfo) -> list[Row]:
    """Spans as a form shows them: one that is longer than a day has a line for each day."""
    rows = []
    for span in spans:
        start, end = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
        while end.replace(tzinfo=None) - start.replace(tzinfo=None) > dt.timedelta(days=1):
            rows.append(Row(start.date().isoformat(), start.strftime("%H:%M"), "00:00"))
            start = dt.datetime.combine(start.date() + dt.timedelta(days=1), dt.time(), zone)
        rows.append(Row(start.date().isoformat(), start.strftime("%H:%M"), end.strftime("%H:%M")))
    return rows


def days_of(conference: ConferenceFacts) -> list[dt.date]:
    """The days for which a form asks: the conference's."""
    count = (conference.ends_on - conference.starts_on).days + 1
    return [conference.starts_on + dt.timedelta(days=number) for number in range(count)]


class AvailabilitySchema(Schema):
    """When a room is open or somebody can come; no span at all means always."""

    spans = SpanList(
        SpanField(),
        required=True,
        validate=validate.Length(max=MOST_SPANS, error=N_("At most %(most)s times.", most=MOST_SPANS)),
    )


class WalkField(fields.Field[tuple[str, int]]):
    """`{"venue": slug, "minutes": n}`."""

    default_error_messages = {
        "invalid": N_("Give a venue's slug, and from 0 to %(most)s minutes.", most=LONGEST),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> tuple[str, int]:
        try:
            venue, minutes = str(value["venue"]), int(value["minutes"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise self.make_error("invalid") from error
        if not 0 <= minutes <= LONGEST:
            raise self.make_error("invalid")
        return venue, minutes

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_options: Any) -> Any:
        return {"venue": value[0], "minutes": value[1]}


class WalkList(fields.List[Any], FormField):
    """Walks; of a form, rows of `<name>.venue` and `<name>.minutes`."""

    def of_form(self, data: Any, name: str) -> list[dict[str, str]]:
        """Every row; an empty one takes the walk away."""
        return [{"venue": venue, "minutes": minutes or "0"} for venue, minutes in self.typed(data, name)]

    def typed(self, data: Any, name: str) -> list[tuple[str, str]]:
        """The rows as they were typed."""
        rows = zip(data.getlist(f"{name}.venue"), data.getlist(f"{name}.minutes"), strict=False)
        return [(venue, minutes.strip()) for venue, minutes in rows]


class WalksSchema(Schema):
    """Minutes on foot from a venue to others; to itself: between two of its rooms. 0 takes a walk away."""

    walks = WalkList(WalkField(), required=True)
