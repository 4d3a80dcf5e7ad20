"""Applies what was prepared from a plan: all of it or nothing, in one short write transaction, to be undone whole."""

from __future__ import annotations

import datetime as dt

from confapp.domain import imported
from confapp.domain.imported import ProgrammeImport
from confapp.domain.people import Account
from confapp.domain.programme import conferences, origins
from confapp.domain.programme.conferences import Conference
from confapp.domain.schedule import scheduling
from confapp.imports.difference import Difference
from confapp.imports.writing import Writer, stale


def apply(difference: Difference, *, by: Account | None, now: dt.datetime, name: str = "") -> ProgrammeImport | None:
    """Write a difference; nothing at all where there is none. The conference's slots and sessions rise in version once.

    Returns the record by which it can be undone; None where at most the source's keys were learnt. `name` is the
    file's, for the list of imports. Raises Stale where the schedule or a session moved on since the difference was
    prepared (prepare again), and Invalid where another conference took the slug meanwhile.
    """
    if difference.is_empty:
        return None
    conference = _conference(difference, by=by, now=now)
    schedule = scheduling.lock(conference)
    if difference.schedule_version is not None and schedule.version != difference.schedule_version:
        raise stale(schedule.version)
    before = schedule.version
    Writer(difference.changes, conference, by, now).write()
    if schedule.version == before:
        schedule.version += 1  # two imports at once must not both be made, even if neither places anything
    origins.remember(
        conference,
        difference.source,
        [
            (kind, each.target, each.keys, each.seen)
            for kind, held in difference.changes.items()
            for each in held
            if each.is_news
        ],
    )
    if not difference.steps:
        return None
    kept = {"source": difference.source, "name": name[-200:], "counts": difference.count()}
    return imported.record(
        conference, kept | {"steps": difference.steps, "origins": difference.remembered}, by=by, now=now
    )


def _conference(difference: Difference, *, by: Account | None, now: dt.datetime) -> Conference:
    (change,) = difference.changes["conference"]
    if change.is_new:
        return conferences.create({"uuid": change.target, **change.values}, by=by, now=now)
    conference = conferences.named(difference.slug)
    if change.values:
        conferences.edit(conference, dict(change.values), by=by, now=now)
    return conference
