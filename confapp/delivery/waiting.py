"""Waiting for a file that the worker makes: a moment within the request, then an answer that says when to ask again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from flask import Response, current_app, make_response, render_template, request
from flask_babel import gettext

from confapp.database import Mode, aside
from confapp.web.answers import problem

POLL = 0.2
"""Seconds between two looks for a file that the worker is making."""
RETRY_AFTER = 5
GIVEN_UP = 3600
"""Seconds after which to ask again for a file that could not be made: somebody has to look first."""
WAITING = threading.BoundedSemaphore(4)
"""How many requests of a process may wait for files at once: further ones are told to come back, so that those who want
a page never stand behind those who wait."""


def wait_for(ask: Callable[[], bool], look: Callable[[], bytes | None]) -> bytes | None:
    """Ask for a file (`ask` says whether there is hope) and look for it a while, in transactions of their own."""
    with aside():
        if not ask():
            return None
    if not WAITING.acquire(blocking=False):
        return None
    try:
        patience = float(current_app.config["CONFAPP"].file_wait)
        while patience > 0:
            time.sleep(POLL)
            patience -= POLL
            with aside(Mode.READ):
                body = look()
            if body is not None:
                return body
    finally:
        WAITING.release()
    return None


def not_yet(media_type: str, *, is_hopeless: bool, alternative: tuple[str, str] | None = None) -> Response:
    """503: a page that asks again by itself for people, problem details for programs.

    `alternative`: words and address of what may serve meanwhile.
    """
    if is_hopeless:
        message = gettext("This file could not be made. Whoever runs this site has been told.")
    else:
        message = gettext("This file is being made. Ask again in a few seconds.")
    accepted = request.accept_mimetypes
    if accepted["text/html"] > accepted[media_type]:
        title = gettext("This file is not there") if is_hopeless else gettext("One moment")
        page = render_template(
            "progress.html", title=title, words=message, alternative=alternative, is_hopeless=is_hopeless
        )
        response = make_response(page, 503)
    else:
        response = make_response(problem(503, message, in_json=True))
    response.headers["Retry-After"] = str(GIVEN_UP if is_hopeless else RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    return response
