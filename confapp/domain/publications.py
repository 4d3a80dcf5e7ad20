"""Publications: the released words, written by the release transaction; the only transcripts the public code can read."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Json, Key, MaybeMoment, Model, Moment, TextsColumn, choice


class PublicationState(enum.StrEnum):
    """What the public sees of a publication."""

    RELEASED = "released"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Publication(Model):
    """One released transcript version. Nothing in it names anything unreleased; released words never change."""

    __tablename__ = "publication"
    __table_args__ = (sa.UniqueConstraint("public_id", "number"),)

    id: Mapped[Key]
    public_id: Mapped[str] = mapped_column(sa.String(32), index=True)
    """The transcript's; all its publications share it."""
    number: Mapped[int]
    """Counts the transcript's publications."""
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    version: Mapped[str] = mapped_column(sa.String(36), unique=True)
    """The transcript version's UUID: a version is published once."""
    state: Mapped[PublicationState] = mapped_column(choice(PublicationState))
    kind: Mapped[str] = mapped_column(sa.String(32))
    language: Mapped[str] = mapped_column(sa.String(35))
    session: Mapped[str | None] = mapped_column(sa.String(12))
    """The session's code."""
    session_title: Mapped[TextsColumn]
    kicker: Mapped[str] = mapped_column(sa.String(100))
    headline: Mapped[str] = mapped_column(sa.String(300))
    byline: Mapped[str] = mapped_column(sa.String(200))
    byline_role: Mapped[str] = mapped_column(sa.String(200))
    summary: Mapped[str] = mapped_column(sa.Text)
    caption: Mapped[str] = mapped_column(sa.String(300), default="")
    place: Mapped[str | None] = mapped_column(sa.String(200))
    delivered_on: Mapped[dt.date | None]
    blocks: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    hash: Mapped[str] = mapped_column(sa.String(64))
    released_at: Mapped[Moment]
    withdrawn_at: Mapped[MaybeMoment]
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    previous: Mapped[str] = mapped_column(sa.String(64))
    """The ledger's hash before this row, over the conference's publications."""
    ledger: Mapped[str] = mapped_column(sa.String(64))
