"""Refusals and errors as answers: problem details for programs, pages for people, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge, Unauthorized

from confapp.database.troubles import Trouble, reason, trouble
from confapp.domain.errors import (
    N_,
    Clash,
    Invalid,
    Message,
    Missing,
    NotAllowed,
    NotNow,
    Overtaken,
    Refusal,
    Stale,
    TooLarge,
    of_told,
)
from confapp.domain.schedule.placements import Conflict, Placement, WayOut
from confapp.web.rendering import local_day, local_time, text

STATUS: dict[type[Refusal], int] = {
    Missing: 404,
    NotAllowed: 403,
    Invalid: 422,
    TooLarge: 413,
    NotNow: 409,
    Overtaken: 409,
    Stale: 412,
    Clash: 409,
}
"""How each refusal is answered."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def say(message: str) -> str:
    """A domain's message in the reader's language."""
    if isinstance(message, Message):
        return str(gettext(message.template, **{name: _say_value(value) for name, value in message.values.items()}))
    return str(gettext(message)) if message else ""


def _say_value(value: Any) -> Any:
    if isinstance(value, tuple):
        return ", ".join(say(each) for each in value)
    return say(value) if isinstance(value, Message) else value


def said(errors: Any) -> Any:
    """An error tree with every message in the reader's language."""
    if isinstance(errors, Mapping):
        return {str(key): said(value) for key, value in errors.items()}
    if isinstance(errors, list | tuple):
        return [said(value) for value in errors]
    return say(errors)


def spoken(kept: Any) -> Any:
    """What `errors.told` kept, its messages said in the reader's language and all else as it is."""
    return _spoken(of_told(kept))


def _spoken(tree: Any) -> Any:
    if isinstance(tree, Mapping):
        return {name: _spoken(each) for name, each in tree.items()}
    if isinstance(tree, list | tuple):
        return [_spoken(each) for each in tree]
    return say(tree) if isinstance(tree, Message) else tree


def wants_json() -> bool:
    """Whether the asker is a program."""
    return request.path.startswith("/api/")


def described(conflict: Conflict, ways_out: Iterable[WayOut] = ()) -> dict[str, Any]:
    """A conflict for programs, and where the later of its sides could go instead."""
    accepted = conflict.accepted
    return {
        "fingerprint": conflict.fingerprint,
        "rule": conflict.rule.value,
        "grade": conflict.grade.value,
        "message": say(conflict.message),
        "slots": [str(side.slot) for side in conflict.sides],
        "subject": conflict.subject,
        "accepted": {"reason": accepted.reason, "at": accepted.at.isoformat(), "by": accepted.by} if accepted else None,
        "ways_out": [described_place(place) for place in ways_out],
    }


def described_place(place: WayOut) -> dict[str, Any]:
    """A free place for programs; the label is for people."""
    return {
        "room": place.room.code if place.room else None,
        "starts_at": place.starts_at.isoformat(),
        "ends_at": place.ends_at.isoformat(),
        "label": place_label(place),
    }


def place_label(place: WayOut | Placement) -> str:
    """A place in words, on the conference's clock."""
    label: str = gettext(
        "%(room)s, %(day)s %(start)s to %(end)s",
        room=text(place.room.name) if place.room else gettext("Whole venue"),
        day=local_day(place.starts_at),
        start=local_time(place.starts_at),
        end=local_time(place.ends_at),
    )
    return label


def answer_refusal(refusal: Refusal) -> ResponseReturnValue:
    """A refusal that no form caught, as problem+json or as a page."""
    status = STATUS[type(refusal)]
    details: dict[str, Any] = {}
    if isinstance(refusal, Invalid):
        details["errors"] = said(refusal.errors)
    elif isinstance(refusal, Stale):
        details["version"] = refusal.current
    elif isinstance(refusal, Overtaken):
        details["later"] = list(refusal.later)
    elif isinstance(refusal, Clash):
        details["conflicts"] = [described(conflict) for conflict in refusal.conflicts]
        details["ways_out"] = [described_place(place) for place in refusal.ways_out]
    return problem(status, say(refusal.message), details)


