"""Organisers' pages of the schedule's history: every step in words, and taking one back or doing it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.blueprints.paging import PAGE_SIZE
from confapp.domain.errors import NotNow, Overtaken
from confapp.domain.permissions import Permission
from confapp.domain.programme import conferences, hosts, sessions, slots, speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.slots import BACK_AND_FORTH
from confapp.domain.schedule import chronicle, history
from confapp.domain.schedule.batches import Outcome, deed_words
from confapp.domain.schedule.chronicle import Asked, Told
from confapp.domain.schedule.scopes import may_move
from confapp.domain.texts import collate
from confapp.hall.named import rights
from confapp.schemas.moves import UndoSchema
from confapp.web import allowed, me, now, permits
from confapp.web.answers import say
from confapp.web.forms import Form
from confapp.web.rendering import text

blueprint = Blueprint("history", __name__, url_prefix="/organise/<conference>/schedule")

STEPS = PAGE_SIZE // 2


@blueprint.get("/history")
@permits(Permission.CONFERENCE_READ)
def show_history(conference: Conference) -> str:
    """The steps, the newest first, narrowed by session, room, speaker and who did it."""
    asked = Asked(**{name: request.args.get(name) or None for name in ("session", "room", "speaker", "by")})
    rooms = {room.code: room.name for room in hosts.rooms(conference)}
    total = chronicle.count(conference, asked)
    pages = max(1, -(-total // STEPS))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    may_undo = allowed(Permission.SCHEDULE_EDIT, conference)
    return render_template(
        "schedule/history.html",
        conference=conference,
        steps=chronicle.steps(conference, asked, rooms, first=(page - 1) * STEPS, most=STEPS),
        asked=asked,
        number=page,
        pages=pages,
        total=total,
        choices={
            "session": _sorted((row.code, text(row.title)) for row in sessions.sessions(conference)),
            "room": [(code, text(name)) for code, name in rooms.items()],
            "speaker": _sorted((row.code, row.name) for row in speakers.speakers(conference)),
            "by": [(email, email) for email in chronicle.actors(conference)],
        },
        may_take_back=_taker_back(conference),
        next_undo=history.next_undo(conference, me()) if may_undo else None,
        next_redo=history.next_redo(conference, me()) if may_undo else None,
        deed_words=deed_words,
        back_and_forth=BACK_AND_FORTH,
    )


def _taker_back(conference: Conference) -> Callable[[Told], bool]:
    """Which steps the asker's rights may let her take back or do again: for what the page offers."""
    held = rights(conference)
    if held.place is None:
        return lambda _step: True
    rooms: dict[str | None, Room | None] = {room.code: room for room in hosts.rooms(conference)}
    tracks = (held.edit or {}).get("track", ())
    mine = {each.slug for each in conferences.tracks(conference) if each.id in tracks}

    def may_take_back(step: Told) -> bool:
        return all(
            may_move(way.slot, held.place, *(rooms.get(place.code) for place in (way.before, way.after) if place))
            and (way.track is None or set(way.track.values()) <= mine)
            for way in step.ways
        )

    return may_take_back


def _sorted(pairs: Any) -> list[tuple[str, str]]:
    return sorted(pairs, key=lambda pair: collate(pair[1]))


@blueprint.route("/history/<int:version>/<any(undo, redo):way>", methods=["GET", "POST"])
@permits(Permission.SCHEDULE_EDIT)
def take_back(conference: Conference, version: int, way: str) -> Response:
    """Look at what undoing a step (or doing it again) would move, and do it."""
    current = {"with_later": "true" if "later" in request.args else None, "expected": slots.version(conference)}
    form = Form(UndoSchema, conference, current=current)
    if form.was_sent:
        with form:
            values = _wanted(form.load(), way)
            _command(conference, version, way, **values)
            done = (
                gettext("Step %(version)s is undone.") if way == "undo" else gettext("Step %(version)s stands again.")
            )
            flash(done % {"version": version}, "good")
            return redirect(url_for(".show_history", conference=conference.slug))
    preview: Outcome | None = None
    later: list[int] = []
    refusal: NotNow | None = None
    with_later = form.value("with_later") == "true"
    try:
        preview = _command(conference, version, way, preview=True, **({"with_later": True} if with_later else {}))
    except Overtaken as overtaken:
        later, refusal = list(overtaken.later), overtaken
    except NotNow as error:
        refusal = error
    return form.page(
        "schedule/step.html",
        conference=conference,
        version=version,
        way=way,
        preview=preview,
        later=later,
        refusal=say(refusal.message) if refusal else None,
        with_later=with_later,
    )


def _wanted(values: dict[str, Any], way: str) -> dict[str, Any]:
    wanted = {"override": values["override"], "expected": values["expected"]}
    return wanted | ({"with_later": values["with_later"]} if way == "undo" else {})


def _command(conference: Conference, version: int, way: str, **more: Any) -> Outcome:
    command: Any = history.undo if way == "undo" else history.redo
    outcome: Outcome = command(conference, version=version, rights=rights(conference), by=me(), now=now(), **more)
    return outcome
