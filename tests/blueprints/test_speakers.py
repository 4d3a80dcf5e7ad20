"""Organisers' pages of speakers; and which of them a track manager reaches."""

from __future__ import annotations

from flask.testing import FlaskClient

from confapp.database import Mode
from confapp.domain.permissions import Role
from confapp.domain.programme import sessions, speakers
from confapp.domain.programme.conferences import Conference
from tests.blueprints.conftest import As, Queries
from tests.conftest import Transaction
from tests.factories import make_conference, make_session, make_speaker, make_track, token_for
from tests.pages import errors, form_in, notices, open_form, words

URL = "/organise/summit/speakers"


def test_a_speaker_is_made_edited_and_deleted(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    typed = {"name": "Ada Lindqvist", "affiliation": "Field Institute", "country": "SE", "email": "ada@example.org"}
    answer = open_form(organiser, f"{URL}/new").send(typed | {"biography.en": "One.\r\n\r\nTwo."})
    assert answer.location == URL
    with write(Mode.READ):
        (ada,) = speakers.speakers(summit)
        assert ada.biography == {"en": "<p>One.</p>\n<p>Two.</p>"}
    form = open_form(organiser, f"{URL}/{ada.code}")
    assert {name: form[name] for name in typed} == typed
    assert form["biography.en"] == "One.\n\nTwo."
    assert form.send({"country": "", "biography.fr": "Un."}).location == f"{URL}/{ada.code}"
    with write(Mode.READ):
        changed = speakers.speaker(summit, ada.code)
        assert (changed.country, changed.biography["fr"], changed.name) == (None, "<p>Un.</p>", "Ada Lindqvist")
    with write():
        code = make_session(summit, "Cold chains", speakers.speaker(summit, ada.code)).code
    ask = organiser.get(f"{URL}/{ada.code}/delete")
    assert words(ask, "//form//li") == ["Cold chains"]
    assert form_in(organiser, ask).send().location == URL
    assert notices(organiser.get(URL)) == ["The speaker is gone from this conference."]
    with write(Mode.READ):
        assert speakers.speakers(summit) == []
        assert sessions.session(summit, code).parts == []


def test_what_cannot_be_is_named_and_typed_values_stay(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    form = open_form(organiser, f"{URL}/new")
    for change, said in [
        ({"name": ""}, {"name": "Fill this in."}),
        ({"name": "x" * 201}, {"name": "At most 200 characters."}),
        (
            {"country": "Sweden"},
            {"country": "At most 2 characters. Give the country's two capital letters, such as BE."},
        ),
        ({"email": "ada"}, {"email": "Give an e-mail address such as ada@example.org."}),
        ({"biography.fr": "x" * 20_001}, {"biography-fr": "At most 20000 characters."}),
    ]:
        answer = form.send({"name": "Ada", "biography.en": "<p>A <em>b</em>"} | change)
        assert (answer.status_code, errors(answer)) == (422, said)
        again = form_in(organiser, answer)
        assert again["biography.en"] == "<p>A <em>b</em>"
        assert {name: again[name] for name in change} == change
    with write(Mode.READ):
        assert speakers.speakers(summit) == []


def test_foreign_markup_is_cleaned_and_shown_as_words(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    evil = "<script>alert(1)</script>"
    open_form(organiser, f"{URL}/new").send({"name": f"{evil}Ada", "biography.en": f"<p>{evil}Hi</p>"})
    with write(Mode.READ):
        (ada,) = speakers.speakers(summit)
        assert ada.biography == {"en": "<p>Hi</p>"}
    for url in (URL, f"{URL}/{ada.code}", f"{URL}/{ada.code}/delete"):
        page = organiser.get(url).text
        assert evil not in page
        assert "&lt;script&gt;alert(1)" in page


def test_the_list_is_sorted_as_people_read_and_narrowed_by_words(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    with write():
        for name in ("zoë", "Émile", "Eva", "Ångström"):
            make_speaker(summit, name)
    assert words(organiser.get(URL), "//tbody//th") == ["Ångström", "Émile", "Eva", "zoë"]
    assert words(organiser.get(f"{URL}?q=emi"), "//tbody//th") == ["Émile"]
    assert "No speaker matches." in organiser.get(f"{URL}?q=nobody").text


def test_long_lists_come_in_pages(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    with write():
        speakers.create_speakers(
            summit, [{"name": f"S{number:03}"} for number in range(205)], by=None, now=summit.created_at
        )
    assert words(organiser.get(URL), "//tbody//th")[-1] == "S099"
    assert words(organiser.get(f"{URL}?page=3"), "//tbody//th") == ["S200", "S201", "S202", "S203", "S204"]
    for page in ("99", "0", "-1", "x"):
        assert organiser.get(f"{URL}?page={page}").status_code == 200
    assert f"{URL}?q=S&amp;page=2" in organiser.get(f"{URL}?q=S").text


# A track manager.


def test_a_track_manager_reaches_speakers_of_her_tracks(signed_in: As, write: Transaction, summit: Conference) -> None:
    with write():
        mine, other = make_track(summit, "Mine"), make_track(summit, "Other")
        people = {name: make_speaker(summit, name) for name in ("Hers", "Both", "Theirs", "New")}
        make_session(summit, None, people["Hers"], people["Both"], track=mine)
        make_session(summit, None, people["Both"], people["Theirs"], track=other)
        abroad = make_speaker(make_conference("elsewhere"))
    client = signed_in(Role.TRACK_MANAGER, scope_id=mine.id)
    codes = {name: person.code for name, person in people.items()} | {"Abroad": abroad.code}
    edits = {name: client.get(f"{URL}/{code}").status_code for name, code in codes.items()}
    assert edits == {"Hers": 200, "Both": 404, "Theirs": 404, "New": 200, "Abroad": 404}
    deletes = {name: client.get(f"{URL}/{code}/delete").status_code for name, code in codes.items()}
    assert deletes == {"Hers": 200, "Both": 404, "Theirs": 404, "New": 200, "Abroad": 404}
    posted = client.post(f"{URL}/{codes['Theirs']}", data={"csrf_token": token_for(client), "name": "Taken over"})
    assert posted.status_code == 404
    posted = client.post(f"{URL}/{codes['Both']}/delete", data={"csrf_token": token_for(client)})
    assert posted.status_code == 404
    assert words(client.get(URL), "//tbody//th[a]") == ["Hers", "New"]
    assert words(client.get(URL), "//tbody/tr[td/a]/th") == ["Hers", "New"]
    assert open_form(client, f"{URL}/new").send(name="Another").status_code == 302


def test_who_may_not_edit_sees_names_without_links(signed_in: As, write: Transaction, summit: Conference) -> None:
    with write():
        code = make_speaker(summit).code
    client = signed_in(Role.READ_ONLY)
    assert words(client.get(URL), "//tbody//a") == []
    assert client.get(f"{URL}/{code}").status_code == 404
    assert client.get(f"{URL}/new").status_code == 404


def test_the_list_takes_as_many_queries_whatever_its_length(
    organiser: FlaskClient, write: Transaction, summit: Conference, queries: Queries
) -> None:
    def more(count: int) -> int:
        with write():
            for _ in range(count):
                make_session(summit, None, make_speaker(summit), make_speaker(summit), track=make_track(summit))
        return queries(organiser, URL)

    few = more(1)
    assert more(29) == few < 12