def problem(
    status: int, message: str, details: Mapping[str, Any] | None = None, *, in_json: bool = False
) -> ResponseReturnValue:
    """An error as RFC 9457 problem details for programs, as a page for people; never to be kept by a cache."""
    title = gettext(Response(status=status).status.partition(" ")[2].capitalize())
    if in_json or wants_json():
        known = {"type": "about:blank", "title": title, "status": status, "detail": message}
        answer = jsonify(known | dict(details or {}))
        answer.mimetype = "application/problem+json"
    else:
        page = render_template("errors/error.html", status=status, title=title, message=message, details=details or {})
        answer = Response(page, mimetype="text/html")
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    return answer


def answer_http(error: HTTPException) -> ResponseReturnValue:
    """Werkzeug's errors in the same shapes; somebody who is not signed in is sent to the sign-in page."""
    if error.response is not None:
        return error.response
    status = error.code or 500
    if isinstance(error, Unauthorized) and not wants_json():
        if request.method in SAFE:
            return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
        return redirect(url_for("security.login"))
    if isinstance(error, NotFound):
        return problem(404, say(Missing().message))
    if isinstance(error, CSRFError):
        return _answer_old_form()
    if isinstance(error, RequestEntityTooLarge):
        whole = current_app.config["MAX_CONTENT_LENGTH"]
        is_whole = request.content_length is None or request.content_length > whole
        limit = (whole if is_whole else current_app.config["MAX_FORM_MEMORY_SIZE"]) // 1_000_000
        return problem(413, gettext("That is too much: at most %(limit)s MB are taken here.", limit=limit))
    if isinstance(error, MethodNotAllowed):
        said = gettext("This address takes only what a form sends. Go back to the page with the form.")
    else:
        said = gettext(error.description or "")
    answer = cast(Response, problem(status, said))
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after", "www-authenticate"}:
            answer.headers[name] = value
    return answer


def _answer_old_form() -> ResponseReturnValue:
    """A form whose token is not the cookie's any more: from a page of ours, what was typed can be sent again."""
    if wants_json() or not _is_ours() or request.files or any("password" in name for name in request.form):
        return problem(
            400, gettext("This form was open for too long, or came from elsewhere. Reload it and try again.")
        )
    typed = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    page = render_template("errors/old_form.html", typed=typed)
    answer = Response(page, 400, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _is_ours() -> bool:
    """Whether the browser says that a page of this app sent the request: only then may it be offered again."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site == "same-origin"
    try:
        return origin is not None and urlsplit(origin).netloc == request.host
    except ValueError:
        return False


def answer_database(error: SQLAlchemyError) -> ResponseReturnValue:
    """The last fence: a constraint that stopped a race, a value no column can hold, a database that does not answer.

    What it says is logged only where it speaks of itself: of values it says them.
    """
    log = current_app.logger
    found = trouble(error)
    if found is None:
        if isinstance(error, IntegrityError | DataError):
            log.warning("refused by the database: %s", type(error).__name__)
            return problem(*_refused(error))
        raise error
    if found is Trouble.UNREADY:
        log.error("the database is %s: run `flask --app wsgi migrate`, then `doctor` (%s)", found, reason(error))
    else:
        log.warning("the database is %s: %s", found, reason(error))
    answer = cast(Response, problem(503, gettext(_TROUBLE[found])))
    answer.headers["Retry-After"] = "2" if found is Trouble.BUSY else "30"
    return answer


def _refused(error: SQLAlchemyError) -> tuple[int, str]:
    if isinstance(error, IntegrityError):
        return 409, gettext("Somebody else changed the same thing at the same moment. Look again and repeat.")
    return 400, gettext("Something in this request cannot be stored.")


_TROUBLE = {
    Trouble.BUSY: N_("The database is busy. Try again in a moment."),
    Trouble.UNREADY: N_("The app is being set up or brought up to date. Try again in a moment."),
    Trouble.OUT_OF_ORDER: N_(
        "The database cannot do this now. Nothing was stored; whoever runs the app finds why in its log."
    ),
}


def init_app(app: Flask) -> None:
    """Let an app answer refusals and errors this way."""
    app.register_error_handler(Refusal, answer_refusal)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(SQLAlchemyError, answer_database)
    app.jinja_env.filters.update(said=say, place_label=place_label)
