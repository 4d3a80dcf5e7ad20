"""Comments: what people at the press desk say to each other about a paragraph; never published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Key, MaybeMoment, Model, Moment, db
from confapp.domain.errors import N_, Invalid, Missing
from confapp.domain.people import Account
from confapp.domain.press.transcripts import Transcript, Version


class Comment(Model):
    """A remark about a paragraph (`block_id` None: about the whole). Paragraphs keep it through versions."""

    __tablename__ = "transcript_comment"

    id: Mapped[Key]
    transcript_id: Mapped[int] = mapped_column(sa.ForeignKey("transcript.id", ondelete="CASCADE"), index=True)
    block_id: Mapped[int | None]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(sa.String(2000))
    at: Mapped[Moment]
    resolved_at: Mapped[MaybeMoment]
    account: Mapped[Account | None] = relationship(lazy="joined")


def comments(transcript: Transcript) -> Sequence[Comment]:
    """All comments on a transcript, in the order in which they were made."""
    return db.session.scalars(
        sa.select(Comment).where(Comment.transcript_id == transcript.id).order_by(Comment.id)
    ).all()


def comment(transcript: Transcript, comment_id: int) -> Comment:
    """One of them; raises Missing."""
    found = db.session.get(Comment, comment_id)
    if found is None or found.transcript_id != transcript.id:
        raise Missing()
    return found


def say(version: Version, text: str, *, block_id: int | None, by: Account, now: dt.datetime) -> Comment:
    """Comment on a paragraph of the version, or on all of it. Raises Invalid for a paragraph that it does not have."""
    if block_id is not None and block_id not in {block["id"] for block in version.blocks}:
        raise Invalid({"block": [N_("This version has no paragraph %(id)s.", id=block_id)]})
    made = Comment(transcript_id=version.transcript_id, block_id=block_id, account=by, text=text, at=now)
    db.session.add(made)
    db.session.flush()
    return made


def resolve(comment: Comment, *, now: dt.datetime) -> None:
    """Say that it is dealt with; doing so again changes nothing."""
    comment.resolved_at = comment.resolved_at or now
    db.session.flush()
