"""Attendees: who registered, and registering somebody."""

from __future__ import annotations

from flask import Response

from confapp.api.base import Blueprint, body, listed, shown
from confapp.domain import people
from confapp.domain.attendance import registrations
from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import Conference
from confapp.schemas.people import AttendeeSchema
from confapp.web import me, now, permits

blueprint = Blueprint("attendees", "Attendees and their registrations")


@blueprint.route("/conferences/<conference>/registrations", methods=["GET"])
@permits(Permission.ATTENDEES_READ)
@blueprint.alt_response(200, schema=AttendeeSchema(many=True), success=True)
def list_registrations(conference: Conference) -> Response:
    """Everybody who registered, the newest first."""
    return listed(AttendeeSchema, registrations.registrations(conference))


@blueprint.route("/conferences/<conference>/registrations", methods=["POST"])
@permits(Permission.ATTENDEES_EDIT)
@blueprint.takes(AttendeeSchema)
@blueprint.alt_response(201, schema=AttendeeSchema, success=True)
def create_registration(conference: Conference) -> Response:
    """Register somebody: a person of their own, unless the address has an account."""
    values = body(AttendeeSchema, conference)
    person = people.person_for(values.pop("name"), values.pop("email"), now=now())
    made = registrations.register(conference, person, **values, by=me(), now=now())
    return shown(AttendeeSchema, made, 201)


@blueprint.route("/conferences/<conference>/registrations/<code>", methods=["DELETE"])
@permits(Permission.ATTENDEES_EDIT)
@blueprint.alt_response(204, success=True)
def cancel_registration(conference: Conference, code: str) -> Response:
    """Cancel a registration."""
    registrations.cancel(registrations.registration(conference, code), by=me(), now=now())
    return Response(status=204)
