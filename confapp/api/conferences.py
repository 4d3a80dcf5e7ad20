"""Conferences and their tracks."""

from __future__ import annotations

from flask import Response

from confapp.api.base import Blueprint, body, listed, shown
from confapp.api.nouns import Noun, serve
from confapp.domain.permissions import Permission
from confapp.domain.programme import conferences
from confapp.domain.programme.conferences import Conference
from confapp.domain.schedule import tasks
from confapp.domain.schedule.tasks import Cause
from confapp.schemas.conferences import ConferenceEditSchema, ConferenceSchema, TrackSchema
from confapp.web import me, now, permits

blueprint = Blueprint("conferences", "Conferences and their tracks")


@blueprint.route("/conferences", methods=["GET"])
@permits(Permission.ACCOUNT)
@blueprint.alt_response(200, schema=ConferenceSchema(many=True), success=True)
def list_conferences() -> Response:
    """The conferences that the asker helps to run."""
    return listed(ConferenceSchema, conferences.conferences_for(me(), now=now()))


@blueprint.route("/conferences", methods=["POST"])
@permits(Permission.ADMINISTER)
@blueprint.takes(ConferenceSchema)
@blueprint.alt_response(201, schema=ConferenceSchema, success=True)
def create_conference() -> Response:
    """A new conference; its maker becomes the owner."""
    return shown(ConferenceSchema, conferences.create(body(ConferenceSchema), by=me(), now=now()), 201)


@blueprint.route("/conferences/<conference>", methods=["GET"])
@permits(Permission.CONFERENCE_READ)
@blueprint.alt_response(200, schema=ConferenceSchema, success=True)
def get_conference(conference: Conference) -> Response:
    """One conference."""
    return shown(ConferenceSchema, conference)


@blueprint.route("/conferences/<conference>", methods=["PATCH"])
@permits(Permission.CONFERENCE_EDIT)
@blueprint.takes(ConferenceEditSchema, partial=True)
@blueprint.alt_response(200, schema=ConferenceSchema, success=True)
def edit_conference(conference: Conference) -> Response:
    """Change its facts; the slug is for ever."""
    with tasks.watching(conference, Cause.HOURS, by=me(), now=now()):
        conferences.edit(conference, body(ConferenceEditSchema, conference, partial=True), by=me(), now=now())
    return shown(ConferenceSchema, conference)


serve(
    blueprint,
    Noun(
        name="track",
        schema=TrackSchema,
        edits=Permission.CONFERENCE_EDIT,
        all=conferences.tracks,
        one=conferences.track,
        create=lambda conference, values, by, now: conferences.create_track(conference, values, by=by, now=now),
        edit=lambda _conference, row, values, by, now: conferences.edit_track(row, values, by=by, now=now),
        delete=lambda _conference, row, by, now: conferences.delete_track(row, by=by, now=now),
    ),
)
