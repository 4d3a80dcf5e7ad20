"""The press room: released words for everyone, read from publications alone, behind the public fence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from confapp.blueprints.paging import Paged
from confapp.domain.errors import Missing
from confapp.domain.permissions import Permission
from confapp.domain.press import differences, polls, press_room, publications, search
from confapp.domain.press.press_room import Choice
from confapp.domain.press.publications import WORDS, Publication
from confapp.domain.programme import conferences
from confapp.domain.programme.conferences import Conference
from confapp.exports import press_addresses, structured
from confapp.exports.transcripts import MEDIA_TYPES
from confapp.web import CONTENT_SECURITY_POLICY, permits
from confapp.web.rendering import UI_LANGUAGES, conference_languages

blueprint = Blueprint("press", __name__)

PAGE = 20
FILES = tuple(MEDIA_TYPES)


def base_url() -> str:
    """The address people use."""
    return str(current_app.config["CONFAPP"].base_url)


def _asked(conference: Conference | None = None) -> Choice:
    """What the address asks for: `?speaker=`, `?language=`, `?date=` (a year, month or day). Raises Invalid."""
    since, until = press_room.period(request.args.get("date"))
    return Choice(
        conference_id=conference.id if conference else None,
        speaker=request.args.get("speaker") or None,
        language=request.args.get("language") or None,
        since=since,
        until=until,
    )


@blueprint.get("/press/")
@permits(Permission.ANYONE, public=True)
def list_press_rooms() -> str:
    """What was published last in any public conference, and the press room of each."""
    rooms = {each.id: each for each in conferences.public_conferences()}
    known = [each for each in press_room.lines() if each.conference_id in rooms]
    asked = _asked()
    slug = request.args.get("conference") or None
    found = [each for each in known if asked.takes(each) and slug in (None, "", rooms[each.conference_id].slug)]
    paged = Paged(press_room.one_of_each(found, UI_LANGUAGES), PAGE)
    return render_template(
        "press/rooms.html",
        releases=press_room.by_ids(paged.rows),
        conferences=[each for each in rooms.values() if any(line.conference_id == each.id for line in known)],
        languages_known=press_room.languages(known),
        years=sorted({each.delivered_on.year for each in known if each.delivered_on}, reverse=True),
        asked=request.args,
        paged=paged,
    )


@blueprint.get("/<conference>/press")
@permits(Permission.ANYONE, public=True)
def redirect_press_room(conference: Conference) -> BaseResponse:
    """The press room's address has a slash."""
    return redirect(url_for(".show_press_room", conference=conference.slug), 308)


@blueprint.get("/<conference>/press/")
@permits(Permission.ANYONE, public=True)
def show_press_room(conference: Conference) -> str:
    """What is public in a conference, the newest first."""
    known = press_room.lines(conference.id)
    asked = _asked(conference)
    found = [each for each in known if asked.takes(each)]
    paged = Paged(press_room.one_of_each(found, conference.languages), PAGE)
    return render_template(
        "press/room.html",
        conference=conference,
        releases=press_room.by_ids(paged.rows),
        speakers=press_room.speakers(known),
        languages_known=press_room.languages(known),
        days=press_room.days(known),
        asked=request.args,
        paged=paged,
        total=len(known),
    )


def _search(conference: Conference | None) -> str:
    """What stands in released words: `?q=` with the choices of the lists beside it."""
    rooms = {each.id: each for each in ([conference] if conference else conferences.public_conferences())}
    known = [each for each in press_room.lines(conference.id if conference else None) if each.conference_id in rooms]
    asked = _asked(conference)
    slug = request.args.get("conference") or None
    question = request.args.get("q", "").strip()
    terms = search.terms(question)
    among = [each.id for each in known if asked.takes(each) and slug in (None, rooms[each.conference_id].slug)]
    paged = Paged(search.find(terms, among), PAGE)
    found = press_room.by_ids(paged.rows)
    return render_template(
        "press/search.html",
        conference=conference,
        question=question,
        found=[(each, search.marked(each.headline, terms), search.excerpts(each, terms)) for each in found],
        conferences=[each for each in rooms.values() if any(line.conference_id == each.id for line in known)],
        speakers=press_room.speakers(known) if conference else [],
        languages_known=press_room.languages(known),
        asked=request.args,
        paged=paged,
    )


@blueprint.get("/press/search")
@permits(Permission.ANYONE, public=True)
def search_everywhere() -> str:
    """Search in the released words of all public conferences."""
    return _search(None)


@blueprint.get("/<conference>/press/search")
@permits(Permission.ANYONE, public=True)
def search_press_room(conference: Conference) -> str:
    """Search in a conference's released words."""
    return _search(conference)


@blueprint.get("/<conference>/press/corrections")
@permits(Permission.ANYONE, public=True)
def show_corrections(conference: Conference) -> str:
    """How errors are mended here, and every correction and withdrawal there was."""
    found = press_room.conference_corrections(conference.id)
    return render_template("press/corrections.html", conference=conference, found=found)


def _of_address(conference: Conference, public_id: str) -> tuple[Sequence[Publication], Publication]:
    """A transcript's publications, and the one that the address means: `?language=` chooses among translations."""
    held = publications.publications_of(conference.id, public_id)
    language = request.args.get("language") or None
    return held, publications.chosen(held, language=language, preferred=conference_languages())


