"""A speaker's own part, as at her secret address: the last word of that address is the bearer token here."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, g, jsonify, request
from flask_babel import gettext
from werkzeug.exceptions import Unauthorized

from confapp.api.base import Blueprint, body
from confapp.delivery.personal import Secret
from confapp.domain.agenda import Entry
from confapp.domain.attendance import registrations
from confapp.domain.permissions import Permission
from confapp.domain.programme import availability, pictures, speaker_pages
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.speakers import Speaker
from confapp.domain.release import frozen, releases
from confapp.domain.schedule import tasks
from confapp.domain.schedule.tasks import Cause
from confapp.domain.tokens import digest
from confapp.schemas.availability import AvailabilitySchema
from confapp.schemas.people import SpeakerSelfSchema
from confapp.schemas.speaking import OwnCalendarSchema, OwnPartSchema, OwnSessionSchema
from confapp.web import bearer, now, permits
from confapp.web.throttling import ATTEMPTS, throttle
from confapp.web.uploads import store_picture

blueprint = Blueprint("speak", "A speaker's own part, by the token at the end of her secret address")

PICTURE = {"image/*": {"schema": {"type": "string", "format": "binary"}}}


def _asking() -> tuple[Speaker, Conference]:
    """Whose token came with the request. Raises Unauthorized where none did, Missing for one that opens nothing."""
    token = bearer()
    if token is None:
        raise Unauthorized(gettext("Send the token at the end of your address as a bearer token."))
    speaker, conference = speaker_pages.by_token(token, now=now())
    g.conference = conference  # whose clock and languages the answer speaks
    return speaker, conference


@blueprint.route("/speak", methods=["GET"])
@permits(Permission.ANYONE)
@blueprint.doc(security=[{"token": []}])
@blueprint.alt_response(200, schema=OwnPartSchema, success=True)
def get_part() -> Response:
    """Everything that a speaker sees to; of time and place only what is public."""
    speaker, conference = _asking()
    part = {
        "conference": conference.slug,
        "profile": speaker,
        "availability": {"spans": availability.of(speaker)},
        "has_picture": speaker.photo is not None,
        "sessions": _sessions(speaker, conference),
    }
    return jsonify(OwnPartSchema().dump(part))


def _sessions(speaker: Speaker, conference: Conference) -> list[dict[str, object]]:
    release = releases.current(conference.id)
    held = speaker_pages.talks(speaker, frozen.agenda(release) if release else None)
    return [
        {"code": talk.code, "title": talk.title, "state": talk.state, "entries": [_entry(each) for each in entries]}
        for talk, entries in held
    ]


def _entry(entry: Entry) -> dict[str, object]:
    room = entry.room.code if entry.room else None
    return {"starts_at": entry.starts_at, "ends_at": entry.ends_at, "room": room}


@blueprint.route("/speak", methods=["PATCH"])
@permits(Permission.ANYONE)
@blueprint.takes(SpeakerSelfSchema, partial=True)
@blueprint.alt_response(200, schema=SpeakerSelfSchema, success=True)
def edit_profile() -> Response:
    """Change name, affiliation, country, biography or needs; public with the next release, the needs never."""
    speaker, conference = _asking()
    speaker_pages.edit(speaker, body(SpeakerSelfSchema, conference, partial=True), now=now())
    return jsonify(SpeakerSelfSchema().dump(speaker))


@blueprint.route("/speak/availability", methods=["PUT"])
@permits(Permission.ANYONE)
@blueprint.takes(AvailabilitySchema)
@blueprint.alt_response(200, schema=AvailabilitySchema, success=True)
def put_own_times() -> Response:
    """Say when one can come, in the place of what was said; no span at all means always."""
    speaker, conference = _asking()
    with tasks.watching(conference, Cause.TIMES, by=None, now=now()):
        availability.set_spans(speaker, body(AvailabilitySchema, conference)["spans"], by=None, now=now())
    return jsonify(AvailabilitySchema().dump({"spans": availability.of(speaker)}))


@blueprint.route("/speak/sessions/<code>/confirmation", methods=["PUT"])
@permits(Permission.ANYONE)
@blueprint.doc(security=[{"token": []}])
@blueprint.alt_response(200, schema=OwnSessionSchema, success=True)
def confirm_session(code: str) -> Response:
    """Confirm a session of one's own that was accepted; doing it again changes nothing."""
    speaker, conference = _asking()
    speaker_pages.confirm(speaker, speaker_pages.session_of(speaker, code), now=now())
    (confirmed,) = (each for each in _sessions(speaker, conference) if each["code"] == code)
    return jsonify(OwnSessionSchema().dump(confirmed))


@blueprint.route("/speak/picture", methods=["GET"])
@permits(Permission.ANYONE)
@blueprint.doc(security=[{"token": []}])
@blueprint.alt_response(200, success=True, content_type="image/*", schema={"type": "string", "format": "binary"})
def get_own_picture() -> Response:
    """One's picture, as it is kept."""
    speaker, _conference = _asking()
    picture = pictures.kept(speaker.photo)
    response = Response(picture.body, mimetype=picture.media_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@blueprint.route("/speak/picture", methods=["PUT"])
@permits(Permission.ANYONE)
@blueprint.doc(requestBody={"content": PICTURE, "required": True}, security=[{"token": []}])
@blueprint.alt_response(204, success=True)
def put_own_picture() -> Response:
    """Send one's picture as the body: JPEG, PNG, WebP or GIF, made anew; public with the next release."""
    _asking()
    store_picture(request.get_data(), lambda sha256: speaker_pages.edit(_asking()[0], {"photo": sha256}, now=now()))
    return Response(status=204)


@blueprint.route("/speak/calendar", methods=["POST"])
@permits(Permission.ANYONE)
@blueprint.doc(security=[{"token": []}])
@blueprint.alt_response(201, schema=OwnCalendarSchema, success=True)
def make_calendar() -> tuple[Response, int]:
    """Make a new secret address for one's calendar, told this once; the one before it dies. Registers her, too."""
    speaker, conference = _asking()
    registration = registrations.of_speaker(speaker, conference, now=now())
    secret = Secret(registrations.new_feed(registration, now=now()))
    return jsonify(OwnCalendarSchema().dump(secret)), 201


@blueprint.route("/speak/calendar", methods=["DELETE"])
@permits(Permission.ANYONE)
@blueprint.doc(security=[{"token": []}])
@blueprint.alt_response(204, success=True)
def drop_calendar() -> Response:
    """Let the address of one's calendar die."""
    speaker, conference = _asking()
    registration = registrations.registration_of(speaker.person_id, conference)
    if registration is not None:
        registrations.revoke_feeds(registration, now=now())
    return Response(status=204)


def _token() -> str:
    """Whose part a request aims at; whoever sends none is counted by place alone."""
    return digest(bearer() or request.remote_addr or "")


def _slow_down(app: Flask) -> None:
    """Guessing tokens here is as slow as guessing addresses of pages."""
    pictured = (get_own_picture, put_own_picture)
    for view in (get_part, edit_profile, put_own_times, confirm_session, *pictured, make_calendar, drop_calendar):
        endpoint = f"{blueprint.name}.{view.__name__}"
        throttle(
            app, endpoint, ATTEMPTS, only_failed=True, aim=_token, methods=("GET", "POST", "PUT", "PATCH", "DELETE")
        )


blueprint.record_once(lambda state: _slow_down(cast(Flask, state.app)))
