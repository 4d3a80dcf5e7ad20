"""Readers of programme files: bytes in, a plan out; only `apply` acts upon a plan.

What a file is, its content tells: names and endings lie.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from confapp.domain.errors import N_, Invalid, Refusal
from confapp.imports.content_lines import whole_characters
from confapp.imports.frab import read_frab
from confapp.imports.frab_json import is_frab, read_frab_json
from confapp.imports.ical import read_ical
from confapp.imports.openevent import PARTS, is_open_event, read_open_event
from confapp.imports.plan import Plan, Remark, Remarks, check_size
from confapp.imports.pretalx import is_pretalx, read_pretalx
from confapp.imports.sessionize import is_sessionize, read_sessionize
from confapp.imports.sources import Files, is_zip, unzipped
from confapp.imports.table_plan import read_tables
from confapp.imports.tables import Table, is_of_people, is_of_sessions, read_table
from confapp.imports.trees import Tree, parse_json, text_of

FORMATS_READ = (
    "frab or Pentabarf schedule.xml, schedule.json, pretalx API JSON, Open Event (folder or ZIP), Sessionize JSON, "
    "iCalendar, CSV"
)
"""What a refusal names."""

_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_BINARY = (
    (b"%PDF-", "PDF"),
    (b"\xd0\xcf\x11\xe0", "Excel or Word (97-2003)"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"SQLite format 3", "SQLite"),
)
_KEYS_NAMED = 8


def read_programme(
    data: bytes | Files, filename: str, *, timezone: str | None, columns: Mapping[str, str] | None = None
) -> Plan:
    """The plan of a programme in whichever format it is; several files, or an archive of them, are one programme.

    `timezone` is as for that format's reader; `columns` names a table's headings by field (`tables.FIELDS`). Raises
    Invalid naming `file` for what is not read, and whatever the format's reader raises.
    """
    if isinstance(data, bytes):
        check_size(data)
        if not data.strip():
            raise Invalid({"file": [N_("The file %(filename)s is empty.", filename=filename)]})
        files: Files = unzipped(data, filename) if is_zip(data) else {filename: data}
    else:
        files = data
    if not files:
        message = N_("%(filename)s holds no file that is read here: %(formats)s.",
                     filename=filename, formats=FORMATS_READ)  # fmt: skip
        raise Invalid({"file": [message]})
    return _Recognised(files, timezone, columns or {}).plan()


def table_in(data: bytes, filename: str) -> Table | None:
    """The table of sessions in a file or archive, whatever its headings say; None where there is none."""
    try:
        files = unzipped(data, filename) if is_zip(data) else {filename: data}
        opening = {name: _opening(body) for name, body in files.items()}
        texts = {
            name: body
            for name, body in files.items()
            if not opening[name].startswith(("<", "{", "[", "BEGIN:"))
            and not body.startswith(tuple(magic for magic, _ in _BINARY))
        }
        tables = [read_table(text_of(body, Remarks()), name) for name, body in texts.items()]
    except Refusal:
        return None
    usable = [table for table in tables if len(table.headings) > 1 and table.rows and not is_of_people(table)]
    return usable[0] if len(usable) == 1 else None


class _Recognised:
    """Files by what they turned out to be."""

    def __init__(self, files: Files, timezone: str | None, columns: Mapping[str, str]) -> None:
        self.timezone, self.columns = timezone, columns
        self.is_single = len(files) == 1
        self.remarks = Remarks()
        self.xml: dict[str, bytes] = {}
        self.trees: dict[str, Tree] = {}
        self.calendars: dict[str, str] = {}
        self.tables: list[Table] = []
        self.others: dict[str, Invalid] = {}
        for name, data in files.items():
            try:
                self._sort(name, data)
            except Invalid as fault:
                if self.is_single:
                    raise
                self.others[name] = fault

    def _sort(self, name: str, data: bytes) -> None:
        opening = _opening(data)
        kind = next((title for magic, title in _BINARY if data.startswith(magic)), None)
        if kind is not None:
            raise _unread(name, N_("it is a %(kind)s file", kind=kind))
        if not data.strip():
            raise Invalid({"file": [N_("The file %(filename)s is empty.", filename=name)]})
        if re.match(r"<(?!!doctype html|html)[?!a-z_]", opening, re.IGNORECASE):
            self.xml[name] = data
        elif opening.startswith("<"):
            raise _unread(name, N_("it is a web page"))
        elif opening.startswith(("{", "[")):
            self.trees[name] = parse_json(text_of(data, self.remarks), self.remarks)
        elif re.match(r"BEGIN\s*:\s*V", opening, re.IGNORECASE):
            self.calendars[name] = text_of(whole_characters(data), self.remarks)
        else:
            table = read_table(text_of(data, self.remarks), name)
            if not (is_of_sessions(table) or is_of_people(table) or (self.columns and len(table.headings) > 1)):
                raise _unread(name, N_("it has no columns with known headings such as “title” and “start”"))
            self.tables.append(table)

    def plan(self) -> Plan:
        """The plan of the one programme among the files. Raises Invalid where there is none, or several."""
        parts = {_stem(name): tree for name, tree in self.trees.items()}
        if is_open_event(parts) and (self.is_single or "sessions" in parts):
            rest = [name for name in self.trees if _stem(name) not in PARTS and not self.is_single]
            plan = read_open_event(parts, timezone=self.timezone, remarks=self.remarks)
            return self._with_rest(plan, [*rest, *self.xml, *self.calendars, *(table.name for table in self.tables)])
        programmes = [*self.xml, *self.calendars]
        programmes += [
            name for name, tree in self.trees.items() if is_frab(tree) or is_pretalx(tree) or is_sessionize(tree)
        ]
        has_table = any(not is_of_people(table) for table in self.tables)
        if len(programmes) + has_table > 1:
            names = ", ".join([*programmes, *(table.name for table in self.tables)])
            raise Invalid({"file": [N_("There are several programmes: %(names)s. Import one at a time.", names=names)]})
        if has_table:
            plan = read_tables(self.tables, timezone=self.timezone, columns=self.columns, remarks=self.remarks)
            return self._with_rest(plan, [*self.trees])
        if not programmes:
            raise self._nothing()
        (name,) = programmes
        rest = [each for each in self.trees if each != name] + [table.name for table in self.tables]
        return self._with_rest(self._read(name), rest)

    def _read(self, name: str) -> Plan:
        known = {"timezone": self.timezone}
        if name in self.xml:
            return read_frab(self.xml[name], **known)
        if name in self.calendars:
            return read_ical(self.calendars[name], remarks=self.remarks, **known)
        tree = self.trees[name]
        if is_frab(tree):
            return read_frab_json(tree, remarks=self.remarks, **known)
        if is_sessionize(tree):
            return read_sessionize(tree, remarks=self.remarks, **known)
        return read_pretalx(tree, remarks=self.remarks, **known)

    def _nothing(self) -> Invalid:
        if len(self.others) == 1 and not self.trees and not self.tables:
            return next(iter(self.others.values()))
        if self.tables:
            return _unread(self.tables[0].name, N_("it is a table of people, without sessions"))
        name, tree = next(iter(self.trees.items()), (", ".join(self.others), None))
        held = ", ".join([str(each)[:40] for each in tree][:_KEYS_NAMED]) if isinstance(tree, dict) else ""
        if held:
            return _unread(name, N_("its JSON holds %(names)s, and no sessions that are known", names=held))
        return _unread(name, N_("it holds no sessions that are known"))

    def _with_rest(self, plan: Plan, rest: list[str]) -> Plan:
        """The plan with a remark for each file that was not read."""
        message = N_("This file is no part of the programme; it was not read.")
        remarks = tuple(Remark(name, "file", message) for name in sorted({*rest, *self.others}))
        return replace(plan, warnings=(*plan.warnings, *remarks)) if remarks else plan


def _unread(name: str, reason: str) -> Invalid:
    message = N_("%(filename)s is in no format that is read here (%(reason)s): %(formats)s.",
                 filename=name, reason=reason, formats=FORMATS_READ)  # fmt: skip
    return Invalid({"file": [message]})


def _stem(name: str) -> str:
    """'export/Session-Types.json' as 'session_types'."""
    return PurePosixPath(name).stem.lower().replace("-", "_")


def _opening(data: bytes) -> str:
    """The first characters, as far as they can be told before the format is known."""
    head = data[:2_000]
    for mark, encoding in _BOMS.items():
        if head.startswith(mark):
            return head.removeprefix(mark).decode(encoding, "ignore").lstrip()
    return head.replace(b"\x00", b"").decode("latin-1").lstrip()
