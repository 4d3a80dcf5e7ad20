"""Release policies: what makes an armed version due, as pure questions over facts that were just read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from confapp.domain.live.stage import SessionFacts
from confapp.domain.press.transcripts import Policy, Version

NEEDS_SESSION = frozenset({Policy.ON_SESSION_END, Policy.AT_SCHEDULED_END, Policy.BOTH})
NEEDS_TIME = frozenset({Policy.AT_TIME, Policy.BOTH})
AWAITS_END = frozenset({Policy.ON_SESSION_END, Policy.BOTH})


@dataclass(frozen=True, slots=True)
class Arming:
    """How a version was armed. Moments are aware, UTC."""

    policy: Policy
    armed_at: dt.datetime
    at: dt.datetime | None = None
    undo: dt.timedelta = dt.timedelta(seconds=60)
    go_ahead_at: dt.datetime | None = None
    session_times: tuple[dt.datetime, dt.datetime] | None = None
    """The session's start and end in the release that was latest then."""


def arming_of(version: Version) -> Arming | None:
    """How the version is armed, or None: it is not."""
    if version.policy is None or version.armed_at is None:
        return None
    times = (version.armed_start, version.armed_end)
    return Arming(
        policy=version.policy,
        armed_at=version.armed_at,
        at=version.policy_at,
        undo=dt.timedelta(seconds=version.undo_seconds),
        go_ahead_at=version.go_ahead_at,
        session_times=times if times[0] and times[1] else None,  # type: ignore[arg-type]
    )


def true_from(arming: Arming, facts: SessionFacts | None) -> dt.datetime | None:
    """The moment from which the policy holds, as far as the facts tell; None: something is still missing."""
    match arming.policy:
        case Policy.AT_TIME:
            return arming.at
        case Policy.MANUAL:
            return arming.go_ahead_at
        case Policy.ON_SESSION_END:
            return facts.ended_at if facts else None
        case Policy.BOTH:
            return _later(arming.at, facts.ended_at if facts else None)
        case Policy.AT_SCHEDULED_END:
            if facts is None:
                return None
            return _later(facts.ends_at, facts.ended_at) if facts.ran_over else facts.ends_at


def undo_until(arming: Arming, facts: SessionFacts | None) -> dt.datetime:
    """The end of the undo delay, which runs from the last human deed that brought the release nearer.

    Such deeds are arming, giving the go-ahead, confirming an end that the policy waits for, revoking what the stage
    desk said, and releasing another scheduled end.
    """
    deeds = [arming.armed_at, arming.go_ahead_at]
    if facts is not None:
        deeds.append(facts.standing.revoked_at if facts.standing else None)
        if arming.policy in AWAITS_END or (arming.policy is Policy.AT_SCHEDULED_END and facts.ran_over):
            deeds.append(facts.ended_at)
        if arming.policy is Policy.AT_SCHEDULED_END:
            deeds.append(facts.changed_at)
    return max(deed for deed in deeds if deed is not None) + arming.undo


def due_at(arming: Arming, facts: SessionFacts | None) -> dt.datetime | None:
    """When the words go out if nothing changes; None: nobody can tell yet."""
    return _later(true_from(arming, facts), undo_until(arming, facts))


def is_rescheduled(arming: Arming, facts: SessionFacts | None) -> bool:
    """Whether the session was released at other times since, although the policy names a time of its own."""
    if arming.policy not in NEEDS_TIME or facts is None or facts.starts_at is None or facts.ends_at is None:
        return False
    return arming.session_times != (facts.starts_at, facts.ends_at)


def _later(one: dt.datetime | None, other: dt.datetime | None) -> dt.datetime | None:
    """The later of two moments; None where either is missing."""
    return max(one, other) if one and other else None
