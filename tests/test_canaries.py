"""T1: a token in every field of what is not released is found by nobody who may not read it, whatever they ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from confapp.database import Mode, db
from confapp.domain import permissions
from confapp.domain.attendance import registrations
from confapp.domain.attendance.registrations import Category
from confapp.domain.permissions import Role
from confapp.domain.press.transcripts import Transcript, Version
from confapp.web import ConfappFlask
from tests.conftest import SetClock, Transaction
from tests.factories import NOW, make_account, make_conference, sign_in
from tests.press import ENDS, MINUTE
from tests.public_story import AFTER_ALL, DEEDS, Story, tell
from tests.test_permissions_walk import address, ask, rules

TOKEN = "canary"
EVERYTHING = {place: [(deed, place + turn) for turn, deed in enumerate(DEEDS)] for place in (0, 3, AFTER_ALL)}
HEADERS: tuple[dict[str, str], ...] = (
    {"Accept": "application/json"},
    {"Accept": "text/plain", "Accept-Language": "fr", "Range": "bytes=0-500"},
)
QUERIES = ("", "?format=json&language=de", "?q=canar")
"""A search finds the token by its beginning, and an answer that only repeats the question does not hold it."""
Known = list[dict[str, Any]]


@pytest.fixture
def story(app: ConfappFlask, write: Transaction, clock: SetClock) -> Story:
    """The public story with everything private in it."""
    clock.now = ENDS + 10 * MINUTE
    app.config["CONFAPP"] = replace(app.config["CONFAPP"], file_wait=0.0)
    return tell(write, EVERYTHING)


def _known(story: Story) -> Known:
    """Values for addresses: of something secret, of a public thing that secrets hang on, of a secret conference."""
    version = db.session.scalars(
        sa.select(Version).join(Version.transcript).where(Version.headline.like("canary%"), Transcript.session_id > 0)
    ).first()
    assert version is not None
    public = {"conference": "summit", "number": 1, "kind": "json", "code": story.session.code, "block": 1}
    public |= {"identifier": story.prepared.uuid, "public_id": story.prepared.transcript.public_id}
    secret = {"identifier": version.uuid, "public_id": version.transcript.public_id}
    return [
        public | secret | {"code": story.secrets["«secret session»"]},
        public,
        public | secret | {"conference": story.secrets["«secret conference»"]},
    ]


def leaks(app: ConfappFlask, client: FlaskClient, known: Known) -> tuple[int, list[str]]:
    """How many requests were answered, and those whose answers hold a token that the request did not."""
    found, count = [], 0
    for rule in rules(app):
        for url in {address(app, rule, **values) for values in known}:
            for line, answer in _answers(client, rule, url):
                count += 1
                words = f"{answer.headers}\n{answer.get_data().decode('utf-8', 'replace')}"
                answer.close()
                for word in url.split("/"):
                    words = words.replace(word, "") if TOKEN in word else words
                if TOKEN in words:
                    found.append(f"{line}: {words[max(0, words.index(TOKEN) - 60) :][:160]!r}")
    return count, found


def _answers(client: FlaskClient, rule: Rule, url: str) -> Iterator[tuple[str, TestResponse]]:
    if "GET" in (rule.methods or ()):
        for query in QUERIES:
            yield f"GET {url}{query}", client.get(url + query)
        for header in HEADERS:
            yield f"GET {url} {header}", client.get(url, headers=header)
        yield f"HEAD {url}", client.head(url)
        yield f"OPTIONS {url}", client.options(url)
    for method in sorted({"POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set())):
        yield f"{method} {url}", ask(client, method, url)


@pytest.mark.parametrize("who", ["a stranger", "an attendee", "a wrong journalist"])
def test_t1_no_token_is_found_by(app: ConfappFlask, write: Transaction, story: Story, who: str) -> None:
    """The wrong journalist may read another version, is an attendee here, and a press officer elsewhere."""
    client = app.test_client()
    with write():
        account = make_account("reader@example.org")
        if who != "a stranger":
            registrations.register(
                story.conference, account.person, category=Category.PRESS, organisation="", by=None, now=NOW
            )
            sign_in(client, account)
        if who == "a wrong journalist":
            other = make_conference("elsewhere")
            permissions.grant(account, other.id, Role.PRESS_OFFICER, by=None, now=NOW)
            grant = {"scope_id": story.french.id, "by": None, "now": NOW}
            permissions.grant(account, story.conference.id, Role.JOURNALIST, **grant)  # type: ignore[arg-type]
    with write(Mode.READ):
        known = _known(story)
    count, found = leaks(app, client, known)
    assert found == []
    assert count > 800


def test_t1_the_tokens_are_there_for_who_may_read_them(app: ConfappFlask, write: Transaction, story: Story) -> None:
    """Otherwise nobody's finding none would mean nothing."""
    with write():
        for role in (Role.PRESS_OFFICER, Role.ORGANISER):
            permissions.grant(story.officer, story.conference.id, role, by=None, now=NOW)
        client = sign_in(app.test_client(), story.officer)
    for place in ("/organise/summit/press", "/api/conferences/summit/transcript-versions", "/organise/summit/sessions"):
        assert TOKEN in client.get(place).text, place
