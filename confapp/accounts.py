"""Sign-in: Flask-Security over our accounts, with our transaction, our mails, our pages and our record of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import flask_security
import sqlalchemy as sa
from flask import Flask, Response, current_app, make_response, render_template
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from flask_login.utils import _user_context_processor
from flask_security import LoginForm, MailUtil, RoleMixin, Security, UserDatastore, UserMixin
from flask_security.forms import ForgotPasswordForm
from flask_security.recoverable import generate_reset_password_token
from flask_security.signals import password_changed, password_reset, user_authenticated
from werkzeug.exceptions import Unauthorized
from wtforms import Form as WtForm
from wtforms import HiddenField

from confapp import throttling, web
from confapp.database import db
from confapp.domain import audit, outbox, people
from confapp.domain.errors import N_, Invalid
from confapp.domain.people import Account
from confapp.domain.permissions import Permission
from confapp.throttling import ATTEMPTS, throttle
from confapp.web import Permit

SHORTEST, LONGEST = 12, 256
"""Characters of a password."""
RESET_WITHIN = timedelta(hours=2)
COST = {"argon2__memory_cost": 19_456, "argon2__time_cost": 2, "argon2__parallelism": 1}
"""Argon2id as the OWASP Password Storage Cheat Sheet asks for; memory in KiB."""
CHEAP = {"argon2__memory_cost": 8, "argon2__time_cost": 1, "argon2__parallelism": 1}

PERMITS = {
    "security.login": Permit(Permission.ANYONE),
    "security.logout": Permit(Permission.ANYONE),
    "security.forgot_password": Permit(Permission.ANYONE),
    "security.reset_password": Permit(Permission.ANYONE),
    "security.change_password": Permit(Permission.ACCOUNT),
}
"""Who may use Flask-Security's views; all that they show lies in templates/accounts/."""


class SignIn(UserMixin):
    """An account as Flask-Security wants to see it."""

    roles = []

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

    @property
    def fs_uniquifier(self) -> str:
        """What cookies and reset links name; a new one ends them all."""
        return self.account.session_key

    @fs_uniquifier.setter
    def fs_uniquifier(self, value: str) -> None:
        self.account.session_key = value


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


class OutboxMail(MailUtil):
    """Flask-Security's mails as outbox rows that hold ids; the worker writes the words with `MAILS`."""

    def send_mail(self, template: str, subject: Any, recipient: Any, *_rest: Any, **context: Any) -> None:
        """Ask for a mail once this transaction has committed."""
        payload = {"template": template, "account": context["user"].account.id}
        outbox.send(f"mail.{template}", payload, conference_id=None, now=web.now())


class SignInForm(LoginForm):
    """Address and password; a failed attempt is recorded, whether there is such an account or not."""

    remember = None

    def validate(self, **options: Any) -> bool:
        """Whether this signs somebody in."""
        if not self.email.data or not self.password.data or len(self.password.data) > LONGEST:
            self.form_errors.append(gettext("Give your e-mail address and your password."))
            return False
        if super().validate(**options):
            return True
        _record_attempt("account.sign_in_failed", self.user, self.email.data)
        return False


class AskResetForm(ForgotPasswordForm):
    """An address; what happens, how long it takes and what is answered is the same with and without an account."""

    def validate(self, **options: Any) -> bool:
        """Whether a mail is to be sent."""
        is_known = bool(super().validate(**options))
        if self.email.data:
            _record_attempt("account.reset_asked", self.user, self.email.data)
        if is_known:
            flask_security.hash_password("as long as for the others")  # the view does so for unknown addresses
        return is_known


