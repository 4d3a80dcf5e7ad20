"""Grants: giving somebody a role in a conference, by name of what it is narrowed to, and taking it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from confapp.database import db
from confapp.domain import audit, inviting, permissions
from confapp.domain.errors import N_, Invalid, Missing, NotNow
from confapp.domain.people import Account
from confapp.domain.permissions import SCOPES, Grant, Role
from confapp.domain.press.transcripts import Transcript, Version
from confapp.domain.programme import conferences, hosts
from confapp.domain.programme.conferences import Conference


def grants(conference: Conference) -> Sequence[Grant]:
    """All grants of a conference, expired ones included, in the order in which they were given."""
    return db.session.scalars(sa.select(Grant).where(Grant.conference_id == conference.id).order_by(Grant.id)).all()


def held(account: Account, *, now: dt.datetime) -> Sequence[tuple[Conference, Grant]]:
    """What the account holds that has not expired, the latest conference first."""
    found = db.session.execute(
        sa.select(Conference, Grant)
        .join(Grant, Grant.conference_id == Conference.id)
        .where(Grant.account_id == account.id, sa.or_(Grant.expires_at.is_(None), Grant.expires_at > now))
        .order_by(Conference.starts_on.desc(), Conference.slug, Grant.id)
    )
    return [(conference, grant) for conference, grant in found]


def grant(conference: Conference, grant_id: int) -> Grant:
    """One grant of a conference; raises Missing."""
    found = db.session.get(Grant, grant_id)
    if found is None or found.conference_id != conference.id:
        raise Missing()
    return found


def give(
    conference: Conference,
    *,
    email: str,
    role: Role,
    scope: str | None,
    expires_at: dt.datetime | None,
    by: Account | None,
    now: dt.datetime,
    name: str = "",
) -> Grant:
    """Give the account with this address a role; giving it again moves the expiry.

    An address without an account gets one, for `name`, and a letter by which its owner sets the password: another one
    each time until then. `scope` is the word of one of `scopes`, as the role takes it; its kind may stand before it:
    `track:medicine`. Raises Invalid, naming `email`, `scope` or `expires_at`.
    """
    account = inviting.account_for(email, name, by=by, now=now)
    if expires_at is not None and role is Role.OWNER and _lasting_owners(conference) <= {account.id}:
        raise Invalid({"expires_at": [N_("A conference needs an owner whose role does not expire.")]})
    given = permissions.grant(
        account,
        conference.id,
        role,
        by=by,
        now=now,
        scope_id=_scope_id(conference, role, scope),
        expires_at=expires_at,
    )
    _record("grant.give", given, by=by, now=now)
    return given


def revoke(grant: Grant, conference: Conference, *, by: Account | None, now: dt.datetime) -> None:
    """Take a role back, at once. Raises NotNow for the last owner whose role does not expire."""
    # Two owners who revoke each other at the same moment wait for one another here.
    db.session.execute(sa.select(Conference.id).where(Conference.id == conference.id).with_for_update())
    if grant.role is Role.OWNER and grant.expires_at is None and _lasting_owners(conference) <= {grant.account_id}:
        raise NotNow(N_("This is the last owner. Make somebody else an owner first."))
    _record("grant.revoke", grant, by=by, now=now)
    db.session.delete(grant)
    db.session.flush()


@dataclass(frozen=True, slots=True)
class Scope:
    """Something that a role may be narrowed to."""

    kind: str
    """As SCOPES names it."""
    id: int
    word: str
    """The slug of a track or host, the code of a room, the UUID of a transcript version."""
    name: dict[str, str] | str


def scopes(conference: Conference) -> list[Scope]:
    """Everything in a conference that a role may be narrowed to."""
    versions = db.session.execute(
        sa.select(Version.id, Version.uuid, Version.kind, Version.language)
        .join(Transcript)
        .where(Transcript.conference_id == conference.id)
        .order_by(Version.id)
    )
    return [
        *(Scope("track", track.id, track.slug, track.name) for track in conferences.tracks(conference)),
        *(Scope("host", host.id, host.slug, host.name) for host in hosts.hosts(conference)),
        *(Scope("room", room.id, room.code, room.name) for room in hosts.rooms(conference)),
        *(
            # Whoever gives roles need not be one of those who may read the words: no headline.
            Scope("transcript_version", key, str(identifier), f"{str(identifier)[:8]} ({kind.value}, {language})")
            for key, identifier, kind, language in versions
        ),
    ]


def _lasting_owners(conference: Conference) -> set[int]:
    """The ids of the active accounts that own the conference for good; those who were only invited may never come."""
    return set(
        db.session.scalars(
            sa.select(Grant.account_id)
            .join(Account, Account.id == Grant.account_id)
            .where(
                Grant.conference_id == conference.id,
                Grant.role == Role.OWNER,
                Grant.expires_at.is_(None),
                Account.is_active.is_(True),
                Account.password != "",
            )
        )
    )


def _scope_id(conference: Conference, role: Role, scope: str | None) -> int | None:
    """The id of the row that a scope names for a role."""
    if scope is None:
        return None
    if role not in SCOPES:
        raise Invalid({"scope": [N_("This role holds for the whole conference and takes no scope.")]})
    told, _, word = scope.rpartition(":")
    kind = SCOPES[role]
    words = kind.replace("_", " ")
    if told not in ("", kind):
        raise Invalid({"scope": [N_("This role is narrowed to a %(kind)s.", kind=words)]})
    for known in scopes(conference):
        if (known.kind, known.word) == (kind, word):
            return known.id
    raise Invalid({"scope": [N_("There is no %(kind)s “%(word)s” in this conference.", kind=words, word=word)]})


def _record(action: str, grant: Grant, *, by: Account | None, now: dt.datetime) -> None:
    audit.record(
        action,
        f"account:{grant.account_id}",
        conference_id=grant.conference_id,
        by=by,
        now=now,
        facts={
            "role": grant.role.value,
            "scope": grant.scope_id,
            "expires_at": grant.expires_at.isoformat() if grant.expires_at else None,
        },
    )
