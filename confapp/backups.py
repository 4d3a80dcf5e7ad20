"""Backups: every row in one file that no database engine owns, so that it also moves an instance to PostgreSQL.

A ZIP archive: `tables/<name>.jsonl` holds a row a line, `secrets.json` what signs and keys (where the instance folder
keeps it), `backup.json` the schema's revision and each table's count and SHA-256. What can be made again stays out.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
import uuid
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from confapp.config import Settings
from confapp.database import Mode, Model, db, transaction
from confapp.domain.errors import N_, NotNow, Refusal
from confapp.migrations import head, is_migrated, migrate_up

FORMAT = 1
MADE_AGAIN = frozenset({"beat", "job", "made_file", "private_file"})
"""Tables whose rows the worker makes anew, or that are asked for anew."""
SECRETS = ("secret_key", "audit_key")
AT_ONCE = 500
"""Rows that are inserted by one statement."""

Counted = Callable[[str, int], None]
"""Told each table's name and how many rows it had."""


class NotABackup(Refusal):
    """The file is none of ours, is damaged, or was made by another version of the schema."""


def tables() -> list[sa.Table]:
    """The tables that a backup holds, those that others point at first."""
    return [table for table in Model.metadata.sorted_tables if table.name not in MADE_AGAIN]


def back_up(file: Path, settings: Settings, *, now: dt.datetime, counted: Counted) -> None:
    """Write everything that stands at one moment into `file`, readable by its owner alone; others may go on writing.

    The file appears whole or not at all. Raises NotNow while the tables are not at the newest revision.
    """
    unfinished = file.with_name(file.name + ".unfinished")
    try:
        with (
            os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened,
            zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED) as archive,
            transaction(Mode.READ),
        ):
            _one_moment()
            if not is_migrated():
                raise NotNow(N_("The tables are not at the newest revision: run `flask --app wsgi migrate` first."))
            held = {}
            for table in tables():
                held[table.name] = _write_table(archive, table)
                counted(table.name, held[table.name]["rows"])
            if settings.is_embedded:
                archive.writestr("secrets.json", json.dumps({name: getattr(settings, name) for name in SECRETS}))
            manifest = {"format": FORMAT, "revision": head(), "made_at": now.isoformat(), "tables": held}
            archive.writestr("backup.json", json.dumps(manifest, indent=2))
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def _one_moment() -> None:
    """What the transaction reads shall be of one moment; SQLite's always is."""
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _write_table(archive: zipfile.ZipFile, table: sa.Table) -> dict[str, Any]:
    digest, rows = hashlib.sha256(), 0
    wanted = sa.select(table).order_by(*table.primary_key.columns).execution_options(yield_per=AT_ONCE)
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as entry:
        for row in db.session.execute(wanted).mappings():
            line = json.dumps({name: _out(value) for name, value in row.items()}, ensure_ascii=False).encode() + b"\n"
            digest.update(line)
            entry.write(line)
            rows += 1
    return {"rows": rows, "sha256": digest.hexdigest()}


def _out(value: Any) -> Any:
    """A column's value in JSON."""
    match value:
        case dt.date() | dt.time():  # a datetime is a date
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case uuid.UUID():
            return str(value)
    return value


_IN: dict[type[Any], Callable[[Any], Any]] = {
    dt.datetime: dt.datetime.fromisoformat,
    dt.date: dt.date.fromisoformat,
    dt.time: dt.time.fromisoformat,
    bytes: base64.b64decode,
    uuid.UUID: uuid.UUID,
}


def _in(column: sa.Column[Any]) -> Callable[[Any], Any]:
    """What turns the column's JSON value back into its own."""
    kind = column.type.impl_instance if isinstance(column.type, sa.TypeDecorator) else column.type
    convert = _IN.get(kind.python_type, lambda value: value)
    return lambda value: None if value is None else convert(value)


def restore(file: Path, settings: Settings, *, replace: bool, counted: Counted) -> None:
    """Put a backup into the database, on either engine, all of it or nothing; makes the tables where there are none.

    With `replace` what stands there is deleted first; otherwise NotNow is raised when there is anything. Raises
    NotABackup for a file that is none, is damaged, or holds another revision's tables.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            held = _manifest(archive)
            for table in tables():
                _check(archive, table, held)
            migrate_up()
            with transaction():
                if db.engine.dialect.name == "sqlite":
                    db.session.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
                _make_room(replace=replace)
                for table in tables():
                    rows = _fill(archive, table)
                    counted(table.name, rows)
                _go_on_counting()
            if settings.is_embedded and "secrets.json" in archive.namelist():
                _keep_secrets(json.loads(archive.read("secrets.json")), settings)
    except (zipfile.BadZipFile, json.JSONDecodeError, KeyError) as error:
        raise NotABackup(N_("%(file)s is no backup, or is damaged.", file=file)) from error


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest = json.loads(archive.read("backup.json"))
    if manifest["format"] != FORMAT or manifest["revision"] != head():
        message = N_(
            "This backup holds the tables of revision %(theirs)s; these are of %(ours)s. Restore it with the version "
            "of Confapp that made it, then update.",
            theirs=manifest["revision"],
            ours=head(),
        )
        raise NotABackup(message)
    found: dict[str, Any] = manifest["tables"]
    return found


def _check(archive: zipfile.ZipFile, table: sa.Table, held: dict[str, Any]) -> None:
    digest = hashlib.sha256()
    with archive.open(f"tables/{table.name}.jsonl") as entry:
        while piece := entry.read(1 << 20):
            digest.update(piece)
    if digest.hexdigest() != held[table.name]["sha256"]:
        raise NotABackup(N_("This backup is damaged: its rows of %(table)s have changed.", table=table.name))


def _make_room(*, replace: bool) -> None:
    """Empty the tables; unless told to, only those that a fresh instance fills by itself."""
    accounts, conferences = (Model.metadata.tables[name] for name in ("account", "conference"))
    standing = [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (accounts, conferences)]
    if any(standing) and not replace:
        message = N_(
            "There are accounts (%(accounts)s) or conferences (%(conferences)s) in this database already. "
            "Restore into an empty one, or delete all of it with --replace.",
            accounts=standing[0],
            conferences=standing[1],
        )
        raise NotNow(message)
    for table in reversed(Model.metadata.sorted_tables):
        db.session.execute(sa.delete(table))


def _fill(archive: zipfile.ZipFile, table: sa.Table) -> int:
    done, convert = 0, {column.name: _in(column) for column in table.columns}
    with archive.open(f"tables/{table.name}.jsonl") as entry:
        rows: Iterator[dict[str, Any]] = (
            {name: convert[name](value) for name, value in json.loads(line).items()} for line in entry
        )
        while batch := list(islice(rows, AT_ONCE)):
            db.session.execute(sa.insert(table), batch)
            done += len(batch)
    return done


def _go_on_counting() -> None:
    """PostgreSQL counts keys beside the tables: from the highest one on."""
    if db.engine.dialect.name != "postgresql":
        return
    for table in tables():
        key = table.autoincrement_column
        if key is not None:
            sequence = sa.func.pg_get_serial_sequence(f'"{table.name}"', key.name)
            highest = sa.select(sa.func.coalesce(sa.func.max(key) + 1, 1)).scalar_subquery()
            db.session.execute(sa.select(sa.func.setval(sequence, highest, False)))


def _keep_secrets(secrets: dict[str, str], settings: Settings) -> None:
    """The instance folder's secrets become those of the backup: without them its audit chain does not hold."""
    for name in SECRETS:
        path = settings.instance / f"{name}.txt"
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as opened:
            opened.write(secrets[name])
