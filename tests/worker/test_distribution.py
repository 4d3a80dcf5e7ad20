"""T10: webhooks, letters and the hub hear of words once they are public, signed, once each, never of withdrawn ones."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import email
import email.policy
import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from confapp.database import db
from confapp.domain import outbox
from confapp.domain.outbox import OutboxRow
from confapp.domain.press import publishing, subscribers, transcript_states, webhooks
from confapp.domain.press.subscribers import Subscriber
from confapp.domain.press.transcripts import Policy, Version
from confapp.domain.press.webhooks import Delivery
from confapp.web import ConfappFlask
from confapp.worker import clock, distribution, outgoing
from confapp.worker.distribution import signed
from tests import pages
from tests.conftest import Transaction
from tests.newsroom import DESK, Newsroom
from tests.press import ENDS, MINUTE, Scene


class Sent:
    """What went out, instead of the network; answers what it is told to."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, bytes, dict[str, str]]] = []
        self.status = 200

    def __call__(self, url: str, body: bytes, headers: dict[str, str], *, allowed: Any) -> int:
        """Take a request."""
        self.posts.append((url, body, headers))
        return self.status


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    made = Sent()
    monkeypatch.setattr(outgoing, "post", made)
    return made


@pytest.fixture
def scene(write: Transaction) -> Scene:
    with write():
        return Scene()


def _drain(now: dt.datetime = ENDS) -> int:
    done = 0
    db.session.rollback()
    while clock.deliver_next(now):
        done += 1
    return done


def _letters(app: ConfappFlask) -> list[EmailMessage]:
    folder: Path = app.config["CONFAPP"].instance / "mail"
    read = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in folder.glob("*.eml")]
    return sorted(read, key=lambda letter: (letter["To"], letter["Subject"]))  # type: ignore[arg-type,return-value]


def _subscriber(scene: Scene, address: str, *, everywhere: bool = False) -> Subscriber:
    conference = None if everywhere else scene.conference
    subscribers.subscribe(conference, address, language="en", now=ENDS)
    (found,) = db.session.scalars(
        sa.select(Subscriber).where(Subscriber.email == address, Subscriber.confirmed_at.is_(None))
    )
    subscribers.confirm(found, now=ENDS)
    return found


def _hook(scene: Scene) -> webhooks.Webhook:
    return webhooks.add(scene.conference, "https://agency.example/hook", by=scene.officer, now=ENDS - MINUTE)


def test_the_standards_own_example_is_signed_so() -> None:
    made = signed(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_nobody_hears_of_words_before_they_are_public(scene: Scene, write: Transaction, sent: Sent, app: Any) -> None:
    with write():
        _hook(scene)
        _subscriber(scene, "reader@example.org")
        version = scene.armed(Policy.MANUAL, undo_seconds=0, now=ENDS)
    _drain()
    letters = len(_letters(app))
    assert sent.posts == []
    with contextlib.suppress(RuntimeError), write():
        transcript_states.go_ahead(version, by=scene.officer, now=ENDS)
        assert publishing.release_due(version.id, now=ENDS)
        raise RuntimeError("the worker dies before the commit")
    _drain()
    assert (sent.posts, len(_letters(app))) == ([], letters)


def test_a_webhook_is_told_where_the_words_are_and_never_the_words(
    scene: Scene, write: Transaction, sent: Sent
) -> None:
    with write():
        hook = _hook(scene)
        version = scene.released()
    _drain()
    ((url, body, headers),) = sent.posts
    told = json.loads(body)
    public_id = version.transcript.public_id
    assert url == "https://agency.example/hook"
    assert told["type"] == "publication.released"
    assert told["data"]["url"] == f"http://localhost/summit/press/{public_id}/v/1"
    assert (told["data"]["id"], told["data"]["sha256"]) == (public_id, version.hash)
    assert b"Vaccines" not in body
    assert headers["webhook-signature"] == signed(
        hook.secret, headers["webhook-id"], int(headers["webhook-timestamp"]), body
    )
    with write():
        (delivery,) = webhooks.deliveries(hook)
        assert (delivery.status, delivery.attempts, delivery.delivered_at) == (200, 1, ENDS)


def test_a_failed_delivery_is_tried_again_under_the_same_id(scene: Scene, write: Transaction, sent: Sent) -> None:
    sent.status = 500
    with write():
        hook = _hook(scene)
        scene.released()
    _drain()
    sent.status = 200
    _drain(ENDS + dt.timedelta(seconds=outbox.RETRIES[0]))
    assert len(sent.posts) == 2
    assert sent.posts[0][2]["webhook-id"] == sent.posts[1][2]["webhook-id"]
    with write():
        (delivery,) = webhooks.deliveries(hook)
        assert (delivery.attempts, delivery.error) == (2, None)
        webhooks.redeliver(hook, delivery.id, now=ENDS + MINUTE)
    _drain(ENDS + MINUTE)
    assert {post[2]["webhook-id"] for post in sent.posts} == {str(delivery.message)}


def test_both_secrets_sign_while_one_takes_over(scene: Scene, write: Transaction, sent: Sent) -> None:
    with write():
        hook = _hook(scene)
        old = hook.secret
        webhooks.rotate(hook, by=scene.officer, now=ENDS)
        webhooks.test(hook, now=ENDS)
    _drain()
    headers = sent.posts[0][2]
    stamp, body = int(headers["webhook-timestamp"]), sent.posts[0][1]
    wanted = [signed(key, headers["webhook-id"], stamp, body) for key in (hook.secret, old)]
    assert headers["webhook-signature"].split(" ") == wanted
    assert hook.secrets(ENDS + webhooks.OVERLAP) == [hook.secret]


def test_a_receiver_that_is_gone_is_told_nothing_more(scene: Scene, write: Transaction, sent: Sent) -> None:
    sent.status = 410
    with write():
        hook = _hook(scene)
        scene.released()
    _drain()
    with write():
        assert webhooks.webhook(scene.conference, hook.uuid).is_active is False
        scene.released(session=None, now=ENDS)
    _drain()
    assert len(sent.posts) == 1


def test_withdrawn_words_are_not_announced_any_more(scene: Scene, write: Transaction, sent: Sent, app: Any) -> None:
    """Invariant 8: whatever is sent is asked for again at that moment."""
    with write():
        _hook(scene)
        _subscriber(scene, "reader@example.org")
        version = scene.released()
        publishing.withdraw(version, "The figures were wrong.", by=scene.officer, now=ENDS)
    _drain()
    assert [json.loads(post[1])["type"] for post in sent.posts] == ["publication.withdrawn"]
    told = [letter for letter in _letters(app) if letter["List-Unsubscribe"]]
    assert [letter["Subject"] for letter in told] == ["Withdrawn"]
    assert "The figures were wrong." in told[0].get_body(("plain",)).get_content()


def test_subscribers_get_one_letter_each_with_a_way_out(scene: Scene, write: Transaction, sent: Sent, app: Any) -> None:
    with write():
        for each in (False, True):
            _subscriber(scene, "both@example.org", everywhere=each)
        _subscriber(scene, "other@example.org")
        subscribers.subscribe(scene.conference, "never@example.org", language="en", now=ENDS)
        scene.released(summary="On germs.")
    _drain()
    told = [letter for letter in _letters(app) if letter["List-Unsubscribe"]]
    assert [letter["To"] for letter in told] == ["both@example.org", "other@example.org"]
    letter = told[0]
    assert letter["Subject"] == "Vaccines for the next outbreak"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = letter.get_body(("plain",)).get_content()
    assert "On germs." in text
    assert "Biology moves faster" not in text
    assert "<h1>" in letter.get_body(("html",)).get_content()
    way_out = letter["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    assert app.test_client().post(way_out, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert app.test_client().post(way_out).status_code == 404
    with write():
        assert [each.email for each in subscribers.confirmed(scene.conference.id)] == [
            "other@example.org",
            "both@example.org",
        ]


def test_expanding_a_row_again_sends_nothing_twice(scene: Scene, write: Transaction, sent: Sent, app: Any) -> None:
    with write():
        _hook(scene)
        _subscriber(scene, "reader@example.org")
        scene.released()
        row = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.kind == "publication.released")).one()
        db.session.expunge(row)
    distribution.expand(row, ENDS)
    _drain()
    assert len(sent.posts) == 1
    assert len([letter for letter in _letters(app) if letter["List-Unsubscribe"]]) == 1
    with write():
        assert len(db.session.scalars(sa.select(Delivery)).all()) == 1


