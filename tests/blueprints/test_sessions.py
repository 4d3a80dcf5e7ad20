"""Organisers' pages of sessions: made, edited, refused; and which of them a track manager reaches."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.database import Mode
from confapp.domain.permissions import Role
from confapp.domain.programme import sessions
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Kind, PartRole, Session, SessionState
from tests.blueprints.conftest import As, Queries
from tests.conftest import Transaction
from tests.factories import make_conference, make_room, make_session, make_slot, make_speaker, make_track, token_for
from tests.pages import errors, form_in, notices, open_form, summary, words

URL = "/organise/summit/sessions"


def all_of(write: Transaction, summit: Conference) -> list[Session]:
    with write(Mode.READ):
        return list(sessions.sessions(summit))


def test_a_session_is_made_and_edited(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    with write():
        make_track(summit)
        ada, bo = make_speaker(summit, "Ada"), make_speaker(summit, "Bo (the younger)")
    typed: dict[str, Any] = {
        "title.en": "Cold chains",
        "title.fr": "Froid",
        "kind": "panel",
        "track": "medicine",
        "language": "fr",
    }
    typed |= {"duration_minutes": "45", "expected": "80", "is_recorded": "false", "is_chatham_house": "true"}
    typed |= {"links": "https://example.org/a Slides", "notes": "Needs a freezer.", "abstract.en": "One.\r\n\r\nTwo."}
    people = {
        "parts.who": [f"Bo (the younger) ({bo.code})", f"Ada ({ada.code})", ""],
        "parts.role": ["chair", "panellist", "speaker"],
    }
    answer = open_form(organiser, f"{URL}/new").send(typed | people)
    (made,) = all_of(write, summit)
    assert answer.location == f"{URL}/{made.code}"
    assert (made.kind, made.state, made.duration_minutes, made.expected) == (Kind.PANEL, SessionState.ACCEPTED, 45, 80)
    assert (made.is_recorded, made.is_chatham_house, made.language) == (False, True, "fr")
    assert [(part.speaker.name, part.role) for part in made.parts] == [
        ("Bo (the younger)", PartRole.CHAIR),
        ("Ada", PartRole.PANELLIST),
    ]
    assert notices(organiser.get(f"{URL}/{made.code}")) == ["The session stands; give it a time and a room."]

    form = open_form(organiser, f"{URL}/{made.code}")
    typed["abstract.en"] = "One.\n\nTwo."
    assert {name: form[name] for name in typed} == typed
    assert form.values["parts.who"] == [f"Bo (the younger) ({bo.code})", f"Ada ({ada.code})", "", "", ""]
    assert form.values["parts.role"] == ["chair", "panellist", "speaker", "speaker", "speaker"]
    people = {"parts.who": [ada.code, "", "", "", ""], "parts.role": ["speaker"] * 5}
    changed: dict[str, Any] = {
        "title.fr": "",
        "track": "",
        "is_recorded": "",
        "is_chatham_house": None,
        "state": "confirmed",
        "links": "",
    }
    assert form.send(changed | people).location == f"{URL}/{made.code}"
    (after,) = all_of(write, summit)
    assert (after.title, after.track, after.is_recorded, after.is_chatham_house) == (
        {"en": "Cold chains"},
        None,
        None,
        False,
    )
    assert (after.state, after.links, after.version) == (SessionState.CONFIRMED, [], 2)
    assert [(part.speaker.name, part.role) for part in after.parts] == [("Ada", PartRole.SPEAKER)]


def test_saving_an_untouched_form_changes_nothing_but_the_version(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    links = [
        {"url": "https://example.org/a", "title": "", "is_attachment": True},
        {"url": "https://example.org/b", "title": "B", "is_attachment": False},
    ]
    with write():
        code = make_session(
            summit,
            "A",
            make_speaker(summit),
            links=links,
            language="de",
            abstract={"en": "<p>A <em>b</em></p>", "de": "<p>C</p>"},
        ).code
    (before,) = all_of(write, summit)
    held = {column.key: getattr(before, column.key) for column in Session.__table__.columns} | {"version": 2}
    assert open_form(organiser, f"{URL}/{code}").send().status_code == 302
    (after,) = all_of(write, summit)
    assert {name: getattr(after, name) for name in held} == held
    assert len(after.parts) == 1


WRONG: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"title.en": ""}, {"title-en": "Write this in at least one language."}),
    ({"title.fr": "x" * 301}, {"title-fr": "At most 300 characters."}),
    ({"track": "unknown"}, {"track": "“unknown” is not known in this conference."}),
    ({"track": "elsewhere"}, {"track": "“elsewhere” is not known in this conference."}),
    ({"kind": "lecture"}, {"kind": "Must be one of: keynote, talk, panel, workshop, lightning, break, social, other."}),
    ({"duration_minutes": "0"}, {"duration-minutes": "Between 1 minute and 24 hours (1440 minutes)."}),
    ({"duration_minutes": "half an hour"}, {"duration-minutes": "Give a whole number."}),
    ({"expected": "-1"}, {"expected": "Between 0 and 1000000."}),
    ({"language": "english"}, {"language": "Give language tags such as en or pt-BR."}),
    ({"links": "slides"}, {"links": "Give a whole address such as https://example.org/page."}),
    (
        {"parts.who": ["Nobody", "", ""]},
        {"parts": "“Nobody” has no profile in this conference yet: make it under Speakers first."},
    ),
    (
        {"parts.who": ["Somebody (XXXXXX)", "", ""]},
        {"parts": "“XXXXXX” has no profile in this conference yet: make it under Speakers first."},
    ),
    (
        {"parts.who": ["Ada", "", ""], "parts.role": ["boss", "speaker", "speaker"]},
        {"parts": "Name a speaker's code and a role: speaker, panellist or chair."},
    ),
]


def test_what_cannot_be_is_named_and_typed_values_stay(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    with write():
        make_track(make_conference("other"), "Elsewhere")
    form = open_form(organiser, f"{URL}/new")
    for change, said in WRONG:
        answer = form.send({"title.en": "New", "notes": "Kept"} | change)
        assert (change, answer.status_code, errors(answer)) == (change, 422, said)
        again = form_in(organiser, answer)
        assert again["notes"] == "Kept"
        kept = {
            name: value for name, value in change.items() if name not in ("track", "kind", "language", "parts.role")
        }
        for name, value in kept.items():
            assert [words for words in again.values[name] if words] == [
                words for words in ([value] if isinstance(value, str) else value or []) if words
            ]
    assert all_of(write, summit) == []


def test_a_form_that_was_open_too_long_is_stale(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    with write():
        code = make_session(summit, "A").code
    mine, theirs = (open_form(organiser, f"{URL}/{code}") for _ in range(2))
    assert theirs.send({"title.en": "Theirs"}).status_code == 302
    answer = mine.send({"title.en": "Mine"})
    assert answer.status_code == 412
    assert summary(answer) == [
        "Somebody changed this session since you opened it. Copy what you typed, reload, and try again."
    ]
    assert form_in(organiser, answer)["title.en"] == "Mine"
    assert form_in(organiser, answer).send().status_code == 412
    assert [each.title for each in all_of(write, summit)] == [{"en": "Theirs"}]
    assert mine.send(version="many").status_code == 422


def test_the_page_of_a_session_says_when_and_where(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    with write():
        session = make_session(summit)
    page = organiser.get(f"{URL}/{session.code}")
    assert "Not scheduled" in page.text
    assert "Give it a place" in page.text
    with write():
        make_slot(summit, sessions.session(summit, session.code), make_room(summit, "Aula"), "10:00")
    page = organiser.get(f"{URL}/{session.code}")
    assert words(page, "//section[h2[@id='places']]//li") == ["Monday 18 May 2026, 10:00 – 10:30, Aula"]
    assert "Repeat it at another time" in page.text


def test_the_list_is_narrowed_by_words_track_and_state(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    with write():
        ada = make_speaker(summit, "Ada Lindqvist")
        make_session(summit, "Émile", track=make_track(summit, "Medicine"))
        make_session(summit, "Beta", ada, state=SessionState.PROPOSED)
        make_session(summit, "alpha")

    def listed(query: str) -> list[str]:
        return words(organiser.get(f"{URL}{query}"), "//tbody//th/a")

    assert listed("") == ["alpha", "Beta", "Émile"]
    assert listed("?q=lindq") == ["Beta"]
    assert listed("?q=EMI") == ["Émile"]
    assert listed("?track=medicine") == ["Émile"]
    assert listed("?state=confirmed&q=alpha") == ["alpha"]
    assert "No session matches." in organiser.get(f"{URL}?q=nothing").text
    page = organiser.get(f"{URL}?q=beta&state=proposed")
    assert words(page, "//select[@name='state']/option[@selected]") == ["Proposed"]


def test_an_empty_conference_says_what_a_session_is(organiser: FlaskClient, summit: Conference) -> None:
    assert "No sessions yet." in organiser.get(URL).text


def test_a_name_is_enough_where_one_person_has_it(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    with write():
        eva, _ada, _other = (make_speaker(summit, name) for name in ("Eva Brandt", "Ada Moreau", "Ada Moreau"))
    form = open_form(organiser, f"{URL}/new")
    refused = form.send({"title.en": "Yeast", "parts.who": ["ada moreau", "", ""]})
    assert errors(refused) == {"parts": "2 people are called “ada moreau”: choose one from the list."}
    assert form.send({"title.en": "Yeast", "parts.who": ["eva brandt", "", ""]}).status_code == 302
    with write():
        (talk,) = sessions.sessions_of(eva)
        assert talk.title == {"en": "Yeast"}


# A track manager.


def test_a_track_manager_reaches_her_tracks_only(signed_in: As, write: Transaction, summit: Conference) -> None:
    with write():
        mine, other = make_track(summit, "Mine"), make_track(summit, "Other")
        hers = make_session(summit, "Hers", track=mine)
        theirs = make_session(summit, "Theirs", track=other)
        nobodys = make_session(summit, "Nobodys")
        abroad = make_session(make_conference("elsewhere"), "Abroad")
    client = signed_in(Role.TRACK_MANAGER, scope_id=mine.id)
    assert client.get(f"{URL}/{hers.code}").status_code == 200
    for session in (theirs, nobodys, abroad):
        posted = client.post(f"{URL}/{session.code}", data={"csrf_token": token_for(client), "title.en": "Taken over"})
        assert (client.get(f"{URL}/{session.code}").status_code, posted.status_code) == (404, 404)
    assert [link.split(" ")[0] for link in words(client.get(URL), "//tbody//th/a")] == ["Hers"]


def test_a_track_manager_keeps_sessions_in_her_tracks(signed_in: As, write: Transaction, summit: Conference) -> None:
    with write():
        mine = make_track(summit, "Mine")
        make_track(summit, "Other")
        hers = make_session(summit, "Hers", track=mine)
    client = signed_in(Role.TRACK_MANAGER, scope_id=mine.id)
    form = open_form(client, f"{URL}/new")
    assert form["track"] == "mine"
    assert words(client.get(f"{URL}/new"), "//select[@name='track']/option") == ["Mine"]
    assert form.send({"title.en": "Another"}).status_code == 302
    for track in ("other", ""):
        assert form.send({"title.en": "Theirs"}, track=track).status_code == 404
        assert open_form(client, f"{URL}/{hers.code}").send(track=track).status_code == 404
    assert [(each.title["en"], each.track_id) for each in all_of(write, summit)] == [
        ("Hers", mine.id),
        ("Another", mine.id),
    ]


@pytest.mark.sqlite
def test_who_may_not_edit_sees_titles_without_links(signed_in: As, write: Transaction, summit: Conference) -> None:
    with write():
        code = make_session(summit).code
    for role in (Role.READ_ONLY, Role.PRESS_OFFICER, Role.STAGE_DESK):
        client = signed_in(role)
        assert words(client.get(URL), "//tbody//a") == []
        assert "New session" not in client.get(URL).text
        assert client.get(f"{URL}/{code}").status_code == 404


def test_the_pages_take_as_many_queries_whatever_there_is(
    organiser: FlaskClient, write: Transaction, summit: Conference, queries: Queries
) -> None:
    def more(count: int) -> list[int]:
        with write():
            for _ in range(count):
                session = make_session(
                    summit, None, make_speaker(summit), make_speaker(summit), track=make_track(summit)
                )
                make_slot(summit, session, make_room(summit))
        return [queries(organiser, URL), queries(organiser, f"{URL}/{session.code}")]

    few = more(1)
    assert more(29) == few
    assert max(few) < 15
