"""Organisers' pages of hosts, venues and rooms: who lends what."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.domain import hosts, scheduling
from confapp.domain.conferences import Conference
from confapp.domain.hosts import Host, Room, Venue
from confapp.domain.permissions import Permission
from confapp.forms import Choices, Form
from confapp.named import check_host, named
from confapp.rendering import text
from confapp.schemas.base import Schema
from confapp.schemas.conferences import HostSchema, RoomSchema, VenueSchema
from confapp.web import me, now, permits

blueprint = Blueprint("hosts", __name__, url_prefix="/organise/<conference>")

Row = TypeVar("Row", Host, Venue, Room)

SCHEMAS: dict[type[Host | Venue | Room], type[Schema]] = {Host: HostSchema, Venue: VenueSchema, Room: RoomSchema}


def _choices(conference: Conference) -> dict[str, Choices]:
    nothing = [("", gettext("None"))]
    return {
        "host": nothing + [(host.slug, text(host.name)) for host in hosts.hosts(conference)],
        "venue": nothing + [(venue.slug, text(venue.name)) for venue in hosts.venues(conference)],
        "is_step_free": [("", gettext("Not known")), ("true", gettext("Yes")), ("false", gettext("No"))],
    }


def _current(row: Host | Venue | Room | None) -> dict[str, Any]:
    """What the form shows: the row's columns, with slugs in the place of ids."""
    if row is None:
        return {}
    held = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    if isinstance(row, Room):
        held |= {
            "venue": row.venue.slug if row.venue else None,
            "host": row.host.slug if row.host else None,
            "equipment": ", ".join(row.equipment),
            "is_step_free": {None: "", True: "true", False: "false"}[row.is_step_free],
        }
    if isinstance(row, Venue):
        held["host"] = row.host.slug if row.host else None
    return held


def _edit(conference: Conference, noun: type[Row], row: Row | None, template: str, back: str) -> Response:
    """The form of a new or standing host, venue or room."""
    form = Form(SCHEMAS[noun], conference, current=_current(row), choices=_choices(conference))
    if form.was_sent:
        with form:
            values = named(conference, form.load())
            if noun is not Host:
                check_host(conference, values["host_id"])
            if row is None:
                hosts.create(noun, conference, values, by=me(), now=now())
            else:
                hosts.edit(row, values, by=me(), now=now())
            flash(gettext("Saved."))
            return redirect(url_for(back, conference=conference.slug))
    return form.page(template, conference=conference, row=row)


@blueprint.get("/hosts")
@permits(Permission.CONFERENCE_READ)
def list_hosts(conference: Conference) -> str:
    """The hosting institutions."""
    return render_template("hosts/hosts.html", conference=conference, hosts=hosts.hosts(conference))


@blueprint.route("/hosts/new", methods=["GET", "POST"])
@permits(Permission.CONFERENCE_EDIT)
def create_host(conference: Conference) -> Response:
    """A new host."""
    return _edit(conference, Host, None, "hosts/host.html", ".list_hosts")


@blueprint.route("/hosts/<slug>", methods=["GET", "POST"])
@permits(Permission.HOSTS_EDIT)
def edit_host(conference: Conference, slug: str) -> Response:
    """One host."""
    host = hosts.host(conference, slug)
    check_host(conference, host.id)
    return _edit(conference, Host, host, "hosts/host.html", ".list_hosts")


@blueprint.post("/hosts/<slug>/delete")
@permits(Permission.CONFERENCE_EDIT)
def delete_host(conference: Conference, slug: str) -> Response:
    """Remove a host; what it lent stays."""
    hosts.delete(hosts.host(conference, slug), by=me(), now=now())
    flash(gettext("The host is gone; its venues and rooms stay."))
    return redirect(url_for(".list_hosts", conference=conference.slug))


@blueprint.get("/venues")
@permits(Permission.CONFERENCE_READ)
def list_venues(conference: Conference) -> str:
    """The venues and their rooms."""
    return render_template(
        "hosts/venues.html",
        conference=conference,
        venues=hosts.venues(conference),
        rooms=hosts.rooms(conference),
    )


@blueprint.route("/venues/new", methods=["GET", "POST"])
@permits(Permission.HOSTS_EDIT)
def create_venue(conference: Conference) -> Response:
    """A new venue."""
    return _edit(conference, Venue, None, "hosts/venue.html", ".list_venues")


@blueprint.route("/venues/<slug>", methods=["GET", "POST"])
@permits(Permission.HOSTS_EDIT)
def edit_venue(conference: Conference, slug: str) -> Response:
    """One venue."""
    venue = hosts.venue(conference, slug)
    check_host(conference, venue.host_id)
    return _edit(conference, Venue, venue, "hosts/venue.html", ".list_venues")


@blueprint.post("/venues/<slug>/delete")
@permits(Permission.HOSTS_EDIT)
def delete_venue(conference: Conference, slug: str) -> Response:
    """Remove a venue; its rooms stay."""
    venue = hosts.venue(conference, slug)
    check_host(conference, venue.host_id)
    hosts.delete(venue, by=me(), now=now())
    flash(gettext("The venue is gone; its rooms stay."))
    return redirect(url_for(".list_venues", conference=conference.slug))


@blueprint.route("/rooms/new", methods=["GET", "POST"])
@permits(Permission.HOSTS_EDIT)
def create_room(conference: Conference) -> Response:
    """A new room."""
    return _edit(conference, Room, None, "hosts/room.html", ".list_venues")


@blueprint.route("/rooms/<code>", methods=["GET", "POST"])
@permits(Permission.HOSTS_EDIT)
def edit_room(conference: Conference, code: str) -> Response:
    """One room."""
    room = hosts.room(conference, code)
    check_host(conference, room.host_id)
    return _edit(conference, Room, room, "hosts/room.html", ".list_venues")


@blueprint.post("/rooms/<code>/delete")
@permits(Permission.HOSTS_EDIT)
def delete_room(conference: Conference, code: str) -> Response:
    """Remove a room in which nothing is placed."""
    room = hosts.room(conference, code)
    check_host(conference, room.host_id)
    scheduling.delete_room(room, by=me(), now=now())
    flash(gettext("The room is gone."))
    return redirect(url_for(".list_venues", conference=conference.slug))
