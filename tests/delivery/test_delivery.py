"""File names: equal on every node, another one for everything that changes the bytes; and orders survive as JSON."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from confapp import delivery, exports
from confapp.database import Mode, db
from confapp.delivery import Wanted
from confapp.domain.agenda import Agenda, Filter
from confapp.domain.people import Person
from confapp.domain.programme import hosts, pictures
from confapp.domain.programme.speakers import Speaker
from confapp.domain.release import releases
from confapp.domain.release.frozen import Release, agenda
from confapp.web import ConfappFlask
from tests.agenda_scene import Programme
from tests.conftest import Transaction
from tests.factories import NOW

ROOT = Path(__file__).parents[2]
WORDS = st.none() | st.text(max_size=20)
FILTERS = st.builds(
    Filter,
    day=st.none() | st.dates(),
    track=WORDS,
    room=WORDS,
    host=WORDS,
    speaker=WORDS,
    language=WORDS,
    session=WORDS,
    sessions=st.none() | st.frozensets(st.uuids(), max_size=4),
)
ORDERS = st.builds(
    Wanted,
    kind=st.sampled_from(["ics", "pdf", "picks"]),
    filter=FILTERS,
    language=st.sampled_from(["en", "fr", "nl"]),
    options=st.dictionaries(st.sampled_from(["paper"]), st.sampled_from(["A4", "Letter"])),
    registration=st.none() | st.uuids().map(str),
)


@given(ORDERS)
def test_an_order_survives_as_json(wanted: Wanted) -> None:
    assert Wanted.of_spec(json.loads(json.dumps(wanted.spec()))) == wanted


@pytest.fixture
def release(write: Transaction) -> Iterator[Release]:
    """The scene's first release, within an open transaction."""
    with write():
        programme = Programme(title={"en": "Summit", "fr": "Sommet"}, languages=["en", "fr"])
        yield programme.release()


@pytest.mark.sqlite
def test_another_name_for_whatever_changes_the_bytes(app: ConfappFlask, release: Release) -> None:
    wanted = Wanted("pdf")
    part = Filter(day=dt.date(2026, 5, 18))
    names = [
        delivery.name_of(release, wanted),
        delivery.name_of(release, Wanted("ics")),
        delivery.name_of(release, replace(wanted, filter=part)),
        delivery.name_of(release, replace(wanted, filter=replace(part, track="medicine"))),
        delivery.name_of(release, replace(wanted, filter=Filter(sessions=frozenset()))),
        delivery.name_of(release, replace(wanted, language="fr")),
        delivery.name_of(release, replace(wanted, options={"paper": "Letter"})),
        delivery.name_of(release, Wanted("picks"), "Ada"),
        delivery.name_of(release, Wanted("picks"), "Ben"),
    ]
    app.config["CONFAPP"] = replace(app.config["CONFAPP"], base_url="https://elsewhere.example")
    names.append(delivery.name_of(release, wanted))
    app.config["CONFAPP"] = replace(app.config["CONFAPP"], base_url="http://localhost")
    assert delivery.name_of(release, wanted) == names[0]
    releases.erase(db.session.get_one(Person, _first_person()), by=None, now=release.released_at)
    db.session.refresh(release)
    names.append(delivery.name_of(release, wanted))
    release.number += 1
    names.append(delivery.name_of(release, wanted))
    release.facts = release.facts | {"title": {"en": "Another title"}}
    names.append(delivery.name_of(release, wanted))
    assert len(set(names)) == len(names)
    assert {name.rpartition(".")[2] for name in names} == {"pdf", "ics"}
    db.session.rollback()


def _first_person() -> int:
    return db.session.scalars(sa.select(Speaker.person_id).order_by(Speaker.id)).first() or 0


NAMING = """
import json, sys
from confapp import create_app, delivery
from confapp.database import Mode, transaction
from confapp.delivery import Wanted
from confapp.domain.programme import conferences
from confapp.domain.release import releases

with create_app().app_context(), transaction(Mode.READ):
    release = releases.current(conferences.named("summit").id)
    print(json.dumps([delivery.name_of(release, Wanted.of_spec(spec)) for spec in json.loads(sys.argv[1])]))
"""


@pytest.mark.sqlite
def test_names_are_equal_in_every_process(app: ConfappFlask, write: Transaction) -> None:
    with write():
        programme = Programme()
        made = programme.release()
        both = frozenset({programme.keynote.uuid, programme.panel.uuid, programme.party.uuid})
        orders = [Wanted("pdf"), Wanted("ics", Filter(sessions=both)), Wanted("pdf", Filter(track="medicine"))]
        names = [delivery.name_of(made, each) for each in orders]
    settings = app.config["CONFAPP"]
    for seed in ("1", "2"):
        environment = os.environ | {
            "CONFAPP_INSTANCE": str(settings.instance),
            "CONFAPP_BASE_URL": settings.base_url,
            "PYTHONHASHSEED": seed,
        }
        specs = json.dumps([each.spec() for each in orders])
        told = subprocess.run(
            [sys.executable, "-c", NAMING, specs], cwd=ROOT, env=environment, check=True, capture_output=True
        )
        assert json.loads(told.stdout) == names


def test_heavy_files_are_made_with_progress_where_there_is_no_worker(
    write: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "make", lambda _whole, wanted: str(wanted.filter.day).encode())
    with write():
        conference_id = Programme().release().conference_id
    told: list[tuple[int, int]] = []
    with write(Mode.READ):
        release = releases.numbered(conference_id, 1)
        delivery.make_for_release(release, lambda done, whole: told.append((done, whole)), now=release.released_at)
    with write(Mode.READ):
        release = releases.numbered(conference_id, 1)
        bodies = [delivery.find(release, each) for each in delivery.wanted_at_release(release)]
    assert told == [(done, 6) for done in range(7)]
    assert bodies == [b"None", b"2026-05-18", b"2026-05-19"] * 2


def test_a_programme_is_made_with_the_pictures_that_its_release_shows(
    write: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, bytes]] = []

    def noted(_kind: str, _agenda: Agenda, options: exports.Options) -> bytes:
        given.append(dict(options.pictures))
        return b""

    monkeypatch.setattr(exports, "make", noted)
    with write():
        programme = Programme()
        logo, plan = (pictures.keep((body, "image/png"), now=NOW) for body in (b"logo", b"plan"))
        pictures.keep((b"no longer shown", "image/png"), now=NOW)
        hosts.edit(hosts.host(programme.conference, "royal-academy"), {"logo": logo}, by=None, now=NOW)
        hosts.edit(hosts.venue(programme.conference, "main-building"), {"plan": plan}, by=None, now=NOW)
        programme.release()
    with write(Mode.READ):
        whole = agenda(releases.numbered(programme.conference_id, 1))
        for kind in ("pdf", "grid"):
            delivery.make(whole, Wanted(kind))
    assert given == [{logo: b"logo", plan: b"plan"}, {}]
