"""A scene for press tests: a released keynote, four accounts, and versions brought to any state by commands alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from confapp.domain.live import stage
from confapp.domain.live.stage import Fact
from confapp.domain.people import Account
from confapp.domain.press import publishing, transcript_states
from confapp.domain.press.publications import Publication
from confapp.domain.press.transcript_editing import create, import_plan
from confapp.domain.press.transcripts import Policy, Transcript, Version, VersionKind, VersionState
from confapp.domain.programme.sessions import Session
from confapp.domain.programme.slots import Slot
from confapp.domain.release import releases
from confapp.domain.schedule import scheduling
from tests.factories import (
    NOW,
    at,
    make_account,
    make_conference,
    make_room,
    make_session,
    make_slot,
    make_speaker,
)

STARTS, ENDS = at("14:00"), at("14:30")
SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)

WORDS: dict[str, Any] = {
    "kind": VersionKind.AS_PREPARED,
    "language": "en",
    "headline": "Vaccines for the next outbreak",
    "byline": "Ada Lindqvist",
    "delivered_on": dt.date(2026, 5, 18),
    "blocks": [
        {"kind": "speech", "speaker": "Ada Lindqvist", "text": "Good afternoon to all of you."},
        {"kind": "remark", "speaker": None, "text": "(Applause)"},
        {"kind": "speech", "speaker": "Ada Lindqvist", "text": "Biology moves faster than treaties do."},
    ],
}


class Scene:
    """One conference whose first release has a keynote at STARTS; wants an open transaction, as its methods do."""

    def __init__(self) -> None:
        self.writer = make_account("writer@example.org")
        self.approver = make_account("approver@example.org")
        self.officer = make_account("officer@example.org")
        self.second = make_account("second@example.org")
        self.conference = make_conference()
        self.room = make_room(self.conference)
        self.speaker = make_speaker(self.conference, "Ada Lindqvist")
        self.session: Session = make_session(self.conference, "Biology and treaties", self.speaker)
        self.slot: Slot = make_slot(self.conference, self.session, self.room, STARTS)
        self.release_schedule(now=NOW)

    def release_schedule(self, *, now: dt.datetime) -> None:
        """Make the draft public."""
        releases.release(
            self.conference, expected=None, note={}, by=None, now=now, override="a test", may_override=True
        )

    def move(self, minutes: int, *, now: dt.datetime, session_slot: Slot | None = None) -> None:
        """Move the keynote in the draft; only `release_schedule` makes that public."""
        slot = session_slot or self.slot
        assert slot.starts_at is not None
        assert slot.ends_at is not None
        scheduling.place(
            slot,
            self.conference,
            room=self.room,
            starts_at=slot.starts_at + dt.timedelta(minutes=minutes),
            ends_at=slot.ends_at + dt.timedelta(minutes=minutes),
            expected=None,
            by=None,
            now=now,
        )

    def say(self, *facts: Fact, now: dt.datetime, slot: Slot | None = None) -> None:
        """The stage desk says these, one after the other."""
        for fact in facts:
            stage.say(slot or self.slot, fact, by=self.officer, now=now)

    def end(self, *, now: dt.datetime) -> None:
        """The keynote took place and its end is confirmed."""
        self.say(Fact.STARTED, Fact.ENDED, now=now)

    def draft(self, *, by: Account | None = None, transcript: Transcript | None = None, **values: Any) -> Version:
        """A complete draft of WORDS by the writer."""
        linked = values.pop("session", self.session)
        source = values.pop("translation_of", None)
        return create(
            self.conference,
            WORDS | values,
            by=by or self.writer,
            now=NOW,
            session=linked,
            transcript=transcript,
            translation_of=source,
        )

    def approve(self, version: Version, *, now: dt.datetime = NOW) -> Version:
        """Submitted by the writer, approved by the approver."""
        transcript_states.submit(version, by=self.writer, now=now)
        transcript_states.approve(version, seen=version.hash, is_checked=True, by=self.approver, now=now)
        return version

    def arm(self, version: Version, policy: Policy = Policy.ON_SESSION_END, **how: Any) -> Version:
        """Armed by the officer."""
        given: dict[str, Any] = {"by": self.officer, "now": NOW} | how
        transcript_states.arm(version, policy, **given)
        return version

    def armed(
        self, policy: Policy = Policy.ON_SESSION_END, *, words: dict[str, Any] | None = None, **how: Any
    ) -> Version:
        """A version of WORDS, from draft to armed."""
        return self.arm(self.approve(self.draft(**(words or {}))), policy, **how)

    def released(self, *, now: dt.datetime = ENDS, **words: Any) -> Version:
        """A version of WORDS that is public since `now`, released by hand."""
        version = self.armed(Policy.MANUAL, words=words, now=now, undo_seconds=0)
        transcript_states.go_ahead(version, by=self.officer, now=now)
        assert publishing.release_due(version.id, now=now) is not None
        return version

    def bring(self, version: Version, state: VersionState) -> Version:
        """A fresh draft, brought to `state`."""
        if state is VersionState.DRAFT:
            return version
        if state is VersionState.DISCARDED:
            transcript_states.discard(version, by=self.writer, now=NOW)
            return version
        if state in (VersionState.IN_REVIEW, VersionState.CHANGES_REQUESTED):
            transcript_states.submit(version, by=self.writer, now=NOW)
            if state is VersionState.CHANGES_REQUESTED:
                transcript_states.request_changes(version, "Shorter.", by=self.approver, now=NOW)
            return version
        self.approve(version)
        if state is VersionState.HELD:
            transcript_states.hold(version, by=self.officer, now=NOW)
        if state in (VersionState.APPROVED, VersionState.HELD):
            return version
        self.arm(version, Policy.MANUAL, undo_seconds=0)
        if state is VersionState.ARMED:
            return version
        transcript_states.go_ahead(version, by=self.officer, now=NOW)
        publishing.release_due(version.id, now=NOW)
        if state is VersionState.SUPERSEDED:
            newer = self.draft(transcript=version.transcript, kind=VersionKind.AS_DELIVERED)
            self.bring(newer, VersionState.RELEASED)
        if state is VersionState.WITHDRAWN:
            publishing.withdraw(version, "Wrong words.", by=self.officer, now=NOW)
        return version


def sweep(now: dt.datetime) -> list[Publication]:
    """What the worker's clock does, within the open transaction."""
    made = [publishing.release_due(version_id, now=now) for version_id in publishing.due(now=now)]
    return [each for each in made if each is not None]


def imported(scene: Scene, **values: Any) -> Version:
    return import_plan(
        scene.conference,
        fields={**{name: value for name, value in WORDS.items() if name != "blocks"}, **values},
        blocks=WORDS["blocks"],
        report={"lines": []},
        source=b"as it came",
        media_type="text/plain",
        session=scene.session,
        by=scene.writer,
        now=NOW,
    )


def in_review(scene: Scene, **values: Any) -> Version:
    """A version of WORDS that was submitted."""
    return scene.bring(scene.draft(**values), VersionState.IN_REVIEW)
