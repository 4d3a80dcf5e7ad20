"""The header of a `schedule.xml`: title, zone, days, and what of it holds against the sessions themselves."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Sequence

from confapp.domain.cleaning import clean_line, web_address
from confapp.domain.errors import N_, Invalid
from confapp.imports import times
from confapp.imports.markup import Element, children_by_name, words_in
from confapp.imports.plan import UNDETERMINED, PlannedConference, PlannedSession, Remarks
from confapp.imports.whole import TOO_SPARSE, WHERE, Stated, conference_of
from confapp.imports.zones import settle_zone

_LATEST_DAY_CHANGE = dt.time(12)


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
        dates = [times.read_date(self._line(name)) for name in ("start", "end")]
        if not any(dates):
            said = [date for day in self._days if (date := self.date_of(day)) is not None]
            dates = [min(said, default=None), max(said, default=None)]
            if not said and not any(session.day for session in sessions):
                raise Invalid({"file": [TOO_SPARSE]})
        title, days = self._line("title"), self._line("days")
        stated = Stated(
            title={UNDETERMINED: title} if title else {},
            acronym=self._line("acronym"),
            starts_on=dates[0],
            ends_on=dates[1],
            days=int(days) if re.fullmatch(r"[0-9]{1,9}", days) else None,
            url=self._address("url") or self.base,
            venue=self._line("venue"),
            city=self._line("city"),
        )
        settle = conference_of(stated, timezone=self.zone.key, remarks=self._remarks, day_change=self.day_change)
        return settle(sessions)

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
            self._remarks.warn(WHERE, name, N_("This is no web address; it was left out."), written)
        elif written.startswith("//"):
            self._remarks.warn(WHERE, name, N_("The address lacks its scheme; https was taken."), written)
        return address

    def _zone(self, timezone: str | None, root: Element) -> tuple[zoneinfo.ZoneInfo, bool]:
        moments = (times.read_moment(words_in(date)) for date in root.iterfind(".//event/date"))
        return settle_zone(
            self._line("time_zone_name"),
            timezone,
            self._remarks,
            moments=(moment for moment in moments if isinstance(moment, dt.datetime)),
            field="time_zone_name",
            where=WHERE,
        )

    def _day_change(self) -> dt.time:
        """When a new conference day begins: as the header says, else where the days end if that is after midnight."""
        stated = self._line("day_change")
        change = times.read_clock(stated)
        if change is not None and change <= _LATEST_DAY_CHANGE:
            return change
        if stated:
            message = N_("This is no time between 00:00 and 12:00; it was passed over.")
            self._remarks.warn(WHERE, "day_change", message, stated)
        changes = (times.end_after_midnight(day.get("start"), day.get("end"), self.zone) for day in self._days)
        return min(max((change for change in changes if change is not None), default=dt.time(0)), _LATEST_DAY_CHANGE)
