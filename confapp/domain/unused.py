"""Uploaded bytes that nothing refers to any more: replaced or erased photos, files whose import is long over."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from confapp.database import Model, db
from confapp.domain.files import Blob
from confapp.domain.jobs import Job

KEPT = dt.timedelta(days=1)
"""How long bytes are kept that nothing refers to: what was just uploaded is about to be."""


def forget(*, now: dt.datetime) -> None:
    """Remove the blobs older than KEPT that no column and no job names."""
    named = [column for table in Model.metadata.sorted_tables for column in table.c if column.references(_key())]
    named.append(Job.spec["sha256"].as_string())
    free = [~sa.exists().where(column == Blob.sha256) for column in named]
    gone = sa.delete(Blob).where(Blob.created_at < now - KEPT, *free)
    db.session.execute(gone.execution_options(synchronize_session=False))


def _key() -> sa.Column[str]:
    return Model.metadata.tables["blob"].c.sha256
