"""Speakers: the public profiles of people in one conference."""

from __future__ import annotations

from confapp.api.base import Blueprint
from confapp.api.nouns import Noun, serve
from confapp.domain import speakers
from confapp.domain.permissions import Permission
from confapp.schemas.sessions import SpeakerSchema

blueprint = Blueprint("speakers", "Speakers")

serve(
    blueprint,
    Noun(
        name="speaker",
        schema=SpeakerSchema,
        edits=Permission.SPEAKERS_EDIT,
        all=speakers.speakers,
        one=speakers.speaker,
        create=lambda conference, values, by, now: speakers.create_speaker(conference, values, by=by, now=now),
        edit=lambda _conference, row, values, by, now: speakers.edit_speaker(row, values, by=by, now=now),
        delete=lambda _conference, row, by, now: speakers.delete_speaker(row, by=by, now=now),
    ),
)
