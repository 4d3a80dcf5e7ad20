"""The web's side of every view: permits, transactions, proof of origin, refusals, headers and cookies."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from confapp import web
from confapp.database import Mode, db
from confapp.domain import tokens
from confapp.domain.errors import N_, Clash, Invalid, Missing, NotAllowed, NotNow, Refusal, Stale, TooLarge
from confapp.domain.permissions import Permission, Role
from confapp.domain.programme.conferences import Conference
from confapp.domain.schedule.conflicts import Conflict, Placement, Rule
from confapp.schemas.sessions import SpeakerSchema
from confapp.web import ConfappFlask, Origin, Permit, permits
from confapp.web.answers import say
from tests import pages
from tests.conftest import Transaction
from tests.factories import NOW, make_account, make_conference, make_track, sign_in, token_for

pytestmark = pytest.mark.sqlite  # most of this never asks a database; what does is marked for the other one too
both = pytest.mark.postgres

View = Callable[..., Any]
Serve = Callable[..., None]


@pytest.fixture
def app(make_app: Callable[[], ConfappFlask]) -> ConfappFlask:
    """An app of the test's own: views are added to it."""
    return make_app()


@pytest.fixture
def serve(app: ConfappFlask) -> Serve:
    """`serve(view)` puts a view at /probe and at /api/probe; `under` says where else."""

    def add(view: View, *, under: str = "", permission: Permission = Permission.ANYONE, **options: Any) -> None:
        marked = permits(permission, **options)(view)
        for number, prefix in enumerate(("", "/api")):
            url = f"{prefix}{under}/probe"
            app.add_url_rule(
                url,
                f"probe{number}{under}",
                marked,
                methods=["GET", "POST", "OPTIONS"],
                provide_automatic_options=False,
            )

    return add


def raising(error: Exception) -> View:
    def view() -> str:
        raise error

    return view


# Refusals.

PLACED: Any = Placement(slot=None, title={"en": "A"}, room=None, starts_at=NOW, ends_at=NOW)  # type: ignore[arg-type]
CLASH = Conflict(Rule.ROOM, PLACED, None, "r1", message=N_("Room 1 is taken."))
REFUSALS = [
    (Missing(), 404),
    (NotAllowed("You may not."), 403),
    (Invalid({"name": ["Too long."]}), 422),
    (TooLarge("Too many bytes."), 413),
    (NotNow("Not in this state."), 409),
    (Stale("Somebody was faster.", 7), 412),
    (Clash("That place is not free.", [CLASH]), 409),
]


def test_refusals_answer_people_with_a_page(client: FlaskClient, serve: Serve) -> None:
    for refusal, _status in REFUSALS:
        serve(raising(refusal), under=f"/{type(refusal).__name__}")
    for refusal, status in REFUSALS:
        answer = client.get(f"/{type(refusal).__name__}/probe")
        assert (answer.status_code, answer.mimetype) == (status, "text/html")
        assert answer.headers["Cache-Control"] == "no-store"
        assert str(refusal.message) in answer.text


def test_refusals_answer_programs_with_problem_details(client: FlaskClient, serve: Serve) -> None:
    conflict: dict[str, Any] = {"fingerprint": CLASH.fingerprint, "rule": "room", "grade": "blocks", "subject": "r1"}
    conflict |= {"message": "Room 1 is taken.", "slots": ["None"], "accepted": None, "ways_out": []}
    details: dict[type[Refusal], Any] = {
        Invalid: {"errors": {"name": ["Too long."]}},
        Stale: {"version": 7},
        Clash: {"conflicts": [conflict], "ways_out": []},
    }
    for refusal, _status in REFUSALS:
        serve(raising(refusal), under=f"/{type(refusal).__name__}")
    for refusal, status in REFUSALS:
        answer = client.get(f"/api/{type(refusal).__name__}/probe")
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
        assert answer.headers["Cache-Control"] == "no-store"
        told = dict(answer.json or {})
        assert told.pop("title")
        known = {"type": "about:blank", "status": status, "detail": refusal.message}
        assert told == known | details.get(type(refusal), {})


