"""Uploaded bytes go when nothing refers to them any more, and not a day before."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from confapp.database import db
from confapp.domain import files, jobs, unused
from confapp.domain.jobs import JobKind
from tests.conftest import Transaction
from tests.factories import NOW, make_account, make_conference, make_speaker

DAY = dt.timedelta(days=1)


def test_only_what_nothing_refers_to_is_forgotten(write: Transaction) -> None:
    with write():
        conference = make_conference()
        speaker = make_speaker(conference)
        photo, file, _replaced = (files.keep(body, "image/png", now=NOW).sha256 for body in (b"photo", b"file", b"old"))
        speaker.photo = photo
        spec = {"sha256": file, "name": "x.xml"}
        jobs.ask(JobKind.IMPORT, conference, spec, by=make_account("organiser@example.org"), now=NOW)

    def left(now: dt.datetime) -> set[str]:
        with write():
            unused.forget(now=now)
        with write():
            return set(db.session.scalars(sa.select(files.Blob.sha256)))

    assert len(left(NOW + unused.KEPT)) == 3
    assert left(NOW + unused.KEPT + dt.timedelta(seconds=1)) == {photo, file}
    with write():
        db.session.execute(sa.update(jobs.Job).values(ended_at=NOW))
        jobs.forget(before=NOW + DAY)
    assert left(NOW + 2 * DAY) == {photo}
