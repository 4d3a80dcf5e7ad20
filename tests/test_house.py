"""The house rules hold in this project; and each, broken on purpose in a small house of its own, is seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from confapp.config import Settings
from tests import house

ROOT = Path(__file__).parent.parent

ROOMS = [
    {"clock", "config"},
    {"database"},
    {"domain"},
    {"schemas", "migrations"},
    {"web", "exports", "imports"},
    {"delivery"},
    {"accounts", "demo", "backups"},
    {"hall"},
    {"blueprints", "api", "worker"},
    {"cli"},
    {""},
]
"""The rooms from the ground up; '' is `create_app`, which wires them."""

DOMAIN = [
    f"{room}{name}"
    for room, names in (
        ("", "errors holding texts cleaning spans agenda finding papers"),
        ("", "people permissions audit outbox inviting files tokens"),
        (
            "programme.",
            "conferences origins pictures hosts speakers availability walks sessions ordering slots speaker_pages",
        ),
        (
            "schedule.",
            "placements edits board conflict_words conflicts places overrides drafted checking scheduling tasks "
            "scopes batches history chronicle filling moves",
        ),
        ("release.", "freezing frozen releases releasing"),
        ("attendance.", "registrations feeds invitations briefs"),
        ("letters.", "concerns addresses tellings plans wishes"),
        ("live.", "stage stage_desk"),
        (
            "press.",
            "transcripts policies wording revisions working_copies comments transcript_guards "
            "release_guards transcript_states alarms press_desk transcript_editing publications "
            "differences press_room search polls subscribers webhooks readers publishing",
        ),
        ("", "removing imported jobs unused erasing grants"),
    )
    for name in names.split()
]
"""The domain's files, room by room, each importing only earlier ones: what all share, the rooms, what spans them."""

EXPORTS_SEE = {"domain.agenda", "domain.texts", "domain.errors", "domain.papers"}
"""Frozen values and the words to refuse with; never a table."""

LIMITS = {"": 300, "tests": 500}
HISTORY = ["confapp/migrations/versions/"]
NOT_PAGES = ["templates/exports/", "templates/mail/"]

HAS_README = pytest.mark.skipif(not (ROOT / "README.md").exists(), reason="there is no README.md to hold to the truth")

Plant = Callable[[dict[str, str]], Path]


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """`plant({"confapp/x.py": "..."})` makes a small house; its root."""

    def write(files: dict[str, str]) -> Path:
        for name, words in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(words, "utf-8")
        return tmp_path

    return write


# Imports run downward.


def test_imports_run_downward() -> None:
    assert house.wrong_imports(ROOT, ROOMS, DOMAIN, EXPORTS_SEE) == []


@pytest.mark.parametrize(
    ("file", "words", "named"),
    [
        ("domain/audit.py", "from confapp import web", "confapp.web"),
        ("domain/audit.py", "import confapp.exports.ical", "confapp.exports.ical"),
        ("domain/audit.py", "def late():\n    from confapp.web import now", "confapp.web"),
        (
            "domain/audit.py",
            "if TYPE_CHECKING:\n    from confapp.domain.live.stage import Fact",
            "confapp.domain.live.stage",
        ),
        ("domain/audit.py", "from confapp.domain.live import stage", "confapp.domain.live.stage"),
        ("domain/audit.py", "from .live import stage", "confapp.domain.live.stage"),
        ("domain/audit.py", "from .live.stage import Fact", "confapp.domain.live.stage"),
        ("domain/audit.py", "from ..web import now", "confapp.web"),
        ("domain/audit.py", "from flask import g", "flask"),
        ("domain/audit.py", "import flask_login", "flask_login"),
        ("exports/ical.py", "from confapp.domain.live import stage", "confapp.domain.live.stage"),
        ("exports/ical.py", "from confapp.database import db", "confapp.database"),
        ("exports/ical.py", "from confapp.imports import frab", "confapp.imports.frab"),
        ("database.py", "from confapp.domain.people import Person", "confapp.domain.people"),
        ("web.py", "from confapp.blueprints import board", "confapp.blueprints.board"),
        ("web.py", "import confapp", "confapp"),
    ],
)
def test_an_import_that_runs_upward_is_seen(plant: Plant, file: str, words: str, named: str) -> None:
    root = plant(
        {"confapp/domain/people.py": "", "confapp/domain/live/stage.py": ""}
        | {"confapp/imports/frab.py": "", "confapp/blueprints/board.py": "", "confapp/exports/ical.py": ""}
        | {"confapp/web.py": "", "confapp/domain/__init__.py": "", f"confapp/{file}": words}
    )
    (line,) = house.wrong_imports(root, ROOMS, DOMAIN, EXPORTS_SEE)
    assert line.startswith(f"confapp/{file}:")
    assert line.endswith(f" imports {named}")


