"""Walks: the minutes on foot between venues, and between two rooms of one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Key, Model, db
from confapp.domain import audit
from confapp.domain.errors import N_, Invalid
from confapp.domain.people import Account
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Venue

LONGEST = 240
"""No walk takes more minutes."""


class Walk(Model):
    """Minutes on foot between two venues, or between two rooms of the same one; of a pair, the lower id comes first."""

    __tablename__ = "walk"
    __table_args__ = (
        sa.UniqueConstraint("one_id", "other_id"),
        sa.CheckConstraint("one_id <= other_id", name="in_order"),
        sa.CheckConstraint(f"minutes BETWEEN 1 AND {LONGEST}", name="minutes"),
    )

    id: Mapped[Key]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    one_id: Mapped[int] = mapped_column(sa.ForeignKey("venue.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(sa.ForeignKey("venue.id", ondelete="CASCADE"), index=True)
    minutes: Mapped[int]


_one, _other = Venue.__table__.alias("one"), Venue.__table__.alias("other")
_WALKS = (
    sa.select(_one.c.slug, _other.c.slug, Walk.minutes)
    .join(_one, _one.c.id == Walk.one_id)
    .join(_other, _other.c.id == Walk.other_id)
    .where(Walk.conference_id == sa.bindparam("conference"))
)
_WALKS_FROM = _WALKS.where(sa.or_(Walk.one_id == sa.bindparam("venue"), Walk.other_id == sa.bindparam("venue")))


def walks(conference: Conference, venue_id: int | None = None) -> dict[frozenset[str], int]:
    """Minutes by the venues' slugs (one: between two rooms of that venue), all or those from one venue; one query.

    Pairs of which nobody said are left out.
    """
    asked = {"conference": conference.id} | ({"venue": venue_id} if venue_id is not None else {})
    rows = db.session.execute(_WALKS if venue_id is None else _WALKS_FROM, asked)
    return {frozenset({slug, slug_of_other}): minutes for slug, slug_of_other, minutes in rows}


def set_walks(venue: Venue, minutes: Mapping[Venue, int], *, by: Account | None, now: dt.datetime) -> None:
    """Say how far it is from a venue to each of these (itself: between its rooms); 0 takes a walk away.

    Raises Invalid for minutes that no walk takes.
    """
    if any(not 0 <= each <= LONGEST for each in minutes.values()):
        raise Invalid({"walks": [N_("Between 0 and %(most)s minutes.", most=LONGEST)]})
    held = {
        (walk.one_id, walk.other_id): walk
        for walk in db.session.scalars(
            sa.select(Walk).where(sa.or_(Walk.one_id == venue.id, Walk.other_id == venue.id))
        )
    }
    for other, each in minutes.items():
        pair = (min(venue.id, other.id), max(venue.id, other.id))
        walk = held.get(pair)
        if walk is not None and each == 0:
            db.session.delete(walk)
        elif walk is not None:
            walk.minutes = each
        elif each:
            db.session.add(Walk(conference_id=venue.conference_id, one_id=pair[0], other_id=pair[1], minutes=each))
    db.session.flush()
    audit.record("venue.walks", f"venue:{venue.slug}", conference_id=venue.conference_id, by=by, now=now)
