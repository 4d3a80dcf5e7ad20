"""The command that erases a person's name from what was released."""

from __future__ import annotations

from collections.abc import Callable

from click.testing import Result

from confapp.database import db
from confapp.domain.press.publications import Publication
from tests.conftest import Transaction
from tests.factories import NOW
from tests.press import Scene

Run = Callable[..., Result]


def test_a_speakers_name_is_erased_and_where_words_stay_is_said(run: Run, write: Transaction) -> None:
    with write():
        scene = Scene()
        version = scene.released(now=NOW)
    refused = run("erase", "summit", scene.speaker.code)  # nobody answers
    assert refused.exit_code == 1
    with write():
        assert db.session.query(Publication).one().byline == "Ada Lindqvist"
    done = run("erase", "summit", scene.speaker.code, "--yes")
    assert "Erased from 1 profiles, 1 releases, 1 publications, 1 transcript versions and 0 imports." in done.output
    assert f"/summit/press/{version.transcript.public_id}/v/1" in done.output
    assert run("erase", "summit", "NOBODY", "--yes").exit_code == 1
