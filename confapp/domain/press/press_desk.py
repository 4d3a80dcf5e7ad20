"""The press desk: its queue by urgency, and what one person may do to a version next, or why not."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from confapp.database import db
from confapp.domain import permissions
from confapp.domain.errors import N_, Message
from confapp.domain.live import stage
from confapp.domain.live.stage import SessionFacts
from confapp.domain.people import Account
from confapp.domain.permissions import PRESS_DUTIES, ROLES, Permission
from confapp.domain.press import alarms, policies
from confapp.domain.press.policies import Arming
from confapp.domain.press.release_guards import GUARDS, open_incident
from confapp.domain.press.transcript_guards import Attempt, is_under_the_rule, last
from confapp.domain.press.transcript_states import TRANSITIONS, refusal
from confapp.domain.press.transcripts import Event, Policy, Transcript, Version, VersionEvent, VersionState, versions
from confapp.domain.programme.conferences import Conference

DUTIES: Mapping[Event, Permission] = {
    Event.CONFIRM_IMPORT: Permission.PRESS_EDIT,
    Event.EDIT: Permission.PRESS_EDIT,
    Event.FOLLOW_SOURCE: Permission.PRESS_EDIT,
    Event.SUBMIT: Permission.PRESS_EDIT,
    Event.REQUEST_CHANGES: Permission.PRESS_APPROVE,
    Event.APPROVE: Permission.PRESS_APPROVE,
    Event.ARM: Permission.PRESS_ARM,
    Event.DISARM: Permission.PRESS_ARM,
    Event.GO_AHEAD: Permission.PRESS_ARM,
    Event.HOLD: Permission.PRESS_HOLD,
    Event.UNHOLD: Permission.PRESS_HOLD,
    Event.SETTLE: Permission.PRESS_ARM,
    Event.CORRECT: Permission.PRESS_EDIT,
    Event.WITHDRAW: Permission.PRESS_HOLD,
    Event.CONFIRM_WITHDRAWAL: Permission.PRESS_HOLD,
    Event.REINSTATE: Permission.PRESS_EDIT,
    Event.DISCARD: Permission.PRESS_EDIT,
}
"""Which permission each deed of a person takes; the worker's own deeds are not here."""


class Urgency(enum.StrEnum):
    """Why a version stands in the queue, the most urgent first."""

    INCIDENT = "incident"
    """It is public by an end that was taken back, or against the Chatham House Rule: to be withdrawn, or let stand."""
    OVERDUE = "overdue"
    """Its session should have ended, or it should be public."""
    DUE = "due"
    """It goes out at a known moment."""
    WAITING = "waiting"
    """It goes out once something is confirmed."""
    HELD = "held"
    WITHDRAWN = "withdrawn"
    """A second person has to confirm the withdrawal."""
    REVIEW = "review"
    APPROVED = "approved"
    CHANGES = "changes"
    DRAFT = "draft"


_BY_STATE = {
    VersionState.HELD: Urgency.HELD,
    VersionState.WITHDRAWN: Urgency.WITHDRAWN,
    VersionState.IN_REVIEW: Urgency.REVIEW,
    VersionState.APPROVED: Urgency.APPROVED,
    VersionState.CHANGES_REQUESTED: Urgency.CHANGES,
    VersionState.DRAFT: Urgency.DRAFT,
}


