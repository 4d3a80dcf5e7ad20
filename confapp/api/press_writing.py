"""What helps writing at the press desk: comments on paragraphs, and two texts of a transcript compared."""

from __future__ import annotations

import uuid

from flask import Response, jsonify, request

from confapp.api.base import Blueprint, body, listed
from confapp.domain.permissions import Permission
from confapp.domain.press import comments, transcripts
from confapp.domain.programme.conferences import Conference
from confapp.hall import side_by_side
from confapp.schemas.press_writing import CommentSchema, ComparisonSchema
from confapp.web import me, now, permits

blueprint = Blueprint("press_writing", "Comments on transcripts, and their versions compared")
VERSION = "/conferences/<conference>/transcript-versions/<uuid:identifier>"


@blueprint.route(f"{VERSION}/comments", methods=["GET"])
@permits(Permission.PRESS_READ)
@blueprint.alt_response(200, schema=CommentSchema(many=True), success=True)
def list_comments(conference: Conference, identifier: uuid.UUID) -> Response:
    """What was said about the version's transcript, in order, what was dealt with too; never published."""
    version = transcripts.version(conference, identifier)
    return listed(CommentSchema, comments.comments(version.transcript))


@blueprint.route(f"{VERSION}/comments", methods=["POST"])
@permits(Permission.PRESS_READ)
@blueprint.takes(CommentSchema)
@blueprint.alt_response(201, schema=CommentSchema, success=True)
def create_comment(conference: Conference, identifier: uuid.UUID) -> tuple[Response, int]:
    """Comment on a paragraph (`block`, its id), or on the whole text."""
    version = transcripts.version(conference, identifier)
    values = body(CommentSchema, conference)
    made = comments.say(version, values["text"], block_id=values["block"], by=me(), now=now())
    return jsonify(CommentSchema().dump(made)), 201


@blueprint.route(f"{VERSION}/comments/<int:comment_id>/resolve", methods=["POST"])
@permits(Permission.PRESS_READ)
@blueprint.alt_response(200, schema=CommentSchema, success=True)
def resolve_comment(conference: Conference, identifier: uuid.UUID, comment_id: int) -> Response:
    """Say that a comment is dealt with; doing so again changes nothing."""
    version = transcripts.version(conference, identifier)
    found = comments.comment(version.transcript, comment_id)
    comments.resolve(found, now=now())
    return jsonify(CommentSchema().dump(found))


@blueprint.route(f"{VERSION}/comparison", methods=["GET"])
@permits(Permission.PRESS_READ)
@blueprint.alt_response(200, schema=ComparisonSchema, success=True)
def compare_versions(conference: Conference, identifier: uuid.UUID) -> Response:
    """The version word by word beside another text of its transcript, which `?with=` names by one of `choices`.

    Unless it is named it is the words as prepared for words as delivered, else what this one grew from or translates,
    else what it was before its last edit.
    """
    version = transcripts.version(conference, identifier)
    return jsonify(ComparisonSchema().dump(side_by_side.compare(conference, version, request.args.get("with"))))
