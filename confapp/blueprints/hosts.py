"""Organisers' pages of hosts, venues and rooms: who lends what."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.blueprints.confirming import confirmation
from confapp.blueprints.pictures import picture_answer
from confapp.domain.permissions import Permission
from confapp.domain.programme import conferences, hosts, pictures
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Host, Room, Venue
from confapp.domain.schedule import scheduling, tasks
from confapp.domain.schedule.tasks import Cause
from confapp.hall.named import check_host, named, scope
from confapp.schemas.base import Schema
from confapp.schemas.conferences import HostSchema, RoomSchema, VenueSchema
from confapp.schemas.people import PictureSchema
from confapp.web import me, now, permits
from confapp.web.forms import Choices, Form
from confapp.web.rendering import text
from confapp.web.uploads import take_picture

blueprint = Blueprint("hosts", __name__, url_prefix="/organise/<conference>")

Row = TypeVar("Row", Host, Venue, Room)

SCHEMAS: dict[type[Host | Venue | Room], type[Schema]] = {Host: HostSchema, Venue: VenueSchema, Room: RoomSchema}


def _choices(conference: Conference) -> dict[str, Choices]:
    """A host's coordinator lends in her host's name only."""
    nothing = [("", gettext("None"))]
    mine = scope(Permission.HOSTS_EDIT, conference, "host")
    held = [(host.slug, text(host.name)) for host in hosts.hosts(conference) if mine is None or host.id in mine]
    return {
        "host": held if mine is not None else nothing + held,
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
            "is_step_free": {None: "", True: "true", False: "false"}[row.is_step_free],
        }
    if isinstance(row, Venue):
        held["host"] = row.host.slug if row.host else None
    return held


def _edit(conference: Conference, noun: type[Row], row: Row | None, template: str, back: str) -> Response:
    """The form of a new or standing host, venue or room."""
    choices = _choices(conference)
    form = Form(SCHEMAS[noun], conference, current=_current, choices=choices, watched=row)
    if form.was_sent:
        with form:
            values = named(conference, form.load())
            if noun is not Host:
                check_host(conference, values["host_id"])
            if row is None:
                hosts.create(noun, conference, values, by=me(), now=now())
            else:
                with tasks.watching(conference, Cause.ROOM, by=me(), now=now()):
                    hosts.edit(row, values, by=me(), now=now())
            flash(gettext("Saved."), "good")
            return redirect(url_for(back, conference=conference.slug))
    return form.page(template, conference=conference, row=row)


@blueprint.get("/hosts")
@permits(Permission.CONFERENCE_READ)
def list_hosts(conference: Conference) -> str:
    """The hosting institutions."""
    return render_template(
        "hosts/hosts.html",
        conference=conference,
        hosts=hosts.hosts(conference),
        mine=scope(Permission.HOSTS_EDIT, conference, "host"),
    )


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


@blueprint.route("/hosts/<slug>/logo", methods=["GET", "POST"])
@permits(Permission.HOSTS_EDIT)
def edit_logo(conference: Conference, slug: str) -> Response:
    """A host's logo; the public sees it with the next release."""
    host = hosts.host(conference, slug)
    check_host(conference, host.id)
    form = Form(PictureSchema, conference)
    if form.was_sent:
        address = conference.slug
        with form:
            take_picture(lambda sha256: _use_logo(address, slug, sha256))
            flash(gettext("Saved. The public sees it with the next release."), "good")
            return redirect(url_for(".edit_host", conference=address, slug=slug))
    return form.page("hosts/logo.html", conference=conference, host=host)


def _use_logo(conference: str, slug: str, sha256: str) -> None:
    hosts.edit(hosts.host(conferences.named(conference), slug), {"logo": sha256}, by=me(), now=now())


@blueprint.get("/hosts/<slug>/logo/picture")
@permits(Permission.CONFERENCE_READ)
def get_logo(conference: Conference, slug: str) -> Response:
    """A host's logo as it is kept."""
    return picture_answer(pictures.kept(hosts.host(conference, slug).logo))


