"""Erasing a person from a conference: what would go and stay, and doing it."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, jsonify

from confapp.api.base import Blueprint, body
from confapp.database import db
from confapp.domain import erasing
from confapp.domain.erasing import Erased, Staying
from confapp.domain.people import Person
from confapp.domain.permissions import Permission
from confapp.domain.programme import speakers
from confapp.domain.programme.conferences import Conference
from confapp.exports import press_addresses
from confapp.schemas.people import EraseSchema, ErasureSchema
from confapp.web import me, now, permits

blueprint = Blueprint("erasing", "Erasing a person")
ERASURE = "/conferences/<conference>/speakers/<code>/erasure"


def _told(conference: Conference, erased: Erased, staying: Staying) -> Response:
    base = current_app.config["CONFAPP"].base_url
    facts: dict[str, Any] = {
        "profiles": erased.profiles,
        "releases": erased.releases,
        "publications": len(erased.publications),
        "versions": erased.versions,
        "imports": erased.imports,
        "staying": [
            press_addresses.transcript(base, conference.slug, each.public_id, number=each.number)
            for each in staying.publications
        ],
        "has_account": staying.has_account,
        "has_registration": staying.has_registration,
        "elsewhere": staying.elsewhere,
    }
    return jsonify(ErasureSchema().dump(facts))


@blueprint.route(ERASURE, methods=["GET"])
@permits(Permission.GRANTS_EDIT)
@blueprint.alt_response(200, schema=ErasureSchema, success=True)
def preview_erasure(conference: Conference, code: str) -> Response:
    """What erasing the person behind a profile would change in this conference, and what would stay."""
    person = db.session.get_one(Person, speakers.speaker(conference, code).person_id)
    return _told(conference, *erasing.preview(person, conference.id))


@blueprint.route(ERASURE, methods=["POST"])
@permits(Permission.GRANTS_EDIT)
@blueprint.takes(EraseSchema)
@blueprint.alt_response(200, schema=ErasureSchema, success=True)
def erase_speaker(conference: Conference, code: str) -> Response:
    """Erase the person from this conference, for good; `name` is theirs, typed out."""
    speaker = speakers.speaker(conference, code)
    person = db.session.get_one(Person, speaker.person_id)
    erasing.check_typed(speaker, body(EraseSchema)["name"])
    _, staying = erasing.preview(person, conference.id)
    erased = erasing.erase(person, by=me(), now=now(), conference_id=conference.id)
    return _told(conference, erased, staying)