def test_imports_that_run_downward_are_left_alone(plant: Plant) -> None:
    root = plant(
        {
            "confapp/__init__.py": "from confapp import cli, web",
            "confapp/cli/__init__.py": "from confapp.cli import run\nfrom confapp.worker import sweep",
            "confapp/cli/run.py": "from flask import Flask\nfrom confapp.domain.people import Person",
            "confapp/domain/people.py": "import sqlalchemy\nfrom confapp.domain.errors import Missing",
            "confapp/exports/ical.py": "from confapp.domain.agenda import Agenda\nfrom confapp.exports import prose",
            "confapp/worker/__main__.py": "from confapp import create_app",
        }
    )
    assert house.wrong_imports(root, ROOMS, DOMAIN, EXPORTS_SEE) == []


def test_a_room_or_a_file_of_the_domain_without_a_place_is_seen(plant: Plant) -> None:
    root = plant({"confapp/attic.py": "", "confapp/domain/extra.py": ""})
    assert house.wrong_imports(root, ROOMS, DOMAIN, EXPORTS_SEE) == [
        "confapp/attic.py:1: the room attic has no floor in this test",
        "confapp/domain/extra.py:1: extra has no place in the domain's order",
    ]


# One clock.


def test_only_the_clock_reads_the_time() -> None:
    assert house.clock_readers(ROOT) == []


@pytest.mark.parametrize(
    "words",
    [
        "import datetime\ndatetime.datetime.now()",
        "import datetime as dt\ndt.datetime.now(dt.UTC)",
        "import datetime as dt\ndt.date.today()",
        "from datetime import datetime\nread = datetime.utcnow",
        "from datetime import date as day\nday.today()",
        "import time\ntime.time()",
        "from time import time as clock\nclock()",
        "def late():\n    import time as t\n    return t.time_ns()",
    ],
)
def test_another_reader_of_the_clock_is_seen(plant: Plant, words: str) -> None:
    root = plant({"confapp/clock.py": words, "confapp/domain/audit.py": words})
    (line,) = house.clock_readers(root)
    assert line.startswith("confapp/domain/audit.py:")


def test_measuring_a_duration_reads_no_clock(plant: Plant) -> None:
    root = plant({"confapp/web.py": "import time\nfrom confapp.web import now\nnow()\ntime.monotonic()\ntime.sleep(1)"})
    assert house.clock_readers(root) == []


# One commit.


def test_only_the_database_commits() -> None:
    assert house.committers(ROOT) == []


@pytest.mark.parametrize(
    "words",
    [
        "db.session.commit()",
        "finish = db.session.commit",
        "with db.session.begin():\n    pass",
        "with engine.begin() as connection:\n    pass",
        "connection.exec_driver_sql(' commit;')",
        "db.session.execute(sa.text('BEGIN IMMEDIATE'))",
        "engine.execution_options(isolation_level='AUTOCOMMIT')",
        "psycopg.connect(url, autocommit=True)",
    ],
)
def test_another_committer_is_seen(plant: Plant, words: str) -> None:
    root = plant({"confapp/database.py": words, "confapp/domain/audit.py": words})
    (line,) = house.committers(root)
    assert line.startswith("confapp/domain/audit.py:1: ")


def test_savepoints_and_plain_words_are_left_alone(plant: Plant) -> None:
    root = plant({"confapp/web.py": "with db.session.begin_nested():\n    say('End of the line', 'Commit to it')"})
    assert house.committers(root) == []


# Files.


def test_every_file_is_short_and_says_what_it_is_for() -> None:
    assert house.misshapen_files(ROOT, LIMITS, HISTORY) == []


