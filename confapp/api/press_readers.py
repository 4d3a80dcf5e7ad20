"""Accredited journalists: who may read a version under embargo until when, on which terms, and every reading of it."""

from __future__ import annotations

import uuid

from flask import Response, jsonify

from confapp.api.base import Blueprint, body, listed
from confapp.domain.permissions import Permission
from confapp.domain.press import readers, transcripts
from confapp.domain.programme.conferences import Conference
from confapp.schemas.newsroom import ReaderSchema, ReadingSchema, TermsSchema
from confapp.web import me, now, permits

blueprint = Blueprint("press_readers", "Reading under embargo")
VERSION = "/conferences/<conference>/transcript-versions/<uuid:identifier>"


@blueprint.route(f"{VERSION}/readers", methods=["GET"])
@permits(Permission.PRESS_ARM)
@blueprint.alt_response(200, schema=ReaderSchema(many=True), success=True)
def list_readers(conference: Conference, identifier: uuid.UUID) -> Response:
    """Who was let in to a version, until when, and how often each read it."""
    version = transcripts.version(conference, identifier)
    return listed(ReaderSchema, readers.accesses(version, now=now()))


@blueprint.route(f"{VERSION}/readers", methods=["POST"])
@permits(Permission.PRESS_ARM)
@blueprint.takes(ReaderSchema)
@blueprint.alt_response(201, schema=ReaderSchema, success=True)
def let_in(conference: Conference, identifier: uuid.UUID) -> tuple[Response, int]:
    """Let this address read the version once it is approved; doing so again moves the expiry.

    Whoever has no account yet is invited by letter.
    """
    version = transcripts.version(conference, identifier)
    values = body(ReaderSchema, conference)
    given = readers.let_in(version, **values, by=me(), now=now())
    made = next(each for each in readers.accesses(version, now=now()) if each.grant.id == given.id)
    return jsonify(ReaderSchema().dump(made)), 201


@blueprint.route(f"{VERSION}/readers/<int:grant_id>", methods=["DELETE"])
@permits(Permission.PRESS_ARM)
@blueprint.alt_response(204, success=True)
def shut_out(conference: Conference, identifier: uuid.UUID, grant_id: int) -> Response:
    """Take a permission back at once."""
    readers.shut_out(transcripts.version(conference, identifier), grant_id, by=me(), now=now())
    return Response(status=204)


@blueprint.route(f"{VERSION}/readings", methods=["GET"])
@permits(Permission.PRESS_ARM)
@blueprint.alt_response(200, schema=ReadingSchema(many=True), success=True)
def list_readings(conference: Conference, identifier: uuid.UUID) -> Response:
    """The log: who read the version ahead, the last first, and the mark on each copy."""
    return listed(ReadingSchema, readers.readings(transcripts.version(conference, identifier), most=readers.MOST_TOLD))


@blueprint.route("/conferences/<conference>/embargo-terms", methods=["GET"])
@permits(Permission.PRESS_ARM)
@blueprint.alt_response(200, schema=TermsSchema, success=True)
def get_terms(conference: Conference) -> Response:
    """What journalists accept before they read, in the conference's own words; empty: the app's."""
    return jsonify(TermsSchema().dump({"words": readers.terms(conference)}))


@blueprint.route("/conferences/<conference>/embargo-terms", methods=["PUT"])
@permits(Permission.PRESS_ARM)
@blueprint.takes(TermsSchema)
@blueprint.alt_response(200, schema=TermsSchema, success=True)
def set_terms(conference: Conference) -> Response:
    """Say what journalists accept from now on; whoever accepted other terms has to accept these."""
    readers.set_terms(conference, body(TermsSchema, conference)["words"], by=me(), now=now())
    return jsonify(TermsSchema().dump({"words": readers.terms(conference)}))
