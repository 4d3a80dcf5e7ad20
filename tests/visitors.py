"""Hostile visitors for tests: requests to every address of the app, plausible ones with a few values gone mad."""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urlencode

import sqlalchemy as sa
from flask.testing import FlaskClient
from marshmallow import fields
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.routing import Rule
from werkzeug.test import TestResponse, encode_multipart

from confapp.database import db
from confapp.domain import permissions
from confapp.domain.attendance import registrations
from confapp.domain.people import Account
from confapp.domain.permissions import Role
from confapp.domain.press import comments, polls, readers, subscribers, webhooks
from confapp.domain.press.transcripts import VersionState
from confapp.schemas.base import FormField, Moment, Schema, Texts
from confapp.schemas.sessions import LinkList
from confapp.web import ConfappFlask
from tests.conftest import NOW
from tests.factories import (
    make_account,
    make_host,
    make_registration,
    make_room,
    make_session,
    make_slot,
    make_speaker,
    make_track,
    make_venue,
    sign_in,
    token_for,
)
from tests.press import Scene

MAD_WORDS: tuple[str, ...] = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202egnp.exe",
    "\u200b",
    "\N{KELVIN SIGN}",
    "İ",
    "ß" * 300,
    "é\u0301" * 70,
    "💥" * 200,
    "a" * 100_000,
    "9" * 5_000,
    "-1",
    "0",
    "1e400",
    "NaN",
    "Infinity",
    "1.5",
    "2147483648",
    "9223372036854775808",
    "٣",
    "true",
    "null",
    "None",
    "{}",
    "[]",
    "../../etc/passwd",
    "%s%n%(x)s{0}{{7*7}}",
    "'; DROP TABLE account; --",
    "<script>alert(1)</script>",
    "<p>" * 3_000,
    "javascript:alert(1)",
    "data:text/html,x",
    "http://[",
    "http://a:99999999/",
    "//evil.example",
    "\\\\evil.example",
    "a\r\nSet-Cookie: x=1",
    "0001-01-01",
    "9999-12-31",
    "0001-01-01T00:00",
    "9999-12-31T23:59:59.999999-23:59",
    "2026-03-29T02:30",
    "2026-10-25T02:30",
    "2026-02-30",
    "24:00",
    "23:59:60",
    "09:00+02:00",
    "Europe/Brussels\x00",
    "../UTC",
    "Factory",
    "localtime",
    "en",
    "en\n",
    "x-klingon",
    "new",
    "-",
    "00000000-0000-0000-0000-000000000000",
)
"""Words that no honest form sends."""

MAD_VALUES: tuple[Any, ...] = (
    *MAD_WORDS,
    None,
    True,
    -1,
    0,
    1.5,
    2**31,
    2**63,
    10**400,
    -(2**70),
    float("nan"),
    float("inf"),
    [],
    [None],
    [[]],
    ["a", "a"],
    [{}],
    {},
    {"en": None},
    {"en": ["x"]},
    {"": "x"},
    {"\x00": "x"},
    {"en": "\ud800\x00"},
    {"x" * 5_000: "y"},
)
"""What JSON may hold in the place of anything else."""

BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b""),
    ("application/json", b"null"),
    ("application/json", b"[]"),
    ("application/json", b'"x"'),
    ("application/json", b"{"),
    ("application/json", b"\xff\xfe{"),
    ("application/json", b"9" * 10_000),
    ("application/json", b'{"a":' + b"9" * 10_000 + b"}"),
    ("application/json", b"[" * 200_000),
    ("application/json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    ("application/json; charset=nonsense", b"{}"),
    ("application/problem+json", b'{"title": 1, "title": 2}'),
    ("text/plain", b"{}"),
    ("application/x-www-form-urlencoded", b"%ff%00=%ed%a0%80&title.en&=&&a[]=1"),
    ("application/x-www-form-urlencoded", b"title.=x&title.%00=y&title.en.en=z&parts.who=x&parts.role=y"),
    ("multipart/form-data", b"--x"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"; filename="\x00"\r\n\r\n'),
    ("multipart/form-data; boundary=" + "x" * 300, b"junk"),
    ("", b"\x00\x01\x02"),
)
"""Bodies that are not what they say, or too much of it."""

HEADERS: tuple[tuple[str, str], ...] = (
    ("Host", "evil.example"),
    ("Host", "a:b:c"),
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-For", "not an address"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("Authorization", "Bearer"),
    ("Authorization", "Bearer \xff\xfe"),
    ("Authorization", "Bearer " + "x" * 9_000),
    ("Authorization", "Basic !!!"),
    ("Cookie", "confapp=.eJx\xff; confapp=x; =; ;;"),
    ("Cookie", "confapp=" + "." * 4_000),
    ("Accept", "\xff/*;q=x"),
    ("Accept-Language", "zz-\xff;q=9, *;q=-1"),
    ("Accept-Encoding", "gzip;q=nan, br;q="),
    ("If-Match", '"' + "9" * 5_000 + '"'),
    ("If-Match", "W/"),
    ("If-None-Match", '*, "'),
    ("If-Modified-Since", "Thu, 99 Foo 99999 99:99:99 GMT"),
    ("If-Range", "\x22"),
    ("Range", "bytes=9-1,-0,x"),
    ("Range", "bytes=" + "0-0," * 2_000),
    ("Referer", "\xff"),
    ("Origin", "null"),
    ("Origin", "http://["),
    ("Content-Length", "x"),
    ("HX-Request", "\x22"),
)
"""Headers that browsers never send."""

GOOD: Mapping[str, Any] = {
    "email": "new@example.org",
    "timezone": "Europe/Brussels",
    "starts_on": "2026-05-18",
    "ends_on": "2026-05-19",
    "starts_at": "2026-05-18T09:30",
    "ends_at": "2026-05-18T10:00",
    "delivered_on": "2026-05-18",
    "languages": ["en"],
    "country": "BE",
    "language": "en",
    "colour": 1,
    "longitude": 4,
    "latitude": 50,
    "role": "read_only",
    "expires_at": "2027-01-01T00:00:00Z",
    "password": "a long enough password",
    "url": "https://example.org/",
    "slug": None,
    "code": None,
    "version": None,
    "expected": None,
    "host": None,
    "venue": None,
    "track": None,
    "scope": None,
    "session": None,
    "translates": None,
}
"""What passes for a field by its name, where its type does not say."""


VARIABLE = re.compile(r"<(?:[^<>]*:)?(\w+)>")


@dataclass
class Known:
    """What there is: words for the variables of addresses, by the word before (`rooms/code`) or by name alone."""

    words: Mapping[str, list[str]]

    def some(self, before: str, name: str, dice: random.Random) -> str:
        """One of them, or something else altogether."""
        held = self.words.get(f"{before}/{name}", self.words.get(name, []))
        if held and dice.random() < 0.85:
            return dice.choice(held)
        return dice.choice(["1", "x", "0", "99999999999999999999", *MAD_WORDS])


@dataclass
class Visit:
    """One request and the answer to it."""

    method: str
    url: str
    options: dict[str, Any]
    answer: TestResponse

    def __str__(self) -> str:
        told = {name: str(value)[:600] for name, value in self.options.items()}
        return f"{self.answer.status} {self.method} {self.url[:300]} {told}"


def visits(client: FlaskClient, account: Account, known: Known, dice: random.Random) -> Iterator[Visit]:
    """Ask every address of the app, by each of its methods and one that it has not; what deletes comes last."""
    app = cast(ConfappFlask, client.application)
    asked = [(rule, method) for rule in app.url_map.iter_rules() for method in sorted(rule.methods or ())]
    asked += [(rule, dice.choice(["PUT", "TRACE", "PROPFIND", "X" * 50])) for rule in app.url_map.iter_rules()]
    dice.shuffle(asked)
    ends = ("delete", "cancel", "revoke", "withdraw", "discard", "logout")
    asked.sort(key=lambda each: each[1] == "DELETE" or each[0].endpoint.rpartition(".")[2].startswith(ends))
    for rule, method in asked:
        url = _url(rule, known, dice)
        token = token_for(sign_in(client, account))  # the visit before may have ended the session
        options = _options(app, rule, method, token, dice)
        with client.open(url, method=method, **options) as answer:
            yield Visit(method, url, options, answer)


def _url(rule: Rule, known: Known, dice: random.Random) -> str:
    """An address of the rule, its variables known or mad, perhaps with a query."""
    plain, *others = VARIABLE.split(rule.rule)
    path = plain
    for name, following in zip(others[::2], others[1::2], strict=True):
        words = known.some(path.rstrip("/").rpartition("/")[2], name, dice)
        path += quote(words.encode("utf-8", "surrogatepass"), safe="") + following
    names = ("page", "page_size", "language", "day", "track", "room", "host", "q", "state", "pick", "slot", "session",
             "next", "translates", "translation_of", "speaker")  # fmt: skip
    asked = {name: dice.choice(MAD_WORDS) for name in names if dice.random() < 0.1}
    if not asked:
        return path
    query = "&".join(f"{name}={quote(words.encode('utf-8', 'surrogatepass'))}" for name, words in asked.items())
    return f"{path}?{query}{dice.choice(['', '&%ff=%ff', '&page'])}"


def _options(app: ConfappFlask, rule: Rule, method: str, token: str, dice: random.Random) -> dict[str, Any]:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "X-CSRFToken": token}
    headers.update(header for header in HEADERS if dice.random() < 0.02)
    options: dict[str, Any] = {"headers": headers}
    if method in {"GET", "HEAD", "OPTIONS", "TRACE"}:
        return options
    if dice.random() < 0.15:
        kind, body = dice.choice(BODIES)
        return options | {"data": body, "content_type": kind}
    if rule.rule.startswith("/api/"):
        return options | {"data": _json(app, rule, dice), "content_type": "application/json"}
    sent = _form(dice)
    if "import" in rule.rule:
        upload = io.BytesIO(dice.choice([b"", b"<schedule>", b"\xff\xfe\x00", b"A: words.\n", b"PK\x03\x04"]))
        plain = {_whole(name): [_whole(words) for words in held] for name, held in sent.items()}
        named = dice.choice(["x.xml", "x.txt", "x.docx", "\u202ex"])
        boundary, body = encode_multipart(MultiDict(plain | {"file": FileStorage(upload, named)}))
        return options | {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}
    return options | {
        "data": urlencode(sent, doseq=True, errors="surrogatepass").encode(),
        "content_type": "application/x-www-form-urlencoded",
    }


