"""Availability: when rooms are open and when people can come; nothing said means always."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Key, Model, Moment, db
from confapp.domain import audit
from confapp.domain.errors import N_, Invalid
from confapp.domain.people import Account
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.speakers import Speaker
from confapp.domain.spans import Span, merged

MOST_SPANS = 100


class Availability(Model):
    """One span in which a room is open or somebody can come."""

    __tablename__ = "availability"
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="duration"),
        sa.CheckConstraint("(room_id IS NULL) <> (speaker_id IS NULL)", name="of_one"),
    )

    id: Mapped[Key]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    room_id: Mapped[int | None] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"), index=True)
    speaker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("speaker.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]


def of(row: Room | Speaker) -> tuple[Span, ...]:
    """When the room is open or the speaker can come, merged; empty: always."""
    held = db.session.execute(sa.select(Availability.starts_at, Availability.ends_at).where(_whose(row)))
    return merged(Span(*each) for each in held)


_SPANS = (
    sa.select(Room.code, Speaker.code, Availability.starts_at, Availability.ends_at)
    .outerjoin(Room, Room.id == Availability.room_id)
    .outerjoin(Speaker, Speaker.id == Availability.speaker_id)
)
_SPANS_HERE = _SPANS.where(Availability.conference_id == sa.bindparam("conference"))
_SPANS_OF = _SPANS.where(
    sa.or_(
        Availability.room_id.in_(sa.bindparam("rooms", expanding=True)),
        Availability.speaker_id.in_(sa.bindparam("speakers", expanding=True)),
    )
)


def of_all(
    conference: Conference, *, room_ids: Iterable[int] | None = None, speaker_ids: Iterable[int] | None = None
) -> tuple[dict[str, tuple[Span, ...]], dict[str, tuple[Span, ...]]]:
    """Of the rooms and of the speakers by code, in one query; only of those that are named, where any are.

    Who or what is always available is left out.
    """
    if room_ids is not None and speaker_ids is not None:
        rows = db.session.execute(_SPANS_OF, {"rooms": list(room_ids), "speakers": list(speaker_ids)})
    else:
        rows = db.session.execute(_SPANS_HERE, {"conference": conference.id})
    rooms: dict[str, list[Span]] = {}
    people: dict[str, list[Span]] = {}
    for room, speaker, starts_at, ends_at in rows:
        codes, code = (rooms, room) if room else (people, speaker)
        codes.setdefault(code, []).append(Span(starts_at, ends_at))
    return (
        {code: merged(spans) for code, spans in rooms.items()},
        {code: merged(spans) for code, spans in people.items()},
    )


def set_spans(row: Room | Speaker, spans: Sequence[Span], *, by: Account | None, now: dt.datetime) -> None:
    """Say when the room is open or the speaker can come, in the place of what was said; nothing: always.

    What is placed already stays where it is, and clashes. Raises Invalid for a span that ends before it starts.
    """
    if len(spans) > MOST_SPANS:
        raise Invalid({"spans": [N_("At most %(most)s times.", most=MOST_SPANS)]})
    if any(span.ends_at <= span.starts_at for span in spans):
        raise Invalid({"spans": [N_("The end must lie after the start.")]})
    if merged(spans) == of(row):
        return
    kind = "room" if isinstance(row, Room) else "speaker"
    db.session.execute(sa.delete(Availability).where(_whose(row)))
    db.session.add_all(
        Availability(
            conference_id=row.conference_id,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            **{f"{kind}_id": row.id},
        )
        for span in merged(spans)
    )
    db.session.flush()
    audit.record(f"{kind}.availability", f"{kind}:{row.code}", conference_id=row.conference_id, by=by, now=now)


def _whose(row: Room | Speaker) -> sa.ColumnElement[bool]:
    return Availability.room_id == row.id if isinstance(row, Room) else Availability.speaker_id == row.id
