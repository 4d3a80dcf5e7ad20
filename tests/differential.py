"""T2: every address that a stranger may ask, how it is filled, and all that it answers, to be compared."""

from __future__ import annotations

import hashlib
import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from unittest import mock
from urllib.parse import unquote

from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from confapp.domain.permissions import Permission
from confapp.exports import KINDS
from confapp.web import ConfappFlask, permit_of

IGNORED = frozenset({"date", "x-request-id", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"})
"""The only headers that may differ: the moment, the request's own id, and what rate limits count."""

SOME = ("", "?language=fr", "?language=xx")
"""Queries that most pages are asked with."""
AGENDA = (
    *SOME,
    "?day=2026-05-19",
    "?day=2026-01-01",
    "?track=medicine",
    "?track=secret",
    "?room=hall",
    "?host=academy",
)
FILES = (*sorted(KINDS), "none")
"""Every kind of file made from an agenda, and one that there is not."""
FEEDS = ("atom", "rss", "json")
_SEARCHED = ("?q=canary", "?q=cana*", '?q="good afternoon"', "?q=treat*", "?q=treatise", "?q=x&date=2026")
_CANARY = ("?q=canary", "?q=cana", "?q=treaties")


@dataclass(frozen=True)
class Fill:
    """How the addresses of a route are made: for each argument a list of `Known` by its name, or literal values.

    `conference` need not be named. Every combination is asked for within the story's own conference, and one for each
    of the others; `queries` follow each. What `queries` holds in braces is the first value of that list.
    """

    arguments: Mapping[str, str | tuple[Any, ...]] = field(default_factory=dict)
    queries: tuple[str, ...] = SOME


def _fill(*queries: str, **arguments: str | tuple[Any, ...]) -> Fill:
    return Fill(arguments, queries or SOME)


ROUTES: dict[str, Fill] = {
    "static": _fill("", filename=("manifest.json", "none.js", "../instance/confapp.sqlite3")),
    "health.show_alive": _fill(""),
    "health.show_ready": _fill(""),
    "health.show_metrics": _fill(""),
    "show_api_docs": _fill(),
    "api-docs.openapi_json": _fill(""),
    "accounts.show_menu": _fill(""),
    "accounts.take_up": _fill("", token=("none",)),
    "security.login": _fill("", "?next=/organise/summit/press"),
    "security.logout": _fill(""),
    "security.forgot_password": _fill(""),
    "security.reset_password": _fill("", token=("none",)),
    "security.two_factor_token_validation": _fill(""),
    "security.two_factor_rescue": _fill(""),
    "security.mf_recovery": _fill(""),
    "security.tf_select": _fill(""),
    "embedding.get_component": _fill(""),
    "embedding.show_embedded": _fill(*AGENDA),
    "now.get_worker": _fill(""),
    "now.show_now": _fill(),
    "pictures.get_picture": _fill("", sha256=("«secret file»", "0" * 64)),
    "speak.show_part": _fill("", token=("none",)),
    "speak.get_picture": _fill("", token=("none",)),
    "speak.make_calendar": _fill("", token=("none",)),
    "speak.drop_calendar": _fill("", token=("none",)),
    "agenda.list_conferences": _fill(*SOME, *_CANARY),
    "agenda.redirect_conference": _fill(),
    "agenda.show_conference": _fill(*SOME, *_CANARY),
    "agenda.show_agenda": _fill(*AGENDA, *_CANARY, "?speaker={speakers}"),
    "agenda.get_agenda_file": _fill(*AGENDA, kind=FILES),
    "agenda.get_old_file": _fill("", kind=FILES, number=(1, 2, 3)),
    "agenda.show_session": _fill(code="sessions"),
    "agenda.get_session_file": _fill(code="sessions"),
    "agenda.show_speaker": _fill(code="speakers"),
    "agenda.get_speaker_file": _fill(code="speakers"),
    "agenda.show_host": _fill(slug="hosts"),
    "printing.get_signs": _fill("", "?room=hall", "?room=canary", "?day=2026-05-18", "?language=fr", "?paper=Letter"),
    "api_speak.get_part": _fill(""),
    "api_speak.edit_profile": _fill(""),
    "api_speak.put_own_times": _fill(""),
    "api_speak.confirm_session": _fill("", code="sessions"),
    "api_speak.get_own_picture": _fill(""),
    "api_speak.put_own_picture": _fill(""),
    "api_speak.make_calendar": _fill(""),
    "api_speak.drop_calendar": _fill(""),
    "speak.get_sheet": _fill("", token=("none",)),
    "stage.show_sign": _fill(code="rooms"),
    "attendees.register": _fill("", "?pick={sessions}"),
    "attendees.pick_session": _fill("", code="sessions"),
    "attendees.get_feed": _fill("", token=("none",), kind=FILES),
    "press.list_press_rooms": _fill(*SOME, *_CANARY, "?conference=summit", "?date=2026"),
    "press.redirect_press_room": _fill(),
    "press.show_press_room": _fill(*SOME, *_CANARY, "?speaker={speakers}", "?date=2026-05-18"),
    "press.show_transcript": _fill(*SOME, "?language=de", public_id="transcripts"),
    "press.search_everywhere": _fill("", *_SEARCHED, "?q=treaties&conference=summit"),
    "press.search_press_room": _fill("", *_SEARCHED, "?q=treaties&speaker={speakers}"),
    "api_press.search_publications": _fill("", *_SEARCHED, "?q=treaties&conference=summit", "?q=treaties&page=2"),
    "press_poll.show_poll": _fill("", public_id="transcripts"),
    "press_letters.subscribe_everywhere": _fill(""),
    "press_letters.subscribe": _fill(""),
    "press_letters.show_subscription": _fill("", token=("none",)),
    "press_letters.confirm_subscription": _fill("", token=("none",)),
    "press_letters.show_end_of_subscription": _fill("", token=("none",)),
    "press_letters.end_subscription": _fill("", token=("none",)),
    "press.show_corrections": _fill(),
    "press.show_changes": _fill("", public_id="transcripts", number=(1, 2, 3, 4, 5, 6)),
    "press.show_embed": _fill(public_id="transcripts"),
    "press.show_quote": _fill(public_id="transcripts", block=(1, 2, 3, 99)),
    "press_files.get_transcript_file": _fill("", "?language=fr", public_id="transcripts", kind="transcript_kinds"),
    "press.show_publication": _fill("", public_id="transcripts", number=(1, 2, 3, 4, 5, 6)),
    "press_files.get_publication_file": _fill("", public_id="transcripts", number=(1, 5), kind="transcript_kinds"),
    "press_pdf.get_transcript_pdf": _fill("", "?language=fr", "?paper=Letter", "?paper=A0", public_id="transcripts"),
    "press_pdf.get_publication_pdf": _fill("", public_id="transcripts", number=(1, 2, 5)),
    "press_files.get_everywheres_feed": _fill(*SOME, kind=FEEDS),
    "press_files.get_feed": _fill(*SOME, kind=FEEDS),
    "press_files.get_everywheres_sitemap": _fill(""),
    "press_files.get_sitemap": _fill(""),
    "press_files.get_oembed": _fill("?url=http://localhost/summit/press/{transcripts}", "?url=none", "?format=xml"),
    "api_press.list_publications": _fill("", "?language=fr"),
}
"""How every route that needs no account is filled: a new one fails `tests/test_differential.py` until it is here."""


@dataclass
class Known:
    """Values for addresses. Those that only one database knows are named: what holds them is compared by the name."""

    lists: dict[str, list[Any]]
    secrets: dict[str, str]
    """By a name such as «secret transcript»: what stands for it in this database, a value that nobody else knows."""

    def values(self, wanted: str | tuple[Any, ...]) -> Sequence[Any]:
        """The values of an argument."""
        return wanted if isinstance(wanted, tuple) else self.lists[wanted]


def open_routes(app: ConfappFlask) -> dict[str, list[Rule]]:
    """The routes that strangers may ask, by endpoint."""
    found: dict[str, list[Rule]] = {}
    for rule in app.url_map.iter_rules():
        permit = permit_of(app, rule.endpoint)
        if permit is None or permit.permission is Permission.ANYONE:
            found.setdefault(rule.endpoint, []).append(rule)
    return found


def addresses(app: ConfappFlask, known: Known) -> Iterator[tuple[str, Rule]]:
    """Every address that ROUTES makes of what is known, secrets by their names."""
    adapter = app.url_map.bind("localhost")
    first = {name: values[0] for name, values in known.lists.items() if values}
    for endpoint, rules in sorted(open_routes(app).items()):
        fill = ROUTES[endpoint]
        for rule in sorted(rules, key=lambda each: each.rule):
            for values in _combinations(rule, fill, known):
                url = unquote(adapter.build(endpoint, values))
                is_elsewhere = values.get("conference", "summit") != "summit"
                for query in fill.queries[:1] if is_elsewhere else fill.queries:
                    yield url + query.format(**first), rule


def _combinations(rule: Rule, fill: Fill, known: Known) -> Iterator[dict[str, Any]]:
    names = sorted(rule.arguments - {"conference"})
    lists = [known.values(fill.arguments[name]) for name in names]
    conferences = known.lists["conferences"] if "conference" in rule.arguments else [None]
    for conference in conferences:
        wanted = product(*lists) if conference == conferences[0] else [tuple(each[0] for each in lists)]
        for values in wanted:
            here = {} if conference is None else {"conference": conference}
            yield here | dict(zip(names, values, strict=True))


@dataclass(frozen=True)
class Answer:
    """What was answered, with secrets by their names."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Crawler:
    """Somebody who is not signed in and asks for everything, in every way."""

    def __init__(self, app: ConfappFlask, known: Known, etags: Mapping[str, str] | None = None) -> None:
        """`etags`: by address, an ETag that somebody got elsewhere, such as from a database that knows more."""
        self.app, self.known = app, known
        self.etags = dict(etags or {})

    def answers(self, *, is_brief: bool = False) -> dict[str, Answer]:
        """What every address answers to every way of asking, by both; `is_brief`: to being read, and to nothing else.

        A route's own ways, such as another method or type, are tried at one of its addresses.
        """
        found: dict[str, Answer] = {}
        asked: set[str] = set()
        for url, rule in addresses(self.app, self.known):
            if "GET" in (rule.methods or ()):
                got = self.ask(found, "GET", url)
                if "?" not in url and not is_brief:
                    self.ask(found, "HEAD", url)
                    etag = self.etags.setdefault(url, got.headers.get("ETag") or '"stolen"')
                    self.ask(found, "GET", url, "If-None-Match", etag)
                    self.ask(found, "GET", url, "If-Modified-Since", "Mon, 18 May 2026 09:30:00 GMT")
                    self.ask(found, "GET", url, "Range", "bytes=0-99")
            if rule.rule not in asked and not is_brief:
                asked.add(rule.rule)
                for accepted in ("application/json", "text/plain", "image/png"):
                    self.ask(found, "GET", url, "Accept", accepted)
                self.ask(found, "GET", url, "Accept-Language", "fr")
                for method in ("OPTIONS", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"):
                    self.ask(found, method, url)
        return found

    def ask(self, found: dict[str, Answer], method: str, url: str, header: str = "", value: str = "") -> TestResponse:
        """Send one request under chances that its words alone decide, and keep the answer."""
        line = f"{method} {url} {header}: {value}" if header else f"{method} {url}"
        real = url
        for name, secret in self.known.secrets.items():
            real = real.replace(name, secret)
        client: FlaskClient = self.app.test_client(use_cookies=False)
        with same_chances(line):
            got = client.open(real, method=method, headers={header: value} if header else {})
            body = got.get_data()
            got.close()
        headers = [(name, text) for name, text in got.headers.items() if name.lower() not in IGNORED]
        for name, secret in self.known.secrets.items():
            body = body.replace(secret.encode(), name.encode())
            headers = [(header, text.replace(secret, name)) for header, text in headers]
        found[line] = Answer(got.status_code, tuple(headers), body)
        return got


def differences(one: Mapping[str, Answer], other: Mapping[str, Answer]) -> list[str]:
    """The requests that were not answered alike, each with what differs first."""
    wrong = [f"{line}: asked of one only" for line in sorted(one.keys() ^ other.keys())]
    for line in one.keys() & other.keys():
        here, there = one[line], other[line]
        for name in ("status", "body", "headers"):
            if getattr(here, name) != getattr(there, name):
                wrong.append(f"{line}: {name} {_part(getattr(here, name), getattr(there, name))}")
                break
    return sorted(wrong)


def _part(one: Any, other: Any) -> str:
    if isinstance(one, tuple):
        return f"{sorted({*one} - {*other})} / {sorted({*other} - {*one})}"
    if not isinstance(one, bytes):
        return f"{one} / {other}"
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{one[max(0, at - 80) : at + 80]!r} / {other[max(0, at - 80) : at + 80]!r}"


@contextmanager
def same_chances(seed: str) -> Iterator[None]:
    """Let every random byte of the system follow from `seed` alone, and signatures carry one moment.

    Draws of each length are counted by themselves, since libraries draw too when they first meet something.
    """
    drawn: Counter[int] = Counter()

    def bytes_of(count: int) -> bytes:
        drawn[count] += 1
        return hashlib.shake_256(f"{seed} {count} {drawn[count]}".encode()).digest(count)

    with (
        mock.patch.object(os, "urandom", bytes_of),
        mock.patch.object(random, "_urandom", bytes_of),
        mock.patch("itsdangerous.timed.TimestampSigner.get_timestamp", return_value=1_779_094_800),
    ):
        yield
