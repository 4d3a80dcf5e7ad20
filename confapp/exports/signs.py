"""Signs for doors: what takes place in a room on a day, to be read from the corridor, with a code to the live sign."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from confapp.domain.agenda import Agenda, Room
from confapp.exports import marks
from confapp.exports.printing import render
from confapp.exports.sheets import Line, context, lines, sign_url, where
from confapp.exports.wording import Translate, Voice

SIZES = (("loose", 19, 34, 0.8), ("middling", 25, 48, 1.0), ("tight", 34, 62, 0.75))
"""Sizes of letters, the largest first: how many lines of titles a page holds, about how many characters fit into one,
and how many lines the space between two rows takes."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One page: a room on a day."""

    room: Room
    name: str
    where: str
    day: str
    rows: tuple[Line, ...]
    size: str
    """How large the letters are: loose, middling, tight or dense."""
    address: str
    code: str


def signs_pdf(agenda: Agenda, *, base_url: str, language: str, size: str = "A4", translate: Translate = str) -> bytes:
    """A sign for each room of the agenda (filtered already to the rooms and days wanted) on each of its days.

    What takes place in the whole venue stands on every sign of its day. Raises as `printing.render` does.
    """
    voice = Voice(agenda.conference, language, translate)
    made = _signs(agenda, voice, base_url)
    return render(
        "signs.html",
        styles=("signs.css",),
        paper=size,
        context=context(agenda, voice),
        pictures=marks.codes(sign.address for sign in made),
        signs=made,
    )


def _signs(agenda: Agenda, voice: Voice, base_url: str) -> list[Sign]:
    made = []
    wanted = agenda.filter.room
    for room in agenda.rooms:
        if wanted is not None and room.code != wanted:
            continue
        for day in agenda.days:
            found = _rows(agenda, room, day, voice)
            if found:
                made.append(_sign(agenda, room, day, found, voice, base_url))
    return made


def _rows(agenda: Agenda, room: Room, day: dt.date, voice: Voice) -> Sequence[Line]:
    """What takes place in a room on a day; nothing where only the whole venue is busy."""
    here = [entry for entry in agenda.on(day) if entry.room is None or entry.room.code == room.code]
    return lines(here, voice, agenda) if any(entry.room is not None for entry in here) else []


def _sign(agenda: Agenda, room: Room, day: dt.date, rows: Sequence[Line], voice: Voice, base_url: str) -> Sign:
    address = sign_url(agenda, room, base_url)
    return Sign(
        room=room,
        name=voice.words(room.name),
        where=where(room, voice),
        day=voice.day(day),
        rows=tuple(rows),
        size=_size(rows),
        address=address,
        code=marks.address(address),
    )


def _size(rows: Sequence[Line]) -> str:
    """The largest letters in which the rows fit on the page."""
    for name, most, width, space in SIZES:
        titles = sum(1 + len(row.title) // width for row in rows)
        names = sum(1 + len(row.people) // (width * 1.4) for row in rows if row.people)
        if titles + 0.75 * names + space * len(rows) <= most:
            return name
    return "dense"
