"""A speaker's sheet: where to be when, with whom, and whom to ask; the organisers' copy tells what she needs too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from confapp.domain.agenda import Agenda, Entry, Person
from confapp.domain.errors import N_
from confapp.domain.papers import Contact
from confapp.domain.texts import collate
from confapp.exports import marks
from confapp.exports.ical import calendar
from confapp.exports.printing import attachment, render
from confapp.exports.prose import line, lines
from confapp.exports.sheets import Line, context, where
from confapp.exports.sheets import lines as as_lines
from confapp.exports.wording import Translate, Voice, session_url

EARLY = dt.timedelta(minutes=10)
"""How long before the start one should be there."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One time at which somebody takes part."""

    line: Line
    day: str
    arrive: str
    room: str
    where: str
    role: str
    chairs: tuple[Person, ...]
    others: tuple[Person, ...]
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One person's."""

    person: Person
    turns: tuple[Turn, ...]
    needs: str
    address: str
    code: str


def speaker_sheets_pdf(
    agenda: Agenda,
    contacts: Sequence[Contact],
    needs: Mapping[str, str] | None,
    *,
    base_url: str,
    language: str,
    size: str = "A4",
    translate: Translate = str,
) -> bytes:
    """A sheet for everybody with a part, by name; where the agenda is filtered to one person, theirs with the calendar.

    `needs` are what people need, by their codes: the organisers' copy. None: the speaker's own. Raises as
    `printing.render` does.
    """
    voice = Voice(agenda.conference, language, translate)
    wanted = agenda.filter.speaker
    people = [each for each in agenda.people.values() if wanted in (None, each.code)]
    people.sort(key=lambda each: (collate(line(each.name)), each.number))
    sheets = [_sheet(agenda, each, contacts, needs or {}, voice, base_url) for each in people]
    return render(
        "speaker_sheets.html",
        styles=("sheets.css",),
        paper=size,
        attachments=_attached(agenda, voice, base_url, language, translate) if wanted else (),
        context=context(agenda, voice),
        pictures=marks.codes(sheet.address for sheet in sheets),
        sheets=sheets,
        is_ours=needs is not None,
        has_calendar=bool(wanted),
    )


def _attached(agenda: Agenda, voice: Voice, base_url: str, language: str, translate: Translate) -> list[object]:
    feed = calendar(agenda, base_url=base_url, language=language, translate=translate)
    return [attachment(feed, "sessions.ics", voice(N_("These sessions as a calendar")), agenda.released_at)]


def _sheet(
    agenda: Agenda,
    person: Person,
    contacts: Sequence[Contact],
    needs: Mapping[str, str],
    voice: Voice,
    base_url: str,
) -> Sheet:
    by_host = {each.host: each for each in contacts}
    entries = agenda.by(person)
    turns = tuple(_turn(agenda, entry, person, by_host, voice) for entry in entries)
    address = session_url(entries[0], agenda.conference, base_url)
    return Sheet(
        person=person,
        turns=turns,
        needs=lines(needs.get(person.code, "")).strip(),
        address=address,
        code=marks.address(address),
    )


def _turn(agenda: Agenda, entry: Entry, person: Person, contacts: Mapping[str, Contact], voice: Voice) -> Turn:
    facts, talk = agenda.conference, entry.session
    [line_] = as_lines([entry], voice, agenda)
    roles = [part.role for part in talk.parts if part.person.code == person.code]
    arrive = (entry.starts_at - EARLY).astimezone(facts.zone)
    return Turn(
        line=line_,
        day=voice.day(facts.day_of(entry.starts_at)),
        arrive=f"{arrive:%H:%M}",
        room=voice.words(entry.room.name) if entry.room else voice(N_("Whole venue")),
        where=where(entry.room, voice),
        role=", ".join(voice.role(role) for role in dict.fromkeys(roles)),
        chairs=tuple(each for each in talk.people("chair") if each.code != person.code),
        others=tuple(each for each in talk.people("speaker", "panellist") if each.code != person.code),
        contact=contacts.get(entry.room.host or "") if entry.room else None,
    )