def test_a_file_that_is_long_or_silent_is_seen(plant: Plant) -> None:
    root = plant(
        {
            "confapp/long.py": '"""X."""\n' + "x = 1\n" * 300,
            "confapp/fits.py": '"""X."""\n' + "x = 1\n" * 299,
            "confapp/silent.py": "x = 1\n",
            "confapp/migrations/versions/0001.py": '"""X."""\n' + "x = 1\n" * 999,
            "tests/long.py": '"""X."""\n' + "x = 1\n" * 500,
            "tests/fits.py": '"""X."""\n' + "x = 1\n" * 499,
        }
    )
    assert house.misshapen_files(root, LIMITS, HISTORY) == [
        "confapp/long.py: 301 lines, more than 300; split it by capability",
        "confapp/silent.py: does not begin by saying what it is for",
        "tests/long.py: 501 lines, more than 500; split it by capability",
    ]


def test_no_file_names_a_machine_or_a_registry() -> None:
    assert house.strangers(ROOT) == []


def test_a_stranger_is_seen(plant: Plant) -> None:
    host = "pypi" + ".org"
    root = plant(
        {"a.txt": "fine\nsee /wo" + "rk/x", "b/c.toml": f"https://{host}/x", "d.py": "x = '/ho" + "me/jane/x'"}
    )
    (root / "picture.png").write_bytes(b"\x89PNG" + host.encode())
    assert house.strangers(root) == [
        "a.txt:2: names /wo" + "rk/",
        f"b/c.toml:1: names {host}",
        "d.py:1: names /ho" + "me/jane/",
    ]


# Words.


@HAS_README
def test_the_map_in_the_readme_is_true() -> None:
    assert house.wrong_map(ROOT) == []


def test_a_false_map_is_seen(plant: Plant) -> None:
    readme = "# X\n\n```text\nREADME.md  wsgi.py\nconfapp/\n  domain/    rules\n    gone.py\n  attic/\ntests/\n```\n"
    root = plant({"README.md": readme, "confapp/domain/people.py": "", "confapp/web/x.py": "", "tests/x.py": ""})
    assert house.wrong_map(root) == [
        "README.md: the map names confapp/attic/, not there",
        "README.md: the map names confapp/domain/gone.py, not there",
        "README.md: the map leaves out confapp/web/",
    ]
    plant({"README.md": "# X\n\n```sh\nmake run\n```\n"})
    assert house.wrong_map(root) == ["README.md: no map, a fenced block in which a line begins with confapp/"]


@HAS_README
def test_every_setting_is_documented() -> None:
    tests_own = {"CONFAPP_TEST_DATA", "CONFAPP_CHROMIUM"}
    variables = {declared.metadata["variable"] for declared in fields(Settings)}
    assert house.undocumented(ROOT, variables | tests_own) == []


def test_an_undocumented_setting_is_seen(plant: Plant) -> None:
    root = plant({"README.md": "`CONFAPP_TLS`: https\n", "docs/running.md": "DATABASE_URL, CONFAPP_TYPO"})
    assert house.undocumented(root, {"CONFAPP_TLS", "DATABASE_URL", "CONFAPP_PROXIES"}) == [
        "CONFAPP_PROXIES: not documented",
        "CONFAPP_TYPO: documented, but no setting",
    ]


def test_templates_hold_no_inline_code() -> None:
    assert house.inline_code(ROOT, NOT_PAGES) == []


def test_inline_code_is_seen(plant: Plant) -> None:
    root = plant(
        {
            "templates/good.html": '<script src="x.js"></script>\n{{ link(on="x", style="y") }}<p data-onload="x">'
            "{# <style> #}",
            "templates/exports/print.html": "<style>p {}</style>",
            "templates/bad.html": "{# two\nlines #}<p style='x'>\n<a onclick=\"x\">{% if x %}\n<script>x</script>"
            '{% endif %}\n<style>\n<b style={{ x }}>\n<a href="javascript:x">',
        }
    )
    assert sorted(house.inline_code(root, NOT_PAGES)) == [
        "templates/bad.html:2: a style attribute",
        "templates/bad.html:3: an event handler",
        "templates/bad.html:4: an inline script",
        "templates/bad.html:5: a style element",
        "templates/bad.html:6: a style attribute",
        "templates/bad.html:7: a script address",
    ]


def test_the_front_ends_lock_file_pins_what_it_asks_for() -> None:
    folder = ROOT / "confapp" / "assets"
    asked, locked = (json.loads((folder / name).read_text("utf-8")) for name in ("package.json", "package-lock.json"))
    pinned = locked["packages"][""]
    for kind in ("dependencies", "devDependencies"):
        assert asked[kind] == pinned[kind], "run `npm install --package-lock-only` in confapp/assets"
        assert all(f"node_modules/{name}" in locked["packages"] for name in asked[kind])
