"""The bench of the schedule still runs, and says of each figure whether it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import schedule
from bench.schedule import BARE, CHECKING, PLACING, Findings


def test_it_measures_every_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "PLACINGS", 2)
    monkeypatch.setattr(schedule, "ROUNDS", 1)
    found = schedule.measure(20, tmp_path)
    assert set(found.times) - set(found.statements) == {BARE}
    assert all(sent > 0 for sent in found.statements.values())


@pytest.mark.parametrize(
    ("placing", "checking", "sent", "holds"),
    [(9.0, 120.0, 15, [True, True, True]), (11.0, 150.0, 16, [False, False, False])],
)
def test_a_bar_that_is_missed_is_said(placing: float, checking: float, sent: int, holds: list[bool]) -> None:
    small = Findings({BARE: 1.0, PLACING: placing, CHECKING: 10.0}, {PLACING: 15})
    large = Findings({BARE: 1.0, PLACING: 1.0, CHECKING: checking}, {PLACING: sent})
    assert [held for _words, held in schedule.bars({1_000: small, 10_000: large})] == holds