def _json(app: ConfappFlask, rule: Rule, dice: random.Random) -> bytes:
    """The body that the API's own description asks for, with one or two of its fields gone mad."""
    documented = getattr(app.view_functions[rule.endpoint], "_apidoc", {}).get("manual_doc", {})
    content = documented.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = content.get("schema")
    held = {name: good(name, each) for name, each in schema.load_fields.items()} if schema is not None else {}
    if schema is not None and schema.partial:
        held = {name: value for name, value in held.items() if dice.random() < 0.4}
    for name in dice.sample(sorted(held), min(len(held), dice.choice([0, 1, 1, 2]))):
        held[name] = dice.choice(MAD_VALUES)
    return json.dumps({name: value for name, value in held.items() if value is not None}).encode()


def _form(dice: random.Random) -> dict[str, list[str]]:
    """A form with every field that any schema of the app declares; a page takes its own and drops the others."""
    sent: dict[str, list[str]] = {}
    for name, each in sorted(_fields().items()):
        value = good(name, each)
        if isinstance(each, Texts):
            sent[f"{name}.en"] = [str(value["en"])]
            if dice.random() < 0.03:
                sent[f"{name}.{dice.choice(MAD_WORDS)[:3_000]}"] = [dice.choice(MAD_WORDS)]
        elif isinstance(each, FormField | fields.List):
            sent[name] = [str(item) for item in value if not isinstance(item, dict)]
        elif value is not None and not (isinstance(each, fields.Boolean) and dice.random() < 0.5):
            sent[name] = [str(value)]
    for name in ("languages_only", "remove", "override", "parts.who", "parts.role", "version", "expected", "action"):
        if dice.random() < 0.1:
            sent[name] = [dice.choice(MAD_WORDS) for _ in range(dice.choice([1, 3]))]
    for name in dice.sample(sorted(sent), dice.choice([0, 2, 5])):
        sent[name] = [dice.choice(MAD_WORDS) for _ in range(dice.choice([0, 1, 1, 2]))]
    return sent


def _fields() -> dict[str, fields.Field[Any]]:
    found: dict[str, fields.Field[Any]] = {}
    waiting: list[type[Schema]] = list(Schema.__subclasses__())
    while waiting:
        schema = waiting.pop()
        waiting += schema.__subclasses__()
        found |= {name: each for name, each in schema().load_fields.items() if name not in found}
    return found


