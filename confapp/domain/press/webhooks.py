"""Webhooks: addresses of programs that are told of releases, their secrets, and a log of every delivery."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
import uuid
from collections.abc import Sequence
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Key, MaybeMoment, Model, Moment, Uuid, db
from confapp.domain import audit, outbox
from confapp.domain.errors import N_, Invalid, Missing
from confapp.domain.people import Account
from confapp.domain.press.publications import Publication
from confapp.domain.programme.conferences import Conference

OVERLAP = dt.timedelta(hours=24)
"""How long the old secret signs beside a new one."""
KEPT = dt.timedelta(days=90)
MOST = 50
"""Webhooks a conference may have."""


class Webhook(Model):
    """An address that is told of a conference's releases (Standard Webhooks)."""

    __tablename__ = "webhook"

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(sa.String(500))
    secret: Mapped[str] = mapped_column(sa.String(100))
    """`whsec_` and 32 random bytes in base 64: signing takes it in the clear."""
    old_secret: Mapped[str | None] = mapped_column(sa.String(100))
    old_until: Mapped[MaybeMoment]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Moment]

    def secrets(self, now: dt.datetime) -> list[str]:
        """The secrets that sign now, the newest first."""
        is_old_good = self.old_secret is not None and self.old_until is not None and now < self.old_until
        return [self.secret, *([self.old_secret] if is_old_good and self.old_secret else [])]


class Delivery(Model):
    """One message to one webhook; repeating it keeps its id."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (sa.UniqueConstraint("webhook_id", "message"),)

    id: Mapped[Key]
    webhook_id: Mapped[int] = mapped_column(sa.ForeignKey("webhook.id", ondelete="CASCADE"))
    message: Mapped[uuid.UUID] = mapped_column(sa.Uuid())
    """The message's id: that of the outbox row that it was expanded from."""
    kind: Mapped[str] = mapped_column(sa.String(60))
    publication_id: Mapped[int | None] = mapped_column(sa.ForeignKey("publication.id", ondelete="CASCADE"))
    """None: a test message."""
    created_at: Mapped[Moment]
    attempts: Mapped[int] = mapped_column(default=0)
    attempted_at: Mapped[MaybeMoment]
    delivered_at: Mapped[MaybeMoment]
    status: Mapped[int | None]
    """What the other side answered last."""
    error: Mapped[str | None] = mapped_column(sa.String(300))
    webhook: Mapped[Webhook] = relationship(lazy="joined", innerjoin=True)


def _fresh_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def webhooks(conference: Conference) -> Sequence[Webhook]:
    """A conference's webhooks, in the order in which they were made."""
    return db.session.scalars(
        sa.select(Webhook).where(Webhook.conference_id == conference.id).order_by(Webhook.id)
    ).all()


def webhook(conference: Conference, identifier: uuid.UUID) -> Webhook:
    """One of them; raises Missing."""
    found = db.session.scalar(
        sa.select(Webhook).where(Webhook.conference_id == conference.id, Webhook.uuid == identifier)
    )
    if found is None:
        raise Missing()
    return found


def add(conference: Conference, url: str, *, by: Account, now: dt.datetime) -> Webhook:
    """Tell a program of releases from now on. Raises Invalid for an address that is none."""
    if not _is_address(url):
        raise Invalid({"url": [N_("Give a whole address that begins with https://, without a password in it.")]})
    if len(webhooks(conference)) >= MOST:
        raise Invalid({"url": [N_("At most %(count)s webhooks.", count=MOST)]})
    made = Webhook(conference_id=conference.id, url=url, secret=_fresh_secret(), created_at=now)
    db.session.add(made)
    db.session.flush()
    audit.record("webhook.add", f"webhook:{made.uuid}", conference_id=conference.id, by=by, now=now)
    return made


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("https", "http")
            and bool(parts.hostname)
            and parts.port != 0
            and not (parts.username or parts.fragment)
        )
    except ValueError:  # half an IPv6 address, or a port that is none
        return False


