"""Releases compared, rolled back and amended: what the whole draft's release (api/schedule.py) leaves out."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, jsonify, request

from confapp.api.base import Blueprint, body, shown
from confapp.domain.agenda import Entry
from confapp.domain.errors import N_, Invalid
from confapp.domain.letters import tellings
from confapp.domain.permissions import Permission
from confapp.domain.programme import slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import releases, releasing
from confapp.domain.release.frozen import Release
from confapp.domain.schedule import scheduling
from confapp.hall.named import check_slot, placed
from confapp.schemas.base import Moment
from confapp.schemas.letters import AmendSchema, BackSchema, take_choice
from confapp.schemas.sessions import ReleaseSchema
from confapp.web import allowed, me, now, permits

blueprint = Blueprint("releases", "Releases compared, rolled back, and amended on the day")


@blueprint.route("/conferences/<conference>/releases/compare", methods=["GET"])
@permits(Permission.CONFERENCE_READ)
def compare_releases(conference: Conference) -> Response:
    """What differs from release `?before=` to release `?after=`, or without that to the draft."""
    before, after = _asked(conference, "before"), _asked(conference, "after")
    if before is None:
        raise Invalid({"before": [N_("Give the number of a release.")]})
    changes = releasing.between(conference, before, after, now=now())
    items = [
        {
            "kind": change.kind,
            "fields": list(change.fields),
            "before": _entry(change.before),
            "after": _entry(change.after),
        }
        for change in changes
    ]
    return jsonify({"before": before.number, "after": after.number if after else None, "items": items})


def _asked(conference: Conference, name: str) -> Release | None:
    given = request.args.get(name, "")
    if given in ("", "draft"):
        return None
    if not given.isdecimal() or len(given) > 9:
        raise Invalid({name: [N_("Give the number of a release.")]})
    return releases.numbered(conference.id, int(given))


def _entry(entry: Entry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    told = Moment()
    return {
        "slot": str(entry.uuid),
        "session": entry.session.code,
        "title": entry.session.title,
        "people": [part.person.name for part in entry.session.parts],
        "track": entry.session.track.slug if entry.session.track else None,
        "room": entry.room.code if entry.room else None,
        "starts_at": told.serialize("starts_at", entry),
        "ends_at": told.serialize("ends_at", entry),
    }


@blueprint.route("/conferences/<conference>/releases/<int:number>/roll-back", methods=["POST"])
@permits(Permission.RELEASE)
@blueprint.takes(BackSchema)
@blueprint.alt_response(201, schema=ReleaseSchema, success=True)
def roll_back(conference: Conference, number: int) -> Response:
    """Make an earlier release public again as a new one; `expected` is the latest number seen. The draft stays."""
    values = body(BackSchema, conference)
    choice = take_choice(values)
    made = releasing.roll_back(conference, number, **values, by=me(), now=now())
    tellings.tell(conference, made, choice, by=me(), now=now())
    return shown(ReleaseSchema, made, 201)


@blueprint.route("/conferences/<conference>/slots/<uuid:identifier>/amend", methods=["POST"])
@permits(Permission.RELEASE)
@blueprint.takes(AmendSchema)
@blueprint.alt_response(201, schema=ReleaseSchema, success=True)
def amend_slot(conference: Conference, identifier: uuid.UUID) -> Response:
    """Place one slot and release only that, in one step; the rest of the draft stays unreleased."""
    slot = slots.slot(conference, identifier)
    values = body(AmendSchema, conference)
    choice = take_choice(values)
    place = placed(conference, values, slot)
    check_slot(conference, slot, place["room"])
    more: dict[str, Any] = {"by": me(), "now": now(), "may_override": allowed(Permission.SCHEDULE_OVERRIDE, conference)}
    scheduling.place(slot, conference, **place, **more)
    made = releasing.amend(conference, slot, expected=None, note=values["note"], override=place["override"], **more)
    tellings.tell(conference, made, choice, by=me(), now=now())
    return shown(ReleaseSchema, made, 201)
