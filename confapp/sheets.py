"""The sheets there are: what each is made from, and under which name, for who asks and for the worker alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from confapp.database import db
from confapp.domain import papers
from confapp.domain.errors import N_, Invalid
from confapp.domain.press import press_room, publications
from confapp.domain.press.publications import Publication
from confapp.domain.programme.conferences import Conference
from confapp.exports import sheet_name
from confapp.printed import Order
from confapp.rendering import UI_LANGUAGES

SIZES = ("A4", "Letter")
REVISIONS = {"transcript": 1}
"""Every kind of sheet. Raise its number with every change to its maker, its templates or its fonts."""


def size_of(asked: str | None) -> str:
    """The paper that an address asks for; raises Invalid for one that there is not."""
    size = asked or SIZES[0]
    if size not in SIZES:
        raise Invalid({"paper": [N_("Give %(one)s or %(other)s.", one=SIZES[0], other=SIZES[1])]})
    return size


def ordered(conference_id: int, spec: dict[str, Any]) -> Order:
    """The order of which `spec` tells, read from the database once more. Raises Missing, KeyError for no such kind."""
    conference = db.session.get_one(Conference, conference_id)
    return _ORDERS[spec["kind"]](conference, spec)


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


def _transcript(conference: Conference, spec: dict[str, Any]) -> Order:
    held = publications.publications_of(conference.id, spec["paper"])
    return transcript(conference, held, publications.chosen(held, number=spec["number"]), spec["size"])


_ORDERS: dict[str, Callable[[Conference, dict[str, Any]], Order]] = {"transcript": _transcript}
