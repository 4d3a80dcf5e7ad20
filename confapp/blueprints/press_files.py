"""The press room's files: transcripts to take away, feeds to follow, the news sitemap, and how a page is embedded."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, render_template, request
from flask_babel import get_locale, gettext
from werkzeug.exceptions import NotImplemented as NotSupported

from confapp.blueprints.press import FILES, base_url
from confapp.domain.errors import Missing
from confapp.domain.papers import Feed
from confapp.domain.permissions import Permission
from confapp.domain.press import press_room, publications
from confapp.domain.press.publications import Publication
from confapp.domain.programme import conferences
from confapp.domain.programme.conferences import Conference
from confapp.exports import akoma, captions, feeds, ninjs, press_addresses, transcripts
from confapp.web import now, permits
from confapp.web.rendering import conference_languages, text, ui_language

blueprint = Blueprint("press_files", __name__)

KINDS = f"any({','.join(FILES)})"
FEEDS = f"any({','.join(press_addresses.FEEDS)})"
EMBED = (600, 480)
"""Width and height of an embedded transcript, in pixels, unless somebody asks for less."""


@blueprint.get(f"/<conference>/press/<public_id>.<{KINDS}:kind>")
@permits(Permission.ANYONE, public=True)
def get_transcript_file(conference: Conference, public_id: str, kind: str) -> Response:
    """The latest words as a file; 410 once they are withdrawn."""
    language = request.args.get("language") or None
    found = publications.publication(conference.id, public_id, language=language, preferred=conference_languages())
    return _file(conference, found, kind)


@blueprint.get(f"/<conference>/press/<public_id>/v/<int:number>.<{KINDS}:kind>")
@permits(Permission.ANYONE, public=True)
def get_publication_file(conference: Conference, public_id: str, number: int, kind: str) -> Response:
    """One publication as a file that never changes, unless it is withdrawn."""
    return _file(conference, publications.publication(conference.id, public_id, number=number), kind)


def _file(conference: Conference, publication: Publication, kind: str) -> Response:
    paper = publications.paper(publication)
    base, slug = base_url(), conference.slug
    frozen = press_addresses.transcript(base, slug, paper.public_id, number=paper.number)
    address = press_addresses.transcript(base, slug, paper.public_id, language=paper.language)
    policy = f"{press_addresses.room(base, slug)}corrections"
    held = publications.publications_of(conference.id, paper.public_id)
    first = min(each.released_at for each in held if each.language == paper.language)
    makers: Mapping[str, Callable[[], bytes]] = {
        "txt": lambda: transcripts.text(paper, address=frozen, translate=gettext),
        "json": lambda: transcripts.data(paper, address=frozen),
        "vtt": lambda: captions.vtt(paper, address=frozen, translate=gettext),
        "ninjs": lambda: ninjs.ninjs(paper, address=address, frozen=frozen, published_at=first, policy=policy),
        "akn": lambda: akoma.akoma_ntoso(paper, address=address, published_at=first, country=conference.country or ""),
    }
    media_type = transcripts.MEDIA_TYPES[kind]
    response = Response(makers[kind](), 410 if paper.is_withdrawn else 200, mimetype=media_type)
    name = f"{slug}-{paper.public_id[:8]}-v{paper.number}-{paper.language}.{transcripts.EXTENSIONS.get(kind, kind)}"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Content-Language"] = paper.language
    response.headers["Link"] = f'<{address}>; rel="canonical"'
    return response


# What follows.


def _feed(conference: Conference | None, kind: str) -> Response:
    """A feed. Its `updated` is its last change, so that nothing unreleased can move it."""
    language = request.args.get("language") or None
    entries = press_room.followed(conference.id if conference else None, language=language)
    slug = conference.slug if conference else None
    hub = current_app.config["CONFAPP"].websub_hub
    name = f"{text(conference.title)}: {gettext('Press room')}" if conference else gettext("Press")
    rooms = [conference] if conference else conferences.public_conferences()
    born = min((each.created_at for each in rooms), default=dt.datetime.fromtimestamp(0, dt.UTC))
    feed = Feed(
        title=name,
        description=gettext("Speeches and transcripts, published when they have been given."),
        language=str(get_locale() or ui_language()).replace("_", "-"),
        home=press_addresses.room(base_url(), slug),
        address=press_addresses.feed(base_url(), slug, kind, language=language),
        updated_at=max((each.updated_at for each in entries), default=born),
        entries=tuple(entries),
        hub=hub,
    )
    body = feeds.MAKERS[kind](feed, base_url=base_url(), translate=gettext)
    response = Response(body, content_type=f"{press_addresses.FEEDS[kind]}; charset=utf-8")
    response.last_modified = feed.updated_at
    links = [f'<{feed.address}>; rel="self"', *([f'<{hub}>; rel="hub"'] if hub else [])]
    response.headers["Link"] = ", ".join(links)
    return response


@blueprint.get(f"/press/feed.<{FEEDS}:kind>")
@permits(Permission.ANYONE, public=True)
def get_everywheres_feed(kind: str) -> Response:
    """The words of all public conferences, to be followed; `?language=` narrows it."""
    return _feed(None, kind)


@blueprint.get(f"/<conference>/press/feed.<{FEEDS}:kind>")
@permits(Permission.ANYONE, public=True)
def get_feed(conference: Conference, kind: str) -> Response:
    """A conference's words, to be followed; `?language=` narrows it."""
    return _feed(conference, kind)


