"""Logos, photos, invitations and needs through the JSON API."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.domain import tokens
from confapp.domain.permissions import Role
from confapp.domain.programme import conferences, hosts, speakers
from tests.domain.programme.test_pictures import drawn
from tests.factories import NOW, make_account, make_conference, make_host, make_speaker, make_venue


@pytest.fixture
def asked(client: FlaskClient, write: Any) -> Any:
    """A function that asks as a role of `summit`, which has two hosts and a speaker; `ask.stored()` reads both back."""
    with write():
        conference = make_conference()
        host = make_host(conference, "Academy")
        make_host(conference, "Institute")
        ada = make_speaker(conference, "Ada")
        secrets = {}
        for role, scope in ((Role.ORGANISER, None), (Role.READ_ONLY, None), (Role.HOST_COORDINATOR, host.id)):
            account = make_account(f"{role}@example.org", role=role, conference=conference, scope_id=scope)
            secrets[role] = tokens.create_token(account, label="test", expires_at=None, now=NOW)

    def ask(method: str, path: str, role: Role = Role.ORGANISER, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {secrets[role]}"}
        path = path.replace("<ada>", ada.code)
        return client.open(f"/api/conferences/summit{path}", method=method, headers=headers, **more)

    def stored() -> tuple[str | None, str | None]:
        with write():
            return hosts.host(conference, "academy").logo, speakers.speaker(conference, ada.code).photo

    ask.stored = stored  # type: ignore[attr-defined]
    return ask


def test_pictures_are_sent_as_bodies(asked: Any) -> None:
    sent = {"data": drawn(), "content_type": "image/jpeg"}
    assert asked("PUT", "/hosts/academy/logo", Role.HOST_COORDINATOR, **sent).status_code == 204
    assert asked("PUT", "/speakers/<ada>/picture", **sent).status_code == 204
    logo, photo = asked.stored()
    assert logo == photo is not None
    wrong = {"data": b"<svg/>", "content_type": "image/svg+xml"}
    for path in ("/hosts/academy/logo", "/speakers/<ada>/picture"):
        refused = asked("PUT", path, **wrong)
        assert (refused.status_code, list(refused.json["errors"])) == (422, ["picture"])
        assert asked("PUT", path, Role.READ_ONLY, **sent).status_code == 404
    assert asked("PUT", "/hosts/institute/logo", Role.HOST_COORDINATOR, **sent).status_code == 404
    assert asked.stored() == (logo, photo)


def test_a_venues_plan_is_sent_as_a_body(asked: Any, write: Any) -> None:
    sent = {"data": drawn(), "content_type": "image/jpeg"}
    assert asked("PUT", "/venues/annexe/plan", Role.HOST_COORDINATOR, **sent).status_code == 404
    with write():
        summit = conferences.named("summit")
        make_venue(summit, "Annexe", host_id=hosts.host(summit, "academy").id)
        make_venue(summit, "Tower", host_id=hosts.host(summit, "institute").id)
    assert asked("PUT", "/venues/annexe/plan", Role.HOST_COORDINATOR, **sent).status_code == 204
    assert asked("PUT", "/venues/tower/plan", Role.HOST_COORDINATOR, **sent).status_code == 404
    assert asked("PUT", "/venues/annexe/plan", Role.READ_ONLY, **sent).status_code == 404
    with write():
        assert hosts.venue(conferences.named("summit"), "annexe").plan
        assert hosts.venue(conferences.named("summit"), "tower").plan is None


def test_a_speaker_is_invited_and_uninvited(asked: Any, client: FlaskClient) -> None:
    address = asked("POST", "/speakers/<ada>/invitation").json["address"]
    path = address.removeprefix("http://localhost")
    assert client.get(path).status_code == 200
    assert asked("POST", "/speakers/<ada>/invitation", Role.READ_ONLY).status_code == 404
    assert asked("DELETE", "/speakers/<ada>/invitation").status_code == 204
    assert client.get(path).status_code == 404


def test_needs_are_for_those_who_see_to_them(asked: Any) -> None:
    assert asked("PUT", "/speakers/<ada>/needs", json={"needs": "No stairs."}).json == {"needs": "No stairs."}
    assert asked("GET", "/speakers/<ada>/needs").json == {"needs": "No stairs."}
    assert asked("GET", "/speakers/<ada>/needs", Role.READ_ONLY).status_code == 404
    assert "needs" not in asked("GET", "/speakers/<ada>", Role.READ_ONLY).json
