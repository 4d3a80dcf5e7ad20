"""Alarms of the press office: what somebody has to look at now, raised once each and told by mail to who can act."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column

from confapp.database import Key, Model, Moment, choice, db, insert_or_leave
from confapp.domain import outbox, permissions
from confapp.domain.live import stage
from confapp.domain.live.stage import IS_LATEST, SessionFacts
from confapp.domain.people import Account
from confapp.domain.permissions import Permission
from confapp.domain.press import policies
from confapp.domain.press.policies import Arming
from confapp.domain.press.transcripts import (
    EDITING,
    OPEN,
    Event,
    Policy,
    Transcript,
    Version,
    VersionEvent,
    VersionState,
)
from confapp.domain.programme.sessions import Session
from confapp.domain.release.frozen import Release, ReleaseSession

LATE_AFTER = dt.timedelta(seconds=30)
"""How long after a version fell due its release is late."""
OVERRUN_AFTER = dt.timedelta(minutes=15)
"""How long after a session's released end an end that nobody confirmed is an alarm."""
CONFIRM_WITHIN = dt.timedelta(hours=24)
"""How soon a second person has to confirm a withdrawal."""


class Alarm(enum.StrEnum):
    """What happened."""

    LATE = "late"
    """Its conditions hold, and it is not public."""
    OVERRUN = "overrun"
    """It waits for the end of a session, which nobody confirmed in time."""
    HELD = "held"
    """The worker held it: its session was postponed, cancelled or put under the Chatham House Rule."""
    DISARMED = "disarmed"
    """The worker disarmed it: its session was moved."""
    VOIDED = "voided"
    """The worker voided its approval: what the public would read is no longer what was approved."""
    INCIDENT = "incident"
    """The end after which it went out was taken back."""
    WITHDRAWAL = "withdrawal"
    """Nobody confirmed its withdrawal in time."""
    OUTDATED = "outdated"
    """What it translates has been corrected."""
    CHATHAM_HOUSE = "chatham_house"
    """It is public, and its session has been put under the Chatham House Rule since."""


class PressAlarm(Model):
    """One alarm that was raised; `about` tells it from others of its kind about the same version."""

    __tablename__ = "press_alarm"
    __table_args__ = (sa.UniqueConstraint("version_id", "kind", "about"),)

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("transcript_version.id", ondelete="CASCADE"), index=True)
    kind: Mapped[Alarm] = mapped_column(choice(Alarm))
    about: Mapped[str] = mapped_column(sa.String(80))
    raised_at: Mapped[Moment]


@dataclass(frozen=True, slots=True)
class Due:
    """An alarm to be raised."""

    version_id: int
    kind: Alarm
    about: str


def due(*, now: dt.datetime) -> list[Due]:
    """The alarms that nobody raised yet and that the clock alone brings; only reads."""
    armed = db.session.scalars(sa.select(Version).where(Version.state == VersionState.ARMED).order_by(Version.id)).all()
    facts = stage.facts_of(each.transcript.session_id for each in armed if each.transcript.session_id is not None)
    found = []
    for version in armed:
        arming = policies.arming_of(version)
        assert arming is not None
        kind = overdue(arming, facts.get(version.transcript.session_id or 0), now=now)
        if kind is not None:
            found.append(Due(version.id, kind, arming.armed_at.isoformat()))
    found += [Due(each.version_id, Alarm.WITHDRAWAL, str(each.id)) for each in unconfirmed(before=now - CONFIRM_WITHIN)]
    found += [Due(each.id, Alarm.CHATHAM_HOUSE, _settled(each)) for each in under_the_rule()]
    return [each for each in found if not _is_raised(each)]


def overdue(arming: Arming, facts: SessionFacts | None, *, now: dt.datetime) -> Alarm | None:
    """LATE or OVERRUN, where an armed version should be public or its session over; else None."""
    due_at = policies.due_at(arming, facts)
    if due_at is not None:
        return Alarm.LATE if now - due_at >= LATE_AFTER else None
    waits_for_end = arming.policy is not Policy.MANUAL and facts is not None and facts.ends_at is not None
    if waits_for_end and facts is not None and facts.ends_at is not None and now - facts.ends_at >= OVERRUN_AFTER:
        return Alarm.OVERRUN
    return None