def test_pages_name_what_was_wrong(client: FlaskClient, serve: Serve) -> None:
    serve(raising(REFUSALS[2][0]))
    serve(raising(REFUSALS[6][0]), under="/clash")
    assert "Too long." in client.get("/probe").text
    assert "Room 1 is taken." in client.get("/clash/probe").text


def test_messages_are_said_whole(app: ConfappFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    french = {"%(who)s sits in %(room)s.": "%(who)s est dans %(room)s.", "the hall": "la salle", "Session": "Séance"}
    monkeypatch.setattr(
        "confapp.web.answers.gettext",
        lambda words, **values: french.get(words, words) % values if values else french.get(words, words),
    )
    with app.test_request_context("/"):
        assert say(N_("%(who)s sits in %(room)s.", who="Session", room=N_("the hall"))) == "Session est dans la salle."
        rooms = N_("%(who)s sits in %(room)s.", who="Session", room=(N_("the hall"), N_("the cellar")))
        assert rooms == "Session sits in the hall, the cellar."
        assert say(rooms) == "Session est dans la salle, the cellar."
        assert say("100 % sure") == "100 % sure"
        assert say("") == ""


# What the database refuses.


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (IntegrityError("INSERT secret", {}, Exception("x")), 409),
        (OperationalError("UPDATE secret", {}, Exception("database is locked")), 503),
        (DataError("SELECT secret", {}, Exception("NUL")), 400),
    ],
)
def test_the_databases_errors_tell_nothing_of_it(
    client: FlaskClient, serve: Serve, caplog: pytest.LogCaptureFixture, error: Exception, status: int
) -> None:
    serve(raising(error))
    with caplog.at_level(logging.WARNING):
        answers = [client.get("/probe"), client.get("/api/probe")]
    assert [answer.status_code for answer in answers] == [status, status]
    assert not any("secret" in answer.text for answer in answers)
    assert [answer.headers.get("Retry-After") for answer in answers] == ["2" if status == 503 else None] * 2
    assert "secret" not in caplog.text


@both
def test_addresses_that_no_column_can_hold_are_refused(client: FlaskClient, write: Transaction) -> None:
    with write():
        admin = make_account(is_admin=True)
    sign_in(client, admin)
    assert client.get("/organise/a%00b/").status_code in (400, 404)
    assert client.get(f"/organise/summit/people/{2**63}/revoke").status_code == 404


# Proof of origin.


def test_a_form_without_a_token_is_refused(client: FlaskClient, serve: Serve) -> None:
    serve(lambda: "done")
    for data in ({}, {"csrf_token": "made up"}):
        answer = client.post("/probe", data=data)
        assert answer.status_code == 400
        assert "Reload it and try again" in answer.text
    assert client.post("/probe", data={"csrf_token": token_for(client)}).text == "done"


def test_a_form_that_was_open_for_too_long_can_be_sent_again(client: FlaskClient, serve: Serve) -> None:
    serve(lambda: "|".join([*request.form.getlist("who"), request.form["words"]]))
    typed = {"csrf_token": "of last week", "who": ["Ada & Co", "<Bo>"], "words": "\nFirst line\r\nsecond"}
    answer = client.post("/probe?x=1", data=typed, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (400, "no-store")
    again = pages.form_in(client, answer)
    assert again.action == "/probe?x=1"
    assert again.send().text.split() == ["Ada", "&", "Co|<Bo>|", "First", "line", "second"]


@pytest.mark.parametrize(
    ("headers", "more"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, {}),
        ({"Sec-Fetch-Site": "same-site"}, {}),
        ({"Origin": "https://elsewhere.example"}, {}),
        ({}, {}),
        ({"Sec-Fetch-Site": "same-origin"}, {"password": "secret words of mine"}),
    ],
)
def test_what_came_from_elsewhere_or_holds_a_password_is_not_offered_again(
    client: FlaskClient, serve: Serve, headers: dict[str, str], more: dict[str, str]
) -> None:
    serve(lambda: "done")
    answer = client.post("/probe", data={"csrf_token": "made up", "who": "Ada Moreau"} | more, headers=headers)
    assert answer.status_code == 400
    assert "Ada Moreau" not in answer.text
    assert "secret words" not in answer.text
    assert "Reload it and try again" in answer.text


