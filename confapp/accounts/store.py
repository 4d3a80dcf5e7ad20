"""Our accounts as Flask-Security wants to see them: who signs in, where accounts are kept, how mails leave."""

from __future__ import annotations

from typing import Any

import flask_security
import sqlalchemy as sa
from flask_security import MailUtil, PasswordUtil, RoleMixin, UserDatastore, UserMixin

from confapp import web
from confapp.database import db
from confapp.domain import outbox, people
from confapp.domain.people import Account

SHORTEST, LONGEST = 12, 128
"""Characters of a password; Flask-Security takes no longer ones."""
BY_APP = "authenticator"
"""The one second step that there is: a code from an authenticator app."""


class SignIn(UserMixin):
    """An account as Flask-Security wants to see it."""

    roles = []
    tf_phone_number = None

    def __init__(self, account: Account) -> None:
        self.account = account

    @property
    def id(self) -> int:  # type: ignore[override]
        """The account's id."""
        return self.account.id

    @property
    def email(self) -> str:  # type: ignore[override]
        """The address that signs in."""
        return self.account.email

    @property
    def active(self) -> bool:  # type: ignore[override]
        """Whether it may sign in."""
        return self.account.is_active

    @property
    def password(self) -> str:
        """The hash."""
        return self.account.password

    @password.setter
    def password(self, value: str) -> None:
        self.account.password = value

    def verify_and_update_password(self, password: str) -> bool:
        """Whether this is the password; of an account that was only invited, none is, after as long a time."""
        if self.account.is_invited:
            flask_security.hash_password(password)
            return False
        return bool(super().verify_and_update_password(password))

    @property
    def fs_uniquifier(self) -> str:
        """What cookies and reset links name; a new one ends them all."""
        return self.account.session_key

    @fs_uniquifier.setter
    def fs_uniquifier(self, value: str) -> None:
        self.account.session_key = value

    @property
    def tf_primary_method(self) -> str | None:
        """The second step, if there is one."""
        return BY_APP if self.account.totp_secret else None

    @tf_primary_method.setter
    def tf_primary_method(self, value: str | None) -> None:
        """Nothing to keep: the secret says it."""

    @property
    def tf_totp_secret(self) -> str | None:
        """The authenticator's secret, encrypted."""
        return self.account.totp_secret

    @tf_totp_secret.setter
    def tf_totp_secret(self, value: str | None) -> None:
        self.account.totp_secret = value
        if value is None:
            self.account.totp_counter, self.account.recovery_codes = None, []

    @property
    def mf_recovery_codes(self) -> list[str]:
        """The keyed hashes of the recovery codes that are left."""
        return self.account.recovery_codes

    @mf_recovery_codes.setter
    def mf_recovery_codes(self, value: list[str] | None) -> None:
        self.account.recovery_codes = value or []


class Accounts(UserDatastore):
    """Our accounts as Flask-Security's store. It never commits: `database.transaction` does."""

    def __init__(self) -> None:
        super().__init__(SignIn, RoleMixin)

    def commit(self) -> None:
        """Send what changed to the database; the request's transaction decides."""
        db.session.flush()

    def put(self, model: Any) -> Any:
        """Nothing to do: the account behind it is in the session already."""
        return model

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> SignIn | None:
        """Who signs in with an address, or has a session key."""
        if "email" in wanted:
            account = people.account_by_email(wanted["email"])
        else:
            account = db.session.scalar(sa.select(Account).where(Account.session_key == wanted["fs_uniquifier"]))
        return SignIn(account) if account else None

    def find_role(self, role: str) -> None:
        """None: roles are grants."""
        return


class Passwords(PasswordUtil):
    """Passwords in one Unicode form; one that nobody can have is cut, as the hash refuses very long ones."""

    def normalize(self, password: str) -> str:
        """What is hashed."""
        return super().normalize(password)[: LONGEST + 1]


class OutboxMail(MailUtil):
    """Flask-Security's mails as outbox rows that hold ids; the worker writes the words with `letters.MAILS`."""

    def normalize(self, email: str) -> str:
        """The address as it is looked up."""
        return super().normalize(email.strip())

    def validate(self, email: str) -> str:
        """The address as mails are sent to it."""
        return super().validate(email.strip())

    def send_mail(self, template: str, subject: Any, recipient: Any, *_rest: Any, **context: Any) -> None:
        """Ask for a mail once this transaction has committed."""
        payload = {"account": context["user"].account.id}
        outbox.send(f"mail.{template}", payload, conference_id=None, now=web.now())
