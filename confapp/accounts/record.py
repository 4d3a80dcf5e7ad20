"""What is recorded of signing in: who did, who tried, and what changed about how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_security import UserMixin
from flask_security.signals import (
    password_changed,
    password_reset,
    tf_disabled,
    tf_profile_changed,
    user_authenticated,
    user_failed_authn,
)

from confapp import web
from confapp.accounts import confirming
from confapp.accounts.store import SignIn
from confapp.domain import audit


def attempt(action: str, user: UserMixin | None, email: str) -> None:
    """Record what somebody who is not signed in tried, for an account or for nobody's."""
    account = user.account if isinstance(user, SignIn) else None
    audit.record(
        action,
        f"account:{account.id}" if account else "account:unknown",
        conference_id=None,
        by=None,
        now=web.now(),
        personal={"email": "".join(filter(str.isprintable, email)).strip().lower()[:254]},
        person_id=account.person_id if account else None,
    )


def _of(action: str) -> Callable[..., None]:
    def record(_app: Flask, user: SignIn, authn_via: Any = (), **_more: Any) -> None:
        if "change" not in (authn_via or ()):  # a changed password signs in anew, which is no sign-in of its own
            account = user.account
            audit.record(action, f"account:{account.id}", conference_id=None, by=account, now=web.now())

    return record


def _failed(_app: Flask, user: SignIn, auth_type: str, **_more: Any) -> None:
    if auth_type == "code":  # what fails with a password is recorded by the form, whoever it was for
        attempt("account.code_failed", user, user.email)


def _claimed(_app: Flask, user: SignIn, **_more: Any) -> None:
    confirming.claim(user.account, now=web.now())


_SIGNALS: list[tuple[Any, Callable[..., None]]] = [
    (user_authenticated, _of("account.sign_in")),
    (user_failed_authn, _failed),
    (password_changed, _of("account.password_change")),
    (password_reset, _of("account.password_reset")),
    (password_reset, _claimed),
    (tf_profile_changed, _of("account.codes_on")),
    (tf_disabled, _of("account.codes_off")),
]


def init_app(app: Flask) -> None:
    """Record what happens in an app."""
    for signal, record in _SIGNALS:
        signal.connect(record, app)