@blueprint.route("/hosts/<slug>/delete", methods=["GET", "POST"])
@permits(Permission.CONFERENCE_EDIT)
def delete_host(conference: Conference, slug: str) -> Response | str:
    """Remove a host, after asking; what it lent stays."""
    host = hosts.host(conference, slug)
    back = url_for(".list_hosts", conference=conference.slug)
    if request.method == "POST":
        hosts.delete(host, by=me(), now=now())
        flash(gettext("The host is gone; its venues and rooms stay."), "good")
        return redirect(back)
    return confirmation(
        conference,
        "hosts",
        gettext("Delete the host “%(name)s”?", name=text(host.name)),
        gettext("The venues and rooms that it lends stay, without a host. Its coordinators keep no access to them."),
        label=gettext("Delete the host"),
        back=back,
        consequences=[text(row.name) for row in _lent_by(conference, host)],
    )


def _lent_by(conference: Conference, host: Host) -> list[Venue | Room]:
    held: list[Venue | Room] = [*hosts.venues(conference), *hosts.rooms(conference)]
    return [row for row in held if row.host_id == host.id]


@blueprint.get("/venues")
@permits(Permission.CONFERENCE_READ)
def list_venues(conference: Conference) -> str:
    """The venues and their rooms."""
    return render_template(
        "hosts/venues.html",
        conference=conference,
        venues=hosts.venues(conference),
        rooms=hosts.rooms(conference),
        mine=scope(Permission.HOSTS_EDIT, conference, "host"),
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


@blueprint.route("/venues/<slug>/plan", methods=["GET", "POST"])
@permits(Permission.HOSTS_EDIT)
def edit_plan(conference: Conference, slug: str) -> Response:
    """A picture of where a venue's rooms are; the public sees it with the next release."""
    venue = hosts.venue(conference, slug)
    check_host(conference, venue.host_id)
    form = Form(PictureSchema, conference)
    if form.was_sent:
        address = conference.slug
        with form:
            take_picture(lambda sha256: _use_plan(address, slug, sha256))
            flash(gettext("Saved. The public sees it with the next release."), "good")
            return redirect(url_for(".edit_venue", conference=address, slug=slug))
    return form.page("hosts/plan.html", conference=conference, venue=venue)


def _use_plan(conference: str, slug: str, sha256: str) -> None:
    hosts.edit(hosts.venue(conferences.named(conference), slug), {"plan": sha256}, by=me(), now=now())


@blueprint.get("/venues/<slug>/plan/picture")
@permits(Permission.CONFERENCE_READ)
def get_plan(conference: Conference, slug: str) -> Response:
    """A venue's plan as it is kept."""
    return picture_answer(pictures.kept(hosts.venue(conference, slug).plan))


@blueprint.route("/venues/<slug>/delete", methods=["GET", "POST"])
@permits(Permission.HOSTS_EDIT)
def delete_venue(conference: Conference, slug: str) -> Response | str:
    """Remove a venue, after asking; its rooms stay."""
    venue = hosts.venue(conference, slug)
    check_host(conference, venue.host_id)
    back = url_for(".list_venues", conference=conference.slug)
    if request.method == "POST":
        hosts.delete(venue, by=me(), now=now())
        flash(gettext("The venue is gone; its rooms stay."), "good")
        return redirect(back)
    return confirmation(
        conference,
        "venues",
        gettext("Delete the venue “%(name)s”?", name=text(venue.name)),
        gettext("Its rooms stay, without a venue."),
        label=gettext("Delete the venue"),
        back=back,
        consequences=[text(room.name) for room in hosts.rooms(conference) if room.venue_id == venue.id],
    )


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


@blueprint.route("/rooms/<code>/delete", methods=["GET", "POST"])
@permits(Permission.HOSTS_EDIT)
def delete_room(conference: Conference, code: str) -> Response | str:
    """Remove a room in which nothing is placed, after asking."""
    room = hosts.room(conference, code)
    check_host(conference, room.host_id)
    back = url_for(".list_venues", conference=conference.slug)
    if request.method == "POST":
        scheduling.delete_room(room, by=me(), now=now())
        flash(gettext("The room is gone."), "good")
        return redirect(back)
    return confirmation(
        conference,
        "venues",
        gettext("Delete the room “%(name)s”?", name=text(room.name)),
        gettext("Releases that are public keep it. A room in which something is placed cannot be deleted."),
        label=gettext("Delete the room"),
        back=back,
    )