def test_every_unsafe_method_needs_proof(app: ConfappFlask, client: FlaskClient) -> None:
    methods = ["POST", "PUT", "PATCH", "DELETE"]
    app.add_url_rule("/probe", "probe", permits(Permission.ANYONE)(lambda: "done"), methods=methods)
    assert [client.open("/probe", method=method).status_code for method in methods] == [400] * 4


NAMELESS = b"--x\r\nContent-Disposition: form-data\r\n\r\nwords\r\n--x--\r\n"


def test_a_part_without_a_name_is_refused(client: FlaskClient, serve: Serve) -> None:
    serve(lambda: "done")
    for url in ("/probe", "/api/probe"):
        headers = {"X-CSRFToken": token_for(client), "Content-Type": "multipart/form-data; boundary=x"}
        answer = client.post(url, data=NAMELESS, headers=headers)
        assert answer.status_code == 400
        assert "A part of this form has no name." in answer.text


def test_behind_tls_a_form_comes_from_our_own_pages(make_app: Callable[..., ConfappFlask]) -> None:
    app = make_app(is_behind_tls=True)
    app.add_url_rule("/probe", "probe", permits(Permission.ANYONE)(lambda: "done"), methods=["POST"])
    client = app.test_client()
    for referrer in (None, "", "https://[", "https://elsewhere.example/", "http://localhost/"):
        headers = {"X-CSRFToken": token_for(client)} | ({"Referer": referrer} if referrer is not None else {})
        assert client.post("/probe", headers=headers, base_url="https://localhost").status_code == 400


SAME_SITE = [
    ({"Sec-Fetch-Site": "same-origin"}, 200),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 200),
    ({"Origin": "http://localhost"}, 200),
    ({}, 400),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 400),
    ({"Sec-Fetch-Site": "same-site"}, 400),
    ({"Sec-Fetch-Site": "none"}, 400),
    ({"Origin": "http://elsewhere.example"}, 400),
    ({"Origin": "http://localhost.elsewhere.example"}, 400),
    ({"Origin": "null"}, 400),
    ({"Origin": ""}, 400),
    ({"Origin": "http://["}, 400),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "http://["}, 400),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "http://elsewhere.example"}, 400),
]


def test_forms_of_public_pages_are_told_by_their_origin(client: FlaskClient, serve: Serve) -> None:
    serve(lambda: "done", origin=Origin.SAME_SITE)
    for headers, status in SAME_SITE:
        assert (headers, client.post("/probe", headers=headers).status_code) == (headers, status)


def test_a_bearer_token_is_proof_and_a_wrong_one_opens_nothing(
    client: FlaskClient, serve: Serve, write: Transaction
) -> None:
    with write():
        secret = tokens.create_token(make_account(), label="a test", expires_at=None, now=NOW)
    serve(lambda: "done", permission=Permission.ACCOUNT)
    assert client.post("/api/probe", headers={"Authorization": f"Bearer {secret}"}).text == "done"
    answer = client.post("/api/probe", headers={"Authorization": "Bearer wrong"})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


# Who may.


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(client: FlaskClient, serve: Serve) -> None:
    serve(lambda: "done", permission=Permission.ACCOUNT)
    assert client.get("/probe?x=1").location == "/accounts/login?next=/probe?x%3D1"
    assert client.get("/probe").location == "/accounts/login?next=/probe"
    assert client.post("/probe", data={"csrf_token": token_for(client)}).location == "/accounts/login"
    assert client.get("/api/probe").status_code == 401


