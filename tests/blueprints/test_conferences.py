"""Organisers' pages of the conference: made, edited, its tracks, its history, and who may see which."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import render_template_string
from flask.testing import FlaskClient

from confapp.database import Mode, db
from confapp.domain import audit
from confapp.domain.live.stage import Fact
from confapp.domain.permissions import NEEDS_SCOPE, Role
from confapp.domain.press.transcripts import Event
from confapp.domain.programme import conferences, sessions
from confapp.domain.programme.conferences import Conference, Track
from confapp.web import ConfappFlask
from tests.blueprints.conftest import As, Queries
from tests.conftest import Transaction
from tests.factories import (
    make_account,
    make_conference,
    make_room,
    make_session,
    make_slot,
    make_speaker,
    make_track,
    sign_in,
)
from tests.pages import PageForm, errors, form_in, notices, open_form, summary, words

WEEK = {"starts_on": "2026-06-01", "ends_on": "2026-06-05", "slug": "week", "title.en": "A week"}


@pytest.fixture
def admin(app: ConfappFlask, write: Transaction) -> FlaskClient:
    """An instance administrator."""
    with write():
        account = make_account("admin@example.org", is_admin=True)
    return sign_in(app.test_client(), account)


def stored(write: Transaction, slug: str) -> Conference | None:
    with write(Mode.READ):
        return db.session.scalar(sa.select(Conference).where(Conference.slug == slug))


# Making one.


def test_a_new_conference(admin: FlaskClient, write: Transaction) -> None:
    answer = open_form(admin, "/organise/new").send(WEEK)
    assert (answer.status_code, answer.location) == (302, "/organise/week/")
    made = stored(write, "week")
    assert made is not None
    assert (made.title, made.timezone, made.languages) == ({"en": "A week"}, "Europe/Brussels", ["en"])
    assert (made.starts_on, made.ends_on, made.day_change) == (dt.date(2026, 6, 1), dt.date(2026, 6, 5), dt.time(0))
    assert made.is_public
    assert words(admin.get("/organise/week/"), "//p[@class='masthead__title']") == ["A week"]


WRONG: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"timezone": "Mars/Olympus"}, {"timezone": "Mars/Olympus is not a time zone; name one like Europe/Brussels."}),
    (
        {"timezone": "../../etc/passwd"},
        {"timezone": "../../etc/passwd is not a time zone; name one like Europe/Brussels."},
    ),
    ({"ends_on": "2026-05-31"}, {"ends-on": "The last day lies before the first."}),
    ({"starts_on": "soon"}, {"starts-on": "Give a date such as 2026-05-18."}),
    ({"starts_on": ""}, {"starts-on": "Fill this in."}),
    ({"starts_on": None}, {"starts-on": "Fill this in."}),
    ({"slug": "press"}, {"slug": "This address is used by the app itself; choose another."}),
    ({"slug": "A Week"}, {"slug": "Use small letters a to z, digits and single hyphens."}),
    ({"slug": "summit"}, {"slug": "Another conference has this address already."}),
    ({"slug": ""}, {"slug": "Fill this in."}),
    ({"title.en": " "}, {"title-en": "Write this in at least one language."}),
    ({"title.en": "x" * 201}, {"title-en": "At most 200 characters."}),
    ({"languages": "english"}, {"languages": "Give language tags such as en or pt-BR."}),
    ({"languages": ""}, {"languages": "Name 1 to 12 languages, such as en, fr."}),
    ({"country": "Belgium"}, {"country": "At most 2 characters. Give the country's two capital letters, such as BE."}),
    ({"url": "javascript:alert(1)"}, {"url": "Give a whole address such as https://example.org/page."}),
    ({"contact": "ada"}, {"contact": "Give an e-mail address such as ada@example.org."}),
    ({"day_change": "late"}, {"day-change": "Give a time of day such as 09:30."}),
]


def test_what_cannot_be_is_named_and_typed_values_stay(
    admin: FlaskClient, write: Transaction, summit: Conference
) -> None:
    form = open_form(admin, "/organise/new")
    for change, said in WRONG:
        answer = form.send(WEEK | {"city": "Ghent"} | change)
        assert (change, answer.status_code, errors(answer)) == (change, 422, said)
        assert " ".join(line.partition(": ")[2] for line in summary(answer)) == " ".join(said.values())
        again = form_in(admin, answer)
        assert again["city"] == "Ghent"
        typed = {name: words for name, words in change.items() if words}
        assert {name: again[name] for name in typed} == typed
    assert stored(write, "week") is None


@pytest.mark.sqlite
def test_the_summary_says_which_field_each_error_is_of(admin: FlaskClient) -> None:
    answer = open_form(admin, "/organise/new").send(WEEK | {"slug": "", "title.en": "", "ends_on": "<b>"})
    assert summary(answer) == [
        "Web address: Fill this in.",
        "Title (en): Write this in at least one language.",
        "Last day: Give a date such as 2026-05-18.",
    ]
    assert "<!--label" not in answer.text


def test_languages_chosen_first_bring_their_fields(admin: FlaskClient, write: Transaction) -> None:
    first = open_form(admin, "/organise/new")
    assert "title.en" in first.values
    answer = first.send({"slug": "week", "languages": "fr, nl", "languages_only": "1", "title.en": "A week"})
    assert answer.status_code == 200
    assert summary(answer) == []
    second = form_in(admin, answer)
    assert [name for name in second.values if name.startswith("title")] == ["title.fr", "title.nl", "title.en"]
    assert (second["slug"], second["title.en"], second["languages"]) == ("week", "A week", "fr, nl")
    typed = WEEK | {"title.fr": "Une semaine", "title.en": "", "tagline.nl": "Vijf dagen"}
    assert second.send(typed).status_code == 302
    made = stored(write, "week")
    assert made is not None
    assert (made.languages, made.title, made.tagline) == (["fr", "nl"], {"fr": "Une semaine"}, {"nl": "Vijf dagen"})


def test_words_in_a_language_that_is_not_chosen_are_not_lost(admin: FlaskClient, write: Transaction) -> None:
    answer = open_form(admin, "/organise/new").send(WEEK, languages="fr, nl")
    assert answer.status_code == 422
    assert errors(answer) == {"title-en": "“en” is not one of the conference's languages."}
    again = form_in(admin, answer)
    assert (again["title.fr"], again["title.nl"], again["title.en"]) == ("", "", "A week")
    assert again.send({"title.fr": "Une semaine", "title.en": ""}).status_code == 302


def test_the_title_is_wanted_in_the_first_language(admin: FlaskClient) -> None:
    answer = open_form(admin, "/organise/new").send(WEEK | {"title.en": "", "title.nl": "Een week"}, languages="fr, nl")
    assert errors(answer) == {"title": "Give the title in the conference's first language."}


def test_only_administrators_make_conferences(organiser: FlaskClient) -> None:
    assert organiser.get("/organise/new").status_code == 404
    assert "New conference" not in organiser.get("/organise/").text


# The list and the overview.


def test_everybody_sees_what_they_help_to_run(organiser: FlaskClient, admin: FlaskClient, write: Transaction) -> None:
    with write():
        make_conference("other", title={"en": "Other"})
    assert words(organiser.get("/organise/"), "//tbody/tr/th") == ["Summit"]
    assert sorted(words(admin.get("/organise/"), "//tbody/tr/th")) == ["Other", "Summit"]


def test_who_helps_nowhere_is_told_so(client: FlaskClient, write: Transaction) -> None:
    with write():
        account = make_account()
    assert "You do not help to run a conference yet." in sign_in(client, account).get("/organise/").text


def test_the_overview_counts_and_names_what_wants_doing(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    with write():
        room, speaker = make_room(summit), make_speaker(summit)
        make_slot(summit, make_session(summit, "One", speaker), room)
        make_slot(summit, make_session(summit, "Two", speaker), room)
        make_session(summit, "Three")
    page = organiser.get("/organise/summit/")
    figures = dict(
        zip(words(page, "//dl[@class='figures']//dt"), words(page, "//dl[@class='figures']//dd"), strict=True)
    )
    assert figures == {"Sessions": "3", "Speakers": "1", "Rooms": "1", "Unscheduled": "1", "Open tasks": "0"}
    assert "2 conflicts in the draft" in page.text
    assert "2 of them block a release." in page.text
    assert "Nothing is public yet" in page.text


# Settings.


def test_settings_show_what_is_and_change_it(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    form = open_form(organiser, "/organise/summit/settings")
    assert (form["languages"], form["title.en"], form["starts_on"]) == ("en, fr", "Summit", "2026-05-18")
    answer = form.send(
        {"title.fr": "Sommet", "day_change": "04:00", "is_public": None, "description.en": "One.\n\nTwo."}
    )
    assert answer.status_code == 302
    changed = stored(write, "summit")
    assert changed is not None
    assert (changed.title, changed.day_change) == ({"en": "Summit", "fr": "Sommet"}, dt.time(4))
    assert (changed.is_public, changed.description) == (False, {"en": "<p>One.</p>\n<p>Two.</p>"})
    assert notices(organiser.get("/organise/summit/settings")) == ["Saved. The public sees it with the next release."]


def test_saving_untouched_settings_changes_nothing(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    open_form(organiser, "/organise/summit/settings").send({"description.en": "<p>A <em>b</em></p>"})
    before = stored(write, "summit")
    assert before is not None
    held = {column.key: getattr(before, column.key) for column in Conference.__table__.columns}
    assert open_form(organiser, "/organise/summit/settings").send().status_code == 302
    after = stored(write, "summit")
    assert {name: getattr(after, name) for name in held} == held


def test_settings_that_cannot_be_change_nothing(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    answer = open_form(organiser, "/organise/summit/settings").send(
        ends_on="2026-05-17", city="Ghent", timezone="Nowhere"
    )
    assert answer.status_code == 422
    assert errors(answer).keys() == {"ends-on", "timezone"}
    assert form_in(organiser, answer)["city"] == "Ghent"
    after = stored(write, "summit")
    assert after is not None
    assert (after.city, after.timezone) == ("", "Europe/Brussels")


def test_a_language_is_dropped_with_its_words_or_not_at_all(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    open_form(organiser, "/organise/summit/settings").send({"title.fr": "Sommet"})
    answer = open_form(organiser, "/organise/summit/settings").send(languages="en")
    assert errors(answer) == {"title-fr": "“fr” is not one of the conference's languages."}
    assert form_in(organiser, answer).send({"title.fr": ""}).status_code == 302
    after = stored(write, "summit")
    assert after is not None
    assert (after.languages, after.title) == (["en"], {"en": "Summit"})


def test_settings_and_history_are_for_organisers(signed_in: As) -> None:
    for role in (Role.READ_ONLY, Role.TRACK_MANAGER, Role.HOST_COORDINATOR, Role.PRESS_OFFICER, Role.STAGE_DESK):
        client = signed_in(role, scope_id=1 if role in NEEDS_SCOPE else None)
        for page in ("settings", "audit", "tracks/new"):
            assert client.get(f"/organise/summit/{page}").status_code == 404
        overview = client.get("/organise/summit/")
        assert overview.status_code == 200
        assert "/organise/summit/settings" not in overview.text
        assert client.get("/organise/summit/tracks").status_code == 200


# Tracks.


def test_a_track_is_made_edited_and_deleted(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    answer = open_form(organiser, "/organise/summit/tracks/new").send({"name.en": "Field medicine"})
    assert answer.location == "/organise/summit/tracks"
    form = open_form(organiser, "/organise/summit/tracks/field-medicine")
    assert (form["name.en"], form["colour"]) == ("Field medicine", "1")
    form.send({"name.fr": "Médecine", "colour": "7"})
    with write(Mode.READ):
        track = conferences.track(summit, "field-medicine")
        assert (track.name, track.colour) == ({"en": "Field medicine", "fr": "Médecine"}, 7)
    with write():
        code = make_session(summit, "A", track=conferences.track(summit, "field-medicine")).code
    ask = organiser.get("/organise/summit/tracks/field-medicine/delete")
    assert words(ask, "//h1") == ["Delete the track “Field medicine”?"]
    with write(Mode.READ):
        assert len(conferences.tracks(summit)) == 1
    assert form_in(organiser, ask).send().location == "/organise/summit/tracks"
    with write(Mode.READ):
        assert conferences.tracks(summit) == []
        assert sessions.session(summit, code).track is None


def test_a_track_without_a_chosen_colour_keeps_its_own(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    with write():
        make_track(summit, "One", colour=5)
    assert open_form(organiser, "/organise/summit/tracks/one").send(colour=None).status_code == 302
    with write(Mode.READ):
        assert conferences.track(summit, "one").colour == 5


WRONG_TRACKS = [
    ({"name.en": ""}, {"name-en": "Write this in at least one language."}),
    ({"slug": "one"}, {"slug": "Another track has this address already."}),
    ({"slug": "One!"}, {"slug": "Use small letters a to z, digits and single hyphens."}),
    ({"colour": "13"}, {"colour": "Choose a colour from 1 to 12."}),
    ({"colour": "blue"}, {"colour": "Give a whole number."}),
    ({"name.en": "x" * 201, "name.fr": "Deux"}, {"name-en": "At most 200 characters."}),
]


def test_a_track_that_cannot_be_is_named(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    with write():
        make_track(summit, "One")
    form = open_form(organiser, "/organise/summit/tracks/new")
    for change, said in WRONG_TRACKS:
        answer = form.send({"name.en": "Two"} | change)
        assert (answer.status_code, errors(answer)) == (422, said)
        assert form_in(organiser, answer)["name.en"] == change.get("name.en", "Two")
    with write(Mode.READ):
        assert [track.slug for track in conferences.tracks(summit)] == ["one"]


def test_tracks_of_other_conferences_are_out_of_reach(organiser: FlaskClient, write: Transaction) -> None:
    with write():
        make_track(make_conference("other"), "Secret")
    for path in ("summit/tracks/secret", "other/tracks/secret", "other/tracks", "summit/tracks/secret/delete"):
        assert organiser.get(f"/organise/{path}").status_code == 404
        form = PageForm(organiser, f"/organise/{path}", open_form(organiser, "/organise/summit/tracks/new").values)
        assert form.send({"name.en": "Mine"}).status_code in (404, 405)
    with write(Mode.READ):
        assert db.session.scalars(sa.select(Track.name)).all() == [{"en": "Secret"}]


# History, and how much it takes.


def test_the_log_has_words_for_every_action(app: ConfappFlask) -> None:
    """Those that the domain's code spells out; what somebody adds is written there as it is until it has words."""
    told = {
        action
        for file in Path(audit.__file__).parent.rglob("*.py")
        for action in re.findall(r"record(?:_many)?\(\s*\"([a-z_.]+)\"", file.read_text("utf-8"))
    }
    told |= {f"transcript.{event.value}" for event in Event} | {f"stage.{fact.value}" for fact in Fact}
    template = 'import "macros/done.html" as done'
    with app.test_request_context("/"):
        said = {each: render_template_string(f"{{% {template} %}}{{{{ done.action({each!r}) }}}}") for each in told}
    assert {each for each, words in said.items() if "." in words} == set()
    assert len(told) > 60


