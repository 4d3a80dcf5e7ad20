"""Every address of the app asks for a permission, and tells nothing to those who have none."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import RESERVED_SLUGS
from confapp.domain.release import releases
from confapp.web import FOREIGN, ConfappFlask, Permit, permit_of
from tests.conftest import NOW, Transaction
from tests.factories import (
    make_account,
    make_conference,
    make_host,
    make_room,
    make_session,
    make_slot,
    make_speaker,
    sign_in,
    token_for,
)

KEPT = frozenset(
    {"press", "feeds", "metrics", "favicon.ico", "robots.txt", "t", "invitations", "embed", "search", "new"}
)
"""Words kept back for addresses that may come: a conference that had one could never be moved."""
ASKED_BY_QUERY = frozenset({"press_files.get_oembed"})
"""Views that find nothing without a query."""
ORDINARY = {Permission.ANYONE, Permission.ACCOUNT}
"""What needs no role."""


def rules(app: ConfappFlask) -> list[Rule]:
    """Every rule of the app, by address."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def without_permit(app: ConfappFlask) -> list[str]:
    """The views that name no permission and are not listed as foreign."""
    missing = []
    for rule in rules(app):
        try:
            permit_of(app, rule.endpoint)
        except LookupError:
            missing.append(rule.endpoint)
    return missing


def guarded(app: ConfappFlask) -> Iterator[tuple[Rule, Permit]]:
    """Every rule behind which a permit asks for a role."""
    for rule in rules(app):
        permit = permit_of(app, rule.endpoint)
        if permit is not None and permit.permission not in ORDINARY:
            yield rule, permit


def methods(rule: Rule) -> list[str]:
    """What a rule takes, OPTIONS apart: Flask answers those itself."""
    return sorted((rule.methods or set()) - {"OPTIONS"})


def address(app: ConfappFlask, rule: Rule, **known: Any) -> str:
    """An address of the rule: known values by name, else some of the right kind."""
    kinds = {"IntegerConverter": 1, "StorableNumber": 1, "UUIDConverter": uuid.UUID(int=7)}
    values = {}
    for name in rule.arguments:
        converter = rule._converters[name]
        values[name] = known.get(name, kinds.get(type(converter).__name__, "x"))
        if isinstance(converter, AnyConverter) and values[name] not in converter.items:
            values[name] = min(converter.items)
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def ask(client: FlaskClient, method: str, url: str) -> TestResponse:
    """Send a request that would be accepted for its form, from a page of ours."""
    if method in {"GET", "HEAD"}:
        return client.open(url, method=method)
    token = token_for(client)
    origin = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "X-CSRFToken": token}
    if url.startswith("/api/"):
        return client.open(url, method=method, headers=origin, json={})
    return client.open(url, method=method, headers=origin, data={"csrf_token": token})


@pytest.mark.sqlite
def test_every_view_names_its_permission(app: ConfappFlask) -> None:
    assert without_permit(app) == []
    assert set(FOREIGN) <= set(app.view_functions)


@pytest.mark.sqlite
def test_a_view_without_permission_is_seen_and_never_served(make_app: Callable[..., ConfappFlask]) -> None:
    app = make_app()
    app.add_url_rule("/organise/planted", "planted", lambda: "secret")
    assert without_permit(app) == ["planted"]
    with pytest.raises(LookupError, match="the view planted names no permission"):
        app.test_client().get("/organise/planted")


@pytest.mark.sqlite
def test_no_conference_can_take_the_apps_own_first_words(app: ConfappFlask) -> None:
    first = {rule.rule.split("/")[1] for rule in rules(app)}
    words = {word for word in first if word and not word.startswith("<")}
    assert words - RESERVED_SLUGS == set()
    assert RESERVED_SLUGS - words - KEPT == set()


def test_strangers_are_sent_to_the_sign_in_page(app: ConfappFlask, client: FlaskClient, write: Transaction) -> None:
    with write():
        make_conference()
    wrong = []
    for rule in rules(app):
        permit = permit_of(app, rule.endpoint)
        if permit is None or permit.permission is Permission.ANYONE:
            continue
        for method in methods(rule):
            url = address(app, rule, conference="summit")
            answer = ask(client, method, url)
            is_sent_away = answer.status_code == 302 and answer.location.startswith("/accounts/login")
            if not (answer.status_code == 401 if url.startswith("/api/") else is_sent_away):
                wrong.append((method, url, answer.status))
    assert wrong == []


def test_who_has_no_role_finds_nothing_whether_it_is_there_or_not(
    app: ConfappFlask, client: FlaskClient, write: Transaction
) -> None:
    with write():
        make_conference("summit")
        sign_in(client, make_account())
    wrong = []
    for rule, _permit in guarded(app):
        for method in methods(rule):
            answers = [ask(client, method, address(app, rule, conference=slug)) for slug in ("summit", "absent")]
            bodies = {answer.data for answer in answers}
            if {answer.status_code for answer in answers} != {404} or len(bodies) != 1:
                wrong.append((method, rule.rule, [answer.status for answer in answers]))
    assert wrong == []


def test_public_answers_are_the_same_for_everyone(make_app: Callable[..., ConfappFlask], write: Transaction) -> None:
    app = make_app(file_wait=0.0)
    with write():
        known = _release_a_conference()
        account = make_account()
    member = sign_in(app.test_client(), account)
    stranger = app.test_client()
    wrong = []
    shown = 0
    for rule in rules(app):
        permit = permit_of(app, rule.endpoint)
        if permit is None or not permit.is_public:
            continue
        values = {name: value for part, some in known.items() if part in rule.rule for name, value in some.items()}
        url = address(app, rule, **values)
        for method in set(methods(rule)) & {"GET", "HEAD"}:
            hers, theirs = ask(member, method, url), ask(stranger, method, url)
            is_real = rule.arguments <= set(values) and rule.endpoint not in ASKED_BY_QUERY
            is_found = hers.status_code in ({200, 302, 308, 503} if is_real else {200, 302, 308, 404, 503})
            is_quiet = "Set-Cookie" not in hers.headers and "cookie" not in hers.headers.get("Vary", "").lower()
            if not is_found or not is_quiet or (hers.status, hers.data) != (theirs.status, theirs.data):
                wrong.append((method, url, hers.status, dict(hers.headers)))
            shown += hers.status_code == 200
    assert wrong == []
    assert shown >= 10


def _release_a_conference() -> dict[str, dict[str, Any]]:
    """A released conference with one of everything; values for addresses, by a part of the address that wants them."""
    conference = make_conference()
    host = make_host(conference)
    speaker = make_speaker(conference)
    session = make_session(conference, None, speaker)
    make_slot(conference, session, make_room(conference, host_id=host.id))
    releases.release(conference, expected=None, note={}, by=None, now=NOW)
    return {
        "": {"conference": conference.slug, "kind": "ics", "number": 1},
        "/releases/": {"kind": "pdf"},
        "/sessions/": {"code": session.code},
        "/speakers/": {"code": speaker.code},
        "/hosts/": {"slug": host.slug},
    }
