"""The words of letters on a release: the same for the organisers' preview and for whoever sends them."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, render_template
from flask_babel import force_locale, gettext, ngettext

from confapp.config import Settings
from confapp.domain.agenda import Agenda, ConferenceFacts, Entry
from confapp.domain.letters.concerns import Concern, Kind, Recipient
from confapp.domain.programme.speakers import Speaker
from confapp.domain.texts import in_language
from confapp.web.rendering import UI_LANGUAGES, listed, local_date, local_time

SHOWN = 12
"""So many changes stand in a letter; where there are more, it says how many and where to see all."""


@dataclass(frozen=True, slots=True)
class Written:
    """A letter in words, ready to be sent."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Item:
    """One change in a letter."""

    title: str
    part: str
    """What the reader is to it."""
    what: str
    """What happened, in a word or two."""
    now: str = ""
    was: str = ""
    more: tuple[str, ...] = ()
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Where a reader finds all that is theirs."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Words:
    """All that a letter says, line by line: what its two templates lay out."""

    language: str
    subject: str
    greeting: str
    opening: str
    items: tuple[Item, ...]
    left: str
    """How many more there are; '' for none."""
    note: str
    clock: str
    pages: tuple[Page, ...]
    conference: str
    contact: str
    why: str
    end: str = ""
    """Where an attendee ends these letters."""


def write(recipient: Recipient, agenda: Agenda, *, is_public: bool) -> Written:
    """The letter by which somebody is told of a release, in their language where the conference has words in it.

    `is_public`: whether the conference's pages may be seen, and so linked to.
    """
    known = agenda.conference.languages
    wanted = [recipient.language] if recipient.language in known else []
    languages = [*wanted, *known]
    with force_locale(next((each for each in languages if each in UI_LANGUAGES), UI_LANGUAGES[0])):
        words = _words(recipient, agenda, languages, is_public=is_public)
        told = {"letter": words}
        return Written(
            words.subject,
            render_template("mail/release.txt", **told).strip() + "\n",
            render_template("mail/release.html", **told),
        )


def _words(recipient: Recipient, agenda: Agenda, languages: Sequence[str], *, is_public: bool) -> Words:
    conference = agenda.conference
    items = tuple(_item(concern, agenda, languages) for concern in recipient.concerns)
    left = len(items) - SHOWN
    name = in_language(conference.title, languages)
    pages = _pages(recipient, agenda) if is_public else ()
    return Words(
        language=languages[0],
        subject=_subject(recipient, items, name),
        greeting=gettext("Dear %(names)s,", names=listed(list(recipient.names))),
        opening=_opening(recipient, name),
        items=items[:SHOWN],
        left=ngettext("And %(num)s more change.", "And %(num)s more changes.", left) if left > 0 else "",
        note=in_language(agenda.note, languages),
        clock=gettext("All times are in %(zone)s.", zone=conference.timezone.replace("_", " ")),
        pages=pages,
        conference=name,
        contact=conference.contact or "",
        why=_why(recipient),
        end=_address(agenda, "me#letters") if is_public and _is_attendee(recipient) else "",
    )


def _subject(recipient: Recipient, items: Sequence[Item], name: str) -> str:
    if len(items) == 1:
        return f"{items[0].what}: {items[0].title}"
    if all(concern.kind is Kind.NEW for concern in recipient.concerns):
        return str(gettext("%(name)s: your place in the programme", name=name))
    return str(gettext("%(name)s: %(count)s changes that concern you", name=name, count=len(items)))


def _opening(recipient: Recipient, name: str) -> str:
    if all(concern.kind is Kind.NEW for concern in recipient.concerns):
        return str(gettext("the programme of %(name)s is out. Here is what concerns you:", name=name))
    return str(gettext("the programme of %(name)s has changed. Here is what concerns you:", name=name))


def _is_attendee(recipient: Recipient) -> bool:
    return any(reader.id.startswith("attendee:") for reader in recipient.readers)


def _why(recipient: Recipient) -> str:
    roles = {role for concern in recipient.concerns for role in concern.roles}
    reasons = [
        *([gettext("you take part in these sessions")] if roles - {"host", "attendee"} else []),
        *([gettext("these sessions are in rooms that you lend")] if "host" in roles else []),
        *([gettext("you picked these sessions")] if "attendee" in roles else []),
    ]
    return str(gettext("You get this letter because %(reasons)s.", reasons=listed(reasons)))


def _pages(recipient: Recipient, agenda: Agenda) -> tuple[Page, ...]:
    labels = {
        "speaker": gettext("Your sessions"),
        "host": gettext("The programme in your rooms"),
        "attendee": gettext("Your agenda"),
    }
    made = []
    for reader in recipient.readers:
        kind = reader.id.partition(":")[0]
        is_there = kind != "speaker" or reader.page.removeprefix("speakers/") in agenda.people
        made.append(Page(labels[kind], _address(agenda, reader.page if is_there else "agenda")))
    return tuple(made)