def unconfirmed(*, before: dt.datetime) -> list[VersionEvent]:
    """The withdrawals up to a moment that no second person has confirmed since."""
    later = aliased(VersionEvent)
    confirmed = sa.exists().where(
        later.version_id == VersionEvent.version_id,
        later.event == Event.CONFIRM_WITHDRAWAL,
        later.id > VersionEvent.id,
    )
    return list(
        db.session.scalars(
            sa.select(VersionEvent)
            .join(Version, Version.id == VersionEvent.version_id)
            .where(
                VersionEvent.event == Event.WITHDRAW,
                VersionEvent.at <= before,
                Version.state == VersionState.WITHDRAWN,
                ~confirmed,
            )
            .order_by(VersionEvent.id)
        )
    )


def under_the_rule() -> list[Version]:
    """What is public, or superseded with nothing in its place, though its session is under the Chatham House Rule."""
    says_so = sa.or_(
        Session.is_chatham_house.is_(True),
        sa.exists().where(
            ReleaseSession.release_id == Release.id,
            ReleaseSession.code == Session.code,
            ReleaseSession.facts["is_chatham_house"].as_boolean().is_(True),
        ),
    )
    found = db.session.scalars(
        sa.select(Version)
        .join(Version.transcript)
        .join(Session, Session.id == Transcript.session_id)
        .outerjoin(Release, IS_LATEST)
        .where(Version.state.in_((VersionState.RELEASED, VersionState.SUPERSEDED)), says_so)
        .order_by(Version.id)
    ).all()
    shown = {each.transcript_id for each in found if each.state is VersionState.RELEASED}
    return [each for each in found if each.state is VersionState.RELEASED or each.transcript_id not in shown]


def _settled(version: Version) -> str:
    """What tells this time under the rule from one that was settled before."""
    found = sa.select(sa.func.max(VersionEvent.id)).where(
        VersionEvent.version_id == version.id, VersionEvent.event == Event.SETTLE
    )
    return str(db.session.scalar(found) or 0)


def _is_raised(alarm: Due) -> bool:
    return bool(
        db.session.scalar(
            sa.select(PressAlarm.id).where(
                PressAlarm.version_id == alarm.version_id,
                PressAlarm.kind == alarm.kind,
                PressAlarm.about == alarm.about,
            )
        )
    )


def sound(alarm: Due, *, now: dt.datetime, also: Iterable[int] = ()) -> bool:
    """Raise an alarm unless it was raised: a mail for everyone who can act, and for the accounts `also`; ids only."""
    if not insert_or_leave(
        PressAlarm, version_id=alarm.version_id, kind=alarm.kind, about=alarm.about[:80], raised_at=now
    ):
        return False
    version = db.session.get_one(Version, alarm.version_id)
    conference_id = version.transcript.conference_id
    held = permissions.holders(Permission.PRESS_HOLD, conference_id, now=now)
    for account_id in sorted({*held, *also}):
        outbox.send(
            "mail.press",
            {"account": account_id, "version": str(version.uuid), "alarm": alarm.kind.value},
            conference_id=conference_id,
            now=now,
        )
    return True


def tell_translators(corrected: Version, *, now: dt.datetime) -> None:
    """Words took the place of `corrected`: whoever translated that, or is translating it, has to look."""
    translations = db.session.scalars(
        sa.select(Version)
        .join(Version.transcript)
        .where(
            Transcript.id == corrected.transcript_id,
            Version.translation_of_id == corrected.id,
            Version.state.in_((*OPEN, VersionState.RELEASED)),
        )
        .order_by(Version.id)
    )
    for each in translations.all():
        sound(Due(each.id, Alarm.OUTDATED, str(corrected.id)), now=now, also=_writers(each))


def _writers(version: Version) -> list[int]:
    written = sa.select(VersionEvent.account_id).where(
        VersionEvent.version_id == version.id,
        VersionEvent.event.in_(EDITING),
        VersionEvent.account_id.is_not(None),
    )
    return [account_id for account_id in db.session.scalars(written.distinct()) if account_id is not None]


def reader(account_id: int, version: Version, *, now: dt.datetime) -> Account | None:
    """Whom a letter about a version goes to, if they still may read the version at the press desk; else None."""
    account = db.session.get(Account, account_id)
    if account is None or not account.is_active:
        return None
    may = permissions.may(account, Permission.PRESS_READ, version.transcript.conference_id, now=now)
    return account if may else None
