"""Conferences: the whole event, its days and languages, its tracks, and the version of its schedule."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Json, Key, Model, Moment, TextsColumn, Uuid, db
from confapp.domain import audit, permissions
from confapp.domain.agenda import ConferenceFacts
from confapp.domain.errors import N_, Invalid, Missing
from confapp.domain.people import Account
from confapp.domain.permissions import Held, Permission, Role

RESERVED_SLUGS = frozenset(
    {"press", "organise", "api", "feeds", "accounts", "static", "healthz", "readyz", "metrics", "favicon.ico"}
    | {"speak", "files", "robots.txt", "t", "invitations", "embed", "search", "new", "sw.js", "embed.js"}
)
"""First words of addresses, which no conference may take; a test holds them against the URL map."""

MAKING = "new"
"""The word in addresses behind which things are made: nothing made there can be called by it."""

OURS = N_("This address is used by the app itself; choose another.")

TRACK_COLOURS = 12


class Conference(Model):
    """The whole event. Everything in this row is public once `is_public`; private settings have tables of their own."""

    __tablename__ = "conference"
    __table_args__ = (sa.CheckConstraint("ends_on >= starts_on", name="dates"),)

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    title: Mapped[TextsColumn]
    tagline: Mapped[TextsColumn]
    description: Mapped[TextsColumn]
    timezone: Mapped[str] = mapped_column(sa.String(64))
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    day_change: Mapped[dt.time] = mapped_column(default=dt.time(0))
    languages: Mapped[list[str]] = mapped_column(Json)
    """The first one is what other texts fall back to."""
    city: Mapped[str] = mapped_column(sa.String(100), default="")
    country: Mapped[str | None] = mapped_column(sa.String(2))
    url: Mapped[str | None] = mapped_column(sa.String(500))
    contact: Mapped[str | None] = mapped_column(sa.String(254))
    is_public: Mapped[bool] = mapped_column(default=True)
    may_approve_own: Mapped[bool] = mapped_column(default=False)
    """One person may approve words of their own, where a team is too small for four eyes; what so goes out says so."""
    created_at: Mapped[Moment]

    @property
    def facts(self) -> ConferenceFacts:
        """What everyone may know, as a frozen value."""
        return ConferenceFacts(
            slug=self.slug,
            uuid=self.uuid,
            title=self.title,
            timezone=self.timezone,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            languages=tuple(self.languages),
            tagline=self.tagline,
            description=self.description,
            city=self.city,
            country=self.country,
            url=self.url,
            contact=self.contact,
            day_change=self.day_change,
        )

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The conference's time zone."""
        return zoneinfo.ZoneInfo(self.timezone)


class Schedule(Model):
    """The private draft of a conference. Its row lock puts those who change slots in line; `version` counts changes."""

    __tablename__ = "schedule"

    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(default=0)


class Track(Model):
    """A strand of the programme."""

    __tablename__ = "track"
    __table_args__ = (
        sa.UniqueConstraint("conference_id", "slug"),
        sa.CheckConstraint(f"colour BETWEEN 1 AND {TRACK_COLOURS}", name="colour"),
    )

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(sa.String(60))
    name: Mapped[TextsColumn]
    colour: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)
    conference: Mapped[Conference] = relationship()


def slugify(words: str, *, taken: Sequence[str] | set[str] = (), fallback: str = "x", length: int = 60) -> str:
    """A slug (a-z, 0-9, hyphens) for `words` that is not among `taken`."""
    ascii_words = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", ascii_words).strip("-")[:length].strip("-") or fallback
    slug, number = base, 2
    while slug in taken:
        slug = f"{base[: length - 5].rstrip('-')}-{number}"
        number += 1
    return slug


def by_slug(slug: str, permission: Permission, holds: Callable[[int], Held]) -> Conference:
    """The conference with this slug, as far as one may do this in it; raises Missing otherwise.

    `holds` tells what the asker holds in a conference, by its row's id.
    """
    conference = find(slug)
    if conference is None or not holds(conference.id).may(permission):
        raise Missing()
    return conference


_BY_SLUG = sa.select(Conference).where(Conference.slug == sa.bindparam("slug"))


def find(slug: str) -> Conference | None:
    """The conference with this slug, whoever asks, or None."""
    return db.session.scalar(_BY_SLUG, {"slug": slug})


def named(slug: str) -> Conference:
    """The conference with this slug, whoever asks: for the app's own commands. Raises Missing, naming the slug."""
    conference = find(slug)
    if conference is None:
        raise Missing(N_("There is no conference “%(slug)s”.", slug=slug))
    return conference


def public_by_slug(slug: str) -> Conference:
    """The public conference with this slug; raises Missing otherwise. Reads within the public fence."""
    conference = db.session.scalar(sa.select(Conference).where(Conference.slug == slug, Conference.is_public.is_(True)))
    if conference is None:
        raise Missing()
    return conference


def public_by_id(conference_id: int) -> Conference:
    """The public conference with this row id; raises Missing otherwise."""
    conference = db.session.get(Conference, conference_id)
    if conference is None or not conference.is_public:
        raise Missing()
    return conference


def public_conferences() -> Sequence[Conference]:
    """All public conferences, the latest first. Reads within the public fence."""
    return db.session.scalars(
        sa.select(Conference)
        .where(Conference.is_public.is_(True))
        .order_by(Conference.starts_on.desc(), Conference.slug)
    ).all()