@dataclass(frozen=True, slots=True)
class Queued:
    """A version in the queue."""

    version: Version
    urgency: Urgency
    facts: SessionFacts | None = None
    """What the latest release and the stage desk say of its session."""
    due_at: dt.datetime | None = None
    """When it goes out if nothing changes; None: not armed, or nobody can tell yet."""

    @property
    def is_under_the_rule(self) -> bool:
        """Whether its session can have no transcript, by the Chatham House Rule."""
        session = self.version.transcript.session
        return session is not None and is_under_the_rule(session, self.facts)


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that could happen to a version next; `against` says why this person may not do it now."""

    event: Event
    against: Message | None = None

    @property
    def is_open(self) -> bool:
        """Whether this person may do it now."""
        return self.against is None


def queue(conference: Conference, *, now: dt.datetime) -> list[Queued]:
    """Everything at the press desk that somebody still has to do something about or wait for, the most urgent first.

    A fixed number of queries.
    """
    held = [*_incidents(conference), *versions(conference), *_to_confirm(conference)]
    facts = stage.facts_of(each.transcript.session_id for each in held if each.transcript.session_id is not None)
    found = [_queued(each, facts.get(each.transcript.session_id or 0), now=now) for each in held]
    order = list(Urgency)
    return sorted(found, key=lambda each: (order.index(each.urgency), each.due_at or now))


def queued(version: Version, *, now: dt.datetime) -> Queued:
    """The same of one version; of one that is public or discarded only its facts count."""
    session_id = version.transcript.session_id
    facts = stage.facts_of([session_id])[session_id] if session_id is not None else None
    return _queued(version, facts, now=now)


def _queued(version: Version, facts: SessionFacts | None, *, now: dt.datetime) -> Queued:
    arming = policies.arming_of(version)
    if version.state is VersionState.RELEASED:
        return Queued(version, Urgency.INCIDENT, facts)
    if arming is None:
        return Queued(version, _BY_STATE.get(version.state, Urgency.DRAFT), facts)
    due_at = policies.due_at(arming, facts)
    if alarms.overdue(arming, facts, now=now) is not None:
        return Queued(version, Urgency.OVERDUE, facts, due_at)
    return Queued(version, Urgency.WAITING if due_at is None else Urgency.DUE, facts, due_at)


def _incidents(conference: Conference) -> Sequence[Version]:
    """Public versions with an incident that nobody has settled."""
    later = aliased(VersionEvent)
    settled = sa.exists().where(
        later.version_id == VersionEvent.version_id, later.event == Event.SETTLE, later.id > VersionEvent.id
    )
    happened = sa.select(VersionEvent.id).where(
        VersionEvent.version_id == Version.id, VersionEvent.event == Event.INCIDENT, ~settled
    )
    return db.session.scalars(
        sa.select(Version)
        .join(Version.transcript)
        .where(Transcript.conference_id == conference.id, Version.state == VersionState.RELEASED, happened.exists())
        .order_by(Version.id)
    ).all()


def _to_confirm(conference: Conference) -> Sequence[Version]:
    """Withdrawn versions whose withdrawal no second person has confirmed."""
    confirmed = sa.select(VersionEvent.id).where(
        VersionEvent.version_id == Version.id, VersionEvent.event == Event.CONFIRM_WITHDRAWAL
    )
    return db.session.scalars(
        sa.select(Version)
        .join(Version.transcript)
        .where(
            Transcript.conference_id == conference.id,
            Version.state == VersionState.WITHDRAWN,
            ~confirmed.exists(),
        )
        .order_by(Version.id)
    ).all()


def duties_of(account: Account, conference: Conference, *, now: dt.datetime) -> frozenset[Permission]:
    """The press duties that the account holds in the conference."""
    return permissions.Held(account, conference.id, now).all() & PRESS_DUTIES


def offers(version: Version, held: frozenset[Permission], *, by: Account, now: dt.datetime) -> list[Offer]:
    """What can follow the version's state, and for each whether `by`, who holds the duties `held`, may do it now."""
    return [
        Offer(event, _against(version, event, duty, held, by=by, now=now))
        for event, duty in DUTIES.items()
        if version.state in TRANSITIONS[event].before and not _is_pointless(version, event)
    ]


def _is_pointless(version: Version, event: Event) -> bool:
    """Whether an event that the state allows has nothing to act on: no import, no release by hand."""
    if event is Event.CONFIRM_IMPORT:
        return version.is_confirmed
    if event is Event.GO_AHEAD:
        return version.policy is not Policy.MANUAL
    if event is Event.FOLLOW_SOURCE:
        return GUARDS["source_moved"](Attempt(version, event, None, version.changed_at)) is not None
    if event is Event.SETTLE:
        return open_incident(version) is None
    return False


def _against(
    version: Version,
    event: Event,
    duty: Permission,
    held: frozenset[Permission],
    *,
    by: Account,
    now: dt.datetime,
) -> Message | None:
    """Why not, supposing that whatever has to be typed or chosen for it is there."""
    if duty not in held:
        roles = " / ".join(role.value.replace("_", " ") for role, duties in ROLES.items() if duty in duties)
        return N_("This takes the role %(role)s.", role=roles)
    attempt = Attempt(version, event, by, now, reason="—", seen=version.hash, is_checked=True)
    if event is Event.ARM:
        is_stopped = attempt.facts is not None and attempt.facts.is_stopped
        by_hand = Arming(policy=Policy.MANUAL, armed_at=now)
        attempt = replace(attempt, arming=by_hand, is_not_delivered=is_stopped)
    if event is Event.UNHOLD and asked_to_unhold(version) == by.id:
        return N_("You asked for it; somebody else has to confirm it.")
    if event is Event.UNHOLD:
        return refusal(attempt) and refusal(replace(attempt, event=Event.ASK_UNHOLD))
    return refusal(attempt)


def asked_to_unhold(version: Version) -> int | None:
    """The id of the account that asked to lift the present hold; None: nobody did."""
    held, asked = last(version, Event.HOLD), last(version, Event.ASK_UNHOLD)
    return asked.account_id if asked is not None and (held is None or held.id < asked.id) else None
