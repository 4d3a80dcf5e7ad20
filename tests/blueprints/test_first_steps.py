"""What somebody meets who makes a conference for the first time: what to do next, help, and no way to slip."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from confapp.domain.attendance import registrations
from confapp.domain.permissions import Role
from confapp.domain.programme.conferences import Conference
from tests import pages
from tests.blueprints.conftest import As
from tests.conftest import Transaction
from tests.factories import make_account, make_registration, make_room, sign_in

pytestmark = pytest.mark.sqlite
STEPS = "//section[@aria-labelledby='steps']//li"


@pytest.mark.parametrize("url", ["/organise/new", "/organise/summit/settings"])
def test_enter_sends_the_form_and_asks_for_no_fields(
    client: FlaskClient, write: Transaction, summit: Conference, url: str
) -> None:
    with write():
        sign_in(client, make_account(is_admin=True))
    first = pages.tree(client.get(url)).xpath("//main//form[@method='post']//button[@type='submit']")[0]
    assert first.get("name") is None  # HTML, 4.10.21.2: Enter presses the first button of a form
    assert (first.get("tabindex"), first.get("aria-hidden")) == ("-1", "true")


def test_countries_are_chosen_by_name(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    for url in ("/organise/summit/settings", "/organise/summit/speakers/new", "/organise/summit/hosts/new"):
        shown = pages.tree(organiser.get(url)).xpath("//select[@name='country']/option")
        options = {each.get("value"): each.text for each in shown}
        assert options[""] == "Not said"
        assert options["BE"] == "Belgium"
        assert not {"EU", "ZZ", "001"} & set(options)
        assert 240 < len(options) < 260
    form = pages.open_form(organiser, "/organise/summit/speakers/new")
    refused = form.send(name="Ada", country="XQ", email="no address")
    assert pages.form_in(organiser, refused)["country"] == "XQ"
    assert form.send(name="Ada", country="BE").status_code == 302


def test_time_zones_are_suggested(organiser: FlaskClient) -> None:
    offered = pages.tree(organiser.get("/organise/summit/settings")).xpath(
        "//datalist[@id='f-timezone-list']/option/@value"
    )
    assert "Europe/Brussels" in offered
    assert len(offered) > 400
    assert not any(name.startswith(("Etc/", "posix")) for name in offered)


def test_the_overview_says_what_to_do_first(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    assert pages.words(organiser.get("/organise/summit/"), STEPS)[0] == "Name the rooms"
    with write():
        make_room(summit)
    assert pages.words(organiser.get("/organise/summit/"), STEPS)[:2] == [
        "Name the rooms Done",
        "Make the speakers’ profiles",
    ]


def test_who_edits_nothing_is_told_nothing_to_do(signed_in: As, write: Transaction, summit: Conference) -> None:
    with write():
        make_registration(summit)
    staff = signed_in(Role.DOOR_STAFF)
    assert pages.words(staff.get("/organise/summit/"), STEPS) == []
    attendees = staff.get("/organise/summit/attendees")
    assert attendees.status_code == 200
    assert pages.tree(attendees).xpath("//main//a[contains(@href, '/new') or contains(@href, '/cancel')]") == []


def test_nobody_is_registered_as_an_ally_by_oversight(organiser: FlaskClient) -> None:
    form = pages.open_form(organiser, "/organise/summit/attendees/new")
    assert form["category"] == ""
    assert pages.errors(form.send(name="Ada")) == {"category": "Fill this in."}
    assert form.send(name="Ada", category="guest").status_code == 302
    assert pages.notices(organiser.get("/organise/summit/attendees")) == ["Ada is registered."]


def test_a_registration_is_cancelled_after_asking(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    with write():
        code = make_registration(summit).code
    url = f"/organise/summit/attendees/{code}/cancel"
    assert pages.words(organiser.get(url), "//main//h1") == ["Cancel the registration of Ada Lindqvist?"]
    with write():
        assert registrations.registration(summit, code).cancelled_at is None
    assert pages.open_form(organiser, url).send().location == "/organise/summit/attendees"
    with write():
        assert registrations.registration(summit, code).cancelled_at is not None
