"""T10: a worker that dies at any step of a release, or at the very moment of it, makes no early, double or lost one."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from confapp.clock import system_clock
from confapp.config import Settings
from confapp.database import Mode, db
from confapp.domain.outbox import OutboxRow
from confapp.domain.press import publications, transcript_states
from confapp.domain.press.publications import Publication
from confapp.domain.press.transcripts import Policy, Version, VersionEvent, VersionState
from confapp.worker import clock
from tests.conftest import Transaction
from tests.press import ENDS, MINUTE, Scene

ROOT = Path(__file__).resolve().parents[2]
DUE = ENDS + MINUTE
WITHIN = 5.0
"""Seconds after its conditions hold until words are public."""
ATTEMPTS = 3
"""A machine that does ten things at once is no fault of the app's: one of so many releases has to be in time."""


class Killed(BaseException):
    """The process ends here: no handler of ours sees it."""


@contextmanager
def killed_at(step: int) -> Iterator[list[str]]:
    """Die right before the statement with this number is sent, or in the middle of the commit after the last one."""
    sent: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)
        if len(sent) == step:
            raise Killed

    def commit(_connection: Any) -> None:
        count(None, None, "COMMIT")

    event.listen(db.engine, "before_cursor_execute", count)
    event.listen(db.engine, "commit", commit)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
        event.remove(db.engine, "commit", commit)


def _found(write: Transaction) -> tuple[int, int, list[VersionState]]:
    """How many publications, messages of them, and the state of each version."""
    with write(Mode.READ):
        told = sa.select(sa.func.count()).select_from(OutboxRow).where(OutboxRow.kind == "publication.released")
        states = list(db.session.scalars(sa.select(Version.state).order_by(Version.id)))
        return len(db.session.scalars(sa.select(Publication.id)).all()), db.session.scalar(told) or 0, states


def test_t10_killed_before_any_statement_of_the_release_it_is_made_once(write: Transaction) -> None:
    """The delivered words take the place of the prepared ones: the longest transaction that there is."""
    with write():
        scene = Scene()
        prepared = scene.released(now=ENDS - MINUTE)
        scene.arm(scene.approve(scene.draft(transcript=prepared.transcript, kind="as_delivered")))
        scene.end(now=ENDS)
    before = _found(write)
    step, is_over = 0, False
    while not is_over:
        step += 1
        with killed_at(step) as sent:
            try:
                assert clock.release_due(DUE) == 1
                is_over = True
            except Killed:
                pass
        if not is_over:
            assert _found(write) == before, f"step {step}, before: {sent[-1]}"
    assert step > 30, "the steps are counted"
    assert sent[-1] == "COMMIT"
    assert _found(write) == (2, 2, [VersionState.SUPERSEDED, VersionState.RELEASED])
    assert clock.release_due(DUE) == 0
    with write(Mode.READ):
        assert publications.broken_at(scene.conference.id) is None
        released = db.session.scalars(sa.select(VersionEvent.event).order_by(VersionEvent.id)).all()
        assert released.count("release") == 2


def _environment(settings: Settings) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("CONFAPP_", "PYTEST_"))}
    own = {
        "CONFAPP_INSTANCE": str(settings.instance),
        "CONFAPP_SECRET_KEY": settings.secret_key,
        "CONFAPP_AUDIT_KEY": settings.audit_key,
        "CONFAPP_BASE_URL": settings.base_url,
        "DATABASE_URL": settings.database_url,
    }
    return inherited | own


def _parts(parent: int) -> dict[str, int]:
    """The processes that a process started, by the part of the worker that they run."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(status.read_text().rpartition(")")[2].split()[1]) == parent:
                words = status.with_name("cmdline").read_text().rstrip("\0").split("\0")
                found[words[-1]] = int(status.parent.name)
    return found


def _approved(write: Transaction) -> list[int]:
    """As many approved versions of no session as there are attempts, and one more."""
    with write():
        scene = Scene()
        return [
            scene.approve(scene.draft(session=None, headline=f"Words {number}")).id for number in range(ATTEMPTS + 1)
        ]


def _arm(write: Transaction, version_id: int, moment: dt.datetime) -> None:
    """Let a version fall due at a moment of the real clock."""
    with write():
        version = db.session.get_one(Version, version_id)
        before = moment - dt.timedelta(hours=1)
        assert version.approval is not None
        by = version.approval.account
        transcript_states.arm(version, Policy.AT_TIME, at=moment, undo_seconds=0, by=by, now=before)


def _public_since(write: Transaction, version_id: int) -> dt.datetime:
    """The moment from which the words are there to be read; TimeoutError after a minute: they are lost."""
    until = system_clock() + MINUTE
    while system_clock() < until:
        with write(Mode.READ):
            version = db.session.get_one(Version, version_id, populate_existing=True)
            if db.session.scalar(sa.select(Publication.id).where(Publication.version == str(version.uuid))):
                return system_clock()
        time.sleep(0.05)
    raise TimeoutError


def test_words_are_public_within_5_seconds_although_the_worker_is_killed_at_that_moment(
    settings: Settings, write: Transaction
) -> None:
    """Invariant 13, with real processes: `flask work` starts its clock again when that is killed."""
    first, *others = _approved(write)
    late: list[float] = []
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "work"]
    with subprocess.Popen(
        command, cwd=ROOT, env=_environment(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as work:
        try:
            _arm(write, first, system_clock())
            _public_since(write, first)  # the worker runs
            for version_id in others:
                moment = system_clock() + dt.timedelta(seconds=2)
                _arm(write, version_id, moment)
                time.sleep(max(0.0, (moment - system_clock()).total_seconds() - 0.02))
                os.kill(_parts(work.pid)["clock"], signal.SIGKILL)
                late.append((_public_since(write, version_id) - moment).total_seconds())
                if late[-1] < WITHIN:
                    break
        finally:
            work.terminate()
    assert all(each >= 0 for each in late), "none was early"
    assert late[-1] < WITHIN, late
    with write(Mode.READ):
        assert db.session.query(Publication).count() == 1 + len(late), "none was made twice"
