"""The header of a `schedule.xml`: title, zone, days, and what of it holds against the sessions themselves."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections import Counter
from collections.abc import Sequence

from confapp.domain.cleaning import clean_line, web_address
from confapp.domain.errors import N_, Invalid
from confapp.imports import times
from confapp.imports.markup import Element, children_by_name, words_in
from confapp.imports.plan import UNDETERMINED, PlannedConference, PlannedSession, Remarks

MAX_TITLE = 200
MAX_CITY = 100

_LATEST_DAY_CHANGE = dt.time(12)
_WHERE = N_("conference")


class Header:
    """What <conference> and the <day> elements say, and the zone that all times are read in.

    `zone_is_the_files` tells that the file itself names that zone. Raises Invalid naming `timezone` if nobody does.
    """

    def __init__(self, root: Element, timezone: str | None, remarks: Remarks) -> None:
        conference = root.find("conference")
        self._parts: dict[str, Element] = {} if conference is None else children_by_name(conference)
        self._remarks = remarks
        self._days = list(root.iter("day"))
        self.zone, self.zone_is_the_files = self._zone(timezone, root)
        self.day_change = self._day_change()
        self.base = self._address("base_url")

    def conference(self, sessions: Sequence[PlannedSession]) -> PlannedConference:
        """The conference as its `sessions` show it; raises Invalid if nothing tells its dates."""
        spoken = Counter(session.language for session in sessions if session.language)
        if sessions and not spoken:
            self._remarks.warn(_WHERE, "language", N_("No session states its language."))
        days = {session.day for session in sessions if session.day is not None}
        stated = [date for name in ("start", "end") if (date := times.read_date(self._line(name))) is not None]
        stated = stated or [date for day in self._days if (date := self.date_of(day)) is not None]
        if not days and not stated:
            message = N_("The file has neither a session with a date nor the dates of the conference.")
            raise Invalid({"file": [message]})
        starts_on, ends_on = min(days or stated), max(days or stated)
        if days:
            self._compare(starts_on, ends_on, len(days))
        title = self._line("title")[:MAX_TITLE]
        if not title:
            self._remarks.warn(_WHERE, "title", N_("The conference has no title."))
        slug = re.sub(r"[^a-z0-9]+", "-", (self._line("acronym") or title).lower()).strip("-")[:60].strip("-")
        return PlannedConference(
            title={UNDETERMINED: title} if title else {},
            slug=slug,
            timezone=self.zone.key,
            starts_on=starts_on,
            ends_on=ends_on,
            day_change=self.day_change,
            languages=tuple(language for language, _ in spoken.most_common()),
            url=self._address("url") or self.base,
            venue=self._line("venue")[:MAX_TITLE],
            city=self._line("city")[:MAX_CITY],
        )

    def date_of(self, day: Element) -> dt.date | None:
        """The date of a <day>: as it says, else that of its start, else the conference's first day and the index."""
        date = times.read_date(day.get("date") or "") or times.read_date(day.get("start") or "")
        first, index = times.read_date(self._line("start")), (day.get("index") or "").strip()
        if date is None and first is not None and re.fullmatch(r"[1-9][0-9]{0,2}", index):
            date = first + dt.timedelta(days=int(index) - 1)
        return date

    def _line(self, name: str) -> str:
        return clean_line(words_in(self._parts.get(name)))

    def _address(self, name: str) -> str | None:
        written = self._line(name)
        address = web_address(written)
        if written and address is None:
            self._remarks.warn(_WHERE, name, N_("This is no web address; it was left out."), written)
        elif written.startswith("//"):
            self._remarks.warn(_WHERE, name, N_("The address lacks its scheme; https was taken."), written)
        return address

    def _compare(self, starts_on: dt.date, ends_on: dt.date, count: int) -> None:
        for name, true in (("start", starts_on), ("end", ends_on)):
            date = times.read_date(self._line(name))
            if date is not None and date != true:
                message = N_(
                    "This is not the date of the sessions; theirs, %(date)s, was taken.", date=true.isoformat()
                )
                self._remarks.warn(_WHERE, name, message, date.isoformat())
        days = self._line("days")
        if re.fullmatch(r"[0-9]{1,9}", days) and int(days) != count:
            self._remarks.warn(_WHERE, "days", N_("There are sessions on %(count)d days.", count=count), days)

    def _zone(self, timezone: str | None, root: Element) -> tuple[zoneinfo.ZoneInfo, bool]:
        named = self._line("time_zone_name")
        of_file = times.zone_named(named) if named else None
        if named and of_file is None:
            message = N_("There is no such time zone; it was passed over.")
            self._remarks.warn(_WHERE, "time_zone_name", message, named)
        if timezone is not None:
            asked = times.zone_named(timezone)
            if asked is None:
                message = N_("There is no time zone “%(name)s”; give one such as Europe/Brussels.", name=timezone)
                raise Invalid({"timezone": [message]})
            if of_file is not None and of_file.key != asked.key:
                message = N_("The time zone that was asked for, %(zone)s, is another; it was taken.", zone=asked.key)
                self._remarks.warn(_WHERE, "time_zone_name", message, of_file.key)
            return asked, of_file is not None and of_file.key == asked.key
        if of_file is not None:
            return of_file, True
        raise Invalid({"timezone": [_ask_for_zone(root)]})

    def _day_change(self) -> dt.time:
        """When a new conference day begins: as the header says, else where the days end if that is after midnight."""
        stated = self._line("day_change")
        change = times.read_clock(stated)
        if change is not None and change <= _LATEST_DAY_CHANGE:
            return change
        if stated:
            message = N_("This is no time between 00:00 and 12:00; it was passed over.")
            self._remarks.warn(_WHERE, "day_change", message, stated)
        changes = (times.end_after_midnight(day.get("start"), day.get("end"), self.zone) for day in self._days)
        return min(max((change for change in changes if change is not None), default=dt.time(0)), _LATEST_DAY_CHANGE)


def _ask_for_zone(root: Element) -> str:
    moments = [times.read_moment(words_in(date)) for date in root.iterfind(".//event/date")]
    aware = [moment for moment in moments if isinstance(moment, dt.datetime) and moment.tzinfo is not None]
    if candidates := times.zones_for(aware) if aware else []:
        return N_(
            "The file gives offsets but names no time zone; give it with --timezone, such as %(candidates)s.",
            candidates=", ".join(candidates),
        )
    return N_("The file names no time zone; give it with --timezone, such as Europe/Brussels.")
