"""Makes a plan of a table of sessions and, beside it, one of their speakers: row by row, faults told by line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from confapp.domain.cleaning import clean_line, web_address
from confapp.domain.errors import N_, Invalid
from confapp.imports import times
from confapp.imports.clocks import read_clock, read_day
from confapp.imports.composing import MAX_NAME, Composer, Item, Moment, Unusable
from confapp.imports.plan import Plan, Remarks
from confapp.imports.tables import FIELDS, PEOPLE, Table, is_of_people
from confapp.imports.vocabulary import country_of
from confapp.imports.whole import WHERE, Stated, conference_of
from confapp.imports.zones import settle_zone

SOURCE = "csv"
_RANGE = re.compile(r"(.*?\S)\s*(?:[-\u2013\u2014]|\b(?:to|bis|until)\b)\s*(\S.*)", re.IGNORECASE)
"""'10:00 - 10:30' in one cell."""


def read_tables(tables: Sequence[Table], *, timezone: str | None, columns: Mapping[str, str], remarks: Remarks) -> Plan:
    """The plan of a table of sessions, with at most one of speakers; `columns` names headings by field.

    Raises Invalid naming `file`, `columns` or `timezone`.
    """
    people = [table for table in tables if is_of_people(table)]
    sessions = [table for table in tables if table not in people]
    if len(sessions) != 1 or len(people) > 1:
        message = N_("Give one table of sessions, and at most one of speakers; these are %(names)s.",
                     names=", ".join(table.name for table in tables))  # fmt: skip
        raise Invalid({"file": [message]})
    return _Reader(sessions[0], people[0] if people else None, timezone, columns, remarks).plan()


class _Reader:
    def __init__(
        self,
        sessions: Table,
        people: Table | None,
        timezone: str | None,
        columns: Mapping[str, str],
        remarks: Remarks,
    ) -> None:
        self.sessions, self.people, self.remarks = sessions, people, remarks
        self.columns = _chosen(sessions, columns)
        zone, _ = settle_zone("", timezone, remarks, moments=(), field="timezone", where=WHERE)
        self.composer = Composer(remarks, zone)
        self.by_name: dict[str, str] = {}
        dates = [cells.get(self.columns.get("date") or self.columns.get("start", ""), "") for _, cells in sessions.rows]
        self.is_month_first = _is_month_first(dates)
        if not self.is_month_first and (unsure := _could_be_month_first(dates)):
            message = N_(
                "Such dates can name the day or the month first; the day was taken. Write them as in 2026-05-18."
            )
            remarks.warn(sessions.name, "date", message, unsure)

    def plan(self) -> Plan:
        """Everything, row by row."""
        unread = [heading for heading in self.sessions.headings if heading not in self.columns.values()]
        for heading in unread:
            if not heading.startswith("("):
                self.remarks.quirk(self.sessions.name, "columns", N_("These columns are not read."), ", ".join(unread))
        if self.people is not None:
            self._speakers(self.people)
        for number, cells in self.sessions.rows:
            where = N_("line %(line)d", line=number)
            try:
                self.composer.take(
                    self._item(where, {field: cells.get(name) or "" for field, name in self.columns.items()})
                )
            except Unusable as fault:
                self.remarks.refuse(where, *fault.args)
        make = conference_of(Stated(), timezone=self.composer.zone.key, remarks=self.remarks)
        return self.composer.gathering.plan(SOURCE, make)

    def _item(self, where: str, row: Mapping[str, str]) -> Item:
        composer = self.composer

        def cell(field: str) -> str:
            return row.get(field, "").strip()

        named = [(kind, cell(kind)) for kind in ("guid", "code", "id")]
        starts_at, ends_at = self._times(cell("date"), cell("start"), cell("end"))
        written = cell("duration")
        length = times.read_duration(written) if written else None
        if written and length is None:
            raise Unusable("duration", N_("This is not a duration (HH:MM)."), written)
        session = composer.session_key(named, where)
        people = [(person, "speaker") for person in self._people(where, cell("speakers"), session)]
        people += [(person, "chair") for person in self._people(where, cell("chairs"), session)]
        slides = cell("slides")
        return Item(
            where,
            cell("title"),
            named,
            subtitle=cell("subtitle"),
            abstract=cell("abstract"),
            description=cell("description"),
            language=cell("language"),
            type=cell("type"),
            state=cell("state") or None,
            track=composer.gathering.track(composer.texts(where, "track", cell("track"))),
            room=composer.gathering.room(composer.texts(where, "room", cell("room"))),
            people=people,
            starts_at=starts_at,
            ends_at=ends_at,
            length=length,
            attachments=[(slides, N_("Slides"))] if slides and web_address(slides) else [],
            url=cell("url"),
        )

    def _times(self, date: str, start: str, end: str) -> tuple[Moment, Moment]:
        """Both ends, from a date and times of day, or from whole moments."""
        if not end and (parts := _RANGE.fullmatch(start)) and read_clock(parts[1]) and read_clock(parts[2]):
            start, end = parts.groups()
        day = read_day(date, is_month_first=self.is_month_first) if date else None
        if date and day is None:
            raise Unusable("date", N_("This is no date; write it as in 2026-05-18."), date)
        starts_at = self._moment("start", start or date, day) if start or day is None else day
        ends_at = self._moment("end", end, starts_at.date() if isinstance(starts_at, dt.datetime) else day)
        if isinstance(starts_at, dt.datetime) and isinstance(ends_at, dt.datetime):
            is_bare = read_clock(end) is not None
            if is_bare and ends_at < starts_at:  # past midnight
                ends_at += dt.timedelta(days=1)
        return starts_at, ends_at

    def _moment(self, field: str, written: str, day: dt.date | None) -> Moment:
        if not written:
            return None
        clock = read_clock(written)
        if clock is not None:
            if day is None:
                raise Unusable(field, N_("There is a time of day, but no date."), written)
            return dt.datetime.combine(day, clock)
        moment = times.read_moment(written)
        if isinstance(moment, dt.datetime):
            return moment
        date, _, rest = written.partition(" ")
        clock, found = read_clock(rest.strip(" ,")), read_day(date.rstrip(","), is_month_first=self.is_month_first)
        if found is not None:
            return dt.datetime.combine(found, clock) if clock else found
        raise Unusable(field, N_("This is no time; write it as in 14:30 or 2026-05-18 14:30."), written)

    # People

    def _speakers(self, table: Table) -> None:
        columns = table.columns(PEOPLE)
        names: dict[str, int] = {}
        for number, cells in table.rows:
            row = {field: cells.get(heading, "").strip() for field, heading in columns.items()}
            name = clean_line(row.get("name") or f"{row.get('first', '')} {row.get('last', '')}")[:MAX_NAME]
            where = N_("%(file)s, line %(line)d", file=table.name, line=number)
            if not name:
                self.remarks.warn(where, "person", N_("A person without a name was left out."), row.get("id", ""))
                continue
            identity = self.composer.gathering.speaker(
                name, number=row.get("id", ""), guid="", session=where, where=where
            )
            affiliation = ", ".join(filter(None, (row.get("position"), row.get("affiliation"))))
            self.composer.gathering.profile(
                identity,
                biography=self.composer.markup(where, "biography", row.get("biography", "")),
                affiliation=self.composer.cut(where, "affiliation", clean_line(affiliation), MAX_NAME),
                country=country_of(row.get("country", "")),
                email=clean_line(row.get("email", "")),
            )
            names[name.casefold()] = names.get(name.casefold(), 0) + 1
            self.by_name[name.casefold()] = identity
        # Equal names are not proof: what two people share names neither.
        self.by_name = {name: held for name, held in self.by_name.items() if names[name] == 1}

    def _people(self, where: str, cell: str, session: str) -> list[str]:
        found = []
        for name in self._names(cell):
            known = self.by_name.get(name.casefold())
            if known is None and self.people is not None:
                self.remarks.warn(where, "speakers", N_("The table of speakers has no such person, or two."), name)
            found.append(
                known
                or self.composer.gathering.speaker(
                    self.composer.cut(where, "person", name, MAX_NAME), number="", guid="", session=session, where=where
                )
            )
        return found

    def _names(self, cell: str) -> list[str]:
        """Names in one cell, parted by semicolons, lines or else commas; one in the speakers' table is whole."""
        if clean_line(cell).casefold() in self.by_name:
            return [clean_line(cell)]
        separator = ";" if ";" in cell else "\n" if "\n" in cell else ","
        return [name for each in cell.split(separator) if (name := clean_line(each))]


