"""API tokens: secrets by which programs act as an account, until they expire or are revoked."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Key, MaybeMoment, Model, Moment, db
from confapp.domain import audit
from confapp.domain.errors import N_, Invalid, Missing
from confapp.domain.people import Account

TOKEN_BYTES = 32


class ApiToken(Model):
    """A secret by which a program acts as an account; only its SHA-256 is stored."""

    __tablename__ = "api_token"

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    label: Mapped[str] = mapped_column(sa.String(100), default="")
    created_at: Mapped[Moment]
    expires_at: Mapped[MaybeMoment]
    revoked_at: Mapped[MaybeMoment]


def digest(token: str) -> str:
    """What is stored of a secret: its SHA-256, hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_token(account: Account, *, label: str, expires_at: dt.datetime | None, now: dt.datetime) -> str:
    """A new API token for the account; the secret is returned once and never again. Raises Invalid."""
    if expires_at is not None and expires_at <= now:
        raise Invalid({"expires_at": [N_("The expiry lies in the past.")]})
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    token = ApiToken(account_id=account.id, digest=digest(secret), label=label, created_at=now, expires_at=expires_at)
    db.session.add(token)
    db.session.flush()
    audit.record("token.create", f"token:{token.id}", conference_id=None, by=account, now=now)
    return secret


def tokens_of(account: Account, *, now: dt.datetime) -> Sequence[ApiToken]:
    """The account's tokens that still open something, the newest first."""
    return db.session.scalars(
        sa.select(ApiToken)
        .where(
            ApiToken.account_id == account.id,
            ApiToken.revoked_at.is_(None),
            sa.or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now),
        )
        .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
    ).all()


def revoke_token(account: Account, token_id: int, *, now: dt.datetime) -> None:
    """End one of the account's tokens at once; raises Missing for any other."""
    token = db.session.get(ApiToken, token_id)
    if token is None or token.account_id != account.id or token.revoked_at is not None:
        raise Missing()
    token.revoked_at = now
    audit.record("token.revoke", f"token:{token.id}", conference_id=None, by=account, now=now)


_ACCOUNT = (
    sa.select(Account)
    .join(ApiToken, ApiToken.account_id == Account.id)
    .where(
        ApiToken.digest == sa.bindparam("digest"),
        ApiToken.revoked_at.is_(None),
        sa.or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > sa.bindparam("now")),
        Account.is_active.is_(True),
    )
)


def account_by_token(token: str, *, now: dt.datetime) -> Account | None:
    """The active account behind an API token that is neither revoked nor past its time."""
    return db.session.scalar(_ACCOUNT, {"digest": digest(token), "now": now})
