"""Alarms: what is late, overdue, taken back or outdated is told once, by mail, to whoever can act."""

from __future__ import annotations

import datetime as dt

import pytest

from confapp.database import Mode, db
from confapp.domain import permissions
from confapp.domain.errors import NotNow
from confapp.domain.live.stage import Fact, StageFact
from confapp.domain.outbox import OutboxRow
from confapp.domain.permissions import Role
from confapp.domain.press import alarms, press_desk, publishing, transcript_states
from confapp.domain.press.alarms import Alarm, Due, PressAlarm
from confapp.domain.press.press_desk import Urgency
from confapp.domain.press.transcript_editing import correct, edit
from confapp.domain.press.transcripts import Correction, Event, Policy, Version, VersionState, history
from tests.factories import NOW, at
from tests.press import ENDS, MINUTE, SECOND, STARTS, Scene, sweep

HOUR = 60 * MINUTE
OVERRUN = ENDS + 15 * MINUTE


class Office(Scene):
    """The scene, whose officer and second hold press roles."""

    def __init__(self) -> None:
        super().__init__()
        for account, role in ((self.officer, Role.PRESS_OFFICER), (self.second, Role.PRESS_APPROVER)):
            permissions.grant(account, self.conference.id, role, by=None, now=NOW)

    def told(self, kind: Alarm) -> list[int]:
        """The accounts to whom mails about such an alarm are on their way."""
        rows = db.session.query(OutboxRow).filter_by(kind="mail.press").order_by(OutboxRow.id)
        assert all(set(row.payload) == {"account", "version", "alarm"} for row in rows), "ids, never words"
        return [row.payload["account"] for row in rows if row.payload["alarm"] == kind.value]


def raised(now: dt.datetime) -> list[Alarm]:
    """What the watch raises at that moment."""
    return [each.kind for each in alarms.due(now=now) if publishing.raise_alarm(each, now=now)]


@pytest.mark.parametrize(
    ("policy", "moment"), [(Policy.ON_SESSION_END, ENDS + MINUTE), (Policy.AT_SCHEDULED_END, ENDS)]
)
def test_what_is_not_public_30_seconds_after_it_fell_due_is_late(write, policy, moment):
    with write():
        office = Office()
        version = office.armed(policy)
        office.end(now=ENDS)
        assert raised(moment + 29 * SECOND) == []
        assert raised(moment + 30 * SECOND) == [Alarm.LATE]
        assert office.told(Alarm.LATE) == [office.officer.id, office.second.id]
        (queued,) = press_desk.queue(office.conference, now=moment + 30 * SECOND)
        assert (queued.version.id, queued.urgency) == (version.id, Urgency.OVERDUE)
        assert raised(moment + HOUR) == [], "an alarm is raised once"


def test_t12_an_end_that_nobody_confirmed_within_15_minutes_is_an_alarm(write):
    with write():
        office = Office()
        office.armed(Policy.ON_SESSION_END)
        office.armed(Policy.AT_TIME, at=at("18:00"), words={"language": "fr"})
        office.say(Fact.STARTED, Fact.RUNNING_OVER, now=STARTS)
        assert raised(OVERRUN - SECOND) == []
        assert raised(OVERRUN) == [Alarm.OVERRUN]
        assert raised(OVERRUN + HOUR) == []


def test_t12_what_the_worker_stopped_is_told(write):
    with write():
        office = Office()
        for language, policy, when in (("en", Policy.ON_SESSION_END, None), ("fr", Policy.AT_TIME, at("18:00"))):
            office.armed(policy, at=when, words={"language": language})
        office.move(30, now=NOW)
        office.release_schedule(now=NOW + MINUTE)
        sweep(NOW + MINUTE)
        assert len(office.told(Alarm.DISARMED)) == 2
        office.say(Fact.POSTPONED, now=NOW + MINUTE)
        sweep(NOW + 2 * MINUTE)
        assert len(office.told(Alarm.HELD)) == 2
        assert office.told(Alarm.VOIDED) == []


