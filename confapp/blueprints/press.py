"""The press room: released words for everyone, read from publications alone, behind the public fence."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from confapp.domain import conferences, publications
from confapp.domain.conferences import Conference
from confapp.domain.permissions import Permission
from confapp.domain.publications import Publication
from confapp.exports import transcripts
from confapp.rendering import conference_languages
from confapp.web import permits

blueprint = Blueprint("press", __name__)

FILES = tuple(transcripts.MEDIA_TYPES)


@blueprint.get("/press/")
@permits(Permission.ANYONE, public=True)
def list_press_rooms() -> str:
    """What was published last in any public conference, and the press room of each."""
    recent = publications.recent()
    newest = publications.one_of_each(recent, request.args.get("language"))
    return render_template("press/rooms.html", releases=newest, conferences=conferences.public_conferences())


@blueprint.get("/<conference>/press")
@permits(Permission.ANYONE, public=True)
def redirect_press_room(conference: Conference) -> BaseResponse:
    """The press room's address has a slash."""
    return redirect(url_for(".show_press_room", conference=conference.slug), 308)


@blueprint.get("/<conference>/press/")
@permits(Permission.ANYONE, public=True)
def show_press_room(conference: Conference) -> str:
    """What is public in a conference, the newest first."""
    found = publications.latest(conference.id)
    return render_template(
        "press/room.html", conference=conference, releases=publications.one_of_each(found, request.args.get("language"))
    )


def _page(conference: Conference, held: Sequence[Publication], publication: Publication) -> Response:
    """The words, or what is left of withdrawn ones under 410."""
    siblings = [each for each in held if each.is_latest and each.id != publication.id]
    newest = None
    if not publication.is_latest:
        newest = next((each for each in siblings if each.language == publication.language), None)
    page = render_template(
        "press/transcript.html",
        conference=conference,
        publication=publication,
        siblings=siblings if publication.is_latest else [],
        newest=newest,
        files=() if publication.is_withdrawn else FILES,
    )
    response = make_response(page, 410 if publication.is_withdrawn else 200)
    response.headers["Content-Language"] = publication.language
    return response


@blueprint.get("/<conference>/press/<public_id>")
@permits(Permission.ANYONE, public=True)
def show_transcript(conference: Conference, public_id: str) -> Response:
    """The latest words of a transcript; `?language=` chooses among translations."""
    held = publications.publications_of(conference.id, public_id)
    language = request.args.get("language") or None
    return _page(conference, held, publications.chosen(held, language=language, preferred=conference_languages()))


@blueprint.get("/<conference>/press/<public_id>/v/<int:number>")
@permits(Permission.ANYONE, public=True)
def show_publication(conference: Conference, public_id: str, number: int) -> Response:
    """One publication under an address that never shows another."""
    held = publications.publications_of(conference.id, public_id)
    return _page(conference, held, publications.chosen(held, number=number))


@blueprint.get(f"/<conference>/press/<public_id>.<any({','.join(FILES)}):kind>")
@permits(Permission.ANYONE, public=True)
def get_transcript_file(conference: Conference, public_id: str, kind: str) -> Response:
    """The latest words as a file; 410 once they are withdrawn."""
    language = request.args.get("language") or None
    found = publications.publication(conference.id, public_id, language=language, preferred=conference_languages())
    return _file(conference, found, kind)


@blueprint.get(f"/<conference>/press/<public_id>/v/<int:number>.<any({','.join(FILES)}):kind>")
@permits(Permission.ANYONE, public=True)
def get_publication_file(conference: Conference, public_id: str, number: int, kind: str) -> Response:
    """One publication as a file that never changes, unless it is withdrawn."""
    return _file(conference, publications.publication(conference.id, public_id, number=number), kind)


def _file(conference: Conference, publication: Publication, kind: str) -> Response:
    paper = publications.paper(publication)
    path = url_for(".show_publication", conference=conference.slug, public_id=paper.public_id, number=paper.number)
    address = current_app.config["CONFAPP"].base_url.rstrip("/") + path
    if kind == "txt":
        body = transcripts.text(paper, address=address, translate=gettext)
    else:
        body = transcripts.data(paper, address=address)
    response = Response(body, 410 if paper.is_withdrawn else 200, mimetype=transcripts.MEDIA_TYPES[kind])
    response.headers["Content-Language"] = paper.language
    return response
