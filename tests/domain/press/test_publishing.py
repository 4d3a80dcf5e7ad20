"""Publishing: nothing early, nothing lost, nothing twice; what stops a release; and words taken back."""

import datetime as dt
from contextlib import suppress

import pytest

from confapp.database import Mode, db
from confapp.domain import outbox
from confapp.domain.errors import NotNow
from confapp.domain.live.stage import Fact
from confapp.domain.press import publications, publishing, transcript_states
from confapp.domain.press.publications import Publication, PublicationState
from confapp.domain.press.transcript_editing import correct, edit, reinstate
from confapp.domain.press.transcripts import Correction, Event, Policy, Version, VersionKind, VersionState, history
from confapp.domain.press.wording import digest
from confapp.domain.programme import sessions
from confapp.domain.schedule import scheduling
from tests.factories import NOW, at, make_slot
from tests.press import ENDS, MINUTE, SECOND, STARTS, WORDS, Scene, sweep

HOUR = 60 * MINUTE
TIME = at("16:00")
UNDO = MINUTE


def moments(version: Version, *, first: dt.datetime, last: dt.datetime) -> dt.datetime | None:
    """When sweeping every 30 seconds from `first` to `last` released the version."""
    now = first
    while now <= last:
        if sweep(now):
            assert version.state is VersionState.RELEASED
            return now
        now += 30 * SECOND
    return None


# Policies, end to end.


@pytest.mark.parametrize(
    ("policy", "how", "released_at"),
    [
        (Policy.ON_SESSION_END, {}, ENDS + 10 * MINUTE + UNDO),
        (Policy.ON_SESSION_END, {"undo_seconds": 0}, ENDS + 10 * MINUTE),
        (Policy.ON_SESSION_END, {"undo_seconds": 300}, ENDS + 15 * MINUTE),
        (Policy.AT_SCHEDULED_END, {}, ENDS),
        (Policy.AT_TIME, {"at": TIME}, TIME),
        (Policy.AT_TIME, {"at": STARTS}, STARTS),
        (Policy.BOTH, {"at": TIME}, TIME),
        (Policy.BOTH, {"at": STARTS}, ENDS + 10 * MINUTE + UNDO),
        (Policy.MANUAL, {}, None),
    ],
)
def test_t11_each_policy_releases_at_its_moment_and_not_a_second_before(write, policy, how, released_at):
    """The keynote is confirmed to have ended ten minutes late; nobody marked it as running over."""
    with write():
        scene = Scene()
        version = scene.armed(policy, **how)
        scene.say(Fact.STARTED, now=STARTS)
    said = False
    for moment in sorted(
        {STARTS, ENDS, TIME, TIME + HOUR, *([released_at - SECOND, released_at] if released_at else [])}
    ):
        with write():
            if moment >= ENDS + 10 * MINUTE and not said:
                scene.say(Fact.ENDED, now=ENDS + 10 * MINUTE)
                said = True
            made = sweep(moment)
            assert [each.released_at for each in made] == ([moment] if moment == released_at else [])
    assert (version.state is VersionState.RELEASED) == (released_at is not None)


def test_release_by_hand_waits_for_the_go_ahead_and_can_be_undone(write):
    with write():
        scene = Scene()
        version = scene.armed(Policy.MANUAL, words={"session": None})
        assert sweep(TIME) == []
        transcript_states.go_ahead(version, by=scene.officer, now=TIME)
        assert sweep(TIME + UNDO - SECOND) == []
        transcript_states.disarm(version, by=scene.second, now=TIME + UNDO - SECOND)
        assert sweep(TIME + HOUR) == []
        scene.arm(version, Policy.MANUAL, now=TIME + HOUR)
        transcript_states.go_ahead(version, by=scene.officer, now=TIME + HOUR)
        assert len(sweep(TIME + HOUR + UNDO)) == 1


def test_arming_after_the_end_still_leaves_the_undo_delay(write):
    with write():
        scene = Scene()
        scene.end(now=ENDS)
        scene.armed(now=TIME)
        assert sweep(TIME + UNDO - SECOND) == []
        assert len(sweep(TIME + UNDO)) == 1


def test_what_waits_is_told_when_it_goes_out(write):
    with write():
        scene = Scene()
        waiting, fixed = scene.armed(), scene.armed(Policy.AT_TIME, at=TIME, words={"session": None})
        assert publishing.expected([waiting, fixed]) == {waiting.id: None, fixed.id: TIME}
        scene.end(now=ENDS)
        assert publishing.expected([waiting]) == {waiting.id: ENDS + UNDO}


