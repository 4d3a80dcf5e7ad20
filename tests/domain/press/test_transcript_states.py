"""The state machine of a version: its table, each guard in turn, and who may do what to whose words."""

import ast
import datetime as dt
from itertools import product
from pathlib import Path

import pytest

import confapp
from confapp.database import db
from confapp.domain import audit
from confapp.domain.errors import Invalid, NotNow
from confapp.domain.live import stage
from confapp.domain.live.stage import Fact
from confapp.domain.press import transcript_states
from confapp.domain.press.release_guards import GUARDS
from confapp.domain.press.transcript_editing import correct, create, edit
from confapp.domain.press.transcript_guards import Attempt, editors
from confapp.domain.press.transcript_states import TRANSITIONS, refusal
from confapp.domain.press.transcripts import (
    OPEN,
    Correction,
    Event,
    Policy,
    Version,
    VersionEvent,
    VersionKind,
    VersionState,
    history,
)
from confapp.domain.programme import sessions, speakers
from tests.factories import NOW, make_conference, make_session
from tests.press import ENDS, MINUTE, SECOND, STARTS, WORDS, Scene, imported, in_review, sweep

S = VersionState
TABLE = {
    Event.CONFIRM_IMPORT: ({S.DRAFT}, S.DRAFT),
    Event.EDIT: (set(OPEN), S.DRAFT),
    Event.FOLLOW_SOURCE: (set(OPEN), S.DRAFT),
    Event.SUBMIT: ({S.DRAFT, S.CHANGES_REQUESTED}, S.IN_REVIEW),
    Event.REQUEST_CHANGES: ({S.IN_REVIEW}, S.CHANGES_REQUESTED),
    Event.APPROVE: ({S.IN_REVIEW}, S.APPROVED),
    Event.ARM: ({S.APPROVED}, S.ARMED),
    Event.DISARM: ({S.ARMED}, S.APPROVED),
    Event.GO_AHEAD: ({S.ARMED}, S.ARMED),
    Event.HOLD: ({S.APPROVED, S.ARMED}, S.HELD),
    Event.ASK_UNHOLD: ({S.HELD}, S.HELD),
    Event.UNHOLD: ({S.HELD}, S.APPROVED),
    Event.VOID: ({S.ARMED}, S.DRAFT),
    Event.RELEASE: ({S.ARMED}, S.RELEASED),
    Event.INCIDENT: ({S.RELEASED}, S.RELEASED),
    Event.SETTLE: ({S.RELEASED}, S.RELEASED),
    Event.CORRECT: ({S.RELEASED}, S.RELEASED),
    Event.SUPERSEDE: ({S.RELEASED}, S.SUPERSEDED),
    Event.WITHDRAW: ({S.RELEASED, S.SUPERSEDED}, S.WITHDRAWN),
    Event.CONFIRM_WITHDRAWAL: ({S.WITHDRAWN}, S.WITHDRAWN),
    Event.REINSTATE: ({S.WITHDRAWN}, S.WITHDRAWN),
    Event.DISCARD: (set(OPEN), S.DISCARDED),
}


def test_the_table_is_the_specified_one():
    assert {event: (set(each.before), each.after) for event, each in TRANSITIONS.items()} == TABLE


RULE = {"not_chatham_house"}
SOUND = {"as_approved", "takes_place", "not_overtaken"}
READ = {"edited_nothing", "as_submitted", "as_read", "checked_against_recording", "source_unchanged"}
HELD_BACK = {
    Event.CONFIRM_IMPORT: {"import_open"},
    Event.EDIT: RULE,
    Event.FOLLOW_SOURCE: RULE | {"source_moved"},
    Event.SUBMIT: RULE | {"import_confirmed", "complete", "no_placeholders", "classified", "source_unchanged"},
    Event.REQUEST_CHANGES: {"reason_given", "did_not_submit"},
    Event.APPROVE: RULE | READ,
    Event.ARM: RULE | SOUND | {"policy_chosen", "session_linked"},
    Event.DISARM: set(),
    Event.GO_AHEAD: {"by_hand", "two_say_not_delivered"},
    Event.HOLD: set(),
    Event.ASK_UNHOLD: {"asked_by_another"},
    Event.UNHOLD: {"asked_by_another"},
    Event.VOID: {"by_the_worker"},
    Event.RELEASE: RULE
    | SOUND
    | {"by_the_worker", "policy_true", "undo_over", "not_rescheduled", "approver_edited_nothing"}
    | {"source_public", "source_unchanged"},
    Event.INCIDENT: {"by_the_worker"},
    Event.SETTLE: {"not_chatham_house", "reason_given", "incident_open"},
    Event.CORRECT: RULE | {"reason_given"},
    Event.SUPERSEDE: {"by_the_worker"},
    Event.WITHDRAW: {"reason_given"},
    Event.CONFIRM_WITHDRAWAL: {"another_confirms"},
    Event.REINSTATE: RULE | {"reason_given"},
    Event.DISCARD: set(),
}
"""What has to find nothing against each event."""


