"""Pictures: a host's logo, a venue's plan, a speaker's photo, and a speaker's secret address and needs."""

from __future__ import annotations

from flask import Response, jsonify, request, url_for

from confapp.api.base import Blueprint, body
from confapp.domain.permissions import Permission
from confapp.domain.programme import conferences, hosts, speaker_pages, speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.speakers import Speaker
from confapp.hall.named import check_host, check_speaker
from confapp.schemas.people import NeedsSchema, SpeakerPageSchema
from confapp.web import me, now, permits
from confapp.web.uploads import store_picture

blueprint = Blueprint("pictures", "Logos, photos, and speakers' own pages")

PICTURE = {"image/*": {"schema": {"type": "string", "format": "binary"}}}


@blueprint.route("/conferences/<conference>/hosts/<slug>/logo", methods=["PUT"])
@permits(Permission.HOSTS_EDIT)
@blueprint.doc(requestBody={"content": PICTURE, "required": True})
@blueprint.alt_response(204, success=True)
def put_logo(conference: Conference, slug: str) -> Response:
    """Send a host's logo as the body: JPEG, PNG, WebP or GIF, made anew; public with the next release."""
    check_host(conference, hosts.host(conference, slug).id)
    address = conference.slug

    def use(sha256: str) -> None:
        hosts.edit(hosts.host(conferences.named(address), slug), {"logo": sha256}, by=me(), now=now())

    store_picture(request.get_data(), use)
    return Response(status=204)


@blueprint.route("/conferences/<conference>/venues/<slug>/plan", methods=["PUT"])
@permits(Permission.HOSTS_EDIT)
@blueprint.doc(requestBody={"content": PICTURE, "required": True})
@blueprint.alt_response(204, success=True)
def put_plan(conference: Conference, slug: str) -> Response:
    """Send a picture of where a venue's rooms are as the body, made anew; public and printed with the next release."""
    check_host(conference, hosts.venue(conference, slug).host_id)
    address = conference.slug

    def use(sha256: str) -> None:
        hosts.edit(hosts.venue(conferences.named(address), slug), {"plan": sha256}, by=me(), now=now())

    store_picture(request.get_data(), use)
    return Response(status=204)


@blueprint.route("/conferences/<conference>/speakers/<code>/picture", methods=["PUT"])
@permits(Permission.SPEAKERS_EDIT)
@blueprint.doc(requestBody={"content": PICTURE, "required": True})
@blueprint.alt_response(204, success=True)
def put_picture(conference: Conference, code: str) -> Response:
    """Send a speaker's photo as the body: JPEG, PNG, WebP or GIF, made anew; public with the next release."""
    _speaker(conference, code)
    address = conference.slug

    def use(sha256: str) -> None:
        speaker = speakers.speaker(conferences.named(address), code)
        speakers.edit_speaker(speaker, {"photo": sha256}, by=me(), now=now())

    store_picture(request.get_data(), use)
    return Response(status=204)


def _speaker(conference: Conference, code: str) -> Speaker:
    speaker = speakers.speaker(conference, code)
    check_speaker(conference, speaker)
    return speaker


@blueprint.route("/conferences/<conference>/speakers/<code>/invitation", methods=["POST"])
@permits(Permission.SPEAKERS_EDIT)
@blueprint.alt_response(201, schema=SpeakerPageSchema, success=True)
def create_invitation(conference: Conference, code: str) -> Response:
    """A new secret address for a speaker, told once; the one before it dies."""
    token = speaker_pages.invite(_speaker(conference, code), by=me(), now=now())
    answer = jsonify({"address": url_for("speak.show_part", token=token, _external=True)})
    answer.status_code = 201
    return answer


@blueprint.route("/conferences/<conference>/speakers/<code>/invitation", methods=["DELETE"])
@permits(Permission.SPEAKERS_EDIT)
@blueprint.alt_response(204, success=True)
def delete_invitation(conference: Conference, code: str) -> Response:
    """Let a speaker's secret address die."""
    speaker_pages.revoke(_speaker(conference, code), by=me(), now=now())
    return Response(status=204)


@blueprint.route("/conferences/<conference>/speakers/<code>/needs", methods=["GET"])
@permits(Permission.SPEAKERS_EDIT)
@blueprint.alt_response(200, schema=NeedsSchema, success=True)
def get_needs(conference: Conference, code: str) -> Response:
    """What a speaker needs: for those who see to it."""
    return jsonify({"needs": _speaker(conference, code).needs})


@blueprint.route("/conferences/<conference>/speakers/<code>/needs", methods=["PUT"])
@permits(Permission.SPEAKERS_EDIT)
@blueprint.takes(NeedsSchema)
@blueprint.alt_response(200, schema=NeedsSchema, success=True)
def put_needs(conference: Conference, code: str) -> Response:
    """Write down what a speaker needs."""
    speaker = _speaker(conference, code)
    speakers.edit_speaker(speaker, body(NeedsSchema), by=me(), now=now())
    return jsonify({"needs": speaker.needs})
