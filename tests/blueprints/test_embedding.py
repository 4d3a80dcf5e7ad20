"""The agenda inside other sites: frames without scripts, data that other origins may read, linked data in pages."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from tests.agenda_scene import Programme
from tests.conftest import Transaction
from tests.pages import tree, words


@pytest.fixture
def programme(write: Transaction) -> Programme:
    """The scene, released."""
    with write():
        made = Programme()
        made.release()
    return made


def test_a_frame_runs_nothing_and_may_stand_anywhere(client: FlaskClient, programme: Programme) -> None:
    answer = client.get(f"/summit/agenda/embed?room={programme.lab.code}")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert tree(answer).xpath("//script | //form | //@onclick") == []
    assert words(answer, "//h3") == ["Evening reception", "Who answers for a gene?"]
    assert "frame-ancestors 'none'" in client.get("/summit/agenda").headers["Content-Security-Policy"]
    assert client.get("/summit/agenda/embed?room=cellar").status_code == 422


def test_other_sites_may_read_the_data_and_load_the_component(client: FlaskClient, programme: Programme) -> None:
    for path in ("/summit/agenda.json", "/summit/agenda.ics", "/embed.js"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert "Access-Control-Allow-Origin" not in client.get("/summit/agenda").headers


def test_pages_carry_linked_data(client: FlaskClient, programme: Programme) -> None:
    for path, name in (("/summit/", "Summit"), (f"/summit/sessions/{programme.keynote.code}", "Biology and treaties")):
        (script,) = tree(client.get(path)).xpath("//script[@type='application/ld+json']")
        told = json.loads(script.text)
        assert (told[0] if isinstance(told, list) else told)["name"] == name
