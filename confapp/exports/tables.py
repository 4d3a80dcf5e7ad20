"""The agenda as a table (CSV, RFC 4180) that spreadsheets open rightly and take nothing in for a formula."""

from __future__ import annotations

import csv
import io

from confapp.domain.agenda import Agenda
from confapp.exports.exchange import Event, Exchange
from confapp.exports.prose import line, plain
from confapp.exports.wording import Translate, Voice

COLUMNS = (
    *("Date", "Start", "End", "Duration", "Time zone", "Room", "Title", "Subtitle", "Type", "Track", "Language"),
    *("Speakers", "Chairs", "Abstract", "Description", "URL", "ID", "GUID", "Code"),
)
"""In English whatever the language of the words, so that programs find them; our own import reads them."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_MARK = "\ufeff"
"""Without it spreadsheets take UTF-8 for something else."""


def schedule_csv(agenda: Agenda, *, base_url: str, language: str, translate: Translate = str) -> bytes:
    """The file's bytes, UTF-8 with a byte order mark, lines ended by CRLF. Cancelled entries are left out."""
    seen = Exchange(agenda, base_url, Voice(agenda.conference, language, translate))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    events = [event for day in seen.days() for held in day.rooms.values() for event in held]
    for event in sorted(events, key=lambda event: event.entry.starts_at):
        writer.writerow([guarded(cell) for cell in _cells(event, seen)])
    return (_MARK + buffer.getvalue()).encode()


def _cells(event: Event, seen: Exchange) -> list[str]:
    entry, session = event.entry, event.entry.session
    ends_at = entry.ends_at.astimezone(seen.facts.zone)
    names = {role: "; ".join(line(person.name).replace(";", ",") for person in session.people(*roles))
             for role, roles in (("chair", ("chair",)), ("speaker", ("speaker", "panellist")))}  # fmt: skip
    return [
        event.starts_at.date().isoformat(),
        event.starts_at.strftime("%H:%M"),
        ends_at.strftime("%H:%M"),
        event.duration,
        seen.facts.timezone,
        event.room if entry.room else "",
        seen.title(event),
        seen.voice.words(session.subtitle),
        session.kind,
        (seen.voice.words(session.track.name) or session.track.slug) if session.track else "",
        session.language or "",
        names["speaker"],
        names["chair"],
        plain(seen.html(session.abstract)),
        plain(seen.html(session.description)),
        event.url,
        str(entry.number),
        str(entry.uuid),
        event.code or "",
    ]


def guarded(cell: str) -> str:
    """A cell that no spreadsheet computes: one that could be a formula gets an apostrophe before it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
