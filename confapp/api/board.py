"""The board: everything it draws, what changed since, who else looks at it, and blockers."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, jsonify, make_response, request

from confapp.api.base import Blueprint, body
from confapp.domain.errors import N_, Invalid
from confapp.domain.permissions import Permission
from confapp.domain.programme import slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.schedule import board, scheduling
from confapp.hall import board as telling
from confapp.hall.named import check_slot, placed
from confapp.schemas.board import PresenceSchema
from confapp.schemas.sessions import BlockerSchema, SlotSchema
from confapp.web import allowed, me, now, permits
from confapp.web.answers import described

blueprint = Blueprint("board", "The board: the draft drawn, watched and filled")


@blueprint.route("/conferences/<conference>/board", methods=["GET"])
@permits(Permission.CONFERENCE_READ)
def show_board(conference: Conference) -> Response:
    """Everything that a board draws; the draft's conflicts are at `/conflicts`."""
    return jsonify(telling.whole(conference))


@blueprint.route("/conferences/<conference>/board/changes", methods=["GET"])
@permits(Permission.CONFERENCE_READ)
def list_changes(conference: Conference) -> Response:
    """What happened after the schedule's version `?since=`, and who has the board open: 304 where nothing did.

    With `&edits=`, a number that the board or an earlier answer gave, also what was edited since without being moved:
    titles, people, tracks, rooms, what is in conflict. With If-None-Match, 304 also demands that nobody came, went,
    picked up or put down since that ETag.
    """
    since, edited = _number("since"), _number("edits") if "edits" in request.args else None
    look = board.look(conference, now=now())
    seen = request.if_none_match
    is_same = look.version == since and edited in (None, look.edits)
    if is_same and (not seen or seen.contains(look.tag)):
        answer = Response(status=304)
    else:
        answer = jsonify(telling.changes(conference, since, edited, look))
    answer.set_etag(look.tag)
    return answer


def _number(name: str) -> int:
    """A version that the asker has seen."""
    given = request.args.get(name, "")
    if not given.isdecimal() or len(given) > 9:
        raise Invalid({name: [N_("Give the number that you have seen.")]})
    return int(given)


@blueprint.route("/conferences/<conference>/board/present/<uuid:client>", methods=["PUT"])
@permits(Permission.CONFERENCE_READ)
@blueprint.takes(PresenceSchema)
@blueprint.alt_response(204, success=True)
def be_present(conference: Conference, client: uuid.UUID) -> Response:
    """Say that a page (`client`, its own invention) has the board open; said again within 30 seconds, or forgotten."""
    board.be_present(conference, client, me(), slot=body(PresenceSchema)["slot"], now=now())
    return Response(status=204)


@blueprint.route("/conferences/<conference>/board/present/<uuid:client>", methods=["DELETE"])
@permits(Permission.CONFERENCE_READ)
@blueprint.alt_response(204, success=True)
def leave(conference: Conference, client: uuid.UUID) -> Response:
    """Say that the page was closed."""
    board.leave(conference, client, me())
    return Response(status=204)


@blueprint.route("/conferences/<conference>/blockers", methods=["POST"])
@permits(Permission.SCHEDULE_EDIT)
@blueprint.takes(BlockerSchema)
@blueprint.alt_response(201, schema=SlotSchema, success=True)
def create_blocker(conference: Conference) -> Response:
    """Keep a room free for a reason (`note`) that the public never sees."""
    values = body(BlockerSchema, conference)
    slot = scheduling.create_slot(conference, None, note=values.pop("note"))
    place = placed(conference, values, slot)
    check_slot(conference, slot, place["room"])
    may_override = allowed(Permission.SCHEDULE_OVERRIDE, conference)
    warnings = scheduling.place(slot, conference, **place, by=me(), now=now(), may_override=may_override)
    told = {"warnings": [described(each) for each in warnings], "schedule_version": slots.version(conference)}
    answer = make_response(jsonify(_dumped(slot) | told), 201)
    answer.set_etag(str(slot.version))
    return answer


def _dumped(slot: slots.Slot) -> dict[str, Any]:
    dumped: dict[str, Any] = SlotSchema().dump(slot)
    return dumped
