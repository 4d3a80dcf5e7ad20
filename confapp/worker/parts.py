"""The worker's processes and the loops of each."""

from __future__ import annotations

from confapp.worker import Loop, clock, jobs, press, renders, tidying

PARTS: dict[str, list[Loop]] = {
    "clock": [
        Loop("clock", clock.release_due, pause=1.0),
        Loop("alarms", press.sound, pause=1.0),
        Loop("outbox", clock.deliver_next, pause=1.0, longest=180.0),
    ],
    "renders": [
        Loop("renders", renders.sweep, pause=0.25, longest=900.0),
        Loop("jobs", jobs.sweep, pause=0.5, longest=900.0),
        Loop("tidy", tidying.tidy, pause=3600.0, longest=7200.0),
    ],
}
"""Each part of `flask work`, by the name that `--part` takes."""

BEATING = ("clock", "outbox", "renders", "jobs")
"""The loops that must have swept within the last minute where a worker runs."""
