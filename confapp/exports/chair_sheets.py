"""A chair's sheet: the session's clock, who speaks and how to introduce them, and room for notes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from confapp.domain.agenda import Agenda, Entry, Person
from confapp.domain.errors import N_
from confapp.exports import marks
from confapp.exports.ical import calendar
from confapp.exports.printing import attachment, render
from confapp.exports.prose import cut, plain
from confapp.exports.sheets import Line, context, lines, where
from confapp.exports.wording import Translate, Voice, session_url

BIOGRAPHY = 420
"""How many characters of a biography are printed: it is to be said in half a minute."""
MINUTE = dt.timedelta(minutes=1)
UNCHAIRED = ("break", "social")


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of the session's clock and what the chair does at it; `card`: what the card shown to speakers says."""

    at: str
    what: str
    card: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One time at which one session takes place."""

    line: Line
    day: str
    room: str
    where: str
    chairs: tuple[Person, ...]
    speakers: tuple[tuple[str, Person, str], ...]
    """Role, person and short biography of everybody else."""
    clock: tuple[Mark, ...]
    minutes: int
    share: int | None
    """How many minutes each speaker has, where they are several."""
    address: str
    code: str


def chair_sheets_pdf(
    agenda: Agenda, *, base_url: str, language: str, size: str = "A4", translate: Translate = str
) -> bytes:
    """A sheet for every time at which a session with somebody in it takes place; of one session with the calendar.

    The agenda is filtered to what is wanted already. Raises as `printing.render` does.
    """
    voice = Voice(agenda.conference, language, translate)
    wanted = [each for each in agenda.shown if each.session.parts and each.session.kind not in UNCHAIRED]
    sheets = [_sheet(agenda, entry, voice, base_url) for entry in wanted]
    attachments = []
    if agenda.filter.session is not None:
        feed = calendar(agenda, base_url=base_url, language=language, translate=translate)
        attachments = [attachment(feed, "session.ics", voice(N_("This session as a calendar")), agenda.released_at)]
    return render(
        "chair_sheets.html",
        styles=("sheets.css",),
        paper=size,
        attachments=attachments,
        context=context(agenda, voice),
        pictures=marks.codes(sheet.address for sheet in sheets),
        sheets=sheets,
        has_calendar=bool(attachments),
    )


def _sheet(agenda: Agenda, entry: Entry, voice: Voice, base_url: str) -> Sheet:
    talk = entry.session
    [line_] = lines([entry], voice, agenda)
    address = session_url(entry, agenda.conference, base_url)
    speaking = [part for part in talk.parts if part.role != "chair"]
    length = round(entry.duration / MINUTE)
    questions = _questions(length)
    return Sheet(
        line=line_,
        day=voice.day(agenda.conference.day_of(entry.starts_at)),
        room=voice.words(entry.room.name) if entry.room else voice(N_("Whole venue")),
        where=where(entry.room, voice),
        chairs=talk.people("chair"),
        speakers=tuple(
            (part.role, part.person, cut(plain(voice.html(part.person.biography)), BIOGRAPHY)) for part in speaking
        ),
        clock=tuple(_clock(agenda, entry, length, questions, voice)),
        minutes=length,
        share=(length - questions) // len(speaking) if len(speaking) > 1 else None,
        address=address,
        code=marks.address(address),
    )


def _questions(length: int) -> int:
    """How many of a session's minutes are kept for questions: a quarter, in fives, 15 at most; none of a short one."""
    return min(15, length // 4 // 5 * 5)


def _clock(agenda: Agenda, entry: Entry, length: int, questions: int, voice: Voice) -> list[Mark]:
    zone = agenda.conference.zone

    def at(moment: dt.datetime) -> str:
        return f"{moment.astimezone(zone):%H:%M}"

    ends = entry.ends_at
    clock = [
        Mark(at(entry.starts_at - 10 * MINUTE), voice(N_("Meet the speakers; check names, slides and microphones."))),
        Mark(at(entry.starts_at), voice(N_("Begin on time; introduce the speakers in half a minute each."))),
    ]
    if questions > 5:
        clock.append(Mark(at(ends - questions * MINUTE), voice(N_("Questions from the floor begin."))))
    if length >= 20:
        clock.append(Mark(at(ends - 5 * MINUTE), voice(N_("Show the card; take the last question.")), "5"))
    if length >= 10:
        clock.append(Mark(at(ends - MINUTE), voice(N_("Show the card; stand up.")), "1"))
    clock.append(Mark(at(ends), voice(N_("Close, and tell the stage desk, which confirms the end.")), "0"))
    after = _next(agenda, entry)
    if after is not None:
        title = voice.words(after.session.title) or voice.kind(after.session.kind)
        clock.append(Mark(at(after.starts_at), voice(N_("Next in this room: %(title)s"), title=title)))
    return clock


def _next(agenda: Agenda, entry: Entry) -> Entry | None:
    """What begins in the room after the session, on its day."""
    if entry.room is None:
        return None
    day = agenda.conference.day_of(entry.starts_at)
    later = [each for each in agenda.on(day) if each.room == entry.room and each.starts_at >= entry.ends_at]
    return min(later, key=lambda each: (each.starts_at, each.number), default=None)
