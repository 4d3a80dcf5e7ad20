"""The state machine of a version: the one table of what may happen to it, and the one function that makes it happen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from confapp.database import db
from confapp.domain import audit
from confapp.domain.errors import N_, Message, NotNow
from confapp.domain.live import stage
from confapp.domain.people import Account
from confapp.domain.press.policies import Arming
from confapp.domain.press.release_guards import GUARDS
from confapp.domain.press.transcript_guards import Attempt, editors, source_of
from confapp.domain.press.transcripts import (
    OPEN,
    Approval,
    Event,
    Policy,
    Transcript,
    Version,
    VersionEvent,
    VersionState,
)

_S = VersionState


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states an event may happen, to which it leads, and which guards are asked first."""

    before: frozenset[VersionState]
    after: VersionState
    guards: tuple[str, ...] = ()
    voids: bool = False
    """Its approval is void from then on."""


def _from(*before: VersionState, to: VersionState, guards: str = "", voids: bool = False) -> Transition:
    return Transition(frozenset(before), to, tuple(guards.split()), voids)


_ON_SUBMITTING = "not_chatham_house import_confirmed complete no_placeholders classified source_unchanged"
_ON_APPROVING = "not_chatham_house edited_nothing as_submitted as_read checked_against_recording source_unchanged"
_ON_ARMING = "not_chatham_house policy_chosen session_linked takes_place as_approved not_overtaken"
_ON_RELEASING = (
    "by_the_worker policy_true undo_over not_chatham_house takes_place not_rescheduled as_approved "
    "approver_edited_nothing source_public source_unchanged not_overtaken"
)
TRANSITIONS: Mapping[Event, Transition] = {
    Event.CONFIRM_IMPORT: _from(_S.DRAFT, to=_S.DRAFT, guards="import_open"),
    Event.EDIT: _from(*OPEN, to=_S.DRAFT, guards="not_chatham_house", voids=True),
    Event.FOLLOW_SOURCE: _from(*OPEN, to=_S.DRAFT, guards="not_chatham_house source_moved", voids=True),
    Event.SUBMIT: _from(_S.DRAFT, _S.CHANGES_REQUESTED, to=_S.IN_REVIEW, guards=_ON_SUBMITTING),
    Event.REQUEST_CHANGES: _from(_S.IN_REVIEW, to=_S.CHANGES_REQUESTED, guards="reason_given did_not_submit"),
    Event.APPROVE: _from(_S.IN_REVIEW, to=_S.APPROVED, guards=_ON_APPROVING),
    Event.ARM: _from(_S.APPROVED, to=_S.ARMED, guards=_ON_ARMING),
    Event.DISARM: _from(_S.ARMED, to=_S.APPROVED),
    Event.GO_AHEAD: _from(_S.ARMED, to=_S.ARMED, guards="by_hand two_say_not_delivered"),
    Event.HOLD: _from(_S.APPROVED, _S.ARMED, to=_S.HELD),
    Event.ASK_UNHOLD: _from(_S.HELD, to=_S.HELD, guards="asked_by_another"),
    Event.UNHOLD: _from(_S.HELD, to=_S.APPROVED, guards="asked_by_another"),
    Event.VOID: _from(_S.ARMED, to=_S.DRAFT, guards="by_the_worker", voids=True),
    Event.RELEASE: _from(_S.ARMED, to=_S.RELEASED, guards=_ON_RELEASING),
    Event.INCIDENT: _from(_S.RELEASED, to=_S.RELEASED, guards="by_the_worker"),
    Event.SETTLE: _from(_S.RELEASED, to=_S.RELEASED, guards="not_chatham_house reason_given incident_open"),
    Event.CORRECT: _from(_S.RELEASED, to=_S.RELEASED, guards="not_chatham_house reason_given"),
    Event.SUPERSEDE: _from(_S.RELEASED, to=_S.SUPERSEDED, guards="by_the_worker"),
    Event.WITHDRAW: _from(_S.RELEASED, _S.SUPERSEDED, to=_S.WITHDRAWN, guards="reason_given"),
    Event.CONFIRM_WITHDRAWAL: _from(_S.WITHDRAWN, to=_S.WITHDRAWN, guards="another_confirms"),
    Event.REINSTATE: _from(_S.WITHDRAWN, to=_S.WITHDRAWN, guards="not_chatham_house reason_given"),
    Event.DISCARD: _from(*OPEN, to=_S.DISCARDED),
}
"""All that may happen to a version after it was made; everything else is refused."""

