"""The sheets there are: what each is made from, and under which name, for who asks and for the worker alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from confapp.database import db
from confapp.delivery.printed import Order
from confapp.domain import papers
from confapp.domain.agenda import Agenda, Filter
from confapp.domain.attendance import briefs
from confapp.domain.attendance.registrations import Category
from confapp.domain.press import press_room, publications
from confapp.domain.press.publications import Publication
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import frozen, releases
from confapp.domain.release.frozen import Release
from confapp.exports import sheet_name
from confapp.web.rendering import UI_LANGUAGES

REVISIONS = {"transcript": 1, "signs": 1, "speakers": 1, "chairs": 2, "badges": 1}
"""Every kind of sheet. Raise its number with every change to its maker, its templates or its fonts."""


def ordered(conference_id: int, release: int | None, spec: dict[str, Any]) -> Order:
    """The order of which a row tells, read from the database once more. Raises Missing."""
    conference, kind = db.session.get_one(Conference, conference_id), spec["kind"]
    if kind == "transcript":
        held = publications.publications_of(conference.id, spec["paper"])
        return transcript(conference, held, publications.chosen(held, number=spec["number"]), spec["size"])
    if kind == "badges":
        return badges(conference, **{name: value for name, value in spec.items() if name != "kind"})
    if release is None:
        raise ValueError(f"sheets of the kind {kind} are made from a release")
    return _again(kind, conference, release, spec)


def _base_url() -> str:
    return str(current_app.config["CONFAPP"].base_url)


def _spoken(language: str, make: Callable[[], bytes]) -> Callable[[], bytes]:
    """A maker that says the app's own words in a language, where there is a catalogue for it."""

    def spoken() -> bytes:
        with force_locale(language if language in UI_LANGUAGES else UI_LANGUAGES[0]):
            return make()

    return spoken


# Released words.


def transcript(conference: Conference, held: Sequence[Publication], publication: Publication, size: str) -> Order:
    """One publication; `held` are all of its transcript. Within the public fence. Not for withdrawn ones."""
    paper, facts, base_url = publications.paper(publication), conference.facts, _base_url()
    paper = papers.lasting(paper)
    mended = tuple(press_room.mended(each) for each in press_room.corrections(held, publication))

    def make() -> bytes:
        from confapp.exports.transcript_pdf import transcript_pdf  # WeasyPrint: for the worker alone

        return transcript_pdf(paper, facts, mended, base_url=base_url, size=size, translate=gettext)

    told = {name: getattr(facts, name) for name in ("slug", "timezone", "languages", "contact")}
    values = {"paper": asdict(paper), "facts": told, "mended": [asdict(each) for each in mended]}
    return Order(
        name=sheet_name("transcript", REVISIONS["transcript"], base_url=base_url, size=size, **values),
        conference_id=conference.id,
        release=None,
        spec={"kind": "transcript", "paper": paper.public_id, "number": paper.number, "size": size},
        make=_spoken(paper.language, make),
        is_private=False,
    )


# Sheets of a release.


@dataclass(frozen=True)
class Part:
    """Which part of a release is wanted, as addresses and the worker's rows say it; '' is all."""

    day: str = ""
    room: str = ""
    speaker: str = ""
    session: str = ""

    def filter(self) -> Filter:
        """The same as the agenda knows it."""
        return Filter(
            day=dt.date.fromisoformat(self.day) if self.day else None,
            room=self.room or None,
            speaker=self.speaker or None,
            session=self.session or None,
        )


def signs(conference: Conference, release: Release, part: Part, *, language: str, size: str) -> Order:
    """Signs for doors: public, as all on them is. Within the public fence."""

    def make(agenda: Agenda, base_url: str) -> bytes:
        from confapp.exports.signs import signs_pdf

        return signs_pdf(agenda, base_url=base_url, language=language, size=size, translate=gettext)

    return _of_release("signs", conference, release, part, make, {}, language=language, size=size)


