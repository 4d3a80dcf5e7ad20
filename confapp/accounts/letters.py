"""The mails about accounts, as the worker writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import current_app, render_template
from flask_babel import gettext
from flask_security.recoverable import generate_reset_password_token

from confapp.accounts.confirming import CONFIRM_WITHIN, invitation_of, token_of
from confapp.accounts.store import SignIn
from confapp.domain import grants
from confapp.domain.people import Account
from confapp.web.rendering import listed, text

RESET_WITHIN = timedelta(hours=2)
"""How long the address in a mail works."""


def _address(endpoint: str, **values: str) -> str:
    path = current_app.url_map.bind("").build(endpoint, values)
    return str(current_app.config["CONFAPP"].base_url).rstrip("/") + path


def reset_mail(account: Account) -> tuple[str, str]:
    """Subject and text of the mail with the address at which the account's password can be set anew."""
    token = generate_reset_password_token(SignIn(account))  # type: ignore[no-untyped-call]
    address = _address("security.reset_password", token=token)
    hours = int(RESET_WITHIN.total_seconds() // 3600)
    return gettext("Set a new password"), render_template("mail/password_reset.txt", address=address, hours=hours)


def changed_mail(account: Account) -> tuple[str, str]:
    """Subject and text of the mail that says that the account's password was changed."""
    address = _address("security.forgot_password")
    return gettext("Your password was changed"), render_template("mail/password_changed.txt", address=address)


def confirm_mail(account: Account) -> tuple[str, str]:
    """Subject and text of the mail by which the account's address is confirmed."""
    address = _address("accounts.confirm_address", token=token_of(account))
    words = render_template("mail/confirm_address.txt", address=address, days=CONFIRM_WITHIN.days)
    return gettext("Confirm your address"), words


def invitation_mail(account: Account) -> tuple[str, str]:
    """Subject and text of the mail that asks somebody to take up the account that a role made for them."""
    held = grants.held(account, now=account.created_at)
    address = _address("accounts.take_up", token=invitation_of(account))
    words = render_template("mail/invited.txt", address=address, account=account, held=held, days=CONFIRM_WITHIN.days)
    titles = dict.fromkeys(text(conference.title) for conference, _grant in held)
    return gettext("You are invited to %(titles)s", titles=listed([*titles] or ["Confapp"])), words


MAILS: dict[str, Callable[[Account], tuple[str, str]]] = {
    "password_reset": reset_mail,
    "password_changed": changed_mail,
    "confirm_address": confirm_mail,
    "invited": invitation_mail,
}
"""How the mail of an outbox row `mail.<name>` is written, whose payload names the `account` by id."""
