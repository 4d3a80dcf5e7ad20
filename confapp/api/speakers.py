"""Speakers: the public profiles of people in one conference; a track manager changes only her track's."""

from __future__ import annotations

import datetime as dt
from typing import Any

from confapp.api.base import Blueprint
from confapp.api.nouns import Noun, serve
from confapp.domain.people import Account
from confapp.domain.permissions import Permission
from confapp.domain.programme import speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.speakers import Speaker
from confapp.domain.schedule import tasks
from confapp.domain.schedule.tasks import Cause
from confapp.hall.named import check_speaker
from confapp.schemas.sessions import SpeakerSchema

blueprint = Blueprint("speakers", "Speakers")


def _edit(conference: Conference, row: Speaker, values: dict[str, Any], by: Account, now: dt.datetime) -> None:
    check_speaker(conference, row)
    speakers.edit_speaker(row, values, by=by, now=now)


def _delete(conference: Conference, row: Speaker, by: Account, now: dt.datetime) -> None:
    check_speaker(conference, row)
    with tasks.watching(conference, Cause.SESSION, by=by, now=now):
        speakers.delete_speaker(row, by=by, now=now)


serve(
    blueprint,
    Noun(
        name="speaker",
        private=("email", "letter_language"),
        schema=SpeakerSchema,
        edits=Permission.SPEAKERS_EDIT,
        all=speakers.speakers,
        one=speakers.speaker,
        create=lambda conference, values, by, now: speakers.create_speaker(conference, values, by=by, now=now),
        edit=_edit,
        delete=_delete,
    ),
)
