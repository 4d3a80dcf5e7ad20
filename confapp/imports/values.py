"""A plan's things as the columns of ours, and digests by which a later import tells what the source changed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from confapp.domain.programme.sessions import Kind, PartRole, SessionState
from confapp.domain.schedule.scheduling import LONGEST
from confapp.domain.texts import Texts
from confapp.imports.plan import (
    UNDETERMINED,
    PlannedConference,
    PlannedRoom,
    PlannedSession,
    PlannedSpeaker,
    PlannedTrack,
)

Targets = Mapping[str, Mapping[str, uuid.UUID]]
"""The UUID of ours for each `ref` of a plan, by kind."""
Place = tuple[uuid.UUID | None, dt.datetime, dt.datetime]
"""A room (None: the whole venue), start and end, UTC."""


def texts(planned: Texts, first: str) -> dict[str, str]:
    """A text by language; what states none is in the conference's first language."""
    stated = {language: words for language, words in planned.items() if language != UNDETERMINED}
    return ({first: planned[UNDETERMINED]} if UNDETERMINED in planned else {}) | stated


def of_conference(planned: PlannedConference, first: str) -> dict[str, Any]:
    """The conference's facts that later imports may change."""
    dates = {"starts_on": planned.starts_on, "ends_on": planned.ends_on} if planned.starts_on else {}
    return {
        "title": texts(planned.title, first),
        **dates,
        "day_change": planned.day_change,
        "url": planned.url,
        "city": planned.city,
        "languages": list(planned.languages),
    }


def of_venue(planned: PlannedConference, first: str) -> dict[str, Any]:
    """The one building that a programme names."""
    return {"name": {first: planned.venue}, "city": planned.city}


def of_room(planned: PlannedRoom, first: str) -> dict[str, Any]:
    """A room."""
    return {"name": texts(planned.name, first), "capacity": planned.capacity}


def of_track(planned: PlannedTrack, first: str) -> dict[str, Any]:
    """A track; its colour is the palette's next."""
    return {"name": texts(planned.name, first)}


def of_speaker(planned: PlannedSpeaker, first: str) -> dict[str, Any]:
    """A speaker."""
    return {
        "name": planned.name,
        "biography": texts(planned.biography, first),
        "affiliation": planned.affiliation,
        "country": planned.country,
        "email": planned.email,
    }


def of_session(planned: PlannedSession, first: str, targets: Targets) -> dict[str, Any]:
    """A session; `track`, `parts` and `place` name what they point to by UUID."""
    minutes = max(1, math.ceil(planned.duration / dt.timedelta(minutes=1))) if planned.duration else None
    optout = planned.recording_optout
    return {
        "title": texts(planned.title, first),
        "subtitle": texts(planned.subtitle, first),
        "abstract": texts(planned.abstract_html, first),
        "description": texts(planned.description_html, first),
        "kind": Kind(planned.kind),
        "state": SessionState(planned.state),
        "language": planned.language,
        "is_recorded": None if optout is None else not optout,
        "links": [
            {"url": url, "title": title, "is_attachment": is_attachment}
            for held, is_attachment in ((planned.links, False), (planned.attachments, True))
            for url, title in held
        ],
        "track": targets["track"][planned.track] if planned.track else None,
        "parts": [[targets["speaker"][person], PartRole(role)] for person, role in planned.people],
        "place": _place(planned, minutes, targets),
    } | ({"duration_minutes": minutes} if minutes else {})


def _place(planned: PlannedSession, minutes: int | None, targets: Targets) -> Place | None:
    """Where and when, in whole minutes; None for what cannot be scheduled."""
    if planned.starts_at is None or minutes is None or is_too_long(planned):
        return None
    ends_at = planned.starts_at + dt.timedelta(minutes=minutes)
    return targets["room"][planned.room] if planned.room else None, planned.starts_at, ends_at


def is_too_long(planned: PlannedSession) -> bool:
    """Whether it lasts longer than one slot can."""
    return planned.duration is not None and planned.duration > LONGEST


def digest(value: Any) -> str:
    """What tells two values of a field apart."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:20]


def plain(name: str, value: Any) -> Any:
    """A field's value as JSON, for `of_plain`."""
    if name == "track":
        return str(value) if value else None
    if name == "parts":
        return [[str(person), str(role)] for person, role in value]
    if name == "place" and value is not None:
        room, starts_at, ends_at = value
        return [str(room) if room else None, starts_at.isoformat(), ends_at.isoformat()]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def of_plain(name: str, value: Any) -> Any:
    """What `plain` wrote."""
    if value is None:
        return None
    if name == "track":
        return uuid.UUID(value)
    if name == "parts":
        return [[uuid.UUID(person), PartRole(role)] for person, role in value]
    if name == "place":
        room, *ends = value
        return (uuid.UUID(room) if room else None, *(dt.datetime.fromisoformat(end) for end in ends))
    if name in _READ_BACK:
        return _READ_BACK[name](value)
    return value


_READ_BACK: Mapping[str, Callable[[str], Any]] = {
    "kind": Kind,
    "state": SessionState,
    "starts_on": dt.date.fromisoformat,
    "ends_on": dt.date.fromisoformat,
    "day_change": dt.time.fromisoformat,
}


def is_blank(value: Any) -> bool:
    """Whether nothing was said."""
    return value in (None, "", {}, [], ())
