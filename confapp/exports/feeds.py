"""Feeds of released words: Atom, RSS, JSON Feed and the news sitemap; equal entries have equal bytes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from email.utils import format_datetime
from typing import Any

from lxml import etree

from confapp.domain.errors import N_
from confapp.domain.papers import Feed, FeedEntry
from confapp.domain.texts import in_language
from confapp.exports.press_addresses import FEEDS, transcript
from confapp.exports.prose import cut, line
from confapp.exports.wording import Translate

ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
XML = "{http://www.w3.org/XML/1998/namespace}"
SUMMARY = 400
"""Characters of the words that an entry gives where nobody wrote a summary: readers come for the rest, and words that
left in a feed cannot be called back."""
NEWS_FOR = dt.timedelta(days=2)
"""How long words are news (the news sitemap's own rule)."""


class _Told:
    """What every feed says of an entry, withdrawn or not."""

    def __init__(self, entry: FeedEntry, base_url: str, translate: Translate) -> None:
        paper = entry.paper
        self.paper = paper
        self.published, self.updated = entry.published_at, entry.updated_at
        self.address = transcript(base_url, entry.slug, paper.public_id, language=paper.language)
        self.id = self.address + ("#notes" if paper.kind == "notes" else "")
        if paper.is_withdrawn:
            self.title = translate(N_("These words have been withdrawn"))
            self.summary, self.author, self.tags = line(paper.withdrawn_reason), "", []
            return
        self.title = line(paper.headline)
        self.summary = line(paper.summary) or cut(line(paper.blocks[0].text if paper.blocks else ""), SUMMARY)
        if paper.correction_note and paper.correction:
            self.summary += f" [{translate(N_('Corrected'))}: {line(paper.correction_note)}]"
        self.author = line(paper.byline)
        self.tags = [line(each) for each in (paper.kicker, in_language(paper.conference, (paper.language,))) if each]


def atom(feed: Feed, *, base_url: str, translate: Translate = str) -> bytes:
    """RFC 4287; withdrawn entries keep their id, say why, and are told as deleted too (RFC 6721)."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM, "at": TOMBSTONES})
    root.set(f"{XML}lang", feed.language)
    _put(root, "id", feed.address)
    _put(root, "title", feed.title)
    _put(root, "subtitle", feed.description)
    _put(root, "updated", _iso(feed.updated_at))
    _put(root, "link", rel="self", type=FEEDS["atom"], href=feed.address)
    _put(root, "link", rel="alternate", type="text/html", href=feed.home)
    if feed.hub:
        _put(root, "link", rel="hub", href=feed.hub)
    _put(root, "generator", "Confapp")
    for each in feed.entries:
        told = _Told(each, base_url, translate)
        if told.paper.is_withdrawn:
            gone = etree.SubElement(root, f"{{{TOMBSTONES}}}deleted-entry", ref=told.id, when=_iso(told.updated))
            etree.SubElement(gone, f"{{{TOMBSTONES}}}comment").text = told.summary
        entry = etree.SubElement(root, f"{{{ATOM}}}entry")
        entry.set(f"{XML}lang", told.paper.language)
        _put(entry, "id", told.id)
        _put(entry, "title", told.title)
        _put(entry, "updated", _iso(told.updated))
        _put(entry, "published", _iso(told.published))
        _put(entry, "link", rel="alternate", type="text/html", hreflang=told.paper.language, href=told.address)
        author = etree.SubElement(entry, f"{{{ATOM}}}author")
        _put(author, "name", told.author or feed.title)
        for tag in told.tags:
            _put(entry, "category", term=tag)
        _put(entry, "summary", told.summary)
    return _xml(root)


def rss(feed: Feed, *, base_url: str, translate: Translate = str) -> bytes:
    """RSS 2.0 with the author's name in Dublin Core, since RSS itself takes addresses only."""
    root = etree.Element("rss", nsmap={"atom": ATOM, "dc": DUBLIN_CORE}, version="2.0")
    channel = etree.SubElement(root, "channel")
    for name, words in (
        ("title", feed.title),
        ("link", feed.home),
        ("description", feed.description),
        ("language", feed.language),
        ("lastBuildDate", _rfc822(feed.updated_at)),
        ("generator", "Confapp"),
    ):
        etree.SubElement(channel, name).text = words
    etree.SubElement(channel, f"{{{ATOM}}}link", rel="self", type=FEEDS["rss"], href=feed.address)
    if feed.hub:
        etree.SubElement(channel, f"{{{ATOM}}}link", rel="hub", href=feed.hub)
    for each in feed.entries:
        told = _Told(each, base_url, translate)
        item = etree.SubElement(channel, "item")
        etree.SubElement(item, "title").text = told.title
        etree.SubElement(item, "link").text = told.address
        etree.SubElement(item, "guid", isPermaLink="false").text = told.id
        etree.SubElement(item, "pubDate").text = _rfc822(told.published)
        etree.SubElement(item, f"{{{ATOM}}}updated").text = _iso(told.updated)
        if told.author:
            etree.SubElement(item, f"{{{DUBLIN_CORE}}}creator").text = told.author
        for tag in told.tags:
            etree.SubElement(item, "category").text = tag
        etree.SubElement(item, "description").text = told.summary
    return _xml(root)


def json_feed(feed: Feed, *, base_url: str, translate: Translate = str) -> bytes:
    """JSON Feed 1.1."""
    items = []
    for each in feed.entries:
        told = _Told(each, base_url, translate)
        item: dict[str, Any] = {
            "id": told.id,
            "url": told.address,
            "title": told.title,
            "content_text": told.summary,
            "summary": told.summary,
            "date_published": _iso(told.published),
            "date_modified": _iso(told.updated),
            "language": told.paper.language,
            "tags": told.tags,
        }
        if told.author:
            item["authors"] = [{"name": told.author}]
        items.append(item)
    made: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "language": feed.language,
        "items": items,
    }
    if feed.hub:
        made["hubs"] = [{"type": "WebSub", "url": feed.hub}]
    return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode()


