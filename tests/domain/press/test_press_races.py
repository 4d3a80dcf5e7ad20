"""T13: one transaction is open while another wants the same version; whoever comes second waits and reads again."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from confapp.database import Mode, db, transaction
from confapp.domain.errors import NotNow
from confapp.domain.live.stage import Fact
from confapp.domain.people import Account
from confapp.domain.press import publications, publishing, transcript_states
from confapp.domain.press.publications import Publication
from confapp.domain.press.transcript_editing import edit
from confapp.domain.press.transcripts import Policy, Version, VersionState
from confapp.domain.programme import sessions
from tests.factories import NOW
from tests.press import ENDS, MINUTE, STARTS, WORDS, Scene

UNDO = MINUTE


class Rival(threading.Thread):
    """Does something in a transaction of its own, beside the test's; `answer` is what came of it."""

    def __init__(self, app: Any, deed: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.app, self.deed = app, deed
        self.answer: Any = None

    def run(self) -> None:
        """Do it."""
        with self.app.app_context():
            try:
                with transaction():
                    self.answer = self.deed()
            except Exception as error:
                self.answer = error


def race(app: Any, write: Any, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """`first` has done its work but not committed when `second` begins; what came of `second`."""
    with write():
        first()
        rival = Rival(app, second)
        rival.start()
        rival.join(0.3)
        assert rival.is_alive(), "whoever comes second waits"
    rival.join(20)
    assert not rival.is_alive()
    return rival.answer


@pytest.fixture
def due_version(write):
    """A scene, and the id of a version that is due at ENDS + UNDO."""
    with write():
        scene = Scene()
        version = scene.armed()
        scene.end(now=ENDS)
    return scene, version.id


def release(version_id: int) -> int | None:
    """What the worker does; the publication's number."""
    made = publishing.release_due(version_id, now=ENDS + UNDO)
    return made.number if made else None


def version_by(version_id: int) -> Version:
    return db.session.get_one(Version, version_id)


DEEDS: dict[str, Callable[[Scene, int], Any]] = {
    "hold": lambda scene, key: transcript_states.hold(version_by(key), by=None, now=ENDS + UNDO),
    "edit": lambda scene, key: edit(
        version_by(key), {"headline": "Other"}, expected=1, by=scene.writer, now=ENDS + UNDO
    ),
    "add a paragraph": lambda scene, key: edit(
        version_by(key),
        {"blocks": [*version_by(key).blocks, {"kind": "speech", "text": "And more."}]},
        expected=1,
        by=scene.writer,
        now=ENDS + UNDO,
    ),
    "disarm": lambda scene, key: transcript_states.disarm(version_by(key), by=None, now=ENDS + UNDO),
}


@pytest.mark.parametrize("deed", sorted(DEEDS))
def test_t13_what_comes_before_the_release_stops_it(app, write, due_version, deed):
    scene, key = due_version
    assert race(app, write, lambda: DEEDS[deed](scene, key), lambda: release(key)) is None
    with write(Mode.READ):
        assert db.session.query(Publication).count() == 0


@pytest.mark.parametrize("deed", sorted(DEEDS))
def test_t13_what_comes_after_the_release_is_refused(app, write, due_version, deed):
    scene, key = due_version
    answer = race(app, write, lambda: release(key), lambda: DEEDS[deed](scene, key))
    assert isinstance(answer, NotNow)
    with write(Mode.READ):
        assert db.session.query(Publication).one().headline == WORDS["headline"]


def test_t13_an_end_that_is_being_revoked_releases_nothing(app, write, due_version):
    scene, key = due_version
    assert race(app, write, lambda: scene.say(Fact.REVOKED, now=ENDS + UNDO), lambda: release(key)) is None


def test_t13_a_schedule_that_is_being_released_is_waited_for(app, write, due_version):
    scene, key = due_version

    def retitle() -> None:
        sessions.edit(scene.session, scene.conference, {"title": {"en": "Another title"}}, by=None, now=ENDS)
        scene.release_schedule(now=ENDS)

    assert race(app, write, retitle, lambda: release(key)) is None
    with write(Mode.READ):
        assert version_by(key).state is VersionState.DRAFT


def test_t13_two_workers_release_a_version_once(app, write, due_version):
    _, key = due_version
    assert race(app, write, lambda: release(key), lambda: release(key)) is None
    with write(Mode.READ):
        assert db.session.query(Publication).count() == 1


def test_t13_withdrawing_takes_what_is_being_released_with_it(app, write):
    with write():
        scene = Scene()
        prepared = scene.released(now=NOW)
        french = scene.draft(transcript=prepared.transcript, language="fr", session=None)
        scene.arm(scene.approve(french), Policy.AT_TIME, at=STARTS)
        key, coming, officer = prepared.id, french.id, scene.officer.id

    def withdraw() -> list[int]:
        by = db.session.get_one(Account, officer)
        gone = publishing.withdraw(version_by(key), "Wrong words.", by=by, now=STARTS)
        return [each.number for each in gone]

    assert race(app, write, lambda: release(coming), withdraw) == [1, 2]


def test_two_releases_of_one_conference_stand_in_line_in_the_ledger(app, write):
    with write():
        scene = Scene()
        first, second = (scene.armed(Policy.AT_TIME, at=STARTS, words={"session": None}).id for _ in range(2))
    assert race(app, write, lambda: release(first), lambda: release(second)) == 1
    with write(Mode.READ):
        one, other = db.session.query(Publication).order_by(Publication.id)
        assert (one.previous, other.previous) == ("", one.ledger)
        assert publications.broken_at(scene.conference.id) is None
