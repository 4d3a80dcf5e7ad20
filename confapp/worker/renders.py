"""The renders: asks for the files of a new release, and makes the files that were asked for, one at a time."""

from __future__ import annotations

import datetime as dt
import logging
import uuid

from confapp import delivery
from confapp.database import Mode, transaction
from confapp.domain import files, frozen, registrations, releases

log = logging.getLogger("confapp.worker.renders")

PAUSE = 0.25


def ask_for_release(conference_id: int | None, number: int, *, now: dt.datetime) -> None:
    """Ask for the whole and per-day files of a release."""
    if conference_id is None:
        raise ValueError("a release belongs to a conference")
    with transaction():
        release = releases.numbered(conference_id, number)
        for wanted in delivery.wanted_at_release(release):
            delivery.ask(release, wanted, now=now)


def sweep(now: dt.datetime) -> int:
    """Make the next file that was asked for, outside any transaction; returns how many were made or failed."""
    with transaction(Mode.READ):
        row = files.next_to_make()
        if row is None:
            return 0
        name, wanted = row.name, delivery.Wanted.of_spec(row.spec)
        whole = frozen.agenda(releases.numbered(row.conference_id, row.release))
        attendee = registrations.by_uuid(uuid.UUID(wanted.registration)).person.name if wanted.registration else ""
    try:
        body = delivery.make(whole, wanted, attendee)
    except Exception as error:
        log.exception("file %s (%s) could not be made", name, wanted.kind)
        with transaction():
            files.failed(name, f"{type(error).__name__}: {error}")
        return 1
    with transaction():
        files.made(name, body, now=now)
    return 1
