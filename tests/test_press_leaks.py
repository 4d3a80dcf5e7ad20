"""Ways by which words got out elsewhere before their time, each tried here: T4 to T9, T15, T18 and T19."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from confapp.config import Settings
from confapp.database import Mode, db
from confapp.domain import outbox, permissions
from confapp.domain.outbox import OutboxRow
from confapp.domain.permissions import Role
from confapp.domain.press import publishing
from confapp.domain.press.publications import Publication
from confapp.domain.press.transcripts import Policy, Version, VersionKind, VersionState
from tests.conftest import SetClock, Transaction
from tests.factories import NOW, make_account, sign_in
from tests.newsroom import Newsroom
from tests.press import ENDS, MINUTE, SECOND, STARTS, imported

FEEDS = [f"/summit/press/feed.{kind}" for kind in ("atom", "rss", "json")]
FEEDS += [f"/press/feed.{kind}" for kind in ("atom", "rss", "json")]
FEEDS += ["/summit/press/sitemap.xml", "/press/sitemap.xml"]
CALENDARS = ["/summit/agenda.ics", "/summit/sessions/{code}.ics", "/summit/speakers/{speaker}.ics"]
BEFORE = sorted({*VersionState} - {VersionState.RELEASED, VersionState.SUPERSEDED, VersionState.WITHDRAWN})


@pytest.fixture
def newsroom(app: Any, write: Transaction, clock: SetClock) -> Newsroom:
    """A released keynote and its press office."""
    return Newsroom(app, write, clock)


def _told(answer: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    headers = [(name, value) for name, value in answer.headers if name != "Date"]
    return answer.status_code, headers, answer.get_data()


def _through_states(newsroom: Newsroom, **words: Any) -> Iterator[Version]:
    """A version in each state before release, one after the other; the last one armed for STARTS."""
    for number, state in enumerate(each for each in BEFORE if each is not VersionState.ARMED):
        with newsroom.write():
            version = newsroom.scene.draft(session=None, headline=f"canary-{number}", **words)
            yield newsroom.scene.bring(version, state)
        newsroom.clock.tick(seconds=30)
    with newsroom.write():
        version = newsroom.scene.approve(newsroom.scene.draft(headline="canary-armed", **words))
        yield newsroom.scene.arm(version, Policy.AT_TIME, at=STARTS)


def test_t4_feeds_and_sitemaps_move_with_the_release_and_not_before(newsroom: Newsroom, client: FlaskClient) -> None:
    """T4: entries absent and timestamps unmoved, then there at once."""
    with newsroom.write():
        newsroom.scene.released(now=NOW, session=None, headline="Public words")
    plain = [_told(client.get(url)) for url in FEEDS]
    assert {status for status, _, _ in plain} == {200}
    for version in _through_states(newsroom):
        assert version is not None
    assert [_told(client.get(url)) for url in FEEDS] == plain
    newsroom.clock.now = STARTS
    newsroom.sweep()
    after = [_told(client.get(url)) for url in FEEDS]
    assert all(
        b"canary-armed" in body or url.endswith("sitemap.xml") for (_, _, body), url in zip(after, FEEDS, strict=True)
    )
    assert all(new != old for new, old in zip(after, plain, strict=True))


def test_t5_calendars_never_move_with_words(newsroom: Newsroom, client: FlaskClient) -> None:
    """T5: no DESCRIPTION, SEQUENCE or LAST-MODIFIED tells that there are words, or that they are due."""
    names = {"code": newsroom.code, "speaker": newsroom.scene.speaker.code}
    urls = [url.format(**names) for url in CALENDARS]
    plain = [_told(client.get(url)) for url in urls]
    assert {status for status, _, _ in plain} == {200}
    for _version in _through_states(newsroom):
        pass
    assert [_told(client.get(url)) for url in urls] == plain


def test_t6_an_etag_of_words_to_come_opens_nothing(newsroom: Newsroom, client: FlaskClient) -> None:
    """T6: whoever knows the hash, or the ETag of the page as it will be, learns nothing by asking for it."""
    with newsroom.write():
        version = newsroom.scene.armed(Policy.AT_TIME, at=STARTS)
    address = f"/summit/press/{version.transcript.public_id}"
    unknown = f"/summit/press/{'e' * 32}"
    with newsroom.write():
        newsroom.scene.arm(newsroom.scene.approve(newsroom.scene.draft(session=None)), Policy.AT_TIME, at=STARTS)
    stolen = [f'"{version.hash}"', f'W/"{version.hash}"', "*", '"1"']
    for etag in stolen:
        for header in ("If-None-Match", "If-Match", "If-Range"):
            for suffix in ("", ".json", "/v/1", "/v/1.txt"):
                asked = {header: etag, "Range": "bytes=0-9"}
                here, there = (client.get(url + suffix, headers=asked) for url in (address, unknown))
                assert here.status_code == 404
                assert _told(here) == _told(there)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_t7_nothing_remembers_that_the_page_was_not_there(
    newsroom: Newsroom, client: FlaskClient, language: str
) -> None:
    """T7: the 404 is kept by nobody, and the page is there with the very next request after the release."""
    with newsroom.write():
        version = newsroom.scene.armed(Policy.AT_TIME, at=STARTS, words={"language": language})
        urls = [f"/summit/press/{version.transcript.public_id}{suffix}" for suffix in ("", ".json", ".txt", "/v/1")]
    newsroom.clock.now = STARTS - SECOND
    for url in urls:
        answer = client.get(url)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
    newsroom.clock.now = STARTS
    newsroom.sweep()
    assert [client.get(url).status_code for url in urls] == [200] * len(urls)
    assert "Vaccines" in client.get("/summit/press/").text


def test_t8_no_file_holds_words_and_none_has_a_direct_address(
    newsroom: Newsroom, client: FlaskClient, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """T8, and invariant 12: neither folders, logs, messages nor the audit log hold words; the source has no address."""
    caplog.set_level(logging.DEBUG)
    with newsroom.write():
        version = imported(newsroom.scene, headline="canary-import")
        source = version.source
    for _version in _through_states(newsroom):
        pass
    newsroom.sweep()
    for name in (source, f"{source}.txt", str(version.uuid), "confapp.sqlite3", "canary-import"):
        for place in ("static", "files", "summit/press", "summit/press/files", "uploads", "media", "summit"):
            assert client.get(f"/{place}/{name}").status_code == 404
    for path in ("/static/../instance/confapp.sqlite3", "/static/%2e%2e/%2e%2e/wsgi.py", "/static/%2fetc/passwd"):
        assert client.get(path, follow_redirects=True).status_code == 404
    kept = [file for file in settings.instance.rglob("*") if file.is_file() and "sqlite3" not in file.name]
    assert not [file for file in kept if b"canary" in file.read_bytes()]
    assert "canary" not in caplog.text
    with newsroom.write(Mode.READ):
        assert not [row for row in db.session.query(OutboxRow) if "canary" in str(row.payload)]


def test_t9_addresses_cannot_be_guessed_and_guesses_cost_the_same(
    newsroom: Newsroom, client: FlaskClient, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """T9: 128 random bits, one answer for every wrong guess, and the same statements behind it, so the same time."""
    with newsroom.write():
        held = [newsroom.scene.armed(Policy.AT_TIME, at=STARTS, words={"session": None}) for _ in range(4)]
        ids = [each.transcript.public_id for each in held]
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)
    assert len({each[:6] for each in ids}) == 4
    guesses = [
        *ids,
        "1",
        "2",
        "2026-05-18",
        "vaccines-for-the-next-outbreak",
        str(held[0].uuid),
        newsroom.code,
        "f" * 32,
    ]
    answers, statements = [], []
    for guess in guesses:
        with count_queries() as sent:
            answers.append(_told(client.get(f"/summit/press/{guess}")))
        statements.append(len(sent))
    assert {answer[0] for answer in answers} == {404}
    assert len({answer[2] for answer in answers}) == 1
    assert len(set(statements)) == 1


def test_t15_a_preview_is_the_desks_alone(newsroom: Newsroom, client: FlaskClient) -> None:
    """T15: there is no address that opens words to whoever holds it: role, expiry and version are asked each time."""
    with newsroom.write():
        version = newsroom.scene.bring(newsroom.scene.draft(headline="canary"), VersionState.APPROVED)
        guest = make_account("guest@example.org")
        grant = {"by": None, "now": NOW, "expires_at": NOW + MINUTE}
        permissions.grant(guest, newsroom.conference.id, Role.PRESS_APPROVER, **grant)  # type: ignore[arg-type]
    url = newsroom.url(version, "preview")
    reader = sign_in(newsroom.app.test_client(), guest)
    answer = reader.get(url)
    assert "canary" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert client.get(url).status_code == 302
    assert newsroom.as_("stage").get(url).status_code == 404
    newsroom.clock.tick(seconds=60)
    assert reader.get(url).status_code == 404, "the role has expired"


def test_t18_captions_obey_the_gate(newsroom: Newsroom, client: FlaskClient) -> None:
    """T18: the words as captions are there from the release, frozen under their number, and gone when withdrawn."""
    text = "Good afternoon, canary."
    cue = [{"offset": 0, "text": "Good", "starts_ms": 0, "ends_ms": 900}]
    with newsroom.write():
        blocks = [{"kind": "speech", "speaker": "Ada Lindqvist", "text": text, "cues": cue}]
        version = newsroom.scene.armed(
            Policy.AT_TIME, at=STARTS, words={"blocks": blocks, "kind": VersionKind.AS_DELIVERED}
        )
        address = f"/summit/press/{version.transcript.public_id}"
    urls = [f"{address}.vtt", f"{address}/v/1.vtt"]
    assert [client.get(url).status_code for url in urls] == [404, 404]
    newsroom.clock.now = STARTS
    newsroom.sweep()
    assert ["canary" in client.get(url).text for url in urls] == [True, True]
    with newsroom.write():
        publishing.withdraw(version, "Wrong words.", by=newsroom.scene.officer, now=ENDS)
    for url in urls:
        answer = client.get(url)
        assert (answer.status_code, "canary" in answer.text) == (410, False)


@pytest.mark.parametrize("part", ["_supersedes", "outbox.send", "link", "apply"])
def test_t19_a_release_of_which_a_part_fails_releases_nothing(
    newsroom: Newsroom, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """T19: the new words, what they supersede and what is told of them go out together or not at all."""
    with newsroom.write():
        first = newsroom.scene.released(now=NOW)
        second = newsroom.scene.draft(transcript=first.transcript, kind=VersionKind.AS_DELIVERED, headline="canary")
        newsroom.scene.arm(newsroom.scene.approve(second), Policy.AT_TIME, at=STARTS)
        before = db.session.query(OutboxRow).count()
    owner, _, name = part.rpartition(".")
    monkeypatch.setattr(outbox if owner else publishing, name, _fail)
    with suppress(ZeroDivisionError):
        newsroom.sweep(STARTS)
    with newsroom.write(Mode.READ):
        assert [each.headline for each in db.session.query(Publication)] == ["Vaccines for the next outbreak"]
        assert db.session.query(OutboxRow).count() == before
        states = db.session.query(Version.state).order_by(Version.id)
        assert [state for (state,) in states] == [VersionState.RELEASED, VersionState.ARMED]
    assert "canary" not in client.get("/summit/press/").text
    monkeypatch.undo()
    assert newsroom.sweep(STARTS) == 1


def _fail(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError
