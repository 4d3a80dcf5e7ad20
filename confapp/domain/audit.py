"""The audit log: append-only entries in a hash chain a conference; personal values lie beside it, to be erased."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Json, Key, Model, Moment, db, insert_or_leave
from confapp.domain.people import Account


class AuditHead(Model):
    """The end of one chain: `conference_id` 0 is the instance's own. Its row lock puts writers in line."""

    __tablename__ = "audit_head"

    conference_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    hash: Mapped[str] = mapped_column(sa.String(64), default="")


class AuditEntry(Model):
    """What somebody did: ids and facts in the chain, keyed hashes in the place of personal values."""

    __tablename__ = "audit_entry"
    __table_args__ = (sa.UniqueConstraint("conference_id", "number"),)

    id: Mapped[Key]
    conference_id: Mapped[int] = mapped_column(sa.BigInteger)
    number: Mapped[int] = mapped_column(sa.BigInteger)
    at: Mapped[Moment]
    account_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    """None: the app itself."""
    action: Mapped[str] = mapped_column(sa.String(60))
    subject: Mapped[str] = mapped_column(sa.String(120))
    """What it was done to, as `kind:identifier`."""
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    previous: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class AuditValue(Model):
    """A personal value that an entry names by its keyed hash; erasing it leaves the chain whole."""

    __tablename__ = "audit_value"

    id: Mapped[Key]
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_entry.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.BigInteger, index=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    value: Mapped[str] = mapped_column(sa.Text)


_key: bytes = b""


def use_key(key: str) -> None:
    """Set the secret that keys the hashes of personal values; `create_app` calls it once."""
    global _key
    _key = key.encode()


def _link(entry: AuditEntry) -> str:
    """The entry's hash: SHA-256 over the one before and everything the chain holds of this one."""
    content = [
        entry.previous,
        entry.conference_id,
        entry.number,
        entry.at.astimezone(dt.UTC).isoformat(),
        entry.account_id,
        entry.action,
        entry.subject,
        entry.facts,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _locked_head(chain: int) -> AuditHead:
    """The end of a chain as it is now, ours until the commit."""
    wanted = sa.select(AuditHead).where(AuditHead.conference_id == chain)
    wanted = wanted.with_for_update().execution_options(populate_existing=True)
    head = db.session.scalar(wanted)
    if head is None:
        insert_or_leave(AuditHead, conference_id=chain, number=0, hash="")
        head = db.session.scalars(wanted).one()
    return head


def record(
    action: str,
    subject: str,
    *,
    conference_id: int | None,
    by: Account | None,
    now: dt.datetime,
    facts: dict[str, Any] | None = None,
    personal: dict[str, str] | None = None,
    person_id: int | None = None,
) -> AuditEntry:
    """Append what happened. `facts` must hold no personal values: those go into `personal`, by name."""
    chain = conference_id or 0
    head = _locked_head(chain)
    hashed = {
        name: hmac.new(_key, value.encode(), hashlib.sha256).hexdigest() for name, value in (personal or {}).items()
    }
    entry = AuditEntry(
        conference_id=chain,
        number=head.number + 1,
        at=now,
        account_id=by.id if by else None,
        action=action,
        subject=subject,
        facts=(facts or {}) | ({"hashed": hashed} if hashed else {}),
        previous=head.hash,
    )
    entry.hash = _link(entry)
    head.number, head.hash = entry.number, entry.hash
    db.session.add(entry)
    db.session.flush()
    db.session.add_all(
        AuditValue(entry_id=entry.id, person_id=person_id, name=name, value=value)
        for name, value in (personal or {}).items()
    )
    return entry


def forget(person_id: int) -> None:
    """Erase the personal values of a person; the chain goes on to hold by their hashes."""
    db.session.execute(sa.delete(AuditValue).where(AuditValue.person_id == person_id))


def record_many(
    action: str, kind: str, codes: Sequence[str], *, conference_id: int, by: Account | None, now: dt.datetime
) -> None:
    """Append one entry however many were touched: an import is one deed."""
    if codes:
        subject = f"{kind}:{codes[0]}" if len(codes) == 1 else f"{kind}:*"
        facts = {"count": len(codes)} if len(codes) > 1 else {}
        record(action, subject, conference_id=conference_id, by=by, now=now, facts=facts)


def broken_at(conference_id: int | None) -> int | None:
    """The number of the first entry at which the chain does not hold, or None: it holds."""
    previous, expected = "", 1
    entries = sa.select(AuditEntry).where(AuditEntry.conference_id == (conference_id or 0)).order_by(AuditEntry.number)
    for entry in db.session.scalars(entries):
        if entry.number != expected or entry.previous != previous or entry.hash != _link(entry):
            return entry.number
        previous, expected = entry.hash, expected + 1
    head = db.session.get(AuditHead, conference_id or 0)
    ends_there = (head.number, head.hash) if head else (0, "")
    return None if ends_there == (expected - 1, previous) else expected


def latest(conference_id: int | None, *, most: int) -> list[tuple[AuditEntry, str | None]]:
    """The newest entries, each with the e-mail address of who did it (None: the app, or an account long gone)."""
    rows = db.session.execute(
        sa.select(AuditEntry, Account.email)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .where(AuditEntry.conference_id == (conference_id or 0))
        .order_by(AuditEntry.number.desc())
        .limit(most)
    )
    return [(entry, email) for entry, email in rows]
