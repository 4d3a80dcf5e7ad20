"""Imports of programmes: compared first where asked, applied whole or not at all, listed and undone."""

from __future__ import annotations

import uuid

from flask import Response, request

from confapp.api.base import Blueprint, listed, shown
from confapp.api.jobs import accepted
from confapp.database import give_up_writing
from confapp.domain import imported, jobs
from confapp.domain.errors import N_, Invalid
from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import Conference
from confapp.hall import intake
from confapp.imports.undo import undo
from confapp.schemas.imports import ImportSchema
from confapp.schemas.jobs import JobSchema
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
@blueprint.alt_response(202, schema=JobSchema, success=True)
def create_import(conference: Conference) -> Response:
    """Import the file in the body: frab or Pentabarf, pretalx, Open Event (ZIP), Sessionize, iCalendar or CSV.

    The worker does it, all of it or nothing; the address in `Location` tells how far it is, and then the report.
    """
    by, zone = me(), conference.timezone
    give_up_writing()  # a body may take long to arrive, and shall lock nothing meanwhile
    body = request.get_data()
    name = request.args.get("name", "programme")[-intake.NAME_LENGTH :]
    intake.check(body, name)
    identifier = intake.ask(
        conference,
        body,
        name,
        timezone=request.args.get("timezone") or zone,
        columns=_columns(request.args.getlist("column")),
        cancel=request.args.getlist("cancel"),
        is_applied=request.args.get("dry_run", "").lower() not in ("1", "true", "yes"),
        by=by,
    )
    give_up_writing()  # what was read so far is from before the job stood
    return accepted(jobs.job(conference, identifier))


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