def test_only_those_who_hold_a_role_now_are_told(write):
    with write():
        office = Office()
        permissions.grant(
            office.writer, office.conference.id, Role.PRESS_OFFICER, by=None, now=NOW, expires_at=NOW + MINUTE
        )
        version = office.armed()
        assert alarms.sound(Due(version.id, Alarm.LATE, "now"), now=NOW + HOUR)
        assert office.told(Alarm.LATE) == [office.officer.id, office.second.id]
        assert not alarms.sound(Due(version.id, Alarm.LATE, "now"), now=NOW + HOUR)


def test_a_withdrawal_that_nobody_confirmed_within_a_day_is_an_alarm(write):
    with write():
        office = Office()
        version = office.released(now=NOW)
        publishing.withdraw(version, "Wrong words.", by=office.officer, now=NOW)
        assert raised(NOW + 24 * HOUR - SECOND) == []
        assert raised(NOW + 24 * HOUR) == [Alarm.WITHDRAWAL]
        publishing.confirm_withdrawal(version, by=office.second, now=NOW + 25 * HOUR)
        db.session.query(PressAlarm).delete()
        assert raised(NOW + 48 * HOUR) == []


# A session that comes under the Chatham House Rule after its words went out.


def test_public_words_that_come_under_the_rule_are_an_incident_to_be_withdrawn(write):
    with write():
        office = Office()
        version = office.released(now=ENDS)
        assert raised(ENDS + MINUTE) == []
        office.session.is_chatham_house = True
        assert raised(ENDS + MINUTE) == [Alarm.CHATHAM_HOUSE]
        assert raised(ENDS + HOUR) == [], "an alarm is raised once"
        assert office.told(Alarm.CHATHAM_HOUSE) == [office.officer.id, office.second.id]
        assert history(version)[-1].event is Event.INCIDENT
        (queued,) = press_desk.queue(office.conference, now=ENDS + HOUR)
        assert (queued.urgency, queued.is_under_the_rule) == (Urgency.INCIDENT, True)
        with pytest.raises(NotNow, match="Chatham House"):
            transcript_states.settle(version, "We like it.", by=office.officer, now=ENDS + HOUR)
        publishing.withdraw(version, "Under the rule.", by=office.officer, now=ENDS + HOUR)
        db.session.query(PressAlarm).delete()
        assert raised(ENDS + 2 * HOUR) == [], "what is withdrawn is no incident"


def test_a_mark_by_mistake_is_settled_and_a_later_one_alarms_again(write):
    with write():
        office = Office()
        version = office.released(now=ENDS)
        office.session.is_chatham_house = True
        assert raised(ENDS + MINUTE) == [Alarm.CHATHAM_HOUSE]
        office.session.is_chatham_house = False
        assert raised(ENDS + MINUTE) == []
        transcript_states.settle(version, "Marked by mistake.", by=office.officer, now=ENDS + HOUR)
        assert press_desk.queue(office.conference, now=ENDS + HOUR) == []
        office.session.is_chatham_house = True
        assert raised(ENDS + 2 * HOUR) == [Alarm.CHATHAM_HOUSE]


def test_what_only_the_released_page_says_alarms_too(write):
    with write():
        office = Office()
        office.released(now=ENDS)
        office.session.is_chatham_house = True
        office.release_schedule(now=ENDS + MINUTE)
        office.session.is_chatham_house = False
        assert raised(ENDS + MINUTE) == [Alarm.CHATHAM_HOUSE]


