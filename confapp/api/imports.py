"""Imports of programmes: compared first where asked, applied whole or not at all, listed and undone."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from flask import Response, jsonify, request

from confapp.answers import say
from confapp.api.base import Blueprint, listed, shown
from confapp.database import aside, give_up_writing
from confapp.domain import imported
from confapp.domain.errors import N_, Invalid
from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import Conference
from confapp.imports.apply import apply
from confapp.imports.difference import Difference
from confapp.imports.plan import Remark
from confapp.imports.undo import undo
from confapp.intake import NAME_LENGTH, Upload, difference_of
from confapp.schemas.imports import ImportSchema
from confapp.web import me, now, permits

blueprint = Blueprint("imports", "Imports of programmes in every exchange format, and undoing them")

_SENT = {
    "requestBody": {
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        "required": True,
    },
    "security": [{"token": []}],
    "parameters": [
        {"name": name, "in": "query", "schema": {"type": kind}, "description": words}
        for name, kind, words in (
            ("dry_run", "boolean", "Compare and report; store nothing."),
            ("timezone", "string", "For files that name no time zone; the conference's by default."),
            ("name", "string", "The file's name, for the list of imports."),
            ("cancel", "string", "The code of a session to cancel if it vanished from the source; may be repeated."),
            ("column", "string", "FIELD=HEADING: which column of a CSV file holds what; may be repeated."),
        )
    ],
}


@blueprint.route("/conferences/<conference>/imports", methods=["GET"])
@permits(Permission.CONFERENCE_EDIT)
@blueprint.alt_response(200, schema=ImportSchema(many=True), success=True)
def list_imports(conference: Conference) -> Response:
    """The imports into a conference, the latest first."""
    return listed(ImportSchema, imported.imports(conference))


@blueprint.route("/conferences/<conference>/imports", methods=["POST"])
@permits(Permission.CONFERENCE_EDIT)
@blueprint.doc(**_SENT)
def create_import(conference: Conference) -> Response:
    """Import the file in the body: frab or Pentabarf, pretalx, Open Event (ZIP), Sessionize, iCalendar or CSV."""
    body = request.get_data()
    give_up_writing()  # reading and comparing take seconds, and lock nothing
    name = request.args.get("name", "programme")[-NAME_LENGTH:]
    zone = request.args.get("timezone") or conference.timezone
    upload = Upload(conference.id, "", name, zone, _columns(request.args.getlist("column")))
    difference = difference_of(conference, upload, body, cancel=set(request.args.getlist("cancel")))
    if request.args.get("dry_run", "").lower() in ("1", "true", "yes"):
        return jsonify(_report(difference))
    with aside():
        apply(difference, by=me(), now=now(), name=name)
    response = jsonify(_report(difference))
    response.status_code = 200 if difference.is_empty else 201
    return response


@blueprint.route("/conferences/<conference>/imports/<uuid:identifier>", methods=["GET"])
@permits(Permission.CONFERENCE_EDIT)
@blueprint.alt_response(200, schema=ImportSchema, success=True)
def get_import(conference: Conference, identifier: uuid.UUID) -> Response:
    """One import."""
    return shown(ImportSchema, imported.imported(conference, identifier))


@blueprint.route("/conferences/<conference>/imports/<uuid:identifier>/undo", methods=["POST"])
@permits(Permission.CONFERENCE_EDIT)
@blueprint.doc(security=[{"token": []}])
@blueprint.alt_response(200, schema=ImportSchema, success=True)
def undo_import(conference: Conference, identifier: uuid.UUID) -> Response:
    """Undo a whole import; 422 names everything that somebody worked on since, 409 one that was undone already."""
    run = imported.imported(conference, identifier)
    undo(run, conference, by=me(), now=now())
    return shown(ImportSchema, run)


def _columns(given: list[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    if any(not sign for _, sign, _ in pairs):
        raise Invalid({"column": [N_("Give a column as FIELD=HEADING, such as title=Talk.")]})
    return {field.strip(): heading.strip() for field, _, heading in pairs}


def _report(difference: Difference) -> dict[str, Any]:
    """The command's report in the reader's language, row by row, with what vanished from the source."""
    told = difference.report()
    told["refused"] = [_said(remark) for remark in difference.refused]
    told["warnings"] = [_said(remark) for remark in difference.warnings]
    told["rows"] = [asdict(row) for row in difference.rows()]
    told["vanished"] = [{"code": each.code, "name": each.name} for each in difference.missing]
    return told


def _said(remark: Remark) -> dict[str, Any]:
    return asdict(remark) | {"where": say(remark.where), "message": say(remark.message)}
