"""The fence around what the public may read on SQLite: what each statement wants is asked for before it runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Set

SEARCH_TABLES = frozenset({f"publication_words_fts{part}" for part in ("", "_config", "_data", "_docsize", "_idx")})
"""The index over released words, and the tables that FTS5 makes for it."""

_ALWAYS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_RECURSIVE}
_SEARCHING = {
    (sqlite3.SQLITE_PRAGMA, "data_version", None),
    (sqlite3.SQLITE_READ, "sqlite_master", "ROWID"),
    *((sqlite3.SQLITE_UPDATE, "sqlite_master", name) for name in ("type", "name", "tbl_name", "rootpage", "sql")),
}
"""What FTS5 does to open its index: it asks whether it moved, and declares its table to the connection. Nothing can be
written by it, as the connection is `query_only`."""

Authoriser = Callable[[int, str | None, str | None, str | None, str | None], int]


def only_reading(tables: Set[str]) -> Authoriser:
    """An authoriser (sqlite3_set_authorizer) that lets statements read these tables, search, and nothing else."""
    readable = tables | SEARCH_TABLES

    def authorise(action: int, table: str | None, column: str | None, _database: str | None, _by: str | None) -> int:
        is_read = action == sqlite3.SQLITE_READ and (table or "") in readable
        if action in _ALWAYS or is_read or (action, table, column) in _SEARCHING:
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY

    return authorise
