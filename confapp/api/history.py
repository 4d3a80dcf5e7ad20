"""The schedule's history: steps undone and done again, and bulk moves with their previews."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from confapp.api.base import Blueprint, body, page_asked
from confapp.domain.errors import N_, Invalid
from confapp.domain.permissions import Permission
from confapp.domain.programme import hosts
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.slots import Place
from confapp.domain.schedule import chronicle, history, moves
from confapp.domain.schedule.batches import Outcome, deed_words
from confapp.domain.schedule.chronicle import Asked, Told, Where
from confapp.hall.named import bulk_move, rights
from confapp.schemas.base import Moment
from confapp.schemas.moves import MoveSchema, UndoSchema
from confapp.web import me, now, permits
from confapp.web.answers import described, say

blueprint = Blueprint("history", "What happened to the schedule, taking it back, and moving many at once")


@blueprint.route("/conferences/<conference>/schedule/undo", methods=["POST"])
@permits(Permission.SCHEDULE_EDIT)
@blueprint.takes(UndoSchema)
def undo_step(conference: Conference) -> Response:
    """Take back a step, without `version` your own last one; 409 names the `later` steps that stand on it."""
    values = body(UndoSchema, conference)
    if values["with_later"] and values["expected"] is None and not values["preview"]:
        raise Invalid({"expected": [N_("Say which version of the schedule you saw, so that nothing goes unseen.")]})
    return _told(conference, history.undo(conference, **values, rights=rights(conference), by=me(), now=now()))


@blueprint.route("/conferences/<conference>/schedule/redo", methods=["POST"])
@permits(Permission.SCHEDULE_EDIT)
@blueprint.takes(UndoSchema)
def redo_step(conference: Conference) -> Response:
    """Do an undone step again, without `version` the one that you undid last."""
    values = body(UndoSchema, conference)
    if values.pop("with_later"):
        raise Invalid({"with_later": [N_("Only undoing takes later steps along.")]})
    return _told(conference, history.redo(conference, **values, rights=rights(conference), by=me(), now=now()))


@blueprint.route("/conferences/<conference>/schedule/moves", methods=["POST"])
@permits(Permission.SCHEDULE_EDIT)
@blueprint.takes(MoveSchema)
def move_many(conference: Conference) -> Response:
    """A bulk move, with `preview` only told; doing it takes the preview's version as `expected` (412 otherwise)."""
    values = body(MoveSchema, conference)
    if values["expected"] is None and not values["preview"]:
        raise Invalid({"expected": [N_("Look at the preview first, and send the version that it gives.")]})
    outcome = moves.run(
        conference,
        bulk_move(conference, values),
        expected=values["expected"],
        rights=rights(conference),
        by=me(),
        now=now(),
        override=values["override"],
        preview=values["preview"],
    )
    return _told(conference, outcome)


@blueprint.route("/conferences/<conference>/schedule/history", methods=["GET"])
@permits(Permission.CONFERENCE_READ)
def list_steps(conference: Conference) -> Response:
    """The steps, the newest first: `?session= &room= &speaker=` by code, `&by=` by e-mail address, paged."""
    asked = Asked(**{name: request.args.get(name) or None for name in ("session", "room", "speaker", "by")})
    rooms = {room.code: room.name for room in hosts.rooms(conference)}
    page, size = page_asked()
    steps = chronicle.steps(conference, asked, rooms, first=(page - 1) * size, most=size)
    return jsonify(
        {
            "items": [_step(step) for step in steps],
            "total": chronicle.count(conference, asked),
            "page": page,
            "page_size": size,
            "undo": history.next_undo(conference, me()),
            "redo": history.next_redo(conference, me()),
        }
    )


def _step(step: Told) -> dict[str, Any]:
    return {
        "version": step.version,
        "deed": step.deed.value,
        "words": say(deed_words(step.deed)),
        "target": step.target,
        "at": Moment().serialize("at", step),
        "by": step.account.email if step.account else None,
        "reason": step.reason,
        "is_undone": step.is_undone,
        "slots": [
            {
                "slot": str(way.slot.uuid),
                "session": way.slot.session.code if way.slot.session else None,
                "before": _place(way.before, way.before.code if way.before else None),
                "after": _place(way.after, way.after.code if way.after else None),
                "track": way.track,
            }
            for way in step.ways
        ],
    }


def _told(conference: Conference, outcome: Outcome) -> Response:
    """What a batch did or would do, and what the asker could undo and do again now."""
    fresh = {conflict.key for conflict in outcome.fresh}
    return jsonify(
        {
            "deed": outcome.deed.value,
            "words": say(deed_words(outcome.deed)),
            "preview": outcome.is_preview,
            "version": outcome.version,
            "blocks": outcome.blocks,
            "steps": [
                {
                    "slot": str(step.slot.uuid),
                    "version": step.slot.version,
                    "session": step.slot.session.code if step.slot.session else None,
                    "title": step.slot.session.title if step.slot.session else {"": step.slot.note},
                    "before": _place(step.before, _code(step.before)),
                    "after": _place(step.after, _code(step.after)),
                    "track": {
                        "before": step.old_track.slug if step.old_track else None,
                        "after": step.new_track.slug if step.new_track else None,
                    }
                    if step.changes_track
                    else None,
                }
                for step in outcome.steps
            ],
            "conflicts": [described(each) | {"is_new": each.key in fresh} for each in outcome.conflicts],
            "undo": history.next_undo(conference, me()),
            "redo": history.next_redo(conference, me()),
        }
    )


def _place(place: Place | Where | None, room: str | None) -> dict[str, Any] | None:
    if place is None:
        return None
    told = Moment()
    return {
        "room": room,
        "starts_at": told.serialize("starts_at", place),
        "ends_at": told.serialize("ends_at", place),
    }


def _code(place: Place | None) -> str | None:
    return place.room.code if place and place.room else None