class Shown:
    """A WTForms form as the macros of templates/macros/forms.html want to see it."""

    def __init__(self, form: WtForm) -> None:
        self._form = form

    def value(self, name: str) -> Any:
        """What was typed."""
        return self._form[name].data

    def errors(self, name: str) -> list[str]:
        """What is wrong with the field."""
        return [str(error) for error in self._form[name].errors]

    def all_errors(self) -> list[tuple[str, str]]:
        """(field, message) for everything that is wrong."""
        whole = [("", str(error)) for error in self._form.form_errors]
        return list(dict.fromkeys(whole)) + [
            (field.name, error) for field in self._form for error in self.errors(field.name)
        ]

    def required(self, name: str) -> bool:
        """Whether the field must be filled: of ours, all that are shown."""
        return not isinstance(self._form[name], HiddenField)

    def maxlength(self, name: str) -> int:
        """The most characters."""
        return LONGEST

    def input_type(self, name: str) -> str:
        """Which control the field needs."""
        return str(getattr(self._form[name].widget, "input_type", "text"))


def _render(template: str, **context: Any) -> Response:
    """Flask-Security's pages; one with errors is a refusal like those of our own forms."""
    form = next((value for value in context.values() if isinstance(value, WtForm)), None)
    is_refused = form is not None and bool(form.errors)
    page = render_template(template, form=Shown(form) if form else None, **context)
    return make_response(page, 422 if is_refused else 200)


def _record_attempt(action: str, user: UserMixin | None, email: str) -> None:
    account = user.account if isinstance(user, SignIn) else None
    audit.record(
        action,
        f"account:{account.id}" if account else "account:unknown",
        conference_id=None,
        by=None,
        now=web.now(),
        personal={"email": email.strip().lower()[:254]},
        person_id=account.person_id if account else None,
    )


def _record(action: str) -> Callable[..., None]:
    def record(_app: Flask, user: SignIn, authn_via: Any = (), **_more: Any) -> None:
        if "change" not in (authn_via or ()):  # a changed password signs in anew, which is no sign-in of its own
            account = user.account
            audit.record(action, f"account:{account.id}", conference_id=None, by=account, now=web.now())

    return record


_SIGNALS = [
    (user_authenticated, _record("account.sign_in")),
    (password_changed, _record("account.password_change")),
    (password_reset, _record("account.password_reset")),
]


def signed_in() -> Account:
    """Who signed in by cookie: an API token may not manage the account that it acts for. Raises Unauthorized."""
    account = getattr(current_user, "account", None)
    if account is None:
        raise Unauthorized()
    return account  # type: ignore[no-any-return]


def hashed(password: str) -> str:
    """The hash to store of a new password; raises Invalid for one that is too short or too long."""
    wrong, normal = current_app.extensions["security"].password_util.validate(password, False)
    if wrong or len(normal) > LONGEST:
        raise Invalid({"password": [N_("Between %(least)s and %(most)s characters.", least=SHORTEST, most=LONGEST)]})
    return str(flask_security.hash_password(normal))


# Mails, written by the worker.


