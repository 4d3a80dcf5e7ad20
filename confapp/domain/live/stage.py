"""The stage: what really happened to a slot, as facts in the order they were said, and what follows for a session."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column

from confapp.database import Key, Model, Moment, choice, db
from confapp.domain import audit, outbox
from confapp.domain.errors import N_, NotNow
from confapp.domain.people import Account
from confapp.domain.programme.conferences import Schedule
from confapp.domain.programme.sessions import PartRole, Session
from confapp.domain.programme.slots import Slot
from confapp.domain.release.frozen import Release, ReleaseEntry, ReleasePart, ReleasePerson, ReleaseSession
from confapp.domain.texts import Texts


class Fact(enum.StrEnum):
    """What the stage desk says of a slot."""

    STARTED = "started"
    RUNNING_OVER = "running_over"
    ENDED = "ended"
    REVOKED = "revoked"
    """What was said last was a mistake: what stood before stands again."""
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


FOLLOWS: Mapping[Fact | None, frozenset[Fact]] = {
    None: frozenset({Fact.STARTED, Fact.POSTPONED, Fact.CANCELLED}),
    Fact.STARTED: frozenset({Fact.RUNNING_OVER, Fact.ENDED, Fact.REVOKED, Fact.POSTPONED, Fact.CANCELLED}),
    Fact.RUNNING_OVER: frozenset({Fact.ENDED, Fact.REVOKED, Fact.POSTPONED, Fact.CANCELLED}),
    Fact.ENDED: frozenset({Fact.REVOKED}),
    Fact.POSTPONED: frozenset({Fact.STARTED, Fact.CANCELLED, Fact.REVOKED}),
    Fact.CANCELLED: frozenset({Fact.REVOKED}),
}
"""What may be said next, by what stands (None: nothing yet)."""

STOPPED = frozenset({Fact.POSTPONED, Fact.CANCELLED})


class StageFact(Model):
    """One thing the stage desk said; facts are never changed, only followed by others."""

    __tablename__ = "stage_fact"

    id: Mapped[Key]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    slot_id: Mapped[int] = mapped_column(sa.ForeignKey("slot.id", ondelete="CASCADE"), index=True)
    fact: Mapped[Fact] = mapped_column(choice(Fact))
    at: Mapped[Moment]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of a slot. `fact` is None where all that was said has been revoked; `at` is when it was said."""

    fact: Fact | None
    at: dt.datetime
    ran_over: bool = False
    """The desk marked it as running over, if only by mistake, or took an end back: who waits for its end waits on."""
    revoked_at: dt.datetime | None = None
    """When the desk last took something back, if that is the last it said."""

    @property
    def ended_at(self) -> dt.datetime | None:
        """When its end was confirmed, unless that was revoked."""
        return self.at if self.fact is Fact.ENDED else None


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What the latest release and the stage desk say of a session. The press office decides on nothing else.

    Times are those of its last entry in the latest release that is not cancelled; without one they are None.
    """

    code: str
    title: Texts = field(default_factory=dict)
    speakers: tuple[tuple[str, str], ...] = ()
    """Code and name of the speakers and panellists, in billing order."""
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    changed_at: dt.datetime | None = None
    """The moment of the release that last changed the entry."""
    standing: Standing | None = None
    is_chatham_house: bool = False
    """Its public page says that it is held under the Chatham House Rule."""

    @property
    def ended_at(self) -> dt.datetime | None:
        """When the stage desk confirmed the end, unless it took that back."""
        return self.standing.ended_at if self.standing else None

    @property
    def ran_over(self) -> bool:
        """Whether the desk marked it as running over (or took an end back), so that only a confirmed end counts."""
        return self.standing is not None and self.standing.ran_over

    @property
    def is_stopped(self) -> bool:
        """Whether it does not take place as released: postponed, cancelled, or no longer in the release."""
        return self.starts_at is None or (self.standing is not None and self.standing.fact in STOPPED)


def say(slot: Slot, fact: Fact, *, by: Account | None, now: dt.datetime) -> StageFact:
    """Put a fact on record and tell the worker. Raises NotNow where FOLLOWS does not let it follow what stands."""
    db.session.execute(sa.select(Slot.id).where(Slot.id == slot.id).with_for_update())
    if slot.session is None or not (slot.is_placed or _is_released(slot)):
        raise NotNow(N_("Nothing is scheduled in this slot."))
    held = standing([slot.id]).get(slot.id)
    before = held.fact if held else None
    if fact not in FOLLOWS[before]:
        raise NotNow(
            N_(
                "“%(fact)s” cannot follow “%(before)s”.",
                fact=fact.value.replace("_", " "),
                before=before.value.replace("_", " ") if before else "not started",
            )
        )
    said = StageFact(
        conference_id=slot.conference_id, slot_id=slot.id, fact=fact, at=now, account_id=by.id if by else None
    )
    db.session.add(said)
    db.session.flush()
    outbox.send(
        f"stage.{fact.value}",
        {"slot": str(slot.uuid), "session": slot.session.code, "fact": said.id},
        conference_id=slot.conference_id,
        now=now,
    )
    audit.record(f"stage.{fact.value}", f"slot:{slot.uuid}", conference_id=slot.conference_id, by=by, now=now)
    return said


def _is_released(slot: Slot) -> bool:
    """Whether it takes place in the latest release, whatever the draft says meanwhile."""
    latest = sa.select(sa.func.max(Release.number)).where(Release.conference_id == slot.conference_id)
    return bool(
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(ReleaseEntry)
            .join(Release, Release.id == ReleaseEntry.release_id)
            .where(
                Release.conference_id == slot.conference_id,
                Release.number == latest.scalar_subquery(),
                ReleaseEntry.uuid == slot.uuid,
                ReleaseEntry.is_cancelled.is_(False),
            )
        )
    )


def standing(slot_ids: Iterable[int]) -> dict[int, Standing]:
    """What stands of each of these slots of which anything was said."""
    said = db.session.execute(
        sa.select(StageFact.slot_id, StageFact.fact, StageFact.at)
        .where(StageFact.slot_id.in_(list(slot_ids)))
        .order_by(StageFact.id)
    ).all()
    by_slot: dict[int, list[tuple[Fact, dt.datetime]]] = {}
    for slot_id, fact, at in said:
        by_slot.setdefault(slot_id, []).append((fact, at))
    return {slot_id: _standing(facts) for slot_id, facts in by_slot.items()}


def _standing(said: list[tuple[Fact, dt.datetime]]) -> Standing:
    """Fold the facts of one slot: a revocation takes the one before away."""
    stack: list[tuple[Fact, dt.datetime]] = []
    ran_over, revoked_at = False, None
    for fact, at in said:
        revoked_at = at if fact is Fact.REVOKED else None
        if fact is Fact.REVOKED:
            taken, _ = stack.pop()
            ran_over = ran_over or taken is Fact.ENDED
        else:
            ran_over = ran_over or fact is Fact.RUNNING_OVER
            stack.append((fact, at))
    if not stack:
        return Standing(fact=None, at=said[-1][1], ran_over=ran_over, revoked_at=revoked_at)
    return Standing(fact=stack[-1][0], at=stack[-1][1], ran_over=ran_over, revoked_at=revoked_at)


def ended_at(session: Session) -> dt.datetime | None:
    """When the desk confirmed the end of the session's last placed slot, as released; None while it did not."""
    return facts_of([session.id])[session.id].ended_at


