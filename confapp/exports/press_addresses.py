"""Where released words stand: absolute addresses of transcripts, their files and feeds, for whatever leaves the app."""

from __future__ import annotations

from urllib.parse import quote, urlencode

FEEDS = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}
"""The feeds' kinds and media types (RFC 4287, RSS 2.0, JSON Feed 1.1)."""


def room(base_url: str, slug: str | None = None) -> str:
    """The press room of a conference, or of all."""
    return f"{base_url.rstrip('/')}/{quote(slug) + '/' if slug else ''}press/"


def transcript(
    base_url: str,
    slug: str,
    public_id: str,
    *,
    number: int | None = None,
    kind: str = "",
    language: str | None = None,
) -> str:
    """A transcript, one publication of it, or a file of either."""
    frozen = f"/v/{number}" if number else ""
    file = f".{kind}" if kind else ""
    query = f"?{urlencode({'language': language})}" if language else ""
    return f"{room(base_url, slug)}{quote(public_id)}{frozen}{file}{query}"


def feed(base_url: str, slug: str | None, kind: str, *, language: str | None = None) -> str:
    """A feed of a press room."""
    query = f"?{urlencode({'language': language})}" if language else ""
    return f"{room(base_url, slug)}feed.{kind}{query}"


def oembed(base_url: str, address: str) -> str:
    """Where a page's embedding is described (oEmbed 1.0)."""
    return f"{room(base_url)}oembed?{urlencode({'url': address, 'format': 'json'})}"
