"""Removing a whole conference: every row that belongs to it, and the people whom nothing else here knows."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from confapp.database import Model, db
from confapp.domain import audit
from confapp.domain.attendance.registrations import Registration
from confapp.domain.people import Account, Person
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.speakers import Speaker

KEPT = frozenset({"audit_entry", "audit_head"})
"""What was done stays on record."""
_KNOW_PEOPLE = (Account.person_id, Speaker.person_id, Registration.person_id)


def remove(conference: Conference, *, by: Account | None, now: dt.datetime) -> None:
    """Delete the conference with all that is in it, releases and publications too; accounts stay. For good."""
    audit.record("conference.remove", f"conference:{conference.slug}", conference_id=None, by=by, now=now)
    known = sa.union(
        *(sa.select(model.person_id).where(model.conference_id == conference.id) for model in (Speaker, Registration))
    )
    people = db.session.scalars(known).all()
    db.session.flush()
    for table in reversed(Model.metadata.sorted_tables):
        if "conference_id" in table.c and table.name not in KEPT:
            db.session.execute(sa.delete(table).where(table.c.conference_id == conference.id))
    unheard = {"synchronize_session": False}
    db.session.execute(sa.delete(Conference).where(Conference.id == conference.id).execution_options(**unheard))
    nobody = [~sa.exists().where(column == Person.id) for column in _KNOW_PEOPLE]
    db.session.execute(sa.delete(Person).where(Person.id.in_(people), *nobody).execution_options(**unheard))
    db.session.expunge_all()
