"""Distribution: tells webhooks, a WebSub hub and subscribers of what became public, once it is committed."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import http.client
import json
import uuid
from email.message import EmailMessage
from urllib.parse import urlencode

from flask import current_app, render_template
from flask_babel import force_locale, gettext

from confapp.config import Settings
from confapp.database import Mode, db, transaction
from confapp.domain import outbox
from confapp.domain.errors import Missing
from confapp.domain.outbox import OutboxRow
from confapp.domain.press import subscribers, webhooks
from confapp.domain.press.publications import Publication
from confapp.domain.press.subscribers import Subscriber
from confapp.domain.press.webhooks import Delivery
from confapp.domain.programme.conferences import Conference
from confapp.domain.texts import in_language
from confapp.exports import press_addresses
from confapp.hall import subscriptions
from confapp.web.rendering import UI_LANGUAGES
from confapp.worker import mail, outgoing

GONE = 410
"""What a receiver answers that wants nothing any more: its webhook is switched off."""


class NotTaken(Exception):
    """The other side did not take the message."""


def _settings() -> Settings:
    settings: Settings = current_app.config["CONFAPP"]
    return settings


def expand(row: OutboxRow, now: dt.datetime) -> None:
    """Make one row for everybody to be told of a publication; expanding it again, after a crash, makes none twice."""
    ids = row.payload.get("publications") or [row.payload["publication"]]
    kind = row.kind.rpartition(".")[2]
    with transaction():
        for publication_id in ids:
            publication = db.session.get(Publication, publication_id)
            if publication is None:
                continue
            webhooks.expand(row.uuid, kind, publication, now=now)
            for each in subscribers.confirmed(publication.conference_id):
                payload = {"subscriber": str(each.uuid), "publication": publication.id}
                name = f"{row.uuid} {publication.id} {each.uuid}"
                _send_once(f"subscriber.{kind}", payload, name, row.conference_id, now=now)
        if _settings().websub_hub:
            _send_once("websub.ping", {}, f"{row.uuid} hub", row.conference_id, now=now)


def _send_once(
    kind: str, payload: dict[str, object], name: str, conference_id: int | None, *, now: dt.datetime
) -> None:
    identifier = uuid.uuid5(uuid.NAMESPACE_OID, name)
    if not outbox.is_known(identifier):
        outbox.send(kind, payload, conference_id=conference_id, now=now, identifier=identifier)


# Webhooks.


def signed(secret: str, identifier: str, timestamp: int, body: bytes) -> str:
    """A signature of Standard Webhooks 1.0: HMAC-SHA256 over id, timestamp and body."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{identifier}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()}"


def call_webhook(row: OutboxRow, now: dt.datetime) -> None:
    """Send one delivery and write down what came of it. Raises NotTaken, so that the row is tried again later."""
    with transaction(Mode.READ):
        delivery = db.session.get(Delivery, row.payload["delivery"])
        if delivery is None or not delivery.webhook.is_active:
            return
        hook = delivery.webhook
        facts = _told(delivery, now=now)
        url, keys, identifier = hook.url, hook.secrets(now), str(delivery.message)
    if facts is None:
        with transaction():
            webhooks.attempted(row.payload["delivery"], status=None, error="Not sent: withdrawn meanwhile.", now=now)
        return
    body = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    stamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": identifier,
        "webhook-timestamp": str(stamp),
        "webhook-signature": " ".join(signed(key, identifier, stamp, body) for key in keys),
    }
    status, error = None, None
    try:
        status = outgoing.post(url, body, headers, allowed=outgoing.networks(_settings().outgoing_allow))
        if not 200 <= status < 300:
            error = f"answered {status}"
    except (OSError, http.client.HTTPException, outgoing.Refused) as failure:
        error = f"{type(failure).__name__}: {failure}"
    with transaction():
        webhooks.attempted(row.payload["delivery"], status=status, error=error, now=now)
        if status == GONE:
            webhooks.switch_off(row.payload["delivery"])
    if error is not None and status != GONE:
        raise NotTaken(error)