def test_superseded_words_alarm_where_nothing_stands_in_their_place(write):
    with write():
        office = Office()
        old = office.bring(office.draft(), VersionState.SUPERSEDED)
        office.session.is_chatham_house = True
        (due,) = alarms.due(now=ENDS)
        assert due.version_id != old.id
        newer = db.session.get(Version, due.version_id)
        publishing.withdraw(newer, "Wrong.", by=office.officer, now=ENDS, is_everything=False)
        assert not publishing.raise_alarm(due, now=ENDS), "it was withdrawn between the look and the alarm"
        assert [each.version_id for each in alarms.due(now=ENDS) if each.kind is Alarm.CHATHAM_HOUSE] == [old.id]
        assert raised(ENDS) == [Alarm.CHATHAM_HOUSE]
        assert old.state is VersionState.SUPERSEDED


# An end that is taken back.


def revoke(office: Scene, now: dt.datetime) -> int:
    """The stage desk takes the end back; the fact."""
    office.say(Fact.REVOKED, now=now)
    return db.session.query(StageFact).order_by(StageFact.id.desc()).first().id


def test_t12_an_end_taken_back_after_the_release_opens_an_incident(write):
    with write():
        office = Office()
        version = office.armed()
        by_time = office.armed(Policy.AT_TIME, at=ENDS + 2 * MINUTE, words={"language": "fr"})
        office.end(now=ENDS)
        sweep(ENDS + MINUTE)
        sweep(ENDS + 2 * MINUTE)
        assert by_time.state is VersionState.RELEASED
        fact = revoke(office, ENDS + 3 * MINUTE)
        assert [each.id for each in publishing.look_back(fact, now=ENDS + 3 * MINUTE)] == [version.id]
        assert publishing.look_back(fact, now=ENDS + 4 * MINUTE) == [], "a message told twice opens it once"
        assert history(version)[-1].event is Event.INCIDENT
        assert office.told(Alarm.INCIDENT) == [office.officer.id, office.second.id]
        (queued,) = press_desk.queue(office.conference, now=ENDS + 4 * MINUTE)
        assert (queued.version.id, queued.urgency) == (version.id, Urgency.INCIDENT)
        held = permissions.Held(office.officer, office.conference.id, NOW).all()
        offers = {each.event for each in press_desk.offers(version, held, by=office.officer, now=ENDS) if each.is_open}
        assert {Event.WITHDRAW, Event.SETTLE} <= offers
        transcript_states.settle(version, "It had ended.", by=office.officer, now=ENDS + 5 * MINUTE)
        assert press_desk.queue(office.conference, now=ENDS + 6 * MINUTE) == []
        with pytest.raises(NotNow):
            transcript_states.settle(version, "Again.", by=office.officer, now=ENDS + 5 * MINUTE)


def test_t12_an_end_taken_back_in_the_moment_of_the_release_opens_an_incident_too(write):
    with write():
        office = Office()
        version = office.armed(undo_seconds=0)
        office.end(now=ENDS)
        assert len(sweep(ENDS)) == 1
        assert publishing.look_back(revoke(office, ENDS), now=ENDS) == [version]


def test_t12_an_end_taken_back_within_the_undo_delay_is_no_incident(write):
    with write():
        office = Office()
        version = office.armed()
        office.end(now=ENDS)
        fact = revoke(office, ENDS + 59 * SECOND)
        assert sweep(ENDS + MINUTE) == []
        assert publishing.look_back(fact, now=ENDS + MINUTE) == []
        assert version.state is VersionState.ARMED
        assert publishing.look_back(10**6, now=ENDS) == []


def test_taking_back_what_is_no_end_is_no_incident(write):
    with write():
        office = Office()
        version = office.armed()
        office.end(now=ENDS)
        sweep(ENDS + MINUTE)
        assert publishing.look_back(revoke(office, ENDS + 2 * MINUTE), now=ENDS + 2 * MINUTE) == [version]
        fact = revoke(office, ENDS + 3 * MINUTE)  # it had not started either
        assert publishing.look_back(fact, now=ENDS + 3 * MINUTE) == []