def conferences_for(account: Account, *, now: dt.datetime) -> Sequence[Conference]:
    """The conferences that the account may read, the latest first."""
    wanted = sa.select(Conference).order_by(Conference.starts_on.desc(), Conference.slug)
    if not account.is_admin:
        wanted = wanted.where(Conference.id.in_(permissions.conferences_of(account, now=now)))
    return db.session.scalars(wanted).all()


def check(values: Mapping[str, Any]) -> None:
    """Raise Invalid unless the values of a conference agree with each other and its slug is free for conferences."""
    errors: dict[str, list[str]] = {}
    if "slug" in values and values["slug"] in RESERVED_SLUGS:
        errors["slug"] = [OURS]
    if "timezone" in values and values["timezone"] not in zoneinfo.available_timezones():
        errors["timezone"] = [
            N_("%(zone)s is not a time zone; name one like Europe/Brussels.", zone=values["timezone"])
        ]
    if values["ends_on"] < values["starts_on"]:
        errors["ends_on"] = [N_("The last day lies before the first.")]
    if not values["languages"]:
        errors["languages"] = [N_("Name at least one language.")]
    elif not values["title"].get(values["languages"][0]):
        errors["title"] = [N_("Give the title in the conference's first language.")]
    if errors:
        raise Invalid(errors)


def create(values: dict[str, Any], *, by: Account | None, now: dt.datetime) -> Conference:
    """A new conference with its empty schedule; its maker becomes the owner. Raises Invalid."""
    check(values)
    if db.session.scalar(sa.select(Conference.id).where(Conference.slug == values["slug"])) is not None:
        raise Invalid({"slug": [N_("Another conference has this address already.")]})
    conference = Conference(**values, created_at=now)
    db.session.add(conference)
    db.session.flush()
    db.session.add(Schedule(conference_id=conference.id, version=0))
    if by is not None:
        permissions.grant(by, conference.id, Role.OWNER, by=by, now=now)
    audit.record("conference.create", f"conference:{conference.slug}", conference_id=conference.id, by=by, now=now)
    return conference


def edit(conference: Conference, values: dict[str, Any], *, by: Account | None, now: dt.datetime) -> None:
    """Change a conference's facts; the slug is for ever. Raises Invalid."""
    if values.get("slug", conference.slug) != conference.slug:
        raise Invalid({"slug": [N_("An address that people know cannot change.")]})
    now_held = {name: getattr(conference, name) for name in ("starts_on", "ends_on", "languages", "title")}
    check(now_held | values)
    changed = [name for name, value in values.items() if getattr(conference, name) != value]
    for name in changed:
        setattr(conference, name, values[name])
    if changed:
        audit.record(
            "conference.edit",
            f"conference:{conference.slug}",
            conference_id=conference.id,
            by=by,
            now=now,
            facts={"fields": sorted(changed)}
            | ({"may_approve_own": conference.may_approve_own} if "may_approve_own" in changed else {}),
        )


def tracks(conference: Conference) -> Sequence[Track]:
    """The conference's tracks in their order."""
    return db.session.scalars(
        sa.select(Track).where(Track.conference_id == conference.id).order_by(Track.position, Track.id)
    ).all()


def track(conference: Conference, slug: str) -> Track:
    """One track by its slug; raises Missing."""
    found = db.session.scalar(sa.select(Track).where(Track.conference_id == conference.id, Track.slug == slug))
    if found is None:
        raise Missing()
    return found


def create_track(conference: Conference, values: dict[str, Any], *, by: Account | None, now: dt.datetime) -> Track:
    """A new track; without a slug it gets one from its name, without a colour the next one. Raises Invalid."""
    return create_tracks(conference, [values], by=by, now=now)[0]


def create_tracks(
    conference: Conference, rows: Sequence[dict[str, Any]], *, by: Account | None, now: dt.datetime
) -> list[Track]:
    """Many new tracks at once, in a fixed number of statements. Raises Invalid."""
    taken = {each.slug for each in tracks(conference)}
    made: list[Track] = []
    for values in rows:
        name = next(iter(values["name"].values()), "")
        slug = values.get("slug") or slugify(name, taken={*taken, MAKING}, fallback="track")
        if slug in taken:
            raise Invalid({"slug": [N_("Another track has this address already.")]})
        if slug == MAKING:
            raise Invalid({"slug": [OURS]})
        colour = values.get("colour") or len(taken) % TRACK_COLOURS + 1
        settled = {"position": len(taken)} | values | {"slug": slug, "colour": colour}
        made.append(Track(conference=conference, **settled))
        taken.add(slug)
    db.session.add_all(made)
    db.session.flush()
    slugs = [each.slug for each in made]
    audit.record_many("track.create", "track", slugs, conference_id=conference.id, by=by, now=now)
    return made


def edit_track(track: Track, values: dict[str, Any], *, by: Account | None, now: dt.datetime) -> None:
    """Change a track's name, colour or position; its slug is for ever, and no colour means the one it has."""
    for name, value in values.items():
        if name != "slug" and (name, value) != ("colour", None):
            setattr(track, name, value)
    audit.record("track.edit", f"track:{track.slug}", conference_id=track.conference_id, by=by, now=now)


def delete_track(track: Track, *, by: Account | None, now: dt.datetime) -> None:
    """Remove a track; its sessions stay, without a track. Past releases keep it."""
    audit.record("track.delete", f"track:{track.slug}", conference_id=track.conference_id, by=by, now=now)
    permissions.end_scope("track", track.id)
    db.session.delete(track)
    db.session.flush()
