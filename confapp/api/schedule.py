"""The schedule: slots placed and unplaced with If-Match, and releases."""

from __future__ import annotations

import uuid

from flask import Response, jsonify, request

from confapp.api.base import Blueprint, body, listed, seen_version, shown
from confapp.domain.letters import tellings
from confapp.domain.permissions import Permission
from confapp.domain.programme import sessions, slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import releases
from confapp.domain.schedule import scheduling
from confapp.hall.named import check_slot, placed
from confapp.schemas.letters import NewReleaseSchema, take_choice
from confapp.schemas.sessions import ReleaseSchema, SlotSchema
from confapp.web import allowed, me, now, permits
from confapp.web.answers import described

blueprint = Blueprint("schedule", "The draft schedule and its releases")


@blueprint.route("/conferences/<conference>/slots", methods=["GET"])
@permits(Permission.CONFERENCE_READ)
@blueprint.alt_response(200, schema=SlotSchema(many=True), success=True)
def list_slots(conference: Conference) -> Response:
    """The draft: all placed slots by time."""
    return listed(SlotSchema, slots.slots(conference))


@blueprint.route("/conferences/<conference>/sessions/<code>/slots", methods=["POST"])
@permits(Permission.SCHEDULE_EDIT)
@blueprint.takes(SlotSchema)
@blueprint.alt_response(201, schema=SlotSchema, success=True)
def create_slot(conference: Conference, code: str) -> Response:
    """Give a session its first place, or another one."""
    session = sessions.session(conference, code)
    slot = scheduling.free_slot(conference, session)
    return _place(conference, slot, 201)


@blueprint.route("/conferences/<conference>/slots/<uuid:identifier>", methods=["PUT"])
@permits(Permission.SCHEDULE_EDIT)
@blueprint.takes(SlotSchema)
@blueprint.alt_response(200, schema=SlotSchema, success=True)
def put_slot(conference: Conference, identifier: uuid.UUID) -> Response:
    """Move a slot; If-Match with its ETag refuses a stale move (412), a conflict that blocks is 409 and named.

    `warnings` are all of the slot's conflicts where it stands now, `schedule_version` the schedule's version that this
    made: who saw the one before it knows the whole draft.
    """
    return _place(conference, slots.slot(conference, identifier), 200)


def _place(conference: Conference, slot: slots.Slot, status: int) -> Response:
    place = placed(conference, body(SlotSchema, conference), slot)
    if request.if_match:
        place["expected"] = seen_version()
    check_slot(conference, slot, place["room"])
    may_override = allowed(Permission.SCHEDULE_OVERRIDE, conference)
    warnings = scheduling.place(slot, conference, **place, by=me(), now=now(), may_override=may_override)
    told = {"warnings": [described(each) for each in warnings], "schedule_version": slots.version(conference)}
    response = jsonify(SlotSchema().dump(slot) | told)
    response.status_code = status
    response.set_etag(str(slot.version))
    return response


@blueprint.route("/conferences/<conference>/slots/<uuid:identifier>", methods=["DELETE"])
@permits(Permission.SCHEDULE_EDIT)
@blueprint.alt_response(204, success=True)
def unplace_slot(conference: Conference, identifier: uuid.UUID) -> Response:
    """Take a slot off the schedule; its UUID and number stay its own."""
    slot = slots.slot(conference, identifier)
    check_slot(conference, slot)
    scheduling.unplace(slot, conference, expected=seen_version(), by=me(), now=now())
    return Response(status=204)


@blueprint.route("/conferences/<conference>/releases", methods=["GET"])
@permits(Permission.CONFERENCE_READ)
@blueprint.alt_response(200, schema=ReleaseSchema(many=True), success=True)
def list_releases(conference: Conference) -> Response:
    """The releases, the latest first."""
    return listed(ReleaseSchema, releases.all_of(conference.id))


@blueprint.route("/conferences/<conference>/releases", methods=["POST"])
@permits(Permission.RELEASE)
@blueprint.takes(NewReleaseSchema)
@blueprint.alt_response(201, schema=ReleaseSchema, success=True)
def create_release(conference: Conference) -> Response:
    """Freeze the draft as the next release; `expected` refuses a draft that moved on (412), `tell` says who hears."""
    values = body(NewReleaseSchema, conference)
    choice = take_choice(values)
    made, _warnings = releases.release(
        conference,
        **values,
        by=me(),
        now=now(),
        may_override=allowed(Permission.SCHEDULE_OVERRIDE, conference),
    )
    tellings.tell(conference, made, choice, by=me(), now=now())
    return shown(ReleaseSchema, made, 201)