def _told(delivery: Delivery, *, now: dt.datetime) -> dict[str, object] | None:
    """What a message says: where the words are, never the words. None: they are not public any more."""
    if delivery.publication_id is None:
        return {"type": "test", "timestamp": now.isoformat(), "data": {}}
    publication = db.session.get(Publication, delivery.publication_id)
    if publication is None or (delivery.kind == "released" and publication.is_withdrawn):
        return None
    slug = publication.conference.slug
    address = press_addresses.transcript(_settings().base_url, slug, publication.public_id, number=publication.number)
    moment = publication.withdrawn_at or publication.released_at
    data = {
        "id": publication.public_id,
        "version": publication.number,
        "kind": publication.kind,
        "language": publication.language,
        "url": address,
        "sha256": publication.hash,
    }
    return {"type": f"publication.{delivery.kind}", "timestamp": moment.isoformat(), "data": data}


# WebSub.


def ping_hub(row: OutboxRow, now: dt.datetime) -> None:
    """Tell the hub that feeds changed: it fetches them itself (WebSub section 7). Raises NotTaken."""
    with transaction(Mode.READ):
        conference = db.session.get(Conference, row.conference_id) if row.conference_id else None
        slugs = [None, *([conference.slug] if conference else [])]
    base = _settings().base_url
    topics = [press_addresses.feed(base, slug, kind) for slug in slugs for kind in press_addresses.FEEDS]
    body = urlencode([("hub.mode", "publish"), *(("hub.url", topic) for topic in topics)]).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    allowed = outgoing.networks(_settings().outgoing_allow)
    status = outgoing.post(_settings().websub_hub, body, headers, allowed=allowed)
    if not 200 <= status < 300:
        raise NotTaken(f"the hub answered {status}")


# Letters.


def write_subscriber(row: OutboxRow, now: dt.datetime) -> None:
    """Write one letter to one subscriber: asking to confirm, or telling of words that are public at this moment."""
    kind = row.kind.rpartition(".")[2]
    with transaction(Mode.READ):
        try:
            reader = subscribers.subscriber(uuid.UUID(row.payload["subscriber"]))
        except Missing:
            return
        letter = _confirmation(reader) if kind == "confirm" else _notice(reader, row.payload["publication"], kind)
        address = reader.email
        ends = subscriptions.end_address(reader)
    if letter is None:
        return
    subject, text, html = letter

    def enclose(made: EmailMessage) -> None:
        made.add_alternative(html, subtype="html")
        if kind != "confirm":
            made["List-Unsubscribe"] = f"<{ends}>"
            made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"

    mail.post(row, address, subject, text, now=now, enclose=enclose)


def _named(reader: Subscriber) -> str:
    conference = db.session.get(Conference, reader.conference_id) if reader.conference_id else None
    return in_language(conference.title, (reader.language,)) if conference else ""


def _confirmation(reader: Subscriber) -> tuple[str, str, str]:
    with force_locale(_language(reader)):
        told = {"name": _named(reader), "address": subscriptions.confirm_address(reader)}
        text = render_template("mail/press_confirm.txt", **told)
        return (
            gettext("Please confirm: news from the press room"),
            text,
            render_template("mail/press_confirm.html", **told),
        )


def _notice(reader: Subscriber, publication_id: int, kind: str) -> tuple[str, str, str] | None:
    """The letter on a publication; None where it says what is true no longer, or nobody wants it."""
    publication = db.session.get(Publication, publication_id)
    if publication is None or reader.confirmed_at is None or publication.is_withdrawn is (kind == "released"):
        return None
    slug = publication.conference.slug
    told = {
        "publication": publication,
        "name": in_language(publication.conference.title, (reader.language,)),
        "address": press_addresses.transcript(
            _settings().base_url, slug, publication.public_id, language=publication.language
        ),
        "end": subscriptions.end_address(reader),
    }
    with force_locale(_language(reader)):
        subject = gettext("Withdrawn") if publication.is_withdrawn else publication.headline
        html = render_template("mail/press_release.html", **told)
        return subject, render_template("mail/press_release.txt", **told), html


def _language(reader: Subscriber) -> str:
    return reader.language if reader.language in UI_LANGUAGES else UI_LANGUAGES[0]
