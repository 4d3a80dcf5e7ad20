"""Organisers' pages of the schedule by form: the draft, one slot's place, blockers, history and releases."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.blueprints.letters import asked_page, decided, group_names, preview, telling_choices
from confapp.database import give_up_writing
from confapp.domain.errors import Missing
from confapp.domain.letters import plans, tellings
from confapp.domain.permissions import Permission
from confapp.domain.programme import hosts, sessions, slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session
from confapp.domain.programme.slots import Slot
from confapp.domain.release import releases, releasing
from confapp.domain.schedule import checking, scheduling
from confapp.domain.schedule.conflicts import Conflict, Grade
from confapp.domain.schedule.scopes import may_move
from confapp.exports.fonts import lacking
from confapp.hall.named import Reach, check_slot, may_place, placed, rooms_for, scope, slot_scopes
from confapp.schemas.letters import AmendSchema, NewReleaseSchema, take_choice
from confapp.schemas.sessions import BlockerSchema, SeenSchema, SlotSchema
from confapp.web import allowed, clean, load, me, now, permits
from confapp.web.answers import say
from confapp.web.forms import Choices, Form
from confapp.web.rendering import text

blueprint = Blueprint("schedule", __name__, url_prefix="/organise/<conference>")


def _placed(conference: Conference, slot: Slot, values: dict[str, Any]) -> Response:
    """Place the slot as typed, say the warnings, and show it on its day."""
    place = placed(conference, values, slot)
    check_slot(conference, slot, place["room"])
    page = asked_page()
    is_amended = "amend" in request.form or page is not None
    if is_amended and not allowed(Permission.RELEASE, conference):
        raise Missing()
    may_override = allowed(Permission.SCHEDULE_OVERRIDE, conference)
    warnings = scheduling.place(slot, conference, **place, by=me(), now=now(), may_override=may_override)
    if is_amended:
        choice = take_choice(values)
        more: dict[str, Any] = {"note": values["note"], "override": place["override"], "may_override": may_override}
        if page is not None:
            after, _latest, _version = releasing.amended(conference, slot, expected=None, **more, now=now())
            plan = plans.before_release(conference, after, now=now())
            shown = preview(conference, plan, choice, page, label=gettext("Place it and release only this"), go="amend")
            give_up_writing()  # it was placed only to see what that would mean
            return shown
        made = releasing.amend(conference, slot, expected=None, **more, by=me(), now=now())
        telling = tellings.tell(conference, made, choice, by=me(), now=now())
        flash(
            gettext("Placed, and public as release %(number)s; nothing else of the draft is.", number=made.number),
            "good",
        )
        flash(decided(telling), "info")
    else:
        flash(gettext("Placed. The public sees it with the next release."), "good")
    for warning in warnings:
        if warning.accepted is None:
            flash(say(warning.message), "warn")
    day = conference.facts.day_of(place["starts_at"])
    return redirect(url_for(".show_schedule", conference=conference.slug, day=day, _anchor=f"slot-{slot.uuid}"))


def _rooms(conference: Conference, session: Session | None) -> dict[str, Choices]:
    """The choice of rooms; raises Missing where there is none that the asker may use."""
    rooms = rooms_for(conference, session, slot_scopes(conference))
    if not rooms:
        raise Missing()
    return {"room": [(room.code, text(room.name)) if room else ("", gettext("Whole venue")) for room in rooms]}


@blueprint.get("/schedule")
@permits(Permission.CONFERENCE_READ)
def show_schedule(conference: Conference) -> str:
    """One day of the draft (`?day=all`: every day), its conflicts, and the tray of unscheduled sessions."""
    held = slots.slots(conference)
    conflicts = checking.draft_conflicts(conference)
    by_slot: dict[uuid.UUID, list[Conflict]] = {}
    for conflict in conflicts:
        for side in conflict.sides:
            by_slot.setdefault(side.slot, []).append(conflict)
    day_of = {slot.id: conference.facts.day_of(slot.starts_at) for slot in held if slot.starts_at}
    days = sorted(set(day_of.values()))
    day, room = _asked_day(conference, days), request.args.get("room", "")
    scopes = slot_scopes(conference)
    return render_template(
        "schedule/schedule.html",
        conference=conference,
        days=days,
        day=day,
        room=room,
        rooms=hosts.rooms(conference),
        slots=[
            slot
            for slot in held
            if (day is None or day_of[slot.id] == day) and (not room or (slot.room and slot.room.code == room))
        ],
        conflicts=sorted(
            (conflict for conflict in conflicts if conflict.accepted is None),
            key=lambda conflict: conflict.grade is not Grade.BLOCKS,
        ),
        accepted=sum(conflict.accepted is not None for conflict in conflicts),
        by_slot=by_slot,
        tray=slots.unscheduled(conference),
        mine=scope(Permission.SESSIONS_EDIT, conference, "track"),
        may_move=lambda slot: may_move(slot, scopes),
        reach=Reach(conference),
        may_place=lambda session: may_place(session, scopes),
        may_block=bool(rooms_for(conference, None, scopes)),
    )


def _asked_day(conference: Conference, days: list[dt.date]) -> dt.date | None:
    """The day in the address, else today, else the first; None: all of them."""
    asked = request.args.get("day", "")
    if asked == "all" or not days:
        return None
    today = conference.facts.day_of(now())
    return next((day for day in days if day.isoformat() == asked), today if today in days else days[0])


@blueprint.route("/schedule/place/<code>", methods=["GET", "POST"])
@permits(Permission.SCHEDULE_EDIT)
def place_session(conference: Conference, code: str) -> Response:
    """Give a session its first place, or another one (a repeat)."""
    session = sessions.session(conference, code)
    current = {"starts_at": _opening(conference), "minutes": session.duration_minutes} | _asked_place(conference)
    form = Form(SlotSchema, conference, current=current, choices=_rooms(conference, session))
    if form.was_sent:
        with form:
            return _placed(conference, scheduling.free_slot(conference, session), form.load())
    return form.page("schedule/slot.html", conference=conference, slot=None, talk=session)


def _opening(conference: Conference) -> dt.datetime:
    """Where a form for a place begins: nine o'clock on the first day."""
    return dt.datetime.combine(conference.starts_on, dt.time(9), conference.zone)


