"""Hosts, venues and rooms; a host's coordinator changes only what her host lends."""

from __future__ import annotations

import datetime as dt
from typing import Any

from confapp.api.base import Blueprint
from confapp.api.nouns import Noun, serve
from confapp.domain.people import Account
from confapp.domain.permissions import Permission
from confapp.domain.programme import hosts
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Host, Room, Venue
from confapp.domain.schedule import scheduling, tasks
from confapp.domain.schedule.tasks import Cause
from confapp.hall.named import check_host, named
from confapp.schemas.conferences import HostSchema, RoomSchema, VenueSchema

blueprint = Blueprint("hosts", "Hosts, venues and rooms")


def _lender(row: Host | Venue | Room) -> int | None:
    return row.id if isinstance(row, Host) else row.host_id


def _create(noun: Any) -> Any:
    def create(conference: Conference, values: dict[str, Any], by: Account, now: dt.datetime) -> Any:
        resolved = named(conference, values)
        if noun is not Host:
            check_host(conference, resolved.get("host_id"))
        return hosts.create(noun, conference, resolved, by=by, now=now)

    return create


def _edit(conference: Conference, row: Any, values: dict[str, Any], by: Account, now: dt.datetime) -> None:
    check_host(conference, _lender(row))
    resolved = named(conference, values)
    if "host_id" in resolved:
        check_host(conference, resolved["host_id"])
    with tasks.watching(conference, Cause.ROOM, by=by, now=now):
        hosts.edit(row, resolved, by=by, now=now)


def _delete(conference: Conference, row: Any, by: Account, now: dt.datetime) -> None:
    check_host(conference, _lender(row))
    if isinstance(row, Room):
        scheduling.delete_room(row, by=by, now=now)
    else:
        hosts.delete(row, by=by, now=now)


for each in (
    Noun(
        name="host",
        schema=HostSchema,
        edits=Permission.HOSTS_EDIT,
        creates=Permission.CONFERENCE_EDIT,
        deletes=Permission.CONFERENCE_EDIT,
        all=hosts.hosts,
        one=hosts.host,
        create=_create(Host),
        edit=_edit,
        delete=_delete,
    ),
    Noun(
        name="venue",
        schema=VenueSchema,
        edits=Permission.HOSTS_EDIT,
        all=hosts.venues,
        one=hosts.venue,
        create=_create(Venue),
        edit=_edit,
        delete=_delete,
    ),
    Noun(
        name="room",
        schema=RoomSchema,
        edits=Permission.HOSTS_EDIT,
        all=hosts.rooms,
        one=hosts.room,
        create=_create(Room),
        edit=_edit,
        delete=_delete,
    ),
):
    serve(blueprint, each)