def _chosen(table: Table, asked: Mapping[str, str]) -> dict[str, str]:
    """Headings by field: as asked for, else as recognised. Raises Invalid naming `columns`."""
    errors = [
        N_("There is no field “%(field)s”; there are %(fields)s.", field=field, fields=", ".join(FIELDS))
        for field in asked
        if field not in FIELDS
    ] + [
        N_("%(file)s has no column “%(name)s”; it has %(names)s.",
           file=table.name, name=heading, names=", ".join(table.headings))
        for heading in asked.values()
        if heading and heading not in table.headings
    ]  # fmt: skip
    if errors:
        raise Invalid({"columns": errors})
    taken = set(asked.values())
    guessed = {field: heading for field, heading in table.columns(FIELDS).items() if heading not in taken}
    chosen = {field: heading for field, heading in (guessed | dict(asked)).items() if heading}
    if "title" not in chosen:
        message = N_("No column of %(file)s is known to hold the title; say which one does. It has %(names)s.",
                     file=table.name, names=", ".join(table.headings))  # fmt: skip
        raise Invalid({"columns": [message]})
    return chosen


def _is_month_first(dates: Sequence[str]) -> bool:
    """Whether dates such as 5/18/2026 name the month first: only where one of them can mean nothing else."""
    pairs = _slashed(dates).values()
    return any(second > 12 for _, second in pairs) and not any(first > 12 for first, _ in pairs)


def _could_be_month_first(dates: Sequence[str]) -> str:
    """The first date that means another day with the month first, where no other date settles it; '' for none."""
    pairs = _slashed(dates)
    if any(first > 12 for first, _ in pairs.values()):
        return ""
    return next((written for written, (first, second) in pairs.items() if first != second), "")


def _slashed(dates: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The first two numbers of dates such as 5/18/2026."""
    found = {each.strip(): re.match(r"(\d{1,2})/(\d{1,2})/", each.strip()) for each in dates}
    return {each: (int(match[1]), int(match[2])) for each, match in found.items() if match}
