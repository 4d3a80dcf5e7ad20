"""The stage: what is on in each room, and what the desk says of it."""

from __future__ import annotations

import uuid

from flask import Response, jsonify

from confapp.api.base import Blueprint, body
from confapp.domain.errors import Missing
from confapp.domain.live import stage, stage_desk
from confapp.domain.permissions import Permission
from confapp.domain.programme import slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import frozen, releases
from confapp.hall.named import check_stage, desk_rooms, released_room
from confapp.schemas.press import FactSchema
from confapp.web import me, now, permits

blueprint = Blueprint("stage", "What really happens in the rooms")


@blueprint.route("/conferences/<conference>/stage", methods=["GET"])
@permits(Permission.STAGE)
def list_items(conference: Conference) -> Response:
    """The latest release's items in the asker's rooms, with what stands of each and what may be said next."""
    release = releases.current(conference.id)
    if release is None:
        raise Missing()
    mine = desk_rooms(conference)
    items = [
        {
            "slot": str(item.entry.uuid),
            "session": item.entry.session.code,
            "room": item.entry.room.code if item.entry.room else None,
            "starts_at": item.entry.starts_at.isoformat(),
            "ends_at": item.entry.ends_at.isoformat(),
            "fact": item.fact.value if item.fact else None,
            "at": item.standing.at.isoformat() if item.standing else None,
            "next": [fact.value for fact in item.may_follow],
        }
        for item in stage_desk.items(conference.id, frozen.agenda(release))
        if mine is None or (item.entry.room is not None and item.entry.room.code in mine)
    ]
    return jsonify({"items": items, "total": len(items)})


@blueprint.route("/conferences/<conference>/slots/<uuid:identifier>/facts", methods=["POST"])
@permits(Permission.STAGE)
@blueprint.takes(FactSchema)
@blueprint.alt_response(201, schema=FactSchema, success=True)
def create_fact(conference: Conference, identifier: uuid.UUID) -> Response:
    """Put on record what happened to a slot; 409 where that cannot follow what stands."""
    check_stage(conference, released_room(conference, identifier))
    said = stage.say(slots.slot(conference, identifier), body(FactSchema)["fact"], by=me(), now=now())
    response = jsonify(FactSchema().dump(said))
    response.status_code = 201
    return response