def _sitemap(conference_id: int | None) -> Response:
    entries = press_room.followed(conference_id, most=1000)
    return Response(feeds.news_sitemap(entries, base_url=base_url(), now=now()), mimetype="application/xml")


@blueprint.get("/press/sitemap.xml")
@permits(Permission.ANYONE, public=True)
def get_everywheres_sitemap() -> Response:
    """The last two days' words of all public conferences, for news search."""
    return _sitemap(None)


@blueprint.get("/<conference>/press/sitemap.xml")
@permits(Permission.ANYONE, public=True)
def get_sitemap(conference: Conference) -> Response:
    """A conference's words of the last two days, for news search."""
    return _sitemap(conference.id)


# Embedding.


@blueprint.get("/press/oembed")
@permits(Permission.ANYONE, public=True)
def get_oembed() -> Response:
    """How to embed a transcript's page (oEmbed 1.0): `?url=` is its address; 501 for formats other than JSON."""
    if request.args.get("format", "json") != "json":
        raise NotSupported(gettext("Only JSON is given here: format=json."))
    publication = _addressed(request.args.get("url", ""))
    width = min(EMBED[0], request.args.get("maxwidth", EMBED[0], type=int))
    height = min(EMBED[1], request.args.get("maxheight", EMBED[1], type=int))
    address = press_addresses.transcript(
        base_url(), publication.conference.slug, publication.public_id, language=publication.language
    )
    frame = f"{address.partition('?')[0]}/embed?{urlsplit(address).query}"
    facts: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "provider_name": text(publication.conference.title),
        "provider_url": press_addresses.room(base_url(), publication.conference.slug),
        "title": publication.headline,
        "author_name": publication.byline,
        "width": width,
        "height": height,
        "html": render_template(
            "press/frame.html", address=frame, title=publication.headline, width=width, height=height
        ).strip(),
    }
    return Response(json.dumps(facts, ensure_ascii=False) + "\n", mimetype="application/json")


def _addressed(url: str) -> Publication:
    """The publication that an absolute address of ours shows; raises Missing."""
    parts = urlsplit(url)
    steps = [step for step in parts.path.split("/") if step]
    if not url.startswith(base_url().rstrip("/") + "/") or len(steps) < 3 or steps[-2] != "press":
        raise Missing()
    conference = conferences.public_by_slug(steps[-3])
    language = next((pair[9:] for pair in parts.query.split("&") if pair.startswith("language=")), None) or None
    found = publications.publication(conference.id, steps[-1], language=language, preferred=conference.languages)
    if found.is_withdrawn:
        raise Missing()
    return found
