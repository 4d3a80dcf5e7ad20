"""Spans of time: merged, asked whether they hold a moment, and what they leave out."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one moment until another, which is no longer part of it; both aware."""

    starts_at: dt.datetime
    ends_at: dt.datetime

    def overlaps(self, starts_at: dt.datetime, ends_at: dt.datetime) -> bool:
        """Whether they share a moment; touching ends share none."""
        return self.starts_at < ends_at and starts_at < self.ends_at


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same moments in as few spans as can be, in order; those that touch become one."""
    made: list[Span] = []
    for span in sorted(spans):
        if made and span.starts_at <= made[-1].ends_at:
            made[-1] = Span(made[-1].starts_at, max(made[-1].ends_at, span.ends_at))
        else:
            made.append(span)
    return tuple(made)


def cover(spans: Sequence[Span], starts_at: dt.datetime, ends_at: dt.datetime) -> bool:
    """Whether merged `spans` hold all of that time; costs log n."""
    place = bisect.bisect_right(spans, starts_at, key=lambda span: span.starts_at) - 1
    return place >= 0 and ends_at <= spans[place].ends_at


def gaps(spans: Iterable[Span], within: Span) -> list[Span]:
    """What `spans` leave out of `within`, in order."""
    left: list[Span] = []
    free_from = within.starts_at
    for span in merged(spans):
        if span.starts_at >= within.ends_at:
            break
        if span.starts_at > free_from:
            left.append(Span(free_from, span.starts_at))
        free_from = max(free_from, span.ends_at)
    if free_from < within.ends_at:
        left.append(Span(free_from, within.ends_at))
    return left