def _page(conference: Conference, held: Sequence[Publication], publication: Publication, **more: Any) -> Response:
    """The words, or what is left of withdrawn ones under 410."""
    siblings = [each for each in held if each.is_latest and each.id != publication.id]
    newest = None
    if not publication.is_latest:
        newest = next((each for each in siblings if each.language == publication.language), None)
    corrections = press_room.corrections(held, publication)
    page = render_template(
        "press/transcript.html",
        conference=conference,
        publication=publication,
        siblings=siblings if publication.is_latest else [],
        newest=newest,
        source=publications.corrected_source(publication, held),
        corrections=corrections,
        poll=polls.of(conference.id, publication.public_id),
        gone=[] if publication.is_withdrawn else press_room.gone(held, publication),
        files=() if publication.is_withdrawn else FILES,
        **({} if publication.is_withdrawn else _told(conference, held, publication, corrections)),
        **more,
    )
    response = make_response(page, 410 if publication.is_withdrawn else 200)
    response.headers["Content-Language"] = publication.language
    return response


def _told(
    conference: Conference,
    held: Sequence[Publication],
    publication: Publication,
    corrections: Sequence[press_room.Corrected],
) -> dict[str, Any]:
    """What machines and those who share the page are told."""
    base, slug = base_url(), conference.slug
    paper = publications.paper(publication)
    address = press_addresses.transcript(base, slug, paper.public_id, language=paper.language)
    frozen = press_addresses.transcript(base, slug, paper.public_id, number=paper.number)
    first = min(each.released_at for each in held if each.language == publication.language)
    home = press_addresses.room(base, slug).removesuffix("press/")
    article = structured.article(
        paper,
        address=address,
        frozen=frozen,
        session_address=f"{home}sessions/{paper.session}" if paper.session else None,
        policy=f"{home}press/corrections",
        published_at=first,
        corrections=[
            (each.publication.correction_note, each.publication.released_at)
            for each in corrections
            if press_room.is_correction(each)
        ],
    )
    return {
        "paper": paper,
        "address": address,
        "frozen": frozen,
        "first_released": first,
        "article": article,
        "shares": structured.shares(paper.headline, address),
        "oembed": press_addresses.oembed(base, address),
    }


@blueprint.get("/<conference>/press/<public_id>")
@permits(Permission.ANYONE, public=True)
def show_transcript(conference: Conference, public_id: str) -> Response:
    """The latest words of a transcript; `?language=` chooses among translations."""
    held, publication = _of_address(conference, public_id)
    return _page(conference, held, publication)


@blueprint.get("/<conference>/press/<public_id>/v/<int:number>")
@permits(Permission.ANYONE, public=True)
def show_publication(conference: Conference, public_id: str, number: int) -> Response:
    """One publication under an address that never shows another."""
    held = publications.publications_of(conference.id, public_id)
    return _page(conference, held, publications.chosen(held, number=number), is_frozen=True)


@blueprint.get("/<conference>/press/<public_id>/v/<int:number>/changes")
@permits(Permission.ANYONE, public=True)
def show_changes(conference: Conference, public_id: str, number: int) -> str:
    """What a publication changed in the one whose place it took, word by word. Raises Missing where there is none."""
    held = publications.publications_of(conference.id, public_id)
    publication = publications.chosen(held, number=number)
    corrected = next(iter(press_room.corrections(held, publication)), None)
    if corrected is None or corrected.before is None or publication.is_withdrawn:
        raise Missing()
    before = corrected.before
    named = [name for name in WORDS if name not in ("blocks", "session_title", "speakers", "correction", "kind")]
    old, new = ({name: getattr(each, name) for name in named} for each in (before, publication))
    named.remove("correction_note")
    return render_template(
        "press/changes.html",
        conference=conference,
        publication=publication,
        before=before,
        pairs=differences.compare(before.blocks, publication.blocks),
        fields=differences.fields(old, new, named),
    )


@blueprint.get("/<conference>/press/<public_id>/embed")
@permits(Permission.ANYONE, public=True)
def show_embed(conference: Conference, public_id: str) -> Response:
    """The words in a frame on somebody else's page: nothing but themselves and where they come from."""
    held, publication = _of_address(conference, public_id)
    told = {} if publication.is_withdrawn else _told(conference, held, publication, ())
    page = render_template("press/embed.html", conference=conference, publication=publication, **told)
    response = make_response(page, 410 if publication.is_withdrawn else 200)
    policy = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
    response.headers["Content-Security-Policy"] = policy
    response.headers["Content-Language"] = publication.language
    return response


@blueprint.get("/<conference>/press/<public_id>/quote/<int:block>")
@permits(Permission.ANYONE, public=True)
def show_quote(conference: Conference, public_id: str, block: int) -> Response:
    """One paragraph with its citation; of one that is gone, where it stood last."""
    held, publication = _of_address(conference, public_id)
    if publication.is_withdrawn:
        return _page(conference, held, publication)
    found = next((each for each in publication.blocks if each["id"] == block), None)
    gone = next((each for each in press_room.gone(held, publication) if each.id == block), None)
    if found is None and gone is None:
        raise Missing()
    page = render_template(
        "press/quote.html",
        conference=conference,
        publication=publication,
        block=found,
        gone=gone,
        **_told(conference, held, publication, ()),
    )
    response = make_response(page, 200 if found else 410)
    response.headers["Content-Language"] = publication.language
    return response
