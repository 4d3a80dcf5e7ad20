"""One invitation as iTIP says it (RFC 5546): a REQUEST for an entry, or its CANCEL, for one attendee's calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from urllib.parse import quote

from confapp.domain.agenda import Agenda, Entry
from confapp.exports.contentlines import line
from confapp.exports.events import ABSTRACT, Events
from confapp.exports.ical import envelope
from confapp.exports.wording import Translate, Voice


@dataclass(frozen=True, slots=True)
class Letter:
    """What an invitation's letter says: its subject, the words about when and where, and the calendar's part."""

    method: str
    """REQUEST or CANCEL."""
    title: str
    when: str
    calendar: bytes


def invitation(
    entry: Entry,
    agenda: Agenda,
    *,
    attendee: tuple[str, str],
    organizer: str,
    sequence: int,
    is_cancelled: bool,
    base_url: str,
    language: str,
    now: dt.datetime,
    translate: Translate = str,
) -> Letter:
    """The invitation of `attendee` (name and address) to an entry, or its cancellation.

    `organizer` is the address from which it is sent (RFC 6047 section 2.3 wants them equal); `sequence` counts the
    letters about this entry to this attendee, and `now` is the letter's moment.
    """
    voice = Voice(agenda.conference, language, translate)
    told = replace(entry, is_cancelled=is_cancelled, changed_at=now)
    events = Events(agenda, voice, base_url, organizer=organizer)
    name, address = attendee
    answers = {"CN": name, "ROLE": "OPT-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    attending = line("ATTENDEE", f"mailto:{quote(address, safe='@+*=')}", answers)
    before, after = events.around(told, sequence=sequence, more=attending)
    method = "CANCEL" if is_cancelled else "REQUEST"
    one = replace(agenda, entries=(entry,))
    head = envelope(one, voice, None, base_url, method)
    body = head + before + events.description(told, ABSTRACT) + after + b"END:VCALENDAR\r\n"
    starts = entry.starts_at.astimezone(agenda.conference.zone)
    when = f"{voice.day(starts.date())}, {starts:%H:%M} ({agenda.conference.timezone})"
    return Letter(method, voice.words(entry.session.title) or voice.kind(entry.session.kind), when, body)
