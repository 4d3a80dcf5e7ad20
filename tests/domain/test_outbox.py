"""The outbox: nothing is sent that was rolled back, nothing is lost when a worker dies, nothing is tried for ever."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from confapp.database import db, transaction
from confapp.domain import outbox
from confapp.domain.outbox import LEASE, RETRIES, OutboxRow
from tests.conftest import NOW, Transaction

SECOND = dt.timedelta(seconds=1)


def send(kind: str = "x", **more: dt.datetime) -> OutboxRow:
    return outbox.send(kind, {"id": 1}, conference_id=None, now=NOW, **more)


def taken(write: Transaction, now: dt.datetime) -> OutboxRow | None:
    with write():
        return outbox.take_due(now=now)


def test_what_is_rolled_back_is_never_sent(write: Transaction) -> None:
    def fail() -> None:
        with write():
            send()
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert taken(write, NOW) is None


def test_rows_are_taken_when_due_the_oldest_first(write: Transaction) -> None:
    with write():
        send("later", due_at=NOW + SECOND)
        send("second")
        send("first", due_at=NOW - SECOND)
    kinds = []
    with write():
        while row := outbox.take_due(now=NOW):
            kinds.append((row.kind, row.payload))
    assert kinds == [("first", {"id": 1}), ("second", {"id": 1})]
    later = taken(write, NOW + SECOND)
    assert later is not None
    assert later.kind == "later"


def test_a_worker_that_dies_loses_only_its_time(write: Transaction) -> None:
    with write():
        identity = send().uuid
    assert taken(write, NOW) is not None
    assert taken(write, NOW + LEASE - SECOND) is None
    again = taken(write, NOW + LEASE)
    assert again is not None
    assert again.uuid == identity, "receivers know a repeated message by its id"


def test_a_delivered_row_is_closed(write: Transaction) -> None:
    with write():
        send()
    row = taken(write, NOW)
    assert row is not None
    with write():
        outbox.settle(row.id, None, now=NOW)
    with write():
        held = db.session.scalars(sa.select(OutboxRow)).one()
        assert (held.is_delivered, held.closed_at, held.error) == (True, NOW, None)
        assert outbox.given_up() == []
    assert taken(write, NOW + 999 * LEASE) is None


def test_failures_are_tried_again_ever_more_rarely_then_given_up(write: Transaction) -> None:
    with write():
        send()
    moment, waits = NOW, []
    for _ in range(len(RETRIES) + 1):
        row = taken(write, moment)
        assert row is not None
        with write():
            outbox.settle(row.id, "e" * 600, now=moment)
        with write():
            held = db.session.scalars(sa.select(OutboxRow)).one()
            assert held.error == "e" * 500
            if held.closed_at is None:
                waits.append((held.due_at - moment).total_seconds())
            moment = held.due_at
    assert waits == list(RETRIES)
    with write():
        (held,) = outbox.given_up()
        assert held.is_delivered is False
        assert outbox.take_due(now=NOW + dt.timedelta(days=999)) is None
        assert outbox.try_again(now=NOW) == 1
    row = taken(write, NOW)
    assert row is not None
    assert row.attempts == 1
    with write():
        assert outbox.given_up() == []


def test_a_row_that_kills_its_worker_each_time_is_given_up_too(write: Transaction) -> None:
    with write():
        send("deadly")
        send("harmless", due_at=NOW + 99 * LEASE)
    for attempt in range(len(RETRIES) + 1):
        row = taken(write, NOW + attempt * LEASE)
        assert row is not None
        assert (row.kind, row.attempts) == ("deadly", attempt + 1)
    harmless = taken(write, NOW + 99 * LEASE)
    assert harmless is not None
    assert harmless.kind == "harmless"
    with write():
        (dead,) = outbox.given_up()
        assert (dead.kind, dead.error) == ("deadly", "Each attempt ended with the worker itself.")


def test_two_workers_never_take_one_row(app: Flask, write: Transaction) -> None:
    with write():
        for _ in range(12):
            send()
    start = Barrier(2)

    def work(_worker: int) -> list[int]:
        mine: list[int] = []
        start.wait()
        for _ in range(12):
            with app.app_context(), transaction():
                row = outbox.take_due(now=NOW)
                mine += [row.id] if row else []
        return mine

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(work, range(2))
    assert len(one + other) == len(set(one + other)) == 12


def test_each_part_of_the_worker_says_that_it_lives(write: Transaction) -> None:
    with write():
        assert outbox.beats() == {}
        outbox.beat("clock", now=NOW)
        outbox.beat("renders", now=NOW)
        outbox.beat("clock", now=NOW + SECOND)
    with write():
        assert outbox.beats() == {"clock": NOW + SECOND, "renders": NOW}
