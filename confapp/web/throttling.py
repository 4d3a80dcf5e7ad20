"""Throttling: how often one place, or whoever aims at one account, may try what can be guessed or what sends mail."""

from __future__ import annotations

import hashlib
import ipaddress
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask, Response, request, session
from flask_babel import gettext
from flask_limiter import Limiter
from flask_login import current_user

ATTEMPTS = "10 per minute; 50 per hour"
"""Guesses that may fail."""
MAILS = "5 per hour"
"""Mails that may be asked for."""

EXTENSION = "confapp.web.throttling"


def place() -> str:
    """Where a request comes from: an address, or of IPv6 the network that one household has."""
    address = request.remote_addr or "unknown"
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


def named() -> str:
    """Whose account a form names by its address, in whatever spelling: as a digest, as counts may lie elsewhere."""
    spelling = unicodedata.normalize("NFKC", request.form.get("email", ""))
    return _digest(spelling.strip().casefold() or request.path)


def held() -> str:
    """Whose account a request speaks for, signed in or half in; what else it sends changes nothing. As a digest."""
    half_in = session.get("tf_user_id")  # the password was right, and a code is asked for
    return _digest(str(getattr(current_user, "email", "") or half_in or request.path))


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


def failed(response: Response) -> bool:
    """Whether an answer refuses what was sent. Counting these alone lets a whole venue sign in from one address."""
    return response.status_code in {400, 403, 404, 422}


def _too_often() -> str:
    return str(gettext("Too many attempts. Wait a little, then try again."))


def throttle(
    app: Flask,
    endpoint: str,
    limit: str,
    *,
    only_failed: bool = False,
    aim: Callable[[], str] = held,
    methods: Sequence[str] = ("POST",),
) -> None:
    """Limit how often a view is asked, by place and by `aim`; past it the answer is 429 with Retry-After."""
    limiter: Limiter = app.extensions[EXTENSION]
    view: Any = app.view_functions[endpoint]
    for key in (place, aim):
        view = limiter.limit(
            limit,
            key_func=key,
            methods=list(methods),
            error_message=_too_often,
            deduct_when=failed if only_failed else None,
        )(view)
    app.view_functions[endpoint] = view


def init_app(app: Flask) -> None:
    """Give an app its counters."""
    app.extensions[EXTENSION] = Limiter(place, app=app)