MAKERS: Mapping[str, Callable[..., bytes]] = {"atom": atom, "rss": rss, "json": json_feed}
"""The maker of each kind: (feed, base_url=, translate=) -> its bytes, UTF-8."""


def news_sitemap(entries: list[FeedEntry], *, base_url: str, now: dt.datetime) -> bytes:
    """What went out within NEWS_FOR before `now`; an entry's name is its conference's in the words' language."""
    root = etree.Element(f"{{{SITEMAP}}}urlset", nsmap={None: SITEMAP, "news": NEWS})
    for entry in entries:
        paper = entry.paper
        if paper.is_withdrawn or entry.published_at < now - NEWS_FOR:
            continue
        url = etree.SubElement(root, f"{{{SITEMAP}}}url")
        etree.SubElement(url, f"{{{SITEMAP}}}loc").text = transcript(
            base_url, entry.slug, paper.public_id, language=paper.language
        )
        etree.SubElement(url, f"{{{SITEMAP}}}lastmod").text = _iso(entry.updated_at)
        news = etree.SubElement(url, f"{{{NEWS}}}news")
        publication = etree.SubElement(news, f"{{{NEWS}}}publication")
        etree.SubElement(publication, f"{{{NEWS}}}name").text = line(in_language(paper.conference, (paper.language,)))
        etree.SubElement(publication, f"{{{NEWS}}}language").text = paper.language
        etree.SubElement(news, f"{{{NEWS}}}publication_date").text = _iso(entry.published_at)
        etree.SubElement(news, f"{{{NEWS}}}title").text = line(paper.headline)
    return _xml(root)


def _put(parent: etree._Element, name: str, words: str | None = None, **attributes: str) -> None:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    if words is not None:
        element.text = line(words)


def _xml(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _rfc822(moment: dt.datetime) -> str:
    return format_datetime(moment.astimezone(dt.UTC), usegmt=True)
