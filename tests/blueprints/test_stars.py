"""Stars of a device become picks of whoever signs in: once, with nothing lost, and only of what the public knows."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from confapp.domain.attendance import registrations
from confapp.domain.programme import conferences
from tests.agenda_scene import Programme
from tests.conftest import Transaction
from tests.factories import NOW, make_account, make_registration, sign_in
from tests.pages import notices, open_form, tree

URL = "/summit/me"


@pytest.fixture
def programme(write: Transaction) -> Programme:
    """The scene, released."""
    with write():
        made = Programme()
        made.release()
    return made


@pytest.fixture
def attendee(client: FlaskClient, write: Transaction, programme: Programme) -> FlaskClient:
    """Ada, registered, signed in, with the panel picked."""
    with write():
        account = make_account("ada@example.org")
        held = make_registration(conferences.named("summit"), account.person)
        registrations.pick(held, programme.panel, now=NOW)
    return sign_in(client, account)


def picked(client: FlaskClient) -> set[str]:
    """The codes that the page says are picked."""
    return set(tree(client.get(URL)).xpath("//*[@data-take-stars]/@data-picked")[0].split())


def test_stars_are_added_to_picks(attendee: FlaskClient, programme: Programme) -> None:
    form = open_form(attendee, URL)
    assert (form.action, form["codes"]) == ("/summit/me/stars", "")
    codes = f"{programme.keynote.code} {programme.panel.code} {programme.draft.code} NOSUCH {programme.keynote.code}"
    answer = form.send(codes=codes)
    assert answer.location == URL
    assert notices(attendee.get(URL)) == ["1 starred session is picked."]
    assert picked(attendee) == {programme.keynote.code, programme.panel.code}
    form.send(codes=codes)
    assert notices(attendee.get(URL)) == ["There was nothing to pick."]
    assert picked(attendee) == {programme.keynote.code, programme.panel.code}


def test_the_page_offers_only_what_the_agenda_holds(attendee: FlaskClient, programme: Programme) -> None:
    (box,) = tree(attendee.get(URL)).xpath("//*[@data-take-stars]")
    assert box.get("hidden") is not None  # without a script nobody knows of stars
    there = set(box.get("data-there").split())
    assert there == {programme.keynote.code, programme.panel.code, programme.party.code}


def test_who_is_not_registered_or_signed_in_takes_none(
    client: FlaskClient, programme: Programme, write: Transaction
) -> None:
    assert client.post("/summit/me/stars", data={"codes": programme.keynote.code}).status_code in (302, 400)
    with write():
        account = make_account("ben@example.org")
    stranger = sign_in(client, account)
    assert stranger.get(URL).location == "/summit/register"
    with write():
        assert programme.keynote.picked == 0