@blueprint.route("/schedule/blockers/new", methods=["GET", "POST"])
@permits(Permission.SCHEDULE_EDIT)
def create_blocker(conference: Conference) -> Response:
    """Keep a room free for a reason that the public never sees."""
    current = {"starts_at": _opening(conference), "minutes": 60}
    form = Form(BlockerSchema, conference, current=current, choices=_rooms(conference, None))
    if form.was_sent:
        with form:
            values = form.load()
            slot = scheduling.create_slot(conference, None, note=values.pop("note"))
            return _placed(conference, slot, values)
    return form.page("schedule/slot.html", conference=conference, slot=None, talk=None)


@blueprint.route("/slots/<uuid:identifier>", methods=["GET", "POST"])
@permits(Permission.SCHEDULE_EDIT)
def place_slot(conference: Conference, identifier: uuid.UUID) -> Response:
    """Move a slot; it keeps its length unless another one is typed."""
    slot = slots.slot(conference, identifier)
    check_slot(conference, slot)
    current = {
        "room": slot.room.code if slot.room else None,
        "starts_at": slot.starts_at or _opening(conference),
        "minutes": _minutes(slot),
        "expected": slot.version,
    } | _asked_place(conference)
    choices = _rooms(conference, slot.session) | telling_choices()
    form = Form(AmendSchema, conference, current=current, choices=choices)
    if "back" in request.form:
        form.keep_typed()
    elif form.was_sent:
        with form:
            return _placed(conference, slot, form.load())
    standing = checking.standing(conference, slot)
    return form.page("schedule/slot.html", conference=conference, slot=slot, talk=slot.session, standing=standing)


def _asked_place(conference: Conference) -> dict[str, Any]:
    """A place in the address, as ways out name it: what the form shows first. Raises Invalid."""
    if "starts_at" not in request.args:
        return {}
    wanted = SlotSchema(is_form=True, zone=conference.zone, only=("room", "starts_at", "ends_at"))
    asked = clean(wanted, request.args)
    ends_at = asked.pop("ends_at")
    return asked | ({"minutes": round((ends_at - asked["starts_at"]).total_seconds() / 60)} if ends_at else {})


def _minutes(slot: Slot) -> int | None:
    if slot.starts_at and slot.ends_at:
        return round((slot.ends_at - slot.starts_at).total_seconds() / 60)
    return slot.session.duration_minutes if slot.session else None


@blueprint.post("/slots/<uuid:identifier>/unplace")
@permits(Permission.SCHEDULE_EDIT)
def unplace_slot(conference: Conference, identifier: uuid.UUID) -> Response:
    """Take a slot off the schedule."""
    slot = slots.slot(conference, identifier)
    check_slot(conference, slot)
    scheduling.unplace(slot, conference, expected=load(SeenSchema)["expected"], by=me(), now=now())
    flash(gettext("Taken off the schedule."), "good")
    return redirect(url_for(".show_schedule", conference=conference.slug))


@blueprint.get("/releases")
@permits(Permission.CONFERENCE_READ)
def list_releases(conference: Conference) -> Response:
    """The releases, and what the next one would change."""
    current = {"expected": slots.version(conference)}
    return _releases(conference, Form(NewReleaseSchema, conference, current=current, choices=telling_choices()))


@blueprint.post("/releases")
@permits(Permission.RELEASE)
def create_release(conference: Conference) -> Response:
    """Freeze the draft as the next release, or show who would be told what of it (`preview` names a page)."""
    form = Form(NewReleaseSchema, conference, choices=telling_choices())
    if "back" in request.form:
        form.keep_typed()
        return _releases(conference, form)
    with form:
        values = form.load()
        choice = take_choice(values)
        if (page := asked_page()) is not None:
            after = releases.drafted(conference, note=values["note"], now=now())
            plan = plans.before_release(conference, after, now=now())
            return preview(conference, plan, choice, page, label=gettext("Release now"))
        may_override = allowed(Permission.SCHEDULE_OVERRIDE, conference)
        made, _warnings = releases.release(conference, **values, by=me(), now=now(), may_override=may_override)
        telling = tellings.tell(conference, made, choice, by=me(), now=now())
        flash(gettext("Release %(number)s is public.", number=made.number), "good")
        flash(decided(telling), "info")
        return redirect(url_for(".list_releases", conference=conference.slug))
    return _releases(conference, form)


def _releases(conference: Conference, form: Form) -> Response:
    after = releases.drafted(conference, note={}, now=now())
    may_release = allowed(Permission.RELEASE, conference)
    return form.page(
        "schedule/releases.html",
        conference=conference,
        releases=releases.all_of(conference.id),
        conflicts=checking.draft_conflicts(conference),
        changes=releases.changes(conference, after),
        lacking=lacking(after),
        plan=plans.before_release(conference, after, now=now()) if may_release else None,
        groups=dict(group_names()),
        tellings=tellings.tellings(conference),
        progress=tellings.progress(conference),
        waiting=tellings.latest(conference),
    )