def good(name: str, each: fields.Field[Any]) -> Any:
    """A value that the field may take; None: leave it out."""
    if name in GOOD:
        return GOOD[name]
    if isinstance(each, Texts):
        return {"en": f"Some {name}"}
    if isinstance(each, LinkList):
        return [{"url": "https://example.org/"}]
    if isinstance(each, fields.Enum):
        return next(member.value for member in each.enum)
    if isinstance(each, Moment):
        return "2026-05-18T09:30"
    kinds: tuple[tuple[type[fields.Field[Any]], Any], ...] = (
        (fields.List, []),
        (fields.Boolean, True),
        (fields.Number, 20),
        (fields.Date, "2026-05-18"),
        (fields.Time, "09:30"),
        (fields.Email, "new@example.org"),
        (fields.Url, "https://example.org/"),
        (fields.String, f"Some {name}"[:20]),
    )
    return next((value for kind, value in kinds if isinstance(each, kind)), None)


def _whole(words: str) -> str:
    """Words without lone surrogates: the test client cannot send them in parts."""
    return words.encode("utf-8", "replace").decode()


def scene() -> tuple[Known, Account]:
    """One of everything, and an account that may do all of it."""
    press = Scene()
    conference = press.conference
    account = make_account("all@example.org", role=Role.OWNER, conference=conference, is_admin=True)
    for role in (Role.PRESS_OFFICER, Role.PRESS_APPROVER):
        permissions.grant(account, conference.id, role, by=None, now=NOW)
    track, host, venue = make_track(conference), make_host(conference), make_venue(conference)
    room, spare = make_room(conference, host_id=host.id), make_room(conference)
    speaker = make_speaker(conference)
    session = make_session(conference, None, speaker, track=track)
    slot = make_slot(conference, session, room)
    registration = make_registration(conference, account.person)
    feed = registrations.new_feed(registration, now=NOW)
    registrations.pick(registration, session, now=NOW)
    released, draft = press.released(), press.draft(session=None)
    reviewed = press.bring(press.draft(session=None), VersionState.IN_REVIEW)
    press.release_schedule(now=NOW)
    public_id = str(released.transcript.public_id)
    hook = webhooks.add(conference, "https://news.example/hook", by=account, now=NOW)
    told = webhooks.test(hook, now=NOW)
    remark = comments.say(draft, "Is that so?", block_id=None, by=account, now=NOW)
    polls.ask(conference.id, public_id, "Ready?", ["Yes", "No"], language="en", by=account, now=NOW)
    subscribers.subscribe(conference, "reader@example.org", language="en", now=NOW)
    (reader,) = db.session.scalars(sa.select(subscribers.Subscriber)).all()
    subscribers.confirm(reader, now=NOW)
    readers.let_in(draft, account.email, expires_at=NOW + dt.timedelta(days=1), by=account, now=NOW)
    return Known(
        {
            "conference": [conference.slug],
            "kind": ["ics", "pdf", "txt", "json"],
            "number": ["1", "2"],
            "token": [feed],
            "public_id": [public_id],
            "tracks/slug": [track.slug],
            "hosts/slug": [host.slug],
            "venues/slug": [venue.slug],
            "rooms/code": [room.code, spare.code],
            "stage/room": [room.code, "-"],
            "sessions/code": [session.code],
            "place/code": [session.code],
            "picks/code": [session.code],
            "speakers/code": [speaker.code],
            "attendees/code": [registration.code],
            "registrations/code": [registration.code],
            "tracks/identifier": [track.slug],
            "hosts/identifier": [host.slug],
            "venues/identifier": [venue.slug],
            "rooms/identifier": [room.code, spare.code],
            "sessions/identifier": [session.code],
            "speakers/identifier": [speaker.code],
            "slots/identifier": [str(slot.uuid)],
            "identifier": [str(each.uuid) for each in (released, draft, reviewed)],
            "webhooks/identifier": [str(hook.uuid)],
            "subscribers/identifier": [str(reader.uuid)],
            "comment_id": [str(remark.id)],
            "delivery_id": [str(told.id)],
            "filename": ["manifest.json"],
            "grant_id": ["1", "2", "3", "4"],
            "token_id": ["1"],
        }
    ), account
