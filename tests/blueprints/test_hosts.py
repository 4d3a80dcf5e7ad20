"""Organisers' pages of hosts, venues and rooms; and what a host's coordinator reaches of them."""

from __future__ import annotations

import io

from flask.testing import FlaskClient

from confapp.database import Mode
from confapp.domain.permissions import Role
from confapp.domain.programme import hosts
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Host
from tests.blueprints.conftest import As, Queries
from tests.conftest import Transaction
from tests.domain.programme.test_pictures import drawn
from tests.factories import make_conference, make_host, make_room, make_session, make_slot, make_venue, token_for
from tests.pages import errors, form_in, notices, open_form, words

NAME = "Write this in at least one language."
URL = "/organise/summit"


def test_a_host_is_made_edited_and_deleted(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    typed = {"name.en": "Royal Academy", "name.fr": "Académie", "country": "BE", "contact_email": "ada@example.org"}
    assert open_form(organiser, f"{URL}/hosts/new").send(typed).location == f"{URL}/hosts"
    assert words(organiser.get(f"{URL}/hosts"), "//tbody/tr/*")[:3] == ["Royal Academy", "Belgium", "ada@example.org"]
    form = open_form(organiser, f"{URL}/hosts/royal-academy")
    assert {name: form[name] for name in typed} == typed
    form.send({"name.fr": "", "url": "https://example.org", "description.en": "<p>Since <em>1834</em></p>"})
    with write(Mode.READ):
        host = hosts.host(summit, "royal-academy")
        assert (host.name, host.country, host.url) == ({"en": "Royal Academy"}, "BE", "https://example.org")
        assert host.description == {"en": "<p>Since <em>1834</em></p>"}
    with write():
        make_room(summit, "Aula", host_id=host.id)
    ask = organiser.get(f"{URL}/hosts/royal-academy/delete")
    assert "Delete the host “Royal Academy”?" in ask.text
    assert "Aula" in words(ask, "//form//li")
    assert form_in(organiser, ask).send().location == f"{URL}/hosts"
    assert notices(organiser.get(f"{URL}/hosts")) == ["The host is gone; its venues and rooms stay."]
    with write(Mode.READ):
        assert hosts.hosts(summit) == []
        assert hosts.room(summit, "aula").host is None


def test_a_venue_is_made_edited_and_deleted(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    with write():
        make_host(summit)
    typed = {"name.en": "Main Building", "host": "royal-academy", "latitude": "50.84", "longitude": "4.39"}
    assert open_form(organiser, f"{URL}/venues/new").send(typed).location == f"{URL}/venues"
    form = open_form(organiser, f"{URL}/venues/main-building")
    assert {name: form[name] for name in typed} == typed
    form.send(host="", latitude="", longitude="", address="Avenue 30", city="Brussels")
    with write(Mode.READ):
        venue = hosts.venue(summit, "main-building")
        assert (venue.host, venue.latitude, venue.address, venue.city) == (None, None, "Avenue 30", "Brussels")
    with write():
        make_room(summit, "Aula", venue_id=venue.id)
    ask = organiser.get(f"{URL}/venues/main-building/delete")
    assert "Aula" in words(ask, "//form//li")
    form_in(organiser, ask).send()
    with write(Mode.READ):
        assert hosts.venues(summit) == []
        assert hosts.room(summit, "aula").venue is None


def test_a_room_is_made_edited_and_deleted(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    with write():
        make_host(summit)
        make_venue(summit)
    typed = {"name.en": "Aula Magna", "venue": "main-building", "host": "royal-academy", "capacity": "200"}
    typed |= {"is_step_free": "true", "equipment": "projector, hearing loop", "floor": "1"}
    assert open_form(organiser, f"{URL}/rooms/new").send(typed).location == f"{URL}/venues"
    form = open_form(organiser, f"{URL}/rooms/aula-magna")
    assert {name: form[name] for name in typed} == typed
    with write(Mode.READ):
        room = hosts.room(summit, "aula-magna")
        assert (room.equipment, room.is_step_free, room.position) == (["projector", "hearing loop"], True, 0)
    form.send(is_step_free="", capacity="", venue="", host="")
    with write(Mode.READ):
        room = hosts.room(summit, "aula-magna")
        assert (room.capacity, room.is_step_free, room.venue, room.host) == (None, None, None, None)
    ask = organiser.get(f"{URL}/rooms/aula-magna/delete")
    assert form_in(organiser, ask).send().location == f"{URL}/venues"
    with write(Mode.READ):
        assert hosts.rooms(summit) == []


def test_a_room_in_use_is_not_deleted(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    with write():
        make_slot(summit, make_session(summit), make_room(summit, "Aula"))
    answer = open_form(organiser, f"{URL}/rooms/aula/delete").send()
    assert answer.status_code == 409
    assert "This room is still in use (slots: 1). Move them first." in answer.text
    with write(Mode.READ):
        assert len(hosts.rooms(summit)) == 1


WRONG = {
    "hosts": [
        ({"name.en": ""}, {"name-en": NAME}),
        ({"slug": "taken"}, {"slug": "Another host has this address already."}),
        ({"slug": "T!"}, {"slug": "Use small letters a to z, digits and single hyphens."}),
        ({"country": "be"}, {"country": "Give the country's two capital letters, such as BE."}),
        ({"url": "example"}, {"url": "Give a whole address such as https://example.org/page."}),
        ({"contact_email": "ada"}, {"contact-email": "Give an e-mail address such as ada@example.org."}),
        ({"contact_name": "x" * 201}, {"contact-name": "At most 200 characters."}),
    ],
    "venues": [
        ({"name.en": ""}, {"name-en": NAME}),
        ({"slug": "taken"}, {"slug": "Another venue has this address already."}),
        ({"host": "unknown"}, {"host": "“unknown” is not known in this conference."}),
        ({"latitude": "50"}, {"longitude": "Give both latitude and longitude, or neither."}),
        ({"latitude": "91", "longitude": "0"}, {"latitude": "Between -90 and 90 degrees."}),
        ({"latitude": "north", "longitude": "0"}, {"latitude": "Give a number."}),
    ],
    "rooms": [
        ({"name.en": ""}, {"name-en": NAME}),
        ({"code": "taken"}, {"code": "Another room has this address already."}),
        ({"venue": "unknown"}, {"venue": "“unknown” is not known in this conference."}),
        ({"host": "elsewhere"}, {"host": "“elsewhere” is not known in this conference."}),
        ({"capacity": "0"}, {"capacity": "Between 1 and 1000000 seats."}),
        ({"capacity": "many"}, {"capacity": "Give a whole number."}),
        ({"capacity": "9" * 30}, {"capacity": "Between 1 and 1000000 seats."}),
        ({"position": "-1"}, {"position": "Between 0 and 100000."}),
        ({"equipment": "x" * 61}, {"equipment": "At most 60 characters."}),
    ],
}


def test_what_cannot_be_is_named_and_typed_values_stay(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    with write():
        make_host(summit, "Taken")
        make_venue(summit, "Taken")
        make_room(summit, "Taken")
        make_host(make_conference("other"), "Elsewhere")
    for noun, cases in WRONG.items():
        form = open_form(organiser, f"{URL}/{noun}/new")
        for change, said in cases:
            answer = form.send({"name.en": "New", "name.fr": ""} | change)
            assert (noun, change, answer.status_code, errors(answer)) == (noun, change, 422, said)
            again = form_in(organiser, answer)
            kept = {name: words for name, words in change.items() if name not in ("host", "venue")}
            assert {name: again[name] for name in kept} == kept
    with write(Mode.READ):
        held = (hosts.hosts(summit), hosts.venues(summit), hosts.rooms(summit))
        assert [len(rows) for rows in held] == [1, 1, 1]


def test_two_rooms_of_one_name_get_different_codes(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    for _ in range(2):
        open_form(organiser, f"{URL}/rooms/new").send({"name.en": "Aula"})
    with write(Mode.READ):
        assert [room.code for room in hosts.rooms(summit)] == ["aula", "aula-2"]


# A host's coordinator.


def test_a_coordinator_reaches_what_her_host_lends(signed_in: As, write: Transaction, summit: Conference) -> None:
    with write():
        mine, other = make_host(summit, "Mine"), make_host(summit, "Other")
        make_room(summit, "Hers", host_id=mine.id)
        make_room(summit, "Theirs", host_id=other.id)
        make_room(summit, "Nobodys")
        make_venue(summit, "Her house", host_id=mine.id)
        make_venue(summit, "Their house", host_id=other.id)
    client = signed_in(Role.HOST_COORDINATOR, scope_id=mine.id)
    reached = [
        "hosts/mine",
        "rooms/hers",
        "venues/her-house",
        "rooms/hers/delete",
        "venues/her-house/delete",
        "rooms/new",
    ]
    refused = ["hosts/other", "rooms/theirs", "rooms/nobodys", "venues/their-house", "rooms/theirs/delete"]
    refused += ["venues/their-house/delete", "hosts/mine/delete", "hosts/new", "rooms/unknown"]
    assert {path: client.get(f"{URL}/{path}").status_code for path in reached} == dict.fromkeys(reached, 200)
    for path in refused:
        posted = client.post(f"{URL}/{path}", data={"csrf_token": token_for(client), "name.en": "Taken over"})
        assert (path, client.get(f"{URL}/{path}").status_code, posted.status_code) == (path, 404, 404)
    assert words(client.get(f"{URL}/venues"), "//tbody//th[a]") == ["Hers", "Her house"]
    assert words(client.get(f"{URL}/hosts"), "//tbody//th[a]") == ["Mine"]
    assert open_form(client, f"{URL}/rooms/hers").send(capacity="7").status_code == 302


def test_a_coordinator_lends_in_her_hosts_name_only(signed_in: As, write: Transaction, summit: Conference) -> None:
    with write():
        mine = make_host(summit, "Mine")
        make_host(summit, "Other")
        make_room(summit, "Hers", host_id=mine.id)
    client = signed_in(Role.HOST_COORDINATOR, scope_id=mine.id)
    form = open_form(client, f"{URL}/rooms/new")
    assert form["host"] == "mine"
    assert words(client.get(f"{URL}/rooms/new"), "//select[@name='host']/option") == ["Mine"]
    assert form.send({"name.en": "Another"}).status_code == 302
    for host in ("other", ""):
        assert form.send({"name.en": "Theirs"}, host=host).status_code == 404
        assert open_form(client, f"{URL}/rooms/hers").send(host=host).status_code == 404
    with write(Mode.READ):
        assert [(room.code, room.host_id) for room in hosts.rooms(summit)] == [("hers", mine.id), ("another", mine.id)]


def test_who_may_not_edit_sees_names_without_links(signed_in: As, write: Transaction, summit: Conference) -> None:
    with write():
        host = make_host(summit)
        make_room(summit, host_id=host.id)
    client = signed_in(Role.READ_ONLY)
    for page in ("hosts", "venues"):
        answer = client.get(f"{URL}/{page}")
        assert (
            words(answer, "//tbody//a[contains(@href, '/organise/')] | //h1/following::div[@class='actions']//a") == []
        )
    assert client.get(f"{URL}/rooms/room-1").status_code == 404


def test_lists_take_as_many_queries_whatever_their_length(
    organiser: FlaskClient, write: Transaction, summit: Conference, queries: Queries
) -> None:
    def more(count: int) -> list[int]:
        with write():
            for number in range(count):
                host: Host = make_host(summit, f"Host {number}")
                venue = make_venue(summit, f"Venue {number}", host_id=host.id)
                make_room(summit, f"Room {number}", host_id=host.id, venue_id=venue.id)
        return [queries(organiser, f"{URL}/{page}") for page in ("hosts", "venues")]

    few = more(1)
    assert more(29) == few
    assert max(few) < 10


def test_a_coordinator_sends_her_hosts_logo(signed_in: As, write: Transaction, summit: Conference) -> None:
    with write():
        mine, other = make_host(summit, "Mine"), make_host(summit, "Other")
    coordinator = signed_in(Role.HOST_COORDINATOR, mine.id)
    url = f"{URL}/hosts/{mine.slug}/logo"
    assert coordinator.get(f"{url}/picture").status_code == 404
    form = open_form(coordinator, url)
    sent = {"csrf_token": form["csrf_token"], "picture": (io.BytesIO(drawn(mode="RGBA", kind="PNG")), "logo.png")}
    assert coordinator.post(url, data=sent).status_code == 302
    assert coordinator.get(f"{url}/picture").mimetype == "image/png"
    refused = form.send()
    assert (refused.status_code, list(errors(refused))) == (422, ["picture"])
    assert coordinator.get(f"{URL}/hosts/{other.slug}/logo").status_code == 404


def test_a_coordinator_sends_the_plan_of_her_venue(signed_in: As, write: Transaction, summit: Conference) -> None:
    with write():
        mine, other = make_host(summit, "Mine"), make_host(summit, "Other")
        make_venue(summit, "Academy", host_id=mine.id)
        make_venue(summit, "Institute", host_id=other.id)
    coordinator = signed_in(Role.HOST_COORDINATOR, mine.id)
    url = f"{URL}/venues/academy/plan"
    assert coordinator.get(f"{url}/picture").status_code == 404
    form = open_form(coordinator, url)
    sent = {"csrf_token": form["csrf_token"], "picture": (io.BytesIO(drawn()), "plan.jpg")}
    assert coordinator.post(url, data=sent).status_code == 302
    assert coordinator.get(f"{url}/picture").mimetype == "image/jpeg"
    assert "Another plan" in coordinator.get(url).text
    refused = form.send()
    assert (refused.status_code, list(errors(refused))) == (422, ["picture"])
    assert coordinator.get(f"{URL}/venues/institute/plan").status_code == 404
