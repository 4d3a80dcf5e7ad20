"""The shelf: everything that can be printed for a conference, for pages and API alike, and when it was last made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for

from confapp import delivery
from confapp.delivery import Wanted, sheets
from confapp.delivery.sheets import Part
from confapp.domain import files
from confapp.domain.agenda import Agenda
from confapp.domain.attendance.registrations import Category
from confapp.domain.errors import N_
from confapp.domain.papers import OFFICE, PAPERS, usual_paper
from confapp.domain.permissions import Permission
from confapp.domain.programme import sessions, speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import frozen
from confapp.domain.release.frozen import Release
from confapp.domain.texts import collate
from confapp.hall.named import is_mine, scope
from confapp.web import allowed
from confapp.web.rendering import local_day, text

WORDS = {
    "programme": (N_("Programme"), N_("The whole agenda with abstracts and an index, to be handed out.")),
    "signs": (N_("Room signs"), N_("For doors: what is on in a room on a day, with a code to the live sign.")),
    "speakers": (
        N_("Speakers' sheets"),
        N_("When and where, with whom, whom to ask, and what they need. Your copy: their own leaves needs out."),
    ),
    "chairs": (N_("Chairs' sheets"), N_("The session's clock, how to introduce who speaks, and room for notes.")),
    "badges": (N_("Badges"), N_("Eight a page in the order of names, with marks to cut by and codes for the door.")),
}
"""What each kind is called, and what it is for."""
_ALL = N_("All")


@dataclass(frozen=True)
class Choice:
    """A parameter of an address: its name, what it is called, and its values with their words."""

    name: str
    label: str
    values: tuple[tuple[str, str], ...]


_VIEW = Choice("view", N_("View"), (("", N_("Booklet with abstracts")), ("grid", N_("Grid, a sheet a day"))))


@dataclass(frozen=True)
class Printed:
    """One kind of what can be printed, and when the whole of it was last made as it stands now (None: not yet)."""

    kind: str
    address: str
    release: int | None
    """The release that it is printed from; None: from those who are registered now."""
    made_at: dt.datetime | None
    choices: tuple[Choice, ...]
    is_private: bool


def shelf(conference: Conference, release: Release | None) -> list[Printed]:
    """All that the asker may have printed."""
    language = conference.languages[0]
    slug, usual = conference.slug, usual_paper(conference.country)
    paper = _paper(usual, OFFICE)
    held: list[tuple[str, str, str, tuple[Choice, ...]]] = []
    if release is not None:
        agenda, part = frozen.agenda(release), Part()
        day, room = _days(agenda), _rooms(agenda)
        programme = delivery.name_of(release, Wanted("pdf", language=language, options={"paper": usual}))
        address = url_for("agenda.get_agenda_file", conference=slug, kind="pdf")
        held.append(("programme", programme, address, (_VIEW, day, _paper(usual, PAPERS))))
        signs = sheets.signs(conference, release, part, language=language, size=usual)
        held.append(("signs", signs.name, url_for("printing.get_signs", conference=slug), (room, day, paper)))
        if allowed(Permission.SPEAKERS_EDIT, conference):
            everybody = sheets.speakers(conference, release, part, language=language, size=usual, is_ours=True)
            people = _people(agenda, conference)
            address = url_for("printing.get_speaker_sheets", conference=slug)
            held.append(("speakers", everybody.name, address, (people, paper)))
        chairs = sheets.chairs(conference, release, part, language=language, size=usual)
        address = url_for("printing.get_chair_sheets", conference=slug)
        held.append(("chairs", chairs.name, address, (_sessions(agenda), day, paper)))
    if allowed(Permission.ATTENDEES_EDIT, conference):
        badges = sheets.badges(conference, language=language, size=usual)
        held.append(("badges", badges.name, url_for("printing.get_badges", conference=slug), (_categories(), paper)))
    made = files.made_at([name for _kind, name, _address, _choices in held])
    return [
        Printed(
            kind=kind,
            address=address,
            release=release.number if release is not None and kind != "badges" else None,
            made_at=made.get(name),
            choices=choices,
            is_private=kind not in {"programme", *sheets.PUBLIC},
        )
        for kind, name, address, choices in held
    ]


def _paper(usual: str, among: Iterable[str]) -> Choice:
    """Kinds of paper, the usual one first."""
    return Choice("paper", N_("Paper"), tuple((size, size) for size in sorted(among, key=lambda size: size != usual)))


def _days(agenda: Agenda) -> Choice:
    return Choice("day", N_("Day"), (("", _ALL), *((day.isoformat(), local_day(day)) for day in agenda.days)))


def _rooms(agenda: Agenda) -> Choice:
    return Choice("room", N_("Room"), (("", _ALL), *((room.code, text(room.name)) for room in agenda.rooms)))


def _people(agenda: Agenda, conference: Conference) -> Choice:
    """Those whose sheets the asker may have: a track's manager has them of her own speakers, and never of all."""
    people = sorted(agenda.people.values(), key=lambda each: collate(each.name))
    mine = scope(Permission.SPEAKERS_EDIT, conference, "track")
    if mine is None:
        return Choice("speaker", N_("Speaker"), (("", _ALL), *((each.code, each.name) for each in people)))
    parts = sessions.parts_by_speaker(conference)
    own = {
        each.code
        for each in speakers.speakers(conference)
        if is_mine([talk.track_id for talk in parts.get(each.id, [])], mine)
    }
    return Choice("speaker", N_("Speaker"), tuple((each.code, each.name) for each in people if each.code in own))


def _sessions(agenda: Agenda) -> Choice:
    held = [each for each in agenda.sessions.values() if each.parts]
    return Choice("session", N_("Session"), (("", _ALL), *((each.code, text(each.title)) for each in held)))


def _categories() -> Choice:
    known = tuple((each.value, each.value.capitalize()) for each in Category)
    return Choice("category", N_("Category"), (("", _ALL), *known))
