"""Killing the worker at any step loses nothing: rows are told again under the same id, files made again, words once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from confapp import delivery
from confapp.database import db
from confapp.domain import files, outbox
from confapp.domain.files import MadeFile
from confapp.domain.outbox import LEASE, OutboxRow
from confapp.domain.press import publishing
from confapp.domain.press.publications import Publication
from confapp.domain.release import releases
from confapp.web import ConfappFlask
from confapp.worker import clock, renders
from tests.agenda_scene import Programme
from tests.conftest import Transaction
from tests.factories import NOW
from tests.press import Scene
from tests.worker.test_clock import DUE

ROOT = Path(__file__).parent.parent.parent


class Killed(BaseException):
    """The process ends here: no handler of ours sees it."""


def _dying(step: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    """The step, whose process dies right before or right after it."""

    def die(*arguments: Any, **named: Any) -> Any:
        if after:
            step(*arguments, **named)
        raise Killed

    return die


STEPS = [(module, name, after) for module, name in ((outbox, "take_due"), (clock, "deliver"), (outbox, "settle"))
         for after in (False, True)]  # fmt: skip


@pytest.mark.parametrize(("module", "name", "after"), STEPS, ids=lambda value: getattr(value, "__name__", str(value)))
def test_a_message_is_told_at_least_once_under_one_id(
    write: Transaction, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, after: bool
) -> None:
    told: list[str] = []
    monkeypatch.setattr(clock, "deliver", lambda row, now: told.append(str(row.uuid)))
    with write():
        identifier = str(outbox.send("mail.x", {}, conference_id=None, now=NOW).uuid)
    with monkeypatch.context() as fault:
        fault.setattr(module, name, _dying(getattr(module, name), after=after))
        with pytest.raises(Killed):
            clock.deliver_next(NOW)
    while clock.deliver_next(NOW + LEASE):
        pass
    assert set(told) == {identifier}
    assert 1 <= len(told) <= 2
    with write():
        (row,) = db.session.scalars(sa.select(OutboxRow)).all()
        assert (row.is_delivered, row.error) == (True, None)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("module", "name"), [(files, "take_next"), (delivery, "make"), (files, "made")],
                         ids=["take_next", "make", "made"])  # fmt: skip
def test_a_file_is_made_all_the_same(
    write: Transaction, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, after: bool
) -> None:
    monkeypatch.setattr(delivery, "make", lambda *_: b"made")
    with write():
        release = Programme().release()
        delivery.ask(release, delivery.Wanted("pdf"), now=NOW)
    with monkeypatch.context() as fault:
        fault.setattr(module, name, _dying(getattr(module, name), after=after))
        with pytest.raises(Killed):
            renders.sweep(NOW)
    while renders.sweep(NOW):
        pass
    with write():
        (row,) = db.session.scalars(sa.select(MadeFile)).all()
        assert (row.body, row.error) == (b"made", None)


@pytest.mark.parametrize("after", [False, True])
def test_words_go_out_exactly_once(write: Transaction, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
    with write():
        scene = Scene()
        scene.armed()
        scene.end(now=DUE)
        db.session.execute(sa.delete(OutboxRow))
    later = DUE + (DUE - NOW)
    with monkeypatch.context() as fault:
        fault.setattr(publishing, "release_due", _dying(publishing.release_due, after=after))
        with pytest.raises(Killed):
            clock.release_due(later)
    assert clock.release_due(later) == 1
    assert clock.release_due(later) == 0
    with write():
        assert len(db.session.scalars(sa.select(Publication)).all()) == 1
        assert [row.kind for row in db.session.scalars(sa.select(OutboxRow))] == ["publication.released"]


WORKER = """
import sys, time
from confapp import create_app, delivery
from confapp.clock import system_clock
from confapp.worker import clock, renders

def hang(*_, **named):
    print("begun", flush=True)
    time.sleep(600)

delivery.make = clock.deliver = hang
with create_app().app_context():
    sys.argv[1] == "clock" and clock.deliver_next(system_clock())
    sys.argv[1] == "renders" and renders.sweep(system_clock())
"""


@pytest.mark.sqlite
@pytest.mark.parametrize("part", ["clock", "renders"])
def test_a_worker_killed_for_good_loses_nothing(
    app: ConfappFlask, write: Transaction, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    with write():
        made = Programme().release()
        conference_id, number = made.conference_id, made.number
        delivery.ask(made, delivery.Wanted("pdf"), now=NOW)
        identifiers = [str(row.uuid) for row in db.session.scalars(sa.select(OutboxRow))]
    settings = app.config["CONFAPP"]
    environment = os.environ | {
        "CONFAPP_INSTANCE": str(settings.instance),
        "CONFAPP_BASE_URL": settings.base_url,
        "CONFAPP_TESTING": "1",
    }
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, part], cwd=ROOT, env=environment, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        process.send_signal(signal.SIGKILL)
    told: list[str] = []
    monkeypatch.setattr(clock, "deliver", lambda row, now: told.append(str(row.uuid)))
    monkeypatch.setattr(delivery, "make", lambda *_: b"made")
    with write():
        taken = db.session.scalars(sa.select(OutboxRow)).one()
        assert taken.attempts == (part == "clock")
        due = taken.due_at
    while clock.deliver_next(due) or renders.sweep(due):
        pass
    assert told == identifiers
    with write():
        release = releases.numbered(conference_id, number)
        assert delivery.find(release, delivery.Wanted("pdf")) == b"made"
