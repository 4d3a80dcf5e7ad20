"""Sign-in: Flask-Security over our accounts, with our transaction, our mails, our pages and our record of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import flask_security
from flask import Flask, current_app, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from flask_login.utils import _user_context_processor
from werkzeug.exceptions import Unauthorized, UnsupportedMediaType
from werkzeug.wrappers import Response

from confapp import web
from confapp.accounts import record
from confapp.accounts.forms import HOME, AskResetForm, CodesForm, RecoveryForm, RescueForm, SignInForm, render
from confapp.accounts.letters import MAILS, RESET_WITHIN
from confapp.accounts.second import Codes, RecoveryCodes, Security, derived
from confapp.accounts.store import BY_APP, LONGEST, SHORTEST, Accounts, OutboxMail, Passwords, SignIn
from confapp.domain.errors import N_, Invalid
from confapp.domain.people import Account
from confapp.domain.permissions import Permission
from confapp.web import Permit, throttling
from confapp.web.throttling import throttle

__all__ = ["MAILS", "RESET_WITHIN", "SignIn", "hashed", "init_app", "signed_in"]

FRESH = timedelta(minutes=15)
"""How long after the password was typed the second step may be changed."""
COST = {"argon2__memory_cost": 19_456, "argon2__time_cost": 2, "argon2__parallelism": 1}
"""Argon2id as the OWASP Password Storage Cheat Sheet asks for; memory in KiB."""
CHEAP = {"argon2__memory_cost": 8, "argon2__time_cost": 1, "argon2__parallelism": 1}

_ANYONE, _ACCOUNT = Permit(Permission.ANYONE), Permit(Permission.ACCOUNT)
PERMITS = {
    "security.login": _ANYONE,
    "security.logout": _ANYONE,
    "security.verify": _ACCOUNT,
    "security.forgot_password": _ANYONE,
    "security.reset_password": _ANYONE,
    "security.change_password": _ACCOUNT,
    "security.two_factor_setup": _ACCOUNT,
    "security.two_factor_setup_validate": _ACCOUNT,
    "security.two_factor_token_validation": _ANYONE,
    "security.two_factor_rescue": _ANYONE,
    "security.tf_select": _ANYONE,
    "security.mf_recovery": _ANYONE,
    "security.mf_recovery_codes": _ACCOUNT,
}
"""Who may use Flask-Security's views; all that they show lies in templates/accounts/."""
GUESSED = (
    "security.login",
    "security.verify",
    "security.change_password",
    "security.reset_password",
    "security.two_factor_token_validation",
    "security.two_factor_setup_validate",
    "security.mf_recovery",
)
"""Where secrets can be guessed."""


def signed_in() -> Account:
    """Who signed in by cookie: an API token may not manage the account that it acts for. Raises Unauthorized."""
    account = getattr(current_user, "account", None)
    if account is None:
        raise Unauthorized()
    return cast(Account, account)


def hashed(password: str) -> str:
    """The hash to store of a new password; raises Invalid for one that is too short or too long."""
    wrong, normal = current_app.extensions["security"].password_util.validate(password, False)
    if wrong:
        raise Invalid({"password": [N_("Between %(least)s and %(most)s characters.", least=SHORTEST, most=LONGEST)]})
    return str(flask_security.hash_password(normal))


def _messages() -> dict[str, tuple[Any, str]]:
    """What Flask-Security says, in our words where its own say little."""
    length = lazy_gettext("Between %(least)s and %(most)s characters.", least=SHORTEST, most=LONGEST)
    return {
        "GENERIC_AUTHN_FAILED": (lazy_gettext("The e-mail address or the password is not right."), "bad"),
        "PASSWORD_RESET_REQUEST": (
            lazy_gettext("If there is an account with this address, a mail is on its way to it."),
            "info",
        ),
        "INVALID_RESET_PASSWORD_TOKEN": (
            lazy_gettext("This address was used already or is incomplete. Ask for a new one."),
            "bad",
        ),
        "PASSWORD_RESET_EXPIRED": (lazy_gettext("This address is too old. Ask for a new one."), "bad"),
        "PASSWORD_RESET_NO_LOGIN": (lazy_gettext("Your new password is set. Sign in with it."), "good"),
        "PASSWORD_CHANGE": (lazy_gettext("Your password is changed. Everywhere else you are signed out."), "good"),
        "PASSWORD_INVALID_LENGTH": (length, "bad"),
        "INVALID_PASSWORD": (lazy_gettext("This is not your password."), "bad"),
        "REAUTHENTICATION_REQUIRED": (lazy_gettext("Type your password again before you change this."), "info"),
        "REAUTHENTICATION_SUCCESSFUL": (lazy_gettext("Thank you. Go on."), "good"),
        "TWO_FACTOR_INVALID_TOKEN": (lazy_gettext("This code is not right, or was used already."), "bad"),
        "TWO_FACTOR_LOGIN_SUCCESSFUL": (lazy_gettext("You are signed in."), "good"),
        "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
            lazy_gettext("From now on, signing in takes a code too. Keep recovery codes in case you lose the app."),
            "good",
        ),
        "TWO_FACTOR_DISABLED": (lazy_gettext("Signing in takes no code any more."), "good"),
        "TWO_FACTOR_PERMISSION_DENIED": (lazy_gettext("Sign in with your password first."), "info"),
        "INVALID_RECOVERY_CODE": (lazy_gettext("This code is not right, or was used already."), "bad"),
    }


