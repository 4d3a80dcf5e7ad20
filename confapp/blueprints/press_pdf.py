"""Released words on paper: a PDF that the worker makes, read behind the public fence, gone once they are withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, request
from flask_babel import gettext

from confapp.blueprints.press import base_url
from confapp.blueprints.print_options import asked_paper
from confapp.delivery import printed, sheets
from confapp.domain.papers import OFFICE
from confapp.domain.permissions import Permission
from confapp.domain.press import publications
from confapp.domain.press.publications import Publication
from confapp.domain.programme.conferences import Conference
from confapp.exports import press_addresses, transcripts
from confapp.web import permits
from confapp.web.rendering import conference_languages

blueprint = Blueprint("press_pdf", __name__)


@blueprint.get("/<conference>/press/<public_id>.pdf")
@permits(Permission.ANYONE, public=True)
def get_transcript_pdf(conference: Conference, public_id: str) -> Response:
    """The latest words on paper, `?paper=` Letter or A4; `?language=` chooses among translations."""
    language = request.args.get("language") or None
    return _pdf(conference, public_id, language=language)


@blueprint.get("/<conference>/press/<public_id>/v/<int:number>.pdf")
@permits(Permission.ANYONE, public=True)
def get_publication_pdf(conference: Conference, public_id: str, number: int) -> Response:
    """One publication on paper, which never changes, unless it is withdrawn."""
    return _pdf(conference, public_id, number=number)


def _pdf(conference: Conference, public_id: str, *, language: str | None = None, number: int | None = None) -> Response:
    held = publications.publications_of(conference.id, public_id)
    found = publications.chosen(held, number=number, language=language, preferred=conference_languages())
    size = asked_paper(conference.country, OFFICE)
    response = _gone(conference, found) if found.is_withdrawn else _words(conference, held, found, size)
    address = press_addresses.transcript(base_url(), conference.slug, public_id, language=found.language)
    response.headers["Content-Language"] = found.language
    response.headers["Link"] = f'<{address}>; rel="canonical"'
    return response


def _words(conference: Conference, held: Sequence[Publication], found: Publication, size: str) -> Response:
    name = f"{conference.slug}-{found.public_id[:8]}-v{found.number}-{found.language}.pdf"
    return printed.answer(sheets.transcript(conference, held, found, size), download=name)


def _gone(conference: Conference, found: Publication) -> Response:
    """410: what is left of the words, as text."""
    paper = publications.paper(found)
    address = press_addresses.transcript(base_url(), conference.slug, paper.public_id, number=paper.number)
    return Response(transcripts.text(paper, address=address, translate=gettext), 410, mimetype="text/plain")
