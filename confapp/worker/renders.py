"""The renders: asks for the files of a new release, and makes the files that were asked for, one at a time."""

from __future__ import annotations

import datetime as dt
import logging
import uuid

from confapp import delivery
from confapp.database import Mode, db, transaction
from confapp.domain import files
from confapp.domain.attendance import registrations
from confapp.domain.release import frozen, releases

log = logging.getLogger("confapp.worker.renders")

OTHERS = "who asked for it has other settings or another version than this worker, or it is old"


def ask_for_release(conference_id: int | None, number: int, *, now: dt.datetime) -> None:
    """Ask for the whole and per-day files of a release; those before its predecessor are forgotten."""
    if conference_id is None:
        raise ValueError("a release belongs to a conference")
    with transaction():
        release = releases.numbered(conference_id, number)
        for wanted in delivery.wanted_at_release(release):
            delivery.ask(release, wanted, now=now)
        files.forget_releases(conference_id, before=number - 1)


def sweep(now: dt.datetime) -> int:
    """Make the next file that was asked for, outside any transaction; returns how many were made or failed.

    A file that comes out under another name than it was asked for under is not kept: its name would lie on all nodes.
    """
    with transaction(Mode.READ):
        is_waiting = files.is_waiting()
    if not is_waiting:
        return 0
    with transaction():
        row = files.take_next()
    if row is None:
        return 0
    db.session.expunge(row)  # plain values from here on, whatever the next transactions do
    name = row.name
    try:
        with transaction(Mode.READ):
            wanted = delivery.Wanted.of_spec(row.spec)
            release = releases.numbered(row.conference_id, row.release)
            whole = frozen.agenda(release)
            attendee = registrations.by_uuid(uuid.UUID(wanted.registration)).person.name if wanted.registration else ""
            promised = delivery.name_of(release, wanted, attendee)
        if promised != name:
            log.warning("file %s is left alone: %s", name, OTHERS)
            with transaction():
                files.failed(name, OTHERS)
            return 1
        body = delivery.make(whole, wanted, attendee)
    except Exception as error:
        log.exception("file %s could not be made", name)
        with transaction():
            files.failed(name, f"{type(error).__name__}: {error}")
        return 1
    with transaction():
        files.made(name, body, now=now)
    return 1


def tidy(now: dt.datetime) -> int:
    """Forget what is kept too long; returns 0, as nothing is left to do."""
    delivery.tidy(now)
    return 0