# T12: the session does something else than was planned.


def test_t12_an_overrun_releases_nothing_until_the_end_is_confirmed(write):
    with write():
        scene = Scene()
        at_end, at_schedule = scene.armed(), scene.armed(Policy.AT_SCHEDULED_END, words={"kind": "notes"})
        scene.say(Fact.STARTED, now=STARTS)
        scene.say(Fact.RUNNING_OVER, now=ENDS - MINUTE)
        assert moments(at_end, first=ENDS, last=ENDS + 3 * MINUTE) is None
        assert sweep(ENDS + 12 * HOUR) == []
        scene.say(Fact.ENDED, now=ENDS + 13 * HOUR)
        assert len(sweep(ENDS + 13 * HOUR + UNDO)) == 2
        assert {at_end.state, at_schedule.state} == {VersionState.RELEASED}


@pytest.mark.parametrize("minutes", [-30, 30])
def test_t12_only_a_released_move_counts_and_the_scheduled_end_follows_it(write, minutes):
    with write():
        scene = Scene()
        version = scene.armed(Policy.AT_SCHEDULED_END)
        scene.move(minutes, now=NOW)
        assert publishing.expected([version]) == {version.id: ENDS}
        scene.release_schedule(now=NOW + MINUTE)
        moved = ENDS + minutes * MINUTE
        assert sweep(moved - SECOND) == []
        assert [each.released_at for each in sweep(moved)] == [moved]


@pytest.mark.parametrize("policy", [Policy.AT_TIME, Policy.BOTH])
@pytest.mark.parametrize("minutes", [-30, 30])
def test_t12_a_released_move_disarms_what_names_a_time(write, policy, minutes):
    with write():
        scene = Scene()
        version = scene.armed(policy, at=TIME)
        scene.move(minutes, now=NOW)
        assert publishing.due(now=NOW + MINUTE) == []
        scene.release_schedule(now=NOW + MINUTE)
        assert sweep(NOW + 2 * MINUTE) == []
        assert (version.state, version.policy, version.approval is not None) == (VersionState.APPROVED, None, True)
        assert db.session.query(outbox.OutboxRow).filter_by(kind="transcript.disarm").count() == 1


@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize("fact", [Fact.POSTPONED, Fact.CANCELLED])
def test_t12_a_stopped_session_beats_every_policy(write, policy, fact):
    with write():
        scene = Scene()
        version = scene.armed(policy, at=TIME if policy in (Policy.AT_TIME, Policy.BOTH) else None)
        if policy is Policy.MANUAL:
            transcript_states.go_ahead(version, by=scene.officer, now=NOW)
        scene.say(Fact.STARTED, fact, now=NOW)
        assert sweep(TIME + HOUR) == []
        assert version.state is VersionState.HELD
        assert history(version)[-1].account_id is None


def test_t12_a_session_cancelled_in_the_released_agenda_is_stopped_too(write):
    with write():
        scene = Scene()
        make_slot(scene.conference, None, None, STARTS)
        version = scene.armed(Policy.AT_TIME, at=TIME)
        scheduling.unplace(scene.slot, scene.conference, expected=None, by=None, now=NOW)
        assert publishing.due(now=NOW) == []
        scene.release_schedule(now=NOW + MINUTE)
        assert sweep(TIME) == []
        assert version.state is VersionState.HELD


def test_t12_cancelling_within_the_undo_delay_stops_the_release(write):
    with write():
        scene = Scene()
        version = scene.armed()
        scene.end(now=ENDS)
        scene.say(Fact.REVOKED, Fact.CANCELLED, now=ENDS + UNDO - SECOND)
        assert sweep(ENDS + UNDO) == []
        assert version.state is VersionState.HELD


@pytest.mark.parametrize("policy", [Policy.ON_SESSION_END, Policy.AT_SCHEDULED_END])
def test_t12_an_end_confirmed_by_mistake_can_be_taken_back(write, policy):
    with write():
        scene = Scene()
        version = scene.armed(policy)
        scene.say(Fact.STARTED, Fact.ENDED, now=ENDS - 40 * SECOND)
        scene.say(Fact.REVOKED, now=ENDS - SECOND)
        assert sweep(TIME) == []
        assert version.state is VersionState.ARMED
        scene.say(Fact.ENDED, now=TIME)
        assert sweep(TIME + UNDO - SECOND) == []
        assert len(sweep(TIME + UNDO)) == 1


