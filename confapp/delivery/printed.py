"""Printed files: what was ordered under which name, and how it is handed out once the worker has made it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from flask import Response, request

from confapp.delivery.waiting import not_yet, wait_for
from confapp.domain import files
from confapp.domain.files import Made, MadeFile, PrivateFile
from confapp.web import now

MEDIA_TYPE = "application/pdf"


@dataclass(frozen=True)
class Order:
    """A file that somebody may have. `make` looks at frozen values alone, and takes seconds: for the worker."""

    name: str
    """Over all that its bytes follow from: equal names have equal bytes, on every node and for ever."""
    conference_id: int
    release: int | None
    """The release it is made from; None: from something else."""
    spec: dict[str, Any]
    """What the worker reads to come to the same order."""
    make: Callable[[], bytes]
    is_private: bool
    """Whether it is for few eyes: kept outside the public fence, and by no cache."""

    @property
    def table(self) -> type[Made]:
        """Where it is kept."""
        return PrivateFile if self.is_private else MadeFile


def ask(order: Order, *, now: dt.datetime) -> None:
    """Ask the worker for the file; asking again changes nothing."""
    files.ask(
        order.name,
        conference_id=order.conference_id,
        release=order.release,
        spec=order.spec,
        media_type=MEDIA_TYPE,
        now=now,
        among=order.table,
    )


def answer(order: Order, *, download: str) -> Response:
    """The file as an HTTP answer, or 503 while the worker makes it; `download` is its name for people.

    A public one is known again by its name without being read; a private one is kept nowhere on its way.
    """
    if not order.is_private and request.if_none_match.contains_weak(order.name):
        response = Response(status=304)
    else:
        body = _look(order) or wait_for(lambda: _asked(order), lambda: _look(order))
        if body is None:
            response = not_yet(MEDIA_TYPE, is_hopeless=files.is_given_up(order.name, among=order.table))
            return _hidden(response) if order.is_private else response
        response = Response(body, content_type=MEDIA_TYPE)
        response.headers["Content-Disposition"] = f'inline; filename="{download}"'
    if order.is_private:
        return _hidden(response)
    response.set_etag(order.name)
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    if response.status_code == 304:
        return response
    length = response.calculate_content_length()
    return cast(Response, response.make_conditional(request, accept_ranges=True, complete_length=length))


def _asked(order: Order) -> bool:
    ask(order, now=now())
    return not files.is_given_up(order.name, among=order.table)


def _look(order: Order) -> bytes | None:
    return files.body_of(order.name, among=order.table)


def _hidden(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
