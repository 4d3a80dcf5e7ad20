"""What is wrong with a database that does not do what it should: told by what the drivers say, on both databases."""

from __future__ import annotations

import enum
import sqlite3
from typing import Any

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class Trouble(enum.StrEnum):
    """Why a database does not do what it should, as far as that is not the app's own mistake."""

    BUSY = "busy"
    UNREADY = "not migrated, or the public role is missing"
    OUT_OF_ORDER = "out of order"
    """Away, full, read-only, broken."""


def trouble(error: SQLAlchemyError) -> Trouble | None:
    """What is wrong with the database; None: what it was asked is."""
    if isinstance(error, PoolTimeout):
        return Trouble.BUSY
    if not isinstance(error, DBAPIError):
        return None
    state, words = getattr(error.orig, "sqlstate", None), str(error.orig)
    if state in _UNREADY or words.startswith(("no such table", "no such column")):
        return Trouble.UNREADY
    if isinstance(error, OperationalError):
        return Trouble.BUSY if state in _BUSY or "is locked" in words else Trouble.OUT_OF_ORDER
    return Trouble.OUT_OF_ORDER if isinstance(error, InterfaceError | InternalError) else None


_UNREADY = frozenset({"42P01", "42703", "42704", "42501"})
"""PostgreSQL: undefined table, column or role, insufficient privilege (its manual, appendix A)."""
_BUSY = frozenset({"40001", "40P01", "53300", "55P03", "57014"})
"""PostgreSQL: serialization failure, deadlock, too many connections, lock not available, query cancelled."""


def reason(error: SQLAlchemyError) -> str:
    """What the driver says, in one line, without the statement and its values."""
    return " ".join(str(getattr(error, "orig", error)).split())


def run_bare(driver: Any, *statements: str) -> None:
    """Run SQLite statements past SQLAlchemy; raises its OperationalError, as those who wait for one know no other."""
    for statement in statements:
        try:
            driver.execute(statement)
        except sqlite3.OperationalError as error:
            raise OperationalError(statement, {}, error) from error
