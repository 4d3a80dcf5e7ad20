"""T21: a model of the press office beside the real one, driven at random: no early, no double and no lost release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from confapp.database import db
from confapp.domain.errors import NotNow
from confapp.domain.live.stage import Fact
from confapp.domain.people import Account
from confapp.domain.press import publications, publishing, transcript_states
from confapp.domain.press.publications import Publication
from confapp.domain.press.transcript_editing import edit
from confapp.domain.press.transcripts import Policy
from tests.factories import NOW
from tests.press import ENDS, MINUTE, SECOND, STARTS, Scene

Deed = Callable[["Press"], None]
DEEDS: list[Deed] = [
    lambda press: press.submit(),
    lambda press: press.approve(press.scene.approver),
    lambda press: press.approve(press.scene.writer),
    lambda press: press.change_the_words(),
    lambda press: press.arm(Policy.ON_SESSION_END, 1, 60),
    lambda press: press.disarm(),
    lambda press: press.give_the_go_ahead(),
    lambda press: press.hold(),
    lambda press: press.unhold(0),
    lambda press: press.unhold(1),
    lambda press: press.speak(Fact.STARTED),
    lambda press: press.speak(Fact.RUNNING_OVER),
    lambda press: press.take_place_and_end(),
    lambda press: press.revoke(),
    lambda press: press.speak(Fact.POSTPONED),
    lambda press: press.speak(Fact.CANCELLED),
    lambda press: press.move_the_session(-20, is_released=True),
    lambda press: press.move_the_session(30, is_released=True),
    lambda press: press.move_the_session(-200, is_released=False),
    lambda press: press.let_time_pass(0),
    lambda press: press.let_time_pass(61),
    lambda press: press.let_time_pass(7200),
]


@dataclass(frozen=True)
class Armed:
    """How the model's version was armed."""

    policy: Policy
    since: dt.datetime
    at: dt.datetime | None
    undo: dt.timedelta
    times: tuple[dt.datetime, dt.datetime]
    go: dt.datetime | None = None


