"""Conferences: values that agree with each other, addresses that last, who finds which, and tracks."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, strategies
from sqlalchemy.exc import IntegrityError

from confapp.database import Mode, db
from confapp.domain import permissions
from confapp.domain.audit import AuditEntry
from confapp.domain.errors import Invalid, Missing
from confapp.domain.people import Account
from confapp.domain.permissions import Held, Permission, Role
from confapp.domain.programme import conferences, slots
from confapp.domain.programme.conferences import RESERVED_SLUGS, Conference, Track, slugify
from tests.conftest import NOW, Transaction
from tests.factories import FIRST_DAY, make_account, make_conference, make_session, make_track


def refusals(write: Transaction, **values: Any) -> dict[str, Any]:
    """What is wrong with a new conference of these values."""
    with pytest.raises(Invalid) as refused, write():
        make_conference(**values)
    return dict(refused.value.errors)


def test_a_new_conference_has_an_empty_schedule_and_an_owner(write: Transaction) -> None:
    with write():
        account = make_account()
        conference = make_conference(by=account)
    with write(Mode.READ):
        assert slots.version(conference) == 0
        (held,) = permissions.Held(account, conference.id, NOW).grants
        assert held.role is Role.OWNER
        assert conference.facts.slug == "summit"
        assert conference.facts.day_of(dt.datetime(2026, 5, 17, 22, 30, tzinfo=dt.UTC)) == FIRST_DAY


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"slug": "press"}, {"slug": ["This address is used by the app itself; choose another."]}),
        (
            {"timezone": "Mars/Olympus"},
            {"timezone": ["Mars/Olympus is not a time zone; name one like Europe/Brussels."]},
        ),
        (
            {"timezone": "../etc/passwd"},
            {"timezone": ["../etc/passwd is not a time zone; name one like Europe/Brussels."]},
        ),
        ({"ends_on": FIRST_DAY - dt.timedelta(days=1)}, {"ends_on": ["The last day lies before the first."]}),
        ({"languages": []}, {"languages": ["Name at least one language."]}),
        ({"languages": ["fr"]}, {"title": ["Give the title in the conference's first language."]}),
        ({"title": {"en": ""}}, {"title": ["Give the title in the conference's first language."]}),
    ],
)
def test_values_that_cannot_be_are_named(
    write: Transaction, values: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    assert refusals(write, **values) == errors
    with write(Mode.READ):
        assert db.session.scalars(sa.select(Conference)).all() == []


def test_everything_wrong_is_said_at_once(write: Transaction) -> None:
    assert set(refusals(write, slug="api", timezone="x", languages=[], ends_on=dt.date(2000, 1, 1))) == {
        "slug",
        "timezone",
        "languages",
        "ends_on",
    }


def test_two_conferences_cannot_have_one_address(write: Transaction) -> None:
    with write():
        make_conference("summit")
    assert refusals(write) == {"slug": ["Another conference has this address already."]}


def test_editing_changes_what_is_given_and_records_the_fields(write: Transaction) -> None:
    with write():
        conference = make_conference(city="Ghent")
    with write():
        conferences.edit(conference, {"city": "Brussels", "title": {"en": "Summit"}}, by=None, now=NOW)
    with write():
        assert (conference.city, conference.timezone) == ("Brussels", "Europe/Brussels")
        entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "conference.edit")).one()
        assert entry.facts == {"fields": ["city"]}
        conferences.edit(conference, {"city": "Brussels"}, by=None, now=NOW)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 2, "nothing changed"


def test_editing_cannot_make_values_disagree(write: Transaction) -> None:
    with write():
        conference = make_conference()
    for values, field in (
        ({"ends_on": FIRST_DAY - dt.timedelta(days=1)}, "ends_on"),
        ({"starts_on": FIRST_DAY + dt.timedelta(days=9)}, "ends_on"),
        ({"languages": ["fr", "en"]}, "title"),
        ({"timezone": "x"}, "timezone"),
    ):
        with pytest.raises(Invalid) as refused, write():
            conferences.edit(conference, values, by=None, now=NOW)
        assert set(refused.value.errors) == {field}


def test_a_conferences_address_is_for_ever(write: Transaction) -> None:
    with write():
        conference = make_conference()
        conferences.edit(conference, {"slug": "summit", "city": "Ghent"}, by=None, now=NOW)
    with pytest.raises(Invalid) as refused, write():
        conferences.edit(conference, {"slug": "other"}, by=None, now=NOW)
    assert refused.value.errors == {"slug": ["An address that people know cannot change."]}
    with write():
        assert conference.slug == "summit"


def seen(slug: str, asker: Account | None, permission: Permission) -> Conference:
    return conferences.by_slug(slug, permission, lambda conference_id: Held(asker, conference_id, NOW))


def test_what_the_asker_may_not_see_does_not_exist(write: Transaction) -> None:
    with write():
        one, other = make_conference("one"), make_conference("other")
        organiser = make_account("organiser@example.org", role=Role.ORGANISER, conference=one)
        admin = make_account("admin@example.org", is_admin=True)
    with write(Mode.READ):
        read = Permission.CONFERENCE_READ
        assert seen("one", organiser, read) == one
        assert seen("other", admin, read) == other
        assert conferences.conferences_for(organiser, now=NOW) == [one]
        assert conferences.conferences_for(admin, now=NOW) == [one, other]
    for slug, asker, permission in (
        ("other", organiser, read),
        ("one", organiser, Permission.PRESS_READ),
        ("one", None, read),
        ("none", admin, read),
    ):
        with pytest.raises(Missing), write(Mode.READ):
            seen(slug, asker, permission)


def test_the_public_sees_public_conferences_only(write: Transaction) -> None:
    with write():
        early = make_conference("early", starts_on=FIRST_DAY - dt.timedelta(days=9))
        later = make_conference("later")
        make_conference("hidden", is_public=False)
    with write(Mode.PUBLIC):
        assert conferences.public_conferences() == [later, early]
        assert conferences.public_by_slug("early") == early
        with pytest.raises(Missing):
            conferences.public_by_slug("hidden")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE conference SET ends_on = '2000-01-01'",
        "UPDATE conference SET slug = 'one'",
        "UPDATE track SET colour = 13",
    ],
)
def test_the_database_is_the_last_fence(write: Transaction, statement: str) -> None:
    with write():
        make_track(make_conference("one"))
        make_conference("other")
    with pytest.raises(IntegrityError), write():
        db.session.execute(sa.text(statement))


# Tracks.


def test_tracks_get_an_address_a_colour_and_a_place(write: Transaction) -> None:
    with write():
        conference = make_conference()
        for name in ("Défense & Médecine", "Défense & Médecine", "生物"):
            make_track(conference, name)
        made = [(track.slug, track.colour, track.position) for track in conferences.tracks(conference)]
        assert made == [("defense-medecine", 1, 0), ("defense-medecine-2", 2, 1), ("track", 3, 2)]
        assert conferences.track(conference, "track").name == {"en": "生物"}
        with pytest.raises(Missing):
            conferences.track(make_conference("other"), "track")


def test_a_tracks_address_is_taken_once_and_lasts(write: Transaction) -> None:
    with write():
        conference = make_conference()
        track = make_track(conference, slug="bio")
    with pytest.raises(Invalid) as refused, write():
        make_track(conference, slug="bio")
    assert refused.value.errors == {"slug": ["Another track has this address already."]}
    with write():
        conferences.edit_track(track, {"slug": "other", "colour": 7}, by=None, now=NOW)
    with write():
        assert (track.slug, track.colour) == ("bio", 7)


def test_a_session_outlives_its_track(write: Transaction) -> None:
    with write():
        conference = make_conference()
        track = make_track(conference)
        session = make_session(conference, track=track)
    with write():
        conferences.delete_track(track, by=None, now=NOW)
    with write():
        assert db.session.scalars(sa.select(Track)).all() == []
        assert session.track is None


@given(strategies.text(), strategies.sets(strategies.text("ab-2", min_size=1)), strategies.integers(8, 60))
def test_a_slug_is_a_slug_whatever_the_words(words: str, taken: set[str], length: int) -> None:
    slug = slugify(words, taken=taken, length=length)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= length
    assert slug not in taken


def test_a_slug_that_is_taken_gets_a_number_and_no_double_hyphen() -> None:
    assert slugify("Abc defg", taken={"abc-defg"}, length=9) == "abc-2"
    assert slugify("Talk", taken={"talk", "talk-2"}) == "talk-3"


def test_reserved_words_could_be_slugs_otherwise() -> None:
    assert {slug for slug in RESERVED_SLUGS if "." not in slug} == {
        slugify(slug) for slug in RESERVED_SLUGS if "." not in slug
    }
