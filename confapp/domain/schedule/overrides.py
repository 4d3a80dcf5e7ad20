"""Overrides: conflicts that somebody lets stand, with the reason that is shown beside them ever after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Key, Model, Moment, choice, db
from confapp.domain import audit
from confapp.domain.errors import Missing
from confapp.domain.people import Account
from confapp.domain.programme.conferences import Conference
from confapp.domain.schedule.placements import Acceptance, Conflict, Rule


class Override(Model):
    """A conflict that may stand, known by its fingerprint: once something about it changes, it is another one."""

    __tablename__ = "override"
    __table_args__ = (sa.UniqueConstraint("conference_id", "fingerprint"),)

    id: Mapped[Key]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    fingerprint: Mapped[str] = mapped_column(sa.String(32))
    rule: Mapped[Rule] = mapped_column(choice(Rule))
    reason: Mapped[str] = mapped_column(sa.String(500))
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    at: Mapped[Moment]
    account: Mapped[Account | None] = relationship(lazy="joined")


def weighed(conference: Conference, found: Sequence[Conflict]) -> list[Conflict]:
    """The same conflicts, those that somebody let stand with the reason; one query, none where nothing was found."""
    if not found:
        return []
    held = {
        row.fingerprint: Acceptance(row.reason, row.at, row.account.email if row.account else None)
        for row in db.session.scalars(sa.select(Override).where(Override.conference_id == conference.id))
    }
    if not held:
        return list(found)
    return [replace(conflict, accepted=held.get(conflict.fingerprint)) for conflict in found]


def accept(
    conference: Conference,
    found: Iterable[Conflict],
    reason: str,
    *,
    subject: str,
    by: Account | None,
    now: dt.datetime,
) -> None:
    """Let these conflicts stand for a reason; those that stand already keep theirs. Whether one may, others decide.

    `subject` is what the audit says it was about: `slot:<uuid>`, `conflict:<fingerprint>` or `release:<number>`.
    """
    wanted = {conflict.fingerprint: conflict for conflict in found if conflict.accepted is None}
    if not wanted:
        return
    db.session.add_all(
        Override(
            conference_id=conference.id,
            fingerprint=fingerprint,
            rule=conflict.rule,
            reason=reason,
            account_id=by.id if by else None,
            at=now,
        )
        for fingerprint, conflict in wanted.items()
    )
    db.session.flush()
    audit.record(
        "schedule.override",
        subject,
        conference_id=conference.id,
        by=by,
        now=now,
        facts={"rules": sorted({conflict.rule.value for conflict in wanted.values()}), "reason": reason},
    )


def take_back(conference: Conference, fingerprint: str, *, by: Account | None, now: dt.datetime) -> None:
    """Let a conflict no longer stand; raises Missing for one that nobody accepted."""
    row = db.session.scalar(
        sa.select(Override).where(Override.conference_id == conference.id, Override.fingerprint == fingerprint)
    )
    if row is None:
        raise Missing()
    db.session.delete(row)
    db.session.flush()
    audit.record(
        "schedule.override_end",
        f"conflict:{fingerprint}",
        conference_id=conference.id,
        by=by,
        now=now,
        facts={"rules": [row.rule.value]},
    )