def test_t20_no_event_lost_a_guard():
    assert {event: set(each.guards) for event, each in TRANSITIONS.items()} == HELD_BACK
    voiding = {event for event, each in TRANSITIONS.items() if each.voids}
    assert voiding == {Event.EDIT, Event.FOLLOW_SOURCE, Event.VOID}


def test_every_guard_of_the_table_exists_and_is_used():
    assert {name for transition in TRANSITIONS.values() for name in transition.guards} == set(GUARDS)


def test_everything_absent_from_the_table_is_refused(write, monkeypatch):
    """With every guard off, the states alone decide."""
    with write():
        scene = Scene()
        held = {state: scene.bring(scene.draft(session=None), state) for state in VersionState}
        for name in GUARDS:
            monkeypatch.setitem(GUARDS, name, lambda attempt: None)
        for (state, version), event in product(held.items(), Event):
            attempt = Attempt(version=version, event=event, by=scene.officer, now=NOW)
            assert (version.state, event, refusal(attempt) is None) == (
                state,
                event,
                state in TABLE.get(event, (set(), None))[0],
            )


def test_only_publishing_releases_supersedes_or_withdraws():
    """Whoever applied these events elsewhere would change a state without changing what the public reads."""
    found = set()
    for file in Path(confapp.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                events = {each.attr for each in node.args if isinstance(each, ast.Attribute)}
                if name == "apply" and events & {"RELEASE", "SUPERSEDE", "WITHDRAW"}:
                    found.add(file.name)
    assert found == {"publishing.py"}


# T14: four eyes.


def test_t14_nobody_approves_words_they_wrote_whatever_else_they_are(write):
    with write():
        scene = Scene()
        scene.writer.is_admin = True
        version = in_review(scene)
        with pytest.raises(NotNow, match="cannot approve it"):
            transcript_states.approve(version, seen=version.hash, by=scene.writer, now=NOW)


def test_t14_a_co_editor_does_not_approve_even_what_was_edited_back(write):
    with write():
        scene = Scene()
        version = scene.draft()
        words = version.headline
        edit(version, {"headline": "Other words"}, expected=1, by=scene.approver, now=NOW)
        edit(version, {"headline": words}, expected=2, by=scene.writer, now=NOW)
        transcript_states.submit(version, by=scene.writer, now=NOW)
        with pytest.raises(NotNow, match="cannot approve it"):
            transcript_states.approve(version, seen=version.hash, by=scene.approver, now=NOW)


def test_t14_whoever_wrote_the_first_version_does_not_approve_its_correction(write):
    with write():
        scene = Scene()
        first = scene.released(now=NOW)
        second = correct(first, Correction.TYPO, "A comma.", by=scene.second, now=NOW)
        assert editors(second) == {scene.writer.id, scene.second.id}
        assert editors(first) == {scene.writer.id}


# Editing, holding and their likes.


@pytest.mark.parametrize("state", sorted(OPEN))
def test_t13_editing_takes_any_unreleased_version_back_to_draft_and_voids_its_approval(write, state):
    with write():
        scene = Scene()
        version = scene.bring(scene.draft(), state)
        approvals = list(version.approvals)
        edit(version, {"headline": "Other words"}, expected=1, by=scene.writer, now=NOW + MINUTE)
        assert (version.state, version.policy, version.hash, version.approval) == (S.DRAFT, None, "", None)
        assert [approval.voided_at for approval in approvals] == [NOW + MINUTE] * len(approvals)
        assert sweep(NOW + dt.timedelta(days=1)) == []


def test_t13_a_hold_stops_what_was_due_and_two_people_lift_it(write):
    with write():
        scene = Scene()
        version = scene.armed()
        scene.end(now=ENDS)
        transcript_states.hold(version, by=scene.second, now=ENDS + MINUTE, reason="A doubt.")
        assert sweep(ENDS + MINUTE) == []
        assert transcript_states.unhold(version, by=scene.second, now=ENDS + MINUTE) is False
        assert transcript_states.unhold(version, by=scene.second, now=ENDS + MINUTE) is False
        assert version.state is S.HELD
        assert transcript_states.unhold(version, by=scene.officer, now=ENDS + MINUTE) is True
        assert (version.state, version.policy) == (S.APPROVED, None)
        assert sweep(ENDS + dt.timedelta(days=1)) == []


def test_a_second_hold_needs_two_people_again(write):
    with write():
        scene = Scene()
        version = scene.bring(scene.draft(), S.HELD)
        transcript_states.unhold(version, by=scene.officer, now=NOW)
        transcript_states.unhold(version, by=scene.second, now=NOW)
        transcript_states.hold(version, by=None, now=NOW)
        assert transcript_states.unhold(version, by=scene.second, now=NOW) is False


def test_words_not_delivered_go_out_by_two_hands_and_say_so(write):
    with write():
        scene = Scene()
        scene.say(Fact.CANCELLED, now=NOW)
        with pytest.raises(NotNow, match="postponed or cancelled"):
            scene.armed(Policy.MANUAL)
        version = db.session.query(Version).one()
        scene.arm(version, Policy.MANUAL, is_not_delivered=True)
        transcript_states.go_ahead(version, by=scene.second, now=NOW)
        assert sweep(NOW + 59 * SECOND) == []
        assert [each.is_not_delivered for each in sweep(NOW + MINUTE)] == [True]


def test_words_not_delivered_stay_in_when_the_session_takes_place_after_all(write):
    with write():
        scene = Scene()
        scene.say(Fact.CANCELLED, now=NOW)
        version = scene.armed(Policy.MANUAL, is_not_delivered=True)
        transcript_states.go_ahead(version, by=scene.second, now=NOW)
        scene.say(Fact.REVOKED, now=NOW + SECOND)
        assert sweep(NOW + MINUTE) == []
        assert version.state is S.HELD


@pytest.mark.parametrize(
    ("policy", "kind", "words"),
    [
        (Policy.AT_SCHEDULED_END, VersionKind.AS_PREPARED, "by hand"),
        (Policy.MANUAL, VersionKind.AS_DELIVERED, "cannot be released as not delivered"),
    ],
)
def test_not_delivered_is_refused_where_it_makes_no_sense(write, policy, kind, words):
    with write():
        scene = Scene()
        scene.say(Fact.CANCELLED, now=NOW)
        with pytest.raises(NotNow, match=words):
            scene.armed(policy, words={"kind": kind}, is_not_delivered=True)


@pytest.mark.parametrize(
    ("policy", "at"),
    [(Policy.AT_TIME, None), (Policy.BOTH, None), (Policy.MANUAL, ENDS), (Policy.ON_SESSION_END, ENDS)],
)
def test_a_time_is_given_with_the_policies_that_name_one_and_no_other(write, policy, at):
    with write():
        scene = Scene()
        with pytest.raises(NotNow, match="Give a time"):
            scene.armed(policy, at=at)


def test_t11_a_time_without_a_zone_is_a_fault_and_stores_nothing(write):
    with write():
        scene = Scene()
        version = scene.approve(scene.draft())
    with pytest.raises((TypeError, ValueError)), write():
        scene.arm(version, Policy.AT_TIME, at=ENDS.replace(tzinfo=None))
    with write():
        assert db.session.get_one(Version, version.id).state is S.APPROVED


def test_chatham_house_sessions_have_no_transcript_and_say_why(write):
    with write():
        scene = Scene()
        scene.session.is_chatham_house = True
        with pytest.raises(NotNow, match="Chatham House Rule"):
            scene.draft()
        with pytest.raises(NotNow, match="Chatham House Rule"):
            imported(scene)


def test_the_rule_is_asked_before_every_event_that_brings_words_nearer_to_the_public(write, monkeypatch):
    """Only what stops, throws away or takes back may still happen to words of a session that was put under it."""
    for name in set(GUARDS) - {"not_chatham_house"}:
        monkeypatch.setitem(GUARDS, name, lambda attempt: None)
    stops = {Event.CONFIRM_IMPORT, Event.REQUEST_CHANGES, Event.DISARM, Event.GO_AHEAD, Event.HOLD, Event.ASK_UNHOLD}
    stops |= {Event.UNHOLD, Event.VOID, Event.INCIDENT, Event.SUPERSEDE, Event.WITHDRAW}
    stops |= {Event.CONFIRM_WITHDRAWAL, Event.DISCARD}
    with write():
        scene = Scene()
        version = scene.draft()
        scene.session.is_chatham_house = True
        with db.session.no_autoflush:
            for event, transition in TRANSITIONS.items():
                version.state = min(transition.before)
                found = refusal(Attempt(version=version, event=event, by=scene.officer, now=NOW))
                assert (found is None) == (event in stops), event
                assert found is None or "Chatham House Rule" in found
        db.session.rollback()


def test_a_session_put_under_the_rule_holds_what_was_armed(write):
    with write():
        scene = Scene()
        version = scene.armed()
        scene.session.is_chatham_house = True
        scene.end(now=ENDS)
        assert sweep(ENDS + MINUTE) == []
        assert (version.state, history(version)[-1].reason[:12]) == (S.HELD, "This session")


def test_a_session_of_another_conference_is_refused(write):
    with write():
        scene = Scene()
        other = make_session(make_conference("other"))
        with pytest.raises(Invalid) as refused:
            create(scene.conference, WORDS, session=other, by=scene.writer, now=NOW)
        assert list(refused.value.errors) == ["session"]


def test_what_happens_is_recorded_with_ids_and_never_words(write):
    with write():
        scene = Scene()
        version = scene.released(now=NOW)
        assert [event.event for event in history(version)] == [
            Event.CREATE,
            Event.SUBMIT,
            Event.APPROVE,
            Event.ARM,
            Event.GO_AHEAD,
            Event.RELEASE,
        ]
        assert [event.account_id for event in history(version)] == [
            scene.writer.id,
            scene.writer.id,
            scene.approver.id,
            scene.officer.id,
            scene.officer.id,
            None,
        ]
        assert audit.broken_at(scene.conference.id) is None
        entries = db.session.query(audit.AuditEntry).filter(audit.AuditEntry.action.like("transcript.%")).all()
        assert len(entries) == db.session.query(VersionEvent).count()
        assert not any("Vaccines" in str(entry.facts) + entry.subject for entry in entries)
        policies = {entry.action.removeprefix("transcript."): entry.facts.get("policy") for entry in entries}
        armed = dict.fromkeys(("arm", "go_ahead", "release"), Policy.MANUAL.value)
        assert policies == dict.fromkeys(("create", "submit", "approve")) | armed


def test_the_speakers_are_part_of_what_is_approved(write):
    with write():
        scene = Scene()
        version = scene.armed()
        speakers.edit_speaker(scene.speaker, {"name": "Ada L. Lindqvist"}, by=None, now=NOW)
        scene.end(now=STARTS)
        assert sweep(STARTS) == []
        assert version.state is S.ARMED, "the private draft of the programme changes nothing"
        scene.release_schedule(now=STARTS)
        assert sweep(STARTS + MINUTE) == []
        assert (version.state, version.approval) == (S.DRAFT, None)
        assert stage.ended_at(scene.session) == STARTS


def test_the_rule_holds_until_a_release_lifts_it(write):
    """Its public page still says that there is no transcript: dragging or unticking in the draft publishes nothing."""
    with write():
        scene = Scene()
        scene.session.is_chatham_house = True
        scene.release_schedule(now=NOW)
        scene.session.is_chatham_house = False
        with pytest.raises(NotNow, match="Chatham House Rule"):
            scene.draft()
        scene.release_schedule(now=NOW + MINUTE)
        assert scene.draft().state is S.DRAFT


def test_a_session_under_the_rule_is_not_recorded(write):
    with write():
        scene = Scene()
        with pytest.raises(Invalid) as refused:
            make_session(scene.conference, is_recorded=True, is_chatham_house=True)
        assert list(refused.value.errors) == ["is_recorded"]
        values = {"is_recorded": True}
        scene.session.is_chatham_house = True
        with pytest.raises(Invalid) as refused:
            sessions.edit(scene.session, scene.conference, values, by=None, now=NOW)
        assert "Chatham House Rule" in str(refused.value.errors)
