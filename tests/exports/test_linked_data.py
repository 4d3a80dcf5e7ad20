"""Linked data: what it says, and that no title can end the script element it stands in."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given

from confapp.domain.agenda import Agenda
from confapp.exports.linked_data import conference_data, session_data
from tests.agendas import agendas, make_agenda

OPTIONS = {"base_url": "https://conf.example", "language": "en"}


def test_a_session_is_an_event() -> None:
    agenda = make_agenda(4)
    (told,) = json.loads(session_data(agenda.entries[:1], agenda, **OPTIONS))
    assert (told["@type"], told["name"]) == ("Event", "Field diagnostics from bench to barracks")
    assert told["startDate"] == "2027-03-08T09:00:00+01:00"
    assert told["location"]["name"] == "Auditorium, Royal Academy, Renaissance Wing"
    assert told["performer"][0]["@type"] == "Person"
    assert told["eventStatus"].endswith("EventScheduled")
    gone = replace(agenda.entries[0], is_cancelled=True)
    assert json.loads(session_data((gone,), agenda, **OPTIONS))[0]["eventStatus"].endswith("EventCancelled")


def test_the_conference_is_an_event_with_its_hosts() -> None:
    told = json.loads(conference_data(make_agenda(4), **OPTIONS))
    assert (told["startDate"], told["endDate"]) == ("2027-03-08", "2027-03-09")
    assert next(host["name"] for host in told["organizer"]) == "Royal Military Academy"


@given(agendas())
def test_no_words_end_the_script(agenda: Agenda) -> None:
    for text in (conference_data(agenda, **OPTIONS), session_data(agenda.entries, agenda, **OPTIONS)):
        json.loads(text)
        assert not set(text) & set("<>&")
