"""Organisers' pages of bulk moves by form: choose what and where to, look at what it does, do it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from confapp.domain.errors import N_, Invalid, Message
from confapp.domain.permissions import Permission
from confapp.domain.programme import conferences, hosts, slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.slots import Deed, Slot
from confapp.domain.schedule import moves
from confapp.domain.schedule.batches import Outcome
from confapp.domain.schedule.moves import Choice
from confapp.domain.schedule.scopes import may_move
from confapp.hall.named import bulk_move, choice, may_place, rights, slot_scopes
from confapp.schemas.moves import ChoiceSchema, MoveSchema
from confapp.web import clean, me, now, permits
from confapp.web.forms import Choices, Form
from confapp.web.rendering import local_date, local_day, local_time, text

blueprint = Blueprint("moves", __name__, url_prefix="/organise/<conference>/schedule/moves")

PAGES: dict[Deed, tuple[Message, Message]] = {
    Deed.SHIFT: (
        N_("Shift what follows"),
        N_("One slot and all after it in its room on that day, earlier or later by some minutes."),
    ),
    Deed.SWAP: (N_("Swap two"), N_("Two slots exchange room and start; each keeps its length.")),
    Deed.MOVE: (
        N_("Move a block"),
        N_("A choice of slots to another day, start or room; they keep their distances."),
    ),
    Deed.FIT: (N_("Fit to the gap"), N_("Each chosen slot fills the time between its neighbours in the room.")),
    Deed.COMPACT: (
        N_("Compact"),
        N_("Sessions close up in their room and day; breaks, blockers and what is not chosen stay."),
    ),
    Deed.CLEAR: (N_("Take off the schedule"), N_("Clear a room, a day or any choice; identities are kept.")),
    Deed.ROOM: (
        N_("Assign a room"),
        N_("Chosen slots go to one room, or the whole venue, at their times; what waits goes in one after the other."),
    ),
    Deed.TRACK: (
        N_("Assign a track"),
        N_("The sessions that are chosen, with or without a place, get another track, or none."),
    ),
    Deed.COPY: (N_("Copy a break"), N_("A break or a blocker to other rooms at the same time.")),
}
"""What each move is called, and what it does."""

FIELDS: dict[Deed, tuple[str, ...]] = {
    Deed.SHIFT: ("minutes",),
    Deed.MOVE: ("day", "starts_at", "room"),
    Deed.COMPACT: ("minutes",),
    Deed.ROOM: ("room", "starts_at", "minutes"),
    Deed.TRACK: ("track",),
    Deed.COPY: ("rooms",),
}
"""What is asked for beside the choice of slots."""

TRAY = (Deed.ROOM, Deed.TRACK)
"""Moves that take sessions without a place along."""

ONE = (Deed.SHIFT, Deed.COPY)
"""Moves that begin at one slot."""


@blueprint.get("")
@permits(Permission.SCHEDULE_EDIT)
def list_moves(conference: Conference) -> str:
    """The bulk moves there are."""
    return render_template("schedule/moves.html", conference=conference, pages=PAGES)


@blueprint.route("/<deed>", methods=["GET", "POST"])
@permits(Permission.SCHEDULE_EDIT)
def make_move(conference: Conference, deed: str) -> Response:
    """Choose; look at the preview; do it, under the version that was looked at."""
    asked = next((each for each in PAGES if each.value == deed), None)
    if asked is None:
        raise NotFound()
    current = {"move": asked.value, "minutes": 15 if asked is Deed.SHIFT else 0}
    form = Form(MoveSchema, conference, current=current, choices=_choices(conference, asked))
    if not form.was_sent:
        return _chooser(conference, asked, form)
    form.keep_typed()
    told: Outcome | None = None
    with form:
        values = form.load()
        if values["move"] is not asked:
            raise Invalid({"move": [N_("This is no bulk move.")]})
        told = _run(conference, values, preview=True)
        if not values["preview"]:
            done = _run(conference, values, preview=False)
            count = len(done.steps)
            flash(ngettext("%(num)s slot changed.", "%(num)s slots changed.", count), "good")
            return redirect(url_for("history.show_history", conference=conference.slug))
    if told is None:
        return _chooser(conference, asked, form)
    if form.refusal is not None:
        told = _run(conference, values, preview=True)  # what was told before went with what was written
    return form.page(
        "schedule/move_preview.html",
        conference=conference,
        deed=asked,
        title=PAGES[asked][0],
        told=told,
        sent=[(name, value) for name, value in request.form.items(multi=True) if name not in UNSENT],
    )


FILTERS = ("of_day", "of_rooms", "of_track", "since", "until")
UNSENT = ("csrf_token", "preview", "expected", "override")
"""What the preview's own form says anew."""


