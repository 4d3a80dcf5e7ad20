"""Release policies as pure questions: when each holds, how long the undo delay runs, and that no gap releases."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confapp.domain.live.stage import Fact, SessionFacts, Standing
from confapp.domain.press.policies import Arming, due_at, is_rescheduled, true_from, undo_until
from confapp.domain.press.transcripts import Policy
from tests.factories import NOW
from tests.press import ENDS, MINUTE, SECOND, STARTS

UNDO = dt.timedelta(seconds=60)
OVERRUN = ENDS + 20 * MINUTE


def facts(fact: Fact | None = None, at: dt.datetime = ENDS, **more: bool | dt.datetime) -> SessionFacts:
    standing = Standing(fact, at, **more) if fact or more else None  # type: ignore[arg-type]
    return SessionFacts(code="ABC234", starts_at=STARTS, ends_at=ENDS, changed_at=NOW, standing=standing)


def armed(policy: Policy, at: dt.datetime | None = None, **more: dt.datetime) -> Arming:
    return Arming(policy=policy, armed_at=NOW, at=at, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arming", "known", "since"),
    [
        (armed(Policy.ON_SESSION_END), facts(), None),
        (armed(Policy.ON_SESSION_END), facts(Fact.STARTED), None),
        (armed(Policy.ON_SESSION_END), facts(Fact.RUNNING_OVER, ran_over=True), None),
        (armed(Policy.ON_SESSION_END), facts(Fact.ENDED), ENDS),
        (armed(Policy.ON_SESSION_END), facts(Fact.ENDED, OVERRUN, ran_over=True), OVERRUN),
        (armed(Policy.ON_SESSION_END), None, None),
        (armed(Policy.AT_SCHEDULED_END), facts(), ENDS),
        (armed(Policy.AT_SCHEDULED_END), facts(Fact.STARTED), ENDS),
        (armed(Policy.AT_SCHEDULED_END), facts(Fact.ENDED, STARTS + MINUTE), ENDS),
        (armed(Policy.AT_SCHEDULED_END), facts(Fact.RUNNING_OVER, ran_over=True), None),
        (armed(Policy.AT_SCHEDULED_END), facts(Fact.STARTED, ran_over=True), None),
        (armed(Policy.AT_SCHEDULED_END), facts(Fact.ENDED, OVERRUN, ran_over=True), OVERRUN),
        (armed(Policy.AT_SCHEDULED_END), facts(Fact.ENDED, STARTS, ran_over=True), ENDS),
        (armed(Policy.AT_SCHEDULED_END), SessionFacts(code="ABC234"), None),
        (armed(Policy.AT_SCHEDULED_END), None, None),
        (armed(Policy.AT_TIME, OVERRUN), None, OVERRUN),
        (armed(Policy.AT_TIME, OVERRUN), facts(Fact.STARTED), OVERRUN),
        (armed(Policy.BOTH, OVERRUN), facts(), None),
        (armed(Policy.BOTH, OVERRUN), facts(Fact.ENDED), OVERRUN),
        (armed(Policy.BOTH, STARTS), facts(Fact.ENDED), ENDS),
        (armed(Policy.BOTH, OVERRUN), None, None),
        (armed(Policy.MANUAL), facts(Fact.ENDED), None),
        (armed(Policy.MANUAL, go_ahead_at=ENDS), None, ENDS),
    ],
)
def test_when_a_policy_holds(arming, known, since):
    assert true_from(arming, known) == since


@pytest.mark.parametrize(
    ("arming", "known", "until"),
    [
        (armed(Policy.AT_TIME, ENDS), None, NOW + UNDO),
        (armed(Policy.ON_SESSION_END), facts(Fact.ENDED), ENDS + UNDO),
        (armed(Policy.BOTH, STARTS), facts(Fact.ENDED), ENDS + UNDO),
        (armed(Policy.AT_TIME, ENDS), facts(Fact.ENDED, ENDS - SECOND), NOW + UNDO),
        (armed(Policy.AT_SCHEDULED_END), facts(Fact.ENDED, ENDS - SECOND), NOW + UNDO),
        (armed(Policy.AT_SCHEDULED_END), facts(Fact.ENDED, OVERRUN, ran_over=True), OVERRUN + UNDO),
        (armed(Policy.MANUAL, go_ahead_at=ENDS), None, ENDS + UNDO),
        (armed(Policy.AT_TIME, ENDS), facts(Fact.STARTED, STARTS, revoked_at=ENDS), ENDS + UNDO),
    ],
)
def test_the_undo_delay_runs_from_the_last_deed(arming, known, until):
    assert undo_until(arming, known) == until


def test_releasing_an_earlier_end_starts_the_undo_delay():
    """T12: a session that is moved into the past by mistake still leaves time to notice."""
    moved = SessionFacts(code="ABC234", starts_at=NOW - 60 * MINUTE, ends_at=NOW, changed_at=STARTS)
    assert due_at(armed(Policy.AT_SCHEDULED_END), moved) == STARTS + UNDO


def test_only_policies_that_name_a_time_mind_a_move():
    times = (STARTS, ENDS)
    moved = SessionFacts(code="ABC234", starts_at=STARTS + MINUTE, ends_at=ENDS + MINUTE, changed_at=NOW)
    minding = {policy for policy in Policy if is_rescheduled(Arming(policy, NOW, OVERRUN, session_times=times), moved)}
    assert minding == {Policy.AT_TIME, Policy.BOTH}
    assert not any(is_rescheduled(Arming(policy, NOW, OVERRUN, session_times=times), facts()) for policy in Policy)


@pytest.mark.parametrize(
    ("local", "fold", "utc"),
    [("02:30", 0, "00:30"), ("02:30", 1, "01:30"), ("03:00", 0, "02:00")],
)
def test_t11_the_hour_that_comes_twice_is_two_moments(local, fold, utc):
    """The end of summer time in Brussels, 25 October 2026."""
    day = dt.date(2026, 10, 25)
    at = dt.datetime.combine(day, dt.time.fromisoformat(local), ZoneInfo("Europe/Brussels")).replace(fold=fold)
    due = due_at(armed(Policy.AT_TIME, at), None)
    assert due is not None
    assert due.astimezone(dt.UTC) == dt.datetime.combine(day, dt.time.fromisoformat(utc), dt.UTC)


MOMENTS = st.integers(0, 600).map(lambda minutes: NOW + minutes * MINUTE)
MAYBE = st.none() | MOMENTS


@settings(max_examples=300)
@given(policy=st.sampled_from(Policy), at=MAYBE, go=MAYBE, ends=MAYBE, ended=MAYBE, over=st.booleans())
def test_nothing_falls_due_before_what_it_waits_for(policy, at, go, ends, ended, over):
    """A missing fact means no release, and no policy is true before each of its parts."""
    standing = Standing(Fact.ENDED, ended, ran_over=over) if ended else Standing(Fact.STARTED, NOW, ran_over=over)
    known = SessionFacts(code="ABC234", starts_at=ends, ends_at=ends, changed_at=NOW, standing=standing)
    needed = {
        Policy.ON_SESSION_END: [ended],
        Policy.AT_SCHEDULED_END: [ends, ended] if over else [ends],
        Policy.AT_TIME: [at],
        Policy.BOTH: [at, ended],
        Policy.MANUAL: [go],
    }[policy]
    due = due_at(Arming(policy, NOW, at, go_ahead_at=go), known)
    assert (due is None) == (None in needed)
    if due is not None:
        assert due >= max(moment for moment in needed if moment is not None)
        assert due >= NOW + UNDO
