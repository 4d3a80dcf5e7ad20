"""The command that reads a transcript: always into a draft, and the seed keynote exactly as expected."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result

from confapp.database import Mode, db
from confapp.domain import files
from confapp.domain.errors import NotNow
from confapp.domain.people import Account
from confapp.domain.press import transcript_states, transcripts
from confapp.domain.press.transcripts import Event, Transcript, Version, VersionKind, VersionState
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session
from tests.conftest import NOW, Transaction
from tests.factories import make_account, make_conference, make_session

Run = Callable[..., Result]
WORDS = """# Mould is patient

By Ada Lambda

Good morning. I have brought a jar, and I will not open it.

Thank you for coming closer all the same.
"""


@pytest.fixture
def scene(write: Transaction) -> tuple[Conference, Session, Account]:
    """A conference with a session, and somebody of its press office."""
    with write():
        conference = make_conference()
        return conference, make_session(conference, "Mould"), make_account("press@example.org")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small transcript."""
    path = tmp_path / "mould.en.md"
    path.write_text(WORDS, encoding="utf-8")
    return path


def imported(run: Run, path: Path, *options: str) -> Result:
    return run("transcript", "import", str(path), "--conference", "summit", "--by", "press@example.org", *options)


def versions(write: Transaction, conference: Conference) -> list[Version]:
    with write(Mode.READ):
        return list(transcripts.versions(conference))


def test_a_transcript_becomes_a_draft_that_waits_for_a_person(
    run: Run, file: Path, scene: tuple[Conference, Session, Account], write: Transaction
) -> None:
    conference, session, account = scene
    done = imported(run, file, "--session", session.code)
    assert done.exit_code == 0
    (version,) = versions(write, conference)
    assert f"Stored as draft {version.uuid}" in done.stdout
    assert (version.state, version.kind, version.is_confirmed) == (VersionState.DRAFT, VersionKind.UNSPECIFIED, False)
    assert (version.headline, version.byline, version.language) == ("Mould is patient", "Ada Lambda", "en")
    assert [block["text"][:12] for block in version.blocks] == ["Good morning", "Thank you fo"]
    assert version.transcript.session is not None
    assert version.transcript.session.code == session.code
    with write(Mode.READ):
        (event,) = transcripts.history(db.session.get_one(Version, version.id))
        assert (event.event, event.account_id, event.at) == (Event.IMPORT, account.id, NOW)
    with write():
        held = db.session.get_one(Version, version.id)
        with pytest.raises(NotNow, match="Confirm first"):
            transcript_states.submit(held, by=account, now=NOW)


def test_a_transcript_without_session_belongs_to_the_conference(
    run: Run, file: Path, scene: tuple[Conference, Session, Account], write: Transaction
) -> None:
    assert imported(run, file).exit_code == 0
    (version,) = versions(write, scene[0])
    assert version.transcript.session is None


def test_a_dry_run_prints_each_line_and_stores_nothing(
    run: Run, file: Path, scene: tuple[Conference, Session, Account], write: Transaction
) -> None:
    told = json.loads(imported(run, file, "--dry-run", "--json").stdout)
    assert (told["conference"], told["session"], told["version"]) == ("summit", None, None)
    assert [(line["number"], line["label"]) for line in told["lines"] if line["label"] != "blank"] == [
        (1, "headline"),
        (3, "byline"),
        (5, "body"),
        (7, "body"),
    ]
    in_words = imported(run, file, "--dry-run").stdout
    assert "      1  headline" in in_words
    assert "Dry run: nothing was stored." in in_words
    with write(Mode.READ):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Transcript)) == 0


def test_the_same_file_twice_is_refused_while_the_first_is_open(
    run: Run, file: Path, scene: tuple[Conference, Session, Account]
) -> None:
    assert imported(run, file, "--session", scene[1].code).exit_code == 0
    again = imported(run, file, "--session", scene[1].code, "--json")
    assert again.exit_code == 1
    assert "open version of this kind and language" in json.loads(again.stdout)["error"]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (("--session", "NOSUCH"), "session"),
        (("--by", "nobody@example.org"), "by"),
    ],
)
def test_bad_options_are_refused_by_name(
    options: tuple[str, ...], field: str, run: Run, file: Path, scene: tuple[Conference, Session, Account]
) -> None:
    refused = imported(run, file, *options, "--json")
    assert (refused.exit_code, list(json.loads(refused.stdout)["errors"])) == (1, [field])