def test_withdrawing_ends_an_incident(write):
    with write():
        office = Office()
        version = office.armed()
        office.end(now=ENDS)
        sweep(ENDS + MINUTE)
        publishing.look_back(revoke(office, ENDS + 2 * MINUTE), now=ENDS + 2 * MINUTE)
        publishing.withdraw(version, "Too early.", by=office.officer, now=ENDS + 3 * MINUTE)
        (queued,) = press_desk.queue(office.conference, now=ENDS + 3 * MINUTE)
        assert queued.urgency is Urgency.WITHDRAWN


# Translations.


def test_a_translation_is_bound_to_a_revision_of_its_source(write):
    with write():
        office = Office()
        source = office.draft()
        french = office.draft(language="fr", translation_of=source)
        office.arm(office.approve(french), Policy.AT_TIME, at=STARTS)
        edit(source, {"headline": "Other words"}, expected=1, by=office.writer, now=NOW)
        sweep(NOW + MINUTE)
        assert (french.state, french.approval) == (VersionState.DRAFT, None)
        with pytest.raises(NotNow, match="changed since"):
            transcript_states.submit(french, by=office.writer, now=NOW)
        transcript_states.follow_source(french, by=office.writer, now=NOW)
        office.approve(french)
        assert french.state is VersionState.APPROVED


def test_t16_a_correction_of_the_source_tells_its_translators_and_the_next_one_follows_it(write):
    with write():
        office = Office()
        source = office.released(now=NOW)
        french = office.released(now=NOW, transcript=source.transcript, language="fr", translation_of=source)
        second = correct(source, Correction.TYPO, "A comma.", by=office.writer, now=NOW)
        edit(second, {"headline": "Vaccines, for all"}, expected=1, by=office.writer, now=NOW)
        office.arm(office.approve(second), Policy.AT_TIME, at=STARTS)
        assert office.told(Alarm.OUTDATED) == []
        sweep(STARTS)
        assert office.told(Alarm.OUTDATED) == [office.writer.id, office.officer.id, office.second.id]
        newer = correct(french, Correction.TRANSLATION, "Follows.", by=office.writer, now=STARTS)
        edit(newer, {"headline": "Des vaccins, pour tous"}, expected=1, by=office.writer, now=STARTS)
        transcript_states.follow_source(newer, by=office.writer, now=STARTS)
        assert (newer.translation_of_id, newer.source_revision) == (second.id, second.lock_version)
        office.arm(office.approve(newer, now=STARTS), Policy.AT_TIME, at=ENDS, now=STARTS)
        (publication,) = sweep(ENDS)
        assert publication.translates == 3


# One person.


def test_t14_one_person_approves_own_work_only_where_the_conference_says_so_and_it_shows(write):
    with write():
        scene = Scene()
        scene.conference.may_approve_own = True
        version = scene.draft()
        transcript_states.submit(version, by=scene.writer, now=NOW)
        transcript_states.approve(version, seen=version.hash, by=scene.writer, now=NOW)
        assert version.approval is not None
        assert version.approval.is_own
        scene.arm(version, Policy.AT_TIME, at=STARTS)
        (publication,) = sweep(STARTS)
        assert publication.is_self_approved
        four_eyes = scene.released(now=STARTS, language="fr")
        assert four_eyes.approval is not None
        assert not four_eyes.approval.is_own


def test_t14_a_conference_that_wants_four_eyes_again_voids_what_one_person_approved(write):
    with write():
        scene = Scene()
        scene.conference.may_approve_own = True
        version = scene.draft()
        transcript_states.submit(version, by=scene.writer, now=NOW)
        transcript_states.approve(version, seen=version.hash, by=scene.writer, now=NOW)
        scene.arm(version, Policy.AT_TIME, at=STARTS)
        scene.conference.may_approve_own = False
        assert sweep(STARTS) == []
        assert (version.state, version.approval) == (VersionState.DRAFT, None)
    with write(Mode.READ):
        assert db.session.query(OutboxRow).filter_by(kind="transcript.void").count() == 1
