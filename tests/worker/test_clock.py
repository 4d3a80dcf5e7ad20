"""The clock: due words go out once, the outbox is delivered at least once, and one failure stops nothing else."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
import sqlalchemy as sa

from confapp.database import db
from confapp.domain import outbox
from confapp.domain.outbox import LEASE, RETRIES, OutboxRow
from confapp.domain.press import publishing
from confapp.domain.press.publications import Publication
from confapp.web import ConfappFlask
from confapp.worker import clock
from tests.conftest import Transaction
from tests.factories import NOW
from tests.press import ENDS, Scene

SECOND = dt.timedelta(seconds=1)
DUE = ENDS + dt.timedelta(minutes=10)
"""When nobody can undo an end any more."""


def _send(write: Transaction, kind: str = "mail.x", **more: Any) -> None:
    with write():
        outbox.send(kind, {}, conference_id=None, now=NOW, **more)


def _rows(write: Transaction) -> list[OutboxRow]:
    with write():
        rows = list(db.session.scalars(sa.select(OutboxRow).order_by(OutboxRow.id)))
        db.session.expunge_all()
        return rows


def _published(write: Transaction) -> int:
    with write():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Publication)) or 0


@pytest.fixture
def delivered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of rows in the order of their delivery, which always succeeds."""
    told: list[str] = []
    monkeypatch.setattr(clock, "deliver", lambda row, now: told.append(str(row.uuid)))
    return told


def test_words_go_out_once_the_session_has_ended(write: Transaction) -> None:
    with write():
        scene = Scene()
        scene.armed()
    assert clock.release_due(NOW) == 0
    with write():
        scene.end(now=ENDS)
    assert clock.release_due(DUE) == 1
    assert clock.release_due(DUE) == 0
    assert _published(write) == 1


def test_one_version_that_fails_holds_no_other_up(write: Transaction, monkeypatch: pytest.MonkeyPatch) -> None:
    with write():
        scene = Scene()
        scene.armed()
        scene.armed(words={"language": "fr"})
        scene.end(now=ENDS)
        first, _second = publishing.due(now=DUE)
    real = publishing.release_due

    def fail_for_first(version: int, *, now: dt.datetime) -> Publication | None:
        if version == first:
            raise ZeroDivisionError
        return real(version, now=now)

    monkeypatch.setattr(publishing, "release_due", fail_for_first)
    assert clock.release_due(DUE) == 1
    monkeypatch.undo()
    assert clock.release_due(DUE) == 1
    assert _published(write) == 2


@pytest.mark.postgres
def test_two_clocks_at_once_publish_once(app: ConfappFlask, write: Transaction) -> None:
    with write():
        scene = Scene()
        for language in ("en", "fr", "nl"):
            scene.armed(words={"language": language})
        scene.end(now=ENDS)
    start, counts, errors = threading.Barrier(2), [], []

    def sweep() -> None:
        try:
            with app.app_context():
                start.wait()
                counts.append(clock.release_due(DUE))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sum(counts) == _published(write) == 3


@pytest.mark.postgres
def test_two_clocks_at_once_deliver_each_row_once(app: ConfappFlask, write: Transaction, delivered: list[str]) -> None:
    for _ in range(12):
        _send(write)
    start = threading.Barrier(2)

    def sweep() -> None:
        with app.app_context():
            start.wait()
            while clock.deliver_next(NOW):
                pass

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(delivered) == sorted(str(row.uuid) for row in _rows(write))
    assert len(set(delivered)) == 12


def test_rows_are_delivered_in_order_and_when_they_are_due(write: Transaction, delivered: list[str]) -> None:
    _send(write, due_at=NOW + 5 * SECOND)
    _send(write)
    later, first = [str(row.uuid) for row in _rows(write)]
    assert [clock.deliver_next(NOW), clock.deliver_next(NOW)] == [1, 0]
    assert delivered == [first]
    assert clock.deliver_next(NOW + 5 * SECOND) == 1
    assert delivered == [first, later]
    assert [(row.is_delivered, row.attempts) for row in _rows(write)] == [(True, 1), (True, 1)]


def test_a_failure_is_tried_again_ever_later_and_then_stays_visible(
    write: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_row: OutboxRow, *, now: dt.datetime) -> None:
        raise ConnectionError("nobody there")

    monkeypatch.setattr(clock, "deliver", fail)
    _send(write)
    now = NOW
    for pause in RETRIES:
        assert clock.deliver_next(now) == 1
        assert clock.deliver_next(now + (pause - 1) * SECOND) == 0
        now += pause * SECOND
    assert clock.deliver_next(now) == 1
    assert clock.deliver_next(now + dt.timedelta(days=30)) == 0
    (row,) = _rows(write)
    assert (row.is_delivered, row.closed_at, row.error) == (False, now, "ConnectionError: nobody there")
    with write():
        assert [each.id for each in outbox.given_up()] == [row.id]
        assert outbox.try_again(now=now) == 1
        assert outbox.given_up() == []
    monkeypatch.setattr(clock, "deliver", lambda _row, now: None)
    assert clock.deliver_next(now) == 1
    (row,) = _rows(write)
    assert (row.is_delivered, row.error) == (True, None)


def test_a_row_whose_delivery_kills_the_worker_is_given_up_too(
    write: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_row: OutboxRow, *, now: dt.datetime) -> None:
        raise SystemExit

    monkeypatch.setattr(clock, "deliver", die)
    _send(write)
    now = NOW
    for _ in range(len(RETRIES) + 1):
        with pytest.raises(SystemExit):
            clock.deliver_next(now)
        assert clock.deliver_next(now + LEASE - SECOND) == 0
        now += LEASE
    assert clock.deliver_next(now) == 0
    (row,) = _rows(write)
    assert (row.is_delivered, row.closed_at) == (False, now)
    assert row.error == "Each attempt ended with the worker itself."
