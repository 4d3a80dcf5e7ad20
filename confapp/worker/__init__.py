"""The worker: what happens unasked. Every duty is a row that is swept, so killing it loses nothing.

Two processes under one command. *clock* sweeps each second for due publications and, beside that, for outbox rows, so
that a mail server which does not answer never holds a publication up. *renders* makes the files that were asked for.
Neither keeps anything in memory that a row does not hold.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import cast

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from confapp.database import Mode, db, transaction
from confapp.database.troubles import reason, trouble
from confapp.domain import outbox
from confapp.web import ConfappFlask

log = logging.getLogger("confapp.worker")

BEAT_EVERY = 10.0
"""Seconds between two notes that a loop lives."""
LAST_WORDS = 1.0
"""Seconds that a sweep has to end once the worker is told to; its row is swept again."""
LOOK_EVERY = 1.0


@dataclass(frozen=True)
class Loop:
    """One duty: `sweep` does what is due and returns how much that was; `pause`: seconds until it is asked again.

    It is said to live as long as its last sweep succeeded and the running one began less than `longest` seconds ago.
    """

    name: str
    sweep: Callable[[dt.datetime], int]
    pause: float
    longest: float = 60.0


Signs = dict[str, float]
"""When each loop last began a sweep after one that succeeded, on time.monotonic's scale."""


def moment() -> dt.datetime:
    """The moment by which duties fall due: the database's clock where machines share one, else the app's."""
    app = cast(ConfappFlask, current_app)
    settings = app.config["CONFAPP"]
    if settings.is_embedded or settings.clock_file or settings.is_testing:
        return app.clock()
    with transaction(Mode.READ):
        told = db.session.scalar(sa.select(sa.func.now()))
    return cast(dt.datetime, told).astimezone(dt.UTC)


def run(loops: Sequence[Loop], parent: int | None = None) -> None:
    """Sweep for ever, each loop in a thread of its own; ends on SIGTERM, SIGINT, or when whoever started it is gone.

    `parent` is who that is, told by themselves: while this process was still starting, they may have ended already.
    """
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    app = cast(ConfappFlask, current_app._get_current_object())  # type: ignore[attr-defined]
    signs: Signs = {}
    threads = [
        threading.Thread(target=turn, args=(app, loop, stop, signs), name=loop.name, daemon=True) for loop in loops
    ]
    for thread in threads:
        thread.start()
    parent = parent or os.getppid()
    said = 0.0
    while not stop.wait(LOOK_EVERY) and os.getppid() == parent:
        living = [loop for loop in loops if time.monotonic() - signs.get(loop.name, 0.0) < loop.longest]
        if living and time.monotonic() - said >= BEAT_EVERY:
            said = time.monotonic()
            _say_living(app, living)
    stop.set()
    for thread in threads:
        thread.join(LAST_WORDS)
    if any(thread.is_alive() for thread in threads):
        logging.shutdown()
        os._exit(0)  # in the middle of a file or a mail, which a row still asks for


def _say_living(app: ConfappFlask, loops: Sequence[Loop]) -> None:
    with app.app_context():
        try:
            now = moment()
            with transaction():
                for loop in loops:
                    outbox.beat(loop.name, now=now)
        except SQLAlchemyError as error:
            _say_trouble("living", error)


def _say_trouble(doing: str, error: SQLAlchemyError) -> None:
    """Log in one line what is wrong with the database; what is wrong with us, whole."""
    found = trouble(error)
    if found is None:
        log.error("%s: a sweep failed; the next one tries again", doing, exc_info=error)
    else:
        log.warning("%s: the database is %s (%s); trying again", doing, found, reason(error))


def turn(app: ConfappFlask, loop: Loop, stop: threading.Event, signs: Signs) -> None:
    """Sweep until `stop`: again at once while there was something to do, else after the loop's pause."""
    is_well = True
    while not stop.is_set():
        done = 0
        if is_well:
            signs[loop.name] = time.monotonic()
        is_well = False
        with app.app_context():
            try:
                done = loop.sweep(moment())
                is_well = True
            except SQLAlchemyError as error:
                _say_trouble(loop.name, error)
            except Exception:
                log.exception("%s: a sweep failed; the next one tries again", loop.name)
        if not done:
            stop.wait(loop.pause)
