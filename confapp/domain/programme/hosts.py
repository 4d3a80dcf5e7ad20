"""Hosts: the institutions that host a conference, and the venues and rooms they lend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Json, Key, Model, TextsColumn, Uuid, db
from confapp.domain import audit, permissions
from confapp.domain.errors import N_, Invalid, Missing
from confapp.domain.people import Account
from confapp.domain.programme.conferences import MAKING, OURS, Conference, slugify


class Host(Model):
    """An institution: a military academy, an institute, a host nation."""

    __tablename__ = "host"
    __table_args__ = (sa.UniqueConstraint("conference_id", "slug"),)

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(sa.String(60))
    name: Mapped[TextsColumn]
    description: Mapped[TextsColumn]
    country: Mapped[str | None] = mapped_column(sa.String(2))
    url: Mapped[str | None] = mapped_column(sa.String(500))
    contact_name: Mapped[str] = mapped_column(sa.String(200), default="")
    contact_email: Mapped[str | None] = mapped_column(sa.String(254))
    """For organisers; never released."""
    logo: Mapped[str | None] = mapped_column(sa.ForeignKey("blob.sha256"))
    position: Mapped[int] = mapped_column(default=0)


class Venue(Model):
    """A building."""

    __tablename__ = "venue"
    __table_args__ = (
        sa.UniqueConstraint("conference_id", "slug"),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="place"),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="degrees"),
    )

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    host_id: Mapped[int | None] = mapped_column(sa.ForeignKey("host.id", ondelete="SET NULL"))
    slug: Mapped[str] = mapped_column(sa.String(60))
    name: Mapped[TextsColumn]
    address: Mapped[str] = mapped_column(sa.String(300), default="")
    city: Mapped[str] = mapped_column(sa.String(100), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    plan: Mapped[str | None] = mapped_column(sa.ForeignKey("blob.sha256"))
    """A picture of where its rooms are."""
    position: Mapped[int] = mapped_column(default=0)
    host: Mapped[Host | None] = relationship(lazy="joined")


class Room(Model):
    """A room in a venue, lent by a host."""

    __tablename__ = "room"
    __table_args__ = (
        sa.UniqueConstraint("conference_id", "code"),
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
        sa.CheckConstraint("changeover_minutes BETWEEN 0 AND 1440", name="changeover"),
    )

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    venue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("venue.id", ondelete="SET NULL"))
    host_id: Mapped[int | None] = mapped_column(sa.ForeignKey("host.id", ondelete="SET NULL"))
    code: Mapped[str] = mapped_column(sa.String(60))
    name: Mapped[TextsColumn]
    capacity: Mapped[int | None]
    floor: Mapped[str] = mapped_column(sa.String(40), default="")
    is_step_free: Mapped[bool | None]
    equipment: Mapped[list[str]] = mapped_column(Json, default=list)
    changeover_minutes: Mapped[int] = mapped_column(default=0)
    """How long it stands empty between two sessions."""
    position: Mapped[int] = mapped_column(default=0)
    venue: Mapped[Venue | None] = relationship(lazy="joined")
    host: Mapped[Host | None] = relationship(lazy="joined")


Noun = TypeVar("Noun", Host, Venue, Room)

_NOUNS: dict[type[Host | Venue | Room], tuple[str, str]] = {
    Host: ("host", "slug"),
    Venue: ("venue", "slug"),
    Room: ("room", "code"),
}


def hosts(conference: Conference) -> Sequence[Host]:
    """The conference's hosts in their order."""
    return db.session.scalars(
        sa.select(Host).where(Host.conference_id == conference.id).order_by(Host.position, Host.id)
    ).all()


def venues(conference: Conference) -> Sequence[Venue]:
    """The conference's venues in their order."""
    return db.session.scalars(
        sa.select(Venue).where(Venue.conference_id == conference.id).order_by(Venue.position, Venue.id)
    ).all()


def rooms(conference: Conference) -> Sequence[Room]:
    """The conference's rooms in their order, with venue and host."""
    return db.session.scalars(
        sa.select(Room).where(Room.conference_id == conference.id).order_by(Room.position, Room.id)
    ).all()


