"""The stage: the desk on a tablet, where starts and ends are confirmed, and the public sign by a room's door."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from confapp.domain.agenda import Agenda
from confapp.domain.errors import Missing
from confapp.domain.live import stage, stage_desk
from confapp.domain.live.stage_desk import Item
from confapp.domain.permissions import Permission
from confapp.domain.programme import hosts, slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import frozen, releases
from confapp.hall.named import check_stage, desk_rooms, released_room
from confapp.schemas.press import FactSchema
from confapp.web import me, now, permits
from confapp.web.forms import Form

blueprint = Blueprint("stage", __name__)

WHOLE_VENUE = "-"
"""Stands in addresses for what takes place in no room of its own; no room has this code."""


def _agenda(conference: Conference) -> Agenda | None:
    release = releases.current(conference.id)
    return frozen.agenda(release) if release else None


@blueprint.get("/organise/<conference>/stage")
@permits(Permission.STAGE)
def list_stages(conference: Conference) -> str:
    """The rooms that the asker's desk is for, each with what is on."""
    agenda = _agenda(conference)
    mine = desk_rooms(conference)
    found: list[tuple[Any, str, Item | None]] = []
    if agenda is not None:
        held = stage_desk.items(conference.id, agenda)
        for room in agenda.rooms:
            if mine is None or room.code in mine:
                items = stage_desk.in_room(held, room.code)
                found.append((room, room.code, stage_desk.on_stage(items, now=now())))
        venue = stage_desk.in_room(held, None)
        if venue and mine is None:
            found.append((None, WHOLE_VENUE, stage_desk.on_stage(venue, now=now())))
    return render_template("stage/rooms.html", conference=conference, agenda=agenda, rooms=found, now=now())


@blueprint.get("/organise/<conference>/stage/<room>")
@permits(Permission.STAGE)
def show_stage(conference: Conference, room: str) -> Response:
    """What is on in a room, what the desk may say of it, and what follows; `?slot=` looks at another item."""
    try:
        wanted = uuid.UUID(request.args["slot"]) if request.args.get("slot") else None
    except ValueError as error:
        raise Missing() from error
    return _show(conference, room, wanted)


def _show(conference: Conference, code: str, wanted: uuid.UUID | None, form: Form | None = None) -> Response:
    agenda = _agenda(conference)
    room = None if code == WHOLE_VENUE else hosts.room(conference, code)
    check_stage(conference, room)
    if agenda is None:
        raise Missing()
    items = stage_desk.in_room(stage_desk.items(conference.id, agenda), room.code if room else None)
    item = stage_desk.on_stage(items, now=now())
    if wanted is not None:
        item = next((each for each in items if each.entry.uuid == wanted), None)
        if item is None:
            raise Missing()
    day = agenda.conference.day_of(item.entry.starts_at if item else now())
    return (form or Form(FactSchema, conference)).page(
        "stage/room.html",
        conference=conference,
        agenda=agenda,
        room=room,
        code=code,
        item=item,
        chosen=wanted,
        following=stage_desk.following(items, item, now=now()) if item else (),
        day=day,
        items=[each for each in items if agenda.conference.day_of(each.entry.starts_at) == day],
        speaks_everywhere=desk_rooms(conference) is None,
        now=now(),
    )


@blueprint.post("/organise/<conference>/stage/slots/<uuid:identifier>")
@permits(Permission.STAGE)
def say_fact(conference: Conference, identifier: uuid.UUID) -> BaseResponse:
    """Put on record what happened to a slot."""
    room = released_room(conference, identifier)
    check_stage(conference, room)
    code, chosen = request.form.get("room") or (room.code if room else WHOLE_VENUE), request.form.get("slot")
    form = Form(FactSchema, conference)
    with form:
        slot = slots.slot(conference, identifier)
        said = stage.say(slot, form.load()["fact"], by=me(), now=now())
        flash(_SAID[said.fact](), "good")
        return redirect(url_for(".show_stage", conference=conference.slug, room=code, slot=chosen or None))
    return _show(conference, code, identifier, form)


_SAID = {
    stage.Fact.STARTED: lambda: gettext("Started."),
    stage.Fact.RUNNING_OVER: lambda: gettext("Running over."),
    stage.Fact.ENDED: lambda: gettext("The end is confirmed."),
    stage.Fact.REVOKED: lambda: gettext("Taken back."),
    stage.Fact.POSTPONED: lambda: gettext("Postponed."),
    stage.Fact.CANCELLED: lambda: gettext("Cancelled."),
}


@blueprint.get("/<conference>/rooms/<code>/sign")
@permits(Permission.ANYONE, public=True)
def show_sign(conference: Conference, code: str) -> Response:
    """The sign by a room's door, by the latest release alone; the same for everyone, for half a minute."""
    agenda = _agenda(conference)
    room = next((each for each in agenda.rooms if each.code == code), None) if agenda else None
    if agenda is None or room is None:
        raise Missing()
    current, upcoming = stage_desk.sign(agenda, code, now=now())
    page = render_template(
        "stage/sign.html",
        conference=agenda.conference,
        agenda=agenda,
        room=room,
        current=current,
        upcoming=upcoming,
        now=now(),
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "public, max-age=30"
    return response