@pytest.mark.parametrize(
    ("words", "said"),
    [(b"", "empty"), (b"\x00\x01\x02\x03" * 90, ""), (b"\n\n  \n", ""), (None, "cannot be read")],
)
def test_what_is_no_transcript_is_refused(
    words: bytes | None, said: str, run: Run, tmp_path: Path, scene: tuple[Conference, Session, Account]
) -> None:
    path = tmp_path / "words.txt"
    if words is not None:
        path.write_bytes(words)
    refused = imported(run, path, "--json")
    told = json.loads(refused.stdout)
    assert (refused.exit_code, list(told["errors"])) == (1, ["file"])
    assert said in told["errors"]["file"][0].lower()


def test_an_unknown_conference_is_named(run: Run, file: Path, scene: tuple[Conference, Session, Account]) -> None:
    refused = run("transcript", "import", str(file), "--conference", "nowhere", "--by", "press@example.org")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "no conference “nowhere”" in refused.stderr


TOKENS = "90 67 63 56 80 49 92 5 36 10 37 32 39 37 21 39 37 35 10 19 5 23 17 7 51 29 44 44 46 35 38 35 47 27"
CHROME = ("Poll", "Republican", "Barbados", "Warders", "Country Info", "Share this post")
SEED_SHA256 = "eb90ad728119a5b017a78585eeb24918e4953e0f37764e50314c870e4a3ec9b8"


def of_label(told: dict[str, Any], *labels: str) -> list[int]:
    return [line["number"] for line in told["lines"] if line["label"] in labels]


def test_the_seed_keynote_is_read_exactly(
    run: Run,
    real_file: Callable[[str], Path],
    scene: tuple[Conference, Session, Account],
    write: Transaction,
) -> None:
    path = real_file("seed-keynote.txt")
    told = json.loads(imported(run, path, "--session", scene[1].code, "--dry-run", "--json").stdout)
    assert told["title"] == "NATO Biotechnology Conference demonstrates our commitment to the biotech domain"
    assert (told["kicker"], told["caption"]) == ("LATEST NEWS", "At the NATO Biotechnology Community Conference")
    assert (told["published_on"], told["delivered_on"], told["place"]) == ("2025-11-01", None, None)
    assert told["speaker"] == {"name": "Mark Rutte", "role": "Secretary General", "organisation": "NATO"}
    assert [(each["name"], each["lines"]) for each in told["event_candidates"]] == [
        ("NATO Biotechnology Community Conference", [10]),
        ("NATO Biotechnology Conference", [1, 20, 69]),
    ]
    assert (told["kind"], told["language"]) == ("unspecified", "en")
    assert (len(told["blocks"]), told["words"], told["tokens"]) == (34, 1282, 1302)
    assert [str(block["tokens"]) for block in told["blocks"]] == TOKENS.split()
    assert [number for number, block in enumerate(told["blocks"], 1) if block["joined"]] == [11, 15, 23]
    assert (told["counts"]["blank_line_blocks"], told["counts"]["characters"]) == (31, 7642)
    assert told["text_sha256"] == SEED_SHA256
    assert told["source_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    elisions = [(n, e["offset"], e["kind"]) for n, b in enumerate(told["blocks"], 1) for e in b["elisions"]]
    assert elisions == [(1, 0, "omission"), (1, 464, "unclassified")]
    assert len(told["lines"]) == 105
    assert told["lines"][13]["number"] == 14
    assert all(0 <= line["confidence"] <= 1 for line in told["lines"])
    assert [word for word in CHROME for block in told["blocks"] if word in block["text"]] == []

    assert imported(run, path, "--session", scene[1].code).exit_code == 0
    (version,) = versions(write, scene[0])
    assert (version.state, version.is_confirmed) == (VersionState.DRAFT, False)
    assert (version.place, version.delivered_on, str(version.page_date)) == (None, None, "2025-11-01")
    assert (version.byline, version.byline_role) == ("Mark Rutte", "Secretary General, NATO")
    texts = [" ".join(block["text"].split()) for block in version.blocks]
    assert hashlib.sha256("\n".join(texts).encode()).hexdigest() == SEED_SHA256
    with write(Mode.READ):
        assert version.source == told["source_sha256"]
        assert db.session.get_one(files.Blob, version.source).body == path.read_bytes()
