"""What limits the schedule: when rooms are open, when people can come, and how far venues lie apart."""

from __future__ import annotations

from flask import Response, jsonify

from confapp.api.base import Blueprint, body
from confapp.domain.permissions import Permission
from confapp.domain.programme import availability, hosts, speakers, walks
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Room, Venue
from confapp.domain.programme.speakers import Speaker
from confapp.domain.schedule import tasks
from confapp.domain.schedule.tasks import Cause
from confapp.hall.named import check_host, check_speaker, venues_named
from confapp.schemas.availability import AvailabilitySchema, WalksSchema
from confapp.web import me, now, permits

blueprint = Blueprint("availability", "When rooms are open and people can come")


@blueprint.route("/conferences/<conference>/rooms/<code>/availability", methods=["GET"])
@permits(Permission.CONFERENCE_READ)
@blueprint.alt_response(200, schema=AvailabilitySchema, success=True)
def get_hours(conference: Conference, code: str) -> Response:
    """When a room is open; no span at all means always."""
    return _spans(hosts.room(conference, code))


@blueprint.route("/conferences/<conference>/rooms/<code>/availability", methods=["PUT"])
@permits(Permission.HOSTS_EDIT)
@blueprint.takes(AvailabilitySchema)
@blueprint.alt_response(200, schema=AvailabilitySchema, success=True)
def put_hours(conference: Conference, code: str) -> Response:
    """Say when a room is open, in the place of what was said; what is placed at other times is a conflict."""
    room = hosts.room(conference, code)
    check_host(conference, room.host_id)
    return _set_spans(conference, room)


@blueprint.route("/conferences/<conference>/speakers/<code>/availability", methods=["GET"])
@permits(Permission.SPEAKERS_EDIT)
@blueprint.alt_response(200, schema=AvailabilitySchema, success=True)
def get_availability(conference: Conference, code: str) -> Response:
    """When somebody can come; no span at all means always."""
    speaker = speakers.speaker(conference, code)
    check_speaker(conference, speaker)
    return _spans(speaker)


@blueprint.route("/conferences/<conference>/speakers/<code>/availability", methods=["PUT"])
@permits(Permission.SPEAKERS_EDIT)
@blueprint.takes(AvailabilitySchema)
@blueprint.alt_response(200, schema=AvailabilitySchema, success=True)
def put_availability(conference: Conference, code: str) -> Response:
    """Say when somebody can come, in the place of what was said; what is placed at other times is a conflict."""
    speaker = speakers.speaker(conference, code)
    check_speaker(conference, speaker)
    return _set_spans(conference, speaker)


def _set_spans(conference: Conference, row: Room | Speaker) -> Response:
    cause = Cause.HOURS if isinstance(row, Room) else Cause.TIMES
    with tasks.watching(conference, cause, by=me(), now=now()):
        availability.set_spans(row, body(AvailabilitySchema, conference)["spans"], by=me(), now=now())
    return _spans(row)


def _spans(row: Room | Speaker) -> Response:
    return jsonify(AvailabilitySchema().dump({"spans": availability.of(row)}))


@blueprint.route("/conferences/<conference>/venues/<slug>/walks", methods=["GET"])
@permits(Permission.CONFERENCE_READ)
@blueprint.alt_response(200, schema=WalksSchema, success=True)
def get_walks(conference: Conference, slug: str) -> Response:
    """Minutes on foot from a venue to others; to itself: between two of its rooms."""
    return _walks(conference, hosts.venue(conference, slug))


@blueprint.route("/conferences/<conference>/venues/<slug>/walks", methods=["PUT"])
@permits(Permission.HOSTS_EDIT)
@blueprint.takes(WalksSchema)
@blueprint.alt_response(200, schema=WalksSchema, success=True)
def put_walks(conference: Conference, slug: str) -> Response:
    """Say how far it is from a venue to those that are named; 0 minutes take a walk away."""
    venue = hosts.venue(conference, slug)
    check_host(conference, venue.host_id)
    with tasks.watching(conference, Cause.WALKS, by=me(), now=now()):
        walks.set_walks(venue, venues_named(conference, body(WalksSchema)["walks"]), by=me(), now=now())
    return _walks(conference, venue)


def _walks(conference: Conference, venue: Venue) -> Response:
    held = [
        (next(iter(pair - {venue.slug}), venue.slug), minutes)
        for pair, minutes in walks.walks(conference).items()
        if venue.slug in pair
    ]
    return jsonify(WalksSchema().dump({"walks": sorted(held)}))