_ROOM = sa.select(Room).where(Room.conference_id == sa.bindparam("conference"), Room.code == sa.bindparam("code"))


def find_room(conference: Conference, code: str) -> Room | None:
    """One room by its code, or None."""
    return db.session.scalar(_ROOM, {"conference": conference.id, "code": code})


def host(conference: Conference, slug: str) -> Host:
    """One host by its slug; raises Missing."""
    return _one(Host, conference, slug)


def venue(conference: Conference, slug: str) -> Venue:
    """One venue by its slug; raises Missing."""
    return _one(Venue, conference, slug)


def room(conference: Conference, code: str) -> Room:
    """One room by its code; raises Missing."""
    return _one(Room, conference, code)


def _one(noun: type[Noun], conference: Conference, identifier: str) -> Noun:
    column = getattr(noun, _NOUNS[noun][1])
    found = db.session.scalar(sa.select(noun).where(noun.conference_id == conference.id, column == identifier))
    if found is None:
        raise Missing()
    return found


def create(
    noun: type[Noun], conference: Conference, values: dict[str, Any], *, by: Account | None, now: dt.datetime
) -> Noun:
    """A new host, venue or room; without a slug (or code) it gets one from its name. Raises Invalid."""
    return create_many(noun, conference, [values], by=by, now=now)[0]


def create_many(
    noun: type[Noun], conference: Conference, rows: Sequence[dict[str, Any]], *, by: Account | None, now: dt.datetime
) -> list[Noun]:
    """Many new hosts, venues or rooms at once, in a fixed number of statements. Raises Invalid."""
    kind, identifier = _NOUNS[noun]
    column = getattr(noun, identifier)
    taken: set[str] = set(db.session.scalars(sa.select(column).where(noun.conference_id == conference.id)))
    made, slugs = [], []
    for values in rows:
        name = next((words for words in values["name"].values() if words), "")
        slug = values.get(identifier) or slugify(name, taken={*taken, MAKING}, fallback=kind)
        if slug in taken:
            raise Invalid({identifier: [N_("Another %(kind)s has this address already.", kind=kind)]})
        if slug == MAKING:
            raise Invalid({identifier: [OURS]})
        _check_place(values)
        made.append(noun(conference_id=conference.id, **{"position": len(taken)} | values | {identifier: slug}))
        taken.add(slug)
        slugs.append(slug)
    db.session.add_all(made)
    db.session.flush()
    audit.record_many(f"{kind}.create", kind, slugs, conference_id=conference.id, by=by, now=now)
    return made


def edit(row: Host | Venue | Room, values: dict[str, Any], *, by: Account | None, now: dt.datetime) -> None:
    """Change a host, venue or room; what calendars and links know it by (slug, code) stays. Raises Invalid."""
    kind, identifier = _NOUNS[type(row)]
    if isinstance(row, Venue):
        _check_place({"latitude": row.latitude, "longitude": row.longitude} | values)
    for name, value in values.items():
        if name != identifier:
            setattr(row, name, value)
    audit.record(f"{kind}.edit", f"{kind}:{getattr(row, identifier)}", conference_id=row.conference_id, by=by, now=now)


def _check_place(values: Mapping[str, Any]) -> None:
    """Both degrees or neither."""
    degrees = ("latitude", "longitude")
    missing = [name for name in degrees if values.get(name) is None]
    if len(missing) == 1:
        raise Invalid({missing[0]: [N_("Give both latitude and longitude, or neither.")]})


def delete(row: Host | Venue, *, by: Account | None, now: dt.datetime) -> None:
    """Remove a host or venue; its rooms stay, without it. (Rooms go by `scheduling.delete_room`.)"""
    kind, identifier = _NOUNS[type(row)]
    audit.record(
        f"{kind}.delete", f"{kind}:{getattr(row, identifier)}", conference_id=row.conference_id, by=by, now=now
    )
    permissions.end_scope(kind, row.id)
    db.session.delete(row)
    db.session.flush()
