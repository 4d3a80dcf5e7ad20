"""Organisers' pages of the schedule by form: the draft, one slot's place, blockers, history and releases."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.domain import hosts, permissions, releases, scheduling, sessions, slots
from confapp.domain.conferences import Conference
from confapp.domain.errors import N_, Invalid, Missing
from confapp.domain.hosts import Room
from confapp.domain.permissions import Permission
from confapp.domain.slots import Slot
from confapp.forms import Form
from confapp.rendering import text
from confapp.schemas.sessions import BlockerSchema, ReleaseSchema, SlotSchema
from confapp.web import allowed, me, now, permits, say

blueprint = Blueprint("schedule", __name__, url_prefix="/organise/<conference>")


def check_scope(conference: Conference, slot: Slot, room: Room | None) -> None:
    """Raise Missing where the asker's scope holds neither the session's track nor the room's host, before and after."""
    scopes = permissions.scope_of(me(), Permission.SCHEDULE_EDIT, conference.id, now=now())
    if scopes is None:
        return
    if slot.session is not None and slot.session.track_id in scopes.get("track", ()):
        return
    lent = scopes.get("host", frozenset())
    touched = [each for each in (slot.room, room) if each is not None]
    if not touched or any(each.host_id not in lent for each in touched):
        raise Missing()


def placed(conference: Conference, values: dict[str, Any], slot: Slot) -> dict[str, Any]:
    """A place as `scheduling.place` takes it, of values that name a room by code and an end or a length."""
    code = values["room"]
    known = {room.code: room for room in hosts.rooms(conference)}
    if code is not None and code not in known:
        raise Invalid({"room": [N_("There is no room “%(code)s” in this conference.", code=code)]})
    ends_at = values["ends_at"]
    if ends_at is None:
        minutes = values["minutes"] or (slot.session.duration_minutes if slot.session else None)
        if minutes is None:
            raise Invalid({"ends_at": [N_("Say when it ends, or how many minutes it lasts.")]})
        ends_at = values["starts_at"] + dt.timedelta(minutes=minutes)
    return {
        "room": known.get(code),
        "starts_at": values["starts_at"],
        "ends_at": ends_at,
        "expected": values["expected"],
        "override": values["override"],
    }


def _place(conference: Conference, slot: Slot, values: dict[str, Any]) -> None:
    """Place the slot as typed, and say the warnings."""
    place = placed(conference, values, slot)
    check_scope(conference, slot, place["room"])
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
            unplaced = [slot for slot in slots.slots_of(session) if not slot.is_placed]
            slot = unplaced[0] if unplaced else scheduling.create_slot(conference, session)
            _place(conference, slot, form.load())
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
    check_scope(conference, slot, None)
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
