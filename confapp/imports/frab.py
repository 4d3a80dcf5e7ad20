"""Reads frab, Pentabarf, wafer and pretalx `schedule.xml` (the voc/schedule format) into a plan, liberally.

None of the real files validates against the schema, so whatever can be understood is; what was odd is remarked
upon once for each kind of oddity, and a session that cannot be taken is refused alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from confapp.domain.cleaning import MAX_MARKUP, clean_html, clean_line, clean_markdown, web_address
from confapp.domain.errors import N_, Invalid
from confapp.domain.texts import Texts
from confapp.imports import times
from confapp.imports.composing import Unusable
from confapp.imports.frab_header import Header
from confapp.imports.frab_people import mentions
from confapp.imports.frab_rows import Row, duration_of, starts_at_of
from confapp.imports.gathering import Gathering
from confapp.imports.markup import Element, children_by_name, inner_markup, line_of, parse_xml, words_in
from confapp.imports.plan import MAX_SESSIONS, UNDETERMINED, Plan, PlannedSession, Remarks, check_size, key
from confapp.imports.vocabulary import kind_of, language_of, role_of, state_of

SOURCE = "frab"
OURS = "confapp"  # what an instance of ours exported: its ids are other ones than frab's
MAX_NAME = 200
MAX_TITLE = 500

_NOT_HELD = ("rejected", "withdrawn", "cancelled")
_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
MARKDOWN_WRITERS = {"pretalx", "eventyay", "wafer"}


def read_frab(data: bytes, *, timezone: str | None) -> Plan:
    """The plan of a `schedule.xml`. `timezone` (IANA) is needed where the file names none, and wins where it does.

    Raises TooLarge, and Invalid naming `file` (with line and column) or `timezone`; faults within single events are
    `refused` or `warnings` of the plan.
    """
    check_size(data)
    remarks = Remarks()
    root = parse_xml(data, "schedule", N_("a frab or Pentabarf file"), remarks)
    return _Reader(root, timezone, remarks).plan()


class _Reader:
    """Reads one file, event by event."""

    def __init__(self, root: Element, timezone: str | None, remarks: Remarks) -> None:
        self.root = root
        self.remarks = remarks
        self.header = Header(root, timezone, remarks)
        self.gathering = Gathering(remarks)
        generator = root.find("generator")
        writer = "" if generator is None else (generator.get("name") or "").strip().lower()
        self.is_ours = writer == OURS
        self.clean = clean_markdown if writer in MARKDOWN_WRITERS else clean_html

    def plan(self) -> Plan:
        """Everything, in the order of the file."""
        for track in self.root.iterfind("conference/track"):
            self._track(track.get("name") or words_in(track), track)
        for room in self.root.iter("room"):
            if "name" in room.attrib and not self._is_whole_venue(room):
                self._room(room.get("name") or "", room.get("guid") or "")
        for row in self._rows():
            try:
                self.gathering.session(self._session(row), row.where)
            except Unusable as fault:
                self.remarks.refuse(row.where, *fault.args)
        return self.gathering.plan(OURS if self.is_ours else SOURCE, self.header.conference)

    def _rows(self) -> Iterator[Row]:
        for number, element in enumerate(self.root.iter("event")):
            if number == MAX_SESSIONS:
                raise Invalid({"file": [N_("The file has more than %(limit)d events.", limit=MAX_SESSIONS)]})
            name = clean_line(element.get("id") or element.get("guid") or element.get("code") or "")[:80]
            if name:
                where = N_("event %(name)s, line %(line)d", name=name, line=line_of(element))
            else:
                where = N_("event on line %(line)d", line=line_of(element))
            above = {str(parent.tag): parent for parent in element.iterancestors()}
            yield Row(element, children_by_name(element), where, above.get("day"), above.get("room"))

    def _session(self, row: Row) -> PlannedSession:
        """The session with every key that it could have; raises Unusable."""
        title = self._cut(row.where, "title", row.line("title"), MAX_TITLE)
        if not title:
            raise Unusable("title", N_("The event has no title."), "")
        language = self._language(row)
        starts_at = starts_at_of(row, self.header, self.remarks)
        duration = duration_of(row, starts_at, self.header)
        state = self._state(row)
        if state in _NOT_HELD and starts_at is not None:
            message = N_("A session that does not take place carries a time; it was left unscheduled.")
            self.remarks.quirk(row.where, "state", message, state)
        elif starts_at is None:
            self.remarks.warn(row.where, "start", N_("The event has no time; it was left unscheduled."))
        elif not duration:
            self.remarks.warn(row.where, "duration", N_("The event has no length; it was left unscheduled."))
            starts_at = None
        day = starts_at and times.conference_day(starts_at, self.header.zone, self.header.day_change)
        if day and row.day is not None and (label := self.header.date_of(row.day)) is not None and label != day:
            message = N_("The date of the day is not that of its events; the events' own were taken.")
            self.remarks.quirk(row.where, "day date", message, label.isoformat())
        guid, source_type = row.element.get("guid") or "", row.line("type")[:MAX_NAME]
        if not guid.strip():
            message = N_("The event has no guid; it will be recognised by its id, slug, or title and day.")
            self.remarks.quirk(row.where, "guid", message)
        named = {kind: row.element.get(kind) or "" for kind in ("guid", "code", "id")} | {"slug": row.line("slug")}
        keys = [key(kind, value) for kind, value in named.items() if value.strip()]
        title_day = key("title-day", title, day.isoformat() if day else "")
        people = self._people(row, (keys or [title_day])[0])
        track = row.parts.get("track")
        recording = children_by_name(row.parts["recording"]) if "recording" in row.parts else {}
        optout = words_in(recording.get("optout")).strip().lower()
        if optout and optout not in _TRUTHS:
            self.remarks.quirk(row.where, "optout", N_("This is neither true nor false; it was passed over."), optout)
        return PlannedSession(
            keys=(*keys, title_day),
            title=self._texts(title, language),
            kind=kind_of(source_type, title, staffed=bool(people)),
            source_type=source_type,
            state=state,
            subtitle=self._texts(self._cut(row.where, "subtitle", row.line("subtitle"), MAX_TITLE), language),
            abstract_html=self._texts(self._markup(row, "abstract"), language),
            description_html=self._texts(self._markup(row, "description"), language),
            language=language,
            track=None if track is None else self._track(words_in(track), track),
            people=people,
            room=self._room_of(row),
            starts_at=None if state in _NOT_HELD else starts_at,
            duration=duration or None,
            day=day,
            links=self._addresses(row, "links", "link", bare_host=True),
            attachments=self._addresses(row, "attachments", "attachment", bare_host=False),
            recording_licence=clean_line(words_in(recording.get("license")))[:MAX_NAME],
            recording_optout=_TRUTHS.get(optout),
            url=self._address(row, "url"),
        )

    def _state(self, row: Row) -> str:
        """What the file says of it; a published programme's sessions are confirmed where it says nothing."""
        if any(_TRUTHS.get(row.line(name).lower()) for name in ("cancelled", "canceled")):
            return "cancelled"
        return state_of(row.line("status") or row.line("state"), "confirmed")

    # What sessions point to

    def _people(self, row: Row, session_key: str) -> tuple[tuple[str, str], ...]:
        """The event's people, once each. Only a number together with a name says that two mentions are one person."""
        found: dict[tuple[str, str], None] = {}
        for mention in mentions(row.element, row.parts):
            name = self._cut(row.where, "person", mention.name, MAX_NAME)
            if not name:
                message = N_("A person without a name was left out.")
                self.remarks.warn(row.where, "person", message, mention.number)
                continue
            identity = self.gathering.speaker(
                name, number=mention.number, guid=mention.guid, session=session_key, where=row.where
            )
            life = self._cleaned(row, "biography", mention.biography)
            self.gathering.profile(identity, biography=self._texts(life))
            found[identity, role_of(mention.role)] = None
        return tuple(found)

    def _track(self, words: str, element: Element) -> str | None:
        colour = (element.get("color") or "").strip().lower()
        name = self._cut(N_("line %(line)d", line=line_of(element)), "track", clean_line(words), MAX_NAME)
        return self.gathering.track(
            self._texts(name),
            slug=clean_line(element.get("slug") or ""),
            colour=colour if re.fullmatch(r"#[0-9a-f]{6}", colour) else None,
        )

    def _room(self, words: str, guid: str = "") -> str | None:
        return self.gathering.room(self._texts(clean_line(words)[:MAX_NAME]), guid=guid)

    def _room_of(self, row: Row) -> str | None:
        """The room that the event stands under; what it says itself counts only where it stands under none."""
        if row.room is not None and self._is_whole_venue(row.room):
            return None
        said = row.line("room")
        above = clean_line(row.room.get("name") or "") if row.room is not None else ""
        if not above:
            if said and not self.gathering.has_room(said[:MAX_NAME]):
                self.remarks.warn(row.where, "room", N_("The file lists no such room; it was added."), said)
            return self._room(said)
        if said and key("name", said) != key("name", above):
            message = N_(
                "The event stands under another room than it names; the one above it, %(room)s, was taken.", room=above
            )
            self.remarks.warn(row.where, "room", message, said)
        return self._room(above)

    def _is_whole_venue(self, room: Element) -> bool:
        """Whether our own export files under it what is in no one room: every room of ours has a guid."""
        return self.is_ours and not room.get("guid")

    # Texts

    def _texts(self, words: str, language: str | None = None) -> Texts:
        return {language or UNDETERMINED: words} if words else {}

    def _cut(self, where: str, field: str, words: str, limit: int) -> str:
        if len(words) <= limit:
            return words
        self.remarks.warn(where, field, N_("This was cut to %(limit)d characters.", limit=limit), words)
        return words[: limit - 1] + "…"

    def _markup(self, row: Row, field: str) -> str:
        part = row.parts.get(field)
        return "" if part is None else self._cleaned(row, field, inner_markup(part))

    def _cleaned(self, row: Row, field: str, words: str) -> str:
        if len(words) > MAX_MARKUP:
            message = N_("The text is longer than %(limit)d characters; it was left out.", limit=MAX_MARKUP)
            self.remarks.warn(row.where, field, message, words)
            return ""
        return self.clean(words) if words.strip() else ""

    def _language(self, row: Row) -> str | None:
        written = row.line("language")
        language = language_of(written) if written else None
        if written and language is None:
            self.remarks.quirk(row.where, "language", N_("This names no language; it was passed over."), written)
        return language

    def _address(self, row: Row, field: str) -> str | None:
        written = row.line(field)
        address = web_address(written, self.header.base)
        if written and address is None:
            self.remarks.quirk(row.where, field, N_("This is no web address; it was left out."), written)
        return address

    def _addresses(self, row: Row, parent: str, name: str, *, bare_host: bool) -> tuple[tuple[str, str], ...]:
        """Address and title of each link; the unusable ones are remarked upon one by one."""
        found: list[tuple[str, str]] = []
        for element in row.parts[parent].iter(name) if parent in row.parts else ():
            written, words = (element.get("href") or "").strip(), clean_line(words_in(element))
            address = web_address(written or words, self.header.base, bare_host=bare_host)
            if address is None:
                if written or words:
                    message = N_("This is no web address (http or https); the link was left out.")
                    self.remarks.warn(row.where, name, message, written or words)
                continue
            if not address.startswith(written) and not written.startswith("/"):
                message = N_("The address was repaired: %(address)s", address=address)
                self.remarks.warn(row.where, name, message, written)
            found.append((address, (words or clean_line(element.get("type") or "") or address)[:MAX_TITLE]))
        return tuple(found)
