"""Who may do what: roles held in a conference, and the table that gives each role its permissions."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Key, MaybeMoment, Model, Moment, choice, db
from confapp.domain.errors import N_, Invalid
from confapp.domain.people import Account


class Role(enum.StrEnum):
    """What somebody is in one conference."""

    OWNER = "owner"
    ORGANISER = "organiser"
    TRACK_MANAGER = "track_manager"
    HOST_COORDINATOR = "host_coordinator"
    PRESS_OFFICER = "press_officer"
    PRESS_APPROVER = "press_approver"
    JOURNALIST = "journalist"
    STAGE_DESK = "stage_desk"
    DOOR_STAFF = "door_staff"
    READ_ONLY = "read_only"


class Permission(enum.StrEnum):
    """One thing that a view lets somebody do."""

    ANYONE = "anyone"
    """Everybody, signed in or not."""
    ACCOUNT = "account"
    """Whoever is signed in, for what is their own."""
    ADMINISTER = "administer"
    """Instance administrators: conferences and accounts."""
    CONFERENCE_READ = "conference.read"
    CONFERENCE_EDIT = "conference.edit"
    GRANTS_EDIT = "grants.edit"
    HOSTS_EDIT = "hosts.edit"
    SESSIONS_EDIT = "sessions.edit"
    SPEAKERS_EDIT = "speakers.edit"
    SCHEDULE_EDIT = "schedule.edit"
    SCHEDULE_OVERRIDE = "schedule.override"
    RELEASE = "release"
    ATTENDEES_READ = "attendees.read"
    ATTENDEES_EDIT = "attendees.edit"
    STAGE = "stage"
    PRESS_READ = "press.read"
    PRESS_EDIT = "press.edit"
    PRESS_APPROVE = "press.approve"
    PRESS_ARM = "press.arm"
    PRESS_HOLD = "press.hold"


_P = Permission
PRESS_DUTIES = frozenset({_P.PRESS_READ, _P.PRESS_EDIT, _P.PRESS_APPROVE, _P.PRESS_ARM, _P.PRESS_HOLD})
_ORGANISING = frozenset(
    {
        _P.CONFERENCE_READ,
        _P.CONFERENCE_EDIT,
        _P.HOSTS_EDIT,
        _P.SESSIONS_EDIT,
        _P.SPEAKERS_EDIT,
        _P.SCHEDULE_EDIT,
        _P.SCHEDULE_OVERRIDE,
        _P.RELEASE,
        _P.ATTENDEES_READ,
        _P.ATTENDEES_EDIT,
        _P.STAGE,
    }
)
ROLES: dict[Role, frozenset[Permission]] = {
    Role.OWNER: _ORGANISING | {_P.GRANTS_EDIT},
    Role.ORGANISER: _ORGANISING,
    Role.TRACK_MANAGER: frozenset({_P.CONFERENCE_READ, _P.SESSIONS_EDIT, _P.SPEAKERS_EDIT, _P.SCHEDULE_EDIT}),
    Role.HOST_COORDINATOR: frozenset({_P.CONFERENCE_READ, _P.HOSTS_EDIT, _P.SCHEDULE_EDIT}),
    Role.PRESS_OFFICER: frozenset({_P.CONFERENCE_READ, _P.PRESS_READ, _P.PRESS_EDIT, _P.PRESS_ARM, _P.PRESS_HOLD}),
    Role.PRESS_APPROVER: frozenset({_P.CONFERENCE_READ, _P.PRESS_READ, _P.PRESS_APPROVE, _P.PRESS_HOLD}),
    Role.JOURNALIST: frozenset(),
    Role.STAGE_DESK: frozenset({_P.CONFERENCE_READ, _P.STAGE}),
    Role.DOOR_STAFF: frozenset({_P.CONFERENCE_READ, _P.ATTENDEES_READ}),
    Role.READ_ONLY: frozenset({_P.CONFERENCE_READ}),
}
"""What each role may do. A journalist holds nothing here: reading under embargo is granted by transcript version."""

ADMINISTRATOR = (frozenset(_P) - PRESS_DUTIES) | {_P.ADMINISTER}
"""An instance administrator holds all but the press duties: nobody passes the embargo."""

SCOPES: dict[Role, str] = {
    Role.TRACK_MANAGER: "track",
    Role.HOST_COORDINATOR: "host",
    Role.STAGE_DESK: "room",
    Role.JOURNALIST: "transcript_version",
}
"""What a role's grant may be narrowed to; a role that is not named here has no scope."""
NEEDS_SCOPE = frozenset({Role.TRACK_MANAGER, Role.HOST_COORDINATOR})


class Grant(Model):
    """One role of one account in one conference, perhaps narrowed to one track, host, room or transcript version."""

    __tablename__ = "grant"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "conference_id", "role", "scope_id"),
        sa.Index(  # the constraint above holds NULLs apart, and of two equal roles one would survive its revocation
            "uq_grant_without_scope",
            "account_id",
            "conference_id",
            "role",
            unique=True,
            sqlite_where=sa.text("scope_id IS NULL"),
            postgresql_where=sa.text("scope_id IS NULL"),
        ),
        sa.CheckConstraint("scope_id IS NULL OR scope_id > 0", name="scope"),
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(choice(Role))
    scope_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    """The row's id in the table that SCOPES names for the role; None: the whole conference."""
    expires_at: Mapped[MaybeMoment]
    granted_at: Mapped[Moment]
    granted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    account: Mapped[Account] = relationship(foreign_keys=[account_id], lazy="joined", innerjoin=True)