class Press(RuleBasedStateMachine):
    """The model knows what was said, released and approved, and from that alone when the words must be public."""

    write: Any
    scene: Scene

    def __init__(self) -> None:
        super().__init__()
        self.example = ExitStack()
        self.example.enter_context(self.write())
        self.example.callback(db.session.rollback)
        self.now = NOW
        self.scene = Scene()
        self.version = self.scene.draft()
        self.state = "draft"
        self.edits = 0
        self.approved = ""
        self.armed: Armed | None = None
        self.asked: int | None = None
        self.public: list[tuple[str, dt.datetime]] = []
        self.released_times = (STARTS, ENDS)
        self.times_changed_at = NOW
        self.stage: list[tuple[Fact, dt.datetime]] = []
        self.has_overrun = False
        self.revoked_at: dt.datetime | None = None

    def teardown(self) -> None:
        """The ledger holds; then nothing of the example is kept."""
        try:
            assert publications.broken_at(self.scene.conference.id) is None
        finally:
            self.example.close()

    def attempt(self, is_allowed: bool, deed: Any, *arguments: Any, **named: Any) -> bool:
        """Do it; exactly what the model allows goes through."""
        try:
            deed(*arguments, **named)
        except NotNow:
            assert not is_allowed
            return False
        assert is_allowed
        return True

    @rule(
        policy=st.sampled_from(Policy),
        minutes=st.sampled_from([300, 400, 30, 1]),
        undo=st.sampled_from([60, 0, 300]),
        deeds=st.lists(st.sampled_from(DEEDS), max_size=4),
        seconds=st.sampled_from([0, -1, 1]),
        crashes=st.booleans(),
    )
    def arm_and_wait(
        self, policy: Policy, minutes: int, undo: int, deeds: list[Deed], seconds: int, crashes: bool
    ) -> None:
        """Words are armed, then anything happens, right or wrong; then what they wait for comes."""
        self.go_on(policy, minutes, undo)
        for deed in deeds:
            deed(self)
            self.the_public_reads_what_the_model_says()
        if self.armed:
            self.let_it_come(seconds, crashes)

    # What people do.

    def go_on(self, policy: Policy, minutes: int, undo: int) -> None:
        """The office does what comes next, up to arming; once the words are public, with the next transcript."""
        if self.state == "public":
            self.version = self.scene.draft()
            self.state, self.approved = "draft", ""
        if self.state == "held":
            self.unhold(0)
            self.unhold(1)
        if self.state == "draft":
            self.submit()
        if self.state == "review":
            self.approve(self.scene.approver)
        if self.state == "approved":
            self.arm(policy, minutes, undo)

    def submit(self) -> None:
        """The writer submits."""
        if self.attempt(
            self.state == "draft", transcript_states.submit, self.version, by=self.scene.writer, now=self.now
        ):
            self.state = "review"

    def approve(self, by: Account) -> None:
        """Somebody approves what they read; not the writer."""
        seen = self.version.hash
        is_allowed = self.state == "review" and by is not self.scene.writer
        if self.attempt(is_allowed, transcript_states.approve, self.version, seen=seen, by=by, now=self.now):
            self.state, self.approved = "approved", self.version.headline

    def change_the_words(self) -> None:
        """The writer edits; only what is public cannot be."""
        self.edits += 1
        words = {"headline": f"Words, edition {self.edits}"}
        expected = self.version.lock_version
        is_allowed = self.state != "public"
        if self.attempt(is_allowed, edit, self.version, words, expected=expected, by=self.scene.writer, now=self.now):
            self.state, self.approved, self.armed = "draft", "", None

    def arm(self, policy: Policy, minutes: int, undo: int) -> None:
        """The officer arms."""
        at = self.now + minutes * MINUTE if policy in (Policy.AT_TIME, Policy.BOTH) else None
        is_allowed = self.state == "approved" and not self.is_stopped
        how: dict[str, Any] = {"at": at, "undo_seconds": undo, "by": self.scene.officer, "now": self.now}
        if self.attempt(is_allowed, transcript_states.arm, self.version, policy, **how):
            self.state = "armed"
            self.armed = Armed(policy, self.now, at, undo * SECOND, self.released_times)

    def disarm(self) -> None:
        """The officer stops the countdown."""
        by = self.scene.officer
        if self.attempt(self.state == "armed", transcript_states.disarm, self.version, by=by, now=self.now):
            self.state, self.armed = "approved", None

    def give_the_go_ahead(self) -> None:
        """The officer releases by hand."""
        is_allowed = self.armed is not None and self.armed.policy is Policy.MANUAL and self.armed.go is None
        by = self.scene.officer
        if self.attempt(is_allowed, transcript_states.go_ahead, self.version, by=by, now=self.now):
            assert self.armed is not None
            self.armed = replace(self.armed, go=self.now)

    def hold(self) -> None:
        """Anyone of the office holds."""
        is_allowed = self.state in ("approved", "armed")
        if self.attempt(is_allowed, transcript_states.hold, self.version, by=self.scene.second, now=self.now):
            self.state, self.armed, self.asked = "held", None, None

    def unhold(self, who: int) -> None:
        """Two different people lift the hold."""
        by = (self.scene.officer, self.scene.second)[who]
        if self.attempt(self.state == "held", transcript_states.unhold, self.version, by=by, now=self.now):
            if self.asked is not None and self.asked != who:
                self.state = "approved"
            else:
                self.asked = who

    # What happens around them.

    def speak(self, fact: Fact) -> None:
        """The stage desk says something, perhaps out of order; whatever it refuses changes nothing."""
        with suppress(NotNow):
            self.scene.say(fact, now=self.now)
            self.stage.append((fact, self.now))
            self.has_overrun |= fact is Fact.RUNNING_OVER
            self.revoked_at = None

    def revoke(self) -> None:
        """The stage desk takes the last thing back."""
        if not self.stage:
            return
        with suppress(NotNow):
            self.scene.say(Fact.REVOKED, now=self.now)
            taken, _ = self.stage.pop()
            self.has_overrun |= taken is Fact.ENDED
            self.revoked_at = self.now

    def move_the_session(self, minutes: int, *, is_released: bool) -> None:
        """The organisers drag the card, and perhaps release."""
        self.scene.move(minutes, now=self.now)
        if is_released:
            self.scene.release_schedule(now=self.now)
            starts, ends = self.scene.slot.starts_at, self.scene.slot.ends_at
            assert starts
            assert ends
            if (starts, ends) != self.released_times:
                self.released_times, self.times_changed_at = (starts, ends), self.now

    def take_place_and_end(self) -> None:
        """The session begins and its end is confirmed, with time passing in between."""
        if not self.stage:
            self.speak(Fact.STARTED)
        self.now += 40 * SECOND
        self.speak(Fact.ENDED)

    def let_it_come(self, seconds: int, crashes: bool) -> None:
        """What the policy waits for happens; the clock moves to the moment, or beside it, and the worker sweeps."""
        if self.armed and self.armed.policy is Policy.MANUAL and not self.armed.go:
            self.give_the_go_ahead()
        if self.waits_for() is None:
            self.take_place_and_end()
        self.now = max([self.now, *(moment + seconds * SECOND for moment in self.waits_for() or ())])
        self.sweep(self.now, crashes=crashes)

    # What the worker does, and what must come of it.

    def let_time_pass(self, seconds: int) -> None:
        """The clock jumps, and a worker whose own clock is a little behind sweeps."""
        self.now += seconds * SECOND
        self.sweep(self.now - 5 * SECOND, crashes=False)

    def sweep(self, now: dt.datetime, *, crashes: bool) -> None:
        """The worker's sweep; it may die before it commits, and then sweeps again."""
        for is_dying in [True, False] if crashes else [False]:
            step = db.session.begin_nested()
            for version_id in publishing.due(now=now):
                publishing.release_due(version_id, now=now)
            if is_dying:
                step.rollback()
            else:
                step.commit()
        self._expect(now)

    def _expect(self, now: dt.datetime) -> None:
        """What a sweep at `now` must have done, from the model alone."""
        if self.armed is None:
            return
        if self.is_stopped:
            self.state, self.armed, self.asked = "held", None, None
        elif self.armed.at is not None and self.armed.times != self.released_times:
            self.state, self.armed = "approved", None
        elif (moments := self.waits_for()) and max(moments) <= now:
            self.state, self.armed = "public", None
            self.public.append((self.approved, now))

    @property
    def is_stopped(self) -> bool:
        """Postponed or cancelled, and not taken back."""
        return bool(self.stage) and self.stage[-1][0] in (Fact.POSTPONED, Fact.CANCELLED)

    def waits_for(self) -> list[dt.datetime] | None:
        """The moments that must have come: what the policy names, and undo delays after deeds; None: unknown."""
        armed = self.armed
        assert armed is not None
        ended = self.stage[-1][1] if self.stage and self.stage[-1][0] is Fact.ENDED else None
        waits_for_end = armed.policy in (Policy.ON_SESSION_END, Policy.BOTH) or (
            armed.policy is Policy.AT_SCHEDULED_END and self.has_overrun
        )
        moments = [armed.since + armed.undo]
        if self.revoked_at:
            moments.append(self.revoked_at + armed.undo)
        if armed.at is not None:
            moments.append(armed.at)
        if armed.policy is Policy.AT_SCHEDULED_END:
            moments += [self.released_times[1], self.times_changed_at + armed.undo]
        if waits_for_end:
            if ended is None:
                return None
            moments.append(ended + armed.undo)
        if armed.policy is Policy.MANUAL:
            if armed.go is None:
                return None
            moments.append(armed.go + armed.undo)
        return moments

    @invariant()
    def the_public_reads_what_the_model_says(self) -> None:
        """Nothing early, nothing lost, nothing twice, and exactly the approved words."""
        found = db.session.query(Publication).order_by(Publication.id).all()
        assert [(each.headline, each.released_at) for each in found] == self.public


def drive(write: Any, examples: int, steps: int) -> None:
    """Run the model against the database of `write`."""
    Press.write = staticmethod(write)
    run_state_machine_as_test(
        Press,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_t21_the_machine_releases_exactly_what_and_when_the_model_says(write):
    drive(write, examples=15, steps=6)


@pytest.mark.soak
def test_t21_the_machine_and_the_model_agree_for_long(write):
    drive(write, examples=1000, steps=12)
