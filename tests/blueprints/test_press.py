"""The press room: what it shows, what it never shows, and what is left of words that were withdrawn."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.domain.errors import Invalid
from confapp.domain.press import publishing, transcript_states
from confapp.domain.press.transcripts import Policy, Version, VersionKind, VersionState
from confapp.domain.press.wording import digest
from confapp.domain.programme.conferences import RESERVED_SLUGS
from tests import pages
from tests.factories import make_conference
from tests.newsroom import Newsroom
from tests.press import WORDS

S = VersionState


@pytest.fixture
def newsroom(app: Any, write: Any, clock: Any) -> Newsroom:
    """A released keynote and its press office."""
    return Newsroom(app, write, clock)


def _json(client: FlaskClient, url: str) -> Any:
    return client.get(url).json


def _public(newsroom: Newsroom, **words: Any) -> Version:
    with newsroom.write():
        return newsroom.scene.released(now=newsroom.clock.now, **words)


def test_the_room_shows_what_was_released(newsroom: Newsroom, client: FlaskClient) -> None:
    assert "Nothing has been published yet." in client.get("/summit/press/").text
    version = _public(newsroom, kicker="Keynote", summary="On germs and paper.", place="Brussels")
    room = client.get("/summit/press/")
    assert pages.words(room, "//article//h2") == ["Vaccines for the next outbreak"]
    assert pages.words(room, "//article//*[@class='dateline']") == [
        "Brussels · Monday 18 May 2026 · Check against delivery"
    ]
    everywhere = client.get("/press/")
    assert pages.words(everywhere, "//article//*[contains(@class, 'kicker')]") == ["Summit · Keynote"]
    assert pages.words(everywhere, "//aside//section[1]//a") == ["Summit"]
    page = client.get(f"/summit/press/{version.transcript.public_id}")
    assert page.headers["Content-Language"] == "en"
    assert [each.get("id") for each in pages.tree(page).xpath("//div[starts-with(@id, 'p-')]")] == ["p-1", "p-2", "p-3"]
    session = client.get(f"/summit/sessions/{newsroom.code}")
    (link,) = pages.tree(session).xpath("//a[contains(@href, '/press/') and @hreflang]/@href")
    assert link == f"/summit/press/{version.transcript.public_id}?language=en"
    assert client.get("/summit/press").status_code == 308


def test_public_answers_are_the_same_for_everyone(newsroom: Newsroom, client: FlaskClient) -> None:
    version = _public(newsroom)
    for url in ("/press/", "/summit/press/", f"/summit/press/{version.transcript.public_id}"):
        anyone, officer = client.get(url), newsroom.as_("officer").get(url)
        assert anyone.data == officer.data
        assert "Set-Cookie" not in officer.headers
        assert anyone.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert client.get(url, headers={"If-None-Match": anyone.headers["ETag"]}).status_code == 304


def test_languages_have_one_address(newsroom: Newsroom, client: FlaskClient) -> None:
    english = _public(newsroom)
    with newsroom.write():
        french = newsroom.scene.draft(translation_of=english, language="fr", headline="Des vaccins")
        newsroom.scene.arm(newsroom.scene.approve(french), Policy.MANUAL, undo_seconds=0)
        transcript_states.go_ahead(french, by=newsroom.scene.officer, now=newsroom.clock.now)
    newsroom.sweep()
    address = f"/summit/press/{english.transcript.public_id}"
    assert pages.words(client.get(address), "//h1") == ["Vaccines for the next outbreak"]
    assert pages.words(client.get(f"{address}?language=fr"), "//h1") == ["Des vaccins"]
    assert _json(client, f"{address}.json?language=fr")["translates"] == 1
    assert client.get(f"{address}?language=de").status_code == 404
    assert pages.tree(client.get(address)).xpath("//aside//a[@hreflang]/@href") == [f"{address}?language=fr"]
    assert pages.words(client.get("/summit/press/"), "//article//a") == ["Vaccines for the next outbreak"]


def test_superseded_words_stay_readable_and_say_so(newsroom: Newsroom, client: FlaskClient) -> None:
    prepared = _public(newsroom)
    with newsroom.write():
        delivered = newsroom.scene.draft(
            transcript=prepared.transcript, kind=VersionKind.AS_DELIVERED, headline="What she said"
        )
        newsroom.scene.bring(delivered, S.RELEASED)
    address = f"/summit/press/{prepared.transcript.public_id}"
    assert pages.words(client.get(address), "//h1") == ["What she said"]
    old = client.get(f"{address}/v/1")
    assert pages.words(old, "//h1") == ["Vaccines for the next outbreak"]
    assert pages.words(old, "//*[contains(@class, 'notice')]//a") == ["Read the latest version"]
    assert client.get(f"{address}/v/2").status_code == 200
    assert _json(client, f"{address}/v/1.json")["superseded_by"] == 2
    assert client.get(f"{address}/v/3").status_code == 404
    assert client.get(f"{address}/v/99999999999999999999").status_code == 404


def test_the_text_is_the_words(newsroom: Newsroom, client: FlaskClient) -> None:
    blocks = [
        *WORDS["blocks"],
        {"kind": "question", "speaker": "A reporter", "text": "When?"},
        {"kind": "answer", "speaker": "Ada Lindqvist", "text": "Soon."},
    ]
    version = _public(newsroom, byline_role="Virologist", place="Brussels", blocks=blocks)
    answer = client.get(f"/summit/press/{version.transcript.public_id}.txt")
    assert answer.mimetype == "text/plain"
    assert answer.text.split("\n\n") == [
        "Vaccines for the next outbreak",
        "Ada Lindqvist, Virologist",
        "Brussels · 2026-05-18 · Check against delivery",
        "Biology and treaties",
        "Good afternoon to all of you.",
        "(Applause)",
        "Biology moves faster than treaties do.",
        "A reporter: When?",
        "Ada Lindqvist: Soon.",
        f"http://localhost/summit/press/{version.transcript.public_id}/v/1\n",
    ]


def test_the_json_holds_all_that_its_hash_covers(newsroom: Newsroom, client: FlaskClient) -> None:
    version = _public(newsroom, kicker="Keynote")
    found = _json(client, f"/summit/press/{version.transcript.public_id}.json")
    assert found["words"] == 12
    assert found["released_at"] == "2026-05-18T09:00:00Z"
    words = {
        name: found[name]
        for name in ("kind", "language", "kicker", "headline", "byline", "byline_role", "summary", "caption", "place")
    }
    words |= {
        "delivered_on": found["delivered_on"],
        "blocks": found["blocks"],
        "correction": None,
        "correction_note": "",
        "session": found["session"]["code"],
        "session_title": found["session"]["title"],
        "speakers": found["speakers"],
    }
    assert digest(words) == found["sha256"]


def test_withdrawn_words_leave_a_tombstone(newsroom: Newsroom, client: FlaskClient) -> None:
    version = _public(newsroom)
    address = f"/summit/press/{version.transcript.public_id}"
    with newsroom.write():
        publishing.withdraw(version, "The figures were wrong.", by=newsroom.scene.officer, now=newsroom.clock.now)
    for url in (address, f"{address}/v/1"):
        page = client.get(url)
        assert page.status_code == 410
        assert "The figures were wrong." in page.text
        assert "Vaccines" not in page.text
        assert "Biology moves" not in page.text
    text = client.get(f"{address}.txt")
    assert (text.status_code, "Biology moves" in text.text, "The figures were wrong." in text.text) == (
        410,
        False,
        True,
    )
    data = client.get(f"{address}/v/1.json")
    assert data.status_code == 410
    assert (_json(client, f"{address}/v/1.json")["state"], "Biology moves" in data.text) == ("withdrawn", False)
    assert not newsroom.is_public("Vaccines")


@pytest.mark.parametrize(
    "state", [each for each in VersionState if each not in (S.RELEASED, S.SUPERSEDED, S.WITHDRAWN)]
)
def test_what_is_not_released_cannot_be_told_from_what_does_not_exist(
    newsroom: Newsroom, client: FlaskClient, state: VersionState
) -> None:
    with newsroom.write():
        version = newsroom.scene.bring(newsroom.scene.draft(), state)
    for suffix in ("", ".txt", ".json", "/v/1", "/v/1.txt", "?language=en"):
        secret = client.get(f"/summit/press/{version.transcript.public_id}{suffix}")
        unknown = client.get(f"/summit/press/{'f' * 32}{suffix}")
        assert (secret.status_code, secret.data) == (404, unknown.data)
        headers = [[(name, value) for name, value in each.headers if name != "Date"] for each in (secret, unknown)]
        assert headers[0] == headers[1]


def test_no_field_of_a_draft_leaks(newsroom: Newsroom, client: FlaskClient) -> None:
    """T1: a token of its own in every field, in every state before release, on every public page."""
    fields = ("kicker", "headline", "byline", "byline_role", "summary", "caption", "place", "correction_note")
    for state in (S.DRAFT, S.APPROVED, S.ARMED, S.HELD):
        words: dict[str, Any] = {name: f"canary-{state.value}-{name}" for name in fields}
        blocks = [{"kind": "speech", "speaker": f"canary-{state.value}-speaker", "text": f"canary-{state.value}-text"}]
        with newsroom.write():
            newsroom.scene.bring(newsroom.scene.draft(session=newsroom.scene.session, **words, blocks=blocks), state)
    _public(newsroom, headline="Public words", kind=VersionKind.NOTES)
    for page in newsroom.pages():
        for named in ("", "?language=en", "?q=CANARY"):
            answer = client.get(f"{page}{named}")
            assert "canary" not in answer.text, page
            assert "canary" not in str(answer.headers)
    assert newsroom.is_public("Public words")


def test_another_conferences_room_shows_nothing_of_it(newsroom: Newsroom, client: FlaskClient) -> None:
    version = _public(newsroom)
    with newsroom.write():
        make_conference("other")
        make_conference("closed", is_public=False)
    assert client.get(f"/other/press/{version.transcript.public_id}").status_code == 404
    assert "Vaccines" not in client.get("/other/press/").text
    assert client.get("/closed/press/").data == client.get("/nowhere/press/").data


def test_no_conference_can_be_called_press(newsroom: Newsroom) -> None:
    assert "press" in RESERVED_SLUGS
    with newsroom.write(), pytest.raises(Invalid):
        make_conference("press")


def test_the_press_rooms_take_the_same_queries_for_1_and_for_30(newsroom: Newsroom, count_queries: Any) -> None:
    def queries() -> list[int]:
        counts = []
        for url in ("/press/", "/summit/press/"):
            with count_queries() as statements:
                newsroom.app.test_client().get(url)
            counts.append(len(statements))
        return counts

    _public(newsroom)
    one = queries()
    for number in range(29):
        _public(newsroom, session=None, headline=f"Words {number}")
    assert queries() == one