class Held:
    """What an account holds in one conference (None: in none), as it was at its first question that grants decide."""

    def __init__(self, account: Account | None, conference_id: int | None, now: dt.datetime) -> None:
        self.account = account if account is not None and account.is_active else None
        self.conference_id = conference_id
        self.now = now

    @cached_property
    def grants(self) -> Sequence[sa.Row[Role, int | None]]:
        """Role and scope of each grant that has not expired, in one query."""
        if self.account is None or self.conference_id is None:
            return ()
        asked = {"account": self.account.id, "conference": self.conference_id, "now": self.now}
        return db.session.execute(_GRANTS, asked).all()

    def may(self, permission: Permission) -> bool:
        """Whether the account has the permission, somewhere in the conference (scopes narrow it: `scope_of`)."""
        if permission is Permission.ANYONE:
            return True
        if self.account is None:
            return False
        if permission is Permission.ACCOUNT or (self.account.is_admin and permission in ADMINISTRATOR):
            return True
        return any(permission in ROLES[grant.role] for grant in self.grants)

    def all(self) -> frozenset[Permission]:
        """All that the account has somewhere in the conference: for what a page offers."""
        if self.account is None:
            return frozenset({Permission.ANYONE})
        own = {Permission.ANYONE, Permission.ACCOUNT} | (ADMINISTRATOR if self.account.is_admin else frozenset())
        return frozenset(own).union(*(ROLES[grant.role] for grant in self.grants))

    def scope_of(self, permission: Permission) -> dict[str, frozenset[int]] | None:
        """Where in the conference the permission holds: None means everywhere, else ids by kind (`track`, `host`...).

        An empty dict means nowhere.
        """
        if self.account is not None and self.account.is_admin and permission in ADMINISTRATOR:
            return None
        scopes: dict[str, set[int]] = {}
        for grant in self.grants:
            if permission not in ROLES[grant.role]:
                continue
            if grant.scope_id is None:
                return None
            scopes.setdefault(SCOPES[grant.role], set()).add(grant.scope_id)
        return {kind: frozenset(ids) for kind, ids in scopes.items()}


_GRANTS = sa.select(Grant.role, Grant.scope_id).where(
    Grant.account_id == sa.bindparam("account"),
    Grant.conference_id == sa.bindparam("conference"),
    sa.or_(Grant.expires_at.is_(None), Grant.expires_at > sa.bindparam("now")),
)


def may(account: Account | None, permission: Permission, conference_id: int | None, *, now: dt.datetime) -> bool:
    """Whether the account has the permission, as `Held.may` says; read from the database each time."""
    return Held(account, conference_id, now).may(permission)


def holders(permission: Permission, conference_id: int, *, now: dt.datetime) -> Sequence[int]:
    """The ids of the accounts that hold a role in the conference which lets them do this."""
    roles = [role for role, held in ROLES.items() if permission in held]
    return db.session.scalars(
        sa.select(Grant.account_id)
        .where(
            Grant.conference_id == conference_id,
            Grant.role.in_(roles),
            sa.or_(Grant.expires_at.is_(None), Grant.expires_at > now),
        )
        .distinct()
        .order_by(Grant.account_id)
    ).all()


def conferences_of(account: Account, *, now: dt.datetime) -> sa.Select[Any]:
    """A select of the ids of the conferences in which the account holds a role that lets it read."""
    readers = [role for role, permissions in ROLES.items() if Permission.CONFERENCE_READ in permissions]
    return sa.select(Grant.conference_id).where(
        Grant.account_id == account.id,
        Grant.role.in_(readers),
        sa.or_(Grant.expires_at.is_(None), Grant.expires_at > now),
    )


def grant(
    account: Account,
    conference_id: int,
    role: Role,
    *,
    by: Account | None,
    now: dt.datetime,
    scope_id: int | None = None,
    expires_at: dt.datetime | None = None,
) -> Grant:
    """Give the account a role; giving it again only moves the expiry. Raises Invalid for a scope that does not fit."""
    if scope_id is not None and role not in SCOPES:
        raise Invalid({"scope": [N_("This role holds for the whole conference and takes no scope.")]})
    if scope_id is None and role in NEEDS_SCOPE:
        raise Invalid({"scope": [N_("Say for which %(kind)s this role holds.", kind=SCOPES[role])]})
    if expires_at is not None and expires_at <= now:
        raise Invalid({"expires_at": [N_("The expiry lies in the past.")]})
    by_id = by.id if by else None
    same_scope = Grant.scope_id.is_(None) if scope_id is None else Grant.scope_id == scope_id
    held = db.session.scalar(
        sa.select(Grant).where(
            Grant.account_id == account.id, Grant.conference_id == conference_id, Grant.role == role, same_scope
        )
    )
    if held is None:
        held = Grant(account=account, conference_id=conference_id, role=role, scope_id=scope_id)
        db.session.add(held)
    held.expires_at, held.granted_at, held.granted_by_id = expires_at, now, by_id
    db.session.flush()
    return held


def end_scope(kind: str, scope_id: int) -> None:
    """Take away the roles that were narrowed to a row which goes: its id may be given to another (SQLite does so)."""
    roles = [role for role, scope in SCOPES.items() if scope == kind]
    db.session.execute(sa.delete(Grant).where(Grant.role.in_(roles), Grant.scope_id == scope_id))