def _address(agenda: Agenda, page: str) -> str:
    settings: Settings = current_app.config["CONFAPP"]
    return f"{settings.base_url.rstrip('/')}/{agenda.conference.slug}/{page}"


# A speaker's own page.


def page_token(identifier: uuid.UUID) -> str:
    """The secret of a speaker's page that is sent by letter: it follows from the page's id and the app's key."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    made = hmac.new(key, b"speaker-page:" + identifier.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def write_page(speaker: Speaker, conference: ConferenceFacts, token: str, *, until: dt.date) -> Written:
    """The letter that brings a speaker the secret address of her own page, which works `until` that day."""
    known = conference.languages
    languages = [*([speaker.letter_language] if speaker.letter_language in known else []), *known]
    settings: Settings = current_app.config["CONFAPP"]
    with force_locale(next((each for each in languages if each in UI_LANGUAGES), UI_LANGUAGES[0])):
        name = in_language(conference.title, languages)
        told = {
            "language": languages[0],
            "subject": gettext("%(name)s: your page as a speaker", name=name),
            "greeting": gettext("Dear %(names)s,", names=speaker.name),
            "conference": name,
            "contact": conference.contact or "",
            "address": f"{settings.base_url.rstrip('/')}/speak/{token}",
            "until": local_date(until),
        }
        text = render_template("mail/speaker_page.txt", **told).strip() + "\n"
        return Written(str(told["subject"]), text, render_template("mail/speaker_page.html", **told))


# One change.


def _item(concern: Concern, agenda: Agenda, languages: Sequence[str]) -> Item:
    change, entry = concern.change, concern.entry
    is_gone = concern.kind in (Kind.CANCELLED, Kind.LEAVES)
    now = _place(change.after, agenda, languages) if change.after and concern.kind is not Kind.LEAVES else ""
    was = ""
    if concern.kind in (Kind.CANCELLED, Kind.LEAVES) and change.before is not None:
        was = _place(change.before, agenda, languages)
    elif concern.kind is Kind.CHANGED and {"time", "duration", "room"} & set(change.fields):
        assert change.before is not None, "what changed was there"
        was = _place(change.before, agenda, languages)
    return Item(
        title=in_language(entry.session.title, languages),
        part=listed([_PARTS[role]() for role in concern.roles]),
        what=_what(concern),
        now=now,
        was=was,
        more=tuple(_more(concern, languages)),
        is_gone=is_gone,
    )


_PARTS = {
    "speaker": lambda: gettext("you speak"),
    "panellist": lambda: gettext("you are on the panel"),
    "chair": lambda: gettext("you chair"),
    "host": lambda: gettext("in your rooms"),
    "attendee": lambda: gettext("you picked it"),
}


def _what(concern: Concern) -> str:
    is_host = concern.roles == ("host",)
    if concern.kind is Kind.CHANGED:
        return _changed(concern.change.fields)
    words: dict[Kind, str] = {
        Kind.NEW: gettext("New"),
        Kind.CANCELLED: gettext("Cancelled"),
        Kind.JOINS: gettext("New in your rooms") if is_host else gettext("You take part"),
        Kind.LEAVES: gettext("No longer in your rooms") if is_host else gettext("You no longer take part"),
    }
    return words[concern.kind]


def _changed(fields: Sequence[str]) -> str:
    if "time" in fields:
        return str(gettext("Moved, and to another room") if "room" in fields else gettext("Moved"))
    for name, words in (
        ("room", gettext("Another room")),
        ("duration", gettext("Another length")),
        ("title", gettext("New title")),
    ):
        if name in fields:
            return str(words)
    return str(gettext("Other people"))


def _place(entry: Entry, agenda: Agenda, languages: Sequence[str]) -> str:
    zone = agenda.conference.zone
    room = in_language(entry.room.name, languages) if entry.room else gettext("whole venue")
    hours = f"{local_time(entry.starts_at, zone)}–{local_time(entry.ends_at, zone)}"
    return f"{local_date(entry.starts_at, zone)}, {hours}, {room}"


def _more(concern: Concern, languages: Sequence[str]) -> list[str]:
    change = concern.change
    if concern.kind is not Kind.CHANGED or change.before is None or change.after is None:
        return []
    told = []
    if "title" in change.fields:
        was = in_language(change.before.session.title, languages)
        told.append(gettext("It was called “%(title)s”.", title=was))
    if "people" in change.fields:
        had, has = _names(change.before), _names(change.after)
        if joined := [name for name in has if name not in had]:
            told.append(gettext("New: %(names)s.", names=listed(joined)))
        if left := [name for name in had if name not in has]:
            told.append(gettext("No longer: %(names)s.", names=listed(left)))
        if not joined and not left:
            told.append(gettext("Who does what has changed."))
    return told


def _names(entry: Entry) -> list[str]:
    return [part.person.name for part in entry.session.parts]
