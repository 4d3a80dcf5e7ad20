"""The conference as a file states it beside what its sessions show; whom to believe is settled here."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from confapp.domain.errors import N_
from confapp.domain.texts import Texts
from confapp.imports.plan import PlannedConference, PlannedSession, Remarks

MAX_TITLE = 200
MAX_CITY = 100
MAX_URL = 500
WHERE = N_("conference")
TOO_SPARSE = N_("The file has neither a session with a date nor the dates of the conference.")


@dataclass(frozen=True)
class Stated:
    """What the file says of the whole event; blank where it says nothing."""

    title: Texts = field(default_factory=dict)
    acronym: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    days: int | None = None
    url: str | None = None
    venue: str = ""
    city: str = ""


def conference_of(
    stated: Stated, *, timezone: str, remarks: Remarks, day_change: dt.time = dt.time(0)
) -> Callable[[Sequence[PlannedSession]], PlannedConference]:
    """What makes the conference once its sessions are known: their dates are believed before the stated ones."""

    def make(sessions: Sequence[PlannedSession]) -> PlannedConference:
        spoken = Counter(session.language for session in sessions if session.language)
        if sessions and not spoken:
            remarks.warn(WHERE, "language", N_("No session states its language."))
        held = {session.day for session in sessions if session.day is not None}
        known = held or {day for day in (stated.starts_on, stated.ends_on) if day is not None}
        if held:
            _compare(stated, min(held), max(held), len(held), remarks)
        if not any(stated.title.values()):
            remarks.warn(WHERE, "title", N_("The conference has no title."))
        name = stated.acronym or next(iter(stated.title.values()), "")
        return PlannedConference(
            title={language: words[:MAX_TITLE] for language, words in stated.title.items() if words},
            slug=re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].strip("-"),
            timezone=timezone,
            starts_on=min(known, default=None),
            ends_on=max(known, default=None),
            day_change=day_change,
            languages=tuple(language for language, _ in spoken.most_common()),
            url=_short(stated.url, remarks),
            venue=stated.venue[:MAX_TITLE],
            city=stated.city[:MAX_CITY],
        )

    return make


def _short(url: str | None, remarks: Remarks) -> str | None:
    if url is not None and len(url) > MAX_URL:
        remarks.warn(WHERE, "url", N_("The address is longer than %(limit)d characters.", limit=MAX_URL), url)
        return None
    return url


def _compare(stated: Stated, starts_on: dt.date, ends_on: dt.date, count: int, remarks: Remarks) -> None:
    for name, date, true in (("start", stated.starts_on, starts_on), ("end", stated.ends_on, ends_on)):
        if date is not None and date != true:
            message = N_("This is not the date of the sessions; theirs, %(date)s, was taken.", date=true.isoformat())
            remarks.warn(WHERE, name, message, date.isoformat())
    if stated.days is not None and stated.days != count:
        remarks.warn(WHERE, "days", N_("There are sessions on %(count)d days.", count=count), str(stated.days))
