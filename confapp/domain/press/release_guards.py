"""Guards over time and stage, and the table of all guards by which the table of transitions names them."""

from __future__ import annotations

import sqlalchemy as sa

from confapp.database import db
from confapp.domain.errors import N_, Message
from confapp.domain.press import policies, transcript_guards
from confapp.domain.press.policies import NEEDS_SESSION, NEEDS_TIME
from confapp.domain.press.transcript_guards import Attempt, Guard, is_another, last
from confapp.domain.press.transcripts import Event, Policy, Version, VersionEvent, VersionKind, VersionState


def policy_chosen(attempt: Attempt) -> Message | None:
    """A policy was chosen, with a time to come where it names one."""
    arming = attempt.arming
    if arming is None:
        return N_("Say when it is to be released.")
    if attempt.is_not_delivered and arming.policy is not Policy.MANUAL:
        return N_("Words that were not delivered are released by hand.")
    if attempt.is_not_delivered and attempt.version.kind is VersionKind.AS_DELIVERED:
        return N_("Words as delivered cannot be released as not delivered.")
    if (arming.at is not None) is not (arming.policy in NEEDS_TIME):
        return N_("Give a time with the policies that name one, and with no other.")
    if arming.at is not None and arming.at <= attempt.now:
        return N_("That time has passed.")
    return None


def session_linked(attempt: Attempt) -> Message | None:
    """A policy that follows a session has one."""
    if attempt.arming and attempt.arming.policy in NEEDS_SESSION and attempt.facts is None:
        return N_("This policy follows a session, and the transcript belongs to none.")
    return None


def takes_place(attempt: Attempt) -> Message | None:
    """The session takes place as released; otherwise only words labelled as not delivered go out, by hand."""
    is_stopped = attempt.facts is not None and attempt.facts.is_stopped
    is_not_delivered = attempt.is_not_delivered if attempt.arming else attempt.version.is_not_delivered
    if is_not_delivered and not is_stopped:
        return N_("The session takes place; its words cannot be released as not delivered.")
    if is_stopped and not is_not_delivered:
        return N_("The session was postponed or cancelled, or is not in the released agenda.")
    return None


def not_rescheduled(attempt: Attempt) -> Message | None:
    """A policy that names a time was chosen for the session's present times."""
    if attempt.armed is not None and policies.is_rescheduled(attempt.armed, attempt.facts):
        return N_("The session was moved since it was armed; choose its time anew.")
    return None


def by_hand(attempt: Attempt) -> Message | None:
    """It waits for a go-ahead."""
    if attempt.version.policy is not Policy.MANUAL:
        return N_("It is not armed for release by hand.")
    return N_("The go-ahead has been given already.") if attempt.version.go_ahead_at else None


def two_say_not_delivered(attempt: Attempt) -> Message | None:
    """Somebody else armed words that were not delivered."""
    if attempt.version.is_not_delivered and not is_another(attempt, Event.ARM):
        return N_("Words that were not delivered are released by two people: somebody else gives the go-ahead.")
    return None


def asked_by_another(attempt: Attempt) -> Message | None:
    """Two people lift a hold: one asks, another confirms."""
    if attempt.event is Event.ASK_UNHOLD:
        return None if attempt.by is not None else N_("Lifting a hold takes two people.")
    held = last(attempt.version, Event.HOLD)
    asked = last(attempt.version, Event.ASK_UNHOLD)
    if asked is None or (held is not None and asked.id < held.id) or not is_another(attempt, Event.ASK_UNHOLD):
        return N_("Lifting a hold takes two people: somebody else has to ask for it or to confirm it.")
    return None


def policy_true(attempt: Attempt) -> Message | None:
    """The policy holds."""
    since = policies.true_from(attempt.armed, attempt.facts) if attempt.armed else None
    return None if since is not None and since <= attempt.now else N_("What it is armed for has not come yet.")


def undo_over(attempt: Attempt) -> Message | None:
    """The undo delay is over."""
    if attempt.armed is None or attempt.now < policies.undo_until(attempt.armed, attempt.facts):
        return N_("The undo delay is still running.")
    return None


def by_the_worker(attempt: Attempt) -> Message | None:
    """Nobody does this by hand."""
    return None if attempt.by is None else N_("Only the worker does this, once every guard allows it.")


def source_public(attempt: Attempt) -> Message | None:
    """No translation before its source."""
    if attempt.version.translation_of_id is None:
        return None
    state = db.session.scalar(sa.select(Version.state).where(Version.id == attempt.version.translation_of_id))
    if state not in (VersionState.RELEASED, VersionState.SUPERSEDED):
        return N_("The words that it translates are not public.")
    return None


def not_overtaken(attempt: Attempt) -> Message | None:
    """Prepared words do not follow delivered ones."""
    version = attempt.version
    if version.kind is not VersionKind.AS_PREPARED:
        return None
    delivered = sa.select(Version.id).where(
        Version.transcript_id == version.transcript_id,
        Version.language == version.language,
        Version.kind == VersionKind.AS_DELIVERED,
        Version.state == VersionState.RELEASED,
    )
    return N_("The words as delivered are public already.") if db.session.scalar(delivered) else None


def reason_given(attempt: Attempt) -> Message | None:
    """A reason was given."""
    return None if attempt.reason.strip() else N_("Say why.")


def another_confirms(attempt: Attempt) -> Message | None:
    """Somebody else confirms a withdrawal, once."""
    if last(attempt.version, Event.CONFIRM_WITHDRAWAL) is not None:
        return N_("The withdrawal has been confirmed already.")
    return None if is_another(attempt, Event.WITHDRAW) else N_("Somebody else has to confirm the withdrawal.")


def incident_open(attempt: Attempt) -> Message | None:
    """There is an incident that nobody has settled."""
    return None if open_incident(attempt.version) else N_("There is no incident to settle.")


def open_incident(version: Version) -> VersionEvent | None:
    """The incident of a version that nobody has settled yet."""
    happened, settled = last(version, Event.INCIDENT), last(version, Event.SETTLE)
    return happened if happened is not None and (settled is None or settled.id < happened.id) else None


GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        transcript_guards.not_chatham_house,
        transcript_guards.import_confirmed,
        transcript_guards.import_open,
        transcript_guards.complete,
        transcript_guards.no_placeholders,
        transcript_guards.classified,
        transcript_guards.did_not_submit,
        transcript_guards.edited_nothing,
        transcript_guards.as_submitted,
        transcript_guards.as_read,
        transcript_guards.checked_against_recording,
        transcript_guards.as_approved,
        transcript_guards.approver_edited_nothing,
        transcript_guards.source_unchanged,
        transcript_guards.source_moved,
        policy_chosen,
        session_linked,
        takes_place,
        not_rescheduled,
        by_hand,
        two_say_not_delivered,
        asked_by_another,
        policy_true,
        undo_over,
        by_the_worker,
        source_public,
        not_overtaken,
        reason_given,
        another_confirms,
        incident_open,
    )
}
"""Every guard by its name; a test switches each off in turn."""