def keep_still(session: Session) -> None:
    """Let nobody release a schedule or speak of the session's slots until this transaction ends; needs a writing one.

    Locks in the order in which scheduling does: the schedule, then slots.
    """
    db.session.execute(
        sa.select(Schedule.conference_id)
        .where(Schedule.conference_id == session.conference_id)
        .with_for_update(read=True)
    )
    db.session.execute(
        sa.select(Slot.id).where(Slot.session_id == session.id).order_by(Slot.id).with_for_update(read=True)
    )


_any_release = aliased(Release)
IS_LATEST = sa.and_(
    Release.conference_id == Session.conference_id,
    Release.number
    == sa.select(sa.func.max(_any_release.number))
    .where(_any_release.conference_id == Session.conference_id)
    .correlate(Session)
    .scalar_subquery(),
)
"""Joins a session to its conference's latest release."""


def facts_of(session_ids: Iterable[int]) -> dict[int, SessionFacts]:
    """The facts of each of these sessions, in a fixed number of queries, never from memory."""
    wanted = sorted(set(session_ids))
    if not wanted:
        return {}
    rows = db.session.execute(
        sa.select(Session.id, Session.code, ReleaseSession.facts)
        .select_from(Session)
        .outerjoin(Release, IS_LATEST)
        .outerjoin(
            ReleaseSession,
            sa.and_(ReleaseSession.release_id == Release.id, ReleaseSession.code == Session.code),
        )
        .where(Session.id.in_(wanted))
    ).all()
    last = _last_entries(wanted)
    said = standing(entry.slot_id for entry in last.values())
    speakers = _speakers(wanted)
    return {
        session_id: SessionFacts(
            code=code,
            title=facts["title"] if facts else {},
            speakers=tuple(speakers.get(session_id, ())),
            starts_at=last[session_id].starts_at if session_id in last else None,
            ends_at=last[session_id].ends_at if session_id in last else None,
            changed_at=last[session_id].changed_at if session_id in last else None,
            standing=said.get(last[session_id].slot_id) if session_id in last else None,
            is_chatham_house=bool(facts and facts.get("is_chatham_house")),
        )
        for session_id, code, facts in rows
    }


def _last_entries(session_ids: list[int]) -> dict[int, Any]:
    rows = db.session.execute(
        sa.select(
            Session.id, Slot.id.label("slot_id"), ReleaseEntry.starts_at, ReleaseEntry.ends_at, ReleaseEntry.changed_at
        )
        .select_from(Session)
        .join(Release, IS_LATEST)
        .join(ReleaseEntry, sa.and_(ReleaseEntry.release_id == Release.id, ReleaseEntry.session == Session.code))
        .join(Slot, Slot.uuid == ReleaseEntry.uuid)
        .where(Session.id.in_(session_ids), ReleaseEntry.is_cancelled.is_(False))
        .order_by(ReleaseEntry.ends_at, ReleaseEntry.number)
    ).all()
    return {row.id: row for row in rows}


def _speakers(session_ids: list[int]) -> dict[int, list[tuple[str, str]]]:
    rows = db.session.execute(
        sa.select(Session.id, ReleasePerson.code, ReleasePerson.name)
        .select_from(Session)
        .join(Release, IS_LATEST)
        .join(ReleasePart, sa.and_(ReleasePart.release_id == Release.id, ReleasePart.session == Session.code))
        .join(ReleasePerson, sa.and_(ReleasePerson.release_id == Release.id, ReleasePerson.code == ReleasePart.person))
        .where(Session.id.in_(session_ids), ReleasePart.role != PartRole.CHAIR.value)
        .order_by(ReleasePart.position)
    ).all()
    people: dict[int, list[tuple[str, str]]] = {}
    for session_id, code, name in rows:
        billed = people.setdefault(session_id, [])
        if (code, name) not in billed:
            billed.append((code, name))
    return people
