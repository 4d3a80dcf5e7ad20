"""The web's side of every view: who may, in which transaction, with which clean values and headers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from marshmallow import ValidationError
from werkzeug.exceptions import BadRequest, Unauthorized
from werkzeug.routing import IntegerConverter

from confapp.clock import Clock
from confapp.database import Mode, transaction
from confapp.domain import permissions
from confapp.domain.errors import N_, Invalid, Missing
from confapp.domain.people import Account
from confapp.domain.permissions import Held, Permission
from confapp.domain.programme import conferences
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import releases
from confapp.domain.tokens import account_by_token
from confapp.schemas.base import Schema
from confapp.web import answers
from confapp.web.answers import SAFE
from confapp.web.kept import Kept, response_of, writes
from confapp.web.permits import FOREIGN as FOREIGN
from confapp.web.permits import Origin as Origin
from confapp.web.permits import Permit as Permit
from confapp.web.permits import permit_of as permit_of
from confapp.web.permits import permits as permits

csrf = CSRFProtect()


class ConfappFlask(Flask):
    """Flask with one transaction a request, opened in the mode that the view's permit allows."""

    clock: Clock

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.kept = Kept()

    def wsgi_app(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer what is kept without waking a view; else as Flask does."""
        told = self.kept.answer(environ)
        if told is None:
            return super().wsgi_app(environ, start_response)
        status, headers, body = told
        start_response(status, headers)
        return [body]

    def process_response(self, response: Response) -> Response:
        """Finish an answer as Flask does, and keep it where its view said what it follows from."""
        response = super().process_response(response)
        if "stamp" in g and not self.debug:
            self.kept.keep(request.environ, response, *g.stamp)
        return response

    def dispatch_request(self) -> ResponseReturnValue:
        """Check the permit, open the transaction, run the view, commit."""
        if request.routing_exception is not None:
            self.raise_routing_exception(request)
        endpoint = cast(str, request.endpoint)
        permit = permit_of(self, endpoint)
        if request.method == "OPTIONS" and getattr(request.url_rule, "provide_automatic_options", False):
            return self.make_default_options_response()
        if permit is None:
            return super().dispatch_request()
        is_safe = request.method in SAFE
        if not is_safe:
            _check_origin(permit)
        mode = Mode.WRITE if permit.writes or not is_safe else Mode.PUBLIC if permit.is_public else Mode.READ
        begun = writes()
        with transaction(mode):
            arguments = dict(request.view_args or {})
            found = _found(permit, arguments, mode)
            if found is not None:
                arguments["conference"] = g.conference = found
                if permit.is_kept:
                    stamp = _stamp(found, self)
                    if (told := self.kept.again(request.environ, stamp, begun)) is not None:
                        return response_of(told)
                    g.stamp = stamp, begun
            view = self.view_functions[endpoint]
            return self.make_response(self.ensure_sync(view)(**arguments))

    def log_exception(self, exc_info: Any) -> None:
        """Log an error by its view: addresses hold secrets, such as those of calendars."""
        where = request.url_rule.rule if request.url_rule else "an unknown address"
        self.logger.error("Exception at %s [%s]", where, request.method, exc_info=exc_info)


def _found(permit: Permit, arguments: Mapping[str, Any], mode: Mode) -> Conference | None:
    """The conference in the address, as far as the asker may; raises when they may not do this at all."""
    slug = arguments.get("conference")
    if mode is Mode.PUBLIC:
        return conferences.public_by_slug(slug) if slug is not None else None
    if permit.permission is Permission.ANYONE:
        return conferences.public_by_slug(slug) if slug is not None else None
    account = asker()
    if account is None:
        raise Unauthorized()
    if permit.permission is Permission.ACCOUNT:
        return conferences.public_by_slug(slug) if slug is not None else None
    if slug is not None:
        return conferences.by_slug(slug, permit.permission, holds)
    if not permissions.may(account, permit.permission, None, now=now()):
        raise Missing()
    return None


def _stamp(conference: Conference, app: Flask) -> object:
    """All that the answers of kept views follow from, beside their addresses."""
    release = releases.current(conference.id)
    built = Path(app.static_folder or "", "manifest.json")
    changed = built.stat().st_mtime if built.exists() else 0.0
    known = (release.id, release.redaction, release.facts["uuid"]) if release else None
    return conference.facts, known, changed


def _check_origin(permit: Permit) -> None:
    """Refuse an unsafe request that no page of ours sent; a bearer token is proof enough, as no browser adds it."""
    if request.mimetype == "multipart/form-data" and (None in request.form or None in request.files):
        raise BadRequest(gettext("A part of this form has no name."))
    if bearer() is not None:
        return
    elsewhere = BadRequest(gettext("This form can only be sent from its own page."))
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    try:
        if permit.origin is Origin.ADDRESS:
            return
        if permit.origin is Origin.TOKEN:
            csrf.protect()
            return
        if site not in (None, "same-origin") or (site is None and origin is None):
            raise elsewhere
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise elsewhere
    except ValueError as error:  # a header that should be an address is none
        raise elsewhere from error


def bearer() -> str | None:
    """The token that came with the request, whatever it opens."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token else None


def now() -> dt.datetime:
    """The moment of this request: read once from the app's clock."""
    if "now" not in g:
        g.now = cast(ConfappFlask, current_app).clock()
    return cast(dt.datetime, g.now)


def asker() -> Account | None:
    """Who asks: by API token, else by signed-in cookie, else None. Never to be called behind the public fence."""
    if "asker" not in g:
        token = bearer()
        if token is not None:
            g.asker = account_by_token(token, now=now())
            if g.asker is None:
                raise Unauthorized(gettext("This token is unknown, expired or revoked."))
        else:
            g.asker = getattr(current_user, "account", None)
    return cast("Account | None", g.asker)


def me() -> Account:
    """Who asks, on views that only signed-in people reach."""
    account = asker()
    if account is None:
        raise Unauthorized()
    return account


def holds(conference_id: int) -> Held:
    """What the asker holds in a conference; its grants are read once a request."""
    held: dict[int, Held] = g.setdefault("held", {})
    if conference_id not in held:
        held[conference_id] = Held(asker(), conference_id, now())
    return held[conference_id]


def allowed(permission: Permission, conference: Conference) -> bool:
    """Whether the asker has another permission too: for what a page offers."""
    return holds(conference.id).may(permission)


def may_here(permission: str) -> bool:
    """Whether the asker has a permission in this page's conference: for what templates of no-store pages offer."""
    if "conference" not in g:
        return False
    return holds(g.conference.id).may(Permission(permission))


def load(schema: type[Schema], **context: Any) -> dict[str, Any]:
    """The request's values, JSON or form, cleaned by the schema; raises Invalid naming each field that is wrong."""
    if request.is_json:
        try:
            data = request.get_json()
        except RecursionError as error:
            raise BadRequest(gettext("This JSON is nested too deeply.")) from error
        except BadRequest as error:
            raise BadRequest(gettext("This is not JSON that can be read.")) from error
        if not isinstance(data, dict):
            raise Invalid({"_schema": [N_("Send one JSON object.")]})
        return clean(schema(**context), data)
    return clean(schema(is_form=True, **context), request.form)


def clean(schema: Schema, data: Any) -> dict[str, Any]:
    """Values cleaned by a schema; raises Invalid in marshmallow's error form."""
    try:
        return cast("dict[str, Any]", schema.load(data))
    except ValidationError as error:
        raise Invalid(error.normalized_messages()) from error  # type: ignore[no-untyped-call]


class QuietSessions(SecureCookieSessionInterface):
    """Cookies for everyone but the readers of public pages, whose answers are the same for all."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie, unless the answer is public, or kept: then it depends on no cookie either."""
        if not is_public_answer() and "stamp" not in g:
            super().save_session(app, session, response)


def is_public_answer() -> bool:
    """Whether this request is a safe one to a public view."""
    endpoint = request.endpoint
    if endpoint is None or request.method not in SAFE:
        return False
    permit = permit_of(current_app._get_current_object(), endpoint)  # type: ignore[attr-defined]
    return permit is None or permit.is_public


CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)


