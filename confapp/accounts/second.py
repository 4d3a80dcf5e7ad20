"""The second step of signing in: codes of an authenticator app (TOTP, RFC 6238), and recovery codes in their place."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import flask_security
import segno
from flask import current_app
from flask_security import MfRecoveryCodesUtil, Totp, UserMixin

from confapp import web
from confapp.accounts.store import SignIn
from confapp.database import db
from confapp.domain import audit
from confapp.domain.people import Account


def derived(secret_key: str, purpose: str) -> str:
    """A key of its own for each purpose, from the one secret."""
    return hmac.new(secret_key.encode(), f"confapp {purpose}".encode(), hashlib.sha256).hexdigest()


def _locked(user: UserMixin) -> Account:
    """The account with its row locked, read again: one code is not taken twice at the same moment either."""
    assert isinstance(user, SignIn)
    db.session.refresh(user.account, with_for_update={"of": Account})
    return user.account


class Codes(Totp):
    """Codes by the app's own clock, each taken once, and a QR code that our content policy lets through."""

    def __init__(self, secrets: dict[Any, str], issuer: str) -> None:
        super().__init__(secrets, issuer)
        self._totp.now = staticmethod(lambda: web.now().timestamp())

    def get_last_counter(self, user: UserMixin) -> int | None:
        """The time step of the last code that was taken."""
        return _locked(user).totp_counter

    def set_last_counter(self, user: UserMixin, tmatch: Any) -> None:
        """Remember the time step of a code that is taken now."""
        assert isinstance(user, SignIn)
        user.account.totp_counter = tmatch.counter

    def generate_qrcode(self, username: str, totp: str) -> str:
        """The secret's address as an image, dark on light whatever the page's colours."""
        code = segno.make(self.get_totp_uri(username, totp), error="m", micro=False)
        return code.svg_data_uri(scale=5, border=4, dark="black", light="white")


class RecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes kept as keyed hashes: shown once, when they are made, and taken once."""

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        """New codes in the place of all older ones."""
        assert isinstance(user, SignIn)
        codes = super().create_recovery_codes(user)
        account = user.account
        audit.record("account.recovery_codes", f"account:{account.id}", conference_id=None, by=account, now=web.now())
        return codes

    def get_recovery_codes(self, user: UserMixin) -> list[str]:
        """None: nobody can read them again."""
        return []

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Whether the code is one that is left."""
        return _digest(code) in _locked(user).recovery_codes

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Take a code out of those that are left."""
        account = _locked(user)
        account.recovery_codes = [each for each in account.recovery_codes if each != _digest(code)]
        return True

    def _encrypt_codes(self, codes: list[str]) -> list[str]:
        return [_digest(code) for code in codes]


def _digest(code: str) -> str:
    key = derived(current_app.config["CONFAPP"].secret_key, "recovery codes")
    return hmac.new(key.encode(), code.strip().lower().encode(), hashlib.sha256).hexdigest()


class Security(flask_security.Security):
    """Flask-Security without its own painter of QR codes."""

    def _check_modules(self, module: str, config_name: str) -> bool:
        return module == "qrcode" or bool(super()._check_modules(module, config_name))  # type: ignore[no-untyped-call]
