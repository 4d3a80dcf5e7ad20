"""Frozen transcripts for tests of exports: a keynote with a question, and its tombstone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from confapp.domain.papers import Block, Feed, FeedEntry, Transcript

BASE = "https://conf.example"
RELEASED = dt.datetime(2026, 5, 18, 12, 31, tzinfo=dt.UTC)
CORRECTED = RELEASED + dt.timedelta(days=1)


def keynote(**changes: Any) -> Transcript:
    """Released words with every kind of paragraph; names and words that markup has to survive."""
    values: dict[str, Any] = {
        "public_id": "ab" * 16,
        "number": 1,
        "state": "released",
        "kind": "as_delivered",
        "language": "en",
        "conference": {"en": "Summit <of> all & sundry"},
        "hash": "0" * 64,
        "released_at": RELEASED,
        "kicker": "Keynote",
        "headline": "Germs & paper <unbound>",
        "byline": "Ada Lindqvist",
        "byline_role": "Virologist",
        "summary": "On germs.",
        "place": "Brussels",
        "delivered_on": dt.date(2026, 5, 18),
        "session": "KEY1",
        "session_title": {"en": "Biology and treaties"},
        "speakers": (("ADA", "Ada Lindqvist"),),
        "blocks": (
            Block(1, "speech", "Good afternoon.", "Ada Lindqvist"),
            Block(2, "remark", "(Applause)"),
            Block(3, "omission", "[…]"),
            Block(5, "question", "When --> where & <why>?", "A reporter"),
            Block(6, "answer", "Soon.", "Ada Lindqvist"),
            Block(7, "scene", "The lights go out."),
        ),
        "words": 8,
    }
    return replace(Transcript(**values), **changes)


def tombstone(**changes: Any) -> Transcript:
    """What is left of it."""
    blank = {"kicker": "", "headline": "", "byline": "", "byline_role": "", "summary": "", "place": None, "blocks": ()}
    gone = {"state": "withdrawn", "withdrawn_at": CORRECTED, "withdrawn_reason": "The figures were wrong."}
    return keynote(**blank, **gone, **changes)


def entry(paper: Transcript | None = None, **changes: Any) -> FeedEntry:
    """It in a feed."""
    paper = paper or keynote()
    values = {"slug": "summit", "published_at": RELEASED, "updated_at": paper.withdrawn_at or paper.released_at}
    return FeedEntry(paper, **values | changes)


def feed(*entries: FeedEntry, **changes: Any) -> Feed:
    """A press room with these."""
    values: dict[str, Any] = {
        "title": "Summit: Press room",
        "description": "Speeches.",
        "language": "en",
        "home": f"{BASE}/summit/press/",
        "address": f"{BASE}/summit/press/feed.atom",
        "updated_at": max((each.updated_at for each in entries), default=RELEASED),
        "entries": entries,
    }
    return Feed(**values | changes)