REACTIONS: tuple[tuple[str, Event], ...] = (
    ("not_chatham_house", Event.HOLD),
    ("takes_place", Event.HOLD),
    ("not_rescheduled", Event.DISARM),
    ("as_approved", Event.VOID),
    ("approver_edited_nothing", Event.VOID),
    ("source_unchanged", Event.VOID),
)
"""What the worker does to an armed version when one of its guards stops holding, before anything else."""


def lock(version: Version) -> None:
    """Put whoever changes this transcript in line until the commit, and read the version as it now stands."""
    db.session.execute(sa.select(Transcript.id).where(Transcript.id == version.transcript_id).with_for_update())
    found = sa.select(Version).where(Version.id == version.id).with_for_update(of=Version)
    db.session.execute(found.execution_options(populate_existing=True)).scalars().one()


def refusal(attempt: Attempt) -> Message | None:
    """What speaks against the attempt, or None; reads only. Pages ask it to show what may be done and why not."""
    version, event = attempt.version, attempt.event
    transition = TRANSITIONS.get(event)
    if transition is None or version.state not in transition.before:
        return N_(
            "This version is “%(state)s”; “%(event)s” is not possible now.",
            state=version.state.value.replace("_", " "),
            event=event.value.replace("_", " "),
        )
    return next((found for name in transition.guards if (found := GUARDS[name](attempt))), None)


def reaction(attempt: Attempt) -> tuple[Event, Message] | None:
    """What the worker has to do to an armed version instead of releasing it, and why; None: its guards hold."""
    for name, event in REACTIONS:
        found = GUARDS[name](attempt)
        if found:
            return event, found
    return None


def apply(version: Version, event: Event, *, by: Account | None, now: dt.datetime, **given: Any) -> Attempt:
    """Make an event happen to a version: the only code that changes its state. `given` are fields of Attempt.

    Raises NotNow where the table has no such transition from the version's state, or a guard finds something.
    """
    lock(version)
    if event is Event.RELEASE and version.transcript.session is not None:
        stage.keep_still(version.transcript.session)
    attempt = Attempt(version=version, event=event, by=by, now=now, **given)
    found = refusal(attempt)
    if found:
        raise NotNow(found)
    transition = TRANSITIONS[event]
    before, policy = version.state, version.policy
    _take(attempt, transition)
    record(version, event, before=before, by=by, now=now, reason=attempt.reason, policy=version.policy or policy)
    return attempt


def record(
    version: Version,
    event: Event,
    *,
    before: VersionState | None,
    by: Account | None,
    now: dt.datetime,
    reason: str = "",
    policy: Policy | None = None,
) -> None:
    """Write the version's history and the audit log; ids and states, never words."""
    db.session.add(
        VersionEvent(
            version_id=version.id,
            event=event,
            before=before.value if before else "",
            after=version.state.value,
            account_id=by.id if by else None,
            policy=policy,
            reason=reason[:500],
            at=now,
        )
    )
    facts: dict[str, Any] = {
        "before": before.value if before else None,
        "after": version.state.value,
        "hash": version.hash,
    }
    if policy is not None:
        facts["policy"] = policy.value
    if event in (Event.APPROVE, Event.RELEASE) and version.approval is not None and version.approval.is_own:
        facts["own"] = True
    audit.record(
        f"transcript.{event.value}",
        f"transcript_version:{version.uuid}",
        conference_id=version.transcript.conference_id,
        by=by,
        now=now,
        facts=facts,
    )


def _take(attempt: Attempt, transition: Transition) -> None:
    """Set what the transition sets, all in one flush, since the tables' constraints tie state and policy."""
    version, now = attempt.version, attempt.now
    if transition.after is not _S.ARMED:
        version.policy = version.policy_at = version.armed_at = version.armed_start = version.armed_end = None
        version.go_ahead_at = None
        version.is_not_delivered = version.is_not_delivered and transition.after is _S.RELEASED
    if transition.voids:
        version.hash = ""
        for approval in version.approvals:
            approval.voided_at = approval.voided_at or now
    match attempt.event:
        case Event.CONFIRM_IMPORT:
            version.is_confirmed = True
        case Event.SUBMIT:
            version.hash = attempt.hash
        case Event.APPROVE:
            assert attempt.by is not None
            version.approvals.append(
                Approval(
                    account=attempt.by,
                    hash=version.hash,
                    is_checked=attempt.is_checked,
                    is_own=attempt.by.id in editors(version),
                    at=now,
                )
            )
        case Event.FOLLOW_SOURCE:
            source = source_of(version)
            assert source is not None
            version.translation_of_id, version.source_revision = source.id, source.lock_version
        case Event.ARM:
            assert attempt.arming is not None
            _arm(version, attempt.arming, attempt)
        case Event.GO_AHEAD:
            version.go_ahead_at = now
    version.state = transition.after
    version.changed_at = now
    db.session.flush()


