"""The worker: what happens unasked. Every duty is a row that is swept, so killing it loses nothing.

Two processes under one command: *clock* sweeps each second for due publications and outbox rows; *renders* makes the
files that were asked for. Neither keeps anything in memory that a row does not hold.
"""

from __future__ import annotations

import datetime as dt
import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import cast

import sqlalchemy as sa
from flask import current_app

from confapp.database import Mode, db, transaction
from confapp.domain import outbox
from confapp.web import ConfappFlask

log = logging.getLogger("confapp.worker")

BEAT_EVERY = dt.timedelta(seconds=10)


def moment() -> dt.datetime:
    """The moment by which duties fall due: the database's clock where machines share one, else the app's."""
    app = cast(ConfappFlask, current_app)
    settings = app.config["CONFAPP"]
    if settings.is_embedded or settings.clock_file or settings.is_testing:
        return app.clock()
    with transaction(Mode.READ):
        told = db.session.scalar(sa.select(sa.func.now()))
    return cast(dt.datetime, told).astimezone(dt.UTC)


def run(part: str, sweep: Callable[[dt.datetime], int], *, pause: float) -> None:
    """Sweep for ever: again at once while there was something to do, else after `pause` seconds; ends on SIGTERM."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    said: dt.datetime | None = None
    while not stop.is_set():
        done = 0
        try:
            now = moment()
            done = sweep(now)
            if said is None or abs(now - said) >= BEAT_EVERY:
                with transaction():
                    outbox.beat(part, now=now)
                said = now
        except Exception:
            log.exception("%s: a sweep failed; the next one tries again", part)
        finally:
            db.session.remove()
        if not done:
            stop.wait(pause)
