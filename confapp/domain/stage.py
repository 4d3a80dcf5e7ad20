"""The stage: what really happened to a slot, as facts in the order they were said."""

from __future__ import annotations

import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Key, Model, Moment, choice


class Fact(enum.StrEnum):
    """What the stage desk says of a slot."""

    STARTED = "started"
    RUNNING_OVER = "running_over"
    ENDED = "ended"
    REVOKED = "revoked"
    """The end was said by mistake."""
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class StageFact(Model):
    """One thing the stage desk said; facts are never changed, only followed by others."""

    __tablename__ = "stage_fact"

    id: Mapped[Key]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    slot_id: Mapped[int] = mapped_column(sa.ForeignKey("slot.id", ondelete="CASCADE"), index=True)
    fact: Mapped[Fact] = mapped_column(choice(Fact))
    at: Mapped[Moment]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