def _arm(version: Version, arming: Arming, attempt: Attempt) -> None:
    version.policy, version.policy_at, version.armed_at = arming.policy, arming.at, arming.armed_at
    version.undo_seconds = round(arming.undo.total_seconds())
    version.is_not_delivered = attempt.is_not_delivered
    if attempt.facts is not None:
        version.armed_start, version.armed_end = attempt.facts.starts_at, attempt.facts.ends_at


def submit(version: Version, *, by: Account | None, now: dt.datetime) -> None:
    """Hand the words to an approver; they are frozen under their hash. Raises NotNow."""
    apply(version, Event.SUBMIT, by=by, now=now)


def request_changes(version: Version, reason: str, *, by: Account, now: dt.datetime) -> None:
    """Send the words back, saying why. Raises NotNow."""
    apply(version, Event.REQUEST_CHANGES, by=by, now=now, reason=reason)


def approve(version: Version, *, seen: str, by: Account, now: dt.datetime, is_checked: bool = False) -> None:
    """Stand for the words whose hash is `seen`; `is_checked`: against a recording. Raises NotNow."""
    apply(version, Event.APPROVE, by=by, now=now, seen=seen, is_checked=is_checked)


def arm(
    version: Version,
    policy: Policy,
    *,
    by: Account | None,
    now: dt.datetime,
    at: dt.datetime | None = None,
    undo_seconds: int = 60,
    is_not_delivered: bool = False,
) -> None:
    """Let the worker release the words as soon as the policy holds and the undo delay is over. Raises NotNow."""
    arming = Arming(policy=policy, armed_at=now, at=at, undo=dt.timedelta(seconds=undo_seconds))
    apply(version, Event.ARM, by=by, now=now, arming=arming, is_not_delivered=is_not_delivered)


def disarm(version: Version, *, by: Account | None, now: dt.datetime) -> None:
    """Stop the countdown; the approval stands. Raises NotNow."""
    apply(version, Event.DISARM, by=by, now=now)


def go_ahead(version: Version, *, by: Account, now: dt.datetime) -> None:
    """Start the release of a version that is armed by hand; disarming within the undo delay stops it. Raises NotNow."""
    apply(version, Event.GO_AHEAD, by=by, now=now)


def hold(version: Version, *, by: Account | None, now: dt.datetime, reason: str = "") -> None:
    """Stop everything at once; two people are needed to go on. Raises NotNow."""
    apply(version, Event.HOLD, by=by, now=now, reason=reason)


def unhold(version: Version, *, by: Account, now: dt.datetime) -> bool:
    """Ask to lift the hold or, as the second person, lift it; returns whether it is lifted. Raises NotNow."""
    lock(version)
    lifted = refusal(Attempt(version=version, event=Event.UNHOLD, by=by, now=now)) is None
    apply(version, Event.UNHOLD if lifted else Event.ASK_UNHOLD, by=by, now=now)
    return lifted


def follow_source(version: Version, *, by: Account, now: dt.datetime) -> None:
    """Say that a translation now follows its source as that stands; it takes a new approval. Raises NotNow."""
    apply(version, Event.FOLLOW_SOURCE, by=by, now=now)


def settle(version: Version, reason: str, *, by: Account, now: dt.datetime) -> None:
    """Let words stay public in spite of an incident, saying why. Raises NotNow where there is none."""
    apply(version, Event.SETTLE, by=by, now=now, reason=reason)


def discard(version: Version, *, by: Account | None, now: dt.datetime, reason: str = "") -> None:
    """Give up a version that was never released. Raises NotNow."""
    apply(version, Event.DISCARD, by=by, now=now, reason=reason)
