"""The press room's lists and pages: choosing, corrections, quotes, embedding, feeds, and what withdrawing leaves."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import feedparser
import lxml.html
import pytest
from flask.testing import FlaskClient

from confapp.database import db
from confapp.domain.audit import AuditEntry
from confapp.domain.press import publishing, transcript_editing, transcript_states, transcripts
from confapp.domain.press.transcripts import Correction, Policy, Version, VersionKind, VersionState
from confapp.domain.programme import conferences
from tests import pages
from tests.newsroom import Newsroom


@pytest.fixture
def newsroom(app: Any, write: Any, clock: Any) -> Newsroom:
    """A released keynote and its press office."""
    return Newsroom(app, write, clock)


def _public(newsroom: Newsroom, **words: Any) -> Version:
    with newsroom.write():
        return newsroom.scene.released(now=newsroom.clock.now, **words)


def _release(newsroom: Newsroom, version: Version) -> None:
    """An open draft goes out now."""
    with newsroom.write():
        newsroom.scene.arm(newsroom.scene.approve(version), Policy.MANUAL, undo_seconds=0, now=newsroom.clock.now)
        transcript_states.go_ahead(version, by=newsroom.scene.officer, now=newsroom.clock.now)
    assert newsroom.sweep()


def _correct(newsroom: Newsroom, version: Version, blocks: list[Any], note: str = "A word was misheard.") -> Version:
    newsroom.clock.tick(hours=1)
    with newsroom.write():
        mended = transcript_editing.correct(
            version, Correction.TRANSCRIPTION, note, by=newsroom.scene.writer, now=newsroom.clock.now
        )
        transcript_editing.edit(
            mended, {"blocks": blocks}, expected=1, by=newsroom.scene.writer, now=newsroom.clock.now
        )
    _release(newsroom, mended)
    return mended


def _address(version: Version) -> str:
    return f"/summit/press/{version.transcript.public_id}"


def _corrected(newsroom: Newsroom) -> Version:
    version = _public(newsroom)
    blocks = [dict(each) for each in version.blocks]
    blocks[2]["text"] = blocks[2]["text"].replace("treaties", "entreaties")
    return _correct(newsroom, version, [blocks[0], blocks[2]])


def test_readers_choose_by_speaker_day_and_language(newsroom: Newsroom, client: FlaskClient) -> None:
    _public(newsroom)
    _public(newsroom, session=None, headline="Sans personne", language="fr", delivered_on=dt.date(2024, 2, 29))

    def found(query: str) -> list[str]:
        return pages.words(client.get(f"/summit/press/?{query}"), "//article//*[self::h2 or self::h3]")

    assert found("") == ["Sans personne", "Vaccines for the next outbreak"]
    assert found(f"speaker={newsroom.scene.speaker.code}") == ["Vaccines for the next outbreak"]
    assert found("language=fr") == ["Sans personne"]
    for date in ("2026-05-18", "2026-05", "2026"):
        assert found(f"date={date}") == ["Vaccines for the next outbreak"]
    assert found("date=2025") == []
    assert "Show everything" in client.get("/summit/press/?date=2025").text
    assert client.get("/summit/press/?date=yesterday").status_code == 422
    everywhere = pages.words(client.get("/press/?conference=summit&language=fr"), "//article//h3")
    assert everywhere == ["Sans personne"]
    assert pages.words(client.get("/press/?conference=other"), "//article") == []


def test_long_lists_come_in_pages(newsroom: Newsroom, client: FlaskClient) -> None:
    for number in range(21):
        _public(newsroom, session=None, headline=f"Words {number:02}")
    assert len(pages.words(client.get("/summit/press/"), "//article")) == 20
    second = client.get("/summit/press/?page=2")
    assert pages.words(second, "//article//h3") == ["Words 00"]
    assert pages.tree(second).xpath("//nav//a[@rel='prev']/@href") == ["/summit/press/?page=1"]


def test_corrections_say_what_why_and_when_and_every_word_of_them(newsroom: Newsroom, client: FlaskClient) -> None:
    version = _corrected(newsroom)
    page = client.get(_address(version))
    assert pages.words(page, "//*[@class='correction']") == [
        "Corrected 18 May 2026, 12:00: A word was misheard. What was changed"
    ]
    (entry,) = pages.words(page, "//ol[@class='corrections']/li")
    assert "Transcription. A word was misheard." in entry
    assert "approved by a second person" in entry
    changes = client.get(f"{_address(version)}/v/2/changes")
    assert pages.words(changes, "//del") == ["(Applause)", "treaties"]
    assert pages.words(changes, "//ins") == ["entreaties"]
    for none in ("/v/1/changes", "/v/3/changes"):
        assert client.get(_address(version) + none).status_code == 404
    log = client.get("/summit/press/corrections")
    assert "A word was misheard." in pages.words(log, "//ol[@class='corrections']/li")[0]


def test_delivered_words_are_beside_the_prepared_ones(newsroom: Newsroom, client: FlaskClient) -> None:
    prepared = _public(newsroom)
    with newsroom.write():
        delivered = newsroom.scene.draft(transcript=prepared.transcript, kind=VersionKind.AS_DELIVERED)
    _release(newsroom, delivered)
    page = client.get(_address(prepared))
    assert (
        "As delivered, in the place of: Check against delivery" in pages.words(page, "//ol[@class='corrections']/li")[0]
    )
    assert "Nothing differs." in client.get(f"{_address(prepared)}/v/2/changes").text
    assert pages.words(page, "//*[@class='correction']") == []


def test_a_paragraph_that_is_gone_still_answers(newsroom: Newsroom, client: FlaskClient) -> None:
    version = _corrected(newsroom)
    page = client.get(_address(version))
    (gone,) = pages.tree(page).xpath("//*[@id='p-2']//a/@href")
    assert gone == f"{_address(version)}/v/1#p-2"
    assert client.get(f"{_address(version)}/quote/2").status_code == 410
    assert client.get(f"{_address(version)}/quote/9").status_code == 404


def test_a_quote_comes_with_its_citation(newsroom: Newsroom, client: FlaskClient) -> None:
    version = _public(newsroom, byline_role="Virologist")
    quote = client.get(f"{_address(version)}/quote/3")
    assert pages.words(quote, "//blockquote") == ["Biology moves faster than treaties do."]
    assert (
        "Ada Lindqvist, Virologist: “Vaccines for the next outbreak”, Summit, Monday 18 May 2026 "
        f"(check against delivery). http://localhost{_address(version)}/v/1#p-3" in pages.words(quote, "//main")[0]
    )


def test_search_engines_and_link_previews_are_told(newsroom: Newsroom, client: FlaskClient) -> None:
    version = _public(newsroom, headline="Ends </script><b>", summary="On germs.")
    page = client.get(_address(version))
    tree = pages.tree(page)
    (block,) = tree.xpath("//script[@type='application/ld+json']")
    facts = json.loads(block.text)
    assert (facts["headline"], facts["recordedAt"]["name"]) == ("Ends </script><b>", "Biology and treaties")
    assert tree.xpath("//meta[@property='og:title']/@content") == ["Ends </script><b>"]
    (canonical,) = tree.xpath("//link[@rel='canonical']/@href")
    assert canonical == f"http://localhost{_address(version)}?language=en"
    for link in tree.xpath("//a[starts-with(@href, 'https://')]"):
        assert link.get("rel") == "noopener noreferrer"


def test_a_page_can_be_embedded(newsroom: Newsroom, client: FlaskClient) -> None:
    version = _public(newsroom)
    page = client.get(_address(version))
    (address,) = pages.tree(page).xpath("//link[@type='application/json+oembed']/@href")
    found = client.get(f"{address.removeprefix('http://localhost')}&maxwidth=300").json
    assert (found["type"], found["width"], found["title"]) == ("rich", 300, "Vaccines for the next outbreak")
    (frame,) = lxml.html.fromstring(f"<div>{found['html']}</div>").xpath("//iframe/@src")
    embedded = client.get(frame.removeprefix("http://localhost"))
    assert "frame-ancestors *" in embedded.headers["Content-Security-Policy"]
    assert "Biology moves faster" in embedded.text
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert client.get("/press/oembed?format=xml&url=x").status_code == 501
    for wrong in ("", "http://elsewhere/summit/press/x", "http://localhost/summit/press/" + "f" * 32):
        assert client.get("/press/oembed", query_string={"url": wrong}).status_code == 404


def test_arabic_words_run_from_right_to_left(newsroom: Newsroom, client: FlaskClient) -> None:
    version = _public(newsroom, language="ar", headline="إنها تنمو")
    page = pages.tree(client.get(_address(version)))
    assert page.xpath("//*[@class='transcript__body']/@dir") == ["rtl"]
    assert page.xpath("//aside/@dir") == ["ltr"]


@pytest.mark.parametrize("path", ["/press/", "/summit/press/"])
def test_feeds_follow_what_is_public(newsroom: Newsroom, client: FlaskClient, path: str) -> None:
    empty = client.get(f"{path}feed.atom")
    assert feedparser.parse(empty.data).entries == []
    with newsroom.write():
        newsroom.scene.armed()
    assert client.get(f"{path}feed.atom").data == empty.data
    assert client.get(f"{path}feed.atom").headers["Last-Modified"] == empty.headers["Last-Modified"]
    with newsroom.write():
        (armed,) = transcripts.versions(newsroom.conference)
        transcript_states.discard(armed, by=newsroom.scene.officer, now=newsroom.clock.now)
    version = _corrected(newsroom)
    for kind in ("atom", "rss"):
        answer = client.get(f"{path}feed.{kind}")
        (item,) = feedparser.parse(answer.data).entries
        assert item.link == f"http://localhost{_address(version)}?language=en"
        assert "A word was misheard." in item.summary
        tag = {"If-None-Match": answer.headers["ETag"]}
        assert client.get(f"{path}feed.{kind}", headers=tag).status_code == 304
        since = {"If-Modified-Since": answer.headers["Last-Modified"]}
        assert client.get(f"{path}feed.{kind}", headers=since).status_code == 304
    found = client.get(f"{path}feed.json").json["items"][0]
    assert (found["date_published"], found["date_modified"]) == ("2026-05-18T09:00:00Z", "2026-05-18T10:00:00Z")
    assert "Vaccines" in client.get(f"{path}sitemap.xml").text
    assert client.get(f"{path}feed.json?language=fr").json["items"] == []
    page = pages.tree(client.get(path))
    assert page.xpath("//link[@rel='alternate'][@type='application/atom+xml']/@href") == [f"{path}feed.atom"]


@pytest.mark.parametrize("path", ["/press/", "/summit/press/"])
def test_feeds_tell_of_a_withdrawal(newsroom: Newsroom, client: FlaskClient, path: str) -> None:
    version = _public(newsroom)
    before = client.get(f"{path}feed.json").json["items"][0]
    newsroom.clock.tick(minutes=5)
    with newsroom.write():
        publishing.withdraw(version, "The figures were wrong.", by=newsroom.scene.officer, now=newsroom.clock.now)
    (after,) = client.get(f"{path}feed.json").json["items"]
    assert after["id"] == before["id"]
    assert (after["content_text"], after["date_modified"]) == ("The figures were wrong.", "2026-05-18T09:05:00Z")
    for kind in ("atom", "rss", "json"):
        assert "Vaccines" not in client.get(f"{path}feed.{kind}").text
    assert "Vaccines" not in client.get(f"{path}sitemap.xml").text


def test_withdrawn_words_are_on_no_page(newsroom: Newsroom, client: FlaskClient) -> None:
    """T16: whatever names words that were withdrawn tells of the withdrawal alone."""
    version = _corrected(newsroom)
    with newsroom.write():
        publishing.withdraw(version, "The figures were wrong.", by=newsroom.scene.officer, now=newsroom.clock.now)
    kinds = ("", ".txt", ".json", ".vtt", ".ninjs", ".akn", "/embed", "/quote/1")
    urls = [*(_address(version) + kind for kind in kinds), *(f"{_address(version)}/v/2{kind}" for kind in kinds[:6])]
    for url in [*urls, f"{_address(version)}/v/1"]:
        answer = client.get(url)
        assert answer.status_code == 410, url
        assert "Biology moves" not in answer.text, url
        assert "Vaccines" not in answer.text, url
        assert "The figures were wrong." in answer.text or url.endswith(".vtt"), url
    assert client.get(f"{_address(version)}/v/2/changes").status_code == 404
    assert "The figures were wrong." in client.get("/summit/press/corrections").text


def test_every_file_has_its_kind_and_name(newsroom: Newsroom, client: FlaskClient) -> None:
    version = _public(newsroom)
    found = {kind: client.get(f"{_address(version)}.{kind}") for kind in ("txt", "json", "vtt", "ninjs", "akn")}
    assert {kind: answer.mimetype for kind, answer in found.items()} == {
        "txt": "text/plain",
        "json": "application/json",
        "vtt": "text/vtt",
        "ninjs": "application/json",
        "akn": "application/akn+xml",
    }
    name = f'inline; filename="summit-{version.transcript.public_id[:8]}-v1-en.akn.xml"'
    assert found["akn"].headers["Content-Disposition"] == name
    assert all(answer.data == client.get(f"{_address(version)}/v/1.{kind}").data for kind, answer in found.items())


def test_feeds_take_the_same_queries_for_1_and_for_30(newsroom: Newsroom, count_queries: Any) -> None:
    urls = ["/press/feed.atom", "/summit/press/feed.json", "/summit/press/sitemap.xml", "/summit/press/corrections"]

    def queries() -> list[int]:
        counts = []
        for url in urls:
            with count_queries() as statements:
                newsroom.app.test_client().get(url)
            counts.append(len(statements))
        return counts

    _public(newsroom)
    one = queries()
    for number in range(29):
        _public(newsroom, session=None, headline=f"Words {number}")
    assert queries() == one


def test_a_translation_whose_original_was_corrected_says_so(newsroom: Newsroom, client: FlaskClient) -> None:
    with newsroom.write():
        scene, moment = newsroom.scene, newsroom.clock.now
        english = scene.released(now=moment)
        scene.released(now=moment, transcript=english.transcript, language="fr", translation_of=english)
        address = f"/summit/press/{english.transcript.public_id}?language=fr"
    assert "corrected since" not in client.get(address).text
    with newsroom.write():
        second = transcript_editing.correct(english, Correction.TYPO, "A comma.", by=scene.writer, now=moment)
        scene.bring(second, VersionState.RELEASED)
    assert "The original has been corrected since" in client.get(address).text
    assert f'href="/summit/press/{english.transcript.public_id}/v/3"' in client.get(address).text


def test_what_one_person_wrote_and_approved_says_so_on_page_and_in_files(
    newsroom: Newsroom, client: FlaskClient
) -> None:
    """T14: the conference's own rule for a small team, never hidden."""
    page = newsroom.as_("admin").get("/organise/summit/settings")
    assert "One person may approve their own transcripts" in page.text
    with newsroom.write():
        scene, moment = newsroom.scene, newsroom.clock.now
        conferences.edit(scene.conference, {"may_approve_own": True}, by=None, now=moment)
        entry = db.session.query(AuditEntry).filter_by(action="conference.edit").one()
        assert entry.facts["may_approve_own"] is True
        version = scene.draft()
        transcript_states.submit(version, by=scene.writer, now=moment)
        transcript_states.approve(version, seen=version.hash, by=scene.writer, now=moment)
        scene.arm(version, Policy.MANUAL, undo_seconds=0, now=moment)
        transcript_states.go_ahead(version, by=scene.officer, now=moment)
    newsroom.sweep()
    address = f"/summit/press/{version.transcript.public_id}"
    assert "Written and approved by one person" in client.get(address).text
    assert client.get(f"{address}.json").json["is_self_approved"] is True
    with newsroom.write():
        written = db.session.query(AuditEntry).filter(AuditEntry.action.like("transcript.%"))
        entries = written.order_by(AuditEntry.id).all()
        assert [each.action for each in entries if each.facts.get("own")] == [
            "transcript.approve",
            "transcript.release",
        ]
    assert "as own work" in newsroom.as_("officer").get(newsroom.url(version)).text


def test_released_words_are_found(newsroom: Newsroom, client: FlaskClient) -> None:
    version = _public(newsroom)
    for url in ("/press/search", "/summit/press/search"):
        page = client.get(f"{url}?q=treat")
        assert pages.words(page, "//*[@role='status']") == ["1 text found."]
        assert pages.words(page, "//li//mark") == ["treaties"]
        assert pages.tree(page).xpath("//li//p/a/@href") == [f"{_address(version)}?language=en#p-3"]
        assert "0 texts found." in client.get(f"{url}?q=treaty").text
        assert client.get(f"{url}?q=treat&language=fr").text.count("<mark>") == 0
        assert client.get(f"{url}?q={'x' * 201}").status_code == 422
    found = client.get("/api/publications/search?q=treat&conference=summit").json
    assert [each["id"] for each in found["items"]] == [version.transcript.public_id]
    assert client.get("/api/publications/search?q=treat&conference=none").status_code == 404
