"""The press and stage desks through the JSON API: the same path, the same guards, the same silence before release."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.database import db
from confapp.domain import permissions
from confapp.domain.permissions import Role
from confapp.domain.press.transcripts import Version, VersionState
from tests.newsroom import DESK, Newsroom
from tests.press import ENDS, STARTS

VERSIONS = "/transcript-versions"
DRAFT: dict[str, Any] = {
    "kind": "as_prepared",
    "language": "en",
    "headline": "Vaccines for the next outbreak",
    "byline": "Ada Lindqvist",
    "delivered_on": "2026-05-18",
    "blocks": [{"text": "Good afternoon."}, {"kind": "remark", "text": "(Applause)"}],
}


@pytest.fixture
def newsroom(app: Any, write: Any, clock: Any) -> Newsroom:
    """A released keynote and its press office."""
    return Newsroom(app, write, clock)


def _made(newsroom: Newsroom, **more: Any) -> Any:
    answer = newsroom.ask("writer", "POST", VERSIONS, json=DRAFT | {"session": newsroom.code} | more)
    assert answer.status_code == 201, answer.text
    return answer.json


def _do(newsroom: Newsroom, name: str, version: Any, deed: str, **values: Any) -> Any:
    return newsroom.ask(name, "POST", f"{VERSIONS}/{version['uuid']}/{deed}", json=values)


def _next(version: Any) -> dict[str, str | None]:
    return {each["event"]: each["why_not"] for each in version["next"]}


def test_the_whole_path(newsroom: Newsroom, client: FlaskClient) -> None:
    version = _made(newsroom)
    assert (version["state"], version["session"], version["lock_version"]) == ("draft", newsroom.code, 1)
    assert [(block["id"], block["kind"]) for block in version["blocks"]] == [(1, "speech"), (2, "remark")]
    submitted = _do(newsroom, "writer", version, "submit").json
    assert submitted["state"] == "in_review"
    assert _next(submitted)["approve"] == "This takes the role press approver."
    read: Any = newsroom.ask("approver", "GET", f"{VERSIONS}/{version['uuid']}").json
    assert _next(read)["approve"] is None
    assert _do(newsroom, "approver", version, "approve", seen=read["hash"]).json["state"] == "approved"
    armed = _do(newsroom, "officer", version, "arm", policy="on_session_end").json
    assert (armed["state"], armed["policy"], armed["due_at"]) == ("armed", "on_session_end", None)
    newsroom.clock.now = STARTS
    facts = f"/slots/{newsroom.slot}/facts"
    assert newsroom.ask("stage", "POST", facts, json={"fact": "started"}).status_code == 201
    newsroom.clock.now = ENDS
    ended: Any = newsroom.ask("stage", "POST", facts, json={"fact": "ended"}).json
    assert ended == {"fact": "ended", "at": "2026-05-18T12:30:00Z"}
    waiting: Any = newsroom.ask("officer", "GET", f"{VERSIONS}/{version['uuid']}").json
    assert waiting["due_at"] == "2026-05-18T12:31:00+00:00"
    publications = "/api/conferences/summit/publications"
    assert client.get(publications).json == {"items": [], "page": 1, "page_size": 100, "total": 0}
    newsroom.clock.tick(seconds=60)
    newsroom.sweep()
    listed: Any = client.get(publications).json
    (found,) = listed["items"]
    assert (found["headline"], found["session"], found["version"]) == (DRAFT["headline"], newsroom.code, 1)
    assert client.get(f"/summit/press/{found['id']}").status_code == 200


def test_nobody_approves_their_own_words(newsroom: Newsroom) -> None:
    with newsroom.write():
        permissions.grant(
            newsroom.people["writer"], newsroom.conference.id, Role.PRESS_APPROVER, by=None, now=newsroom.clock.now
        )
    version = _do(newsroom, "writer", _made(newsroom), "submit").json
    refused = _do(newsroom, "writer", version, "approve", seen=version["hash"], is_checked=True)
    assert (refused.status_code, refused.mimetype) == (409, "application/problem+json")
    assert refused.json["detail"] == "Whoever wrote or edited any of it cannot approve it; ask somebody else."


def test_an_administrator_has_no_press_duty(newsroom: Newsroom) -> None:
    version = _made(newsroom)
    for method, path in (("GET", VERSIONS), ("POST", VERSIONS), ("GET", f"{VERSIONS}/{version['uuid']}")):
        assert newsroom.ask("admin", method, path, json=DRAFT).status_code == 404
    assert _do(newsroom, "admin", version, "submit").status_code == 404


def test_an_edit_says_what_it_saw(newsroom: Newsroom) -> None:
    version = _made(newsroom)
    path = f"{VERSIONS}/{version['uuid']}"
    blind = newsroom.ask("writer", "PATCH", path, json={"headline": "New"})
    assert (blind.status_code, list(blind.json["errors"])) == (422, ["expected"])  # type: ignore[index]
    blocks = [{"id": 2, "kind": "remark", "text": "(Laughter)"}, {"text": "New words."}]
    edited = newsroom.ask("writer", "PATCH", path, json={"blocks": blocks}, headers={"If-Match": '"1"'})
    assert edited.status_code == 200
    assert edited.headers["ETag"] == '"2"'
    found: Any = edited.json
    assert [(block["id"], block["text"]) for block in found["blocks"]] == [(2, "(Laughter)"), (3, "New words.")]
    assert (found["headline"], found["session"]) == (DRAFT["headline"], newsroom.code)
    stale: Any = newsroom.ask("officer", "PATCH", path, json={"headline": "Mine", "expected": 1})
    assert (stale.status_code, stale.json["version"]) == (412, 2)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"kind": "shouted"}, "kind"),
        ({"language": "English"}, "language"),
        ({"delivered_on": "yesterday"}, "delivered_on"),
        ({"session": "nowhere"}, "session"),
        ({"blocks": "words"}, "blocks"),
        ({"blocks": [{"kind": "speech", "text": ""}]}, "blocks"),
        ({"blocks": [{"kind": "song", "text": "La"}]}, "blocks"),
        ({"blocks": [{"id": 7, "text": "La"}]}, "blocks"),
        ({"blocks": [{"text": "La", "elisions": [{"offset": 1, "text": "…", "kind": "omission"}]}]}, "blocks"),
        ({"headline": "x" * 301}, "headline"),
        ({"state": "released"}, "state"),
    ],
)
def test_what_is_wrong_is_named_and_stores_nothing(newsroom: Newsroom, wrong: dict[str, Any], named: str) -> None:
    refused: Any = newsroom.ask("writer", "POST", VERSIONS, json=DRAFT | {"session": newsroom.code} | wrong)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [named])
    assert newsroom.ask("writer", "GET", VERSIONS).json == {"items": [], "page": 1, "page_size": 100, "total": 0}


def test_an_armed_version_is_held_and_lifted_by_two(newsroom: Newsroom) -> None:
    with newsroom.write():
        made = newsroom.scene.armed()
    version = {"uuid": str(made.uuid)}
    assert _do(newsroom, "second", version, "hold").json["state"] == "held"
    assert _do(newsroom, "second", version, "unhold").json["state"] == "held"
    assert _do(newsroom, "officer", version, "unhold").json["state"] == "approved"


def test_versions_are_listed_by_state(newsroom: Newsroom) -> None:
    with newsroom.write():
        newsroom.scene.bring(newsroom.scene.draft(session=None), VersionState.DISCARDED)
        newsroom.scene.draft()
    listed: Any = newsroom.ask("approver", "GET", VERSIONS).json
    assert [each["state"] for each in listed["items"]] == ["draft"]
    listed = newsroom.ask("approver", "GET", f"{VERSIONS}?state=discarded").json
    assert [each["state"] for each in listed["items"]] == ["discarded"]
    assert newsroom.ask("approver", "GET", f"{VERSIONS}?state=secret").status_code == 422


def test_the_publications_are_the_same_for_everyone_and_hold_no_draft(newsroom: Newsroom, client: FlaskClient) -> None:
    _made(newsroom, headline="canary")
    url = "/api/conferences/summit/publications"
    assert client.get(url).data == newsroom.ask("writer", "GET", "/publications").data
    assert "canary" not in client.get(url).text


def test_the_stage_lists_what_may_be_said_next(newsroom: Newsroom) -> None:
    (item,) = newsroom.ask("stage", "GET", "/stage").json["items"]  # type: ignore[index]
    assert (item["session"], item["fact"], item["next"]) == (
        newsroom.code,
        None,
        ["started", "postponed", "cancelled"],
    )
    refused: Any = newsroom.ask("stage", "POST", f"/slots/{newsroom.slot}/facts", json={"fact": "ended"})
    assert (refused.status_code, refused.json["detail"]) == (409, "“ended” cannot follow “not started”.")


def test_a_session_under_the_chatham_house_rule_is_refused_with_that_reason(newsroom: Newsroom) -> None:
    """At every door: 409 with the rule's name, and nothing is stored."""
    with newsroom.write():
        newsroom.scene.session.is_chatham_house = True
    answer = newsroom.ask("writer", "POST", VERSIONS, json=DRAFT | {"session": newsroom.code})
    assert answer.status_code == 409
    assert "Chatham House Rule" in answer.json["detail"]
    page = newsroom.send("writer", f"{DESK}/import", {"session": newsroom.code, "file": (BytesIO(b"Hello."), "a.txt")})
    assert "Chatham House Rule" in page.text
    with newsroom.write():
        assert db.session.query(Version).count() == 0
