"""Every page that the app has, from its own map of addresses: where to find an example of it, and who looks at it."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, RequestRedirect, Rule

from confapp.domain.permissions import Permission
from confapp.web import ConfappFlask, permit_of
from tests.e2e.servers import Server

SLUG = "biotech"
NO_PAGES = frozenset({"static", "accounts.show_menu", "health.show_alive", "health.show_metrics", "health.show_ready"})
"""Views that answer with no page of their own."""
SENT_FIRST = frozenset(
    {"imports.show_report", "imports.show_import", "imports.choose_columns"}
    | {"embargo.show_version", "press_poll.show_poll", "press_webhooks.show_webhook"}
    | {"press_letters.show_subscription", "press_letters.show_end_of_subscription"}
    | {"press.show_changes", "conflicts.show_conflict", "speak.show_part"}
)
"""Pages that exist once something was sent: looked at by tests of their own."""

_P = Permission
LOOKERS: dict[Permission, str | None] = {
    _P.ANYONE: None,
    _P.ACCOUNT: "attendee",
    _P.STAGE: "stage",
    _P.PRESS_APPROVE: "approver",
    **dict.fromkeys([_P.PRESS_READ, _P.PRESS_EDIT, _P.PRESS_ARM, _P.PRESS_HOLD], "press"),
    **dict.fromkeys([_P.GRANTS_EDIT, _P.ADMINISTER], "admin"),
}
"""Which of the demonstration's accounts looks at pages that take a permission; at all others the organiser does."""
EVERYONE = [None, "attendee", "organiser", "press", "approver", "stage", "admin"]


@dataclass(frozen=True)
class Found:
    """A page to look at."""

    endpoint: str
    path: str
    role: str | None
    """The demonstration's account that looks at it; None: somebody who is not signed in."""


def is_page(rule: Rule) -> bool:
    """Whether an address shows a page: not a file, not JSON."""
    name = rule.endpoint.rpartition(".")[2]
    is_api = rule.endpoint.startswith("api") and not rule.endpoint.endswith("docs")
    is_file = name.startswith("get_") or "." in rule.rule.rpartition("/")[2].replace("...", "")
    return "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGES | SENT_FIRST and not is_api and not is_file


def pages(app: ConfappFlask, server: Server) -> Iterator[Found]:
    """One example of every page. Raises KeyError naming what an address asks for and `_examples` does not know."""
    known = _examples(server)
    adapter = app.url_map.bind("127.0.0.1")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if is_page(rule):
            values = {name: _value(known, rule, name) for name in rule.arguments}
            path = adapter.build(rule.endpoint, values)
            yield Found(rule.endpoint, path, _looker(app, rule.endpoint))


def _value(known: Mapping[str, Any], rule: Rule, name: str) -> Any:
    for key in (f"{rule.endpoint}.{name}", f"{rule.endpoint.partition('.')[0]}.{name}", name):
        if key in known:
            return known[key]
    raise KeyError(f"{rule.rule}: say in tests/e2e/walking.py what an example of “{name}” is")


def _examples(server: Server) -> dict[str, Any]:
    """Values for addresses: for one endpoint, else for a blueprint, else for all."""
    path = server.folder / "instance" / "confapp.sqlite3"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:

        def one(query: str) -> Any:
            (value,) = connection.execute(query).fetchone()
            return value

        conference = one(f"SELECT id FROM conference WHERE slug = '{SLUG}'")
        public_id = one("SELECT public_id FROM publication WHERE state = 'released' ORDER BY id LIMIT 1")
        texts = connection.execute(
            "SELECT blocks FROM publication WHERE public_id = ? AND state = 'released'", [public_id]
        ).fetchall()
        in_all_texts = set.intersection(*({block["id"] for block in json.loads(text)} for (text,) in texts))
        panel = one("SELECT code FROM session WHERE kind = 'panel' ORDER BY number LIMIT 1")
        return {
            "conference": SLUG,
            "language": "en",
            "sessions.code": panel,
            "availability.edit_order.code": panel,
            "availability.edit_availability.code": one("SELECT code FROM speaker ORDER BY number LIMIT 1"),
            "availability.slug": "academy",
            "agenda.show_session.code": panel,
            "erasing.code": one("SELECT code FROM speaker ORDER BY number LIMIT 1"),
            "speakers.code": one("SELECT code FROM speaker ORDER BY number LIMIT 1"),
            "agenda.show_speaker.code": one("SELECT code FROM speaker ORDER BY number LIMIT 1"),
            "schedule.place_session.code": one(
                "SELECT code FROM session WHERE id NOT IN (SELECT session_id FROM slot WHERE session_id IS NOT NULL)"
            ),
            "attendance.cancel_attendee.code": one("SELECT code FROM registration ORDER BY id LIMIT 1"),
            "history.version": one(f"SELECT max(version) FROM slot_change WHERE conference_id = {conference}"),
            "way": "undo",
            "deed": "shift",
            "schedule.identifier": uuid.UUID(one("SELECT uuid FROM slot ORDER BY number LIMIT 1")),
            "press_desk.identifier": uuid.UUID(one("SELECT uuid FROM transcript_version WHERE state = 'in_review'")),
            "press_readers.identifier": uuid.UUID(one("SELECT uuid FROM transcript_version WHERE state = 'in_review'")),
            "press_writing.identifier": uuid.UUID(one("SELECT uuid FROM transcript_version WHERE state = 'in_review'")),
            "public_id": public_id,
            "block": min(in_all_texts),
            "number": one("SELECT number FROM publication WHERE state = 'released' ORDER BY id LIMIT 1"),
            "releases.number": 1,
            "letters.number": 1,
            "grant_id": one(f'SELECT max(id) FROM "grant" WHERE conference_id = {conference}'),
            "code": "aula",
            "room": "aula",
            "agenda.slug": "academy",
            "hosts.slug": "academy",
            "conferences.slug": "medicine",
            "token": "unknown",
        }


def _looker(app: ConfappFlask, endpoint: str) -> str | None:
    """Who has business with a page, by what it takes to see it."""
    permit = permit_of(app, endpoint)
    return LOOKERS.get(permit.permission, "organiser") if permit else None


def leads_nowhere(urls: Map, link: str) -> bool:
    """Whether no view answers at a link within the app."""
    adapter = urls.bind("127.0.0.1")
    try:
        adapter.match(urlsplit(link).path, method="GET")
    except RequestRedirect:
        return False
    except (NotFound, MethodNotAllowed):
        return True
    return False
