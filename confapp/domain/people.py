"""People: one row a human, and the accounts with which some of them sign in."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Json, Key, MaybeMoment, Model, Moment, Uuid, db
from confapp.domain.errors import N_, Invalid


class Person(Model):
    """One human in this instance; accounts, speaker profiles and registrations point here."""

    __tablename__ = "person"

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str | None] = mapped_column(sa.String(254), index=True)
    created_at: Mapped[Moment]


class Account(Model):
    """Somebody who signs in. Roles are grants (`confapp.domain.permissions`), never columns here."""

    __tablename__ = "account"

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), unique=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    """Lower case."""
    password: Mapped[str] = mapped_column(sa.String(255))
    """A hash, made by the sign-in library; empty until somebody who was invited sets one."""
    is_active: Mapped[bool] = mapped_column(default=True)
    is_admin: Mapped[bool] = mapped_column(default=False)
    session_key: Mapped[str] = mapped_column(sa.String(64), unique=True, default=lambda: uuid.uuid4().hex)
    """Changing it signs the account out everywhere."""
    totp_secret: Mapped[str | None] = mapped_column(sa.String(255))
    """Encrypted; with one, signing in takes a code too."""
    totp_counter: Mapped[int | None] = mapped_column(sa.BigInteger)
    """The time step of the last code that was taken (RFC 6238): none is taken twice."""
    recovery_codes: Mapped[list[str]] = mapped_column(Json, default=list)
    """Keyed hashes; each opens once in the place of a code."""
    confirmed_at: Mapped[MaybeMoment]
    """When the address was shown to be theirs; None: whoever signed up with it may be anybody."""
    created_at: Mapped[Moment]
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)

    @property
    def is_invited(self) -> bool:
        """Whether its owner has not come yet: only a letter to the address lets anybody in."""
        return not self.password


def account_by_email(email: str) -> Account | None:
    """The account that signs in with this address, whatever its case."""
    return db.session.scalar(sa.select(Account).where(Account.email == email.strip().lower()))


def trusted_account(email: str) -> Account:
    """The account that is known to be its address's owner's: whom roles may be given to. Raises Invalid."""
    account = account_by_email(email)
    if account is None:
        raise Invalid({"email": [N_("There is no account with this address; whoever is given a role gets one.")]})
    if account.confirmed_at is None:
        raise Invalid(
            {
                "email": [
                    N_("This address is not confirmed: ask its owner for the letter that their account page sends.")
                ]
            }
        )
    return account


def account_of(person: Person) -> Account | None:
    """The account with which a person signs in, if they have one that is active."""
    return db.session.scalar(sa.select(Account).where(Account.person_id == person.id, Account.is_active.is_(True)))


def create_account(
    *,
    email: str,
    name: str,
    password_hash: str,
    now: dt.datetime,
    is_admin: bool = False,
    is_confirmed: bool = True,
    person: Person | None = None,
) -> Account:
    """A new account with its person; raises Invalid where the address has one already.

    `is_confirmed`: whoever makes it vouches that the address is theirs.
    """
    email = email.strip().lower()
    if account_by_email(email) is not None:
        raise Invalid({"email": [N_("There is an account with this address already.")]})
    person = person or Person(name=name, email=email, created_at=now)
    account = Account(
        person=person,
        email=email,
        password=password_hash,
        is_active=True,
        is_admin=is_admin,
        confirmed_at=now if is_confirmed else None,
        created_at=now,
    )
    db.session.add(account)
    db.session.flush()
    return account


def person_for(name: str, email: str | None, *, now: dt.datetime) -> Person:
    """The person behind an account with this address, else a new person of their own."""
    account = account_by_email(email) if email else None
    return account.person if account else Person(name=name, email=email, created_at=now)
