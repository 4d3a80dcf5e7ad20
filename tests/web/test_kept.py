"""Kept answers: told again without a statement, never older than a second, never after a write, never another one's."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient

from confapp.database import db
from confapp.domain.attendance import registrations
from confapp.domain.people import Person
from confapp.domain.programme import conferences
from confapp.domain.release import releases
from confapp.web import ConfappFlask, kept
from tests.agenda_scene import Programme
from tests.conftest import Transaction
from tests.factories import NOW, make_person, make_registration

Counted = Callable[[], AbstractContextManager[list[str]]]
GZIP = {"Accept-Encoding": "gzip"}
CALENDAR = "/summit/agenda.ics"


@pytest.fixture
def programme(write: Transaction) -> Programme:
    """The scene, released."""
    with write():
        made = Programme()
        made.release()
    return made


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The reading of the clock by which answers age: `seconds[0] += 2`."""
    reading = [1000.0]
    monkeypatch.setattr("confapp.web.kept.time.monotonic", lambda: reading[0])
    return reading


@pytest.mark.parametrize("address", [CALENDAR, "/summit/agenda", "/summit/agenda.ics?day=2026-05-19"])
def test_a_second_reader_costs_no_statement(
    client: FlaskClient, programme: Programme, count_queries: Counted, address: str
) -> None:
    first = client.get(address, headers=GZIP)
    with count_queries() as statements:
        second = client.get(address, headers=GZIP)
        head = client.head(address, headers=GZIP)
        known = client.get(address, headers=GZIP | {"If-None-Match": first.headers["ETag"]})
        other = client.get(address, headers=GZIP | {"If-None-Match": '"other"'})
    assert statements == []
    assert (second.status_code, second.data, list(second.headers)) == (200, first.data, list(first.headers))
    assert (head.status_code, head.data, list(head.headers)) == (200, b"", list(first.headers))
    assert (other.status_code, other.data) == (200, first.data)
    assert (known.status_code, known.data) == (304, b"")
    assert known.headers["ETag"] == first.headers["ETag"]
    for name in ("Content-Security-Policy", "Cache-Control", "Vary"):
        assert known.headers[name] == first.headers[name]
    assert "Content-Length" not in known.headers
    assert gzip.decompress(second.data) == client.get(address).data


def test_dates_are_known_too(client: FlaskClient, programme: Programme, count_queries: Counted) -> None:
    first = client.get(CALENDAR)
    with count_queries() as statements:
        same = client.get(CALENDAR, headers={"If-Modified-Since": first.headers["Last-Modified"]})
        older = client.get(CALENDAR, headers={"If-Modified-Since": "Mon, 18 May 2026 08:59:59 GMT"})
        garbled = client.get(CALENDAR, headers={"If-Modified-Since": "yesterday"})
        both = client.get(
            CALENDAR, headers={"If-Modified-Since": first.headers["Last-Modified"], "If-None-Match": '"other"'}
        )
    assert [each.status_code for each in (same, older, garbled, both)] == [304, 200, 200, 200]
    assert statements == []


