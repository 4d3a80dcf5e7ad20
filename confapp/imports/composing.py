"""Makes planned sessions of what a reader found, by the same rules for every format: cut, clean, time, identify."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from confapp.domain.cleaning import MAX_MARKUP, clean_html, clean_line, web_address
from confapp.domain.errors import N_, Invalid
from confapp.domain.texts import Texts
from confapp.imports import times
from confapp.imports.gathering import Gathering
from confapp.imports.plan import MAX_SESSIONS, UNDETERMINED, PlannedSession, Remarks, key
from confapp.imports.trees import line, words
from confapp.imports.vocabulary import kind_of, language_of, state_of

MAX_NAME = 200
MAX_TITLE = 500

Moment = dt.datetime | dt.date | None


@dataclass
class Item:
    """One programme item in its file's own words. Texts are a string, or strings by language; nothing is clean yet."""

    where: str
    """As in 'sessions[3]' or 'line 12': what people are told."""
    title: Any
    named: Sequence[tuple[str, Any]] = ()
    """Kinds of key ('guid', 'code', 'id', 'slug') and what the file says, strongest first."""
    subtitle: Any = None
    abstract: Any = None
    description: Any = None
    language: Any = None
    type: Any = None
    kind: str | None = None
    """Where the format itself tells the kind; else the type and the title do."""
    state: Any = None
    default_state: str = "confirmed"
    track: str | None = None
    room: str | None = None
    people: Sequence[tuple[str, str]] = ()
    starts_at: Moment = None
    ends_at: Moment = None
    length: dt.timedelta | None = None
    links: Sequence[tuple[Any, Any]] = ()
    attachments: Sequence[tuple[Any, Any]] = ()
    recording_licence: Any = None
    recording_optout: bool | None = None
    url: Any = None


class Unusable(Exception):
    """Why an item cannot be taken: field, message, value."""

    def __init__(self, field: str, message: str, value: str = "") -> None:
        super().__init__(field, message, value)


