"""What both doors do at the press desk: versions written and rewritten, and one deed for each event of a person."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from confapp.domain.errors import N_, Invalid, Message, Missing
from confapp.domain.people import Account
from confapp.domain.permissions import Permission
from confapp.domain.press import publishing, revisions, transcript_editing, transcript_states, transcripts
from confapp.domain.press.press_desk import DUTIES
from confapp.domain.press.transcripts import Event, Version, VersionState
from confapp.domain.programme import sessions
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session
from confapp.schemas.base import Schema
from confapp.schemas.press import (
    ApproveSchema,
    ArmSchema,
    CorrectSchema,
    EmptySchema,
    ExpectedSchema,
    HoldSchema,
    ReasonSchema,
    WithdrawSchema,
)

Values = dict[str, Any]
Do = Callable[[Version, Values, Account, dt.datetime], Version | None]


@dataclass(frozen=True)
class Deed:
    """An event that a person makes happen to a version."""

    event: Event
    schema: type[Schema]
    do: Do
    """(version, values, by, now): the version to go on with; None: the same."""
    label: Message
    done: Message
    done_in: Mapping[VersionState, Message] = field(default_factory=dict)
    """What was done, where that depends on the state to which it led."""
    has_page: bool = False
    """Whether something is typed for it on a page of its own."""
    is_danger: bool = False

    @property
    def name(self) -> str:
        """The last word of its addresses."""
        return self.event.value.replace("_", "-")

    @property
    def duty(self) -> Permission:
        """The permission that it takes."""
        return DUTIES[self.event]

    def said(self, version: Version) -> Message:
        """What was done, for the one who did it."""
        return self.done_in.get(version.state, self.done)


def session_of(conference: Conference, code: str | None) -> Session | None:
    """The session that a code names; raises Invalid for one that the conference does not know."""
    if code is None:
        return None
    try:
        return sessions.session(conference, code)
    except Missing as error:
        raise Invalid({"session": [N_("“%(word)s” is not known in this conference.", word=code)]}) from error


def write(conference: Conference, values: Values, *, by: Account, now: dt.datetime) -> Version:
    """A new draft of a VersionSchema's values, in the session's transcript where there is one. Raises as `create`."""
    given = dict(values)
    given.pop("expected", None)
    session = session_of(conference, given.pop("session", None))
    source: uuid.UUID | None = given.pop("translation_of", None)
    held = transcripts.transcripts_of(session) if session is not None else ()
    return transcript_editing.create(
        conference,
        given,
        session=session,
        transcript=held[0] if held else None,
        translation_of=transcripts.version(conference, source) if source else None,
        by=by,
        now=now,
    )


def rewrite(
    conference: Conference, version: Version, values: Values, *, by: Account, now: dt.datetime, merges: bool = False
) -> bool:
    """Change a version, and link it to another session where `session` names one. Raises Invalid, Stale, NotNow.

    With `merges`, what somebody else saved meanwhile is brought in where it touches other fields and paragraphs;
    returns whether that happened.
    """
    given = dict(values)
    given.pop("translation_of", None)
    expected = given.pop("expected", None)
    if expected is None:
        raise Invalid({"expected": [N_("Say which version you saw: send its lock version.")]})
    has_session, code = "session" in given, given.pop("session", None)
    session = session_of(conference, code)
    is_merged = merges and expected != version.lock_version and _merge(version, given, expected)
    if is_merged:
        expected = version.lock_version
    transcript_editing.edit(version, given, expected=expected, by=by, now=now)
    transcript = version.transcript
    if has_session and transcript.session_id != (session.id if session else None):
        transcript_editing.attach(transcript, session, by=by, now=now)
    return is_merged


def _merge(version: Version, given: Values, expected: int) -> bool:
    """Bring what was saved since `expected` into the given values; False where both changed the same words."""
    base = revisions.find(version, expected)
    if base is None:
        return False
    theirs = {name: getattr(version, name) for name in revisions.HELD}
    merged = revisions.merge(base.words, given, theirs)
    given |= merged.values
    return not merged.conflicts


def _of(command: Callable[..., Any]) -> Do:
    """A command that takes the version and the values by name; its answer is not needed."""

    def do(version: Version, values: Values, by: Account, now: dt.datetime) -> None:
        command(version, **values, by=by, now=now)

    return do


def _grown(command: Callable[..., Version]) -> Do:
    """A command that makes another version, with which one goes on."""
    return lambda version, values, by, now: command(version, **values, by=by, now=now)


_states, _editing = transcript_states, transcript_editing
DEEDS: dict[Event, Deed] = {
    deed.event: deed
    for deed in (
        Deed(
            Event.CONFIRM_IMPORT,
            ExpectedSchema,
            _of(_editing.confirm_import),
            N_("I checked what was read: confirm it"),
            N_("Confirmed."),
        ),
        Deed(
            Event.FOLLOW_SOURCE,
            EmptySchema,
            _of(_states.follow_source),
            N_("It follows its source as that now stands"),
            N_("Bound to what it translates as that now stands."),
        ),
        Deed(
            Event.SUBMIT,
            EmptySchema,
            _of(_states.submit),
            N_("Submit for approval"),
            N_("Submitted; an approver reads it now."),
        ),
        Deed(
            Event.REQUEST_CHANGES,
            ReasonSchema,
            _of(_states.request_changes),
            N_("Ask for changes"),
            N_("Sent back with your reason."),
            has_page=True,
        ),
        Deed(
            Event.APPROVE,
            ApproveSchema,
            _of(_states.approve),
            N_("Approve these words"),
            N_("Approved. A press officer can arm it now."),
        ),
        Deed(Event.ARM, ArmSchema, _of(_states.arm), N_("Arm for release"), N_("Armed."), has_page=True),
        Deed(
            Event.GO_AHEAD,
            EmptySchema,
            _of(_states.go_ahead),
            N_("Give the go-ahead"),
            N_("It goes out when the undo delay is over."),
        ),
        Deed(Event.DISARM, EmptySchema, _of(_states.disarm), N_("Disarm"), N_("Disarmed; the approval stands.")),
        Deed(
            Event.HOLD,
            HoldSchema,
            _of(_states.hold),
            N_("Hold"),
            N_("On hold. Two people lift it."),
            is_danger=True,
        ),
        Deed(
            Event.UNHOLD,
            EmptySchema,
            _of(_states.unhold),
            N_("Lift the hold"),
            N_("You asked to lift the hold; somebody else confirms it."),
            done_in={VersionState.APPROVED: N_("The hold is lifted. Arm it again when it may go out.")},
        ),
        Deed(
            Event.SETTLE,
            ReasonSchema,
            _of(_states.settle),
            N_("Let it stand"),
            N_("Settled: the words stay public, with your reason."),
            has_page=True,
        ),
        Deed(
            Event.CORRECT,
            CorrectSchema,
            _grown(_editing.correct),
            N_("Correct"),
            N_("A new draft; the public words stay until it is released."),
            has_page=True,
        ),
        Deed(
            Event.WITHDRAW,
            WithdrawSchema,
            _of(publishing.withdraw),
            N_("Withdraw"),
            N_("Withdrawn. Somebody else confirms it within a day."),
            has_page=True,
            is_danger=True,
        ),
        Deed(
            Event.CONFIRM_WITHDRAWAL,
            EmptySchema,
            _of(publishing.confirm_withdrawal),
            N_("Confirm the withdrawal"),
            N_("The withdrawal is confirmed."),
        ),
        Deed(
            Event.REINSTATE,
            ReasonSchema,
            _grown(_editing.reinstate),
            N_("Bring back as a new draft"),
            N_("A new draft; it takes the whole path again."),
            has_page=True,
        ),
        Deed(
            Event.DISCARD,
            HoldSchema,
            _of(_states.discard),
            N_("Discard"),
            N_("Discarded."),
            has_page=True,
            is_danger=True,
        ),
    )
}
"""Every deed by its event, in the order in which pages offer them."""
