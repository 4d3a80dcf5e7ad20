"""The owner's page that erases a person: what goes and stays is said first, and the name is typed to confirm."""

from __future__ import annotations

from typing import Any

import pytest

from confapp.database import Mode, db
from confapp.domain import permissions
from confapp.domain.permissions import Role
from confapp.domain.press.publications import Publication
from confapp.domain.programme.speakers import Speaker
from tests import pages
from tests.factories import NOW, make_account
from tests.newsroom import Newsroom

NAME = "Ada Lindqvist"
SAID = [
    {"kind": "speech", "speaker": NAME, "text": "Good afternoon."},
    {"kind": "speech", "speaker": "Ben Okoro", "text": f"Thank you, {NAME}."},
]


@pytest.fixture
def newsroom(app: Any, write: Any, clock: Any) -> Newsroom:
    """A keynote whose words are public, an owner and an organiser."""
    made = Newsroom(app, write, clock)
    with write():
        for name, role in (("owner", Role.OWNER), ("organiser", Role.ORGANISER)):
            made.people[name] = make_account(f"{name}@example.org")
            permissions.grant(made.people[name], made.conference.id, role, by=None, now=NOW)
        made.scene.released(now=NOW, blocks=SAID)
    return made


def _page(newsroom: Newsroom) -> str:
    return f"/organise/summit/speakers/{newsroom.scene.speaker.code}"


def _names(newsroom: Newsroom) -> tuple[str, str]:
    with newsroom.write(Mode.READ):
        return db.session.query(Speaker).one().name, db.session.query(Publication).one().byline


def test_an_owner_reads_what_goes_and_stays_and_types_the_name(newsroom: Newsroom) -> None:
    owner = newsroom.as_("owner")
    assert f"{_page(newsroom)}/erase" in owner.get(_page(newsroom)).text
    form = pages.open_form(owner, f"{_page(newsroom)}/erase")
    shown = owner.get(f"{_page(newsroom)}/erase")
    assert "on 1 publication" in shown.text
    assert pages.words(shown, "//li//li/a") == ["Vaccines for the next outbreak"], "in which the name is spoken"
    refused = form.send(name="Ada Lindquist")
    assert (refused.status_code, pages.errors(refused)) == (
        422,
        {"name": f"Type the name as it stands above: “{NAME}”."},
    )
    assert _names(newsroom) == (NAME, NAME)
    assert form.send(name=" ada  lindqvist ").status_code == 302
    assert _names(newsroom) == ("—", "—")


@pytest.mark.parametrize("name", ["organiser", "officer", "stage"])
def test_only_owners_erase(newsroom: Newsroom, name: str) -> None:
    assert newsroom.as_(name).get(f"{_page(newsroom)}/erase").status_code == 404
    assert newsroom.send(name, f"{_page(newsroom)}/erase", {"name": NAME}).status_code == 404
    path = f"/speakers/{newsroom.scene.speaker.code}/erasure"
    for method in ("GET", "POST"):
        assert newsroom.ask(name, method, path, json={"name": NAME}).status_code == 404
    assert "/erase" not in newsroom.as_(name).get(_page(newsroom)).text
    assert _names(newsroom) == (NAME, NAME)


def test_a_program_erases_as_the_page_does(newsroom: Newsroom) -> None:
    path = f"/speakers/{newsroom.scene.speaker.code}/erasure"
    foreseen: Any = newsroom.ask("owner", "GET", path).json
    assert (foreseen["profiles"], foreseen["publications"], foreseen["has_account"]) == (1, 1, False)
    assert [each.rpartition("/press/")[2].endswith("/v/1") for each in foreseen["staying"]] == [True]
    wrong: Any = newsroom.ask("owner", "POST", path, json={"name": "Somebody"})
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["name"])
    assert newsroom.ask("owner", "POST", path, json={"name": NAME}).json == foreseen
    assert _names(newsroom) == ("—", "—")
