"""Holding: a row locked until the commit and read as it stands, for whoever checks it against what a page showed."""

from __future__ import annotations

import sqlalchemy as sa

from confapp.database import Model, db
from confapp.domain.errors import Missing


def hold(row: Model) -> None:
    """Lock a stored row until the commit and read it anew, after whoever held it; raises Missing when it is gone.

    Rows that point at it may still be written meanwhile. (On SQLite whoever writes is alone anyway.)
    """
    kind, key = type(row), sa.inspect(row).identity
    assert key is not None, "only what is stored can be held"
    found = db.session.scalar(
        sa.select(kind)
        .where(*(column == value for column, value in zip(sa.inspect(kind).primary_key, key, strict=True)))
        .with_for_update(key_share=True, of=kind)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing()
