"""Feeds: readers follow them, corrections keep their entry, withdrawals replace it, equal entries have equal bytes."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import feedparser
import pytest
from lxml import etree

from confapp.exports import feeds
from confapp.exports.press_addresses import transcript
from tests.papers import BASE, CORRECTED, RELEASED, entry, feed, keynote, tombstone

ADDRESS = transcript(BASE, "summit", "ab" * 16, language="en")


def _parsed(kind: str, *entries: Any, **changes: Any) -> Any:
    found = feedparser.parse(feeds.MAKERS[kind](feed(*entries, **changes), base_url=BASE))
    assert not found.bozo, found.get("bozo_exception")
    return found


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_a_reader_finds_what_was_released(kind: str) -> None:
    found = _parsed(kind, entry())
    (item,) = found.entries
    assert (found.feed.title, item.title, item.link) == ("Summit: Press room", "Germs & paper <unbound>", ADDRESS)
    assert (item.id, item.summary, item.author) == (ADDRESS, "On germs.", "Ada Lindqvist")
    assert [tag.term for tag in item.tags] == ["Keynote", "Summit <of> all & sundry"]
    assert item.published_parsed[:5] == (2026, 5, 18, 12, 31)


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_a_correction_keeps_the_entry_and_moves_updated(kind: str) -> None:
    before = _parsed(kind, entry())
    mended = keynote(number=2, released_at=CORRECTED, correction="typo", correction_note="A comma.")
    after = _parsed(kind, entry(mended))
    assert after.entries[0].id == before.entries[0].id
    assert after.entries[0].published_parsed == before.entries[0].published_parsed
    assert after.entries[0].updated_parsed[:3] == (2026, 5, 19)
    assert after.entries[0].summary == "On germs. [Corrected: A comma.]"


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_a_withdrawal_takes_the_entrys_place(kind: str) -> None:
    (item,) = _parsed(kind, entry(tombstone())).entries
    assert (item.id, item.title) == (ADDRESS, "These words have been withdrawn")
    assert item.summary == "The figures were wrong."


def test_atom_says_that_a_withdrawn_entry_is_deleted() -> None:
    root = etree.fromstring(feeds.atom(feed(entry(tombstone())), base_url=BASE))
    (gone,) = root.findall(f"{{{feeds.TOMBSTONES}}}deleted-entry")
    assert (gone.get("ref"), gone.get("when")) == (ADDRESS, "2026-05-19T12:31:00Z")


def test_json_feed_says_the_same() -> None:
    made = json.loads(feeds.json_feed(feed(entry(), hub="https://hub.example"), base_url=BASE))
    assert (made["version"], made["hubs"]) == (
        "https://jsonfeed.org/version/1.1",
        [{"type": "WebSub", "url": "https://hub.example"}],
    )
    (item,) = made["items"]
    assert (item["id"], item["url"], item["title"]) == (ADDRESS, ADDRESS, "Germs & paper <unbound>")
    assert (item["date_published"], item["language"], item["authors"]) == (
        "2026-05-18T12:31:00Z",
        "en",
        [{"name": "Ada Lindqvist"}],
    )
    (gone,) = json.loads(feeds.json_feed(feed(entry(tombstone())), base_url=BASE))["items"]
    assert (gone["content_text"], gone["date_modified"]) == ("The figures were wrong.", "2026-05-19T12:31:00Z")


def test_without_a_summary_the_first_words_stand_there() -> None:
    (item,) = json.loads(feeds.json_feed(feed(entry(keynote(summary=""))), base_url=BASE))["items"]
    assert item["summary"] == "Good afternoon."


def test_notes_and_words_are_entries_of_their_own() -> None:
    notes = entry(keynote(kind="notes"))
    made = json.loads(feeds.json_feed(feed(entry(), notes), base_url=BASE))
    assert len({item["id"] for item in made["items"]}) == 2


def test_control_characters_break_no_feed() -> None:
    assert _parsed("rss", entry(keynote(headline="A\x00B\x0cC\nD"))).entries[0].title == "AB C D"


def test_equal_entries_have_equal_bytes() -> None:
    for make in feeds.MAKERS.values():
        assert make(feed(entry()), base_url=BASE) == make(feed(entry()), base_url=BASE)


def test_the_news_sitemap_holds_two_days() -> None:
    old = entry(keynote(public_id="cd" * 16), published_at=RELEASED - dt.timedelta(days=2, seconds=1))
    body = feeds.news_sitemap([entry(), old, entry(tombstone())], base_url=BASE, now=RELEASED)
    root = etree.fromstring(body)
    assert [each.text for each in root.iter(f"{{{feeds.SITEMAP}}}loc")] == [ADDRESS]
    assert [each.text for each in root.iter(f"{{{feeds.NEWS}}}title")] == ["Germs & paper <unbound>"]
    assert [each.text for each in root.iter(f"{{{feeds.NEWS}}}publication_date")] == ["2026-05-18T12:31:00Z"]
    assert ADDRESS.encode() not in feeds.news_sitemap([entry()], base_url=BASE, now=RELEASED + dt.timedelta(days=3))