def test_missing_facts_mean_no_release(write):
    with write():
        scene = Scene()
        session_of_its_own = sessions.create(
            scene.conference, {"title": {"en": "Unscheduled"}, "parts": []}, by=None, now=NOW
        )
        version = scene.approve(scene.draft(session=session_of_its_own))
        for policy in Policy:
            with pytest.raises(NotNow, match="not in the released agenda"):
                scene.arm(version, policy, at=TIME if policy in (Policy.AT_TIME, Policy.BOTH) else None)


# The release transaction.


def test_releasing_publishes_exactly_the_approved_words_with_ids_in_the_outbox(write):
    with write():
        scene = Scene()
        version = scene.armed()
        scene.end(now=ENDS)
        (publication,) = sweep(ENDS + UNDO)
        approval = version.approval
        assert approval is not None
        assert approval.hash == version.hash == publication.hash
        assert digest({name: getattr(publication, name) for name in publications.WORDS}) == approval.hash
        assert (publication.number, publication.session_title) == (1, {"en": "Biology and treaties"})
        assert publication.speakers == [{"code": scene.speaker.code, "name": "Ada Lindqvist"}]
        (row,) = db.session.query(outbox.OutboxRow).filter_by(kind="publication.released")
        assert row.payload == {"publication": publication.id, "hash": publication.hash}


def test_t10_a_crash_before_the_commit_loses_nothing_and_tells_nobody(write):
    with write():
        scene = Scene()
        version = scene.armed()
        scene.end(now=ENDS)
    now = ENDS + UNDO
    with suppress(KeyboardInterrupt), write():
        assert publishing.release_due(version.id, now=now) is not None
        raise KeyboardInterrupt
    with write(Mode.READ):
        assert db.session.query(Publication).count() == 0
        assert db.session.query(outbox.OutboxRow).filter_by(kind="publication.released").count() == 0
        assert publishing.due(now=now) == [version.id]
    with write():
        assert publishing.release_due(version.id, now=now) is not None
    with write():
        assert publishing.release_due(version.id, now=now) is None
        assert publishing.due(now=now) == []
        assert db.session.query(outbox.OutboxRow).filter_by(kind="publication.released").count() == 1


def test_what_falls_due_is_asked_in_a_reading_transaction_in_order(write):
    with write():
        scene = Scene()
        late = scene.armed(Policy.AT_TIME, at=TIME, words={"session": None})
        early = scene.armed(Policy.AT_TIME, at=STARTS, words={"session": None})
        scene.armed(Policy.MANUAL, words={"session": None})
    with write(Mode.READ):
        assert publishing.due(now=TIME) == [early.id, late.id]
        assert publishing.due(now=STARTS) == [early.id]
    with write():
        assert publishing.release_due(late.id, now=STARTS) is None
        assert publishing.release_due(10**6, now=STARTS) is None


def test_the_delivered_words_supersede_the_prepared_ones(write):
    with write():
        scene = Scene()
        prepared = scene.released(now=NOW)
        french = scene.released(
            now=NOW, transcript=prepared.transcript, language="fr", translation_of=prepared, blocks=prepared.blocks
        )
        delivered = scene.released(transcript=prepared.transcript, kind=VersionKind.AS_DELIVERED)
        assert (prepared.state, french.state, delivered.state) == (
            VersionState.SUPERSEDED,
            VersionState.RELEASED,
            VersionState.RELEASED,
        )
        rows = publications.publications_of(scene.conference.id, prepared.transcript.public_id)
        assert [(each.number, each.state.value, each.superseded_by, each.translates) for each in rows] == [
            (3, "released", None, None),
            (2, "released", None, 1),
            (1, "superseded", 3, None),
        ]
        assert rows[2].headline == WORDS["headline"], "superseded words stay readable"


def test_a_correction_takes_the_place_of_what_it_corrects_and_says_why(write):
    with write():
        scene = Scene()
        first = scene.released(now=NOW)
        second = correct(first, Correction.TYPO, "A comma.", by=scene.writer, now=NOW)
        edit(second, {"headline": "Vaccines, for the next outbreak"}, expected=1, by=scene.writer, now=NOW)
        scene.arm(scene.approve(second), Policy.MANUAL, undo_seconds=0)
        transcript_states.go_ahead(second, by=scene.officer, now=NOW)
        (publication,) = sweep(NOW)
        assert (publication.number, publication.correction, publication.correction_note) == (2, "typo", "A comma.")
        assert not publication.is_self_approved
        assert (first.state, history(first)[-1].event) == (VersionState.SUPERSEDED, Event.SUPERSEDE)


