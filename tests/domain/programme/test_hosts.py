"""Hosts, venues and rooms: addresses that last, and what stays when one of them goes."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from confapp.database import db
from confapp.domain.errors import Invalid, Missing
from confapp.domain.programme import hosts
from confapp.domain.programme.hosts import Host, Room, Venue
from tests.conftest import NOW, Transaction
from tests.factories import make_conference, make_host, make_room, make_venue

NOUNS: Any = pytest.mark.parametrize(
    ("noun", "one", "all_of", "identifier"),
    [
        (Host, hosts.host, hosts.hosts, "slug"),
        (Venue, hosts.venue, hosts.venues, "slug"),
        (Room, hosts.room, hosts.rooms, "code"),
    ],
)


@NOUNS
def test_each_gets_an_address_from_its_name(
    write: Transaction, noun: Any, one: Any, all_of: Any, identifier: str
) -> None:
    with write():
        conference, other = make_conference(), make_conference("other")
        for name in ("École Royale", "École Royale", "?"):
            hosts.create(noun, conference, {"name": {"fr": name}}, by=None, now=NOW)
        hosts.create(noun, other, {"name": {"fr": "École Royale"}}, by=None, now=NOW)
    with write():
        held = [getattr(row, identifier) for row in all_of(conference)]
        assert held == ["ecole-royale", "ecole-royale-2", noun.__tablename__]
        assert one(conference, "ecole-royale-2").position == 1
        assert one(other, "ecole-royale").conference_id == other.id
        with pytest.raises(Missing):
            one(other, "ecole-royale-2")


@NOUNS
def test_an_address_is_taken_once(write: Transaction, noun: Any, one: Any, all_of: Any, identifier: str) -> None:
    with write():
        conference = make_conference()
        hosts.create(noun, conference, {"name": {"en": "A"}, identifier: "a"}, by=None, now=NOW)
    with pytest.raises(Invalid) as refused, write():
        hosts.create(noun, conference, {"name": {"en": "B"}, identifier: "a"}, by=None, now=NOW)
    assert refused.value.errors == {identifier: [f"Another {noun.__tablename__} has this address already."]}
    with write():
        assert len(all_of(conference)) == 1


@NOUNS
def test_editing_leaves_the_address(write: Transaction, noun: Any, one: Any, all_of: Any, identifier: str) -> None:
    with write():
        conference = make_conference()
        row = hosts.create(noun, conference, {"name": {"en": "A"}}, by=None, now=NOW)
        hosts.edit(row, {"name": {"en": "B"}, identifier: "b", "position": 9}, by=None, now=NOW)
    with write():
        assert (one(conference, "a").name, row.position) == ({"en": "B"}, 9)


def test_making_one_leaves_the_given_values_alone(write: Transaction) -> None:
    values = {"name": {"en": "A"}, "code": "a"}
    with write():
        hosts.create(Room, make_conference(), values, by=None, now=NOW)
    assert values == {"name": {"en": "A"}, "code": "a"}


def test_rooms_outlive_their_host_and_venue(write: Transaction) -> None:
    with write():
        conference = make_conference()
        host, venue = make_host(conference), make_venue(conference)
        venue.host_id = host.id
        room = make_room(conference, host_id=host.id, venue_id=venue.id)
    with write():
        assert (room.host, room.venue) == (host, venue)
        hosts.delete(host, by=None, now=NOW)
    with write():
        assert [room.host_id, room.venue_id] == [None, venue.id]
        assert not venue.host_id
        hosts.delete(venue, by=None, now=NOW)
    with write():
        assert hosts.rooms(conference) == [room]
        assert room.venue_id is None


def test_rooms_stand_in_their_order(write: Transaction) -> None:
    with write():
        conference = make_conference()
        names = [("C", 1), ("A", 2), ("B", 1)]
        for name, position in names:
            make_room(conference, name, position=position)
        assert [room.code for room in hosts.rooms(conference)] == ["c", "b", "a"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE room SET capacity = 0",
        "UPDATE venue SET latitude = 50.8",
        "UPDATE venue SET latitude = 91, longitude = 4",
        "UPDATE venue SET latitude = 50, longitude = -181",
        "UPDATE host SET logo = 'no blob'",
        "UPDATE room SET host_id = 99",
    ],
)
def test_the_database_is_the_last_fence(write: Transaction, statement: str) -> None:
    with write():
        conference = make_conference()
        make_host(conference), make_venue(conference), make_room(conference)
    with pytest.raises(IntegrityError), write():
        db.session.execute(sa.text(statement))


@pytest.mark.parametrize(
    ("place", "missing"), [({"latitude": 50.8}, "longitude"), ({"latitude": None, "longitude": 4.4}, "latitude")]
)
def test_a_venue_lies_at_both_degrees_or_neither(write: Transaction, place: dict[str, Any], missing: str) -> None:
    said = {missing: ["Give both latitude and longitude, or neither."]}
    with write():
        conference = make_conference()
        venue = make_venue(conference)
        with pytest.raises(Invalid) as refused:
            hosts.create(Venue, conference, {"name": {"en": "A"}} | place, by=None, now=NOW)
        assert refused.value.errors == said
        with pytest.raises(Invalid) as refused:
            hosts.edit(venue, place, by=None, now=NOW)
        assert refused.value.errors == said
        hosts.edit(venue, {"latitude": 50.8, "longitude": 4.4}, by=None, now=NOW)
        hosts.edit(venue, {"latitude": 51.0}, by=None, now=NOW)
