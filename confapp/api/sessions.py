"""Sessions: the programme's items; a track manager changes only her track's. If-Match refuses a stale edit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from confapp.api.base import Blueprint, seen_version
from confapp.api.nouns import Noun, serve
from confapp.domain.people import Account
from confapp.domain.permissions import Permission
from confapp.domain.programme import sessions
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session
from confapp.domain.schedule import tasks
from confapp.domain.schedule.tasks import Cause
from confapp.hall.named import check_track, named
from confapp.schemas.sessions import SessionSchema

blueprint = Blueprint("sessions", "Sessions")


def _track_id(values: dict[str, Any]) -> int | None:
    return values["track"].id if values.get("track") else None


def _create(conference: Conference, values: dict[str, Any], by: Account, now: dt.datetime) -> Session:
    resolved = named(conference, values)
    check_track(conference, _track_id(resolved))
    return sessions.create(conference, resolved, by=by, now=now)


def _edit(conference: Conference, row: Session, values: dict[str, Any], by: Account, now: dt.datetime) -> None:
    check_track(conference, row.track_id)
    sessions.check_version(row, values.get("version") or seen_version())
    resolved = named(conference, values)
    if "track" in resolved:
        check_track(conference, _track_id(resolved))
    with tasks.watching(conference, Cause.SESSION, by=by, now=now):
        sessions.edit(row, conference, resolved, by=by, now=now)


serve(
    blueprint,
    Noun(
        name="session",
        schema=SessionSchema,
        edits=Permission.SESSIONS_EDIT,
        all=sessions.sessions,
        one=sessions.session,
        create=_create,
        edit=_edit,
    ),
)