@both
def test_the_unknown_and_the_forbidden_read_alike(client: FlaskClient, write: Transaction) -> None:
    with write():
        make_conference("secret")
        mine = make_conference("mine")
        make_track(mine)
        reader = make_account(role=Role.READ_ONLY, conference=mine)
    sign_in(client, reader)
    forbidden = [
        client.get(url) for url in ("/organise/secret/", "/organise/mine/settings", "/organise/mine/tracks/medicine")
    ]
    unknown = [client.get(url) for url in ("/organise/nowhere/", "/organise/mine/tracks/unknown", "/nowhere/at/all")]
    assert {(answer.status_code, answer.text) for answer in forbidden + unknown} == {(404, forbidden[0].text)}
    posted = [
        client.post(f"/organise/{slug}/settings", data={"csrf_token": token_for(client)})
        for slug in ("mine", "secret", "nowhere")
    ]
    assert {(answer.status_code, answer.text) for answer in posted} == {(404, forbidden[0].text)}


def test_before_signing_in_nobody_learns_which_conferences_there_are(client: FlaskClient, write: Transaction) -> None:
    with write():
        make_conference("secret")
    answers = [client.get(f"/organise/{slug}/") for slug in ("secret", "nowhere")]
    assert [answer.status_code for answer in answers] == [302, 302]


def test_an_account_that_is_closed_may_nothing(client: FlaskClient, write: Transaction) -> None:
    with write():
        conference = make_conference()
        account = make_account(role=Role.OWNER, conference=conference)
        account.is_active = False
    sign_in(client, account)
    assert client.get("/organise/summit/").status_code in (302, 404)


def test_a_view_without_a_permit_is_never_served(app: ConfappFlask, client: FlaskClient) -> None:
    app.add_url_rule("/probe", "probe", lambda: "done")
    with pytest.raises(LookupError, match="the view probe names no permission"):
        client.get("/probe")


def test_every_view_has_a_permit(app: ConfappFlask) -> None:
    for rule in app.url_map.iter_rules():
        assert isinstance(web.permit_of(app, rule.endpoint), Permit | None)


# The transaction.


def _rename(conference: Conference) -> str:
    db.session.execute(sa.update(Conference).values(city="Ghent"))
    return "done"


def _city(write: Transaction) -> str | None:
    with write(Mode.READ):
        return db.session.scalar(sa.select(Conference.city))


@both
def test_what_an_unsafe_request_writes_stays(client: FlaskClient, serve: Serve, write: Transaction) -> None:
    with write():
        make_conference()
    serve(_rename, under="/<conference>")
    assert client.post("/summit/probe", data={"csrf_token": token_for(client)}).text == "done"
    assert _city(write) == "Ghent"


@both
def test_a_safe_request_writes_nothing(client: FlaskClient, serve: Serve, write: Transaction) -> None:
    with write():
        make_conference()
    serve(_rename, under="/<conference>")
    with suppress(sa.exc.InternalError):  # how PostgreSQL names a mistake of ours; SQLite's is answered
        assert client.get("/summit/probe").status_code == 503
    assert _city(write) == ""


@both
def test_what_a_refused_request_wrote_is_undone(client: FlaskClient, serve: Serve, write: Transaction) -> None:
    with write():
        make_conference()

    def view(conference: Conference) -> str:
        _rename(conference)
        raise NotNow("Not now.")

    serve(view, under="/<conference>")
    assert client.post("/summit/probe", data={"csrf_token": token_for(client)}).status_code == 409
    assert _city(write) == ""


# Reading values.


def _load() -> str:
    return str(web.load(SpeakerSchema)["name"])