def reset_mail(account: Account) -> tuple[str, str]:
    """Subject and text of the mail with the address at which the account's password can be set anew."""
    path = current_app.url_map.bind("").build(
        "security.reset_password",
        {"token": generate_reset_password_token(SignIn(account))},  # type: ignore[no-untyped-call]
    )
    address = current_app.config["CONFAPP"].base_url.rstrip("/") + path
    hours = int(RESET_WITHIN.total_seconds() // 3600)
    text = render_template("mail/password_reset.txt", account=account, address=address, hours=hours)
    return gettext("Set a new password"), text


def changed_mail(account: Account) -> tuple[str, str]:
    """Subject and text of the mail that says that the account's password was changed."""
    address = current_app.config["CONFAPP"].base_url.rstrip("/") + current_app.url_map.bind("").build(
        "security.forgot_password"
    )
    return gettext("Your password was changed"), render_template(
        "mail/password_changed.txt", account=account, address=address
    )


MAILS: dict[str, Callable[[Account], tuple[str, str]]] = {
    "password_reset": reset_mail,
    "password_changed": changed_mail,
}
"""How the mail of an outbox row `mail.<name>` is written, whose payload names the `account` by id."""


def _config(app: Flask) -> dict[str, Any]:
    settings = app.config["CONFAPP"]
    return {
        "URL_PREFIX": "/accounts",
        "CHANGE_URL": "/password",
        "STATIC_FOLDER": None,
        "CLI_USERS_NAME": None,
        "CLI_ROLES_NAME": None,
        "CHANGEABLE": True,
        "RECOVERABLE": True,
        "RESET_PASSWORD_WITHIN": RESET_WITHIN,
        "FRESHNESS": timedelta(-1),
        "API_ENABLED_METHODS": ["session"],
        "RETURN_GENERIC_RESPONSES": True,
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_SINGLE_HASH": {"argon2"},
        "PASSWORD_HASH_PASSLIB_OPTIONS": CHEAP if settings.is_testing else COST,
        "PASSWORD_LENGTH_MIN": SHORTEST,
        "HASHING_SCHEMES": ["hex_sha256"],
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "globally_deliverable": False},
        "EMAIL_PLAINTEXT": False,
        "EMAIL_HTML": False,
        "EMAIL_TEMPLATE_PASSWORD_RESET": "password_reset",
        "EMAIL_TEMPLATE_PASSWORD_RESET_NOTICE": "password_changed",
        "EMAIL_TEMPLATE_PASSWORD_CHANGE_NOTICE": "password_changed",
        "POST_LOGIN_VIEW": "/accounts/",
        "POST_CHANGE_VIEW": "/accounts/",
        "POST_LOGOUT_VIEW": "/",
        "LOGIN_USER_TEMPLATE": "accounts/login.html",
        "FORGOT_PASSWORD_TEMPLATE": "accounts/forgot.html",
        "RESET_PASSWORD_TEMPLATE": "accounts/reset.html",
        "CHANGE_PASSWORD_TEMPLATE": "accounts/password.html",
        "MSG_GENERIC_AUTHN_FAILED": (lazy_gettext("The e-mail address or the password is not right."), "bad"),
        "MSG_PASSWORD_RESET_REQUEST": (
            lazy_gettext("If there is an account with this address, a mail is on its way to it."),
            "info",
        ),
        "MSG_INVALID_RESET_PASSWORD_TOKEN": (
            lazy_gettext("This address was used already or is incomplete. Ask for a new one."),
            "bad",
        ),
        "MSG_PASSWORD_RESET_EXPIRED": (lazy_gettext("This address is too old. Ask for a new one."), "bad"),
        "MSG_PASSWORD_RESET_NO_LOGIN": (lazy_gettext("Your new password is set. Sign in with it."), "good"),
        "MSG_PASSWORD_CHANGE": (
            lazy_gettext("Your password is changed. Everywhere else you are signed out."),
            "good",
        ),
        "MSG_INVALID_PASSWORD": (lazy_gettext("This is not your password."), "bad"),
    }


def init_app(app: Flask) -> None:
    """Give an app its sign-in; its permits, its throttling and its record with it."""
    app.config.update({f"SECURITY_{name}": value for name, value in _config(app).items()})
    security = Security(
        app,
        Accounts(),
        mail_util_cls=OutboxMail,
        login_form=SignInForm,
        forgot_password_form=AskResetForm,
        render_template=cast(Callable[..., str], _render),
    )
    security.want_json(lambda _request: False)
    security.login_manager.request_loader(lambda _request: None)  # API tokens are ours (web.asker)
    # Both would look at who asks on every page, public ones included, and outside its transaction.
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.template_context_processors[None].remove(_user_context_processor)
    for signal, record in _SIGNALS:
        signal.connect(record, app)
    web.FOREIGN.update(PERMITS)
    for endpoint in ("security.login", "security.change_password", "security.reset_password"):
        throttle(app, endpoint, ATTEMPTS, only_failed=True)
    throttle(app, "security.forgot_password", throttling.MAILS)
