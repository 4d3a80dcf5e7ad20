"""T2 to T6: two databases that differ only in what is not released answer every stranger alike, byte for byte."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from confapp.config import Settings
from confapp.database import Mode, db, transaction
from confapp.domain.press.transcripts import Version, VersionState
from confapp.web import ConfappFlask
from confapp.worker import renders
from tests import databases
from tests.conftest import SetClock, Transaction
from tests.differential import ROUTES, Answer, Crawler, Known, differences, open_routes
from tests.press import ENDS, MINUTE
from tests.public_story import AFTER_ALL, DEEDS, Deed, tell

Deeds = Mapping[int, Sequence[tuple[Deed, int]]]
EVERYTHING: Deeds = {
    place: [(deed, chosen) for chosen, deed in enumerate(DEEDS * 3, start=place)] for place in range(AFTER_ALL + 1)
}
"""Every deed, three times in every place."""


PLAIN: dict[str, tuple[dict[str, Answer], dict[str, str]]] = {}
"""By kind of database what the story alone answers, and the ETags of its pages: asked once for all tests."""


class Telling:
    """One database, told one story after the other."""

    def __init__(self, app: ConfappFlask, write: Transaction, kind: str, empty: Callable[[], None]) -> None:
        self.app, self.write, self.kind, self.empty = app, write, kind, empty

    def tell(self, deeds: Deeds) -> Known:
        """The story, in a database that holds nothing else; what is known of it."""
        self.empty()
        story = tell(self.write, deeds)
        with self.write(Mode.READ):
            return story.known()

    def answers(self, deeds: Deeds, *, is_brief: bool = False) -> dict[str, Answer]:
        """What strangers get when the story was told with these private deeds in it."""
        if self.kind not in PLAIN:
            plain = Crawler(self.app, self.tell({}))
            PLAIN[self.kind] = plain.answers(), plain.etags
        return Crawler(self.app, self.tell(deeds), PLAIN[self.kind][1]).answers(is_brief=is_brief)

    def compare(self, deeds: Deeds) -> list[str]:
        """The pages whose words private deeds change."""
        answers = self.answers(deeds, is_brief=True)
        return differences({line: PLAIN[self.kind][0][line] for line in answers}, answers)


@pytest.fixture
def telling(
    make_app: Callable[..., ConfappFlask],
    settings: Settings,
    database_kind: str,
    clock: SetClock,
    request: pytest.FixtureRequest,
) -> Iterator[Telling]:
    """An app that waits for no file, and a database that can be emptied."""
    app = make_app(file_wait=0.0)
    clock.now = ENDS + 10 * MINUTE

    @contextmanager
    def write(mode: Mode = Mode.WRITE) -> Iterator[None]:
        db.session.rollback()
        with transaction(mode):
            yield

    def empty() -> None:
        db.session.remove()
        databases.close(app)
        shutil.rmtree(settings.cache_folder, ignore_errors=True)
        if database_kind == "postgresql":
            request.getfixturevalue("postgresql").empty(databases.process())
            return
        for old in settings.instance.glob("confapp.sqlite3*"):
            old.unlink()
        shutil.copy(request.getfixturevalue("sqlite_template"), settings.instance)

    with app.app_context():
        yield Telling(app, write, database_kind, empty)


@pytest.mark.sqlite
def test_t2_every_route_that_needs_no_account_is_registered(app: ConfappFlask) -> None:
    """Say in `tests/differential.py` how a new one is filled: until then nobody knows what it gives away."""
    assert set(open_routes(app)) - set(ROUTES) == set()
    assert set(ROUTES) - set(open_routes(app)) == set()


def test_t2_whatever_happens_behind_it_the_public_reads_the_same(telling: Telling) -> None:
    """T3 to T6 and T9 too: hits and counts, feeds, files, ETags, the answers to whoever guesses addresses."""
    answers = telling.answers(EVERYTHING)
    assert differences(PLAIN[telling.kind][0], answers) == []
    assert not any(b"canary-" in each.body or "canary-" in str(each.headers) for each in answers.values())
    assert {each.status for each in answers.values()} >= {200, 206, 302, 304, 308, 404, 405, 410, 503}
    with telling.write(Mode.READ):
        states = Counter(each.state for each in db.session.query(Version))
    assert all(states[state] for state in VersionState)
    assert sum(states.values()) > 40


@pytest.mark.soak
def test_t2_files_that_the_worker_made_are_the_same(telling: Telling) -> None:
    """What was not there at the first crawl has been asked for by it."""
    found = []
    for deeds in ({}, EVERYTHING):
        known = telling.tell(deeds)
        Crawler(telling.app, known).answers()
        while renders.sweep(ENDS + 10 * MINUTE):
            pass
        found.append(Crawler(telling.app, known).answers())
    assert differences(*found) == []
    assert not any(answer.status == 503 for line, answer in found[0].items() if line.startswith("GET /summit/agenda"))


PLACED = st.lists(
    st.tuples(st.integers(0, AFTER_ALL), st.sampled_from(DEEDS), st.integers(0, 30)), min_size=1, max_size=8
)


UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""An example costs seconds, and what it found names the request: no minutes are spent on a smaller one."""


def test_t2_no_two_histories_can_be_told_apart(telling: Telling) -> None:
    @settings(
        max_examples=max(3, settings.default.max_examples // 5),
        suppress_health_check=list(HealthCheck),
        phases=UNSHRUNK,
    )
    @given(PLACED)
    def compare(placed: list[tuple[int, Deed, int]]) -> None:
        deeds: dict[int, list[tuple[Deed, int]]] = {}
        for place, deed, chosen in placed:
            deeds.setdefault(place, []).append((deed, chosen))
        assert telling.compare(deeds) == []

    compare()