SHARED = 30
"""Seconds for which a shared cache (RFC 9111 section 5.2.2.10) may tell an agenda again without asking, and once more
while it asks (RFC 5861, as targeted by RFC 9213): behind one, a release, a cancellation or an erased name is seen after
a minute at most. Nothing of the press, and no address that can be revoked, is ever told so."""


def finish(response: Response) -> Response:
    """The headers that every answer carries."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if is_public_answer() and response.status_code in (200, 206, 304):
        if "stamp" in g:  # a kept view's: what it tells follows from the latest release alone
            headers.setdefault("Cache-Control", f"public, max-age=0, s-maxage={SHARED}, must-revalidate")
            headers.setdefault("CDN-Cache-Control", f"public, max-age={SHARED}, stale-while-revalidate={SHARED}")
        headers.setdefault("Cache-Control", "public, max-age=0, must-revalidate")
        if response.status_code == 200 and not response.is_streamed and "ETag" not in headers:
            response.add_etag()
            response.make_conditional(request)
    elif "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response


class StorableNumber(IntegerConverter):
    """A whole number in an address that the databases can hold; a larger one is no address."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **({"max": 2**63 - 1} | named))


def init_app(app: ConfappFlask) -> None:
    """Give an app its refusals, headers and cookies."""
    answers.init_app(app)
    csrf.init_app(app)
    app.session_interface = QuietSessions()
    app.url_map.converters["int"] = StorableNumber
    app.after_request(finish)
    app.jinja_env.globals["may"] = may_here