def test_values_come_as_json_or_as_a_form(client: FlaskClient, serve: Serve) -> None:
    serve(_load)
    proof = {"X-CSRFToken": token_for(client)}
    assert client.post("/api/probe", json={"name": "Ada"}, headers=proof).text == "Ada"
    assert client.post("/api/probe", data={"name": "Ada"}, headers=proof).text == "Ada"


def test_json_that_is_no_object_is_named(client: FlaskClient, serve: Serve) -> None:
    serve(_load)
    for body in ("[]", '"x"', "7", "null"):
        headers = {"X-CSRFToken": token_for(client), "Content-Type": "application/json"}
        answer = client.post("/api/probe", data=body, headers=headers)
        assert (answer.status_code, answer.json and answer.json["errors"]) == (
            422,
            {"_schema": ["Send one JSON object."]},
        )


def test_what_is_no_json_is_refused(client: FlaskClient, serve: Serve) -> None:
    serve(_load)
    for body in (b'{"name": ', b"\xff\xfe", b"[" * 100_000):
        headers = {"X-CSRFToken": token_for(client), "Content-Type": "application/json"}
        answer = client.post("/api/probe", data=body, headers=headers)
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_too_large_a_body_is_refused_with_the_limit(client: FlaskClient, serve: Serve) -> None:
    serve(lambda: str(len(request.get_data())))
    answer = client.post("/probe", data=b"x" * 20_000_001, headers={"X-CSRFToken": token_for(client)})
    assert answer.status_code == 413
    assert "at most 20 MB" in answer.text
    part = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n' + b"x" * 2_000_001 + b"\r\n--x--\r\n"
    headers = {"X-CSRFToken": token_for(client), "Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post("/api/probe", data=part, headers=headers)
    assert (answer.status_code, answer.json and answer.json["detail"]) == (
        413,
        "That is too much: at most 2 MB are taken here.",
    )


# Headers and cookies.


def test_every_answer_carries_the_headers_that_protect_it(client: FlaskClient, serve: Serve) -> None:
    serve(lambda: "done")
    for answer in (
        client.get("/probe"),
        client.get("/nowhere/at/all"),
        client.get("/static/manifest.json", buffered=True),
        client.post("/probe"),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in answer.headers


def test_private_pages_are_kept_by_nobody(client: FlaskClient, serve: Serve, write: Transaction) -> None:
    with write():
        admin = make_account(is_admin=True)
        make_conference()
    sign_in(client, admin)
    serve(lambda: "done")
    for url in ("/organise/", "/organise/summit/", "/organise/new", "/probe", "/accounts/menu"):
        assert client.get(url).headers["Cache-Control"] == "no-store"


def test_public_pages_are_the_same_for_everyone(client: FlaskClient, serve: Serve, write: Transaction) -> None:
    def view() -> str:
        from flask import session

        session["seen"] = True
        return "done"

    serve(view, public=True)
    with write():
        account = make_account()
    first = client.get("/probe")
    sign_in(client, account)
    second = client.get("/probe")
    assert "Set-Cookie" not in first.headers
    assert "Set-Cookie" not in second.headers
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Cookie" not in first.headers.get("Vary", "")
    again = client.get("/probe", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_behind_tls_cookies_are_secure_and_browsers_remember_it(app: ConfappFlask, serve: Serve) -> None:
    app.config["SESSION_COOKIE_SECURE"] = True
    serve(lambda: "done")
    assert app.test_client().get("/probe").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_options_answers_without_a_view(app: ConfappFlask, client: FlaskClient) -> None:
    answer = client.options("/organise/")
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (200, {"GET", "HEAD", "OPTIONS"})


def test_a_method_that_there_is_not_names_those_there_are(client: FlaskClient) -> None:
    answer = client.delete("/organise/")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_cookies_are_told_to_stay_here(app: ConfappFlask, client: FlaskClient) -> None:
    cookie = client.get("/accounts/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert isinstance(app, Flask)
