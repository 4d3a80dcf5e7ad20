"""The renders: asks for the files of a new release, and makes the files that were asked for, one at a time."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable

from confapp import delivery, exports
from confapp.database import Mode, db, transaction
from confapp.delivery import printed, sheets
from confapp.domain import files
from confapp.domain.attendance import registrations
from confapp.domain.files import Made
from confapp.domain.outbox import OutboxRow
from confapp.domain.papers import usual_paper
from confapp.domain.press import publications
from confapp.domain.press.publications import Publication
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import frozen, releases
from confapp.exports.fonts import lacking

log = logging.getLogger("confapp.worker.renders")

OTHERS = "who asked for it has other settings or another version than this worker, or it is old"
_left: set[str] = set()
"""Files that came out under another name here, as they do while the machines are brought to a new version one by one:
left to the worker that knows them."""


def ask_for_release(conference_id: int | None, number: int, *, now: dt.datetime) -> None:
    """Ask for the whole and per-day files of a release, and its signs; those before its predecessor are forgotten."""
    if conference_id is None:
        raise ValueError("a release belongs to a conference")
    with transaction():
        release = releases.numbered(conference_id, number)
        for wanted in delivery.wanted_at_release(release):
            delivery.ask(release, wanted, now=now)
        conference = db.session.get_one(Conference, conference_id)
        language = conference.languages[0]
        size = usual_paper(conference.country)
        printed.ask(sheets.signs(conference, release, sheets.Part(), language=language, size=size), now=now)
        files.forget_releases(conference_id, before=number - 1)


def ask_for_transcript(row: OutboxRow, *, now: dt.datetime) -> None:
    """Ask for words that just became public on paper, before anybody does."""
    with transaction():
        publication = db.session.get(Publication, row.payload["publication"])
        if publication is not None and not publication.is_withdrawn:
            held = publications.publications_of(publication.conference_id, publication.public_id)
            size = usual_paper(publication.conference.country)
            printed.ask(sheets.transcript(publication.conference, held, publication, size), now=now)


def sweep(now: dt.datetime) -> int:
    """Make the next file that was asked for, outside any transaction; returns how many were made or failed.

    A file that comes out under another name than it was asked for under is left alone: its name would lie on all nodes.
    """
    return next((1 for table in files.TABLES if _make_next(table, now)), 0)


def _make_next(table: type[Made], now: dt.datetime) -> bool:
    with transaction(Mode.READ):
        is_waiting = files.is_waiting(table, besides=_left)
    if not is_waiting:
        return False
    with transaction():
        row = files.take_next(table, besides=_left)
    if row is None:
        return False
    db.session.expunge(row)  # plain values from here on, whatever the next transactions do
    name = row.name
    try:
        with transaction(Mode.READ):
            promised, make = _promised(row)
        if promised != name:
            log.warning("file %s is left alone: %s", name, OTHERS)
            _left.add(name)
            with transaction():
                files.leave(name, OTHERS, among=table)
            return True
        body = make()
    except Exception as error:
        log.exception("file %s could not be made", name)
        with transaction():
            files.failed(name, f"{type(error).__name__}: {error}", among=table)
        return True
    with transaction():
        files.made(name, body, now=now, among=table)
    return True


def _promised(row: Made) -> tuple[str, Callable[[], bytes]]:
    """The name of what is made by this order here and now, and how to make it."""
    if row.release is None or row.spec["kind"] not in exports.KINDS:
        order = sheets.ordered(row.conference_id, row.release, row.spec)
        return order.name, order.make
    wanted = delivery.Wanted.of_spec(row.spec)
    release = releases.numbered(row.conference_id, row.release)
    whole = frozen.agenda(release)
    attendee = registrations.by_uuid(uuid.UUID(wanted.registration)).person.name if wanted.registration else ""

    def make() -> bytes:
        """The file; what its fonts lack is noted beside it."""
        if exports.KINDS[wanted.kind].media_type == "application/pdf":
            for each in lacking(whole.filtered(wanted.filter)):
                where = each.session.code if each.session else "names"
                log.warning("file %s shows \ufffd in %s for %s", row.name, where, each)
        return delivery.make(whole, wanted, attendee)

    return delivery.name_of(release, wanted, attendee), make
