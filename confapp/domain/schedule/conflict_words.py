"""What conflicts say: both sides by title and time, on the conference's clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from confapp.domain.agenda import ConferenceFacts
from confapp.domain.errors import N_, Message
from confapp.domain.schedule.placements import Placement
from confapp.domain.spans import Span
from confapp.domain.texts import Texts, in_language

MOST_SPANS = 4
"""How many of the times when somebody can come are named."""


def words(texts: Texts, conference: ConferenceFacts) -> str:
    """A text in the conference's first language."""
    return in_language(texts, conference.languages)


def clock(moment: dt.datetime, conference: ConferenceFacts) -> str:
    """Day and time, as in Mon 10:00."""
    return moment.astimezone(conference.zone).strftime("%a %H:%M")


def alone(placement: Placement, conference: ConferenceFacts) -> dict[str, str]:
    """Title and times of one side."""
    return {
        "title": words(placement.title, conference),
        "start": clock(placement.starts_at, conference),
        "end": clock(placement.ends_at, conference),
    }


def both(one: Placement, other: Placement, conference: ConferenceFacts) -> dict[str, str]:
    """Titles and times of both sides."""
    first, second = alone(one, conference), alone(other, conference)
    return {
        "one": first["title"],
        "one_start": first["start"],
        "one_end": first["end"],
        "other": second["title"],
        "other_start": second["start"],
        "other_end": second["end"],
    }


def in_one_room(one: Placement, other: Placement, conference: ConferenceFacts) -> Message:
    """Two things in one room, or in the whole venue, at once."""
    room = one.room or other.room
    return N_(
        "%(room)s holds “%(one)s” (%(one_start)s to %(one_end)s) and “%(other)s” (%(other_start)s to %(other_end)s).",
        room=words(room.name, conference) if room else N_("The whole venue"),
        **both(one, other, conference),
    )


def at_once(person: str, one: Placement, other: Placement, conference: ConferenceFacts) -> Message:
    """Somebody in two places at once."""
    return N_(
        "%(person)s is in “%(one)s” (%(one_start)s to %(one_end)s) and in “%(other)s” "
        "(%(other_start)s to %(other_end)s) at once.",
        person=person,
        **both(one, other, conference),
    )


def too_far(person: str, minutes: int, one: Placement, other: Placement, conference: ConferenceFacts) -> Message:
    """Too little time to walk."""
    assert one.room is not None
    assert other.room is not None
    return N_(
        "%(person)s walks %(minutes)s minutes from “%(one)s” (%(one_room)s, until %(one_end)s) to “%(other)s” "
        "(%(other_room)s, from %(other_start)s).",
        person=person,
        minutes=minutes,
        one_room=words(one.room.name, conference),
        other_room=words(other.room.name, conference),
        **both(one, other, conference),
    )


def too_tight(one: Placement, other: Placement, conference: ConferenceFacts) -> Message:
    """Too little time to change a room over."""
    assert one.room is not None
    return N_(
        "%(room)s needs %(minutes)s minutes between “%(one)s” (until %(one_end)s) and “%(other)s” "
        "(from %(other_start)s).",
        room=words(one.room.name, conference),
        minutes=one.room.changeover,
        **both(one, other, conference),
    )


def too_early(one: Placement, other: Placement, conference: ConferenceFacts) -> Message:
    """What follows begins before what it follows has ended."""
    return N_(
        "“%(other)s” (%(other_start)s to %(other_end)s) must come after “%(one)s” (%(one_start)s to %(one_end)s).",
        **both(one, other, conference),
    )


def is_closed(placement: Placement, open_at: Iterable[Span], conference: ConferenceFacts) -> Message:
    """A room that is not available."""
    assert placement.room is not None
    return N_(
        "%(room)s is not available for all of “%(title)s” (%(start)s to %(end)s); it is open %(open)s.",
        room=words(placement.room.name, conference),
        open=_spans(placement, open_at, conference),
        **alone(placement, conference),
    )


def is_away(person: str, placement: Placement, there_at: Iterable[Span], conference: ConferenceFacts) -> Message:
    """Somebody who is not available."""
    return N_(
        "%(person)s cannot come to all of “%(title)s” (%(start)s to %(end)s), only %(there)s.",
        person=person,
        there=_spans(placement, there_at, conference),
        **alone(placement, conference),
    )


def _spans(placement: Placement, spans: Iterable[Span], conference: ConferenceFacts) -> tuple[Message, ...]:
    """The spans nearest to a placement, in the order of time."""
    near = sorted(spans, key=lambda span: max(span.starts_at - placement.ends_at, placement.starts_at - span.ends_at))
    return tuple(
        N_("%(start)s to %(end)s", start=clock(span.starts_at, conference), end=clock(span.ends_at, conference))
        for span in sorted(near[:MOST_SPANS])
    )