def _config(app: Flask) -> dict[str, Any]:
    settings = app.config["CONFAPP"]
    return {
        "URL_PREFIX": "/accounts",
        "CHANGE_URL": "/password",
        "TWO_FACTOR_SETUP_URL": "/codes",
        "TWO_FACTOR_TOKEN_VALIDATION_URL": "/login/code",
        "MULTI_FACTOR_RECOVERY_URL": "/login/recovery",
        "TWO_FACTOR_RESCUE_URL": "/login/rescue",
        "TWO_FACTOR_SELECT_URL": "/login/select",
        "MULTI_FACTOR_RECOVERY_CODES_URL": "/codes/recovery",
        "STATIC_FOLDER": None,
        "CLI_USERS_NAME": None,
        "CLI_ROLES_NAME": None,
        "CACHE_CONTROL": None,  # web.finish says no-store
        "CHANGEABLE": True,
        "RECOVERABLE": True,
        "TWO_FACTOR": True,
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "RETURN_GENERIC_RESPONSES": True,
        "API_ENABLED_METHODS": ["session"],
        "RESET_PASSWORD_WITHIN": RESET_WITHIN,
        "FRESHNESS": FRESH,
        "FRESHNESS_GRACE_PERIOD": FRESH,
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_SINGLE_HASH": {"argon2"},
        "PASSWORD_HASH_PASSLIB_OPTIONS": CHEAP if settings.is_testing else COST,
        "PASSWORD_LENGTH_MIN": SHORTEST,
        "HASHING_SCHEMES": ["hex_sha256"],
        "TWO_FACTOR_ENABLED_METHODS": [BY_APP],
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TOTP_SECRETS": {"1": derived(settings.secret_key, "authenticator secrets")},
        "TOTP_ISSUER": "Confapp",
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "globally_deliverable": False},
        "EMAIL_PLAINTEXT": False,
        "EMAIL_HTML": False,
        "EMAIL_TEMPLATE_PASSWORD_RESET": "password_reset",
        "EMAIL_TEMPLATE_PASSWORD_RESET_NOTICE": "password_changed",
        "EMAIL_TEMPLATE_PASSWORD_CHANGE_NOTICE": "password_changed",
        "POST_LOGIN_VIEW": HOME,
        "POST_CHANGE_VIEW": HOME,
        "POST_LOGOUT_VIEW": "/",
        "TWO_FACTOR_POST_SETUP_VIEW": "/accounts/codes",
        "LOGIN_USER_TEMPLATE": "accounts/login.html",
        "VERIFY_TEMPLATE": "accounts/verify.html",
        "FORGOT_PASSWORD_TEMPLATE": "accounts/forgot.html",
        "RESET_PASSWORD_TEMPLATE": "accounts/reset.html",
        "CHANGE_PASSWORD_TEMPLATE": "accounts/password.html",
        "TWO_FACTOR_SETUP_TEMPLATE": "accounts/codes.html",
        "TWO_FACTOR_VERIFY_CODE_TEMPLATE": "accounts/code.html",
        "MULTI_FACTOR_RECOVERY_TEMPLATE": "accounts/recovery.html",
        "MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "accounts/recovery_codes.html",
    } | {f"MSG_{name}": said for name, said in _messages().items()}


def _go_to(endpoint: str) -> Callable[[], Response]:
    return lambda: redirect(url_for(endpoint))


def _refuse_json() -> None:
    """Flask-Security would read its forms of JSON too, of whatever shape, past those who count what forms name."""
    if request.is_json:
        raise UnsupportedMediaType(gettext("This page takes forms, no JSON."))


def init_app(app: Flask) -> None:
    """Give an app its sign-in; its permits, its throttling and its record with it."""
    app.config.update({f"SECURITY_{name}": value for name, value in _config(app).items()})
    security = Security(
        app,
        Accounts(),
        mail_util_cls=OutboxMail,
        password_util_cls=Passwords,
        totp_cls=Codes,
        mf_recovery_codes_util_cls=RecoveryCodes,
        login_form=SignInForm,
        forgot_password_form=AskResetForm,
        two_factor_setup_form=CodesForm,
        two_factor_rescue_form=RescueForm,
        mf_recovery_form=RecoveryForm,
        render_template=cast(Callable[..., str], render),
    )
    security.want_json(lambda _request: False)
    security.login_manager.request_loader(lambda _request: None)  # API tokens are ours (web.asker)
    # Both would look at who asks on every page, public ones included, and outside its transaction.
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.template_context_processors[None].remove(_user_context_processor)
    # There is one second step, and recovery codes are the one way around it.
    app.view_functions["security.tf_select"] = _go_to("security.login")
    app.view_functions["security.two_factor_rescue"] = _go_to("security.mf_recovery")
    app.before_request_funcs.setdefault("security", []).append(_refuse_json)
    record.init_app(app)
    web.FOREIGN.update(PERMITS)
    for endpoint in GUESSED:
        aim = throttling.named if endpoint == "security.login" else throttling.held
        throttle(app, endpoint, throttling.ATTEMPTS, only_failed=True, aim=aim)
    throttle(app, "security.forgot_password", throttling.MAILS, aim=throttling.named)