@dataclass
class Composer:
    """One file's items on their way to a plan."""

    remarks: Remarks
    zone: zoneinfo.ZoneInfo
    day_change: dt.time = dt.time(0)
    base: str | None = None
    clean: Callable[[str], str] = clean_html
    keeps_rejected_places: bool = False
    gathering: Gathering = field(init=False)
    count: int = 0

    def __post_init__(self) -> None:
        self.gathering = Gathering(self.remarks)

    def take(self, item: Item) -> None:
        """Make a session of the item, or refuse that one alone. Raises Invalid for too many."""
        self.count += 1
        if self.count > MAX_SESSIONS:
            raise Invalid({"file": [N_("The file has more than %(limit)d events.", limit=MAX_SESSIONS)]})
        try:
            self.gathering.session(self._session(item), item.where)
        except Unusable as fault:
            self.remarks.refuse(item.where, *fault.args)

    def _session(self, item: Item) -> PlannedSession:
        where = item.where
        language = self.language(where, item.language)
        title = self.texts(where, "title", item.title, language, MAX_TITLE)
        if not title:
            raise Unusable("title", N_("The event has no title."))
        state = state_of(line(item.state), item.default_state)
        starts_at, duration, day = self._time(item)
        if state in ("rejected", "withdrawn", "cancelled") and starts_at is not None and not self.keeps_rejected_places:
            message = N_("A session that does not take place carries a time; it was left unscheduled.")
            self.remarks.quirk(where, "state", message, line(item.state))
            starts_at = None
        source_type = line(item.type)[:MAX_NAME]
        first_title = next(iter(title.values()))
        return PlannedSession(
            keys=self._keys(item, first_title, day),
            title=title,
            kind=item.kind or kind_of(source_type, first_title, staffed=bool(item.people)),
            source_type=source_type,
            state=state,
            subtitle=self.texts(where, "subtitle", item.subtitle, language, MAX_TITLE),
            abstract_html=self.markup(where, "abstract", item.abstract, language),
            description_html=self.markup(where, "description", item.description, language),
            language=language,
            track=item.track,
            people=tuple(dict.fromkeys(item.people)),
            room=item.room,
            starts_at=starts_at,
            duration=duration or None,
            day=day,
            links=self.addresses(where, "links", item.links),
            attachments=self.addresses(where, "attachments", item.attachments),
            recording_licence=line(item.recording_licence)[:MAX_NAME],
            recording_optout=item.recording_optout,
            url=self.address(where, "url", item.url),
        )

    def _keys(self, item: Item, title: str, day: dt.date | None) -> tuple[str, ...]:
        stated = [(kind, line(value)) for kind, value in item.named]
        keys = [key(kind, value) for kind, value in stated if value]
        if not keys:
            message = N_("The event has neither a guid, a code nor an id; it will be recognised by its title and day.")
            self.remarks.quirk(item.where, "id", message)
        return (*keys, key("title-day", title, day.isoformat() if day else ""))

    def session_key(self, named: Sequence[tuple[str, Any]], where: str) -> str:
        """What tells a session's people without an id from those of others."""
        return next((key(kind, words) for kind, value in named if (words := line(value))), key("at", where))

    # Times

    def _time(self, item: Item) -> tuple[dt.datetime | None, dt.timedelta | None, dt.date | None]:
        """Start (None: unscheduled), length and conference day."""
        where, starts_at = item.where, item.starts_at
        if starts_at is None:
            if item.state is None or state_of(line(item.state), item.default_state) in ("accepted", "confirmed"):
                self.remarks.quirk(where, "start", N_("The event has no time; it was left unscheduled."))
            return None, item.length, None
        if not isinstance(starts_at, dt.datetime):
            self.remarks.quirk(where, "start", N_("It lasts all day or has no hour; it was left unscheduled."))
            return None, item.length, starts_at
        moment = self.instant(where, starts_at)
        day = times.conference_day(moment, self.zone, self.day_change)
        length = item.length
        if length is None and isinstance(item.ends_at, dt.datetime):
            length = self.instant(where, item.ends_at) - moment
            if length < dt.timedelta(0):
                raise Unusable("end", N_("It ends before it starts."), item.ends_at.isoformat())
        if not length:
            self.remarks.warn(where, "duration", N_("The event has no length; it was left unscheduled."))
            return None, None, day
        return moment, length, day

    def instant(self, where: str, moment: dt.datetime) -> dt.datetime:
        """A moment in UTC; without an offset it is on the clock of the zone."""
        try:
            if moment.tzinfo is None:
                settled = times.at_clock(moment, self.zone)
                if settled.quirk:
                    self.remarks.quirk(where, "start", settled.quirk, moment.isoformat(" "))
                return settled.moment
            return moment.astimezone(dt.UTC)
        except (OverflowError, ValueError):
            raise Unusable("start", N_("This is not a date and time (ISO 8601)."), str(moment)) from None

    def moment(self, field: str, value: Any) -> Moment:
        """What an ISO 8601 text means; None for none. Raises Unusable."""
        written = line(value)
        if not written:
            return None
        moment = times.read_moment(written)
        if moment is None:
            raise Unusable(field, N_("This is not a date and time (ISO 8601)."), written)
        return moment

    # Texts and addresses

    def language(self, where: str, value: Any) -> str | None:
        """The BCP 47 tag that the words mean."""
        written = line(value)
        found = language_of(written) if written else None
        if written and found is None:
            self.remarks.quirk(where, "language", N_("This names no language; it was passed over."), written)
        return found

    def _by_language(self, value: Any, language: str | None) -> Iterable[tuple[str, str]]:
        if isinstance(value, Mapping):
            for name, each in value.items():
                tag = language_of(str(name)) if isinstance(each, str) else None
                if tag and each.strip():
                    yield tag, each
        elif found := words(value):
            yield language or UNDETERMINED, found

    def texts(self, where: str, field: str, value: Any, language: str | None = None, limit: int = MAX_NAME) -> Texts:
        """A line by language."""
        found: dict[str, str] = {}
        for tag, each in self._by_language(value, language):
            if cut := self.cut(where, field, clean_line(each), limit):
                found[tag] = cut
        return found

    def markup(self, where: str, field: str, value: Any, language: str | None = None) -> Texts:
        """Cleaned HTML by language."""
        found: dict[str, str] = {}
        for tag, each in self._by_language(value, language):
            if len(each) > MAX_MARKUP:
                message = N_("The text is longer than %(limit)d characters; it was left out.", limit=MAX_MARKUP)
                self.remarks.warn(where, field, message, each)
            elif each.strip() and (cleaned := self.clean(each)):
                found[tag] = cleaned
        return found

    def cut(self, where: str, field: str, text: str, limit: int) -> str:
        """A line of at most `limit` characters; what is longer is remarked upon."""
        if len(text) <= limit:
            return text
        self.remarks.warn(where, field, N_("This was cut to %(limit)d characters.", limit=limit), text)
        return text[: limit - 1] + "…"

    def address(self, where: str, field: str, value: Any) -> str | None:
        """A web address; what is none is remarked upon."""
        written = line(value)
        address = web_address(written, self.base)
        if written and address is None:
            self.remarks.quirk(where, field, N_("This is no web address; it was left out."), written)
        return address

    def addresses(self, where: str, field: str, pairs: Iterable[tuple[Any, Any]]) -> tuple[tuple[str, str], ...]:
        """Address and title each."""
        found: dict[str, str] = {}
        for value, title in pairs:
            address = self.address(where, field, value)
            if address is not None:
                found.setdefault(address, (line(title) or address)[:MAX_TITLE])
        return tuple(found.items())