def test_a_hub_is_pinged_with_every_feed(scene: Scene, write: Transaction, sent: Sent, app: Any) -> None:
    app.config["CONFAPP"] = dataclasses.replace(app.config["CONFAPP"], websub_hub="https://hub.example/")
    with write():
        scene.released()
    _drain()
    ((url, body, _headers),) = sent.posts
    assert url == "https://hub.example/"
    assert body.startswith(b"hub.mode=publish&hub.url=http%3A%2F%2Flocalhost%2Fpress%2Ffeed.atom&")
    assert body.count(b"hub.url=") == 6


def test_a_letter_asks_first(app: ConfappFlask, scene: Scene, write: Transaction) -> None:
    """Double opt-in: an address that somebody typed gets one letter, and nothing before its owner says so."""
    form = pages.open_form(app.test_client(), "/summit/press/subscribe")
    assert form.send(email="nobody").status_code == 422
    assert form.send(email="Reader@Example.org").status_code == 200
    assert form.send(email="reader@example.org").status_code == 200
    _drain()
    (letter,) = _letters(app)
    (address,) = [line for line in letter.get_body(("plain",)).get_content().splitlines() if "/subscriptions/" in line]
    path = address.removeprefix("http://localhost")
    reader = app.test_client()
    assert "reader@example.org" in reader.get(path).text
    with write():
        assert subscribers.confirmed(scene.conference.id) == []
    assert reader.post(path).status_code == 200
    with write():
        assert [each.email for each in subscribers.confirmed(scene.conference.id)] == ["reader@example.org"]
        assert subscribers.forget_unconfirmed(now=ENDS + dt.timedelta(days=30)) == 0
    assert reader.get(f"{path}x").status_code == 404


def test_only_desks_see_webhooks(app: ConfappFlask, write: Transaction, clock: Any) -> None:
    newsroom = Newsroom(app, write, clock)
    url = f"{DESK}/webhooks"
    assert newsroom.send("officer", url, {"url": "ftp://x"}).status_code == 422
    made = newsroom.send("officer", url, {"url": "https://agency.example/hook"})
    page = newsroom.as_("officer").get(made.location)
    assert "whsec_" in page.text
    assert newsroom.as_("approver").get(made.location).status_code == 404
    for deed in ("test", "rotate"):
        assert newsroom.send("officer", f"{made.location}/{deed}").status_code == 303
    assert "on its way" in newsroom.as_("officer").get(made.location).text
    assert newsroom.send("officer", f"{made.location}/remove").status_code == 303
    assert newsroom.as_("officer").get(made.location).status_code == 404


def test_the_version_stays_out_of_the_rows(scene: Scene, write: Transaction, sent: Sent) -> None:
    with write():
        _hook(scene)
        version: Version = scene.released()
    _drain()
    with write():
        rows = db.session.scalars(sa.select(OutboxRow)).all()
        assert not any(version.headline in json.dumps(row.payload) + (row.error or "") for row in rows)