def rotate(webhook: Webhook, *, by: Account, now: dt.datetime) -> None:
    """A new secret; the old one signs beside it for OVERLAP, so that receivers can change over."""
    webhook.old_secret, webhook.old_until = webhook.secret, now + OVERLAP
    webhook.secret = _fresh_secret()
    db.session.flush()
    audit.record("webhook.rotate", f"webhook:{webhook.uuid}", conference_id=webhook.conference_id, by=by, now=now)


def remove(webhook: Webhook, *, by: Account, now: dt.datetime) -> None:
    """Tell it nothing any more; its log goes with it."""
    audit.record("webhook.remove", f"webhook:{webhook.uuid}", conference_id=webhook.conference_id, by=by, now=now)
    db.session.delete(webhook)
    db.session.flush()


def expand(message: uuid.UUID, kind: str, publication: Publication, *, now: dt.datetime) -> list[Delivery]:
    """A delivery to each of the conference's webhooks; expanding the same message again makes none."""
    made = []
    active = sa.select(Webhook).where(
        Webhook.conference_id == publication.conference_id, Webhook.is_active.is_(True), Webhook.created_at <= now
    )
    for each in db.session.scalars(active.order_by(Webhook.id)):
        known = sa.select(Delivery.id).where(
            Delivery.webhook_id == each.id, Delivery.message == message, Delivery.publication_id == publication.id
        )
        if db.session.scalar(known) is None:
            made.append(_deliver(each, message, kind, publication.id, now=now))
    return made


def test(webhook: Webhook, *, now: dt.datetime) -> Delivery:
    """Send a message that says nothing but that it arrives."""
    return _deliver(webhook, uuid.uuid4(), "test", None, now=now)


def _deliver(
    webhook: Webhook, message: uuid.UUID, kind: str, publication_id: int | None, *, now: dt.datetime
) -> Delivery:
    delivery = Delivery(webhook=webhook, message=message, kind=kind, publication_id=publication_id, created_at=now)
    db.session.add(delivery)
    db.session.flush()
    _send(delivery, now=now)
    return delivery


def _send(delivery: Delivery, *, now: dt.datetime) -> None:
    conference_id = delivery.webhook.conference_id
    outbox.send("webhook.deliver", {"delivery": delivery.id}, conference_id=conference_id, now=now)


def deliveries(webhook: Webhook, *, most: int = 100) -> Sequence[Delivery]:
    """What it was told, the newest first."""
    return db.session.scalars(
        sa.select(Delivery).where(Delivery.webhook_id == webhook.id).order_by(Delivery.id.desc()).limit(most)
    ).all()


def redeliver(webhook: Webhook, delivery_id: int, *, now: dt.datetime) -> Delivery:
    """Send a message again, under the same id. Raises Missing."""
    found = db.session.get(Delivery, delivery_id)
    if found is None or found.webhook_id != webhook.id:
        raise Missing()
    _send(found, now=now)
    return found


def attempted(delivery_id: int, *, status: int | None, error: str | None, now: dt.datetime) -> None:
    """Write down what came of an attempt."""
    delivery = db.session.get(Delivery, delivery_id)
    if delivery is None:
        return
    delivery.attempts += 1
    delivery.attempted_at, delivery.status, delivery.error = now, status, (error or None) and str(error)[:300]
    if error is None:
        delivery.delivered_at = now
    db.session.flush()


def switch_off(delivery_id: int) -> None:
    """Tell the delivery's webhook nothing any more: it said that it is gone."""
    delivery = db.session.get_one(Delivery, delivery_id)
    delivery.webhook.is_active = False
    db.session.flush()


def forget_old(*, now: dt.datetime) -> None:
    """Forget deliveries older than KEPT."""
    db.session.execute(sa.delete(Delivery).where(Delivery.created_at < now - KEPT))
