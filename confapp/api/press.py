"""Transcript versions and what happens to them, and the publications that everybody may read."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, jsonify, request

from confapp.api.base import Blueprint, body, listed, seen_version
from confapp.domain.errors import N_, Invalid
from confapp.domain.permissions import Permission
from confapp.domain.press import press_desk, press_room, publications, search, transcripts
from confapp.domain.press.transcripts import OPEN, Version, VersionState
from confapp.domain.programme import conferences
from confapp.domain.programme.conferences import Conference
from confapp.hall import deeds
from confapp.hall.deeds import DEEDS, Deed
from confapp.schemas.press import PublicationSchema, VersionSchema
from confapp.web import me, now, permits
from confapp.web.answers import say


class Lazily(list[int]):
    """Ids of publications: a part of them is those rows."""

    def __getitem__(self, part: Any) -> Any:
        """The rows of a page."""
        return press_room.by_ids(super().__getitem__(part))


blueprint = Blueprint("press", "Transcript versions and publications")


def _shown(conference: Conference, version: Version, status: int = 200) -> Response:
    """A version with what may happen to it next; its lock version is the ETag."""
    held = press_desk.duties_of(me(), conference, now=now())
    offers = press_desk.offers(version, held, by=me(), now=now())
    queued = press_desk.queued(version, now=now())
    facts: dict[str, Any] = VersionSchema().dump(version)
    facts["due_at"] = queued.due_at.isoformat() if queued.due_at else None
    facts["next"] = [
        {
            "event": offer.event.value,
            "possible": offer.is_open,
            "why_not": say(offer.against) if offer.against else None,
        }
        for offer in offers
    ]
    response = jsonify(facts)
    response.status_code = status
    response.set_etag(str(version.lock_version))
    return response


def _asked_states() -> tuple[VersionState, ...]:
    asked = request.args.getlist("state")
    try:
        return tuple(VersionState(state) for state in asked) if asked else tuple(OPEN)
    except ValueError as error:
        known = ", ".join(VersionState)
        raise Invalid({"state": [N_("Give one of these: %(choices)s.", choices=known)]}) from error


@blueprint.route("/conferences/<conference>/transcript-versions", methods=["GET"])
@permits(Permission.PRESS_READ)
@blueprint.alt_response(200, schema=VersionSchema(many=True), success=True)
def list_versions(conference: Conference) -> Response:
    """The versions that may still be released, the last changed first; `?state=` (also repeated) asks for others."""
    return listed(VersionSchema, transcripts.versions(conference, states=_asked_states()))


@blueprint.route("/conferences/<conference>/transcript-versions", methods=["POST"])
@permits(Permission.PRESS_EDIT)
@blueprint.takes(VersionSchema)
@blueprint.alt_response(201, schema=VersionSchema, success=True)
def create_version(conference: Conference) -> Response:
    """A new draft for a session, or a translation of the version that `translation_of` names."""
    made = deeds.write(conference, body(VersionSchema, conference), by=me(), now=now())
    return _shown(conference, made, 201)


@blueprint.route("/conferences/<conference>/transcript-versions/<uuid:identifier>", methods=["GET"])
@permits(Permission.PRESS_READ)
@blueprint.alt_response(200, schema=VersionSchema, success=True)
def get_version(conference: Conference, identifier: uuid.UUID) -> Response:
    """One version, and under `next` what may happen to it and why other things may not."""
    return _shown(conference, transcripts.version(conference, identifier))


@blueprint.route("/conferences/<conference>/transcript-versions/<uuid:identifier>", methods=["PATCH"])
@permits(Permission.PRESS_EDIT)
@blueprint.takes(VersionSchema, partial=True)
@blueprint.alt_response(200, schema=VersionSchema, success=True)
def edit_version(conference: Conference, identifier: uuid.UUID) -> Response:
    """Change words: approvals become void. Say what you saw, in If-Match or `expected`; 412 where it changed since."""
    version = transcripts.version(conference, identifier)
    values = body(VersionSchema, conference, partial=True)
    seen = seen_version()
    if seen is not None:
        values["expected"] = seen
    deeds.rewrite(conference, version, values, by=me(), now=now())
    return _shown(conference, version)


def _serve(deed: Deed) -> None:
    """Give a deed its address."""

    @blueprint.route(
        f"/conferences/<conference>/transcript-versions/<uuid:identifier>/{deed.name}",
        endpoint=f"{deed.event.value}_version",
        methods=["POST"],
    )
    @permits(deed.duty)
    @blueprint.takes(deed.schema)
    @blueprint.alt_response(200, schema=VersionSchema, success=True)
    def do(conference: Conference, identifier: uuid.UUID) -> Response:
        version = transcripts.version(conference, identifier)
        after = deed.do(version, body(deed.schema, conference), me(), now())
        return _shown(conference, after or version, 201 if after else 200)

    do.__doc__ = f"{deed.label}."


for _deed in DEEDS.values():
    _serve(_deed)


@blueprint.route("/publications/search", methods=["GET"])
@permits(Permission.ANYONE, public=True)
@blueprint.alt_response(200, schema=PublicationSchema(many=True), success=True)
def search_publications() -> Response:
    """Released words that hold all of `?q=`: words, `"phrases"` and `begin*`; narrowed by `?conference=`, `?speaker=`
    (a code, within a conference), `?language=` and `?date=` (a year, month or day). The newest first."""
    slug = request.args.get("conference") or None
    conference = conferences.public_by_slug(slug) if slug else None
    since, until = press_room.period(request.args.get("date"))
    asked = press_room.Choice(
        speaker=request.args.get("speaker") or None,
        language=request.args.get("language") or None,
        since=since,
        until=until,
    )
    among = [each.id for each in press_room.lines(conference.id if conference else None) if asked.takes(each)]
    found = search.find(search.terms(request.args.get("q", "")), among)
    return listed(PublicationSchema, Lazily(found))


@blueprint.route("/conferences/<conference>/publications", methods=["GET"])
@permits(Permission.ANYONE, public=True)
@blueprint.alt_response(200, schema=PublicationSchema(many=True), success=True)
def list_publications(conference: Conference) -> Response:
    """What is public and was not superseded, the newest first; the words are at `/<conference>/press/<id>.json`."""
    return listed(PublicationSchema, publications.latest(conference.id, most=1000))