def test_a_correction_of_what_the_words_are_takes_their_place_too(write):
    with write():
        scene = Scene()
        first = scene.released(now=NOW, kind=VersionKind.AS_DELIVERED)
        second = correct(first, Correction.ATTRIBUTION, "These are notes.", by=scene.writer, now=NOW)
        edit(second, {"kind": VersionKind.NOTES}, expected=1, by=scene.writer, now=NOW)
        scene.arm(scene.approve(second), Policy.MANUAL, undo_seconds=0)
        transcript_states.go_ahead(second, by=scene.officer, now=NOW)
        assert len(sweep(NOW)) == 1
        assert (first.state, second.state) == (VersionState.SUPERSEDED, VersionState.RELEASED)


def test_a_translation_goes_out_after_its_source_and_in_the_same_sweep_at_the_earliest(write):
    with write():
        scene = Scene()
        source = scene.armed()
        french = scene.draft(language="fr", translation_of=source, blocks=source.blocks)
        scene.arm(scene.approve(french), Policy.AT_TIME, at=STARTS)
        assert sweep(STARTS) == []
        scene.end(now=ENDS)
        sweep(ENDS + UNDO)
        sweep(ENDS + UNDO + SECOND)
        assert [each.language for each in publications.latest(scene.conference.id)] == ["fr", "en"]


# T16: withdrawn words.


def test_t16_withdrawing_empties_every_version_and_holds_what_was_to_come(write):
    with write():
        scene = Scene()
        prepared = scene.released(now=NOW)
        french = scene.released(
            now=NOW, transcript=prepared.transcript, language="fr", translation_of=prepared, blocks=prepared.blocks
        )
        coming = scene.arm(scene.approve(scene.draft(transcript=prepared.transcript, kind="as_delivered")))
        gone = publishing.withdraw(prepared, "Wrong words.", by=scene.officer, now=ENDS)
        assert {prepared.state, french.state} == {VersionState.WITHDRAWN}
        assert coming.state is VersionState.HELD
        assert [each.number for each in gone] == [1, 2]
        for each in gone:
            assert (each.state, each.withdrawn_at, each.withdrawn_reason) == (
                PublicationState.WITHDRAWN,
                ENDS,
                "Wrong words.",
            )
            assert {name: getattr(each, name) for name in publications.BLANK} == publications.BLANK
        assert prepared.headline == WORDS["headline"], "the office keeps its words"
        (row,) = db.session.query(outbox.OutboxRow).filter_by(kind="publication.withdrawn")
        assert row.payload == {"publications": [each.id for each in gone]}
        assert publications.broken_at(scene.conference.id) is None


def test_one_version_can_be_withdrawn_alone_and_is_confirmed_by_another_person(write):
    with write():
        scene = Scene()
        first = scene.released(now=NOW)
        second = scene.released(now=NOW, transcript=first.transcript, kind=VersionKind.NOTES)
        publishing.withdraw(second, "Wrong words.", is_everything=False, by=scene.officer, now=ENDS)
        assert (first.state, second.state) == (VersionState.RELEASED, VersionState.WITHDRAWN)
        publishing.confirm_withdrawal(second, by=scene.second, now=ENDS)
        with pytest.raises(NotNow, match="confirmed already"):
            publishing.confirm_withdrawal(second, by=scene.approver, now=ENDS)


def test_withdrawn_words_come_back_as_the_next_publication(write):
    with write():
        scene = Scene()
        first = scene.released(now=NOW)
        publishing.withdraw(first, "A doubt.", by=scene.officer, now=NOW)
        back = scene.arm(scene.approve(reinstate(first, "None left.", by=scene.writer, now=NOW)), Policy.MANUAL)
        transcript_states.go_ahead(back, by=scene.officer, now=NOW)
        (publication,) = sweep(NOW + UNDO)
        rows = publications.publications_of(scene.conference.id, first.transcript.public_id)
        assert [(each.number, each.state.value) for each in rows] == [(2, "released"), (1, "withdrawn")]
        assert publications.publication(scene.conference.id, publication.public_id) is publication