def _run(conference: Conference, values: dict[str, Any], *, preview: bool) -> Outcome:
    return moves.run(
        conference,
        bulk_move(conference, values),
        expected=None if preview else values["expected"],
        rights=rights(conference),
        by=me(),
        now=now(),
        override=values["override"],
        preview=preview,
    )


def _chooser(conference: Conference, deed: Deed, form: Form) -> Response:
    """The form: what the filter in the address leaves to choose from, and where to."""
    sent = MultiDict(request.form if form.was_sent else request.args)
    held = slots.slots(conference)
    days = sorted({conference.facts.day_of(slot.starts_at) for slot in held if slot.starts_at})
    if "of_day" not in sent and days:
        sent["of_day"] = days[0].isoformat()
    wanted, scopes = _wanted(conference, sent), slot_scopes(conference)
    return form.page(
        "schedule/move.html",
        conference=conference,
        deed=deed,
        title=PAGES[deed][0],
        words=PAGES[deed][1],
        fields=FIELDS.get(deed, ()),
        takes_one=deed in ONE,
        filters={name: sent.get(name, "") for name in FILTERS},
        choices={
            "of_day": [("", gettext("All days")), *((day.isoformat(), local_date(day)) for day in days)],
            "of_rooms": [("", gettext("All rooms")), *_rooms(conference)],
            "of_track": [("", gettext("All tracks")), *_tracks(conference)],
        },
        listed=[slot for slot in held if wanted.holds(slot, conference) and may_move(slot, scopes)],
        waiting=[each for each in slots.unscheduled(conference) if may_place(each, scopes)] if deed in TRAY else [],
        ticked={*sent.getlist("slots"), *sent.getlist("sessions")},
        label=_label,
    )


def _wanted(conference: Conference, sent: MultiDict[str, str]) -> Choice:
    """What the filter leaves; one that makes no sense leaves everything."""
    try:
        values = clean(ChoiceSchema(is_form=True, zone=conference.zone), sent)
        return choice(conference, values | {"slots": (), "sessions": ()})
    except Invalid:
        return Choice()


def _label(slot: Slot) -> str:
    assert slot.starts_at is not None
    assert slot.ends_at is not None
    room = text(slot.room.name) if slot.room else gettext("Whole venue")
    return f"{local_day(slot.starts_at)}, {local_time(slot.starts_at)}–{local_time(slot.ends_at)}, {room}"


def _rooms(conference: Conference) -> list[tuple[str, str]]:
    return [(room.code, text(room.name)) for room in hosts.rooms(conference)]


def _tracks(conference: Conference) -> list[tuple[str, str]]:
    return [(track.slug, text(track.name)) for track in conferences.tracks(conference)]


def _choices(conference: Conference, deed: Deed) -> dict[str, Choices]:
    rooms = _rooms(conference)
    count = (conference.ends_on - conference.starts_on).days + 1
    days = [conference.starts_on + dt.timedelta(days=number) for number in range(count)]
    return {
        "room": [("", gettext("Each in its own") if deed is Deed.MOVE else gettext("Whole venue")), *rooms],
        "rooms": rooms,
        "track": [("", gettext("No track")), *_tracks(conference)],
        "day": [("", gettext("As it is")), *((day.isoformat(), local_date(day)) for day in days)],
    }
