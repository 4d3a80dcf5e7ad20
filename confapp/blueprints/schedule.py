"""Organisers' pages of the schedule by form: the draft, one slot's place, blockers, history and releases."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.domain import hosts, releases, scheduling, sessions, slots
from confapp.domain.conferences import Conference
from confapp.domain.errors import Missing
from confapp.domain.permissions import Permission
from confapp.domain.slots import Slot
from confapp.forms import Form
from confapp.named import check_slot, placed
from confapp.rendering import text
from confapp.schemas.sessions import BlockerSchema, ReleaseSchema, SlotSchema
from confapp.web import allowed, me, now, permits, say

blueprint = Blueprint("schedule", __name__, url_prefix="/organise/<conference>")


def _place(conference: Conference, slot: Slot, values: dict[str, Any]) -> None:
    """Place the slot as typed, and say the warnings."""
    place = placed(conference, values, slot)
    check_slot(conference, slot, place["room"])
    may_override = allowed(Permission.SCHEDULE_OVERRIDE, conference)
    warnings = scheduling.place(slot, conference, **place, by=me(), now=now(), may_override=may_override)
    flash(gettext("Placed. The public sees it with the next release."))
    for warning in warnings:
        flash(say(warning.message), "warning")


def _room_choices(conference: Conference) -> list[tuple[str, str]]:
    return [("", gettext("Whole venue"))] + [(room.code, text(room.name)) for room in hosts.rooms(conference)]


@blueprint.get("/schedule")
@permits(Permission.CONFERENCE_READ)
def show_schedule(conference: Conference) -> str:
    """The draft by day and time, its conflicts, and the tray of unscheduled sessions."""
    held = slots.slots(conference)
    conflicts = scheduling.conflicts_among(held, conference)
    by_slot: dict[uuid.UUID, list[Any]] = {}
    for conflict in conflicts:
        for side in (conflict.one, conflict.other):
            if side is not None:
                by_slot.setdefault(side.slot, []).append(conflict)
    facts = conference.facts
    days = sorted({facts.day_of(slot.starts_at) for slot in held if slot.starts_at})
    asked = request.args.get("day", "")
    return render_template(
        "schedule/schedule.html",
        conference=conference,
        days=days,
        day=next((day for day in days if day.isoformat() == asked), None),
        slots=[slot for slot in held if slot.starts_at and asked in ("", facts.day_of(slot.starts_at).isoformat())],
        conflicts=conflicts,
        by_slot=by_slot,
        tray=slots.unscheduled(conference),
        latest=releases.current(conference.id),
        version=slots.version(conference),
    )


@blueprint.route("/schedule/place/<code>", methods=["GET", "POST"])
@permits(Permission.SCHEDULE_EDIT)
def place_session(conference: Conference, code: str) -> Response:
    """Give a session its first place, or another one (a repeat)."""
    session = sessions.session(conference, code)
    first_day = dt.datetime.combine(conference.starts_on, dt.time(9), conference.zone)
    current = {"starts_at": first_day, "minutes": session.duration_minutes}
    form = Form(SlotSchema, conference, current=current, choices={"room": _room_choices(conference)})
    if form.was_sent:
        with form:
            _place(conference, scheduling.free_slot(conference, session), form.load())
            return redirect(url_for(".show_schedule", conference=conference.slug))
    return form.page("schedule/slot.html", conference=conference, slot=None, talk=session)


@blueprint.route("/schedule/blockers/new", methods=["GET", "POST"])
@permits(Permission.SCHEDULE_EDIT)
def create_blocker(conference: Conference) -> Response:
    """Keep a room free for a reason that the public never sees."""
    form = Form(BlockerSchema, conference, choices={"room": _room_choices(conference)})
    if form.was_sent:
        with form:
            values = form.load()
            slot = scheduling.create_slot(conference, None, note=values.pop("note"))
            _place(conference, slot, values)
            return redirect(url_for(".show_schedule", conference=conference.slug))
    return form.page("schedule/slot.html", conference=conference, slot=None, talk=None)


@blueprint.route("/slots/<uuid:identifier>", methods=["GET", "POST"])
@permits(Permission.SCHEDULE_EDIT)
def place_slot(conference: Conference, identifier: uuid.UUID) -> Response:
    """Move a slot."""
    slot = slots.slot(conference, identifier)
    current = {
        "room": slot.room.code if slot.room else None,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "expected": slot.version,
    }
    form = Form(SlotSchema, conference, current=current, choices={"room": _room_choices(conference)})
    if form.was_sent:
        with form:
            _place(conference, slot, form.load())
            return redirect(url_for(".show_schedule", conference=conference.slug))
    return form.page("schedule/slot.html", conference=conference, slot=slot, talk=slot.session)


@blueprint.post("/slots/<uuid:identifier>/unplace")
@permits(Permission.SCHEDULE_EDIT)
def unplace_slot(conference: Conference, identifier: uuid.UUID) -> Response:
    """Take a slot off the schedule."""
    slot = slots.slot(conference, identifier)
    check_slot(conference, slot, None)
    expected = request.form.get("expected", type=int)
    scheduling.unplace(slot, conference, expected=expected, by=me(), now=now())
    flash(gettext("Taken off the schedule; it waits in the tray."))
    return redirect(url_for(".show_schedule", conference=conference.slug))


@blueprint.get("/schedule/history")
@permits(Permission.CONFERENCE_READ)
def show_history(conference: Conference) -> str:
    """Who moved what, the newest first."""
    return render_template("schedule/history.html", conference=conference, changes=slots.history(conference))


@blueprint.route("/releases", methods=["GET", "POST"])
@permits(Permission.CONFERENCE_READ)
def list_releases(conference: Conference) -> Response:
    """The releases, what the next one would change, and the button that makes it."""
    version = slots.version(conference)
    form = Form(ReleaseSchema, conference, current={"expected": version})
    if form.was_sent:
        with form:
            if not allowed(Permission.RELEASE, conference):
                raise Missing()
            values = form.load()
            may_override = allowed(Permission.SCHEDULE_OVERRIDE, conference)
            made, _warnings = releases.release(conference, **values, by=me(), now=now(), may_override=may_override)
            flash(gettext("Release %(number)s is public.", number=made.number))
            return redirect(url_for(".list_releases", conference=conference.slug))
    return form.page(
        "schedule/releases.html",
        conference=conference,
        releases=releases.all_of(conference.id),
        version=version,
        conflicts=scheduling.draft_conflicts(conference),
        changes=releases.changes(conference, now=now()),
        may_release=allowed(Permission.RELEASE, conference),
    )
