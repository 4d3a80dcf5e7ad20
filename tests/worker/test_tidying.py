"""Tidying: what is kept for a while goes when its time is over, and nothing else; the worker does it by itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from confapp.database import db
from confapp.domain.press import subscribers, webhooks, working_copies
from confapp.domain.press.subscribers import Subscriber
from confapp.domain.press.webhooks import Delivery
from confapp.domain.press.working_copies import WorkingCopy
from confapp.worker import tidying
from confapp.worker.parts import PARTS
from tests.conftest import Transaction
from tests.factories import NOW
from tests.press import Scene

HOUR = dt.timedelta(hours=1)


def test_the_worker_tidies() -> None:
    assert tidying.tidy in {loop.sweep for loops in PARTS.values() for loop in loops}


def test_what_was_kept_long_enough_is_forgotten(app: Any, write: Transaction) -> None:
    with write():
        scene = Scene()
        for address in ("confirmed@example.org", "silent@example.org"):
            subscribers.subscribe(scene.conference, address, language="en", now=NOW)
        (first,) = db.session.scalars(sa.select(Subscriber).where(Subscriber.email == "confirmed@example.org"))
        subscribers.confirm(first, now=NOW)
        hook = webhooks.add(scene.conference, "https://news.example/hook", by=scene.officer, now=NOW)
        webhooks.test(hook, now=NOW)
        working_copies.keep(scene.draft(), [("headline", "x")], expected=1, by=scene.writer, now=NOW)

    def left(now: dt.datetime) -> tuple[list[str], int, int]:
        db.session.rollback()
        assert tidying.tidy(now) == 0
        with write():
            addresses = db.session.scalars(sa.select(Subscriber.email).order_by(Subscriber.email)).all()
            counts = [db.session.scalar(sa.select(sa.func.count(model.id))) for model in (Delivery, WorkingCopy)]
            return list(addresses), counts[0] or 0, counts[1] or 0

    both, kept = ["confirmed@example.org", "silent@example.org"], ["confirmed@example.org"]
    assert left(NOW + subscribers.CONFIRM_WITHIN - HOUR) == (both, 1, 1)
    assert left(NOW + subscribers.CONFIRM_WITHIN + HOUR) == (kept, 1, 1)
    assert left(NOW + webhooks.KEPT - HOUR) == (kept, 1, 1)
    assert left(NOW + webhooks.KEPT + HOUR) == (kept, 0, 0)