def test_an_answer_ages(
    client: FlaskClient, programme: Programme, count_queries: Counted, seconds: list[float]
) -> None:
    first = client.get("/summit/agenda")
    seconds[0] += kept.LONGEST + 0.01
    with count_queries() as statements:
        second = client.get("/summit/agenda")
    assert len([each for each in statements if each.startswith("SELECT")]) == 2  # which conference, which release
    assert (second.data, second.headers["ETag"]) == (first.data, first.headers["ETag"])
    seconds[0] += 0.9
    with count_queries() as statements:
        assert client.get("/summit/agenda").data == first.data
    assert statements == []
    seconds[0] += 5
    known = client.get("/summit/agenda", headers={"If-None-Match": first.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")


def test_a_release_is_seen_at_once_by_the_process_that_made_it(
    client: FlaskClient, programme: Programme, write: Transaction
) -> None:
    first = {address: client.get(address).data for address in (CALENDAR, "/summit/agenda")}
    with write():
        programme.cancel(programme.panel)
        programme.release(now=NOW + dt.timedelta(hours=1))
    for address, data in first.items():
        assert client.get(address).data != data


def test_a_hidden_conference_is_gone_at_once(client: FlaskClient, programme: Programme, write: Transaction) -> None:
    assert client.get(CALENDAR).status_code == 200
    with write():
        conferences.named("summit").is_public = False
    assert client.get(CALENDAR).status_code == 404


def test_another_process_is_seen_within_a_second(
    client: FlaskClient,
    programme: Programme,
    write: Transaction,
    seconds: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept, "_numbers", iter([kept.writes()] * 99))  # as if somebody else wrote
    first = client.get(CALENDAR)
    with write():
        programme.cancel(programme.panel)
        programme.release(now=NOW + dt.timedelta(hours=1))
    seconds[0] += kept.LONGEST
    assert client.get(CALENDAR).data == first.data
    seconds[0] += 0.01
    assert client.get(CALENDAR).data != first.data


def test_the_date_never_goes_back_and_always_moves(
    client: FlaskClient, programme: Programme, write: Transaction
) -> None:
    seen = [client.get(CALENDAR).last_modified]
    with write():
        programme.release(now=NOW)
    seen.append(client.get(CALENDAR).last_modified)
    with write():
        programme.release(now=NOW - dt.timedelta(hours=1))
    seen.append(client.get(CALENDAR).last_modified)
    with write():
        releases.erase(db.session.get_one(Person, programme.ada.person_id), by=None, now=NOW)
    seen.append(client.get(CALENDAR).last_modified)
    assert seen == [NOW + dt.timedelta(seconds=n) for n in range(4)]


def test_parts_and_unsafe_requests_go_to_the_view(client: FlaskClient, programme: Programme) -> None:
    whole = client.get(CALENDAR).data
    part = client.get(CALENDAR, headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.data) == (206, whole[5:10])
    assert client.post(CALENDAR).status_code == 405
    assert client.get(CALENDAR).data == whole


@pytest.mark.parametrize("words", ["identity", "gzip;q=0", "*;q=0, identity", ""])
def test_who_cannot_unpack_gets_it_plain(client: FlaskClient, programme: Programme, words: str) -> None:
    packed = client.get(CALENDAR, headers=GZIP)
    plain = client.get(CALENDAR, headers={"Accept-Encoding": words})
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" in client.get(CALENDAR, headers={"Accept-Encoding": "br;q=1, gzip;q=0.5"}).headers


def test_memory_is_bounded(
    app: ConfappFlask, client: FlaskClient, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 40_000)
    for number in range(50):
        assert client.get(f"{CALENDAR}?unknown={number}").status_code == 200
    held = app.kept._entries.values()
    assert 1 <= len(held) < 20
    assert sum(entry.size for entry in held) == app.kept._size <= 40_000


# Secret addresses.


@pytest.fixture
def address(write: Transaction, programme: Programme) -> str:
    """Cleo's calendar, with the keynote picked."""
    with write():
        held = make_registration(conferences.named("summit"), make_person("Cleo"))
        registrations.pick(held, programme.keynote, now=NOW)
        return f"/feeds/{registrations.new_feed(held, now=NOW)}/agenda.ics"


def test_a_secret_calendar_wakes_no_view(client: FlaskClient, address: str, count_queries: Counted) -> None:
    first = client.get(address)
    assert first.status_code == 200
    with count_queries() as statements:
        second = client.get(address)
        known = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert statements == []  # but for the one on a connection of its own
    assert (second.data, list(second.headers)) == (first.data, list(first.headers))
    assert "Vary" not in first.headers
    assert (known.status_code, known.headers["Cache-Control"]) == (304, "private, no-cache")


def test_a_secret_calendar_follows_every_pick_at_once_whoever_wrote_it(
    client: FlaskClient, address: str, programme: Programme, write: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_numbers", iter([kept.writes()] * 99))  # as if other processes wrote
    first = client.get(address)
    with write():
        held = registrations.by_id(1)
        registrations.pick(held, programme.panel, now=NOW)
    second = client.get(address)
    assert (first.data.count(b"BEGIN:VEVENT"), second.data.count(b"BEGIN:VEVENT")) == (1, 2)
    with write():
        programme.cancel(programme.panel)
        programme.release(now=NOW + dt.timedelta(hours=1))
    assert b"STATUS:CANCELLED" in client.get(address).data
    with write():
        registrations.revoke_feeds(held, now=NOW)
    assert client.get(address).status_code == 404
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 404


def test_where_one_speaks_is_in_ones_calendar(client: FlaskClient, programme: Programme, write: Transaction) -> None:
    with write():
        ada = db.session.get_one(Person, programme.ada.person_id)
        held = make_registration(conferences.named("summit"), ada)
        address = f"/feeds/{registrations.new_feed(held, now=NOW)}/agenda.ics"
    told = client.get(address).text
    assert told.count("BEGIN:VEVENT") == 2
    assert "Secret exercise" not in told
    assert "SUMMARY:Biology and treaties" in told


def test_old_files_are_not_kept(app: ConfappFlask) -> None:
    """Whoever is erased may be in the release before and not in the latest, by which kept answers stand."""
    assert app.view_functions["agenda.get_agenda_file"].permit.is_kept  # type: ignore[attr-defined]
    assert not app.view_functions["agenda.get_old_file"].permit.is_kept  # type: ignore[attr-defined]


# Shared caches between readers and us.

SHARED = "public, max-age=0, s-maxage=30, must-revalidate"
ASKED_EACH_TIME = "public, max-age=0, must-revalidate"


@pytest.mark.parametrize(
    "address", [CALENDAR, "/summit/agenda", "/summit/agenda/embed", "/summit/agenda.csv?day=2026-05-19"]
)
def test_a_cache_between_may_tell_an_agenda_again_for_half_a_minute(
    client: FlaskClient, programme: Programme, address: str
) -> None:
    first = client.get(address)
    known = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    part = client.get(CALENDAR, headers={"Range": "bytes=0-99"})
    assert [each.status_code for each in (first, known, part)] == [200, 304, 206]
    for answer in (first, known, part):
        assert answer.headers["Cache-Control"] == SHARED
        assert answer.headers["CDN-Cache-Control"] == "public, max-age=30, stale-while-revalidate=30"


def test_no_cache_between_tells_anything_else_again(
    client: FlaskClient, programme: Programme, address: str, write: Transaction
) -> None:
    with write():
        Programme("hidden", is_public=False).release()
    session = f"/summit/sessions/{programme.keynote.code}"  # it links to what the press released
    others = ["/", "/press/", "/summit/", "/summit/press/", "/summit/press/feed.atom", "/summit/now", session]
    for url in [*others, address, "/summit/agenda.exe", "/hidden/agenda", "/hidden/agenda.ics", "/summit/me"]:
        answer = client.get(url)
        assert "s-maxage" not in answer.headers["Cache-Control"], url
        assert "CDN-Cache-Control" not in answer.headers, url
        if url in others:
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, ASKED_EACH_TIME), url


def test_no_view_of_the_press_or_behind_a_secret_is_kept_for_all(app: ConfappFlask) -> None:
    kept_for_all = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if getattr(getattr(app.view_functions[rule.endpoint], "permit", None), "is_kept", False)
    }
    assert kept_for_all == {
        "/<conference>/agenda",
        "/<conference>/agenda.<kind>",
        "/<conference>/agenda/embed",
        "/<conference>/sessions/<code>.ics",
        "/<conference>/speakers/<code>.ics",
    }