def test_the_history_tells_who_did_what_and_that_the_chain_holds(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    open_form(organiser, "/organise/summit/tracks/new").send({"name.en": "One"})
    page = organiser.get("/organise/summit/audit")
    assert words(page, "//tbody/tr[1]/td")[2:] == ["organiser@example.org", "Track: made", "one"]
    assert "The chain is broken" not in page.text
    with write():
        db.session.execute(sa.update(audit.AuditEntry).where(audit.AuditEntry.number == 1).values(action="forged"))
    assert "Entry 1 is not what was written then." in organiser.get("/organise/summit/audit").text


def test_lists_take_as_many_queries_whatever_their_length(
    organiser: FlaskClient, write: Transaction, summit: Conference, queries: Queries
) -> None:
    def more(count: int) -> list[int]:
        with write():
            for _ in range(count):
                speaker = make_speaker(summit)
                make_slot(summit, make_session(summit, None, speaker, track=make_track(summit)), make_room(summit))
                make_session(summit)
        return [queries(organiser, f"/organise/summit/{page}") for page in ("", "tracks", "audit")]

    few = more(1)
    assert more(29) == few
    assert max(few) < 20


def test_the_list_of_conferences_takes_as_many_queries_whatever_its_length(
    admin: FlaskClient, write: Transaction, summit: Conference, queries: Queries
) -> None:
    few = queries(admin, "/organise/")
    with write():
        for number in range(29):
            make_conference(f"c{number}")
    assert queries(admin, "/organise/") == few
