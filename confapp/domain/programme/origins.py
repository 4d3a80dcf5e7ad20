"""Origins: where imported things came from, so that the same source is recognised again and its changes are told."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Json, Key, Model, db
from confapp.domain.programme.conferences import Conference


class Origin(Model):
    """One imported thing: how its source names it, and what the source last said of it."""

    __tablename__ = "origin"
    __table_args__ = (sa.UniqueConstraint("conference_id", "source", "kind", "target"),)

    id: Mapped[Key]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(sa.String(20))
    kind: Mapped[str] = mapped_column(sa.String(20))
    """conference, venue, room, track, speaker or session."""
    target: Mapped[uuid.UUID] = mapped_column(sa.Uuid())
    """The UUID of ours, which may be gone by now."""
    keys: Mapped[list[str]] = mapped_column(Json)
    """By which the source names it, the strongest first."""
    seen: Mapped[dict[str, str]] = mapped_column(Json)
    """A digest of each value that the source gave: another one means that the source changed it."""


def origins(conference: Conference, source: str) -> Sequence[Origin]:
    """All that was imported into the conference from a source, in the order of its first import."""
    return db.session.scalars(
        sa.select(Origin).where(Origin.conference_id == conference.id, Origin.source == source).order_by(Origin.id)
    ).all()


def restore(conference: Conference, source: str, held: Iterable[Sequence[Any]]) -> None:
    """Put back what was remembered before, each as (kind, target, keys, seen); without keys, nothing was."""
    rows = {(row.kind, row.target): row for row in origins(conference, source)}
    for kind, target, keys, seen in held:
        row = rows.get((kind, uuid.UUID(target)))
        if row is None:
            continue
        if keys:
            row.keys, row.seen = list(keys), dict(seen)
        else:
            db.session.delete(row)
    db.session.flush()


def remember(
    conference: Conference,
    source: str,
    things: Iterable[tuple[str, uuid.UUID, Sequence[str], Mapping[str, str]]],
) -> None:
    """Keep the keys and digests of things, each as (kind, target, keys, seen), in place of those kept before."""
    held = {(row.kind, row.target): row for row in origins(conference, source)}
    new = []
    for kind, target, keys, seen in things:
        row = held.get((kind, target))
        if row is not None:
            row.keys, row.seen = list(keys), dict(seen)
        else:
            named = {"conference_id": conference.id, "source": source, "kind": kind, "target": target}
            new.append(named | {"keys": list(keys), "seen": dict(seen)})
    db.session.flush()
    if new:
        db.session.execute(sa.insert(Origin), new)


def forget_names(targets: Sequence[uuid.UUID]) -> None:
    """Drop the keys that hold names of people, of things by their UUIDs.

    What a source said last stays known by digest, so that the same words do not come back by another import of them.
    """
    for row in db.session.scalars(sa.select(Origin).where(Origin.kind == "speaker", Origin.target.in_(targets))).all():
        row.keys = [key for key in row.keys if "name" not in key.partition(":")[0]]
        if not row.keys:
            db.session.delete(row)
    db.session.flush()
