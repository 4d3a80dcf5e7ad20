"""Conflicts of the draft: found, let stand for a reason; where a slot could go; which sessions follow which."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify

from confapp.api.base import Blueprint, body
from confapp.domain.permissions import Permission
from confapp.domain.programme import ordering, sessions, slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session
from confapp.domain.programme.slots import Slot
from confapp.domain.schedule import checking, overrides, tasks
from confapp.domain.schedule.placements import Conflict, WayOut
from confapp.domain.schedule.tasks import Cause
from confapp.hall.named import Reach, check_conflict, check_slot, check_track, rooms_for, sessions_named, slot_scopes
from confapp.schemas.conflicts import (
    ConflictSchema,
    ConflictsSchema,
    OrderSchema,
    OverrideSchema,
    PlacesSchema,
    TasksSchema,
)
from confapp.web import allowed, me, now, permits
from confapp.web.answers import described, say

blueprint = Blueprint("conflicts", "Conflicts of the draft and their ways out")


@blueprint.route("/conferences/<conference>/conflicts", methods=["GET"])
@permits(Permission.CONFERENCE_READ)
@blueprint.alt_response(200, schema=ConflictsSchema, success=True)
def list_conflicts(conference: Conference) -> Response:
    """Every conflict of the draft with its ways out, and the version of the schedule that has them."""
    found = checking.draft_conflicts(conference)
    ways = _ways_out(conference, found)
    items = [described(conflict, ways.get(conflict.fingerprint, ())) for conflict in found]
    return jsonify({"version": slots.version(conference), "items": items})


def _ways_out(conference: Conference, found: Sequence[Conflict]) -> dict[str, list[WayOut]]:
    """By fingerprint, where the later side could go instead, as far as the asker may move it there."""
    reach, movers = Reach(conference), {conflict.fingerprint: conflict.sides[-1] for conflict in found}
    ways = checking.ways_out_of(conference, found)
    return {fingerprint: reach.ways(movers[fingerprint], places) for fingerprint, places in ways.items()}


@blueprint.route("/conferences/<conference>/tasks", methods=["GET"])
@permits(Permission.CONFERENCE_READ)
@blueprint.alt_response(200, schema=TasksSchema, success=True)
def list_tasks(conference: Conference) -> Response:
    """Placed sessions that a later change broke, until each is mended or accepted; the newest change first."""
    found = checking.draft_conflicts(conference)
    ways = _ways_out(conference, found)
    items = [
        {
            "cause": each.task.cause.value,
            "at": each.task.at.isoformat(),
            "by": each.task.account.email if each.task.account else None,
            "conflict": described(each.conflict, ways.get(each.conflict.fingerprint, ())),
        }
        for each in tasks.open_tasks(conference, found)
    ]
    return jsonify({"items": items})


@blueprint.route("/conferences/<conference>/conflicts/<fingerprint>/override", methods=["PUT"])
@permits(Permission.SCHEDULE_EDIT)
@blueprint.takes(OverrideSchema)
@blueprint.alt_response(200, schema=ConflictSchema, success=True)
def put_override(conference: Conference, fingerprint: str) -> Response:
    """Let a conflict stand for a reason, until something about it changes; one that blocks takes more rights (403)."""
    conflict = checking.conflict(conference, fingerprint)
    check_conflict(conference, conflict)
    may_override = allowed(Permission.SCHEDULE_OVERRIDE, conference)
    reason = body(OverrideSchema)["reason"]
    accepted = checking.accept(conference, conflict, reason, may_override=may_override, by=me(), now=now())
    return jsonify(described(accepted))


@blueprint.route("/conferences/<conference>/conflicts/<fingerprint>/override", methods=["DELETE"])
@permits(Permission.SCHEDULE_EDIT)
@blueprint.alt_response(204, success=True)
def delete_override(conference: Conference, fingerprint: str) -> Response:
    """Let a conflict no longer stand."""
    check_conflict(conference, checking.conflict(conference, fingerprint))
    overrides.take_back(conference, fingerprint, by=me(), now=now())
    return Response(status=204)


@blueprint.route("/conferences/<conference>/slots/<uuid:identifier>/places", methods=["GET"])
@permits(Permission.SCHEDULE_EDIT)
@blueprint.alt_response(200, schema=PlacesSchema, success=True)
def list_places(conference: Conference, identifier: uuid.UUID) -> Response:
    """Where a slot would clash, and why: asked once when a drag begins.

    `{"version": n, "rooms": {"<code>": [{"starts_at", "ends_at", "grade", "rule", "reason"}]}}`: for each room that the
    asker may use, and under the empty word for the whole venue, the times (ISO 8601, UTC) that the slot, at its present
    length or any other, would clash with if it overlapped them; touching ends do not. `grade` is `blocks` or `warns`,
    `reason` says in a few words why. Busy times are given as they are: they may overlap each other, the slot itself is
    left out, and a time before or after the conference is not named. `version` is the schedule's, as in
    `/board/changes`. The number of queries does not grow with the programme.
    """
    slot = slots.slot(conference, identifier)
    check_slot(conference, slot)
    return _places(conference, slot, slot.session)


@blueprint.route("/conferences/<conference>/sessions/<code>/places", methods=["GET"])
@permits(Permission.SCHEDULE_EDIT)
@blueprint.alt_response(200, schema=PlacesSchema, success=True)
def list_places_of_session(conference: Conference, code: str) -> Response:
    """Where a session's next slot would clash, and why: as for a slot, at the session's own length."""
    return _places(conference, None, sessions.session(conference, code))


def _places(conference: Conference, slot: Slot | None, session: Session | None) -> Response:
    rooms = {room.code if room else "" for room in rooms_for(conference, session, slot_scopes(conference))}
    found = checking.places(conference, slot, session, rooms)
    return jsonify(
        {
            "version": slots.version(conference),
            "rooms": {code: [_described_busy(busy) for busy in held] for code, held in found.items()},
        }
    )


def _described_busy(busy: Any) -> dict[str, str]:
    return {
        "starts_at": busy.starts_at.isoformat(),
        "ends_at": busy.ends_at.isoformat(),
        "grade": busy.grade.value,
        "rule": busy.rule.value,
        "reason": say(busy.reason),
    }


@blueprint.route("/conferences/<conference>/sessions/<code>/order", methods=["GET"])
@permits(Permission.CONFERENCE_READ)
@blueprint.alt_response(200, schema=OrderSchema, success=True)
def get_order(conference: Conference, code: str) -> Response:
    """The sessions that must have ended before this one begins."""
    return _order(sessions.session(conference, code))


@blueprint.route("/conferences/<conference>/sessions/<code>/order", methods=["PUT"])
@permits(Permission.SESSIONS_EDIT)
@blueprint.takes(OrderSchema)
@blueprint.alt_response(200, schema=OrderSchema, success=True)
def put_order(conference: Conference, code: str) -> Response:
    """Say which sessions must have ended before this one begins."""
    session = sessions.session(conference, code)
    check_track(conference, session.track_id)
    wanted = sessions_named(conference, body(OrderSchema)["after"])
    with tasks.watching(conference, Cause.ORDER, by=me(), now=now()):
        ordering.set_before(session, wanted, by=me(), now=now())
    return _order(session)


def _order(session: Session) -> Response:
    return jsonify({"after": [each.code for each in ordering.before(session)]})
