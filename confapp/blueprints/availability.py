"""Organisers' pages of what limits the schedule: opening hours, when people can come, walks, what follows what."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.domain.permissions import Permission
from confapp.domain.programme import availability, hosts, ordering, sessions, speakers, walks
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.speakers import Speaker
from confapp.domain.schedule import tasks
from confapp.domain.schedule.tasks import Cause
from confapp.domain.texts import collate
from confapp.hall.named import check_host, check_speaker, check_track, sessions_named, venues_named
from confapp.schemas.availability import AvailabilitySchema, WalksSchema, days_of, rows_of
from confapp.schemas.conflicts import OrderSchema, order_words
from confapp.web import me, now, permits
from confapp.web.forms import Form
from confapp.web.rendering import text

blueprint = Blueprint("availability", __name__, url_prefix="/organise/<conference>")


def availability_form(conference: Conference, row: Room | Speaker) -> Form:
    """The form of when a room is open or somebody can come."""
    current = {"spans": rows_of(availability.of(row), conference.zone)}
    return Form(AvailabilitySchema, conference, current=current)


@blueprint.route("/rooms/<code>/hours", methods=["GET", "POST"])
@permits(Permission.HOSTS_EDIT)
def edit_hours(conference: Conference, code: str) -> Response:
    """When a room is open."""
    room = hosts.room(conference, code)
    check_host(conference, room.host_id)
    back = url_for("hosts.edit_room", conference=conference.slug, code=code)
    return _availability(conference, room, "venues", text(room.name), gettext("When it is open"), back)


@blueprint.route("/speakers/<code>/availability", methods=["GET", "POST"])
@permits(Permission.SPEAKERS_EDIT)
def edit_availability(conference: Conference, code: str) -> Response:
    """When a speaker can come."""
    speaker = speakers.speaker(conference, code)
    check_speaker(conference, speaker)
    back = url_for("speakers.edit_speaker", conference=conference.slug, code=code)
    return _availability(conference, speaker, "speakers", speaker.name, gettext("When they can come"), back)


def _availability(
    conference: Conference, row: Room | Speaker, place: str, kicker: str, title: str, back: str
) -> Response:
    form = availability_form(conference, row)
    if form.was_sent:
        with form:
            cause = Cause.HOURS if isinstance(row, Room) else Cause.TIMES
            with tasks.watching(conference, cause, by=me(), now=now()):
                availability.set_spans(row, form.load()["spans"], by=me(), now=now())
            flash(gettext("Saved. What is placed at other times is a conflict now."), "good")
            return redirect(back)
    return form.page(
        "availability/spans.html",
        conference=conference,
        place=place,
        kicker=kicker,
        heading=title,
        back=back,
        days=days_of(conference.facts),
    )


@blueprint.route("/venues/<slug>/walks", methods=["GET", "POST"])
@permits(Permission.HOSTS_EDIT)
def edit_walks(conference: Conference, slug: str) -> Response:
    """How far it is on foot from a venue to the others, and between its rooms."""
    venue = hosts.venue(conference, slug)
    check_host(conference, venue.host_id)
    known, everything = walks.walks(conference), hosts.venues(conference)
    current = {"walks": [(each.slug, known.get(frozenset({slug, each.slug}), "")) for each in everything]}
    form = Form(WalksSchema, conference, current=current)
    if form.was_sent:
        with form:
            wanted = venues_named(conference, form.load()["walks"])
            with tasks.watching(conference, Cause.WALKS, by=me(), now=now()):
                walks.set_walks(venue, wanted, by=me(), now=now())
            flash(gettext("Saved."), "good")
            return redirect(url_for("hosts.edit_venue", conference=conference.slug, slug=slug))
    names = {each.slug: text(each.name) for each in everything}
    return form.page("availability/walks.html", conference=conference, venue=venue, names=names)


@blueprint.route("/sessions/<code>/order", methods=["GET", "POST"])
@permits(Permission.SESSIONS_EDIT)
def edit_order(conference: Conference, code: str) -> Response:
    """What must have ended before a session begins."""
    session = sessions.session(conference, code)
    check_track(conference, session.track_id)
    form = Form(OrderSchema, conference, current=_order(session))
    if form.was_sent:
        with form:
            wanted = sessions_named(conference, form.load()["after"])
            with tasks.watching(conference, Cause.ORDER, by=me(), now=now()):
                ordering.set_before(session, wanted, by=me(), now=now())
            flash(gettext("Saved."), "good")
            return redirect(url_for("sessions.edit_session", conference=conference.slug, code=code))
    others = [each for each in sessions.sessions(conference) if each.id != session.id]
    suggested = sorted((order_words(text(each.title), each.code) for each in others), key=collate)
    return form.page("availability/order.html", conference=conference, talk=session, suggested=suggested)


def _order(session: sessions.Session) -> dict[str, Any]:
    return {"after": [order_words(text(each.title), each.code) for each in ordering.before(session)]}
