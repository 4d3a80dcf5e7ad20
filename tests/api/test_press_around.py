"""What stands around transcripts through the JSON API: comments, comparison, webhooks, subscribers, readers, polls."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from confapp.database import db
from confapp.domain.permissions import Role
from confapp.domain.press import readers, subscribers
from confapp.domain.press.transcripts import VersionKind, VersionState
from tests.factories import make_account, make_conference
from tests.newsroom import Newsroom


@pytest.fixture
def newsroom(app: Any, write: Any, clock: Any) -> Newsroom:
    """A released keynote and its press office."""
    return Newsroom(app, write, clock)


def _approved(newsroom: Newsroom) -> str:
    """Where an approved version is."""
    with newsroom.write():
        return f"/transcript-versions/{newsroom.scene.approve(newsroom.scene.draft()).uuid}"


# Comments and comparison.


def test_comments_are_made_listed_and_dealt_with(newsroom: Newsroom) -> None:
    path = f"/transcript-versions/{newsroom.draft().uuid}/comments"
    made: Any = newsroom.ask("approver", "POST", path, json={"block": 3, "text": "Is that so?"})
    assert (made.status_code, made.json["block"], made.json["by"]) == (201, 3, "Approver")
    assert newsroom.ask("writer", "POST", path, json={"text": "All of it."}).json["block"] is None  # type: ignore[index]
    wrong: Any = newsroom.ask("writer", "POST", path, json={"block": 9, "text": "?"})
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["block"])
    done: Any = newsroom.ask("writer", "POST", f"{path}/{made.json['id']}/resolve")
    assert done.json["resolved_at"] == "2026-05-18T09:00:00Z"
    listed: Any = newsroom.ask("second", "GET", path).json
    assert [(each["text"], each["resolved_at"] is None) for each in listed["items"]] == [
        ("Is that so?", False),
        ("All of it.", True),
    ]
    assert newsroom.ask("writer", "POST", f"{path}/99/resolve").status_code == 404


def test_a_comment_of_another_transcript_is_not_there(newsroom: Newsroom) -> None:
    one, other = newsroom.draft(), newsroom.draft(session=None)
    made: Any = newsroom.ask("writer", "POST", f"/transcript-versions/{one.uuid}/comments", json={"text": "x"}).json
    stranger = f"/transcript-versions/{other.uuid}/comments/{made['id']}/resolve"
    assert newsroom.ask("writer", "POST", stranger).status_code == 404


def test_delivered_words_are_compared_with_the_prepared_ones(newsroom: Newsroom) -> None:
    prepared = newsroom.draft()
    words = [{"kind": "speech", "speaker": "Ada Lindqvist", "text": "Good evening to all of you."}]
    with newsroom.write():
        delivered = newsroom.scene.draft(
            transcript=prepared.transcript, kind=VersionKind.AS_DELIVERED, blocks=words, headline="Another"
        )
    path = f"/transcript-versions/{delivered.uuid}/comparison"
    found: Any = newsroom.ask("approver", "GET", path).json
    assert (found["before"], found["after"]) == (str(prepared.uuid), str(delivered.uuid))
    assert found["choices"] == [str(prepared.uuid)]
    assert [each["name"] for each in found["fields"]] == ["headline"]
    assert found["pairs"][0]["change"] == "changed"
    assert [each["text"] for each in found["pairs"][0]["before"] if each["is_marked"]] == ["afternoon"]
    assert "".join(each["text"] for each in found["pairs"][0]["after"]) == "Good evening to all of you."
    other = newsroom.draft(session=None)
    for wrong in (str(other.uuid), "none", f"{delivered.uuid}.9"):
        assert newsroom.ask("approver", "GET", f"{path}?with={wrong}").status_code == 404


# Who is told.


def test_a_webhook_from_its_making_to_its_end(newsroom: Newsroom) -> None:
    made: Any = newsroom.ask("officer", "POST", "/webhooks", json={"url": "https://news.example/hook"})
    assert made.status_code == 201
    hook, secret = made.json["uuid"], made.json["secret"]
    assert secret.startswith("whsec_")
    listed: Any = newsroom.ask("writer", "GET", "/webhooks").json
    assert [each["url"] for each in listed["items"]] == ["https://news.example/hook"]
    assert secret not in str(listed)
    rotated: Any = newsroom.ask("officer", "POST", f"/webhooks/{hook}/rotate").json
    assert rotated["secret"] != secret
    assert rotated["old_secret"] == secret
    newsroom.clock.tick(hours=25)
    later: Any = newsroom.ask("officer", "GET", f"/webhooks/{hook}").json
    assert (later["secret"], later["old_secret"]) == (rotated["secret"], None)
    assert newsroom.ask("officer", "DELETE", f"/webhooks/{hook}").status_code == 204
    assert newsroom.ask("officer", "GET", f"/webhooks/{hook}").status_code == 404


@pytest.mark.parametrize(
    "url",
    ["agency.example", "ftp://agency.example", "http://[", "https://a:b@agency.example", "https://x:y/", "https://"],
)
def test_a_webhook_needs_a_whole_address(newsroom: Newsroom, url: str) -> None:
    answer: Any = newsroom.ask("officer", "POST", "/webhooks", json={"url": url})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["url"])


def test_a_message_is_sent_again_under_the_same_id(newsroom: Newsroom) -> None:
    hook: Any = newsroom.ask("officer", "POST", "/webhooks", json={"url": "https://news.example/hook"}).json
    other: Any = newsroom.ask("officer", "POST", "/webhooks", json={"url": "https://other.example/hook"}).json
    log = f"/webhooks/{hook['uuid']}/deliveries"
    sent: Any = newsroom.ask("officer", "POST", f"/webhooks/{hook['uuid']}/test")
    assert sent.status_code == 202
    again: Any = newsroom.ask("officer", "POST", f"{log}/{sent.json['id']}/redeliver")
    assert (again.status_code, again.json["message"]) == (202, sent.json["message"])
    (only,) = newsroom.ask("officer", "GET", log).json["items"]  # type: ignore[index]
    assert (only["kind"], only["attempts"], only["delivered_at"]) == ("test", 0, None)
    stranger = f"/webhooks/{other['uuid']}/deliveries/{sent.json['id']}/redeliver"
    assert newsroom.ask("officer", "POST", stranger).status_code == 404


@pytest.mark.parametrize("url", ["ftp://news.example/", "https://me:secret@news.example/", "news.example", ""])
def test_an_address_that_is_none_is_refused(newsroom: Newsroom, url: str) -> None:
    refused: Any = newsroom.ask("officer", "POST", "/webhooks", json={"url": url})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["url"])


def test_subscribers_are_listed_and_ended(newsroom: Newsroom) -> None:
    with newsroom.write():
        for conference, address in ((newsroom.conference, "b@example.org"), (None, "everywhere@example.org")):
            subscribers.subscribe(conference, address, language="en", now=newsroom.clock.now)
        subscribers.subscribe(newsroom.conference, "a@example.org", language="en", now=newsroom.clock.now)
        for each in db.session.query(subscribers.Subscriber).where(subscribers.Subscriber.email != "a@example.org"):
            subscribers.confirm(each, now=newsroom.clock.now)
    listed: Any = newsroom.ask("officer", "GET", "/subscribers").json
    (only,) = listed["items"]
    assert (only["email"], only["confirmed_at"]) == ("b@example.org", "2026-05-18T09:00:00Z")
    assert newsroom.ask("officer", "DELETE", f"/subscribers/{only['uuid']}").status_code == 204
    assert newsroom.ask("officer", "GET", "/subscribers").json["total"] == 0  # type: ignore[index]
    assert newsroom.ask("officer", "DELETE", f"/subscribers/{only['uuid']}").status_code == 404


# Readers under embargo.


def test_a_reader_is_let_in_counted_and_shut_out(newsroom: Newsroom) -> None:
    path = _approved(newsroom)
    asked = {"email": "stage@example.org", "expires_at": "2026-05-19T09:00:00Z"}
    given: Any = newsroom.ask("officer", "POST", f"{path}/readers", json=asked)
    assert given.status_code == 201
    assert (given.json["name"], given.json["expires_at"], given.json["readings"]) == ("Stage", asked["expires_at"], 0)
    with newsroom.write():
        (version,) = readers.readable(newsroom.people["stage"], now=newsroom.clock.now)
        reading = readers.read(version, newsroom.people["stage"], now=newsroom.clock.now)
    (logged,) = newsroom.ask("officer", "GET", f"{path}/readings").json["items"]  # type: ignore[index]
    assert (logged["email"], logged["mark"], logged["sha256"]) == ("stage@example.org", reading.mark, version.hash)
    newsroom.clock.tick(days=2)
    (listed,) = newsroom.ask("officer", "GET", f"{path}/readers").json["items"]  # type: ignore[index]
    assert (listed["id"], listed["readings"], listed["is_expired"]) == (given.json["id"], 1, True)
    assert newsroom.ask("officer", "DELETE", f"{path}/readers/{listed['id']}").status_code == 204
    assert newsroom.ask("officer", "GET", f"{path}/readers").json["total"] == 0  # type: ignore[index]
    with newsroom.write():
        assert readers.readable(newsroom.people["stage"], now=newsroom.clock.now) == []


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"email": "x"}, "email"),
        ({"expires_at": "2026-02-01T09:00:00Z"}, "expires_at"),
        ({"expires_at": "2027-03-01T10:00:00Z"}, "expires_at"),
        ({"expires_at": None}, "expires_at"),
    ],
)
def test_what_is_wrong_with_a_reader_is_named(newsroom: Newsroom, wrong: dict[str, Any], named: str) -> None:
    path = _approved(newsroom)
    asked = {"email": "stage@example.org", "expires_at": "2026-05-19T09:00:00Z"} | wrong
    refused: Any = newsroom.ask("officer", "POST", f"{path}/readers", json=asked)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [named])


def test_nobody_is_let_in_to_what_is_public(newsroom: Newsroom) -> None:
    with newsroom.write():
        version = newsroom.scene.bring(newsroom.scene.draft(), VersionState.RELEASED)
    asked = {"email": "stage@example.org", "expires_at": "2026-05-19T09:00:00Z"}
    assert (
        newsroom.ask("officer", "POST", f"/transcript-versions/{version.uuid}/readers", json=asked).status_code == 409
    )


def test_terms_are_set_and_told(newsroom: Newsroom) -> None:
    assert newsroom.ask("officer", "GET", "/embargo-terms").json == {"words": {}}
    said = {"words": {"en": "Not a word."}}
    assert newsroom.ask("officer", "PUT", "/embargo-terms", json=said).json == said
    assert newsroom.ask("officer", "GET", "/embargo-terms").json == said


# Polls.


def _public(newsroom: Newsroom) -> str:
    with newsroom.write():
        return str(newsroom.scene.released(now=newsroom.clock.now).transcript.public_id)


def test_a_poll_takes_one_vote_each_and_tells_results_to_those_who_voted(newsroom: Newsroom) -> None:
    words = _public(newsroom)
    desk, reader = f"/polls/{words}", f"/publications/{words}/poll"
    assert newsroom.ask("officer", "GET", desk).status_code == 404
    question = {"question": "Ready?", "options": ["Yes", "No"]}
    asked: Any = newsroom.ask("officer", "POST", desk, json=question)
    assert (asked.status_code, asked.json["language"], asked.json["closed_at"]) == (201, "en", None)
    assert newsroom.ask("officer", "POST", desk, json=question).status_code == 409
    before: Any = newsroom.ask("stage", "GET", reader).json
    assert (before["options"], before["results"], before["chosen"]) == (["Yes", "No"], None, None)
    assert newsroom.ask("stage", "POST", f"{reader}/vote", json={"option": 5}).status_code == 422
    for option in (0, 1):
        after: Any = newsroom.ask("stage", "POST", f"{reader}/vote", json={"option": option}).json
        assert (after["chosen"], [each["votes"] for each in after["results"]]) == (0, [1, 0])
    newsroom.send("stage", f"/summit/press/{words}/poll", {"option": "1"})
    counted: Any = newsroom.ask("officer", "GET", desk).json
    assert [(each["option"], each["votes"], each["share"]) for each in counted["results"]] == [
        ("Yes", 1, 1.0),
        ("No", 0, 0.0),
    ]
    assert newsroom.ask("officer", "POST", f"{desk}/close").json["closed_at"]  # type: ignore[index]
    assert newsroom.ask("officer", "POST", f"{desk}/close").status_code == 409
    assert newsroom.ask("admin", "GET", reader).json["results"]  # type: ignore[index]
    assert newsroom.ask("admin", "POST", f"{reader}/vote", json={"option": 0}).status_code == 409


def test_polls_stand_beside_public_words_alone(newsroom: Newsroom) -> None:
    secret = newsroom.draft().transcript.public_id
    for method, path in (
        ("GET", f"/publications/{secret}/poll"),
        ("GET", f"/polls/{secret}"),
        ("POST", f"/polls/{secret}"),
    ):
        answer = newsroom.ask("officer", method, path, json={"question": "?", "options": ["a", "b"]})
        assert answer.status_code == 404


# Who may.


ARMING = [
    ("GET", "/webhooks"),
    ("POST", "/webhooks"),
    ("GET", "/webhooks/{hook}"),
    ("DELETE", "/webhooks/{hook}"),
    ("POST", "/webhooks/{hook}/rotate"),
    ("POST", "/webhooks/{hook}/test"),
    ("GET", "/webhooks/{hook}/deliveries"),
    ("POST", "/webhooks/{hook}/deliveries/1/redeliver"),
    ("GET", "/subscribers"),
    ("DELETE", "/subscribers/{nobody}"),
    ("GET", "{version}/readers"),
    ("POST", "{version}/readers"),
    ("DELETE", "{version}/readers/1"),
    ("GET", "{version}/readings"),
    ("GET", "/embargo-terms"),
    ("PUT", "/embargo-terms"),
    ("GET", "/polls/x"),
    ("POST", "/polls/x"),
    ("POST", "/polls/x/close"),
]
READING = [
    ("GET", "{version}/comments"),
    ("POST", "{version}/comments"),
    ("POST", "{version}/comments/1/resolve"),
    ("GET", "{version}/comparison"),
]


@pytest.mark.parametrize("name", ["approver", "stage", "admin", "elsewhere"])
def test_each_duty_is_asked_for(newsroom: Newsroom, name: str) -> None:
    """Whoever lacks the duty finds nothing, not even which words are wrong; a press officer of elsewhere neither."""
    path = _approved(newsroom)
    hook: Any = newsroom.ask("officer", "POST", "/webhooks", json={"url": "https://news.example/hook"}).json
    known = {"hook": hook["uuid"], "version": path, "nobody": str(uuid.uuid4())}
    with newsroom.write():
        other = make_conference("elsewhere")
        newsroom.people["elsewhere"] = make_account("e@example.org", role=Role.PRESS_OFFICER, conference=other)
    asked = ARMING if name == "approver" else [*ARMING, *READING]
    for method, place in asked:
        assert newsroom.ask(name, method, place.format(**known), json={}).status_code == 404, (method, place)
    assert newsroom.ask("officer", "GET", f"/webhooks/{hook['uuid']}").json["secret"] == hook["secret"]  # type: ignore[index]