def speakers(conference: Conference, release: Release, part: Part, *, language: str, size: str, is_ours: bool) -> Order:
    """Speakers' sheets. `is_ours`: the organisers' copy, which tells what they need."""
    contacts = briefs.contacts(conference)
    needs = briefs.needs(conference) if is_ours else None
    if needs is not None and part.speaker:
        needs = {code: words for code, words in needs.items() if code == part.speaker}

    def make(agenda: Agenda, base_url: str) -> bytes:
        from confapp.exports.speaker_sheets import speaker_sheets_pdf

        return speaker_sheets_pdf(
            agenda, contacts, needs, base_url=base_url, language=language, size=size, translate=gettext
        )

    private = {"contacts": [asdict(each) for each in contacts], "needs": needs, "is_ours": is_ours}
    return _of_release("speakers", conference, release, part, make, private, language=language, size=size)


def chairs(conference: Conference, release: Release, part: Part, *, language: str, size: str) -> Order:
    """Chairs' sheets: for those who run the day."""

    def make(agenda: Agenda, base_url: str) -> bytes:
        from confapp.exports.chair_sheets import chair_sheets_pdf

        return chair_sheets_pdf(agenda, base_url=base_url, language=language, size=size, translate=gettext)

    return _of_release("chairs", conference, release, part, make, {}, language=language, size=size)


PUBLIC = frozenset({"transcript", "signs"})
"""The kinds that tell nothing which the public may not read."""


def _of_release(
    kind: str,
    conference: Conference,
    release: Release,
    part: Part,
    make: Callable[[Agenda, str], bytes],
    private: dict[str, Any],
    *,
    language: str,
    size: str,
) -> Order:
    base_url, whole = _base_url(), frozen.agenda(release)
    asked: dict[str, Any] = {"language": language, "size": size, "part": asdict(part)}
    return Order(
        name=sheet_name(
            kind,
            REVISIONS[kind],
            base_url=base_url,
            facts=asdict(whole.conference),
            release=release.number,
            redaction=release.redaction,
            private=private,
            **asked,
        ),
        conference_id=conference.id,
        release=release.number,
        spec={"kind": kind, **asked, **({"is_ours": private["is_ours"]} if "is_ours" in private else {})},
        make=_spoken(language, lambda: make(whole.filtered(part.filter()), base_url)),
        is_private=kind not in PUBLIC,
    )


def _again(kind: str, conference: Conference, release: int, spec: dict[str, Any]) -> Order:
    held = releases.numbered(conference.id, release)
    asked: dict[str, Any] = {"language": spec["language"], "size": spec["size"]}
    part = Part(**spec["part"])
    if kind == "speakers":
        return speakers(conference, held, part, is_ours=spec["is_ours"], **asked)
    return (signs if kind == "signs" else chairs)(conference, held, part, **asked)


# Badges.


def badges(conference: Conference, *, category: str = "", code: str = "", language: str, size: str) -> Order:
    """Badges of those who come: all, of a category, of one registration. Raises ValueError for no category."""
    held = briefs.badges(conference, category=Category(category) if category else None, code=code or None)
    facts, base_url = conference.facts, _base_url()
    moment = max((each.since for each in held), default=conference.created_at)
    made_for = moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def make() -> bytes:
        from confapp.exports.badges import badges_pdf

        return badges_pdf(held, facts, language=language, made_for=made_for, size=size, translate=gettext)

    asked = {"category": category, "code": code, "language": language, "size": size}
    told = {"facts": asdict(facts), "badges": [asdict(each) for each in held], "made_for": made_for}
    return Order(
        name=sheet_name("badges", REVISIONS["badges"], base_url=base_url, **asked, **told),
        conference_id=conference.id,
        release=None,
        spec={"kind": "badges", **asked},
        make=_spoken(language, make),
        is_private=True,
    )
