"""T20: each guard, removed in turn, lets through what it alone refuses."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from confapp.database import db
from confapp.domain.errors import NotNow
from confapp.domain.live.stage import Fact
from confapp.domain.press import publishing, transcript_states
from confapp.domain.press.policies import Arming
from confapp.domain.press.release_guards import GUARDS
from confapp.domain.press.transcript_editing import edit
from confapp.domain.press.transcript_states import apply
from confapp.domain.press.transcripts import Event, Policy, Version, VersionKind, VersionState
from confapp.domain.programme import sessions
from tests.factories import NOW
from tests.press import ENDS, MINUTE, SECOND, Scene, imported, in_review

S = VersionState


def _chatham(scene: Scene) -> None:
    version = scene.draft()
    scene.session.is_chatham_house = True
    transcript_states.submit(version, by=scene.writer, now=NOW)


def _submit(scene: Scene, **values: Any) -> None:
    transcript_states.submit(scene.draft(**values), by=scene.writer, now=NOW)


def _retitle(scene: Scene) -> None:
    sessions.edit(scene.session, scene.conference, {"title": {"en": "Another title"}}, by=None, now=NOW)
    scene.release_schedule(now=NOW + MINUTE)


def _stale_approval(scene: Scene) -> None:
    version = in_review(scene)
    _retitle(scene)
    transcript_states.approve(version, seen=version.hash, by=scene.approver, now=NOW)


def _unread_approval(scene: Scene) -> None:
    version = in_review(scene)
    read = version.hash
    edit(version, {"headline": "Other words"}, expected=1, by=scene.writer, now=NOW)
    transcript_states.submit(version, by=scene.writer, now=NOW)
    transcript_states.approve(version, seen=read, by=scene.approver, now=NOW)


def _unchecked(scene: Scene) -> None:
    version = in_review(scene, kind=VersionKind.AS_DELIVERED)
    transcript_states.approve(version, seen=version.hash, by=scene.approver, now=NOW)


def _arm_outdated(scene: Scene) -> None:
    version = scene.approve(scene.draft())
    _retitle(scene)
    scene.arm(version)


def _release(version: Version, now: dt.datetime = NOW) -> None:
    apply(version, Event.RELEASE, by=None, now=now)


def _co_edit_after_approval(scene: Scene) -> None:
    version = scene.armed(Policy.AT_TIME, at=NOW + MINUTE)
    transcript_states.record(version, Event.EDIT, before=S.DRAFT, by=scene.approver, now=NOW)
    db.session.flush()
    _release(version, NOW + MINUTE)


def _stopped(scene: Scene) -> None:
    version = scene.armed(Policy.AT_TIME, at=NOW + MINUTE)
    scene.say(Fact.CANCELLED, now=NOW)
    _release(version, NOW + MINUTE)


def _moved(scene: Scene) -> None:
    version = scene.armed(Policy.AT_TIME, at=NOW + 2 * MINUTE)
    scene.move(30, now=NOW)
    scene.release_schedule(now=NOW + MINUTE)
    _release(version, NOW + 2 * MINUTE)


def _go_twice(scene: Scene) -> None:
    version = scene.armed(Policy.MANUAL)
    transcript_states.go_ahead(version, by=scene.officer, now=NOW)
    transcript_states.go_ahead(version, by=scene.officer, now=NOW)


def _alone_not_delivered(scene: Scene) -> None:
    scene.say(Fact.CANCELLED, now=NOW)
    version = scene.armed(Policy.MANUAL, is_not_delivered=True)
    transcript_states.go_ahead(version, by=scene.officer, now=NOW)


def _unhold_alone(scene: Scene) -> None:
    version = scene.bring(scene.draft(), S.HELD)
    apply(version, Event.UNHOLD, by=scene.officer, now=NOW)


def _early(scene: Scene) -> None:
    version = scene.armed(undo_seconds=0)
    scene.say(Fact.STARTED, now=NOW)
    _release(version, ENDS)


def _in_undo_delay(scene: Scene) -> None:
    version = scene.armed()
    scene.end(now=ENDS)
    _release(version, ENDS + 59 * SECOND)


def _by_hand_of_an_officer(scene: Scene) -> None:
    version = scene.armed(undo_seconds=0)
    scene.end(now=ENDS)
    apply(version, Event.RELEASE, by=scene.officer, now=ENDS)


def _translation_first(scene: Scene) -> None:
    source = scene.draft()
    version = scene.armed(Policy.AT_TIME, words={"translation_of": source, "language": "fr"}, at=NOW + MINUTE)
    _release(version, NOW + MINUTE)


def _prepared_after_delivered(scene: Scene) -> None:
    delivered = scene.released(kind=VersionKind.AS_DELIVERED, now=NOW)
    scene.arm(scene.approve(scene.draft(transcript=delivered.transcript)), Policy.AT_TIME, at=NOW + MINUTE)


def _own_changes(scene: Scene) -> None:
    transcript_states.request_changes(in_review(scene), "Shorter.", by=scene.writer, now=NOW)


def _confirm_alone(scene: Scene) -> None:
    version = scene.released(now=NOW)
    publishing.withdraw(version, "Wrong words.", by=scene.officer, now=NOW)
    publishing.confirm_withdrawal(version, by=scene.officer, now=NOW)


def _own_approval(scene: Scene) -> None:
    version = in_review(scene)
    transcript_states.approve(version, seen=version.hash, by=scene.writer, now=NOW)


def _without_policy(scene: Scene) -> None:
    apply(
        scene.approve(scene.draft()),
        Event.ARM,
        by=scene.officer,
        now=NOW,
        arming=Arming(policy=Policy.AT_TIME, armed_at=NOW, at=NOW),
    )


def _translation_of_older_words(scene: Scene) -> None:
    source = scene.draft()
    version = scene.draft(language="fr", translation_of=source)
    edit(source, {"headline": "Other words"}, expected=1, by=scene.writer, now=NOW)
    transcript_states.submit(version, by=scene.writer, now=NOW)


SCENARIOS: dict[str, Callable[[Scene], object]] = {
    "not_chatham_house": _chatham,
    "import_confirmed": lambda scene: transcript_states.submit(imported(scene), by=scene.writer, now=NOW),
    "import_open": lambda scene: apply(scene.draft(), Event.CONFIRM_IMPORT, by=scene.writer, now=NOW),
    "complete": lambda scene: _submit(scene, byline=""),
    "no_placeholders": lambda scene: _submit(scene, headline="Vaccines [[number]]"),
    "classified": lambda scene: _submit(scene, blocks=[{"kind": "unclassified", "text": "Hm."}]),
    "did_not_submit": _own_changes,
    "edited_nothing": _own_approval,
    "as_submitted": _stale_approval,
    "as_read": _unread_approval,
    "checked_against_recording": _unchecked,
    "as_approved": _arm_outdated,
    "approver_edited_nothing": _co_edit_after_approval,
    "policy_chosen": _without_policy,
    "session_linked": lambda scene: scene.armed(words={"session": None}),
    "takes_place": _stopped,
    "not_rescheduled": _moved,
    "by_hand": _go_twice,
    "two_say_not_delivered": _alone_not_delivered,
    "asked_by_another": _unhold_alone,
    "policy_true": _early,
    "undo_over": _in_undo_delay,
    "by_the_worker": _by_hand_of_an_officer,
    "source_public": _translation_first,
    "not_overtaken": _prepared_after_delivered,
    "reason_given": lambda scene: publishing.withdraw(scene.released(now=NOW), " ", by=scene.officer, now=NOW),
    "another_confirms": _confirm_alone,
    "source_unchanged": _translation_of_older_words,
    "source_moved": lambda scene: transcript_states.follow_source(
        scene.draft(language="fr", translation_of=scene.draft()), by=scene.writer, now=NOW
    ),
    "incident_open": lambda scene: transcript_states.settle(
        scene.released(now=NOW), "It was over.", by=scene.officer, now=NOW
    ),
}


def test_what_is_to_be_filled_in_is_named_with_its_place(write):
    with write(), pytest.raises(NotNow, match=r"TBC \(place\), \[\[ \(paragraph 1\), \]\] \(paragraph 1\)"):
        _submit(Scene(), place="TBC", blocks=[{"kind": "speech", "text": "We thank [[names]]."}])


class Undone(Exception):
    """Takes back what a scenario stored."""


def test_t20_each_guard_removed_in_turn_lets_something_through(write, monkeypatch):
    """One database for all of them, since opening one costs more than a scenario."""
    outcomes = {}
    for name, scenario in SCENARIOS.items():
        seen = []
        for is_removed in (False, True):
            with monkeypatch.context() as patch, suppress(Undone), write():
                if is_removed:
                    patch.setitem(GUARDS, name, lambda attempt: None)
                try:
                    scenario(Scene())
                    seen.append("happens")
                except NotNow:
                    seen.append("refused")
                raise Undone
        outcomes[name] = seen
    assert outcomes == {name: ["refused", "happens"] for name in GUARDS}
