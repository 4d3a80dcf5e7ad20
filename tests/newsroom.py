"""A newsroom for tests of both doors: the scene of `tests.press` with roles, and a way in for each person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from confapp.database import db
from confapp.domain import permissions, tokens
from confapp.domain.live.stage import Fact
from confapp.domain.people import Account
from confapp.domain.permissions import Role
from confapp.domain.press.transcripts import Version
from confapp.web import ConfappFlask
from confapp.worker import clock as worker
from tests.conftest import SetClock, Transaction
from tests.factories import NOW, make_account, sign_in, token_for
from tests.press import ENDS, Scene

DESK = "/organise/summit/press"


class Newsroom:
    """A released keynote (14:00 to 14:30), and people: writer, officer, approver, second, stage and admin."""

    def __init__(self, app: ConfappFlask, write: Transaction, clock: SetClock) -> None:
        self.app, self.write, self.clock = app, write, clock
        with write():
            self.scene = Scene()
            self.conference = self.scene.conference
            self.people: dict[str, Account] = {
                "writer": self.scene.writer,
                "officer": self.scene.officer,
                "approver": self.scene.approver,
                "second": self.scene.second,
                "stage": make_account("stage@example.org"),
                "admin": make_account("admin@example.org", is_admin=True),
            }
            for name, role in ROLES.items():
                permissions.grant(self.people[name], self.conference.id, role, by=None, now=NOW)
            self.slot, self.code = self.scene.slot.uuid, self.scene.session.code

    def as_(self, name: str) -> FlaskClient:
        """A browser in which this person is signed in."""
        return sign_in(self.app.test_client(), self.people[name])

    def send(self, name: str, url: str, data: dict[str, Any] | None = None) -> TestResponse:
        """What this person's browser posts."""
        client = self.as_(name)
        return client.post(url, data={"csrf_token": token_for(client), **(data or {})})

    def ask(self, name: str, method: str, path: str, **more: Any) -> TestResponse:
        """What this person's program asks of the conference's part of the API."""
        with self.write():
            secret = tokens.create_token(self.people[name], label="test", expires_at=None, now=NOW)
        headers = {"Authorization": f"Bearer {secret}"} | more.pop("headers", {})
        url = f"/api/conferences/summit{path}"
        return self.app.test_client().open(url, method=method, headers=headers, **more)

    def say(self, fact: Fact, *, by: str = "stage") -> TestResponse:
        """The stage desk says something of the keynote."""
        return self.send(by, f"/organise/summit/stage/slots/{self.slot}", {"fact": fact.value})

    def sweep(self, now: dt.datetime | None = None) -> int:
        """What the worker's clock releases at that moment, or now."""
        db.session.rollback()  # what asserts before may have begun
        return worker.release_due(now or self.clock.now)

    def end(self) -> None:
        """The keynote takes place, its end is confirmed, and the undo delay passes."""
        self.clock.now = ENDS
        self.say(Fact.STARTED)
        self.say(Fact.ENDED)
        self.clock.tick(seconds=60)
        self.sweep()

    def draft(self, **words: Any) -> Version:
        """A complete draft by the writer."""
        with self.write():
            return self.scene.draft(**words)

    def url(self, version: Version, *parts: str) -> str:
        """An address of the version at the desk."""
        return "/".join([DESK, str(version.uuid), *parts])

    def is_public(self, words: str) -> bool:
        """Whether any public page that knows of transcripts shows these words."""
        return any(words in self.app.test_client().get(page).text for page in self.pages())

    def pages(self) -> list[str]:
        """The public pages and files that could show words of a transcript."""
        pages = ["/", "/press/", "/summit/", "/summit/press/", "/summit/agenda", f"/summit/sessions/{self.code}"]
        return [*pages, "/summit/agenda.ics", "/api/conferences/summit/publications", "/summit/rooms/room-1/sign"]


ROLES = {
    "writer": Role.PRESS_OFFICER,
    "officer": Role.PRESS_OFFICER,
    "approver": Role.PRESS_APPROVER,
    "second": Role.PRESS_APPROVER,
    "stage": Role.STAGE_DESK,
}
